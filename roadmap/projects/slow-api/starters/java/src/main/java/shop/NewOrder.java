package shop;

import java.util.List;

/** What a customer wants to buy. */
public record NewOrder(int customerId, List<Order.Item> items) {}
