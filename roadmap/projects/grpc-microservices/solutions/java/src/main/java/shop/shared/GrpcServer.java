//@ file 2
// A gRPC server. Every program but the gateway uses it.
package shop.shared;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public final class GrpcServer {
    //@ stage 13
    /** Milliseconds in which those who watch the health can hear of the end, before connections close. */
    private static final long NOTICE = 100;

    //@ end
    private GrpcServer() {}

    //@ stage 2-12
    /** Offers one service, without TLS. */
    //@ end
    //@ stage 13
    /** Offers one service, without TLS. When it is closed it finishes what is running. */
    //@ end
    public static AutoCloseable serve(Settings settings, BindableService service) throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus(service.bindService().getServiceDescriptor().getName(), ServingStatus.SERVING);
        //@ stage 12
        AutoCloseable metrics = Metrics.serve(settings);
        //@ end
        //@ stage 13
        Running running = new Running();
        //@ end
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
                // Calls may wait: as many threads as there are calls.
                .executor(Executors.newCachedThreadPool())
                .addService(service)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                //@ stage 12
                .intercept(new Observe())
                //@ end
                //@ stage 13
                .intercept(running)
                //@ end
                .build()
                .start();
        //@ stage 2-11
        return server::shutdownNow;
        //@ end
        //@ stage 12-12
        return () -> {
            server.shutdownNow();
            metrics.close();
        };
        //@ end
        //@ stage 13
        return () -> {
            health.enterTerminalState();
            Thread.sleep(NOTICE);
            // Takes no new connections and calls. It would also wait for those who watch, so it is not waited for.
            server.shutdown();
            running.await(settings.graceMs());
            server.shutdownNow();
            server.awaitTermination(500, java.util.concurrent.TimeUnit.MILLISECONDS);
            metrics.close();
        };
        //@ end
    }
}
