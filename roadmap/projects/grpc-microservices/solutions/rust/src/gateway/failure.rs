//@ file 11
//! What a client is told when it gets no answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tonic::{Code, Status};

use crate::shared::codes;

#[derive(Debug)]
pub struct Failure {
    /// Of HTTP.
    status: u16,
    code: &'static str,
    message: String,
}

impl Failure {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Failure { status, code, message: message.into() }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Failure::new(400, "INVALID_ARGUMENT", message)
    }

    pub fn unauthenticated(message: &str) -> Self {
        Failure::new(401, "UNAUTHENTICATED", message)
    }

    pub fn forbidden(message: String) -> Self {
        Failure::new(403, "PERMISSION_DENIED", message)
    }

    pub fn not_found(message: &str) -> Self {
        Failure::new(404, "NOT_FOUND", message)
    }

    pub fn method_not_allowed() -> Self {
        Failure::new(405, "METHOD_NOT_ALLOWED", "the Allow header says which methods this path has")
    }

    pub fn too_large() -> Self {
        Failure::new(413, "RESOURCE_EXHAUSTED", "the body is above 1 MiB")
    }
    //@ stage 13

    pub fn unavailable(message: &str) -> Self {
        Failure::new(503, "UNAVAILABLE", message)
    }
    //@ end
}

/// What a neighbor said. Of its inner troubles the client hears nothing.
impl From<Status> for Failure {
    fn from(said: Status) -> Self {
        let status = http_status(said.code());
        let message = if status < 500 { said.message() } else { "the shop can't answer at the moment" };
        Failure::new(status, codes::name(said.code()), message)
    }
}

/// As google.rpc.Code maps them.
fn http_status(code: Code) -> u16 {
    match code {
        Code::Cancelled => 499,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::Aborted => 409,
        Code::ResourceExhausted => 429,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
        _ => 500,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        let mut response = (status, Json(body)).into_response();
        let more = match self.status {
            401 => Some((header::WWW_AUTHENTICATE, "Bearer")),
            503 => Some((header::RETRY_AFTER, "1")),
            _ => None,
        };
        if let Some((name, value)) = more {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
