//@ file 11
//! What clients send and get, as JSON.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::shopv1::{Order, Product};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductBody {
    id: String,
    name: String,
    description: String,
    price_cents: i64,
}

impl From<Product> for ProductBody {
    fn from(product: Product) -> Self {
        let Product { id, name, description, price_cents, .. } = product;
        ProductBody { id, name, description, price_cents }
    }
}

/// A JSON object: serde would also take a list of the fields' values.
pub struct Object<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::<String, Value>::deserialize(deserializer)?;
        T::deserialize(Value::Object(fields)).map(Object).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
pub struct CreateOrderBody {
    pub items: Vec<Object<WantedItem>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WantedItem {
    pub product_id: String,
    pub quantity: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderBody {
    id: String,
    customer_id: String,
    status: &'static str,
    total_cents: i64,
    items: Vec<ItemBody>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody {
    product_id: String,
    quantity: i32,
    unit_price_cents: i64,
}

impl From<Order> for OrderBody {
    fn from(order: Order) -> Self {
        let status = order.status().as_str_name().trim_start_matches("ORDER_STATUS_");
        let items = order.items.into_iter();
        let items = items.map(|item| ItemBody {
            product_id: item.product_id,
            quantity: item.quantity,
            unit_price_cents: item.unit_price_cents,
        });
        OrderBody { id: order.id, customer_id: order.customer_id, status, total_cents: order.total_cents, items: items.collect() }
    }
}
