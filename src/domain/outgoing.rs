//! What must be sent: one row of the outbox, one call to the channel.

use serde::{Deserialize, Serialize};

use super::{MessageId, Reply};

/// One call that must be made for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outgoing {
    /// Say something. The reply fits in one message of the channel.
    Say {
        /// What to say.
        reply: Reply,
    },
    /// Tell the channel that a button press was seen.
    AnswerButton {
        /// Telegram's id of the press.
        callback: String,
        /// A few words that show for a moment; at most 200 characters.
        toast: Option<String>,
    },
    /// Take a message of the person out of the chat, because of what stood in it. When the channel does not
    /// want to, the message stays.
    DeleteMessage {
        /// Which message.
        message: MessageId,
    },
    /// Leave the group.
    LeaveGroup,
    /// Give a person what is held about them. Holds nothing of it: it is looked up when it is sent.
    MyData {
        /// In which form.
        form: DataForm,
    },
}

/// The forms in which people get what is held about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataForm {
    /// A message to read.
    Summary,
    /// A file with everything.
    File,
}

impl Outgoing {
    /// True for what is no message: it goes beside the messages to the same person, neither before nor after
    /// them.
    pub fn is_beside_messages(&self) -> bool {
        matches!(self, Self::AnswerButton { .. } | Self::DeleteMessage { .. })
    }
}

/// What goes first when several messages wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Priority {
    /// Help in danger: before everything else, also before what the same person waits for.
    Danger = 0,
    /// An answer in a conversation.
    Normal = 1,
}
