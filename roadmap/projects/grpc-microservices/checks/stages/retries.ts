import { status } from '@grpc/grpc-js';
import type { CheckedStage } from '../../../../../src/runner/api.js';
import { noRetry, Refusal, type Seen } from '../fakes.js';
import { Shop } from '../shop.js';

const gaps = (calls: readonly Seen[]): number[] => calls.slice(1).map(({ at }, index) => at - (calls[index]!.answeredAt ?? calls[index]!.at));
/** The value below which such a part of the values lies. A busy machine is late now and then: means and extremes would tell of that. */
const quantile = (values: readonly number[], part: number): number => values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))]!;
const median = (values: readonly number[]): number => quantile(values, 0.5);
const attempts = 4;

export const retries: CheckedStage = {
  id: 'retries',
  checks: [
    {
      id: 'transient',
      title: 'repeats what failed with UNAVAILABLE until it succeeds',
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', (_, normal) => { if (shop.reserved.length <= 2) throw new Refusal(status.UNAVAILABLE); return normal(); });
        await shop.orders.expectOk('CreateOrder', shop.request());
        shop.expectCalls({ reserve: 3, charge: 1, release: 0 }, 'Reserve failed twice with UNAVAILABLE, and was not called three times.', 'UNAVAILABLE says "come again": repeat the call, 4 attempts at most.');
        const keys = new Set(shop.reserved.map(({ request }) => JSON.stringify(request)));
        t.expect(keys.size === 1, () => ({ summary: 'A repeated call is not the same as the first one.', expected: 'the same message, with the same key', actual: `${keys.size} different messages`, remedy: 'An attempt is the same call once more: key and items must not change.' }));
        t.step('✔ UNAVAILABLE, UNAVAILABLE, OK: three calls with one key');
      },
    },
    {
      id: 'limit',
      title: 'gives up after four attempts',
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', () => { throw new Refusal(status.UNAVAILABLE); });
        await shop.orders.expectCode('CreateOrder', shop.request(), status.UNAVAILABLE);
        t.expect(shop.reserved.length === attempts, () => ({ summary: 'A call that always fails was not tried four times.', expected: `${attempts} × Reserve`, actual: shop.counts, remedy: 'Four attempts, no more: who repeats for ever keeps a neighbor down that tries to get up.' }));
        t.step('✔ 4 attempts');
      },
    },
    {
      id: 'backoff',
      title: 'waits longer each time, and not as long as others do',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', () => { throw new Refusal(status.UNAVAILABLE); });
        const callers = 40;
        await Promise.all(Array.from({ length: callers }, async () => await shop.orders.call('CreateOrder', shop.request(), { deadline: 8000 })));
        const byKey = new Map<string, Seen[]>();
        for (const seen of shop.reserved) byKey.set(seen.request.idempotencyKey, [...byKey.get(seen.request.idempotencyKey) ?? [], seen]);
        const all = [...byKey.values()].map(gaps).filter((each) => each.length === attempts - 1);
        t.expect(all.length === callers, () => ({ summary: 'Not every caller’s reservation was tried four times.', expected: `${callers} orders with ${attempts} attempts each`, actual: `${all.length}`, remedy: 'Four attempts for each call, also when many fail at once.' }));
        const [first, third] = [all.map(([gap]) => gap!), all.map((each) => each[2]!)];
        const words = `${Math.round(median(first))} ms before the second attempt, ${Math.round(median(third))} ms before the fourth, in the median of ${callers}`;
        t.expect(median(third) >= 1.5 * median(first), () => ({ summary: 'The pauses between attempts do not grow.', expected: '100, 200, 400 ms and their jitter', actual: words, remedy: 'Double the pause each time: 100 ms × 2ⁿ⁻¹, at most 1 s.' }));
        t.expect(median(third) <= 1500, () => ({ summary: 'The pauses between attempts are too long.', expected: '100, 200, 400 ms and their jitter', actual: words, remedy: 'Begin with 100 ms: the caller’s time is short.' }));
        const spread = quantile(third, 0.75) - quantile(third, 0.25);
        t.expect(spread >= 30, () => ({ summary: 'All callers come again at the same moment.', expected: 'pauses that differ by chance', actual: `half of the fourth attempts of ${callers} callers within ${Math.round(spread)} ms`, remedy: 'Vary each pause by chance (jitter): else all who failed together come again together, and fail again.' }));
        t.step(`✔ ${words}; half of them differ by ${Math.round(spread)} ms`);
      },
    },
    {
      id: 'not-retried',
      title: 'repeats nothing that a repetition cannot mend',
      async run(t) {
        const shop = await Shop.open(t);
        for (const code of [status.INVALID_ARGUMENT, status.FAILED_PRECONDITION, status.INTERNAL, status.UNKNOWN, status.RESOURCE_EXHAUSTED]) {
          shop.inventory.react('Reserve', () => { throw new Refusal(code); });
          await shop.orders.call('CreateOrder', shop.request());
          t.expect(shop.reserved.length === 1, () => ({ summary: `Reserve failed with ${status[code]}, and was repeated.`, expected: '1 × Reserve', actual: shop.counts, remedy: 'Only UNAVAILABLE is worth another attempt: other codes fail again, or may have done their work.' }));
          shop.inventory.forget();
        }
        t.step('✔ INVALID_ARGUMENT, FAILED_PRECONDITION, INTERNAL, UNKNOWN and RESOURCE_EXHAUSTED: one call each');
      },
    },
    {
      id: 'same-key',
      title: 'repeats a charge under the same key',
      async run(t) {
        const shop = await Shop.open(t);
        shop.payments.react('Charge', (_, normal) => { normal(); if (shop.charged.length === 1) throw new Refusal(status.UNAVAILABLE, {}, 'after the money was taken'); return normal(); });
        await shop.orders.expectOk('CreateOrder', shop.request());
        const keys = shop.charged.map(({ request }) => request.idempotencyKey);
        t.expect(shop.charged.length === 2 && shop.payments.charged.size === 1, () => ({ summary: 'A charge whose answer was lost was not repeated under its key.', expected: '2 × Charge under one key', actual: `${keys.length} × Charge under ${new Set(keys).size} keys`, remedy: 'The answer may be lost after the money was taken: only the same key makes the repetition harmless.' }));
        t.step('✔ 2 × Charge, 1 key, charged once');
      },
    },
    {
      id: 'pushback',
      title: 'does what the server asks for: come later, or not at all',
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', () => { throw new Refusal(status.UNAVAILABLE, noRetry); });
        await shop.orders.expectCode('CreateOrder', shop.request(), status.UNAVAILABLE);
        t.expect(shop.reserved.length === 1, () => ({ summary: 'The server asked not to be called again, and was.', called: 'Reserve, answered with grpc-retry-pushback-ms: -1', expected: '1 × Reserve', actual: shop.counts, remedy: 'A negative grpc-retry-pushback-ms in the trailers forbids another attempt (gRFC A6).' }));
        shop.inventory.forget();
        const later = t.random.integer(500, 700);
        shop.inventory.react('Reserve', (_, normal) => { if (shop.reserved.length === 1) throw new Refusal(status.UNAVAILABLE, { 'grpc-retry-pushback-ms': String(later) }); return normal(); });
        await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { deadline: 5000 });
        const [gap = 0] = gaps(shop.reserved);
        t.expect(shop.reserved.length === 2 && gap >= later - 15, () => ({ summary: 'The server asked for a pause, and was called before it was over.', called: `Reserve, answered with grpc-retry-pushback-ms: ${later}`, expected: `the second attempt after ${later} ms`, actual: shop.reserved.length === 2 ? `after ${Math.round(gap)} ms` : shop.counts, remedy: 'A grpc-retry-pushback-ms of 0 or more stands for the pause before the next attempt.' }));
        t.step(`✔ -1: not again; ${later}: again after ${Math.round(gap)} ms`);
      },
    },
    {
      id: 'within-deadline',
      title: 'makes no attempt after the deadline',
      async run(t) {
        const shop = await Shop.open(t);
        shop.inventory.react('Reserve', () => { throw new Refusal(status.UNAVAILABLE, { 'grpc-retry-pushback-ms': '300' }); });
        const answer = await shop.orders.call('CreateOrder', shop.request(), { deadline: 500 });
        await t.sleep(900);
        t.expect(shop.reserved.length <= 2 && answer.code !== status.OK, () => ({ summary: 'Attempts were made when the caller’s time was over.', called: 'CreateOrder with a deadline of 500 ms, Reserve asks for pauses of 300 ms', expected: 'at most 2 × Reserve', actual: shop.counts, remedy: 'The deadline is for all attempts together: a pause that does not fit into it ends the call.' }));
        const second = shop.reserved[1];
        t.expect(second === undefined || (second.remaining !== undefined && second.remaining <= 270), () => ({ summary: 'The second attempt has as much time as the first.', expected: 'at most 200 ms', actual: second!.remaining === undefined ? 'no deadline' : `${Math.round(second!.remaining)} ms`, remedy: 'Each attempt gets what is left, not a new deadline.' }));
        t.step(`✔ ${shop.reserved.length} attempts within 500 ms`);
      },
    },
  ],
};
