import cache.Reply;
import cache.Resp;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The two tests of the wire format, without a framework. README.md says how to run them. */
public final class RespTest {
    public static void main(String[] args) {
        boolean passed = test("takes one whole command off the front, and waits for the rest", RespTest::takesOneCommand)
            & test("encodes a simple string, an error and a bulk string", RespTest::encodes);
        System.exit(passed ? 0 : 1);
    }

    private static void takesOneCommand() throws Exception {
        String bytes = "*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n";
        InputStream input = new ByteArrayInputStream((bytes + "*1\r\n$4").getBytes());
        equal(List.of("PING", "hello"), Resp.readCommand(input).stream().map(String::new).toList(), "the command");
        equal("*1\r\n$4", new String(input.readAllBytes()), "what is behind it");
        for (int length = 0; length < bytes.length(); length++) {
            List<byte[]> none = Resp.readCommand(new ByteArrayInputStream(bytes.substring(0, length).getBytes()));
            equal(null, none, length + " of " + bytes.length() + " bytes are no whole command");
        }
    }

    private static void encodes() {
        equal("+PONG\r\n", encode(new Reply.Simple("PONG")), "a simple string");
        equal("-ERR no\r\n", encode(new Reply.Failure("ERR no")), "an error");
        equal("$5\r\ngr\u00fcn\r\n", encode(new Reply.Bulk("gr\u00fcn".getBytes(StandardCharsets.UTF_8))), "a bulk string");
    }

    private static String encode(Reply reply) {
        return new String(Resp.encode(reply), StandardCharsets.UTF_8);
    }

    private static void equal(Object wanted, Object got, String what) {
        if (wanted == null ? got != null : !wanted.equals(got)) {
            throw new AssertionError(what + ": wanted " + wanted + ", got " + got);
        }
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
