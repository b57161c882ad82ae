package cache;

//@ stage 1-2
import java.io.BufferedInputStream;
//@ end
//@ stage 13
import java.io.ByteArrayOutputStream;
//@ end
//@ stage 8
import java.io.FilterInputStream;
//@ end
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
//@ stage 8-12
import java.util.ArrayList;
//@ end
//@ stage 9
import java.util.LinkedHashSet;
//@ end
import java.util.List;
//@ stage 9
import java.util.Set;
//@ end

//@ stage 1-1
/** One connection: reads commands and answers them in their order. */
final class Client {
    private final Socket socket;

    Client(Socket socket) {
        this.socket = socket;
    }

    void run() {
//@ end
//@ stage 2-3
/** One connection: reads commands and answers them in their order, on a thread of its own. */
final class Client implements Runnable {
    private final Socket socket;

    Client(Socket socket) {
        this.socket = socket;
    }

    @Override
    public void run() {
//@ end
//@ stage 4-7
/** One connection: reads commands and answers them in their order, on a thread of its own. */
final class Client implements Runnable {
    private final Server server;
    private final Socket socket;
    private boolean closing;
    //@ stage 6
    /** What it has queued since MULTI; null without MULTI. */
    Transaction transaction;
    //@ end

    Client(Server server, Socket socket) {
        this.server = server;
        this.socket = socket;
    }

    @Override
    public void run() {
//@ end
    //@ stage 1-2
        try (socket) {
            // Without a buffer, every byte would be a system call.
            InputStream input = new BufferedInputStream(socket.getInputStream());
            OutputStream output = socket.getOutputStream();
            try {
                for (List<byte[]> words = Resp.readCommand(input); words != null; words = Resp.readCommand(input)) {
                    if (!words.isEmpty()) output.write(Resp.encode(answer(words)));
                }
            } catch (ProtocolException error) {
                output.write(Resp.encode(new Reply.Failure("ERR Protocol error: " + error.getMessage())));
            }
        } catch (IOException error) {
            // A reset connection is the client's way of leaving.
        }
    }
    //@ end
    //@ stage 3-7
        try (socket) {
            InputStream input = socket.getInputStream();
            OutputStream output = socket.getOutputStream();
            try {
                CommandReader reader = new CommandReader(input);
                //@ stage 3-3
                for (List<byte[]> words = reader.next(); words != null; words = reader.next()) {
                    output.write(Resp.encode(answer(words)));
                }
                //@ end
                //@ stage 4
                for (List<byte[]> words; !closing && (words = reader.next()) != null;) {
                    output.write(Resp.encode(server.execute(words, this)));
                }
                //@ end
            } catch (ProtocolException error) {
                output.write(Resp.encode(new Reply.Failure("ERR Protocol error: " + error.getMessage())));
            }
            // A close with unread bytes would be a reset, which can overtake the last reply: the client has its say first.
            socket.shutdownOutput();
            socket.setSoTimeout(1000);
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException error) {
            // A reset connection is the client's way of leaving.
        }
    }
    //@ end
    //@ stage 1-3

    private static Reply answer(List<byte[]> words) {
        String name = Resp.latin1(words.get(0));
        if (!name.equalsIgnoreCase("PING")) return new Reply.Failure("ERR unknown command '" + name + "'");
        if (words.size() > 2) return new Reply.Failure("ERR wrong number of arguments for 'ping' command");
        return words.size() == 1 ? new Reply.Simple("PONG") : new Reply.Bulk(words.get(1));
    }
    //@ end
    //@ stage 4-7

    /** Answers nothing more, and ends the connection as soon as what it has answered is sent. */
    void close() {
        closing = true;
    }
    //@ end
//@ stage 1-7
}
//@ end
//@ stage 8
//@ stage 8-8
/** One connection: reads commands and answers them in their order, on a thread of its own. Or, without a socket, the log. */
//@ end
//@ stage 9-9
/**
 * One connection: reads commands and answers them in their order, on a thread of its own. Or, without a socket, the log.
 * What others use of it is guarded by the server's lock.
 */
//@ end
//@ stage 10
/**
 * One connection: reads commands and answers them in their order, on a thread of its own. Or, without a socket, the log or
 * the leader. What others use of it is guarded by the server's lock.
 */
//@ end
final class Client implements Runnable {
    //@ stage 9
    /** Messages come unasked. A subscriber with more unread bytes than this is dropped, before it fills the memory. */
    private static final long MOST_UNREAD = 32 * 1024 * 1024;
    //@ end
    //@ stage 13
    /** Large replies are not collected: what has grown to this goes out. */
    private static final int MOST_COLLECTED = 64 * 1024;
    //@ end
    //@ stage 9

    //@ end
    private final Server server;
    private final Socket socket;
    //@ stage 8-12
    private final List<byte[]> answers = new ArrayList<>();
    //@ end
    //@ stage 13
    private ByteArrayOutputStream answers = new ByteArrayOutputStream();
    //@ end
    private boolean closing;
    /** What it has queued since MULTI; null without MULTI. */
    Transaction transaction;
    //@ stage 9
    /** What it has subscribed to. */
    final Set<String> channels = new LinkedHashSet<>();
    /** Null as long as nobody but its own thread sends anything to it. */
    private Feed feed;
    //@ end
    //@ stage 10
    /** If it is a replica, where it listens itself. */
    int listeningPort;
    //@ end
    //@ stage 11
    /** Where in the stream of writes its last one is. */
    long lastWrite;
    /** What has to come before its last command is answered; null for nothing. */
    Replication.Wait awaited;
    //@ end
    //@ stage 14
    /** Whether all that it sent is answered, and since when, by System.nanoTime(). */
    private volatile boolean waiting;
    private volatile long waitingSince;
    //@ end

    Client(Server server, Socket socket) {
        this.server = server;
        this.socket = socket;
    }

    /** Whether its commands took place already, so that there is nothing to refuse. */
    boolean trusted() {
        return socket == null;
    }
    //@ stage 10

    String address() {
        return socket.getInetAddress().getHostAddress();
    }
    //@ end

    @Override
    public void run() {
        try (socket) {
            // A small packet does not wait until the one before it is acknowledged, which can take 40 ms.
            socket.setTcpNoDelay(true);
            //@ stage 8-13
            converse();
            //@ end
            //@ stage 14
            if (server.admit(this)) converse();
            else send(Reply.failure("ERR max number of clients reached"));
            //@ end
            finish();
        //@ stage 8-8
        } catch (IOException error) {
            // A reset connection is the client's way of leaving.
        }
        //@ end
        //@ stage 9
        } catch (IOException | InterruptedException error) {
            // A reset connection is the client's way of leaving.
        } finally {
            server.leave(this);
        }
        //@ end
    }

    //@ stage 8-10
    private void converse() throws IOException {
    //@ end
    //@ stage 11
    private void converse() throws IOException, InterruptedException {
    //@ end
        CommandReader reader = new CommandReader(new Input(socket.getInputStream()));
        try {
            for (List<byte[]> words; !closing && (words = reader.next()) != null;) {
                send(server.execute(words, this));
                //@ stage 11
                if (awaited != null) {
                    // What was answered before does not wait.
                    flush();
                    send(server.replication.await(awaited, this));
                    awaited = null;
                }
                //@ end
                //@ stage 13
                if (answers.size() > MOST_COLLECTED) flush();
                //@ end
            }
        } catch (ProtocolException error) {
            send(Reply.failure("ERR Protocol error: " + error.getMessage()));
        }
    }

    //@ stage 8-12
    /** What arrives. Before it waits for more, the answers to what came go out: they share one sync of the log. */
    //@ end
    //@ stage 13
    /** What arrives. Before it waits for more, the answers to what came go out: they share one sync of the log, and one write. */
    //@ end
    private final class Input extends FilterInputStream {
        Input(InputStream input) {
            super(input);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            flush();
            //@ stage 8-13
            return in.read(bytes, offset, length);
            //@ end
            //@ stage 14
            waitingSince = System.nanoTime();
            waiting = true;
            int count = in.read(bytes, offset, length);
            waiting = false;
            return count;
            //@ end
        }
    }

    private void send(Reply reply) {
        //@ stage 8-8
        answers.add(Resp.encode(reply));
        //@ end
        //@ stage 9
        if (feed != null) feed.add(Resp.encode(reply));
        //@ end
        //@ stage 9-12
        else answers.add(Resp.encode(reply));
        //@ end
        //@ stage 13
        else Resp.append(answers, reply);
        //@ end
    }

    //@ stage 8-12
    private void flush() throws IOException {
        if (answers.isEmpty()) return;
        server.sync();
        for (byte[] answer : answers) socket.getOutputStream().write(answer);
        answers.clear();
    }
    //@ end
    //@ stage 13
    private void flush() throws IOException {
        if (answers.size() == 0) return;
        server.sync();
        answers.writeTo(socket.getOutputStream());
        // One that has grown is not kept: it would be for as long as the client is idle.
        if (answers.size() > MOST_COLLECTED) answers = new ByteArrayOutputStream();
        else answers.reset();
    }
    //@ end
    //@ stage 9

    /** Sends bytes that it did not ask for. */
    void push(byte[] bytes) {
        feed.add(bytes);
    }

    /** From now on others send to this client, too: all that it gets goes through a feed, in the order in which it is sent. */
    //@ stage 9-9
    void expectPushes() {
        if (feed != null) return;
        feed = new Feed(server, socket, MOST_UNREAD);
    //@ end
    //@ stage 10
    void expectPushes() {
        expectPushes(MOST_UNREAD);
    }

    /** The same for a client that may have another number of unread bytes. */
    void expectPushes(long mostUnread) {
        if (feed != null) return;
        feed = new Feed(server, socket, mostUnread);
    //@ end
        //@ stage 9-12
        answers.forEach(feed::add);
        answers.clear();
        //@ end
        //@ stage 13
        feed.add(answers.toByteArray());
        answers.reset();
        //@ end
    }
    //@ end

    /** Answers nothing more, and ends the connection as soon as what it has answered is sent. */
    void close() {
        closing = true;
    }
    //@ stage 14

    /** Whether all that it sent is answered, and it has sent nothing for so long. */
    boolean isSilent(long milliseconds) {
        return waiting && System.nanoTime() - waitingSince > milliseconds * 1_000_000;
    }

    /** Hears nothing more. Its thread wakes up, sends what it has answered, and ends the connection. */
    void stop() {
        try {
            socket.shutdownInput();
        } catch (IOException error) {
            // It has left already.
        }
    }
    //@ end

    //@ stage 8-8
    private void finish() throws IOException {
        flush();
    //@ end
    //@ stage 9
    private void finish() throws IOException, InterruptedException {
        flush();
        if (feed != null) feed.finish();
    //@ end
        // A close with unread bytes would be a reset, which can overtake the last reply: the client has its say first.
        socket.shutdownOutput();
        socket.setSoTimeout(1000);
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
}
//@ end
