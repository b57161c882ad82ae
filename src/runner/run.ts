import { freemem } from 'node:os';
import { mkdir, rm } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RunnerEvent, RunRequest } from '../core/checks/protocol.js';
import type { Report, Verdict } from '../core/checks/verdict.js';
import type { Baseline, Check, CheckedProject, Run } from './api.js';
import { buildBaseline } from './baseline.js';
import { build } from './build.js';
import { Context } from './context.js';
import type { CleanUps } from './cleanUps.js';
import { Blocked, ConsentNeeded, Failure, Inconclusive } from './problems.js';
import type { Register } from './processes.js';
import { words } from './program.js';
import { findTools, type Tools } from './tools.js';

const defaultLimitSec = 20;
/** A learner waits for it: no check may ask for more. */
export const longestLimitSec = 120;

type Emit = (event: RunnerEvent) => void;
interface Judged { readonly verdict: Verdict; readonly report?: Report }

/** Prepares, builds and checks: everything of a run but its process and its end. Stops at the first check that fails or can't be made. */
export async function run(project: CheckedProject, request: RunRequest, register: Register, cleanUps: CleanUps, stopped: AbortSignal, emit: Emit): Promise<void> {
  let tools: Tools;
  let baseline: Baseline | undefined;
  const tell = (text: string): void => { emit({ type: 'output', text }); };
  try {
    if (request.manifest.project !== project.id) {
      throw new Blocked({ summary: `backend-roadmap.json is of the project “${request.manifest.project}”.`, remedy: `These checks are those of “${project.id}”.` });
    }
    await rm(request.scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    await mkdir(request.scratch, { recursive: true });
    await mkdir(request.out, { recursive: true });
    tools = await findTools(request.root, request.manifest, request.out);
    // Before there is anything to judge, it need not build.
    if (request.prepare === undefined) await build({ root: request.root, commands: request.manifest.build, tools, limitSec: request.manifest.buildTimeoutSec, register, tell });
    if (request.prepare !== undefined || request.checks.some((id) => find(project, id)?.check.baseline === true)) {
      if (request.starter !== undefined) baseline = await buildBaseline({ starter: request.starter, root: request.root, out: request.out, tools, register, tell });
    }
    const around: Run = {
      root: request.root, manifest: request.manifest, out: request.out, scratch: request.scratch, seed: request.seed, tools, register, starter: request.starter ?? [],
      ...(baseline !== undefined && { baseline }), signal: stopped, tell, defer: (cleanUp) => { cleanUps.add(cleanUp); },
    };
    if (request.prepare !== undefined) await project.prepare?.(around, request.prepare.agreed);
    else await project.setUp?.(around);
  } catch (error) {
    if (error instanceof ConsentNeeded) emit({ type: 'asks', question: error.question });
    else emit({ type: 'blocked', ...(error instanceof Blocked ? { report: error.report, ...(error.prepare && { prepare: true }) } : { report: unexpected(error) }) });
    return;
  }
  for (const id of request.checks) {
    if (stopped.aborted) break;
    const found = find(project, id);
    emit({ type: 'started', check: id });
    const started = Date.now();
    const { judged, assertions } = found === undefined
      ? { judged: { verdict: 'couldNotRun', report: { summary: `There is no check ${id}.`, remedy: 'Refresh the tests: the project’s checks have changed.' } } as const, assertions: 0 }
      : await runCheck(found.check, found.stageNumber, id, { request, tools, baseline, register, stopped, emit });
    if (stopped.aborted) break;
    emit({ type: 'judged', check: id, ...judged, assertions, milliseconds: Date.now() - started });
    // What could not be measured says nothing against the program: the checks behind it may still be made.
    if (judged.verdict !== 'passed' && judged.verdict !== 'inconclusive') break;
  }
}

function find(project: CheckedProject, id: string): { check: Check; stageNumber: number } | undefined {
  for (const [index, stage] of project.stages.entries()) {
    const check = stage.checks.find((check) => `${stage.id}/${check.id}` === id);
    if (check !== undefined) return { check, stageNumber: index + 1 };
  }
  return undefined;
}

interface Surroundings {
  readonly request: RunRequest;
  readonly tools: Tools;
  readonly baseline: Baseline | undefined;
  readonly register: Register;
  readonly stopped: AbortSignal;
  readonly emit: Emit;
}

async function runCheck(check: Check, stageNumber: number, id: string, { request, tools, baseline, register, stopped, emit }: Surroundings): Promise<{ judged: Judged; assertions: number }> {
  const limitSec = check.limitSec ?? defaultLimitSec;
  const free = freemem() / 1024 / 1024;
  if (check.memoryMb !== undefined && free < check.memoryMb) {
    return { judged: { verdict: 'couldNotRun', report: { summary: `This check needs ${check.memoryMb} MB of free memory, and ${Math.floor(free)} MB are free.`, remedy: 'Close other programs and run it again.' } }, assertions: 0 };
  }
  const timeUp = new AbortController();
  const signal = AbortSignal.any([timeUp.signal, stopped]);
  const context = new Context({
    check: id, stageNumber, seed: request.seed, root: request.root, scratch: request.scratch, manifest: request.manifest, tools, baseline, register, signal,
    tell: (text) => { emit({ type: 'output', check: id, text }); },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => { timer = setTimeout(() => { timeUp.abort(); resolve('late'); }, limitSec * 1000); });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  if (check.measures === true) delay.enable();
  let judged: Judged;
  try {
    const done = check.run(context).then(() => 'done' as const);
    done.catch(() => { /* reported by whoever waits */ });
    const how = await Promise.race([done, late]);
    judged = how === 'late' ? tooLate(context, limitSec) : { verdict: 'passed' };
  } catch (error) {
    judged = timeUp.signal.aborted ? tooLate(context, limitSec) : judge(error, context);
  } finally {
    clearTimeout(timer);
    delay.disable();
  }
  // A failed measurement on a machine that could not even keep its own clock says nothing of the program.
  if (check.measures === true && judged.verdict === 'failed' && delay.percentile(99) > 50e6) {
    judged = { verdict: 'inconclusive', report: { summary: 'The machine was too busy to measure.', remedy: 'Close other programs and run this check again.', ...(judged.report && { actual: judged.report.summary }) } };
  }
  timeUp.abort();
  await context.end();
  if (judged.verdict === 'passed' && context.assertions === 0) {
    judged = { verdict: 'nothingRan', report: { summary: 'The check ended without comparing anything.', remedy: 'This is an error of the checks, not of your program: please report it.' } };
  }
  return { judged, assertions: context.assertions };
}

function tooLate(context: Context, limitSec: number): Judged {
  const step = context.lastStep === undefined ? '' : ` The last step was: ${context.lastStep}`;
  return { verdict: 'timedOut', report: withLog({ summary: `The check took longer than its ${limitSec} s.${step}`, remedy: 'Look for what waits for ever after that step: a lock, a reply that is not sent, a loop.' }, context) };
}

function judge(error: unknown, context: Context): Judged {
  if (error instanceof Failure) return { verdict: 'failed', report: withLog(error.report, context) };
  if (error instanceof Inconclusive) return { verdict: 'inconclusive', report: error.report };
  if (error instanceof Blocked) return { verdict: 'couldNotRun', report: error.report };
  return { verdict: 'couldNotRun', report: unexpected(error) };
}

/** Adds what the program printed, and that it has ended when it was not told to. */
function withLog(report: Report, context: Context): Report {
  const program = context.suspect;
  if (program === undefined || report.log !== undefined) return report;
  const crashed = program.end !== undefined && program.end.signal === null && program.end.code !== 0;
  return {
    ...report,
    ...(crashed && { summary: `${report.summary} The program has ended ${words(program.end)}.`, remedy: `Find out why it ended: its last lines are below. Then: ${report.remedy}` }),
    log: program.log.tail(),
  };
}

function unexpected(error: unknown): Report {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return { summary: `The checker itself failed: ${error instanceof Error ? error.message : String(error)}`, remedy: 'This is not your program’s fault: please report it with the lines below.', log: text.split('\n').slice(0, 20) };
}
