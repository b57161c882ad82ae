import type { IncomingMessage } from 'node:http';
import type { NewOrder, Page } from './orders.js';

/** What a request asks for can't be had; `code` goes into the answer. */
export class RequestError extends Error {
  constructor(readonly status: number, readonly code: string) { super(code); }
}

/** A whole number of at most nine digits. */
export function number(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** How many are asked for. @throws RequestError */
export function readLimit(parameters: URLSearchParams, usual: number): number {
  const text = parameters.get('limit');
  if (text === null) return usual;
  const limit = number(text);
  if (limit === undefined || limit < 1) throw new RequestError(400, 'invalid_limit');
  return limit;
}

/** @throws RequestError */
export function readPage(parameters: URLSearchParams): Page {
  const limit = readLimit(parameters, 50);
  const text = parameters.get('after');
  const after = text === null ? undefined : number(text);
  if (text !== null && after === undefined) throw new RequestError(400, 'invalid_after');
  const status = parameters.get('status') ?? undefined;
  if (status !== undefined && !['open', 'paid', 'shipped', 'cancelled'].includes(status)) throw new RequestError(400, 'invalid_status');
  const sort = parameters.get('sort') ?? 'newest';
  if (sort !== 'newest' && sort !== 'total') throw new RequestError(400, 'invalid_sort');
  return { limit, after, status, sort };
}

/** @throws RequestError */
export async function readOrder(request: IncomingMessage): Promise<NewOrder> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  let order: Partial<NewOrder> | null;
  try {
    order = JSON.parse(text) as Partial<NewOrder> | null;
  } catch {
    throw new RequestError(400, 'invalid_order');
  }
  const items: unknown = order?.items;
  if (!isWhole(order?.customer_id, 1, 999_999_999) || !Array.isArray(items) || items.length < 1 || items.length > 20) throw new RequestError(400, 'invalid_order');
  return {
    customer_id: order!.customer_id!,
    items: items.map((item: { sku?: unknown; qty?: unknown; price_cents?: unknown } | null) => {
      if (typeof item?.sku !== 'string' || !/^[A-Z0-9-]{1,20}$/.test(item.sku) || !isWhole(item.qty, 1, 100) || !isWhole(item.price_cents, 0, 1_000_000)) throw new RequestError(400, 'invalid_order');
      return { sku: item.sku, qty: item.qty, price_cents: item.price_cents };
    }),
  };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
