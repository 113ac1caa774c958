//! What is read out as a list, and what is deleted when its time is over.

use sqlx::Error;

use crate::domain::LibraryId;
use crate::store::rows::{CountRow, DeadLetterRow, QuestionRow};

use super::Connection;

const WAITING: &str = "
    SELECT id, text, reason, state, at FROM questions
    WHERE library = $1
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
