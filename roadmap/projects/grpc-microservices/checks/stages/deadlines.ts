import { status } from '@grpc/grpc-js';
import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Catalog } from '../contract.js';
import { FakeInventory, Gate, Refusal, type Seen } from '../fakes.js';
import { productsFile, randomProducts } from '../products.js';
import { Shop } from '../shop.js';

/** What a deadline may be off by: it travels as a duration, and a busy machine is late. */
const slack = 60;
const passOn = 'Give every call to a neighbor the time that is left: most libraries do so when you hand on the context of the incoming call; else take its deadline and set it.';

const remaining = ({ remaining: left }: Seen): string => left === undefined ? 'no deadline' : `${Math.round(left)} ms`;

export const deadlines: CheckedStage = {
  id: 'deadlines',
  checks: [
    {
      id: 'passed-on',
      title: 'gives its neighbors the time that is left, and stops with it',
      async run(t) {
        const shop = await Shop.open(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.inventory.react('Reserve', async (_, normal) => { await gate.opened; return normal(); });
        // Time enough for the first call of a program on a busy machine.
        const deadline = t.random.integer(1000, 1200);
        const request = shop.request();
        const answer = await shop.orders.expectCode('CreateOrder', request, status.DEADLINE_EXCEEDED, { deadline });
        const [reserve] = shop.reserved;
        t.expect(reserve !== undefined && reserve.remaining !== undefined && reserve.remaining > 0 && reserve.remaining <= deadline + slack, () => ({ summary: 'Reserve did not come with the time that is left.', called: `CreateOrder with a deadline of ${deadline} ms`, expected: `a deadline of at most ${deadline} ms`, actual: reserve === undefined ? 'no call' : remaining(reserve), remedy: passOn }));
        const cancelled = await t.until(2000, () => reserve!.cancelledAt);
        t.expect(cancelled !== undefined && cancelled - reserve!.at < deadline + 1000, () => ({ summary: 'The caller’s time is over, and the call to the inventory goes on.', expected: `Reserve ends within ${deadline} ms and a little more`, actual: cancelled === undefined ? 'it goes on' : `it ended after ${Math.round(cancelled - reserve!.at)} ms`, remedy: passOn }));
        t.step(`✔ after ${Math.round(answer.milliseconds)} ms of ${deadline}; Reserve had ${remaining(reserve!)}`);
        gate.open();
        await t.sleep(700);
        t.expect(shop.charged.length === 0, () => ({ summary: 'After the caller’s time was over the money was taken.', expected: '0 × Charge', actual: shop.counts, remedy: 'Look whether the time is over before each step: nobody waits for the order any more.' }));
        await shop.expectStatus(request.customerId, 'ORDER_STATUS_PENDING', 'Whether the stock was taken is not known: the order stays PENDING.');
      },
    },
    {
      id: 'shrinks',
      title: 'gives the second step less time than the first',
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', async (_, normal) => { await t.sleep(400); return normal(); });
        await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { deadline: 2000 });
        const [charge] = shop.charged;
        t.expect(charge?.remaining !== undefined && charge.remaining <= 1600 + slack && charge.remaining > 0, () => ({ summary: 'Charge got as much time as if Reserve had taken none.', called: 'CreateOrder with a deadline of 2000 ms, Reserve takes 400', expected: 'a deadline of at most 1600 ms', actual: charge === undefined ? 'no call' : remaining(charge), remedy: 'A deadline is a point in time, not a time-out for each call: pass the point on.' }));
        t.step(`✔ Reserve had ${remaining(shop.reserved[0]!)}, Charge ${remaining(charge!)}`);
      },
    },
    {
      id: 'default',
      title: 'sets a deadline where its caller has set none',
      async run(t) {
        const shop = await Shop.open(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.payments.react('Charge', async (_, normal) => { await gate.opened; return normal(); });
        const answer = await shop.orders.call('CreateOrder', shop.request());
        t.expect(answer.code === status.DEADLINE_EXCEEDED || answer.code === status.UNAVAILABLE, () => ({ summary: `CreateOrder without a deadline ended with ${status[answer.code]}.`, expected: 'DEADLINE_EXCEEDED or UNAVAILABLE after 2 s', actual: `${status[answer.code]} after ${Math.round(answer.milliseconds)} ms`, remedy: 'Without a deadline of the caller’s, take 2 s of your own: else a neighbor that hangs takes a thread, a connection and a customer with it, each time.' }));
        for (const seen of [shop.reserved[0]!, shop.charged[0]!]) t.expect(seen.remaining !== undefined && seen.remaining <= 2000 + slack, () => ({ summary: `${seen.method} came without a deadline that ends.`, called: 'CreateOrder without a deadline', expected: 'at most 2000 ms', actual: remaining(seen), remedy: 'Without a deadline of the caller’s, give each call 2 s at most.' }));
        t.step(`✔ Reserve had ${remaining(shop.reserved[0]!)}, Charge ${remaining(shop.charged[0]!)}; the answer came after ${Math.round(answer.milliseconds)} ms`);
      },
    },
    {
      id: 'cancelled',
      title: 'cancels what it has asked for when its caller goes away',
      async run(t) {
        const shop = await Shop.open(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.inventory.react('Reserve', async (_, normal) => { await gate.opened; return normal(); });
        const caller = new AbortController();
        const call = shop.orders.call('CreateOrder', shop.request(), { signal: caller.signal });
        await t.until(5000, () => shop.reserved[0]);
        const at = performance.now();
        caller.abort();
        await call;
        const cancelled = await t.until(2000, () => shop.reserved[0]?.cancelledAt);
        t.expect(cancelled !== undefined && cancelled - at < 1500, () => ({ summary: 'The caller has gone, and the call to the inventory goes on.', expected: 'Reserve is cancelled within 500 ms', actual: shop.reserved.length === 0 ? 'no call' : 'it goes on', remedy: 'Cancel the calls that serve a call when it is cancelled.' }));
        gate.open();
        await t.sleep(500);
        t.expect(shop.charged.length === 0, () => ({ summary: 'After the caller had gone the money was taken.', expected: '0 × Charge', actual: shop.counts, remedy: 'No step begins for a caller who has gone.' }));
        t.step('✔ Reserve was cancelled, and nothing was charged');
      },
    },
    {
      id: 'compensation',
      title: 'gives the stock back even when the caller is gone',
      async run(t) {
        const shop = await Shop.open(t);
        const caller = new AbortController();
        shop.payments.react('Charge', () => { throw new Refusal(status.FAILED_PRECONDITION); });
        // The caller leaves when it has begun.
        shop.inventory.react('Release', async (_, normal) => { caller.abort(); await t.sleep(300); return normal(); });
        const request = shop.request();
        await shop.orders.call('CreateOrder', request, { deadline: 8000, signal: caller.signal });
        await shop.expectStatus(request.customerId, 'ORDER_STATUS_REJECTED', 'To undo is your business, not the caller’s: Release runs with a deadline of its own (2 s), and is not cancelled with the call.');
        const [release] = shop.released;
        t.expect(release!.cancelledAt === undefined && shop.inventory.taken === 0, () => ({ summary: 'Release was cancelled with the caller’s call.', expected: 'nothing out of stock', actual: `${shop.inventory.taken} out of stock`, remedy: 'Call Release in a context that does not end with the incoming call.' }));
        t.expect(release!.remaining !== undefined && release!.remaining <= 2000 + slack && release!.remaining > 500, () => ({ summary: 'Release came with another deadline than its own.', expected: '2000 ms', actual: remaining(release!), remedy: 'Also what runs on its own needs a deadline: 2 s.' }));
      },
    },
    {
      id: 'list',
      title: 'waits for the inventory no longer than 2 s when it lists products',
      async run(t) {
        const products = randomProducts(t, 25);
        const inventory = await FakeInventory.start(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        inventory.react('Get', async (_, normal) => { if (inventory.of('Get').length > 1) await gate.opened; return normal(); });
        const catalog = new Caller(t, await t.start({ program: 'catalog', variables: { ...await productsFile(t, products), INVENTORY_ADDR: inventory.address } }), Catalog);
        const stream = catalog.stream('ListProducts', { pageSize: 0, after: '', withStock: true });
        await stream.expectAll(status.DEADLINE_EXCEEDED);
        const late = inventory.of<object>('Get').find((seen) => seen.remaining === undefined || seen.remaining > 2000 + slack);
        t.expect(late === undefined, () => ({ summary: 'Inventory.Get came without a deadline of 2 s.', called: 'ListProducts {"with_stock":true} without a deadline', expected: 'at most 2000 ms', actual: remaining(late!), remedy: 'A stream may be long, its calls may not: give each 2 s, or what is left to the caller when that is less.' }));
        inventory.forget();
        const short = catalog.stream('ListProducts', { pageSize: 0, after: '', withStock: true }, { deadline: 600 });
        await short.expectAll(status.DEADLINE_EXCEEDED);
        const [first] = inventory.of<object>('Get');
        t.expect(first?.remaining !== undefined && first.remaining <= 600 + slack, () => ({ summary: 'Inventory.Get has more time than the caller.', called: 'ListProducts {"with_stock":true} with a deadline of 600 ms', expected: 'at most 600 ms', actual: first === undefined ? 'no call' : remaining(first), remedy: passOn }));
      },
    },
  ],
};
