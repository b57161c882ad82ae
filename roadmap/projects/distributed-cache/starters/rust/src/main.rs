//! Given: where to listen, and when to stop. Your work begins in server.rs.

// Some of what is declared here waits for a later stage. Take this line away when nothing waits any more.
#![allow(dead_code)]

mod resp;
mod server;
mod stop;
mod store;

use std::{env, process, thread};

fn main() {
    let port = setting("PORT", "6380");
    let settings = server::Settings {
        host: setting("HOST", "127.0.0.1"),
        port: port.parse().unwrap_or_else(|_| fail(format!("PORT is \"{port}\", which is no port."))),
        data_dir: setting("DATA_DIR", "data").into(),
    };
    thread::spawn(|| server::serve(settings).unwrap_or_else(|error| fail(error.to_string())));
    stop::wait();
    // From stage 8 on there is something to save here first, from stage 14 on something to finish.
}

fn setting(name: &str, otherwise: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_string())
}

fn fail(reason: String) -> ! {
    eprintln!("{reason}");
    process::exit(1);
}
