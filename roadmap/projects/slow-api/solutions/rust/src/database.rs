//! Connections to PostgreSQL.

//@ stage 1-6
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, GenericClient, NoTls, Row, Statement, Transaction};
//@ end
//@ stage 7
use deadpool_postgres::{Client, GenericClient, Manager, Pool, PoolError, Transaction};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Error, NoTls, Row, Statement};
//@ end

use crate::timing::Timing;

/// What statements of one request are sent over: a connection, or a transaction of it.
pub struct Connection<'a, C = Client> {
    client: C,
    timing: &'a Timing,
}

impl<C: GenericClient> Connection<'_, C> {
    pub async fn query(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let statement = self.prepare(sql).await?;
        self.timing.database(self.client.query(&statement, values)).await
    }

    /// Fails when there are several rows.
    pub async fn query_opt(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, Error> {
        let statement = self.prepare(sql).await?;
        self.timing.database(self.client.query_opt(&statement, values)).await
    }

    /// Fails when there is another number of rows.
    pub async fn query_one(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Row, Error> {
        let statement = self.prepare(sql).await?;
        self.timing.database(self.client.query_one(&statement, values)).await
    }

    /// Returns how many rows were changed.
    pub async fn execute(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, Error> {
        let statement = self.prepare(sql).await?;
        self.timing.database(self.client.execute(&statement, values)).await
    }

    async fn prepare(&self, sql: &str) -> Result<Statement, Error> {
        //@ stage 1-6
        self.timing.database(self.client.prepare(sql)).await
        //@ end
        //@ stage 7
        // Once for each connection: it is kept, so its statements can be kept, too.
        self.timing.database(self.client.prepare_cached(sql)).await
        //@ end
    }
}

impl<'a> Connection<'a> {
    /// Begins a transaction. It is rolled back when it is dropped before its end.
    pub async fn transaction(&mut self) -> Result<Connection<'a, Transaction<'_>>, Error> {
        let client = self.timing.database(self.client.transaction()).await?;
        Ok(Connection { client, timing: self.timing })
    }
}

impl Connection<'_, Transaction<'_>> {
    pub async fn commit(self) -> Result<(), Error> {
        self.timing.database(self.client.commit()).await
    }

    pub async fn rollback(self) -> Result<(), Error> {
        self.timing.database(self.client.rollback()).await
    }
}

//@ stage 1-6
pub struct Database {
    config: Config,
}

impl Database {
    pub fn new(config: Config) -> Database {
        Database { config }
    }

    /// Opens a connection to the database. It is closed when it is dropped.
    pub async fn connect<'a>(&self, timing: &'a Timing) -> Result<Connection<'a>, Error> {
        let (client, connection) = self.config.connect(NoTls).await?;
        // Carries what the client sends and gets. If it fails, the client's statements do.
        tokio::spawn(connection);
        Ok(Connection { client, timing })
    }
}
//@ end
//@ stage 7
/// The most connections that are open at once.
const MOST_CONNECTIONS: usize = 10;

pub struct Database {
    pool: Pool,
}

impl Database {
    pub fn new(config: Config) -> Database {
        let pool = Pool::builder(Manager::new(config, NoTls)).max_size(MOST_CONNECTIONS).build();
        Database { pool: pool.expect("a pool without time limits needs nothing that may be missing") }
    }

    /// Lends a connection to the database; who finds none free waits. It goes back when it is dropped.
    pub async fn connect<'a>(&self, timing: &'a Timing) -> Result<Connection<'a>, PoolError> {
        Ok(Connection { client: self.pool.get().await?, timing })
    }
}
//@ end
