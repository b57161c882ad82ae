//! When to stop.

use std::future;
use std::io::{self, IsTerminal};

use tokio::io::AsyncReadExt;
use tokio::signal;

/// Returns when the process has to stop: on SIGTERM, on Ctrl+C, or when standard input ends.
pub async fn wait() -> io::Result<()> {
    tokio::select! {
        interrupted = signal::ctrl_c() => interrupted,
        terminated = terminated() => terminated,
        () = input_ended() => Ok(()),
    }
}

#[cfg(unix)]
async fn terminated() -> io::Result<()> {
    signal::unix::signal(signal::unix::SignalKind::terminate())?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> io::Result<()> {
    future::pending().await
}

/// Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
async fn input_ended() {
    if io::stdin().is_terminal() {
        return future::pending().await;
    }
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 1024];
    while matches!(input.read(&mut ignored).await, Ok(count) if count > 0) {}
}
