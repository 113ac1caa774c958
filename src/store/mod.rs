//! The only room that names sqlx and the ciphers: inbox, outbox, conversations, waiting questions and
//! counts, on SQLite (one process) or PostgreSQL, behind one [`Store`] that keeps one contract; and the
//! [`Vault`] for Telegram's ids.

mod forgotten;
mod location;
mod model;
mod postgres;
mod rows;
mod sqlite;
mod vault;

pub use forgotten::{ForgetList, ForgetListError, Forgotten};
pub use model::{
    Accepted, Address, Count, DeadLetter, Due, Erased, Held, HeldConversation, HeldEvent,
    HeldMessage, HeldQuestion, NewOutgoing, NewQuestion, Pending, StoreError, TurnCommit,
    WaitingQuestion,
};

use model::Expired;
pub use vault::{SecretKey, Vault, VaultError};

use std::collections::HashSet;

use crate::domain::{Incoming, LibraryId, MessageId, PersonKey, Timestamp};

use location::Location;
use postgres::PostgresStore;
use rows::{Batch, Turn, storable};
use sqlite::SqliteStore;

/// The database behind everything that must not be lost.
///
/// A clone is another handle to the same database. A `reason` is kept and logged as it is given, so it
/// never holds what somebody wrote.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
}

#[derive(Clone, Debug)]
enum Backend {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

/// Runs an operation on the backend that there is: `read` or `write`, with arguments that it owns.
macro_rules! run {
    ($store:ident.$how:ident, $operation:ident($($argument:expr),*)) => {
        match &$store.backend {
            Backend::Sqlite(backend) => {
                backend
                    .$how(move |connection| Box::pin(async move {
                        sqlite::operations::$operation(connection, $($argument),*).await
                    }))
                    .await
            }
            Backend::Postgres(backend) => {
                backend
                    .$how(move |connection| Box::pin(async move {
                        postgres::operations::$operation(connection, $($argument),*).await
                    }))
                    .await
            }
        }
    };
}

// Behind the macro, which it uses.
mod keeping;

/// Rows that are deleted at a time, so that turns can go in between.
const DELETE_AT_ONCE: u32 = 500;

impl Store {
    /// Opens (and for SQLite makes) the database at `url` (`sqlite:PATH` or `postgres://…`) and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let backend = match url.parse()? {
            Location::Sqlite(path) => Backend::Sqlite(SqliteStore::open(&path).await?),
            Location::Postgres(options) => Backend::Postgres(PostgresStore::open(*options).await?),
        };
        Ok(Self { backend })
    }

    /// Opens the database to look at it only, also while a program works with it. Its tables must be there.
    /// Whatever would write fails.
    pub async fn open_to_read(url: &str) -> Result<Self, StoreError> {
        let backend = match url.parse()? {
            Location::Sqlite(path) => Backend::Sqlite(SqliteStore::open_to_read(&path).await?),
            Location::Postgres(options) => {
                Backend::Postgres(PostgresStore::open_to_read(*options).await?)
            }
        };
        Ok(Self { backend })
    }

    /// Writes a batch of updates in one transaction. An update that is there already (same bot, same
    /// `update_id`) is passed over and counted as duplicate. `address` is already sealed.
    pub async fn accept(&self, batch: &[(Incoming, Address)]) -> Result<Accepted, StoreError> {
        if batch.is_empty() {
            return Ok(Accepted::default());
        }
        let batch = Batch::new(batch)?;
        run!(self.write, accept(&batch))
    }

    /// How many events wait for their turn, counted up to `most`.
    pub async fn waiting_events(&self, most: u64) -> Result<u64, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let waiting = run!(self.read, waiting_events(most))?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }

    /// The oldest unhandled events, at most one per person and none of a person in `busy` or whose
    /// earlier event waits for a retry, with the state of that person's conversation. An event that
    /// cannot be read is given up and logged, so that it never holds up the rest.
    pub async fn pending(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        let enough = enough(limit, busy);
        loop {
            let rows = run!(self.read, pending(now, enough))?;
            let (mut readable, unreadable) =
                sort_out(rows.into_iter().map(|row| (row.id, row.read())));
            if unreadable.is_empty() {
                readable.retain(|pending| !busy.contains(&pending.person));
                readable.truncate(limit as usize);
                return Ok(readable);
            }
            for (id, error) in unreadable {
                self.bury_event(id, now, &error.to_string()).await?;
            }
        }
    }

    /// Writes everything that a turn led to in one transaction: the new state, what must be sent, the
    /// waiting questions, the counts; and marks the event as done. Returns false, writing nothing,
    /// when the event was done already, or is not of this person and library.
    ///
    /// The person is unblocked or blocked first. For a person who is blocked, what must be sent goes to
    /// the dead letters at once.
    pub async fn commit_turn(&self, turn: &TurnCommit) -> Result<bool, StoreError> {
        let erases = turn.erase;
        let turn = Turn::new(turn)?;
        let written = run!(self.write, commit_turn(&turn))?;
        if erases && written {
            self.clear_log_after_erasure().await;
        }
        Ok(written)
    }

    /// What was erased is gone from the tables already; that the log still holds it until the next time is
    /// no reason to call it failed.
    async fn clear_log_after_erasure(&self) {
        if let Err(error) = self.leave_no_trace(1).await {
            tracing::warn!(%error, "the log of the database could not be emptied after an erasure; it is tried again within an hour");
        }
    }

    /// Counts a failed try of an event; it waits until `not_before`, and what the same person sent later
    /// waits with it. Returns the tries so far, this one included; 0 when the event waits no longer.
    pub async fn postpone_event(
        &self,
        inbox_id: i64,
        not_before: Timestamp,
        reason: &str,
    ) -> Result<u32, StoreError> {
        let reason = storable(reason);
        let attempts = run!(
            self.write,
            postpone_event(inbox_id, not_before, reason.as_str())
        )?;
        Ok(u32::try_from(attempts).unwrap_or(u32::MAX))
    }

    /// Gives up on an event: it is never a turn again, and what the same person sent later can go on.
    pub async fn bury_event(
        &self,
        inbox_id: i64,
        at: Timestamp,
        reason: &str,
    ) -> Result<(), StoreError> {
        let reason = storable(reason);
        tracing::error!(inbox_id, reason, "an event is given up");
        run!(self.write, bury_event(inbox_id, at, reason.as_str()))
    }

    /// The messages that may be sent now: for each person not in `busy` only the first in order
    /// (danger before normal, then as written), and only when it waits and its time has come.
    /// Answers to button presses and deletions are no messages: they are due at once, whatever else waits,
    /// also for a person in `busy`. A person who blocked the bot gets nothing. A message that cannot be read is
    /// buried and logged.
    ///
    /// What is being sent keeps its place in the line, so a message that was marked as being sent must
    /// be marked as sent, postponed or buried before the next of that person is due.
    pub async fn due(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let enough = enough(limit, busy);
        loop {
            let mut rows = run!(self.read, messages_due(now, enough))?;
            rows.extend(run!(self.read, beside_due(now, i64::from(limit)))?);
            let (mut readable, unreadable) =
                sort_out(rows.into_iter().map(|row| (row.id, row.read())));
            if unreadable.is_empty() {
                readable
                    .retain(|due| due.outgoing.is_beside_messages() || !busy.contains(&due.person));
                // Over all people: danger, then answers to presses (of no use after seconds) and deletions, then
                // by age.
                readable.sort_by_key(|due| {
                    (
                        due.priority,
                        !due.outgoing.is_beside_messages(),
                        due.outbox_id,
                    )
                });
                readable.truncate(limit as usize);
                return Ok(readable);
            }
            for (id, error) in unreadable {
                tracing::error!(%error, "a message that cannot be read is buried");
                self.bury_message(id, now, &error.to_string()).await?;
            }
        }
    }

    /// Marks a message as being sent, before the call. False when it is no longer waiting.
    pub async fn mark_sending(&self, outbox_id: i64, at: Timestamp) -> Result<bool, StoreError> {
        run!(self.write, mark_sending(outbox_id, at))
    }

    /// Marks a message as sent, with the channel's number of it. Nothing happens when it was sent or
    /// buried already, so this can be tried again. The last message to somebody who is forgotten is deleted
    /// instead, and the address with it.
    pub async fn mark_sent(
        &self,
        outbox_id: i64,
        message: Option<MessageId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if run!(self.write, mark_sent(outbox_id, message, at))? {
            self.clear_log_after_erasure().await;
        }
        Ok(())
    }

    /// Puts a message back to wait until `not_before`, because a try failed. Returns the tries so far,
    /// this one included; 0 when the message was sent or buried already.
    pub async fn postpone_message(
        &self,
        outbox_id: i64,
        not_before: Timestamp,
        reason: &str,
    ) -> Result<u32, StoreError> {
        let reason = storable(reason);
        let attempts = run!(
            self.write,
            postpone_message(outbox_id, not_before, reason.as_str())
        )?;
        Ok(u32::try_from(attempts).unwrap_or(u32::MAX))
    }

    /// Gives up on a message: it goes to the dead-letter list with the reason.
    pub async fn bury_message(
        &self,
        outbox_id: i64,
        at: Timestamp,
        reason: &str,
    ) -> Result<(), StoreError> {
        let reason = storable(reason);
        if run!(self.write, bury_message(outbox_id, at, reason.as_str()))? {
            self.clear_log_after_erasure().await;
        }
        Ok(())
    }

    /// Marks that a person blocked the bot (`true`) or can be written to again (`false`). Blocking
    /// buries all that waits for that person, with the reason `blocked`.
    pub async fn set_blocked(
        &self,
        person: &PersonKey,
        blocked: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let person = person.clone();
        run!(self.write, set_blocked(&person, blocked, at))
    }

    /// At start: messages that were being sent when the program died wait again. Returns how many;
    /// each of them may arrive twice.
    pub async fn resume_sending(&self) -> Result<u64, StoreError> {
        run!(self.write, resume_sending())
    }

    /// The questions that wait for a librarian, oldest first, and those that were withdrawn by who asked.
    pub async fn waiting_questions(
        &self,
        library: &LibraryId,
    ) -> Result<Vec<WaitingQuestion>, StoreError> {
        let library = library.clone();
        let rows = run!(self.read, waiting_questions(&library))?;
        Ok(rows.into_iter().map(WaitingQuestion::from).collect())
    }

    /// What could not be sent, newest first.
    pub async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = run!(self.read, dead_letters(i64::from(limit)))?;
        Ok(rows.into_iter().map(DeadLetter::from).collect())
    }

    /// Counts so far, by name and key, summed over the days.
    pub async fn counts(&self, library: &LibraryId) -> Result<Vec<Count>, StoreError> {
        let library = library.clone();
        let rows = run!(self.read, counts(&library))?;
        let mut counts: Vec<Count> = rows.into_iter().map(Count::from).collect();
        // Sorted here, because each database has its own idea of the order of letters.
        counts.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        Ok(counts)
    }

    /// After a deletion, takes the deleted bytes out of the log of the database as well.
    async fn leave_no_trace(&self, deleted: u64) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(backend) if deleted > 0 => backend.empty_log().await,
            Backend::Sqlite(_) | Backend::Postgres(_) => Ok(()),
        }
    }

    /// Succeeds when the database answers, its writer included.
    pub async fn ping(&self) -> Result<(), StoreError> {
        run!(self.write, ping())
    }

    /// Finishes what is being written and closes the database.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(backend) => backend.close().await,
            Backend::Postgres(backend) => backend.close().await,
        }
    }
}

/// Rows to read so that `limit` are left after those of busy people: nobody has more than one.
fn enough(limit: u32, busy: &HashSet<PersonKey>) -> i64 {
    i64::from(limit).saturating_add(i64::try_from(busy.len()).unwrap_or(i64::MAX))
}

/// What could be read, and for each row that could not, why.
fn sort_out<T>(
    rows: impl Iterator<Item = (i64, Result<T, StoreError>)>,
) -> (Vec<T>, Vec<(i64, StoreError)>) {
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for (id, row) in rows {
        match row {
            Ok(value) => readable.push(value),
            Err(error) => unreadable.push((id, error)),
        }
    }
    (readable, unreadable)
}
