//@ file 5
package shop.orders;

//@ stage 8
import io.grpc.Status;
//@ end
import java.util.List;
//@ stage 8
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import shop.shared.Neighbor;
//@ end
import shop.v1.OrderStatus;

/** What somebody wants. */
final class Order {
    record Item(String product, int quantity, long cents) {
        shop.v1.Item message() {
            return shop.v1.Item.newBuilder().setProductId(product).setQuantity(quantity).setUnitPriceCents(cents).build();
        }
    }

    final String id;
    final String customer;
    final List<Item> items;
    //@ stage 8
    /** What the customer calls it. */
    final String key;
    private final ReentrantLock turn = new ReentrantLock();
    //@ end
    /** Written by the book. */
    volatile Step step = Step.BEGUN;
    /** The name of the code that says why it was rejected. */
    volatile String code;

    //@ stage 5-7
    Order(String id, String customer, List<Item> items) {
        this.id = id;
        this.customer = customer;
        this.items = items;
    }
    //@ end
    //@ stage 8
    Order(String id, String customer, String key, List<Item> items) {
        this.id = id;
        this.customer = customer;
        this.key = key;
        this.items = items;
    }

    /** Waits until nobody else works on the order, but not beyond the caller's deadline, nor for a caller who has gone. */
    void take() {
        try {
            while (!turn.tryLock(20, TimeUnit.MILLISECONDS)) Neighbor.stillWanted();
        } catch (InterruptedException error) {
            throw Status.CANCELLED.asRuntimeException();
        }
    }

    void give() {
        turn.unlock();
    }
    //@ end

    long total() {
        return items.stream().mapToLong(item -> item.quantity() * item.cents()).sum();
    }

    List<shop.v1.Item> itemMessages() {
        return items.stream().map(Item::message).toList();
    }

    shop.v1.Order message() {
        OrderStatus status = switch (step) {
            case CONFIRMED -> OrderStatus.ORDER_STATUS_CONFIRMED;
            case REJECTED -> OrderStatus.ORDER_STATUS_REJECTED;
            default -> OrderStatus.ORDER_STATUS_PENDING;
        };
        return shop.v1.Order.newBuilder().setId(id).setCustomerId(customer).addAllItems(itemMessages()).setTotalCents(total()).setStatus(status).build();
    }
}
