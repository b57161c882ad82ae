import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareOutput, type OutputLine } from '../../core/notes/output.js';

export interface RunnableBlock {
  readonly language: string;
  readonly code: string;
  readonly output: readonly OutputLine[];
  /** Seconds; 10 when absent. */
  readonly timeout?: number | undefined;
}

export type RunResult =
  | { readonly kind: 'as expected'; readonly ms: number }
  | { readonly kind: 'different'; readonly reason: string; readonly printed: string }
  | { readonly kind: 'timed out'; readonly reason: string; readonly printed: string }
  | { readonly kind: 'not run'; readonly tool: string };

interface Runner { readonly tool: string; readonly file: string; readonly argv: (file: string) => string[]; readonly stdin?: boolean }
const runners: Readonly<Record<string, Runner>> = {
  bash: { tool: 'bash', file: 'block.sh', argv: (file) => ['bash', '-euo', 'pipefail', file] },
  python: { tool: 'python3', file: 'block.py', argv: (file) => ['python3', file] },
  js: { tool: 'node', file: 'block.js', argv: (file) => [process.execPath, file] },
  sql: { tool: 'sqlite3', file: 'block.sql', argv: () => ['sqlite3', '-batch', ':memory:'], stdin: true },
  ts: { tool: 'node', file: 'block.ts', argv: (file) => [process.execPath, '--import', createRequire(import.meta.url).resolve('tsx'), file] },
  go: { tool: 'go', file: 'main.go', argv: (file) => ['go', 'run', file] },
  java: { tool: 'java', file: 'Main.java', argv: (file) => ['java', file] },
  rust: { tool: 'rustc', file: 'main.rs', argv: (file) => ['sh', '-c', 'rustc --edition 2021 -o program "$1" && exec ./program', 'sh', file] },
};

const outputLimit = 1_000_000;

/** Runs a block by itself in an empty folder and compares what it printed. Whatever it started in its process group ends with it. */
export async function runBlock({ language, code, output, timeout = 10 }: RunnableBlock): Promise<RunResult> {
  const runner = runners[language];
  if (!runner) throw new Error(`A ${language} block can't run.`);
  if (!isInstalled(runner.tool)) return { kind: 'not run', tool: runner.tool };
  const folder = await mkdtemp(join(tmpdir(), 'roadmap-block-'));
  try {
    const file = join(folder, runner.file);
    const work = join(folder, 'work');
    await mkdir(work);
    await writeFile(file, code);
    const started = performance.now();
    const { printed, exit } = await execute(runner.argv(file), work, runner.stdin ? file : '/dev/null', timeout * 1000);
    if (exit === 'timed out') return { kind: 'timed out', reason: `it ran longer than ${timeout} s and was stopped`, printed };
    const reason = compareOutput(output, printed);
    return reason === undefined ? { kind: 'as expected', ms: Math.round(performance.now() - started) } : { kind: 'different', reason, printed };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function execute(argv: readonly string[], cwd: string, stdin: string, timeoutMs: number): Promise<{ printed: string; exit: 'ended' | 'timed out' }> {
  return new Promise((resolve, reject) => {
    // The shell joins both streams before the program starts, so that their order is the program's own.
    const child = spawn('/bin/sh', ['-c', 'input=$1; shift; exec "$@" <"$input" 2>&1', 'sh', stdin, ...argv], { cwd, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    let exit: 'ended' | 'timed out' = 'ended';
    const killGroup = (): void => {
      try { process.kill(-child.pid!, 'SIGKILL'); } catch { /* nothing of the group is left */ }
    };
    const timer = setTimeout(() => { exit = 'timed out'; killGroup(); }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (printed.length < outputLimit) printed += chunk;
      else killGroup();
    });
    child.on('error', (error) => { clearTimeout(timer); reject(error); });
    child.on('exit', () => {
      clearTimeout(timer);
      killGroup();
      // A process that left the group may still hold the pipe open.
      setTimeout(() => child.stdout.destroy(), 500).unref();
    });
    child.on('close', () => { resolve({ printed, exit }); });
  });
}

/** The machine's own settings must not show in what a block prints. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|LC_|LANG|PYTHON|BASH_ENV$|ENV$|CI$|MOCHA|TSX|ESBUILD|FORCE_COLOR|NO_COLOR|CLICOLOR)/i.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}

function isInstalled(tool: string): boolean {
  return tool === 'node' || spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', tool], { stdio: 'ignore' }).status === 0;
}
