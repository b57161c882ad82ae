import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEvent, type RunRequest } from '../core/checks/protocol.js';
import type { CheckedProject } from './api.js';
import { CleanUps } from './cleanUps.js';
import { Register } from './processes.js';
import { run } from './run.js';

/** Milliseconds that what a stopped run has started may take to end in order. */
const grace = 2000;

/**
 * The whole life of a runner's process: reads one request from standard input, answers with events on standard output, and ends. When its
 * standard input ends before, whoever asked is gone or wants no answer any more: it ends everything it started, and itself.
 */
export function serve(project: CheckedProject): void {
  const stopped = new AbortController();
  let register: Register | undefined;
  let request: RunRequest | undefined;
  const cleanUps = new CleanUps();
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (request !== undefined) return;
      request = JSON.parse(line) as RunRequest;
      register = new Register(request.processes);
      const { secret } = request;
      run(project, request, register, cleanUps, stopped.signal, (event) => { process.stdout.write(formatEvent(secret, event)); }).finally(() => cleanUps.end()).then(
        () => { finish(formatEvent(secret, { type: 'ended' }), 0); },
        (error: unknown) => { finish(`${error instanceof Error ? error.stack : String(error)}\n`, 2); },
      );
    })
    .on('close', () => {
      if (stopped.signal.aborted) return;
      stopped.abort();
      const exit = (): void => {
        register?.close();
        process.exit(3);
      };
      Promise.race([cleanUps.end(), sleep(grace)]).then(exit, exit);
    });
  // The host is gone: what it does not read must not keep this process, or what it started, alive.
  process.stdout.on('error', () => { register?.close(); process.exit(3); });

  function finish(lastWords: string, code: number): void {
    if (stopped.signal.aborted) return;
    stopped.abort();
    register?.close();
    process.stdout.write(lastWords, () => process.exit(code));
  }
}
