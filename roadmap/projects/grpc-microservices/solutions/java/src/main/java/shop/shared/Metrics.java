//@ file 12
package shop.shared;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;

/** How long calls take, for Prometheus. */
final class Metrics {
    /** The name and the bounds are OpenTelemetry's for rpc.server.call.duration. */
    static final Histogram DURATIONS = Histogram.builder()
            .name("rpc_server_call_duration_seconds")
            .help("How long calls took, from their arrival to their status.")
            .classicOnly()
            .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
            .labelNames("rpc_system_name", "rpc_method", "rpc_response_status_code")
            .register();

    private Metrics() {}

    /** Serves them over HTTP, if somebody wants them. */
    static AutoCloseable serve(Settings settings) throws IOException {
        if (settings.metricsPort() == 0) return () -> {};
        HTTPServer server = HTTPServer.builder().hostname(settings.host()).port(settings.metricsPort()).buildAndStart();
        return server::close;
    }
}
