//! The report with its signature.

use std::fmt::Write;

use pbkdf2::pbkdf2_hmac_array;
use serde::Serialize;
use sha2::Sha512;

use crate::orders::StatusLine;

#[derive(Serialize)]
pub struct Report {
    statuses: Vec<StatusLine>,
    signature: String,
}

/// The figures of a report with a signature that is expensive to forge.
pub fn make_report(statuses: Vec<StatusLine>) -> Report {
    let signature = sign_report(&format_report(&statuses));
    Report { statuses, signature }
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
