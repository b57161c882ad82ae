import { freePorts, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { Client, roles } from '../client.js';
import { bulk, errorLine, integer, integerBetween, nil, ok } from '../expected.js';
import { infoBecomes } from '../info.js';
import { describe, type Argument } from '../resp.js';

/** Far more than a copy on one machine takes, also when it is busy. */
export const soon = 10_000;

/** Starts a replica of a leader. */
export async function startReplica(t: CheckContext, leader: Program, variables: Readonly<Record<string, string>> = {}): Promise<Program> {
  const program = await t.start({ variables: { REPLICAOF: `127.0.0.1 ${leader.port}`, ...variables } });
  roles.set(program, 'the replica');
  if (!roles.has(leader)) roles.set(leader, 'the leader');
  return program;
}

/** Asks until the reply is the wanted one. */
export async function becomes(t: CheckContext, client: Client, parts: readonly Argument[], wanted: string, remedy: string, within = soon, quiet = false): Promise<void> {
  let last = 'nothing';
  const became = await t.until(within, async () => {
    last = describe(await client.call(...parts));
    return last === wanted ? true : undefined;
  });
  t.expect(became === true, () => ({ summary: `The reply to ${parts.join(' ')}${client.whose} does not become what it should within ${within / 1000} s.`, expected: wanted, actual: last, remedy }));
  if (!quiet) t.step(`✔ ${parts.join(' ')} → ${wanted}`);
}

export const replicate: CheckedStage = {
  id: 'replicate',
  checks: [
    {
      id: 'full-copy',
      title: 'gives a new replica everything that is there',
      limitSec: 40,
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        const values = Array.from({ length: 1000 }, () => t.random.word(t.random.integer(1, 80)));
        await client.expectAll(values.map((value, index) => ['SET', `key:${index}`, value]), ok);
        await client.expect(['SET', 'timed', 'v', 'PX', 60_000], ok);
        const replica = await Client.open(t, await startReplica(t, leader));
        await becomes(t, replica, ['DBSIZE'], 'integer 1001', 'When a replica asks with PSYNC, the leader sends all it has, then goes on with the stream of writes.');
        const at = t.random.integer(0, 999);
        await replica.expect(['GET', `key:${at}`], bulk(values[at]!), { as: `GET key:${at} of the replica` });
        await replica.expect(['TTL', 'timed'], integerBetween(40, 60), { as: 'TTL timed of the replica', remedy: 'Times to live travel with their keys, as the time of expiry.' });
      },
    },
    {
      id: 'stream',
      title: 'passes every later write on, once and in order',
      limitSec: 40,
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        await client.expect(['SET', 'before', '1'], ok);
        const replica = await Client.open(t, await startReplica(t, leader));
        await becomes(t, replica, ['GET', 'before'], 'bulk string "1"', 'The full copy comes first.');
        await client.pipeline(Array.from({ length: 500 }, () => ['INCR', 'counter']));
        await client.pipeline([['MULTI'], ['SET', 'a', 'x'], ['SET', 'b', 'y'], ['EXEC']]);
        await client.expect(['DEL', 'before'], integer(1));
        await client.expect(['SET', 'last', 'z'], ok);
        const remedy = 'Send each write to every replica, in the order in which it was done here, once.';
        await becomes(t, replica, ['GET', 'last'], 'bulk string "z"', remedy, 3000);
        await replica.expect(['GET', 'counter'], bulk(500), { as: 'GET counter of the replica', remedy });
        await replica.expect(['GET', 'b'], bulk('y'), { remedy: 'What a transaction writes is passed on like any write.' });
        await replica.expect(['GET', 'before'], nil, { as: 'GET before of the replica', remedy: 'A DEL is a write: pass it on.' });
        const started = Date.now();
        for (let write = 1; write <= 20; write++) {
          await client.expect(['SET', 'step', write], ok, { quiet: true });
          await becomes(t, replica, ['GET', 'step'], `bulk string "${write}"`, remedy, 3000, true);
        }
        const took = Date.now() - started;
        t.expect(took <= 8000, () => ({
          summary: `20 writes, each after the one before was seen on the replica, took ${took} ms.`, expected: 'at most 8000 ms', actual: `${took} ms`,
          remedy: 'Pass a write on when it happens: a replica that asks for news now and then, or a leader that collects them, is always behind.',
        }));
        t.step(`✔ 20 writes were seen on the replica one after the other in ${took} ms`);
      },
    },
    {
      id: 'during-sync',
      title: 'loses no write that comes while the copy is made',
      limitSec: 60,
      async run(t) {
        const leader = await t.start();
        const [client, counter] = [await Client.open(t, leader), await Client.open(t, leader)];
        for (let at = 0; at < 20_000; at += 1000) await client.expectAll(Array.from({ length: 1000 }, (_, index) => ['SET', `key:${at + index}`, 'x'.repeat(100)]), ok, { within: 10_000 });
        let counting = true;
        let counted = 0;
        const work = (async () => { while (counting) { await counter.call('INCR', 'counter'); counted += 1; } })();
        work.catch(() => { /* awaited below */ });
        const replica = await Client.open(t, await startReplica(t, leader));
        await t.until(soon, async () => { const reply = await replica.call('DBSIZE'); return reply.kind === 'integer' && reply.value >= 20_001n ? true : undefined; });
        await t.sleep(100);
        counting = false;
        await work;
        t.step(`${counted} writes while 20,000 keys were copied`);
        await becomes(t, replica, ['GET', 'counter'], `bulk string "${counted}"`, 'From the moment at which the copy is taken, keep every write for the replica and send it behind the copy: none may fall between, none may come twice.');
        await becomes(t, replica, ['DBSIZE'], 'integer 20001', 'The copy has every key.');
      },
    },
    {
      id: 'read-only',
      title: 'refuses writes on a replica',
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        await client.expect(['SET', 'k', 'v'], ok);
        const replica = await Client.open(t, await startReplica(t, leader));
        await becomes(t, replica, ['GET', 'k'], 'bulk string "v"', 'The full copy comes first.');
        const refused = errorLine("READONLY You can't write against a read only replica.");
        await replica.expect(['SET', 'k', 'w'], refused, { as: 'SET on the replica', remedy: 'A replica takes writes from its leader only and refuses those of its clients. They know this error: its text is exactly Redis’s.' });
        await replica.expect(['INCR', 'counter'], refused);
        await replica.expect(['DEL', 'k'], refused);
        await replica.expect(['GET', 'k'], bulk('v'));
      },
    },
    {
      id: 'expiry',
      title: 'lets a key expire on the replica as on the leader',
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        const replica = await Client.open(t, await startReplica(t, leader));
        await client.expect(['SET', 'stays', 'v'], ok);
        await client.expect(['SET', 'timed', 'v', 'PX', 1500], ok);
        await becomes(t, replica, ['DBSIZE'], 'integer 2', 'Both writes reach the replica.', 1400);
        await becomes(t, replica, ['GET', 'timed'], 'null bulk string', 'A replica shows no key whose time has passed.', 5000);
        await becomes(t, replica, ['DBSIZE'], 'integer 1', 'When a key expires, the leader sends DEL to its replicas.', 5000);
        await becomes(t, client, ['DBSIZE'], 'integer 1', 'The key expires on the leader, too.', 5000);
      },
    },
    {
      id: 'info',
      title: 'tells who is leader and who is replica',
      limitSec: 40,
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        await infoBecomes(t, client, 'replication', 'role', 'master', 1000, 'INFO replication has a line role:master or role:slave.');
        const replica = await Client.open(t, await startReplica(t, leader));
        await infoBecomes(t, replica, 'replication', 'role', 'slave', 1000, 'A server started with REPLICAOF is a replica: role:slave.');
        await infoBecomes(t, replica, 'replication', 'master_link_status', 'up', soon, 'The link is up when the full copy has arrived.');
        await infoBecomes(t, client, 'replication', 'connected_slaves', '1', soon, 'Count the replicas that are connected.');
      },
    },
    {
      id: 'reconnect',
      title: 'finds its leader again, and counts nothing twice',
      limitSec: 90,
      async run(t) {
        const dataDir = await t.dataDir();
        const [port] = await freePorts(1);
        const start = () => t.start({ port: port!, dataDir, variables: { APPENDONLY: 'yes' } });
        let leader = await start();
        let client = await Client.open(t, leader);
        await client.expect(['INCRBY', 'counter', 5], integer(5));
        const replica = await Client.open(t, await startReplica(t, leader));
        await becomes(t, replica, ['GET', 'counter'], 'bulk string "5"', 'The full copy comes first.');
        await leader.kill();
        await infoBecomes(t, replica, 'replication', 'master_link_status', 'down', soon, 'When the connection to the leader ends, the link is down; the replica goes on answering reads.');
        await replica.expect(['GET', 'counter'], bulk(5), { as: 'GET counter of the replica without its leader', remedy: 'A replica keeps its data when the leader is gone.' });
        leader = await start();
        client = await Client.openLoaded(t, leader);
        await client.expect(['INCR', 'counter'], integer(6), { within: 10_000 });
        await infoBecomes(t, replica, 'replication', 'master_link_status', 'up', 2 * soon, 'Try again every second until the leader is back.');
        const dropped = 'A new full copy takes the place of what was there before: drop that first.';
        await becomes(t, replica, ['GET', 'counter'], 'bulk string "6"', dropped);
        await leader.kill();
        leader = await t.start({ port: port! });
        t.step('the leader was killed again, and returns without its data');
        client = await Client.open(t, leader);
        await client.expect(['SET', 'fresh', 'v'], ok);
        await becomes(t, replica, ['GET', 'fresh'], 'bulk string "v"', 'Try again every second until the leader is back.', 2 * soon);
        await replica.expect(['GET', 'counter'], nil, { as: 'GET counter of the replica (the leader has it no longer)', remedy: dropped });
      },
    },
  ],
};
