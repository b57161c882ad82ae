import { status } from '@grpc/grpc-js';
import { endedWords, windows, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Health, Inventory, Orders } from '../contract.js';
import { FakeCatalog, FakeOrders, Gate } from '../fakes.js';
import { HttpClient } from '../http.js';
import { productOf, productsFile, randomProducts } from '../products.js';
import { Shop } from '../shop.js';
import { Issuer } from '../tokens.js';

const told = windows ? 'the end of standard input' : 'SIGTERM';
const order = `After ${told}: first say NOT_SERVING, then take no more calls, let those that run finish (for GRACE_MS at most), then end with exit code 0.`;

/** Waits for the end of a program that was told to stop. */
async function expectEnd(t: CheckContext, program: Program, within: number): Promise<void> {
  const at = performance.now();
  const ended = await Promise.race([program.ended, t.sleep(within).then(() => undefined)]);
  t.expect(ended !== undefined, () => ({ summary: `The program still runs ${within} ms after it was told to stop.`, expected: 'its end', actual: 'it runs', remedy: 'When the grace is over, cancel what still runs, and end. Streams that only watch never end by themselves.' }));
  t.expect(ended!.code === 0, () => ({ summary: `After ${told} the program ended ${endedWords(ended!)}.`, expected: 'exit code 0', actual: endedWords(ended!), remedy: order }));
  t.step(`✔ it ended with exit code 0 after ${Math.round(performance.now() - at)} ms`);
}

