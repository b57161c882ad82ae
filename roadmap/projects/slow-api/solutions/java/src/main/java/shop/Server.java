package shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
//@ stage 11
import java.util.List;
//@ end
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
//@ stage 12
import java.util.concurrent.Semaphore;
//@ end
//@ stage 9
import java.util.concurrent.atomic.LongAdder;
//@ end
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers requests. */
final class Server {
    private static final Pattern BY_ID = Pattern.compile("/(orders|customers)/(\\d+)(/orders)?");

    private final Database database;
    private final Pricing pricing;
    //@ stage 1-8
    private final Object lock = new Object();
    /** How many of the requests that are counted were answered. Not safe to change by two at once. */
    private long served;
    //@ end
    //@ stage 9
    /** How many of the requests that are counted were answered. */
    private final LongAdder served = new LongAdder();
    //@ end
    //@ stage 11
    private final Cache<Orders.Ranking, List<?>> rankings;
    //@ end
    //@ stage 12
    /** For requests that are under way. */
    private final Semaphore room;
    //@ end

    private Server(Settings settings) {
        database = new Database(settings.databaseUrl());
        //@ stage 1-11
        pricing = new Pricing(settings.pricingUrl());
        //@ end
        //@ stage 11
        rankings = new Cache<>(settings.cacheTtlMs(), settings.cacheMaxEntries());
        //@ end
        //@ stage 12
        pricing = new Pricing(settings.pricingUrl(), settings.pricingTimeoutMs());
        room = new Semaphore(settings.maxInFlight());
        //@ end
    }

