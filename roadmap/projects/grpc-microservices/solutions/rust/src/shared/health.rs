//@ file 2
//! Tells how the program is, as the gRPC project has agreed on. The library's own service answers NOT_FOUND to those who watch a name that
//! it does not know, where the contract keeps them waiting.

use futures_util::{StreamExt, stream};
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
//@ stage 13

use super::stop::Stop;
//@ end

/// How one service, and with it the whole program, is.
pub struct ProgramHealth {
    pub service: &'static str,
    //@ stage 13
    /// Cancelled when the program has to stop: it serves no longer.
    pub stop: Stop,
    /// Cancelled when those who watch have heard of it.
    pub closing: Stop,
    //@ end
}

impl ProgramHealth {
    /// None for a service that the program does not have. The empty name is the program itself.
    fn state(&self, service: &str) -> Option<ServingStatus> {
        //@ stage 2-12
        (service.is_empty() || service == self.service).then_some(ServingStatus::Serving)
        //@ end
        //@ stage 13
        let state = if self.stop.is_cancelled() { ServingStatus::NotServing } else { ServingStatus::Serving };
        (service.is_empty() || service == self.service).then_some(state)
        //@ end
    }
}

#[tonic::async_trait]
impl Health for ProgramHealth {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        match self.state(&service) {
            Some(state) => Ok(Response::new(message(state))),
            None => Err(Status::not_found(format!("there is no service \"{service}\" here"))),
        }
    }

    type WatchStream = BoxStream<HealthCheckResponse>;

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let known = self.state(&request.into_inner().service);
        let first = stream::iter([Ok(message(known.unwrap_or(ServingStatus::ServiceUnknown)))]);
        //@ stage 2-12
        // Nothing changes any more, and whoever watches stays.
        Ok(Response::new(Box::pin(first.chain(stream::pending()))))
        //@ end
        //@ stage 13
        let (stop, closing) = (self.stop.clone(), self.closing.clone());
        let changes = known == Some(ServingStatus::Serving);
        let change = stream::once(async move {
            stop.cancelled().await;
            Ok(message(ServingStatus::NotServing))
        });
        let end = stream::once(async move {
            closing.cancelled().await;
            Err(Status::unavailable("the program stops: watch another one"))
        });
        Ok(Response::new(Box::pin(first.chain(change.take(usize::from(changes))).chain(end))))
        //@ end
    }
}

fn message(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}
