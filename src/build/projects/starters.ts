import { formatReport, verdictNames } from '../../core/checks/report.js';
import { checkFolder } from './check.js';
import { starterFiles } from './folder.js';
import type { Report } from './report.js';

/** A starter as it is shipped fails its first stage, and the report says what to do: no check passes, and none blames the machine. `folder` holds it. */
export async function checkStarter(options: { runners: string; project: string; language: string; folder: string }, report: Report): Promise<void> {
  const { judgements } = await checkFolder({ ...options, starter: starterFiles(options.project, options.language), stages: [1] });
  const passed = judgements.filter(({ verdict }) => verdict === 'passed');
  const [first] = judgements;
  const text = first?.report === undefined ? '' : formatReport(first.report);
  report.holds(`${options.language}: the starter fails stage 1`, passed.length === 0 && first?.verdict === 'failed' && (first.report?.remedy ?? '') !== '',
    passed.length > 0 ? `${passed.map(({ check }) => check).join(', ')} passed` : `${first?.check ?? 'no check'} ${first === undefined ? '' : verdictNames[first.verdict]}\n${text}`, first?.report?.summary);
}
