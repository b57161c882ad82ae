/** What the line behind the three backticks says: a language, flags and attributes. */
export interface Fence {
  readonly language: string;
  readonly run: boolean;
  readonly title?: string;
  readonly why?: string;
  readonly caption?: string;
  readonly alt?: string;
  /** Where the drawing is when it is not in the fence itself. */
  readonly file?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly problems: readonly string[];
}

/** Languages of code blocks with the name that a reader knows them by. */
export const languageNames: Readonly<Record<string, string>> = {
  bash: 'Shell', python: 'Python', js: 'JavaScript', ts: 'TypeScript', go: 'Go', java: 'Java', rust: 'Rust', csharp: 'C#', sql: 'SQL', c: 'C',
  json: 'JSON', yaml: 'YAML', http: 'HTTP', text: 'Text',
};
export const runnableLanguages: readonly string[] = ['bash', 'python', 'js', 'ts', 'sql', 'go', 'java', 'rust'];
/** A block in one of these runs, or says why it doesn't. */
export const explainedLanguages: readonly string[] = ['bash', 'python', 'js', 'sql'];
export const figureLanguages: readonly string[] = ['mermaid', 'svg'];

const allowed = {
  code: ['title', 'run', 'timeout', 'why'],
  mermaid: ['caption', 'alt'],
  svg: ['caption', 'alt', 'file'],
  output: [] as string[],
};

export function parseFence(info: string): Fence {
  const problems: string[] = [];
  const language = /^[^\s"=]+/.exec(info.trim())?.[0] ?? '';
  const kind = language === 'mermaid' || language === 'svg' || language === 'output' ? language : 'code';
  if (!language) problems.push('a code fence names its language: ```bash, or ```text for none');
  else if (kind === 'code' && !Object.hasOwn(languageNames, language)) problems.push(`the fence language "${language}" is not known: use ${[...Object.keys(languageNames), ...figureLanguages, 'output'].join(', ')}`);
  const values = new Map<string, string>();
  let rest = info.trim().slice(language.length);
  while (rest.trim()) {
    const match = /^\s+([A-Za-z][\w-]*)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]+)))?(?=\s|$)/.exec(rest);
    if (!match) {
      problems.push(`can't read ${JSON.stringify(rest.trim().slice(0, 30))} of the fence: write name="value" or a plain word`);
      break;
    }
    const [whole, name, quoted, bare] = match;
    const flag = name === 'run';
    if (!allowed[kind].includes(name!)) problems.push(`a ${language || 'code'} fence has no "${name}": it takes ${allowed[kind].join(', ') || 'nothing'}`);
    else if (values.has(name!)) problems.push(`"${name}" is there twice`);
    else if (flag !== (quoted === undefined && bare === undefined)) problems.push(flag ? '"run" is a plain word, without a value' : `"${name}" needs a value: ${name}="…"`);
    else values.set(name!, (quoted ?? bare ?? '').replace(/\\(.)/g, '$1'));
    rest = rest.slice(whole.length);
  }
  const timeout = values.has('timeout') ? Number(values.get('timeout')) : undefined;
  if (timeout !== undefined && !(timeout > 0 && timeout <= 120)) problems.push('timeout is a number of seconds up to 120');
  const run = values.has('run');
  const text = (name: string): string | undefined => values.get(name)?.trim() || undefined;
  const [title, why, caption, alt, file] = [text('title'), text('why'), text('caption'), text('alt'), text('file')];
  return {
    language, run, problems,
    ...(title && { title }), ...(why && { why }), ...(caption && { caption }), ...(alt && { alt }), ...(file && { file }),
    ...(timeout !== undefined && timeout > 0 && { timeout }),
  };
}
