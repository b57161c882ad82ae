import type { CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import { same } from '../json.js';
import { Model, pagePath } from '../model.js';
import { Shop, statementWords } from '../shop.js';

const [few, many] = [10, 100];
const budget = 8;
const remedy = 'Collect the ids of the page first, then ask once for all customers and once for all items (= ANY($1), or IN), and put them together in memory.';

export const nPlusOne: CheckedStage = {
  id: 'n-plus-one',
  checks: [
    {
      id: 'slope',
      title: 'sends no more statements for more orders',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        // Drivers prepare statements and ask for types at first.
        for (const limit of [few, many]) await shop.get(pagePath({ limit }));
        const small = (await shop.watch(() => shop.get(pagePath({ limit: few })))).traffic;
        const big = (await shop.watch(() => shop.get(pagePath({ limit: many })))).traffic;
        const slope = (big.statements.length - small.statements.length) / (many - few);
        t.expect(slope <= 0.05, () => ({ summary: `Every further order of a page costs ${slope.toFixed(2)} more SQL statements.`, called: `GET /orders?limit=${few}, then limit=${many}`, expected: `as many statements for ${many} orders as for ${few}`, actual: `${small.statements.length}, then ${big.statements.length}: ${statementWords(big)}`, remedy }));
        t.expect(big.statements.length <= budget, () => ({ summary: `A page of ${many} orders takes ${big.statements.length} SQL statements.`, called: `GET /orders?limit=${many}`, expected: `at most ${budget}`, actual: statementWords(big), remedy }));
        t.step(`✔ ${small.statements.length} statements for ${few} orders, ${big.statements.length} for ${many}`);
      },
    },
    {
      id: 'rows',
      title: 'multiplies no rows',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const limit = t.random.integer(60, 100);
        const { traffic } = await shop.watch(() => shop.get(pagePath({ limit })));
        // The page is still cut out of the whole table: that is another stage.
        const most = usual.orders + budget * limit;
        t.expect(traffic.rows <= most, () => ({ summary: `A page of ${limit} orders fetches ${traffic.rows.toLocaleString('en-US')} rows.`, called: `GET /orders?limit=${limit}`, expected: `at most ${most.toLocaleString('en-US')}: each order, customer and item once`, actual: statementWords(traffic), remedy: 'A join of orders with items repeats each order for each of its items, and a join without its condition everything with everything: ask for them apart, for this page only.' }));
        t.step(`✔ ${traffic.rows.toLocaleString('en-US')} rows`);
      },
    },
    {
      id: 'answers',
      title: 'gives the same answers as before',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const model = await Model.load(shop);
        for (const page of [{ limit: 50 }, { limit: 7, sort: 'total' as const }, { limit: t.random.integer(15, 25), status: 'open' }, { limit: 100, sort: 'total' as const, status: t.random.pick(['paid', 'cancelled']) }, { limit: 1 }]) {
          const path = pagePath(page);
          same(t, `GET ${path}`, (await shop.get(path)).json, model.page(page), 'Put customers and items back to their orders by their ids, items in the order of their ids.');
        }
        t.step('✔ 5 pages');
      },
    },
  ],
};
