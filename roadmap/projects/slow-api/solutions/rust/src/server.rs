//! Routes and answers.

use std::io;
use std::sync::Arc;
//@ stage 9
use std::sync::atomic::{AtomicU64, Ordering};
//@ end

//@ stage 1-11
use axum::extract::State;
//@ end
//@ stage 12
use axum::extract::{Request, State};
//@ end
use axum::handler::Handler;
//@ stage 1-11
use axum::http::StatusCode;
//@ end
//@ stage 12
use axum::http::{StatusCode, header};
//@ end
//@ stage 1-11
use axum::middleware;
//@ end
//@ stage 12
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
//@ end
use axum::routing::{self, MethodRouter};
use axum::serve::ListenerExt;
use axum::{Extension, Router};
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpListener;
//@ stage 1-8
use tokio::sync::Mutex;
//@ end
//@ stage 12
use tokio::sync::Semaphore;
//@ end

//@ stage 1-9
use crate::answer::{Answer, Failure, json, log};
//@ end
//@ stage 10-11
use crate::answer::{Answer, Failure, encode, json, log};
//@ end
//@ stage 12
use crate::answer::{Answer, Failure, encode, json};
//@ end
//@ stage 11
use crate::cache::Cache;
//@ end
use crate::database::Database;
use crate::orders::{self, NewOrder, Order, Page, Product, Ranking};
//@ stage 1-7
use crate::pricing;
//@ end
//@ stage 8-11
use crate::pricing::Pricing;
//@ end
//@ stage 12
use crate::pricing::{Price, Pricing};
//@ end
//@ stage 1-8
use crate::report::make_report;
//@ end
//@ stage 9
use crate::report::Signer;
//@ end
use crate::request::{Email, Id};
use crate::settings::Settings;
use crate::timing::{Timing, measure};

struct Api {
    database: Database,
    //@ stage 1-7
    settings: Settings,
    //@ end
    //@ stage 8
    pricing: Pricing,
    //@ end
    //@ stage 9
    signer: Signer,
    //@ end
    //@ stage 11
    rankings: Cache<Ranking, Vec<Product>, Failure>,
    //@ end
    //@ stage 12
    /// A place for each request that may be under way.
    places: Semaphore,
    //@ end
    //@ stage 1-8
    /// How many of the requests that are counted were answered. Not safe to change by two at once.
    served: Mutex<u64>,
    //@ end
    //@ stage 9
    /// How many of the requests that are counted were answered.
    served: AtomicU64,
    //@ end
}

