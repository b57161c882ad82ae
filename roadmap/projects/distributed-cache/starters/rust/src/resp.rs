//! Reads commands and writes replies; PROTOCOL.md describes all of it in one page.

#[cfg(test)]
mod tests;

use std::sync::Arc;

/// Not a String: keys and values may hold any bytes. Shared, so that the store and a reply can have the same ones without a copy.
pub type Bytes = Arc<[u8]>;

/// A command's name, then its arguments.
pub type Command = Vec<Bytes>;

/// What the server answers.
#[derive(Debug, PartialEq)]
pub enum Reply {
    Simple(&'static str),
    Error(String),
    Integer(i64),
    Bulk(Bytes),
    /// The null bulk string.
    Null,
    Array(Vec<Reply>),
}

/// What arrived is no RESP: nothing behind it makes sense.
#[derive(Debug, PartialEq)]
pub struct ProtocolError(pub String);

/// Takes the first command off `input`, and says how many bytes it was. None while it has not arrived in full.
pub fn parse_command(input: &[u8]) -> Result<Option<(Command, usize)>, ProtocolError> {
    todo!("TODO (stage 1): parse {} bytes", input.len())
}

/// Puts the bytes of a reply at the end of `output`.
pub fn encode(reply: &Reply, output: &mut Vec<u8>) {
    todo!("TODO (stage 1): encode {reply:?} behind {} bytes", output.len())
}
