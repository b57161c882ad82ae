package shop;

//@ stage 7
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
//@ end
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
//@ stage 1-6
import java.sql.DriverManager;
//@ end
import java.sql.SQLException;
//@ stage 1-6
import java.util.Properties;
//@ end
//@ stage 7
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
//@ end

/** The shop's database. */
final class Database {
    //@ stage 1-6
    private final String url;
    private final Properties login = new Properties();
    //@ end
    //@ stage 7
    private static final int MOST_CONNECTIONS = 10;
    private static final long MOST_WAIT = TimeUnit.SECONDS.toNanos(5);

    private final HikariDataSource pool;
    //@ end

    /**
     * @param url such as postgres://user:password@127.0.0.1:5432/shop
     * @throws IllegalArgumentException when it is no URL
     */
    Database(String url) {
        URI uri = URI.create(url);
        String[] user = uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
        //@ stage 1-6
        if (user.length > 0) login.setProperty("user", decode(user[0]));
        if (user.length > 1) login.setProperty("password", decode(user[1]));
        this.url = jdbc(uri);
        //@ end
        //@ stage 7
        HikariConfig config = new HikariConfig();
        if (user.length > 0) config.setUsername(decode(user[0]));
        if (user.length > 1) config.setPassword(decode(user[1]));
        config.setJdbcUrl(jdbc(uri));
        config.setMaximumPoolSize(MOST_CONNECTIONS);
        config.setConnectionTimeout(10_000);
        // A database that is not there yet is no reason not to start.
        config.setInitializationFailTimeout(-1);
        pool = new HikariDataSource(config);
        fill();
        //@ end
    }

    //@ stage 1-6
    /** Gives the work a connection to the database, and closes it afterwards. */
    <T> T use(Timing timing, Work<T> work) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, login)) {
            return work.with(new Session(connection, timing));
        }
    }
    //@ end
    //@ stage 7
    /** Gives the pool, which opens one connection after the other, a moment for it: the first requests would wait for that. */
    private void fill() {
        long started = System.nanoTime();
        while (pool.getHikariPoolMXBean().getTotalConnections() < MOST_CONNECTIONS && System.nanoTime() - started < MOST_WAIT) LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }

    /** Lends the work a connection to the database; who finds none free waits. The pool rolls back what was left open. */
    <T> T use(Timing timing, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return work.with(new Session(connection, timing));
        }
    }
    //@ end

    /** What needs the database. */
    interface Work<T> {
        T with(Session session) throws SQLException;
    }

    private static String jdbc(URI uri) {
        return "jdbc:postgresql://" + uri.getRawAuthority().replaceFirst(".*@", "") + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
