//! Given: when to stop.

use std::io::{self, IsTerminal, Read};
use std::thread;

use tokio_util::sync::CancellationToken;

use super::run::Failure;

/// Is cancelled when the program has to stop. Clones tell the same.
pub type Stop = CancellationToken;

/// Listens for SIGTERM, Ctrl+C and the end of standard input.
pub fn listen() -> Result<Stop, Failure> {
    let stop = Stop::new();
    let told = stop.clone();
    #[cfg(unix)]
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            #[cfg(not(unix))]
            let _ = tokio::signal::ctrl_c().await;
            told.cancel();
        }
    });
    // Whoever starts the program holds its standard input open: when that ends, they are gone. A terminal stays.
    if !io::stdin().is_terminal() {
        let told = stop.clone();
        thread::spawn(move || {
            let mut ignored = [0; 1024];
            while matches!(io::stdin().lock().read(&mut ignored), Ok(count) if count > 0) {}
            told.cancel();
        });
    }
    Ok(stop)
}
