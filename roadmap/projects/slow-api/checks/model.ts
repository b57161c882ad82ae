import type { Shop } from './shop.js';

export interface OrderJson {
  readonly id: number;
  readonly status: string;
  readonly created_at: string;
  readonly total_cents: number;
  readonly customer: { readonly id: number; readonly name: string; readonly city: string };
  readonly items: readonly { readonly sku: string; readonly qty: number; readonly price_cents: number }[];
}

export interface PageOf { readonly limit: number; readonly after?: number; readonly status?: string; readonly sort?: 'newest' | 'total' }

/** What is in the database, and what the API has to say of it: API.md once more, by the shortest way. */
export class Model {
  private constructor(readonly orders: readonly OrderJson[]) {}

  static async load(shop: Shop): Promise<Model> {
    const orders = await shop.rows<Omit<OrderJson, 'items' | 'customer'> & { customer_id: number; name: string; city: string }>(
      `SELECT orders.id, status, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at, total_cents, customer_id, name, city
       FROM orders JOIN customers ON customers.id = customer_id`);
    const items = grouped(await shop.rows<{ order_id: number; sku: string; qty: number; price_cents: number }>('SELECT order_id, sku, qty, price_cents FROM items ORDER BY id'), ({ order_id }) => order_id);
    return new Model(orders.map(({ id, status, created_at, total_cents, customer_id, name, city }) => ({
      id, status, created_at, total_cents, customer: { id: customer_id, name, city }, items: (items.get(id) ?? []).map(({ sku, qty, price_cents }) => ({ sku, qty, price_cents })),
    })));
  }

  sorted(sort: 'newest' | 'total' = 'newest'): OrderJson[] {
    const key = sort === 'total' ? (order: OrderJson) => order.total_cents : (order: OrderJson) => Date.parse(order.created_at);
    return [...this.orders].sort((a, b) => key(b) - key(a) || b.id - a.id);
  }

  page({ limit, after, status, sort }: PageOf): { orders: OrderJson[]; next: number | null } {
    const all = this.sorted(sort);
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const rest = after !== undefined && start === 0 ? [] : all.slice(start).filter((order) => status === undefined || order.status === status);
    const orders = rest.slice(0, limit);
    return { orders, next: rest.length > limit ? orders.at(-1)!.id : null };
  }
}

/** The request for a page. */
export function pagePath({ limit, after, status, sort }: PageOf): string {
  return `/orders?limit=${limit}${after === undefined ? '' : `&after=${after}`}${status === undefined ? '' : `&status=${status}`}${sort === undefined ? '' : `&sort=${sort}`}`;
}

function grouped<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), [value]);
    else group.push(value);
  }
  return groups;
}
