package shop;

import java.util.List;

/**
 * An order as it is answered.
 *
 * @param createdAt in UTC, such as 2026-01-02T03:04:05Z
 */
public record Order(int id, String status, String createdAt, int totalCents, Customer customer, List<Item> items) {
    public record Customer(int id, String name, String city) {}

    public record Item(String sku, int qty, int priceCents) {}
}
