package shop;

/**
 * Settings come from the environment.
 *
 * @param pricingUrl where the pricing service listens; without a path
 */
record Settings(String host, int port, String databaseUrl, String pricingUrl) {
    /** @throws IllegalArgumentException when a number is none */
    static Settings fromEnvironment() {
        return new Settings(
                text("HOST", "127.0.0.1"),
                number("PORT", 8080),
                text("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/shop?sslmode=disable"),
                text("PRICING_URL", "http://127.0.0.1:8090"));
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
