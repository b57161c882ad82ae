//@ file 8
package cache;

import java.io.IOException;

/** When to stop. */
public final class Main {
    //@ stage 14
    private static volatile Server server;

    //@ end
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(Main::stop));
        Thread watch = new Thread(Main::stopWithParent);
        watch.setDaemon(true);
        watch.start();
        try {
            //@ stage 8-13
            new Server(new Settings()).serve();
            //@ end
            //@ stage 14
            server = new Server(new Settings());
            server.serve();
            //@ end
        //@ stage 8-13
        } catch (IOException | IllegalArgumentException error) {
        //@ end
        //@ stage 14
        } catch (IOException | InterruptedException | IllegalArgumentException error) {
        //@ end
            System.err.println(error.getMessage());
            // Not exit(): that would call stop().
            Runtime.getRuntime().halt(1);
        }
    }

    //@ stage 8-13
    /** There is nothing to save: what was promised to a client is kept already. */
    private static void stop() {
        // To be asked to stop is no failure. Without this line the code would be 143 after SIGTERM.
        Runtime.getRuntime().halt(0);
    }
    //@ end
    //@ stage 14
    /** Lets what was asked be answered first. */
    private static void stop() {
        try {
            if (server != null) server.stop();
        } catch (IOException | InterruptedException error) {
            System.err.println(error.getMessage());
        }
        // To be asked to stop is no failure. Without this line the code would be 143 after SIGTERM.
        Runtime.getRuntime().halt(0);
    }
    //@ end

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
