package shop.inventory;

import shop.shared.GrpcServer;
import shop.shared.Settings;
import shop.v1.InventoryGrpc;

// roadmap: transactions-consistency

/** What is in stock. */
final class Inventory extends InventoryGrpc.InventoryImplBase {
    static AutoCloseable serve(Settings settings) throws Exception {
        // TODO (stage 4): answer Reserve, Release, Get and Watch. Every product begins with its stock.
        return GrpcServer.serve(settings, new Inventory());
    }
}
