import { status } from '@grpc/grpc-js';
import type { CheckedStage } from '../../../../../src/runner/api.js';
import type { Order } from '../contract.js';
import { Gate, noRetry, Refusal } from '../fakes.js';
import { Shop, total } from '../shop.js';

const key = 'The order’s id is the idempotency key of Reserve, Charge and Release: so a step that is repeated, even by another process, does nothing twice.';
const resume = 'Write each step to a file in DATA_DIR, and have it on disk (fsync) before the next one begins. At the start, read the file and go on with every order that has no end yet.';

export const saga: CheckedStage = {
  id: 'saga',
  checks: [
    {
      id: 'confirmed',
      title: 'reserves, charges and confirms, each once',
      async run(t) {
        const shop = await Shop.open(t);
        const request = shop.request({ items: [...shop.items(), { productId: 'gold', quantity: 3, unitPriceCents: 1_500_000_000 }] });
        const order = await shop.orders.expectOk<Order>('CreateOrder', request);
        const wanted = { id: order.id, customerId: request.customerId, items: request.items, totalCents: total(request.items), status: 'ORDER_STATUS_CONFIRMED' };
        t.expect(order.id !== '', () => ({ summary: 'The order has no id.', expected: 'an id of your own', actual: '""', remedy: 'Give each order an id that nobody else has, such as a UUID.' }));
        await shop.orders.expectOk('GetOrder', { id: order.id }, wanted, { remedy: 'An order has its id, the customer, the items, the sum of quantity × unit_price_cents (int64: it may pass 2³¹) and its status.' });
        shop.expectCalls({ reserve: 1, charge: 1, release: 0 }, 'An order that succeeds takes one reservation and one charge.', 'Reserve, then Charge, then confirm. Release only undoes.');
        const [reserve] = shop.reserved;
        const [charge] = shop.charged;
        t.expect(reserve!.request.idempotencyKey === order.id && charge!.request.idempotencyKey === order.id, () => ({ summary: 'A step was asked for under another key than the order’s id.', expected: order.id, actual: `Reserve ${reserve!.request.idempotencyKey}, Charge ${charge!.request.idempotencyKey}`, remedy: key }));
        t.expect(charge!.request.amountCents === wanted.totalCents && charge!.request.orderId === order.id && charge!.request.customerId === request.customerId, () => ({ summary: 'The charge is not the order’s.', expected: `order ${order.id}, customer ${request.customerId}, ${wanted.totalCents} cents`, actual: `order ${charge!.request.orderId}, customer ${charge!.request.customerId}, ${charge!.request.amountCents} cents`, remedy: 'Fill order_id, customer_id and amount_cents (the total) of ChargeRequest.' }));
        t.expect(JSON.stringify(reserve!.request.items) === JSON.stringify(request.items), () => ({ summary: 'The reservation is not of the order’s items.', expected: JSON.stringify(request.items), actual: JSON.stringify(reserve!.request.items), remedy: 'Reserve all items in one call: then they are taken together or not at all.' }));
        t.expect(reserve!.answeredAt! <= charge!.at, () => ({ summary: 'The charge came before the reservation was answered.', expected: 'Reserve, its answer, then Charge', actual: 'Charge while Reserve was under way', remedy: 'First make sure that the goods are there, then take the money.' }));
        t.step(`✔ ${shop.counts}, all under the order’s id`);
      },
    },
    {
      id: 'payment-refused',
      title: 'gives the stock back, once, when the payment is refused',
      async run(t) {
        const shop = await Shop.open(t);
        for (const code of [status.FAILED_PRECONDITION, status.PERMISSION_DENIED]) {
          shop.payments.react('Charge', () => { throw new Refusal(code); });
          const request = shop.request();
          await shop.orders.expectCode('CreateOrder', request, status.FAILED_PRECONDITION, { remedy: 'The order is right but can’t be paid: FAILED_PRECONDITION, whichever way payments refuse.' });
          shop.expectCalls({ reserve: 1, charge: 1, release: 1 }, 'A refused payment must give the stock back, once.', 'Compensate: when a step is refused, undo the steps before it. And only then.');
          t.expect(shop.released[0]!.request.idempotencyKey === shop.reserved[0]!.request.idempotencyKey && shop.inventory.taken === 0, () => ({ summary: 'What was reserved is still out of stock.', expected: `Release of ${shop.reserved[0]!.request.idempotencyKey}, nothing out of stock`, actual: `Release of ${shop.released[0]!.request.idempotencyKey}, ${shop.inventory.taken} out of stock`, remedy: key }));
          await shop.expectStatus(request.customerId, 'ORDER_STATUS_REJECTED', 'When everything is undone the order is REJECTED.');
          shop.inventory.forget();
          shop.payments.forget();
        }
      },
    },
    {
      id: 'stock-refused',
      title: 'charges nothing when the stock is not there',
      async run(t) {
        const shop = await Shop.open(t);
        for (const [code, wanted] of [[status.FAILED_PRECONDITION, status.FAILED_PRECONDITION], [status.NOT_FOUND, status.NOT_FOUND], [status.ALREADY_EXISTS, status.FAILED_PRECONDITION]] as const) {
          shop.inventory.react('Reserve', () => { throw new Refusal(code); });
          const request = shop.request();
          await shop.orders.expectCode('CreateOrder', request, wanted, { remedy: 'Tell the caller what the inventory said: FAILED_PRECONDITION or NOT_FOUND.' });
          shop.expectCalls({ reserve: 1, charge: 0, release: 0 }, 'A refused reservation must end the order: nothing is to be charged or undone.', 'Nothing was reserved, so there is nothing to release, and nothing to pay for.');
          await shop.expectStatus(request.customerId, 'ORDER_STATUS_REJECTED', 'The order is REJECTED.');
          shop.inventory.forget();
        }
      },
    },
    {
      id: 'outcome-unknown',
      title: 'undoes nothing while it does not know whether a step was done',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t);
        for (const [name, neighbor, code] of [['Charge', shop.payments, status.UNAVAILABLE], ['Charge', shop.payments, status.INTERNAL], ['Reserve', shop.inventory, status.UNKNOWN]] as const) {
          neighbor.react(name, () => { throw new Refusal(code, noRetry); });
          const request = shop.request();
          await shop.orders.expectCode('CreateOrder', request, status.UNAVAILABLE, { remedy: 'The outcome is not known: tell the caller UNAVAILABLE, so that it may ask again.' });
          t.expect(shop.released.length === 0, () => ({ summary: `${name} failed with ${status[code]}, and the stock was released.`, expected: shop.counts.replace(/\d+ × Release/u, '0 × Release'), actual: shop.counts, remedy: 'UNAVAILABLE, INTERNAL and the like do not say that nothing was done: the money may be taken. Leave the order pending; only a refusal lets you undo.' }));
          await shop.expectStatus(request.customerId, 'ORDER_STATUS_PENDING', 'The order stays PENDING, and visible.');
          neighbor.react(name);
          shop.inventory.forget();
          shop.payments.forget();
        }
      },
    },
    {
      id: 'killed',
      title: 'finishes after a crash what it had begun',
      limitSec: 60,
      async run(t) {
        for (const [name, refuses] of [['Charge', false], ['Reserve', false], ['Charge', true]] as const) {
          const shop = await Shop.open(t);
          const gate = new Gate();
          t.defer(() => { gate.open(); });
          const neighbor = name === 'Charge' ? shop.payments : shop.inventory;
          neighbor.react(name, async (_, normal) => {
            if (refuses) { await gate.opened; throw new Refusal(status.FAILED_PRECONDITION); }
            const answer = normal();
            await gate.opened;
            return answer;
          });
          const request = shop.request();
          const lost = shop.orders.call('CreateOrder', request);
          const came = await t.until(5000, () => neighbor.of(name)[0]);
          t.expect(came !== undefined, () => ({ summary: `${name} was never called.`, expected: `1 × ${name}`, actual: shop.counts, remedy: 'Reserve, then Charge, then confirm.' }));
          await shop.program.kill();
          await lost;
          t.step(`the program is killed while ${name} is under way${refuses ? ', which will be refused' : ''}`);
          neighbor.react(name, refuses ? () => { throw new Refusal(status.FAILED_PRECONDITION); } : undefined);
          gate.open();
          await shop.start();
          const order = await shop.expectStatus(request.customerId, refuses ? 'ORDER_STATUS_REJECTED' : 'ORDER_STATUS_CONFIRMED', resume, 12_000);
          const keys = new Set([...shop.reserved, ...shop.charged, ...shop.released].map((seen) => seen.request.idempotencyKey));
          t.expect(keys.size === 1 && keys.has(order.id), () => ({ summary: 'After the restart a step was asked for under another key.', expected: order.id, actual: [...keys].join(', '), remedy: key }));
          const wanted = refuses ? 0 : request.items.reduce((sum, { quantity }) => sum + quantity, 0);
          const money = [...shop.payments.charged.values()].reduce((sum, cents) => sum + cents, 0);
          t.expect(shop.inventory.taken === wanted && money === (refuses ? 0 : total(request.items)), () => ({ summary: 'After the restart stock and money do not agree with the order.', expected: `${wanted} out of stock, ${refuses ? 0 : total(request.items)} cents charged`, actual: `${shop.inventory.taken} out of stock, ${money} cents charged`, remedy: resume }));
          await shop.program.stop();
        }
      },
    },
    {
      id: 'kept',
      title: 'knows its orders after a restart',
      async run(t) {
        const shop = await Shop.open(t);
        const customerId = `c-${t.random.word(8)}`;
        const made: Order[] = [];
        for (let count = 0; count < 5; count++) made.push(await shop.orders.expectOk<Order>('CreateOrder', shop.request({ customerId }), undefined, { quiet: true }));
        await shop.orders.expectOk('CreateOrder', shop.request());
        await shop.program.kill();
        shop.inventory.forget();
        shop.payments.forget();
        await shop.start();
        const found = await shop.orders.stream<Order>('StreamOrders', { customerId }).expectAll();
        t.expect(JSON.stringify(found) === JSON.stringify(made), () => ({ summary: 'The customer’s orders are not the same after the restart.', called: `StreamOrders {"customer_id":"${customerId}"}`, expected: `${made.length} orders, the oldest first: ${made.map(({ id }) => id).join(', ')}`, actual: `${found.length} orders: ${found.map(({ id, status: state }) => `${id} ${state}`).join(', ')}`, remedy: resume }));
        t.step('✔ five orders in the order in which they were made');
        await t.sleep(1200);
        shop.expectCalls({ reserve: 0, charge: 0, release: 0 }, 'Orders that had ended were taken up again at the start.', 'Only orders without an end go on after a restart.');
      },
    },
    {
      id: 'errors',
      title: 'refuses what can never be right, and calls nobody for it',
      async run(t) {
        const shop = await Shop.open(t);
        const item = shop.items()[0]!;
        for (const change of [{ idempotencyKey: '' }, { customerId: '' }, { items: [] }, { items: [{ ...item, quantity: 0 }] }, { items: [item, { ...item, productId: '' }] }, { items: [{ ...item, unitPriceCents: -1 }] }]) {
          await shop.orders.expectCode('CreateOrder', shop.request(change), status.INVALID_ARGUMENT);
        }
        await shop.orders.expectCode('GetOrder', { id: '' }, status.INVALID_ARGUMENT);
        await shop.orders.expectCode('GetOrder', { id: t.random.word(12) }, status.NOT_FOUND);
        await shop.orders.stream('StreamOrders', { customerId: '' }).expectAll(status.INVALID_ARGUMENT);
        shop.expectCalls({ reserve: 0, charge: 0, release: 0 }, 'An order that can never be right was passed on.', 'Check the request before you call anybody.');
        const none = await shop.orders.stream<Order>('StreamOrders', { customerId: t.random.word(12) }).expectAll();
        t.expect(none.length === 0, () => ({ summary: 'A customer without orders has some.', expected: 'no message, then OK', actual: `${none.length} orders`, remedy: 'StreamOrders tells the orders of one customer.' }));
      },
    },
  ],
};
