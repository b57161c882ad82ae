//@ file 11
//! Checks who a request is from, by a signed token (RFC 7519).

use std::fs;

use axum::http::{HeaderMap, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use tonic::metadata::{Ascii, MetadataValue};

use super::failure::Failure;
use crate::shared::run::Failure as EndOfProgram;

/// A JWK set by which no token is valid.
pub const NO_KEYS: &str = r#"{ "keys": [] }"#;

/// By how many seconds two clocks may differ.
const LEEWAY: u64 = 5;

pub struct Tokens {
    keys: JwkSet,
    validation: Validation,
}

/// Whom a token names.
pub struct User {
    pub id: String,
    /// The id, for neighbors.
    pub metadata: MetadataValue<Ascii>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    scope: String,
}

impl Tokens {
    /// Takes a JWK set as JSON, or the path of a file that holds one. Without an issuer and an audience no token is valid.
    pub fn read(keys: &str, issuer: &str, audience: &str) -> Result<Self, EndOfProgram> {
        let keys = if issuer.is_empty() || audience.is_empty() { NO_KEYS } else { keys };
        let text = match keys.trim_start().starts_with('{') {
            true => keys.to_string(),
            false => fs::read_to_string(keys).map_err(|error| format!("can't read the keys that JWT_JWKS names: {error}"))?,
        };
        let keys = serde_json::from_str(&text).map_err(|error| format!("JWT_JWKS holds no JWK set: {error}"))?;
        // The token does not choose how it is checked.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        Ok(Tokens { keys, validation })
    }

    /// Gives the user whom the request's token names, if it has the scope.
    pub fn check(&self, headers: &HeaderMap, scope: &str) -> Result<User, Failure> {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = match value.and_then(|value| value.split_once(' ')) {
            Some((kind, token)) if kind.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(Failure::unauthenticated("a bearer token is needed")),
        };
        let claims = self.claims(token).filter(|claims| !claims.sub.is_empty());
        let named = claims.and_then(|claims| Some((claims.sub.parse().ok()?, claims)));
        let Some((metadata, claims)) = named else { return Err(Failure::unauthenticated("the token is not valid here")) };
        if !claims.scope.split_ascii_whitespace().any(|word| word == scope) {
            return Err(Failure::forbidden(format!("the token lacks the scope {scope}")));
        }
        Ok(User { id: claims.sub, metadata })
    }

    /// None when the token is not valid.
    fn claims(&self, token: &str) -> Option<Claims> {
        let key = self.keys.find(&decode_header(token).ok()?.kid?)?;
        Some(decode(token, &DecodingKey::from_jwk(key).ok()?, &self.validation).ok()?.claims)
    }
}
