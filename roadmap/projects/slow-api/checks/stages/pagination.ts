import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import { same } from '../json.js';
import { Model, pagePath, type OrderJson, type PageOf } from '../model.js';
import { Shop, statementWords } from '../shop.js';

const budget = 8;
const cap = 100;
interface Page { readonly orders: OrderJson[]; readonly next: number | null }

/** Walks all pages while new orders come in. */
async function walk(t: CheckContext, shop: Shop, of: Omit<PageOf, 'limit'>): Promise<void> {
  const wanted = (await Model.load(shop)).sorted(of.sort).filter(({ status }) => of.status === undefined || status === of.status).map(({ id }) => id);
  const known = new Set(wanted);
  const seen: number[] = [];
  let after: number | undefined;
  let calls = 0;
  const most = wanted.length;
  do {
    const page = { ...of, limit: t.random.integer(60, 100), ...(after !== undefined && { after }) };
    const { orders, next } = (await shop.get(pagePath(page))).json as Page;
    seen.push(...orders.map(({ id }) => id).filter((id) => known.has(id)));
    after = next ?? undefined;
    calls += 1;
    // In front of everything in both orders, so behind no page that is still to come.
    await shop.database.query("INSERT INTO orders (customer_id, status, created_at, total_cents, notes) SELECT 1, 'paid', now(), 100000000 + n, '' FROM generate_series(1, $1::integer) AS n", [t.random.integer(1, 5)]);
  } while (after !== undefined && calls <= most);
  const what = `All pages of GET ${pagePath({ ...of, limit: 0 }).replace('limit=0', 'limit=…')}`;
  const twice = seen.find((id, index) => seen.indexOf(id) !== index);
  const remedy = 'Begin a page behind the last order of the one before, by what it is sorted by and then by id: (created_at, id) < (…). Counting rows (OFFSET) slips when rows come in.';
  t.expect(twice === undefined, () => ({ summary: `${what} give the order ${twice} twice while new orders come in.`, expected: 'each order once', actual: `${twice} on two pages`, remedy }));
  const lost = wanted.find((id) => !seen.includes(id));
  t.expect(lost === undefined, () => ({ summary: `${what} leave out the order ${lost}.`, expected: `${wanted.length} orders`, actual: `${seen.length} orders`, remedy }));
  t.expect(seen.every((id, index) => id === wanted[index]), () => ({ summary: `${what} do not keep the order.`, expected: 'as sorted, and among equals the larger id first', actual: `${seen[seen.findIndex((id, index) => id !== wanted[index])]} where ${wanted[seen.findIndex((id, index) => id !== wanted[index])]} belongs`, remedy }));
  t.step(`✔ ${seen.length} orders on ${calls} pages`);
}

export const pagination: CheckedStage = {
  id: 'pagination',
  checks: [
    {
      id: 'rows',
      title: 'fetches the rows of the page, not the table',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const model = await Model.load(shop);
        const pages: PageOf[] = [{ limit: 50 }, { limit: t.random.integer(5, 30), sort: 'total', after: t.random.integer(1, usual.orders) }, { limit: 20, status: 'open', after: t.random.integer(1000, usual.orders) }, { limit: 5, after: usual.orders * 10 }];
        for (const page of pages) {
          const path = pagePath(page);
          const { result, traffic } = await shop.watch(() => shop.get(path));
          t.expect(traffic.rows <= budget * page.limit + 10, () => ({ summary: `A page of ${page.limit} orders fetches ${traffic.rows.toLocaleString('en-US')} rows.`, called: `GET ${path}`, expected: `at most ${budget} for each order`, actual: statementWords(traffic), remedy: 'Let the database cut the page: WHERE, ORDER BY and LIMIT.' }));
          same(t, `GET ${path}`, result.json, model.page(page), 'Begin behind the order of `after` as the list is sorted: compare the value and the id together, as in (total_cents, id) < (…, …), for orders share values; and take what follows, filtered.');
        }
        t.step(`✔ ${pages.length} pages`);
      },
    },
    {
      id: 'columns',
      title: 'fetches the columns that it needs',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        await shop.get('/orders?limit=50');
        const { traffic } = await shop.watch(() => shop.get('/orders?limit=50&sort=total'));
        const notes = shop.wire.described.find(({ columns }) => columns.includes('notes'));
        t.expect(notes === undefined, () => ({ summary: 'The notes are fetched, 200 bytes for each row, and nobody reads them.', called: 'GET /orders?limit=50', expected: 'only columns that the answer shows', actual: notes!.sql.replace(/\s+/gu, ' ').slice(0, 160), remedy: 'Name the columns instead of SELECT *.' }));
        const bytes = traffic.statements.reduce((sum, statement) => sum + statement.bytes, 0);
        const { rows: [whole] } = await shop.database.query<{ bytes: number }>('SELECT sum(pg_column_size(orders))::integer AS bytes FROM orders');
        t.expect(bytes * 20 <= whole!.bytes, () => ({ summary: `A page of 50 orders brings ${bytes.toLocaleString('en-US')} bytes from the database.`, called: 'GET /orders?limit=50', expected: `at most a twentieth of the table’s ${whole!.bytes.toLocaleString('en-US')}`, actual: statementWords(traffic), remedy: 'Fetch only the rows and columns of the page.' }));
        t.step(`✔ ${bytes.toLocaleString('en-US')} bytes`);
      },
    },
    {
      id: 'cap',
      title: `gives at most ${cap} entries`,
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const limit = t.random.pick([101, 1000, 999_999_999]);
        const { result, traffic } = await shop.watch(() => shop.get(`/orders?limit=${limit}`));
        const count = (result.json as Page).orders?.length;
        t.expect(count === cap && traffic.rows <= budget * cap, () => ({ summary: `limit=${limit} gives ${count} orders and fetches ${traffic.rows.toLocaleString('en-US')} rows.`, called: `GET /orders?limit=${limit}`, expected: `${cap} orders, as for limit=${cap}`, actual: `${count} orders`, remedy: `Take the smaller one of limit and ${cap}: whoever asks for everything must not take the service down.` }));
        t.step(`✔ limit=${limit} → ${count} orders`);
        const { top } = (await shop.get(`/top?limit=${limit}`)).json as { top?: unknown[] };
        t.expect(top?.length === cap, () => ({ summary: `GET /top?limit=${limit} gives ${top?.length} entries.`, called: `GET /top?limit=${limit}`, expected: `${cap}`, actual: String(top?.length), remedy: `The cap is for every list: take the smaller one of limit and ${cap} there, too.` }));
        t.step(`✔ GET /top?limit=${limit} → ${cap} entries`);
      },
    },
    {
      id: 'walk',
      title: 'loses and repeats no order while new ones come in',
      limitSec: 120,
      async run(t) {
        const shop = await Shop.open(t);
        await walk(t, shop, {});
        await walk(t, shop, { sort: 'total' });
        await walk(t, shop, { sort: 'total', status: t.random.pick(['open', 'cancelled']) });
      },
    },
  ],
};
