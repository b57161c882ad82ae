import { excerpt } from './bytes.js';
import type { Judgement, Report, Verdict } from './verdict.js';

/** The verdict as people read it. */
export const verdictNames: Readonly<Record<Verdict, string>> = {
  passed: 'passed', failed: 'failed', timedOut: 'timed out', couldNotRun: 'could not run', nothingRan: 'nothing ran', inconclusive: 'inconclusive',
};

const label = (name: string): string => `  ${name.padEnd(10)}`;

/** A failure in full, as text in a fixed-width font. `seed` replays the run's random inputs. */
export function formatReport(report: Report, seed?: number): string {
  const lines = [report.summary];
  const { exchange } = report;
  if (report.called !== undefined) lines.push('', label('Called') + report.called);
  if (exchange !== undefined) {
    lines.push('', label('Sent') + (exchange.sent === '' ? '(nothing)' : excerpt(exchange.sent).text));
    const received = excerpt(exchange.received, exchange.wrongAt);
    lines.push(label('Received') + (exchange.received === '' ? '(nothing)' : received.text));
    if (exchange.wrongAt !== undefined && exchange.received !== '') {
      lines.push(`${' '.repeat(label('').length + received.column!)}^ ${exchange.wrongAt < exchange.received.length ? 'the first wrong byte' : 'more was expected here'}`);
    }
    if (exchange.expected !== undefined) lines.push(label('Expected') + excerpt(exchange.expected, exchange.wrongAt).text);
  }
  if (report.expected !== undefined || report.actual !== undefined) {
    lines.push('');
    if (report.expected !== undefined) lines.push(label('Wanted') + report.expected);
    if (report.actual !== undefined) lines.push(label('Got') + report.actual);
  }
  lines.push('', `What to do: ${report.remedy}`);
  if (seed !== undefined) lines.push(`Seed: ${seed} (the same seed sends the same data again)`);
  if (report.log !== undefined && report.log.length > 0) lines.push('', 'The program’s last lines:', ...report.log.map((line) => `  | ${line}`));
  return lines.join('\n');
}

/** One line for a list of results. */
export function formatJudgement({ check, verdict, milliseconds, report }: Judgement): string {
  const mark = verdict === 'passed' ? '✔' : verdict === 'inconclusive' ? '~' : '✘';
  return `${mark} ${check}: ${verdictNames[verdict]}${milliseconds > 0 ? ` (${milliseconds} ms)` : ''}${report === undefined ? '' : `: ${report.summary}`}`;
}
