//! How long what is stored is kept: one term for each kind of row.

use std::time::Duration;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// The terms after which the store forgets. Counts have none: they name nobody and stay for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Handled events, counted from the moment they were handled. Never less than 24 hours, in which
    /// Telegram may deliver an update again.
    pub events: Duration,
    /// Sent messages, counted from the moment they were sent.
    pub messages: Duration,
    /// Events and messages that were given up, counted from that moment. Never less than 24 hours.
    pub given_up: Duration,
    /// What is remembered of a conversation, counted from its last message.
    pub conversations: Duration,
    /// Who asked a question that waits, counted from the moment it was kept.
    pub question_person: Duration,
    /// Questions without a person, counted from the moment they were kept. Never less than
    /// `question_person`.
    pub questions: Duration,
    /// Lines on the list of people who were forgotten.
    pub forgotten: Duration,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            events: Duration::from_secs(24 * HOUR),
            messages: Duration::from_secs(24 * HOUR),
            given_up: Duration::from_secs(7 * DAY),
            conversations: Duration::from_secs(24 * HOUR),
            question_person: Duration::from_secs(30 * DAY),
            questions: Duration::from_secs(180 * DAY),
            forgotten: Duration::from_secs(365 * DAY),
        }
    }
}
