import { status } from '@grpc/grpc-js';
import type { CheckContext, CheckedStage } from '../../../../../src/runner/api.js';
import type { CreateOrderRequest, Order } from '../contract.js';
import { FakeCatalog, FakeOrders, Gate, noRetry, Refusal } from '../fakes.js';
import { HttpClient, sameJson } from '../http.js';
import { productOf, randomProducts, type ProductRow } from '../products.js';
import { Issuer } from '../tokens.js';

interface Edge { readonly products: readonly ProductRow[]; readonly catalog: FakeCatalog; readonly orders: FakeOrders; readonly issuer: Issuer; readonly http: HttpClient }

async function open(t: CheckContext, variables: Readonly<Record<string, string>> = {}): Promise<Edge> {
  const products = randomProducts(t, 10);
  const [catalog, orders, issuer] = [await FakeCatalog.start(t, products.map(productOf)), await FakeOrders.start(t), new Issuer(t)];
  const program = await t.start({ program: 'gateway', variables: { CATALOG_ADDR: catalog.address, ORDERS_ADDR: orders.address, ...issuer.variables, ...variables } });
  return { products, catalog, orders, issuer, http: new HttpClient(t, program) };
}

const write = 'orders:write';
const read = 'orders:read';
const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

/** How google.rpc.Code maps to HTTP. */
const mapping: readonly (readonly [status, number])[] = [
  [status.INVALID_ARGUMENT, 400], [status.FAILED_PRECONDITION, 400], [status.OUT_OF_RANGE, 400], [status.UNAUTHENTICATED, 401], [status.PERMISSION_DENIED, 403], [status.NOT_FOUND, 404],
  [status.ALREADY_EXISTS, 409], [status.ABORTED, 409], [status.RESOURCE_EXHAUSTED, 429], [status.UNIMPLEMENTED, 501], [status.UNAVAILABLE, 503], [status.DEADLINE_EXCEEDED, 504],
  [status.INTERNAL, 500], [status.UNKNOWN, 500], [status.DATA_LOSS, 500],
];

