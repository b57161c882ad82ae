package cache;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
//@ stage 1-2
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
//@ end
//@ stage 8
import java.util.Arrays;
import java.util.List;
//@ end

/** The wire format; PROTOCOL.md describes all of it in one page. */
public final class Resp {
    //@ stage 1-2
    /**
     * Waits for the next command: its name, then its arguments. Bytes, not strings: keys and values may hold anything.
     * Takes no byte behind it. Null when the input ends before the command is there in full.
     *
     * @throws ProtocolException when what comes is no RESP
     */
    public static List<byte[]> readCommand(InputStream input) throws IOException {
        try {
            int count = readLength(input, '*');
            List<byte[]> command = new ArrayList<>();
            while (command.size() < count) {
                int length = readLength(input, '$');
                command.add(readBytes(input, length));
                readBytes(input, 2);
            }
            return command;
        } catch (EOFException end) {
            return null;
        }
    }

    /** Takes off the line {@code <mark><number>\r\n}. */
    private static int readLength(InputStream input, char mark) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < 2 || !line.substring(line.length() - 2).equals("\r\n")) {
            line.append((char) readBytes(input, 1)[0]);
        }
        if (line.charAt(0) != mark) throw new ProtocolException("expected '" + mark + "', got '" + line.charAt(0) + "'");
        String digits = line.substring(1, line.length() - 2);
        if (!digits.matches("\\d{1,9}")) {
            throw new ProtocolException("invalid " + (mark == '*' ? "multibulk" : "bulk") + " length");
        }
        return Integer.parseInt(digits);
    }

    private static byte[] readBytes(InputStream input, int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) throw new EOFException();
        return bytes;
    }

    //@ end
    public static byte[] encode(Reply reply) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        append(output, reply);
        return output.toByteArray();
    }

    static void append(ByteArrayOutputStream output, Reply reply) {
        if (reply instanceof Reply.Simple simple) {
            appendLine(output, '+', simple.text());
        } else if (reply instanceof Reply.Failure failure) {
            appendLine(output, '-', failure.message());
        } else if (reply instanceof Reply.Int number) {
            appendLine(output, ':', Long.toString(number.value()));
        } else if (reply instanceof Reply.Bulk bulk) {
            byte[] bytes = bulk.bytes();
            appendLine(output, '$', Integer.toString(bytes == null ? -1 : bytes.length));
            if (bytes == null) return;
            output.writeBytes(bytes);
            output.write('\r');
            output.write('\n');
        } else if (reply instanceof Reply.Array array) {
            appendLine(output, '*', Integer.toString(array.items() == null ? -1 : array.items().size()));
            if (array.items() == null) return;
            for (Reply item : array.items()) append(output, item);
            //@ stage 9
        } else if (reply instanceof Reply.Several several) {
            for (Reply each : several.replies()) append(output, each);
            //@ end
        }
    }

    private static void appendLine(ByteArrayOutputStream output, char mark, String text) {
        output.write(mark);
        output.writeBytes(text.getBytes(ISO_8859_1));
        output.write('\r');
        output.write('\n');
    }
    //@ stage 1-3

    static String latin1(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
    //@ end
    //@ stage 4

    /** In ISO-8859-1 every byte is one character, so any bytes are a string, and the same again. */
    static String latin1(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    static byte[] latin1(String text) {
        return text.getBytes(ISO_8859_1);
    }
    //@ end
    //@ stage 8

    /** A command of our own, for the log and for other servers. */
    static List<byte[]> command(String... words) {
        return Arrays.stream(words).map(Resp::latin1).toList();
    }

    static byte[] encodeCommand(List<byte[]> words) {
        return encode(Reply.array(words.stream().map(Reply::bulk).toList()));
    }
    //@ end

    private Resp() {}
}
