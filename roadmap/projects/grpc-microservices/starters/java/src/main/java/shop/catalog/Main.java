// Given: starts the program. Your work is in Catalog.java.
package shop.catalog;

import shop.shared.Run;

public final class Main {
    public static void main(String[] args) {
        Run.run("catalog", 50051, Catalog::serve);
    }
}
