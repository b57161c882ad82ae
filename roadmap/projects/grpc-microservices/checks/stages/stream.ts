import { status } from '@grpc/grpc-js';
import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Catalog, type GetStockRequest, type Product } from '../contract.js';
import { FakeInventory, Gate, noRetry, Refusal, type Seen } from '../fakes.js';
import { productOf, productsFile, randomProducts, type ProductRow } from '../products.js';

const batch = 10;
const list = (change: object = {}) => ({ pageSize: 0, after: '', withStock: false, ...change });

interface Shop { readonly products: readonly ProductRow[]; readonly catalog: Caller; readonly inventory: FakeInventory }

/** A catalog with `count` products, and its inventory. */
async function open(t: CheckContext, count: number, describe: (row: ProductRow) => ProductRow = (row) => row): Promise<Shop> {
  const products = randomProducts(t, count).map(describe);
  const inventory = await FakeInventory.start(t);
  for (const { id, stock } of products) inventory.stock.set(id, stock);
  const program = await t.start({ program: 'catalog', variables: { ...await productsFile(t, products), INVENTORY_ADDR: inventory.address } });
  return { products, catalog: new Caller(t, program, Catalog), inventory };
}

const ids = (products: readonly { readonly id: string }[]): string => products.map(({ id }) => id).join(' ');

function same(t: CheckContext, called: string, got: readonly Product[], wanted: readonly ProductRow[]): void {
  const at = wanted.findIndex(({ id }, index) => got[index]?.id !== id);
  t.expect(got.length === wanted.length && at === -1, () => ({
    summary: got.length !== wanted.length ? `${got.length} products came, not ${wanted.length}.` : `Product ${at + 1} of the list is not the right one.`, called,
    expected: at === -1 ? `${wanted.length} products` : `… ${ids(wanted.slice(at, at + 4))} …`, actual: at === -1 ? `${got.length} products` : got.length === 0 ? 'none' : `… ${ids(got.slice(at, at + 4)) || 'nothing more'} …`,
    remedy: 'One message for each product, in the byte order of their ids, whatever their order in the file; page_size bounds how many, after says behind which id they begin.',
  }));
}

/** What the inventory was asked for, and nothing while a reader does not read. */
const asked = (inventory: FakeInventory): Seen<GetStockRequest>[] => inventory.of<GetStockRequest>('Get');

/** Waits until the inventory has not been asked for half a second. @returns how often it was asked. */
async function quiet(t: CheckContext, inventory: FakeInventory): Promise<number> {
  for (let before = -1; before !== asked(inventory).length;) {
    before = asked(inventory).length;
    await t.sleep(500);
  }
  return asked(inventory).length;
}

