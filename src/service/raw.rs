//! What an edge received, before anything is masked. Nothing of this may be written or logged.

use std::fmt;

use crate::domain::{Action, ChatAddress, MediaKind, MessageId};

/// One update of a channel, in our own words but unmasked. Its `Debug` shows the kind and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct RawUpdate {
    /// The channel's number of this update; unique together with the bot account.
    pub update_id: i64,
    /// The chat it happened in, which is also where an answer goes.
    pub chat: ChatAddress,
    /// What happened.
    pub event: RawEvent,
}

/// What happened, unmasked. Its `Debug` shows the kind and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub enum RawEvent {
    /// A text, a command, or the words below a photo or file.
    Text {
        /// The text as it was sent.
        text: String,
        /// Which message it was.
        message: MessageId,
        /// True when a message that was sent before has been changed.
        edited: bool,
    },
    /// A press of a button.
    Button {
        /// What it means; `None` when its data is not ours.
        action: Option<Action>,
        /// The channel's id of this press, to be answered.
        callback: String,
    },
    /// Something that is not text.
    Media {
        /// What it was.
        media: MediaKind,
        /// Which message it was.
        message: MessageId,
    },
    /// The person blocked the bot.
    Blocked,
    /// The person lets the bot write again.
    Unblocked,
    /// The bot was put in a group.
    AddedToGroup,
}

impl RawEvent {
    /// A short name for logs and counts: the kind, never the content.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { edited: false, .. } => "text",
            Self::Text { edited: true, .. } => "edit",
            Self::Button { .. } => "button",
            Self::Media { .. } => "media",
            Self::Blocked => "blocked",
            Self::Unblocked => "unblocked",
            Self::AddedToGroup => "added_to_group",
        }
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawEvent({})", self.name())
    }
}

impl fmt::Debug for RawUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawUpdate({})", self.event.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_neither_text_nor_ids() {
        let update = RawUpdate {
            update_id: 871_234,
            chat: ChatAddress(99_887),
            event: RawEvent::Text {
                text: "mijn bsn is 111222333".into(),
                message: MessageId(4_321),
                edited: false,
            },
        };
        assert_eq!(format!("{update:?}"), "RawUpdate(text)");
        assert_eq!(format!("{:#?}", update.event), "RawEvent(text)");
    }
}
