//! All SQL.

//@ stage 4
use std::collections::{HashMap, HashSet};
//@ end
use std::time::SystemTime;

use serde::Serialize;
//@ stage 6
use tokio_postgres::types::ToSql;
//@ end
use tokio_postgres::{Error, Row};

use crate::database::Connection;

#[derive(Serialize)]
pub struct Item {
    pub sku: String,
    pub qty: i32,
    pub price_cents: i32,
}

#[derive(Serialize)]
pub struct Customer {
    pub id: i32,
    pub name: String,
    pub city: String,
}

#[derive(Serialize)]
pub struct Order {
    pub id: i32,
    pub status: String,
    pub created_at: String,
    pub total_cents: i32,
    pub customer: Customer,
    pub items: Vec<Item>,
}

pub struct NewOrder {
    pub customer_id: i32,
    pub items: Vec<Item>,
}

pub enum Sort {
    Newest,
    Total,
}

/// Which orders, in which order. `after` is the id of the last one that was seen.
pub struct Page {
    pub limit: i32,
    pub after: Option<i32>,
    pub status: Option<String>,
    pub sort: Sort,
}

/// A page of orders, and the id to ask for the next one with.
#[derive(Serialize)]
pub struct Orders {
    pub orders: Vec<Order>,
    pub next: Option<i32>,
}

/// An order without its customer and its items.
struct OrderRow {
    id: i32,
    customer_id: i32,
    status: String,
    created_at: String,
    total_cents: i32,
}

impl OrderRow {
    fn read(row: &Row) -> Result<OrderRow, Error> {
        Ok(OrderRow {
            id: row.try_get("id")?,
            customer_id: row.try_get("customer_id")?,
            status: row.try_get("status")?,
            created_at: time(row.try_get("created_at")?),
            total_cents: row.try_get("total_cents")?,
        })
    }

    fn complete(self, customer: Customer, items: Vec<Item>) -> Order {
        let OrderRow { id, status, created_at, total_cents, .. } = self;
        Order { id, status, created_at, total_cents, customer, items }
    }
}

impl Customer {
    fn read(row: &Row) -> Result<Customer, Error> {
        Ok(Customer { id: row.try_get("id")?, name: row.try_get("name")?, city: row.try_get("city")? })
    }
}

impl Item {
    fn read(row: &Row) -> Result<Item, Error> {
        Ok(Item { sku: row.try_get("sku")?, qty: row.try_get("qty")?, price_cents: row.try_get("price_cents")? })
    }
}

//@ stage 6
/// The most entries that a list holds, whatever is asked for.
const LARGEST_PAGE: i32 = 100;

//@ end
pub async fn list(connection: &Connection<'_>, page: &Page) -> Result<Orders, Error> {
    let column = match page.sort {
        Sort::Newest => "created_at",
        Sort::Total => "total_cents",
    };
    //@ stage 1-5
    let rows = connection.query(&format!("SELECT * FROM orders ORDER BY {column} DESC, id DESC"), &[]).await?;
    let mut rows = rows.iter().map(OrderRow::read).collect::<Result<Vec<_>, _>>()?;
    if let Some(after) = page.after {
        let seen = rows.iter().position(|row| row.id == after).map_or(rows.len(), |last| last + 1);
        rows.drain(..seen);
    }
    if let Some(status) = &page.status {
        rows.retain(|row| row.status == *status);
    }
    let limit = page.limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    //@ stage 1-3
    let mut orders = Vec::new();
    for row in rows {
        orders.push(complete(connection, row).await?);
    }
    //@ end
    //@ stage 4
    let orders = complete(connection, rows).await?;
    //@ end
    //@ end
    //@ stage 6
    let size = page.limit.min(LARGEST_PAGE);
    // One more than the page, to know whether there is a next one.
    let limit = i64::from(size) + 1;
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&limit];
    let mut conditions = Vec::new();
    if let Some(after) = &page.after {
        values.push(after);
        conditions.push(format!("({column}, id) < (SELECT {column}, id FROM orders WHERE id = ${})", values.len()));
    }
    if let Some(status) = &page.status {
        values.push(status);
        conditions.push(format!("status = ${}", values.len()));
    }
    let condition = if conditions.is_empty() { "true".to_string() } else { conditions.join(" AND ") };
    let sql = format!(
        "SELECT id, customer_id, status, created_at, total_cents FROM orders
         WHERE {condition} ORDER BY {column} DESC, id DESC LIMIT $1",
    );
    let rows = connection.query(&sql, &values).await?;
    let more = rows.len() > size as usize;
    let rows = rows.iter().take(size as usize).map(OrderRow::read).collect::<Result<Vec<_>, _>>()?;
    let orders = complete(connection, rows).await?;
    //@ end
    let next = orders.last().filter(|_| more).map(|order| order.id);
    Ok(Orders { orders, next })
}

