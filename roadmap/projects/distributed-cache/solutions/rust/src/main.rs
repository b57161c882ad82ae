//@ file 4
//! The settings, and when to stop.

//@ stage 8
mod aof;
//@ end
//@ stage 12
mod cluster;
//@ end
mod commands;
mod connection;
//@ stage 10
mod info;
//@ end
//@ stage 7
mod lru;
//@ end
//@ stage 9
mod outbox;
mod pubsub;
//@ end
//@ stage 10
mod replication;
//@ end
mod resp;
mod server;
mod stop;
mod store;
//@ stage 6
mod transactions;
//@ end

//@ stage 4-13
use std::{env, process, thread};
//@ end
//@ stage 14
use std::{env, process};
//@ end

fn main() {
    let port = setting("PORT", "6380");
    //@ stage 7
    let max_memory = setting("MAXMEMORY", "0");
    //@ end
    //@ stage 14
    let max_clients = setting("MAXCLIENTS", "10000");
    //@ end
    let settings = server::Settings {
        host: setting("HOST", "127.0.0.1"),
        port: port.parse().unwrap_or_else(|_| fail(format!("PORT is \"{port}\", which is no port."))),
        data_dir: setting("DATA_DIR", "data").into(),
        //@ stage 7
        max_memory: bytes(&max_memory)
            .unwrap_or_else(|| fail(format!("MAXMEMORY is \"{max_memory}\", which is no size."))),
        evicts: setting("MAXMEMORY_POLICY", "noeviction") == "allkeys-lru",
        //@ end
        //@ stage 8
        append_only: setting("APPENDONLY", "no") == "yes",
        //@ end
        //@ stage 10
        replica_of: setting("REPLICAOF", ""),
        //@ end
        //@ stage 12
        cluster_nodes: setting("CLUSTER_NODES", ""),
        //@ end
        //@ stage 14
        max_clients: max_clients
            .parse()
            .unwrap_or_else(|_| fail(format!("MAXCLIENTS is \"{max_clients}\", no number."))),
        //@ end
    };
    //@ stage 4-13
    thread::spawn(|| server::serve(settings).unwrap_or_else(|error| fail(error.to_string())));
    stop::wait();
    //@ stage 4-7
    // From stage 8 on there is something to save here first, from stage 14 on something to finish.
    //@ end
    //@ stage 8-13
    // There is nothing to save: what was promised to a client is kept already.
    //@ end
    //@ end
    //@ stage 14
    let server = server::serve(settings).unwrap_or_else(|error| fail(error.to_string()));
    stop::wait();
    // Lets what was asked be answered first.
    server.stop();
    //@ end
}

fn setting(name: &str, otherwise: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_string())
}
//@ stage 7

/// `20mb`, `1g` or a number of bytes.
fn bytes(text: &str) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let unit: usize = match &text[digits.len()..] {
        "" => 1,
        "k" => 1000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}
//@ end

fn fail(reason: String) -> ! {
    eprintln!("{reason}");
    process::exit(1);
}
