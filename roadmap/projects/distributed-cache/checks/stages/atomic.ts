import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { array, bulk, error, integer, nil, ok, simple, thatIs } from '../expected.js';
import { describe } from '../resp.js';

const queued = simple('QUEUED');

export const atomic: CheckedStage = {
  id: 'atomic',
  checks: [
    {
      id: 'counters',
      title: 'loses no count when 50 clients count at once',
      limitSec: 30,
      async run(t) {
        const program = await t.start();
        const key = t.random.word();
        const clients = await Promise.all(Array.from({ length: 50 }, () => Client.open(t, program)));
        const seen = new Set<bigint>();
        await Promise.all(clients.map(async (client) => {
          for (let count = 0; count < 100; count++) {
            const reply = await client.call('INCR', key);
            if (reply.kind === 'integer') seen.add(reply.value);
          }
        }));
        const remedy = 'Reading, adding and writing back must be one step: take a lock around it, or let one thread own the data.';
        await clients[0]!.expect(['GET', key], bulk(5000), { as: `GET ${key} after 50 × 100 INCR`, remedy });
        t.expect(seen.size === 5000, () => ({ summary: 'Two clients were told the same count.', expected: '5000 different replies', actual: `${seen.size} different replies`, remedy }));
      },
    },
    {
      id: 'lock',
      title: 'gives a lock to one client only',
      async run(t) {
        const program = await t.start();
        const clients = await Promise.all(Array.from({ length: 50 }, () => Client.open(t, program)));
        for (let round = 1; round <= 5; round++) {
          const key = t.random.word();
          const replies = await Promise.all(clients.map((client, index) => client.call('SET', key, `owner-${index}`, 'NX', 'PX', 30_000)));
          const winners = replies.flatMap((reply, index) => reply.kind === 'simple' ? [index] : []);
          t.expect(winners.length === 1, () => ({
            summary: `50 clients sent SET ${key} owner-… NX PX 30000 at once, and ${winners.length === 0 ? 'none' : winners.length} of them got the lock.`, expected: 'exactly one OK', actual: `${winners.length} × OK`, remedy: 'SET … NX looks and sets in one step: nothing may come between the two.',
          }));
          await clients[0]!.expect(['GET', key], bulk(`owner-${winners[0]!}`), { quiet: true, remedy: 'The value is that of the client which was answered OK.' });
        }
        t.step('✔ 5 locks, 50 clients at each, one owner each');
      },
    },
    {
      id: 'multi',
      title: 'queues the commands of a transaction and runs them at EXEC',
      async run(t) {
        const program = await t.start();
        const [client, other] = [await Client.open(t, program), await Client.open(t, program)];
        const [key, value] = [t.random.word(), t.random.word(12)];
        await client.expect(['MULTI'], ok);
        await client.expect(['SET', key, value], queued);
        await client.expect(['INCR', 'counter'], queued);
        await client.expect(['GET', key], queued);
        await other.expect(['GET', key], nil, { as: `GET ${key} by another client before EXEC`, remedy: 'Commands after MULTI are kept, not run: nobody sees anything of them before EXEC.' });
        await client.expect(['EXEC'], array({ kind: 'simple', text: 'OK' }, { kind: 'integer', value: 1n }, { kind: 'bulk', bytes: value }), { remedy: 'EXEC answers an array with the reply of each command, in order.' });
        await other.expect(['GET', key], bulk(value), { as: `GET ${key} by another client after EXEC` });
        await client.expect(['MULTI'], ok);
        await client.expect(['EXEC'], array(), { remedy: 'A transaction without commands is an empty array.' });
      },
    },
    {
      id: 'exec-errors',
      title: 'refuses a transaction with a mistake in it',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        await client.expect(['EXEC'], error('ERR', 'EXEC without MULTI'));
        await client.expect(['DISCARD'], error('ERR', 'DISCARD without MULTI'));
        await client.expect(['MULTI'], ok);
        await client.expect(['MULTI'], error('ERR', 'MULTI calls can not be nested'));
        await client.expect(['SET', key, 'v'], queued);
        await client.expect(['SET', key], error('ERR', "wrong number of arguments for 'set' command"), { remedy: 'A command that is wrong in itself is refused when it is queued.' });
        await client.expect(['EXEC'], error('EXECABORT'), { remedy: 'When queueing failed, EXEC runs nothing and answers -EXECABORT Transaction discarded because of previous errors.' });
        await client.expect(['GET', key], nil, { remedy: 'Nothing of the refused transaction may have run.' });
        await client.expect(['MULTI'], ok);
        await client.expect(['SET', key, 'v'], queued);
        await client.expect(['DISCARD'], ok);
        await client.expect(['GET', key], nil, { remedy: 'DISCARD throws the queued commands away.' });
      },
    },
    {
      id: 'exec-goes-on',
      title: 'runs the rest of a transaction when one command fails',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const [key, after] = [t.random.word(), t.random.word()];
        await client.expect(['SET', key, 'abc'], ok);
        await client.expect(['MULTI'], ok);
        await client.expect(['INCR', key], queued);
        await client.expect(['SET', after, 'v'], queued);
        await client.expect(['EXEC'], thatIs('array of 2: [error "ERR value is not an integer…", simple string "OK"]',
          (reply) => reply.kind === 'array' && reply.items?.length === 2 && reply.items[0]!.kind === 'error' && describe(reply.items[1]!) === 'simple string "OK"'), {
          remedy: 'An error of one command is one element of the array; the others run all the same. There is no rollback.',
        });
        await client.expect(['GET', after], bulk('v'));
      },
    },
    {
      id: 'isolated',
      title: 'lets no other command in between the commands of a transaction',
      limitSec: 30,
      async run(t) {
        const program = await t.start();
        const [from, to] = [t.random.word(), t.random.word()];
        const [setup, reader, ...movers] = await Promise.all(Array.from({ length: 6 }, () => Client.open(t, program)));
        await setup!.expect(['MSET', from, '1000', to, '0'], ok);
        let moving = true;
        const work = Promise.all(movers.map(async (client, index) => {
          for (let count = 0; count < 100; count++) await client.pipeline([['MULTI'], ['INCRBY', from, -index - 1], ['INCRBY', to, index + 1], ['EXEC']]);
        })).finally(() => { moving = false; });
        work.catch(() => { /* awaited below */ });
        const remedy = 'EXEC runs all its commands as one step: hold the lock, or the thread, from the first to the last.';
        let looked = 0;
        while (moving) {
          const reply = await reader!.call('MGET', from, to);
          const sum = reply.kind === 'array' ? (reply.items ?? []).reduce((total, item) => total + Number(item.kind === 'bulk' ? item.bytes : NaN), 0) : NaN;
          t.expect(sum === 1000, () => ({ summary: 'A client saw half of another one’s transaction.', expected: 'two values whose sum is 1000', actual: describe(reply), remedy }));
          looked += 1;
        }
        await work;
        t.step(`✔ 400 transfers by 4 clients, seen whole ${looked} times`);
        await setup!.expect(['INCRBY', from, 0], integer(1000 - 100 * (1 + 2 + 3 + 4)), { remedy });
      },
    },
  ],
};
