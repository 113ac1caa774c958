//! The door: what an edge received becomes an [`Incoming`]. Here, and nowhere later, personal data is
//! masked, danger recognised and the channel's id replaced by a keyed hash.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::{BotId, Command, Event, Incoming, LibraryId, MediaKind, PersonKey, Timestamp};
use crate::safety::{self, Rules, Scope};
use crate::store::Vault;

use super::{RawEvent, RawUpdate};

/// The longest text that is taken in, in characters; as much as one Telegram message holds.
pub const LONGEST_TEXT: usize = 4096;

/// Stands for a message with danger in it of which nothing else could be read.
const UNREAD: &str = "[onleesbaar bericht]";

/// Takes events in for one bot of one library.
#[derive(Debug)]
pub struct Intake {
    library: LibraryId,
    bot: BotId,
    vault: Vault,
}

impl Intake {
    /// A door for this bot.
    pub fn new(library: LibraryId, bot: BotId, vault: Vault) -> Self {
        Self {
            library,
            bot,
            vault,
        }
    }

    /// What opens and seals addresses.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Who is behind this update.
    pub fn person(&self, update: &RawUpdate) -> PersonKey {
        self.vault.person(&self.bot, update.chat)
    }

    /// Takes one update in.
    pub fn take(&self, update: RawUpdate, rules: &Rules, now: Timestamp) -> Incoming {
        Incoming {
            library: self.library.clone(),
            bot: self.bot.clone(),
            update_id: update.update_id,
            person: self.person(&update),
            address: update.chat,
            received_at: now,
            event: safely(update.event, rules, event),
        }
    }
}

/// Reads an event with `read`. A fault in there must not end the program: the channel would give the same
/// update at every start. The message then counts as one of a kind that the bot cannot read, and what was
/// not masked goes no further; help in danger is looked for all the same.
fn safely(raw: RawEvent, rules: &Rules, read: impl Fn(RawEvent, &Rules) -> Event) -> Event {
    if let Ok(event) = catch_unwind(AssertUnwindSafe(|| read(raw.clone(), rules))) {
        return event;
    }
    metrics::counter!("aanzet_intake_panics_total").increment(1);
    tracing::error!(
        event = raw.name(),
        "a fault in the program while reading an event"
    );
    match raw {
        RawEvent::Text {
            text,
            message,
            edited,
        } => match catch_unwind(AssertUnwindSafe(|| rules.detect(&text))) {
            Ok(Some(danger)) => Event::Text {
                text: UNREAD.into(),
                message,
                edited,
                masked: Vec::new(),
                cut: false,
                danger: Some(danger),
                help_sent: false,
            },
            _ => Event::Media {
                media: MediaKind::Other,
                message,
            },
        },
        RawEvent::Button { callback, .. } => Event::Button {
            action: None,
            callback,
        },
        RawEvent::Media { media, message } => Event::Media { media, message },
        RawEvent::Blocked => Event::Blocked,
        RawEvent::Unblocked => Event::Unblocked,
        RawEvent::AddedToGroup => Event::AddedToGroup,
    }
}

/// Masks and recognises; the part of the door that every edge shares, the terminal included.
pub fn event(raw: RawEvent, rules: &Rules) -> Event {
    match raw {
        RawEvent::Text {
            text,
            message,
            edited,
        } => {
            let danger = rules.detect(&text);
            let masked = safety::mask(&text, Scope::Edge);
            // Read after masking: what stands behind `/start` is kept too.
            if danger.is_none()
                && let Some(command) = Command::parse(&masked.text)
            {
                return Event::Command {
                    command,
                    message,
                    masked: masked.kinds,
                };
            }
            let (text, cut) = shortened(masked.text);
            Event::Text {
                text,
                message,
                edited,
                masked: masked.kinds,
                cut,
                danger,
                help_sent: false,
            }
        }
        RawEvent::Button { action, callback } => Event::Button { action, callback },
        RawEvent::Media { media, message } => Event::Media { media, message },
        RawEvent::Blocked => Event::Blocked,
        RawEvent::Unblocked => Event::Unblocked,
        RawEvent::AddedToGroup => Event::AddedToGroup,
    }
}

