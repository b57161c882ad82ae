//@ file 8
//! The client of the pricing service.

use std::error::Error;
//@ stage 12
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;
//@ end

use axum::http::uri::Authority;
use deadpool::managed::{Manager, Metrics, Pool, RecycleResult};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
//@ stage 12
use lru::LruCache;
//@ end
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
//@ stage 12
use tokio::time;
//@ end

//@ stage 12
use crate::answer::log;
//@ end
use crate::orders::Item;

/// The most connections to the pricing service.
const MOST_CONNECTIONS: usize = 4;
//@ stage 12
/// Orders whose last quote is kept.
const MOST_KNOWN: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
//@ end

#[derive(Serialize)]
struct Basket<'a> {
    order_id: i32,
    items: Vec<Position<'a>>,
}

#[derive(Serialize)]
struct Position<'a> {
    sku: &'a str,
    qty: i32,
}

#[derive(Deserialize)]
struct Quote {
    total_cents: i64,
}
//@ stage 12

pub struct Price {
    pub cents: i64,
    /// Whether it is of now.
    pub live: bool,
}
//@ end

/// The pricing service.
pub struct Pricing {
    service: Authority,
    connections: Pool<Connector>,
    //@ stage 12
    timeout: Duration,
    /// The last live quotes, by order.
    known: Mutex<LruCache<i32, i64>>,
    //@ end
}

impl Pricing {
    //@ stage 8-11
    pub fn new(service: Authority) -> Pricing {
    //@ end
    //@ stage 12
    pub fn new(service: Authority, timeout: Duration) -> Pricing {
    //@ end
        let connections = Pool::builder(Connector { service: service.clone() }).max_size(MOST_CONNECTIONS).build();
        let connections = connections.expect("a pool without time limits needs nothing that may be missing");
        //@ stage 8-11
        Pricing { service, connections }
        //@ end
        //@ stage 12
        Pricing { service, connections, timeout, known: Mutex::new(LruCache::new(MOST_KNOWN)) }
        //@ end
    }

    //@ stage 12
    /// What an order costs today, or did when it was last asked for; None when that is not known.
    pub async fn price(&self, order_id: i32, items: &[Item]) -> Option<Price> {
        // For all of it: the waiting for a free connection, too.
        let quote = time::timeout(self.timeout, self.quote(order_id, items)).await;
        let mut known = self.known.lock().unwrap();
        match quote.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            Ok(cents) => {
                known.put(order_id, cents);
                Some(Price { cents, live: true })
            }
            Err(error) => {
                log(&*error);
                known.get(&order_id).map(|&cents| Price { cents, live: false })
            }
        }
    }

    //@ end
    /// What an order costs today, in cents. Fails when the pricing service does not answer as it should.
    pub async fn quote(&self, order_id: i32, items: &[Item]) -> Result<i64, Box<dyn Error + Send + Sync>> {
        let items = items.iter().map(|Item { sku, qty, .. }| Position { sku, qty: *qty }).collect();
        let body = serde_json::to_vec(&Basket { order_id, items })?;
        let request = Request::post("/quotes")
            .header(header::HOST, self.service.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            // All of it is there, so head and body go out in one write.
            .body(Full::from(body))?;
        let mut connection = self.connections.get().await.map_err(|error| error.to_string())?;
        let response = connection.send_request(request).await?;
        let status = response.status();
        // To its end, whatever it is: the connection is of use again only then.
        let body = response.into_body().collect().await?.to_bytes();
        if status != StatusCode::OK {
            return Err(format!("the pricing service answered {status}").into());
        }
        let quote: Quote = serde_json::from_slice(&body)?;
        Ok(quote.total_cents)
    }
}

/// Opens connections to the pricing service.
struct Connector {
    service: Authority,
}

impl Manager for Connector {
    type Type = SendRequest<Full<Bytes>>;
    type Error = Box<dyn Error + Send + Sync>;

    async fn create(&self) -> Result<Self::Type, Self::Error> {
        let stream = TcpStream::connect(self.service.as_str()).await?;
        // What is small does not wait until something else is acknowledged.
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Fails when the service has closed the connection, or when an answer on it was given up.
    async fn recycle(&self, sender: &mut Self::Type, _: &Metrics) -> RecycleResult<Self::Error> {
        sender.ready().await.map_err(|error| Self::Error::from(error).into())
    }
}
