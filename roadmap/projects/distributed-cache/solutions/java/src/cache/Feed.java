//@ file 9
package cache;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a client is to get, in a queue with a writer of its own: so nobody who sends something waits for a client that does
 * not read. A client that leaves too much unread is dropped.
 */
final class Feed {
    /** Tells the writer that nothing more comes: this array itself, not one like it. */
    private static final byte[] END = {};

    private final Server server;
    private final Socket socket;
    private final long mostUnread;
    private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
    private final AtomicLong unread = new AtomicLong();
    private final Thread writer = new Thread(this::write);

    Feed(Server server, Socket socket, long mostUnread) {
        this.server = server;
        this.socket = socket;
        this.mostUnread = mostUnread;
        writer.start();
    }

    void add(byte[] bytes) {
        if (unread.addAndGet(bytes.length) > mostUnread) drop();
        else queue.add(bytes);
    }

    /** Returns when all is sent, or the client does not read it. */
    void finish() throws InterruptedException {
        queue.add(END);
        writer.join(1000);
    }

    private void write() {
        try {
            OutputStream output = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
            for (byte[] bytes = queue.take(); bytes != END; bytes = queue.take()) {
                server.sync();
                output.write(bytes);
                unread.addAndGet(-bytes.length);
                if (queue.isEmpty()) output.flush();
            }
            output.flush();
        } catch (IOException | InterruptedException error) {
            drop();
        }
    }

    /** Closes the connection, whose own thread then cleans up. */
    private void drop() {
        queue.clear();
        // The writer may be waiting for more.
        queue.add(END);
        try {
            socket.close();
        } catch (IOException error) {
            // It is closed, then.
        }
    }
}
