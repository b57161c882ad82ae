//@ file 4
package shop.inventory;

import io.grpc.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import shop.shared.Calls;
import shop.shared.Products;

/** The stock, in memory. One lock makes each change a single step for everybody else. */
final class Store {
    /** What a key stands for. It stays when it is released, so that a late repeat takes nothing. */
    private static final class Reservation {
        final Map<String, Long> items;
        boolean released;

        Reservation(Map<String, Long> items) {
            this.items = items;
        }
    }

    private final Map<String, Long> stock = new HashMap<>();
    private final Map<String, Set<Runnable>> watchers = new HashMap<>();
    private final Map<String, Reservation> reservations = new HashMap<>();

    Store(List<Products.Row> rows) {
        for (Products.Row row : rows) stock.put(row.id(), (long) row.stock());
    }

    /** Takes all items, by product, or none and fails. */
    void reserve(String key, Map<String, Long> items) {
        Set<Runnable> told;
        synchronized (this) {
            Reservation made = reservations.get(key);
            if (made != null) {
                if (made.released) throw Status.FAILED_PRECONDITION.withDescription("the reservation has been released").asRuntimeException();
                if (!made.items.equals(items)) throw Status.ALREADY_EXISTS.withDescription("the key stands for a reservation of other items").asRuntimeException();
                return;
            }
            items.keySet().forEach(this::known);
            items.forEach((id, quantity) -> {
                if (stock.get(id) < quantity) throw Status.FAILED_PRECONDITION.withDescription("there are " + stock.get(id) + " of product " + id).asRuntimeException();
            });
            reservations.put(key, new Reservation(items));
            told = change(items, -1);
        }
        told.forEach(Runnable::run);
    }

    /** Puts back what is reserved under the key, once. */
    void release(String key) {
        Set<Runnable> told;
        synchronized (this) {
            Reservation made = reservations.computeIfAbsent(key, unknown -> new Reservation(Map.of()));
            if (made.released) return;
            made.released = true;
            told = change(made.items, 1);
        }
        told.forEach(Runnable::run);
    }

    synchronized int available(String id) {
        known(id);
        return stock.get(id).intValue();
    }

    /** Runs `changed` after each change of the product's stock, until {@link #unwatch}. */
    synchronized void watch(String id, Runnable changed) {
        known(id);
        watchers.computeIfAbsent(id, first -> new HashSet<>()).add(changed);
    }

    synchronized void unwatch(String id, Runnable changed) {
        watchers.getOrDefault(id, Set.of()).remove(changed);
    }

    /** @return those who have to be told, without the lock */
    private Set<Runnable> change(Map<String, Long> items, int sign) {
        Set<Runnable> told = new HashSet<>();
        items.forEach((id, quantity) -> {
            stock.merge(id, sign * quantity, Long::sum);
            told.addAll(watchers.getOrDefault(id, Set.of()));
        });
        return told;
    }

    private void known(String id) {
        if (id.isEmpty()) throw Calls.invalid("the product's id is empty");
        if (!stock.containsKey(id)) throw Status.NOT_FOUND.withDescription("there is no product " + id).asRuntimeException();
    }
}
