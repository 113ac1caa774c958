//! What is remembered between two messages of one resident, and how it is written down.

use serde::{Deserialize, Serialize};

use crate::domain::{ArticleId, Danger, MessageId};

/// How many earlier questions are remembered to understand the next one.
const REMEMBERED_QUESTIONS: usize = 3;

/// What is remembered of a conversation. Holds masked text only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The resident has been told who is speaking.
    pub introduced: bool,
    /// What the bot waits for.
    pub phase: Phase,
    /// The number of the last question that was asked with "Ja" and "Nee" below it; 0 when there was none.
    /// Those buttons carry it, so that one below an older question answers nothing.
    pub ask: u32,
    /// The last questions, oldest first.
    pub questions: Vec<String>,
    /// The last question is kept for a librarian already.
    pub kept: bool,
    /// The message that held the last question; an edit of it is a correction.
    pub question_message: Option<MessageId>,
    /// The article that was shown last.
    pub shown: Option<ArticleId>,
    /// The article that was given as the answer to the last question.
    pub answered: Option<ArticleId>,
    /// Other articles that might have been meant with the last question, best first.
    pub alternatives: Vec<ArticleId>,
}

/// What the bot waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Phase {
    /// Nothing in particular: the next text is a question.
    #[default]
    Open,
    /// It asked "Bedoel je …?" and offered these.
    Choosing {
        /// In the order of the buttons.
        options: Vec<ArticleId>,
    },
    /// It gave an answer, and asked whether that is right.
    Confirming {
        /// The answer.
        article: ArticleId,
    },
    /// It gave help in danger, which may have ended in a question.
    HelpGiven {
        /// The danger.
        danger: Danger,
    },
    /// It asked whether to keep a question for a librarian.
    OfferingPerson {
        /// The question, masked.
        question: String,
        /// Why a person was offered.
        reason: KeepReason,
    },
    /// The resident wants a person; the next text is the question for that person.
    AskingForPerson,
    /// It asked whether to forget everything about the resident.
    ConfirmingErase,
}

/// Why a question is kept for a librarian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepReason {
    /// The bot did not know.
    Unsure,
    /// The resident asked for a person.
    AskedForPerson,
    /// The answer was not what the resident needed.
    NotHelpful,
    /// A voice message, which the bot cannot hear.
    Voice,
    /// The program failed on it.
    Failure,
}

impl KeepReason {
    /// The name under which it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unsure => "unsure",
            Self::AskedForPerson => "asked_for_person",
            Self::NotHelpful => "not_helpful",
            Self::Voice => "voice",
            Self::Failure => "failure",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    state: T,
}

impl State {
    /// The version that [`State::encode`] writes.
    pub const VERSION: u32 = 1;

    /// The state as text for the store.
    pub fn encode(&self) -> String {
        let versioned = Versioned {
            v: Self::VERSION,
            state: self,
        };
        serde_json::to_string(&versioned).unwrap_or_default()
    }

    /// Reads a state that this or an older version wrote. Whatever cannot be read is a new
    /// conversation: the resident then has to ask again, which beats an error.
    pub fn decode(text: &str) -> Self {
        match serde_json::from_str::<Versioned<Self>>(text) {
            Ok(versioned) if versioned.v == Self::VERSION => versioned.state,
            _ => Self::default(),
        }
    }

    /// Remembers a question as the last one.
    pub(super) fn remember(&mut self, question: &str, message: Option<MessageId>) {
        self.questions.push(question.to_owned());
        self.kept = false;
        if self.questions.len() > REMEMBERED_QUESTIONS {
            self.questions.remove(0);
        }
        self.question_message = message;
    }

    /// Forgets the last question.
    pub(super) fn forget_last(&mut self) {
        self.questions.pop();
        self.question_message = None;
    }

    /// The last question, if any.
    pub fn last_question(&self) -> Option<&str> {
        self.questions.last().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_being_written_down() {
        let state = State {
            introduced: true,
            phase: Phase::OfferingPerson {
                question: "hoe zit dat".into(),
                reason: KeepReason::Voice,
            },
            ask: 4_000_000_000,
            questions: vec!["een".into(), "twee".into()],
            kept: true,
            question_message: Some(MessageId(7)),
            shown: Some("digid-aanvragen".into()),
            answered: Some("digid-aanvragen".into()),
            alternatives: vec!["digid-machtigen".into()],
        };
        assert_eq!(State::decode(&state.encode()), state);
    }

    #[test]
    fn version_one_keeps_decoding() {
        let written = r#"{"v":1,"introduced":true,"phase":{"name":"choosing","options":["a","b"]},"questions":["q"],"question_message":3,"shown":null,"alternatives":[]}"#;
        let state = State::decode(written);
        assert!(state.introduced);
        assert_eq!(
            state.phase,
            Phase::Choosing {
                options: vec!["a".into(), "b".into()]
            }
        );
    }

    #[test]
    fn the_question_whether_to_erase_is_remembered() {
        let state = State {
            phase: Phase::ConfirmingErase,
            ..State::default()
        };
        assert_eq!(State::decode(&state.encode()), state);
    }

    #[test]
    fn what_cannot_be_read_is_a_new_conversation() {
        for text in ["", "{}", "nonsense", r#"{"v":99}"#, r#"{"v":1,"phase":3}"#] {
            assert_eq!(State::decode(text), State::default(), "{text}");
        }
    }

    #[test]
    fn only_the_last_questions_are_remembered() {
        let mut state = State::default();
        for n in 0..10 {
            state.remember(&n.to_string(), None);
        }
        assert_eq!(state.questions, ["7", "8", "9"]);
    }
}
