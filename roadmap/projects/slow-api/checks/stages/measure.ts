import { Failure, type CheckContext, type CheckedStage } from '../../../../../src/runner/api.js';
import { calledWords, type HttpAnswer, type HttpRequest } from '../http.js';
import { serverTiming } from '../serverTiming.js';
import { Shop } from '../shop.js';
import { usual } from '../database/databases.js';
import type { Traffic } from '../wire/databaseWire.js';

const form = 'Server-Timing: db;dur=12.3, total;dur=45.6';
const rounds = 20;
/** Of {@link rounds}; the rest may have met a busy moment of the machine. */
const enough = 15;

interface Measured { readonly request: HttpRequest; readonly answer: HttpAnswer; readonly db: number; readonly total: number; readonly traffic: Traffic; /** Milliseconds that the pricing service let it wait. */ readonly priced: number }

/** The times that an answer reports. @throws Failure when one of them is missing. */
function timesOf(t: CheckContext, request: HttpRequest, answer: HttpAnswer): { db: number; total: number } {
  const header = answer.headers['server-timing'];
  const times = serverTiming(answer);
  const [db, total] = [times?.get('db'), times?.get('total')];
  t.expect(db !== undefined && total !== undefined, () => ({
    summary: header === undefined ? `The answer to ${request.method ?? 'GET'} ${request.path} (${answer.status}) has no Server-Timing header.` : `The Server-Timing header of ${request.method ?? 'GET'} ${request.path} names no ${db === undefined ? 'db' : 'total'} with a duration.`,
    called: calledWords(request), expected: form, actual: header === undefined ? 'no such header' : `Server-Timing: ${String(header)}`,
    remedy: 'Add the header where every answer is sent, errors too: db and total, each with ;dur= and milliseconds.',
  }));
  return { db: db!, total: total! };
}

/** Requests that take their time in different places: many statements, few, the pricing service. */
async function measured(t: CheckContext): Promise<Measured[]> {
  const shop = await Shop.open(t, { roundTripMs: 5 });
  const id = (): number => t.random.integer(1, usual.orders);
  const kinds: (() => HttpRequest)[] = [
    () => ({ path: `/orders?limit=${t.random.integer(4, 20)}` }), () => ({ path: `/orders/${id()}` }), () => ({ path: `/customers/${t.random.integer(1, usual.customers)}/orders` }), () => ({ path: `/orders/${id()}` }),
  ];
  for (const kind of kinds) await shop.http.send(kind());
  const all: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const request = kinds[round % kinds.length]!();
    shop.pricing.delayMs = t.random.integer(40, 140);
    const calls = shop.pricing.calls.length;
    const { result: answer, traffic } = await shop.watch(() => shop.http.expect(request, 200, 'Answer as API.md says: it did when it was handed over.'));
    all.push({ request, answer, traffic, priced: shop.pricing.calls.length > calls ? shop.pricing.delayMs : 0, ...timesOf(t, request, answer) });
  }
  return all;
}

function tooFew(what: string, wrong: readonly Measured[], words: (one: Measured) => { expected: string; actual: string }, remedy: string): Failure {
  const [first] = wrong;
  return new Failure({ summary: `${what} is wrong in ${wrong.length} of ${rounds} answers.`, called: calledWords(first!.request), ...words(first!), remedy });
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

export const measure: CheckedStage = {
  id: 'measure',
  checks: [
    {
      id: 'every-answer',
      title: 'reports db and total in the Server-Timing header of every answer',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const requests: HttpRequest[] = [
          { path: '/orders?limit=3' }, { path: '/healthz' }, { path: `/orders/${t.random.integer(1, usual.orders)}` }, { path: '/top' }, { path: '/report' },
          { path: '/orders?limit=none' }, { path: `/${t.random.word()}` }, { path: `/orders/${usual.orders + t.random.integer(1000, 9000)}` },
          { method: 'POST', path: '/orders', body: { customer_id: 1, items: [{ sku: 'SKU-0001', qty: 1, price_cents: 100 }] } }, { method: 'POST', path: '/orders', body: 'no order' },
        ];
        for (const request of requests) {
          const answer = await shop.http.send(request);
          const { db, total } = timesOf(t, request, answer);
          t.expect(db <= total + 1, () => ({ summary: 'The database took longer than the whole request.', called: calledWords(request), expected: 'db ≤ total', actual: `db ${ms(db)}, total ${ms(total)}`, remedy: 'Start the clock of total when the request arrives, before anything else, and stop it last.' }));
        }
        t.step(`✔ ${requests.length} answers, ${form.split(':')[0]!} in each`);
      },
    },
    {
      id: 'without-database',
      title: 'reports no database time when it did not ask the database',
      async run(t) {
        const shop = await Shop.open(t, { roundTripMs: 5 });
        await shop.get('/orders?limit=5');
        for (const path of ['/healthz', '/orders?limit=0']) {
          const { db } = timesOf(t, { path }, await shop.http.send({ path }));
          t.expect(db < 1, () => ({ summary: `${path} asks the database nothing, and reports ${ms(db)} of it.`, called: `GET ${path}`, expected: 'db;dur=0', actual: `db;dur=${db}`, remedy: 'Keep the time of each request apart: a number that all requests share adds up others’.' }));
        }
      },
    },
    {
      id: 'total',
      title: 'reports a total that an outside clock confirms',
      limitSec: 60,
      measures: true,
      async run(t) {
        const all = await measured(t);
        // What it waited for is in it, whatever else the machine has to do; and it is not longer than what an outside clock sees.
        const wrong = all.filter(({ answer, traffic, priced, total }) => total < 0.9 * (traffic.waited + priced) - 3 || total > answer.milliseconds + 3);
        t.counted();
        if (rounds - wrong.length < enough) {
          throw tooFew('total', wrong, ({ answer, traffic, priced, total }) => ({ expected: `between ${ms(traffic.waited + priced)}, which it waited for the database and the pricing service, and ${ms(answer.milliseconds)}, as measured from outside`, actual: `total;dur=${total}` }),
            'The unit is milliseconds. Start when the request arrives, and stop when the answer is ready, after everything that was waited for.');
        }
        t.step(`✔ ${rounds - wrong.length} of ${rounds} totals agree with the outside clock`);
      },
    },
    {
      id: 'database',
      title: 'reports the time that it waits for the database',
      limitSec: 60,
      measures: true,
      async run(t) {
        const all = await measured(t);
        // Of the time that nobody waited for anybody, a part may have passed between a result and its reading: on a busy machine much of it.
        const most = ({ answer, traffic, priced }: Measured): number => Math.max(traffic.waitedWithOpening, answer.milliseconds - priced) + 3;
        const wrong = all.filter((one) => one.db < 0.9 * one.traffic.waited - 3 || one.db > most(one));
        t.counted();
        if (rounds - wrong.length < enough) {
          throw tooFew('db', wrong, ({ traffic }) => ({ expected: `about ${ms(traffic.waited)}: what the wire waited for its ${traffic.statements.length} statements`, actual: `db;dur=${wrong[0]!.db}` }),
            'Add up the time from sending each statement of the request to its complete result, and nothing else.');
        }
        t.step(`✔ ${rounds - wrong.length} of ${rounds} database times agree with the wire`);
      },
    },
  ],
};
