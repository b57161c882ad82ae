package shop.gateway;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import shop.shared.Settings;

// roadmap: authentication-authorization

/** The shop as JSON over HTTP. */
final class Gateway {
    private Gateway() {}

    static AutoCloseable serve(Settings settings) throws Exception {
        // TODO (stage 11): answer GET /products/{id}, POST /orders and GET /orders/{id}.
        HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 0);
        byte[] body = "{ \"error\": { \"code\": \"UNIMPLEMENTED\", \"message\": \"The gateway is built in stage 11.\" } }\n".getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(501, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return () -> server.stop(0);
    }
}
