//! Given: a gRPC server. Yours from stage 2 on.

use std::convert::Infallible;

use axum::response::IntoResponse;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;

use super::run::{Failure, Settings};
use super::stop::Stop;

/// Offers one service over gRPC, without TLS, until the program has to stop.
pub async fn serve<S>(settings: &Settings, stop: Stop, service: S) -> Result<(), Failure>
where
    S: Service<http::Request<Body>, Error = Infallible> + NamedService + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    // From stage 2 on it says how it is, from stage 13 on it finishes what is running.
    let router = Routes::new(service).prepare().into_axum_router();
    // A small answer does not wait for more to send.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    tokio::select! {
        served = async { axum::serve(listener, router).await } => Ok(served?),
        () = stop.cancelled() => Ok(()),
    }
}
