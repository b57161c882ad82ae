import { Failure, Inconclusive, type CheckContext, type CheckedStage } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Inventory } from '../contract.js';
import { FakePayments } from '../fakes.js';
import { Front } from '../front.js';
import { HttpClient } from '../http.js';
import { productsFile, randomProducts, type ProductRow } from '../products.js';
import { Issuer } from '../tokens.js';

const payMs = 50;
const callers = 32;
const roundMs = 2000;
const rounds = 3;
const leastRatio = 3;

interface Whole { readonly http: HttpClient; readonly issuer: Issuer; readonly products: readonly ProductRow[]; readonly inventory: Caller; readonly fronts: Readonly<Record<string, Front>> }

/** All four programs, connected through doors that count. */
async function open(t: CheckContext): Promise<Whole> {
  const products = randomProducts(t, 20, 1_000_000);
  const file = await productsFile(t, products);
  const payments = await FakePayments.start(t);
  payments.react('Charge', async (_, normal) => { await t.sleep(payMs); return normal(); });
  const inventory = await t.start({ program: 'inventory', variables: file });
  const stock = await Front.before(t, inventory.port);
  const [catalog, orders] = [
    await t.start({ program: 'catalog', variables: { ...file, INVENTORY_ADDR: stock.address } }),
    await t.start({ program: 'orders', variables: { INVENTORY_ADDR: stock.address, PAYMENTS_ADDR: payments.address, BREAKER_OPEN_MS: '1000' } }),
  ];
  const [goods, sales, issuer] = [await Front.before(t, catalog.port), await Front.before(t, orders.port), new Issuer(t)];
  const gateway = await t.start({ program: 'gateway', variables: { CATALOG_ADDR: goods.address, ORDERS_ADDR: sales.address, ...issuer.variables } });
  return { http: new HttpClient(t, gateway), issuer, products, inventory: new Caller(t, inventory, Inventory), fronts: { catalog: goods, orders: sales, inventory: stock, payments: payments.front } };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

export const load: CheckedStage = {
  id: 'load',
  checks: [
    {
      id: 'together',
      title: 'sells through all four services, and the books agree',
      limitSec: 40,
      async run(t) {
        const { http, issuer, products, inventory } = await open(t);
        const token = issuer.token('u-1', 'orders:write orders:read');
        const [product] = products;
        await Promise.all(Array.from({ length: 20 }, async (_, index) => {
          const { json } = await http.expect({ method: 'POST', path: '/orders', headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': `${t.seed}-${index}` }, body: { items: [{ productId: product!.id, quantity: 3 }] } }, 201, 'Gateway, catalog, orders and inventory are your programs now, each as in its own stage.', true);
          const { id } = json as { id: string };
          await http.expect({ path: `/orders/${id}`, headers: { Authorization: `Bearer ${token}` } }, 200, 'An order that was made can be seen.', true);
        }));
        await inventory.expectOk('Get', { productIds: [product!.id] }, { stocks: [{ productId: product!.id, available: 1_000_000 - 60 }] }, { remedy: 'Twenty orders of three are sixty.' });
      },
    },
    {
      id: 'concurrent',
      title: 'serves 32 callers several times as fast as one',
      limitSec: 90,
      memoryMb: 600,
      measures: true,
      async run(t) {
        const { http, issuer, products, inventory, fronts } = await open(t);
        const token = issuer.token('u-1', 'orders:write');
        let made = 0;
        const one = async (): Promise<void> => {
          const key = `${t.seed}-${made++}`;
          const { status, text } = await http.send({ method: 'POST', path: '/orders', headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': key }, body: { items: [{ productId: products[made % 20]!.id, quantity: 1 }] } });
          if (status !== 201) throw new Failure({ summary: `Under load POST /orders was answered with ${status}.`, expected: '201', actual: `${status} ${text.slice(0, 200)}`, remedy: 'Look for limits that are too low: threads, streams of a connection, time-outs that begin before a call does. RESOURCE_EXHAUSTED and DEADLINE_EXCEEDED name them.' });
        };
        /** Orders a second of so many callers. */
        const rate = async (count: number): Promise<number> => {
          const started = performance.now();
          let done = 0;
          await Promise.all(Array.from({ length: count }, async () => { while (performance.now() - started < roundMs) { await one(); done += 1; } }));
          return done / ((performance.now() - started) / 1000);
        };
        await rate(callers);
        const before = Object.fromEntries(Object.entries(fronts).map(([name, { opened }]) => [name, opened]));
        const ratios: number[] = [];
        const singles: number[] = [];
        for (let round = 1; round <= rounds; round++) {
          const single = await rate(1);
          const many = await rate(callers);
          singles.push(single);
          ratios.push(many / single);
          t.step(`round ${round}: ${single.toFixed(0)} orders a second with one caller, ${many.toFixed(0)} with ${callers}`);
        }
        const ratio = median(ratios);
        if (ratio < leastRatio && Math.max(...singles) > 2 * Math.min(...singles)) throw new Inconclusive({ summary: 'The same load took very different times: this machine is too busy to measure.', remedy: 'Close other programs and run this check again.' });
        t.expect(ratio >= leastRatio, () => ({ summary: `${callers} callers get ${ratio.toFixed(1)} times as many orders as one.`, expected: `at least ${leastRatio.toFixed(1)} times: each order only waits ${payMs} ms for its payment`, actual: ratio.toFixed(1), remedy: 'Something lets calls wait for each other: a lock that is held during a call to a neighbor, a pool with one thread, a channel that takes one call at a time.' }));
        t.step(`✔ ${ratio.toFixed(1)} times as many orders (at least ${leastRatio.toFixed(1)})`);
        for (const [name, { opened }] of Object.entries(fronts)) t.expect(opened === before[name], () => ({ summary: `Under load new connections to ${name} were opened.`, expected: `${before[name]!} since the start`, actual: `${opened}`, remedy: 'Channels are for the life of the program, and carry many calls at once.' }));
        t.step(`✔ on the same connections: ${Object.entries(before).map(([name, count]) => `${name} ${count}`).join(', ')}`);
        const { stocks } = await inventory.expectOk<{ stocks: { available: number }[] }>('Get', { productIds: products.map(({ id }) => id) }, undefined, { quiet: true });
        const sold = 20 * 1_000_000 - stocks.reduce((sum, { available }) => sum + available, 0);
        t.expect(sold === made, () => ({ summary: 'Orders and stock do not agree after the load.', expected: `${made} sold`, actual: `${sold}`, remedy: 'Every order takes its item once.' }));
        t.step(`✔ ${made} orders, ${sold} sold`);
      },
    },
  ],
};
