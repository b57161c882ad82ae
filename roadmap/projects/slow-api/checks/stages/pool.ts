import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import type { HttpRequest } from '../http.js';
import { Shop } from '../shop.js';

const mostOpen = 10;

/** Sends requests, `width` at a time, and returns the status of each; 0 when none came. */
async function sendAll(shop: Shop, requests: readonly HttpRequest[], width: number): Promise<number[]> {
  const statuses: number[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < requests.length) {
      const index = next++;
      const answer = await shop.http.try({ patience: 10_000, ...requests[index]! });
      statuses[index] = answer instanceof Error ? 0 : answer.status;
    }
  }));
  return statuses;
}

/** Requests that no lock of the service holds up. */
function reads(t: CheckContext, count: number): HttpRequest[] {
  return Array.from({ length: count }, () => ({ path: `/customers/${t.random.integer(1, usual.customers)}/orders` }));
}

function holdMost(t: CheckContext, shop: Shop): void {
  t.expect(shop.wire.mostOpen <= mostOpen, () => ({ summary: `The API had ${shop.wire.mostOpen} connections to the database open at once.`, expected: `at most ${mostOpen}`, actual: String(shop.wire.mostOpen), remedy: `Give the pool a largest size of ${mostOpen}; requests beyond it wait for a connection.` }));
}

export const pool: CheckedStage = {
  id: 'pool',
  checks: [
    {
      id: 'reuse',
      title: 'opens no connection for a request once it is warm',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { roundTripMs: 2 });
        await sendAll(shop, reads(t, 60), 16);
        const { traffic } = await shop.watch(() => sendAll(shop, [...reads(t, 90), ...Array.from({ length: 10 }, () => ({ path: '/orders?limit=5' }))], 16));
        t.expect(traffic.connections === 0, () => ({ summary: `100 requests opened ${traffic.connections} connections to the database.`, called: '100 requests, 16 at a time, after 60 others', expected: 'none: those that are open are used again', actual: `${traffic.connections} opened`, remedy: 'Make one pool when the API starts, take a connection from it for each request, and give it back.' }));
        holdMost(t, shop);
        t.step(`✔ 100 requests, 0 new connections, ${shop.wire.mostOpen} at once at the most`);
      },
    },
    {
      id: 'bounded',
      title: `has at most ${mostOpen} connections, and lets the others wait`,
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { roundTripMs: 50 });
        const statuses = await sendAll(shop, reads(t, 64), 64);
        holdMost(t, shop);
        const bad = statuses.filter((status) => status !== 200);
        t.expect(bad.length === 0, () => ({ summary: `${bad.length} of 64 requests at once were not answered with 200.`, called: '64 requests at once, 50 ms for each statement', expected: '64 × 200', actual: `${bad.length} others, such as ${bad[0] === 0 ? 'none at all' : bad[0]}`, remedy: 'Who finds no free connection waits for one; give it several seconds.' }));
        t.step(`✔ 64 at once over ${shop.wire.mostOpen} connections`);
      },
    },
    {
      id: 'errors',
      title: 'gives a connection back after an error',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        await sendAll(shop, reads(t, 20), 8);
        const kinds: (() => HttpRequest)[] = [
          () => reads(t, 1)[0]!, () => ({ path: '/orders?limit=3' }), () => ({ path: '/top' }), () => ({ path: '/report' }), () => ({ path: `/orders/${t.random.integer(1, usual.orders)}` }),
          () => ({ method: 'POST', path: '/orders', body: { customer_id: 1, items: [{ sku: 'SKU-0001', qty: 1, price_cents: 100 }] } }),
        ];
        let failed = 0;
        for (let round = 0; round < 50; round++) {
          // The first statement of a request, or a later one.
          const kind = kinds[round % kinds.length]!();
          shop.wire.failNext(1);
          const answer = await shop.http.try({ ...kind, patience: 5000 });
          t.expect(!(answer instanceof Error), () => ({ summary: `After ${failed} requests whose SQL statements failed, one is not answered any more (${(answer as Error).message}).`, called: `${kind.method ?? 'GET'} ${kind.path}`, expected: '500', actual: 'no answer', remedy: 'Give the connection back also when a statement fails: finally, defer, try-with-resources, drop.' }));
          if (!(answer instanceof Error) && answer.status === 500) failed += 1;
        }
        t.expect(failed >= 40, () => ({ summary: `Only ${failed} of 50 requests whose SQL statement failed were answered with 500.`, expected: '500 { "error": "internal" }', actual: `${50 - failed} others`, remedy: 'A statement that the database refuses is an error of this request: answer it with 500.' }));
        shop.wire.failNext(0);
        const statuses = await sendAll(shop, [...reads(t, 18), { path: '/orders?limit=3' }, { path: '/top' }], 10);
        const bad = statuses.filter((status) => status !== 200);
        t.expect(bad.length === 0, () => ({ summary: `After 50 requests whose SQL statements failed, ${bad.length} of 20 good ones fail.`, expected: '20 × 200', actual: `${bad.length} others, such as ${bad[0] === 0 ? 'no answer' : bad[0]}`, remedy: 'Give the connection back also when a statement fails, and roll back what it had begun.' }));
        const idle = await t.until(2000, async () => (await shop.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'")).length === 0 ? true : undefined);
        t.expect(idle === true, () => ({ summary: 'A connection went back with its transaction still open.', expected: 'no connection “idle in transaction”', actual: 'one that holds its locks until somebody ends it', remedy: 'ROLLBACK when a statement within BEGIN … COMMIT fails, before the connection is given back.' }));
        holdMost(t, shop);
        t.step(`✔ 50 failures, then 20 × 200`);
      },
    },
    {
      id: 'lost',
      title: 'recovers when the database has closed its connections',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        await sendAll(shop, reads(t, 30), 10);
        await shop.rows('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()');
        const back = await t.until(10_000, async () => (await sendAll(shop, reads(t, 10), 1)).every((status) => status === 200) ? true : undefined);
        t.expect(back === true, () => ({ summary: 'The database has closed the connections of the pool, and requests fail for ever.', called: '10 × GET /customers/{id}/orders, again and again for 10 s', expected: '200 again, after a few failures at the most', actual: 'failures', remedy: 'Let the pool throw away a connection that is broken, and open another one; handle the error that an idle connection reports.' }));
        t.step('✔ 200 again');
      },
    },
  ],
};
