//! Given: reads what the shop sells.

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::run::Failure;

/// A row of data/products.json. Their order in the file means nothing.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ProductRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub price_cents: i64,
    pub stock: i32,
}

/// Fails when the file is missing or damaged.
pub fn read(file: &Path) -> Result<Vec<ProductRow>, Failure> {
    let wrong = |why: String| format!("can't read the products in {}: {why}; PRODUCTS_FILE names the file", file.display());
    let text = fs::read(file).map_err(|error| wrong(error.to_string()))?;
    Ok(serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?)
}
