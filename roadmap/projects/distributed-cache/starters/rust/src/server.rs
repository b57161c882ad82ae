//! Answers commands over TCP.

// roadmap: tcp-udp-dns
// roadmap: io-and-ipc

use std::io;
use std::path::PathBuf;

pub struct Settings {
    pub host: String,
    pub port: u16,
    /// Where stage 8 keeps what must survive.
    pub data_dir: PathBuf,
}

/// Listens and answers for as long as the program runs; it returns only when it can't.
pub fn serve(settings: Settings) -> io::Result<()> {
    // TODO (stage 1): listen on settings.host and settings.port, and answer PING.
    //   1. std::net::TcpListener accepts connections; each is a TcpStream that hands you pieces of bytes.
    //   2. Collect the pieces, and take whole commands off the front with parse_command (resp.rs, also yours).
    //   3. PING answers +PONG, PING hello answers the bulk string hello. Write the reply with encode (resp.rs).
    //   4. A client that leaves, even in the middle of a command, must not end the server.
    Err(io::Error::other(format!(
        "TODO (stage 1): nothing listens on {}:{} yet. Your work begins in src/server.rs; README.md says how.",
        settings.host, settings.port,
    )))
}
