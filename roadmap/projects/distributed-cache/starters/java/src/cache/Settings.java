package cache;

import java.nio.file.Path;

/** Given: what the environment says. */
final class Settings {
    final String host = variable("HOST", "127.0.0.1");
    final int port = Integer.parseInt(variable("PORT", "6380"));
    /** Where stage 8 keeps what must survive. */
    final Path dataDir = Path.of(variable("DATA_DIR", "data"));

    private static String variable(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
