//@ file 9
//! Messages from clients to clients.

// roadmap: event-driven-systems

use std::collections::HashMap;
use std::sync::Arc;

use crate::commands::Answer;
use crate::connection::Client;
use crate::outbox::Outbox;
use crate::resp::{encode, Bytes, Reply};
use crate::server::State;

/// Messages come unasked. A subscriber with more unread bytes than this is dropped, before it fills
/// the memory.
const MOST_UNREAD: usize = 32 * 1024 * 1024;

/// Who listens to which channel. A message goes to those who listen now; nothing is kept.
#[derive(Default)]
pub struct PubSub {
    /// By the channel's name and the client's id.
    channels: HashMap<Bytes, HashMap<u64, Arc<Outbox>>>,
}

impl PubSub {
    fn subscribe(&mut self, client: &mut Client, channel: &Bytes, outbox: &Arc<Outbox>) {
        let subscribers = self.channels.entry(Bytes::clone(channel)).or_default();
        subscribers.insert(client.id, Arc::clone(outbox));
        client.channels.insert(Bytes::clone(channel));
    }

    fn unsubscribe(&mut self, client: &mut Client, channel: &Bytes) {
        if !client.channels.remove(channel) {
            return;
        }
        if let Some(subscribers) = self.channels.get_mut(channel) {
            subscribers.remove(&client.id);
            if subscribers.is_empty() {
                self.channels.remove(channel);
            }
        }
    }

    pub fn leave(&mut self, client: &mut Client) {
        for channel in client.channels.clone() {
            self.unsubscribe(client, &channel);
        }
    }

    /// Says how many clients get the message.
    fn publish(&self, channel: &Bytes, message: &Bytes) -> usize {
        let Some(subscribers) = self.channels.get(channel) else {
            return 0;
        };
        let (channel, message) = (Bytes::clone(channel), Bytes::clone(message));
        let mut bytes = Vec::new();
        encode(
            &Reply::Array(vec![Reply::bulk("message"), Reply::Bulk(channel), Reply::Bulk(message)]),
            &mut bytes,
        );
        subscribers.values().filter(|outbox| outbox.push(&bytes)).count()
    }
}

/// Whether a client that has subscribed to channels may send a command.
pub fn is_for_subscribers(name: &str) -> bool {
    matches!(name, "subscribe" | "unsubscribe" | "ping" | "quit")
}

pub fn publish(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    Ok(Reply::Integer(state.pubsub.publish(&args[0], &args[1]) as i64))
}

pub fn subscribe(args: &[Bytes], state: &mut State, client: &mut Client) -> Answer {
    let outbox = client.open_outbox(MOST_UNREAD)?;
    let acknowledge = |channel| {
        state.pubsub.subscribe(client, channel, &outbox);
        acknowledgement("subscribe", Some(channel), client)
    };
    Ok(Reply::Several(args.iter().map(acknowledge).collect()))
}

pub fn unsubscribe(args: &[Bytes], state: &mut State, client: &mut Client) -> Answer {
    let channels = if args.is_empty() { client.channels.iter().cloned().collect() } else { args.to_vec() };
    if channels.is_empty() {
        return Ok(acknowledgement("unsubscribe", None, client));
    }
    let acknowledge = |channel| {
        state.pubsub.unsubscribe(client, channel);
        acknowledgement("unsubscribe", Some(channel), client)
    };
    Ok(Reply::Several(channels.iter().map(acknowledge).collect()))
}

fn acknowledgement(what: &str, channel: Option<&Bytes>, client: &Client) -> Reply {
    let channel = channel.map_or(Reply::Null, |channel| Reply::Bulk(Bytes::clone(channel)));
    let count = Reply::Integer(client.channels.len() as i64);
    Reply::Array(vec![Reply::bulk(what), channel, count])
}
