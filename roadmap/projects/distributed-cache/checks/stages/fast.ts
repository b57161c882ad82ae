import { connect, type Socket } from 'node:net';
import { Failure, Inconclusive, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { ok } from '../expected.js';
import { generate, type Load } from '../load.js';
import { command } from '../resp.js';

const roundLength = 700;
const rounds = 3;

/** How the load's rate is read: as many replies a second as the server gives. */
async function rate(t: CheckContext, load: Omit<Load, 'milliseconds'>, milliseconds = roundLength): Promise<number> {
  try {
    return await generate({ ...load, milliseconds }, t.signal);
  } catch (error) {
    t.signal.throwIfAborted();
    throw new Failure({ summary: `Under load ${(error as Error).message}.`, remedy: 'The stages before this one say what every reply has to be; here many clients ask at once.' });
  }
}

/**
 * Measures `a` and `b` in turns, after a round that does not count, and takes the median of the ratios a : b, so that a machine that is slower
 * for a while slows both. @throws Inconclusive when either varies so much that no ratio means anything.
 */
async function ratio(t: CheckContext, a: () => Promise<number>, b: () => Promise<number>): Promise<number> {
  await a();
  await b();
  const ratios: number[] = [];
  const [rates, others]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    const [one, other] = [await a(), await b()];
    ratios.push(one / other);
    rates.push(one);
    others.push(other);
    t.step(`round ${round}: ${Math.round(one).toLocaleString('en-US')} against ${Math.round(other).toLocaleString('en-US')} commands a second`);
  }
  if (Math.max(variation(rates), variation(others)) > 0.5) throw new Inconclusive({ summary: 'The same load took very different times: this machine is too busy to measure.', remedy: 'Close other programs and run this check again.' });
  return ratios.sort((x, y) => x - y)[Math.floor(rounds / 2)]!;
}

/** The coefficient of variation: the standard deviation as a part of the mean. */
function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
}

function atLeast(t: CheckContext, what: string, measured: number, least: number, remedy: string): void {
  t.expect(measured >= least, () => ({ summary: `${what}: ${measured.toFixed(2)} is too little.`, expected: `at least ${least.toFixed(2)}`, actual: measured.toFixed(2), remedy }));
  t.step(`✔ ${what}: ${measured.toFixed(2)} (at least ${least.toFixed(2)})`);
}

const keyOf = (index: number): string => `key:${String(index).padStart(6, '0')}`;

async function fill(t: CheckContext, program: Program, keys: number): Promise<void> {
  const client = await Client.open(t, program);
  for (let at = 0; at < keys; at += 1000) {
    await client.expectAll(Array.from({ length: Math.min(1000, keys - at) }, (_, index) => ['SET', keyOf(at + index), 'v'.repeat(64)]), ok, { within: 20_000 });
  }
  client.end();
}

/** Batches of GETs for keys that are there, with their 64-byte values. */
function gets(depth: number): Pick<Load, 'depth' | 'batches' | 'replySize'> {
  return { depth, replySize: '$64\r\n'.length + 64 + 2, batches: Array.from({ length: 8 }, (_, batch) => Array.from({ length: depth }, (_, index) => command('GET', keyOf((batch * depth + index) % 100))).join('')) };
}

/** How many commands are sent at once, and how often, to count the pieces in which the replies come. */
const together = 16;
const batches = 200;
const mostPieces = 2;

/** Sends batches on one connection, each when the one before is answered. @returns the pieces in which the replies to one came, on average. */
async function piecesOf(t: CheckContext, program: Program, { depth, replySize, batches: texts }: ReturnType<typeof gets>, count: number): Promise<number> {
  const socket = connect({ port: program.port, host: '127.0.0.1', noDelay: true });
  t.defer(() => { socket.end(); socket.destroySoon(); });
  let pieces = 0;
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string): void => { reject(new Failure({ summary: `${what} while batches of ${depth} GETs were sent on one connection.`, remedy: 'The stages before this one say what every reply has to be.' })); };
    let [got, sent] = [0, 0];
    const send = (): void => { got = 0; socket.write(texts[sent++ % texts.length]!, 'latin1'); };
    socket.on('connect', send).on('error', (error) => { fail(`The connection failed (${error.message})`); }).on('close', () => { fail('The connection was closed'); });
    socket.on('data', (bytes) => {
      pieces += 1;
      got += bytes.length;
      if (got > depth * replySize) fail(`${got} bytes were answered to ${depth} commands, not ${depth * replySize},`);
      else if (got === depth * replySize && sent === count) resolve();
      else if (got === depth * replySize) send();
    });
    t.signal.addEventListener('abort', () => { socket.destroy(); }, { once: true });
  });
  return pieces / count;
}

