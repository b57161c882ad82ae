//@ file 5
//! What somebody wants, and how far it has come.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tonic::Code;

use crate::shopv1::{Item as ItemMessage, Order as OrderMessage, OrderStatus};

/// How far an order has come.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Step {
    /// Not on disk yet.
    Begun,
    Pending,
    Reserved,
    Confirmed,
    Rejected,
}

impl Step {
    pub fn is_end(self) -> bool {
        matches!(self, Step::Confirmed | Step::Rejected)
    }
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Item {
    pub product: String,
    pub quantity: i32,
    pub cents: i64,
}

impl From<&ItemMessage> for Item {
    fn from(message: &ItemMessage) -> Self {
        Item { product: message.product_id.clone(), quantity: message.quantity, cents: message.unit_price_cents }
    }
}

/// What all items cost, in cents; None when the number is too large.
pub fn total(items: &[Item]) -> Option<i64> {
    items.iter().try_fold(0_i64, |sum, item| sum.checked_add(item.cents.checked_mul(i64::from(item.quantity))?))
}

pub struct Order {
    /// Also the idempotency key of each step, so that one that is repeated does nothing twice.
    pub id: String,
    pub customer: String,
    //@ stage 8
    /// What the customer calls it.
    pub key: String,
    /// Held by whoever works on it.
    pub turn: tokio::sync::Mutex<()>,
    //@ end
    pub items: Vec<Item>,
    /// How far it has come, and with which code it was rejected.
    progress: Mutex<(Step, Code)>,
}

impl Order {
    //@ stage 5-7
    pub fn new(id: String, customer: String, items: Vec<Item>) -> Self {
        Order { id, customer, items, progress: Mutex::new((Step::Begun, Code::Ok)) }
    }
    //@ end
    //@ stage 8
    pub fn new(id: String, customer: String, key: String, items: Vec<Item>) -> Self {
        Order { id, customer, key, turn: Default::default(), items, progress: Mutex::new((Step::Begun, Code::Ok)) }
    }
    //@ end

    pub fn progress(&self) -> (Step, Code) {
        *self.progress.lock().expect("nobody panics with the lock")
    }

    pub fn step(&self) -> Step {
        self.progress().0
    }

    pub fn enter(&self, step: Step, code: Code) {
        *self.progress.lock().expect("nobody panics with the lock") = (step, code);
    }

    /// In cents.
    pub fn total(&self) -> i64 {
        total(&self.items).expect("it was computed before the order was taken")
    }

    pub fn item_messages(&self) -> Vec<ItemMessage> {
        let message =
            |item: &Item| ItemMessage { product_id: item.product.clone(), quantity: item.quantity, unit_price_cents: item.cents };
        self.items.iter().map(message).collect()
    }

    pub fn message(&self) -> OrderMessage {
        let status = match self.step() {
            Step::Begun | Step::Pending | Step::Reserved => OrderStatus::Pending,
            Step::Confirmed => OrderStatus::Confirmed,
            Step::Rejected => OrderStatus::Rejected,
        };
        OrderMessage {
            id: self.id.clone(),
            customer_id: self.customer.clone(),
            items: self.item_messages(),
            total_cents: self.total(),
            status: status.into(),
        }
    }
}
