//! The words of the knowledge base: what is a good word here, and how often it stands there.

use std::collections::{HashMap, HashSet};

use super::lexicon::Lexicon;

/// The words of the knowledge base and of the lexicon, in folded shape.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    forms: HashMap<String, Form>,
    stems: HashSet<String>,
    listed: HashSet<String>,
}

/// A word as it is written in the knowledge base.
#[derive(Clone, Debug, Default)]
struct Form {
    count: u32,
    stem: String,
}

impl Vocabulary {
    /// Counts the words of these texts. The names and synonyms of the lexicon are added, so that typing
    /// errors in them are found too.
    pub fn build<'a>(lexicon: &Lexicon, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut vocabulary = Self::default();
        for word in texts.into_iter().flat_map(|text| lexicon.words(text)) {
            vocabulary.forms.entry(word).or_default().count += 1;
        }
        for (word, form) in &mut vocabulary.forms {
            form.stem = lexicon.stem(word);
        }
        vocabulary.stems = vocabulary
            .forms
            .values()
            .map(|form| form.stem.clone())
            .collect();
        vocabulary.listed = lexicon.listed_words().map(str::to_owned).collect();
        vocabulary
    }

    /// Whether this folded word stands in the knowledge base or in the lexicon.
    pub fn contains(&self, word: &str) -> bool {
        self.forms.contains_key(word) || self.listed.contains(word)
    }

    /// Whether this folded word stands in the knowledge base.
    pub fn in_texts(&self, word: &str) -> bool {
        self.forms.contains_key(word)
    }

    /// Whether a word with this stem stands in the knowledge base.
    pub fn has_stem(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// The stem of a folded word that stands in the knowledge base.
    pub fn stem_of(&self, word: &str) -> Option<&str> {
        self.forms.get(word).map(|form| form.stem.as_str())
    }

    /// How often this folded word stands in the knowledge base.
    pub fn count(&self, word: &str) -> u32 {
        self.forms.get(word).map_or(0, |form| form.count)
    }

    /// All words, in no particular order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let extra = self
            .listed
            .iter()
            .filter(|word| !self.forms.contains_key(*word));
        self.forms.keys().chain(extra).map(String::as_str)
    }

    /// All words of the knowledge base itself, in no particular order.
    pub fn text_words(&self) -> impl Iterator<Item = &str> {
        self.forms.keys().map(String::as_str)
    }
}
