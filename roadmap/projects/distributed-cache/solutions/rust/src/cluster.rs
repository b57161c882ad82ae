//@ file 12
//! Keys that are split over several servers.

// roadmap: load-balancing-strategies

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io;
use std::ops::RangeInclusive;

use crate::commands::Answer;
use crate::connection::Client;
use crate::resp::{Bytes, Command, Reply};
use crate::server::State;

const SLOTS: u16 = 16384;

/// Who has which slots, as all nodes were told at their start.
pub struct Cluster {
    nodes: Vec<Node>,
    /// Which of the nodes this one is.
    own: usize,
}

struct Node {
    id: String,
    host: String,
    port: u16,
    slots: RangeInclusive<u16>,
}

impl Cluster {
    /// `layout` is like `127.0.0.1:7001=0-5460,127.0.0.1:7002=5461-16383`, or empty for a server
    /// that has all keys; this node is the one at `port`.
    pub fn new(layout: &str, port: u16) -> io::Result<Option<Cluster>> {
        if layout.is_empty() {
            return Ok(None);
        }
        let wrong = |reason| io::Error::other(format!("CLUSTER_NODES is \"{layout}\": {reason}."));
        let nodes: Option<Vec<Node>> = layout.split(',').map(Node::parse).collect();
        let nodes = nodes.ok_or_else(|| wrong("write 127.0.0.1:7001=0-5460 for each node"))?;
        let own = nodes.iter().position(|node| node.port == port);
        let own = own.ok_or_else(|| wrong("none of these is the port of this node"))?;
        Ok(Some(Cluster { nodes, own }))
    }

    /// Whether a command is for this node; if not, the error says for whom.
    pub fn check(&self, name: &str, words: &Command) -> Result<(), String> {
        let mut slots = keys_of(name, &words[1..]).into_iter().map(|key| key_slot(key));
        let Some(slot) = slots.next() else {
            return Ok(());
        };
        if slots.any(|other| other != slot) {
            return Err("CROSSSLOT Keys in request don't hash to the same slot".to_string());
        }
        match self.nodes.iter().position(|node| node.slots.contains(&slot)) {
            Some(owner) if owner == self.own => Ok(()),
            Some(owner) => {
                let Node { host, port, .. } = &self.nodes[owner];
                Err(format!("MOVED {slot} {host}:{port}"))
            }
            None => Err("CLUSTERDOWN Hash slot not served".to_string()),
        }
    }
}

impl Node {
    fn parse(text: &str) -> Option<Node> {
        let (address, slots) = text.split_once('=')?;
        let (host, port) = address.rsplit_once(':')?;
        let (first, last) = slots.split_once('-')?;
        // Every node gives every node the same name, without a word between them.
        let mut id = String::new();
        for part in 0..3 {
            let mut hasher = DefaultHasher::new();
            (part, address).hash(&mut hasher);
            id += &format!("{:016x}", hasher.finish());
        }
        id.truncate(40);
        Some(Node {
            id,
            host: host.to_string(),
            port: port.parse().ok()?,
            slots: first.parse().ok()?..=last.parse().ok()?,
        })
    }
}

fn keys_of<'a>(name: &str, args: &'a [Bytes]) -> Vec<&'a Bytes> {
    match name {
        "get" | "set" | "type" | "incr" | "incrby" | "decr" | "decrby" | "ttl" | "pttl" | "persist"
        | "expire" | "pexpire" | "expireat" | "pexpireat" => args.iter().take(1).collect(),
        "mget" | "del" | "exists" => args.iter().collect(),
        "mset" => args.iter().step_by(2).collect(),
        _ => Vec::new(),
    }
}

/// What is between the first { and the next }, if that is anything, decides alone: so related
/// keys can be kept together.
fn key_slot(key: &[u8]) -> u16 {
    let open = key.iter().position(|&byte| byte == b'{');
    let tag = open.and_then(|open| {
        let rest = &key[open + 1..];
        let length = rest.iter().position(|&byte| byte == b'}')?;
        (length > 0).then(|| &rest[..length])
    });
    crc16(tag.unwrap_or(key)) % SLOTS
}

