//@ file 7
//! When to call again.

use std::time::Duration;

use tonic::{Code, Status};

const ATTEMPTS: u32 = 4;
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MOST_BACKOFF: Duration = Duration::from_secs(1);

/// Where a server says when to come again (gRFC A6).
pub const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// How long to wait after an attempt (1 is the first) that failed: what the server asks for, else a growing time that no two callers share.
/// None when another one helps nobody.
pub fn pause(attempt: u32, failure: &Status) -> Option<Duration> {
    if failure.code() != Code::Unavailable || attempt >= ATTEMPTS {
        return None;
    }
    if let Some(asked) = failure.metadata().get(PUSHBACK) {
        // A negative number, or none at all, says: don't come again.
        return asked.to_str().ok()?.parse().ok().map(Duration::from_millis);
    }
    let backoff = MOST_BACKOFF.min(FIRST_BACKOFF * 2_u32.pow(attempt - 1));
    Some(backoff.mul_f64(rand::random_range(0.8..1.2)))
}
