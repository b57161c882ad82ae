//! Takes orders.

// roadmap: event-driven-systems

use crate::shared::run::{Failure, Settings};
use crate::shared::server;
use crate::shared::stop::Stop;
use crate::shopv1::orders_server::{Orders, OrdersServer};

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    server::serve(&settings, stop, OrdersServer::new(Service {})).await
}

struct Service {}

#[tonic::async_trait]
impl Orders for Service {}
