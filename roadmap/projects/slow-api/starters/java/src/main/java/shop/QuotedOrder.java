package shop;

import java.util.List;

/**
 * An order with what it costs today.
 *
 * @param priceSource live: asked just now
 */
record QuotedOrder(int id, String status, String createdAt, int totalCents, Order.Customer customer, List<Order.Item> items, long quoteCents, String priceSource) {
    QuotedOrder(Order order, long quoteCents, String priceSource) {
        this(order.id(), order.status(), order.createdAt(), order.totalCents(), order.customer(), order.items(), quoteCents, priceSource);
    }
}
