//! Between our own words and the columns of the tables. Texts are made here, outside the one writer
//! of SQLite, and read here, so that both databases hold exactly the same.

use std::collections::BTreeMap;

use sqlx::FromRow;

use crate::domain::{BotId, Incoming, LibraryId, Outgoing, PersonKey, Priority, Timestamp};

use super::{
    Address, Count, DeadLetter, Due, Held, HeldConversation, HeldEvent, HeldMessage, HeldQuestion,
    NewOutgoing, NewQuestion, Pending, StoreError, TurnCommit, WaitingQuestion,
};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// A batch for the inbox. Each person stands in it once, sorted, so that two batches that are written
/// at the same time lock people in the same order.
pub(super) struct Batch {
    pub(super) people: BTreeMap<PersonKey, NewPerson>,
    pub(super) events: Vec<NewEvent>,
}

pub(super) struct NewPerson {
    pub(super) library: LibraryId,
    pub(super) bot: BotId,
    pub(super) address: Vec<u8>,
}

pub(super) struct NewEvent {
    pub(super) library: LibraryId,
    pub(super) bot: BotId,
    pub(super) update_id: i64,
    pub(super) person: PersonKey,
    pub(super) received_at: Timestamp,
    pub(super) event: String,
}

impl Batch {
    pub(super) fn new(batch: &[(Incoming, Address)]) -> Result<Self, StoreError> {
        let mut people = BTreeMap::new();
        let mut events = Vec::with_capacity(batch.len());
        for (incoming, address) in batch {
            people.insert(
                incoming.person.clone(),
                NewPerson {
                    library: incoming.library.clone(),
                    bot: incoming.bot.clone(),
                    address: address.0.clone(),
                },
            );
            events.push(NewEvent {
                library: incoming.library.clone(),
                bot: incoming.bot.clone(),
                update_id: incoming.update_id,
                person: incoming.person.clone(),
                received_at: incoming.received_at,
                event: json(&incoming.event)?,
            });
        }
        Ok(Self { people, events })
    }
}

/// A turn as rows.
pub(super) struct Turn {
    pub(super) inbox_id: i64,
    pub(super) library: LibraryId,
    pub(super) person: PersonKey,
    pub(super) state: Option<String>,
    pub(super) outgoing: Vec<NewMessage>,
    pub(super) questions: Vec<NewQuestion>,
    /// Summed and sorted, so that turns at the same time lock the counts in the same order.
    pub(super) counts: BTreeMap<(String, String), i64>,
    pub(super) blocked: Option<bool>,
    pub(super) erase: bool,
    pub(super) at: Timestamp,
    pub(super) day: i64,
}

pub(super) struct NewMessage {
    pub(super) kind: &'static str,
    pub(super) payload: String,
    pub(super) priority: i64,
}

impl Turn {
    pub(super) fn new(turn: &TurnCommit) -> Result<Self, StoreError> {
        let mut counts = BTreeMap::new();
        for Count { name, key, n } in &turn.counts {
            let sum: &mut i64 = counts.entry((storable(name), storable(key))).or_default();
            *sum = sum.saturating_add(*n);
        }
        let questions = turn.questions.iter().map(|question| NewQuestion {
            id: storable(&question.id),
            text: storable(&question.text),
            reason: storable(&question.reason),
        });
        Ok(Self {
            inbox_id: turn.inbox_id,
            library: turn.library.clone(),
            person: turn.person.clone(),
            state: turn.state.as_deref().map(storable),
            outgoing: Self::messages(&turn.outgoing)?,
            questions: questions.collect(),
            counts,
            blocked: turn.blocked,
            erase: turn.erase,
            at: turn.at,
            day: turn.at.0.div_euclid(MILLIS_PER_DAY),
        })
    }

