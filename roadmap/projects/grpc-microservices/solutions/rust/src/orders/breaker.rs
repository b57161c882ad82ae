//@ file 9
//! Stops calls to a neighbor that fails again and again.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;
use tonic::Status;

use super::saga::is_refusal;
use crate::shared::context::Context;
use crate::shared::retry::PUSHBACK;

/// So many in a row open the breaker.
const FAILURES_TO_OPEN: u32 = 10;

/// Closed until too many attempts fail; then open for a time, and nobody is let through; then one attempt, the probe, tells whether it closes
/// or opens again.
pub struct Breaker {
    open_for: Duration,
    state: Mutex<State>,
}

enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Probing,
}

impl Breaker {
    pub fn new(open_for: Duration) -> Self {
        Breaker { open_for, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Makes an attempt, unless it is open.
    pub async fn around<A>(&self, context: &Context, attempt: impl Future<Output = Result<A, Status>>) -> Result<A, Status> {
        let mut pass = self.enter(context)?;
        let answered = attempt.await;
        pass.outcome = Some(match &answered {
            Ok(_) => Outcome::Success,
            Err(failure) if is_refusal(failure.code()) => Outcome::Success,
            Err(_) => Outcome::Failure,
        });
        answered
    }

    fn enter<'a>(&'a self, context: &'a Context) -> Result<Pass<'a>, Status> {
        let mut state = self.lock();
        let probe = match *state {
            State::Closed { .. } => false,
            State::Open { until } if Instant::now() >= until => {
                *state = State::Probing;
                true
            }
            State::Open { .. } | State::Probing => return Err(open()),
        };
        Ok(Pass { breaker: self, context, probe, outcome: None })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the lock")
    }
}

/// Nobody is asked, and to repeat it at once helps nobody.
fn open() -> Status {
    let mut status = Status::unavailable("payments have failed again and again: they are not asked for a while");
    status.metadata_mut().insert(PUSHBACK, "-1".parse().expect("it is ASCII"));
    status
}

enum Outcome {
    Success,
    Failure,
    /// Its caller went away, so it tells nothing.
    Nothing,
}

/// An attempt that was let through. Without an outcome it was dropped on the way.
struct Pass<'a> {
    breaker: &'a Breaker,
    context: &'a Context,
    probe: bool,
    outcome: Option<Outcome>,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let in_time = self.context.left() != Some(Duration::ZERO);
        let outcome = self.outcome.take().unwrap_or(if in_time { Outcome::Nothing } else { Outcome::Failure });
        let opened = || State::Open { until: Instant::now() + self.breaker.open_for };
        let mut state = self.breaker.lock();
        *state = match (&*state, outcome) {
            (_, Outcome::Success) if self.probe => State::Closed { failures: 0 },
            (_, Outcome::Failure) if self.probe => opened(),
            // The next one is the probe.
            (_, Outcome::Nothing) if self.probe => State::Open { until: Instant::now() },
            (State::Closed { .. }, Outcome::Success) => State::Closed { failures: 0 },
            (State::Closed { failures }, Outcome::Failure) if failures + 1 >= FAILURES_TO_OPEN => opened(),
            (State::Closed { failures }, Outcome::Failure) => State::Closed { failures: failures + 1 },
            // One that began before it opened says nothing of now.
            _ => return,
        };
    }
}
