//@ file 5
package shop.orders;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import shop.shared.Calls;
import shop.shared.GrpcServer;
import shop.shared.Neighbor;
import shop.shared.Reader;
import shop.shared.Settings;
import shop.v1.CreateOrderRequest;
import shop.v1.GetOrderRequest;
import shop.v1.OrdersGrpc;
import shop.v1.StreamOrdersRequest;

/** Who buys what. */
final class Orders extends OrdersGrpc.OrdersImplBase {
    private static final BigInteger MOST_CENTS = BigInteger.valueOf(Long.MAX_VALUE);

    private final Book book;
    private final Saga saga;

    private Orders(Book book, Saga saga) {
        this.book = book;
        this.saga = saga;
    }

    static AutoCloseable serve(Settings settings) throws Exception {
        Book book = new Book(settings.dataDir());
        Neighbor inventory = new Neighbor(Settings.env("INVENTORY_ADDR", "127.0.0.1:50052"));
        //@ stage 5-8
        Neighbor payments = new Neighbor(Settings.env("PAYMENTS_ADDR", "127.0.0.1:50054"));
        //@ end
        //@ stage 9
        Neighbor payments = new Neighbor(Settings.env("PAYMENTS_ADDR", "127.0.0.1:50054"), new Breaker(Long.parseLong(Settings.env("BREAKER_OPEN_MS", "5000"))));
        //@ end
        Saga saga = new Saga(book, inventory, payments);
        for (Order order : book.unresolved()) {
            Thread thread = new Thread(() -> saga.resume(order));
            thread.setDaemon(true);
            thread.start();
        }
        return GrpcServer.serve(settings, new Orders(book, saga));
    }

    @Override
    public void createOrder(CreateOrderRequest request, StreamObserver<shop.v1.Order> observer) {
        //@ stage 5-5
        Calls.unary(observer, () -> create(request));
        //@ end
        //@ stage 6
        Calls.unary(observer, () -> Neighbor.withDeadline(() -> create(request)));
        //@ end
    }

    private shop.v1.Order create(CreateOrderRequest request) throws Exception {
        List<Order.Item> items = items(request);
        //@ stage 5-7
        Order order = book.begin(request.getCustomerId(), items);
        saga.advance(order);
        return order.message();
        //@ end
        //@ stage 8
        Order order = book.begin(request.getCustomerId(), request.getIdempotencyKey(), items);
        order.take();
        try {
            if (order.step == Step.REJECTED) throw Saga.whyRejected(Status.Code.valueOf(order.code));
            if (order.step != Step.CONFIRMED) saga.advance(order);
            return order.message();
        } finally {
            order.give();
        }
        //@ end
    }

    /** Refuses what can never be right. */
    private static List<Order.Item> items(CreateOrderRequest request) {
        if (request.getIdempotencyKey().isEmpty() || request.getCustomerId().isEmpty()) throw Calls.invalid("idempotency_key and customer_id must not be empty");
        if (request.getItemsCount() == 0) throw Calls.invalid("there are no items");
        List<Order.Item> items = new ArrayList<>();
        BigInteger total = BigInteger.ZERO;
        for (shop.v1.Item item : request.getItemsList()) {
            if (item.getProductId().isEmpty() || item.getQuantity() <= 0 || item.getUnitPriceCents() < 0) throw Calls.invalid("an item needs a product, a quantity above 0 and a price that is not negative");
            total = total.add(BigInteger.valueOf(item.getUnitPriceCents()).multiply(BigInteger.valueOf(item.getQuantity())));
            items.add(new Order.Item(item.getProductId(), item.getQuantity(), item.getUnitPriceCents()));
        }
        if (total.compareTo(MOST_CENTS) > 0) throw Calls.invalid("the total is too large");
        return items;
    }

    @Override
    public void getOrder(GetOrderRequest request, StreamObserver<shop.v1.Order> observer) {
        Calls.unary(observer, () -> {
            if (request.getId().isEmpty()) throw Calls.invalid("the id is empty");
            Order order = book.find(request.getId());
            if (order == null) throw Status.NOT_FOUND.withDescription("there is no order " + request.getId()).asRuntimeException();
            return order.message();
        });
    }

    @Override
    public void streamOrders(StreamOrdersRequest request, StreamObserver<shop.v1.Order> observer) {
        Reader.serve(observer, reader -> {
            if (request.getCustomerId().isEmpty()) throw Calls.invalid("customer_id is empty");
            for (Order order : book.of(request.getCustomerId())) reader.send(order.message());
        });
    }
}
