//@ file 9
package shop.orders;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;
import shop.shared.Neighbor;

/**
 * Stands around each attempt of a call. It is closed until too many fail; then it is open for a time and lets nobody through; then one call, the
 * probe, tells whether it closes or opens again.
 */
final class Breaker implements Neighbor.Around {
    /** So many failures in a row open it. */
    private static final int FAILURES_TO_OPEN = 10;

    private final long openForNanos;
    private int failures;
    private boolean open;
    private long until;
    private boolean probing;

    Breaker(long openForMs) {
        openForNanos = openForMs * 1_000_000;
    }

    @Override
    public <R> R call(Supplier<R> attempt) {
        boolean probe = enter();
        try {
            R result = attempt.get();
            succeeded(probe);
            return result;
        } catch (StatusRuntimeException error) {
            Status.Code code = error.getStatus().getCode();
            if (Saga.REFUSALS.contains(code)) succeeded(probe);
            else if (code == Status.Code.CANCELLED && Context.current().isCancelled()) abandoned(probe);
            else failed(probe);
            throw error;
        }
    }

    private synchronized boolean enter() {
        if (!open) return false;
        if (probing || System.nanoTime() - until < 0) throw new Neighbor.Final(Status.UNAVAILABLE.withDescription("payments have failed again and again: they are not asked for a while"));
        probing = true;
        return true;
    }

    private synchronized void succeeded(boolean probe) {
        if (probe) open = probing = false;
        // One that began before it opened says nothing of now.
        if (!open) failures = 0;
    }

    private synchronized void failed(boolean probe) {
        failures++;
        if (probe || !open && failures >= FAILURES_TO_OPEN) {
            open = true;
            probing = false;
            until = System.nanoTime() + openForNanos;
        }
    }

    /** Its caller went away, so it tells nothing, and the next one may be the probe. */
    private synchronized void abandoned(boolean probe) {
        if (probe) probing = false;
    }
}
