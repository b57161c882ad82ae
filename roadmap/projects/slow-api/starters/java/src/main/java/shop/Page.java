package shop;

/**
 * Which orders, in which order.
 *
 * @param after the id of the last one that was seen; null for the first page
 * @param status null for all
 */
public record Page(int limit, Integer after, String status, Sort sort) {
    /** The largest first. */
    public enum Sort {
        NEWEST("created_at"), TOTAL("total_cents");

        final String column;

        Sort(String column) {
            this.column = column;
        }
    }
}
