// Given: starts the program. Your work is in Gateway.java.
package shop.gateway;

import shop.shared.Run;

public final class Main {
    public static void main(String[] args) {
        Run.run("gateway", 8080, Gateway::serve);
    }
}
