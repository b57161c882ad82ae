/** Why a path or a name can't be created on every system that a learner may use. */
export type PathProblem =
  | 'empty'
  | 'absolute'
  | 'backslash'
  | 'emptySegment'
  | 'dotSegment'
  | 'controlCharacter'
  | 'reservedCharacter'
  | 'reservedName'
  | 'endsInDotOrSpace'
  | 'gitFolder'
  | 'tooLong';

/** UTF-16 units of a relative path: leaves room for the folder before it within the 260 of Windows. */
export const longestPath = 160;
/** UTF-8 bytes of one name: the limit of Linux file systems, the lowest of all. */
export const longestName = 255;

/** A relative, `/`-separated path that stays below the folder it is resolved in, on POSIX and on Windows, has no problem. */
export function problemOfPath(path: string): PathProblem | undefined {
  if (path === '') return 'empty';
  if (path.includes('\\')) return 'backslash';
  if (path.startsWith('/') || /^[a-z]:/iu.test(path)) return 'absolute';
  if (path.length > longestPath) return 'tooLong';
  for (const name of path.split('/')) {
    const problem = problemOfName(name);
    if (problem !== undefined) return problem === 'empty' ? 'emptySegment' : problem;
  }
  return undefined;
}

/** One file or folder name. */
export function problemOfName(name: string): PathProblem | undefined {
  // Some file systems and tools compare compatibility forms: what they could take a name for must be safe as well.
  return problemOfForm(name) ?? problemOfForm(name.normalize('NFKC'));
}

function problemOfForm(name: string): PathProblem | undefined {
  if (name === '') return 'empty';
  if (name === '.' || name === '..') return 'dotSegment';
  if (name.includes('\\')) return 'backslash';
  // Cc control, Cf invisible (HFS+ ignores some of them), Cs lone surrogates, Zl and Zp line ends.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return 'controlCharacter';
  if (/[/<>:"|?*]/u.test(name)) return 'reservedCharacter';
  if (/[. ]$/u.test(name)) return 'endsInDotOrSpace';
  if (/^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/iu.test(name)) return 'reservedName';
  if (/^(?:\.git|git~\d+)$/iu.test(name)) return 'gitFolder';
  if (utf8Length(name) > longestName) return 'tooLong';
  return undefined;
}

/** Two paths with the same key are one file on some system: case and Unicode forms are folded. */
export function collisionKey(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** `a/b/c` → `a`, `a/b`. */
export function foldersAbove(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
