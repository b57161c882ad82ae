//! Connections to PostgreSQL.

use tokio_postgres::{Client, Config, Error, NoTls};

/// Opens a connection to the database. It is closed when it is dropped.
pub async fn connect(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    // Carries what the client sends and gets. If it fails, the client's statements do.
    tokio::spawn(connection);
    Ok(client)
}
