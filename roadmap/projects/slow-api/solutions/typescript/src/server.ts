import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
//@ stage 10
import { send, type Answer } from './answer.js';
//@ end
//@ stage 11
import { Cache } from './cache.js';
//@ end
import { Database } from './database.js';
//@ stage 1-8
import { Lock } from './lock.js';
//@ end
import { addOrder, findCustomer, findOrder, listOrders, ordersByStatus, ordersOfCustomer, topProducts } from './orders.js';
//@ stage 1-7
import { quote } from './pricing.js';
//@ end
//@ stage 8
import { Pricing } from './pricing.js';
//@ end
import { makeReport } from './report.js';
import { number, readLimit, readOrder, readPage, RequestError } from './request.js';
import type { Settings } from './settings.js';
import { Timing } from './timing.js';

//@ stage 1-9
/** What a request is answered with. */
interface Answer { status: number; body: object }

//@ end
/** Resolves when the API listens, rejects when it can't. */
export async function serve(settings: Settings): Promise<void> {
  const api = new Api(settings);
  const server = createServer((request, response) => { void api.answer(request, response); });
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(settings.port, settings.host, resolve); });
}

class Api {
  //@ stage 1-8
  readonly #lock = new Lock();
  /** How many of the requests that are counted were answered. Not safe to change by two at once. */
  //@ end
  //@ stage 9
  /** How many of the requests that are counted were answered. Changed within one turn of the event loop, so no lock is needed. */
  //@ end
  #served = 0;
  readonly #database: Database;
  //@ stage 8
  readonly #pricing: Pricing;
  //@ end
  //@ stage 11
  readonly #rankings: Cache<object[]>;
  //@ end
  //@ stage 12
  #inFlight = 0;
  //@ end

  constructor(private readonly settings: Settings) {
    this.#database = new Database(settings.databaseUrl);
    //@ stage 8-11
    this.#pricing = new Pricing(settings.pricingUrl);
    //@ end
    //@ stage 11
    this.#rankings = new Cache(settings.cacheTtlMs, settings.cacheMaxEntries);
    //@ end
    //@ stage 12
    this.#pricing = new Pricing(settings.pricingUrl, settings.pricingTimeoutMs);
    //@ end
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const timing = new Timing();
    //@ stage 12
    const counts = request.url !== '/healthz';
    if (counts && this.#inFlight >= this.settings.maxInFlight) {
      await send(request, response, { status: 503, body: { error: 'overloaded' }, headers: { 'Retry-After': '1' } }, timing);
      return;
    }
    if (counts) this.#inFlight += 1;
    //@ end
    let answer: Answer;
    try {
      answer = await this.#route(request, timing);
    } catch (error) {
      if (!(error instanceof RequestError)) console.error(error);
      answer = error instanceof RequestError ? { status: error.status, body: { error: error.code } } : { status: 500, body: { error: 'internal' } };
    }
    //@ stage 12
    if (counts) this.#inFlight -= 1;
    //@ end
    //@ stage 1-9
    send(response, answer, timing);
    //@ end
    //@ stage 10
    await send(request, response, answer, timing);
    //@ end
  }

  async #route(request: IncomingMessage, timing: Timing): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    const route = `${request.method} ${pathname}`;
    if (route === 'GET /healthz') return await this.#counted(async () => ({ status: 'ok' }));
    if (route === 'GET /orders') {
      const page = readPage(searchParams);
      return await this.#counted(() => this.#database.use(timing, (connection) => listOrders(connection, page)));
    }
    if (route === 'GET /report') return await this.#counted(async () => await makeReport(await this.#database.use(timing, ordersByStatus)));
    if (route === 'POST /orders') {
      const order = await readOrder(request);
      const added = await this.#database.use(timing, (connection) => addOrder(connection, order));
      if (added === undefined) throw new RequestError(404, 'unknown_customer');
      //@ stage 11
      this.#rankings.clear();
      //@ end
      return { status: 201, body: added };
    }
    if (route === 'GET /customers') {
      const email = searchParams.get('email');
      if (email === null || email === '') throw new RequestError(400, 'invalid_email');
      return found(await this.#database.use(timing, (connection) => findCustomer(connection, email)));
    }
    if (route === 'GET /top') {
      const ranking = { limit: readLimit(searchParams, 10), city: searchParams.get('city') || undefined, revenue: request.headers.authorization === 'Bearer staff' };
      //@ stage 1-10
      return { status: 200, body: { top: await this.#database.use(timing, (connection) => topProducts(connection, ranking)) } };
      //@ end
      //@ stage 11
      return { status: 200, body: { top: await this.#rankings.get(JSON.stringify(ranking), () => this.#database.use(timing, (connection) => topProducts(connection, ranking))) } };
      //@ end
    }
    const [, collection, text = '', rest] = /^\/(orders|customers)\/(\d+)(\/orders)?$/.exec(pathname) ?? [];
    const id = number(text);
    if (request.method === 'GET' && id !== undefined) {
      if (collection === 'orders' && rest === undefined) {
        const order = await this.#database.use(timing, (connection) => findOrder(connection, id));
        if (order === undefined) throw new RequestError(404, 'not_found');
        //@ stage 1-11
        let quoted: number;
        try {
          //@ stage 1-7
          quoted = await quote(this.settings.pricingUrl, id, order.items);
          //@ end
          //@ stage 8
          quoted = await this.#pricing.quote(id, order.items);
          //@ end
        } catch (error) {
          console.error(error);
          throw new RequestError(502, 'pricing_unavailable');
        }
        return { status: 200, body: { ...order, quote_cents: quoted, price_source: 'live' } };
        //@ end
        //@ stage 12
        const quoted = await this.#pricing.quoteOrKnown(id, order.items);
        return { status: 200, body: { ...order, quote_cents: quoted?.cents ?? order.total_cents, price_source: quoted?.live === true ? 'live' : 'cached' } };
        //@ end
      }
      if (collection === 'customers' && rest !== undefined) return found(await this.#database.use(timing, (connection) => ordersOfCustomer(connection, id)));
    }
    throw new RequestError(404, 'not_found');
  }

  //@ stage 1-8
  /** Runs what is counted, one at a time, as the count is shared. */
  async #counted(task: () => Promise<object>): Promise<Answer> {
    return await this.#lock.run(async () => {
      const body = await task();
      this.#served += 1;
      return { status: 200, body };
    });
  }
  //@ end
  //@ stage 9
  async #counted(task: () => Promise<object>): Promise<Answer> {
    const body = await task();
    this.#served += 1;
    return { status: 200, body };
  }
  //@ end
}

function found(body: object | undefined): Answer {
  if (body === undefined) throw new RequestError(404, 'not_found');
  return { status: 200, body };
}
//@ stage 1-9

function send(response: ServerResponse, { status, body }: Answer, timing: Timing): void {
  const text = JSON.stringify(body, null, 2);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), 'Server-Timing': timing.header }).end(text);
}
//@ end
