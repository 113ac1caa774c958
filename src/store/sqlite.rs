//! SQLite: one file, one process, one writer. Readers never wait for the writer (WAL), and what was
//! acknowledged survives a power cut (`synchronous = FULL`).

#[path = "operations/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "the same SQL and code, once for each type of connection"
)]
pub(super) mod operations;

mod failure;
mod file;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use failure::Failure;
use writer::{Message, Task, Writer};

type Connection = SqliteConnection;

/// Since when a person blocks the bot. There is one writer, so nothing needs to be locked.
const BLOCKED_AT: &str = "SELECT blocked_at FROM people WHERE person = $1";

/// The row of a person, before it is deleted. There is one writer, so nothing needs to be locked.
const LOCK_PERSON: &str = "SELECT 1 FROM people WHERE person = $1";

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

const READERS: u32 = 4;
/// How long a statement waits for somebody else's lock, as a backup program may hold.
const BUSY: Duration = Duration::from_secs(5);
/// Writes that may stand in line before whoever brings one more must wait.
const QUEUE: usize = 1024;

/// A database in a file.
#[derive(Clone, Debug)]
pub(super) struct SqliteStore {
    path: Arc<str>,
    readers: SqlitePool,
    writer: mpsc::Sender<Message>,
}

impl SqliteStore {
    /// Opens or makes the file, and starts its writer.
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        let (file, lock) = file::prepare(path)?;
        let path: Arc<str> = file.display().to_string().into();
        let failed = |error| failure::explain(&path, error);

        let options = SqliteConnectOptions::new()
            .filename(&file)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        // The migrator wants a pool; the writer then takes the only connection out of it.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(
                options
                    .clone()
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("secure_delete", "ON"),
            )
            .await
            .map_err(failed)?;
        check(&path, &pool).await?;
        migrate(&path, &pool).await?;
        let connection = pool.acquire().await.map_err(failed)?.detach();
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(failed)?;

        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(Writer::new(Arc::clone(&path), connection, lock).run(receiver));
        Ok(Self {
            path,
            readers,
            writer: sender,
        })
    }

    /// Opens the file for reading beside the program that works with it: no lock, no writer.
    pub(super) async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let name: Arc<str> = path.display().to_string().into();
        if matches!(path.try_exists(), Ok(false)) {
            return Err(StoreError::Absent {
                path: name.to_string(),
            });
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY)
            .pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(|error| failure::explain(&name, error))?;
        // Nobody takes from this end, so that a write fails at once.
        let (writer, _) = mpsc::channel(1);
        Ok(Self {
            path: name,
            readers,
            writer,
        })
    }

    /// Runs `operation` within the writer's next transaction; returns after its commit.
    pub(super) async fn write<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, sqlx::Error>>
            + Send
            + 'static,
    {
        let (task, done) = Task::new(operation);
        self.writer
            .send(Message::Write(Box::new(task)))
            .await
            .map_err(|_| closed())?;
        done.await.map_err(|_| closed())?
    }

    /// Runs `operation`, which only reads, beside the writer.
    pub(super) async fn read<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    {
        let failed = |error| failure::explain(&self.path, error);
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        operation(&mut connection).await.map_err(failed)
    }

    /// Moves what was written from the log into the file and empties the log, so that what was deleted
    /// is in neither.
    pub(super) async fn empty_log(&self) -> Result<(), StoreError> {
        let (reply, done) = oneshot::channel();
        self.writer
            .send(Message::EmptyLog(reply))
            .await
            .map_err(|_| closed())?;
        done.await.map_err(|_| closed())?
    }

    /// Writes the whole file anew, so that nothing of what was deleted is left in corners of its pages, and
    /// empties the log.
    pub(super) async fn compact(&self) -> Result<(), StoreError> {
        let (reply, done) = oneshot::channel();
        self.writer
            .send(Message::Compact(reply))
            .await
            .map_err(|_| closed())?;
        done.await.map_err(|_| closed())?
    }

    /// Finishes what stands in line, closes the file and gives its lock back.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        let (reply, done) = oneshot::channel();
        if self.writer.send(Message::Close(reply)).await.is_ok() {
            let _closed = done.await;
        }
    }
}

fn closed() -> StoreError {
    StoreError::Database(sqlx::Error::PoolClosed)
}

/// Reads through the whole file once, so that damage shows at the start and not in a conversation.
async fn check(path: &str, pool: &SqlitePool) -> Result<(), StoreError> {
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(pool)
        .await
        .map_err(|error| failure::explain(path, error))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.to_owned(),
        source: sqlx::Error::Protocol(verdict),
    })
}

async fn migrate(path: &str, pool: &SqlitePool) -> Result<(), StoreError> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)
            if Failure::of(&error) != Failure::Other =>
        {
            failure::explain(path, error)
        }
        error => StoreError::Migrate(error),
    })
}

#[cfg(test)]
mod tests;
