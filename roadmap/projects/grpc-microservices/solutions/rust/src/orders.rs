//@ file 5
//! Takes orders.

mod book;
//@ stage 9
mod breaker;
//@ end
mod journal;
mod order;
mod saga;

use std::sync::Arc;
//@ stage 9
use std::time::Duration;
//@ end

use futures_util::stream;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

//@ stage 5-5
use crate::shared::client::connect;
//@ end
//@ stage 6
use crate::shared::context::{Context, PATIENCE};
use crate::shared::neighbor::Neighbor;
//@ end
//@ stage 5-8
use crate::shared::run::{Failure, Settings, setting};
//@ end
//@ stage 9
use crate::shared::run::{Failure, Settings, number, setting};
//@ end
use crate::shared::server;
use crate::shared::stop::Stop;
//@ stage 5-5
use crate::shopv1::inventory_client::InventoryClient;
//@ end
use crate::shopv1::orders_server::{Orders, OrdersServer};
//@ stage 5-5
use crate::shopv1::payments_client::PaymentsClient;
//@ end
use crate::shopv1::{CreateOrderRequest, GetOrderRequest, Order as OrderMessage, StreamOrdersRequest};
use book::Book;
//@ stage 9
use breaker::Breaker;
//@ end
use order::{Item, total};
use saga::Saga;

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), Failure> {
    let inventory = setting("INVENTORY_ADDR", "127.0.0.1:50052");
    let payments = setting("PAYMENTS_ADDR", "127.0.0.1:50054");
    let saga = Arc::new(Saga {
        book: Book::open(&settings.data_dir)?,
        //@ stage 5-5
        inventory: InventoryClient::new(connect(&inventory)?),
        payments: PaymentsClient::new(connect(&payments)?),
        //@ end
        //@ stage 6
        inventory: Neighbor::connect(&inventory)?,
        payments: Neighbor::connect(&payments)?,
        //@ end
        //@ stage 9
        breaker: Breaker::new(Duration::from_millis(number("BREAKER_OPEN_MS", "5000")?)),
        //@ end
    });
    for order in saga.book.unresolved() {
        tokio::spawn(saga.clone().resume(order));
    }
    server::serve(&settings, stop, OrdersServer::new(Service { saga })).await
}

struct Service {
    saga: Arc<Saga>,
}

#[tonic::async_trait]
impl Orders for Service {
    async fn create_order(&self, request: Request<CreateOrderRequest>) -> Result<Response<OrderMessage>, Status> {
        //@ stage 6
        let context = Context::of(&request).or_within(PATIENCE);
        //@ end
        let request = request.into_inner();
        let items = read(&request)?;
        //@ stage 5-7
        let order = self.saga.book.begin(request.customer_id, items);
        //@ end
        //@ stage 8
        let order = self.saga.book.begin(request.customer_id, request.idempotency_key, items)?;
        //@ end
        let saga = self.saga.clone();
        //@ stage 6
        let _cancelled_with_the_call = context.cancel_when_dropped();
        //@ end
        // In a task of its own: what is not to be cut in two goes on when the server drops the call.
        //@ stage 5-5
        let placed = tokio::spawn(async move { saga.place(&order).await });
        //@ end
        //@ stage 6
        let placed = tokio::spawn(async move { saga.place(&context, &order).await });
        //@ end
        match placed.await {
            Ok(placed) => placed.map(Response::new),
            Err(error) => Err(Status::internal(error.to_string())),
        }
    }

    async fn get_order(&self, request: Request<GetOrderRequest>) -> Result<Response<OrderMessage>, Status> {
        let id = request.into_inner().id;
        if id.is_empty() {
            return Err(Status::invalid_argument("the id is empty"));
        }
        match self.saga.book.find(&id) {
            Some(order) => Ok(Response::new(order.message())),
            None => Err(Status::not_found(format!("there is no order \"{id}\""))),
        }
    }

    async fn stream_orders(&self, request: Request<StreamOrdersRequest>) -> Result<Response<BoxStream<OrderMessage>>, Status> {
        let customer = request.into_inner().customer_id;
        if customer.is_empty() {
            return Err(Status::invalid_argument("customer_id is empty"));
        }
        let orders = self.saga.book.of(&customer);
        Ok(Response::new(Box::pin(stream::iter(orders.into_iter().map(|order| Ok(order.message()))))))
    }
}

/// Checks what can never be right.
fn read(request: &CreateOrderRequest) -> Result<Vec<Item>, Status> {
    if request.idempotency_key.is_empty() || request.customer_id.is_empty() {
        return Err(Status::invalid_argument("idempotency_key and customer_id must not be empty"));
    }
    if request.items.is_empty() {
        return Err(Status::invalid_argument("there are no items"));
    }
    if request.items.iter().any(|item| item.product_id.is_empty() || item.quantity <= 0 || item.unit_price_cents < 0) {
        let why = "an item needs a product, a quantity above 0 and a price that is not negative";
        return Err(Status::invalid_argument(why));
    }
    let items: Vec<Item> = request.items.iter().map(Item::from).collect();
    match total(&items) {
        Some(_) => Ok(items),
        None => Err(Status::invalid_argument("the total is too large")),
    }
}
