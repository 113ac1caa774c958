//! PostgreSQL: a server of its own. Each operation is a transaction; conditions in the SQL and row
//! locks keep operations that run at the same time apart.

#[path = "operations/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "the same SQL and code, once for each type of connection"
)]
pub(super) mod operations;

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::PgConnection;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::StoreError;

type Connection = PgConnection;

/// Since when a person blocks the bot. Locked until the commit, so that somebody who blocks the bot
/// meanwhile is seen as blocked either by the turn or by the one who buries what waits.
const BLOCKED_AT: &str = "SELECT blocked_at FROM people WHERE person = $1 FOR SHARE";

/// The row of a person, before it is deleted: nobody writes anything about this person until the commit.
const LOCK_PERSON: &str = "SELECT 1 FROM people WHERE person = $1 FOR UPDATE";

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

const CONNECTIONS: u32 = 8;
/// How long to wait for a connection before saying that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database on a server.
#[derive(Clone, Debug)]
pub(super) struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects, and brings the tables up to date.
    pub(super) async fn open(options: PgConnectOptions) -> Result<Self, StoreError> {
        let store = Self::connect(options, CONNECTIONS).await?;
        MIGRATIONS.run(&store.pool).await?;
        Ok(store)
    }

    /// Connects to look only: the tables stay as they are, also when a program of another version works
    /// with them.
    pub(super) async fn open_to_read(options: PgConnectOptions) -> Result<Self, StoreError> {
        let options = options.options([("default_transaction_read_only", "on")]);
        Self::connect(options, 1).await
    }

    async fn connect(options: PgConnectOptions, most: u32) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(PATIENCE)
            .connect_with(options.application_name("aanzet"))
            .await?;
        Ok(Self { pool })
    }

    /// Runs `operation` in a transaction of its own; returns after its commit.
    pub(super) async fn write<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    {
        let mut transaction = self.pool.begin().await?;
        let value = operation(&mut transaction).await?;
        transaction.commit().await?;
        Ok(value)
    }

    /// Runs `operation`, which only reads.
    pub(super) async fn read<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    {
        let mut connection = self.pool.acquire().await?;
        Ok(operation(&mut connection).await?)
    }

    /// Gives the space of deleted rows free, so that others write over it.
    pub(super) async fn compact(&self) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        sqlx::raw_sql("VACUUM inbox, outbox, conversations, questions, people")
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Waits for what is being done, and closes all connections.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}
