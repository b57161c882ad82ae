/** Expected output: a line is text with parts that may vary, or stands for any number of lines. */
export type OutputLine = 'any' | readonly OutputPart[];
/** Text as it is, or what is shown and the expression that a real run has to match. */
export type OutputPart = string | { readonly shown: string; readonly pattern: string };

/** Reads `{{shown|regular expression}}` and lines of `{{…}}`. @throws SyntaxError where a regular expression can't be read */
export function parseOutput(text: string): OutputLine[] {
  return trimEnd(text).map((line) => {
    if (/^\{\{(…|\.\.\.)\}\}$/.test(line.trim())) return 'any';
    const parts: OutputPart[] = [];
    let from = 0;
    for (;;) {
      const open = line.indexOf('{{', from);
      const bar = open < 0 ? -1 : line.indexOf('|', open);
      let close = bar < 0 ? -1 : line.indexOf('}}', bar);
      if (close < 0) break;
      while (line[close + 2] === '}') close++;
      const pattern = line.slice(bar + 1, close);
      new RegExp(pattern, 'u');
      parts.push(line.slice(from, open), { shown: line.slice(open + 2, bar), pattern });
      from = close + 2;
    }
    parts.push(line.slice(from));
    return parts.filter((part) => part !== '');
  });
}

/** What the reader sees. */
export function shownOutput(lines: readonly OutputLine[]): string {
  return lines.map((line) => line === 'any' ? '…' : line.map((part) => typeof part === 'string' ? part : part.shown).join('')).join('\n');
}

/** @returns undefined when it fits, else the first line that doesn't, in words */
export function compareOutput(expected: readonly OutputLine[], actual: string): string | undefined {
  const lines = trimEnd(actual);
  const patterns = expected.map((line) => line === 'any' ? line : new RegExp(`^(?:${line.map((part) => typeof part === 'string' ? escapeRegExp(part) : `(?:${part.pattern})`).join('')})$`, 'u'));
  // reach[j]: the expected lines so far can match exactly the first j actual lines.
  let reach = new Set([0]);
  for (const [index, pattern] of patterns.entries()) {
    const next = new Set<number>();
    if (pattern === 'any') for (let to = Math.min(...reach); to <= lines.length; to++) next.add(to);
    else for (const from of reach) if (from < lines.length && pattern.test(lines[from]!)) next.add(from + 1);
    if (next.size === 0) {
      const at = Math.max(...reach);
      const got = at < lines.length ? JSON.stringify(lines[at]) : 'nothing more';
      return `line ${index + 1}: expected ${JSON.stringify(shownOutput([expected[index]!]))}, got ${got}`;
    }
    reach = next;
  }
  return reach.has(lines.length) ? undefined : `line ${Math.max(...reach) + 1} of the run is not expected: ${JSON.stringify(lines[Math.max(...reach)])}`;
}

function trimEnd(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
