//@ file 11
//! Offers the shop as JSON over HTTP.

mod bodies;
mod failure;
mod limited;
mod tokens;

use std::sync::Arc;
//@ stage 12
use std::time::Instant;
//@ end

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use crate::shared::context::{Context, PATIENCE};
//@ stage 12
use crate::shared::log;
//@ end
use crate::shared::neighbor::Neighbor;
use crate::shared::run::{Failure as EndOfProgram, Settings, setting};
//@ stage 13
use crate::shared::server::until_drained;
//@ end
use crate::shared::stop::Stop;
//@ stage 12
use crate::shared::trace::Trace;
//@ end
use crate::shopv1::catalog_client::CatalogClient;
use crate::shopv1::orders_client::OrdersClient;
use crate::shopv1::{CreateOrderRequest, GetOrderRequest, GetProductRequest, Item, Product};
use bodies::{CreateOrderBody, Object, OrderBody, ProductBody};
use failure::Failure;
use tokens::Tokens;

/// Answers until the program has to stop.
pub async fn serve(settings: Settings, stop: Stop) -> Result<(), EndOfProgram> {
    let gateway = Gateway {
        tokens: Tokens::read(&setting("JWT_JWKS", tokens::NO_KEYS), &setting("JWT_ISSUER", ""), &setting("JWT_AUDIENCE", ""))?,
        catalog: Neighbor::connect(&setting("CATALOG_ADDR", "127.0.0.1:50051"))?,
        orders: Neighbor::connect(&setting("ORDERS_ADDR", "127.0.0.1:50053"))?,
        //@ stage 13
        stop: stop.clone(),
        //@ end
    };
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/products/{id}", get(product))
        .route("/orders", post(create_order))
        .route("/orders/{id}", get(order))
        .fallback(async || Failure::not_found("there is nothing at this path"))
        .method_not_allowed_fallback(async || Failure::method_not_allowed())
        .layer(middleware::from_fn(begin))
        .with_state(Arc::new(gateway));
    let listener = TcpListener::bind((settings.host.as_str(), settings.port)).await?;
    //@ stage 11-12
    tokio::select! {
        served = async { axum::serve(listener, router).await } => Ok(served?),
        () = stop.cancelled() => Ok(()),
    }
    //@ end
    //@ stage 13
    until_drained(&settings, stop, Stop::new(), listener, router).await
    //@ end
}

struct Gateway {
    tokens: Tokens,
    catalog: Neighbor,
    orders: Neighbor,
    //@ stage 13
    stop: Stop,
    //@ end
}

//@ stage 11-11
/// One deadline for the request and all that it asks for.
async fn begin(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Context::new(PATIENCE));
    next.run(request).await
}
//@ end
//@ stage 12
/// One deadline and one trace for the request and all that it asks for, and a line in the log.
async fn begin(mut request: Request, next: Next) -> Response {
    let (trace, began) = (Trace::of(request.headers()), Instant::now());
    // The path's first word: an id in it would make each request a method of its own.
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    let method = format!("{} /{first}", request.method());
    request.extensions_mut().insert(Context::new(PATIENCE, trace.clone()));
    let response = next.run(request).await;
    log::request(&trace, &method, response.status().as_u16().into(), began.elapsed());
    response
}
//@ end

//@ stage 11-12
async fn health() -> impl IntoResponse {
    Json(json!({ "status": "SERVING" }))
}
//@ end
//@ stage 13
async fn health(State(gateway): State<Arc<Gateway>>) -> Result<impl IntoResponse, Failure> {
    if gateway.stop.is_cancelled() {
        return Err(Failure::unavailable("the gateway stops"));
    }
    Ok(Json(json!({ "status": "SERVING" })))
}
//@ end

async fn product(
    State(gateway): State<Arc<Gateway>>,
    Extension(context): Extension<Context>,
    id: Result<Path<String>, PathRejection>,
) -> Result<impl IntoResponse, Failure> {
    let Path(id) = id.map_err(|_| Failure::invalid("the id in the path is no text"))?;
    Ok(Json(ProductBody::from(gateway.product(&context, id).await?)))
}

async fn create_order(
    State(gateway): State<Arc<Gateway>>,
    Extension(context): Extension<Context>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Failure> {
    let user = gateway.tokens.check(&headers, "orders:write")?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    if key.is_empty() {
        return Err(Failure::invalid("the header Idempotency-Key is missing"));
    }
    let text = context.run(limited::read(&headers, body)).await??;
    let Object(wanted): Object<CreateOrderBody> = serde_json::from_slice(&text)
        .map_err(|error| Failure::invalid(format!("the body is not the JSON that is expected: {error}")))?;
    let context = context.for_user(user.metadata);
    let mut items = Vec::with_capacity(wanted.items.len());
    for Object(item) in wanted.items {
        // What it costs is the shop's word, never the customer's.
        let unit_price_cents = gateway.product(&context, item.product_id.clone()).await?.price_cents;
        items.push(Item { product_id: item.product_id, quantity: item.quantity, unit_price_cents });
    }
    let request = CreateOrderRequest { idempotency_key: key.to_string(), customer_id: user.id, items };
    let create = async |channel, request| OrdersClient::new(channel).create_order(request).await;
    let order = gateway.orders.call(&context, request, create).await?;
    let location = format!("/orders/{}", order.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(OrderBody::from(order))))
}

async fn order(
    State(gateway): State<Arc<Gateway>>,
    Extension(context): Extension<Context>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<impl IntoResponse, Failure> {
    let user = gateway.tokens.check(&headers, "orders:read")?;
    let Path(id) = id.map_err(|_| Failure::invalid("the id in the path is no text"))?;
    let get = async |channel, request| OrdersClient::new(channel).get_order(request).await;
    let order = gateway.orders.call(&context.for_user(user.metadata), GetOrderRequest { id }, get).await?;
    if order.customer_id != user.id {
        // Not 403: that would say that there is such an order.
        return Err(Failure::not_found("there is no such order"));
    }
    Ok(Json(OrderBody::from(order)))
}

impl Gateway {
    async fn product(&self, context: &Context, id: String) -> Result<Product, Failure> {
        let get = async |channel, request| CatalogClient::new(channel).get_product(request).await;
        Ok(self.catalog.call(context, GetProductRequest { id }, get).await?)
    }
}
