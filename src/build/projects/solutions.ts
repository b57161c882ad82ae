import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatReport, verdictNames } from '../../core/checks/report.js';
import { stageOf } from '../../core/checks/verdict.js';
import type { TemplateFile } from '../../core/scaffold/template.js';
import { checkFolder, checksOf, type CheckRunResult } from './check.js';
import { prepare, starterFiles, writeFiles } from './folder.js';
import { doByHand } from './learner.js';
import type { Report } from './report.js';

export interface SolutionRun {
  readonly runners: string;
  readonly project: string;
  readonly language: string;
  /** Holds the solution as it is after the stage `state`. */
  readonly folder: string;
  readonly state: number;
  readonly stages: readonly number[];
  readonly seed?: number | undefined;
  readonly verbose?: boolean;
}

/** Checks stages of a reference solution, one row for each. */
export async function checkSolution(run: SolutionRun, report: Report): Promise<void> {
  const { folder } = run;
  const starter = starterFiles(run.project, run.language);
  await doByHand({ ...run, starter, seed: run.seed ?? 1 });
  const check = (stages: readonly number[]) => checkFolder({
    runners: run.runners, project: run.project, folder, starter, stages, ...(run.seed !== undefined && { seed: run.seed }),
    ...(run.verbose === true && { take: (event) => { if (event.type === 'output') console.log(`      ${event.text}`); } }),
  });
  const result = await repeatInconclusive(run.project, await check(run.stages), check);
  reportStages(`${run.language} after stage ${run.state}`, result, report);
}

/** Measures again, at most three times, what the machine was too busy for. A verdict of any other kind stays. */
async function repeatInconclusive(project: string, first: CheckRunResult, check: (stages: readonly number[]) => Promise<CheckRunResult>): Promise<CheckRunResult> {
  let result = first;
  const { stages } = await checksOf(project);
  for (let attempt = 1; attempt <= 3; attempt++) {
    const busy = new Set(result.judgements.filter(({ verdict }) => verdict === 'inconclusive').map(({ check: id }) => stageOf(id)));
    if (busy.size === 0) break;
    console.log(`    ~ too busy to measure, so once more: ${[...busy].join(', ')}`);
    const again = await check(stages.flatMap(({ id }, index) => busy.has(id) ? [index + 1] : []));
    const judged = new Map(again.judgements.map((judgement) => [judgement.check, judgement]));
    result = { ...result, judgements: result.judgements.map((judgement) => judged.get(judgement.check) ?? judgement) };
  }
  return result;
}

/** Writes files into a folder that is removed afterwards. */
export async function inFolder<T>(files: readonly TemplateFile[], use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  try {
    writeFiles(folder, files);
    prepare(folder);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A row for each stage of a run: all of its checks passed, or the first that did not, in full. */
export function reportStages(name: string, { judgements, seed }: CheckRunResult, report: Report): void {
  const stages = new Map<string, typeof judgements>();
  for (const judgement of judgements) {
    const [stage = ''] = judgement.check.split('/');
    stages.set(stage, [...stages.get(stage) ?? [], judgement]);
  }
  for (const [stage, own] of stages) {
    const wrong = own.find(({ verdict }) => verdict !== 'passed');
    const milliseconds = own.reduce((sum, judgement) => sum + judgement.milliseconds, 0);
    if (wrong === undefined) report.passed(`${name}: ${stage}`, `${own.length} checks, ${milliseconds} ms`);
    else report.failed(`${name}: ${stage}`, `${wrong.check} ${verdictNames[wrong.verdict]}${wrong.report === undefined ? '' : `\n${formatReport(wrong.report, seed)}`}`);
  }
}
