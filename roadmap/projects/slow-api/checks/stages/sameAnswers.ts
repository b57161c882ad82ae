import type { CheckedStage, Random } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import { calledWords, type HttpAnswer, type HttpRequest } from '../http.js';
import { firstDifference } from '../json.js';
import { Shop } from '../shop.js';

const count = 300;
const staff = { Authorization: 'Bearer staff' };

/** A request of any kind, good ones and bad ones. */
function anyRequest(random: Random): HttpRequest {
  const id = (most: number): number => random.integer(1, Math.ceil(most * 1.05));
  const limit = (): string => random.pick(['', `&limit=${random.integer(1, 12)}`, `&limit=${random.integer(1, 12)}`, '&limit=0', '&limit=-1', '&limit=ten', '&limit=', '&limit=1.5']);
  const status = (): string => random.pick(['', '', '&status=open', '&status=paid', '&status=shipped', '&status=cancelled', '&status=lost', '&status=']);
  const sort = (): string => random.pick(['', '&sort=newest', '&sort=total', '&sort=total', '&sort=up']);
  const after = (): string => random.pick(['', `&after=${id(usual.orders)}`, `&after=${id(usual.orders)}`, '&after=x', '&after=', '&after=999999999']);
  const city = (): string => random.pick(['', '&city=', '&city=Z%C3%BCrich', '&city=S%C3%A3o+Paulo', '&city=Atlantis', "&city=O'Hare", '&city=%F0%9F%92%A1']);
  const item = () => ({ sku: random.pick(['SKU-0001', 'A', 'X-9', 'lower', '', 'MUCH-TOO-LONG-TO-BE-A-SKU']), qty: random.pick([1, 3, 100, 0, 101, '2', null]), price_cents: random.pick([0, 199, 1_000_000, -1, 1_000_001]) });
  const goodItem = () => ({ sku: `SKU-${random.integer(1000, 9999)}`, qty: random.integer(1, 100), price_cents: random.integer(0, 1_000_000) });
  // A page of 50 takes the old one its time: most are small.
  return random.pick<() => HttpRequest>([
    () => ({ path: `/orders?limit=${random.integer(1, 10)}${after()}${status()}${sort()}` }),
    () => ({ path: `/orders?limit=${random.integer(1, 10)}${after()}${status()}${sort()}` }),
    () => ({ path: `/orders?x=1${limit() || '&limit=3'}${after()}${status()}${sort()}` }),
    () => ({ path: random.pick(['/orders', '/orders?limit=100&sort=total', '/orders/', '/healthz', '/', '/nothing', '/orders/x', '/orders/1/items', '/customers', '/customers/1', '/orders/1234567890']) }),
    () => ({ path: `/orders/${id(usual.orders)}` }),
    () => ({ path: `/customers/${id(usual.customers)}/orders` }),
    () => ({ path: `/customers?email=${random.pick([`CUSTOMER.${id(usual.customers)}@example.ORG`, `Customer.${id(usual.customers)}%40Example.org`, 'nobody', '', "'%20OR%201=1"])}` }),
    () => ({ path: `/top?x=1${limit()}${city()}`, headers: random.pick([{}, staff, { Authorization: 'Bearer guest' }]) }),
    () => ({ path: `/top?limit=${random.integer(1, 20)}${city()}`, headers: random.pick([{}, staff]) }),
    () => ({ method: 'POST', path: '/orders', body: { customer_id: random.pick([id(usual.customers), id(usual.customers), 0, '7', 888_888]), items: Array.from({ length: random.integer(0, 3) }, item) } }),
    () => ({ method: 'POST', path: '/orders', body: { customer_id: id(usual.customers), items: Array.from({ length: random.integer(1, 20) }, goodItem) } }),
    () => ({ method: 'POST', path: '/orders', body: random.pick(['', '{', '[]', 'null', '{"customer_id":1}', '{"customer_id":1,"items":{}}', '"order"']) }),
    () => ({ method: random.pick(['DELETE', 'PUT', 'POST']), path: random.pick(['/orders/1', '/top', '/healthz']) }),
  ])();
}

/** The JSON without the times at which this run's own orders were stored. */
function withoutOwnTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwnTimes);
  if (typeof value !== 'object' || value === null) return value;
  const own = 'created_at' in value && 'id' in value && Number(value.id) > usual.orders;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, own && key === 'created_at' ? 'now' : withoutOwnTimes(one)]));
}

export const sameAnswers: CheckedStage = {
  id: 'same-answers',
  checks: [
    {
      id: 'random-requests',
      title: `answers ${count} random requests as the API did when it was handed over`,
      limitSec: 120,
      baseline: true,
      async run(t) {
        // The index changes no answer, and saves minutes.
        const before = await Shop.open(t, { baseline: true, before: 'CREATE INDEX ON items (order_id); CREATE INDEX ON orders (customer_id); CREATE INDEX ON items (sku)' });
        const after = await Shop.open(t, { variables: { PRICING_TIMEOUT_MS: '5000' } });
        for (let number = 1; number <= count; number++) {
          // The report costs both a good part of a second of computing: now and then is enough.
          const request = number % 100 === 0 ? { path: '/report' } : anyRequest(t.random);
          const [old, now] = await Promise.all([before.http.send(request), after.http.send(request)]);
          compare(request, old, now);
          if (number % 50 === 0) t.step(`✔ ${number} of ${count}`);
        }

        function compare(request: HttpRequest, old: HttpAnswer, now: HttpAnswer): void {
          const called = calledWords(request);
          t.expect(old.status === now.status, () => ({ summary: `${request.method ?? 'GET'} ${request.path} is answered with another status than before.`, called, expected: `${old.status} ${old.text.replace(/\s+/gu, ' ').slice(0, 120)}`, actual: `${now.status} ${now.text.replace(/\s+/gu, ' ').slice(0, 120)}`, remedy: 'Whoever uses the API relies on it: give the same status and the same code for the same input.' }));
          const difference = firstDifference(withoutOwnTimes(now.json), withoutOwnTimes(old.json));
          t.expect(difference === undefined, () => ({ summary: `${request.method ?? 'GET'} ${request.path} is answered with something else than before: ${difference!.path} differs.`, called, expected: difference!.wanted, actual: difference!.got, remedy: 'Fast must not mean wrong: compare what the old version did with this input.' }));
          t.expect(/^application\/json/u.test(String(now.headers['content-type'] ?? '')), () => ({ summary: 'The answer is not called JSON.', called, expected: 'Content-Type: application/json', actual: String(now.headers['content-type'] ?? 'none'), remedy: 'Say what the body is.' }));
        }
      },
    },
  ],
};
