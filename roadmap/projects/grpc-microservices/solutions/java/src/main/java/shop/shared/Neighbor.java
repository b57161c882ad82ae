//@ file 3
package shop.shared;

//@ stage 6
import io.grpc.Deadline;
//@ end
import io.grpc.CallOptions;
//@ stage 10
import io.grpc.ConnectivityState;
//@ end
//@ stage 6
import io.grpc.Context;
//@ end
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
//@ stage 11
import io.grpc.ClientInterceptors;
//@ end
//@ stage 7
import io.grpc.Metadata;
//@ end
import io.grpc.MethodDescriptor;
//@ stage 6
import io.grpc.Status;
//@ end
//@ stage 7
import io.grpc.StatusRuntimeException;
//@ end
import io.grpc.stub.ClientCalls;
//@ stage 11
import io.grpc.stub.MetadataUtils;
//@ end
//@ stage 10
import java.util.Arrays;
import java.util.List;
//@ end
//@ stage 6
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
//@ end
//@ stage 7
import java.util.concurrent.ThreadLocalRandom;
//@ end
import java.util.concurrent.TimeUnit;
//@ stage 10
import java.util.concurrent.atomic.AtomicInteger;
//@ end
//@ stage 9
import java.util.function.Supplier;
//@ end

/** A service of another program. It need not be up yet. */
public final class Neighbor {
    //@ stage 6
    /** Milliseconds that a call may take when nobody has said. */
    public static final long PATIENCE = 2000;
    //@ end
    //@ stage 7
    private static final int ATTEMPTS = 4;
    private static final long FIRST_BACKOFF = 100;
    private static final long MOST_BACKOFF = 1000;
    private static final Metadata.Key<String> PUSHBACK = Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    //@ end
    //@ stage 6
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });
    //@ end
    //@ stage 9

    /** A failure that is not worth another attempt, whatever its code. */
    @SuppressWarnings("serial")
    public static final class Final extends StatusRuntimeException {
        public Final(Status status) {
            super(status);
        }
    }

    /** Stands around each attempt of a call. */
    public interface Around {
        <R> R call(Supplier<R> attempt);
    }
    //@ end

    //@ stage 3-9
    private final ManagedChannel channel;
    //@ end
    //@ stage 9
    private final Around around;
    //@ end
    //@ stage 10
    private final List<ManagedChannel> replicas;
    private final AtomicInteger turn = new AtomicInteger();
    //@ end

    //@ stage 3-8
    public Neighbor(String address) {
        channel = ManagedChannelBuilder.forTarget(address).usePlaintext().proxyDetector(target -> null).disableRetry().build();
        // Tries again soon what is down: the library would wait up to two minutes.
        Thread reconnect = new Thread(() -> reconnect(channel));
        reconnect.setDaemon(true);
        reconnect.start();
    }
    //@ end
    //@ stage 9
    public Neighbor(String addresses) {
        this(addresses, new Around() {
            @Override
            public <R> R call(Supplier<R> attempt) {
                return attempt.get();
            }
        });
    }
    //@ end
    //@ stage 9-9

    public Neighbor(String address, Around around) {
        this.around = around;
        channel = ManagedChannelBuilder.forTarget(address).usePlaintext().proxyDetector(target -> null).disableRetry().build();
        Thread reconnect = new Thread(() -> reconnect(channel));
        reconnect.setDaemon(true);
        reconnect.start();
    }
    //@ end
    //@ stage 10

    /** Of one or several replicas ("host:port,host:port"), each with a channel for the life of the program. */
    public Neighbor(String addresses, Around around) {
        this.around = around;
        replicas = Arrays.stream(addresses.split(",")).map(address -> ManagedChannelBuilder.forTarget(address.trim()).usePlaintext().proxyDetector(target -> null).disableRetry().build()).toList();
        // Tries again soon what is down: the library would wait up to two minutes.
        CLOCK.scheduleWithFixedDelay(() -> replicas.forEach(ManagedChannel::resetConnectBackoff), 1, 1, TimeUnit.SECONDS);
    }
    //@ end
    //@ stage 3-9

    private static void reconnect(ManagedChannel channel) {
        try {
            for (;; Thread.sleep(1000)) channel.resetConnectBackoff();
        } catch (InterruptedException end) {
            // Nobody needs it any more.
        }
    }
    //@ end
    //@ stage 6

    /** Runs work that has the caller's deadline, or PATIENCE when it has none. */
    public static <T> T withDeadline(Callable<T> work) throws Exception {
        if (Context.current().getDeadline() != null) return work.call();
        return within(Context.current(), PATIENCE, work);
    }

    /** Runs work in a context that ends after so many milliseconds, or with the one that is given. */
    public static <T> T within(Context context, long milliseconds, Callable<T> work) throws Exception {
        Context.CancellableContext limited = context.withDeadlineAfter(milliseconds, TimeUnit.MILLISECONDS, CLOCK);
        try {
            return limited.call(work);
        } finally {
            limited.cancel(null);
        }
    }

    /** Fails when the caller's time is over, or it has gone. */
    public static void stillWanted() {
        Deadline deadline = Context.current().getDeadline();
        if (deadline != null && deadline.isExpired()) throw Status.DEADLINE_EXCEEDED.withDescription("the time is over").asRuntimeException();
        if (Context.current().isCancelled()) throw Status.CANCELLED.withDescription("the caller has gone").asRuntimeException();
    }
    //@ end

    //@ stage 3-6
    /** Calls in the context of the thread. Throws StatusRuntimeException when that fails. */
    public <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }
    //@ end
    //@ stage 7-10
    /** Calls in the context of the thread, again when it fails with UNAVAILABLE. Throws StatusRuntimeException when that fails. */
    public <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    //@ end
    //@ stage 11
    /** Calls in the context of the thread, again when it fails with UNAVAILABLE. Throws StatusRuntimeException when that fails. */
    public <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
        return call(method, request, new Metadata());
    }

    /** The same with metadata. */
    public <Q, R> R call(MethodDescriptor<Q, R> method, Q request, Metadata metadata) {
    //@ end
    //@ stage 7
        for (int attempt = 1; ; attempt++) {
            try {
                //@ stage 7-8
                return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
                //@ end
                //@ stage 9-9
                return around.call(() -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request));
                //@ end
                //@ stage 10-10
                return around.call(() -> ClientCalls.blockingUnaryCall(next(), method, CallOptions.DEFAULT, request));
                //@ end
                //@ stage 11
                return around.call(() -> ClientCalls.blockingUnaryCall(ClientInterceptors.intercept(next(), MetadataUtils.newAttachHeadersInterceptor(attached(metadata))), method, CallOptions.DEFAULT, request));
                //@ end
            } catch (StatusRuntimeException error) {
                //@ stage 7-8
                if (error.getStatus().getCode() != Status.Code.UNAVAILABLE || attempt == ATTEMPTS) throw error;
                //@ end
                //@ stage 9
                if (error.getStatus().getCode() != Status.Code.UNAVAILABLE || error instanceof Final || attempt == ATTEMPTS) throw error;
                //@ end
                long pause = pause(attempt, error.getTrailers() == null ? null : error.getTrailers().get(PUSHBACK));
                if (pause < 0) throw error;
                sleep(pause);
            }
        }
    }
    //@ end
    //@ stage 10

    /** The next replica's turn, of those that are connected if there are any. */
    private ManagedChannel next() {
        int first = turn.getAndIncrement();
        for (int offset = 0; offset < replicas.size(); offset++) {
            ManagedChannel replica = replicas.get(Math.floorMod(first + offset, replicas.size()));
            if (replica.getState(true) == ConnectivityState.READY) {
                // Those that are left out must not give all their turns to the next one.
                if (offset > 0) turn.addAndGet(offset);
                return replica;
            }
        }
        return replicas.get(Math.floorMod(first, replicas.size()));
    }
    //@ end
    //@ stage 11-11

    private static Metadata attached(Metadata metadata) {
        return metadata;
    }
    //@ end
    //@ stage 12

    private static Metadata attached(Metadata metadata) {
        Metadata all = Trace.outgoing();
        all.merge(metadata);
        return all;
    }
    //@ end
    //@ stage 7

    /**
     * Milliseconds to wait after an attempt: what the server asks for, else a growing time that no two callers share (gRFC A6). Negative when
     * the server does not want another one.
     */
    private static long pause(int attempt, String pushback) {
        if (pushback == null) return (long) (Math.min(FIRST_BACKOFF << (attempt - 1), MOST_BACKOFF) * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
        try {
            return Long.parseLong(pushback);
        } catch (NumberFormatException error) {
            return -1;
        }
    }

    /** Waits, but not beyond the caller's deadline, nor for a caller who has gone. */
    private static void sleep(long milliseconds) {
        Deadline deadline = Context.current().getDeadline();
        if (deadline != null && deadline.timeRemaining(TimeUnit.MILLISECONDS) <= milliseconds) throw Status.DEADLINE_EXCEEDED.withDescription("the time is over before the next attempt").asRuntimeException();
        long end = System.nanoTime() + milliseconds * 1_000_000;
        try {
            for (long left = milliseconds; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                stillWanted();
                Thread.sleep(Math.min(left, 20));
            }
        } catch (InterruptedException error) {
            throw Status.CANCELLED.asRuntimeException();
        }
    }
    //@ end
}
