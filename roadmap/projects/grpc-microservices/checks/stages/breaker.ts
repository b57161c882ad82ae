import { status } from '@grpc/grpc-js';
import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { Gate, noRetry, Refusal } from '../fakes.js';
import { Shop } from '../shop.js';

const openMs = 1000;
const failures = 10;

const open = async (t: CheckContext): Promise<Shop> => await Shop.open(t, { variables: { BREAKER_OPEN_MS: String(openMs) } });
const down = (shop: Shop, code = status.UNAVAILABLE): void => { shop.payments.react('Charge', () => { throw new Refusal(code, noRetry); }); };

/** Lets so many charges fail that the breaker opens. */
async function trip(t: CheckContext, shop: Shop): Promise<void> {
  down(shop);
  for (let count = 0; count < failures; count++) await shop.orders.expectCode('CreateOrder', shop.request(), status.UNAVAILABLE, { quiet: true });
  t.expect(shop.charged.length === failures, () => ({ summary: `Of ${failures} charges that failed not all reached payments.`, expected: `${failures} × Charge`, actual: shop.counts, remedy: `The breaker opens after ${failures} failures in a row, not before.` }));
  t.step(`✔ ${failures} failures reached payments`);
  shop.payments.forget();
}

/** Waits until the breaker is due to let a probe through. */
const due = async (t: CheckContext): Promise<void> => { await t.sleep(openMs + 100); };

