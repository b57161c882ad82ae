// roadmap: tcp-udp-dns
// roadmap: io-and-ipc
package cache;

import java.io.IOException;

/** Answers commands over TCP. */
final class Server {
    private final Settings settings;

    Server(Settings settings) {
        this.settings = settings;
    }

    /** Listens and answers until it can't; throws why. */
    void serve() throws IOException {
        // TODO (stage 1): listen on settings.host and settings.port, and answer PING.
        //   1. A ServerSocket accepts connections; each is a Socket with a stream of bytes in both directions.
        //   2. Read commands with Resp.readCommand (Resp.java, also yours). A BufferedInputStream saves a system call for each byte.
        //   3. PING answers +PONG, PING hello answers the bulk string hello. Encode the reply with Resp.encode.
        //   4. A client that leaves, even in the middle of a command, must not end the server.
        throw new IOException("TODO (stage 1): nothing listens on " + settings.host + ":" + settings.port
            + " yet. Your work begins in src/cache/Server.java; README.md says how.");
    }
}
