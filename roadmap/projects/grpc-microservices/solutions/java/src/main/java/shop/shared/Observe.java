//@ file 12
package shop.shared;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;

/** Continues the caller's trace, or begins one; logs and measures each call. */
final class Observe implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Trace trace = Trace.read(all(headers, Trace.PARENT), all(headers, Trace.STATE));
        String method = call.getMethodDescriptor().getFullMethodName();
        long began = System.nanoTime();
        AtomicBoolean over = new AtomicBoolean();
        ServerCall<Q, R> observed = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                if (over.compareAndSet(false, true)) observe(trace, method, status.getCode(), System.nanoTime() - began);
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(Contexts.interceptCall(Context.current().withValue(Trace.CURRENT, trace), observed, headers, next)) {
            @Override
            public void onCancel() {
                if (over.compareAndSet(false, true)) observe(trace, method, Status.Code.CANCELLED, System.nanoTime() - began);
                super.onCancel();
            }
        };
    }

    private static void observe(Trace trace, String method, Status.Code code, long nanos) {
        Log.request(trace, "/" + method, code.name(), nanos);
        if (method.startsWith("shop.v1.")) Metrics.DURATIONS.labelValues("grpc", method, code.name()).observe(nanos / 1e9);
    }

    private static List<String> all(Metadata headers, Metadata.Key<String> key) {
        Iterable<String> values = headers.getAll(key);
        return values == null ? List.of() : StreamSupport.stream(values.spliterator(), false).toList();
    }
}
