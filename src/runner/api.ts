import type { Manifest } from '../core/checks/manifest.js';
import type { Random } from '../core/checks/random.js';
import type { TemplateFile } from '../core/scaffold/template.js';
import type { Report } from '../core/checks/verdict.js';
import type { Program } from './program.js';
import type { Register } from './processes.js';
import type { Tools } from './tools.js';

export { Blocked, ConsentNeeded, Failure, Inconclusive } from './problems.js';
export { words as endedWords, type Ended, type Program } from './program.js';
export { freePorts } from './ports.js';
export { environment } from './environment.js';
export { isAlive, killGroup } from './processes.js';
export { windows } from './tools.js';
export type { Report } from '../core/checks/verdict.js';
export type { Random } from '../core/checks/random.js';

/** What a file under `roadmap/projects/<project>/checks` exports: the stages in the order of `project.yaml`. */
export interface CheckedProject {
  readonly id: string;
  readonly stages: readonly CheckedStage[];
  /** Starts what all checks share, before the first of them and outside of their clocks. @throws Blocked */
  readonly setUp?: (run: Run) => Promise<void>;
  /** What “Prepare Project” does beyond the manifest's own commands; the baseline is built. @param agreed to what it asked for before. @throws Blocked, ConsentNeeded */
  readonly prepare?: (run: Run, agreed: boolean) => Promise<void>;
}

/** What a project's checks know of the whole run. */
export interface Run {
  /** The learner's project. */
  readonly root: string;
  readonly manifest: Manifest;
  /** Kept between runs. */
  readonly out: string;
  /** Emptied with every run. */
  readonly scratch: string;
  readonly seed: number;
  readonly tools: Tools;
  /** Takes the ids of started processes, for whoever has to end them when this process can't. */
  readonly register: Register;
  /** The project as it was handed over; empty when whoever runs the checks does not know it. */
  readonly starter: readonly TemplateFile[];
  /** The built starter; absent when no check of this run compares with it. */
  readonly baseline?: Baseline;
  /** Aborted when the run is stopped. */
  readonly signal: AbortSignal;
  /** A line for the learner. */
  tell(text: string): void;
  /** Runs at the end of the run, whatever happens; the last one first. */
  defer(cleanUp: () => unknown): void;
}

/** The starter, untouched and built beside the learner's copy. */
export interface Baseline {
  readonly root: string;
  readonly manifest: Manifest;
  readonly tools: Tools;
}

export interface CheckedStage {
  /** As in `project.yaml`. */
  readonly id: string;
  readonly checks: readonly Check[];
}

export interface Check {
  /** A slug, unique in its stage, for ever. */
  readonly id: string;
  /** What the learner's program does when it passes: "answers PING". */
  readonly title: string;
  /** Seconds until it counts as timed out; 20 when absent, 120 at most. Builds are not in it. */
  readonly limitSec?: number;
  /** Free memory, in megabytes, without which nothing could be judged. */
  readonly memoryMb?: number;
  /** Starts the project as it was handed over, too, which is built before the first check. */
  readonly baseline?: boolean;
  /** Compares timings: it runs last in its stage, and not again with later stages. */
  readonly measures?: boolean;
  run(t: CheckContext): Promise<void>;
}

export interface StartOptions {
  /** Which of the manifest's programs; the first one when absent. */
  readonly program?: string;
  /** The one that was handed over instead of the learner's; for checks with `baseline`. */
  readonly baseline?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  /** A free one when absent. */
  readonly port?: number;
  /** A fresh one when absent. */
  readonly dataDir?: string;
}

/** What a check works with. Everything that it starts or opens is ended with it. */
export interface CheckContext {
  readonly seed: number;
  /** The learner's project. */
  readonly root: string;
  readonly language: string;
  /** Of this check alone: it replays without the others. */
  readonly random: Random;
  /** Aborted when the check's time is up or the run is stopped. */
  readonly signal: AbortSignal;
  /** Starts a program and waits until it listens. */
  start(options?: StartOptions): Promise<Program>;
  /** A fresh, empty folder. */
  dataDir(): Promise<string>;
  /** A line of the transcript: what was right, or what is done next. */
  step(text: string): void;
  /** Holds one thing against an expectation. @throws Failure with the report when it is not true. */
  expect(condition: boolean, report: () => Report): void;
  /** Counts an assertion that was made elsewhere. */
  counted(): void;
  /** Runs at the end of the check, whatever happens; the last one first. */
  defer(cleanUp: () => unknown): void;
  /** Waits in milliseconds. For what must not happen; for what must happen use {@link until}. */
  sleep(milliseconds: number): Promise<void>;
  /** Asks again until the answer is not undefined. @returns undefined when the time is up. */
  until<T>(milliseconds: number, ask: () => Promise<T | undefined> | T | undefined): Promise<T | undefined>;
}
