//@ file 11
//! Reads bodies that are not too large.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::failure::Failure;

/// How long a body may be, in bytes.
const MOST: usize = 1 << 20;

/// How long a client that sends too much is listened to.
const LINGER: Duration = Duration::from_secs(1);

/// The whole body, if it is not too large. No more than that is kept.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Failure> {
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut pieces = body.into_data_stream();
    if told.is_some_and(|length| length > MOST) {
        discard(pieces);
        return Err(Failure::too_large());
    }
    let mut text = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Failure::invalid("the body did not arrive in full"))?;
        if text.len() + piece.len() > MOST {
            discard(pieces);
            return Err(Failure::too_large());
        }
        text.extend_from_slice(&piece);
    }
    Ok(text)
}

/// Throws away what still comes, for a while: a client that finds the connection closed while it writes reads no answer.
fn discard(mut pieces: BodyDataStream) {
    tokio::spawn(timeout(LINGER, async move { while let Some(Ok(_)) = pieces.next().await {} }));
}
