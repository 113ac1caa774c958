//! The only room that names sqlx: inbox, outbox, conversations, waiting questions and counts, on
//! SQLite (one process) or PostgreSQL, behind one [`Store`] that keeps one contract.

mod model;

pub use model::{
    Accepted, Address, Count, DeadLetter, Due, NewOutgoing, NewQuestion, Pending, StoreError,
    TurnCommit, WaitingQuestion,
};

use std::collections::HashSet;

use crate::domain::{Incoming, LibraryId, MessageId, PersonKey, Timestamp};

/// The database behind everything that must not be lost.
#[derive(Clone, Debug)]
pub struct Store {}

impl Store {
    /// Opens (and for SQLite makes) the database at `url` (`sqlite:PATH` or `postgres://…`) and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let _ = url;
        todo!()
    }

    /// Writes a batch of updates in one transaction. An update that is there already (same bot, same
    /// `update_id`) is passed over and counted as duplicate. `address` is already sealed.
    pub async fn accept(&self, batch: &[(Incoming, Address)]) -> Result<Accepted, StoreError> {
        let _ = batch;
        todo!()
    }

    /// The oldest unhandled events, at most one per person and none of a person in `busy` or whose
    /// earlier event waits for a retry, with the state of that person's conversation.
    pub async fn pending(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        let _ = (now, busy, limit);
        todo!()
    }

    /// Writes everything that a turn led to in one transaction: the new state, what must be sent, the
    /// waiting questions, the counts; and marks the event as done. Returns false, writing nothing,
    /// when the event was done already.
    pub async fn commit_turn(&self, turn: &TurnCommit) -> Result<bool, StoreError> {
        let _ = turn;
        todo!()
    }

    /// Counts a failed try of an event; it waits until `not_before`. Returns the tries so far.
    pub async fn postpone_event(
        &self,
        inbox_id: i64,
        not_before: Timestamp,
        reason: &str,
    ) -> Result<u32, StoreError> {
        let _ = (inbox_id, not_before, reason);
        todo!()
    }

    /// The messages that may be sent now: for each person not in `busy` only the first in order
    /// (danger before normal, then as written), and only when it waits and its time has come.
    /// Answers to button presses are no messages: they are due at once, whatever else waits.
    pub async fn due(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let _ = (now, busy, limit);
        todo!()
    }

    /// Marks a message as being sent, before the call. False when it is no longer waiting.
    pub async fn mark_sending(&self, outbox_id: i64, at: Timestamp) -> Result<bool, StoreError> {
        let _ = (outbox_id, at);
        todo!()
    }

    /// Marks a message as sent, with the channel's number of it.
    pub async fn mark_sent(
        &self,
        outbox_id: i64,
        message: Option<MessageId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let _ = (outbox_id, message, at);
        todo!()
    }

    /// Puts a message back to wait until `not_before`, because a try failed. Returns the tries so far.
    pub async fn postpone_message(
        &self,
        outbox_id: i64,
        not_before: Timestamp,
        reason: &str,
    ) -> Result<u32, StoreError> {
        let _ = (outbox_id, not_before, reason);
        todo!()
    }

    /// Gives up on a message: it goes to the dead-letter list with the reason.
    pub async fn bury_message(
        &self,
        outbox_id: i64,
        at: Timestamp,
        reason: &str,
    ) -> Result<(), StoreError> {
        let _ = (outbox_id, at, reason);
        todo!()
    }

    /// Marks that a person blocked the bot (`true`) or can be written to again (`false`). Blocking
    /// buries all that waits for that person, with the reason `blocked`.
    pub async fn set_blocked(
        &self,
        person: &PersonKey,
        blocked: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let _ = (person, blocked, at);
        todo!()
    }

    /// At start: messages that were being sent when the program died wait again. Returns how many;
    /// each of them may arrive twice.
    pub async fn resume_sending(&self) -> Result<u64, StoreError> {
        todo!()
    }

    /// The questions that wait for a librarian, oldest first.
    pub async fn waiting_questions(
        &self,
        library: &LibraryId,
    ) -> Result<Vec<WaitingQuestion>, StoreError> {
        let _ = library;
        todo!()
    }

    /// What could not be sent, newest first.
    pub async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let _ = limit;
        todo!()
    }

    /// Counts so far, by name and key, summed over the days.
    pub async fn counts(&self, library: &LibraryId) -> Result<Vec<Count>, StoreError> {
        let _ = library;
        todo!()
    }

    /// Deletes inbox and outbox rows that were done before `before`. Returns how many.
    pub async fn delete_done(&self, before: Timestamp) -> Result<u64, StoreError> {
        let _ = before;
        todo!()
    }

    /// True when the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// Finishes what is being written and closes the database.
    pub async fn close(&self) {
        todo!()
    }
}
