//@ file 8
// roadmap: io-and-ipc
package cache;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The append-only file: every write, as a command, in the order in which they took place. */
final class AppendOnlyFile {
    private final Path path;
    private final FileOutputStream file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition saved = lock.newCondition();
    private ByteArrayOutputStream unwritten = new ByteArrayOutputStream();
    /** How many bytes were appended, and how many of them are on disk. */
    private long appendedBytes;
    private long savedBytes;
    private boolean saving;

    AppendOnlyFile(Path folder) throws IOException {
        // If that fails, opening the file says why.
        folder.toFile().mkdirs();
        path = folder.resolve("appendonly.aof");
        file = new FileOutputStream(path.toFile(), true);
    }

    /** Does again all that the file tells. */
    void replay(Server server) throws IOException {
        Client past = new Client(server, null);
        long whole = 0;
        try (InputStream input = Files.newInputStream(path)) {
            CommandReader reader = new CommandReader(input);
            try {
                for (List<byte[]> words = reader.next(); words != null; words = reader.next()) {
                    Reply reply = server.execute(words, past);
                    if (reply instanceof Reply.Failure failure) throw new ProtocolException(failure.message());
                    // Half a transaction is as good as none.
                    if (past.transaction == null) whole = reader.position();
                }
            } catch (ProtocolException error) {
                throw new IOException(path + " is damaged before byte " + reader.position() + ": " + error.getMessage());
            }
        }
        long size = Files.size(path);
        if (whole == size) return;
        // The last write was cut off, and its client got no reply: it never took place.
        System.err.println(path + ": cut off " + (size - whole) + " bytes at its end, which are no whole record.");
        file.getChannel().truncate(whole);
    }

    void append(byte[] record) {
        lock.lock();
        try {
            unwritten.writeBytes(record);
            appendedBytes += record.length;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when all that was appended before is on disk. Of the threads that wait for that, one writes for all of them;
     * what comes meanwhile is for the next one.
     */
    void sync() {
        ByteArrayOutputStream batch;
        long end;
        lock.lock();
        try {
            long goal = appendedBytes;
            while (saving && savedBytes < goal) saved.awaitUninterruptibly();
            if (savedBytes >= goal) return;
            saving = true;
            batch = unwritten;
            unwritten = new ByteArrayOutputStream();
            end = appendedBytes;
        } finally {
            lock.unlock();
        }
        save(batch);
        lock.lock();
        try {
            saving = false;
            savedBytes = end;
            saved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A failure ends the process: no client may get a reply that is not true. */
    private void save(ByteArrayOutputStream batch) {
        try {
            batch.writeTo(file);
            file.getChannel().force(false);
        } catch (IOException error) {
            System.err.println(path + ": " + error.getMessage());
            Runtime.getRuntime().halt(1);
        }
    }

    /** The command that makes an entry what it is. */
    static List<byte[]> setCommand(Store.Entry entry) {
        byte[] key = Resp.latin1(entry.key);
        if (entry.expiresAt == Store.NEVER) return List.of(Resp.latin1("SET"), key, entry.value);
        return List.of(Resp.latin1("SET"), key, entry.value, Resp.latin1("PXAT"), Resp.latin1(Long.toString(entry.expiresAt)));
    }
}
