package shop.shared;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;

/** How a method ends. */
public final class Calls {
    private Calls() {}

    /** Answers with what the method returns, or with the status that it throws. */
    public static <R> void unary(StreamObserver<R> observer, Callable<R> method) {
        R response;
        try {
            response = method.call();
        } catch (Exception error) {
            observer.onError(statusOf(error));
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    /** What a caller is told. What is no status is a defect: for the log, not for the caller. */
    public static StatusRuntimeException statusOf(Exception error) {
        // Without the trailers: they are for whoever called the neighbor.
        if (error instanceof StatusRuntimeException known) return known.getStatus().asRuntimeException();
        //@ stage 1-11
        System.err.println(error);
        //@ end
        //@ stage 12
        Log.write("error", error.toString(), java.util.Map.of());
        //@ end
        return Status.INTERNAL.withDescription("internal error").asRuntimeException();
    }

    public static StatusRuntimeException invalid(String text) {
        return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
    }
}