/// One order; None when there is none of this id.
pub async fn find(connection: &Connection<'_>, id: i32) -> Result<Option<Order>, Error> {
    //@ stage 1-5
    let row = connection.query_opt("SELECT * FROM orders WHERE id = $1", &[&id]).await?;
    //@ end
    //@ stage 6
    let sql = "SELECT id, customer_id, status, created_at, total_cents FROM orders WHERE id = $1";
    let row = connection.query_opt(sql, &[&id]).await?;
    //@ end
    //@ stage 1-3
    match row {
        Some(row) => Ok(Some(complete(connection, OrderRow::read(&row)?).await?)),
        None => Ok(None),
    }
    //@ end
    //@ stage 4
    let rows = row.iter().map(OrderRow::read).collect::<Result<_, _>>()?;
    Ok(complete(connection, rows).await?.pop())
    //@ end
}

//@ stage 1-3
async fn complete(connection: &Connection<'_>, row: OrderRow) -> Result<Order, Error> {
    let customer = connection.query_one("SELECT * FROM customers WHERE id = $1", &[&row.customer_id]).await?;
    let items = connection.query("SELECT * FROM items WHERE order_id = $1 ORDER BY id", &[&row.id]).await?;
    Ok(row.complete(Customer::read(&customer)?, items.iter().map(Item::read).collect::<Result<_, _>>()?))
}
//@ end
//@ stage 4
/// Adds the customers and the items of all orders, with one statement each.
async fn complete(connection: &Connection<'_>, rows: Vec<OrderRow>) -> Result<Vec<Order>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
    let customer_ids: HashSet<i32> = rows.iter().map(|row| row.customer_id).collect();
    let customer_ids: Vec<i32> = customer_ids.into_iter().collect();
    //@ stage 4-5
    let customers = connection.query("SELECT * FROM customers WHERE id = ANY($1)", &[&customer_ids]).await?;
    let items = connection.query("SELECT * FROM items WHERE order_id = ANY($1) ORDER BY id", &[&ids]).await?;
    //@ end
    //@ stage 6
    let customers = connection.query("SELECT id, name, city FROM customers WHERE id = ANY($1)", &[&customer_ids]).await?;
    let sql = "SELECT order_id, sku, qty, price_cents FROM items WHERE order_id = ANY($1) ORDER BY id";
    let items = connection.query(sql, &[&ids]).await?;
    //@ end
    let customers = customers.iter().map(|row| Ok((row.try_get("id")?, row)));
    let customers: HashMap<i32, &Row> = customers.collect::<Result<_, Error>>()?;
    let mut items_of: HashMap<i32, Vec<Item>> = HashMap::new();
    for item in &items {
        items_of.entry(item.try_get("order_id")?).or_default().push(Item::read(item)?);
    }
    let order = |row: OrderRow| {
        let customer = Customer::read(customers[&row.customer_id])?;
        let items = items_of.remove(&row.id).unwrap_or_default();
        Ok(row.complete(customer, items))
    };
    rows.into_iter().map(order).collect()
}
//@ end

/// Stores an order. None when there is no such customer.
pub async fn add(connection: &mut Connection<'_>, NewOrder { customer_id, items }: NewOrder) -> Result<Option<Order>, Error> {
    // Rolled back when it is dropped before its end.
    let transaction = connection.transaction().await?;
    let customer = transaction.query_opt("SELECT id, name, city FROM customers WHERE id = $1", &[&customer_id]).await?;
    let Some(customer) = customer else {
        transaction.rollback().await?;
        return Ok(None);
    };
    let total_cents: i32 = items.iter().map(|item| item.qty * item.price_cents).sum();
    let order = transaction
        .query_one(
            "INSERT INTO orders (customer_id, status, created_at, total_cents, notes)
             VALUES ($1, 'open', date_trunc('second', now()), $2, '') RETURNING id, customer_id, status, created_at, total_cents",
            &[&customer_id, &total_cents],
        )
        .await?;
    let order = OrderRow::read(&order)?;
    for item in &items {
        transaction
            .execute(
                "INSERT INTO items (order_id, sku, qty, price_cents, notes) VALUES ($1, $2, $3, $4, '')",
                &[&order.id, &item.sku, &item.qty, &item.price_cents],
            )
            .await?;
    }
    transaction.commit().await?;
    Ok(Some(order.complete(Customer::read(&customer)?, items)))
}

/// An order among others of the same customer.
#[derive(Serialize)]
pub struct OwnOrder {
    id: i32,
    status: String,
    created_at: String,
    total_cents: i32,
}

#[derive(Serialize)]
pub struct CustomerOrders {
    customer: Customer,
    orders: Vec<OwnOrder>,
}

