import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, freePorts, windows, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, errorLine, nil, ok, simple } from '../expected.js';
import { info } from '../info.js';
import { command } from '../resp.js';

/** Waits for the program's end after it was asked to stop. */
async function endsCleanly(t: CheckContext, program: Program, how: string): Promise<void> {
  const asked = Date.now();
  const ended = await Promise.race([program.ended, sleep(6000, undefined, { ref: false })]);
  t.expect(ended !== undefined, () => ({ summary: `The program still runs 6 s after ${how}.`, remedy: 'Stop accepting, finish what is under way, and exit. An idle connection is no reason to stay.' }));
  t.expect(ended!.code === 0, () => ({
    summary: `After ${how} the program did not end with exit code 0.`, expected: 'exit code 0', actual: ended!.signal === null ? `exit code ${ended!.code ?? 'unknown'}` : `ended by ${ended!.signal}`,
    remedy: 'Handle SIGTERM (on Windows, the end of standard input) and leave with exit code 0; 143 says that the signal ended it.', log: program.log.tail(),
  }));
  t.step(`✔ ended with exit code 0 after ${Date.now() - asked} ms`);
}

export const operate: CheckedStage = {
  id: 'operate',
  checks: [
    {
      id: 'info',
      title: 'reports figures that move with what happens',
      async run(t) {
        const program = await t.start();
        const client = await Client.open(t, program);
        const figure = async (name: string): Promise<number> => {
          const value = (await info(t, client)).get(name);
          t.expect(value !== undefined && /^\d+$/u.test(value), () => ({ summary: `INFO has no figure ${name}.`, expected: `a line ${name}:<number>`, actual: value === undefined ? 'no such line' : `${name}:${value}`, remedy: 'INFO is a bulk string of lines name:value; see the stage’s text for the names.' }));
          return Number(value);
        };
        const key = t.random.word();
        await client.expect(['SET', key, 'v'], ok);
        const [hits, misses] = [t.random.integer(3, 20), t.random.integer(3, 20)];
        // The harness's own first connection has ended: a moment for the server to notice.
        await t.until(2000, async () => (await figure('connected_clients')) === 1 ? true : undefined);
        const before = { hits: await figure('keyspace_hits'), misses: await figure('keyspace_misses'), memory: await figure('used_memory'), clients: await figure('connected_clients') };
        for (let count = 0; count < hits; count++) await client.expect(['GET', key], bulk('v'), { quiet: true });
        for (let count = 0; count < misses; count++) await client.expect(['GET', `${key}-none`], nil, { quiet: true });
        const others = await Promise.all(Array.from({ length: 5 }, () => Client.open(t, program)));
        for (const other of others) await other.expect(['PING'], simple('PONG'), { quiet: true });
        await client.expect(['SET', 'large', 'x'.repeat(1024 * 1024)], ok, { quiet: true });
        const moved = async (name: string, from: number, by: number, what: string): Promise<void> => {
          const now = await figure(name);
          t.expect(now === from + by, () => ({ summary: `${name} did not move by ${by} with ${what}.`, expected: `${from} + ${by} = ${from + by}`, actual: String(now), remedy: 'Count where it happens: a GET that finds its key is a hit, one that does not is a miss; a client counts from its connection to its end.' }));
          t.step(`✔ ${name}: ${from} + ${by} = ${now}`);
        };
        await moved('keyspace_hits', before.hits, hits, `${hits} × GET of a key that is there`);
        await moved('keyspace_misses', before.misses, misses, `${misses} × GET of a key that is not there`);
        await moved('connected_clients', before.clients, 5, '5 more clients');
        const memory = await figure('used_memory');
        t.expect(memory - before.memory >= 1024 * 1024 * 0.9 && memory - before.memory < 1024 * 1024 * 4, () => ({ summary: 'used_memory did not grow by about the megabyte that was set.', expected: 'about 1,048,576 bytes more', actual: `${memory - before.memory} bytes more`, remedy: 'Report the bytes that you count for MAXMEMORY.' }));
        for (const other of others) other.end();
        let counted = 0;
        const left = await t.until(3000, async () => {
          counted = await figure('connected_clients');
          return counted === before.clients ? true : undefined;
        });
        t.expect(left === true, () => ({ summary: 'connected_clients still counts clients 3 s after they have left.', expected: `connected_clients:${before.clients}, as before 5 more came`, actual: `connected_clients:${counted}`, remedy: 'Count a client out when its connection ends, however it ends.' }));
      },
    },
    {
      id: 'max-clients',
      title: 'refuses one client more than MAXCLIENTS, with a reason',
      async run(t) {
        const program = await t.start({ variables: { MAXCLIENTS: '50' } });
        const clients: Client[] = [];
        for (let count = 0; count < 50; count++) {
          const client = await Client.open(t, program);
          await client.expect(['PING'], simple('PONG'), { quiet: true, as: `PING of client ${count + 1}`, remedy: 'MAXCLIENTS=50 allows 50. The harness’s own first connection has been closed: count clients out when they leave.' });
          clients.push(client);
        }
        const tooMany = await Client.open(t, program);
        await tooMany.expectReply(errorLine('ERR max number of clients reached'), { as: 'the refusal of client 51', unasked: true, remedy: 'Accept the connection, say why with -ERR max number of clients reached, and close it: a client that is just dropped does not know what to do.' });
        await tooMany.expectClosed('Close the connection after the error.');
        await clients[7]!.expect(['PING'], simple('PONG'), { as: 'PING of a client that was there before' });
        clients.pop()!.end();
        const admitted = await t.until(3000, async () => {
          try {
            const next = await Client.open(t, program);
            next.send(command('PING'));
            return (await next.reply()).kind === 'simple' ? true : undefined;
          } catch (error) {
            // Refused once more, with a reset where the PING was not read: asked again until the time is up.
            if (error instanceof Failure) return undefined;
            throw error;
          }
        });
        t.expect(admitted === true, () => ({ summary: 'No client is admitted after another one has left.', expected: '+PONG', actual: 'an error', remedy: 'A client that leaves makes room for the next one.' }));
        t.step('✔ when one leaves, the next one is admitted');
      },
    },
    {
      id: 'graceful-stop',
      title: 'stops without cutting a reply in half or losing what it acknowledged',
      limitSec: 40,
      async run(t) {
        const dataDir = await t.dataDir();
        const program = await t.start({ dataDir, variables: { APPENDONLY: 'yes' } });
        const clients = await Promise.all(Array.from({ length: 20 }, () => Client.open(t, program)));
        const each = 200;
        const value = t.random.word(50);
        for (const [index, client] of clients.entries()) client.send(Array.from({ length: each }, (_, write) => command('SET', `c${index}:${write}`, value)).join(''));
        await clients[0]!.expectReply(ok, { as: 'the first of 4,000 writes', quiet: true, within: 10_000 });
        program.terminate();
        t.step(`20 clients with ${each} writes each under way: ${windows ? 'standard input ends' : 'SIGTERM'}`);
        await endsCleanly(t, program, windows ? 'the end of standard input' : 'SIGTERM');
        const acknowledged: string[] = ['c0:0'];
        for (const [index, client] of clients.entries()) {
          await client.expectClosed('Connections end with the program.');
          for (let write = index === 0 ? 1 : 0; client.pending > 0; write++) {
            await client.expectReply(ok, { as: `reply ${write + 1} to client ${index + 1}`, quiet: true, within: 1, remedy: 'Write what you have begun to write: end a connection after its replies are flushed, never in the middle of one.' });
            acknowledged.push(`c${index}:${write}`);
          }
        }
        t.step(`✔ ${acknowledged.length} replies, none of them cut`);
        const again = await Client.openLoaded(t, await t.start({ dataDir, variables: { APPENDONLY: 'yes' } }));
        const found = (await again.pipeline(acknowledged.map((key) => ['EXISTS', key]), { within: 15_000 })).filter((reply) => reply.kind === 'integer' && reply.value === 1n).length;
        t.expect(found === acknowledged.length, () => ({ summary: `${acknowledged.length - found} acknowledged writes are gone after the restart.`, expected: `${acknowledged.length} keys`, actual: `${found} keys`, remedy: 'Flush the log before you exit.' }));
        t.step('✔ every acknowledged write is there after the restart');
      },
    },
    {
      id: 'same-port',
      title: 'starts again at once on the same port',
      limitSec: 30,
      async run(t) {
        const [port] = await freePorts(1);
        for (let round = 1; round <= 3; round++) {
          const program = await t.start({ port: port! });
          const client = await Client.open(t, program);
          await client.expect(['PING'], simple('PONG'), { as: `PING after start ${round} on port ${port!}`, remedy: 'Set SO_REUSEADDR before you bind: the last run’s connections keep the port in TIME_WAIT for a minute.' });
          // The server closes first: that side keeps TIME_WAIT.
          if (round % 2 === 1) program.terminate();
          else program.closeInput();
          await endsCleanly(t, program, round % 2 === 1 && !windows ? 'SIGTERM' : 'the end of standard input');
        }
      },
    },
  ],
};
