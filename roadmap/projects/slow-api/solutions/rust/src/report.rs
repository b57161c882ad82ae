//@ file 9
//! The report with its signature.

use std::fmt::Write;
use std::thread;

use pbkdf2::pbkdf2_hmac_array;
use serde::Serialize;
use sha2::Sha512;
use tokio::sync::Semaphore;
use tokio::task::{self, JoinError};

use crate::orders::StatusLine;

#[derive(Serialize)]
pub struct Report {
    statuses: Vec<StatusLine>,
    signature: String,
}

/// Signs reports beside the threads that answer requests: these only wait for it.
pub struct Signer {
    /// More computations at once than the machine has cores would only hold each other up.
    cores: Semaphore,
}

impl Signer {
    pub fn new() -> Signer {
        Signer { cores: Semaphore::new(thread::available_parallelism().map_or(1, usize::from)) }
    }

    /// The figures of a report with a signature that is expensive to forge.
    pub async fn make_report(&self, statuses: Vec<StatusLine>) -> Result<Report, JoinError> {
        let text = format_report(&statuses);
        let _core = self.cores.acquire().await;
        let signature = task::spawn_blocking(move || sign_report(&text)).await?;
        Ok(Report { statuses, signature })
    }
}

fn format_report(statuses: &[StatusLine]) -> String {
    statuses.iter().map(|StatusLine { status, orders, total_cents }| format!("{status}:{orders}:{total_cents}\n")).collect()
}

fn sign_report(text: &str) -> String {
    let signature: [u8; 32] = pbkdf2_hmac_array::<Sha512, 32>(text.as_bytes(), b"orders-report", 300_000);
    signature.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
