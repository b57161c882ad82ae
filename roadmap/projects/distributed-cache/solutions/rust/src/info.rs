//@ file 10
//! What INFO tells.

//@ stage 14
// roadmap: observability

//@ end
use std::fmt::Write;

use crate::commands::Answer;
use crate::connection::Client;
use crate::resp::{Bytes, Reply};
use crate::server::State;

/// The name of a section, and what writes its lines.
type Section = (&'static str, fn(&mut Lines, &State));

const SECTIONS: &[Section] = &[
    //@ stage 14
    ("Server", server),
    ("Clients", clients),
    ("Memory", memory),
    ("Persistence", persistence),
    ("Stats", stats),
    //@ end
    ("Replication", replication),
    //@ stage 12
    ("Cluster", cluster),
    //@ end
    //@ stage 14
    ("Keyspace", keyspace),
    //@ end
];

struct Lines(String);

impl Lines {
    fn add(&mut self, name: &str, value: impl std::fmt::Display) {
        write!(self.0, "{name}:{value}\r\n").expect("a String takes all");
    }
}

pub fn info(args: &[Bytes], state: &mut State, _client: &mut Client) -> Answer {
    let asked: Vec<String> =
        args.iter().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect();
    let is_asked = |name: &str| asked.iter().any(|asked| asked == name);
    let all = asked.is_empty() || ["all", "default", "everything"].into_iter().any(is_asked);
    let mut lines = Lines(String::new());
    for (name, write_lines) in SECTIONS {
        if all || is_asked(&name.to_ascii_lowercase()) {
            let gap = if lines.0.is_empty() { "" } else { "\r\n" };
            lines.0 += &format!("{gap}# {name}\r\n");
            write_lines(&mut lines, state);
        }
    }
    Ok(Reply::bulk(lines.0))
}
//@ stage 14

fn server(lines: &mut Lines, state: &State) {
    lines.add("redis_version", "7.0.15");
    lines.add("process_id", std::process::id());
    lines.add("tcp_port", state.settings.port);
    lines.add("uptime_in_seconds", state.started.elapsed().as_secs());
}

fn clients(lines: &mut Lines, state: &State) {
    lines.add("connected_clients", state.clients.len() - state.replication.replicas.len());
    lines.add("maxclients", state.settings.max_clients);
}

fn memory(lines: &mut Lines, state: &State) {
    lines.add("used_memory", state.store.memory);
    lines.add("maxmemory", state.settings.max_memory);
    let policy = if state.settings.evicts { "allkeys-lru" } else { "noeviction" };
    lines.add("maxmemory_policy", policy);
}

fn persistence(lines: &mut Lines, state: &State) {
    lines.add("aof_enabled", u8::from(state.settings.append_only));
}

fn stats(lines: &mut Lines, state: &State) {
    lines.add("total_connections_received", state.counts.connections);
    lines.add("total_commands_processed", state.counts.commands);
    lines.add("rejected_connections", state.counts.rejected);
    lines.add("expired_keys", state.store.counts.expired);
    lines.add("evicted_keys", state.store.counts.evicted);
    lines.add("keyspace_hits", state.store.counts.hits);
    lines.add("keyspace_misses", state.store.counts.misses);
}
//@ end

fn replication(lines: &mut Lines, state: &State) {
    let replication = &state.replication;
    let mut offset = replication.offset;
    if let Some(leader) = &replication.leader {
        lines.add("role", "slave");
        lines.add("master_host", &leader.host);
        lines.add("master_port", leader.port);
        lines.add("master_link_status", if leader.is_up { "up" } else { "down" });
        lines.add("slave_repl_offset", leader.offset);
        lines.add("slave_read_only", 1);
        offset = leader.offset;
    } else {
        lines.add("role", "master");
    }
    lines.add("connected_slaves", replication.replicas.len());
    for (index, replica) in replication.replicas.values().enumerate() {
        let (ip, port, has) = (&replica.address, replica.listening_port, replica.acknowledged);
        let status = if has < 0 { "send_bulk" } else { "online" };
        let line = format!("ip={ip},port={port},state={status},offset={}", has.max(0));
        lines.add(&format!("slave{index}"), line);
    }
    lines.add("master_replid", &replication.id);
    lines.add("master_repl_offset", offset);
}
//@ stage 12

fn cluster(lines: &mut Lines, state: &State) {
    lines.add("cluster_enabled", u8::from(state.cluster.is_some()));
}
//@ end
//@ stage 14

fn keyspace(lines: &mut Lines, state: &State) {
    let (keys, expires) = (state.store.len(), state.store.expiring_len());
    if keys > 0 {
        lines.add("db0", format!("keys={keys},expires={expires},avg_ttl=0"));
    }
}
//@ end