/// CRC-16/XMODEM: the polynomial 0x1021, beginning with 0.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| crc << 8 ^ CRC_TABLE[(crc >> 8 ^ u16::from(byte)) as usize])
}

const CRC_TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

fn own_cluster(state: &State) -> Result<&Cluster, String> {
    state.cluster.as_ref().ok_or("ERR This instance has cluster support disabled".to_string())
}

pub fn readonly(_args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    own_cluster(state).map(|_| Reply::Simple("OK"))
}

pub fn cluster(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let cluster = own_cluster(state)?;
    let nodes = cluster.nodes.iter();
    let name = String::from_utf8_lossy(&args[0]).to_ascii_lowercase();
    Ok(match (name.as_str(), &args[1..]) {
        ("keyslot", [key]) => Reply::Integer(key_slot(key).into()),
        ("keyslot", _) => {
            return Err("ERR wrong number of arguments for 'cluster|keyslot' command".to_string());
        }
        ("myid", _) => Reply::bulk(&cluster.nodes[cluster.own].id),
        ("info", _) => Reply::bulk(describe(cluster)),
        ("nodes", _) => {
            let own = cluster.own;
            Reply::bulk(nodes.enumerate().map(|(at, node)| node_line(node, at == own)).collect::<String>())
        }
        ("slots", _) => Reply::Array(nodes.map(slots_of).collect()),
        ("shards", _) => Reply::Array(nodes.map(shard_of).collect()),
        _ => return Err(format!("ERR unknown subcommand '{}'. Try CLUSTER HELP.", args[0].escape_ascii())),
    })
}

fn describe(cluster: &Cluster) -> String {
    let assigned: usize = cluster.nodes.iter().map(|node| node.slots.len()).sum();
    let state = if assigned == usize::from(SLOTS) { "ok" } else { "fail" };
    let count = cluster.nodes.len();
    format!(
        "cluster_state:{state}\r\ncluster_slots_assigned:{assigned}\r\ncluster_slots_ok:{assigned}\r\n\
         cluster_slots_pfail:0\r\ncluster_slots_fail:0\r\n\
         cluster_known_nodes:{count}\r\ncluster_size:{count}\r\n"
    )
}

fn node_line(node: &Node, is_own: bool) -> String {
    let Node { id, host, port, slots } = node;
    let bus = u32::from(*port) + 10_000;
    let flags = if is_own { "myself,master" } else { "master" };
    let (first, last) = (slots.start(), slots.end());
    format!("{id} {host}:{port}@{bus} {flags} - 0 0 1 connected {first}-{last}\n")
}

fn range_of(node: &Node) -> [Reply; 2] {
    [*node.slots.start(), *node.slots.end()].map(|slot| Reply::Integer(slot.into()))
}

fn slots_of(node: &Node) -> Reply {
    let [first, last] = range_of(node);
    let port = Reply::Integer(node.port.into());
    let owner = vec![Reply::bulk(&node.host), port, Reply::bulk(&node.id), Reply::Array(Vec::new())];
    Reply::Array(vec![first, last, Reply::Array(owner)])
}

fn shard_of(node: &Node) -> Reply {
    let owner = [
        ("id", Reply::bulk(&node.id)),
        ("port", Reply::Integer(node.port.into())),
        ("ip", Reply::bulk(&node.host)),
        ("endpoint", Reply::bulk(&node.host)),
        ("role", Reply::bulk("master")),
        ("replication-offset", Reply::Integer(0)),
        ("health", Reply::bulk("online")),
    ];
    let owner = owner.into_iter().flat_map(|(name, value)| [Reply::bulk(name), value]).collect();
    Reply::Array(vec![
        Reply::bulk("slots"),
        Reply::Array(range_of(node).into()),
        Reply::bulk("nodes"),
        Reply::Array(vec![Reply::Array(owner)]),
    ])
}
