//! What a step leads to: which sentence to say and what else to do. The words stand elsewhere.

use std::time::Duration;

use crate::domain::{ArticleId, Danger, MediaKind, MessageId, PersonalDataKind, Priority, ThemeId};

use super::KeepReason;

/// Something that must happen after a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say this.
    Say(Utterance),
    /// Confirm a button press to the channel.
    AnswerButton {
        /// The channel's id of the press.
        callback: String,
    },
    /// Take a message of the person out of the chat.
    DeleteMessage {
        /// Which one.
        message: MessageId,
    },
    /// Leave the group that the bot was put in.
    LeaveGroup,
    /// Keep a question for a librarian.
    Keep {
        /// The masked text.
        question: String,
        /// Why the bot did not answer it.
        reason: KeepReason,
    },
    /// Count something; never about a person.
    Count {
        /// What is counted.
        name: &'static str,
        /// Of what.
        key: String,
    },
    /// The person blocked the bot (`true`) or can be written to again (`false`).
    Blocked(bool),
    /// Give the person what is held about them.
    MyData,
    /// Erase everything about this person.
    Erase,
}

/// Which sentence the bot says. `speech` has the words.
#[derive(Clone, Debug, PartialEq)]
pub enum Utterance {
    /// Who is speaking, at `/start`.
    Welcome,
    /// Who is speaking, in two lines, when somebody begins without `/start`.
    Introduction,
    /// What one can do here.
    Help,
    /// What is kept, why and how long.
    Privacy,
    /// The conversation is over and forgotten.
    Stopped,
    /// What is held about the resident is on its way.
    MyData,
    /// What being forgotten means, and whether to go on.
    AskErase,
    /// Everything is erased.
    Erased,
    /// Nothing is erased, as the resident wishes.
    EraseDeclined,
    /// Nothing is erased, because the resident said something else.
    NotErased,
    /// The themes as buttons.
    Menu,
    /// The articles of a theme as buttons.
    Theme {
        /// Which theme.
        theme: ThemeId,
        /// Which page, counted from zero.
        page: u8,
    },
    /// The answer of an article, with "Klopt dit?".
    Answer {
        /// Which article.
        article: ArticleId,
        /// The resident changed the question, and this is the answer to the new one.
        corrected: bool,
    },
    /// One section of an article.
    Section {
        /// Which article.
        article: ArticleId,
        /// Which section, counted from zero.
        section: u8,
    },
    /// "Bedoel je …?" with two to four articles.
    Choose {
        /// What is offered, best first.
        options: Vec<ArticleId>,
        /// After "Klopt dit? Nee" rather than after a question.
        after_no: bool,
    },
    /// The question is kept for a librarian, and what that means now.
    Kept {
        /// Why.
        reason: KeepReason,
    },
    /// Offer to keep the question for a librarian.
    OfferPerson {
        /// Why.
        reason: KeepReason,
    },
    /// The offer of a person was declined.
    PersonDeclined,
    /// "What do you want to ask the librarian?"
    AskQuestionForPerson,
    /// "Iets anders": ask it in other words, or ask a person.
    AskOtherwise,
    /// Thanks for "Klopt dit? Ja".
    FeedbackThanks,
    /// Help in danger.
    Danger(Danger),
    /// What fits a plain "ja" or "nee" to the question that the help for a weak signal asked.
    AfterWeakHelp {
        /// What the help was about.
        danger: Danger,
        /// "Ja" rather than "nee".
        yes: bool,
    },
    /// What was hidden in the message, and why.
    Masked(Vec<PersonalDataKind>),
    /// The message was too long, and only its beginning is used.
    Cut,
    /// So many messages of one person that not all are read.
    TooMany {
        /// When they can go on.
        wait: Duration,
    },
    /// So much waits that this message is not kept.
    VeryBusy {
        /// When to try again.
        wait: Duration,
    },
    /// A fitting sentence for something that is not text.
    Media(MediaKind),
    /// A button that no longer works.
    OldButton,
    /// A command that we do not have.
    UnknownCommand,
    /// A message without any word in it.
    NoWords,
    /// A greeting.
    Greeting,
    /// Thanks, answered.
    Thanks,
    /// A goodbye.
    Goodbye,
    /// "Ben je een mens?"
    AreYouHuman,
    /// Swearing, met with patience.
    Swearing,
    /// "Ja" or "nee" while no question stands open.
    NothingOpen,
    /// A word before leaving a group.
    GroupGoodbye,
}

impl Utterance {
    /// What goes first when several messages wait.
    pub fn priority(&self) -> Priority {
        match self {
            Self::Danger(_) | Self::AfterWeakHelp { .. } => Priority::Danger,
            _ => Priority::Normal,
        }
    }
}
