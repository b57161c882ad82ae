package shop.catalog;

import java.util.List;
import shop.shared.GrpcServer;
import shop.shared.Products;
import shop.shared.Settings;
import shop.v1.CatalogGrpc;

// roadmap: http-and-api-protocols
// roadmap: api-design

/** What the shop sells. */
final class Catalog extends CatalogGrpc.CatalogImplBase {
    static AutoCloseable serve(Settings settings) throws Exception {
        List<Products.Row> products = Products.read(settings.productsFile());
        // TODO (stage 1): answer GetProduct.
        //   1. Override getProduct(GetProductRequest, StreamObserver<Product>). Methods that are not overridden answer UNIMPLEMENTED.
        //   2. observer.onNext(Product.newBuilder().setId(…).build()), then onCompleted(), answers.
        //      observer.onError(Status.NOT_FOUND.withDescription("why").asRuntimeException()) fails with a status code (io.grpc.Status).
        //   3. An id that no product has is NOT_FOUND, an empty one INVALID_ARGUMENT.
        System.err.println("TODO (stage 1): " + products.size() + " products are here, and GetProduct is not yet. Your work begins in src/main/java/shop/catalog/Catalog.java; README.md says how.");
        return GrpcServer.serve(settings, new Catalog());
    }
}
