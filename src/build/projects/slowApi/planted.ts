import { formatReport, verdictNames } from '../../../core/checks/report.js';
import { checkFolder, checksOf, prepareFolder } from '../check.js';
import { solutionFiles, starterFiles } from '../folder.js';
import type { Report } from '../report.js';
import { inFolder } from '../solutions.js';

export interface PlantedOptions {
  readonly runners: string;
  readonly project: string;
  readonly language: string;
  readonly seed?: number | undefined;
}

/** The stage that asks for nothing new: the API as it was handed over gives its own answers. */
const sameAnswers = 'same-answers';

/** The API as it was handed over works, and fails each stage for the defect that is planted for it. */
export async function checkStarterFailsAll(options: PlantedOptions, report: Report): Promise<void> {
  const { stages } = await checksOf(options.project);
  await fails(options, 0, stages.map((_, index) => index + 1), report);
}

/** What mends one stage's defects leaves those of the next one in place. */
export async function checkNextFails(options: PlantedOptions & { readonly state: number }, report: Report): Promise<void> {
  const { stages } = await checksOf(options.project);
  const next = options.state + 1;
  if (next <= stages.length) await fails(options, options.state, [next], report);
}

async function fails({ runners, project, language, seed = 1 }: PlantedOptions, state: number, numbers: readonly number[], report: Report): Promise<void> {
  const { stages } = await checksOf(project);
  const starter = starterFiles(project, language);
  await inFolder(state === 0 ? starter : solutionFiles(project, language, state), async (folder) => {
    // With the captures there, and no answers yet.
    if (numbers.includes(2)) await prepareFolder({ runners, project, folder, starter, seed });
    for (const number of numbers) {
      const { id } = stages[number - 1]!;
      const { judgements } = await checkFolder({ runners, project, folder, starter, stages: [number], seed });
      const wrong = judgements.find(({ verdict }) => verdict !== 'passed');
      const name = `${language} ${state === 0 ? 'as handed over' : `after stage ${state}`}`;
      if (id === sameAnswers) report.holds(`${name} passes ${id}`, wrong === undefined, wrong?.report === undefined ? '' : formatReport(wrong.report));
      else report.holds(`${name} fails ${id}`, wrong?.verdict === 'failed', wrong === undefined ? 'it passes' : `${wrong.check} ${verdictNames[wrong.verdict]}: ${wrong.report?.summary ?? ''}`, `${wrong?.check ?? ''}: ${wrong?.report?.summary ?? ''}`);
    }
  });
}
