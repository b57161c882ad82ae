import { execFile, spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const windows = process.platform === 'win32';

/** A process that may have to be ended by somebody else than its parent. A number alone could be another's by then. */
export interface Started {
  readonly pid: number;
  /** When it started, as the system tells it: comparable on the same machine only. */
  readonly since: string;
}

/** Ends a process and all that it started, where `pid` leads a process group (`detached`). Never fails: what is gone is gone. */
export function killGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (windows) {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () => { /* nothing to end */ });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the whole group has ended already.
  }
}

/** Whether there is a process of this number, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Holds a process group still (SIGSTOP) and resolves when all of it stands: the signal stops a thread when it next gets the processor, and
 * until then the program goes on. Not on Windows; where the system does not tell, after a moment.
 */
export async function stopGroup(pid: number): Promise<void> {
  killGroup(pid, 'SIGSTOP');
  if (process.platform !== 'linux') return await sleep(200);
  for (const deadline = Date.now() + 5000; !threadsOf(pid).every((state) => 'TtZX'.includes(state)) && Date.now() < deadline;) await sleep(5);
}

/** The state of every thread of a process group, as Linux abbreviates it; empty when there is none. */
function threadsOf(group: number): string[] {
  return numbered('/proc').filter((pid) => fieldsOf(`/proc/${pid}/stat`)[2] === String(group)).flatMap((pid) => numbered(`/proc/${pid}/task`).flatMap((task) => fieldsOf(`/proc/${pid}/task/${task}/stat`)[0] ?? []));
}

function numbered(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/u.test(name));
  } catch {
    return [];
  }
}

/** What `stat` says behind the name of the program: state, parent, group … See proc_pid_stat(5). */
function fieldsOf(file: string): string[] {
  try {
    const stat = readFileSync(file, 'latin1');
    // The name stands in parentheses and may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** When a process started; undefined when there is none, or the system does not tell. */
export async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    return fieldsOf(`/proc/${pid}/stat`)[19];
  }
  const [tool, args] = windows
    ? ['powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`]]
    : ['ps', ['-o', 'lstart=', '-p', String(pid)]];
  return await new Promise((resolve) => {
    execFile(tool, args, { windowsHide: true }, (error, printed) => { resolve(error === null && printed.trim() !== '' ? printed.trim() : undefined); });
  });
}

/** Writes down what is started in `file`, behind the runner itself, so that {@link endLeftovers} can end it when the runner was killed. */
export class Register {
  readonly #running = new Set<number>([process.pid]);
  /** Lines come in the order in which they were asked for: the runner's own is the first. */
  #written: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {
    this.#write(process.pid);
  }

  add(pid: number): void {
    this.#running.add(pid);
    this.#write(pid);
  }

  #write(pid: number): void {
    const since = startOf(pid);
    this.#written = this.#written.then(async () => {
      const started = await since;
      if (started === undefined || !this.#running.has(pid)) return;
      try {
        appendFileSync(this.file, `${JSON.stringify({ pid, since: started } satisfies Started)}\n`);
      } catch {
        // Nobody can end it later; the program's own rule (standard input ends) still does.
      }
    });
  }

  remove(pid: number): void {
    this.#running.delete(pid);
  }

  /** Ends everything that still runs, at once. */
  killAll(): void {
    for (const pid of this.#running) if (pid !== process.pid) killGroup(pid);
    this.#running.clear();
  }

  /** The run came to its end: there is nothing left to end later. */
  close(): void {
    this.killAll();
    rmSync(this.file, { force: true });
  }
}

/**
 * Ends the processes that a register lists and that are still the same ones, unless the runner that wrote it is still at work.
 * @returns how many.
 */
export async function endLeftovers(file: string): Promise<number> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return 0;
  }
  const [runner, ...others] = text.split('\n').map(parseStarted);
  if (runner !== undefined && await startOf(runner.pid) === runner.since) return 0;
  let ended = 0;
  for (const started of others) {
    if (started === undefined || await startOf(started.pid) !== started.since) continue;
    killGroup(started.pid);
    ended += 1;
  }
  rmSync(file, { force: true });
  return ended;
}

function parseStarted(line: string): Started | undefined {
  try {
    const value = JSON.parse(line) as Partial<Started>;
    return Number.isInteger(value.pid) && value.pid! > 1 && typeof value.since === 'string' ? { pid: value.pid!, since: value.since } : undefined;
  } catch {
    return undefined;
  }
}
