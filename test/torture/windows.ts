import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { bundleChild } from '../unit/journal/child.js';

const open = new Set<ChildProcess>();

/** A window of the editor as a process of its own, around the real store. */
export class WindowProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #unread: string[] = [];
  readonly ended: Promise<void>;
  #errors = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    open.add(child);
    this.#lines = createInterface(child.stdout!);
    this.#lines.on('line', (line) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#unread.push(line);
      else next(line);
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.#errors += text; });
    this.ended = new Promise((resolve) => child.once('close', () => {
      open.delete(child);
      for (const next of this.#waiting.splice(0)) next(undefined);
      resolve();
    }));
  }

  /** @param task and arguments of `childMain.ts`. */
  static async start(...task: string[]): Promise<WindowProcess> {
    return new WindowProcess(spawn(process.execPath, [await bundleChild(), ...task], { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** The next line that it says; undefined when it has ended. */
  async line(): Promise<string | undefined> {
    const line = this.#unread.shift();
    if (line !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return line;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @param isLast nothing will be told after this, so that it can end. */
  tell(isLast = false): void {
    if (isLast) this.#child.stdin!.end('\n');
    else this.#child.stdin!.write('\n');
  }

  /** Ends it as a crash would and gives everything that it had said. */
  async kill(): Promise<string[]> {
    this.#child.kill('SIGKILL');
    await this.ended;
    return this.#unread.splice(0);
  }

  get errors(): string {
    return this.#errors;
  }
}

/** For `after`: no process outlives its test. */
export async function endAll(): Promise<void> {
  await Promise.all([...open].map((child) => new Promise((resolve) => {
    child.once('close', resolve);
    child.kill('SIGKILL');
  })));
}
