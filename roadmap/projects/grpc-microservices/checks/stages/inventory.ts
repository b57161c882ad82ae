import { status } from '@grpc/grpc-js';
import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Inventory, type Item, type Stock } from '../contract.js';
import { productsFile, randomProducts, type ProductRow } from '../products.js';

interface Store { readonly products: readonly ProductRow[]; readonly inventory: Caller }

async function open(t: CheckContext, count: number, stock?: number): Promise<Store> {
  const products = randomProducts(t, count, stock);
  return { products, inventory: new Caller(t, await t.start({ program: 'inventory', variables: await productsFile(t, products) }), Inventory) };
}

const item = (product: ProductRow, quantity: number): Item => ({ productId: product.id, quantity, unitPriceCents: 0 });
const reserve = (key: string, ...items: Item[]) => ({ idempotencyKey: key, items });

/** What Get says of products is what it should be. */
async function expectStock(t: CheckContext, { inventory }: Store, wanted: readonly (readonly [ProductRow, number])[], remedy: string): Promise<void> {
  await inventory.expectOk('Get', { productIds: wanted.map(([{ id }]) => id) }, { stocks: wanted.map(([{ id }, available]) => ({ productId: id, available })) }, { remedy });
}

const allOrNothing = 'Look at all items first, and take them only when each is there: what is half reserved nobody gives back.';

