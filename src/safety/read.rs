//! The files of `veiligheid/`: read, and every complaint about them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use crate::domain::DangerCategory;

use super::learnt::Learnt;

/// Language of the texts and rules at the top level of a file.
pub(super) const DUTCH: &str = "nl";
/// The other languages that a category must have a help text in.
pub(super) const OTHER_LANGUAGES: [&str; 8] = ["en", "tr", "ar", "pl", "uk", "de", "es", "fr"];
/// A help text has at most this many lines.
const MOST_LINES: usize = 6;

/// Something that is wrong with a file of `veiligheid/`. What it is about keeps working with what was
/// there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// Path of the file, as it was given.
    pub file: String,
    /// Line in the file, counted from 1. Line 1 when it is about the whole file.
    pub line: usize,
    /// What is wrong, in Dutch.
    pub message: String,
    /// What to do about it, in Dutch.
    pub hint: String,
}

/// One category, as its file says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryFile {
    pub(super) letter: String,
    #[serde(rename = "naam")]
    pub(super) name: String,
    #[serde(rename = "nummers")]
    pub(super) numbers: Vec<String>,
    #[serde(rename = "tekst")]
    pub(super) texts: TextsFile,
    #[serde(rename = "herkennen")]
    pub(super) signs: SignsFile,
    #[serde(rename = "proef")]
    pub(super) trial: Trial,
}

/// The help texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextsFile {
    #[serde(rename = "zelf")]
    pub(super) own: String,
    #[serde(rename = "ander")]
    pub(super) other: Option<String>,
    #[serde(rename = "kind")]
    pub(super) child: Option<String>,
    #[serde(rename = "zwak")]
    pub(super) weak: Option<String>,
    /// After "ja" to the question in the text for a weak signal, when that is no sign of danger.
    #[serde(rename = "na_ja")]
    pub(super) after_yes: Option<String>,
    /// The same after "nee".
    #[serde(rename = "na_nee")]
    pub(super) after_no: Option<String>,
    #[serde(rename = "talen", default)]
    pub(super) languages: BTreeMap<String, String>,
}

/// The rules of one category, per language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignsFile {
    #[serde(rename = "sterk", default)]
    strong: Vec<String>,
    #[serde(rename = "los", default)]
    loose: Vec<String>,
    #[serde(rename = "zwak", default)]
    weak: Vec<String>,
    #[serde(rename = "geen", default)]
    not: Vec<String>,
    /// Rules that say that the danger is somebody else's.
    #[serde(rename = "voor_ander", default)]
    pub(super) for_other: Vec<String>,
    #[serde(rename = "talen", default)]
    pub(super) languages: BTreeMap<String, Signs>,
}

impl SignsFile {
    /// The rules of every language, Dutch first.
    pub(super) fn all(&self) -> Vec<(String, Signs)> {
        let dutch = Signs {
            strong: self.strong.clone(),
            loose: self.loose.clone(),
            weak: self.weak.clone(),
            not: self.not.clone(),
        };
        let others = self.languages.clone().into_iter();
        std::iter::once((DUTCH.to_owned(), dutch))
            .chain(others)
            .collect()
    }
}

/// Rules in one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signs {
    /// Always a strong signal.
    #[serde(rename = "sterk", default)]
    pub(super) strong: Vec<String>,
    /// Strong, unless it is about a book, film, course or the like.
    #[serde(rename = "los", default)]
    pub(super) loose: Vec<String>,
    /// Weak, unless it is about a book, film, course or the like.
    #[serde(rename = "zwak", default)]
    pub(super) weak: Vec<String>,
    /// Expressions that are no signal for this category.
    #[serde(rename = "geen", default)]
    pub(super) not: Vec<String>,
}

/// The file's own test.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    #[serde(rename = "wel")]
    pub(super) hits: Vec<String>,
    #[serde(rename = "niet")]
    pub(super) misses: Vec<String>,
}

/// `woorden.toml`: what all categories share.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsFile {
    #[serde(rename = "gewone_woorden")]
    pub(super) ordinary: Vec<String>,
    #[serde(rename = "plakwoorden")]
    pub(super) glue: Vec<String>,
    #[serde(rename = "geen_gevaar")]
    pub(super) harmless: Vec<String>,
    #[serde(rename = "voor_kind")]
    pub(super) for_child: Vec<String>,
    #[serde(rename = "klassen")]
    pub(super) classes: BTreeMap<String, Vec<String>>,
}

/// All files of a folder that are of use.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    pub(super) words: Option<(Source, WordsFile)>,
    pub(super) examples: Option<Arc<Learnt>>,
    pub(super) categories: BTreeMap<DangerCategory, (Source, CategoryFile)>,
}

