package shop.shared;

/**
 * Settings come from the environment.
 *
 * @param dataDir where stage 5 keeps what must survive
 * @param productsFile what the shop sells
 */
public record Settings(String host, int port, String dataDir, String productsFile) {
    /** Reads a variable of the environment. */
    public static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
