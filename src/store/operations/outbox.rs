//! The outbox: what must be sent, in which order, and what came of it.

use sqlx::Error;

use crate::domain::{MessageId, PersonKey, Timestamp};
use crate::store::rows::{DueRow, NewMessage};

use super::Connection;
use super::forget::drop_said;

// The head of each person's line. What is being sent still stands in the line, so that nothing
// overtakes it but danger. Conditions such as `done_at IS NULL` are those of the indexes, word for word:
// SQLite uses a partial index for nothing else.
const MESSAGES: &str = "
    SELECT o.id, o.library, o.person, p.address, o.payload, o.priority, o.attempts, o.created_at
    FROM outbox o JOIN people p ON p.person = o.person
    WHERE o.state = 'waiting' AND o.kind NOT IN ('answer_button', 'delete_message') AND o.not_before <= $1
      AND p.blocked_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM outbox e
        WHERE e.person = o.person AND e.done_at IS NULL
          AND e.kind NOT IN ('answer_button', 'delete_message')
          AND (e.priority, e.id) < (o.priority, o.id))
    ORDER BY o.priority, o.id
    LIMIT $2";

const BESIDE: &str = "
    SELECT o.id, o.library, o.person, p.address, o.payload, o.priority, o.attempts, o.created_at
    FROM outbox o JOIN people p ON p.person = o.person
    WHERE o.state = 'waiting' AND o.kind IN ('answer_button', 'delete_message') AND o.not_before <= $1
      AND p.blocked_at IS NULL
    ORDER BY o.id
    LIMIT $2";

