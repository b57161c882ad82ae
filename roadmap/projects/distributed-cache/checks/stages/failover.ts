import { windows, type CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, error, integer, integerBetween, nil, ok } from '../expected.js';
import { infoBecomes } from '../info.js';
import { becomes, soon, startReplica } from './replicate.js';

const waits = 'WAIT asks replicas for the offset that they have applied (REPLCONF GETACK *) and answers when enough of them have acknowledged this client’s last write, or when the time is up.';

export const failover: CheckedStage = {
  id: 'failover',
  checks: [
    {
      id: 'wait',
      title: 'waits until replicas have acknowledged a write',
      limitSec: 30,
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        await client.expect(['SET', 'k', 'v'], ok);
        await client.expect(['WAIT', 0, 100], integer(0), { remedy: 'Without replicas nobody has acknowledged anything.' });
        const replica = await Client.open(t, await startReplica(t, leader));
        await infoBecomes(t, replica, 'replication', 'master_link_status', 'up', soon, 'The link is up when the full copy has arrived.');
        await client.expect(['SET', 'k', 'w'], ok);
        await client.expect(['WAIT', 1, 5000], integer(1), { within: 6000, remedy: waits });
        await replica.expect(['GET', 'k'], bulk('w'), { as: 'GET k of the replica right after WAIT', remedy: 'A replica acknowledges what it has applied, not what it has received.' });
        const started = Date.now();
        await client.expect(['WAIT', 2, 300], integer(1), { within: 6000, remedy: 'There is one replica: when the time is up, answer how many have acknowledged.' });
        const took = Date.now() - started;
        t.expect(took >= 290, () => ({ summary: 'WAIT 2 300 answered before its time, though only one replica is there.', expected: 'an answer after 300 ms', actual: `after ${took} ms`, remedy: waits }));
        t.step(`✔ WAIT 2 300 answered after ${took} ms`);
      },
    },
    {
      id: 'wait-for-silence',
      title: 'does not count a replica that stands still',
      limitSec: 30,
      async run(t) {
        if (windows) {
          t.counted();
          t.step('Windows can’t hold a process still: this check is not made here');
          return;
        }
        const leader = await t.start();
        const client = await Client.open(t, leader);
        const program = await startReplica(t, leader);
        const replica = await Client.open(t, program);
        await infoBecomes(t, replica, 'replication', 'master_link_status', 'up', soon, 'The link is up when the full copy has arrived.');
        await program.freeze();
        t.step('the replica is held still with SIGSTOP');
        await client.expect(['SET', 'k', 'v'], ok);
        const started = Date.now();
        await client.expect(['WAIT', 1, 300], integer(0), { within: 6000, remedy: 'Connected is not acknowledged. Count a replica when its REPLCONF ACK covers the write.' });
        t.expect(Date.now() - started >= 290, () => ({ summary: 'WAIT 1 300 answered before its time.', expected: 'an answer after 300 ms', actual: `after ${Date.now() - started} ms`, remedy: waits }));
        const other = await Client.open(t, leader);
        const waiting = client.expect(['WAIT', 1, 5000], integer(1), { within: 8000, remedy: 'When the replica goes on, it acknowledges what it has missed, and WAIT is answered.' });
        waiting.catch(() => { /* awaited below */ });
        await other.expect(['SET', 'x', 'y'], ok, { as: 'SET of another client meanwhile', remedy: 'Only the client that waits is held up.' });
        program.resume();
        t.step('the replica goes on');
        await waiting;
        await becomes(t, replica, ['GET', 'k'], 'bulk string "v"', 'The replica catches up.');
      },
    },
    {
      id: 'promote',
      title: 'keeps every acknowledged write when the leader dies',
      limitSec: 60,
      async run(t) {
        const leader = await t.start();
        const client = await Client.open(t, leader);
        const replica = await Client.open(t, await startReplica(t, leader));
        await infoBecomes(t, replica, 'replication', 'master_link_status', 'up', soon, 'The link is up when the full copy has arrived.');
        const values = Array.from({ length: 200 }, () => t.random.word(20));
        const started = Date.now();
        for (const [index, value] of values.entries()) {
          t.expect(Date.now() - started < 40_000, () => ({
            summary: `Of 200 times SET and WAIT 1 5000, ${index} were answered within 40 s.`, expected: '200', actual: String(index),
            remedy: 'WAIT asks the replicas (REPLCONF GETACK *), and a replica that is asked answers at once, with REPLCONF ACK and its offset: not with the next of its regular reports.',
          }));
          await client.expect(['SET', `key:${index}`, value], ok, { quiet: true });
          await client.expect(['WAIT', 1, 5000], integerBetween(1, 1), { quiet: true, within: 6000, remedy: waits });
        }
        await leader.kill();
        t.step('200 writes, each acknowledged by the replica; the leader is killed');
        await replica.expect(['REPLICAOF', 'NO', 'ONE'], ok, { remedy: 'REPLICAOF NO ONE makes a replica the leader: it keeps its data and takes writes from now on.' });
        for (const [index, value] of values.entries()) await replica.expect(['GET', `key:${index}`], bulk(value), { quiet: true, as: `GET key:${index} of the new leader`, remedy: 'WAIT had promised that this write is on the replica.' });
        t.step('✔ the new leader has all 200');
        await replica.expect(['SET', 'new', 'v'], ok, { as: 'SET on the new leader', remedy: 'A leader is not read-only.' });
        await infoBecomes(t, replica, 'replication', 'role', 'master', 2000, 'The role changes with REPLICAOF NO ONE.');
      },
    },
    {
      id: 'return',
      title: 'makes the old leader follow, without what it wrote alone',
      limitSec: 60,
      async run(t) {
        const dataDir = await t.dataDir();
        const oldLeader = await t.start({ dataDir, variables: { APPENDONLY: 'yes' } });
        const client = await Client.open(t, oldLeader);
        await client.expect(['SET', 'shared', '1'], ok);
        const newLeader = await startReplica(t, oldLeader);
        const promoted = await Client.open(t, newLeader);
        await becomes(t, promoted, ['GET', 'shared'], 'bulk string "1"', 'The full copy comes first.');
        await promoted.expect(['REPLICAOF', 'NO', 'ONE'], ok);
        await client.expect(['SET', 'divergent', 'only here'], ok);
        await promoted.expect(['SET', 'shared', '2'], ok);
        // Time for it to arrive, if it did.
        await t.sleep(300);
        await promoted.expect(['GET', 'divergent'], nil, { as: 'GET divergent of the new leader', remedy: 'After REPLICAOF NO ONE nothing comes from the old leader any more: close that connection.' });
        await oldLeader.kill();
        t.step('two leaders have written; the old one is killed and comes back as a replica of the new one');
        const returned = await Client.open(t, await startReplica(t, newLeader, { APPENDONLY: 'yes' }));
        await becomes(t, returned, ['GET', 'shared'], 'bulk string "2"', 'A replica takes over the leader’s data.');
        const again = await t.start({ dataDir, variables: { APPENDONLY: 'yes', REPLICAOF: `127.0.0.1 ${newLeader.port}` } });
        const old = await Client.open(t, again);
        await becomes(t, old, ['GET', 'shared'], 'bulk string "2"', 'A replica takes over the leader’s data, whatever its own log held.');
        await becomes(t, old, ['GET', 'divergent'], 'null bulk string', 'A full copy replaces everything: what only the old leader had written was never promised to anybody who waited.');
        await old.expect(['SET', 'k', 'v'], error('READONLY'), { as: 'SET on the old leader' });
      },
    },
    {
      id: 'replicaof',
      title: 'follows a leader that is named while it runs',
      limitSec: 40,
      async run(t) {
        const [first, second] = [await t.start(), await t.start()];
        const [a, b] = [await Client.open(t, first), await Client.open(t, second)];
        await a.expect(['SET', 'of-a', '1'], ok);
        await b.expect(['SET', 'of-b', '1'], ok);
        await b.expect(['REPLICAOF', '127.0.0.1', first.port], ok);
        await becomes(t, b, ['GET', 'of-a'], 'bulk string "1"', 'REPLICAOF host port makes a running server a replica of that one.');
        await becomes(t, b, ['GET', 'of-b'], 'null bulk string', 'Its own data goes when the full copy begins.');
      },
    },
  ],
};
