//@ file 4
//! Keeps the stock in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};

use futures_util::{Stream, stream};
use tokio::sync::watch;
use tonic::Status;

use crate::shared::products::ProductRow;

/// One lock makes each change a single step for everybody else.
pub struct Store {
    shelf: Mutex<Shelf>,
}

struct Shelf {
    /// What is available of each product. Whoever watches one learns its last value, and holds up nobody.
    available: HashMap<String, watch::Sender<i32>>,
    reservations: HashMap<String, Reservation>,
}

/// What a key stands for. It stays when it is released, so that a late repeat takes nothing.
enum Reservation {
    /// How many of each product.
    Held(BTreeMap<String, i64>),
    Released,
}

impl Store {
    pub fn new(rows: Vec<ProductRow>) -> Self {
        let available = rows.into_iter().map(|row| (row.id, watch::Sender::new(row.stock))).collect();
        Store { shelf: Mutex::new(Shelf { available, reservations: HashMap::new() }) }
    }

    /// Takes all items, by product, or none.
    pub fn reserve(&self, key: String, items: BTreeMap<String, i64>) -> Result<(), Status> {
        let mut shelf = self.lock();
        match shelf.reservations.get(&key) {
            Some(Reservation::Released) => return Err(Status::failed_precondition("the reservation has been released")),
            Some(Reservation::Held(held)) if *held == items => return Ok(()),
            Some(Reservation::Held(_)) => {
                return Err(Status::already_exists("the key stands for a reservation of other items"));
            }
            None => {}
        }
        let mut left = Vec::with_capacity(items.len());
        for (id, quantity) in &items {
            let available = i64::from(*shelf.product(id)?.borrow());
            match i32::try_from(available - quantity) {
                Ok(rest) if rest >= 0 => left.push(rest),
                _ => return Err(Status::failed_precondition(format!("there are {available} of product \"{id}\""))),
            }
        }
        for (id, left) in items.keys().zip(left) {
            shelf.product(id)?.send_replace(left);
        }
        shelf.reservations.insert(key, Reservation::Held(items));
        Ok(())
    }

    /// Puts back what is reserved under the key, once.
    pub fn release(&self, key: String) {
        let mut shelf = self.lock();
        let Some(Reservation::Held(items)) = shelf.reservations.insert(key, Reservation::Released) else { return };
        for (id, quantity) in items {
            let product = &shelf.available[&id];
            // As many were there before they were reserved, so they fit.
            product.send_modify(|available| *available += quantity as i32);
        }
    }

    /// How many of a product are available.
    pub fn available(&self, id: &str) -> Result<i32, Status> {
        Ok(*self.lock().product(id)?.borrow())
    }

    /// How many are available now, then after changes; when they are too fast for the reader, only the last one.
    pub fn watch(&self, id: &str) -> Result<impl Stream<Item = i32> + Send + use<>, Status> {
        let values = self.lock().product(id)?.subscribe();
        Ok(stream::unfold((values, None), |(mut values, last)| async move {
            loop {
                let now = *values.borrow_and_update();
                if last != Some(now) {
                    return Some((now, (values, Some(now))));
                }
                values.changed().await.ok()?;
            }
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().expect("nobody panics with the lock")
    }
}

impl Shelf {
    fn product(&self, id: &str) -> Result<&watch::Sender<i32>, Status> {
        if id.is_empty() {
            return Err(Status::invalid_argument("the product's id is empty"));
        }
        self.available.get(id).ok_or_else(|| Status::not_found(format!("there is no product \"{id}\"")))
    }
}
