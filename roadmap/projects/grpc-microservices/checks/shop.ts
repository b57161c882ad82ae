import type { CheckContext, Program } from '../../../../src/runner/api.js';
import { Caller } from './client.js';
import { Orders, type ChargeRequest, type CreateOrderRequest, type Item, type Order, type ReserveRequest } from './contract.js';
import { FakeInventory, FakePayments, type Seen } from './fakes.js';

export interface ShopOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Where the inventory is reached, when it is not the shop's own. */
  readonly inventoryAddress?: string;
}

/** The program `orders` between an inventory and payments of the check's. It may be started several times on the same data. */
export class Shop {
  readonly #options: ShopOptions;
  readonly #dataDir: string;
  program!: Program;
  orders!: Caller;

  private constructor(readonly t: CheckContext, dataDir: string, readonly inventory: FakeInventory, readonly payments: FakePayments, options: ShopOptions) {
    this.#dataDir = dataDir;
    this.#options = options;
  }

  static async open(t: CheckContext, options: ShopOptions = {}): Promise<Shop> {
    const shop = new Shop(t, await t.dataDir(), await FakeInventory.start(t), await FakePayments.start(t), options);
    await shop.start();
    return shop;
  }

  /** Starts the program, again on the same data after it has ended. */
  async start(): Promise<void> {
    this.program = await this.t.start({
      program: 'orders', dataDir: this.#dataDir,
      variables: { INVENTORY_ADDR: this.#options.inventoryAddress ?? this.inventory.address, PAYMENTS_ADDR: this.payments.address, ...this.#options.variables },
    });
    this.orders = new Caller(this.t, this.program, Orders);
  }

  /** A request for an order that nobody has made before. */
  request(change: Partial<CreateOrderRequest> = {}): CreateOrderRequest {
    const { random } = this.t;
    return { idempotencyKey: random.word(14), customerId: `c-${random.word(8)}`, items: this.items(), ...change };
  }

  items(): Item[] {
    const { random } = this.t;
    return Array.from({ length: random.integer(1, 3) }, () => ({ productId: `p-${random.word(6)}`, quantity: random.integer(1, 5), unitPriceCents: random.integer(1, 9_000) }));
  }

  get reserved(): Seen<ReserveRequest>[] { return this.inventory.of<ReserveRequest>('Reserve'); }
  get released(): Seen<ReserveRequest>[] { return this.inventory.of<ReserveRequest>('Release'); }
  get charged(): Seen<ChargeRequest>[] { return this.payments.of<ChargeRequest>('Charge'); }

  /** How often each neighbor was called, in words. */
  get counts(): string { return `${this.reserved.length} × Reserve, ${this.charged.length} × Charge, ${this.released.length} × Release`; }

  /** Holds how often each neighbor was called. */
  expectCalls(wanted: { readonly reserve: number; readonly charge: number; readonly release: number }, summary: string, remedy: string): void {
    const words = `${wanted.reserve} × Reserve, ${wanted.charge} × Charge, ${wanted.release} × Release`;
    this.t.expect(this.counts === words, () => ({ summary, expected: words, actual: this.counts, remedy }));
  }

  /** The only order of a customer. @throws Failure when there are none or several. */
  async orderOf(customerId: string, quiet = true): Promise<Order> {
    const all = await this.orders.stream<Order>('StreamOrders', { customerId }).expectAll();
    this.t.expect(all.length === 1, () => ({ summary: `StreamOrders tells ${all.length} orders of a customer who has one.`, called: `StreamOrders {"customer_id":"${customerId}"}`, expected: '1 order', actual: `${all.length}`, remedy: 'An order belongs to the customer who made it from its first step on, also while it is pending and when it was rejected.' }));
    if (!quiet) this.t.step(`✔ the order is ${all[0]!.status}`);
    return all[0]!;
  }

  /** Waits until the customer's order has this status. */
  async expectStatus(customerId: string, wanted: string, remedy: string, within = 10_000): Promise<Order> {
    let last: Order | undefined;
    await this.t.until(within, async () => { last = await this.orderOf(customerId); return last.status === wanted ? true : undefined; });
    this.t.expect(last?.status === wanted, () => ({ summary: `The order is ${last?.status ?? 'not there'}, not ${wanted}.`, called: `StreamOrders {"customer_id":"${customerId}"}`, expected: wanted, actual: last?.status ?? 'no order', remedy }));
    this.t.step(`✔ the order is ${wanted}`);
    return last!;
  }
}

export const total = (items: readonly Item[]): number => items.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0);
