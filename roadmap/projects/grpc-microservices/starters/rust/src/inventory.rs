//! Says what is in stock.

// roadmap: transactions-consistency

use crate::shared::run::{Failure, Settings};
use crate::shared::stop::Stop;
use crate::shared::{products, server};
use crate::shopv1::inventory_server::{Inventory, InventoryServer};

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    products::read(&settings.products_file)?;
    server::serve(&settings, stop, InventoryServer::new(Service {})).await
}

struct Service {}

#[tonic::async_trait]
impl Inventory for Service {}
