package shop;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import sun.misc.Signal;

/** Where to listen, and when to stop. */
public final class Main {
    public static void main(String[] args) {
        // To be asked to stop is no failure. Without it the code would be 143 after SIGTERM.
        for (String name : List.of("INT", "TERM")) Signal.handle(new Signal(name), signal -> System.exit(0));
        // Java 22 to 24 take everything for a terminal, unless they are told this.
        System.setProperty("jdk.console", "java.base");
        // Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
        if (System.console() == null) {
            Thread parent = new Thread(Main::stopWithParent);
            parent.setDaemon(true);
            parent.start();
        }
        try {
            Server.serve(Settings.fromEnvironment());
        } catch (IOException | IllegalArgumentException error) {
            System.err.println(error.getMessage());
            System.exit(1);
        }
    }

    private static void stopWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // The same as its end.
        }
        System.exit(0);
    }

    private Main() {}
}
