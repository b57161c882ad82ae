import { passedIn, type Progress } from '../progress/model.js';
import type { CompiledProject } from './project.js';
import { stageOf, type CheckId, type Verdict } from './verdict.js';

/** The last verdict of each check of one scaffolded project, by the check. */
export type Verdicts = Readonly<Record<CheckId, Verdict>>;

/** The stage that the learner works on: the first that was not passed in this language; the last one when all were. */
export function currentStage(project: CompiledProject, language: string, progress: Pick<Progress, 'practice'>): number {
  const open = project.stages.findIndex(({ id }) => !passedIn(progress, `${project.id}/${id}`).includes(language));
  return open < 0 ? project.stages.length : open + 1;
}

/** What the last verdicts of a stage's checks add up to; undefined while none of them ran. */
export function stageVerdict(checks: readonly CheckId[], verdicts: Verdicts): Verdict | undefined {
  const known = checks.map((check) => verdicts[check]).filter((verdict) => verdict !== undefined);
  if (known.length === 0) return undefined;
  for (const verdict of ['failed', 'timedOut', 'couldNotRun', 'inconclusive', 'nothingRan'] as const) if (known.includes(verdict)) return verdict;
  return known.length === checks.length ? 'passed' : 'nothingRan';
}

/**
 * The checks to run for a stage: those of the stages before it, without what measures, then its own. In the order of the project.
 * @param number from 1.
 */
export function checksUpTo(project: CompiledProject, number: number): CheckId[] {
  return project.stages.slice(0, number).flatMap((stage, index) =>
    stage.checks.filter(({ measures }) => index + 1 === number || measures !== true).map(({ id }) => `${stage.id}/${id}`));
}

/** The checks by stage, in the order in which they come. */
export function byStage(checks: readonly CheckId[]): Map<string, CheckId[]> {
  const stages = new Map<string, CheckId[]>();
  for (const check of checks) stages.set(stageOf(check), [...stages.get(stageOf(check)) ?? [], check]);
  return stages;
}
