//! The one writer of the file. It takes everything that stands in line into one transaction, so that
//! many turns share one wait for the disk. Each operation has a savepoint: one that fails is undone
//! alone. Nobody hears that something is written before the commit.

use std::fs::File;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::store::StoreError;

use super::closed;
use super::failure::{explain, explain_shared};

/// Operations in one transaction at most; it bounds how long the first of them waits.
const BATCH: usize = 256;

/// What the writer is asked.
pub(super) enum Message {
    /// Do this within the next transaction.
    Write(Box<dyn Job>),
    /// Move the log into the file and empty it.
    EmptyLog(oneshot::Sender<Result<(), StoreError>>),
    /// Write the file anew without what was deleted, and empty the log.
    Compact(oneshot::Sender<Result<(), StoreError>>),
    /// Take nothing more, finish what stands in line, and close.
    Close(oneshot::Sender<()>),
}

/// An operation whose outcome is of a type that only its caller knows.
pub(super) trait Job: Send {
    /// Does it; false means that it must be undone.
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, bool>;
    /// Tells the caller how it ended: `failure` when the transaction as a whole failed.
    fn answer(self: Box<Self>, path: &str, failure: Option<&Arc<sqlx::Error>>);
}

/// The [`Job`] of one caller.
pub(super) struct Task<T, F> {
    operation: Option<F>,
    outcome: Option<Result<T, sqlx::Error>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Task<T, F> {
    pub(super) fn new(operation: F) -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (caller, done) = oneshot::channel();
        let task = Self {
            operation: Some(operation),
            outcome: None,
            caller,
        };
        (task, done)
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send,
{
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, bool> {
        async move {
            if let Some(operation) = self.operation.take() {
                self.outcome = Some(operation(connection).await);
            }
            matches!(self.outcome, Some(Ok(_)))
        }
        .boxed()
    }

    fn answer(self: Box<Self>, path: &str, failure: Option<&Arc<sqlx::Error>>) {
        let answer = match (self.outcome, failure) {
            (Some(Err(own)), _) => Err(explain(path, own)),
            (_, Some(failure)) => Err(explain_shared(path, failure)),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(closed()),
        };
        // Nobody listens any more when the caller was cancelled; what is written stays written.
        let _unheard = self.caller.send(answer);
    }
}

/// Owns the connection that writes, and the lock of the file.
pub(super) struct Writer {
    path: Arc<str>,
    connection: SqliteConnection,
    lock: File,
}

impl Writer {
    pub(super) fn new(path: Arc<str>, connection: SqliteConnection, lock: File) -> Self {
        Self {
            path,
            connection,
            lock,
        }
    }

    /// Works until it is told to close, or nobody is left who could ask for anything.
    pub(super) async fn run(mut self, mut line: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(BATCH);
        let mut closing = Vec::new();
        while line.recv_many(&mut messages, BATCH).await > 0 {
            let mut jobs = Vec::with_capacity(messages.len());
            let mut emptying = Vec::new();
            let mut compacting = Vec::new();
            for message in messages.drain(..) {
                match message {
                    Message::Write(job) => jobs.push(job),
                    Message::EmptyLog(caller) => emptying.push(caller),
                    Message::Compact(caller) => compacting.push(caller),
                    Message::Close(caller) => {
                        line.close();
                        closing.push(caller);
                    }
                }
            }
            if !jobs.is_empty() {
                self.commit(jobs).await;
            }
            for caller in emptying {
                let emptied = self.empty_log().await;
                let _unheard = caller.send(emptied.map_err(|error| explain(&self.path, error)));
            }
            for caller in compacting {
                let compacted = self.compact().await;
                let _unheard = caller.send(compacted.map_err(|error| explain(&self.path, error)));
            }
        }
        if let Err(error) = self.connection.close().await {
            tracing::warn!(%error, "the database did not close well; it is made whole at the next start");
        }
        drop(self.lock);
        for caller in closing {
            let _unheard = caller.send(());
        }
    }

    async fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let failure = match self.transaction(&mut jobs).await {
            Ok(()) => None,
            Err(error) => {
                // Some failures, as of a full disk, have ended the transaction by themselves.
                let _ended_already = self.execute("ROLLBACK").await;
                tracing::error!(%error, operations = jobs.len(), "a transaction failed and was undone");
                Some(Arc::new(error))
            }
        };
        for job in jobs {
            job.answer(&self.path, failure.as_ref());
        }
    }

    async fn transaction(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
        self.execute("BEGIN IMMEDIATE").await?;
        for job in jobs {
            self.execute("SAVEPOINT operation").await?;
            if !job.run(&mut self.connection).await {
                self.execute("ROLLBACK TO operation").await?;
            }
            self.execute("RELEASE operation").await?;
        }
        self.execute("COMMIT").await
    }

    /// Somebody who reads for long can be in the way; then it is done the next time.
    async fn empty_log(&mut self) -> Result<(), sqlx::Error> {
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut self.connection)
            .await?;
        if busy != 0 {
            tracing::warn!("the log of the database is being read and could not be emptied yet");
        }
        Ok(())
    }

    async fn compact(&mut self) -> Result<(), sqlx::Error> {
        self.execute("VACUUM").await?;
        self.empty_log().await
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(&mut self.connection).await?;
        Ok(())
    }
}
