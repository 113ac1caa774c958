//! What the bot says, without markup: blocks of text and buttons. Each edge draws it its own way.

use serde::{Deserialize, Serialize};

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
#[serde(rename_all = "snake_case")]
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
    /// Yes to the question that stands open.
    Yes,
    /// No to the question that stands open.
    No,
    /// Show what is held about this person.
    MyData,
    /// Ask to be forgotten; what that means is told first.
    AskErase,
    /// Yes, forget everything. Counts only while that question stands open.
    Erase,
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
