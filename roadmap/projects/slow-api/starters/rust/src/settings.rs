//! What the environment says.

use std::env;

use axum::http::Uri;
use axum::http::uri::{Authority, Scheme};
use tokio_postgres::Config;

pub struct Settings {
    pub host: String,
    pub port: u16,
    pub database: Config,
    /// Host and port of the pricing service.
    pub pricing: Authority,
}

impl Settings {
    /// Fails with words for a person when a variable is not what it has to be.
    pub fn from_environment() -> Result<Settings, String> {
        Ok(Settings {
            host: text("HOST", "127.0.0.1"),
            port: parsed("PORT", "8080", |text| text.parse().ok())?,
            database: parsed("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/shop?sslmode=disable", |text| {
                text.parse().ok()
            })?,
            pricing: parsed("PRICING_URL", "http://127.0.0.1:8090", authority)?,
        })
    }
}

fn text(name: &str, otherwise: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_string())
}

fn parsed<T>(name: &str, otherwise: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, String> {
    let value = text(name, otherwise);
    parse(&value).ok_or_else(|| format!("{name} is \"{value}\". It has to look like {otherwise}: change it, or leave it out."))
}

/// Of a URL such as `http://pricing`, with its port also where it is the usual one.
fn authority(url: &str) -> Option<Authority> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTP))?;
    if authority.port().is_some() { Some(authority.clone()) } else { format!("{authority}:80").parse().ok() }
}
