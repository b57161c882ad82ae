//@ file 4
package shop.inventory;

//@ stage 13
import io.grpc.Status;
//@ end
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
//@ stage 13
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
//@ end
import shop.shared.Calls;
import shop.shared.GrpcServer;
import shop.shared.Products;
import shop.shared.Reader;
import shop.shared.Settings;
import shop.v1.GetStockRequest;
import shop.v1.GetStockResponse;
import shop.v1.InventoryGrpc;
import shop.v1.Item;
import shop.v1.ReleaseRequest;
import shop.v1.ReleaseResponse;
import shop.v1.ReserveRequest;
import shop.v1.ReserveResponse;
import shop.v1.Stock;
import shop.v1.WatchStockRequest;

/** What is in stock. */
final class Inventory extends InventoryGrpc.InventoryImplBase {
    private final Store store;
    //@ stage 13
    private final Set<Reader<Stock>> readers = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;
    //@ end

    private Inventory(Store store) {
        this.store = store;
    }

    static AutoCloseable serve(Settings settings) throws Exception {
        //@ stage 4-12
        return GrpcServer.serve(settings, new Inventory(new Store(Products.read(settings.productsFile()))));
        //@ end
        //@ stage 13
        Inventory inventory = new Inventory(new Store(Products.read(settings.productsFile())));
        AutoCloseable serving = GrpcServer.serve(settings, inventory);
        return () -> {
            inventory.stopping = true;
            inventory.readers.forEach(Reader::wake);
            serving.close();
        };
        //@ end
    }

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> observer) {
        Calls.unary(observer, () -> {
            if (request.getIdempotencyKey().isEmpty()) throw Calls.invalid("idempotency_key is empty");
            if (request.getItemsCount() == 0) throw Calls.invalid("there are no items");
            Map<String, Long> wanted = new HashMap<>();
            for (Item item : request.getItemsList()) {
                if (item.getProductId().isEmpty() || item.getQuantity() <= 0) throw Calls.invalid("an item needs a product and a quantity above 0");
                wanted.merge(item.getProductId(), (long) item.getQuantity(), Long::sum);
            }
            store.reserve(request.getIdempotencyKey(), wanted);
            return ReserveResponse.getDefaultInstance();
        });
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
        Calls.unary(observer, () -> {
            if (request.getIdempotencyKey().isEmpty()) throw Calls.invalid("idempotency_key is empty");
            store.release(request.getIdempotencyKey());
            return ReleaseResponse.getDefaultInstance();
        });
    }

    @Override
    public void get(GetStockRequest request, StreamObserver<GetStockResponse> observer) {
        Calls.unary(observer, () -> {
            if (request.getProductIdsCount() == 0) throw Calls.invalid("there are no product_ids");
            GetStockResponse.Builder response = GetStockResponse.newBuilder();
            for (String id : request.getProductIdsList()) response.addStocks(stock(id, store.available(id)));
            return response.build();
        });
    }

    @Override
    public void watch(WatchStockRequest request, StreamObserver<Stock> observer) {
        String id = request.getProductId();
        Reader.serve(observer, reader -> {
            Runnable changed = reader::wake;
            store.watch(id, changed);
            //@ stage 13
            readers.add(reader);
            //@ end
            try {
                //@ stage 4-12
                while (true) {
                    int available = store.available(id);
                    reader.send(stock(id, available));
                    reader.await(() -> store.available(id) != available);
                }
                //@ end
                //@ stage 13
                while (!stopping) {
                    int available = store.available(id);
                    reader.send(stock(id, available));
                    reader.await(() -> stopping || store.available(id) != available);
                }
                throw Status.UNAVAILABLE.withDescription("the inventory stops: watch another one").asRuntimeException();
                //@ end
            } finally {
                store.unwatch(id, changed);
                //@ stage 13
                readers.remove(reader);
                //@ end
            }
        });
    }

    private static Stock stock(String id, int available) {
        return Stock.newBuilder().setProductId(id).setAvailable(available).build();
    }
}
