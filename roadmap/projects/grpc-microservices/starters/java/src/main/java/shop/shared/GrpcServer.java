// Given: a gRPC server. Every program but the gateway uses it.
package shop.shared;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public final class GrpcServer {
    private GrpcServer() {}

    /** Offers one service, without TLS. From stage 2 on it says how it is, from stage 13 on it finishes what is running when it is closed. */
    public static AutoCloseable serve(Settings settings, BindableService service) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
                // Calls may wait: as many threads as there are calls.
                .executor(Executors.newCachedThreadPool())
                .addService(service)
                .build()
                .start();
        return server::shutdownNow;
    }
}
