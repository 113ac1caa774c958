//! Forgetting: of one person at their wish, of everybody when a term is over, and what is held about one.

use sqlx::Error;

use crate::domain::{PersonKey, Timestamp};
use crate::store::rows::{
    HeldConversationRow, HeldEventRow, HeldMessageRow, HeldQuestionRow, HeldRows, NewMessage,
};
use crate::store::{Erased, Expired};

use super::outbox::{bury_waiting_of_blocked, write_messages};
use super::{Connection, LOCK_PERSON};

const UNHANDLED: &str = "
    SELECT COUNT(*) FROM inbox
    WHERE person = $1 AND state = 'new' AND received_at <= $2 AND id <= $3";

// The number of the update stays until its term is over, so that it does not begin anew when the channel
// repeats it.
const STRIP_EVENTS: &str = "
    UPDATE inbox
    SET person = NULL, event = '', reason = NULL, done_at = COALESCE(done_at, $4),
        state = CASE WHEN state = 'new' THEN 'done' ELSE state END
    WHERE person = $1 AND received_at <= $2 AND id <= $3";

const FORGET_CONVERSATION: &str = "DELETE FROM conversations WHERE person = $1 AND began_at <= $2";

// Help in danger still goes out, and what is being sent cannot be called back.
const LET_GO_OUT: &str = "
    UPDATE outbox SET forget = 1
    WHERE person = $1 AND created_at <= $2 AND forget = 0 AND done_at IS NULL
      AND (state = 'sending' OR priority = 0)";

const DELETE_MESSAGES: &str = "
    DELETE FROM outbox WHERE person = $1 AND created_at <= $2 AND forget = 0";

const WITHDRAW_QUESTIONS: &str = "
    UPDATE questions SET person = NULL, text = '', state = 'withdrawn'
    WHERE person = $1 AND at <= $2";

/// What an erasure reaches.
pub(super) struct Reach {
    /// Rows of up to this moment.
    pub(super) until: i64,
    /// Events of up to this number.
    pub(super) last_event: i64,
    /// The moment of the erasure.
    pub(super) at: i64,
}

/// Erases what is held about a person, but for the row in `people` and what goes out as the last.
pub(super) async fn erase_rows(
    connection: &mut Connection,
    person: &str,
    reach: &Reach,
) -> Result<Erased, Error> {
    let unhandled: i64 = sqlx::query_scalar(UNHANDLED)
        .bind(person)
        .bind(reach.until)
        .bind(reach.last_event)
        .fetch_one(&mut *connection)
        .await?;
    let events = sqlx::query(STRIP_EVENTS)
        .bind(person)
        .bind(reach.until)
        .bind(reach.last_event)
        .bind(reach.at)
        .execute(&mut *connection)
        .await?;
    let mut rows = [0; 4];
    let statements = [
        FORGET_CONVERSATION,
        LET_GO_OUT,
        DELETE_MESSAGES,
        WITHDRAW_QUESTIONS,
    ];
    for (sql, rows) in statements.into_iter().zip(&mut rows) {
        *rows = sqlx::query(sql)
            .bind(person)
            .bind(reach.until)
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    let [conversations, going_out, messages, questions] = rows;
    Ok(Erased {
        events: events.rows_affected(),
        conversations,
        messages: going_out + messages,
        questions,
        unhandled: u64::try_from(unhandled).unwrap_or(0),
    })
}

const LIBRARY: &str = "SELECT library FROM people WHERE person = $1";

/// Erases everything of a person of up to `until`. `None` when this person is not known. `goodbye` is said
/// when an event of theirs was waiting, of which nothing would come any more.
pub(in crate::store) async fn erase(
    connection: &mut Connection,
    person: &PersonKey,
    until: Timestamp,
    goodbye: &[NewMessage],
    now: Timestamp,
) -> Result<Option<Erased>, Error> {
    let library: Option<String> = sqlx::query_scalar(LIBRARY)
        .bind(person.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(library) = library else {
        return Ok(None);
    };
    let reach = Reach {
        until: until.0,
        last_event: i64::MAX,
        at: until.0,
    };
    let erased = erase_rows(connection, person.as_str(), &reach).await?;
    if erased.unhandled > 0 {
        write_messages(connection, &library, person.as_str(), goodbye, true, now).await?;
        bury_waiting_of_blocked(connection, person.as_str()).await?;
    }
    drop_unused(connection, person.as_str()).await?;
    Ok(Some(erased))
}

// A statement of its own after the lock: it sees what others wrote until they let the row go.
const DROP_UNUSED: &str = "
    DELETE FROM people WHERE person = $1
      AND NOT EXISTS (SELECT 1 FROM inbox WHERE person = $1)
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE person = $1)
      AND NOT EXISTS (SELECT 1 FROM conversations WHERE person = $1)
      AND NOT EXISTS (SELECT 1 FROM questions WHERE person = $1)";

/// Deletes the address of a person when nothing refers to it any more.
pub(super) async fn drop_unused(connection: &mut Connection, person: &str) -> Result<u64, Error> {
    sqlx::query(LOCK_PERSON)
        .bind(person)
        .execute(&mut *connection)
        .await?;
    let dropped = sqlx::query(DROP_UNUSED)
        .bind(person)
        .execute(connection)
        .await?;
    Ok(dropped.rows_affected())
}

const DROP_SAID: &str = "
    DELETE FROM outbox WHERE person = $1 AND forget = 1 AND done_at IS NOT NULL";

/// After the last thing was said to somebody who is forgotten: deletes it, and the address with it when
/// nothing else refers to that. True when there was such a thing.
pub(super) async fn drop_said(connection: &mut Connection, person: &str) -> Result<bool, Error> {
    let said = sqlx::query(DROP_SAID)
        .bind(person)
        .execute(&mut *connection)
        .await?;
    if said.rows_affected() == 0 {
        return Ok(false);
    }
    drop_unused(connection, person).await?;
    Ok(true)
}

const EXPIRED_EVENTS: &str = "
    DELETE FROM inbox WHERE id IN (
        SELECT id FROM inbox WHERE state = 'done' AND done_at < $1 ORDER BY done_at LIMIT $2)";

const GIVEN_UP_EVENTS: &str = "
    DELETE FROM inbox WHERE id IN (
        SELECT id FROM inbox WHERE state = 'dead' AND done_at < $1 ORDER BY done_at LIMIT $2)";

const SENT_MESSAGES: &str = "
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox WHERE state = 'sent' AND done_at < $1 ORDER BY done_at LIMIT $2)";

