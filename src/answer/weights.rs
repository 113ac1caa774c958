//! What the confidence in an answer is made of.

use serde::{Deserialize, Serialize};

use crate::search::{Features, Hit};

/// How many weights the confidence has: bias, score, and one per feature.
pub(super) const COUNT: usize = Features::COUNT + 2;

/// The weights of the confidence, and the borders of the decision. Together they are one data structure,
/// so that a calibration can replace them by a file.
///
/// The confidence of a hit is the logistic function of `bias + Σ weight · feature`: the chance that the
/// hit is what the resident meant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Where it starts.
    pub bias: f32,
    /// Weight of [`Hit::score`].
    pub score: f32,
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
    /// Weight of [`Features::margin`].
    pub margin: f32,
    /// Weight of [`Features::words`].
    pub words: f32,
    /// Weight of [`Features::unknown`].
    pub unknown: f32,
    /// From this confidence on, the first hit is given as the answer.
    pub answer_from: f32,
    /// From this confidence on (of the first few hits together), the resident is asked which one is meant.
    pub choose_from: f32,
    /// Hits below this confidence are not worth offering.
    pub offer_from: f32,
}

impl Default for Weights {
    /// Fitted by [`super::fit_weights`] on the 1524 example questions of 127 articles, each held out in turn,
    /// and half of the questions without an answer in `tests/questions/zonder_antwoord.jsonl` (the odd lines).
    /// The borders: twice as much is lost by a wrong answer as is won by a right one, hence about two thirds.
    fn default() -> Self {
        Self {
            bias: -2.387,
            score: 2.385,
            word: -2.382,
            coverage: 0.008,
            title: 0.717,
            question: 0.003,
            keywords: 1.515,
            grams: -1.822,
            grams_body: 10.382,
            margin: 12.782,
            words: -0.312,
            unknown: -5.684,
            answer_from: 0.7,
            choose_from: 0.25,
            offer_from: 0.05,
        }
    }
}

impl Weights {
    /// From the values in the order of the fields, and the three borders.
    pub(super) fn from_values(
        values: [f32; COUNT],
        answer_from: f32,
        choose_from: f32,
        offer_from: f32,
    ) -> Self {
        let [
            bias,
            score,
            word,
            coverage,
            title,
            question,
            keywords,
            grams,
            grams_body,
            margin,
            words,
            unknown,
        ] = values;
        Self {
            bias,
            score,
            word,
            coverage,
            title,
            question,
            keywords,
            grams,
            grams_body,
            margin,
            words,
            unknown,
            answer_from,
            choose_from,
            offer_from,
        }
    }

    fn values(&self) -> [f32; COUNT] {
        [
            self.bias,
            self.score,
            self.word,
            self.coverage,
            self.title,
            self.question,
            self.keywords,
            self.grams,
            self.grams_body,
            self.margin,
            self.words,
            self.unknown,
        ]
    }

    /// How sure it is, from 0 to 1, that this hit is what was meant.
    pub fn confidence(&self, hit: &Hit) -> f32 {
        let sum: f32 = self
            .values()
            .iter()
            .zip(inputs(hit))
            .map(|(weight, input)| weight * input)
            .sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

/// What the weights are multiplied with, in their order.
pub(super) fn inputs(hit: &Hit) -> [f32; COUNT] {
    let mut inputs = [1.0; COUNT];
    let values = std::iter::once(hit.score).chain(hit.features.values());
    for (input, value) in inputs.iter_mut().skip(1).zip(values) {
        *input = value;
    }
    inputs
}
