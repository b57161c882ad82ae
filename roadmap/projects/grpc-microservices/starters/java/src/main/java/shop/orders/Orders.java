package shop.orders;

import shop.shared.GrpcServer;
import shop.shared.Settings;
import shop.v1.OrdersGrpc;

// roadmap: event-driven-systems

/** Who buys what. */
final class Orders extends OrdersGrpc.OrdersImplBase {
    static AutoCloseable serve(Settings settings) throws Exception {
        // TODO (stage 5): answer CreateOrder, GetOrder and StreamOrders. INVENTORY_ADDR and PAYMENTS_ADDR say where the neighbors are.
        return GrpcServer.serve(settings, new Orders());
    }
}
