//@ file 6
//! Calls to neighbors.

use std::error::Error;
//@ stage 10
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
//@ end

//@ stage 7-9
use tokio::time::sleep;
//@ end
//@ stage 10
use tokio::time::{Instant, sleep};
//@ end
use tonic::transport::Channel;
//@ stage 6-9
use tonic::{Request, Response, Status, TimeoutExpired};
//@ end
//@ stage 10
use tonic::{ConnectError, Request, Response, Status, TimeoutExpired};
//@ end

use super::client::connect;
use super::context::Context;
//@ stage 7
use super::retry::pause;
//@ end
use super::run::Failure;

//@ stage 10
/// How long a replica that can't be reached is left alone.
const REST: Duration = Duration::from_millis(500);

//@ end
/// A program that others call.
pub struct Neighbor {
    //@ stage 6-9
    channel: Channel,
    //@ end
    //@ stage 10
    replicas: Vec<Replica>,
    turn: AtomicUsize,
    //@ end
}
//@ stage 10

struct Replica {
    channel: Channel,
    /// When it is tried again; None while it can be reached.
    resting: Mutex<Option<Instant>>,
}
//@ end

impl Neighbor {
    //@ stage 6-9
    /// Prepares a connection to "host:port".
    pub fn connect(address: &str) -> Result<Self, Failure> {
        Ok(Neighbor { channel: connect(address)? })
    }
    //@ end
    //@ stage 10
    /// Prepares a connection to each replica of "host:port,host:port". Calls go to those that can be reached, in turn.
    pub fn connect(addresses: &str) -> Result<Self, Failure> {
        let replica = |address: &str| Ok(Replica { channel: connect(address.trim())?, resting: Mutex::new(None) });
        let replicas = addresses.split(',').map(replica).collect::<Result<_, Failure>>()?;
        Ok(Neighbor { replicas, turn: AtomicUsize::new(0) })
    }
    //@ end

    //@ stage 6-6
    /// Calls once, within the time that is left.
    //@ end
    //@ stage 7
    /// Calls within the time that is left, again with the same message when the neighbor was not available. `method` makes one attempt.
    //@ end
    pub async fn call<Q, A, F>(
        &self,
        context: &Context,
        message: Q,
        method: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, Status>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        //@ stage 6-6
        self.attempt(context, &message, &method).await
        //@ end
        //@ stage 7
        let mut attempt = 1;
        loop {
            let failure = match self.attempt(context, &message, &method).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Some(wait) = pause(attempt, &failure) else { return Err(failure) };
            context.run(sleep(wait)).await?;
            attempt += 1;
        }
        //@ end
    }

    //@ stage 6-9
    async fn attempt<Q, A, F>(
        &self,
        context: &Context,
        message: &Q,
        method: &impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, Status>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        context.check()?;
        let answered = context.run(method(self.channel.clone(), context.request(message.clone()))).await?;
        answered.map(Response::into_inner).map_err(on_the_way)
    }
    //@ end
    //@ stage 10
    /// A replica that could not be reached has not heard of the call, so the next one gets it at once.
    async fn attempt<Q, A, F>(
        &self,
        context: &Context,
        message: &Q,
        method: &impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, Status>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut tried = 1;
        loop {
            context.check()?;
            let replica = self.next();
            let answered = context.run(method(replica.channel.clone(), context.request(message.clone()))).await?;
            match answered {
                Err(failure) if causes(&failure).any(|cause| cause.is::<ConnectError>()) => {
                    replica.rest(Some(Instant::now() + REST));
                    if tried == self.replicas.len() {
                        return Err(on_the_way(failure));
                    }
                    tried += 1;
                }
                answered => {
                    replica.rest(None);
                    return answered.map(Response::into_inner).map_err(on_the_way);
                }
            }
        }
    }

    /// The next one in turn of those that do not rest; of all when all do.
    fn next(&self) -> &Replica {
        let now = Instant::now();
        let mut able: Vec<&Replica> = self.replicas.iter().filter(|replica| !replica.rests(now)).collect();
        if able.is_empty() {
            able = self.replicas.iter().collect();
        }
        able[self.turn.fetch_add(1, Ordering::Relaxed) % able.len()]
    }
    //@ end
}
//@ stage 10

impl Replica {
    fn rest(&self, until: Option<Instant>) {
        *self.resting.lock().expect("nobody panics with the lock") = until;
    }

    fn rests(&self, now: Instant) -> bool {
        self.resting.lock().expect("nobody panics with the lock").is_some_and(|until| now < until)
    }
}
//@ end

/// Tells a neighbor's own answer from what went wrong on the way to it: that has a cause here.
fn on_the_way(status: Status) -> Status {
    if causes(&status).any(|cause| cause.is::<TimeoutExpired>()) {
        return Status::deadline_exceeded("the neighbor has not answered in time");
    }
    if causes(&status).next().is_some() {
        return Status::unavailable(format!("the neighbor can't be reached: {}", status.message()));
    }
    status
}

fn causes(status: &Status) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(status.source(), |&cause| cause.source())
}