/// Answers as long as the process lives; fails when it can't listen.
pub async fn serve(settings: Settings) -> io::Result<()> {
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    //@ stage 1-7
    let api = Arc::new(Api { database: Database::new(settings.database.clone()), settings, served: Mutex::new(0) });
    //@ end
    //@ stage 8
    let api = Arc::new(Api {
        database: Database::new(settings.database),
        //@ stage 8-11
        pricing: Pricing::new(settings.pricing),
        //@ end
        //@ stage 12
        pricing: Pricing::new(settings.pricing, settings.pricing_timeout),
        //@ end
        //@ stage 9
        signer: Signer::new(),
        //@ end
        //@ stage 11
        rankings: Cache::new(settings.cache_ttl, settings.cache_max_entries),
        //@ end
        //@ stage 12
        places: Semaphore::new(settings.max_in_flight),
        //@ end
        //@ stage 8-8
        served: Mutex::new(0),
        //@ end
        //@ stage 9
        served: AtomicU64::new(0),
        //@ end
    });
    //@ end
    let router = Router::new()
        //@ stage 1-11
        .route("/healthz", get(healthz))
        //@ end
        .route("/orders", get(list_orders).post(add_order))
        .route("/orders/{id}", get(find_order))
        .route("/customers", get(find_customer))
        .route("/customers/{id}/orders", get(orders_of_customer))
        .route("/top", get(top))
        .route("/report", get(report))
        .fallback(not_found)
        //@ stage 12
        // Of what stands above. Who asks whether it lives is always told.
        .layer(middleware::from_fn_with_state(Arc::clone(&api), shed))
        .route("/healthz", get(healthz))
        //@ end
        .method_not_allowed_fallback(not_found)
        //@ stage 10
        .layer(middleware::from_fn(encode))
        //@ end
        .layer(middleware::from_fn(measure))
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

async fn list_orders(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>, page: Page) -> Answer {
    let work = async {
        let connection = api.database.connect(&timing).await?;
        Ok(orders::list(&connection, &page).await?)
    };
    Ok(json(StatusCode::OK, &api.counted(work).await?))
}

async fn report(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>) -> Answer {
    let work = async {
        let connection = api.database.connect(&timing).await?;
        //@ stage 1-8
        Ok(make_report(orders::by_status(&connection).await?))
        //@ end
        //@ stage 9
        let statuses = orders::by_status(&connection).await?;
        // Others need it more than the signature does.
        drop(connection);
        Ok(api.signer.make_report(statuses).await?)
        //@ end
    };
    Ok(json(StatusCode::OK, &api.counted(work).await?))
}

async fn add_order(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>, order: NewOrder) -> Answer {
    let mut connection = api.database.connect(&timing).await?;
    let added = orders::add(&mut connection, order).await?;
    let added = added.ok_or(Failure::Refused(StatusCode::NOT_FOUND, "unknown_customer"))?;
    //@ stage 11
    api.rankings.clear();
    //@ end
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

async fn find_order(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>, Id(id): Id) -> Answer {
    let connection = api.database.connect(&timing).await?;
    let order = orders::find(&connection, id).await?.ok_or(Failure::NOT_FOUND)?;
    drop(connection);
    //@ stage 1-11
    //@ stage 1-7
    let quote_cents = pricing::quote(&api.settings.pricing, id, &order.items).await.map_err(|error| {
    //@ end
    //@ stage 8
    let quote_cents = api.pricing.quote(id, &order.items).await.map_err(|error| {
    //@ end
        log(&*error);
        Failure::Refused(StatusCode::BAD_GATEWAY, "pricing_unavailable")
    })?;
    Ok(json(StatusCode::OK, &PricedOrder { order, quote_cents, price_source: "live" }))
    //@ end
    //@ stage 12
    let price = api.pricing.price(id, &order.items).await;
    let Price { cents, live } = price.unwrap_or(Price { cents: i64::from(order.total_cents), live: false });
    let price_source = if live { "live" } else { "cached" };
    Ok(json(StatusCode::OK, &PricedOrder { order, quote_cents: cents, price_source }))
    //@ end
}

async fn find_customer(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>, Email(email): Email) -> Answer {
    let connection = api.database.connect(&timing).await?;
    let customer = orders::customer_of(&connection, &email).await?.ok_or(Failure::NOT_FOUND)?;
    Ok(json(StatusCode::OK, &customer))
}

async fn orders_of_customer(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>, Id(id): Id) -> Answer {
    let connection = api.database.connect(&timing).await?;
    let customer = orders::of_customer(&connection, id).await?.ok_or(Failure::NOT_FOUND)?;
    Ok(json(StatusCode::OK, &customer))
}

#[derive(Serialize)]
struct Top {
    top: Vec<Product>,
}

async fn top(State(api): State<Arc<Api>>, Extension(timing): Extension<Timing>, ranking: Ranking) -> Answer {
    //@ stage 1-10
    let connection = api.database.connect(&timing).await?;
    let top = orders::top_products(&connection, &ranking).await?;
    //@ end
    //@ stage 11
    let load = async {
        let connection = api.database.connect(&timing).await?;
        Ok(orders::top_products(&connection, &ranking).await?)
    };
    let top = api.rankings.get(ranking.clone(), load).await?;
    //@ end
    Ok(json(StatusCode::OK, &Top { top }))
}

async fn not_found() -> Failure {
    Failure::NOT_FOUND
}

//@ stage 12
/// Refuses what is too much at once, before anything else is done for it.
async fn shed(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    match api.places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => {
            let overloaded = Failure::Refused(StatusCode::SERVICE_UNAVAILABLE, "overloaded");
            ([(header::RETRY_AFTER, "1")], overloaded).into_response()
        }
    }
}

//@ end
impl Api {
    //@ stage 1-8
    /// Runs what is counted, one at a time, as the count is shared.
    async fn counted<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut served = self.served.lock().await;
        let body = work.await?;
        *served += 1;
        Ok(body)
    }
    //@ end
    //@ stage 9
    async fn counted<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let body = work.await?;
        self.served.fetch_add(1, Ordering::Relaxed);
        Ok(body)
    }
    //@ end
}
