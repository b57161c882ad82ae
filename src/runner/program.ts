import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pidusage from 'pidusage';
import { environment } from './environment.js';
import { Log } from './log.js';
import { Failure } from './problems.js';
import { killGroup, stopGroup, type Register } from './processes.js';
import { windows } from './tools.js';

export interface Ended { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export interface ProgramOptions {
  readonly argv: readonly string[];
  readonly root: string;
  readonly port: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly register: Register;
}

/** A learner's program while it runs: started, watched and ended by the check. */
export class Program {
  readonly #child: ChildProcess;
  readonly #log = new Log();
  #ended: Ended | undefined;

  readonly port: number;
  /** Resolves when the program and all its output have ended. */
  readonly ended: Promise<Ended>;

  constructor({ argv, root, port, variables, register }: ProgramOptions) {
    const [program = '', ...args] = argv;
    this.port = port;
    this.#child = spawn(program, args, { cwd: root, env: environment(variables), stdio: ['pipe', 'pipe', 'pipe'], detached: !windows, windowsHide: true });
    if (this.#child.pid !== undefined) register.add(this.#child.pid);
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => { this.#log.push(text); });
    this.#child.stdin!.on('error', () => { /* it has ended */ });
    this.ended = new Promise((resolve) => {
      const end = (ended: Ended): void => {
        this.#ended ??= ended;
        if (this.#child.pid !== undefined) register.remove(this.#child.pid);
        resolve(this.#ended);
      };
      this.#child.on('error', (error) => { this.#log.push(`${error.message}\n`); end({ code: null, signal: null }); });
      // Not "close": what the program itself started may hold its streams open.
      this.#child.on('exit', (code, signal) => { void sleep(50).then(() => { end({ code, signal }); }); });
    });
  }

  /** The system's word; {@link end} follows when its output has been read. */
  get #running(): boolean { return this.#ended === undefined && this.#child.exitCode === null && this.#child.signalCode === null; }

  get pid(): number | undefined { return this.#child.pid; }

  /** How it ended; undefined while it runs. */
  get end(): Ended | undefined { return this.#ended; }

  get log(): Log { return this.#log; }

  /** Waits until the port accepts. @throws Failure when the program ends before, also when somebody else listens there, or `limitSec` have passed. */
  async listening(limitSec: number): Promise<void> {
    for (const deadline = Date.now() + limitSec * 1000; ; await sleep(15)) {
      const accepted = await accepts(this.port);
      if (accepted && this.#running) return;
      if (!this.#running) {
        await this.ended;
        throw new Failure({
          summary: `The program ended ${words(this.#ended!)} before it listened on port ${this.port}.`,
          remedy: 'Read its last lines below. It must listen on the address HOST and the port PORT, and keep running.',
          log: this.#log.tail(),
        });
      }
      if (Date.now() > deadline) {
        throw new Failure({
          summary: `The program runs, but nothing accepts a connection on 127.0.0.1:${this.port} after ${limitSec} s.`,
          remedy: 'Listen on the address in HOST and the port in PORT (environment variables), not on a fixed port.',
          log: this.#log.tail(),
        });
      }
    }
  }

  /** Asks it to stop: SIGTERM, on Windows the end of its standard input. Does not wait. */
  terminate(): void {
    if (windows) this.closeInput();
    else if (this.#child.pid !== undefined) killGroup(this.#child.pid, 'SIGTERM');
  }

  /** Ends its standard input: whoever started it is gone. */
  closeInput(): void {
    this.#child.stdin!.end();
  }

  /** Ends it at once, as a crash of the program would (what it wrote to the system stays), and waits for that. */
  async kill(): Promise<void> {
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    await this.ended;
  }

  /** Holds it still until {@link resume}; resolves when it stands. Not on Windows. */
  async freeze(): Promise<void> {
    if (this.#child.pid !== undefined) await stopGroup(this.#child.pid);
  }

  resume(): void {
    if (this.#child.pid !== undefined) killGroup(this.#child.pid, 'SIGCONT');
  }

  /** Resident memory in bytes; undefined when the system does not tell. */
  async memory(): Promise<number | undefined> {
    if (this.#child.pid === undefined || this.#ended !== undefined) return undefined;
    try {
      return (await pidusage(this.#child.pid)).memory;
    } catch {
      return undefined;
    }
  }

  /** Stops it the polite way, then by force after 3 s. */
  async stop(): Promise<void> {
    if (this.#ended === undefined) {
      this.resume();
      this.terminate();
      this.closeInput();
      await Promise.race([this.ended, sleep(3000, undefined, { ref: false })]);
    }
    // Also when it has ended: what it started is in its group.
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    await this.ended;
  }
}

/** "with exit code 1", "by SIGKILL". */
export function words({ code, signal }: Ended): string {
  return signal !== null ? `by ${signal}` : code === null ? 'without starting' : `with exit code ${code}`;
}

/** Whether anything accepts a connection there. */
export async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => { socket.end(); resolve(true); }).once('error', () => { socket.destroy(); resolve(false); });
  });
}
