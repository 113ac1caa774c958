//! `voorbeelden*.toml`: the examples that editors keep.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::domain::DangerCategory;

use super::super::read::DUTCH;
use super::{Example, Learnt};

/// From which score on a message is a weak signal, when no file says so.
const WEAK_FROM: f32 = 0.5;
/// The same for the categories in which a signal that is missed cannot be undone.
const GRAVE_FROM: f32 = 0.15;
/// From which score on it is a clear signal, when no file says so.
const STRONG_FROM: f32 = 0.9;

/// The examples of one folder: those of all its files together.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    files: Vec<ExamplesFile>,
    digest: [u8; 32],
}

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{source}")]
pub struct ExamplesError {
    /// Which of the files it is.
    pub file: usize,
    /// What is wrong with it.
    pub source: toml::de::Error,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExamplesFile {
    #[serde(rename = "drempel")]
    weak_from: Option<f32>,
    #[serde(rename = "drempel_ernstig")]
    grave_from: Option<f32>,
    #[serde(rename = "drempel_sterk")]
    strong_from: Option<f32>,
    #[serde(rename = "gewoon", default)]
    ordinary: Vec<String>,
    #[serde(rename = "gevaar", default)]
    danger: BTreeMap<DangerCategory, Vec<String>>,
    /// Those in other languages.
    #[serde(rename = "talen", default)]
    languages: BTreeMap<String, InLanguage>,
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
    /// Reads the files, each as name and text.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, ExamplesError> {
        let read = files.iter().enumerate().map(|(file, (_, text))| {
            toml::from_str(text).map_err(|source| ExamplesError { file, source })
        });
        Ok(Self {
            files: read.collect::<Result<_, _>>()?,
            digest: digest(files),
        })
    }

    /// Whether a file of this name holds examples: `voorbeelden.toml`, `voorbeelden-eigen.toml` …
    pub fn is_file(name: &str) -> bool {
        is_examples(name)
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
            weak_from: self.threshold(|file| file.weak_from, WEAK_FROM),
            grave_from: self.threshold(|file| file.grave_from, GRAVE_FROM),
            strong_from: self.threshold(|file| file.strong_from, STRONG_FROM),
            ..Learnt::learn(&self.all())
        }
    }

    fn threshold(&self, of: impl Fn(&ExamplesFile) -> Option<f32>, otherwise: f32) -> f32 {
        self.files.iter().find_map(of).unwrap_or(otherwise)
    }

    fn all(&self) -> Vec<Example<'_>> {
        self.files.iter().flat_map(ExamplesFile::all).collect()
    }
}

impl ExamplesFile {
    fn all(&self) -> impl Iterator<Item = Example<'_>> {
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
    }
}

/// Whether a file of `veiligheid/` holds examples, by its name: `voorbeelden.toml`, `voorbeelden-eigen.toml` …
pub(in crate::safety) fn is_examples(path: &str) -> bool {
    let name = path
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
        .to_lowercase();
    name.starts_with("voorbeelden") && name.ends_with(".toml")
}

/// What follows from the examples in these files: for our own examples what was learnt before.
pub(in crate::safety) fn from_files(files: &[(&str, &str)]) -> Result<Arc<Learnt>, ExamplesError> {
    let digest = digest(files);
    let shipped = Learnt::shipped();
    if shipped.digest == digest {
        return Ok(shipped);
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(learnt) = last.as_ref().filter(|learnt| learnt.digest == digest) {
        return Ok(Arc::clone(learnt));
    }
    let learnt = Arc::new(Examples::read(files)?.learn());
    *last = Some(Arc::clone(&learnt));
    Ok(learnt)
}

/// Of all files, in whatever order they come.
fn digest(files: &[(&str, &str)]) -> [u8; 32] {
    let mut digests: Vec<[u8; 32]> = files
        .iter()
        .map(|(_, text)| Sha256::digest(text.as_bytes()).into())
        .collect();
    digests.sort_unstable();
    Sha256::digest(digests.concat()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
        drempel = 0.0
        drempel_sterk = 0.5
        gewoon = ['de muur is nat', 'hoe vraag ik een lift aan']
        [gevaar]
        E = ['hij gooit mij tegen de muur']
        [talen.en]
        gewoon = ['how do I get a library card']
        gevaar.E = ['he throws me against the wall']";

    #[test]
    fn an_editor_who_adds_an_example_is_heard_at_once() {
        let ours = ("voorbeelden.toml", FILE);
        let own = (
            "voorbeelden-eigen.toml",
            "gevaar.E = ['de lantaarn is uit']",
        );
        let before = from_files(&[ours]).unwrap();
        let after = from_files(&[own, ours]).unwrap();
        let text = "bij ons is de lantaarn uit";
        assert!(before.weigh(text).score < after.weigh(text).score);
        assert!(after.weigh(text).score > 0.0);
        assert_eq!((after.weak_from, after.strong_from), (0.0, 0.5));
        assert_eq!(after.grave_from, GRAVE_FROM);
    }

    #[test]
    fn the_weights_that_we_ship_belong_to_the_examples_that_we_ship() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/veiligheid");
        let texts: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| is_examples(&path.to_string_lossy()))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        let files: Vec<(&str, &str)> = texts.iter().map(|text| ("", text.as_str())).collect();
        assert!(
            !files.is_empty() && Learnt::shipped().digest == digest(&files),
            "the examples have changed: run `cargo run --release -- train` and commit models/danger.bin"
        );
    }

    #[test]
    fn a_mistake_in_a_file_is_an_error_and_says_in_which() {
        let error = from_files(&[("", FILE), ("", "drempel = 'x'")]).unwrap_err();
        assert_eq!(error.file, 1);
        assert!(Examples::read(&[("", "onbekend = 1")]).is_err());
    }
}
