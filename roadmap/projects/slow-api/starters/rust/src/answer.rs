//! What requests are answered with.

use std::error::Error;
use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

pub type Answer = Result<Response, Failure>;

/// Why a request is not answered with what it asks for.
#[derive(Clone, Debug)]
pub enum Failure {
    /// It asks for what can't be had. The code goes into the answer.
    Refused(StatusCode, &'static str),
    /// It is not the request's fault.
    Broken(Arc<dyn Error + Send + Sync>),
}

impl Failure {
    pub const NOT_FOUND: Failure = Failure::Refused(StatusCode::NOT_FOUND, "not_found");

    pub fn bad_request(code: &'static str) -> Failure {
        Failure::Refused(StatusCode::BAD_REQUEST, code)
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Broken(Arc::new(error))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Failure::Refused(status, code) => (status, code),
            Failure::Broken(error) => {
                log(&*error);
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        };
        json(status, &json!({ "error": code }))
    }
}

/// An answer with a body.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string_pretty(body) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// A line for whoever runs the API: the error, and what it comes from.
pub fn log(error: &(dyn Error + 'static)) {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line = format!("{line}: {cause}");
        source = cause.source();
    }
    eprintln!("{}", line.replace('\n', " "));
}
