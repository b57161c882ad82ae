import { status } from '@grpc/grpc-js';
import type { CheckedStage } from '../../../../../src/runner/api.js';
import type { Order } from '../contract.js';
import { Gate, noRetry, Refusal } from '../fakes.js';
import { Shop } from '../shop.js';

const once = 'Find the order by customer and key, or make it, in one step that nobody can come between; then let one caller at a time work on it.';

export const idempotency: CheckedStage = {
  id: 'idempotency',
  checks: [
    {
      id: 'repeated',
      title: 'gives the same order for the same key',
      async run(t) {
        const shop = await Shop.open(t);
        const request = shop.request();
        const order = await shop.orders.expectOk<Order>('CreateOrder', request);
        await shop.orders.expectOk('CreateOrder', request, order, { remedy: once });
        shop.expectCalls({ reserve: 1, charge: 1, release: 0 }, 'A repeated CreateOrder reserved or charged again.', once);
        const other = await shop.orders.expectOk<Order>('CreateOrder', { ...request, customerId: `${request.customerId}x` });
        t.expect(other.id !== order.id, () => ({ summary: 'Two customers with the same key got the same order.', expected: 'an order of its own', actual: order.id, remedy: 'A key is its customer’s: look orders up by both.' }));
      },
    },
    {
      id: 'parallel',
      title: 'makes one order for 20 callers with one key at once',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t);
        shop.payments.react('Charge', async (_, normal) => { await t.sleep(150); return normal(); });
        const request = shop.request();
        const answers = await Promise.all(Array.from({ length: 20 }, async () => await shop.orders.call<Order>('CreateOrder', request, { deadline: 8000 })));
        const ids = new Set(answers.map(({ code, message }) => code === status.OK ? message!.id : status[code]));
        t.expect(ids.size === 1 && answers[0]!.code === status.OK, () => ({ summary: 'Twenty callers with one key did not all get the same order.', called: '20 × CreateOrder with one key at once', expected: 'one id, 20 times', actual: [...ids].join(', '), remedy: once }));
        shop.expectCalls({ reserve: 1, charge: 1, release: 0 }, 'Twenty callers with one key made more than one reservation or charge.', once);
        t.step('✔ 20 callers, one order, one charge');
      },
    },
    {
      id: 'other-order',
      title: 'refuses a key that stands for another order',
      async run(t) {
        const shop = await Shop.open(t);
        const request = shop.request();
        await shop.orders.expectOk('CreateOrder', request);
        const [first, ...rest] = request.items;
        for (const items of [[...request.items, { productId: 'p-more', quantity: 1, unitPriceCents: 1 }], [{ ...first!, quantity: first!.quantity + 1 }, ...rest], [{ ...first!, unitPriceCents: first!.unitPriceCents + 1 }, ...rest]]) {
          await shop.orders.expectCode('CreateOrder', { ...request, items }, status.ALREADY_EXISTS, { remedy: 'The key stands for other items: a mistake of the caller, which must not pass for success. Keep the items with the key, and compare.' });
        }
        shop.expectCalls({ reserve: 1, charge: 1, release: 0 }, 'A key that was misused led to another call.', 'Compare before you call anybody.');
      },
    },
    {
      id: 'rejected',
      title: 'gives a rejected order the same answer again',
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', () => { throw new Refusal(status.NOT_FOUND); });
        const request = shop.request();
        await shop.orders.expectCode('CreateOrder', request, status.NOT_FOUND);
        shop.inventory.react('Reserve');
        await shop.orders.expectCode('CreateOrder', request, status.NOT_FOUND, { remedy: 'A key has one outcome: what was rejected stays so, with the same code. Who wants to try again takes another key.' });
        shop.expectCalls({ reserve: 1, charge: 0, release: 0 }, 'A rejected order was tried again.', 'A rejected order has its end: answer from what you have kept.');
      },
    },
    {
      id: 'goes-on',
      title: 'goes on with a pending order when it is asked for again',
      async run(t) {
        const shop = await Shop.open(t);
        shop.payments.react('Charge', () => { throw new Refusal(status.UNAVAILABLE, noRetry); });
        const request = shop.request();
        await shop.orders.expectCode('CreateOrder', request, status.UNAVAILABLE);
        const pending = await shop.orderOf(request.customerId);
        shop.payments.react('Charge');
        const order = await shop.orders.expectOk<Order>('CreateOrder', request, undefined, { remedy: 'The order is pending: the repetition is the moment to go on with it.' });
        t.expect(order.id === pending.id && order.status === 'ORDER_STATUS_CONFIRMED', () => ({ summary: 'The repetition did not confirm the pending order.', expected: `${pending.id}, CONFIRMED`, actual: `${order.id}, ${order.status}`, remedy: 'Go on with the order that the key stands for, at the step where it is.' }));
        shop.expectCalls({ reserve: 1, charge: 2, release: 0 }, 'The repetition did not go on where the order was.', 'What is reserved need not be reserved again: begin with the step that is missing.');
      },
    },
    {
      id: 'restarted',
      title: 'knows its keys after a restart',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t);
        const request = shop.request();
        const order = await shop.orders.expectOk<Order>('CreateOrder', request);
        shop.payments.react('Charge', () => { throw new Refusal(status.FAILED_PRECONDITION); });
        const poor = shop.request();
        await shop.orders.expectCode('CreateOrder', poor, status.FAILED_PRECONDITION);
        shop.payments.react('Charge');
        await shop.program.kill();
        await shop.start();
        shop.inventory.forget();
        shop.payments.forget();
        const kept = 'Keep the key, the items and the outcome with the order in the journal.';
        await shop.orders.expectOk('CreateOrder', request, order, { remedy: kept });
        await shop.orders.expectCode('CreateOrder', poor, status.FAILED_PRECONDITION, { remedy: kept });
        await shop.orders.expectCode('CreateOrder', { ...request, items: shop.items() }, status.ALREADY_EXISTS, { remedy: kept });
        shop.expectCalls({ reserve: 0, charge: 0, release: 0 }, 'After the restart a key that was known led to another call.', kept);
      },
    },
    {
      id: 'others',
      title: 'holds up nobody who has another key',
      async run(t) {
        const shop = await Shop.open(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        const held = shop.request();
        shop.payments.react('Charge', async (seen, normal) => { if ((seen.request as { customerId: string }).customerId === held.customerId) await gate.opened; return normal(); });
        const waiting = shop.orders.call<Order>('CreateOrder', held, { deadline: 9000 });
        await t.until(5000, () => shop.charged[0]);
        for (let count = 0; count < 3; count++) await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { deadline: 1500, quiet: true, remedy: 'While one order waits for its payment, others must go on: hold a lock for each order, not one for all.' });
        gate.open();
        const { code } = await waiting;
        t.expect(code === status.OK, () => ({ summary: 'The order that had to wait did not succeed.', expected: 'OK', actual: status[code], remedy: 'It waited within its deadline.' }));
        t.step('✔ three orders passed one that waits');
      },
    },
    {
      id: 'first-leaves',
      title: 'lets the next caller finish when the first one leaves',
      async run(t) {
        const shop = await Shop.open(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.payments.react('Charge', async (_, normal) => { if (shop.charged.length === 1) await gate.opened; return normal(); });
        const request = shop.request();
        const first = new AbortController();
        const leaving = shop.orders.call('CreateOrder', request, { signal: first.signal });
        await t.until(5000, () => shop.charged[0]);
        const second = shop.orders.call<Order>('CreateOrder', request, { deadline: 8000 });
        await t.sleep(200);
        first.abort();
        await leaving;
        const { code, message } = await second;
        t.expect(code === status.OK && message?.status === 'ORDER_STATUS_CONFIRMED', () => ({ summary: 'The first caller left, and the second one with the same key did not get the order.', expected: 'OK, CONFIRMED', actual: code === status.OK ? message!.status : status[code], remedy: 'Whoever waits for an order looks at it again when its turn comes, and goes on with it if it is still pending.' }));
        t.expect(shop.payments.charged.size === 1, () => ({ summary: 'The order was charged under two keys.', expected: '1', actual: `${shop.payments.charged.size}`, remedy: once }));
        t.step('✔ the second caller finished what the first one had left');
      },
    },
  ],
};
