//! Serves gRPC.

use std::convert::Infallible;
//@ stage 13
use std::time::Duration;
//@ end

//@ stage 13
use axum::Router;
//@ end
//@ stage 12
use axum::middleware;
//@ end
use axum::response::IntoResponse;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
//@ stage 13
use tokio::time::sleep;
//@ end
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;
//@ stage 2
use tonic_health::pb::health_server::HealthServer;
use tonic_reflection::pb::v1::server_reflection_server::ServerReflectionServer;
//@ end

//@ stage 2
use super::health::ProgramHealth;
//@ end
//@ stage 12
use super::metrics;
use super::observe::observe;
//@ end
//@ stage 2
use super::reflection::Reflection;
//@ end
use super::run::{Failure, Settings};
use super::stop::Stop;
//@ stage 2
use crate::shopv1;
//@ end

//@ stage 13
/// How long others have to hear of the end, before connections close.
const NOTICE: Duration = Duration::from_millis(100);

//@ end
/// Offers one service over gRPC, without TLS, until the program has to stop.
pub async fn serve<S>(settings: &Settings, stop: Stop, service: S) -> Result<(), Failure>
where
    S: Service<http::Request<Body>, Error = Infallible> + NamedService + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    //@ stage 12
    metrics::serve(settings).await?;
    //@ end
    //@ stage 1-1
    let router = Routes::new(service).prepare().into_axum_router();
    //@ end
    //@ stage 13
    let closing = Stop::new();
    //@ end
    //@ stage 2-12
    let health = ProgramHealth { service: S::NAME };
    //@ end
    //@ stage 13
    let health = ProgramHealth { service: S::NAME, stop: stop.clone(), closing: closing.clone() };
    //@ end
    //@ stage 2
    let services = [S::NAME, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"];
    let contracts = [shopv1::DESCRIPTOR, tonic_health::pb::FILE_DESCRIPTOR_SET, tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET];
    let reflection = ServerReflectionServer::new(Reflection::new(&services, &contracts)?);
    let routes = Routes::new(service).add_service(HealthServer::new(health)).add_service(reflection);
    //@ end
    //@ stage 2-11
    let router = routes.prepare().into_axum_router();
    //@ end
    //@ stage 12
    let router = routes.prepare().into_axum_router().layer(middleware::from_fn(observe));
    //@ end
    //@ stage 1-12
    // A small answer does not wait for more to send.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    tokio::select! {
        served = async { axum::serve(listener, router).await } => Ok(served?),
        () = stop.cancelled() => Ok(()),
    }
    //@ end
    //@ stage 13
    until_drained(settings, stop, closing, listener, router).await
    //@ end
}
//@ stage 13

/// Serves until the program has to stop, then cancels `closing`, takes no more calls, and returns when those that run have ended, or have
/// had their grace.
pub async fn until_drained(
    settings: &Settings,
    stop: Stop,
    closing: Stop,
    listener: TcpListener,
    router: Router,
) -> Result<(), Failure> {
    let close = {
        let (stop, closing) = (stop.clone(), closing.clone());
        async move {
            stop.cancelled().await;
            sleep(NOTICE).await;
            closing.cancel();
        }
    };
    // A small answer does not wait for more to send.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    tokio::select! {
        served = async { axum::serve(listener, router).with_graceful_shutdown(close).await } => Ok(served?),
        () = async { closing.cancelled().await; sleep(settings.grace).await } => Ok(()),
    }
}
//@ end
