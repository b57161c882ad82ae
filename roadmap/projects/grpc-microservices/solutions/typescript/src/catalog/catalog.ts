import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { StatusError, unary } from '../shared/handlers.js';
import type { GetProductRequest, Product } from '../shared/messages.js';
import type { ProductRow } from '../shared/products.js';

/** The methods of the service Catalog. */
export function catalog(rows: readonly ProductRow[]): UntypedServiceImplementation {
  const products = new Map(rows.map(({ id, name, description, priceCents }): [string, Product] => [id, { id, name, description, priceCents }]));
  return {
    GetProduct: unary(({ id }: GetProductRequest): Product => {
      if (id === '') throw new StatusError(status.INVALID_ARGUMENT, 'id is empty');
      const product = products.get(id);
      if (product === undefined) throw new StatusError(status.NOT_FOUND, `there is no product ${id}`);
      return product;
    }),
  };
}
