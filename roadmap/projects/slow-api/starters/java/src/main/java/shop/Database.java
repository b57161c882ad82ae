package shop;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The shop's database. */
final class Database {
    private final String url;
    private final Properties login = new Properties();

    /**
     * @param url such as postgres://user:password@127.0.0.1:5432/shop
     * @throws IllegalArgumentException when it is no URL
     */
    Database(String url) {
        URI uri = URI.create(url);
        String[] user = uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
        if (user.length > 0) login.setProperty("user", decode(user[0]));
        if (user.length > 1) login.setProperty("password", decode(user[1]));
        this.url = jdbc(uri);
    }

    /** Gives the work a connection to the database, and closes it afterwards. */
    <T> T use(Work<T> work) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, login)) {
            return work.with(new Session(connection));
        }
    }

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