/// A customer with all orders, newest first; None when there is none of this id.
pub async fn of_customer(connection: &Connection<'_>, id: i32) -> Result<Option<CustomerOrders>, Error> {
    //@ stage 1-5
    let customer = connection.query_opt("SELECT * FROM customers WHERE id = $1", &[&id]).await?;
    //@ end
    //@ stage 6
    let customer = connection.query_opt("SELECT id, name, city FROM customers WHERE id = $1", &[&id]).await?;
    //@ end
    let Some(customer) = customer else { return Ok(None) };
    //@ stage 1-5
    let rows = connection.query("SELECT * FROM orders WHERE customer_id = $1 ORDER BY created_at DESC, id DESC", &[&id]).await?;
    //@ end
    //@ stage 6
    let sql = "SELECT id, customer_id, status, created_at, total_cents FROM orders
               WHERE customer_id = $1 ORDER BY created_at DESC, id DESC";
    let rows = connection.query(sql, &[&id]).await?;
    //@ end
    let orders = rows.iter().map(|row| {
        let OrderRow { id, status, created_at, total_cents, .. } = OrderRow::read(row)?;
        Ok(OwnOrder { id, status, created_at, total_cents })
    });
    Ok(Some(CustomerOrders { customer: Customer::read(&customer)?, orders: orders.collect::<Result<_, Error>>()? }))
}

#[derive(Serialize)]
pub struct Contact {
    id: i32,
    name: String,
    email: String,
    city: String,
}

/// The customer with an e-mail address, whatever the case of its letters.
pub async fn customer_of(connection: &Connection<'_>, email: &str) -> Result<Option<Contact>, Error> {
    //@ stage 1-5
    let rows = connection.query("SELECT * FROM customers WHERE lower(email) = lower($1) ORDER BY id", &[&email]).await?;
    //@ end
    //@ stage 6
    let sql = "SELECT id, name, email, city FROM customers WHERE lower(email) = lower($1) ORDER BY id";
    let rows = connection.query(sql, &[&email]).await?;
    //@ end
    let contact = rows.first().map(|row| {
        Ok(Contact {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            city: row.try_get("city")?,
        })
    });
    contact.transpose()
}

//@ stage 11
#[derive(Clone, Eq, Hash, PartialEq)]
//@ end
pub struct Ranking {
    pub limit: i32,
    /// Only what customers there have bought.
    pub city: Option<String>,
    /// With what each has brought in, which is not for everybody.
    pub revenue: bool,
}

//@ stage 1-10
#[derive(Serialize)]
//@ end
//@ stage 11
#[derive(Clone, Serialize)]
//@ end
pub struct Product {
    sku: String,
    sold: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue_cents: Option<i64>,
}

/// The products that sell best.
pub async fn top_products(connection: &Connection<'_>, ranking: &Ranking) -> Result<Vec<Product>, Error> {
    //@ stage 1-5
    let limit = i64::from(ranking.limit);
    //@ end
    //@ stage 6
    let limit = i64::from(ranking.limit.min(LARGEST_PAGE));
    //@ end
    let rows = match &ranking.city {
        None => connection.query(&top_sql(""), &[&limit]).await?,
        Some(city) => {
            let there = "JOIN orders ON orders.id = items.order_id JOIN customers ON customers.id = orders.customer_id WHERE customers.city = $2";
            connection.query(&top_sql(there), &[&limit, city]).await?
        }
    };
    let product = |row: &Row| {
        let revenue_cents = if ranking.revenue { Some(row.try_get("revenue_cents")?) } else { None };
        Ok(Product { sku: row.try_get("sku")?, sold: row.try_get("sold")?, revenue_cents })
    };
    rows.iter().map(product).collect()
}

fn top_sql(there: &str) -> String {
    format!(
        "SELECT sku, sum(qty)::integer AS sold, sum(qty * price_cents)::bigint AS revenue_cents FROM items {there}
         GROUP BY sku ORDER BY sold DESC, sku COLLATE \"C\" LIMIT $1",
    )
}

#[derive(Serialize)]
pub struct StatusLine {
    pub status: String,
    pub orders: i32,
    pub total_cents: i64,
}

/// How many orders there are in each status, and what they come to.
pub async fn by_status(connection: &Connection<'_>) -> Result<Vec<StatusLine>, Error> {
    let sql = "SELECT status, count(*)::integer AS orders, sum(total_cents)::bigint AS total_cents FROM orders
               GROUP BY status ORDER BY status COLLATE \"C\"";
    let rows = connection.query(sql, &[]).await?;
    let line = |row: &Row| {
        Ok(StatusLine {
            status: row.try_get("status")?,
            orders: row.try_get("orders")?,
            total_cents: row.try_get("total_cents")?,
        })
    };
    rows.iter().map(line).collect()
}

fn time(of: SystemTime) -> String {
    humantime::format_rfc3339_seconds(of).to_string()
}
