import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillArgv, type Manifest } from '../core/checks/manifest.js';
import { Random } from '../core/checks/random.js';
import type { Report } from '../core/checks/verdict.js';
import type { Baseline, CheckContext, StartOptions } from './api.js';
import { freePorts } from './ports.js';
import { Blocked, Failure } from './problems.js';
import type { Register } from './processes.js';
import { accepts, Program } from './program.js';
import type { Tools } from './tools.js';

export interface ContextOptions {
  readonly check: string;
  readonly stageNumber: number;
  readonly seed: number;
  readonly root: string;
  readonly scratch: string;
  readonly manifest: Manifest;
  readonly tools: Tools;
  readonly baseline?: Baseline | undefined;
  readonly register: Register;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** One check's view of the world. */
export class Context implements CheckContext {
  readonly #options: ContextOptions;
  readonly #programs: Program[] = [];
  readonly #cleanUps: (() => unknown)[] = [];
  readonly #folders: string[] = [];
  readonly random: Random;
  assertions = 0;
  /** The last step, for the report of a check whose time is up. */
  lastStep: string | undefined;

  constructor(options: ContextOptions) {
    this.#options = options;
    this.random = new Random(options.seed, options.check);
  }

  get seed(): number { return this.#options.seed; }
  get root(): string { return this.#options.root; }
  get language(): string { return this.#options.manifest.language; }
  get signal(): AbortSignal { return this.#options.signal; }

  async start(options: StartOptions = {}): Promise<Program> {
    const { register, stageNumber, baseline } = this.#options;
    const { manifest, tools, root } = options.baseline === true ? baseline ?? missing() : this.#options;
    const name = options.program ?? Object.keys(manifest.run)[0]!;
    const command = manifest.run[name];
    if (command === undefined) throw new Blocked({ summary: `backend-roadmap.json names no program "${name}" under "run".`, remedy: 'Add it, or reset the file to its starter.' });
    const dataDir = options.dataDir ?? await this.dataDir();
    for (let attempt = 1; ; attempt++) {
      this.signal.throwIfAborted();
      const port = options.port ?? (await freePorts(1))[0]!;
      if (await accepts(port)) throw new Blocked({ summary: `Another program already listens on port ${port}, so this one could not be told from it.`, remedy: 'Run the check again. If it happens each time, something that the program has started outlives it: end that.' });
      const program = new Program({
        argv: fillArgv(command, tools), root, port, register,
        variables: { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: dataDir, ROADMAP_STAGE: String(stageNumber), ...options.variables },
      });
      this.#programs.push(program);
      try {
        await program.listening(manifest.readyTimeoutSec);
        return program;
      } catch (error) {
        // Somebody else took the port between our asking for it and the program's binding it.
        if (attempt === 1 && options.port === undefined && /EADDRINUSE|address already in use/iu.test(program.log.text)) continue;
        throw error;
      }
    }
  }

  async dataDir(): Promise<string> {
    const folder = await mkdtemp(join(this.#options.scratch, 'data-'));
    this.#folders.push(folder);
    return folder;
  }

  step(text: string): void {
    this.lastStep = text;
    this.#options.tell(text);
  }

  expect(condition: boolean, report: () => Report): void {
    this.assertions += 1;
    if (!condition) throw new Failure(report());
  }

  counted(): void {
    this.assertions += 1;
  }

  defer(cleanUp: () => unknown): void {
    this.#cleanUps.push(cleanUp);
  }

  async sleep(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.signal });
  }

  async until<T>(milliseconds: number, ask: () => Promise<T | undefined> | T | undefined): Promise<T | undefined> {
    for (const deadline = Date.now() + milliseconds; ; await this.sleep(10)) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() >= deadline) return undefined;
    }
  }

  /** What a report of this check should add of the program: the newest one that ended by itself, or else the newest. */
  get suspect(): Program | undefined {
    return this.#programs.findLast(({ end }) => end !== undefined && end.signal !== 'SIGKILL' && end.signal !== 'SIGTERM') ?? this.#programs.at(-1);
  }

  /** Ends everything that the check has started and opened. */
  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp();
    await Promise.all(this.#programs.map((program) => program.stop()));
    // Last: Windows removes no file that a program holds open.
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }).catch(() => { /* the next run empties it */ });
  }
}

function missing(): never {
  throw new Blocked({ summary: 'The project as it was handed over is not there to compare with.', remedy: 'This is an error of the checks, not of your program: please report it.' });
}
