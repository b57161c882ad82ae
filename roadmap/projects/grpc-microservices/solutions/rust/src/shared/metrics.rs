//@ file 12
//! How long calls take, for Prometheus.

use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use prometheus::{HistogramVec, TextEncoder, histogram_opts, register_histogram_vec};
use tokio::net::TcpListener;

use super::log;
use super::run::{Failure, Settings};

/// The name and the bounds are OpenTelemetry's for rpc.server.call.duration.
static DURATIONS: LazyLock<HistogramVec> = LazyLock::new(|| {
    let bounds = vec![0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
    let help = "How long calls took, from their arrival to their status.";
    let options = histogram_opts!("rpc_server_call_duration_seconds", help, bounds);
    register_histogram_vec!(options, &["rpc_system_name", "rpc_method", "rpc_response_status_code"])
        .expect("its name is registered once")
});

/// Counts a call of a method, such as "shop.v1.Catalog/GetProduct".
pub fn observe(method: &str, code: &str, took: Duration) {
    DURATIONS.with_label_values(&["grpc", method, code]).observe(took.as_secs_f64());
}

/// Offers the metrics over HTTP, if somebody wants them.
pub async fn serve(settings: &Settings) -> Result<(), Failure> {
    let Some(port) = settings.metrics_port else { return Ok(()) };
    let listener = TcpListener::bind((settings.host.as_str(), port)).await?;
    let router = Router::new().route("/metrics", get(text));
    tokio::spawn(async {
        if let Err(error) = axum::serve(listener, router).await {
            log::error("metrics are no longer served", &error.to_string());
        }
    });
    Ok(())
}

async fn text() -> Result<String, StatusCode> {
    TextEncoder::new().encode_to_string(&prometheus::gather()).map_err(|error| {
        log::error("the metrics can't be written", &error.to_string());
        StatusCode::INTERNAL_SERVER_ERROR
    })
}