    /// What must be sent, as rows.
    pub(super) fn messages(outgoing: &[NewOutgoing]) -> Result<Vec<NewMessage>, StoreError> {
        outgoing
            .iter()
            .map(|new| {
                Ok(NewMessage {
                    kind: kind(&new.outgoing),
                    payload: json(&new.outgoing)?,
                    priority: new.priority as i64,
                })
            })
            .collect()
    }
}

/// The text without the NUL character, which PostgreSQL cannot keep and no person can type.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Database(sqlx::Error::Encode(Box::new(error))))
}

fn kind(outgoing: &Outgoing) -> &'static str {
    match outgoing {
        Outgoing::Say { .. } => "say",
        Outgoing::AnswerButton { .. } => "answer_button",
        Outgoing::DeleteMessage { .. } => "delete_message",
        Outgoing::LeaveGroup => "leave_group",
        Outgoing::MyData { .. } => "my_data",
    }
}

/// Reads one row; `Err` says why it cannot be read, never what it holds.
struct Reader {
    table: &'static str,
    row: i64,
}

impl Reader {
    fn unreadable(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Unreadable {
            table: self.table,
            row: self.row,
            reason: reason.into(),
        }
    }

    fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &str,
        text: &str,
    ) -> Result<T, StoreError> {
        // The error's own text may quote the message, so only its kind and place are told.
        serde_json::from_str(text).map_err(|error| {
            self.unreadable(format!(
                "{column} is no JSON that this version knows ({:?}, column {})",
                error.classify(),
                error.column()
            ))
        })
    }

    fn count(&self, column: &str, n: i64) -> Result<u32, StoreError> {
        u32::try_from(n).map_err(|_| self.unreadable(format!("{column} is {n}")))
    }

    fn priority(&self, n: i64) -> Result<Priority, StoreError> {
        match n {
            0 => Ok(Priority::Danger),
            1 => Ok(Priority::Normal),
            _ => Err(self.unreadable(format!("priority is {n}"))),
        }
    }
}

#[derive(FromRow)]
pub(super) struct PendingRow {
    pub(super) id: i64,
    library: String,
    person: String,
    received_at: i64,
    attempts: i64,
    event: String,
    state: Option<String>,
}

impl PendingRow {
    pub(super) fn read(self) -> Result<Pending, StoreError> {
        let reader = Reader {
            table: "inbox",
            row: self.id,
        };
        Ok(Pending {
            inbox_id: self.id,
            library: LibraryId::new(self.library),
            person: PersonKey::new(self.person),
            received_at: Timestamp(self.received_at),
            attempts: reader.count("attempts", self.attempts)?,
            event: reader.json("event", &self.event)?,
            state: self.state,
        })
    }
}

#[derive(FromRow)]
pub(super) struct DueRow {
    pub(super) id: i64,
    library: String,
    person: String,
    address: Vec<u8>,
    payload: String,
    priority: i64,
    attempts: i64,
    created_at: i64,
}

impl DueRow {
    pub(super) fn read(self) -> Result<Due, StoreError> {
        let reader = Reader {
            table: "outbox",
            row: self.id,
        };
        Ok(Due {
            outbox_id: self.id,
            library: LibraryId::new(self.library),
            person: PersonKey::new(self.person),
            address: Address(self.address),
            outgoing: reader.json("payload", &self.payload)?,
            priority: reader.priority(self.priority)?,
            attempts: reader.count("attempts", self.attempts)?,
            created_at: Timestamp(self.created_at),
        })
    }
}

#[derive(FromRow)]
pub(super) struct QuestionRow {
    id: String,
    text: String,
    reason: String,
    state: String,
    at: i64,
}

impl From<QuestionRow> for WaitingQuestion {
    fn from(row: QuestionRow) -> Self {
        Self {
            id: row.id,
            text: row.text,
            reason: row.reason,
            at: Timestamp(row.at),
            withdrawn: row.state == "withdrawn",
        }
    }
}

