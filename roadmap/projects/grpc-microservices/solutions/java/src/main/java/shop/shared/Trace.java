//@ file 12
package shop.shared;

import io.grpc.Context;
import io.grpc.Metadata;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The place of a piece of work in a request's trace, as W3C Trace Context passes it on. */
public record Trace(String id, String span, String flags, String state) {
    /** The trace of what the thread works on. */
    public static final Context.Key<Trace> CURRENT = Context.key("trace");
    static final Metadata.Key<String> PARENT = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> STATE = Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER);

    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Continues the trace of a caller with a span of its own; begins a new one when the caller has sent none, or a damaged one. */
    public static Trace read(List<String> parents, List<String> states) {
        // Two parents are none.
        Matcher part = FORM.matcher(parents.size() == 1 ? parents.get(0) : "");
        boolean valid = part.matches() && !part.group(1).equals("ff") && (!part.group(1).equals("00") || part.group(5) == null)
                && !part.group(2).matches("0+") && !part.group(3).matches("0+");
        if (!valid) return new Trace(hex(16), hex(8), "01", "");
        return new Trace(part.group(2), hex(8), part.group(4), String.join(",", states));
    }

    /** The metadata for a call to a neighbor, which is a span of its own. */
    static Metadata outgoing() {
        Trace trace = CURRENT.get() == null ? read(List.of(), List.of()) : CURRENT.get();
        Metadata metadata = new Metadata();
        metadata.put(PARENT, "00-" + trace.id + "-" + hex(8) + "-" + trace.flags);
        if (!trace.state.isEmpty()) metadata.put(STATE, trace.state);
        return metadata;
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
