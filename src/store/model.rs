//! What goes into the store and comes out of it.

use crate::domain::{Event, LibraryId, Outgoing, PersonKey, Priority, Timestamp};

/// A sealed address: ciphertext of a Telegram id, made and opened by the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(pub Vec<u8>);

/// How a batch was received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Updates that were new.
    pub new: u64,
    /// Updates that were there already.
    pub duplicate: u64,
}

/// An event that waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Row of the inbox; also the order.
    pub inbox_id: i64,
    /// The library of the bot.
    pub library: LibraryId,
    /// Whose event it is.
    pub person: PersonKey,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Failed tries so far.
    pub attempts: u32,
    /// What was done.
    pub event: Event,
    /// State of the conversation as the last turn wrote it; `None` in the first turn.
    pub state: Option<String>,
}

/// Everything that one turn led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnCommit {
    /// The event that was handled.
    pub inbox_id: i64,
    /// The library of the bot.
    pub library: LibraryId,
    /// Whose turn it was.
    pub person: PersonKey,
    /// New state of the conversation; `None` forgets it.
    pub state: Option<String>,
    /// What must be sent, in order.
    pub outgoing: Vec<NewOutgoing>,
    /// Questions for a librarian.
    pub questions: Vec<NewQuestion>,
    /// What to count; `n` is added to what is there.
    pub counts: Vec<Count>,
    /// The person can be written to again (`Some(false)`), or blocked the bot (`Some(true)`).
    pub blocked: Option<bool>,
    /// Everything of this person of before this turn, and the event of this turn, is erased. What is sent
    /// is the last they hear: it is erased when it is sent. See [`Store::erase`](super::Store::erase).
    pub erase: bool,
    /// The moment of the turn.
    pub at: Timestamp,
}

/// A call to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutgoing {
    /// What to do.
    pub outgoing: Outgoing,
    /// What goes first.
    pub priority: Priority,
}

/// A question that is kept for a librarian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewQuestion {
    /// Random number, 16 hexadecimal digits; never derived from the person.
    pub id: String,
    /// The masked text.
    pub text: String,
    /// Why the bot did not answer: `unsure`, `asked_for_person`, `not_helpful`, `voice`.
    pub reason: String,
}

/// A call that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Row of the outbox; also the order.
    pub outbox_id: i64,
    /// The library of the bot.
    pub library: LibraryId,
    /// For whom.
    pub person: PersonKey,
    /// Where to, sealed.
    pub address: Address,
    /// What to do.
    pub outgoing: Outgoing,
    /// What goes first.
    pub priority: Priority,
    /// Tries so far.
    pub attempts: u32,
    /// When the turn wrote it.
    pub created_at: Timestamp,
}

/// A question that waits for a librarian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingQuestion {
    /// Random number of the question.
    pub id: String,
    /// The masked text.
    pub text: String,
    /// Why the bot did not answer.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// Who asked it was forgotten at their wish: the text is gone, and nobody waits for an answer.
    pub withdrawn: bool,
}

/// What an erasure took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Events of which only the number of the update is left.
    pub events: u64,
    /// Conversations.
    pub conversations: u64,
    /// Messages, those included that still go out first.
    pub messages: u64,
    /// Questions that are withdrawn now.
    pub questions: u64,
    /// Of the events, those of which nothing had come yet.
    pub unhandled: u64,
}

impl Erased {
    /// How many rows it touched.
    pub fn rows(&self) -> u64 {
        self.events + self.conversations + self.messages + self.questions
    }
}

/// Kinds of rows, each with a term of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// Handled events.
    Events,
    /// Events that were given up.
    GivenUpEvents,
    /// Sent messages.
    Messages,
    /// Messages that were given up.
    GivenUpMessages,
    /// Conversations that are still.
    Conversations,
    /// Who asked a question; the question stays.
    WhoAsked,
    /// Questions.
    Questions,
}

/// Everything that is held about one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The address to which answers go is held, sealed.
    pub address: bool,
    /// Since when the person blocks the bot.
    pub blocked_at: Option<Timestamp>,
    /// What is remembered of the conversation.
    pub conversation: Option<HeldConversation>,
    /// What the person did, oldest first.
    pub events: Vec<HeldEvent>,
    /// What the bot said or is about to say, oldest first.
    pub messages: Vec<HeldMessage>,
    /// Questions for a librarian, oldest first.
    pub questions: Vec<HeldQuestion>,
}

