//! The words of the knowledge base: what is a good word here, and how often it stands there.

use std::collections::{HashMap, HashSet};

use super::lexicon::Lexicon;

/// The words of the knowledge base and of the lexicon, in folded shape.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    forms: HashMap<String, u32>,
    stems: HashSet<String>,
    listed: HashSet<String>,
}

impl Vocabulary {
    /// Counts the words of these texts. The names and synonyms of the lexicon are added, so that typing
    /// errors in them are found too.
    pub fn build<'a>(lexicon: &Lexicon, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut vocabulary = Self::default();
        for text in texts {
            for token in lexicon.tokens(text) {
                *vocabulary.forms.entry(token.text).or_default() += 1;
                vocabulary.stems.insert(token.stem);
            }
        }
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

    /// How often this folded word stands in the knowledge base.
    pub fn count(&self, word: &str) -> u32 {
        self.forms.get(word).copied().unwrap_or(0)
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
