import type { CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import type { HttpAnswer } from '../http.js';
import { Shop } from '../shop.js';

const timeout = 500;
/** What an answer may take when the pricing service hangs. */
const budget = 800;
interface Quoted { readonly quote_cents?: number; readonly price_source?: string; readonly total_cents: number }

const quoted = (answer: HttpAnswer): Quoted => answer.json as Quoted;

export const resilience: CheckedStage = {
  id: 'resilience',
  checks: [
    {
      id: 'fallback',
      title: 'answers with the last price it knows when the pricing service hangs',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { PRICING_TIMEOUT_MS: String(timeout) } });
        const [known, unknown] = [t.random.integer(1, 2500), t.random.integer(2501, usual.orders)];
        // The first call loads the client, which may take longer than a price may.
        await shop.get(`/orders/${known}`);
        const live = quoted(await shop.get(`/orders/${known}`));
        t.expect(live.price_source === 'live', () => ({ summary: 'A fresh price is not called live.', called: `GET /orders/${known}`, expected: '"price_source": "live"', actual: String(live.price_source), remedy: 'Say where the price comes from: live or cached.' }));
        shop.pricing.hangs = true;
        shop.pricing.surcharge = 1000;
        for (const [id, wanted] of [[known, live.quote_cents], [unknown, undefined]] as const) {
          const answer = await shop.http.try({ path: `/orders/${id}`, patience: 5000 });
          t.expect(!(answer instanceof Error) && answer.status === 200, () => ({ summary: 'The pricing service hangs, and the API with it.', called: `GET /orders/${id}`, expected: `200 within ${budget} ms`, actual: answer instanceof Error ? answer.message : String(answer.status), remedy: 'Give the whole call PRICING_TIMEOUT_MS (environment, 500 when absent), and answer with a price that you know when it is over.' }));
          const { quote_cents: cents, price_source: source, total_cents: total } = quoted(answer as HttpAnswer);
          t.expect(source === 'cached' && cents === (wanted ?? total), () => ({ summary: wanted === undefined ? 'An order without a known quote is not answered with its own total.' : 'The answer does not hold the last quote that is known.', called: `GET /orders/${id}`, expected: `"quote_cents": ${wanted ?? total}, "price_source": "cached"`, actual: `"quote_cents": ${cents}, "price_source": "${source}"`, remedy: 'Keep the last live quote of an order, and fall back on it; without one, on the order’s total_cents.' }));
        }
        t.step('✔ the last quote, or the order’s total');
        await shop.pricing.close();
        const refused = await shop.http.send({ path: `/orders/${known}` });
        t.expect(refused.status === 200 && quoted(refused).price_source === 'cached' && quoted(refused).quote_cents === live.quote_cents, () => ({ summary: 'A pricing service that is not there at all is not survived.', called: `GET /orders/${known}`, expected: `200 with "quote_cents": ${live.quote_cents}, "price_source": "cached"`, actual: `${refused.status} ${refused.text.replace(/\s+/gu, ' ').slice(-80)}`, remedy: 'Fall back whatever goes wrong with the call: no connection, an error, no answer in time.' }));
        t.step('✔ also when it is down');
      },
    },
    {
      id: 'in-time',
      title: `does so within ${budget} ms`,
      limitSec: 60,
      measures: true,
      async run(t) {
        const shop = await Shop.open(t, { variables: { PRICING_TIMEOUT_MS: String(timeout) } });
        await shop.get('/orders/1');
        const times: number[] = [];
        for (let call = 0; call < 7; call++) {
          // It says nothing, or it goes on for ever.
          shop.pricing.hangs = call % 2 === 0;
          shop.pricing.trickles = call % 2 === 1;
          times.push((await shop.get(`/orders/${t.random.integer(1, usual.orders)}`)).milliseconds);
        }
        const slowest = times.sort((a, b) => a - b).at(-2)!;
        t.expect(slowest <= budget, () => ({ summary: `With a pricing service that hangs, or answers a byte at a time, an answer takes ${slowest.toFixed(0)} ms.`, called: 'GET /orders/{id}, PRICING_TIMEOUT_MS=500', expected: `at most ${budget} ms`, actual: `${slowest.toFixed(0)} ms in the second slowest of 7`, remedy: 'The time is for the whole call, all attempts, the waiting for a connection and the reading of the body included: an attempt may only have what is left.' }));
        t.step(`✔ ${slowest.toFixed(0)} ms`);
      },
    },
    {
      id: 'pile-up',
      title: 'keeps serving 200 clients while the pricing service hangs',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { PRICING_TIMEOUT_MS: String(timeout), MAX_IN_FLIGHT: '256' } });
        shop.pricing.hangs = true;
        shop.pricing.forgetMost();
        const answers = await Promise.all(Array.from({ length: 200 }, () => shop.http.try({ path: `/orders/${t.random.integer(1, usual.orders)}`, patience: 10_000 })));
        const bad = answers.filter((answer) => answer instanceof Error || answer.status !== 200);
        t.expect(bad.length === 0, () => ({ summary: `${bad.length} of 200 clients at once got no good answer while the pricing service hangs.`, called: '200 × GET /orders/{id} at once', expected: '200 × 200, with cached prices', actual: bad[0] instanceof Error ? bad[0].message : String(bad[0]?.status), remedy: 'Waiting for a connection to the pricing service counts, too: when the time is up, fall back.' }));
        t.expect(shop.pricing.mostOpen <= 32, () => ({ summary: `The API opened ${shop.pricing.mostOpen} connections to a service that does not answer.`, called: '200 × GET /orders/{id} at once', expected: 'at most 32', actual: String(shop.pricing.mostOpen), remedy: 'Bound the number of calls that are under way (a pool, a semaphore): more of them help nobody.' }));
        t.step(`✔ 200 answers, ${shop.pricing.mostOpen} connections`);
      },
    },
    {
      id: 'recovery',
      title: 'asks for fresh prices again when the pricing service is back',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: { PRICING_TIMEOUT_MS: '200' } });
        const path = `/orders/${t.random.integer(1, usual.orders)}`;
        await shop.get(path);
        shop.pricing.hangs = true;
        for (let call = 0; call < 12; call++) await shop.get(path);
        shop.pricing.hangs = false;
        shop.pricing.surcharge = 777;
        const { items } = (await shop.get(path)).json as { items: { sku: string; qty: number }[] };
        const wanted = shop.pricing.quote(Number(path.split('/')[2]), items);
        const fresh = await t.until(8000, async () => {
          const { price_source: source, quote_cents: cents } = quoted(await shop.get(path));
          return source === 'live' && cents === wanted ? true : undefined;
        });
        t.expect(fresh === true, () => ({ summary: 'The pricing service answers again, and the API still gives old prices after 8 s.', called: `GET ${path}`, expected: `"quote_cents": ${wanted}, "price_source": "live"`, actual: 'cached', remedy: 'Try again with the next request, or a few seconds later when you have stopped asking; and give up a connection on which an answer is still to come.' }));
        t.step('✔ live again');
      },
    },
    {
      id: 'shedding',
      title: 'refuses what is too much at once, instead of letting it wait',
      limitSec: 60,
      async run(t) {
        const [room, clients] = [20, 60];
        const shop = await Shop.open(t, { variables: { MAX_IN_FLIGHT: String(room) } });
        await shop.get('/orders?limit=2');
        shop.wire.roundTripMs = 300;
        const path = '/customers/1/orders';
        const order: number[] = [];
        const all = Promise.all(Array.from({ length: clients }, async () => { const answer = await shop.http.send({ path }); order.push(answer.status); return answer; }));
        all.catch(() => { /* awaited below */ });
        await t.until(3000, () => shop.wire.mostWaiting > 0 || order.length >= clients - room ? true : undefined);
        const health = await shop.http.send({ path: '/healthz' });
        const answers = await all;
        const [good, refused] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status === 503)];
        const remedy = 'Count the requests that are under way; one more than MAX_IN_FLIGHT (environment, 256 when absent) is answered at once with 503 { "error": "overloaded" } and Retry-After: 1.';
        t.expect(good.length === room && refused.length === clients - room, () => ({ summary: `Of ${clients} requests at once with room for ${room}, ${good.length} were served and ${refused.length} refused.`, called: `${clients} × GET ${path} at once, MAX_IN_FLIGHT=${room}`, expected: `${room} × 200, ${clients - room} × 503`, actual: `${good.length} × 200, ${refused.length} × 503, ${clients - good.length - refused.length} others`, remedy }));
        const bare = refused.find(({ headers, json }) => !/^\d+$/u.test(String(headers['retry-after'] ?? '')) || (json as { error?: string } | undefined)?.error !== 'overloaded');
        t.expect(bare === undefined, () => ({ summary: 'A refusal does not say when to come back, or why.', called: `GET ${path}`, expected: '503 with Retry-After: 1 and { "error": "overloaded" }', actual: `Retry-After: ${String(bare!.headers['retry-after'] ?? 'none')}, ${bare!.text}`, remedy }));
        t.expect(order.slice(0, clients - room).every((status) => status === 503), () => ({ summary: 'Refusals wait behind requests that are served.', called: `${clients} × GET ${path} at once`, expected: `the first ${clients - room} answers to be the 503`, actual: `${order.slice(0, clients - room).filter((status) => status !== 503).length} of the first ${clients - room} answers are others`, remedy: 'Decide before anything else is done for a request.' }));
        t.expect(health.status === 200, () => ({ summary: 'The API refuses GET /healthz when it is busy, so that it would be restarted.', called: 'GET /healthz', expected: '200', actual: String(health.status), remedy: 'Leave healthz out of the count.' }));
        shop.wire.roundTripMs = 0;
        await shop.http.expect({ path }, 200, 'Count a request down when it is answered, however it ends.');
        t.step(`✔ ${room} served, ${clients - room} refused, then served again`);
      },
    },
  ],
};
