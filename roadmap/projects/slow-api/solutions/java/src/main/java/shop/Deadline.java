//@ file 12
package shop;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** When something has to be over. */
final class Deadline {
    private final long at;

    Deadline(int milliseconds) {
        at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }

    /** Milliseconds, at least 1. @throws SocketTimeoutException when the time is up */
    int left() throws SocketTimeoutException {
        long left = at - System.nanoTime();
        if (left <= 0) throw new SocketTimeoutException("no answer in time");
        return (int) TimeUnit.NANOSECONDS.toMillis(left) + 1;
    }
}
