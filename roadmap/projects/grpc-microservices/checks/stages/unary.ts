import { status } from '@grpc/grpc-js';
import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Catalog, Inventory } from '../contract.js';
import { productOf, productsFile, randomProducts } from '../products.js';

export const unary: CheckedStage = {
  id: 'unary',
  checks: [
    {
      id: 'get-product',
      title: 'answers GetProduct with the product',
      async run(t) {
        const products = randomProducts(t, 50);
        // Beyond 32 bits: money is int64 in the contract.
        const [dear] = products;
        const rows = [{ ...dear!, priceCents: 2 ** 31 + t.random.integer(1, 100_000) }, ...products.slice(1)];
        const catalog = new Caller(t, await t.start({ program: 'catalog', variables: await productsFile(t, rows) }), Catalog);
        for (const row of [rows[0]!, t.random.pick(rows), rows.at(-1)!]) await catalog.expectOk('GetProduct', { id: row.id }, productOf(row), { remedy: 'Answer what PRODUCTS_FILE says of this product: id, name, description and price_cents, and no `available`.' });
      },
    },
    {
      id: 'errors',
      title: 'tells each kind of failure by its status code',
      async run(t) {
        const products = randomProducts(t, 20);
        const program = await t.start({ program: 'catalog', variables: await productsFile(t, products) });
        const catalog = new Caller(t, program, Catalog);
        await catalog.expectCode('GetProduct', { id: `${products[0]!.id}x` }, status.NOT_FOUND);
        await catalog.expectCode('GetProduct', { id: '__proto__' }, status.NOT_FOUND, { remedy: 'Ids come from outside: look them up where only products are, such as a map.' });
        const refused = await catalog.expectCode('GetProduct', { id: '' }, status.INVALID_ARGUMENT, { remedy: 'An empty id can never be right: refuse it before you look for it, with INVALID_ARGUMENT.' });
        t.expect(refused.details !== '', () => ({ summary: 'The status INVALID_ARGUMENT has no text.', called: 'GetProduct {"id":""}', remedy: 'Say what is wrong in the status’s message: the code is for programs, the text for the people who read their logs.' }));
        await new Caller(t, program, Inventory).expectCode('Get', { productIds: [products[0]!.id] }, status.UNIMPLEMENTED, { remedy: 'A method that is not registered answers UNIMPLEMENTED; the library does that by itself.' });
        await catalog.expectOk('GetProduct', { id: products[3]!.id }, productOf(products[3]!), { remedy: 'Calls that failed must not hurt those that follow.' });
      },
    },
    {
      id: 'parallel',
      title: 'answers 200 calls at once, each with its own product',
      async run(t) {
        const products = randomProducts(t, 200);
        const catalog = new Caller(t, await t.start({ program: 'catalog', variables: await productsFile(t, products) }), Catalog);
        await Promise.all(t.random.shuffle(products).map(async (row) => { await catalog.expectOk('GetProduct', { id: row.id }, productOf(row), { quiet: true }); }));
        t.step('✔ 200 calls at once, on one connection');
      },
    },
    {
      id: 'large',
      title: 'answers a description of a megabyte',
      async run(t) {
        const products = randomProducts(t, 3);
        const row = { ...products[1]!, description: `${t.random.word(6)} é 漢 😀 `.repeat(50_000) };
        const catalog = new Caller(t, await t.start({ program: 'catalog', variables: await productsFile(t, [products[0]!, row, products[2]!]) }), Catalog);
        await catalog.expectOk('GetProduct', { id: row.id }, productOf(row), { remedy: 'Texts are UTF-8 and may be long: don’t cut, re-encode or limit them.' });
      },
    },
  ],
};
