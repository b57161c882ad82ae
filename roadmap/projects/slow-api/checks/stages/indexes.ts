import type { CheckedStage } from '../../../../../src/runner/api.js';
import { large } from '../database/databases.js';
import { Shop } from '../shop.js';

const mostIndexes = 4;
/** Smaller tables are read as a whole for good reasons. */
const manyRows = 10_000;

interface Plan { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; Plans?: Plan[] }

/** How the database carries a statement out, whatever its parameters are. */
async function planOf(shop: Shop, sql: string): Promise<Plan> {
  const parameters = [...sql.matchAll(/\$(\d+)/gu)].reduce((most, [, number]) => Math.max(most, Number(number)), 0);
  // One transaction of the checker's own: the setting and the prepared statement are gone behind it.
  await shop.database.query('BEGIN');
  try {
    await shop.database.query('SET LOCAL plan_cache_mode = force_generic_plan');
    await shop.database.query(`PREPARE examined AS ${sql}`);
    const { rows: [row] } = await shop.database.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`EXPLAIN (FORMAT JSON) EXECUTE examined${parameters === 0 ? '' : `(${Array.from({ length: parameters }, () => 'NULL').join(', ')})`}`);
    return row!['QUERY PLAN'][0]!.Plan;
  } finally {
    await shop.database.query('ROLLBACK');
    await shop.database.query('DEALLOCATE ALL');
  }
}

function scansOf(plan: Plan): string[] {
  return [...(plan['Node Type'] === 'Seq Scan' && plan['Relation Name'] !== undefined ? [plan['Relation Name']] : []), ...(plan.Plans ?? []).flatMap(scansOf)];
}

interface Index { readonly name: string; readonly table: string; readonly columns: string; readonly predicate: string | null; readonly valid: boolean; readonly unique: boolean }

async function indexesOf(shop: Shop): Promise<Index[]> {
  return await shop.rows<Index>(`
    SELECT index.relname AS name, tables.relname AS table, pg_get_expr(indpred, indrelid) AS predicate, indisvalid AS valid, indisunique AS unique,
      (SELECT string_agg(pg_get_indexdef(indexrelid, position, true), ', ' ORDER BY position) FROM generate_series(1, indnkeyatts) AS position) AS columns
    FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS tables ON tables.oid = indrelid
    WHERE tables.relname IN ('customers', 'orders', 'items') AND NOT indisprimary ORDER BY index.relname`);
}

export const indexes: CheckedStage = {
  id: 'index',
  checks: [
    {
      id: 'no-full-scan',
      title: 'finds orders, items and customers without reading whole tables',
      limitSec: 120,
      async run(t) {
        const shop = await Shop.open(t, { size: large });
        const counts = new Map((await shop.rows<{ table: string; rows: number }>("SELECT relname AS table, reltuples::integer AS rows FROM pg_class WHERE relname IN ('customers', 'orders', 'items')")).map(({ table, rows }) => [table, rows]));
        for (const path of [`/orders/${t.random.integer(1, large.orders)}`, `/customers/${t.random.integer(1, large.customers)}/orders`, `/customers?email=${encodeURIComponent(`customer.${t.random.integer(1, large.customers)}@example.org`)}`]) {
          const { traffic } = await shop.watch(() => shop.get(path));
          t.expect(traffic.statements.length > 0, () => ({ summary: `${path} asked the database nothing.`, called: `GET ${path}`, expected: 'at least one statement', actual: 'none', remedy: 'Read from the database in DATABASE_URL.' }));
          for (const sql of new Set(traffic.statements.map((statement) => statement.sql))) {
            const scanned = scansOf(await planOf(shop, sql)).find((table) => (counts.get(table) ?? 0) > manyRows);
            t.expect(scanned === undefined, () => ({ summary: `The database reads all ${(counts.get(scanned!) ?? 0).toLocaleString('en-US')} rows of ${scanned} for one request.`, called: `GET ${path}`, expected: 'a plan with an index', actual: `Seq Scan on ${scanned} for ${sql.replace(/\s+/gu, ' ')}`, remedy: 'Write a migration with an index on what the WHERE compares; where it compares an expression, on that expression. EXPLAIN shows whether it is used.' }));
            t.step(`✔ GET ${path.replace(/\d+/u, '…')}: ${sql.replace(/\s+/gu, ' ').slice(0, 70)}`);
          }
        }
      },
    },
    {
      id: 'few',
      title: 'adds no index that is not needed',
      async run(t) {
        const shop = await Shop.open(t);
        const all = await indexesOf(shop);
        const names = all.map(({ name, table, columns }) => `${name} on ${table} (${columns})`).join('; ');
        t.expect(all.length <= mostIndexes, () => ({ summary: `The migrations make ${all.length} indexes.`, expected: `at most ${mostIndexes}`, actual: names, remedy: 'Each index makes every insert slower: keep those that a request needs, and drop the others.' }));
        const broken = all.find(({ valid }) => !valid);
        t.expect(broken === undefined, () => ({ summary: `The index ${broken!.name} is not valid.`, expected: 'indexes that were built', actual: broken!.name, remedy: 'CREATE INDEX CONCURRENTLY that failed leaves such an index: drop it and build it again.' }));
        const doubled = all.flatMap((one) => all.filter((other) => other !== one && !one.unique && other.table === one.table && other.predicate === one.predicate && `${other.columns}, `.startsWith(`${one.columns}, `)).map((other) => [one, other] as const))[0];
        t.expect(doubled === undefined, () => ({ summary: `The index ${doubled![0].name} does nothing that ${doubled![1].name} can't do.`, expected: 'no index whose columns another one begins with', actual: `(${doubled![0].columns}) and (${doubled![1].columns}) on ${doubled![0].table}`, remedy: 'Drop the shorter one.' }));
        t.step(`✔ ${all.length} indexes: ${names}`);
      },
    },
    {
      id: 'inserts',
      title: 'keeps inserts quick',
      limitSec: 60,
      measures: true,
      async run(t) {
        const shop = await Shop.open(t);
        const bare = await Shop.open(t, { baseline: false, before: 'DO $$ DECLARE name text; BEGIN FOR name IN SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relname IN (\'customers\', \'orders\', \'items\') AND NOT indisprimary LOOP EXECUTE \'DROP INDEX \' || name; END LOOP; END $$' });
        const insert = async ({ database }: Shop): Promise<number> => {
          const started = performance.now();
          await database.query('BEGIN');
          await database.query("INSERT INTO items (order_id, sku, qty, price_cents, notes) SELECT 1 + (n * 7919) % 5000, 'SKU-' || n % 400, 1, 100, '' FROM generate_series(1, 10000) AS n");
          await database.query('ROLLBACK');
          return performance.now() - started;
        };
        const ratios: number[] = [];
        for (let round = 0; round < 6; round++) {
          const [without, withIndexes] = [await insert(bare), await insert(shop)];
          if (round > 0) ratios.push(withIndexes / without);
        }
        const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
        t.expect(median <= 3, () => ({ summary: `Inserting 10,000 items takes ${median.toFixed(1)} times as long as without the migrations’ indexes.`, expected: 'at most 3 times', actual: `${median.toFixed(1)} times`, remedy: 'Look at the indexes on items: each one is kept up to date with every insert.' }));
        t.step(`✔ ${median.toFixed(1)} times`);
      },
    },
  ],
};
