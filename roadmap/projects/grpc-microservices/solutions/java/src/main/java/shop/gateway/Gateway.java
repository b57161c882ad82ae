//@ file 11
package shop.gateway;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
//@ stage 12
import io.grpc.Context;
//@ end
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
//@ stage 13
import java.util.concurrent.atomic.AtomicInteger;
//@ end
import shop.shared.Calls;
//@ stage 12
import shop.shared.Log;
//@ end
import shop.shared.Neighbor;
import shop.shared.Settings;
//@ stage 12
import shop.shared.Trace;
//@ end
import shop.v1.CatalogGrpc;
import shop.v1.CreateOrderRequest;
import shop.v1.GetOrderRequest;
import shop.v1.GetProductRequest;
import shop.v1.Item;
import shop.v1.Order;
import shop.v1.OrdersGrpc;
import shop.v1.Product;

/** The shop as JSON over HTTP. */
final class Gateway {
    private static final int MOST_BODY = 1 << 20;
    /** So much more of a body that is too large is read, so that the client gets its answer. */
    private static final int MOST_IGNORED = 8 << 20;
    private static final Metadata.Key<String> USER = Metadata.Key.of("x-user-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Gson JSON = new Gson();

    /** What a request is answered with. */
    private record Answer(int status, Object body, Map<String, String> headers) {}

    private final Tokens tokens;
    private final Neighbor catalog;
    private final Neighbor orders;
    //@ stage 13
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean stopping;
    //@ end

    private Gateway(Tokens tokens, Neighbor catalog, Neighbor orders) {
        this.tokens = tokens;
        this.catalog = catalog;
        this.orders = orders;
    }

    static AutoCloseable serve(Settings settings) throws Exception {
        // Without it headers and body wait for each other's acknowledgment.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Gateway gateway = new Gateway(
                new Tokens(Settings.env("JWT_JWKS", Tokens.NO_KEYS), Settings.env("JWT_ISSUER", ""), Settings.env("JWT_AUDIENCE", "")),
                new Neighbor(Settings.env("CATALOG_ADDR", "127.0.0.1:50051")),
                new Neighbor(Settings.env("ORDERS_ADDR", "127.0.0.1:50053")));
        HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", gateway::handle);
        server.start();
        //@ stage 11-12
        return () -> server.stop(0);
        //@ end
        //@ stage 13
        return () -> {
            gateway.stopping = true;
            // Closes the listener at once, and all connections when the seconds are over: on a thread of its own, as it waits also when nothing runs.
            Thread closing = new Thread(() -> server.stop(1 + (int) (settings.graceMs() / 1000)));
            closing.setDaemon(true);
            closing.start();
            for (long deadline = System.nanoTime() + settings.graceMs() * 1_000_000; gateway.running.get() > 0 && System.nanoTime() < deadline; ) Thread.sleep(10);
        };
        //@ end
    }

    //@ stage 11-11
    private void handle(HttpExchange exchange) throws IOException {
        send(exchange, respond(exchange));
    }
    //@ end
    //@ stage 12-12
    /** Continues the caller's trace, or begins one, and logs each request. */
    private void handle(HttpExchange exchange) throws IOException {
        long began = System.nanoTime();
        Trace trace = Trace.read(all(exchange, "traceparent"), all(exchange, "tracestate"));
        Context traced = Context.current().withValue(Trace.CURRENT, trace);
        Context before = traced.attach();
        try {
            Answer answer = respond(exchange);
            Log.request(trace, name(exchange), answer.status, System.nanoTime() - began);
            send(exchange, answer);
        } finally {
            traced.detach(before);
        }
    }
    //@ end
    //@ stage 13
    /** Continues the caller's trace, or begins one, and logs each request. */
    private void handle(HttpExchange exchange) throws IOException {
        long began = System.nanoTime();
        Trace trace = Trace.read(all(exchange, "traceparent"), all(exchange, "tracestate"));
        Context traced = Context.current().withValue(Trace.CURRENT, trace);
        Context before = traced.attach();
        running.incrementAndGet();
        try {
            Answer answer = respond(exchange);
            Log.request(trace, name(exchange), answer.status, System.nanoTime() - began);
            if (stopping) exchange.getResponseHeaders().set("Connection", "close");
            send(exchange, answer);
        } finally {
            running.decrementAndGet();
            traced.detach(before);
        }
    }
    //@ end
    //@ stage 12

    private static List<String> all(HttpExchange exchange, String header) {
        return exchange.getRequestHeaders().getOrDefault(header, List.of());
    }

    /** The path's first word: an id in it would make each request a method of its own. */
    private static String name(HttpExchange exchange) {
        return exchange.getRequestMethod() + " /" + exchange.getRequestURI().getPath().substring(1).split("/", 2)[0];
    }
    //@ end

    private Answer respond(HttpExchange exchange) {
        Failure failure;
        try {
            return Neighbor.withDeadline(() -> route(exchange));
        } catch (Failure known) {
            failure = known;
        } catch (StatusRuntimeException error) {
            failure = Failure.of(error.getStatus());
        } catch (Exception error) {
            failure = Failure.of(Calls.statusOf(error).getStatus());
        }
        return new Answer(failure.status, Map.of("error", Map.of("code", failure.code, "message", failure.getMessage())), failure.headers);
    }