export const breaker: CheckedStage = {
  id: 'breaker',
  checks: [
    {
      id: 'opens',
      title: 'stops calling payments after ten failures in a row',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t, { variables: { BREAKER_OPEN_MS: '20000' } });
        await trip(t, shop);
        const times: number[] = [];
        for (let count = 0; count < 50; count++) times.push((await shop.orders.expectCode('CreateOrder', shop.request(), status.UNAVAILABLE, { quiet: true })).milliseconds);
        t.expect(shop.charged.length === 0, () => ({ summary: 'Payments were called although they had failed ten times in a row.', expected: '0 × Charge', actual: shop.counts, remedy: 'An open breaker answers UNAVAILABLE by itself: whoever is down needs rest, and whoever waits a quick answer.' }));
        const median = times.sort((a, b) => a - b)[25]!;
        t.expect(median < 150, () => ({ summary: 'The answer of the open breaker comes slowly.', expected: 'at once', actual: `${Math.round(median)} ms, the median of 50`, remedy: 'Do not retry what your own breaker has refused: it will not change its mind in 100 ms.' }));
        const request = shop.request();
        await shop.orders.call('CreateOrder', request);
        const order = await shop.orderOf(request.customerId);
        t.expect(order.status === 'ORDER_STATUS_PENDING', () => ({ summary: 'An order that the breaker held up is not PENDING.', expected: 'ORDER_STATUS_PENDING', actual: order.status, remedy: 'Nothing is known of the payment, so nothing is undone: the order waits.' }));
        t.step(`✔ 50 answers without a call, ${Math.round(median)} ms each in the median; the orders are PENDING`);
      },
    },
    {
      id: 'refusals',
      title: 'does not take a refusal for a failure',
      limitSec: 30,
      async run(t) {
        const shop = await open(t);
        for (const code of [status.FAILED_PRECONDITION, status.INVALID_ARGUMENT]) {
          down(shop, code);
          for (let count = 0; count < failures + 2; count++) await shop.orders.expectCode('CreateOrder', shop.request(), status.FAILED_PRECONDITION, { quiet: true, remedy: 'Customers who can’t pay say nothing of the health of payments.' });
        }
        t.expect(shop.charged.length === 2 * (failures + 2), () => ({ summary: 'After refusals payments were not called any more.', expected: `${2 * (failures + 2)} × Charge`, actual: shop.counts, remedy: 'FAILED_PRECONDITION, INVALID_ARGUMENT and the like are answers: payments work. Count UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL and the like.' }));
        shop.payments.forget();
        for (const code of [status.UNAVAILABLE, status.FAILED_PRECONDITION, status.INTERNAL]) {
          down(shop, code);
          for (let count = 0; count < (code === status.FAILED_PRECONDITION ? 1 : failures - 1); count++) await shop.orders.call('CreateOrder', shop.request());
        }
        t.expect(shop.charged.length === 2 * (failures - 1) + 1, () => ({ summary: 'Failures with an answer between them have opened the breaker.', called: `${failures - 1} failures, 1 refusal, ${failures - 1} failures`, expected: `${2 * (failures - 1) + 1} × Charge`, actual: shop.counts, remedy: 'Ten failures in a row: an answer begins the count anew.' }));
        t.step('✔ refusals do not count, and end a row of failures');
      },
    },
    {
      id: 'probe',
      title: 'lets one call through after a while, and closes when it succeeds',
      limitSec: 30,
      async run(t) {
        const shop = await open(t);
        await trip(t, shop);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.payments.react('Charge', async (_, normal) => { await gate.opened; return normal(); });
        await due(t);
        const calls = Array.from({ length: 20 }, () => { const call = { over: undefined as status | undefined, done: shop.orders.call('CreateOrder', shop.request(), { deadline: 8000 }) }; void call.done.then(({ code }) => { call.over = code; }); return call; });
        // The probe may still be on its way when the others have been refused.
        await t.until(5000, () => calls.filter(({ over }) => over !== undefined).length >= 19 && shop.charged.length > 0 ? true : undefined);
        t.expect(shop.charged.length === 1, () => ({ summary: `Of 20 callers ${shop.charged.length} reached payments that are being probed.`, called: '20 × CreateOrder at once, when the breaker has been open long enough', expected: '1 × Charge', actual: shop.counts, remedy: 'Half-open means: one call, the probe, tells whether payments are back. All others are refused until it is answered.' }));
        const refused = calls.filter(({ over }) => over === status.UNAVAILABLE).length;
        t.expect(refused === 19, () => ({ summary: 'Those who are not the probe do not get UNAVAILABLE at once.', expected: '19 × UNAVAILABLE while the probe is under way', actual: `${refused}`, remedy: 'Do not let callers wait for the probe: it may hang.' }));
        gate.open();
        const codes = (await Promise.all(calls.map(async ({ done }) => await done))).map(({ code }) => code);
        t.expect(codes.filter((code) => code === status.OK).length === 1, () => ({ summary: 'The probe’s caller did not get its order.', expected: '1 × OK', actual: `${codes.filter((code) => code === status.OK).length}`, remedy: 'The probe is a real call of a real caller.' }));
        for (let count = 0; count < 5; count++) await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { quiet: true, remedy: 'When the probe succeeds the breaker is closed: calls go through again.' });
        t.step('✔ one probe, 19 refused, then closed');
      },
    },
    {
      id: 'probe-fails',
      title: 'opens again when the probe fails',
      limitSec: 30,
      async run(t) {
        const shop = await open(t);
        await trip(t, shop);
        for (let round = 1; round <= 2; round++) {
          await due(t);
          for (let count = 0; count < 5; count++) await shop.orders.expectCode('CreateOrder', shop.request(), status.UNAVAILABLE, { quiet: true });
          t.expect(shop.charged.length === round, () => ({ summary: 'After a probe that failed payments were called at once again.', expected: `${round} × Charge after ${round} probes`, actual: shop.counts, remedy: 'A probe that fails opens the breaker for another BREAKER_OPEN_MS; ten failures are not needed.' }));
        }
        shop.payments.react('Charge', () => { throw new Refusal(status.FAILED_PRECONDITION); });
        await due(t);
        await shop.orders.expectCode('CreateOrder', shop.request(), status.FAILED_PRECONDITION, { quiet: true });
        shop.payments.react('Charge');
        await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { remedy: 'A probe that is refused was answered: payments are back, and the breaker closes.' });
        t.step('✔ two probes failed and one was answered');
      },
    },
    {
      id: 'probe-abandoned',
      title: 'probes again when the probe’s caller has left',
      limitSec: 30,
      async run(t) {
        const shop = await open(t);
        await trip(t, shop);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.payments.react('Charge', async (_, normal) => { if (shop.charged.length === 1) await gate.opened; return normal(); });
        await due(t);
        const caller = new AbortController();
        const probe = shop.orders.call('CreateOrder', shop.request(), { signal: caller.signal });
        await t.until(5000, () => shop.charged[0]);
        caller.abort();
        await probe;
        const code = await t.until(4000, async () => { const answer = await shop.orders.call('CreateOrder', shop.request()); return answer.code === status.OK ? answer.code : undefined; });
        t.expect(code === status.OK, () => ({ summary: 'The probe’s caller left, and no call has reached payments since.', expected: 'the next call is the probe', actual: `4 s later ${shop.counts}`, remedy: 'A probe that was cancelled tells nothing: give its place to the next call, or the breaker stays half-open for ever.' }));
        t.step('✔ the next call was the probe');
      },
    },
  ],
};
