package shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers requests. */
final class Server {
    private static final Pattern BY_ID = Pattern.compile("/(orders|customers)/(\\d+)(/orders)?");

    private final Database database;
    private final Pricing pricing;
    private final Object lock = new Object();
    /** How many of the requests that are counted were answered. Not safe to change by two at once. */
    private long served;

    private Server(Settings settings) {
        database = new Database(settings.databaseUrl());
        pricing = new Pricing(settings.pricingUrl());
    }

    /** Returns when the API listens. @throws IOException when it can't */
    static void serve(Settings settings) throws IOException {
        // Java's server does not do it otherwise.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Server api = new Server(settings);
        HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 1024);
        server.setExecutor(Executors.newFixedThreadPool(64));
        server.createContext("/", api::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        respond(exchange).send(exchange);
    }

    /** What goes wrong is an answer, too. */
    private Answer respond(HttpExchange exchange) {
        try {
            return route(exchange);
        } catch (RequestException refused) {
            return new Answer(refused.status(), Map.of("error", refused.code()));
        } catch (Exception error) {
            log(exchange, error);
            return new Answer(500, Map.of("error", "internal"));
        }
    }

    private Answer route(HttpExchange exchange) throws Exception {
        String path = exchange.getRequestURI().getRawPath();
        Map<String, String> parameters = Request.parameters(exchange.getRequestURI().getRawQuery());
        switch (exchange.getRequestMethod() + " " + path) {
            case "GET /healthz":
                return counted(() -> Map.of("status", "ok"));
            case "GET /orders":
                Page page = Request.page(parameters);
                return counted(() -> database.use(session -> Orders.list(session, page)));
            case "GET /report":
                return counted(() -> Report.of(database.use(Orders::byStatus)));
            case "POST /orders":
                NewOrder order = Request.order(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                Order stored = database.use(session -> Orders.add(session, order)).orElseThrow(() -> new RequestException(404, "unknown_customer"));
                return new Answer(201, stored);
            case "GET /customers":
                String email = parameters.getOrDefault("email", "");
                if (email.isEmpty()) throw new RequestException(400, "invalid_email");
                return found(database.use(session -> Orders.findCustomer(session, email)));
            case "GET /top":
                String city = parameters.getOrDefault("city", "");
                boolean staff = "Bearer staff".equals(exchange.getRequestHeaders().getFirst("Authorization"));
                Orders.Ranking ranking = new Orders.Ranking(Request.limit(parameters, 10), city.isEmpty() ? null : city, staff);
                return new Answer(200, Map.of("top", database.use(session -> Orders.topProducts(session, ranking))));
            default:
                return byId(exchange, path);
        }
    }

    private Answer byId(HttpExchange exchange, String path) throws Exception {
        Matcher match = BY_ID.matcher(path);
        Integer id = match.matches() ? Request.number(match.group(2)) : null;
        if (!exchange.getRequestMethod().equals("GET") || id == null) throw new RequestException(404, "not_found");
        boolean orders = match.group(1).equals("orders");
        boolean ofCustomer = match.group(3) != null;
        if (orders && !ofCustomer) return quoted(exchange, database.use(session -> Orders.find(session, id)));
        if (!orders && ofCustomer) return found(database.use(session -> Orders.ofCustomer(session, id)));
        throw new RequestException(404, "not_found");
    }

    private Answer quoted(HttpExchange exchange, Optional<Order> found) throws RequestException {
        Order order = found.orElseThrow(() -> new RequestException(404, "not_found"));
        try {
            return new Answer(200, new QuotedOrder(order, pricing.quote(order.id(), order.items()), "live"));
        } catch (IOException error) {
            log(exchange, error);
            throw new RequestException(502, "pricing_unavailable");
        }
    }

    private static Answer found(Optional<?> body) throws RequestException {
        return new Answer(200, body.orElseThrow(() -> new RequestException(404, "not_found")));
    }

    private interface Task {
        Object run() throws Exception;
    }

    /** Runs what is counted, one at a time, as the count is shared. */
    private Answer counted(Task task) throws Exception {
        synchronized (lock) {
            Object body = task.run();
            served++;
            return new Answer(200, body);
        }
    }

    private static void log(HttpExchange exchange, Exception error) {
        System.err.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + ": " + error.toString().replaceAll("\\s+", " "));
    }
}
