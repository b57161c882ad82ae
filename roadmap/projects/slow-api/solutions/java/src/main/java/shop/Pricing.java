//@ file 8
package shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
//@ stage 12
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
//@ end
import java.util.concurrent.Semaphore;
//@ stage 12
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
//@ end

/** The client of the pricing service. */
final class Pricing {
    private static final int MOST_CONNECTIONS = 4;
    //@ stage 12
    private static final int MOST_KNOWN = 10_000;
    //@ end

    private final URI quotes;
    /** Keeps connections, and sends small writes at once: TCP_NODELAY is on. */
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** HTTP/1.1 takes a connection for each call that is under way. */
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS, true);
    //@ stage 12
    private final long timeoutNanos;
    /** The last live quotes, by order. */
    private final Map<Integer, Long> known = new RecentMap<>(MOST_KNOWN);
    //@ end

    //@ stage 8-11
    /** @param url without a path */
    Pricing(String url) {
        quotes = URI.create(url + "/quotes");
    }
    //@ end
    //@ stage 12
    /** @param url without a path */
    Pricing(String url, int timeoutMs) {
        quotes = URI.create(url + "/quotes");
        timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }
    //@ end

    private record Question(int orderId, List<Wanted> items) {}

    private record Wanted(String sku, int qty) {}

    //@ stage 12
    /** @param live whether the pricing service has said so just now */
    record Quote(long cents, boolean live) {}

    /** What an order costs today, or did when it was last asked for, or when it was made. */
    Quote quoteOrKnown(Order order) throws InterruptedException {
        try {
            long cents = quote(order.id(), order.items());
            synchronized (known) {
                known.put(order.id(), cents);
            }
            return new Quote(cents, true);
        } catch (IOException | TimeoutException error) {
            synchronized (known) {
                return new Quote(known.getOrDefault(order.id(), (long) order.totalCents()), false);
            }
        }
    }

    //@ end
    //@ stage 8-11
    /** What an order costs today, in cents. @throws IOException when the pricing service does not answer as it should */
    long quote(int orderId, List<Order.Item> items) throws IOException, InterruptedException {
        connections.acquire();
        try {
            return cents(client.send(request(orderId, items), BodyHandlers.ofString()));
        } finally {
            connections.release();
        }
    }
    //@ end
    //@ stage 12
    /**
     * What an order costs today, in cents.
     *
     * @throws IOException when the pricing service does not answer as it should
     * @throws TimeoutException when it does not in time
     */
    private long quote(int orderId, List<Order.Item> items) throws IOException, TimeoutException, InterruptedException {
        // For all of it: the waiting for a free connection, and the reading of the body.
        long deadline = System.nanoTime() + timeoutNanos;
        if (!connections.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) throw new TimeoutException();
        try {
            CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(orderId, items), BodyHandlers.ofString());
            try {
                return cents(call.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
            } finally {
                // Gives up a connection on which an answer is still to come.
                call.cancel(true);
            }
        } catch (ExecutionException error) {
            throw new IOException(error.getCause());
        } finally {
            connections.release();
        }
    }
    //@ end

    private HttpRequest request(int orderId, List<Order.Item> items) {
        String body = Json.write(new Question(orderId, items.stream().map(item -> new Wanted(item.sku(), item.qty())).toList()));
        return HttpRequest.newBuilder(quotes).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build();
    }

    private static long cents(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) throw new IOException("the pricing service answered " + response.statusCode());
        try {
            return Json.read(response.body()).getAsJsonObject().get("total_cents").getAsLong();
        } catch (RuntimeException error) {
            throw new IOException("the pricing service answered no price: " + response.body(), error);
        }
    }
}
