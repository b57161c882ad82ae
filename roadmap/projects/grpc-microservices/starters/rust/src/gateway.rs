//! Offers the shop as JSON over HTTP.

// roadmap: authentication-authorization

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::{Router, serve as serve_http};
use tokio::net::TcpListener;

use crate::shared::run::{Failure, Settings};
use crate::shared::stop::Stop;

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    // TODO (stage 11): answer GET /products/{id}, POST /orders and GET /orders/{id}.
    let router = Router::new().fallback(not_yet);
    tokio::select! {
        served = async { serve_http(listener, router).await } => Ok(served?),
        () = stop.cancelled() => Ok(()),
    }
}

async fn not_yet() -> impl IntoResponse {
    let body = r#"{ "error": { "code": "UNIMPLEMENTED", "message": "The gateway is built in stage 11." } }"#;
    (StatusCode::NOT_IMPLEMENTED, [(header::CONTENT_TYPE, "application/json")], body)
}
