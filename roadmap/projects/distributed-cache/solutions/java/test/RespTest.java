//@ file 3
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import cache.CommandReader;
import cache.Reply;
import cache.Resp;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** The tests of the wire format, without a framework. README.md says how to run them. */
public final class RespTest {
    public static void main(String[] args) {
        boolean passed = test("gives whole commands, wherever the stream is cut", RespTest::givesCommands)
            & test("refuses what is no length, and one that is too long, before its bytes arrive", RespTest::refuses)
            & test("encodes a simple string, an error and a bulk string", RespTest::encodes);
        System.exit(passed ? 0 : 1);
    }

    private static void givesCommands() throws Exception {
        String bytes = "*2\r\n$4\r\nPING\r\n$7\r\n\r\n\0$5*\u00ff\r\n*0\r\n*-1\r\n*1\r\n$0\r\n\r\n*1\r\n$4";
        for (int length = 1; length <= bytes.length(); length++) {
            CommandReader reader = new CommandReader(inPieces(bytes, length));
            List<List<String>> commands = new ArrayList<>();
            for (List<byte[]> words = reader.next(); words != null; words = reader.next()) {
                commands.add(words.stream().map(word -> new String(word, ISO_8859_1)).toList());
            }
            equal(List.of(List.of("PING", "\r\n\0$5*\u00ff"), List.of("")), commands, "in pieces of " + length);
        }
    }

    private static void refuses() throws Exception {
        for (String bytes : List.of(
            "*1\r\n$abc\r\n", "*1\r\n$-5\r\n", "*1\r\n$1073741825\r\n", "*1\r\n:1\r\n", "*x\r\n", "PING\r\n")) {
            try {
                Object command = new CommandReader(inPieces(bytes, bytes.length())).next();
                throw new AssertionError(bytes + " was taken for " + command);
            } catch (ProtocolException refused) {
                // As it should be.
            }
        }
    }

    private static void encodes() {
        equal("+PONG\r\n", encode(new Reply.Simple("PONG")), "a simple string");
        equal("-ERR no\r\n", encode(new Reply.Failure("ERR no")), "an error");
        equal("$3\r\n\0\u00ff\n\r\n", encode(new Reply.Bulk("\0\u00ff\n".getBytes(ISO_8859_1))), "a bulk string");
    }

    private static String encode(Reply reply) {
        return new String(Resp.encode(reply), ISO_8859_1);
    }

    /** A stream of which each read gives at most {@code most} bytes. */
    private static InputStream inPieces(String bytes, int most) {
        return new ByteArrayInputStream(bytes.getBytes(ISO_8859_1)) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, most));
            }

            @Override
            public int read(byte[] target) {
                return read(target, 0, target.length);
            }
        };
    }

    private static void equal(Object wanted, Object got, String what) {
        if (!wanted.equals(got)) throw new AssertionError(what + ": wanted " + wanted + ", got " + got);
    }

    private interface Body {
        void run() throws Exception;
    }

    private static boolean test(String name, Body body) {
        try {
            body.run();
            System.out.println("ok - " + name);
            return true;
        } catch (Exception | AssertionError error) {
            System.out.println("not ok - " + name + "\n  " + error);
            return false;
        }
    }
}
