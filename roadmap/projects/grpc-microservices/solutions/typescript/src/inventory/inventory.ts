//@ file 4
import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { EventEmitter, once } from 'node:events';
import type { Call } from '../shared/call.js';
import { StatusError } from '../shared/errors.js';
import { stream, unary } from '../shared/handlers.js';
import type { GetStockRequest, GetStockResponse, Item, ReleaseRequest, ReserveRequest, Stock, WatchStockRequest } from '../shared/messages.js';
import type { ProductRow } from '../shared/products.js';

/** What was asked for under a key: what it holds now, or nothing any more. */
interface Reservation { readonly wanted: ReadonlyMap<string, number>; released: boolean }

/** The methods of the service Inventory. Each takes place within one turn of the event loop, so none sees another one half done. */
export function inventory(products: readonly ProductRow[]): UntypedServiceImplementation {
  const available = new Map(products.map(({ id, stock }) => [id, stock]));
  const reservations = new Map<string, Reservation>();
  /** Emits the event of a product when its stock has changed. */
  const changes = new EventEmitter().setMaxListeners(0);
  return {
    Reserve: unary((request: ReserveRequest) => reserve(request)),
    Release: unary((request: ReleaseRequest) => release(request)),
    Get: unary(({ productIds }: GetStockRequest): GetStockResponse => {
      if (productIds.length === 0) throw new StatusError(status.INVALID_ARGUMENT, 'product_ids is empty');
      return { stocks: productIds.map(stockOf) };
    }),
    //@ stage 4-12
    Watch: stream(({ productId }: WatchStockRequest, call) => watch(productId, call)),
    //@ end
    //@ stage 13
    Watch: stream(({ productId }: WatchStockRequest, call) => watch(productId, call), true),
    //@ end
  };

  function reserve({ idempotencyKey, items }: ReserveRequest): object {
    if (idempotencyKey === '') throw new StatusError(status.INVALID_ARGUMENT, 'idempotency_key is empty');
    if (items.length === 0) throw new StatusError(status.INVALID_ARGUMENT, 'items is empty');
    const wanted = sum(items);
    const before = reservations.get(idempotencyKey);
    if (before?.released === true) throw new StatusError(status.FAILED_PRECONDITION, `${idempotencyKey} was released`);
    if (before !== undefined) {
      if (!same(before.wanted, wanted)) throw new StatusError(status.ALREADY_EXISTS, `${idempotencyKey} stands for other items`);
      return {};
    }
    for (const [id, quantity] of wanted) {
      if (stockOf(id).available < quantity) throw new StatusError(status.FAILED_PRECONDITION, `there are not ${quantity} of ${id}`);
    }
    reservations.set(idempotencyKey, { wanted, released: false });
    for (const [id, quantity] of wanted) change(id, -quantity);
    return {};
  }

  function release({ idempotencyKey }: ReleaseRequest): object {
    if (idempotencyKey === '') throw new StatusError(status.INVALID_ARGUMENT, 'idempotency_key is empty');
    const reservation = reservations.get(idempotencyKey);
    // A reservation that is still on its way must not come after its release: nobody would give it back.
    if (reservation === undefined) reservations.set(idempotencyKey, { wanted: new Map(), released: true });
    else if (!reservation.released) {
      reservation.released = true;
      for (const [id, quantity] of reservation.wanted) change(id, quantity);
    }
    return {};
  }

  async function* watch(productId: string, { signal }: Call): AsyncGenerator<Stock> {
    if (productId === '') throw new StatusError(status.INVALID_ARGUMENT, 'product_id is empty');
    for (let told: number | undefined; ; ) {
      const now = stockOf(productId);
      // What a slow reader has missed is over: only what is now counts.
      if (now.available !== told) {
        told = now.available;
        yield now;
      } else {
        await once(changes, eventOf(productId), { signal });
      }
    }
  }

  function stockOf(productId: string): Stock {
    const count = available.get(productId);
    if (count === undefined) throw new StatusError(status.NOT_FOUND, `there is no product ${productId}`);
    return { productId, available: count };
  }

  function change(productId: string, by: number): void {
    available.set(productId, available.get(productId)! + by);
    changes.emit(eventOf(productId));
  }
}

/** Not the id alone: one may be "error", which emitters take for an error. */
function eventOf(productId: string): string {
  return `stock of ${productId}`;
}

/** How many of each product; one may stand there more than once. */
function sum(items: readonly Item[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { productId, quantity } of items) {
    if (productId === '' || quantity <= 0) throw new StatusError(status.INVALID_ARGUMENT, 'an item needs a product_id and a positive quantity');
    wanted.set(productId, (wanted.get(productId) ?? 0) + quantity);
  }
  return wanted;
}

function same(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([id, quantity]) => b.get(id) === quantity);
}
