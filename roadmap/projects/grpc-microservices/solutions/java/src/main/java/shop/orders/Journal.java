//@ file 5
package shop.orders;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A file of JSON lines that only grows. An entry that was written is on disk. */
final class Journal {
    /** An order's new step. The first entry of an order says all of it. */
    //@ stage 5-7
    record Entry(String id, Step step, String code, String customer, List<Order.Item> items) {}
    //@ end
    //@ stage 8
    record Entry(String id, Step step, String code, String customer, String key, List<Order.Item> items) {}
    //@ end

    private static final Gson JSON = new Gson();

    private final FileChannel file;
    private long size;

    /** Reads what is there into `entries`. */
    Journal(Path folder, List<Entry> entries) throws IOException {
        Files.createDirectories(folder);
        Path path = folder.resolve("orders.jsonl");
        byte[] text = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
        // A last line that was cut by a crash is written over: its step had not been promised to anybody.
        int whole = text.length;
        while (whole > 0 && text[whole - 1] != '\n') whole--;
        for (String line : new ArrayList<>(new String(text, 0, whole, StandardCharsets.UTF_8).lines().toList())) {
            try {
                entries.add(JSON.fromJson(line, Entry.class));
            } catch (JsonParseException error) {
                throw new IOException(path + " is damaged", error);
            }
        }
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        file.truncate(whole);
        size = whole;
    }

    synchronized void write(Entry entry) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((JSON.toJson(entry) + "\n").getBytes(StandardCharsets.UTF_8));
        int length = line.remaining();
        // At the end of what is whole: half a line of a full disk is written over by the next one.
        while (line.hasRemaining()) file.write(line, size + line.position());
        file.force(false);
        size += length;
    }
}