export const inventory: CheckedStage = {
  id: 'inventory',
  checks: [
    {
      id: 'reserve',
      title: 'takes what is reserved out of stock, and puts it back when it is released',
      async run(t) {
        const store = await open(t, 4, 20);
        const [a, b] = store.products as [ProductRow, ProductRow];
        const key = t.random.word(12);
        await expectStock(t, store, [[b, 20], [a, 20]], 'Every product begins with the `stock` of PRODUCTS_FILE; answer in the order in which they are asked for.');
        await store.inventory.expectOk('Reserve', reserve(key, item(a, 3), item(b, 20)));
        await expectStock(t, store, [[a, 17], [b, 0]], 'Reserve takes each item’s quantity out of stock.');
        await store.inventory.expectOk('Release', { idempotencyKey: key });
        await expectStock(t, store, [[a, 20], [b, 20]], 'Release puts back what was reserved under the key.');
        await store.inventory.expectOk('Release', { idempotencyKey: key });
        await expectStock(t, store, [[a, 20], [b, 20]], 'A Release that is repeated must change nothing: its caller may not have got the first answer.');
      },
    },
    {
      id: 'never-oversells',
      title: 'sells 50 things to 50 of 200 callers',
      async run(t) {
        const store = await open(t, 3, 50);
        const [, product] = store.products;
        const answers = await Promise.all(Array.from({ length: 200 }, async (_, index) => await store.inventory.call('Reserve', reserve(`${t.seed}-${index}`, item(product!, 1)))));
        const sold = answers.filter(({ code }) => code === status.OK).length;
        const refused = answers.filter(({ code }) => code === status.FAILED_PRECONDITION).length;
        t.expect(sold === 50 && refused === 150, () => ({ summary: `Of 200 callers who each reserved one of 50, ${sold} succeeded.`, called: '200 × Reserve of 1 at once', expected: '50 OK, 150 FAILED_PRECONDITION', actual: `${sold} OK, ${refused} FAILED_PRECONDITION${sold + refused === 200 ? '' : `, ${200 - sold - refused} others`}`, remedy: 'To look and to take must be one step that nobody can come between: one lock, or one owner of the stock.' }));
        await expectStock(t, store, [[product!, 0]], 'What is available is the first stock less what was reserved.');
        t.step('✔ 50 of 200 were served');
      },
    },
    {
      id: 'all-or-nothing',
      title: 'reserves all items or none',
      async run(t) {
        const store = await open(t, 3, 10);
        const [a, b, c] = store.products as [ProductRow, ProductRow, ProductRow];
        await store.inventory.expectCode('Reserve', reserve(t.random.word(10), item(a, 5), item(b, 11)), status.FAILED_PRECONDITION, { remedy: allOrNothing });
        await store.inventory.expectCode('Reserve', reserve(t.random.word(10), item(a, 5), { productId: `${c.id}x`, quantity: 1, unitPriceCents: 0 }), status.NOT_FOUND, { remedy: 'A product that does not exist is NOT_FOUND, and nothing is reserved.' });
        await store.inventory.expectCode('Reserve', reserve(t.random.word(10), item(c, 6), item(c, 6)), status.FAILED_PRECONDITION, { remedy: 'The same product may stand in several items: their sum counts.' });
        await expectStock(t, store, [[a, 10], [b, 10], [c, 10]], allOrNothing);
        await store.inventory.expectOk('Reserve', reserve(t.random.word(10), item(c, 4), item(c, 6)));
        await expectStock(t, store, [[c, 0]], 'The same product may stand in several items: their sum counts.');
      },
    },
    {
      id: 'keys',
      title: 'does once what is asked for repeatedly with one key',
      async run(t) {
        const store = await open(t, 2, 30);
        const [a, b] = store.products as [ProductRow, ProductRow];
        const [key, late, poor] = [t.random.word(12), t.random.word(12), t.random.word(12)];
        await Promise.all(Array.from({ length: 30 }, async () => { await store.inventory.expectOk('Reserve', reserve(key, item(a, 2), item(b, 1)), undefined, { quiet: true, remedy: 'A repeat with the same key and items succeeds: its caller may not have got the first answer.' }); }));
        await expectStock(t, store, [[a, 28], [b, 29]], 'Thirty times the same key is one reservation.');
        await store.inventory.expectCode('Reserve', reserve(key, item(a, 3)), status.ALREADY_EXISTS, { remedy: 'The key stands for other items: that is a mistake of the caller, and ALREADY_EXISTS tells it.' });
        await store.inventory.expectOk('Release', { idempotencyKey: key });
        await store.inventory.expectCode('Reserve', reserve(key, item(a, 2), item(b, 1)), status.FAILED_PRECONDITION, { remedy: 'After its release a key must take nothing any more: a repeat that arrives late would take stock that nobody gives back.' });
        await store.inventory.expectOk('Release', { idempotencyKey: late });
        await store.inventory.expectCode('Reserve', reserve(late, item(a, 1)), status.FAILED_PRECONDITION, { remedy: 'A Release may overtake its Reserve: remember the key, and refuse the Reserve that comes late.' });
        await expectStock(t, store, [[a, 30], [b, 30]], 'Released is released, in whichever order the calls arrive.');
        await store.inventory.expectCode('Reserve', reserve(poor, item(a, 31)), status.FAILED_PRECONDITION);
        await store.inventory.expectOk('Reserve', reserve(poor, item(a, 30)), undefined, { remedy: 'A reservation that failed has not taken its key.' });
      },
    },
    {
      id: 'crossed',
      title: 'neither deadlocks nor loses anything when orders cross',
      limitSec: 30,
      async run(t) {
        const store = await open(t, 6, 1000);
        await Promise.all(Array.from({ length: 400 }, async (_, index) => {
          const [one, other] = [store.products[index % 6]!, store.products[(index * 5 + 1 + index % 4) % 6]!];
          const items = index % 2 === 0 ? [item(one, 1), item(other, 1)] : [item(other, 1), item(one, 1)];
          await store.inventory.expectOk('Reserve', reserve(`${t.seed}-${index}`, ...items), undefined, { quiet: true, remedy: 'Two callers that want the same things in another order must not wait for each other: one lock for all, or locks in one fixed order.' });
          if (index % 4 !== 0) await store.inventory.expectOk('Release', { idempotencyKey: `${t.seed}-${index}` }, undefined, { quiet: true });
        }));
        const { stocks } = await store.inventory.expectOk<{ stocks: Stock[] }>('Get', { productIds: store.products.map(({ id }) => id) }, undefined, { quiet: true });
        const missing = 6000 - stocks.reduce((sum, { available }) => sum + available, 0);
        t.expect(missing === 200, () => ({ summary: 'The stock does not agree with what is reserved.', called: '400 × Reserve of two products, 300 × Release, at once', expected: '200 out of stock', actual: `${missing}`, remedy: 'Each change has to be one step: a value that is read and written back later undoes what came between.' }));
        t.step('✔ 400 reservations and 300 releases at once, and the stock agrees');
      },
    },
    {
      id: 'watch',
      title: 'tells who watches a product what is left of it',
      limitSec: 30,
      async run(t) {
        const store = await open(t, 3, 100);
        const [product, other] = store.products as [ProductRow, ProductRow];
        const watch = store.inventory.stream<Stock>('Watch', { productId: product.id });
        const first = await watch.expectMessage('the present stock', 'Watch sends what is available now at once, then what is available after changes.');
        t.expect(first.available === 100 && first.productId === product.id, () => ({ summary: 'The first message of Watch is not the present stock.', called: watch.called, expected: `${product.id}: 100`, actual: `${first.productId}: ${first.available}`, remedy: 'Watch sends what is available now at once, then what is available after changes.' }));
        const idle = Array.from({ length: 20 }, () => store.inventory.stream<Stock>('Watch', { productId: product.id }));
        for (const stream of idle) stream.call.pause();
        for (let count = 0; count < 40; count++) await store.inventory.expectOk('Reserve', reserve(`${t.seed}-${count}`, item(count % 4 === 3 ? other : product, 1)), undefined, { quiet: true });
        const values = [first.available];
        while (values.at(-1)! > 70) {
          const { available } = await watch.expectMessage(`the stock after ${values.at(-1)!}`, 'Values may be left out when the reader is slow, but never the last one.');
          t.expect(available < values.at(-1)!, () => ({ summary: 'While a product is only reserved, what Watch says of it does not fall.', called: watch.called, expected: `less than ${values.at(-1)!}`, actual: `${available}`, remedy: 'Send the newest value, never an older one or the same once more; changes of other products are not news.' }));
          values.push(available);
        }
        t.expect(values.at(-1) === 70, () => ({ summary: 'The last message of Watch is not the last value.', called: watch.called, expected: '70', actual: `${values.at(-1)!}`, remedy: 'Values may be left out when the reader is slow, but never the last one.' }));
        t.step(`✔ Watch went from 100 to 70 in ${values.length} messages`);
        for (const stream of idle) stream.cancel();
        await store.inventory.expectOk('Release', { idempotencyKey: `${t.seed}-0` }, undefined, { quiet: true });
        const risen = await watch.expectMessage('the stock after a release', 'A release is a change, too.');
        t.expect(risen.available === 71, () => ({ summary: 'Watch does not tell of a release.', called: watch.called, expected: '71', actual: `${risen.available}`, remedy: 'A release is a change, too.' }));
      },
    },
    {
      id: 'errors',
      title: 'refuses what can never be right',
      async run(t) {
        const store = await open(t, 2, 10);
        const [a] = store.products as [ProductRow];
        const { inventory } = store;
        for (const [method, message] of [
          ['Reserve', reserve('', item(a, 1))], ['Reserve', reserve(t.random.word())], ['Reserve', reserve(t.random.word(), item(a, 0))], ['Reserve', reserve(t.random.word(), item(a, -2))],
          ['Reserve', reserve(t.random.word(), { productId: '', quantity: 1, unitPriceCents: 0 })], ['Release', { idempotencyKey: '' }], ['Get', { productIds: [] }],
        ] as const) await inventory.expectCode(method, message, status.INVALID_ARGUMENT);
        await inventory.expectCode('Get', { productIds: [a.id, `${a.id}x`] }, status.NOT_FOUND);
        await inventory.stream('Watch', { productId: '' }).expectAll(status.INVALID_ARGUMENT);
        await inventory.stream('Watch', { productId: `${a.id}x` }).expectAll(status.NOT_FOUND);
        await expectStock(t, store, [[a, 10]], 'A call that fails changes nothing.');
      },
    },
  ],
};
