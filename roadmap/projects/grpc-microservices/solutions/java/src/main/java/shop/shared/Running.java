//@ file 13
package shop.shared;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the running calls. Whoever watches something waits for changes, not for an answer, and does not count. */
final class Running implements ServerInterceptor {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage() || call.getMethodDescriptor().getFullMethodName().endsWith("/Watch")) return next.startCall(call, headers);
        count.incrementAndGet();
        AtomicBoolean over = new AtomicBoolean();
        Runnable end = () -> {
            if (over.compareAndSet(false, true)) count.decrementAndGet();
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onComplete() {
                end.run();
                super.onComplete();
            }

            @Override
            public void onCancel() {
                end.run();
                super.onCancel();
            }
        };
    }

    /** Returns when none is running, or so many milliseconds have passed. */
    void await(long limit) throws InterruptedException {
        for (long deadline = System.nanoTime() + limit * 1_000_000; count.get() > 0 && System.nanoTime() < deadline; ) Thread.sleep(10);
    }
}
