//@ file 11
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Call } from '../shared/call.js';
import { StatusError } from '../shared/errors.js';
//@ stage 12
import { log, logRequest } from '../shared/log.js';
//@ end
import type { Item, Order, Product } from '../shared/messages.js';
import { Neighbor } from '../shared/neighbor.js';
import { Catalog, Orders } from '../shared/proto.js';
//@ stage 11-12
import type { Settings } from '../shared/run.js';
//@ end
//@ stage 13
import type { Settings, Stop } from '../shared/run.js';
//@ end
//@ stage 12
import { traceOf } from '../shared/trace.js';
//@ end
import { HttpError, httpErrorOf, readJson, sendJson } from './http.js';
import { Tokens } from './tokens.js';

const patience = 2000;

//@ stage 11-12
/** Resolves when the gateway listens, rejects when it can't. */
export async function serveGateway({ host, port }: Settings): Promise<void> {
//@ end
//@ stage 13
/** Resolves with how to stop it when the gateway listens, rejects when it can't. */
export async function serveGateway({ host, port }: Settings): Promise<Stop> {
  let stopping = false;
  const open = new Set<ServerResponse>();
//@ end
  const tokens = await Tokens.fromEnvironment();
  const catalog = new Neighbor(Catalog, process.env.CATALOG_ADDR ?? '127.0.0.1:50051');
  const orders = new Neighbor(Orders, process.env.ORDERS_ADDR ?? '127.0.0.1:50053');

  const server = createServer((request, response) => {
    const left = new AbortController();
    response.on('close', () => { if (!response.writableFinished) left.abort(); });
    //@ stage 11-11
    const call: Call = { deadline: Date.now() + patience, signal: left.signal };
    //@ end
    //@ stage 12
    const call: Call = { deadline: Date.now() + patience, signal: left.signal, trace: traceOf((name) => request.headers[name]?.toString()) };
    const began = performance.now();
    response.on('close', () => logRequest(call.trace, `${request.method} ${pathOf(request).replace(/^(\/\w+)\/.*/, '$1/{id}')}`, response.statusCode, performance.now() - began));
    //@ end
    //@ stage 13
    open.add(response);
    response.on('close', () => open.delete(response));
    if (stopping) response.setHeader('Connection', 'close');
    //@ end
    route(request, response, call).catch((error: unknown) => {
      const { status, code, message, headers } = errorOf(error);
      sendJson(response, status, { error: { code, message } }, status === 401 ? { 'WWW-Authenticate': 'Bearer', ...headers } : headers);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  //@ stage 13
  return async (graceMs) => {
    stopping = true;
    // Those who wait for an answer are told not to ask here again.
    for (const response of open) if (!response.headersSent) response.setHeader('Connection', 'close');
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, graceMs))]);
    server.closeAllConnections();
  };
  //@ end

  async function route(request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
    const path = pathOf(request);
    const [, product] = /^\/products\/([^/]+)$/.exec(path) ?? [];
    const [, order] = /^\/orders\/([^/]+)$/.exec(path) ?? [];
    if (path === '/healthz') {
      allow(request, 'GET');
      //@ stage 11-12
      return sendJson(response, 200, { status: 'SERVING' });
      //@ end
      //@ stage 13
      return stopping ? sendJson(response, 503, { status: 'NOT_SERVING' }) : sendJson(response, 200, { status: 'SERVING' });
      //@ end
    }
    if (product !== undefined) {
      allow(request, 'GET');
      const { id, name, description, priceCents } = await catalog.call<Product>('GetProduct', { id: decode(product) }, call);
      return sendJson(response, 200, { id, name, description, priceCents });
    }
    if (path === '/orders') {
      allow(request, 'POST');
      return await createOrder(request, response, call);
    }
    if (order !== undefined) {
      allow(request, 'GET');
      const { subject } = await tokens.check(request.headers.authorization, 'orders:read');
      const found = await orders.call<Order>('GetOrder', { id: decode(order) }, call, { headers: { 'x-user-id': subject } });
      // Somebody else's order is none of theirs: not even that it is there.
      if (found.customerId !== subject) throw new HttpError(404, 'NOT_FOUND', 'there is no such order');
      return sendJson(response, 200, jsonOf(found));
    }
    throw new HttpError(404, 'NOT_FOUND', 'there is nothing here');
  }

  async function createOrder(request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
    const { subject } = await tokens.check(request.headers.authorization, 'orders:write');
    const idempotencyKey = request.headers['idempotency-key'];
    if (typeof idempotencyKey !== 'string' || idempotencyKey === '') throw new HttpError(400, 'INVALID_ARGUMENT', 'the header Idempotency-Key is missing');
    const wanted = itemsOf(await readJson(request));
    const identity = { 'x-user-id': subject };
    const items = await Promise.all(wanted.map(async ({ productId, quantity }): Promise<Item> => {
      const { priceCents } = await catalog.call<Product>('GetProduct', { id: productId }, call, { headers: identity });
      return { productId, quantity, unitPriceCents: priceCents };
    }));
    const order = await orders.call<Order>('CreateOrder', { idempotencyKey, customerId: subject, items }, call, { headers: identity });
    sendJson(response, 201, jsonOf(order), { Location: `/orders/${order.id}` });
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0]!;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, 'INVALID_ARGUMENT', 'the path is not encoded as it should be');
  }
}

function allow(request: IncomingMessage, method: string): void {
  if (request.method !== method) throw new HttpError(405, 'UNIMPLEMENTED', `use ${method}`, { Allow: method });
}

/** @throws HttpError 400 when the body is not of the shape that it should have. */
function itemsOf(body: unknown): { productId: string; quantity: number }[] {
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : undefined;
  if (!Array.isArray(items) || items.length === 0) throw new HttpError(400, 'INVALID_ARGUMENT', 'items is no list, or empty');
  return items.map((item: unknown) => {
    const { productId, quantity } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
    if (typeof productId !== 'string' || productId === '' || typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1 || quantity > 1_000_000) {
      throw new HttpError(400, 'INVALID_ARGUMENT', 'an item needs a productId and a positive quantity');
    }
    return { productId, quantity };
  });
}

function jsonOf({ id, customerId, status, totalCents, items }: Order): object {
  return { id, customerId, status: status.replace(/^ORDER_STATUS_/, ''), totalCents, items: items.map(({ productId, quantity, unitPriceCents }) => ({ productId, quantity, unitPriceCents })) };
}

function errorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof StatusError) return httpErrorOf(error.code, error.message);
  //@ stage 11-11
  console.error(error);
  //@ end
  //@ stage 12
  log('error', error instanceof Error ? error.stack ?? error.message : String(error));
  //@ end
  return new HttpError(500, 'INTERNAL', 'the shop could not answer');
}
