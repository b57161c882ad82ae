import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
//@ stage 1-2
import { StatusError } from '../shared/errors.js';
import { unary } from '../shared/handlers.js';
import type { GetProductRequest, Product } from '../shared/messages.js';
import type { ProductRow } from '../shared/products.js';
//@ end
//@ stage 3-5
import type { Call } from '../shared/call.js';
//@ end
//@ stage 6
import { oneStep, type Call } from '../shared/call.js';
//@ end
//@ stage 3
import { StatusError } from '../shared/errors.js';
import { stream, unary } from '../shared/handlers.js';
import type { GetProductRequest, GetStockResponse, ListProductsRequest, Product } from '../shared/messages.js';
import { Neighbor } from '../shared/neighbor.js';
import type { ProductRow } from '../shared/products.js';
import { Inventory } from '../shared/proto.js';

/** How many products the inventory is asked for at a time. */
const batchSize = 10;
//@ end

/** The methods of the service Catalog. */
export function catalog(rows: readonly ProductRow[]): UntypedServiceImplementation {
  const products = new Map(rows.map(({ id, name, description, priceCents }): [string, Product] => [id, { id, name, description, priceCents }]));
  //@ stage 3
  const ordered = [...products.values()].sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
  const inventory = new Neighbor(Inventory, process.env.INVENTORY_ADDR ?? '127.0.0.1:50052');
  //@ end
  return {
    GetProduct: unary(({ id }: GetProductRequest): Product => {
      if (id === '') throw new StatusError(status.INVALID_ARGUMENT, 'id is empty');
      const product = products.get(id);
      if (product === undefined) throw new StatusError(status.NOT_FOUND, `there is no product ${id}`);
      return product;
    }),
    //@ stage 3
    ListProducts: stream((request: ListProductsRequest, call) => list(request, call)),
    //@ end
  };
  //@ stage 3

  async function* list({ pageSize, after, withStock }: ListProductsRequest, call: Call): AsyncGenerator<Product> {
    if (pageSize < 0) throw new StatusError(status.INVALID_ARGUMENT, 'page_size is negative');
    const wanted = ordered.filter(({ id }) => after === '' || Buffer.compare(Buffer.from(id), Buffer.from(after)) > 0).slice(0, pageSize === 0 ? undefined : pageSize);
    if (!withStock) return yield* wanted;
    for (let at = 0; at < wanted.length; at += batchSize) {
      const batch = wanted.slice(at, at + batchSize);
      //@ stage 3-5
      const { stocks } = await inventory.call<GetStockResponse>('Get', { productIds: batch.map(({ id }) => id) }, call);
      //@ end
      //@ stage 6
      const { stocks } = await inventory.call<GetStockResponse>('Get', { productIds: batch.map(({ id }) => id) }, oneStep(call));
      //@ end
      for (const [index, product] of batch.entries()) yield { ...product, available: stocks[index]!.available };
    }
  }
  //@ end
}
