import { connect, type Socket } from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

/** A load of equal requests, each answered by a known number of bytes: so the generator counts bytes and parses nothing. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Commands sent at once on each connection; the next ones go when all are answered. */
  readonly depth: number;
  readonly milliseconds: number;
  /** Batches of `depth` commands (`latin1`), used in turn. */
  readonly batches: readonly string[];
  /** Bytes of the reply to one command. */
  readonly replySize: number;
}

/** @returns commands answered per second. @throws when a connection fails. */
export async function generate(load: Load, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  // A thread of its own: what measures must not wait for what looks on.
  const worker = new Worker(__filename, { workerData: { load }, env: { ...process.env } });
  const stop = (): void => { void worker.terminate(); };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      worker.once('message', (result: { rate?: number; error?: string }) => {
        if (result.rate !== undefined) resolve(result.rate);
        else reject(new Error(result.error));
      });
      worker.once('error', reject).once('exit', () => { reject(new Error('the load generator was stopped')); });
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

/** The generator's thread: runs the load that it was given and answers with the rate. */
export async function runGenerator(): Promise<void> {
  const { load } = workerData as { load: Load };
  try {
    parentPort!.postMessage({ rate: await measure(load) });
  } catch (error) {
    parentPort!.postMessage({ error: (error as Error).message });
  }
}

async function measure({ port, connections, depth, milliseconds, batches, replySize }: Load): Promise<number> {
  const buffers = batches.map((batch) => Buffer.from(batch, 'latin1'));
  const expected = depth * replySize;
  const sockets: Socket[] = [];
  await Promise.all(Array.from({ length: connections }, () => new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', resolve).once('error', reject);
    sockets.push(socket);
  })));
  let done = 0;
  let over = false;
  const failed = new Promise<never>((_, reject) => {
    for (const [index, socket] of sockets.entries()) {
      let got = 0;
      let next = index;
      const fire = (): void => { got = 0; socket.write(buffers[next++ % buffers.length]!); };
      socket.on('data', (bytes) => {
        got += bytes.length;
        if (got < expected) return;
        if (got > expected) reject(new Error(`${got} bytes were answered to ${depth} commands, not ${expected}`));
        done += depth;
        if (!over) fire();
      });
      socket.removeAllListeners('error').on('error', (error) => { if (!over) reject(error); }).on('close', () => { if (!over) reject(new Error('the server closed a connection under load')); });
      fire();
    }
  });
  failed.catch(() => { /* awaited below */ });
  const started = process.hrtime.bigint();
  await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, milliseconds))]);
  over = true;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  for (const socket of sockets) { socket.end(); socket.destroySoon(); }
  return done / seconds;
}
