package cache;

import java.io.IOException;

/** Given: when to stop. Your work begins in Server.java. */
public final class Main {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(Main::stop));
        Thread watch = new Thread(Main::stopWithParent);
        watch.setDaemon(true);
        watch.start();
        try {
            new Server(new Settings()).serve();
        } catch (IOException | IllegalArgumentException error) {
            System.err.println(error.getMessage());
            // Not exit(): that would call stop().
            Runtime.getRuntime().halt(1);
        }
    }

    /** From stage 8 on there is something to save here first, from stage 14 on something to finish. */
    private static void stop() {
        // To be asked to stop is no failure. Without this line the code would be 143 after SIGTERM.
        Runtime.getRuntime().halt(0);
    }

    /** Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays. */
    private static void stopWithParent() {
        // Java 22 to 24 take everything for a console, unless they are told this.
        System.setProperty("jdk.console", "java.base");
        if (System.console() != null) return;
        try {
            while (System.in.read() >= 0);
        } catch (IOException error) {
            // It has ended, too.
        }
        System.exit(0);
    }

    private Main() {}
}