/// The first message of each person's line, when it may go.
pub(in crate::store) async fn messages_due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DueRow>, Error> {
    sqlx::query_as(MESSAGES)
        .bind(now.0)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// The answers to button presses and the deletions, which stand in no line.
pub(in crate::store) async fn beside_due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DueRow>, Error> {
    sqlx::query_as(BESIDE)
        .bind(now.0)
        .bind(limit)
        .fetch_all(connection)
        .await
}

const MESSAGE: &str = "
    INSERT INTO outbox (library, person, kind, payload, priority, created_at, forget)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Writes what must be sent. With `forget` each is deleted when it is sent.
pub(super) async fn write_messages(
    connection: &mut Connection,
    library: &str,
    person: &str,
    messages: &[NewMessage],
    forget: bool,
    at: Timestamp,
) -> Result<(), Error> {
    for message in messages {
        sqlx::query(MESSAGE)
            .bind(library)
            .bind(person)
            .bind(message.kind)
            .bind(message.payload.as_str())
            .bind(message.priority)
            .bind(at.0)
            .bind(i64::from(forget))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

const SENDING: &str = "
    UPDATE outbox SET state = 'sending', sending_at = $2 WHERE id = $1 AND state = 'waiting'";

pub(in crate::store) async fn mark_sending(
    connection: &mut Connection,
    id: i64,
    at: Timestamp,
) -> Result<bool, Error> {
    let marked = sqlx::query(SENDING)
        .bind(id)
        .bind(at.0)
        .execute(connection)
        .await?;
    Ok(marked.rows_affected() > 0)
}

const SENT: &str = "
    UPDATE outbox SET state = 'sent', message_id = $2, done_at = $3, reason = NULL
    WHERE id = $1 AND state IN ('waiting', 'sending')
    RETURNING person, forget";

/// True when this was the last thing said to somebody who is forgotten.
pub(in crate::store) async fn mark_sent(
    connection: &mut Connection,
    id: i64,
    message: Option<MessageId>,
    at: Timestamp,
) -> Result<bool, Error> {
    let ended: Option<(String, i64)> = sqlx::query_as(SENT)
        .bind(id)
        .bind(message.map(|MessageId(number)| i64::from(number)))
        .bind(at.0)
        .fetch_optional(&mut *connection)
        .await?;
    forgotten(connection, ended).await
}

/// After a message has ended: forgets it when it was the last to somebody who is forgotten.
async fn forgotten(
    connection: &mut Connection,
    ended: Option<(String, i64)>,
) -> Result<bool, Error> {
    match ended {
        Some((person, 1)) => drop_said(connection, &person).await,
        _ => Ok(false),
    }
}

const POSTPONE: &str = "
    UPDATE outbox
    SET state = 'waiting', sending_at = NULL, attempts = attempts + 1, not_before = $2, reason = $3
    WHERE id = $1 AND state IN ('waiting', 'sending')
    RETURNING attempts, person";

pub(in crate::store) async fn postpone_message(
    connection: &mut Connection,
    id: i64,
    not_before: Timestamp,
    reason: &str,
) -> Result<i64, Error> {
    let postponed: Option<(i64, String)> = sqlx::query_as(POSTPONE)
        .bind(id)
        .bind(not_before.0)
        .bind(reason)
        .fetch_optional(&mut *connection)
        .await?;
    let Some((attempts, person)) = postponed else {
        return Ok(0);
    };
    // The person may have blocked us while this was being sent.
    bury_waiting_of_blocked(connection, &person).await?;
    Ok(attempts)
}

const BURY: &str = "
    UPDATE outbox SET state = 'dead', done_at = $2, reason = $3
    WHERE id = $1 AND state IN ('waiting', 'sending')
    RETURNING person, forget";

/// True when this was to be the last thing said to somebody who is forgotten.
pub(in crate::store) async fn bury_message(
    connection: &mut Connection,
    id: i64,
    at: Timestamp,
    reason: &str,
) -> Result<bool, Error> {
    let ended: Option<(String, i64)> = sqlx::query_as(BURY)
        .bind(id)
        .bind(at.0)
        .bind(reason)
        .fetch_optional(&mut *connection)
        .await?;
    forgotten(connection, ended).await
}

const BLOCK: &str = "
    UPDATE people SET blocked_at = $2 WHERE person = $1 AND blocked_at IS NULL";
const UNBLOCK: &str = "
    UPDATE people SET blocked_at = NULL WHERE person = $1 AND blocked_at IS NOT NULL";

pub(in crate::store) async fn set_blocked(
    connection: &mut Connection,
    person: &PersonKey,
    blocked: bool,
    at: Timestamp,
) -> Result<(), Error> {
    mark_blocked(connection, person.as_str(), blocked, at).await
}

/// Blocks and buries what waits, or unblocks.
pub(super) async fn mark_blocked(
    connection: &mut Connection,
    person: &str,
    blocked: bool,
    at: Timestamp,
) -> Result<(), Error> {
    if blocked {
        sqlx::query(BLOCK)
            .bind(person)
            .bind(at.0)
            .execute(&mut *connection)
            .await?;
        bury_waiting_of_blocked(connection, person).await
    } else {
        // Before the door opens again: what slipped in behind it is too old to say now.
        bury_waiting_of_blocked(connection, person).await?;
        sqlx::query(UNBLOCK)
            .bind(person)
            .execute(connection)
            .await?;
        Ok(())
    }
}

// Since when: since the block, or since it was written when that was later.
const BURY_WAITING_OF_BLOCKED: &str = "
    UPDATE outbox
    SET state = 'dead', reason = 'blocked', done_at = (
        SELECT CASE WHEN p.blocked_at > outbox.created_at THEN p.blocked_at ELSE outbox.created_at END
        FROM people p WHERE p.person = outbox.person)
    WHERE person = $1 AND done_at IS NULL AND state = 'waiting'
      AND EXISTS (SELECT 1 FROM people p WHERE p.person = outbox.person AND p.blocked_at IS NOT NULL)";

/// Buries what waits for a person, when that person has blocked the bot.
pub(super) async fn bury_waiting_of_blocked(
    connection: &mut Connection,
    person: &str,
) -> Result<(), Error> {
    let buried = sqlx::query(BURY_WAITING_OF_BLOCKED)
        .bind(person)
        .execute(&mut *connection)
        .await?;
    if buried.rows_affected() > 0 {
        drop_said(connection, person).await?;
    }
    Ok(())
}

const BURY_SENDING_OF_BLOCKED: &str = "
    UPDATE outbox
    SET state = 'dead', reason = 'blocked', done_at = (
        SELECT CASE WHEN p.blocked_at > outbox.created_at THEN p.blocked_at ELSE outbox.created_at END
        FROM people p WHERE p.person = outbox.person)
    WHERE done_at IS NULL AND state = 'sending'
      AND EXISTS (SELECT 1 FROM people p WHERE p.person = outbox.person AND p.blocked_at IS NOT NULL)";

const RESUME: &str = "
    UPDATE outbox
    SET state = 'waiting', sending_at = NULL, attempts = attempts + 1, repeated = repeated + 1
    WHERE done_at IS NULL AND state = 'sending'";

pub(in crate::store) async fn resume_sending(connection: &mut Connection) -> Result<u64, Error> {
    sqlx::query(BURY_SENDING_OF_BLOCKED)
        .execute(&mut *connection)
        .await?;
    let resumed = sqlx::query(RESUME).execute(&mut *connection).await?;
    Ok(resumed.rows_affected())
}
