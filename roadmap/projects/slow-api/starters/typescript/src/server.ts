import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { withConnection } from './database.js';
import { Lock } from './lock.js';
import { addOrder, findCustomer, findOrder, listOrders, ordersByStatus, ordersOfCustomer, topProducts } from './orders.js';
import { quote } from './pricing.js';
import { makeReport } from './report.js';
import { number, readLimit, readOrder, readPage, RequestError } from './request.js';
import type { Settings } from './settings.js';

/** What a request is answered with. */
interface Answer { status: number; body: object }

/** Resolves when the API listens, rejects when it can't. */
export async function serve(settings: Settings): Promise<void> {
  const api = new Api(settings);
  const server = createServer((request, response) => { void api.answer(request, response); });
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(settings.port, settings.host, resolve); });
}

class Api {
  readonly #lock = new Lock();
  /** How many of the requests that are counted were answered. Not safe to change by two at once. */
  #served = 0;

  constructor(private readonly settings: Settings) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#route(request);
    } catch (error) {
      if (!(error instanceof RequestError)) console.error(error);
      answer = error instanceof RequestError ? { status: error.status, body: { error: error.code } } : { status: 500, body: { error: 'internal' } };
    }
    send(response, answer);
  }

  async #route(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    const { databaseUrl, pricingUrl } = this.settings;
    const route = `${request.method} ${pathname}`;
    if (route === 'GET /healthz') return await this.#counted(async () => ({ status: 'ok' }));
    if (route === 'GET /orders') {
      const page = readPage(searchParams);
      return await this.#counted(() => withConnection(databaseUrl, (connection) => listOrders(connection, page)));
    }
    if (route === 'GET /report') return await this.#counted(async () => await makeReport(await withConnection(databaseUrl, ordersByStatus)));
    if (route === 'POST /orders') {
      const order = await readOrder(request);
      const added = await withConnection(databaseUrl, (connection) => addOrder(connection, order));
      if (added === undefined) throw new RequestError(404, 'unknown_customer');
      return { status: 201, body: added };
    }
    if (route === 'GET /customers') {
      const email = searchParams.get('email');
      if (email === null || email === '') throw new RequestError(400, 'invalid_email');
      return found(await withConnection(databaseUrl, (connection) => findCustomer(connection, email)));
    }
    if (route === 'GET /top') {
      const ranking = { limit: readLimit(searchParams, 10), city: searchParams.get('city') || undefined, revenue: request.headers.authorization === 'Bearer staff' };
      return { status: 200, body: { top: await withConnection(databaseUrl, (connection) => topProducts(connection, ranking)) } };
    }
    const [, collection, text = '', rest] = /^\/(orders|customers)\/(\d+)(\/orders)?$/.exec(pathname) ?? [];
    const id = number(text);
    if (request.method === 'GET' && id !== undefined) {
      if (collection === 'orders' && rest === undefined) {
        const order = await withConnection(databaseUrl, (connection) => findOrder(connection, id));
        if (order === undefined) throw new RequestError(404, 'not_found');
        let quoted: number;
        try {
          quoted = await quote(pricingUrl, id, order.items);
        } catch (error) {
          console.error(error);
          throw new RequestError(502, 'pricing_unavailable');
        }
        return { status: 200, body: { ...order, quote_cents: quoted, price_source: 'live' } };
      }
      if (collection === 'customers' && rest !== undefined) return found(await withConnection(databaseUrl, (connection) => ordersOfCustomer(connection, id)));
    }
    throw new RequestError(404, 'not_found');
  }

  /** Runs what is counted, one at a time, as the count is shared. */
  async #counted(task: () => Promise<object>): Promise<Answer> {
    return await this.#lock.run(async () => {
      const body = await task();
      this.#served += 1;
      return { status: 200, body };
    });
  }
}

function found(body: object | undefined): Answer {
  if (body === undefined) throw new RequestError(404, 'not_found');
  return { status: 200, body };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body, null, 2);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text);
}
