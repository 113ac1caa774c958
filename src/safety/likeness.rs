//! Does this message look like the examples of danger, or like ordinary questions?
//!
//! Rules find what somebody thought of. For what nobody thought of, a sentence that no rule knows is weighed
//! against the examples that editors keep: naive Bayes over words, beginnings of words and pairs of words
//! (C. Manning, P. Raghavan and H. Schütze, *Introduction to Information Retrieval*, ch. 13). What it finds
//! is never more than a weak signal.

use std::collections::{HashMap, HashSet};

use crate::domain::DangerCategory;

use super::fold::words;

/// Words that are weighed together.
const WINDOW: usize = 16;
/// A piece is only of use when it was seen this often.
const SEEN: u32 = 2;
/// Words at least this long also count by their beginning.
const LONG: usize = 6;
/// How much of them.
const BEGIN: usize = 5;

/// What was learnt from the examples.
#[derive(Debug, Default)]
pub(super) struct Likeness {
    /// Weight of each piece: the log of how much more often it is seen in danger.
    weights: HashMap<String, f64>,
    /// Per piece how often it was seen in which category.
    categories: HashMap<String, Vec<(DangerCategory, f64)>>,
    /// Number of examples per category.
    sizes: Vec<(DangerCategory, f64)>,
    threshold: f64,
}

/// The pieces of a row of words, each once.
fn pieces(row: &[&str]) -> HashSet<String> {
    let mut found = HashSet::new();
    for (i, word) in row.iter().enumerate() {
        found.insert((*word).to_owned());
        if word.chars().count() >= LONG {
            found.insert(format!("^{}", word.chars().take(BEGIN).collect::<String>()));
        }
        if let Some(next) = row.get(i + 1) {
            found.insert(format!("{word} {next}"));
        }
        if let Some(next) = row.get(i + 2) {
            found.insert(format!("{word} _ {next}"));
        }
    }
    found
}

impl Likeness {
    /// Learns from examples with their category, `None` for an ordinary question.
    pub(super) fn learn<'a>(
        examples: impl Iterator<Item = (Option<DangerCategory>, &'a str)>,
        threshold: f64,
    ) -> Self {
        let mut counts: HashMap<String, (u32, u32)> = HashMap::new();
        let mut categories: HashMap<String, HashMap<DangerCategory, f64>> = HashMap::new();
        let mut sizes: HashMap<DangerCategory, f64> = HashMap::new();
        let (mut danger, mut ordinary) = (0u32, 0u32);
        for (category, text) in examples {
            let words = words(text);
            let row: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            match category {
                Some(category) => {
                    danger += 1;
                    *sizes.entry(category).or_default() += 1.0;
                }
                None => ordinary += 1,
            }
            for piece in pieces(&row) {
                let seen = counts.entry(piece.clone()).or_default();
                match category {
                    Some(category) => {
                        seen.0 += 1;
                        *categories
                            .entry(piece)
                            .or_default()
                            .entry(category)
                            .or_default() += 1.0;
                    }
                    None => seen.1 += 1,
                }
            }
        }
        if danger == 0 || ordinary == 0 {
            return Self::default();
        }
        let share = |count: u32, all: u32| (f64::from(count) + 0.5) / (f64::from(all) + 1.0);
        let weights = counts
            .into_iter()
            .filter(|(_, (hits, misses))| hits + misses >= SEEN)
            .map(|(piece, (hits, misses))| {
                let weight = share(hits, danger).ln() - share(misses, ordinary).ln();
                (piece, weight)
            })
            .collect();
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort_unstable_by_key(|(category, _)| *category);
        let categories = categories
            .into_iter()
            .map(|(piece, counts)| (piece, counts.into_iter().collect()))
            .collect();
        Self {
            weights,
            categories,
            sizes,
            threshold,
        }
    }

    /// The category that a sentence of these words looks like, when it looks like danger at all.
    pub(super) fn category(&self, sentence: &[&str]) -> Option<DangerCategory> {
        if self.weights.is_empty() {
            return None;
        }
        let windows: Box<dyn Iterator<Item = &[&str]>> = if sentence.len() <= WINDOW {
            Box::new(std::iter::once(sentence))
        } else {
            Box::new(sentence.windows(WINDOW).step_by(WINDOW / 2))
        };
        windows
            .map(|row| {
                let pieces = pieces(row);
                let score: f64 = pieces
                    .iter()
                    .filter_map(|piece| self.weights.get(piece))
                    .sum();
                (score, pieces)
            })
            .filter(|(score, _)| *score > self.threshold)
            .max_by(|(left, _), (right, _)| left.total_cmp(right))
            .and_then(|(_, pieces)| self.likeliest(&pieces))
    }

    fn likeliest(&self, pieces: &HashSet<String>) -> Option<DangerCategory> {
        let all: f64 = self.sizes.iter().map(|(_, size)| size).sum();
        self.sizes
            .iter()
            .map(|(category, size)| {
                let seen = |piece: &String| {
                    let counts = self.categories.get(piece)?;
                    let own = counts.iter().find(|(other, _)| other == category);
                    let rest: f64 = counts.iter().map(|(_, count)| count).sum();
                    let own = own.map_or(0.0, |(_, count)| *count);
                    Some(
                        ((own + 0.1) / (size + 1.0)).ln()
                            - ((rest - own + 0.1) / (all - size + 1.0)).ln(),
                    )
                };
                let score: f64 = pieces.iter().filter_map(seen).sum();
                (*category, score)
            })
            .max_by(|(_, left), (_, right)| left.total_cmp(right))
            .map(|(category, _)| category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DangerCategory::{B, E};

    fn category(text: &str) -> Option<DangerCategory> {
        let examples = [
            (Some(E), "mijn vriend gooit mij tegen de muur"),
            (Some(E), "hij gooit haar tegen de grond"),
            (Some(B), "mijn kind valt van de trap en huilt niet"),
            (Some(B), "opa valt van de ladder en zegt niets"),
            (None, "de muur van mijn huis is nat"),
            (None, "hoe vraag ik een traplift aan"),
            (None, "mijn kind wil een boek"),
        ];
        let likeness = Likeness::learn(examples.into_iter(), 2.0);
        let words = words(text);
        let row: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        likeness.category(&row)
    }

    #[test]
    fn what_looks_like_an_example_is_found() {
        assert_eq!(category("ze gooit hem tegen de kast"), Some(E));
        assert_eq!(category("oma valt van de stoel"), Some(B));
        assert_eq!(category("mijn huis heeft een traplift"), None);
        assert_eq!(category(""), None);
    }

    #[test]
    fn without_examples_nothing_is_found() {
        let likeness = Likeness::learn(std::iter::empty(), 2.0);
        assert_eq!(likeness.category(&["dood"]), None);
    }
}
