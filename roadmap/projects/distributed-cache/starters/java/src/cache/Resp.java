package cache;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The wire format; PROTOCOL.md describes all of it in one page. */
public final class Resp {
    /**
     * Waits for the next command: its name, then its arguments. Bytes, not strings: keys and values may hold anything.
     * Takes no byte behind it. Null when the input ends before the command is there in full.
     *
     * @throws java.net.ProtocolException when what comes is no RESP
     */
    public static List<byte[]> readCommand(InputStream input) throws IOException {
        throw new UnsupportedOperationException("TODO (stage 1): read a command");
    }

    public static byte[] encode(Reply reply) {
        throw new UnsupportedOperationException("TODO (stage 1): encode " + reply);
    }

    private Resp() {}
}
