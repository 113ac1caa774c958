//! How much each feature counts in the order of hits.

use serde::{Deserialize, Serialize};

use super::Features;

/// Weights of the features that make up the score of a hit. They need not add up to anything; a score is
/// only compared with other scores of the same question, except in the margin, for which it is kept near 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// Weight of [`Features::word`].
    pub word: f32,
    /// Weight of [`Features::coverage`].
    pub coverage: f32,
    /// Weight of [`Features::title`].
    pub title: f32,
    /// Weight of [`Features::question`].
    pub question: f32,
    /// Weight of [`Features::keywords`].
    pub keywords: f32,
    /// Weight of [`Features::grams`].
    pub grams: f32,
    /// Weight of [`Features::grams_body`].
    pub grams_body: f32,
}

impl Default for Ranking {
    /// Fitted by `answer::fit_ranking` on the 1524 example questions of 127 articles, each held out in turn.
    /// An example question that overlaps in words says nothing that the n-grams of the whole article, which
    /// include it, do not say: hence its zero.
    fn default() -> Self {
        Self {
            word: 0.040,
            coverage: 0.112,
            title: 0.115,
            question: 0.0,
            keywords: 0.304,
            grams: 0.052,
            grams_body: 0.376,
        }
    }
}

impl Ranking {
    /// The weights in the order of [`Features::values`].
    pub fn weights(&self) -> [f32; Features::RANKED] {
        [
            self.word,
            self.coverage,
            self.title,
            self.question,
            self.keywords,
            self.grams,
            self.grams_body,
        ]
    }

    /// The weights from values in the order of [`Features::values`].
    pub fn from_weights(weights: [f32; Features::RANKED]) -> Self {
        let [word, coverage, title, question, keywords, grams, grams_body] = weights;
        Self {
            word,
            coverage,
            title,
            question,
            keywords,
            grams,
            grams_body,
        }
    }

    /// The score of a hit with these features.
    pub fn score(&self, features: &Features) -> f32 {
        self.weights()
            .iter()
            .zip(features.values())
            .map(|(weight, value)| weight * value)
            .sum()
    }
}
