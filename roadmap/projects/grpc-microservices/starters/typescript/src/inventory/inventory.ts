// roadmap: transactions-consistency
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ProductRow } from '../shared/products.js';

/** The methods of the service Inventory. One that is missing here answers UNIMPLEMENTED. */
export function inventory(_products: readonly ProductRow[]): UntypedServiceImplementation {
  // TODO (stage 4): answer Reserve, Release, Get and Watch. Every product begins with its `stock`.
  return {};
}
