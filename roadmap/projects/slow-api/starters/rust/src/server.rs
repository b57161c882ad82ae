//! Routes and answers.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::routing::{self, MethodRouter};
use axum::serve::ListenerExt;
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::answer::{Answer, Failure, json, log};
use crate::database;
use crate::orders::{self, NewOrder, Order, Page, Product, Ranking};
use crate::pricing;
use crate::report::make_report;
use crate::request::{Email, Id};
use crate::settings::Settings;

struct Api {
    settings: Settings,
    /// How many of the requests that are counted were answered. Not safe to change by two at once.
    served: Mutex<u64>,
}

/// Answers as long as the process lives; fails when it can't listen.
pub async fn serve(settings: Settings) -> io::Result<()> {
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    let api = Arc::new(Api { settings, served: Mutex::new(0) });
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/orders", get(list_orders).post(add_order))
        .route("/orders/{id}", get(find_order))
        .route("/customers", get(find_customer))
        .route("/customers/{id}/orders", get(orders_of_customer))
        .route("/top", get(top))
        .route("/report", get(report))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(api);
    axum::serve(listener.tap_io(|connection| drop(connection.set_nodelay(true))), router).await
}

/// axum answers HEAD wherever there is GET, this API does not.
fn get<T: 'static>(handler: impl Handler<T, Arc<Api>>) -> MethodRouter<Arc<Api>> {
    routing::get(handler).head(not_found)
}

async fn healthz(State(api): State<Arc<Api>>) -> Answer {
    let body = api.counted(async { Ok(json!({ "status": "ok" })) }).await?;
    Ok(json(StatusCode::OK, &body))
}

async fn list_orders(State(api): State<Arc<Api>>, page: Page) -> Answer {
    let work = async {
        let connection = database::connect(&api.settings.database).await?;
        Ok(orders::list(&connection, &page).await?)
    };
    Ok(json(StatusCode::OK, &api.counted(work).await?))
}

async fn report(State(api): State<Arc<Api>>) -> Answer {
    let work = async {
        let connection = database::connect(&api.settings.database).await?;
        Ok(make_report(orders::by_status(&connection).await?))
    };
    Ok(json(StatusCode::OK, &api.counted(work).await?))
}

async fn add_order(State(api): State<Arc<Api>>, order: NewOrder) -> Answer {
    let mut connection = database::connect(&api.settings.database).await?;
    let added = orders::add(&mut connection, order).await?;
    let added = added.ok_or(Failure::Refused(StatusCode::NOT_FOUND, "unknown_customer"))?;
    Ok(json(StatusCode::CREATED, &added))
}

/// An order with what it costs today.
#[derive(Serialize)]
struct PricedOrder {
    #[serde(flatten)]
    order: Order,
    quote_cents: i64,
    price_source: &'static str,
}

async fn find_order(State(api): State<Arc<Api>>, Id(id): Id) -> Answer {
    let connection = database::connect(&api.settings.database).await?;
    let order = orders::find(&connection, id).await?.ok_or(Failure::NOT_FOUND)?;
    drop(connection);
    let quote_cents = pricing::quote(&api.settings.pricing, id, &order.items).await.map_err(|error| {
        log(&*error);
        Failure::Refused(StatusCode::BAD_GATEWAY, "pricing_unavailable")
    })?;
    Ok(json(StatusCode::OK, &PricedOrder { order, quote_cents, price_source: "live" }))
}

async fn find_customer(State(api): State<Arc<Api>>, Email(email): Email) -> Answer {
    let connection = database::connect(&api.settings.database).await?;
    let customer = orders::customer_of(&connection, &email).await?.ok_or(Failure::NOT_FOUND)?;
    Ok(json(StatusCode::OK, &customer))
}

async fn orders_of_customer(State(api): State<Arc<Api>>, Id(id): Id) -> Answer {
    let connection = database::connect(&api.settings.database).await?;
    let customer = orders::of_customer(&connection, id).await?.ok_or(Failure::NOT_FOUND)?;
    Ok(json(StatusCode::OK, &customer))
}

#[derive(Serialize)]
struct Top {
    top: Vec<Product>,
}

async fn top(State(api): State<Arc<Api>>, ranking: Ranking) -> Answer {
    let connection = database::connect(&api.settings.database).await?;
    let top = orders::top_products(&connection, &ranking).await?;
    Ok(json(StatusCode::OK, &Top { top }))
}

async fn not_found() -> Failure {
    Failure::NOT_FOUND
}

impl Api {
    /// Runs what is counted, one at a time, as the count is shared.
    async fn counted<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut served = self.served.lock().await;
        let body = work.await?;
        *served += 1;
        Ok(body)
    }
}
