import { Agent, get } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface Load {
  readonly port: number;
  /** Requests that are under way at once. */
  readonly width: number;
  /** Asked once each, in this order. */
  readonly paths: readonly string[];
}

export interface Loaded {
  /** Milliseconds, ascending. */
  readonly times: readonly number[];
  readonly perSecond: number;
  /** Answers other than 200, and requests without one. */
  readonly bad: number;
}

/** Sends requests, always `width` at once: a closed loop. @throws when the generator's thread breaks. */
export async function generate(load: Load, signal: AbortSignal): Promise<Loaded> {
  signal.throwIfAborted();
  // A thread of its own: what measures must not wait for what looks on.
  const worker = new Worker(__filename, { workerData: { load } });
  const stop = (): void => { void worker.terminate(); };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<Loaded>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject).once('exit', () => { reject(new Error('the load generator was stopped')); });
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

/** Whether this thread is the generator's: the bundle's entry asks before it does anything else. */
export function isGenerator(): boolean {
  return !isMainThread;
}

/** The generator's thread. */
export async function runGenerator(): Promise<void> {
  const { load: { port, width, paths } } = workerData as { load: Load };
  const agent = new Agent({ keepAlive: true, maxSockets: width });
  const times: number[] = [];
  let bad = 0;
  let next = 0;
  const ask = (path: string): Promise<number> => new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent, headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
      response.on('end', () => { resolve(response.statusCode ?? 0); }).on('error', () => { resolve(0); }).resume();
    }).on('error', () => { resolve(0); });
  });
  const started = performance.now();
  await Promise.all(Array.from({ length: width }, async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const sent = performance.now();
      if (await ask(path) !== 200) bad += 1;
      times.push(performance.now() - sent);
    }
  }));
  const seconds = (performance.now() - started) / 1000;
  parentPort!.postMessage({ times: times.sort((a, b) => a - b), perSecond: paths.length / seconds, bad } satisfies Loaded);
  agent.destroy();
}

/** The value below which a part of the ascending values lies. */
export function quantile(ascending: readonly number[], part: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] ?? 0;
}
