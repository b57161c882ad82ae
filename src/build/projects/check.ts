import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Outcome } from '../../core/checks/outcome.js';
import { parseManifest } from '../../core/checks/manifest.js';
import { manifestName } from '../../core/checks/manifestName.js';
import { formatReport } from '../../core/checks/report.js';
import type { RunnerEvent } from '../../core/checks/protocol.js';
import type { Cancellation } from '../../core/ports.js';
import type { Judgement } from '../../core/checks/verdict.js';
import type { TemplateFile } from '../../core/scaffold/template.js';
import type { CheckedProject } from '../../runner/api.js';
import { checkRunner } from '../../vscode/platform/node/checkRunner.js';
import { build } from 'esbuild';
import { bundles } from '../bundles.js';
import { root } from '../paths.js';

/** The checks of a project, read from its sources. */
export async function checksOf(project: string): Promise<CheckedProject> {
  const file = join(root, 'roadmap', 'projects', project, 'checks', 'project.ts');
  return ((await import(pathToFileURL(file).href)) as { project: CheckedProject }).project;
}

/** Bundles the runners of all projects into a folder of their own, as the extension ships them. */
export async function buildRunners(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'runners-'));
  process.once('exit', () => { rmSync(folder, { recursive: true, force: true }); });
  await build({ ...bundles.runner, outdir: folder });
  return folder;
}

export interface CheckRunOptions {
  /** See {@link buildRunners}. */
  readonly runners: string;
  readonly project: string;
  /** The folder with `backend-roadmap.json`. */
  readonly folder: string;
  /** The project as it was handed over, for checks that compare with it. */
  readonly starter?: readonly TemplateFile[];
  /** Numbers of the stages to check; all when absent. */
  readonly stages?: readonly number[];
  readonly seed?: number;
  readonly only?: (check: string) => boolean;
  readonly take?: (event: RunnerEvent) => void;
  readonly cancellation?: Cancellation;
}

export interface CheckRunResult {
  readonly judgements: readonly Judgement[];
  readonly outcome: Outcome;
  readonly seed: number;
  readonly milliseconds: number;
}

const never: Cancellation = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };

const outs = new Map<string, string>();

/** Where builds of a project in a language go, kept as the extension keeps it: what did not change is not built again. */
export function outOf(project: string, language: string): string {
  const key = `${project}.${language}`;
  const folder = outs.get(key) ?? mkdtempSync(join(tmpdir(), 'out-'));
  if (!outs.has(key)) process.once('exit', () => { rmSync(folder, { recursive: true, force: true, maxRetries: 10 }); });
  outs.set(key, folder);
  return folder;
}

/** Runs what “Prepare Project” runs of the project's checks. @throws Error with the report when something is missing. */
export async function prepareFolder({ runners, project, folder, starter, seed }: Required<Pick<CheckRunOptions, 'runners' | 'project' | 'folder' | 'starter' | 'seed'>>): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'prepare-'));
  const manifest = parseManifest(readFileSync(join(folder, manifestName), 'utf8'));
  let ended = false;
  let blocked: string | undefined;
  try {
    await checkRunner(runners).run({
      root: folder, manifest, checks: [], seed, out: outOf(project, manifest.language), scratch: join(work, 'scratch'), processes: join(work, 'processes'), starter, prepare: { agreed: true },
    }, (event) => {
      if (event.type === 'ended') ended = true;
      if (event.type === 'blocked') blocked = formatReport(event.report);
    }, never);
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 10 });
  }
  if (blocked !== undefined || !ended) throw new Error(`The project can't be prepared: ${blocked ?? 'the runner ended before its end'}`);
}

/** Runs a project's checks against a folder, as the extension does: the same runner, in a process of its own. */
export async function checkFolder({ runners, project, folder, starter, stages, seed = Math.floor(Math.random() * 2 ** 31), only = () => true, take, cancellation = never }: CheckRunOptions): Promise<CheckRunResult> {
  const checked = await checksOf(project);
  const checks = checked.stages.flatMap(({ id, checks }, index) => stages === undefined || stages.includes(index + 1) ? checks.map((check) => `${id}/${check.id}`) : []).filter(only);
  const outcome = new Outcome(checks);
  const judgements: Judgement[] = [];
  const work = mkdtempSync(join(tmpdir(), 'checks-'));
  const started = Date.now();
  try {
    const manifest = parseManifest(readFileSync(join(folder, manifestName), 'utf8'));
    const exit = await checkRunner(runners).run({
      root: folder, manifest, checks, seed,
      out: outOf(project, manifest.language), scratch: join(work, 'scratch'), processes: join(work, 'processes'),
      ...(starter !== undefined && { starter }),
    }, (event) => {
      take?.(event);
      const judgement = outcome.take(event);
      if (judgement !== undefined) judgements.push(judgement);
    }, cancellation);
    judgements.push(...outcome.end(exit));
    return { judgements, outcome, seed, milliseconds: Date.now() - started };
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 10 });
  }
}
