//! What the bot says, without markup: blocks of text and buttons. Each edge draws it its own way.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ArticleId, ThemeId};

/// One thing the bot says. An edge may need several messages for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Paragraphs, lists and headings, in order.
    pub blocks: Vec<Block>,
    /// Buttons below it, in rows.
    pub buttons: Vec<Vec<Button>>,
}

/// A piece of a reply that stands on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list with bullets.
    Bullets(Vec<Vec<Span>>),
    /// A list with numbers, counted from one.
    Steps(Vec<Vec<Span>>),
    /// A last line in small print: source, review, who is speaking.
    Note(Vec<Span>),
}

/// A run of text within a block. The text is plain: every edge escapes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Plain text.
    Text(String),
    /// Text that must stand out.
    Strong(String),
    /// Text with stress.
    Emphasis(String),
    /// A link: what it says and where it goes (`https://…` only).
    Link {
        /// What the link says.
        text: String,
        /// Where it goes.
        url: String,
    },
}

/// A button below a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// Does something in the conversation.
    Do {
        /// What the button says.
        label: String,
        /// What pressing it means.
        action: Action,
    },
    /// Opens a page.
    Open {
        /// What the button says.
        label: String,
        /// Where it goes (`https://…` only).
        url: String,
    },
}

/// What pressing a button means. Buttons live as long as their message and can be forged, so an
/// action holds nothing but ids, and whoever handles it looks those up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum Action {
    /// Show the menu of themes.
    Menu,
    /// Show the articles of a theme, from page `page` (counted from zero).
    Theme {
        /// Which theme.
        theme: ThemeId,
        /// Which page.
        page: u8,
    },
    /// Show an article.
    Article(ArticleId),
    /// Show a section of an article, by its place in the file (counted from zero).
    Section {
        /// Which article.
        article: ArticleId,
        /// Which section.
        section: u8,
    },
    /// "Klopt dit?" answered.
    Feedback {
        /// About which article.
        article: ArticleId,
        /// Yes or no.
        helpful: bool,
    },
    /// "Bedoel je …?" answered with one of the offered articles.
    Choose(ArticleId),
    /// "Iets anders": none of the offered answers fits.
    SomethingElse,
    /// Ask for a person.
    Person,
    /// Yes to one question of the bot, and to no other.
    Yes {
        /// The number of the question that the button stands under.
        ask: u32,
    },
    /// No to one question of the bot.
    No {
        /// The number of the question that the button stands under.
        ask: u32,
    },
    /// Show what is held about this person.
    MyData,
    /// Ask to be forgotten; what that means is told first.
    AskErase,
    /// Yes, forget everything. Counts only while that question stands open.
    Erase {
        /// The number of the question that the button stands under.
        ask: u32,
    },
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Action {
    /// Also reads the yes and no that were stored before questions had a number: they belong to number 0.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            Numbered(#[serde(with = "Action")] Action),
            Before(Unnumbered),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Unnumbered {
            Yes,
            No,
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Numbered(action) => action,
            Stored::Before(Unnumbered::Yes) => Self::Yes { ask: 0 },
            Stored::Before(Unnumbered::No) => Self::No { ask: 0 },
        })
    }
}

impl Reply {
    /// A reply of one paragraph of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            blocks: vec![Block::Paragraph(vec![Span::Text(text.into())])],
            buttons: Vec::new(),
        }
    }

    /// Adds a row of buttons.
    #[must_use]
    pub fn with_row(mut self, row: Vec<Button>) -> Self {
        if !row.is_empty() {
            self.buttons.push(row);
        }
        self
    }
}

impl Button {
    /// What the button says.
    pub fn label(&self) -> &str {
        match self {
            Self::Do { label, .. } | Self::Open { label, .. } => label,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_stored_under_their_own_names() {
        for (action, written) in [
            (Action::Menu, r#""menu""#),
            (Action::Choose("huur".into()), r#"{"choose":"huur"}"#),
            (Action::Yes { ask: 7 }, r#"{"yes":{"ask":7}}"#),
        ] {
            assert_eq!(serde_json::to_string(&action).unwrap(), written);
            assert_eq!(serde_json::from_str::<Action>(written).unwrap(), action);
        }
    }

    #[test]
    fn a_yes_from_before_questions_had_a_number_is_still_read() {
        assert_eq!(
            serde_json::from_str::<Action>(r#""no""#).unwrap(),
            Action::No { ask: 0 }
        );
    }
}