    /** Returns when the API listens. @throws IOException when it can't */
    static void serve(Settings settings) throws IOException {
        // Java's server does not do it otherwise.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Server api = new Server(settings);
        HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 1024);
        //@ stage 1-11
        server.setExecutor(Executors.newFixedThreadPool(64));
        //@ end
        //@ stage 12
        // A refusal needs a thread, too, when all others wait. The room bounds how many do.
        server.setExecutor(Executors.newCachedThreadPool());
        //@ end
        server.createContext("/", api::handle);
        server.start();
    }

    //@ stage 1-11
    private void handle(HttpExchange exchange) throws IOException {
        Timing timing = new Timing();
        respond(exchange, timing).send(exchange, timing);
    }
    //@ end
    //@ stage 12
    private void handle(HttpExchange exchange) throws IOException {
        Timing timing = new Timing();
        // Who asks for its health has to learn that it lives, also when it is busy.
        if ("/healthz".equals(exchange.getRequestURI().getRawPath())) {
            respond(exchange, timing).send(exchange, timing);
        } else if (room.tryAcquire()) {
            try {
                respond(exchange, timing).send(exchange, timing);
            } finally {
                room.release();
            }
        } else {
            new Answer(503, Map.of("error", "overloaded"), Map.of("Retry-After", "1")).send(exchange, timing);
        }
    }
    //@ end

    /** What goes wrong is an answer, too. */
    private Answer respond(HttpExchange exchange, Timing timing) {
        try {
            return route(exchange, timing);
        } catch (RequestException refused) {
            return new Answer(refused.status(), Map.of("error", refused.code()));
        } catch (Exception error) {
            log(exchange, error);
            return new Answer(500, Map.of("error", "internal"));
        }
    }

    private Answer route(HttpExchange exchange, Timing timing) throws Exception {
        String path = exchange.getRequestURI().getRawPath();
        Map<String, String> parameters = Request.parameters(exchange.getRequestURI().getRawQuery());
        switch (exchange.getRequestMethod() + " " + path) {
            case "GET /healthz":
                return counted(() -> Map.of("status", "ok"));
            case "GET /orders":
                Page page = Request.page(parameters);
                return counted(() -> database.use(timing, session -> Orders.list(session, page)));
            case "GET /report":
                return counted(() -> Report.of(database.use(timing, Orders::byStatus)));
            case "POST /orders":
                NewOrder order = Request.order(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                Order stored = database.use(timing, session -> Orders.add(session, order)).orElseThrow(() -> new RequestException(404, "unknown_customer"));
                //@ stage 11
                rankings.clear();
                //@ end
                return new Answer(201, stored);
            case "GET /customers":
                String email = parameters.getOrDefault("email", "");
                if (email.isEmpty()) throw new RequestException(400, "invalid_email");
                return found(database.use(timing, session -> Orders.findCustomer(session, email)));
            case "GET /top":
                String city = parameters.getOrDefault("city", "");
                boolean staff = "Bearer staff".equals(exchange.getRequestHeaders().getFirst("Authorization"));
                Orders.Ranking ranking = new Orders.Ranking(Request.limit(parameters, 10), city.isEmpty() ? null : city, staff);
                //@ stage 1-10
                return new Answer(200, Map.of("top", database.use(timing, session -> Orders.topProducts(session, ranking))));
                //@ end
                //@ stage 11
                return new Answer(200, Map.of("top", rankings.get(ranking, () -> database.use(timing, session -> Orders.topProducts(session, ranking)))));
                //@ end
            default:
                return byId(exchange, timing, path);
        }
    }

    private Answer byId(HttpExchange exchange, Timing timing, String path) throws Exception {
        Matcher match = BY_ID.matcher(path);
        Integer id = match.matches() ? Request.number(match.group(2)) : null;
        if (!exchange.getRequestMethod().equals("GET") || id == null) throw new RequestException(404, "not_found");
        boolean orders = match.group(1).equals("orders");
        boolean ofCustomer = match.group(3) != null;
        //@ stage 1-11
        if (orders && !ofCustomer) return quoted(exchange, database.use(timing, session -> Orders.find(session, id)));
        //@ end
        //@ stage 12
        if (orders && !ofCustomer) return quoted(database.use(timing, session -> Orders.find(session, id)));
        //@ end
        if (!orders && ofCustomer) return found(database.use(timing, session -> Orders.ofCustomer(session, id)));
        throw new RequestException(404, "not_found");
    }

    //@ stage 1-7
    private Answer quoted(HttpExchange exchange, Optional<Order> found) throws RequestException {
    //@ end
    //@ stage 8-11
    private Answer quoted(HttpExchange exchange, Optional<Order> found) throws RequestException, InterruptedException {
    //@ end
    //@ stage 1-11
        Order order = found.orElseThrow(() -> new RequestException(404, "not_found"));
        try {
            return new Answer(200, new QuotedOrder(order, pricing.quote(order.id(), order.items()), "live"));
        } catch (IOException error) {
            log(exchange, error);
            throw new RequestException(502, "pricing_unavailable");
        }
    }
    //@ end
    //@ stage 12
    private Answer quoted(Optional<Order> found) throws RequestException, InterruptedException {
        Order order = found.orElseThrow(() -> new RequestException(404, "not_found"));
        Pricing.Quote quote = pricing.quoteOrKnown(order);
        return new Answer(200, new QuotedOrder(order, quote.cents(), quote.live() ? "live" : "cached"));
    }
    //@ end

    private static Answer found(Optional<?> body) throws RequestException {
        return new Answer(200, body.orElseThrow(() -> new RequestException(404, "not_found")));
    }

    private interface Task {
        Object run() throws Exception;
    }

    //@ stage 1-8
    /** Runs what is counted, one at a time, as the count is shared. */
    private Answer counted(Task task) throws Exception {
        synchronized (lock) {
            Object body = task.run();
            served++;
            return new Answer(200, body);
        }
    }
    //@ end
    //@ stage 9
    private Answer counted(Task task) throws Exception {
        Object body = task.run();
        served.increment();
        return new Answer(200, body);
    }
    //@ end

    private static void log(HttpExchange exchange, Exception error) {
        System.err.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + ": " + error.toString().replaceAll("\\s+", " "));
    }
}
