import type { Page } from 'playwright-core';
import { parseLine, parseSummary } from './summary.js';
import type { Summary } from './summary.js';
import { UserError } from './userError.js';

/** How a test module ended: its host's exit code, and what its reporter counted if it got that far. */
export interface TestRun {
  readonly code: number;
  readonly summary: Summary | undefined;
}

const stallMs = 180_000;
const keptLines = 40;

/**
 * Watches a test module that an extension host runs in `page`: prints its lines and waits for its exit code.
 * To be called before the page is opened.
 */
export async function watchTests(page: Page): Promise<{ readonly finished: Promise<TestRun> }> {
  const lastLines: string[] = [];
  const { promise: finished, resolve, reject } = deferred<TestRun>();
  let summary: Summary | undefined;
  let errors = 0;

  const onStall = (): void => {
    const said = lastLines.join('\n  ');
    reject(new UserError(`The tests said nothing for ${stallMs / 1000} s. The page's last lines:\n  ${said}`));
  };
  let timer = setTimeout(onStall, stallMs);

  const hear = (line: string): void => {
    lastLines.push(line.slice(0, 400));
    lastLines.splice(0, lastLines.length - keptLines);
    const text = parseLine(line);
    if (text === undefined) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(onStall, stallMs);
    summary = parseSummary(text) ?? summary;
    errors += text.trimStart().startsWith('✘') ? 1 : 0;
    if (!parseSummary(text)) console.log(text);
  };

  page.on('console', (message) => hear(message.text()));
  page.on('pageerror', (error) => hear(String(error)));
  page.on('crash', () => reject(new UserError('The browser page crashed.')));
  // The workbench repeats every console line here; without the function it would fail.
  await page.exposeFunction('codeAutomationLog', () => undefined);
  await page.exposeFunction('codeAutomationExit', (code: number) => {
    clearTimeout(timer);
    if (code !== 0 && errors === 0) console.log(`The test module failed before or outside its tests:\n  ${lastLines.join('\n  ')}`);
    resolve({ code, summary });
  });
  return { finished };
}

/** Prints the last line, `N passed, N failed`, and names the exit code. A run in which nothing ran has failed. */
export function concludeRun({ code, summary }: TestRun): number {
  const { passed, failed, pending } = summary ?? { passed: 0, failed: 0, pending: 0 };
  const lost = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  if (pending > 0) console.log(`${pending} pending`);
  console.log(`${passed} passed, ${failed + lost} failed`);
  return failed + lost > 0 ? 1 : 0;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
