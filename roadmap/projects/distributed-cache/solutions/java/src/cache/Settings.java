//@ file 7
package cache;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the environment says. */
final class Settings {
    final String host = variable("HOST", "127.0.0.1");
    final int port = Integer.parseInt(variable("PORT", "6380"));
    //@ stage 7-7
    /** Where stage 8 keeps what must survive. */
    //@ end
    //@ stage 8
    /** Where the log is. */
    //@ end
    final Path dataDir = Path.of(variable("DATA_DIR", "data"));
    /** In bytes; 0 means without limit. */
    final long maxMemory = bytes(variable("MAXMEMORY", "0"));
    /** Whether keys are evicted when the limit is reached; else writes are refused. */
    final boolean evicts = variable("MAXMEMORY_POLICY", "noeviction").equals("allkeys-lru");
    //@ stage 8
    /** Whether every write is on disk before its reply. */
    final boolean appendOnly = variable("APPENDONLY", "no").equals("yes");
    //@ end
    //@ stage 10
    /** The leader's host and port with a blank between; empty for a leader. */
    final String replicaOf = variable("REPLICAOF", "");
    //@ end
    //@ stage 12
    /** Which node has which slots; empty for a server that has all keys. */
    final String clusterNodes = variable("CLUSTER_NODES", "");
    //@ end
    //@ stage 14
    final int maxClients = Integer.parseInt(variable("MAXCLIENTS", "10000"));
    //@ end

    private static String variable(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    /** {@code 20mb}, {@code 1g} or a number of bytes. */
    private static long bytes(String text) {
        Matcher size = Pattern.compile("(\\d{1,12})(?:([kmg])(b?))?").matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new IllegalArgumentException(
                "MAXMEMORY is \"" + text + "\", which is no size: write a number of bytes, or one with mb or gb.");
        }
        long bytes = Long.parseLong(size.group(1));
        if (size.group(2) == null) return bytes;
        int thousand = size.group(3).isEmpty() ? 1000 : 1024;
        for (int power = "kmg".indexOf(size.group(2)); power >= 0; power--) bytes *= thousand;
        return bytes;
    }
}
