//! The client of the pricing service.

use std::error::Error;

use axum::http::uri::Authority;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::orders::Item;

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

/// What an order costs today, in cents. Fails when the pricing service does not answer as it should.
pub async fn quote(service: &Authority, order_id: i32, items: &[Item]) -> Result<i64, Box<dyn Error + Send + Sync>> {
    let items = items.iter().map(|Item { sku, qty, .. }| Position { sku, qty: *qty }).collect();
    let body = serde_json::to_vec(&Basket { order_id, items })?;
    let head = format!(
        "POST /quotes HTTP/1.1\r\nHost: {service}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len(),
    );
    let mut stream = TcpStream::connect(service.as_str()).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    let quote: Quote = serde_json::from_slice(&read_answer(stream).await?)?;
    Ok(quote.total_cents)
}

/// The body of an answer; fails when its status is another one than 200.
async fn read_answer(stream: TcpStream) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).await?;
    if line.split(' ').nth(1) != Some("200") {
        return Err(format!("the pricing service answered {}", line.trim_end()).into());
    }
    let mut length = u64::MAX;
    while !line.trim_end().is_empty() {
        line.clear();
        reader.read_line(&mut line).await?;
        if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("Content-Length")) {
            length = value.trim().parse()?;
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).await?;
    Ok(body)
}
