import { status } from '@grpc/grpc-js';
import { freePorts, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { FakeCatalog, FakeOrders, Refusal, type Seen } from '../fakes.js';
import { HttpClient } from '../http.js';
import { productOf, randomProducts, type ProductRow } from '../products.js';
import { Shop } from '../shop.js';
import { Issuer } from '../tokens.js';

const hex = (t: CheckContext, digits: number): string => Array.from({ length: digits }, (_, index) => t.random.integer(index === 0 ? 1 : 0, 15).toString(16)).join('');
const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/u;
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Parent { readonly trace: string; readonly span: string; readonly flags: string }

/** The trace context that a call came with. @throws Failure when it has none. */
function parentOf(t: CheckContext, seen: Seen): Parent {
  const values = seen.metadata.get('traceparent').map(String);
  const [, trace, span, flags] = form.exec(values[0] ?? '') ?? [];
  t.expect(values.length === 1 && trace !== undefined && !/^0+$/u.test(trace) && !/^0+$/u.test(span!), () => ({ summary: `${seen.method} came without a valid traceparent.`, expected: '00-<32 hex digits>-<16 hex digits>-<2 hex digits>, not all zero', actual: values.length === 0 ? 'no traceparent' : values.join(' and '), remedy: 'Add the metadata traceparent to every call: W3C Trace Context, version 00.' }));
  return { trace: trace!, span: span!, flags: flags! };
}

/** Calls carry the same trace, each with a span of its own. */
function expectTrace(t: CheckContext, calls: readonly Seen[], wanted: Parent): void {
  const spans = new Set([wanted.span]);
  for (const seen of calls) {
    const parent = parentOf(t, seen);
    t.expect(parent.trace === wanted.trace, () => ({ summary: `${seen.method} belongs to another trace.`, expected: `the trace ${wanted.trace}`, actual: `the trace ${parent.trace}`, remedy: 'The trace id is the request’s, through all services; only the parent id is new.' }));
    t.expect(parent.flags === wanted.flags, () => ({ summary: `${seen.method} came with other flags.`, expected: wanted.flags, actual: parent.flags, remedy: 'Pass the flags on: whether a trace is sampled is decided once, at its beginning.' }));
    t.expect(!spans.has(parent.span), () => ({ summary: `${seen.method} has a parent id that was there before.`, expected: 'a new one for each call', actual: parent.span, remedy: 'The parent id names the span that makes the call: a new span for each.' }));
    spans.add(parent.span);
  }
}

const logForm = 'One JSON object a line on standard output for each request: time, level, service, msg, trace_id, span_id, method, code, duration_ms.';

/** Waits for the program's line of a request. */
async function expectLine(t: CheckContext, program: Program, service: string, trace: string, method: string, code: unknown): Promise<void> {
  let lines: Record<string, unknown>[] = [];
  const found = await t.until(3000, () => {
    lines = program.log.text.split('\n').flatMap((line) => { try { const json = JSON.parse(line) as Record<string, unknown> | null; return json !== null && typeof json === 'object' ? [json] : []; } catch { return []; } });
    return lines.find((line) => line['trace_id'] === trace && line['method'] === method && line['msg'] === 'request');
  });
  t.expect(found !== undefined, () => ({ summary: `The log of ${service} has no line for ${method} of this trace.`, expected: `{ …, "msg": "request", "trace_id": "${trace}", "method": "${method}", … }`, actual: `${lines.length} JSON lines without it`, remedy: logForm }));
  const right = found!['service'] === service && String(found!['code']) === String(code) && typeof found!['duration_ms'] === 'number' && typeof found!['span_id'] === 'string' && !Number.isNaN(Date.parse(String(found!['time'])));
  t.expect(right, () => ({ summary: `The line of ${service} for ${method} is not as agreed.`, expected: `service ${service}, code ${String(code)}, a span_id, a time (ISO 8601) and duration_ms as a number`, actual: JSON.stringify(found), remedy: logForm }));
}

async function edge(t: CheckContext): Promise<{ products: ProductRow[]; catalog: FakeCatalog; orders: FakeOrders; issuer: Issuer; program: Program; http: HttpClient }> {
  const products = randomProducts(t, 5);
  const [catalog, orders, issuer] = [await FakeCatalog.start(t, products.map(productOf)), await FakeOrders.start(t), new Issuer(t)];
  const program = await t.start({ program: 'gateway', variables: { CATALOG_ADDR: catalog.address, ORDERS_ADDR: orders.address, ...issuer.variables } });
  return { products, catalog, orders, issuer, program, http: new HttpClient(t, program) };
}

export const trace: CheckedStage = {
  id: 'trace',
  checks: [
    {
      id: 'gateway',
      title: 'continues a client’s trace at the gateway',
      async run(t) {
        const { products, catalog, orders, issuer, program, http } = await edge(t);
        for (const flags of ['01', '00']) {
          const wanted = { trace: hex(t, 32), span: hex(t, 16), flags };
          const state = `vendor=${t.random.word(8)}`;
          await http.expect({
            method: 'POST', path: '/orders', body: { items: [{ productId: products[0]!.id, quantity: 1 }, { productId: products[1]!.id, quantity: 1 }] },
            headers: { Authorization: `Bearer ${issuer.token('u-1', 'orders:write')}`, 'Idempotency-Key': t.random.word(10), traceparent: `00-${wanted.trace}-${wanted.span}-${flags}`, tracestate: state },
          }, 201, 'A traced request is answered like any other.');
          const calls = [...catalog.calls, ...orders.calls];
          expectTrace(t, calls, wanted);
          const lost = calls.find((seen) => String(seen.metadata.get('tracestate')[0]) !== state);
          t.expect(lost === undefined, () => ({ summary: `${lost!.method} came without the tracestate.`, expected: state, actual: String(lost!.metadata.get('tracestate')[0] ?? 'none'), remedy: 'Pass tracestate on as it is: it belongs to whoever put it there.' }));
          await expectLine(t, program, 'gateway', wanted.trace, 'POST /orders', 201);
          t.step(`✔ ${calls.length} calls in the trace of the request, with the flags ${flags}; its line is in the log`);
          catalog.forget();
          orders.forget();
        }
      },
    },
    {
      id: 'new-trace',
      title: 'begins a trace where there is none, or a damaged one',
      async run(t) {
        const { products, catalog, http } = await edge(t);
        const seen = new Set<string>();
        const good = hex(t, 32);
        for (const traceparent of [undefined, `00-${'0'.repeat(32)}-${hex(t, 16)}-01`, `00-${good}-${'0'.repeat(16)}-01`, `ff-${good}-${hex(t, 16)}-01`, `00-${good}-${hex(t, 15)}-01`, `00-${good.toUpperCase().replace(/\d/gu, 'A')}-${hex(t, 16)}-01`, 'nonsense']) {
          catalog.forget();
          await http.expect({ path: `/products/${products[0]!.id}`, ...(traceparent !== undefined && { headers: { traceparent, tracestate: 'vendor=old' } }) }, 200, 'A damaged traceparent is no reason to refuse a request.', true);
          const [call] = catalog.calls;
          const parent = parentOf(t, call!);
          t.expect(parent.trace !== good && !seen.has(parent.trace), () => ({ summary: 'A request without a valid traceparent did not begin a trace of its own.', called: `traceparent: ${traceparent ?? 'none'}`, expected: 'a new trace id', actual: parent.trace, remedy: 'A traceparent that is not as the specification says is as good as none: begin a new trace by chance.' }));
          t.expect(call!.metadata.get('tracestate').length === 0, () => ({ summary: 'The tracestate of a damaged traceparent was passed on.', expected: 'none', actual: String(call!.metadata.get('tracestate')[0]), remedy: 'Without a valid traceparent, tracestate has no meaning: drop it.' }));
          seen.add(parent.trace);
          t.step(`✔ ${traceparent ?? 'no traceparent'} → a new trace`);
        }
      },
    },
    {
      id: 'orders',
      title: 'passes the trace on from service to service',
      async run(t) {
        const shop = await Shop.open(t);
        const wanted = { trace: hex(t, 32), span: hex(t, 16), flags: '00' };
        shop.payments.react('Charge', () => { throw new Refusal(status.FAILED_PRECONDITION); });
        shop.inventory.react('Reserve', (_, normal) => { if (shop.reserved.length === 1) throw new Refusal(status.UNAVAILABLE); return normal(); });
        await shop.orders.expectCode('CreateOrder', shop.request(), status.FAILED_PRECONDITION, { metadata: { traceparent: `00-${wanted.trace}-${wanted.span}-00`, tracestate: 'a=1' } });
        shop.expectCalls({ reserve: 2, charge: 1, release: 1 }, 'The steps are not those of an order that can’t be paid.', 'Nothing of the stages before may be lost.');
        expectTrace(t, [...shop.reserved.slice(0, 1), ...shop.charged, ...shop.released], wanted);
        t.expect(parentOf(t, shop.reserved[1]!).trace === wanted.trace, () => ({ summary: 'The second attempt belongs to another trace.', expected: wanted.trace, actual: parentOf(t, shop.reserved[1]!).trace, remedy: 'An attempt belongs to the trace of its call.' }));
        await expectLine(t, shop.program, 'orders', wanted.trace, '/shop.v1.Orders/CreateOrder', 'FAILED_PRECONDITION');
        t.step('✔ Reserve, its second attempt, Charge and Release are in the trace; the line is in the log');
      },
    },
    {
      id: 'metrics',
      title: 'measures how long calls take, in a histogram',
      async run(t) {
        const [port] = await freePorts(1);
        const shop = await Shop.open(t, { variables: { METRICS_PORT: String(port) } });
        for (let count = 0; count < 7; count++) await shop.orders.expectOk('CreateOrder', shop.request(), undefined, { quiet: true });
        await shop.orders.expectCode('GetOrder', { id: t.random.word(8) }, status.NOT_FOUND);
        const text = await (await fetch(`http://127.0.0.1:${port!}/metrics`).catch(() => undefined))?.text() ?? '';
        const labels = (method: string, code: string): RegExp[] => [/rpc_system_name="grpc"/u, new RegExp(`rpc_method="shop\\.v1\\.Orders/${method}"`, 'u'), new RegExp(`rpc_response_status_code="${code}"`, 'u')];
        const find = (name: string, method: string, code: string): string[] => text.split('\n').filter((line) => line.startsWith(`${name}{`) && labels(method, code).every((label) => label.test(line)));
        const value = (line: string | undefined): number => Number(line?.split(' ').at(-1));
        for (const [method, code, wanted] of [['CreateOrder', 'OK', 7], ['GetOrder', 'NOT_FOUND', 1]] as const) {
          const [count] = find('rpc_server_call_duration_seconds_count', method, code);
          t.expect(value(count) === wanted, () => ({ summary: `The histogram does not count ${method}.`, called: 'GET /metrics', expected: `rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="shop.v1.Orders/${method}",rpc_response_status_code="${code}"} ${wanted}`, actual: count ?? (text === '' ? 'no answer on METRICS_PORT' : 'no such line'), remedy: 'Serve Prometheus’ text format on METRICS_PORT; the metric is OpenTelemetry’s rpc.server.call.duration, in seconds, with its labels.' }));
        }
        const buckets = find('rpc_server_call_duration_seconds_bucket', 'CreateOrder', 'OK').map((line) => ({ bound: Number(/le="([^"]+)"/u.exec(line)?.[1]?.replace('+Inf', 'Infinity')), count: value(line) })).sort((a, b) => a.bound - b.bound);
        t.expect(buckets.map(({ bound }) => bound).join() === [...bounds, Infinity].join(), () => ({ summary: 'The histogram has other bounds.', called: 'GET /metrics', expected: bounds.join(' '), actual: buckets.map(({ bound }) => bound).join(' ') || 'no buckets', remedy: 'The bounds of OpenTelemetry’s semantic conventions, so that all services can be compared.' }));
        t.expect(buckets.every(({ count }, index) => index === 0 || count >= buckets[index - 1]!.count) && buckets.at(-1)!.count === 7, () => ({ summary: 'The buckets are not cumulative.', expected: 'each at least the one before, the last one 7', actual: buckets.map(({ count }) => count).join(' '), remedy: 'A bucket counts all that took at most so long: use the client library of Prometheus.' }));
        const [sum] = find('rpc_server_call_duration_seconds_sum', 'CreateOrder', 'OK');
        t.expect(value(sum) > 0 && value(sum) < 30, () => ({ summary: 'The durations are not in seconds.', expected: 'the sum of 7 short calls in seconds', actual: sum ?? 'no such line', remedy: 'Prometheus wants base units: seconds.' }));
        t.step('✔ the histogram counts 7 × CreateOrder OK and 1 × GetOrder NOT_FOUND');
      },
    },
  ],
};