/// Cuts after [`LONGEST_TEXT`] characters; true when there was more. Masking comes first, so that no number is
/// cut in half and missed.
fn shortened(text: String) -> (String, bool) {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => (format!("{}…", text.get(..end).unwrap_or(&text)), true),
        None => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{DangerCategory, MessageId, PersonalDataKind};

    use super::*;

    fn text(text: &str) -> Event {
        let raw = RawEvent::Text {
            text: text.into(),
            message: MessageId(1),
            edited: false,
        };
        event(raw, &Rules::built_in())
    }

    #[test]
    fn a_bsn_does_not_get_past_the_door() {
        let Event::Text { text, masked, .. } = text("mijn bsn is 111222333, wat nu") else {
            panic!("a text stays a text");
        };
        assert!(!text.contains("111222333"));
        assert_eq!(masked, [PersonalDataKind::Bsn]);
    }

    #[test]
    fn a_bsn_at_the_end_of_a_very_long_text_is_masked_before_the_cut() {
        let long = format!("{} 111222333", "a".repeat(LONGEST_TEXT - 5));
        let Event::Text { text, cut, .. } = text(&long) else {
            panic!("a text stays a text");
        };
        assert!(!text.contains("1112"));
        assert!(text.chars().count() <= LONGEST_TEXT + 1);
        assert!(cut);
    }

    #[test]
    fn danger_and_numbers_are_found_behind_any_length() {
        let long = "de brief van de gemeente ".repeat(8_000);
        let Event::Text {
            text,
            danger,
            masked,
            cut,
            ..
        } = text(&format!(
            "{long}. mijn bsn is 111222333. ik wil niet meer leven"
        ))
        else {
            panic!("a text stays a text");
        };
        assert!(cut && danger.is_some());
        assert_eq!(masked, [PersonalDataKind::Bsn]);
        assert!(!text.contains("111222333"));
    }

    #[test]
    fn what_fits_is_not_cut() {
        let Event::Text { cut, .. } = text(&"é".repeat(LONGEST_TEXT)) else {
            panic!("a text stays a text");
        };
        assert!(!cut);
    }

    #[test]
    fn danger_is_recognised_also_behind_a_slash() {
        let Event::Text { danger, .. } = text("/ik wil niet meer leven") else {
            panic!("danger wins from an unknown command");
        };
        assert_eq!(danger.map(|d| d.category), Some(DangerCategory::A));
    }

    #[test]
    fn a_bsn_or_iban_behind_start_does_not_get_past_the_door() {
        for number in ["111222333", "NL91ABNA0417164300"] {
            let event = text(&format!("/start {number}"));
            let Event::Command {
                command: Command::Start(None),
                masked,
                ..
            } = &event
            else {
                panic!("{event:?}");
            };
            assert_eq!(masked.len(), 1, "{event:?}");
        }
    }

    #[test]
    fn a_fault_while_reading_lets_nothing_unmasked_through_and_still_sees_danger() {
        let read = |text: &str| {
            let raw = RawEvent::Text {
                text: text.into(),
                message: MessageId(1),
                edited: false,
            };
            safely(raw, &Rules::built_in(), |_, _| panic!("on purpose"))
        };
        assert_eq!(
            read("mijn bsn is 111222333"),
            Event::Media {
                media: MediaKind::Other,
                message: MessageId(1)
            }
        );
        let Event::Text { text, danger, .. } = read("ik wil dood, bsn 111222333") else {
            panic!("danger stays a text");
        };
        assert!(danger.is_some());
        assert_eq!(text, UNREAD);
    }

    #[test]
    fn a_word_that_is_changed_into_a_command_is_a_command() {
        let raw = RawEvent::Text {
            text: "/hulp".into(),
            message: MessageId(1),
            edited: true,
        };
        assert!(matches!(
            event(raw, &Rules::built_in()),
            Event::Command { .. }
        ));
    }

    #[test]
    fn a_command_is_a_command() {
        assert!(matches!(
            text("/start"),
            Event::Command {
                command: Command::Start(None),
                ..
            }
        ));
    }
}
