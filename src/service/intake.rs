//! The door: what an edge received becomes an [`Incoming`]. Here, and nowhere later, personal data is
//! masked, danger recognised and the channel's id replaced by a keyed hash.

use crate::domain::{BotId, Command, Event, Incoming, LibraryId, PersonKey, Timestamp};
use crate::safety::{self, Rules, Scope};
use crate::store::Vault;

use super::{RawEvent, RawUpdate};

/// The longest text that is taken in, in characters; as much as one Telegram message holds.
pub const LONGEST_TEXT: usize = 4096;

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
            event: event(update.event, rules),
        }
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
            if danger.is_none()
                && !edited
                && let Some(command) = Command::parse(&text)
            {
                return Event::Command { command, message };
            }
            let masked = safety::mask(&text, Scope::Edge);
            Event::Text {
                text: shortened(masked.text),
                message,
                edited,
                masked: masked.kinds,
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

/// Cuts after [`LONGEST_TEXT`] characters. Masking comes first, so that no number is cut in half and missed.
fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(&text)),
        None => text,
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
        let Event::Text { text, .. } = text(&long) else {
            panic!("a text stays a text");
        };
        assert!(!text.contains("1112"));
        assert!(text.chars().count() <= LONGEST_TEXT + 1);
    }

    #[test]
    fn danger_is_recognised_also_behind_a_slash() {
        let Event::Text { danger, .. } = text("/ik wil niet meer leven") else {
            panic!("danger wins from an unknown command");
        };
        assert_eq!(danger.map(|d| d.category), Some(DangerCategory::A));
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
