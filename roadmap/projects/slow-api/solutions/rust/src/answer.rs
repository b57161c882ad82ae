//@ file 10
//! What requests are answered with.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

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
    match serde_json::to_string(body) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// Below this, compressing makes more of it.
const LEAST_TO_COMPRESS: usize = 512;

/// Makes less of an answer: compressed for who accepts it, and without its body for who has it already.
pub async fn encode(request: Request, next: Next) -> Response {
    let (method, asked) = (request.method().clone(), request.headers().clone());
    let (mut head, body) = next.run(request).await.into_parts();
    let encoded = async {
        let text = to_bytes(body, usize::MAX).await?;
        let packed = text.len() >= LEAST_TO_COMPRESS && accepts_gzip(&asked);
        head.headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if method == Method::GET && head.status == StatusCode::OK {
            let tag = tag_of(&text, packed);
            head.headers.insert(header::ETAG, HeaderValue::try_from(&tag)?);
            if list(&asked, &header::IF_NONE_MATCH).any(|own| own == "*" || own.trim_start_matches("W/") == tag) {
                head.status = StatusCode::NOT_MODIFIED;
                head.headers.remove(header::CONTENT_TYPE);
                head.headers.remove(header::CONTENT_LENGTH);
                return Ok(Response::from_parts(head, Body::empty()));
            }
        }
        let bytes = if packed { Bytes::from(compress(&text)?) } else { text };
        if packed {
            head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        Ok(Response::from_parts(head, Body::from(bytes)))
    };
    encoded.await.unwrap_or_else(Failure::into_response)
}

/// RFC 9110, 12.5.3, as far as gzip goes.
fn accepts_gzip(asked: &HeaderMap) -> bool {
    let mut codings = list(asked, &header::ACCEPT_ENCODING).map(|coding| coding.to_ascii_lowercase());
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let weight = |part: &str| part.strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        parts.next() == Some("gzip") && parts.all(|part| weight(part) != Some(0.0))
    })
}

/// The entries of a header that is a list.
fn list<'a>(asked: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = asked.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Another representation is another thing: its tag differs.
fn tag_of(text: &[u8], packed: bool) -> String {
    let sum = Sha256::digest(text);
    let start = u128::from_be_bytes(*sum.first_chunk().expect("SHA-256 has 32 bytes"));
    format!("\"{start:032x}{}\"", if packed { "-gzip" } else { "" })
}

fn compress(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text)?;
    encoder.finish()
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
