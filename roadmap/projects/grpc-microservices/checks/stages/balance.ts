import { status } from '@grpc/grpc-js';
import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Catalog } from '../contract.js';
import { FakeInventory, type Fake } from '../fakes.js';
import { productsFile, randomProducts } from '../products.js';
import { Shop } from '../shop.js';

const names = ['a', 'b', 'c'];

interface Replicas { readonly shop: Shop; readonly replicas: readonly FakeInventory[] }

/** An orders program with three inventories, all of which it has reached. */
async function open(t: CheckContext): Promise<Replicas> {
  const replicas = await Promise.all(names.map(async () => await FakeInventory.start(t)));
  const shop = await Shop.open(t, { inventoryAddress: replicas.map(({ address }) => address).join(',') });
  await reach(t, shop, replicas, 'Connect to every address of INVENTORY_ADDR, and take them in turn.');
  return { shop, replicas };
}

/** Makes orders until each replica has been asked. */
async function reach(t: CheckContext, shop: Shop, replicas: readonly Fake[], remedy: string): Promise<void> {
  for (const replica of replicas) replica.forget();
  const all = await t.until(5000, async () => {
    await shop.orders.call('CreateOrder', shop.request(), { deadline: 2000 });
    return replicas.every(({ calls }) => calls.length > 0) ? true : undefined;
  });
  t.expect(all === true, () => ({ summary: 'Within 5 s not every replica was asked.', expected: 'Reserve at each', actual: counts(replicas), remedy }));
  for (const replica of replicas) replica.forget();
}

const counts = (replicas: readonly Fake[]): string => replicas.map(({ calls }, index) => `${names[index]!}: ${calls.length}`).join(', ');

export const balance: CheckedStage = {
  id: 'balance',
  checks: [
    {
      id: 'shares',
      title: 'gives each of three replicas its share',
      limitSec: 30,
      async run(t) {
        const { shop, replicas } = await open(t);
        for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 10 }, async () => { await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { quiet: true, deadline: 8000 }); }));
        const shares = replicas.map(({ calls }) => calls.length);
        t.expect(shares.every((share) => share >= 80 && share <= 120), () => ({ summary: 'The replicas did not get equal shares of 300 calls.', expected: '80 to 120 each', actual: counts(replicas), remedy: 'A channel keeps to one connection by itself (pick_first). Ask for round robin, or go through your channels in turn: for each call, not for each start.' }));
        t.step(`✔ of 300 calls ${counts(replicas)}`);
        const opened = replicas.map(({ front }) => front.opened);
        t.expect(opened.every((count) => count <= 2), () => ({ summary: 'Connections are not kept.', expected: 'at most 2 to each replica, however many calls', actual: `${opened.join(', ')} connections were opened`, remedy: 'A channel is for the life of the program: HTTP/2 carries many calls on one connection. Make it once, not for each call.' }));
        t.step(`✔ on ${opened.join(', ')} connections`);
      },
    },
    {
      id: 'dies',
      title: 'goes on without a replica that has died',
      limitSec: 40,
      async run(t) {
        const { shop, replicas } = await open(t);
        const dead = t.random.integer(0, 2);
        await replicas[dead]!.front.kill();
        const errors: string[] = [];
        for (let count = 0; count < 60; count++) {
          const { code } = await shop.orders.call('CreateOrder', shop.request(), { deadline: 3000 });
          if (code !== status.OK) errors.push(status[code]);
        }
        t.expect(errors.length <= 1, () => ({ summary: `A replica died, and ${errors.length} of 60 calls failed.`, expected: 'at most 1', actual: errors.slice(0, 5).join(', '), remedy: 'Take those that are connected, and let the retry of a call that failed go to the next replica.' }));
        t.expect(replicas.every(({ calls }, index) => index === dead || calls.length >= 15), () => ({ summary: 'Those that live do not share the calls.', expected: 'about 30 each', actual: counts(replicas), remedy: 'Go on in turn, over those that are reachable.' }));
        t.step(`✔ ${names[dead]!} died: ${errors.length} of 60 calls failed; ${counts(replicas)}`);
      },
    },
    {
      id: 'returns',
      title: 'uses a replica again soon after it is back',
      limitSec: 40,
      async run(t) {
        const { shop, replicas } = await open(t);
        const [dead] = replicas;
        await dead!.front.kill();
        // Long enough that a backoff which doubles without a limit is longer than the 5 s that follow.
        const until = Date.now() + 8000;
        while (Date.now() < until) {
          await shop.orders.call('CreateOrder', shop.request(), { deadline: 2000 });
          await t.sleep(50);
        }
        await dead!.front.revive();
        await reach(t, shop, replicas, 'Try again and again to connect to what is down, with a pause of at most 1 or 2 s: libraries double theirs up to 2 minutes unless you say otherwise.');
        t.step('✔ it was asked again within 5 s');
      },
    },
    {
      id: 'catalog',
      title: 'does the same in the catalog',
      limitSec: 30,
      async run(t) {
        const products = randomProducts(t, 300);
        const replicas = await Promise.all(names.map(async () => await FakeInventory.start(t)));
        const catalog = new Caller(t, await t.start({ program: 'catalog', variables: { ...await productsFile(t, products), INVENTORY_ADDR: replicas.map(({ address }) => address).join(',') } }), Catalog);
        const list = async (): Promise<void> => { await catalog.stream('ListProducts', { pageSize: 0, after: '', withStock: true }).expectAll(); };
        await t.until(5000, async () => { await list(); return replicas.every(({ calls }) => calls.length > 0) ? true : undefined; });
        for (const replica of replicas) replica.forget();
        await list();
        t.expect(replicas.every(({ calls }) => calls.length >= 7 && calls.length <= 13), () => ({ summary: 'The catalog does not spread its questions over the replicas.', called: 'ListProducts {"with_stock":true} of 300 products', expected: 'about 10 of 30 calls each', actual: counts(replicas), remedy: 'The catalog has the same neighbor: use the same connection code.' }));
        t.step(`✔ ${counts(replicas)}`);
      },
    },
  ],
};
