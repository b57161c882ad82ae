//@ file 12
//! The place of a piece of work in a request's trace, as W3C Trace Context passes it on.

use axum::http::HeaderMap;
use tonic::metadata::MetadataMap;

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";

#[derive(Clone)]
pub struct Trace {
    pub id: String,
    pub span: String,
    flags: String,
    /// Belongs to whoever put it there.
    state: Option<String>,
}

impl Trace {
    /// A new one.
    pub fn begin() -> Self {
        Trace { id: format!("{:032x}", rand::random::<u128>()), span: new_span(), flags: "01".to_string(), state: None }
    }

    /// Continues the caller's trace with a span of its own; a new one when the caller has sent none, or a damaged one.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut parents = headers.get_all(PARENT).iter();
        // Two parents are none.
        let (Some(parent), None) = (parents.next(), parents.next()) else { return Trace::begin() };
        let Some((id, flags)) = parent.to_str().ok().and_then(parse) else { return Trace::begin() };
        let states: Vec<&str> = headers.get_all(STATE).iter().filter_map(|state| state.to_str().ok()).collect();
        let state = (!states.is_empty()).then(|| states.join(","));
        Trace { id: id.to_string(), span: new_span(), flags: flags.to_string(), state }
    }

    /// Gives a call to a neighbor a span of its own.
    pub fn pass_on(&self, metadata: &mut MetadataMap) {
        let parent = format!("00-{}-{}-{}", self.id, new_span(), self.flags);
        for (name, value) in [(PARENT, Some(&parent)), (STATE, self.state.as_ref())] {
            if let Some(value) = value.and_then(|value| value.parse().ok()) {
                metadata.insert(name, value);
            }
        }
    }
}

/// The trace's id and flags; None when it is not as the specification says.
fn parse(parent: &str) -> Option<(&str, &str)> {
    let mut parts = parent.split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_id = |text: &str, length| is_hex(text, length) && text.bytes().any(|byte| byte != b'0');
    // Later versions may have more parts.
    let whole = version != "00" || parts.next().is_none();
    let valid = is_hex(version, 2) && version != "ff" && is_id(id, 32) && is_id(span, 16) && is_hex(flags, 2) && whole;
    valid.then_some((id, flags))
}

fn new_span() -> String {
    format!("{:016x}", rand::random_range(1..=u64::MAX))
}