const GIVEN_UP_MESSAGES: &str = "
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox WHERE state = 'dead' AND done_at < $1 ORDER BY done_at LIMIT $2)";

const STILL_CONVERSATIONS: &str = "
    DELETE FROM conversations WHERE person IN (
        SELECT person FROM conversations WHERE updated_at < $1 ORDER BY updated_at LIMIT $2)";

// The text has no names and numbers in it since it was kept, so nothing else needs to change.
const WHO_ASKED: &str = "
    UPDATE questions SET person = NULL WHERE id IN (
        SELECT id FROM questions WHERE person IS NOT NULL AND at < $1 ORDER BY at LIMIT $2)";

const OLD_QUESTIONS: &str = "
    DELETE FROM questions WHERE id IN (
        SELECT id FROM questions WHERE at < $1 ORDER BY at LIMIT $2)";

/// Deletes at most `limit` rows of one kind whose term ended before `before`; for questions with a person
/// that link only. Returns how many.
pub(in crate::store) async fn delete_expired(
    connection: &mut Connection,
    what: Expired,
    before: Timestamp,
    limit: i64,
) -> Result<u64, Error> {
    let sql = match what {
        Expired::Events => EXPIRED_EVENTS,
        Expired::GivenUpEvents => GIVEN_UP_EVENTS,
        Expired::Messages => SENT_MESSAGES,
        Expired::GivenUpMessages => GIVEN_UP_MESSAGES,
        Expired::Conversations => STILL_CONVERSATIONS,
        Expired::WhoAsked => WHO_ASKED,
        Expired::Questions => OLD_QUESTIONS,
    };
    let deleted = sqlx::query(sql)
        .bind(before.0)
        .bind(limit)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}

const UNUSED: &str = "
    SELECT person FROM people p
    WHERE person > $1
      AND NOT EXISTS (SELECT 1 FROM inbox WHERE person = p.person)
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE person = p.person AND (forget = 0 OR done_at IS NULL))
      AND NOT EXISTS (SELECT 1 FROM conversations WHERE person = p.person)
      AND NOT EXISTS (SELECT 1 FROM questions WHERE person = p.person)
    ORDER BY person LIMIT $2";

/// People behind `after` to whom nothing refers, in order.
pub(in crate::store) async fn unused_people(
    connection: &mut Connection,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    sqlx::query_scalar(UNUSED)
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// Deletes the addresses of these people, as far as nothing refers to them still.
pub(in crate::store) async fn drop_people(
    connection: &mut Connection,
    people: &[String],
) -> Result<u64, Error> {
    let mut dropped = 0;
    for person in people {
        if !drop_said(connection, person).await? {
            dropped += drop_unused(connection, person).await?;
        } else {
            dropped += 1;
        }
    }
    Ok(dropped)
}

const HELD_PERSON: &str = "SELECT blocked_at FROM people WHERE person = $1";

const HELD_CONVERSATION: &str = "
    SELECT state, began_at, updated_at FROM conversations WHERE person = $1";

const HELD_EVENTS: &str = "
    SELECT event, state, received_at, done_at FROM inbox WHERE person = $1 ORDER BY id";

const HELD_MESSAGES: &str = "
    SELECT payload, state, created_at, done_at FROM outbox WHERE person = $1 ORDER BY id";

const HELD_QUESTIONS: &str = "
    SELECT id, text, reason, at FROM questions WHERE person = $1 ORDER BY at, id";

/// Everything that is held about a person; `None` when this person is not known.
pub(in crate::store) async fn held(
    connection: &mut Connection,
    person: &PersonKey,
) -> Result<Option<HeldRows>, Error> {
    let person = person.as_str();
    let blocked_at: Option<Option<i64>> = sqlx::query_scalar(HELD_PERSON)
        .bind(person)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(blocked_at) = blocked_at else {
        return Ok(None);
    };
    let conversation: Option<HeldConversationRow> = sqlx::query_as(HELD_CONVERSATION)
        .bind(person)
        .fetch_optional(&mut *connection)
        .await?;
    let events: Vec<HeldEventRow> = sqlx::query_as(HELD_EVENTS)
        .bind(person)
        .fetch_all(&mut *connection)
        .await?;
    let messages: Vec<HeldMessageRow> = sqlx::query_as(HELD_MESSAGES)
        .bind(person)
        .fetch_all(&mut *connection)
        .await?;
    let questions: Vec<HeldQuestionRow> = sqlx::query_as(HELD_QUESTIONS)
        .bind(person)
        .fetch_all(connection)
        .await?;
    Ok(Some(HeldRows {
        blocked_at,
        conversation,
        events,
        messages,
        questions,
    }))
}
