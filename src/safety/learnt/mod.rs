//! Does this message look like the examples of danger, or like ordinary questions?
//!
//! Rules find what somebody thought of. For what nobody thought of, a message is weighed against the
//! examples that editors keep in `voorbeelden*.toml`: a linear model over pieces of words, words and words
//! that stand together. Learning takes about a second, so the weights that belong to our own examples are
//! kept in `models/danger.bin`; other examples are learnt from when they are read.

mod examples;
mod file;
mod pieces;
mod train;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::domain::DangerCategory;

use pieces::{PLACES, Pieces};

pub use examples::{Examples, ExamplesError};
pub(super) use examples::{from_files, is_examples};

/// Places in the tables that tell categories and languages apart: less is asked of them.
const FEW_PLACES: usize = 1 << 14;

/// How much a wrong example counts where kinds are told apart.
const KIND_COST: f64 = 0.5;

/// The weights that belong to our own examples.
static SHIPPED: LazyLock<Arc<Learnt>> = LazyLock::new(|| {
    let read = file::read(include_bytes!("../../../models/danger.bin"));
    // Without weights the rules still work; a test sees to it that ours can be read.
    Arc::new(read.unwrap_or_default())
});

/// What somebody wrote, and what it is a signal of.
#[derive(Clone, Debug)]
struct Example<'a> {
    /// `None` for an ordinary question.
    category: Option<DangerCategory>,
    /// ISO 639-1.
    language: &'a str,
    text: &'a str,
}

/// What was learnt from examples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Learnt {
    /// SHA-256 of the file with the examples.
    digest: [u8; 32],
    /// From this score on it is a weak signal.
    weak_from: f32,
    /// The same for the categories in which a signal that is missed cannot be undone.
    grave_from: f32,
    /// From this score on it is a clear one.
    pub(super) strong_from: f32,
    danger: Table,
    categories: BTreeMap<DangerCategory, Table>,
    languages: BTreeMap<String, Table>,
}

/// Weights in one byte each, with what they must be multiplied by.
#[derive(Clone, Debug, Default, PartialEq)]
struct Table {
    scale: f32,
    bias: f32,
    weights: Vec<i8>,
}

/// What a message looks like.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likeness {
    /// Above zero more like danger than like an ordinary question; 1 is as much as the plainest examples.
    pub(super) score: f32,
    /// The same for a few words together, when the message is long: a rule may rest on those.
    pub(super) nearby: f32,
    /// The part that is most like danger.
    part: Pieces,
}

impl Table {
    fn of(weights: &[f32], places: usize) -> Self {
        let most = weights
            .iter()
            .take(places)
            .fold(0f32, |most, weight| most.max(weight.abs()));
        let scale = most / f32::from(i8::MAX);
        let small = |weight: &f32| {
            if scale == 0.0 {
                0
            } else {
                // Within ±127 by the choice of the scale.
                (weight / scale).round() as i8
            }
        };
        Self {
            scale,
            bias: weights.last().copied().unwrap_or_default(),
            weights: weights.iter().take(places).map(small).collect(),
        }
    }

    fn weigh(&self, pieces: &Pieces) -> f32 {
        if self.weights.is_empty() {
            return f32::NEG_INFINITY;
        }
        let weight = |place: u32| {
            let at = place as usize % self.weights.len();
            self.weights
                .get(at)
                .map_or(0.0, |weight| f32::from(*weight))
        };
        let sum: f32 = pieces
            .0
            .iter()
            .map(|&(place, value)| weight(place) * value)
            .sum();
        sum * self.scale + self.bias
    }
}