/// What is remembered of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldConversation {
    /// The state as it is stored.
    pub state: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An event as it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEvent {
    /// The event as it is stored.
    pub event: String,
    /// `new`, `done`, or `dead` when it was given up.
    pub state: String,
    /// When it reached us.
    pub received_at: Timestamp,
    /// When it was handled or given up.
    pub done_at: Option<Timestamp>,
}

/// A message as it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMessage {
    /// The call as it is stored.
    pub payload: String,
    /// `waiting`, `sending`, `sent`, or `dead` when it was given up.
    pub state: String,
    /// When the turn wrote it.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub done_at: Option<Timestamp>,
}

/// A question as it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldQuestion {
    /// Random number of the question.
    pub id: String,
    /// The masked text.
    pub text: String,
    /// Why the bot did not answer.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// Something that could not be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Row of the outbox.
    pub outbox_id: i64,
    /// For whom.
    pub person: PersonKey,
    /// What it was: `say`, `answer_button`, `delete_message`, `leave_group`.
    pub kind: String,
    /// Why it could not be sent.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// A number that is kept forever and names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What is counted: `turn`, `answer`, `handoff`, `helpful`, `not_helpful`, …
    pub name: String,
    /// Of what: an article's id, a category's letter, or empty.
    pub key: String,
    /// How many.
    pub n: i64,
}

/// What can go wrong with the database. The message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the database is not one that we know.
    #[error(
        "the database address {url:?} is not known: use sqlite:FILE or postgres://USER@HOST/NAME"
    )]
    UnknownUrl {
        /// The address, without a password.
        url: String,
    },
    /// Another program works with this database file.
    #[error(
        "another aanzet already uses the database {path}: stop it, or set another AANZET_DATABASE_URL"
    )]
    InUse {
        /// The file.
        path: String,
    },
    /// There is no database file to look at.
    #[error(
        "there is no database {path}: start aanzet serve first, which makes it, or set AANZET_DATABASE_URL to where it is"
    )]
    Absent {
        /// The file.
        path: String,
    },
    /// The file cannot be written.
    #[error(
        "the database {path} cannot be written: check its rights and the free space of its disk ({source})"
    )]
    ReadOnly {
        /// The file.
        path: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The file is not a database, or damaged.
    #[error(
        "the database {path} is damaged or is no database: put back a copy, or move it away to begin anew ({source})"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The tables are of another version than this program.
    #[error("the tables could not be brought up to date ({0})")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A stored value that this program cannot read.
    #[error("row {row} of {table} cannot be read: {reason}")]
    Unreadable {
        /// Which table.
        table: &'static str,
        /// Which row.
        row: i64,
        /// Why not.
        reason: String,
    },
    /// Anything else the database said.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// True when trying again later may help without anybody changing a setting: a server that is not there
    /// or is just starting, a file that somebody else holds for a moment, a disk that is full.
    pub fn may_pass(&self) -> bool {
        use sqlx::migrate::MigrateError;
        match self {
            Self::ReadOnly { source, .. } => sqlite_code(source).is_some_and(|code|
                // IOERR, FULL (https://sqlite.org/rescode.html)
                matches!(code, 10 | 13)),
            Self::Database(error)
            | Self::Migrate(
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _),
            ) => is_passing(error),
            _ => false,
        }
    }
}

/// SQLite's primary result code; `None` for anything else, SQLSTATE included.
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse().ok().map(|code: i32| code & 0xff)
}

fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(database) => match database.code() {
            // Classes 08 (connection), 53 (resources), 57 (operator): PostgreSQL manual, appendix A.
            Some(state) if state.len() == 5 => ["08", "53", "57"]
                .iter()
                .any(|class| state.starts_with(class)),
            // BUSY, LOCKED
            Some(_) => matches!(sqlite_code(error), Some(5 | 6)),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_away_may_come_back_and_a_wrong_setting_does_not() {
        let away = sqlx::Error::Io(std::io::ErrorKind::ConnectionRefused.into());
        assert!(StoreError::Database(away).may_pass());
        assert!(StoreError::Database(sqlx::Error::PoolTimedOut).may_pass());
        let denied = sqlx::Error::Io(std::io::ErrorKind::PermissionDenied.into());
        let path = String::from("/x");
        for error in [
            StoreError::UnknownUrl { url: path.clone() },
            StoreError::InUse { path: path.clone() },
            StoreError::ReadOnly {
                path,
                source: denied,
            },
            StoreError::Migrate(sqlx::migrate::MigrateError::VersionMissing(9)),
        ] {
            assert!(!error.may_pass(), "{error}");
        }
    }
}
