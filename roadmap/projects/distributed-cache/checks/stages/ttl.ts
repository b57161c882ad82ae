import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, error, integer, integerBetween, nil, ok } from '../expected.js';

export const ttl: CheckedStage = {
  id: 'ttl',
  checks: [
    {
      id: 'remaining',
      title: 'tells how long a key has to live',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        const seconds = t.random.integer(20, 90);
        const started = Date.now();
        await client.expect(['SET', key, 'v', 'PX', seconds * 1000], ok);
        await client.expect(['TTL', key], integerBetween(seconds - Math.ceil((Date.now() - started) / 1000) - 1, seconds), { remedy: 'PX counts milliseconds, EX and TTL count seconds.' });
        await client.expect(['PTTL', key], integerBetween(seconds * 1000 - (Date.now() - started) - 50, seconds * 1000), { remedy: 'PTTL answers milliseconds, and they run.' });
        await client.expect(['SET', key, 'v', 'EX', seconds], ok);
        await client.expect(['PTTL', key], integerBetween(seconds * 1000 - (Date.now() - started) - 50, seconds * 1000), { remedy: 'EX counts seconds, and PTTL answers milliseconds.' });
        const days = 100 * 24 * 60 * 60;
        await client.expect(['SET', key, 'v', 'EX', days], ok);
        await t.sleep(50);
        await client.expect(['TTL', key], integerBetween(days - 5, days), { remedy: '100 days are 8,640,000,000 ms, more than 32 bits hold: keep times in 64 bits. A timer may not take that long either.' });
        await client.expect(['TTL', 'nowhere'], integer(-2), { remedy: '-2 means: there is no such key.' });
        await client.expect(['SET', key, 'v'], ok);
        await client.expect(['TTL', key], integer(-1), { remedy: '-1 means: it does not expire. A plain SET takes an old time to live away.' });
      },
    },
    {
      id: 'expire-persist',
      title: 'gives and takes a time to live',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        await client.expect(['EXPIRE', key, 100], integer(0), { remedy: 'EXPIRE answers 0 when there is no such key.' });
        await client.expect(['PERSIST', key], integer(0));
        await client.expect(['SET', key, 'v'], ok);
        await client.expect(['EXPIRE', key, 100], integer(1));
        await client.expect(['TTL', key], integerBetween(90, 100));
        await client.expect(['PERSIST', key], integer(1));
        await client.expect(['TTL', key], integer(-1));
        await client.expect(['PERSIST', key], integer(0), { remedy: 'PERSIST answers 0 when there was nothing to take away.' });
        await client.expect(['INCR', 'counter'], integer(1), { quiet: true });
        await client.expect(['EXPIRE', 'counter', 100], integer(1));
        await client.expect(['INCR', 'counter'], integer(2));
        await client.expect(['TTL', 'counter'], integerBetween(90, 100), { remedy: 'INCR changes the value and leaves the time to live as it is; only SET takes it away.' });
        await client.expect(['EXPIRE', key, -1], integer(1), { remedy: 'A time that has passed already deletes the key, and answers 1.' });
        await client.expect(['EXISTS', key], integer(0));
      },
    },
    {
      id: 'expires',
      title: 'lets a key live exactly as long as it was told',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        const value = t.random.word(20);
        const lifetime = t.random.integer(300, 500);
        const sent = Date.now();
        await client.expect(['SET', key, value, 'PX', lifetime], ok);
        const answered = Date.now();
        for (;;) {
          const asked = Date.now();
          const reply = await client.call('GET', key);
          const now = Date.now();
          if (reply.kind === 'bulk' && reply.bytes === null) {
            t.expect(now - sent >= lifetime - 5, () => ({
              summary: `The key was gone ${now - sent} ms after SET … PX ${lifetime}.`, expected: `a value for ${lifetime} ms`, actual: `null after ${now - sent} ms`, remedy: 'PX counts milliseconds. Compare the time of expiry with the clock when the key is asked for.',
            }));
            break;
          }
          t.expect(asked - answered <= lifetime + 250, () => ({
            summary: `The key was still there ${asked - answered} ms after SET … PX ${lifetime}.`, expected: `null after ${lifetime} ms`, actual: `the value after ${asked - answered} ms`, remedy: 'Look at the time of expiry whenever a key is read: a key whose time has passed is not there, even before it was removed.',
          }));
          await t.sleep(20);
        }
        t.step(`✔ SET … PX ${lifetime}: there until then, gone afterwards`);
        await client.expect(['TTL', key], integer(-2));
        await client.expect(['SET', key, 'again', 'NX'], ok, { remedy: 'A key whose time has passed is not there: NX may set it.' });
        await client.expect(['TTL', key], integer(-1), { remedy: 'The new key must not inherit the old one’s time.' });
      },
    },
    {
      id: 'active',
      title: 'removes expired keys that nobody asks for',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const prefix = t.random.word();
        await client.expectAll(Array.from({ length: 1000 }, (_, index) => ['SET', `${prefix}:${index}`, t.random.word(), 'PX', 200]), ok);
        await client.expect(['SET', 'stays', 'v'], ok, { quiet: true });
        t.step('1,000 keys with PX 200, and one that stays');
        let left: unknown;
        const gone = await t.until(5000, async () => {
          const reply = await client.call('DBSIZE');
          left = reply.kind === 'integer' ? reply.value : reply.kind;
          return left === 1n ? true : undefined;
        });
        t.expect(gone === true, () => ({
          summary: 'Expired keys that nobody reads are still in memory after 5 s.', expected: 'DBSIZE integer 1', actual: `DBSIZE ${String(left)}`,
          remedy: 'Remove expired keys in the background too: a heap ordered by time, or a sample of keys with a time to live every 100 ms. Else a cache of short-lived keys grows for ever.',
        }));
        t.step('✔ DBSIZE is 1 again');
        await client.expect(['GET', 'stays'], bulk('v'));
      },
    },
    {
      id: 'errors',
      title: 'refuses times that are none',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        const remedy = 'SET takes no time to live of 0 or less: it answers -ERR invalid expire time in \'set\' command, and sets nothing.';
        await client.expect(['SET', key, 'v', 'EX', 0], error('ERR', "invalid expire time in 'set' command"), { remedy });
        await client.expect(['SET', key, 'v', 'PX', -5], error('ERR', "invalid expire time in 'set' command"), { remedy });
        await client.expect(['SET', key, 'v', 'EX', 'soon'], error('ERR', 'value is not an integer or out of range'));
        await client.expect(['SET', key, 'v', 'EX'], error('ERR', 'syntax error'));
        await client.expect(['EXPIRE', key, 'soon'], error('ERR', 'value is not an integer or out of range'));
        await client.expect(['GET', key], nil, { remedy: 'A refused SET must not have created the key.' });
      },
    },
  ],
};
