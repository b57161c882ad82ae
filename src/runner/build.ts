import { spawn } from 'node:child_process';
import { fillArgv, type Argv } from '../core/checks/manifest.js';
import { environment } from './environment.js';
import { Log } from './log.js';
import { Blocked } from './problems.js';
import { killGroup, type Register } from './processes.js';
import { windows, type Tools } from './tools.js';

export interface BuildOptions {
  readonly root: string;
  readonly commands: readonly Argv[];
  readonly tools: Tools;
  readonly limitSec: number;
  readonly register: Register;
  readonly tell: (text: string) => void;
}

/** Runs the build's commands one after another. @throws Blocked with what the failing one printed. */
export async function build({ root, commands, tools, limitSec, register, tell }: BuildOptions): Promise<void> {
  for (const command of commands) {
    const argv = fillArgv(command, tools);
    tell(`$ ${command.join(' ')}`);
    const log = new Log();
    const [program = '', ...args] = windows && isScript(argv[0]!) ? ['cmd', '/d', '/s', '/c', ...argv] : argv;
    const child = spawn(program, args, { cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], detached: !windows, windowsHide: true });
    if (child.pid !== undefined) register.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { log.push(text); });
    let late = false;
    const timer = setTimeout(() => { late = true; if (child.pid !== undefined) killGroup(child.pid); }, limitSec * 1000);
    const ended = await new Promise<{ code: number | null; error?: Error }>((resolve) => {
      child.on('error', (error) => { resolve({ code: null, error }); }).on('close', (code) => { resolve({ code }); });
    });
    clearTimeout(timer);
    if (child.pid !== undefined) register.remove(child.pid);
    if (ended.code === 0) continue;
    throw new Blocked({
      summary: ended.error !== undefined ? `The build could not start ${command[0]}: ${ended.error.message}.`
        : late ? `The build took longer than ${limitSec} s: ${command.join(' ')}.`
        : `The program does not build: ${command.join(' ')} ended with exit code ${ended.code ?? 'unknown'}.`,
      remedy: ended.error !== undefined ? 'Install it, or correct "build" in backend-roadmap.json.'
        : late ? 'Run the command in a terminal to see where it waits, or raise "buildTimeoutSec" in backend-roadmap.json.'
        : 'Mend the first error below; the checks run when it builds.',
      log: log.tail(40),
    });
  }
}

/** npm and mvn are scripts on Windows, which can't be started without a shell since CVE-2024-27980 was mended. */
function isScript(program: string): boolean {
  return /^(?:npm|npx|mvn|gradle)$/iu.test(program) || /\.(?:cmd|bat)$/iu.test(program);
}
