import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, error, integer, ok, thatIs } from '../expected.js';
import type { Argument } from '../resp.js';

const size = 10 * 1024;
const limitMb = 20;
const replacing = 'Replacing a value frees the old one’s bytes: 20 times 1 MB under the same key is 1 MB, and nothing else has to go for it.';

export const eviction: CheckedStage = {
  id: 'eviction',
  checks: [
    {
      id: 'hot-keys',
      title: 'evicts the least recently used keys and keeps the hot ones',
      limitSec: 60,
      memoryMb: 200,
      async run(t) {
        const program = await t.start({ variables: { MAXMEMORY: `${limitMb}mb`, MAXMEMORY_POLICY: 'allkeys-lru' } });
        const client = await Client.open(t, program);
        const value = 'v'.repeat(size);
        const prefix = t.random.word(4);
        let cold = 0;
        const flood = async (): Promise<void> => {
          const commands = Array.from({ length: 700 }, (): Argument[] => ['SET', `${prefix}:cold:${cold++}`, value]);
          for (let at = 0; at < commands.length; at += 100) {
            await client.expectAll(commands.slice(at, at + 100), ok, { within: 10_000, remedy: 'Under allkeys-lru a SET over the limit evicts other keys and succeeds. Find the victim in constant time: a scan of all keys per SET is too slow.' });
          }
        };
        const hot = Array.from({ length: 50 }, (_, index) => `${prefix}:hot:${index}`);
        await client.expectAll(hot.map((key) => ['SET', key, value]), ok);
        for (let round = 1; round <= 4; round++) {
          await flood();
          // The clock of Redis's approximated LRU has a resolution of one second.
          await t.sleep(1100);
          await client.expectAll(hot.map((key) => ['GET', key]), thatIs('bulk string of 10 kB, or null where it was evicted', (reply) => reply.kind === 'bulk' && (reply.bytes === null || reply.bytes === value)));
          t.step(`round ${round}: 700 cold keys written, 50 hot keys read`);
        }
        await flood();
        const alive = (await client.pipeline(hot.map((key) => ['EXISTS', key]))).filter((reply) => reply.kind === 'integer' && reply.value === 1n).length;
        t.expect(alive >= 45, () => ({
          summary: `50 hot keys were set and read after every 700 cold ones; when ${cold.toLocaleString('en-US')} cold ones had been set, ${50 - alive} of the hot ones were gone.`, expected: 'at least 45 of 50 hot keys', actual: `${alive} of 50`,
          remedy: 'Evict what was not used for the longest time, and let a GET count as use: not the oldest key, not a random one, and no more keys than the limit asks for.',
        }));
        t.step(`✔ ${alive} of 50 hot keys are there`);
        const kept = await client.call('DBSIZE');
        const bytes = kept.kind === 'integer' ? Number(kept.value) * size : NaN;
        const limit = limitMb * 1024 * 1024;
        t.expect(bytes >= limit / 4 && bytes <= limit, () => ({
          summary: bytes > limit ? 'More data is kept than the limit allows.' : 'Far less data is kept than the limit allows.',
          expected: `values of ${Math.round(limit / 4 / 1024 / 1024)} to ${limitMb} MB`, actual: `${kept.kind === 'integer' ? Number(kept.value) : '?'} values of 10 kB: ${(bytes / 1024 / 1024).toFixed(1)} MB`,
          remedy: 'Count the bytes of keys and values (and some for each entry), and evict until the sum is under MAXMEMORY, not until a number of keys is.',
        }));
        t.step(`✔ ${(bytes / 1024 / 1024).toFixed(1)} MB of values are kept under a limit of ${limitMb} MB`);
      },
    },
    {
      id: 'sizes',
      title: 'counts bytes, not keys',
      limitSec: 30,
      memoryMb: 150,
      async run(t) {
        const client = await Client.open(t, await t.start({ variables: { MAXMEMORY: '8mb', MAXMEMORY_POLICY: 'allkeys-lru' } }));
        await client.expectAll(Array.from({ length: 2000 }, (_, index) => ['SET', `small:${index}`, t.random.word(8)]), ok, { remedy: '2,000 small values fit into 8 MB.' });
        await client.expect(['DBSIZE'], integer(2000), { remedy: 'Nothing has to go while the sum of all entries is below the limit.' });
        const setLarge = (from: number): Promise<void> => client.expectAll(Array.from({ length: 5 }, (_, index) => ['SET', `large:${from + index}`, 'x'.repeat(1024 * 1024)]), ok, { within: 10_000 });
        await setLarge(0);
        // As above: within a second, Redis does not know which one was used first.
        await t.sleep(1100);
        await setLarge(5);
        await client.expect(['EXISTS', 'large:9'], integer(1), { remedy: 'The key just written is the most recently used one: evict others.' });
        await client.expect(['EXISTS', ...Array.from({ length: 5 }, (_, index) => `large:${index}`)], thatIs('integer from 0 to 4', (reply) => reply.kind === 'integer' && reply.value <= 4n), { remedy: '10 values of 1 MB do not fit into 8 MB, and these 5 are the ones that were not used for the longest time.' });
        await client.expect(['DEL', ...Array.from({ length: 10 }, (_, index) => `large:${index}`)], thatIs('integer from 3 to 8', (reply) => reply.kind === 'integer' && reply.value >= 3n && reply.value <= 8n), { remedy: '10 values of 1 MB do not fit into 8 MB: some must have gone, and no more than was necessary. Count the bytes of keys and values.' });
        await client.expect(['SET', 'witness', 'v'], ok);
        await client.expectAll(Array.from({ length: 20 }, (_, index) => ['SET', 'same', `${'y'.repeat(1024 * 1024)}${index}`]), ok, { within: 10_000, remedy: replacing });
        await client.expect(['EXISTS', 'same', 'witness'], integer(2), { as: 'EXISTS same witness, after same was set 20 times to 1 MB', remedy: replacing });
      },
    },
    {
      id: 'noeviction',
      title: 'refuses writes when it is full and may not evict',
      limitSec: 30,
      memoryMb: 150,
      async run(t) {
        const client = await Client.open(t, await t.start({ variables: { MAXMEMORY: '8mb', MAXMEMORY_POLICY: 'noeviction' } }));
        const value = t.random.word(8).repeat(size / 8);
        const full = error('OOM', "command not allowed when used memory > 'maxmemory'.");
        let written = 0;
        let refused = false;
        for (; written < 1000 && !refused; written += 50) {
          const replies = await client.pipeline(Array.from({ length: 50 }, (_, index) => ['SET', `k:${written + index}`, value]));
          refused = replies.some((reply) => full.matches(reply));
        }
        t.expect(refused, () => ({ summary: '1,000 values of 10 kB were taken under a limit of 8 MB.', expected: full.words, actual: 'OK each time', remedy: 'Under noeviction a write that finds the memory full is refused with -OOM command not allowed when used memory > \'maxmemory\'.' }));
        t.step('✔ writes are refused when 8 MB are full');
        await client.expect(['GET', 'k:0'], bulk(value), { remedy: 'Reading goes on when memory is full, and nothing was evicted.' });
        await client.expect(['DEL', ...Array.from({ length: 200 }, (_, index) => `k:${index}`)], integer(200), { remedy: 'DEL frees memory, so it is never refused.' });
        await client.expect(['SET', 'again', value], ok, { remedy: 'After keys were deleted there is room again.' });
      },
    },
  ],
};
