//! Keeping and forgetting: what the store holds about one person, erasing it, and deleting what is over.

use std::time::Duration;

use crate::domain::{Keeping, PersonKey, Timestamp};

use super::rows::{Turn, storable};
use super::{
    Backend, DELETE_AT_ONCE, Erased, Expired, Held, NewOutgoing, Store, StoreError, postgres,
    sqlite,
};

impl Store {
    /// Everything that is held about a person; `None` when nothing is.
    pub async fn held(&self, person: &PersonKey) -> Result<Option<Held>, StoreError> {
        let person = person.clone();
        let rows = run!(self.read, held(&person))?;
        Ok(rows.map(Held::from))
    }

    /// Erases everything of a person of up to `until`, in one transaction: conversation and messages go, of
    /// events only the number of the update stays, questions become withdrawn ones without text and person.
    /// Help in danger that waits, and what is being sent, goes out and is then erased too. The address goes
    /// with the last of it. What came after `until` stays. Doing it again changes nothing.
    ///
    /// `None` when nothing is held about this person. When an event of theirs was still waiting, of which
    /// nothing would come any more, `goodbye` is said, and forgotten once it is sent.
    pub async fn erase(
        &self,
        person: &PersonKey,
        until: Timestamp,
        goodbye: &[NewOutgoing],
        now: Timestamp,
    ) -> Result<Option<Erased>, StoreError> {
        let person = person.clone();
        let goodbye = Turn::messages(goodbye)?;
        let erased = run!(self.write, erase(&person, until, &goodbye, now))?;
        if erased.is_some_and(|erased| erased.rows() > 0) {
            self.leave_no_trace(1).await?;
        }
        Ok(erased)
    }

    /// Deletes what is over at `now` by these terms, in pieces, so that turns can go in between. Events and
    /// messages that are not done are never touched. Of a question first who asked it is forgotten, and
    /// later the question; a person goes as soon as nothing refers to them. Returns how many rows.
    pub async fn delete_expired(
        &self,
        keeping: &Keeping,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let terms = [
            (Expired::Events, keeping.events),
            (Expired::GivenUpEvents, keeping.given_up),
            (Expired::Messages, keeping.messages),
            (Expired::GivenUpMessages, keeping.given_up),
            (Expired::Conversations, keeping.conversations),
            (Expired::Questions, keeping.questions),
            (Expired::WhoAsked, keeping.question_person),
        ];
        let mut deleted = 0;
        for (what, term) in terms {
            let before = earlier(now, term);
            loop {
                let piece = run!(
                    self.write,
                    delete_expired(what, before, i64::from(DELETE_AT_ONCE))
                )?;
                deleted += piece;
                if piece < u64::from(DELETE_AT_ONCE) {
                    break;
                }
            }
        }
        deleted += self.drop_unused_people().await?;
        // Also when nothing was deleted: after an erasure somebody may have been reading the log.
        self.leave_no_trace(deleted.max(1)).await?;
        Ok(deleted)
    }

    async fn drop_unused_people(&self) -> Result<u64, StoreError> {
        let mut dropped = 0;
        let mut after = String::new();
        loop {
            let from = storable(&after);
            let people = run!(
                self.read,
                unused_people(from.as_str(), i64::from(DELETE_AT_ONCE))
            )?;
            let Some(last) = people.last() else {
                return Ok(dropped);
            };
            after.clone_from(last);
            dropped += run!(self.write, drop_people(&people))?;
        }
    }

    /// Writes the database anew without what was deleted (SQLite), or gives that space free (PostgreSQL).
    /// Writing waits meanwhile on SQLite, so this is for the night.
    pub async fn compact(&self) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(backend) => backend.compact().await,
            Backend::Postgres(backend) => backend.compact().await,
        }
    }
}

fn earlier(now: Timestamp, term: Duration) -> Timestamp {
    now.plus_millis(-i64::try_from(term.as_millis()).unwrap_or(i64::MAX))
}
