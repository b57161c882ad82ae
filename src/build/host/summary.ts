export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
}

const linePrefix = '[test] ';

/** Marks a line of a test module, so that the program outside the host knows it among the editor's own lines. */
export function formatLine(text: string): string {
  return linePrefix + text;
}

/** The text of a line made by `formatLine`, whatever an editor has put before it; undefined for other lines. */
export function parseLine(line: string): string | undefined {
  const start = line.indexOf(linePrefix);
  return start < 0 ? undefined : line.slice(start + linePrefix.length);
}

/** The last line that a test module prints. */
export function formatSummary({ passed, failed, pending }: Summary): string {
  return formatLine(`finished: ${passed} passed, ${failed} failed, ${pending} pending`);
}

/** Reads the text of a line made by `formatSummary`. */
export function parseSummary(text: string): Summary | undefined {
  const [, passed, failed, pending] = /^finished: (\d+) passed, (\d+) failed, (\d+) pending$/.exec(text) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed), pending: Number(pending) };
}
