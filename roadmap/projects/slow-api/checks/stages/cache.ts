import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { same } from '../json.js';
import { Shop, statementWords } from '../shop.js';

const cities = ['Berlin', 'Zürich', 'São Paulo', 'Kraków', 'Lyon', 'Oslo', 'Kyoto', 'Austin'];
const top = (city: string, limit = 10): string => `/top?city=${encodeURIComponent(city)}&limit=${limit}`;

interface Entry { readonly sku: string; readonly sold: number; readonly revenue_cents?: number }

async function ranking(shop: Shop, city: string, limit: number, staff = false): Promise<{ top: Entry[] }> {
  const rows = await shop.rows<{ sku: string; sold: number; revenue: string }>('SELECT sku, sum(qty)::integer AS sold, sum(qty * price_cents) AS revenue FROM items JOIN orders ON orders.id = order_id JOIN customers ON customers.id = customer_id WHERE city = $1 GROUP BY sku ORDER BY sold DESC, sku COLLATE "C" LIMIT $2', [city, limit]);
  return { top: rows.map(({ sku, sold, revenue }) => ({ sku, sold, ...(staff && { revenue_cents: Number(revenue) }) })) };
}

async function holdStatements(t: CheckContext, shop: Shop, what: string, least: number, most: number, work: () => Promise<unknown>, remedy: string): Promise<void> {
  const { traffic } = await shop.watch(work);
  const count = traffic.statements.length;
  t.expect(count >= least && count <= most, () => ({ summary: `${what} took ${count} SQL statements.`, called: what, expected: least === most ? String(least) : least === 0 ? `at most ${most}` : `from ${least} to ${most}`, actual: statementWords(traffic), remedy }));
  t.step(`✔ ${what}: ${count} statements`);
}

