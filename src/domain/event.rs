//! What reaches us: one thing that a person did, in our own words and already masked.

use serde::{Deserialize, Serialize};

use super::{
    Action, BotId, ChatAddress, Danger, LibraryId, PersonKey, PersonalDataKind, Timestamp,
};

/// Number of a message within its chat, as the channel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i32);

/// One event with everything needed to handle it exactly once. This is what the inbox holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The library that the bot speaks for.
    pub library: LibraryId,
    /// The bot account that received it.
    pub bot: BotId,
    /// The channel's number of this update; unique together with `bot`.
    pub update_id: i64,
    /// Who did it.
    pub person: PersonKey,
    /// Where an answer goes.
    pub address: ChatAddress,
    /// When it reached us.
    pub received_at: Timestamp,
    /// What was done.
    pub event: Event,
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Event {
    /// Sent a text.
    Text {
        /// The text, with personal data masked.
        text: String,
        /// Which message it was.
        message: MessageId,
        /// True when the person changed a message that was sent before.
        edited: bool,
        /// What was masked in it, without duplicates.
        masked: Vec<PersonalDataKind>,
        /// True when it was too long, and only its beginning is kept.
        #[serde(default)]
        cut: bool,
        /// The danger that was recognised in it.
        danger: Option<Danger>,
        /// True when the help text has already gone out by the direct path.
        help_sent: bool,
    },
    /// Sent a command such as `/start`.
    Command {
        /// Which one.
        command: Command,
        /// Which message it was.
        message: MessageId,
        /// What was masked in what stood behind it.
        #[serde(default)]
        masked: Vec<PersonalDataKind>,
    },
    /// Pressed a button.
    Button {
        /// What it means; `None` when its data is not ours or too old to read.
        action: Option<Action>,
        /// Telegram's id of this press, to be answered.
        callback: String,
    },
    /// Sent something that is not text.
    Media {
        /// What it was.
        media: MediaKind,
        /// Which message it was.
        message: MessageId,
    },
    /// Blocked the bot.
    Blocked,
    /// Lets the bot write again.
    Unblocked,
    /// Put the bot in a group; it says a word and leaves.
    AddedToGroup,
}

/// A command that starts with a slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `/start`, with the payload of a deep link (1 to 64 of `A-Za-z0-9_-`).
    Start(Option<String>),
    /// `/hulp`.
    Help,
    /// `/onderwerpen`: the menu of themes.
    Menu,
    /// `/medewerker`: ask for a person.
    Person,
    /// `/privacy`.
    Privacy,
    /// `/mijngegevens`: what is held about this person.
    MyData,
    /// `/wis`: forget everything about this person.
    Erase,
    /// `/stop`: end the conversation and forget its state.
    Stop,
    /// A command that we do not have.
    Unknown,
}

/// What was sent, when it was not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A voice message.
    Voice,
    /// A photo.
    Photo,
    /// A video or a video note.
    Video,
    /// A file.
    Document,
    /// A sticker or an animation.
    Sticker,
    /// Somebody's contact card.
    Contact,
    /// A location or a venue.
    Location,
    /// A poll, a quiz, a game or dice.
    Game,
    /// Anything else.
    Other,
}

impl Event {
    /// A short name for logs: the kind, never the content.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { edited: false, .. } => "text",
            Self::Text { edited: true, .. } => "edit",
            Self::Command { .. } => "command",
            Self::Button { .. } => "button",
            Self::Media { .. } => "media",
            Self::Blocked => "blocked",
            Self::Unblocked => "unblocked",
            Self::AddedToGroup => "added_to_group",
        }
    }
}

impl Command {
    /// Reads the text of a message that starts with a slash: `/start`, `/hulp@SomeBot`, `/start payload`.
    /// `None` when it is no command (no slash, or nothing behind it).
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix('/')?;
        let (word, argument) = match rest.split_once(char::is_whitespace) {
            Some((word, argument)) => (word, argument.trim()),
            None => (rest, ""),
        };
        let name = word.split('@').next().unwrap_or(word).to_lowercase();
        if name.is_empty() {
            return None;
        }
        Some(match name.as_str() {
            "start" => Self::Start(deep_link_payload(argument)),
            "hulp" | "help" => Self::Help,
            "onderwerpen" | "menu" => Self::Menu,
            "medewerker" | "mens" => Self::Person,
            "privacy" => Self::Privacy,
            "mijngegevens" => Self::MyData,
            "wis" => Self::Erase,
            "stop" => Self::Stop,
            _ => Self::Unknown,
        })
    }
}

fn deep_link_payload(argument: &str) -> Option<String> {
    let fits = (1..=64).contains(&argument.len())
        && argument
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    fits.then(|| argument.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_with_bot_name_and_payload() {
        assert_eq!(Command::parse("/start"), Some(Command::Start(None)));
        assert_eq!(
            Command::parse("/start@AanzetBot gemeente-zwolle"),
            Some(Command::Start(Some("gemeente-zwolle".into())))
        );
        assert_eq!(Command::parse("/HULP"), Some(Command::Help));
        assert_eq!(Command::parse("/weetniet"), Some(Command::Unknown));
    }

    #[test]
    fn a_forged_payload_is_dropped() {
        assert_eq!(
            Command::parse("/start <b>x</b>"),
            Some(Command::Start(None))
        );
    }

    #[test]
    fn a_slash_alone_is_no_command() {
        assert_eq!(Command::parse("/"), None);
        assert_eq!(Command::parse("hallo /start"), None);
    }
}
