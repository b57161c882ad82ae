#@ file 12
"""How long calls take, for Prometheus."""

from prometheus_client import Histogram, start_http_server

from .run import Settings

# The name and the bounds are OpenTelemetry's for rpc.server.call.duration.
durations = Histogram(
    "rpc_server_call_duration_seconds",
    "How long calls took, from their arrival to their status.",
    ("rpc_system_name", "rpc_method", "rpc_response_status_code"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)


def serve_metrics(settings: Settings) -> None:
    """Serves them over HTTP, if somebody wants them."""
    if settings.metrics_port is not None:
        start_http_server(settings.metrics_port, settings.host)