    private Answer route(HttpExchange exchange) throws Exception {
        //@ stage 13
        // On a connection that was open before.
        if (stopping) throw new Failure(503, "UNAVAILABLE", "the gateway stops");
        //@ end
        String[] parts = exchange.getRequestURI().getRawPath().substring(1).split("/", -1);
        String id = parts.length == 2 ? URLDecoder.decode(parts[1].replace("+", "%2B"), StandardCharsets.UTF_8) : "";
        boolean one = parts.length == 1;
        if (one && parts[0].equals("healthz")) return only(exchange, "GET").health();
        if (one && parts[0].equals("orders")) return only(exchange, "POST").createOrder(exchange);
        if (!id.isEmpty() && parts[0].equals("products")) return only(exchange, "GET").product(id);
        if (!id.isEmpty() && parts[0].equals("orders")) return only(exchange, "GET").order(exchange, id);
        throw new Failure(404, "NOT_FOUND", "there is nothing at this path");
    }

    private Gateway only(HttpExchange exchange, String method) throws Failure {
        if (!exchange.getRequestMethod().equals(method)) throw new Failure(405, "METHOD_NOT_ALLOWED", "the Allow header says which methods this path has", Map.of("Allow", method));
        return this;
    }

    private Answer health() {
        return new Answer(200, Map.of("status", "SERVING"), Map.of());
    }

    private Answer product(String id) {
        Product product = catalog.call(CatalogGrpc.getGetProductMethod(), GetProductRequest.newBuilder().setId(id).build());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", product.getId());
        body.put("name", product.getName());
        body.put("description", product.getDescription());
        body.put("priceCents", product.getPriceCents());
        return new Answer(200, body, Map.of());
    }

    private Answer createOrder(HttpExchange exchange) throws Exception {
        String customer = tokens.check(exchange.getRequestHeaders().getFirst("Authorization"), "orders:write");
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        if (key == null || key.isEmpty()) throw new Failure(400, "INVALID_ARGUMENT", "the header Idempotency-Key is missing");
        CreateOrderRequest.Builder request = CreateOrderRequest.newBuilder().setIdempotencyKey(key).setCustomerId(customer);
        for (Item wanted : wanted(body(exchange))) {
            // What it costs is the shop's word, never the customer's.
            Product product = catalog.call(CatalogGrpc.getGetProductMethod(), GetProductRequest.newBuilder().setId(wanted.getProductId()).build(), as(customer));
            request.addItems(wanted.toBuilder().setUnitPriceCents(product.getPriceCents()));
        }
        Order order = orders.call(OrdersGrpc.getCreateOrderMethod(), request.build(), as(customer));
        return new Answer(201, body(order), Map.of("Location", "/orders/" + URLEncoder.encode(order.getId(), StandardCharsets.UTF_8)));
    }

    private Answer order(HttpExchange exchange, String id) throws Failure {
        String customer = tokens.check(exchange.getRequestHeaders().getFirst("Authorization"), "orders:read");
        Order order = orders.call(OrdersGrpc.getGetOrderMethod(), GetOrderRequest.newBuilder().setId(id).build(), as(customer));
        // Not 403: that would say that there is such an order.
        if (!order.getCustomerId().equals(customer)) throw new Failure(404, "NOT_FOUND", "there is no such order");
        return new Answer(200, body(order), Map.of());
    }

    /** Tells neighbors who the user is. The token stays here. */
    private static Metadata as(String user) {
        Metadata metadata = new Metadata();
        metadata.put(USER, user);
        return metadata;
    }

    private static Map<String, Object> body(Order order) {
        List<Object> items = new ArrayList<>();
        for (Item item : order.getItemsList()) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("productId", item.getProductId());
            body.put("quantity", item.getQuantity());
            body.put("unitPriceCents", item.getUnitPriceCents());
            items.add(body);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", order.getId());
        body.put("customerId", order.getCustomerId());
        body.put("status", order.getStatus().name().replaceFirst("^ORDER_STATUS_", ""));
        body.put("totalCents", order.getTotalCents());
        body.put("items", items);
        return body;
    }

    /** The products and quantities that a body asks for. */
    private static List<Item> wanted(String text) throws Failure {
        try {
            List<Item> wanted = new ArrayList<>();
            for (JsonElement each : JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("items")) {
                JsonObject item = each.getAsJsonObject();
                if (!item.getAsJsonPrimitive("quantity").isNumber() || !item.getAsJsonPrimitive("productId").isString()) throw new Failure(400, "INVALID_ARGUMENT", "an item needs a productId and a whole quantity");
                wanted.add(Item.newBuilder().setProductId(item.get("productId").getAsString()).setQuantity(item.get("quantity").getAsBigDecimal().intValueExact()).build());
            }
            return wanted;
        } catch (JsonParseException | IllegalStateException | ClassCastException | ArithmeticException | NullPointerException error) {
            throw new Failure(400, "INVALID_ARGUMENT", "the body is not the JSON that is expected");
        }
    }

    private static String body(HttpExchange exchange) throws Exception {
        byte[] text = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
        if (text.length > MOST_BODY) throw new Failure(413, "RESOURCE_EXHAUSTED", "the body is above 1 MiB", Map.of("Connection", "close"));
        return new String(text, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = JSON.toJson(answer.body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        answer.headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status, body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        try (InputStream rest = exchange.getRequestBody()) {
            rest.readNBytes(MOST_IGNORED);
        } finally {
            exchange.close();
        }
    }
}
