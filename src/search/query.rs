//! A question against one article.

use std::collections::HashMap;

use crate::language::{Alternative, Analysis, Term};

use super::grams::GramVector;
use super::units::{Entry, Unit};
use super::{Features, index::Frequencies};

/// How prominent a word must be to count for half.
const HALF: f32 = 1.0;
/// What an unknown word weighs, against the rarest known one: it may be noise.
const UNKNOWN: f32 = 0.6;
/// What the words of an earlier question weigh in a follow-up question.
const EARLIER: f32 = 0.5;

/// A term of the question with its weight.
struct Weighted {
    stem: String,
    alternatives: Vec<Alternative>,
    weight: f32,
    own_idf: f32,
}

/// A question with the weights of its words, ready to be held against articles.
pub(super) struct Query {
    terms: Vec<Weighted>,
    mass: f32,
    grams: GramVector,
    words: f32,
    unknown: f32,
}

impl Query {
    pub(super) fn new(
        asked: &Analysis,
        earlier: Option<&Analysis>,
        frequencies: &Frequencies<'_>,
        grams: GramVector,
    ) -> Self {
        let mut terms: Vec<Weighted> = Vec::new();
        let both = asked.content().map(|term| (term, 1.0)).chain(
            earlier
                .into_iter()
                .flat_map(Analysis::content)
                .map(|term| (term, EARLIER)),
        );
        for (term, factor) in both {
            if terms.iter().any(|other| other.stem == term.stem) {
                continue;
            }
            terms.push(weighted(term, factor, frequencies));
        }
        let content = asked.content().count();
        let unknown = asked.content().filter(|term| !term.known).count();
        Self {
            mass: terms.iter().map(|term| term.weight).sum(),
            terms,
            grams,
            words: (content as f32 / 6.0).min(1.0),
            unknown: if content == 0 {
                1.0
            } else {
                unknown as f32 / content as f32
            },
        }
    }

    /// The stems to look for, alternatives included, with how much each counts.
    pub(super) fn stems(&self) -> Vec<(String, f32)> {
        let mut stems: HashMap<&str, f32> = HashMap::new();
        for term in &self.terms {
            let own = stems.entry(&term.stem).or_default();
            *own = own.max(1.0);
            for other in &term.alternatives {
                for stem in &other.stems {
                    let weight = stems.entry(stem).or_default();
                    *weight = weight.max(other.weight);
                }
            }
        }
        let mut stems: Vec<(String, f32)> = stems
            .into_iter()
            .map(|(stem, weight)| (stem.to_owned(), weight))
            .collect();
        stems.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
        stems
    }

    /// How the question fits an article; `skip` leaves out one of its example questions. The margin is not known yet.
    pub(super) fn features(
        &self,
        entry: &Entry,
        skip: Option<usize>,
        frequencies: &Frequencies<'_>,
    ) -> Features {
        let share = |found: &dyn Fn(&Weighted) -> f32| {
            if self.mass > 0.0 {
                self.terms
                    .iter()
                    .map(|term| term.weight * found(term))
                    .sum::<f32>()
                    / self.mass
            } else {
                0.0
            }
        };
        let prominence = |stem: &str| {
            let count = entry.count(stem, skip);
            count / (count + HALF)
        };
        let present = |stem: &str| f32::from(u8::from(entry.count(stem, skip) > 0.0));
        let in_keywords = |stem: &str| entry.keywords.get(stem).copied().unwrap_or(0.0);
        let overlap = |unit: &Unit| self.overlap(unit, frequencies);
        let best = |values: &mut dyn Iterator<Item = f32>| values.fold(0.0_f32, f32::max);
        Features {
            word: share(&|term| term.matched(frequencies, &prominence)),
            coverage: share(&|term| term.matched(frequencies, &present)),
            keywords: share(&|term| term.matched(frequencies, &in_keywords)),
            title: overlap(&entry.title),
            question: best(&mut entry.questions_but(skip).map(overlap)),
            grams: best(
                &mut entry
                    .questions_but(skip)
                    .chain([&entry.title])
                    .map(|unit| self.grams.cosine(&unit.grams)),
            ),
            grams_body: entry.grams_cosine(&self.grams, skip, frequencies.gram_weights),
            margin: 0.0,
            words: self.words,
            unknown: self.unknown,
        }
    }

    /// Dice's coefficient by weight: twice what is shared, over what both have.
    fn overlap(&self, unit: &Unit, frequencies: &Frequencies<'_>) -> f32 {
        let theirs: f32 = unit
            .stems
            .iter()
            .filter(|(_, weight)| **weight >= 1.0)
            .map(|(stem, _)| frequencies.idf(stem))
            .sum();
        if theirs <= 0.0 || self.mass <= 0.0 {
            return 0.0;
        }
        let in_unit = |stem: &str| unit.stems.get(stem).copied().unwrap_or(0.0);
        let shared: f32 = self
            .terms
            .iter()
            .map(|term| term.weight * term.matched(frequencies, &in_unit))
            .sum();
        (2.0 * shared / (self.mass + theirs)).min(1.0)
    }
}

impl Weighted {
    /// How well the term is found, from 0 to 1, when `found` says so of a stem. Of the word itself and its
    /// alternatives the best counts; an alternative that is commoner than the word counts less.
    fn matched(&self, frequencies: &Frequencies<'_>, found: &dyn Fn(&str) -> f32) -> f32 {
        let own = found(&self.stem);
        self.alternatives
            .iter()
            .map(|other| {
                let (least, rarest) =
                    other
                        .stems
                        .iter()
                        .fold((1.0_f32, 0.0_f32), |(least, rarest), stem| {
                            (least.min(found(stem)), rarest.max(frequencies.idf(stem)))
                        });
                let rarity = if self.own_idf > 0.0 {
                    (rarest / self.own_idf).min(1.0)
                } else {
                    1.0
                };
                other.weight * least * rarity.max(0.5)
            })
            .fold(own, f32::max)
    }
}

fn weighted(term: &Term, factor: f32, frequencies: &Frequencies<'_>) -> Weighted {
    let own = frequencies
        .known(&term.stem)
        .then(|| frequencies.idf(&term.stem));
    let through_others = term
        .alternatives
        .iter()
        .filter(|other| other.stems.iter().all(|stem| frequencies.known(stem)))
        .map(|other| {
            other
                .stems
                .iter()
                .map(|stem| frequencies.idf(stem))
                .fold(0.0, f32::max)
        })
        .fold(None, |best: Option<f32>, idf| {
            Some(best.map_or(idf, |best| best.max(idf)))
        });
    let idf = own
        .or(through_others)
        .unwrap_or_else(|| UNKNOWN * frequencies.idf(&term.stem));
    Weighted {
        stem: term.stem.clone(),
        alternatives: term.alternatives.clone(),
        weight: factor * idf,
        own_idf: idf,
    }
}
