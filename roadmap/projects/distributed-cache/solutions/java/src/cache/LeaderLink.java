//@ file 10
package cache;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Locale;

/** A replica's connection to its leader, on a thread of its own, made anew whenever it is lost. */
final class LeaderLink implements Runnable {
    private static final long SECOND = 1_000_000_000;

    final String host;
    final int port;
    /** Whether the copy is complete, so that the data here are the leader's. */
    volatile boolean isUp;
    /** How far this replica is in the leader's stream. */
    volatile long offset;
    private final Server server;
    private volatile Socket socket = new Socket();
    private volatile boolean stopped;
    /** When the leader was last told how far this replica is, by System.nanoTime(). */
    private long toldAt;

    LeaderLink(Server server, String host, int port) {
        this.server = server;
        this.host = host;
        this.port = port;
    }

    /** The caller holds the server's lock: nothing that the leader says is done afterwards. */
    void stop() {
        stopped = true;
        try {
            socket.close();
        } catch (IOException error) {
            // It is closed, then.
        }
    }

    @Override
    public void run() {
        String complaint = "";
        while (!stopped) {
            try (Socket connection = new Socket()) {
                socket = connection;
                follow();
            } catch (IOException error) {
                String text = "Leader " + host + ":" + port + ": " + error.getMessage();
                if (!text.equals(complaint) && !stopped) System.err.println(text);
                complaint = text;
            }
            isUp = false;
            try {
                Thread.sleep(200);
            } catch (InterruptedException error) {
                return;
            }
        }
    }

    /** Asks for a copy, then does as the leader does, until the connection is lost. */
    private void follow() throws IOException {
        socket.connect(new InetSocketAddress(host, port), 5000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(1000);
        CommandReader reader = new CommandReader(new Input(socket.getInputStream()));
        String answer = "";
        for (List<byte[]> request : List.of(
            Resp.command("PING"),
            Resp.command("REPLCONF", "listening-port", Integer.toString(server.settings.port)),
            Resp.command("REPLCONF", "capa", "eof", "capa", "psync2"),
            Resp.command("PSYNC", "?", "-1"))) {
            send(request);
            answer = reader.line();
            if (!answer.startsWith("+")) throw new IOException("it answers " + answer);
        }
        if (!answer.matches("\\+FULLRESYNC \\S+ \\d{1,18}")) throw new IOException("it answers " + answer);
        offset = Long.parseLong(answer.substring(answer.lastIndexOf(' ') + 1));
        if (!reader.line().equals("$" + Replication.EMPTY_RDB.length)) {
            throw new IOException("its copy is an RDB file with data, which this server does not read");
        }
        reader.skip(Replication.EMPTY_RDB.length);

        // What this server has may be from another time, or never have reached the leader. The copy takes its place.
        Client session = new Client(server, null);
        obey(Resp.command("FLUSHALL"), session);
        long start = offset - reader.position();
        for (List<byte[]> words = reader.next(); words != null; words = reader.next()) {
            obey(words, session);
            offset = start + reader.position();
        }
        throw new EOFException("the connection was closed");
    }

    private void obey(List<byte[]> words, Client session) throws IOException {
        String name = Resp.latin1(words.get(0)).toUpperCase(Locale.ROOT);
        // These two the leader says of the present, so the copy is behind us.
        if (name.equals("PING") || name.equals("REPLCONF")) isUp = true;
        if (name.equals("REPLCONF")) {
            acknowledge();
            return;
        }
        synchronized (server) {
            if (stopped) throw new IOException("it is not followed any more");
            server.execute(words, session);
        }
    }

    /** Tells the leader how far this replica is. */
    private void acknowledge() throws IOException {
        // What a replica says it has must survive, too.
        server.sync();
        send(Resp.command("REPLCONF", "ACK", Long.toString(offset)));
        toldAt = System.nanoTime();
    }

    private void send(List<byte[]> words) throws IOException {
        socket.getOutputStream().write(Resp.encodeCommand(words));
    }

    /** What arrives from the leader. Meanwhile it is told every second that this replica is alive. */
    private final class Input extends FilterInputStream {
        Input(InputStream input) {
            super(input);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            server.sync();
            // A leader says something every ten seconds. If it is silent for long, it is gone without a goodbye.
            for (int silence = 0; silence < 60; silence++) {
                if (isUp && System.nanoTime() - toldAt > SECOND) acknowledge();
                try {
                    return in.read(bytes, offset, length);
                } catch (SocketTimeoutException error) {
                    // A second without a word.
                }
            }
            throw new IOException("it is silent");
        }
    }
}
