//@ file 3
package shop.shared;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** The reader of a stream of answers: whoever writes to it waits for it. */
public final class Reader<R> {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    /** Writes the answers. */
    public interface Writer<R> {
        void write(Reader<R> reader) throws Exception;
    }

    private final ServerCallStreamObserver<R> call;

    private Reader(StreamObserver<R> observer) {
        call = (ServerCallStreamObserver<R>) observer;
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::wake);
    }

    /** Runs the writer on a thread of its own, since the library tells of the reader on the one that it has called; then ends the stream. */
    public static <R> void serve(StreamObserver<R> observer, Writer<R> writer) {
        Reader<R> reader = new Reader<>(observer);
        THREADS.execute(Context.current().wrap(() -> {
            try {
                writer.write(reader);
            } catch (Exception error) {
                if (!reader.call.isCancelled()) observer.onError(Calls.statusOf(error));
                return;
            }
            if (!reader.call.isCancelled()) observer.onCompleted();
        }));
    }

    /** Sends a message when the reader takes more. Fails when it has gone. */
    public void send(R message) throws InterruptedException {
        awaitReady();
        call.onNext(message);
    }

    /** Waits until the reader takes more. Fails when it has gone. */
    public void awaitReady() throws InterruptedException {
        await(call::isReady);
    }

    /** Waits for something that {@link #wake} tells of. Fails when the reader has gone. */
    public synchronized void await(BooleanSupplier condition) throws InterruptedException {
        while (!call.isCancelled() && !condition.getAsBoolean()) wait();
        if (call.isCancelled()) throw Status.CANCELLED.asRuntimeException();
    }

    public synchronized void wake() {
        notifyAll();
    }
}
