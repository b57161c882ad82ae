import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import { Shop } from '../shop.js';

const count = 100;
const mostConnections = 4;
/** Between what one write takes and the 40 ms that Linux delays an acknowledgement. */
const mostGapMs = 20;

/** Whether an answer is in time is another stage's question. */
const patient = { PRICING_TIMEOUT_MS: '5000' };

async function callAll(t: CheckContext): Promise<Shop> {
  const shop = await Shop.open(t, { variables: patient });
  const lane = async (): Promise<void> => {
    for (let call = 0; call < count / 2; call++) {
      const id = t.random.integer(1, usual.orders);
      const { quote_cents: quoted, items } = (await shop.get(`/orders/${id}`)).json as { quote_cents?: number; items: { sku: string; qty: number }[] };
      const wanted = shop.pricing.quote(id, items);
      t.expect(quoted === wanted, () => ({ summary: `The quote of order ${id} is not what the pricing service said.`, called: `GET /orders/${id}`, expected: String(wanted), actual: String(quoted), remedy: 'Answers on a kept connection come one after the other: read each to its end, and give it to the request that asked.' }));
    }
  };
  await Promise.all([lane(), lane()]);
  return shop;
}

export const keepAlive: CheckedStage = {
  id: 'keep-alive-and-nagle',
  checks: [
    {
      id: 'connections',
      title: `calls the pricing service over at most ${mostConnections} connections`,
      limitSec: 60,
      async run(t) {
        const { pricing } = await callAll(t);
        t.expect(pricing.calls.length >= count, () => ({ summary: `The pricing service was asked ${pricing.calls.length} times for ${count} requests.`, expected: String(count), actual: String(pricing.calls.length), remedy: 'Ask it for each request: prices change.' }));
        t.expect(pricing.connections <= mostConnections, () => ({ summary: `${count} calls of the pricing service took ${pricing.connections} connections.`, called: `${count} × GET /orders/{id}, 2 at a time`, expected: `at most ${mostConnections}`, actual: String(pricing.connections), remedy: 'Keep one HTTP client for all requests, let it keep its connections (no Connection: close), and read each answer to its end.' }));
        t.step(`✔ ${count} calls over ${pricing.connections} connections`);
      },
    },
    {
      id: 'no-stall',
      title: 'sends a request without a stall in the middle',
      limitSec: 60,
      async run(t) {
        const { pricing } = await callAll(t);
        // The first segments of a connection are acknowledged at once: the stall shows later.
        const gaps = pricing.calls.slice(-count / 2).map(({ gap }) => gap).sort((a, b) => a - b);
        const median = gaps[Math.floor(gaps.length / 2)]!;
        const pieces = pricing.calls.slice(-count / 2).filter((call) => call.pieces > 1).length;
        t.expect(median < mostGapMs, () => ({ summary: `Half of the requests to the pricing service stand still for ${median.toFixed(0)} ms between their first and their last byte.`, called: `${count} × GET /orders/{id}`, expected: `less than ${mostGapMs} ms`, actual: `${median.toFixed(0)} ms in the middle, ${pieces} of ${gaps.length} in more than one piece`, remedy: 'Head and body go out in two small writes, and Nagle’s algorithm holds the second one until the first is acknowledged, which the other side delays. Send both in one write, and set TCP_NODELAY.' }));
        t.step(`✔ ${median.toFixed(1)} ms from the first to the last byte`);
      },
    },
    {
      id: 'closed',
      title: 'goes on when the pricing service has closed an idle connection',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t, { variables: patient });
        for (let round = 0; round < 5; round++) {
          await shop.get(`/orders/${t.random.integer(1, usual.orders)}`);
          shop.pricing.closeIdle();
          // The end of the connection has to arrive first: who sends into the very moment of it can't know.
          await t.sleep(100);
          const path = `/orders/${t.random.integer(1, usual.orders)}`;
          const { status, json } = await shop.http.send({ path });
          t.expect(status === 200 && (json as { price_source?: string }).price_source === 'live', () => ({ summary: 'After the pricing service has closed an idle connection, the next call fails.', called: `GET ${path}`, expected: '200 with a live price', actual: String(status), remedy: 'Take only connections that are still open; a client that keeps connections notices when the other side has closed one.' }));
        }
        t.step('✔ 5 times');
      },
    },
  ],
};
