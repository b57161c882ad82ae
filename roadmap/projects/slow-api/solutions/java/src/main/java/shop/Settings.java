//@ file 11
package shop;

/**
 * Settings come from the environment.
 *
 * @param pricingUrl where the pricing service listens; without a path
 * @param cacheTtlMs how long a ranking may be kept
 * @param cacheMaxEntries how many are kept
//@ stage 12
 * @param pricingTimeoutMs for a whole call of the pricing service
 * @param maxInFlight requests beyond these are refused
//@ end
 */
//@ stage 11-11
record Settings(String host, int port, String databaseUrl, String pricingUrl, int cacheTtlMs, int cacheMaxEntries) {
//@ end
//@ stage 12
record Settings(String host, int port, String databaseUrl, String pricingUrl, int cacheTtlMs, int cacheMaxEntries, int pricingTimeoutMs, int maxInFlight) {
//@ end
    /** @throws IllegalArgumentException when a number is none */
    static Settings fromEnvironment() {
        return new Settings(
                text("HOST", "127.0.0.1"),
                number("PORT", 8080),
                text("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/shop?sslmode=disable"),
                text("PRICING_URL", "http://127.0.0.1:8090"),
                number("CACHE_TTL_MS", 5000),
                //@ stage 11-11
                number("CACHE_MAX_ENTRIES", 1000));
                //@ end
                //@ stage 12
                number("CACHE_MAX_ENTRIES", 1000),
                number("PRICING_TIMEOUT_MS", 500),
                number("MAX_IN_FLIGHT", 256));
                //@ end
    }

    private static String text(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static int number(String name, int otherwise) {
        String value = text(name, String.valueOf(otherwise));
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException error) {
            throw new IllegalArgumentException(name + " is no whole number: " + value, error);
        }
    }
}