export const fast: CheckedStage = {
  id: 'fast',
  checks: [
    {
      id: 'one-write',
      title: 'sends the replies to commands that come together in one piece',
      async run(t) {
        const program = await t.start();
        await fill(t, program, 100);
        const pieces = await piecesOf(t, program, gets(together), batches);
        t.expect(pieces <= mostPieces, () => ({
          summary: `The replies to ${together} commands that were sent at once came in ${pieces.toFixed(1)} pieces on average.`,
          expected: `1 piece, at most ${mostPieces.toFixed(1)} on average of ${batches} batches`, actual: pieces.toFixed(1),
          remedy: 'Collect the replies to all commands that one read has brought, and write them with one call. A write for each reply, or for parts of a reply, costs a system call and a packet each.',
        }));
        t.step(`✔ the replies to ${together} commands came in ${pieces.toFixed(2)} pieces on average of ${batches} batches`);
      },
    },
    {
      id: 'pipeline-gain',
      title: 'answers commands that come together faster than single ones',
      limitSec: 60,
      measures: true,
      async run(t) {
        const program = await t.start();
        await fill(t, program, 100);
        const single = { port: program.port, connections: 50, ...gets(1) };
        const batched = { port: program.port, connections: 50, ...gets(16) };
        const gain = await ratio(t, () => rate(t, batched), () => rate(t, single));
        atLeast(t, 'Rate with 16 commands at once against 1', gain, 1.6, 'Most of the time goes into system calls: collect the replies to all commands that one read has brought, and write them with one call. Turn TCP_NODELAY on.');
      },
    },
    {
      id: 'many-keys',
      title: 'finds a key among 20,000 about as fast as among 1,000',
      limitSec: 60,
      memoryMb: 200,
      measures: true,
      async run(t) {
        const [few, many] = [await t.start(), await t.start()];
        await fill(t, few, 1000);
        await fill(t, many, 20_000);
        // Keys that are not there: a search through a list has to go all the way.
        const misses = { connections: 20, depth: 16, replySize: '$-1\r\n'.length, batches: Array.from({ length: 8 }, (_, batch) => Array.from({ length: 16 }, (_, index) => command('GET', `none:${String(batch * 16 + index).padStart(6, '0')}`)).join('')) };
        const kept = await ratio(t, () => rate(t, { port: many.port, ...misses }), () => rate(t, { port: few.port, ...misses }));
        atLeast(t, 'Rate with 20,000 keys against 1,000', kept, 0.4, 'A look-up must not depend on the number of keys: use a hash map, and no scan, no copy and no sort per command.');
      },
    },
    {
      id: 'idle-clients',
      title: 'is not slowed down by 1,000 idle clients',
      limitSec: 60,
      memoryMb: 200,
      measures: true,
      async run(t) {
        const [alone, crowded] = [await t.start(), await t.start()];
        await fill(t, alone, 100);
        await fill(t, crowded, 100);
        const idle: Socket[] = [];
        t.defer(() => { for (const socket of idle) { socket.end(); socket.destroySoon(); } });
        for (let count = 0; count < 1000; count++) {
          const socket = connect({ port: crowded.port, host: '127.0.0.1' });
          idle.push(socket);
          const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => { socket.once('connect', () => { resolve(undefined); }).once('error', resolve); });
          socket.on('error', () => { /* seen by the clients that count */ });
          if (error?.code === 'EMFILE' || error?.code === 'ENFILE') throw new Inconclusive({ summary: 'This machine allows too few open files for 1,000 connections.', remedy: 'Raise the limit (ulimit -n 4096) and start VS Code again.' });
          t.expect(error === undefined, () => ({ summary: `Client ${count + 1} of 1,000 could not connect (${error!.code ?? error!.message}).`, remedy: 'A thousand idle clients are usual: accept them all. If the program says "too many open files", raise its limit (ulimit -n).' }));
        }
        const kept = await ratio(t, () => rate(t, { port: crowded.port, connections: 20, ...gets(1) }), () => rate(t, { port: alone.port, connections: 20, ...gets(1) }));
        atLeast(t, 'Rate with 1,000 idle clients against none', kept, 0.35, 'An idle client must cost nothing: no loop over all connections per event, no polling, no lock that all of them share.');
      },
    },
  ],
};
