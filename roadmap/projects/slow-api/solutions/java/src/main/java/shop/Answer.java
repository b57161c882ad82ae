package shop;

//@ stage 10
import com.sun.net.httpserver.Headers;
//@ end
import com.sun.net.httpserver.HttpExchange;
//@ stage 10
import java.io.ByteArrayOutputStream;
//@ end
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
//@ stage 10
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
//@ end
//@ stage 12
import java.util.Map;
//@ end
//@ stage 10
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
//@ end

/** What a request is answered with; the body becomes JSON. */
//@ stage 1-11
record Answer(int status, Object body) {
//@ end
//@ stage 12
record Answer(int status, Object body, Map<String, String> headers) {
//@ end
    //@ stage 10
    /** Below this, compressing makes more of it. */
    private static final int LEAST_TO_COMPRESS = 512;

    //@ end
    //@ stage 12
    Answer(int status, Object body) {
        this(status, body, Map.of());
    }

    //@ end
    //@ stage 1-9
    void send(HttpExchange exchange, Timing timing) throws IOException {
        byte[] bytes = Json.writePretty(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Server-Timing", timing.header());
        write(exchange, bytes);
    }
    //@ end
    //@ stage 10
    void send(HttpExchange exchange, Timing timing) throws IOException {
        Headers asked = exchange.getRequestHeaders();
        Headers answered = exchange.getResponseHeaders();
        byte[] plain = Json.write(body).getBytes(StandardCharsets.UTF_8);
        boolean packed = plain.length >= LEAST_TO_COMPRESS && acceptsGzip(asked);
        //@ stage 12
        headers.forEach(answered::set);
        //@ end
        answered.set("Vary", "Accept-Encoding");
        if (status == 200 && exchange.getRequestMethod().equals("GET")) {
            String tag = tag(plain, packed);
            answered.set("ETag", tag);
            if (matches(asked, tag)) {
                answered.set("Server-Timing", timing.header());
                exchange.sendResponseHeaders(304, -1);
                return;
            }
        }
        byte[] bytes = packed ? compress(plain) : plain;
        if (packed) answered.set("Content-Encoding", "gzip");
        answered.set("Content-Type", "application/json");
        answered.set("Server-Timing", timing.header());
        write(exchange, bytes);
    }
    //@ end

    private void write(HttpExchange exchange, byte[] bytes) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream output = exchange.getResponseBody()) {
            output.write(bytes);
        }
    }
    //@ stage 10

    private static byte[] compress(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    /** From the content. Another representation is another thing: its tag differs. */
    private static String tag(byte[] plain, boolean packed) {
        try {
            byte[] digest = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(plain), 16);
            return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(digest) + (packed ? "-gzip" : "") + '"';
        } catch (NoSuchAlgorithmException error) {
            throw new AssertionError("every Java has SHA-256", error);
        }
    }

    /** RFC 9110, 12.5.3, as far as gzip goes. */
    private static boolean acceptsGzip(Headers asked) {
        return entries(asked, "Accept-Encoding")
                .map(entry -> entry.toLowerCase(Locale.ROOT).split("\\s*;\\s*"))
                .filter(parts -> parts[0].equals("gzip"))
                .findFirst()
                .filter(parts -> Arrays.stream(parts).noneMatch(part -> part.matches("q=0(\\.0*)?")))
                .isPresent();
    }

    private static boolean matches(Headers asked, String tag) {
        return entries(asked, "If-None-Match").anyMatch(entry -> entry.equals("*") || entry.replaceFirst("^W/", "").equals(tag));
    }

    /** What a header lists; it may stand there several times. */
    private static Stream<String> entries(Headers headers, String name) {
        return headers.getOrDefault(name, List.of()).stream().flatMap(line -> Arrays.stream(line.split(","))).map(String::strip);
    }
    //@ end
}
