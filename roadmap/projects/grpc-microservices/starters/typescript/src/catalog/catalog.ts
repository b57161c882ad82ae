// roadmap: http-and-api-protocols
// roadmap: api-design
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ProductRow } from '../shared/products.js';

/** The methods of the service Catalog. One that is missing here answers UNIMPLEMENTED. */
export function catalog(products: readonly ProductRow[]): UntypedServiceImplementation {
  // TODO (stage 1): answer GetProduct.
  //   1. A method is a function (call, callback): call.request is the message, as shared/messages.ts has it.
  //   2. callback(null, product) answers. callback({ code: status.NOT_FOUND, details: 'why' }) fails with a status code (status is of @grpc/grpc-js).
  //   3. An id that no product has is NOT_FOUND, an empty one INVALID_ARGUMENT.
  console.error(`TODO (stage 1): ${products.length} products are here, and GetProduct is not yet. Your work begins in src/catalog/catalog.ts; README.md says how.`);
  return {};
}
