//@ file 12
//! Sees each call that comes in: continues its trace, logs and measures it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::Code;

use super::trace::Trace;
use super::{codes, log, metrics};

/// To be put around the routes of a gRPC server.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let trace = Trace::of(request.headers());
    let method = request.uri().path().to_string();
    request.extensions_mut().insert(trace.clone());
    // Until a status is seen: that of a call whose caller has gone.
    let mut call = Call { trace, method, began: Instant::now(), code: Code::Cancelled };
    let response = next.run(request).await;
    call.see(response.headers());
    response.map(|body| Body::new(Observed { body, call }))
}

struct Call {
    trace: Trace,
    method: String,
    began: Instant,
    code: Code,
}

impl Call {
    /// The status stands in the trailers; in the headers when there is no message.
    fn see(&mut self, headers: &HeaderMap) {
        if let Some(status) = headers.get("grpc-status") {
            self.code = Code::from_bytes(status.as_bytes());
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let (code, took) = (codes::name(self.code), self.began.elapsed());
        log::request(&self.trace, &self.method, code.into(), took);
        if let Some(method) = self.method.strip_prefix('/').filter(|method| method.starts_with("shop.v1.")) {
            metrics::observe(method, code, took);
        }
    }
}

/// An answer whose call ends with it.
struct Observed {
    body: Body,
    call: Call,
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(trailers) = frame.trailers_ref()
        {
            self.call.see(trailers);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
