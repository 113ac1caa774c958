//! One turn, written whole.

use sqlx::Error;

use crate::store::rows::Turn;

use super::forget::{Reach, drop_unused, erase_rows};
use super::outbox::{bury_waiting_of_blocked, mark_blocked, write_messages};
use super::{BLOCKED_AT, Connection};

// The condition makes a turn happen once, whoever else is at it.
const DONE: &str = "
    UPDATE inbox SET state = 'done', done_at = $4, reason = NULL
    WHERE id = $1 AND person = $2 AND library = $3 AND state = 'new'";

const REMEMBER: &str = "
    INSERT INTO conversations (person, library, state, updated_at, began_at)
    VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (person) DO UPDATE
    SET library = excluded.library, state = excluded.state, updated_at = excluded.updated_at";

const FORGET: &str = "DELETE FROM conversations WHERE person = $1";

const QUESTION: &str = "
    INSERT INTO questions (id, library, person, text, reason, at) VALUES ($1, $2, $3, $4, $5, $6)";

const COUNT: &str = "
    INSERT INTO counts (library, day, name, key, n) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (library, day, name, key) DO UPDATE SET n = counts.n + excluded.n";

pub(in crate::store) async fn commit_turn(
    connection: &mut Connection,
    turn: &Turn,
) -> Result<bool, Error> {
    let done = sqlx::query(DONE)
        .bind(turn.inbox_id)
        .bind(turn.person.as_str())
        .bind(turn.library.as_str())
        .bind(turn.at.0)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let blocked = match turn.blocked {
        Some(blocked) => {
            mark_blocked(connection, turn.person.as_str(), blocked, turn.at).await?;
            blocked
        }
        None => is_blocked(connection, turn).await?,
    };
    if turn.erase {
        // What the person sent after this event has not been handled yet: it begins anew.
        let reach = Reach {
            until: i64::MAX,
            last_event: turn.inbox_id,
            at: turn.at.0,
        };
        erase_rows(connection, turn.person.as_str(), &reach).await?;
    }
    remember(connection, turn).await?;
    write_messages(
        connection,
        turn.library.as_str(),
        turn.person.as_str(),
        &turn.outgoing,
        turn.erase,
        turn.at,
    )
    .await?;
    if blocked {
        // Not left to wait: an answer of weeks ago must not come out when the person lets us back in.
        bury_waiting_of_blocked(connection, turn.person.as_str()).await?;
    }
    for question in &turn.questions {
        sqlx::query(QUESTION)
            .bind(question.id.as_str())
            .bind(turn.library.as_str())
            .bind(turn.person.as_str())
            .bind(question.text.as_str())
            .bind(question.reason.as_str())
            .bind(turn.at.0)
            .execute(&mut *connection)
            .await?;
    }
    if turn.erase {
        // At once, when there is nothing more to say.
        drop_unused(connection, turn.person.as_str()).await?;
    }
    // Last, because every turn of a library adds to the same rows: they are held as short as can be.
    for ((name, key), n) in &turn.counts {
        sqlx::query(COUNT)
            .bind(turn.library.as_str())
            .bind(turn.day)
            .bind(name.as_str())
            .bind(key.as_str())
            .bind(n)
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

async fn is_blocked(connection: &mut Connection, turn: &Turn) -> Result<bool, Error> {
    let blocked_at: Option<Option<i64>> = sqlx::query_scalar(BLOCKED_AT)
        .bind(turn.person.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(blocked_at.flatten().is_some())
}

async fn remember(connection: &mut Connection, turn: &Turn) -> Result<(), Error> {
    match &turn.state {
        Some(state) => {
            sqlx::query(REMEMBER)
                .bind(turn.person.as_str())
                .bind(turn.library.as_str())
                .bind(state.as_str())
                .bind(turn.at.0)
                .execute(connection)
                .await?
        }
        None => {
            sqlx::query(FORGET)
                .bind(turn.person.as_str())
                .execute(connection)
                .await?
        }
    };
    Ok(())
}