impl Files {
    /// These files, and those of `others` for what is missing.
    pub(super) fn or(mut self, others: Option<&Self>) -> Self {
        if let Some(others) = others {
            self.words = self.words.or_else(|| others.words.clone());
            self.examples = self.examples.or_else(|| others.examples.clone());
            for (category, file) in &others.categories {
                self.categories
                    .entry(*category)
                    .or_insert_with(|| file.clone());
            }
        }
        self
    }
}

/// What a file turned out to be.
pub(super) enum Content {
    Words(WordsFile),
    Category(DangerCategory, Box<CategoryFile>),
}

/// A file with its path, for complaints.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn problem(
        &self,
        at: Option<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> RuleProblem {
        let line = at.map_or(1, |at| {
            let before = self.text.bytes().take(at).filter(|b| *b == b'\n').count();
            before + 1
        });
        RuleProblem {
            file: self.path.clone(),
            line,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Where a piece of text stands in the file, to point at.
    pub(super) fn find(&self, piece: &str) -> Option<usize> {
        self.text
            .find(piece)
            .or_else(|| self.text.find(piece.lines().next()?))
    }

    /// What the reader of TOML says is wrong with this file.
    pub(super) fn unreadable(&self, error: &toml::de::Error) -> RuleProblem {
        self.problem(
            error.span().map(|Range { start, .. }| start),
            format!("Dit bestand is niet goed te lezen: {}", error.message()),
            "Vergelijk het met de uitleg bovenaan een ander bestand in deze map. Vaak mist er een \
             aanhalingsteken, een komma of een haakje.",
        )
    }

    fn is_named(&self, wanted: &str) -> bool {
        self.path
            .rsplit(['/', '\\'])
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
    }

    /// Reads the file as what its name says it is.
    pub(super) fn read(&self) -> Result<Content, Box<RuleProblem>> {
        let wrong = |error: toml::de::Error| Box::new(self.unreadable(&error));
        if self.is_named("woorden.toml") {
            return toml::from_str(&self.text)
                .map(Content::Words)
                .map_err(wrong);
        }
        let file: CategoryFile = toml::from_str(&self.text).map_err(wrong)?;
        let Some(category) = DangerCategory::from_letter(&file.letter) else {
            return Err(Box::new(self.problem(
                self.find("letter"),
                format!("De letter '{}' bestaat niet.", file.letter),
                "Kies een letter van A tot en met M.",
            )));
        };
        Ok(Content::Category(category, Box::new(file)))
    }

    /// What is wrong with the texts of a category.
    pub(super) fn check_texts(&self, file: &CategoryFile) -> Vec<RuleProblem> {
        let mut problems = Vec::new();
        let texts = &file.texts;
        let dutch = [
            ("zelf", Some(&texts.own)),
            ("ander", texts.other.as_ref()),
            ("kind", texts.child.as_ref()),
            ("zwak", texts.weak.as_ref()),
            ("na_ja", texts.after_yes.as_ref()),
            ("na_nee", texts.after_no.as_ref()),
        ];
        let named = dutch
            .into_iter()
            .filter_map(|(name, text)| text.map(|text| (name.to_owned(), text)))
            .chain(
                texts
                    .languages
                    .iter()
                    .map(|(code, text)| (format!("talen.{code}"), text)),
            );
        for (name, text) in named {
            let at = self.find(text);
            for number in &file.numbers {
                // A weak signal gets a soft text; it needs one line to call, the first number.
                let soft = ["zwak", "na_ja", "na_nee"].contains(&name.as_str());
                let needed = !soft || Some(number) == file.numbers.first();
                if needed && !bare(text).contains(&bare(number)) {
                    problems.push(self.problem(
                        at,
                        format!("In de hulptekst '{name}' ontbreekt het nummer {number}."),
                        "Zet het nummer in de tekst, of haal het uit 'nummers' als het niet meer klopt.",
                    ));
                }
            }
            if text.lines().filter(|line| !line.trim().is_empty()).count() > MOST_LINES {
                problems.push(self.problem(
                    at,
                    format!("De hulptekst '{name}' heeft meer dan {MOST_LINES} regels."),
                    "Maak de tekst korter: iemand in nood leest niet verder.",
                ));
            }
        }
        for code in OTHER_LANGUAGES {
            if !texts.languages.contains_key(code) {
                problems.push(self.problem(
                    self.find("[tekst.talen]"),
                    format!("De hulptekst in de taal '{code}' ontbreekt."),
                    format!("Voeg onder [tekst.talen] een regel toe die begint met {code} = ."),
                ));
            }
        }
        if file.trial.hits.is_empty() || file.trial.misses.is_empty() {
            problems.push(self.problem(
                self.find("[proef]"),
                "De proef is leeg.",
                "Zet onder [proef] voorbeelden bij 'wel' en bij 'niet'.",
            ));
        }
        problems
    }
}

/// Only the digits and letters, so that `0800-2000` and `0800 2000` are the same number.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
