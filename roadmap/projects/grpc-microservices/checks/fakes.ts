import { Metadata, Server, ServerCredentials, status, type handleUnaryCall, type ServerUnaryCall, type ServiceClientConstructor } from '@grpc/grpc-js';
import { isDeepStrictEqual } from 'node:util';
import type { CheckContext } from '../../../../src/runner/api.js';
import { Catalog, Inventory, Orders, Payments, type ChargeRequest, type CreateOrderRequest, type GetStockRequest, type Item, type Order, type Product, type ReleaseRequest, type ReserveRequest } from './contract.js';
import { Front } from './front.js';

/** One call that a neighbor got. Times are those of `performance.now()`. */
export interface Seen<Request = object> {
  readonly method: string;
  readonly request: Request;
  readonly metadata: Metadata;
  readonly at: number;
  /** Milliseconds until the deadline that it came with; undefined when it came without. */
  readonly remaining: number | undefined;
  /** When its caller cancelled it, or its deadline passed. */
  cancelledAt: number | undefined;
  /** When it was answered. */
  answeredAt: number | undefined;
}

/** What a neighbor answers instead of a message. */
export class Refusal extends Error {
  constructor(readonly code: status, readonly trailers: Readonly<Record<string, string>> = {}, text = 'as the check wants it') { super(text); }
}

/** Answers one call; `normal` does what the neighbor does by itself. */
export type Reaction<Request = object> = (seen: Seen<Request>, normal: () => object) => object | Promise<object>;

/** No automatic retry: one attempt, one call. */
export const noRetry = { 'grpc-retry-pushback-ms': '-1' };

/** A neighbor of the program under test: a real gRPC server that does its work, remembers every call, and misbehaves when a check says so. */
export class Fake {
  readonly calls: Seen[] = [];
  readonly #reactions = new Map<string, Reaction<never>>();
  readonly #server = new Server({ 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
  /** Where it is reached; it counts connections, and dies and returns. */
  front!: Front;

  protected constructor(service: ServiceClientConstructor, normal: Readonly<Record<string, (request: never) => object>>) {
    const methods = Object.entries(normal).map(([method, answer]): [string, handleUnaryCall<object, object>] => [method, (call, callback) => {
      const seen = this.#see(method, call);
      Promise.resolve().then(async () => {
        const usual = (): object => answer(call.request as never);
        const reaction = this.#reactions.get(method) as Reaction | undefined;
        return reaction === undefined ? usual() : await reaction(seen, usual);
      }).then(
        (message) => { seen.answeredAt = performance.now(); callback(null, message); },
        (error: unknown) => {
          seen.answeredAt = performance.now();
          const { code, message, trailers } = error instanceof Refusal ? error : new Refusal(status.INTERNAL, {}, String(error));
          const metadata = new Metadata();
          for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
          callback({ code, details: message, metadata });
        },
      );
    }]);
    this.#server.addService(service.service, Object.fromEntries(methods));
  }

  /** Listens, until the check ends. */
  protected async begin(t: CheckContext): Promise<this> {
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => { if (error === null) resolve(bound); else reject(error); });
    });
    t.defer(() => { this.#server.forceShutdown(); });
    this.front = await Front.before(t, port);
    return this;
  }

  get address(): string { return this.front.address; }

  /** From now on `method` does this; as usual again when `reaction` is absent. */
  react<Request>(method: string, reaction?: Reaction<Request>): void {
    if (reaction === undefined) this.#reactions.delete(method);
    else this.#reactions.set(method, reaction);
  }

  /** The calls of a method, the oldest first. */
  of<Request>(method: string): Seen<Request>[] {
    return this.calls.filter((seen) => seen.method === method) as Seen<Request>[];
  }

  /** Forgets what it was called for, not what it did. */
  forget(): void {
    this.calls.length = 0;
  }

  #see(method: string, call: ServerUnaryCall<object, object>): Seen {
    const deadline = call.getDeadline();
    const remaining = deadline instanceof Date ? deadline.getTime() - Date.now() : Number.isFinite(deadline) ? deadline - Date.now() : undefined;
    const seen: Seen = { method, request: call.request, metadata: call.metadata, at: performance.now(), remaining, cancelledAt: undefined, answeredAt: undefined };
    call.on('cancelled', () => { if (seen.answeredAt === undefined) seen.cancelledAt = performance.now(); });
    this.calls.push(seen);
    return seen;
  }
}

/** A door that reactions wait at, until the check opens it. */
export class Gate {
  readonly opened: Promise<void>;
  open!: () => void;
  constructor() { this.opened = new Promise((resolve) => { this.open = resolve; }); }
}

