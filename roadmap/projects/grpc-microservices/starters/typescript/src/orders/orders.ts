// roadmap: event-driven-systems
import type { UntypedServiceImplementation } from '@grpc/grpc-js';

/** The methods of the service Orders. One that is missing here answers UNIMPLEMENTED. */
export function orders(): UntypedServiceImplementation {
  // TODO (stage 5): answer CreateOrder, GetOrder and StreamOrders. INVENTORY_ADDR and PAYMENTS_ADDR say where the neighbors are.
  return {};
}
