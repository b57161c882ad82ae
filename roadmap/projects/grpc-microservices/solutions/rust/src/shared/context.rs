//@ file 6
//! What work that serves a call is bound to: the caller's time, and whether the caller is still there.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::metadata::MetadataMap;
//@ stage 11
use tonic::metadata::{Ascii, MetadataValue};
//@ end
use tonic::{Request, Status};
//@ stage 12

use super::trace::Trace;
//@ end

/// How long a call to a neighbor may take when nobody has said.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Clones are cancelled together.
#[derive(Clone)]
pub struct Context {
    /// None when the caller has set no deadline.
    until: Option<Instant>,
    gone: CancellationToken,
    //@ stage 11
    /// The user for whom it is done, when the gateway knows one.
    user: Option<MetadataValue<Ascii>>,
    //@ end
    //@ stage 12
    trace: Trace,
    //@ end
}

impl Context {
    /// That of a call that has come in, with the time that its caller gives it.
    pub fn of<M>(request: &Request<M>) -> Self {
        let until = time_left(request.metadata()).map(|left| Instant::now() + left);
        //@ stage 6-10
        Context { until, gone: CancellationToken::new() }
        //@ end
        //@ stage 11-11
        Context { until, gone: CancellationToken::new(), user: None }
        //@ end
        //@ stage 12
        let trace = request.extensions().get().cloned().unwrap_or_else(Trace::begin);
        Context { until, gone: CancellationToken::new(), user: None, trace }
        //@ end
    }

    /// That of work which nobody has called for.
    //@ stage 6-11
    pub fn new(limit: Duration) -> Self {
    //@ end
    //@ stage 12
    pub fn new(limit: Duration, trace: Trace) -> Self {
    //@ end
        let until = Some(Instant::now() + limit);
        //@ stage 6-10
        Context { until, gone: CancellationToken::new() }
        //@ end
        //@ stage 11-11
        Context { until, gone: CancellationToken::new(), user: None }
        //@ end
        //@ stage 12
        Context { until, gone: CancellationToken::new(), user: None, trace }
        //@ end
    }

    /// That of work which goes on without the caller.
    pub fn on_its_own(&self, limit: Duration) -> Self {
        Context { until: Some(Instant::now() + limit), gone: CancellationToken::new(), ..self.clone() }
    }

    /// With a deadline, also when the caller has set none.
    pub fn or_within(mut self, limit: Duration) -> Self {
        self.until = self.until.or_else(|| Some(Instant::now() + limit));
        self
    }

    /// For a part of the work, which may take so long at most.
    pub fn at_most(&self, limit: Duration) -> Self {
        let soon = Instant::now() + limit;
        Context { until: Some(self.until.map_or(soon, |until| until.min(soon))), ..self.clone() }
    }
    //@ stage 11

    /// For a user, whom neighbors are told of.
    pub fn for_user(mut self, user: MetadataValue<Ascii>) -> Self {
        self.user = Some(user);
        self
    }
    //@ end

    /// None when there is no deadline.
    pub fn left(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Fails when the time is over or the caller has gone.
    pub fn check(&self) -> Result<(), Status> {
        if self.left() == Some(Duration::ZERO) {
            return Err(time_is_over());
        }
        if self.gone.is_cancelled() { Err(caller_is_gone()) } else { Ok(()) }
    }

    /// Does the work, and drops it when the time is over or the caller has gone.
    pub async fn run<F: Future>(&self, work: F) -> Result<F::Output, Status> {
        let in_time = async {
            match self.until {
                Some(until) => timeout_at(until, work).await.map_err(|_| time_is_over()),
                None => Ok(work.await),
            }
        };
        tokio::select! {
            biased;
            done = in_time => done,
            () = self.gone.cancelled() => Err(caller_is_gone()),
        }
    }

    /// Hold it while the call lasts: the server drops a call that its caller has cancelled.
    pub fn cancel_when_dropped(&self) -> DropGuard {
        self.gone.clone().drop_guard()
    }

    /// A call to a neighbor, which learns the time that is left.
    pub fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        if let Some(left) = self.left() {
            request.set_timeout(left);
        }
        //@ stage 11
        if let Some(user) = &self.user {
            request.metadata_mut().insert("x-user-id", user.clone());
        }
        //@ end
        //@ stage 12
        self.trace.pass_on(request.metadata_mut());
        //@ end
        request
    }
}

fn time_is_over() -> Status {
    Status::deadline_exceeded("the caller's time is over")
}

fn caller_is_gone() -> Status {
    Status::cancelled("the caller has gone")
}

/// The time that a caller gives, as the gRPC protocol writes it: a number and the letter of its unit.
fn time_left(metadata: &MetadataMap) -> Option<Duration> {
    let text = metadata.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number.checked_mul(3600)?)),
        "M" => Some(Duration::from_secs(number.checked_mul(60)?)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}
