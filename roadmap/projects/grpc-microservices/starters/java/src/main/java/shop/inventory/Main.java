// Given: starts the program. Your work is in Inventory.java.
package shop.inventory;

import shop.shared.Run;

public final class Main {
    public static void main(String[] args) {
        Run.run("inventory", 50052, Inventory::serve);
    }
}