export const stream: CheckedStage = {
  id: 'stream',
  checks: [
    {
      id: 'list',
      title: 'streams all products in the order of their ids, or a page of them',
      async run(t) {
        const { products, catalog, inventory } = await open(t, 300);
        const take = async (message: object): Promise<Product[]> => await catalog.stream<Product>('ListProducts', message).expectAll();
        same(t, 'ListProducts {}', await take(list()), products);
        const [size, first] = [t.random.integer(5, 40), t.random.integer(20, 200)];
        same(t, `ListProducts {"page_size":${size}}`, await take(list({ pageSize: size })), products.slice(0, size));
        same(t, `ListProducts {"page_size":${size},"after":"${products[first]!.id}"}`, await take(list({ pageSize: size, after: products[first]!.id })), products.slice(first + 1, first + 1 + size));
        same(t, `ListProducts {"after":"${products[297]!.id}x"}`, await take(list({ after: `${products[297]!.id}x` })), products.slice(298));
        const [one] = await take(list({ pageSize: 1 }));
        t.expect(one !== undefined && one.name === productOf(products[0]!).name && one.available === undefined, () => ({ summary: 'A product of the list is not complete, or has what was not asked for.', called: 'ListProducts {"page_size":1}', expected: JSON.stringify(productOf(products[0]!)), actual: JSON.stringify(one), remedy: 'The same message as GetProduct answers. `available` is absent unless with_stock asks for it.' }));
        t.expect(asked(inventory).length === 0, () => ({ summary: 'The inventory was asked although nobody asked for stock.', expected: 'no call of Inventory.Get', actual: `${asked(inventory).length} calls`, remedy: 'Ask the inventory only with with_stock.' }));
        t.step('✔ 300 products, and pages of them, in order');
      },
    },
    {
      id: 'page-size',
      title: 'refuses a negative page size',
      async run(t) {
        const { catalog } = await open(t, 3);
        await catalog.stream('ListProducts', list({ pageSize: -1 })).expectAll(status.INVALID_ARGUMENT);
      },
    },
    {
      id: 'with-stock',
      title: 'asks the inventory for ten products at a time',
      async run(t) {
        const { products, catalog, inventory } = await open(t, 34);
        const got = await catalog.stream<Product>('ListProducts', list({ withStock: true })).expectAll();
        same(t, 'ListProducts {"with_stock":true}', got, products);
        const wrong = got.find(({ available }, index) => available !== products[index]!.stock);
        t.expect(wrong === undefined, () => ({ summary: `The stock of ${wrong!.id} is not what the inventory says.`, called: 'ListProducts {"with_stock":true}', expected: `available: ${products.find(({ id }) => id === wrong!.id)!.stock}`, actual: `available: ${wrong!.available ?? 'absent'}`, remedy: 'Set `available` of each product from the reply of Inventory.Get, also when it is 0.' }));
        const sizes = asked(inventory).map(({ request }) => request.productIds.length);
        t.expect(sizes.join() === '10,10,10,4', () => ({ summary: 'The inventory was not asked for ten products at a time.', expected: 'calls of Inventory.Get for 10, 10, 10 and 4 products', actual: `calls for ${sizes.join(', ') || 'nothing'}`, remedy: 'A call for each product is slow, one for all of them is large and late: collect ten, ask, send, go on.' }));
        t.step('✔ 34 products with their stock, asked for in 10, 10, 10 and 4');
      },
    },
    {
      id: 'slow-reader',
      title: 'goes no further than its reader, who may be slow',
      limitSec: 60,
      async run(t) {
        const { products, catalog, inventory } = await open(t, 600, (row) => ({ ...row, description: row.description.padEnd(65_536, '.') }));
        const slow = catalog.stream<Product>('ListProducts', list({ withStock: true }));
        const first = await slow.expectMessage('the first product', 'Send what you have: do not collect the whole list before the first message.');
        slow.call.pause();
        const before = await quiet(t, inventory);
        t.expect(before <= 30, () => ({ summary: `The reader has taken one product, and the inventory was asked for ${before * batch} of 600.`, called: 'ListProducts {"with_stock":true}', expected: 'at most 300: what fits into the buffers between you', actual: `${before * batch}`, remedy: 'Wait until the reader takes more before you write the next message: your library tells when (a write that blocks or returns false, an isReady). Else the whole list waits in your memory, for each slow reader.' }));
        t.step(`✔ while the reader stands still the inventory was asked for ${before * batch} of 600`);
        const other = await catalog.stream<Product>('ListProducts', list({ pageSize: 20 })).expectAll();
        same(t, 'ListProducts {"page_size":20} beside a slow reader', other, products.slice(0, 20));
        slow.call.resume();
        same(t, 'ListProducts {"with_stock":true}', [first, ...await slow.expectAll()], products);
        t.step('✔ the list goes on when the reader does');
      },
    },
    {
      id: 'cancel',
      title: 'stops work as soon as the caller cancels',
      limitSec: 40,
      async run(t) {
        const { catalog, inventory } = await open(t, 300);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        inventory.react<GetStockRequest>('Get', async (_, normal) => { if (asked(inventory).length >= 3) await gate.opened; return normal(); });
        const stream = catalog.stream<Product>('ListProducts', list({ withStock: true }));
        for (let count = 0; count < 20; count++) await stream.expectMessage(`product ${count + 1}`, 'Send the products of a batch before you ask for the next.');
        const third = await t.until(5000, () => asked(inventory)[2]);
        t.expect(third !== undefined, () => ({ summary: 'The inventory was not asked for the third ten products.', expected: '3 calls of Inventory.Get', actual: `${asked(inventory).length}`, remedy: 'After a batch comes the next, until all are sent.' }));
        const cancelledAt = performance.now();
        stream.cancel();
        const seen = await t.until(2000, () => third!.cancelledAt);
        t.expect(seen !== undefined && seen - cancelledAt < 1500, () => ({ summary: 'The caller has cancelled, and the call to the inventory was not.', called: 'ListProducts {"with_stock":true}, cancelled after 20 products', expected: 'Inventory.Get is cancelled within 500 ms', actual: 'it goes on', remedy: 'Hand the context of the incoming call to the calls that serve it, or cancel them when it is cancelled.' }));
        gate.open();
        await t.sleep(500);
        t.expect(asked(inventory).length === 3, () => ({ summary: 'After the caller had cancelled, the inventory was asked again.', expected: '3 calls of Inventory.Get', actual: `${asked(inventory).length}`, remedy: 'Nobody reads any more: end the loop when the call is cancelled.' }));
        t.step('✔ the call under way was cancelled, and no other one followed');
      },
    },
    {
      id: 'many-cancelled',
      title: 'keeps nothing of callers that have gone',
      limitSec: 60,
      async run(t) {
        const { products, catalog, inventory } = await open(t, 300);
        for (let round = 0; round < 10; round++) {
          const streams = Array.from({ length: 20 }, () => catalog.stream<Product>('ListProducts', list({ withStock: true })));
          await Promise.all(streams.map(async (stream) => { await stream.expectMessage('the first product', 'Many callers may ask at once.'); }));
          for (const stream of streams) stream.cancel();
        }
        const before = await quiet(t, inventory);
        inventory.forget();
        same(t, 'ListProducts {"with_stock":true} after 200 cancelled ones', await catalog.stream<Product>('ListProducts', list({ withStock: true })).expectAll(), products);
        t.expect(asked(inventory).length === 30, () => ({ summary: 'Streams that were cancelled still ask the inventory.', expected: '30 calls of Inventory.Get, those of the one reader', actual: `${asked(inventory).length}`, remedy: 'A stream that is cancelled must end its loop, and what it waits on.' }));
        t.step(`✔ 200 streams were cancelled after their first product; the inventory had been asked ${before} times`);
      },
    },
    {
      id: 'inventory-fails',
      title: 'ends the stream with the inventory’s code when it fails',
      async run(t) {
        const { catalog, inventory } = await open(t, 30);
        inventory.react('Get', (_, normal) => { if (asked(inventory).length > 1) throw new Refusal(status.RESOURCE_EXHAUSTED, noRetry); return normal(); });
        await catalog.stream<Product>('ListProducts', list({ withStock: true })).expectAll(status.RESOURCE_EXHAUSTED);
        inventory.react('Get');
        t.step('✔ the stream ended with RESOURCE_EXHAUSTED, as the inventory did');
      },
    },
  ],
};
