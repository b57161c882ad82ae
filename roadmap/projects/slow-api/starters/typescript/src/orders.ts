import type pg from 'pg';

export interface Item { sku: string; qty: number; price_cents: number }
export interface Order { id: number; status: string; created_at: string; total_cents: number; customer: { id: number; name: string; city: string }; items: Item[] }
export interface StatusLine { status: string; orders: number; total_cents: number }
export interface NewOrder { customer_id: number; items: Item[] }

/** Which orders, in which order. `after` is the id of the last one that was seen. */
export interface Page { limit: number; after?: number | undefined; status?: string | undefined; sort: 'newest' | 'total' }

interface OrderRow { id: number; customer_id: number; status: string; created_at: Date; total_cents: number }

/** A page of orders, and the id to ask for the next one with. */
export async function listOrders(connection: pg.ClientBase, { limit, after, status, sort }: Page): Promise<{ orders: Order[]; next: number | null }> {
  const { rows } = await connection.query<OrderRow>(`SELECT * FROM orders ORDER BY ${sort === 'total' ? 'total_cents' : 'created_at'} DESC, id DESC`);
  const start = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  const rest = after !== undefined && start === 0 ? [] : rows.slice(start).filter((row) => status === undefined || row.status === status);
  const page = rest.slice(0, limit);
  const orders: Order[] = [];
  for (const row of page) orders.push(await completeOrder(connection, row));
  return { orders, next: rest.length > limit ? page.at(-1)!.id : null };
}

/** One order; undefined when there is none of this id. */
export async function findOrder(connection: pg.ClientBase, id: number): Promise<Order | undefined> {
  const { rows: [row] } = await connection.query<OrderRow>('SELECT * FROM orders WHERE id = $1', [id]);
  return row === undefined ? undefined : await completeOrder(connection, row);
}

async function completeOrder(connection: pg.ClientBase, row: OrderRow): Promise<Order> {
  const { rows: [customer] } = await connection.query<{ id: number; name: string; city: string }>('SELECT * FROM customers WHERE id = $1', [row.customer_id]);
  const { rows: items } = await connection.query<Item>('SELECT * FROM items WHERE order_id = $1 ORDER BY id', [row.id]);
  return {
    id: row.id, status: row.status, created_at: time(row.created_at), total_cents: row.total_cents,
    customer: { id: customer!.id, name: customer!.name, city: customer!.city },
    items: items.map(({ sku, qty, price_cents }) => ({ sku, qty, price_cents })),
  };
}

/** Stores an order. @returns undefined when there is no such customer. */
export async function addOrder(connection: pg.ClientBase, { customer_id, items }: NewOrder): Promise<Order | undefined> {
  await connection.query('BEGIN');
  try {
    const { rows: [customer] } = await connection.query<{ id: number; name: string; city: string }>('SELECT id, name, city FROM customers WHERE id = $1', [customer_id]);
    if (customer === undefined) {
      await connection.query('ROLLBACK');
      return undefined;
    }
    const total = items.reduce((sum, { qty, price_cents }) => sum + qty * price_cents, 0);
    const { rows: [row] } = await connection.query<{ id: number; created_at: Date }>(
      "INSERT INTO orders (customer_id, status, created_at, total_cents, notes) VALUES ($1, 'open', date_trunc('second', now()), $2, '') RETURNING id, created_at",
      [customer_id, total],
    );
    for (const { sku, qty, price_cents } of items) {
      await connection.query("INSERT INTO items (order_id, sku, qty, price_cents, notes) VALUES ($1, $2, $3, $4, '')", [row!.id, sku, qty, price_cents]);
    }
    await connection.query('COMMIT');
    return { id: row!.id, status: 'open', created_at: time(row!.created_at), total_cents: total, customer, items };
  } catch (error) {
    await connection.query('ROLLBACK');
    throw error;
  }
}

/** A customer with all orders, newest first; undefined when there is none of this id. */
export async function ordersOfCustomer(connection: pg.ClientBase, id: number): Promise<object | undefined> {
  const { rows: [customer] } = await connection.query<{ id: number; name: string; city: string }>('SELECT * FROM customers WHERE id = $1', [id]);
  if (customer === undefined) return undefined;
  const { rows } = await connection.query<OrderRow>('SELECT * FROM orders WHERE customer_id = $1 ORDER BY created_at DESC, id DESC', [id]);
  return {
    customer: { id: customer.id, name: customer.name, city: customer.city },
    orders: rows.map((row) => ({ id: row.id, status: row.status, created_at: time(row.created_at), total_cents: row.total_cents })),
  };
}

/** The customer with an e-mail address, whatever the case of its letters. */
export async function findCustomer(connection: pg.ClientBase, email: string): Promise<object | undefined> {
  const { rows: [row] } = await connection.query<{ id: number; name: string; email: string; city: string }>('SELECT * FROM customers WHERE lower(email) = lower($1) ORDER BY id', [email]);
  return row === undefined ? undefined : { id: row.id, name: row.name, email: row.email, city: row.city };
}

export interface Ranking { limit: number; /** Only what customers there have bought. */ city?: string | undefined; /** With what each has brought in, which is not for everybody. */ revenue: boolean }

/** The products that sell best. */
export async function topProducts(connection: pg.ClientBase, { limit, city, revenue }: Ranking): Promise<object[]> {
  const { rows } = await connection.query<{ sku: string; sold: number; revenue_cents: string }>(
    `SELECT sku, sum(qty)::integer AS sold, sum(qty * price_cents)::bigint AS revenue_cents FROM items
     ${city === undefined ? '' : 'JOIN orders ON orders.id = items.order_id JOIN customers ON customers.id = orders.customer_id WHERE customers.city = $2'}
     GROUP BY sku ORDER BY sold DESC, sku COLLATE "C" LIMIT $1`,
    city === undefined ? [limit] : [limit, city],
  );
  return rows.map(({ sku, sold, revenue_cents }) => ({ sku, sold, ...(revenue && { revenue_cents: Number(revenue_cents) }) }));
}

/** How many orders there are in each status, and what they come to. */
export async function ordersByStatus(connection: pg.ClientBase): Promise<StatusLine[]> {
  const { rows } = await connection.query<{ status: string; orders: number; total_cents: string }>(
    'SELECT status, count(*)::integer AS orders, sum(total_cents)::bigint AS total_cents FROM orders GROUP BY status ORDER BY status COLLATE "C"',
  );
  return rows.map(({ status, orders, total_cents }) => ({ status, orders, total_cents: Number(total_cents) }));
}

function time(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
