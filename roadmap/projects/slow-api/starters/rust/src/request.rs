//! Reads parameters and bodies.

#[cfg(test)]
mod tests;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde_json::Value;

use crate::answer::Failure;
use crate::orders::{Item, NewOrder, Page, Ranking, Sort};

/// The id in a path.
pub struct Id(pub i32);

/// The e-mail address that is looked for.
pub struct Email(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id, Failure> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Failure::NOT_FOUND)?;
        number(&text).map(Id).ok_or(Failure::NOT_FOUND)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Email {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Email, Failure> {
        Parameters::of(parts)
            .take("email")
            .filter(|email| !email.is_empty())
            .map(Email)
            .ok_or(Failure::bad_request("invalid_email"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Page, Failure> {
        let parameters = Parameters::of(parts);
        let limit = parameters.limit(50)?;
        let after = match parameters.take("after") {
            Some(text) => Some(number(&text).ok_or(Failure::bad_request("invalid_after"))?),
            None => None,
        };
        let status = parameters.take("status");
        if status.as_deref().is_some_and(|status| !["open", "paid", "shipped", "cancelled"].contains(&status)) {
            return Err(Failure::bad_request("invalid_status"));
        }
        let sort = match parameters.take("sort").as_deref() {
            None | Some("newest") => Sort::Newest,
            Some("total") => Sort::Total,
            Some(_) => return Err(Failure::bad_request("invalid_sort")),
        };
        Ok(Page { limit, after, status, sort })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ranking {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Ranking, Failure> {
        let parameters = Parameters::of(parts);
        Ok(Ranking {
            limit: parameters.limit(10)?,
            city: parameters.take("city").filter(|city| !city.is_empty()),
            revenue: parts.headers.get(header::AUTHORIZATION).is_some_and(|who| who == "Bearer staff"),
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for NewOrder {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<NewOrder, Failure> {
        let body = Bytes::from_request(request, state).await.ok();
        body.and_then(|body| read_order(&body)).ok_or(Failure::bad_request("invalid_order"))
    }
}

/// What stands behind the `?` of a URL.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(parts: &Parts) -> Parameters {
        Parameters(form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// The first one of this name.
    fn take(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    /// How many are asked for.
    fn limit(&self, usual: i32) -> Result<i32, Failure> {
        match self.take("limit") {
            Some(text) => number(&text).filter(|&limit| limit >= 1).ok_or(Failure::bad_request("invalid_limit")),
            None => Ok(usual),
        }
    }
}

/// A whole number of at most nine digits.
fn number(text: &str) -> Option<i32> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn read_order(body: &[u8]) -> Option<NewOrder> {
    let order: Value = serde_json::from_slice(body).ok()?;
    let items = order.get("items")?.as_array().filter(|items| (1..=20).contains(&items.len()))?;
    Some(NewOrder {
        customer_id: whole(order.get("customer_id")?, 1, 999_999_999)?,
        items: items.iter().map(read_item).collect::<Option<_>>()?,
    })
}

fn read_item(item: &Value) -> Option<Item> {
    let sku = item.get("sku")?.as_str().filter(|sku| {
        let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=20).contains(&sku.len()) && sku.bytes().all(known)
    })?;
    Some(Item {
        sku: sku.to_string(),
        qty: whole(item.get("qty")?, 1, 100)?,
        price_cents: whole(item.get("price_cents")?, 0, 1_000_000)?,
    })
}

fn whole(value: &Value, least: i32, most: i32) -> Option<i32> {
    let number = i32::try_from(value.as_i64()?).ok()?;
    (least..=most).contains(&number).then_some(number)
}
