//! `voorbeelden.toml`: the examples that editors keep.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::domain::DangerCategory;

use super::super::read::DUTCH;
use super::{Example, Learnt};

/// The examples of one folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    #[serde(rename = "drempel")]
    weak_from: f32,
    #[serde(rename = "drempel_ernstig")]
    grave_from: f32,
    #[serde(rename = "drempel_sterk")]
    strong_from: f32,
    #[serde(rename = "gewoon", default)]
    ordinary: Vec<String>,
    #[serde(rename = "gevaar", default)]
    danger: BTreeMap<DangerCategory, Vec<String>>,
    /// Those in other languages.
    #[serde(rename = "talen", default)]
    languages: BTreeMap<String, InLanguage>,
    #[serde(skip)]
    digest: [u8; 32],
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguage {
    #[serde(rename = "gewoon", default)]
    ordinary: Vec<String>,
    #[serde(rename = "gevaar", default)]
    danger: BTreeMap<DangerCategory, Vec<String>>,
}

/// What was learnt last from examples that are not ours: files are read more than once, and learning takes
/// a second.
static LAST: Mutex<Option<Arc<Learnt>>> = Mutex::new(None);

impl Examples {
    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut examples: Self = toml::from_str(text)?;
        examples.digest = digest(text);
        Ok(examples)
    }

    /// Number of examples.
    pub fn len(&self) -> usize {
        self.all().len()
    }

    /// Whether there is nothing to learn from.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The weights that these examples lead to, as kept in `models/danger.bin`.
    pub fn weights(&self) -> Vec<u8> {
        self.learn().to_bytes()
    }

    fn learn(&self) -> Learnt {
        Learnt {
            digest: self.digest,
            weak_from: self.weak_from,
            grave_from: self.grave_from,
            strong_from: self.strong_from,
            ..Learnt::learn(&self.all())
        }
    }

    fn all(&self) -> Vec<Example<'_>> {
        let dutch = (DUTCH, &self.ordinary, &self.danger);
        let others = self
            .languages
            .iter()
            .map(|(language, own)| (language.as_str(), &own.ordinary, &own.danger));
        std::iter::once(dutch)
            .chain(others)
            .flat_map(|(language, ordinary, danger)| {
                let ordinary = ordinary.iter().map(|text| (None, text));
                let danger = danger
                    .iter()
                    .flat_map(|(category, texts)| texts.iter().map(|text| (Some(*category), text)));
                ordinary.chain(danger).map(move |(category, text)| Example {
                    category,
                    language,
                    text,
                })
            })
            .collect()
    }
}

/// What follows from the examples in this file: for our own examples what was learnt before.
pub(in crate::safety) fn from_file(text: &str) -> Result<Arc<Learnt>, toml::de::Error> {
    let digest = digest(text);
    let shipped = Learnt::shipped();
    if shipped.digest == digest {
        return Ok(shipped);
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(learnt) = last.as_ref().filter(|learnt| learnt.digest == digest) {
        return Ok(Arc::clone(learnt));
    }
    let learnt = Arc::new(Examples::read(text)?.learn());
    *last = Some(Arc::clone(&learnt));
    Ok(learnt)
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
        drempel = 0.0
        drempel_ernstig = 0.0
        drempel_sterk = 0.5
        gewoon = ['de muur is nat', 'hoe vraag ik een lift aan']
        [gevaar]
        E = ['hij gooit mij tegen de muur']
        [talen.en]
        gewoon = ['how do I get a library card']
        gevaar.E = ['he throws me against the wall']";

    #[test]
    fn an_editor_who_adds_an_example_is_heard_at_once() {
        let before = from_file(FILE).unwrap();
        let added = FILE.replace("E = ['hij", "E = ['de lantaarn is uit', 'hij");
        let after = from_file(&added).unwrap();
        let text = "bij ons is de lantaarn uit";
        assert!(before.weigh(text).score < after.weigh(text).score);
        assert!(after.weigh(text).score > 0.0);
        assert_eq!((after.weak_from, after.strong_from), (0.0, 0.5));
    }

    #[test]
    fn the_weights_that_we_ship_belong_to_the_examples_that_we_ship() {
        let ours = include_str!("../../../knowledge/veiligheid/voorbeelden.toml");
        assert!(
            Learnt::shipped().digest == digest(ours),
            "the examples have changed: run `cargo run --release -- train` and commit models/danger.bin"
        );
    }

    #[test]
    fn a_mistake_in_the_file_is_an_error() {
        assert!(from_file("drempel = 'x'").is_err());
        assert!(Examples::read("drempel = 1.0").is_err());
    }
}