export const gateway: CheckedStage = {
  id: 'gateway',
  checks: [
    {
      id: 'product',
      title: 'offers products as JSON',
      async run(t) {
        const { products, http } = await open(t);
        const row = t.random.pick(products);
        const { json } = await http.expect({ path: `/products/${row.id}` }, 200, 'Ask Catalog.GetProduct, and answer its message as JSON.');
        sameJson(t, `GET /products/${row.id}`, json, productOf(row), 'Answer id, name, description and priceCents, the last one a number.');
        await http.expect({ path: `/products/${row.id}x` }, 404, 'NOT_FOUND of the catalog is 404.');
        const { json: health } = await http.expect({ path: '/healthz' }, 200, 'Whoever watches the gateway asks /healthz.');
        sameJson(t, 'GET /healthz', health, { status: 'SERVING' }, 'Say { "status": "SERVING" }.');
      },
    },
    {
      id: 'order',
      title: 'takes an order at the catalog’s prices, and shows it to its customer',
      async run(t) {
        const { products, catalog, orders, issuer, http } = await open(t);
        const subject = `u-${t.random.word(8)}`;
        const [a, b] = t.random.shuffle(products) as [ProductRow, ProductRow];
        const key = t.random.word(16);
        const wanted = [{ productId: a.id, quantity: 2, unitPriceCents: a.priceCents }, { productId: b.id, quantity: 1, unitPriceCents: b.priceCents }];
        const { json, headers } = await http.expect({
          method: 'POST', path: '/orders', headers: { ...bearer(issuer.token(subject, `profile ${write}`)), 'Idempotency-Key': key },
          body: { items: [{ productId: a.id, quantity: 2, unitPriceCents: 1 }, { productId: b.id, quantity: 1 }] },
        }, 201, 'Ask the catalog for each price, then Orders.CreateOrder; answer 201 with the order.');
        const [create] = orders.of<CreateOrderRequest>('CreateOrder');
        sameJson(t, 'Orders.CreateOrder', create?.request, { idempotencyKey: key, customerId: subject, items: wanted }, 'The key is the header’s, the customer is the token’s `sub`, and a price is the catalog’s: never the client’s.');
        const order = [...orders.orders.values()][0]!;
        const body = { id: order.id, customerId: subject, status: 'CONFIRMED', totalCents: order.totalCents, items: wanted };
        sameJson(t, 'POST /orders', json, body, 'Answer id, customerId, status (CONFIRMED), totalCents and items.');
        t.expect(headers.location === `/orders/${order.id}`, () => ({ summary: 'The header Location does not say where the order is.', called: 'POST /orders', expected: `/orders/${order.id}`, actual: headers.location ?? 'no header', remedy: '201 says where the new thing is.' }));
        const shown = await http.expect({ path: `/orders/${order.id}`, headers: bearer(issuer.token(subject, read, { key: 1 })) }, 200, 'Its customer may see an order. Tokens of either key of JWT_JWKS are good.');
        sameJson(t, `GET /orders/${order.id}`, shown.json, body, 'GET answers what POST has answered.');
        await http.expect({ path: `/orders/${order.id}`, headers: bearer(issuer.token(`${subject}x`, read)) }, 404, 'Somebody else’s order is 404: with 403 strangers learn which orders there are.');
        for (const seen of [...catalog.calls, ...orders.calls]) {
          const [user] = seen.metadata.get('x-user-id');
          t.expect(seen.metadata.get('authorization').length === 0, () => ({ summary: `The customer’s token was passed on to ${seen.method}.`, expected: 'no metadata `authorization`', actual: 'the token', remedy: 'A token is for whom it was made for: tell neighbors who the user is, in x-user-id, and keep the token.' }));
          t.expect(user === subject || user === `${subject}x`, () => ({ summary: `${seen.method} does not learn who the user is.`, expected: `x-user-id: ${subject}`, actual: user === undefined ? 'no x-user-id' : `x-user-id: ${user.toString()}`, remedy: 'Add the metadata x-user-id with the token’s `sub` to each call for a user.' }));
        }
        t.step('✔ neighbors learn the user’s id, and not the token');
      },
    },
    {
      id: 'statuses',
      title: 'translates each status code, and tells nothing of what is inside',
      async run(t) {
        const { products, catalog, http } = await open(t);
        for (const [code, wanted] of mapping) {
          const secret = `secret-${t.random.word(12)}`;
          catalog.react('GetProduct', () => { throw new Refusal(code, noRetry, `${secret} at db.internal:5432`); });
          const { headers, text } = await http.expect({ path: `/products/${products[0]!.id}` }, wanted, `google.rpc.Code says that ${status[code]} is ${wanted}.`);
          if (wanted >= 500) t.expect(!text.includes(secret), () => ({ summary: `The body of the ${wanted} tells what a neighbor has said.`, expected: 'a text of your own', actual: text.slice(0, 200), remedy: 'From 500 on the fault is yours: the details are for your log, not for strangers.' }));
          if (wanted === 503) t.expect(/^\d+$/u.test(headers['retry-after'] ?? ''), () => ({ summary: 'The 503 does not say when to come again.', expected: 'Retry-After: 1', actual: headers['retry-after'] ?? 'no header', remedy: 'Clients repeat a 503: tell them when.' }));
        }
      },
    },
    {
      id: 'tokens',
      title: 'lets nobody in without a good token',
      limitSec: 30,
      async run(t) {
        const { products, catalog, orders, issuer, http } = await open(t);
        const post = { method: 'POST', path: '/orders', body: { items: [{ productId: products[0]!.id, quantity: 1 }] } };
        const key = { 'Idempotency-Key': t.random.word(10) };
        const subject = `u-${t.random.word(6)}`;
        const refused = async (what: string, headers: Record<string, string>): Promise<void> => {
          const answer = await http.expect({ ...post, headers: { ...key, ...headers } }, 401, `A request ${what} is not authenticated: 401. Let the library check signature, algorithm (RS256 and no other), iss, aud, exp and nbf.`, true);
          t.expect(/^bearer/iu.test(answer.headers['www-authenticate'] ?? ''), () => ({ summary: 'The 401 does not say how to authenticate.', expected: 'WWW-Authenticate: Bearer', actual: answer.headers['www-authenticate'] ?? 'no header', remedy: 'RFC 9110 asks for WWW-Authenticate with each 401.' }));
          t.step(`✔ ${what}: 401`);
        };
        await refused('without a token', {});
        await refused('with another scheme', { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` });
        for (const [what, token] of issuer.forgeries(subject, write)) await refused(`with a token ${what}`, bearer(token));
        await http.expect({ ...post, headers: { ...key, ...bearer(issuer.token(subject, read)) } }, 403, 'Who is known but may not do this gets 403: orders:write is needed.');
        await http.expect({ path: '/orders/x', headers: bearer(issuer.token(subject, `${write} orders:readall`)) }, 403, 'Scopes are whole words: orders:read is needed.');
        t.expect(catalog.calls.length + orders.calls.length === 0, () => ({ summary: 'Neighbors were asked for requests that were refused.', expected: 'no call', actual: `${catalog.calls.length + orders.calls.length} calls`, remedy: 'Check the token before anything else.' }));
        await http.expect({ ...post, headers: { ...key, ...bearer(issuer.token(subject, write, { claims: { aud: ['other', issuer.audience] } })) } }, 201, '`aud` may be a list: yours must be in it.');
      },
    },
    {
      id: 'nobody',
      title: 'trusts nobody when it is not told whom to trust',
      limitSec: 30,
      async run(t) {
        for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE']) {
          const { products, issuer, http } = await open(t, { [name]: '' });
          const post = { method: 'POST', path: '/orders', headers: { ...bearer(issuer.token('u-1', write)), 'Idempotency-Key': t.random.word(10) }, body: { items: [{ productId: products[0]!.id, quantity: 1 }] } };
          await http.expect(post, 401, `${name} is empty, and to many libraries an empty name means any: then let no token be valid.`);
        }
      },
    },
    {
      id: 'requests',
      title: 'refuses requests that are wrong or too large',
      limitSec: 30,
      async run(t) {
        const { products, catalog, orders, issuer, http } = await open(t);
        const headers = { ...bearer(issuer.token('u-1', `${write} ${read}`)), 'Idempotency-Key': t.random.word(10) };
        const post = { method: 'POST', path: '/orders', headers };
        for (const body of ['{ "items": [', '[]', '{ "items": "all" }', `{ "items": [{ "productId": "${products[0]!.id}", "quantity": "2" }] }`, `{ "items": [{ "productId": "${products[0]!.id}", "quantity": 1.5 }] }`, `{ "items": [["${products[0]!.id}", 2]] }`]) await http.expect({ ...post, body }, 400, 'A body that is not the expected JSON is 400.');
        await http.expect({ method: 'POST', path: '/orders', headers: bearer(issuer.token('u-1', write)), body: { items: [{ productId: products[0]!.id, quantity: 1 }] } }, 400, 'Without an Idempotency-Key a repetition would be another order: 400.');
        const large = { items: [{ productId: 'x'.repeat(1_048_576), quantity: 1 }] };
        await http.expect({ ...post, body: large }, 413, 'A body above 1 MiB is 413: whoever reads without a limit is out of memory soon.');
        await http.expect({ ...post, body: large, chunked: true }, 413, 'Without a Content-Length, too: count what comes.');
        t.expect(catalog.calls.length + orders.calls.length === 0, () => ({ summary: 'Neighbors were asked for requests that were refused.', expected: 'no call', actual: `${catalog.calls.length + orders.calls.length} calls`, remedy: 'Read and check the whole request first.' }));
        await http.expect({ path: `/${t.random.word(8)}` }, 404, 'A path that you don’t know is 404.');
        for (const [method, path, allow] of [['DELETE', '/orders', 'POST'], ['POST', `/products/${products[0]!.id}`, 'GET']] as const) {
          const answer = await http.expect({ method, path, headers }, 405, 'A path that you know with a method that it has not is 405.');
          t.expect((answer.headers.allow ?? '').includes(allow), () => ({ summary: 'The 405 does not say what is allowed.', called: `${method} ${path}`, expected: `Allow: ${allow}`, actual: answer.headers.allow ?? 'no header', remedy: 'RFC 9110 asks for Allow with each 405.' }));
        }
        orders.react('CreateOrder', () => { throw new Refusal(status.ALREADY_EXISTS, noRetry); });
        await http.expect({ ...post, body: { items: [{ productId: products[0]!.id, quantity: 1 }] } }, 409, 'A key that stands for another order is 409.');
        await http.expect({ ...post, body: { items: [{ productId: `${products[0]!.id}x`, quantity: 1 }] } }, 404, 'A product that does not exist is the catalog’s NOT_FOUND.');
      },
    },
    {
      id: 'deadline',
      title: 'answers within 2 s whatever its neighbors do',
      async run(t) {
        const { products, catalog, orders, issuer, http } = await open(t);
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        catalog.react('GetProduct', async (_, normal) => { await gate.opened; return normal(); });
        const slow = await http.expect({ path: `/products/${products[0]!.id}` }, 504, 'Two seconds for each request, then 504: browsers and customers wait no longer.');
        t.expect(slow.milliseconds < 4500, () => ({ summary: 'The 504 came late.', expected: 'after 2 s', actual: `after ${Math.round(slow.milliseconds)} ms`, remedy: 'One deadline of 2 s for the request and all its calls.' }));
        const [get] = catalog.calls;
        t.expect(get?.remaining !== undefined && get.remaining <= 2060, () => ({ summary: 'The catalog was not told of the deadline.', expected: 'at most 2000 ms', actual: get?.remaining === undefined ? 'no deadline' : `${Math.round(get.remaining)} ms`, remedy: 'Give the calls the request’s deadline.' }));
        catalog.react('GetProduct', async (_, normal) => { await t.sleep(500); return normal(); });
        await http.expect({ method: 'POST', path: '/orders', headers: { ...bearer(issuer.token('u-1', write)), 'Idempotency-Key': t.random.word(10) }, body: { items: [{ productId: products[1]!.id, quantity: 1 }] } }, 201, 'Half a second is in time.');
        const [create] = orders.of<Order>('CreateOrder');
        t.expect(create?.remaining !== undefined && create.remaining <= 1560, () => ({ summary: 'The second call has as much time as the first.', expected: 'at most 1500 ms after a call that took 500', actual: create?.remaining === undefined ? 'no deadline' : `${Math.round(create.remaining)} ms`, remedy: 'One deadline of 2 s for the request and all its calls.' }));
      },
    },
  ],
};
