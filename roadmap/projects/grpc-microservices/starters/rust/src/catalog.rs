//! Says what the shop sells.

// roadmap: http-and-api-protocols
// roadmap: api-design

use crate::shared::run::{Failure, Settings};
use crate::shared::stop::Stop;
use crate::shared::{products, server};
use crate::shopv1::catalog_server::{Catalog, CatalogServer};

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    let rows = products::read(&settings.products_file)?;
    // TODO (stage 1): answer GetProduct.
    //   1. Give Service the products, and write get_product in `impl Catalog`:
    //      async fn get_product(&self, request: Request<GetProductRequest>) -> Result<Response<Product>, Status>
    //      Methods that it lacks answer UNIMPLEMENTED.
    //   2. Messages are structs in crate::shopv1; Request, Response and Status are tonic's.
    //      Status::not_found("why") is an error with a status code.
    //   3. An id that no product has is NOT_FOUND, an empty one INVALID_ARGUMENT.
    eprintln!(
        "TODO (stage 1): {} products are here, and GetProduct is not yet. Your work begins in src/catalog.rs; README.md says how.",
        rows.len(),
    );
    server::serve(&settings, stop, CatalogServer::new(Service {})).await
}

struct Service {}

#[tonic::async_trait]
impl Catalog for Service {}
