//@ file 4
//! Says what is in stock.

mod store;

use std::collections::BTreeMap;

use futures_util::StreamExt;
//@ stage 13
use futures_util::stream;
//@ end
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use crate::shared::run::{Failure, Settings};
use crate::shared::stop::Stop;
use crate::shared::{products, server};
use crate::shopv1::inventory_server::{Inventory, InventoryServer};
use crate::shopv1::{
    GetStockRequest, GetStockResponse, ReleaseRequest, ReleaseResponse, ReserveRequest, ReserveResponse, Stock, WatchStockRequest,
};
use store::Store;

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    let store = Store::new(products::read(&settings.products_file)?);
    //@ stage 4-12
    server::serve(&settings, stop, InventoryServer::new(Service { store })).await
    //@ end
    //@ stage 13
    let service = Service { store, stop: stop.clone() };
    server::serve(&settings, stop, InventoryServer::new(service)).await
    //@ end
}

struct Service {
    store: Store,
    //@ stage 13
    stop: Stop,
    //@ end
}

#[tonic::async_trait]
impl Inventory for Service {
    async fn reserve(&self, request: Request<ReserveRequest>) -> Result<Response<ReserveResponse>, Status> {
        let ReserveRequest { idempotency_key, items } = request.into_inner();
        if idempotency_key.is_empty() {
            return Err(Status::invalid_argument("idempotency_key is empty"));
        }
        if items.is_empty() {
            return Err(Status::invalid_argument("there are no items"));
        }
        let mut wanted = BTreeMap::new();
        for item in items {
            if item.product_id.is_empty() || item.quantity <= 0 {
                return Err(Status::invalid_argument("an item needs a product and a quantity above 0"));
            }
            *wanted.entry(item.product_id).or_insert(0) += i64::from(item.quantity);
        }
        self.store.reserve(idempotency_key, wanted)?;
        Ok(Response::new(ReserveResponse {}))
    }

    async fn release(&self, request: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        let key = request.into_inner().idempotency_key;
        if key.is_empty() {
            return Err(Status::invalid_argument("idempotency_key is empty"));
        }
        self.store.release(key);
        Ok(Response::new(ReleaseResponse {}))
    }

    async fn get(&self, request: Request<GetStockRequest>) -> Result<Response<GetStockResponse>, Status> {
        let ids = request.into_inner().product_ids;
        if ids.is_empty() {
            return Err(Status::invalid_argument("there are no product_ids"));
        }
        let stocks = ids.into_iter().map(|product_id| {
            let available = self.store.available(&product_id)?;
            Ok(Stock { product_id, available })
        });
        Ok(Response::new(GetStockResponse { stocks: stocks.collect::<Result<_, Status>>()? }))
    }

    async fn watch(&self, request: Request<WatchStockRequest>) -> Result<Response<BoxStream<Stock>>, Status> {
        let product_id = request.into_inner().product_id;
        let values = self.store.watch(&product_id)?;
        let stocks = values.map(move |available| Ok(Stock { product_id: product_id.clone(), available }));
        //@ stage 4-12
        Ok(Response::new(Box::pin(stocks)))
        //@ end
        //@ stage 13
        let end = stream::iter([Err(Status::unavailable("the inventory stops: watch another one"))]);
        Ok(Response::new(Box::pin(stocks.take_until(self.stop.clone().cancelled_owned()).chain(end))))
        //@ end
    }
}
