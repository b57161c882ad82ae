import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, integer, integerBetween, nil, ok } from '../expected.js';

const appendOnly = { APPENDONLY: 'yes' };

interface DataFile { readonly path: string; readonly size: number; readonly changed: number }

/** Every file under the data folder, the one written last first. */
function dataFiles(folder: string): DataFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path);
    return stat.isFile() ? [{ path, size: stat.size, changed: stat.mtimeMs }] : [];
  }).sort((a, b) => b.changed - a.changed);
}

const torn = 'After 4 bytes were cut off the end of the log: ';

/** Starts the server again on the log that it has left. @throws Failure with `remedy` when it does not come up. */
async function startAgain(t: CheckContext, dataDir: string, why: string, remedy: string): Promise<Program> {
  try {
    return await t.start({ dataDir, variables: appendOnly });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure({ ...error.report, summary: `${why}${error.report.summary}`, remedy });
  }
}

export const durable: CheckedStage = {
  id: 'durable',
  checks: [
    {
      id: 'killed',
      title: 'has everything that was acknowledged after kill -9',
      limitSec: 40,
      async run(t) {
        const dataDir = await t.dataDir();
        let program = await t.start({ dataDir, variables: appendOnly });
        let client = await Client.open(t, program);
        const prefix = t.random.word(5);
        const values = Array.from({ length: 500 }, () => t.random.word(t.random.integer(1, 60)));
        await client.expectAll(values.map((value, index) => ['SET', `${prefix}:${index}`, value]), ok, { within: 20_000 });
        await client.expect(['DEL', `${prefix}:0`], integer(1));
        await client.expect(['INCR', `${prefix}:counter`], integer(1));
        await client.expect(['INCRBY', `${prefix}:counter`, 41], integer(42));
        const set = Date.now();
        await client.expect(['SET', `${prefix}:timed`, 'v', 'PX', 60_000], ok);
        await program.kill();
        // Longer than what PTTL is forgiven: a time to live that begins anew is seen.
        await t.sleep(1000);
        t.step('killed with SIGKILL, started again with the same DATA_DIR after a second');
        program = await t.start({ dataDir, variables: appendOnly });
        client = await Client.openLoaded(t, program);
        const remedy = 'Append each write to a file under DATA_DIR and flush it before you answer; at the start, read the file and run its commands again.';
        const at = t.random.integer(1, 499);
        await client.expect(['GET', `${prefix}:${at}`], bulk(values[at]!), { as: `GET ${prefix}:${at} after the kill`, remedy, within: 15_000 });
        await client.expect(['GET', `${prefix}:0`], nil, { as: `GET ${prefix}:0 (deleted before the kill)`, remedy: 'A DEL is a write: it belongs into the log.' });
        await client.expect(['GET', `${prefix}:counter`], bulk(42), { as: 'GET of the counter after the kill', remedy: 'INCR is a write: it belongs into the log, once.' });
        await client.expect(['DBSIZE'], integer(501), { as: 'DBSIZE after the kill', remedy: `${remedy} A buffer of your own, written later, loses the last ones.` });
        const passed = Date.now() - set;
        await client.expect(['PTTL', `${prefix}:timed`], integerBetween(60_000 - passed - 50, 60_000 - passed + 500), { as: `PTTL of a key with PX 60000 (${passed} ms later)`, remedy: 'Log the time at which a key expires, not how long it has to live: else its life begins anew at each start.' });
      },
    },
    {
      id: 'killed-while-writing',
      title: 'loses nothing acknowledged when it is killed in the middle of writing',
      limitSec: 40,
      async run(t) {
        const dataDir = await t.dataDir();
        const program = await t.start({ dataDir, variables: appendOnly });
        const clients = await Promise.all(Array.from({ length: 8 }, () => Client.open(t, program)));
        const acknowledged = clients.map(() => 0);
        const writing = clients.map(async (client, index) => {
          for (;;) {
            try {
              const reply = await client.call('SET', `c${index}:${acknowledged[index]!}`, t.random.word(30));
              if (reply.kind !== 'simple') return;
            } catch (error) {
              if (error instanceof Failure && client.isOver) return;
              throw error;
            }
            acknowledged[index]! += 1;
          }
        });
        for (const each of writing) each.catch(() => { /* awaited below */ });
        const total = (): number => acknowledged.reduce((sum, count) => sum + count, 0);
        const wanted = t.random.integer(200, 600);
        await t.until(15_000, () => total() >= wanted ? true : undefined);
        await program.kill();
        await Promise.all(writing);
        t.step(`killed after ${total()} acknowledged writes by 8 clients`);
        const client = await Client.openLoaded(t, await t.start({ dataDir, variables: appendOnly }));
        const keys = acknowledged.flatMap((count, index) => Array.from({ length: count }, (_, write) => `c${index}:${write}`));
        const found = (await client.pipeline(keys.map((key) => ['EXISTS', key]), { within: 15_000 })).filter((reply) => reply.kind === 'integer' && reply.value === 1n).length;
        t.expect(found === keys.length && keys.length > 0, () => ({
          summary: `${keys.length - found} of ${keys.length} acknowledged writes are gone.`, expected: `${keys.length} keys`, actual: `${found} keys`,
          remedy: 'A reply is a promise: write to the file, not into a buffer of your own, before the reply goes out. One flush may serve many clients.',
        }));
        t.step('✔ every one of them is there');
      },
    },
    {
      id: 'torn-tail',
      title: 'starts when the last record was cut off',
      limitSec: 30,
      async run(t) {
        const dataDir = await t.dataDir();
        const program = await t.start({ dataDir, variables: appendOnly });
        let client = await Client.open(t, program);
        await client.expectAll(Array.from({ length: 20 }, (_, index) => ['SET', `k:${index}`, t.random.word(20)]), ok, { within: 10_000 });
        await client.expect(['SET', 'last', t.random.word(20)], ok);
        await program.kill();
        const newest = dataFiles(dataDir).find(({ size }) => size > 100);
        t.expect(newest !== undefined, () => ({ summary: 'There is no file of more than 100 bytes under DATA_DIR after 21 writes.', remedy: 'Write the log into the folder that DATA_DIR names.' }));
        truncateSync(newest!.path, newest!.size - 4);
        t.step('killed, and 4 bytes cut off the end of the log');
        const remedy = 'A crash can leave half a record at the end. Run the whole ones, cut the rest off with a line in the log, and start.';
        client = await Client.openLoaded(t, await startAgain(t, dataDir, torn, remedy));
        await client.expect(['DBSIZE'], integer(20), { remedy, within: 10_000 });
        await client.expect(['GET', 'last'], nil, { remedy: 'Half a record is no record.' });
        await client.expect(['SET', 'next', 'v'], ok);
      },
    },
    {
      id: 'again-after-torn-tail',
      title: 'goes on writing behind a tail that was mended',
      limitSec: 30,
      async run(t) {
        const dataDir = await t.dataDir();
        let program = await t.start({ dataDir, variables: appendOnly });
        let client = await Client.open(t, program);
        const values = Array.from({ length: 5 }, () => t.random.word(40));
        await client.expectAll(values.map((value, index) => ['SET', `k:${index}`, value]), ok, { within: 10_000 });
        await program.kill();
        const newest = dataFiles(dataDir).find(({ size }) => size > 100);
        t.expect(newest !== undefined, () => ({ summary: 'There is no file of more than 100 bytes under DATA_DIR after 5 writes.', remedy: 'Write the log into the folder that DATA_DIR names.' }));
        truncateSync(newest!.path, newest!.size - 4);
        const remedy = 'Cut the torn tail off the file before you append: what is written behind half a record can’t be read any more.';
        program = await startAgain(t, dataDir, torn, remedy);
        client = await Client.openLoaded(t, program);
        await client.expect(['SET', 'after', 'mended'], ok, { within: 10_000 });
        await program.kill();
        t.step('killed again, after a write behind the mended tail');
        client = await Client.openLoaded(t, await startAgain(t, dataDir, torn, remedy));
        await client.expect(['GET', 'after'], bulk('mended'), { within: 10_000, remedy });
        await client.expect(['GET', 'k:3'], bulk(values[3]!), { remedy: 'The whole records before the torn one stay.' });
        await client.expect(['DBSIZE'], integer(5));
      },
    },
    {
      id: 'expired-meanwhile',
      title: 'does not bring a key back whose time passed while it was down',
      async run(t) {
        const dataDir = await t.dataDir();
        const program = await t.start({ dataDir, variables: appendOnly });
        let client = await Client.open(t, program);
        await client.expect(['SET', 'short', 'v', 'PX', 400], ok);
        await client.expect(['SET', 'long', 'v'], ok);
        await program.kill();
        await t.sleep(450);
        client = await Client.openLoaded(t, await t.start({ dataDir, variables: appendOnly }));
        await client.expect(['GET', 'short'], nil, { within: 10_000, remedy: 'The log keeps the time of expiry, and that may have passed when it is read.' });
        await client.expect(['GET', 'long'], bulk('v'));
      },
    },
    {
      id: 'only-writes',
      title: 'logs writes and nothing else',
      async run(t) {
        const dataDir = await t.dataDir();
        const program = await t.start({ dataDir, variables: appendOnly });
        const client = await Client.open(t, program);
        await client.expect(['SET', 'k', t.random.word(50)], ok);
        const before = dataFiles(dataDir).reduce((sum, { size }) => sum + size, 0);
        await client.pipeline(Array.from({ length: 500 }, (_, index) => index % 2 === 0 ? ['GET', 'k'] : ['EXISTS', 'k']));
        const after = dataFiles(dataDir).reduce((sum, { size }) => sum + size, 0);
        t.expect(after - before < 100, () => ({ summary: `500 reads made the files grow by ${after - before} bytes.`, expected: 'files that stay as they are', actual: `${after - before} bytes more`, remedy: 'A read changes nothing, so it has no place in the log.' }));
        t.step('✔ 500 reads left the files as they were');
      },
    },
    {
      id: 'replay',
      title: 'reads a log of 100,000 writes in seconds',
      limitSec: 90,
      memoryMb: 200,
      async run(t) {
        const dataDir = await t.dataDir();
        const program = await t.start({ dataDir, variables: appendOnly });
        let client = await Client.open(t, program);
        for (let at = 0; at < 100_000; at += 1000) {
          await client.expectAll(Array.from({ length: 1000 }, (_, index) => ['SET', `key:${at + index}`, 'value']), ok, { within: 20_000, quiet: true, remedy: 'Commands that arrive together may be flushed together: one flush for the batch, then all its replies.' });
        }
        await program.kill();
        const started = Date.now();
        const remedy = 'Read the log in large pieces and run its commands directly, with no work per command that grows with the file. If it still takes its time, listen first and answer -LOADING meanwhile.';
        client = await Client.openLoaded(t, await startAgain(t, dataDir, 'After 100,000 writes: ', remedy));
        await client.expect(['DBSIZE'], integer(100_000));
        t.step(`started and read 100,000 writes in ${Date.now() - started} ms`);
      },
    },
  ],
};
