//@ file 12
package shop.shared;

import com.google.gson.Gson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** A log of JSON objects, one a line, on standard output. */
public final class Log {
    private static final Gson JSON = new Gson();
    private static volatile String service = "";

    private Log() {}

    static void as(String name) {
        service = name;
    }

    public static void write(String level, String msg, Map<String, ?> more) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("level", level);
        line.put("service", service);
        line.put("msg", msg);
        line.putAll(more);
        System.out.println(JSON.toJson(line));
    }

    /** The line of a finished request. Code is that of its protocol. */
    public static void request(Trace trace, String method, Object code, long nanos) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("trace_id", trace.id());
        more.put("span_id", trace.span());
        more.put("method", method);
        more.put("code", code);
        more.put("duration_ms", nanos / 1000 / 1000.0);
        write("info", "request", more);
    }
}
