package shop;

import java.sql.SQLException;
import java.util.Locale;

/** Where the time of one request goes. */
final class Timing {
    private final long started = System.nanoTime();
    private long database;

    /** What waits for the database. */
    interface Wait<T> {
        T run() throws SQLException;
    }

    /** Waits for the database, and counts the time: from sending a statement to its complete result. */
    <T> T database(Wait<T> wait) throws SQLException {
        long sent = System.nanoTime();
        try {
            return wait.run();
        } finally {
            database += System.nanoTime() - sent;
        }
    }

    /** For the header Server-Timing. */
    String header() {
        return String.format(Locale.ROOT, "db;dur=%.1f, total;dur=%.1f", database / 1e6, (System.nanoTime() - started) / 1e6);
    }
}
