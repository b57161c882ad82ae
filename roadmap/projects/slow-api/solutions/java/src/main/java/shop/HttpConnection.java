//@ file 8
package shop;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection to a service, over which one question after the other is asked in HTTP/1.1. Not for several threads at once.
 * Java's own client would send head and body apart, and loads so much for its first call that this one is late.
 */
final class HttpConnection implements Closeable {
    private final URI url;
    private final Socket socket = new Socket();
    private final InputStream input;
    //@ stage 12
    /** Of the question that is asked just now. */
    private Deadline deadline;
    //@ end

    //@ stage 8-11
    HttpConnection(URI url) throws IOException {
        this.url = url;
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort()));
        input = new BufferedInputStream(socket.getInputStream());
    }
    //@ end
    //@ stage 12
    HttpConnection(URI url, Deadline deadline) throws IOException {
        this.url = url;
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort()), deadline.left());
        input = new BufferedInputStream(new InTime(socket.getInputStream()));
    }
    //@ end

    /** @param last whether the service closes the connection behind it */
    record Reply(int status, String body, boolean last) {}

    //@ stage 8-11
    /** Asks, and reads the whole answer. @throws IOException when the connection breaks, and can't be used any more */
    Reply post(String path, String json) throws IOException {
    //@ end
    //@ stage 12
    /** Asks, and reads the whole answer. @throws IOException when the connection breaks or the time is up; it can't be used any more */
    Reply post(String path, String json, Deadline deadline) throws IOException {
        this.deadline = deadline;
    //@ end
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        // One write, so that nothing of it waits for an acknowledgement.
        socket.getOutputStream().write(request.toByteArray());
        return read();
    }

    private Reply read() throws IOException {
        String[] status = line().split(" ", 3);
        int length = -1;
        boolean last = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String header = line.toLowerCase(Locale.ROOT).replaceAll("\\s", "");
            if (header.startsWith("content-length:")) length = number(header.substring("content-length:".length()));
            if (header.equals("connection:close")) last = true;
        }
        if (status.length < 2 || length < 0) throw new IOException("the service answered no HTTP with a Content-Length");
        byte[] body = input.readNBytes(length);
        if (body.length < length) throw new EOFException("the service went away within its answer");
        return new Reply(number(status[1]), new String(body, StandardCharsets.UTF_8), last);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) throw new EOFException("the service went away");
            if (line.length() > 8192) throw new IOException("the service answered a line without an end");
            if (next != '\r') line.append((char) next);
        }
        return line.toString();
    }

    private static int number(String text) throws IOException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException error) {
            throw new IOException("the service answered " + text + " where a number belongs", error);
        }
    }
    //@ stage 12

    /** Lets every read take what is left of the time: a limit for each would let a byte now and then go on for ever. */
    private final class InTime extends InputStream {
        private final InputStream stream;

        InTime(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            socket.setSoTimeout(deadline.left());
            return stream.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            socket.setSoTimeout(deadline.left());
            return stream.read(bytes, offset, length);
        }
    }
    //@ end

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException error) {
            // It is closed all the same.
        }
    }
}
