package shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The client of the pricing service. Written before Java had one of its own that was any good. */
final class Pricing {
    private final URI url;

    /** @param url without a path */
    Pricing(String url) {
        this.url = URI.create(url);
    }

    private record Question(int orderId, List<Wanted> items) {}

    private record Wanted(String sku, int qty) {}

    /** What an order costs today, in cents. @throws IOException when the pricing service does not answer as it should */
    long quote(int orderId, List<Order.Item> items) throws IOException {
        byte[] body = Json.write(new Question(orderId, items.stream().map(item -> new Wanted(item.sku(), item.qty())).toList())).getBytes(StandardCharsets.UTF_8);
        String head = "POST /quotes HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(url.getHost(), url.getPort() < 0 ? 80 : url.getPort())) {
            OutputStream output = socket.getOutputStream();
            output.write(head.getBytes(StandardCharsets.US_ASCII));
            output.flush();
            // The body follows once the head is on its way.
            output.write(body);
            output.flush();
            return read(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        }
    }

    private static long read(BufferedReader answer) throws IOException {
        String status = answer.readLine();
        if (status == null || !status.matches("HTTP/1\\.[01] 200( .*)?")) throw new IOException("the pricing service answered " + status);
        for (String line = answer.readLine(); line != null && !line.isEmpty(); line = answer.readLine());
        String text = answer.readLine();
        try {
            return Json.read(text == null ? "" : text).getAsJsonObject().get("total_cents").getAsLong();
        } catch (RuntimeException error) {
            throw new IOException("the pricing service answered no price: " + text, error);
        }
    }
}
