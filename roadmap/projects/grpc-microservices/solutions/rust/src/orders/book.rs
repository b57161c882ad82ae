//@ file 5
//! All orders, as the journal tells them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use tonic::{Code, Status};
use uuid::Builder;

use super::journal::{Entry, Journal};
use super::order::{Item, Order, Step};
use crate::shared::run::Failure;

pub struct Book {
    journal: Journal,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    by_id: HashMap<String, Arc<Order>>,
    /// The oldest first.
    by_customer: HashMap<String, Vec<Arc<Order>>>,
    //@ stage 8
    /// What was asked for before, by customer and key.
    by_key: HashMap<(String, String), Arc<Order>>,
    //@ end
}

impl Book {
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let (journal, entries) = Journal::open(folder)?;
        let mut pages = Pages::default();
        for entry in entries {
            let order = match pages.by_id.get(&entry.id) {
                Some(order) => order.clone(),
                //@ stage 5-7
                None => pages.add(Order::new(entry.id, entry.customer, entry.items)),
                //@ end
                //@ stage 8
                None => pages.add(Order::new(entry.id, entry.customer, entry.key, entry.items)),
                //@ end
            };
            order.enter(entry.step, Code::from_i32(entry.code));
        }
        Ok(Book { journal, pages: Mutex::new(pages) })
    }

    //@ stage 5-7
    /// Enters a new order.
    pub fn begin(&self, customer: String, items: Vec<Item>) -> Arc<Order> {
        self.pages().add(Order::new(new_id(), customer, items))
    }
    //@ end
    //@ stage 8
    /// The order that the customer's key stands for, a new one if there is none.
    pub fn begin(&self, customer: String, key: String, items: Vec<Item>) -> Result<Arc<Order>, Status> {
        let mut pages = self.pages();
        match pages.by_key.get(&(customer.clone(), key.clone())) {
            None => Ok(pages.add(Order::new(new_id(), customer, key, items))),
            Some(order) if order.items == items => Ok(order.clone()),
            Some(_) => Err(Status::already_exists("the key stands for an order of other items")),
        }
    }
    //@ end

    /// The order enters a step when that is on disk.
    pub async fn keep(&self, order: &Order, step: Step, code: Code) -> Result<(), Status> {
        //@ stage 5-7
        let mut entry = Entry { id: order.id.clone(), step, code: code.into(), customer: String::new(), items: Vec::new() };
        //@ end
        //@ stage 8
        let mut entry = Entry {
            id: order.id.clone(),
            step,
            code: code.into(),
            customer: String::new(),
            key: String::new(),
            items: Vec::new(),
        };
        //@ end
        if step == Step::Pending {
            entry.customer = order.customer.clone();
            //@ stage 8
            entry.key = order.key.clone();
            //@ end
            entry.items = order.items.clone();
        }
        self.journal.write(&entry).await.map_err(|why| Status::internal(format!("the order can't be kept: {why}")))?;
        order.enter(step, code);
        Ok(())
    }

    pub fn find(&self, id: &str) -> Option<Arc<Order>> {
        self.pages().by_id.get(id).cloned()
    }

    /// A customer's orders, the oldest first.
    pub fn of(&self, customer: &str) -> Vec<Arc<Order>> {
        self.pages().by_customer.get(customer).cloned().unwrap_or_default()
    }

    /// The orders whose end is not known yet.
    pub fn unresolved(&self) -> Vec<Arc<Order>> {
        self.pages().by_id.values().filter(|order| !order.step().is_end()).cloned().collect()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().expect("nobody panics with the lock")
    }
}

impl Pages {
    fn add(&mut self, order: Order) -> Arc<Order> {
        let order = Arc::new(order);
        self.by_id.insert(order.id.clone(), order.clone());
        self.by_customer.entry(order.customer.clone()).or_default().push(order.clone());
        //@ stage 8
        self.by_key.insert((order.customer.clone(), order.key.clone()), order.clone());
        //@ end
        order
    }
}

fn new_id() -> String {
    Builder::from_random_bytes(rand::random()).into_uuid().to_string()
}
