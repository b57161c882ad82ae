//@ file 5
package shop.orders;

/** How far an order has come. */
enum Step {
    BEGUN, PENDING, RESERVED, CONFIRMED, REJECTED;

    boolean isEnd() {
        return this == CONFIRMED || this == REJECTED;
    }
}
