import type { CheckedStage } from '../../../../../src/runner/api.js';
import { large } from '../database/databases.js';
import { Shop } from '../shop.js';

/** Three are needed; pages sorted in the database may take two more. */
const mostIndexes = 6;
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

interface Index { readonly name: string; readonly table: string; readonly columns: string; readonly predicate: string | null; readonly valid: boolean; readonly unique: boolean; readonly primary: boolean }

async function indexesOf(shop: Shop): Promise<Index[]> {
  return await shop.rows<Index>(`
    SELECT index.relname AS name, tables.relname AS table, pg_get_expr(indpred, indrelid) AS predicate, indisvalid AS valid, indisunique AS unique, indisprimary AS primary,
      (SELECT string_agg(pg_get_indexdef(indexrelid, position, true), ', ' ORDER BY position) FROM generate_series(1, indnkeyatts) AS position) AS columns
    FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS tables ON tables.oid = indrelid
    WHERE tables.relname IN ('customers', 'orders', 'items') ORDER BY index.relname`);
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
        const own = all.filter(({ primary }) => !primary);
        const names = own.map(({ name, table, columns }) => `${name} on ${table} (${columns})`).join('; ');
        t.expect(own.length <= mostIndexes, () => ({ summary: `The migrations make ${own.length} indexes.`, expected: `at most ${mostIndexes}`, actual: names, remedy: 'Each index makes every insert slower: keep those that a request needs, and drop the others.' }));
        const broken = all.find(({ valid }) => !valid);
        t.expect(broken === undefined, () => ({ summary: `The index ${broken!.name} is not valid.`, expected: 'indexes that were built', actual: broken!.name, remedy: 'CREATE INDEX CONCURRENTLY that failed leaves such an index: drop it and build it again.' }));
        const doubled = own.flatMap((one) => all.filter((other) => other !== one && !one.unique && other.table === one.table && other.predicate === one.predicate && `${other.columns}, `.startsWith(`${one.columns}, `)).map((other) => [one, other] as const))[0];
        t.expect(doubled === undefined, () => ({ summary: `The index ${doubled![0].name} does nothing that ${doubled![1].name} can't do.`, expected: 'no index whose columns another one begins with', actual: `(${doubled![0].columns}) and (${doubled![1].columns}) on ${doubled![0].table}`, remedy: 'Drop the shorter one.' }));
        t.step(`✔ ${own.length} indexes: ${names}`);
      },
    },
    {
      id: 'inserts',
      title: 'keeps inserts cheap',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const written = async (): Promise<number> => {
          const sizes: number[] = [];
          // Of several, as the database writes other things, too, now and then.
          for (let round = 0; round < 3; round++) {
            const [before] = await shop.rows<{ at: string }>('SELECT pg_current_wal_insert_lsn() AS at');
            await shop.database.query('BEGIN');
            await shop.database.query("INSERT INTO items (order_id, sku, qty, price_cents, notes) SELECT 1 + (n * 7919) % 5000, 'SKU-' || n % 400, 1, 100, '' FROM generate_series(1, 10000) AS n");
            await shop.database.query('ROLLBACK');
            const [after] = await shop.rows<{ bytes: string }>('SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) AS bytes', [before!.at]);
            sizes.push(Number(after!.bytes));
          }
          return Math.min(...sizes);
        };
        const withIndexes = await written();
        for (const { name } of (await indexesOf(shop)).filter(({ primary }) => !primary)) await shop.database.query(`DROP INDEX "${name}"`);
        const without = await written();
        const ratio = withIndexes / without;
        t.expect(ratio <= 2, () => ({ summary: `With the migrations’ indexes, inserting 10,000 items makes the database write ${ratio.toFixed(1)} times as much.`, expected: `at most 2 times the ${without.toLocaleString('en-US')} bytes of its log`, actual: `${withIndexes.toLocaleString('en-US')} bytes`, remedy: 'Look at the indexes on items: each one is kept up to date with every insert.' }));
        t.step(`✔ ${ratio.toFixed(2)} times as much is written`);
      },
    },
  ],
};
