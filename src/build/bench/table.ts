import * as os from 'node:os';

export interface Row {
  readonly what: string;
  readonly ours: string;
  /** What it is compared with; empty for a figure that stands alone. */
  readonly other: string;
  /** The figure that the limit is about, in the limit's unit. */
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  /** How often it was measured. */
  readonly runs: number;
}

/** @returns the results as Markdown, with the machine that they hold for, and how busy it was: other work makes times longer. */
export function formatTable(rows: readonly Row[], host: string): string {
  const cells = rows.map(({ what, ours, other, value, limit, unit, runs }) => [what, ours, other, `${round(value)} ${unit}`.trim(), `≤ ${limit} ${unit}`.trim(), value <= limit ? 'yes' : '**no**', String(runs)]);
  const [cpu] = os.cpus();
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write`, in one run of the real editor. Times are medians, in milliseconds, unless a row says otherwise.',
    '',
    '| | ours | compared with | result | limit | met | runs |',
    '|---|---|---|---|---|---|---|',
    ...cells.map((row) => `| ${row.join(' | ')} |`),
    '',
    `${cpu?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, load average ${os.loadavg().map((load) => load.toFixed(1)).join(', ')} (1, 5, 15 min); ${host}; ${new Date().toISOString().slice(0, 10)}.`,
    '',
  ].join('\n');
}

export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
