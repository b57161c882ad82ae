package shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
//@ stage 4
import java.util.Map;
//@ end
import java.util.Optional;
//@ stage 4
import java.util.function.Function;
import java.util.stream.Collectors;
//@ end

/** All that is asked of the database. */
final class Orders {
    //@ stage 6
    /** The most entries that a list holds, whatever is asked for. */
    private static final int LARGEST_PAGE = 100;

    //@ end
    /** @param next the id to ask for the next page with; null when this is the last one */
    record OrderPage(List<Order> orders, Integer next) {}

    record CustomerOrders(Order.Customer customer, List<Summary> orders) {}

    /** An order without what is in it. */
    record Summary(int id, String status, String createdAt, int totalCents) {}

    record Customer(int id, String name, String email, String city) {}

    /**
     * @param city only what customers there have bought; null for all
     * @param revenue with what each has brought in, which is not for everybody
     */
    record Ranking(int limit, String city, boolean revenue) {}

    record Product(String sku, int sold) {}

    record ProductWithRevenue(String sku, int sold, long revenueCents) {}

    record StatusLine(String status, int orders, long totalCents) {}

    private record Row(int id, int customerId, String status, String createdAt, int totalCents) {
        static Row read(ResultSet row) throws SQLException {
            return new Row(row.getInt("id"), row.getInt("customer_id"), row.getString("status"), time(row), row.getInt("total_cents"));
        }
    }

    //@ stage 4
    private record ItemOf(int orderId, Order.Item item) {}

    //@ end
    /** A page of orders. */
    static OrderPage list(Session session, Page page) throws SQLException {
        //@ stage 1-5
        List<Row> rows = session.query("SELECT * FROM orders ORDER BY " + page.sort().column + " DESC, id DESC", Row::read);
        if (page.after() != null) {
            int seen = 0;
            while (seen < rows.size() && rows.get(seen).id() != page.after()) seen++;
            rows = rows.subList(Math.min(seen + 1, rows.size()), rows.size());
        }
        List<Row> rest = rows.stream().filter(row -> page.status() == null || page.status().equals(row.status())).toList();
        //@ stage 1-3
        List<Order> orders = new ArrayList<>();
        for (Row row : rest.subList(0, Math.min(page.limit(), rest.size()))) orders.add(complete(session, row));
        //@ end
        //@ stage 4
        List<Order> orders = complete(session, rest.subList(0, Math.min(page.limit(), rest.size())));
        //@ end
        return new OrderPage(orders, rest.size() > page.limit() ? orders.get(orders.size() - 1).id() : null);
        //@ end
        //@ stage 6
        int size = Math.min(page.limit(), LARGEST_PAGE);
        String column = page.sort().column;
        List<String> conditions = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        if (page.after() != null) {
            conditions.add("(" + column + ", id) < (SELECT " + column + ", id FROM orders WHERE id = ?)");
            values.add(page.after());
        }
        if (page.status() != null) {
            conditions.add("status = ?");
            values.add(page.status());
        }
        // One more than the page, to know whether there is a next one.
        values.add(size + 1);
        String where = conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
        List<Row> rows = session.query("SELECT id, customer_id, status, created_at, total_cents FROM orders " + where + " ORDER BY " + column + " DESC, id DESC LIMIT ?", Row::read, values.toArray());
        List<Order> orders = complete(session, rows.subList(0, Math.min(size, rows.size())));
        return new OrderPage(orders, rows.size() > size ? orders.get(size - 1).id() : null);
        //@ end
    }

    /** One order, when there is one of this id. */
    static Optional<Order> find(Session session, int id) throws SQLException {
        //@ stage 1-5
        Optional<Row> row = session.first("SELECT * FROM orders WHERE id = ?", Row::read, id);
        //@ end
        //@ stage 6
        Optional<Row> row = session.first("SELECT id, customer_id, status, created_at, total_cents FROM orders WHERE id = ?", Row::read, id);
        //@ end
        //@ stage 1-3
        return row.isEmpty() ? Optional.empty() : Optional.of(complete(session, row.get()));
        //@ end
        //@ stage 4
        return complete(session, row.stream().toList()).stream().findFirst();
        //@ end
    }

