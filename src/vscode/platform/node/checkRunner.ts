import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EventReader } from '../../../core/checks/protocol.js';
import type { CheckRunner } from '../../../core/ports.js';
import { endLeftovers } from '../../../runner/processes.js';

/** Milliseconds that a runner has to end what it started before it is ended itself. */
const grace = 5000;

/** Runs checks in a process of their own: the bundle of the project in `folder`, by the Node that runs this. */
export function checkRunner(folder: string): CheckRunner {
  return {
    async run(request, take, cancellation) {
      const secret = randomBytes(16).toString('hex');
      await mkdir(dirname(request.processes), { recursive: true });
      const child = spawn(process.execPath, [join(folder, `${request.manifest.project}.js`)], {
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' }, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true,
      });
      const reader = new EventReader(secret, take);
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { reader.push(text); });
      child.stdin.on('error', () => { /* it has ended; its exit says how */ });
      child.stdin.write(`${JSON.stringify({ ...request, secret })}\n`);
      let killer: NodeJS.Timeout | undefined;
      const stop = (): void => {
        child.stdin.end();
        killer = setTimeout(() => child.kill('SIGKILL'), grace);
      };
      const asked = cancellation.onCancellationRequested(stop);
      if (cancellation.isCancellationRequested) stop();
      try {
        return await new Promise((resolve) => {
          child.on('error', (error) => { resolve({ code: null, signal: null, cancelled: cancellation.isCancellationRequested, noise: [error.message] }); });
          child.on('close', (code, signalName) => { resolve({ code, signal: signalName, cancelled: cancellation.isCancellationRequested, noise: reader.noise }); });
        });
      } finally {
        clearTimeout(killer);
        asked.dispose();
      }
    },
  };
}

/** Goes through the lists of what runners have started, and ends what the runners themselves could not. @returns how many processes. */
export async function endLeftoversIn(folder: string): Promise<number> {
  const lists = await readdir(folder).catch(() => []);
  let ended = 0;
  for (const name of lists) ended += await endLeftovers(join(folder, name));
  return ended;
}
