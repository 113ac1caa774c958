//! The inbox: events that came in and wait for their turn.

use std::collections::HashSet;

use sqlx::Error;

use crate::domain::Timestamp;
use crate::store::Accepted;
use crate::store::rows::{Batch, PendingRow};

use super::Connection;

const PERSON: &str = "
    INSERT INTO people (person, library, bot, address) VALUES ($1, $2, $3, $4)
    ON CONFLICT (person) DO UPDATE
    SET library = excluded.library, bot = excluded.bot, address = excluded.address";

const SEEN: &str = "SELECT id FROM inbox WHERE bot = $1 AND update_id = $2";

const EVENT: &str = "
    INSERT INTO inbox (library, bot, update_id, person, event, received_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (bot, update_id) DO NOTHING";

pub(in crate::store) async fn accept(
    connection: &mut Connection,
    batch: &Batch,
) -> Result<Accepted, Error> {
    let mut accepted = Accepted::default();
    let mut fresh = Vec::with_capacity(batch.events.len());
    for event in &batch.events {
        let seen: Option<i64> = sqlx::query_scalar(SEEN)
            .bind(event.bot.as_str())
            .bind(event.update_id)
            .fetch_optional(&mut *connection)
            .await?;
        match seen {
            Some(_) => accepted.duplicate += 1,
            None => fresh.push(event),
        }
    }
    // Nobody comes back by an update that is repeated: who was forgotten stays so.
    let people: HashSet<_> = fresh.iter().map(|event| &event.person).collect();
    for (person, new) in batch.people.iter().filter(|(key, _)| people.contains(key)) {
        sqlx::query(PERSON)
            .bind(person.as_str())
            .bind(new.library.as_str())
            .bind(new.bot.as_str())
            .bind(new.address.as_slice())
            .execute(&mut *connection)
            .await?;
    }
    for event in fresh {
        let written = sqlx::query(EVENT)
            .bind(event.library.as_str())
            .bind(event.bot.as_str())
            .bind(event.update_id)
            .bind(event.person.as_str())
            .bind(event.event.as_str())
            .bind(event.received_at.0)
            .execute(&mut *connection)
            .await?;
        match written.rows_affected() {
            0 => accepted.duplicate += 1,
            _ => accepted.new += 1,
        }
    }
    Ok(accepted)
}

// Counted up to a bound, so that a long queue does not make it slow.
const HOW_MANY: &str = "
    SELECT COUNT(*) FROM (SELECT 1 AS one FROM inbox WHERE state = 'new' LIMIT $1) AS waiting";

pub(in crate::store) async fn waiting_events(
    connection: &mut Connection,
    most: i64,
) -> Result<i64, Error> {
    sqlx::query_scalar(HOW_MANY)
        .bind(most)
        .fetch_one(connection)
        .await
}

// The first new event of each person, and only when its time has come: a retry holds up what the same
// person sent later.
const PENDING: &str = "
    SELECT i.id, i.library, i.person, i.received_at, i.attempts, i.event, c.state
    FROM inbox i LEFT JOIN conversations c ON c.person = i.person
    WHERE i.state = 'new' AND i.not_before <= $1
      AND NOT EXISTS (
        SELECT 1 FROM inbox e WHERE e.person = i.person AND e.state = 'new' AND e.id < i.id)
    ORDER BY i.id
    LIMIT $2";

pub(in crate::store) async fn pending(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<PendingRow>, Error> {
    sqlx::query_as(PENDING)
        .bind(now.0)
        .bind(limit)
        .fetch_all(connection)
        .await
}

const POSTPONE: &str = "
    UPDATE inbox SET attempts = attempts + 1, not_before = $2, reason = $3
    WHERE id = $1 AND state = 'new'
    RETURNING attempts";

pub(in crate::store) async fn postpone_event(
    connection: &mut Connection,
    id: i64,
    not_before: Timestamp,
    reason: &str,
) -> Result<i64, Error> {
    let attempts = sqlx::query_scalar(POSTPONE)
        .bind(id)
        .bind(not_before.0)
        .bind(reason)
        .fetch_optional(connection)
        .await?;
    Ok(attempts.unwrap_or(0))
}

const BURY: &str = "
    UPDATE inbox SET state = 'dead', done_at = $2, reason = $3
    WHERE id = $1 AND state = 'new'";

pub(in crate::store) async fn bury_event(
    connection: &mut Connection,
    id: i64,
    at: Timestamp,
    reason: &str,
) -> Result<(), Error> {
    sqlx::query(BURY)
        .bind(id)
        .bind(at.0)
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}
