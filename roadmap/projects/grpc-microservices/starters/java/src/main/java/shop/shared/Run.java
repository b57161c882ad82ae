// Given: settings from the environment, and when to stop.
package shop.shared;

import java.io.IOException;

public final class Run {
    private Run() {}

    /** Starts to listen, and gives what ends it. */
    public interface Serve {
        AutoCloseable serve(Settings settings) throws Exception;
    }

    /** Serves until the program is told to stop. An exception of serve ends the program with exit code 1. */
    public static void run(String program, int port, Serve serve) {
        try {
            AutoCloseable serving = serve.serve(new Settings(
                    Settings.env("HOST", "127.0.0.1"),
                    Integer.parseInt(Settings.env("PORT", String.valueOf(port))),
                    Settings.env("DATA_DIR", "var"),
                    Settings.env("PRODUCTS_FILE", "data/products.json")));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(serving)));
        } catch (Exception error) {
            System.err.println(program + ": " + error.getMessage() + (error.getCause() == null ? "" : ": " + error.getCause().getMessage()));
            System.exit(1);
        }
        // Java 22 to 24 take everything for a terminal, unless they are told this.
        System.setProperty("jdk.console", "java.base");
        // Whoever starts the program holds its standard input open: when that ends, they are gone. A terminal stays.
        if (System.console() == null) {
            Thread parent = new Thread(Run::waitForParent);
            parent.setDaemon(true);
            parent.start();
        }
        // The library's own threads don't keep the program running.
        try {
            Thread.currentThread().join();
        } catch (InterruptedException error) {
            System.exit(0);
        }
    }

    private static void end(AutoCloseable serving) {
        try {
            serving.close();
        } catch (Exception error) {
            System.err.println(error);
        }
        // After a signal Java would end with a code of its own.
        Runtime.getRuntime().halt(0);
    }

    private static void waitForParent() {
        try {
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // The same as its end.
        }
        System.exit(0);
    }
}
