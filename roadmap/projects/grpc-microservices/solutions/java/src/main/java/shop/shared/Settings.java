//@ file 12
package shop.shared;

/**
 * Settings come from the environment.
 *
 * @param dataDir where orders are kept
 * @param productsFile what the shop sells
 * @param metricsPort 0 when nobody asks for metrics
 */
//@ stage 12-12
public record Settings(String host, int port, String dataDir, String productsFile, int metricsPort) {
//@ end
//@ stage 13
public record Settings(String host, int port, String dataDir, String productsFile, int metricsPort, long graceMs) {
//@ end
    /** Reads a variable of the environment. */
    public static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
