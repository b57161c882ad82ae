//@ file 3
package cache;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes commands off a stream, however it is cut into pieces. Its memory grows with what has arrived, never with what a
 * length promises.
 */
public final class CommandReader {
    private static final int LONGEST_BULK = 512 * 1024 * 1024;

    private final InputStream input;
    private final byte[] buffer = new byte[16 * 1024];
    /** What has arrived and is still to be read lies between these two. */
    private int start;
    private int end;
    //@ stage 8
    private long received;
    //@ end

    public CommandReader(InputStream input) {
        this.input = input;
    }
    //@ stage 8

    /** How many bytes were read so far; after {@link #next} gave a command, where it ended. */
    long position() {
        return received - (end - start);
    }
    //@ end

    /**
     * Waits for the next command; null when the input ends before it is there in full.
     *
     * @throws ProtocolException when what comes is no RESP: nothing behind it makes sense
     */
    public List<byte[]> next() throws IOException {
        try {
            long count;
            do {
                count = number('*', "multibulk");
                // Nothing is asked by *0 and *-1, so nothing is answered.
            } while (count <= 0);
            if (count > Integer.MAX_VALUE) throw new ProtocolException("invalid multibulk length");
            List<byte[]> command = new ArrayList<>((int) Math.min(count, 8));
            while (command.size() < count) {
                long length = number('$', "bulk");
                if (length < 0 || length > LONGEST_BULK) throw new ProtocolException("invalid bulk length");
                command.add(bytes((int) length));
                skip(2);
            }
            return command;
        } catch (EOFException ended) {
            return null;
        }
    }
    //@ stage 10

    /** For what is no command: the next line without its end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte next = read(); next != '\r'; next = read()) line.append((char) next);
        skip(1);
        return line.toString();
    }
    //@ end

    /** Takes off the line {@code <mark><number>\r\n}. */
    private long number(char mark, String what) throws IOException {
        byte first = read();
        if (first != mark) throw new ProtocolException("expected '" + mark + "', got '" + (char) (first & 0xff) + "'");
        byte next = read();
        boolean negative = next == '-';
        if (negative) next = read();
        long value = 0;
        int digits = 0;
        for (; next != '\r'; next = read()) {
            digits++;
            // No length that makes sense has more than ten digits, and endless ones must not fill the memory.
            if (next < '0' || next > '9' || digits > 10) throw new ProtocolException("invalid " + what + " length");
            value = 10 * value + (next - '0');
        }
        if (digits == 0) throw new ProtocolException("invalid " + what + " length");
        skip(1);
        return negative ? -value : value;
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[Math.min(count, buffer.length)];
        for (int filled = 0; filled < count;) {
            // Doubled, so that each byte of a long value is copied once or twice, not once per piece.
            if (filled == bytes.length) bytes = Arrays.copyOf(bytes, (int) Math.min(count, 2L * filled));
            if (start == end) fill();
            int piece = Math.min(bytes.length - filled, end - start);
            System.arraycopy(buffer, start, bytes, filled, piece);
            start += piece;
            filled += piece;
        }
        return bytes;
    }

    private byte read() throws IOException {
        if (start == end) fill();
        return buffer[start++];
    }

    //@ stage 3-9
    private void skip(int count) throws IOException {
    //@ end
    //@ stage 10
    void skip(int count) throws IOException {
    //@ end
        for (int skipped = 0; skipped < count; skipped++) read();
    }

    private void fill() throws IOException {
        int count = input.read(buffer);
        if (count < 0) throw new EOFException("nothing more comes");
        start = 0;
        end = count;
        //@ stage 8
        received += count;
        //@ end
    }
}
