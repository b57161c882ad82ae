//@ file 3
//! Connections to neighbors.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

use super::run::Failure;

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(1);

/// Prepares a connection to a neighbor ("host:port"), which need not be up yet: calls fail with UNAVAILABLE until it is.
pub fn connect(address: &str) -> Result<Channel, Failure> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|error| format!("\"{address}\" is no address of a neighbor: {error}"))?;
    Ok(endpoint.connect_timeout(CONNECT).connect_lazy())
}
