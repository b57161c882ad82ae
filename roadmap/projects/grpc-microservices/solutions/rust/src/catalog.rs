//! Says what the shop sells.

//@ stage 3
use std::collections::BTreeMap;
//@ end
//@ stage 1-2
use std::collections::HashMap;
//@ end
//@ stage 3
use std::ops::Bound;
use std::sync::Arc;
//@ end

//@ stage 3
use futures_util::{StreamExt, TryStreamExt, stream};
use tonic::codegen::BoxStream;
//@ stage 3-5
use tonic::transport::Channel;
//@ end
//@ end
use tonic::{Request, Response, Status};

//@ stage 3-5
use crate::shared::client::connect;
//@ end
//@ stage 6
use crate::shared::context::{Context, PATIENCE};
use crate::shared::neighbor::Neighbor;
//@ end
use crate::shared::products::{self, ProductRow};
//@ stage 1-2
use crate::shared::run::{Failure, Settings};
//@ end
//@ stage 3
use crate::shared::run::{Failure, Settings, setting};
//@ end
use crate::shared::server;
use crate::shared::stop::Stop;
use crate::shopv1::catalog_server::{Catalog, CatalogServer};
//@ stage 3
use crate::shopv1::inventory_client::InventoryClient;
//@ end
//@ stage 1-2
use crate::shopv1::{GetProductRequest, Product};
//@ end
//@ stage 3
use crate::shopv1::{GetProductRequest, GetStockRequest, ListProductsRequest, Product};

/// How many products the inventory is asked for at a time.
const BATCH: usize = 10;
//@ end

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    let rows = products::read(&settings.products_file)?;
    let products = rows.into_iter().map(|row| {
        let ProductRow { id, name, description, price_cents, .. } = row;
        (id.clone(), Product { id, name, description, price_cents, available: None })
    });
    //@ stage 1-2
    let service = Service { products: products.collect() };
    server::serve(&settings, stop, CatalogServer::new(service)).await
    //@ end
    //@ stage 3-5
    let inventory = InventoryClient::new(connect(&setting("INVENTORY_ADDR", "127.0.0.1:50052"))?);
    //@ end
    //@ stage 6
    let inventory = Neighbor::connect(&setting("INVENTORY_ADDR", "127.0.0.1:50052"))?;
    //@ end
    //@ stage 3
    let shelf = Arc::new(Shelf { products: products.collect(), inventory });
    server::serve(&settings, stop, CatalogServer::new(Service { shelf })).await
    //@ end
}

//@ stage 1-2
struct Service {
    products: HashMap<String, Product>,
}
//@ end
//@ stage 3
struct Service {
    shelf: Arc<Shelf>,
}

/// What streams, which outlive the call that begins them, share.
struct Shelf {
    /// In the byte order of their ids.
    products: BTreeMap<String, Product>,
    //@ stage 3-5
    inventory: InventoryClient<Channel>,
    //@ end
    //@ stage 6
    inventory: Neighbor,
    //@ end
}
//@ end

#[tonic::async_trait]
impl Catalog for Service {
    async fn get_product(&self, request: Request<GetProductRequest>) -> Result<Response<Product>, Status> {
        let id = request.into_inner().id;
        if id.is_empty() {
            return Err(Status::invalid_argument("the id is empty"));
        }
        //@ stage 1-2
        let found = self.products.get(&id);
        //@ end
        //@ stage 3
        let found = self.shelf.products.get(&id);
        //@ end
        match found {
            Some(product) => Ok(Response::new(product.clone())),
            None => Err(Status::not_found(format!("there is no product \"{id}\""))),
        }
    }
    //@ stage 3

    async fn list_products(&self, request: Request<ListProductsRequest>) -> Result<Response<BoxStream<Product>>, Status> {
        //@ stage 6
        let context = Context::of(&request);
        //@ end
        let ListProductsRequest { page_size, after, with_stock } = request.into_inner();
        let most = match usize::try_from(page_size) {
            Ok(0) => usize::MAX,
            Ok(size) => size,
            Err(_) => return Err(Status::invalid_argument("page_size is negative")),
        };
        let behind = (Bound::Excluded(after), Bound::Unbounded);
        let ids: Vec<String> = self.shelf.products.range(behind).take(most).map(|(id, _)| id.clone()).collect();
        let shelf = self.shelf.clone();
        if !with_stock {
            return Ok(Response::new(Box::pin(stream::iter(ids).map(move |id| Ok(shelf.products[&id].clone())))));
        }
        // A stream does its work when it is asked for more: the next ten are asked for when the reader has taken those before, and nothing
        // goes on when it is dropped because the reader has gone.
        let batches: Vec<Vec<String>> = ids.chunks(BATCH).map(<[String]>::to_vec).collect();
        let products = stream::iter(batches)
            .then(move |ids| {
                let shelf = shelf.clone();
                //@ stage 3-5
                async move { shelf.with_stock(ids).await }
                //@ end
                //@ stage 6
                let context = context.at_most(PATIENCE);
                async move { shelf.with_stock(&context, ids).await }
                //@ end
            })
            .map_ok(|products| stream::iter(products.into_iter().map(Ok)))
            .try_flatten();
        Ok(Response::new(Box::pin(products)))
    }
    //@ end
}
//@ stage 3

impl Shelf {
    /// Products with what the inventory says of them.
    //@ stage 3-5
    async fn with_stock(&self, ids: Vec<String>) -> Result<Vec<Product>, Status> {
        let answer = self.inventory.clone().get(GetStockRequest { product_ids: ids }).await?.into_inner();
        //@ end
        //@ stage 6
    async fn with_stock(&self, context: &Context, ids: Vec<String>) -> Result<Vec<Product>, Status> {
        let request = GetStockRequest { product_ids: ids };
        let get = async |channel, request| InventoryClient::new(channel).get(request).await;
        let answer = self.inventory.call(context, request, get).await?;
        //@ end
        let stocks = answer.stocks.into_iter();
        let known = stocks.filter_map(|stock| Some((self.products.get(&stock.product_id)?, stock.available)));
        Ok(known.map(|(product, available)| Product { available: Some(available), ..product.clone() }).collect())
    }
}
//@ end
