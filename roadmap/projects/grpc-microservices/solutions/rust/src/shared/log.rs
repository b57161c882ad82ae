//@ file 12
//! Each line of the log is a JSON object on standard output.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::trace::Trace;

static SERVICE: OnceLock<String> = OnceLock::new();

/// Says whose log it is, once, at the start.
pub fn begin(service: &str) {
    SERVICE.get_or_init(|| service.to_string());
}

/// The line of a finished request. `code` is that of its protocol.
pub fn request(trace: &Trace, method: &str, code: Value, took: Duration) {
    let duration = took.as_micros() as f64 / 1000.0;
    let rest = json!({ "trace_id": trace.id, "span_id": trace.span, "method": method, "code": code, "duration_ms": duration });
    write("info", "request", rest);
}

/// The line of something that went wrong.
pub fn error(message: &str, reason: &str) {
    write("error", message, json!({ "reason": reason }));
}

fn write(level: &str, message: &str, mut line: Value) {
    line["time"] = humantime::format_rfc3339_millis(SystemTime::now()).to_string().into();
    line["level"] = level.into();
    line["service"] = SERVICE.get().map_or("", String::as_str).into();
    line["msg"] = message.into();
    // Nobody may read it; that is no reason to stop.
    let _ = writeln!(io::stdout().lock(), "{line}");
}
