//! The files in `taal/`: their shape, and what is wrong with them in words that an editor understands.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

/// The files that a [`super::Lexicon`] is made of, with our own text of each, which is compiled in.
pub const FILES: [(&str, &str); 6] = [
    (
        "stammen.toml",
        include_str!("../../knowledge/taal/stammen.toml"),
    ),
    (
        "synoniemen.toml",
        include_str!("../../knowledge/taal/synoniemen.toml"),
    ),
    (
        "afkortingen.toml",
        include_str!("../../knowledge/taal/afkortingen.toml"),
    ),
    (
        "streektaal.toml",
        include_str!("../../knowledge/taal/streektaal.toml"),
    ),
    (
        "stopwoorden.toml",
        include_str!("../../knowledge/taal/stopwoorden.toml"),
    ),
    (
        "gesprek.toml",
        include_str!("../../knowledge/taal/gesprek.toml"),
    ),
];

/// Something wrong in a file of `taal/`. The rest of the file is used all the same, unless it could not be read
/// at all; then our own text of that file is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the file, without folder.
    pub file: String,
    /// Where in the file, in bytes.
    pub span: Range<usize>,
    /// On which line, counted from one.
    pub line: usize,
    /// What is wrong and what to do, in Dutch.
    pub message: String,
    /// True when the whole file could not be used.
    pub unusable: bool,
}

/// `stammen.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StemFile {
    #[serde(default)]
    pub(super) stammen: BTreeMap<String, Vec<Spanned<String>>>,
}

/// `synoniemen.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SynonymFile {
    #[serde(default)]
    pub(super) groep: Vec<SynonymGroup>,
    #[serde(default)]
    pub(super) bedoelt: Vec<Meant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SynonymGroup {
    pub(super) woorden: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    pub(super) woorden: Vec<Spanned<String>>,
    pub(super) bedoelt: Vec<Spanned<String>>,
}

/// `afkortingen.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AbbreviationFile {
    #[serde(default)]
    pub(super) afkorting: Vec<Abbreviation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Abbreviation {
    pub(super) kort: Spanned<String>,
    #[serde(default)]
    pub(super) voluit: String,
    #[serde(default)]
    pub(super) ook: Vec<Spanned<String>>,
}

/// `streektaal.toml` and `stopwoorden.toml`: sections with free names.
pub(super) type RegionalFile = BTreeMap<String, BTreeMap<String, Spanned<String>>>;
pub(super) type StopFile = BTreeMap<String, Vec<Spanned<String>>>;

/// `gesprek.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversationFile {
    #[serde(default)]
    pub(super) overal: WordList,
    #[serde(default)]
    pub(super) groepen: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) soort: Vec<IntentEntry>,
    #[serde(default)]
    pub(super) cijfers: BTreeMap<String, u8>,
    #[serde(default)]
    pub(super) kiezen: WordList,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordList {
    #[serde(default)]
    pub(super) woorden: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentEntry {
    pub(super) naam: Spanned<String>,
    pub(super) kern: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) mag: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) weiger: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) onderwerp: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) onderwerp_kern: Vec<Spanned<String>>,
}

/// One file with the problems found in it.
pub(super) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a str, text: &'a str, problems: &'a mut Vec<Problem>) -> Self {
        Self {
            file,
            text,
            problems,
        }
    }

    /// Reads the file; `None`, with a problem, when it is no TOML of this shape.
    pub(super) fn parse<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!(
                    "De bot kan dit bestand niet lezen en gebruikt nu zijn eigen versie ervan. \
                     Kijk op deze regel of er een aanhalingsteken, komma of haakje mist. (Melding: {})",
                    error.message()
                );
                self.add(error.span().unwrap_or(0..0), message, true);
                None
            }
        }
    }

    /// Notes a problem with one value.
    pub(super) fn warn(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.add(span, message.into(), false);
    }

    fn add(&mut self, span: Range<usize>, message: String, unusable: bool) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        self.problems.push(Problem {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            span,
            message,
            unusable,
        });
    }
}
