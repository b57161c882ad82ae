import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Shop } from '../shop.js';

const reports = 3;
/** Rows of a report's figures. */
const statuses = 4;
const overtaking = 3;
const attempts = 3;

/** Asks for reports and, while they are computed, for other things. @returns how many of those were answered before the first report. */
async function overtake(shop: Shop, path: string): Promise<number> {
  let first = Infinity;
  const mark = shop.wire.mark();
  const running = Promise.all(Array.from({ length: reports }, async () => { const { at } = await shop.get('/report'); first = Math.min(first, at); }));
  running.catch(() => { /* awaited below */ });
  // The figures of all have come: what follows is computing.
  await shop.t.until(2000, () => shop.wire.since(mark).rows >= reports * statuses || first < Infinity ? true : undefined);
  let before = 0;
  for (let one = 0; one < overtaking; one++) if ((await shop.get(path)).at < first) before += 1;
  await running;
  return before;
}

export const doNotBlock: CheckedStage = {
  id: 'do-not-block',
  checks: [
    ...(['/healthz', '/orders?limit=1'].map((path) => ({
      id: path === '/healthz' ? 'healthz' : 'orders',
      title: `answers ${path.split('?')[0]!} while reports are computed`,
      limitSec: 60,
      run: async (t: Parameters<CheckedStage['checks'][number]['run']>[0]) => {
        const shop = await Shop.open(t);
        await shop.get('/report');
        let best = 0;
        // A busy machine may let the reports win once; a blocked service lets them always win.
        for (let attempt = 0; attempt < attempts && best < overtaking; attempt++) best = Math.max(best, await overtake(shop, path));
        t.expect(best >= overtaking, () => ({ summary: `While ${reports} reports are computed, GET ${path} waits until one of them is done.`, called: `${reports} × GET /report, then ${overtaking} × GET ${path}`, expected: `all ${overtaking} answered before the first report`, actual: `${best} of ${overtaking}, in the best of ${attempts} attempts`, remedy: 'Compute the signature elsewhere (a worker, a thread pool made for it), so that whoever serves requests only waits for the result; and hold no lock meanwhile.' }));
        t.step(`✔ ${overtaking} × GET ${path} before the first of ${reports} reports`);
      },
    }))),
    {
      id: 'lock',
      title: 'reads for several requests at once',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const lists = () => Promise.all(Array.from({ length: 8 }, () => shop.get('/orders?limit=5')));
        await lists();
        shop.wire.roundTripMs = 50;
        let most = 0;
        for (let attempt = 0; attempt < attempts && most < 4; attempt++) {
          shop.wire.forgetMost();
          await lists();
          most = Math.max(most, shop.wire.mostWaiting);
        }
        t.expect(most >= 4, () => ({ summary: `Of 8 requests for GET /orders at once, ${most} waited for the database at the same time.`, called: '8 × GET /orders?limit=5 at once, 50 ms for each statement', expected: 'at least 4', actual: String(most), remedy: 'Something lets them in one by one: hold no lock while you wait for the database. What the lock protects can do with less, such as an atomic counter.' }));
        t.step(`✔ ${most} of 8 at the same time`);
      },
    },
  ],
};
