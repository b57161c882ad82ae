//! Where the time of one request goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// The clocks of one request. Its clones are the same ones.
#[derive(Clone)]
pub struct Timing {
    started: Instant,
    /// Microseconds that statements took.
    database: Arc<AtomicU64>,
}

impl Timing {
    /// Counts the time from the sending of a statement to its complete result.
    pub async fn database<T>(&self, statement: impl Future<Output = T>) -> T {
        let sent = Instant::now();
        let result = statement.await;
        self.database.fetch_add(sent.elapsed().as_micros() as u64, Ordering::Relaxed);
        result
    }

    fn header(&self) -> HeaderValue {
        let database = self.database.load(Ordering::Relaxed) as f64 / 1000.0;
        let total = self.started.elapsed().as_secs_f64() * 1000.0;
        HeaderValue::try_from(format!("db;dur={database:.1}, total;dur={total:.1}")).expect("digits and words are a header")
    }
}

/// Gives a request its clocks, and its answer what they show.
pub async fn measure(mut request: Request, next: Next) -> Response {
    let timing = Timing { started: Instant::now(), database: Arc::default() };
    request.extensions_mut().insert(timing.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(HeaderName::from_static("server-timing"), timing.header());
    response
}
