import { spawn } from 'node:child_process';
import { runMain } from './host/userError.js';
import { root } from './paths.js';

/** Every part of the test command, in order: what is quick and precise first. */
const steps = ['typecheck', 'lint', 'package', 'test:layers', 'test:unit', 'test:content', 'check:content', 'test:starters', 'test:projects', 'test:torture', 'test:integration', 'test:e2e', 'test:web'] as const;

interface Outcome { readonly step: string; readonly passed: number; readonly failed: number; readonly skipped: number; readonly seconds: number }

/**
 * Runs the named steps (all without a name), goes on after a failure so that one run tells everything, and ends with
 * `N passed, N failed`.
 */
async function test(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !steps.some((step) => matches(step, name)));
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}. The steps are: ${steps.join(', ')}.`);
    return false;
  }
  const chosen = steps.filter((step) => names.length === 0 || names.some((name) => matches(step, name)));
  const outcomes: Outcome[] = [];
  for (const step of chosen) outcomes.push(await run(step));
  console.log('\n' + outcomes.map(({ step, passed, failed, skipped, seconds }) => `${step.padEnd(18)}${String(passed).padStart(6)} passed${String(failed).padStart(5)} failed${String(skipped).padStart(5)} skipped${seconds.toFixed(0).padStart(6)} s`).join('\n'));
  const sum = (pick: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  console.log(`\n${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`);
  return sum(({ failed }) => failed) === 0;
}

function matches(step: string, name: string): boolean {
  return step === name || step === `test:${name}`;
}

async function run(step: string): Promise<Outcome> {
  console.log(`\n— ${step}`);
  const started = Date.now();
  let output = '';
  const child = spawn('npm', ['run', '--silent', step], { cwd: root, shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] });
  for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]] as const) {
    from.on('data', (chunk: Buffer) => {
      to.write(chunk);
      output = (output + chunk.toString()).slice(-100_000);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const seconds = (Date.now() - started) / 1000;
  const passed = last(output, /(\d+) (?:passing|passed)/g);
  const failed = last(output, /(\d+) (?:failing|failed)/g);
  const skipped = last(output, /(\d+) (?:pending|skipped)/g) ?? 0;
  if (code === 0) return { step, passed: passed ?? 1, failed: failed ?? 0, skipped, seconds };
  return { step, passed: passed ?? 0, failed: Math.max(1, failed ?? 1), skipped, seconds };
}

function last(text: string, pattern: RegExp): number | undefined {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

runMain(import.meta.url, async () => (await test(process.argv.slice(2)) ? 0 : 1));
