//@ file 5
package shop.orders;

import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** All orders, as the journal tells them. */
final class Book {
    //@ stage 8
    private record Key(String customer, String key) {}

    //@ end
    private final Journal journal;
    private final Map<String, Order> byId = new LinkedHashMap<>();
    //@ stage 8
    private final Map<Key, Order> byKey = new LinkedHashMap<>();
    //@ end

    Book(String folder) throws IOException {
        List<Journal.Entry> entries = new ArrayList<>();
        journal = new Journal(Path.of(folder), entries);
        for (Journal.Entry entry : entries) {
            Order order = byId.get(entry.id());
            //@ stage 5-7
            if (order == null) order = add(new Order(entry.id(), entry.customer(), entry.items()));
            //@ end
            //@ stage 8
            if (order == null) order = add(new Order(entry.id(), entry.customer(), entry.key(), entry.items()));
            //@ end
            order.step = entry.step();
            order.code = entry.code();
        }
    }

    private Order add(Order order) {
        byId.put(order.id, order);
        //@ stage 8
        byKey.put(new Key(order.customer, order.key), order);
        //@ end
        return order;
    }

    //@ stage 5-7
    /** A new order. */
    synchronized Order begin(String customer, List<Order.Item> items) {
        return add(new Order(UUID.randomUUID().toString(), customer, items));
    }
    //@ end
    //@ stage 8
    /** The order that the customer's key stands for, a new one if there is none. Fails when it is of other items. */
    synchronized Order begin(String customer, String key, List<Order.Item> items) {
        Order order = byKey.get(new Key(customer, key));
        if (order == null) return add(new Order(UUID.randomUUID().toString(), customer, key, items));
        if (!order.items.equals(items)) throw Status.ALREADY_EXISTS.withDescription("the key stands for an order of other items").asRuntimeException();
        return order;
    }
    //@ end

    /** Enters a step when it is on disk. */
    void keep(Order order, Step step, Status.Code code) {
        boolean first = step == Step.PENDING;
        String why = code == null ? null : code.name();
        try {
            //@ stage 5-7
            journal.write(new Journal.Entry(order.id, step, why, first ? order.customer : null, first ? order.items : null));
            //@ end
            //@ stage 8
            journal.write(new Journal.Entry(order.id, step, why, first ? order.customer : null, first ? order.key : null, first ? order.items : null));
            //@ end
        } catch (IOException error) {
            throw Status.INTERNAL.withDescription("the order can't be kept: " + error.getMessage()).asRuntimeException();
        }
        order.code = why;
        order.step = step;
    }

    synchronized Order find(String id) {
        return byId.get(id);
    }

    /** A customer's orders, the oldest first. */
    synchronized List<Order> of(String customer) {
        return byId.values().stream().filter(order -> order.customer.equals(customer)).toList();
    }

    /** The orders whose end is not known yet. */
    synchronized List<Order> unresolved() {
        return byId.values().stream().filter(order -> !order.step.isEnd()).toList();
    }
}
