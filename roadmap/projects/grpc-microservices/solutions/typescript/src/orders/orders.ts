//@ file 5
import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
//@ stage 8
import { isDeepStrictEqual } from 'node:util';
//@ end
//@ stage 6-7
import { onOurOwn } from '../shared/call.js';
//@ end
//@ stage 8
import { onOurOwn, type Call } from '../shared/call.js';
//@ end
import { StatusError } from '../shared/errors.js';
import { stream, unary } from '../shared/handlers.js';
//@ stage 12
import { log } from '../shared/log.js';
//@ end
import type { CreateOrderRequest, GetOrderRequest, Order, StreamOrdersRequest } from '../shared/messages.js';
import { Neighbor } from '../shared/neighbor.js';
import { Inventory, Payments } from '../shared/proto.js';
//@ stage 9
import { Breaker } from './breaker.js';
//@ end
import { Journal, type Entry } from './journal.js';
//@ stage 8
import { Locks } from './locks.js';
//@ end
import { Saga } from './saga.js';

/** The methods of the service Orders. What was under way when the program died goes on in the background. */
export async function orders(dataDir: string): Promise<UntypedServiceImplementation> {
  const journal = await Journal.open(dataDir);
  //@ stage 5-8
  const saga = new Saga(journal, new Neighbor(Inventory, process.env.INVENTORY_ADDR ?? '127.0.0.1:50052'), new Neighbor(Payments, process.env.PAYMENTS_ADDR ?? '127.0.0.1:50054'));
  //@ end
  //@ stage 9
  const breaker = new Breaker(Number(process.env.BREAKER_OPEN_MS ?? 5000));
  const saga = new Saga(journal, new Neighbor(Inventory, process.env.INVENTORY_ADDR ?? '127.0.0.1:50052'), new Neighbor(Payments, process.env.PAYMENTS_ADDR ?? '127.0.0.1:50054'), breaker);
  //@ end
  const known = new Map(journal.entries.map((entry) => [entry.id, entry]));
  //@ stage 8
  const byKey = new Map(journal.entries.map((entry) => [keyOf(entry), entry]));
  const locks = new Locks();
  //@ end
  for (const order of known.values()) if (order.status === 'PENDING') void resume(order);
  return {
    //@ stage 5-5
    CreateOrder: unary(async (request: CreateOrderRequest): Promise<Order> => {
      const order = newEntry(request);
      known.set(order.id, order);
      await journal.write(order);
      await saga.finish(order);
      return messageOf(order);
    }),
    //@ end
    //@ stage 6-7
    CreateOrder: unary(async (request: CreateOrderRequest, call): Promise<Order> => {
      const order = newEntry(request);
      known.set(order.id, order);
      await journal.write(order);
      await saga.finish(order, call);
      return messageOf(order);
    }),
    //@ end
    //@ stage 8
    CreateOrder: unary((request: CreateOrderRequest, call) => createOrder(request, call)),
    //@ end
    GetOrder: unary(({ id }: GetOrderRequest): Order => {
      if (id === '') throw new StatusError(status.INVALID_ARGUMENT, 'id is empty');
      const order = known.get(id);
      if (order === undefined) throw new StatusError(status.NOT_FOUND, `there is no order ${id}`);
      return messageOf(order);
    }),
    StreamOrders: stream(async function* ({ customerId }: StreamOrdersRequest) {
      if (customerId === '') throw new StatusError(status.INVALID_ARGUMENT, 'customer_id is empty');
      for (const order of known.values()) if (order.customerId === customerId) yield messageOf(order);
    }),
  };
  //@ stage 8

  async function createOrder(request: CreateOrderRequest, call: Call): Promise<Order> {
    const fresh = newEntry(request);
    const order = byKey.get(keyOf(fresh)) ?? fresh;
    if (!isDeepStrictEqual(order.items, fresh.items)) throw new StatusError(status.ALREADY_EXISTS, `${request.idempotencyKey} stands for other items`);
    // Nothing is awaited between the look and the entry: of parallel calls with one key, one is the first.
    if (order === fresh) {
      byKey.set(keyOf(fresh), fresh);
      known.set(fresh.id, fresh);
    }
    return await locks.run(order.id, call, async () => {
      if (order === fresh) await journal.write(order);
      if (order.rejection !== undefined) throw new StatusError(order.rejection.code, order.rejection.message);
      if (order.status === 'PENDING') await saga.finish(order, call);
      return messageOf(order);
    });
  }
  //@ end

  /** Takes an order that was under way to its end, however long its neighbors take to come back. */
  async function resume(order: Entry): Promise<void> {
    while (order.status === 'PENDING') {
      //@ stage 5-5
      await saga.finish(order).catch((error: unknown) => console.error(`order ${order.id}: ${error instanceof Error ? error.message : error}`));
      //@ end
      //@ stage 6-7
      await saga.finish(order, onOurOwn()).catch((error: unknown) => console.error(`order ${order.id}: ${error instanceof Error ? error.message : error}`));
      //@ end
      //@ stage 8
      const call = onOurOwn();
      await locks.run(order.id, call, async () => { if (order.status === 'PENDING') await saga.finish(order, call); })
        //@ stage 8-11
        .catch((error: unknown) => console.error(`order ${order.id}: ${error instanceof Error ? error.message : error}`));
        //@ end
        //@ stage 12
        .catch((error: unknown) => log('error', error instanceof Error ? error.message : String(error), { order: order.id, trace_id: call.trace.traceId }));
        //@ end
      //@ end
      if (order.status === 'PENDING') await sleep(1000);
    }
  }
}

/** A new order. @throws StatusError when the request can't be right. */
function newEntry({ idempotencyKey, customerId, items }: CreateOrderRequest): Entry {
  if (idempotencyKey === '') throw new StatusError(status.INVALID_ARGUMENT, 'idempotency_key is empty');
  if (customerId === '') throw new StatusError(status.INVALID_ARGUMENT, 'customer_id is empty');
  if (items.length === 0) throw new StatusError(status.INVALID_ARGUMENT, 'items is empty');
  if (items.some(({ productId, quantity, unitPriceCents }) => productId === '' || quantity <= 0 || unitPriceCents < 0)) {
    throw new StatusError(status.INVALID_ARGUMENT, 'an item needs a product_id, a positive quantity and a price that is not negative');
  }
  const totalCents = items.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0);
  // Decoded messages have a prototype of their own, what the journal gives back has not.
  const plain = items.map(({ productId, quantity, unitPriceCents }) => ({ productId, quantity, unitPriceCents }));
  return { id: randomUUID(), idempotencyKey, customerId, items: plain, totalCents, status: 'PENDING', reserved: false };
}
//@ stage 8

/** Keys are those of a customer: another one may use the same. */
function keyOf({ customerId, idempotencyKey }: Entry): string {
  return JSON.stringify([customerId, idempotencyKey]);
}
//@ end

function messageOf({ id, customerId, items, totalCents, status }: Entry): Order {
  return { id, customerId, items: [...items], totalCents, status: `ORDER_STATUS_${status}` };
}