/// All rows about one person.
pub(super) struct HeldRows {
    pub(super) blocked_at: Option<i64>,
    pub(super) conversation: Option<HeldConversationRow>,
    pub(super) events: Vec<HeldEventRow>,
    pub(super) messages: Vec<HeldMessageRow>,
    pub(super) questions: Vec<HeldQuestionRow>,
}

#[derive(FromRow)]
pub(super) struct HeldConversationRow {
    state: String,
    began_at: i64,
    updated_at: i64,
}

#[derive(FromRow)]
pub(super) struct HeldEventRow {
    event: String,
    state: String,
    received_at: i64,
    done_at: Option<i64>,
}

#[derive(FromRow)]
pub(super) struct HeldMessageRow {
    payload: String,
    state: String,
    created_at: i64,
    done_at: Option<i64>,
}

#[derive(FromRow)]
pub(super) struct HeldQuestionRow {
    id: String,
    text: String,
    reason: String,
    at: i64,
}

impl From<HeldRows> for Held {
    fn from(rows: HeldRows) -> Self {
        Self {
            address: true,
            blocked_at: rows.blocked_at.map(Timestamp),
            conversation: rows.conversation.map(|row| HeldConversation {
                state: row.state,
                began_at: Timestamp(row.began_at),
                updated_at: Timestamp(row.updated_at),
            }),
            events: rows
                .events
                .into_iter()
                .map(|row| HeldEvent {
                    event: row.event,
                    state: row.state,
                    received_at: Timestamp(row.received_at),
                    done_at: row.done_at.map(Timestamp),
                })
                .collect(),
            messages: rows
                .messages
                .into_iter()
                .map(|row| HeldMessage {
                    payload: row.payload,
                    state: row.state,
                    created_at: Timestamp(row.created_at),
                    done_at: row.done_at.map(Timestamp),
                })
                .collect(),
            questions: rows
                .questions
                .into_iter()
                .map(|row| HeldQuestion {
                    id: row.id,
                    text: row.text,
                    reason: row.reason,
                    at: Timestamp(row.at),
                })
                .collect(),
        }
    }
}

#[derive(FromRow)]
pub(super) struct DeadLetterRow {
    id: i64,
    person: String,
    kind: String,
    reason: String,
    done_at: i64,
}

impl From<DeadLetterRow> for DeadLetter {
    fn from(row: DeadLetterRow) -> Self {
        Self {
            outbox_id: row.id,
            person: PersonKey::new(row.person),
            kind: row.kind,
            reason: row.reason,
            at: Timestamp(row.done_at),
        }
    }
}

#[derive(FromRow)]
pub(super) struct CountRow {
    name: String,
    key: String,
    n: i64,
}

impl From<CountRow> for Count {
    fn from(row: CountRow) -> Self {
        Self {
            name: row.name,
            key: row.key,
            n: row.n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending_row(event: &str, attempts: i64) -> PendingRow {
        PendingRow {
            id: 7,
            library: "zuiderzee".into(),
            person: "p".into(),
            received_at: 1,
            attempts,
            event: event.into(),
            state: None,
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_says_where_but_not_what() {
        let error = pending_row(r#"{"kind":"mijn geheim"}"#, 0)
            .read()
            .unwrap_err();
        assert!(matches!(
            error,
            StoreError::Unreadable {
                table: "inbox",
                row: 7,
                ..
            }
        ));
        assert!(!error.to_string().contains("geheim"), "{error}");
        assert!(pending_row(r#"{"kind":"blocked"}"#, -1).read().is_err());
        assert!(pending_row(r#"{"kind":"blocked"}"#, 2).read().is_ok());
    }

    #[test]
    fn the_day_before_1970_is_day_minus_one() {
        let turn = TurnCommit {
            inbox_id: 1,
            library: "zuiderzee".into(),
            person: "p".into(),
            state: None,
            outgoing: vec![],
            questions: vec![],
            counts: vec![],
            blocked: None,
            erase: false,
            at: Timestamp(-1),
        };
        assert_eq!(Turn::new(&turn).unwrap().day, -1);
    }
}
