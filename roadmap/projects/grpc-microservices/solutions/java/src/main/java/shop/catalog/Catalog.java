package shop.catalog;

//@ stage 6
import io.grpc.Context;
//@ end
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
//@ stage 3
import java.util.ArrayList;
//@ end
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import shop.shared.Calls;
import shop.shared.GrpcServer;
//@ stage 3
import shop.shared.Neighbor;
//@ end
import shop.shared.Products;
//@ stage 3
import shop.shared.Reader;
//@ end
import shop.shared.Settings;
import shop.v1.CatalogGrpc;
import shop.v1.GetProductRequest;
//@ stage 3
import shop.v1.GetStockRequest;
import shop.v1.InventoryGrpc;
import shop.v1.ListProductsRequest;
//@ end
import shop.v1.Product;
//@ stage 3
import shop.v1.Stock;
//@ end

/** What the shop sells. */
final class Catalog extends CatalogGrpc.CatalogImplBase {
    //@ stage 3
    /** So many products the inventory is asked for at a time. */
    private static final int BATCH = 10;

    //@ end
    private final Map<String, Product> products = new HashMap<>();
    //@ stage 3
    private final List<String> ids;
    private final Neighbor inventory;
    //@ end

    //@ stage 1-2
    private Catalog(List<Products.Row> rows) {
        for (Products.Row row : rows) products.put(row.id(), message(row));
    }

    static AutoCloseable serve(Settings settings) throws Exception {
        return GrpcServer.serve(settings, new Catalog(Products.read(settings.productsFile())));
    }
    //@ end
    //@ stage 3
    private Catalog(List<Products.Row> rows, Neighbor inventory) {
        for (Products.Row row : rows) products.put(row.id(), message(row));
        // In the order of their bytes, which Java's order of texts is not beyond the basic plane.
        ids = products.keySet().stream().sorted(Catalog::compareBytes).toList();
        this.inventory = inventory;
    }

    static AutoCloseable serve(Settings settings) throws Exception {
        Neighbor inventory = new Neighbor(Settings.env("INVENTORY_ADDR", "127.0.0.1:50052"));
        return GrpcServer.serve(settings, new Catalog(Products.read(settings.productsFile()), inventory));
    }
    //@ end

    private static Product message(Products.Row row) {
        return Product.newBuilder().setId(row.id()).setName(row.name()).setDescription(row.description()).setPriceCents(row.priceCents()).build();
    }

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<Product> observer) {
        Calls.unary(observer, () -> {
            if (request.getId().isEmpty()) throw Calls.invalid("the id is empty");
            Product product = products.get(request.getId());
            if (product == null) throw Status.NOT_FOUND.withDescription("there is no product " + request.getId()).asRuntimeException();
            return product;
        });
    }
    //@ stage 3

    @Override
    public void listProducts(ListProductsRequest request, StreamObserver<Product> observer) {
        Reader.serve(observer, reader -> {
            if (request.getPageSize() < 0) throw Calls.invalid("page_size is negative");
            List<String> page = ids.stream().filter(id -> compareBytes(id, request.getAfter()) > 0).limit(request.getPageSize() == 0 ? Long.MAX_VALUE : request.getPageSize()).toList();
            if (!request.getWithStock()) {
                for (String id : page) reader.send(products.get(id));
                return;
            }
            for (int begin = 0; begin < page.size(); begin += BATCH) {
                List<String> some = page.subList(begin, Math.min(begin + BATCH, page.size()));
                // Asked when the reader has taken the ones before.
                reader.awaitReady();
                List<Product> batch = new ArrayList<>();
                for (Stock stock : stockOf(some)) batch.add(products.get(stock.getProductId()).toBuilder().setAvailable(stock.getAvailable()).build());
                for (Product product : batch) reader.send(product);
            }
        });
    }

    private List<Stock> stockOf(List<String> some) throws Exception {
        GetStockRequest request = GetStockRequest.newBuilder().addAllProductIds(some).build();
        //@ stage 3-5
        return inventory.call(InventoryGrpc.getGetMethod(), request).getStocksList();
        //@ end
        //@ stage 6
        return Neighbor.within(Context.current(), Neighbor.PATIENCE, () -> inventory.call(InventoryGrpc.getGetMethod(), request)).getStocksList();
        //@ end
    }

    private static int compareBytes(String a, String b) {
        return java.util.Arrays.compareUnsigned(a.getBytes(java.nio.charset.StandardCharsets.UTF_8), b.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    //@ end
}
