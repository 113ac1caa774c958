//! What is done to the tables, written once. This file is a module of both backends: SQL and code are
//! the same, only the type of the connection (`super::Connection`) and the locking differ.
//!
//! Every function that writes runs within a transaction that its caller opened.

mod forget;
mod inbox;
mod lists;
mod outbox;
mod turn;

use sqlx::Error;

use super::{BLOCKED_AT, Connection, LOCK_PERSON};

pub(in crate::store) use forget::{delete_expired, drop_people, erase, held, unused_people};
pub(in crate::store) use inbox::{accept, bury_event, pending, postpone_event, waiting_events};
pub(in crate::store) use lists::{counts, dead_letters, waiting_questions};
pub(in crate::store) use outbox::{
    beside_due, bury_message, mark_sending, mark_sent, messages_due, postpone_message,
    resume_sending, set_blocked,
};
pub(in crate::store) use turn::commit_turn;

/// Asks for an answer, whatever it is.
pub(in crate::store) async fn ping(connection: &mut Connection) -> Result<(), Error> {
    sqlx::query("SELECT 1").execute(connection).await?;
    Ok(())
}