    //@ stage 1-3
    private static Order complete(Session session, Row row) throws SQLException {
        Order.Customer customer = session.first("SELECT * FROM customers WHERE id = ?", Orders::customer, row.customerId()).orElseThrow();
        List<Order.Item> items = session.query("SELECT * FROM items WHERE order_id = ? ORDER BY id", Orders::item, row.id());
        return new Order(row.id(), row.status(), row.createdAt(), row.totalCents(), customer, items);
    }
    //@ end
    //@ stage 4
    /** Adds the customers and the items of all orders, with one statement each. */
    private static List<Order> complete(Session session, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) return List.of();
        int[] ids = rows.stream().mapToInt(Row::id).toArray();
        int[] customerIds = rows.stream().mapToInt(Row::customerId).distinct().toArray();
        //@ stage 4-5
        List<Order.Customer> customers = session.query("SELECT * FROM customers WHERE id = ANY(?)", Orders::customer, customerIds);
        List<ItemOf> items = session.query("SELECT * FROM items WHERE order_id = ANY(?) ORDER BY id", row -> new ItemOf(row.getInt("order_id"), item(row)), ids);
        //@ end
        //@ stage 6
        List<Order.Customer> customers = session.query("SELECT id, name, city FROM customers WHERE id = ANY(?)", Orders::customer, customerIds);
        List<ItemOf> items = session.query("SELECT order_id, sku, qty, price_cents FROM items WHERE order_id = ANY(?) ORDER BY id", row -> new ItemOf(row.getInt("order_id"), item(row)), ids);
        //@ end
        Map<Integer, Order.Customer> customerOf = customers.stream().collect(Collectors.toMap(Order.Customer::id, Function.identity()));
        Map<Integer, List<Order.Item>> itemsOf = items.stream().collect(Collectors.groupingBy(ItemOf::orderId, Collectors.mapping(ItemOf::item, Collectors.toList())));
        return rows.stream().map(row -> new Order(row.id(), row.status(), row.createdAt(), row.totalCents(), customerOf.get(row.customerId()), itemsOf.getOrDefault(row.id(), List.of()))).toList();
    }
    //@ end

    /** Stores an order, when there is such a customer. */
    static Optional<Order> add(Session session, NewOrder order) throws SQLException {
        return session.transaction(transaction -> {
            Optional<Order.Customer> customer = transaction.first("SELECT id, name, city FROM customers WHERE id = ?", Orders::customer, order.customerId());
            if (customer.isEmpty()) return Optional.empty();
            int total = order.items().stream().mapToInt(item -> item.qty() * item.priceCents()).sum();
            Order stored = transaction.first("INSERT INTO orders (customer_id, status, created_at, total_cents, notes) VALUES (?, 'open', date_trunc('second', now()), ?, '') RETURNING id, created_at",
                    row -> new Order(row.getInt("id"), "open", time(row), total, customer.get(), order.items()), order.customerId(), total).orElseThrow();
            for (Order.Item item : order.items()) {
                transaction.execute("INSERT INTO items (order_id, sku, qty, price_cents, notes) VALUES (?, ?, ?, ?, '')", stored.id(), item.sku(), item.qty(), item.priceCents());
            }
            return Optional.of(stored);
        });
    }

    /** A customer with all orders, newest first, when there is one of this id. */
    static Optional<CustomerOrders> ofCustomer(Session session, int id) throws SQLException {
        //@ stage 1-5
        Optional<Order.Customer> customer = session.first("SELECT * FROM customers WHERE id = ?", Orders::customer, id);
        //@ end
        //@ stage 6
        Optional<Order.Customer> customer = session.first("SELECT id, name, city FROM customers WHERE id = ?", Orders::customer, id);
        //@ end
        if (customer.isEmpty()) return Optional.empty();
        //@ stage 1-5
        List<Summary> orders = session.query("SELECT * FROM orders WHERE customer_id = ? ORDER BY created_at DESC, id DESC",
                row -> new Summary(row.getInt("id"), row.getString("status"), time(row), row.getInt("total_cents")), id);
        //@ end
        //@ stage 6
        List<Summary> orders = session.query("SELECT id, status, created_at, total_cents FROM orders WHERE customer_id = ? ORDER BY created_at DESC, id DESC",
                row -> new Summary(row.getInt("id"), row.getString("status"), time(row), row.getInt("total_cents")), id);
        //@ end
        return Optional.of(new CustomerOrders(customer.get(), orders));
    }

    /** The customer with an e-mail address, whatever the case of its letters. */
    static Optional<Customer> findCustomer(Session session, String email) throws SQLException {
        //@ stage 1-5
        return session.first("SELECT * FROM customers WHERE lower(email) = lower(?) ORDER BY id",
                row -> new Customer(row.getInt("id"), row.getString("name"), row.getString("email"), row.getString("city")), email);
        //@ end
        //@ stage 6
        return session.first("SELECT id, name, email, city FROM customers WHERE lower(email) = lower(?) ORDER BY id",
                row -> new Customer(row.getInt("id"), row.getString("name"), row.getString("email"), row.getString("city")), email);
        //@ end
    }

    /** The products that sell best. */
    static List<?> topProducts(Session session, Ranking ranking) throws SQLException {
        List<Object> values = new ArrayList<>();
        if (ranking.city() != null) values.add(ranking.city());
        //@ stage 1-5
        values.add(ranking.limit());
        //@ end
        //@ stage 6
        values.add(Math.min(ranking.limit(), LARGEST_PAGE));
        //@ end
        String sql = "SELECT sku, sum(qty)::integer AS sold, sum(qty * price_cents)::bigint AS revenue_cents FROM items"
                + (ranking.city() == null ? "" : " JOIN orders ON orders.id = items.order_id JOIN customers ON customers.id = orders.customer_id WHERE customers.city = ?")
                + " GROUP BY sku ORDER BY sold DESC, sku COLLATE \"C\" LIMIT ?";
        return session.query(sql, row -> {
            Product product = new Product(row.getString("sku"), row.getInt("sold"));
            return ranking.revenue() ? new ProductWithRevenue(product.sku(), product.sold(), row.getLong("revenue_cents")) : product;
        }, values.toArray());
    }

    /** How many orders there are in each status, and what they come to. */
    static List<StatusLine> byStatus(Session session) throws SQLException {
        return session.query("SELECT status, count(*)::integer AS orders, sum(total_cents)::bigint AS total_cents FROM orders GROUP BY status ORDER BY status COLLATE \"C\"",
                row -> new StatusLine(row.getString("status"), row.getInt("orders"), row.getLong("total_cents")));
    }

    private static Order.Customer customer(ResultSet row) throws SQLException {
        return new Order.Customer(row.getInt("id"), row.getString("name"), row.getString("city"));
    }

    private static Order.Item item(ResultSet row) throws SQLException {
        return new Order.Item(row.getString("sku"), row.getInt("qty"), row.getInt("price_cents"));
    }

    private static String time(ResultSet row) throws SQLException {
        return DateTimeFormatter.ISO_INSTANT.format(row.getObject("created_at", OffsetDateTime.class).truncatedTo(ChronoUnit.SECONDS));
    }

    private Orders() {}
}
