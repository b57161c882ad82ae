import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Blocked, Inconclusive, type Check, type CheckContext } from '../../../src/runner/api.js';
import { serve } from '../../../src/runner/main.js';

/** Checks of every kind, for the tests of the runner: it is bundled as a project's checks are. */
const report = { summary: 'Not as it should be.', expected: '1', actual: '2', remedy: 'Mend it.' };

const check = (id: string, run: (t: CheckContext) => Promise<void>, more: Partial<Check> = {}): Check => ({ id, title: id, limitSec: 5, run, ...more });
const forever = (): Promise<never> => new Promise(() => { /* never */ });

serve({
  id: 'fixture',
  stages: [{
    id: 'kinds',
    checks: [
      check('passes', async (t) => {
        const program = await t.start();
        t.expect(program.pid !== undefined, () => report);
        t.step('it runs');
      }),
      check('fails', async (t) => {
        await t.start();
        t.expect(false, () => report);
      }),
      check('asserts-nothing', async (t) => { await t.start(); }),
      check('throws', () => Promise.reject(new Error('a mistake in the check'))),
      check('hangs', async (t) => {
        await t.start();
        t.step('now it waits');
        await forever();
      }, { limitSec: 1 }),
      check('exits', () => process.exit(0)),
      check('dies', async () => {
        process.kill(process.pid, 'SIGKILL');
        await forever();
      }),
      check('blocked', () => Promise.reject(new Blocked({ summary: 'It needs something.', remedy: 'Get it.' }))),
      check('inconclusive', () => Promise.reject(new Inconclusive({ summary: 'Too busy.', remedy: 'Try again.' }))),
      check('memory', () => Promise.resolve(), { memoryMb: 1e9 }),
      check('starts-and-waits', async (t) => {
        const program = await t.start();
        t.step(`pid ${program.pid ?? 0}`);
        await forever();
      }, { limitSec: 60 }),
      check('environment', async (t) => {
        const program = await t.start({ variables: { EXTRA: 'yes' } });
        await t.until(5000, () => program.log.text.includes('\n') ? true : undefined);
        const seen = JSON.parse(program.log.text.split('\n')[0]!) as Record<string, string>;
        t.step(JSON.stringify(seen));
        t.counted();
      }),
      check('random', (t) => {
        t.step(t.random.word(20));
        t.counted();
        return Promise.resolve();
      }),
      check('port-taken', async (t) => {
        const other = createServer().listen(0, '127.0.0.1');
        t.defer(() => other.close());
        await once(other, 'listening');
        await t.start({ port: (other.address() as AddressInfo).port });
        t.counted();
      }),
      check('ends-early', async (t) => {
        const program = await t.start();
        await program.ended;
        t.expect(false, () => report);
      }),
    ],
  }],
});
