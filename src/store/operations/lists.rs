//! What is read out as a list, and what is deleted when its time is over.

use sqlx::Error;

use crate::domain::{LibraryId, Timestamp};
use crate::store::rows::{CountRow, DeadLetterRow, QuestionRow};

use super::Connection;

const WAITING: &str = "
    SELECT id, text, reason, at FROM questions
    WHERE library = $1 AND state = 'waiting'
    ORDER BY at, id";

pub(in crate::store) async fn waiting_questions(
    connection: &mut Connection,
    library: &LibraryId,
) -> Result<Vec<QuestionRow>, Error> {
    sqlx::query_as(WAITING)
        .bind(library.as_str())
        .fetch_all(connection)
        .await
}

const DEAD: &str = "
    SELECT id, person, kind, COALESCE(reason, '') AS reason, done_at FROM outbox
    WHERE state = 'dead'
    ORDER BY done_at DESC, id DESC
    LIMIT $1";

pub(in crate::store) async fn dead_letters(
    connection: &mut Connection,
    limit: i64,
) -> Result<Vec<DeadLetterRow>, Error> {
    sqlx::query_as(DEAD).bind(limit).fetch_all(connection).await
}

// The cast: PostgreSQL makes a NUMERIC of such a sum.
const COUNTS: &str = "
    SELECT name, key, CAST(SUM(n) AS BIGINT) AS n FROM counts
    WHERE library = $1
    GROUP BY name, key";

pub(in crate::store) async fn counts(
    connection: &mut Connection,
    library: &LibraryId,
) -> Result<Vec<CountRow>, Error> {
    sqlx::query_as(COUNTS)
        .bind(library.as_str())
        .fetch_all(connection)
        .await
}

const DELETE_EVENTS: &str = "
    DELETE FROM inbox WHERE id IN (
        SELECT id FROM inbox WHERE done_at < $1 AND state <> 'new' ORDER BY done_at LIMIT $2)";

const DELETE_MESSAGES: &str = "
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox WHERE done_at < $1 AND state IN ('sent', 'dead')
        ORDER BY done_at LIMIT $2)";

/// Deletes at most `limit` events and as many messages.
pub(in crate::store) async fn delete_done(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<u64, Error> {
    let mut deleted = 0;
    for sql in [DELETE_EVENTS, DELETE_MESSAGES] {
        deleted += sqlx::query(sql)
            .bind(before.0)
            .bind(limit)
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(deleted)
}

const FORGET_CONVERSATIONS: &str = "
    DELETE FROM conversations WHERE person IN (
        SELECT person FROM conversations WHERE updated_at < $1 ORDER BY updated_at LIMIT $2)";

/// Deletes the state of at most `limit` conversations that have been still since `before`.
pub(in crate::store) async fn forget_conversations(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<u64, Error> {
    let forgotten = sqlx::query(FORGET_CONVERSATIONS)
        .bind(before.0)
        .bind(limit)
        .execute(connection)
        .await?;
    Ok(forgotten.rows_affected())
}