impl Learnt {
    /// What was learnt from our own examples.
    pub(super) fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Learns from examples; the thresholds and the digest are left to whoever has the file.
    fn learn(examples: &[Example<'_>]) -> Self {
        let pieces: Vec<Pieces> = examples.iter().map(|e| pieces::whole(e.text)).collect();
        let marked = |places: usize, cost: f64, mark: &dyn Fn(&Example<'_>) -> Option<bool>| {
            let marked: Vec<(&Pieces, bool)> = examples
                .iter()
                .zip(&pieces)
                .filter_map(|(example, pieces)| mark(example).map(|is| (pieces, is)))
                .collect();
            Table::of(&train::separate(&marked, places, cost), places)
        };
        let danger = marked(PLACES, train::COST, &|e| Some(e.category.is_some()));
        let categories = DangerCategory::ALL
            .into_iter()
            .filter(|category| examples.iter().any(|e| e.category == Some(*category)))
            .map(|category| {
                let is = |e: &Example<'_>| e.category.map(|own| own == category);
                (category, marked(FEW_PLACES, KIND_COST, &is))
            })
            .collect();
        let mut named: Vec<&str> = examples.iter().map(|e| e.language).collect();
        named.sort_unstable();
        named.dedup();
        let languages = named
            .into_iter()
            .map(|language| {
                let is = |e: &Example<'_>| Some(e.language == language);
                (language.to_owned(), marked(FEW_PLACES, KIND_COST, &is))
            })
            .collect();
        Self {
            danger,
            categories,
            languages,
            ..Self::default()
        }
    }

    /// The weights as they are kept in a file.
    fn to_bytes(&self) -> Vec<u8> {
        file::write(self)
    }

    /// From which score on a message is a weak signal of this category.
    pub(super) fn weak_from(&self, category: DangerCategory) -> f32 {
        use DangerCategory::{A, B, E, F, H, I};
        match category {
            A | B | E | F | H | I => self.grave_from,
            _ => self.weak_from,
        }
    }

    /// What the part of a message looks like that is most like danger.
    pub(super) fn weigh(&self, text: &str) -> Likeness {
        let (score, whole) = self.most_like_danger(pieces::windows(text));
        let (in_part, part) = self.most_like_danger(pieces::narrow_windows(text));
        let in_part = (in_part > score).then_some((in_part, part));
        Likeness {
            score,
            nearby: in_part.as_ref().map_or(score, |(score, _)| *score),
            part: in_part.map_or(whole, |(_, part)| part),
        }
    }

    fn most_like_danger(&self, windows: Vec<Pieces>) -> (f32, Pieces) {
        windows
            .into_iter()
            .map(|window| (self.danger.weigh(&window), window))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .unwrap_or((f32::NEG_INFINITY, Pieces::default()))
    }

    /// The category and the language of the part that is most like danger.
    pub(super) fn kind(&self, likeness: &Likeness) -> Option<(DangerCategory, &str)> {
        let category = likeliest(&self.categories, &likeness.part)?;
        let language = likeliest(&self.languages, &likeness.part)?;
        Some((*category, language))
    }
}

fn likeliest<'a, K>(tables: &'a BTreeMap<K, Table>, window: &Pieces) -> Option<&'a K> {
    tables
        .iter()
        .map(|(kind, table)| (kind, table.weigh(window)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DangerCategory::{B, E};

    fn learnt() -> Learnt {
        let example = |category, language, text| Example {
            category,
            language,
            text,
        };
        let examples = [
            example(Some(E), "nl", "mijn vriend gooit mij tegen de muur"),
            example(Some(E), "nl", "hij gooit haar tegen de grond"),
            example(Some(B), "nl", "mijn kind valt van de trap en huilt niet"),
            example(
                Some(B),
                "en",
                "my child falls down the stairs and does not cry",
            ),
            example(None, "nl", "de muur van mijn huis is nat"),
            example(None, "nl", "hoe vraag ik een traplift aan"),
            example(None, "nl", "mijn kind wil een boek"),
            example(None, "en", "my child wants a book about walls"),
        ];
        Learnt::learn(&examples)
    }

    #[test]
    fn what_looks_like_an_example_is_found_with_its_kind_and_language() {
        let learnt = learnt();
        for (text, wanted) in [
            ("ze gooit hem tegen de kast", (E, "nl")),
            ("my son falls down the stairs", (B, "en")),
        ] {
            let likeness = learnt.weigh(text);
            assert!(likeness.score > 0.0, "{text}: {likeness:?}");
            assert_eq!(learnt.kind(&likeness), Some(wanted));
        }
        assert!(learnt.weigh("mijn huis heeft een traplift").score < 0.0);
    }

    #[test]
    fn a_signal_in_a_long_story_does_not_drown() {
        let learnt = learnt();
        let story = "de traplift van mijn huis en een boek ".repeat(10);
        let text = format!("{story} hij gooit mij tegen de muur {story}");
        assert!(learnt.weigh(&text).score > learnt.weigh(&story).score);
        assert!(learnt.weigh(&text).nearby > 0.0);
    }

    #[test]
    fn without_examples_nothing_looks_like_danger() {
        let learnt = Learnt::learn(&[]);
        let likeness = learnt.weigh("ik wil dood");
        assert!(likeness.score <= 0.0);
        assert_eq!(learnt.kind(&likeness), None);
        assert!(Learnt::default().weigh("ik wil dood").score < 0.0);
    }

    #[test]
    fn what_was_learnt_survives_its_file() {
        let learnt = learnt();
        assert_eq!(file::read(&learnt.to_bytes()).unwrap(), learnt);
    }
}