export const drain: CheckedStage = {
  id: 'drain',
  checks: [
    {
      id: 'in-flight',
      title: 'finishes 30 calls that run, and takes no new ones',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t, { variables: { GRACE_MS: '8000' } });
        const health = new Caller(t, shop.program, Health).stream<{ status: string }>('Watch', { service: 'shop.v1.Orders' });
        const first = await health.expectMessage('the state of shop.v1.Orders', 'Orders has a health service, too.');
        t.expect(first.status === 'SERVING', () => ({ summary: 'Orders does not serve.', expected: 'SERVING', actual: first.status, remedy: 'Register shop.v1.Orders with the health service.' }));
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.payments.react('Charge', async (_, normal) => { await gate.opened; return normal(); });
        const running = Array.from({ length: 30 }, async () => await shop.orders.call('CreateOrder', shop.request(), { deadline: 9000 }));
        await t.until(5000, () => shop.charged.length === 30 ? true : undefined);
        t.step(`30 calls are running: ${told}`);
        shop.program.terminate();
        const next = await health.expectMessage('NOT_SERVING', order, 3000);
        t.expect(next.status === 'NOT_SERVING', () => ({ summary: 'Those who watch its health do not hear that it stops.', expected: 'NOT_SERVING', actual: next.status, remedy: order }));
        t.step('✔ Watch says NOT_SERVING');
        const refused = await t.until(3000, async () => {
          const { code } = await new Caller(t, shop.program, Orders).call('GetOrder', { id: 'x' }, { deadline: 1500 });
          return code === status.UNAVAILABLE ? true : undefined;
        });
        t.expect(refused === true, () => ({ summary: 'It still takes new calls after it was told to stop.', called: 'GetOrder on a new connection', expected: 'UNAVAILABLE', actual: 'an answer', remedy: order }));
        t.step('✔ a new call is UNAVAILABLE');
        gate.open();
        const codes = (await Promise.all(running)).map(({ code }) => code);
        const bad = codes.filter((code) => code !== status.OK);
        t.expect(bad.length === 0, () => ({ summary: `Of 30 calls that were running ${bad.length} did not finish.`, expected: '30 × OK', actual: `${30 - bad.length} × OK, ${bad.length} × ${status[bad[0]!]}`, remedy: order }));
        t.step('✔ all 30 finished');
        await expectEnd(t, shop.program, 5000);
      },
    },
    {
      id: 'grace',
      title: 'does not wait for ever',
      limitSec: 30,
      async run(t) {
        const shop = await Shop.open(t, { variables: { GRACE_MS: '1000' } });
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        shop.payments.react('Charge', async (_, normal) => { await gate.opened; return normal(); });
        const hung = shop.orders.call('CreateOrder', shop.request(), { deadline: 20_000 });
        await t.until(5000, () => shop.charged[0]);
        const at = performance.now();
        shop.program.terminate();
        await expectEnd(t, shop.program, 4000);
        t.expect(performance.now() - at >= 700, () => ({ summary: 'The running call was not given its grace.', expected: 'GRACE_MS = 1000', actual: `${Math.round(performance.now() - at)} ms`, remedy: order }));
        await hung;
      },
    },
    {
      id: 'watchers',
      title: 'is not held up by those who only watch',
      limitSec: 30,
      async run(t) {
        const products = randomProducts(t, 3);
        const program = await t.start({ program: 'inventory', variables: { ...await productsFile(t, products), GRACE_MS: '15000' } });
        const watch = new Caller(t, program, Inventory).stream('Watch', { productId: products[0]!.id });
        await watch.expectMessage('the present stock', 'Watch as before.');
        const health = new Caller(t, program, Health).stream('Watch', { service: '' });
        await health.expectMessage('the state', 'Watch as before.');
        await t.sleep(200);
        program.terminate();
        await expectEnd(t, program, 5000);
      },
    },
    {
      id: 'gateway',
      title: 'lets the gateway’s requests finish, too',
      limitSec: 30,
      async run(t) {
        const products = randomProducts(t, 3);
        const [catalog, orders, issuer] = [await FakeCatalog.start(t, products.map(productOf)), await FakeOrders.start(t), new Issuer(t)];
        const program = await t.start({ program: 'gateway', variables: { CATALOG_ADDR: catalog.address, ORDERS_ADDR: orders.address, ...issuer.variables, GRACE_MS: '8000' } });
        const http = new HttpClient(t, program);
        // Leaves a connection that is idle and kept alive.
        await http.expect({ path: `/products/${products[1]!.id}` }, 200, 'As before.');
        const gate = new Gate();
        t.defer(() => { gate.open(); });
        catalog.react<{ id: string }>('GetProduct', async ({ request: { id } }, normal) => { if (id === products[0]!.id) await gate.opened; return normal(); });
        catalog.forget();
        const running = Promise.all(Array.from({ length: 10 }, async () => await http.send({ path: `/products/${products[0]!.id}` })));
        // What is cut off early is reported when the answers are taken.
        running.catch(() => { /* awaited below */ });
        await t.until(5000, () => catalog.calls.length === 10 ? true : undefined);
        program.terminate();
        // An answer of 503 is a refusal, too; no answer at all is the usual one.
        // Sooner than those that run are out of time.
        const newcomers = await t.until(1200, async () => [undefined, 503].includes(await http.statusOnNewConnection(`/products/${products[2]!.id}`)) ? true : undefined);
        t.expect(newcomers === true, () => ({ summary: 'The gateway still takes requests after it was told to stop.', called: `GET /products/${products[2]!.id} on a new connection`, expected: 'no connection, or 503', actual: 'it is dealt with', remedy: 'Close the listener first, then wait for the requests that run.' }));
        t.step('✔ a new connection is refused');
        gate.open();
        const answers = await running;
        const bad = answers.find((answer) => answer.status !== 200);
        t.expect(bad === undefined, () => ({ summary: 'A request that was running did not finish.', expected: '10 × 200', actual: String(bad!.status), remedy: order }));
        t.expect(answers.every(({ headers }) => headers.connection === 'close'), () => ({ summary: 'Clients are not told to connect elsewhere.', expected: 'Connection: close', actual: `${answers.filter(({ headers }) => headers.connection !== 'close').length} answers without it`, remedy: 'The last answer on a connection says so, and no request is lost on one that closes.' }));
        t.step('✔ ten running requests finished');
        await expectEnd(t, program, 5000);
      },
    },
  ],
};
