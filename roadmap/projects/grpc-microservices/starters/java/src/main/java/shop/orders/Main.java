// Given: starts the program. Your work is in Orders.java.
package shop.orders;

import shop.shared.Run;

public final class Main {
    public static void main(String[] args) {
        Run.run("orders", 50053, Orders::serve);
    }
}