export const cache: CheckedStage = {
  id: 'cache',
  checks: [
    {
      id: 'stampede',
      title: 'asks the database once for all who wait, and not again while it is fresh',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { roundTripMs: 30, variables: { CACHE_TTL_MS: '60000' } });
        await shop.get('/customers/1/orders');
        const city = t.random.pick(cities);
        const hundred = () => Promise.all(Array.from({ length: 100 }, () => shop.get(top(city))));
        await holdStatements(t, shop, `100 × GET ${top(city)} at once, not cached`, 1, 2, hundred, 'Let one request load what is missing, and all others wait for its result: keep the promise or future of the load in the cache.');
        await holdStatements(t, shop, `100 × GET ${top(city)}, cached`, 0, 0, hundred, 'Keep the result for CACHE_TTL_MS milliseconds (environment), and answer from it.');
        same(t, `GET ${top(city)}`, (await shop.get(top(city))).json, await ranking(shop, city, 10), 'The cached answer is the one that the database gave.');
      },
    },
    {
      id: 'expiry',
      title: 'asks again when the time is up',
      limitSec: 60,
      async run(t) {
        const ttl = 500;
        const shop = await Shop.open(t, { variables: { CACHE_TTL_MS: String(ttl) } });
        const city = t.random.pick(cities);
        await shop.get(top(city));
        await shop.database.query("UPDATE items SET qty = qty + 5 WHERE order_id IN (SELECT orders.id FROM orders JOIN customers ON customers.id = customer_id WHERE city = $1) AND sku = 'SKU-0003'", [city]);
        const wanted = JSON.stringify(await ranking(shop, city, 10));
        const fresh = await t.until(ttl * 6, async () => {
          await t.sleep(50);
          return JSON.stringify((await shop.get(top(city))).json) === wanted ? true : undefined;
        });
        t.expect(fresh === true, () => ({ summary: `A ranking that has changed in the database is still the old one after ${ttl * 6} ms.`, called: `GET ${top(city)} with CACHE_TTL_MS=${ttl}`, expected: `the new one after ${ttl} ms`, actual: 'the old one', remedy: 'Read CACHE_TTL_MS (milliseconds), and load again what is older. Reading an entry must not make it younger.' }));
        t.step(`✔ loaded again after CACHE_TTL_MS=${ttl}`);
        await t.sleep(ttl * 2);
        shop.wire.roundTripMs = 30;
        await holdStatements(t, shop, `50 × GET ${top(city)} at once, when its time is up`, 1, 2, () => Promise.all(Array.from({ length: 50 }, () => shop.get(top(city)))), 'One request loads again, all others wait for its result: also when there is an old one.');
      },
    },
    {
      id: 'writes',
      title: 'shows a new order in the ranking at once',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { CACHE_TTL_MS: '60000' } });
        for (let round = 0; round < 3; round++) {
          const { id, city } = (await shop.rows<{ id: number; city: string }>('SELECT id, city FROM customers WHERE id = $1', [t.random.integer(1, 2000)]))[0]!;
          await Promise.all([shop.get(top(city)), shop.get('/top')]);
          const sku = `NEW-${round}${t.random.integer(100, 999)}`;
          await shop.http.expect({ method: 'POST', path: '/orders', body: { customer_id: id, items: Array.from({ length: 20 }, () => ({ sku, qty: 100, price_cents: 1 })) } }, 201, 'Answer as API.md says: it did when it was handed over.');
          for (const path of [top(city), '/top']) {
            const { top: entries } = (await shop.get(path)).json as { top: Entry[] };
            t.expect(entries.some((entry) => entry.sku === sku), () => ({ summary: 'An order that was just stored is missing in the ranking.', called: `POST /orders with 2,000 × ${sku}, then GET ${path}`, expected: `${sku} with 2,000 sold, near the top`, actual: entries.slice(0, 3).map((entry) => `${entry.sku} ${entry.sold}`).join(', '), remedy: 'Empty the cache when an order was stored, after COMMIT and before the answer: all rankings that it may change.' }));
          }
        }
        t.step('✔ 3 orders, seen at once');
      },
    },
    {
      id: 'late-load',
      title: 'does not keep what was read before a write',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { CACHE_TTL_MS: '60000' } });
        await shop.get('/customers/1/orders');
        const release = shop.wire.hold((sql) => /\bsum\s*\(/iu.test(sql));
        const early = shop.get('/top');
        early.catch(() => { /* awaited below */ });
        const loading = await t.until(5000, () => shop.wire.heldBack > 0 ? true : undefined);
        t.expect(loading === true, () => ({ summary: 'GET /top did not ask the database for sums.', called: 'GET /top', expected: 'a statement with sum(…), as it was handed over', actual: 'none within 5 s', remedy: 'Let the database add up what was sold.' }));
        const sku = `NEW-${t.random.integer(100, 999)}`;
        await shop.http.expect({ method: 'POST', path: '/orders', body: { customer_id: 1, items: Array.from({ length: 20 }, () => ({ sku, qty: 100, price_cents: 1 })) } }, 201, 'Answer as API.md says: it did when it was handed over.');
        release();
        await early;
        const { top: entries } = (await shop.get('/top')).json as { top: Entry[] };
        t.expect(entries.some((entry) => entry.sku === sku), () => ({ summary: 'A ranking that was read before an order was stored, and came after it, is kept.', called: `GET /top is being loaded; POST /orders with ${sku}; the load ends; GET /top`, expected: `${sku} near the top`, actual: entries.slice(0, 3).map((entry) => `${entry.sku} ${entry.sold}`).join(', '), remedy: 'Emptying the cache has to reach loads that are under way: who waits for one may have its result, but it must not be kept.' }));
        t.step('✔ the load that was under way was not kept');
      },
    },
    {
      id: 'keys',
      title: 'keeps answers apart that differ',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { CACHE_TTL_MS: '60000' } });
        const city = t.random.pick(cities);
        const staff = { Authorization: 'Bearer staff' };
        for (const [limit, headers] of t.random.shuffle([[5, {}], [5, staff], [12, {}], [12, staff]] as const)) {
          for (let twice = 0; twice < 2; twice++) {
            const path = top(city, limit);
            const who = 'Authorization' in headers ? ' as staff' : '';
            same(t, `GET ${path}${who}`, (await shop.get(path, headers)).json, await ranking(shop, city, limit, who !== ''), 'What the answer depends on belongs into the key: limit, city, and who asks. Revenue is for staff only.');
          }
        }
        t.step('✔ by limit, city and who asks');
      },
    },
    {
      id: 'errors',
      title: 'does not keep an error',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { CACHE_TTL_MS: '60000' } });
        const city = t.random.pick(cities);
        shop.wire.failNext(1);
        await shop.http.expect({ path: top(city) }, 500, 'A statement that the database refuses is answered with 500.');
        shop.wire.failNext(0);
        await shop.http.expect({ path: top(city) }, 200, 'Keep only what was loaded: remove the entry when its load fails, so that the next request tries again.');
        t.step('✔ 500, then 200');
      },
    },
    {
      id: 'bounded',
      title: 'keeps at most CACHE_MAX_ENTRIES rankings',
      limitSec: 120,
      async run(t) {
        const [most, asked] = [50, 200];
        const shop = await Shop.open(t, { variables: { CACHE_TTL_MS: '600000', CACHE_MAX_ENTRIES: String(most) } });
        const names = Array.from({ length: asked }, () => t.random.word(12));
        for (const name of names) await shop.get(top(name));
        await holdStatements(t, shop, `${asked} different cities again, with CACHE_MAX_ENTRIES=${most}`, asked - most, asked * 2, async () => { for (const name of [...names].reverse()) await shop.get(top(name)); }, `Remove an entry when there are more than CACHE_MAX_ENTRIES (environment): whoever asks for ever new cities fills the memory otherwise.`);
      },
    },
  ],
};