/** An inventory that keeps to the contract. */
export class FakeInventory extends Fake {
  readonly stock = new Map<string, number>();
  /** What is reserved, by key; empty once it was released. */
  readonly reserved = new Map<string, readonly Item[]>();

  private constructor(private readonly initial: number) {
    super(Inventory, {
      Reserve: ({ idempotencyKey, items }: ReserveRequest) => this.#reserve(idempotencyKey, items),
      Release: ({ idempotencyKey }: ReleaseRequest) => this.#release(idempotencyKey),
      Get: ({ productIds }: GetStockRequest) => ({ stocks: productIds.map((productId) => ({ productId, available: this.available(productId) })) }),
    });
  }

  /** Of every product there are `initial`. */
  static async start(t: CheckContext, initial = 1_000_000): Promise<FakeInventory> {
    return await new FakeInventory(initial).begin(t);
  }

  available(product: string): number {
    return this.stock.get(product) ?? this.initial;
  }

  /** What is taken out of stock now, of all products. */
  get taken(): number {
    return [...this.reserved.values()].flat().reduce((sum, { quantity }) => sum + quantity, 0);
  }

  #reserve(key: string, items: readonly Item[]): object {
    if (key === '') throw new Refusal(status.INVALID_ARGUMENT, {}, 'no idempotency_key');
    const before = this.reserved.get(key);
    if (before !== undefined) {
      if (before.length === 0) throw new Refusal(status.FAILED_PRECONDITION, {}, 'released');
      if (!isDeepStrictEqual(amounts(before), amounts(items))) throw new Refusal(status.ALREADY_EXISTS, {}, 'other items');
      return {};
    }
    if (items.some(({ productId, quantity }) => this.available(productId) < quantity)) throw new Refusal(status.FAILED_PRECONDITION, {}, 'not enough');
    for (const { productId, quantity } of items) this.stock.set(productId, this.available(productId) - quantity);
    this.reserved.set(key, items);
    return {};
  }

  #release(key: string): object {
    for (const { productId, quantity } of this.reserved.get(key) ?? []) this.stock.set(productId, this.available(productId) + quantity);
    this.reserved.set(key, []);
    return {};
  }
}

function amounts(items: readonly Item[]): string[] {
  return items.map(({ productId, quantity }) => `${productId} ${quantity}`).sort();
}

/** Payments that keep to the contract: one charge a key. */
export class FakePayments extends Fake {
  /** Cents by key. */
  readonly charged = new Map<string, number>();

  private constructor() {
    super(Payments, {
      Charge: ({ idempotencyKey, amountCents }: ChargeRequest) => {
        if (idempotencyKey === '') throw new Refusal(status.INVALID_ARGUMENT, {}, 'no idempotency_key');
        this.charged.set(idempotencyKey, amountCents);
        return { paymentId: `payment-${idempotencyKey}` };
      },
      Refund: ({ idempotencyKey }: { idempotencyKey: string }) => { this.charged.set(idempotencyKey, 0); return {}; },
    });
  }

  static async start(t: CheckContext): Promise<FakePayments> {
    return await new FakePayments().begin(t);
  }
}

/** A catalog of given products. */
export class FakeCatalog extends Fake {
  private constructor(products: readonly Product[]) {
    super(Catalog, {
      GetProduct: ({ id }: { id: string }) => {
        const product = products.find((each) => each.id === id);
        if (product === undefined) throw new Refusal(status.NOT_FOUND, {}, `no product ${id}`);
        return product;
      },
    });
  }

  static async start(t: CheckContext, products: readonly Product[]): Promise<FakeCatalog> {
    return await new FakeCatalog(products).begin(t);
  }
}

/** Orders that are confirmed at once. */
export class FakeOrders extends Fake {
  readonly orders = new Map<string, Order>();

  private constructor() {
    super(Orders, {
      CreateOrder: ({ customerId, items }: CreateOrderRequest) => {
        const order = { id: `order-${this.orders.size + 1}`, customerId, items, totalCents: items.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0), status: 'ORDER_STATUS_CONFIRMED' };
        this.orders.set(order.id, order);
        return order;
      },
      GetOrder: ({ id }: { id: string }) => {
        const order = this.orders.get(id);
        if (order === undefined) throw new Refusal(status.NOT_FOUND, {}, `no order ${id}`);
        return order;
      },
    });
  }

  static async start(t: CheckContext): Promise<FakeOrders> {
    return await new FakeOrders().begin(t);
  }
}
