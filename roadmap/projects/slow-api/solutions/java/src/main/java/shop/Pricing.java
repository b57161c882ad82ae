//@ file 8
package shop;

import java.io.IOException;
//@ stage 12
import java.net.SocketTimeoutException;
//@ end
import java.net.URI;
import java.util.Deque;
import java.util.List;
//@ stage 12
import java.util.Map;
//@ end
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
//@ stage 12
import java.util.concurrent.TimeUnit;
//@ end

/** The client of the pricing service. */
final class Pricing {
    private static final int MOST_CONNECTIONS = 4;
    //@ stage 12
    private static final int MOST_KNOWN = 10_000;
    //@ end

    private final URI url;
    /** Who wants to ask waits until fewer than so many ask. */
    private final Semaphore askers = new Semaphore(MOST_CONNECTIONS, true);
    /** Connections that nobody asks over just now. */
    private final Deque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    //@ stage 12
    private final int timeoutMs;
    /** The last live quotes, by order. */
    private final Map<Integer, Long> known = new RecentMap<>(MOST_KNOWN);
    //@ end

    //@ stage 8-11
    /** @param url without a path */
    Pricing(String url) {
        this.url = URI.create(url);
    }
    //@ end
    //@ stage 12
    /** @param url without a path */
    Pricing(String url, int timeoutMs) {
        this.url = URI.create(url);
        this.timeoutMs = timeoutMs;
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
        } catch (IOException error) {
            synchronized (known) {
                return new Quote(known.getOrDefault(order.id(), (long) order.totalCents()), false);
            }
        }
    }

    //@ end
    //@ stage 8-11
    /** What an order costs today, in cents. @throws IOException when the pricing service does not answer as it should */
    long quote(int orderId, List<Order.Item> items) throws IOException, InterruptedException {
        String question = Json.write(new Question(orderId, items.stream().map(item -> new Wanted(item.sku(), item.qty())).toList()));
        askers.acquire();
        try {
            return cents(ask(question));
        } finally {
            askers.release();
        }
    }

    private HttpConnection.Reply ask(String question) throws IOException {
        HttpConnection kept = idle.pollFirst();
        if (kept != null) {
            try {
                return ask(kept, question);
            } catch (IOException closed) {
                // The service may have closed it meanwhile. To ask for a price once more does no harm.
            }
        }
        return ask(new HttpConnection(url), question);
    }

    private HttpConnection.Reply ask(HttpConnection connection, String question) throws IOException {
        boolean keep = false;
        try {
            HttpConnection.Reply reply = connection.post("/quotes", question);
            keep = !reply.last();
            return reply;
        } finally {
            if (keep) idle.addFirst(connection);
            else connection.close();
        }
    }
    //@ end
    //@ stage 12
    /** What an order costs today, in cents. @throws IOException when the pricing service does not answer as it should, or not in time */
    private long quote(int orderId, List<Order.Item> items) throws IOException, InterruptedException {
        String question = Json.write(new Question(orderId, items.stream().map(item -> new Wanted(item.sku(), item.qty())).toList()));
        // For all of it: the waiting for the other askers, too.
        Deadline deadline = new Deadline(timeoutMs);
        if (!askers.tryAcquire(timeoutMs, TimeUnit.MILLISECONDS)) throw new SocketTimeoutException("others ask the pricing service, and it does not answer");
        try {
            return cents(ask(question, deadline));
        } finally {
            askers.release();
        }
    }

    private HttpConnection.Reply ask(String question, Deadline deadline) throws IOException {
        HttpConnection kept = idle.pollFirst();
        if (kept != null) {
            try {
                return ask(kept, question, deadline);
            } catch (SocketTimeoutException late) {
                throw late;
            } catch (IOException closed) {
                // The service may have closed it meanwhile. To ask for a price once more does no harm.
            }
        }
        return ask(new HttpConnection(url, deadline), question, deadline);
    }

    private HttpConnection.Reply ask(HttpConnection connection, String question, Deadline deadline) throws IOException {
        boolean keep = false;
        try {
            HttpConnection.Reply reply = connection.post("/quotes", question, deadline);
            keep = !reply.last();
            return reply;
        } finally {
            // A connection on which an answer is still to come is of no use any more.
            if (keep) idle.addFirst(connection);
            else connection.close();
        }
    }
    //@ end

    private static long cents(HttpConnection.Reply reply) throws IOException {
        if (reply.status() != 200) throw new IOException("the pricing service answered " + reply.status());
        try {
            return Json.read(reply.body()).getAsJsonObject().get("total_cents").getAsLong();
        } catch (RuntimeException error) {
            throw new IOException("the pricing service answered no price: " + reply.body(), error);
        }
    }
}
