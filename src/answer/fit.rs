//! Fitting the weights on questions of which the answer is known, by gradient descent.
//!
//! The examples must have been searched with their own text held out, or the result is too sure of itself.

use crate::domain::ArticleId;
use crate::search::{Features, Hit, Ranking};

use super::Weights;
use super::weights::{COUNT, inputs};

/// Steps of gradient descent.
const STEPS: usize = 1500;
/// How strongly large weights are held back.
const SHRINK: f64 = 1e-3;
/// How many hits of each question are learned from.
const HITS: usize = 5;

/// A question with its hits and what would have been right; nothing when no article answers it.
#[derive(Clone, Debug)]
pub struct Example {
    /// The hits of a search that did not know the question.
    pub hits: Vec<Hit>,
    /// The articles that answer it.
    pub right: Vec<ArticleId>,
}

/// The order of hits that puts the right article first most often: a softmax regression over the hits of
/// each question. No weight is below zero, and together they are one, so that scores stay near 0 to 1.
/// Gives the starting point back when no example has a right article among its hits.
pub fn fit_ranking(examples: &[Example], start: Ranking) -> Ranking {
    let usable: Vec<(Vec<[f64; Features::RANKED]>, usize)> = examples
        .iter()
        .filter_map(|example| {
            let right = example
                .hits
                .iter()
                .position(|hit| example.right.contains(&hit.article))?;
            Some((example.hits.iter().map(ranked).collect(), right))
        })
        .collect();
    if usable.is_empty() {
        return start;
    }
    // Scores differ by tenths, which is too little for a softmax; the scale is taken out again at the end.
    let mut weights = start.weights().map(|weight| f64::from(weight) * 10.0);
    for step in 0..STEPS {
        let mut gradient = [0.0; Features::RANKED];
        for (hits, right) in &usable {
            let scores: Vec<f64> = hits.iter().map(|hit| dot(&weights, hit)).collect();
            let most = scores.iter().copied().fold(f64::MIN, f64::max);
            let total: f64 = scores.iter().map(|score| (score - most).exp()).sum();
            for (place, (hit, score)) in hits.iter().zip(&scores).enumerate() {
                let chance = (score - most).exp() / total;
                let error = f64::from(u8::from(place == *right)) - chance;
                for (slope, value) in gradient.iter_mut().zip(hit) {
                    *slope += error * value;
                }
            }
        }
        let rate = 8.0 / (1.0 + step as f64 / 200.0);
        for (weight, slope) in weights.iter_mut().zip(gradient) {
            *weight = (*weight + rate * (slope / usable.len() as f64 - SHRINK * *weight)).max(0.0);
        }
    }
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return start;
    }
    Ranking::from_weights(weights.map(|weight| (weight / sum) as f32))
}

/// The confidence of hits that is right as often as it says: a logistic regression over the first hits of
/// each question. Borders of the decision are kept from `start`.
pub fn fit_weights(examples: &[Example], start: &Weights) -> Weights {
    let rows: Vec<([f64; COUNT], f64)> = examples
        .iter()
        .flat_map(|example| {
            example.hits.iter().take(HITS).map(|hit| {
                let right = example.right.contains(&hit.article);
                (inputs(hit).map(f64::from), f64::from(u8::from(right)))
            })
        })
        .collect();
    if rows.is_empty() {
        return *start;
    }
    // Features are brought to mean 0 and deviation 1 for the descent, and the weights back afterwards.
    let count = rows.len() as f64;
    let mut mean = [0.0; COUNT];
    let mut deviation = [0.0; COUNT];
    for (row, _) in &rows {
        for (sum, value) in mean.iter_mut().zip(row) {
            *sum += value / count;
        }
    }
    for (row, _) in &rows {
        for ((sum, value), mean) in deviation.iter_mut().zip(row).zip(mean) {
            *sum += (value - mean).powi(2) / count;
        }
    }
    let deviation = deviation.map(|variance: f64| variance.sqrt().max(1e-3));
    let scaled: Vec<([f64; COUNT], f64)> = rows
        .iter()
        .map(|(row, right)| {
            let mut scaled = [1.0; COUNT];
            for (((value, raw), mean), deviation) in
                scaled.iter_mut().zip(row).zip(mean).zip(deviation).skip(1)
            {
                *value = (raw - mean) / deviation;
            }
            (scaled, *right)
        })
        .collect();
    let mut weights = [0.0; COUNT];
    for step in 0..STEPS {
        let mut gradient = [0.0; COUNT];
        for (row, right) in &scaled {
            let error = right - logistic(dot(&weights, row));
            for (slope, value) in gradient.iter_mut().zip(row) {
                *slope += error * value;
            }
        }
        let rate = 2.0 / (1.0 + step as f64 / 500.0);
        for (place, (weight, slope)) in weights.iter_mut().zip(gradient).enumerate() {
            let shrink = if place == 0 { 0.0 } else { SHRINK * *weight };
            *weight += rate * (slope / count - shrink);
        }
    }
    let mut values = [0.0_f32; COUNT];
    let mut bias = weights.first().copied().unwrap_or(0.0);
    for (((value, weight), mean), deviation) in values
        .iter_mut()
        .zip(weights)
        .zip(mean)
        .zip(deviation)
        .skip(1)
    {
        *value = (weight / deviation) as f32;
        bias -= weight * mean / deviation;
    }
    if let Some(first) = values.first_mut() {
        *first = bias as f32;
    }
    Weights::from_values(
        values,
        start.answer_from,
        start.choose_from,
        start.offer_from,
    )
}

/// The confidence of the first hit of each question and whether it was right, to measure honesty with.
pub fn confidence_pairs(examples: &[Example], weights: &Weights) -> Vec<(f32, bool)> {
    examples
        .iter()
        .filter_map(|example| {
            let hit = example.hits.first()?;
            Some((
                weights.confidence(hit),
                example.right.contains(&hit.article),
            ))
        })
        .collect()
}

fn ranked(hit: &Hit) -> [f64; Features::RANKED] {
    let mut values = [0.0; Features::RANKED];
    for (value, feature) in values.iter_mut().zip(hit.features.values()) {
        *value = f64::from(feature);
    }
    values
}

fn dot<const N: usize>(left: &[f64; N], right: &[f64; N]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn logistic(value: f64) -> f64 {
    1.0 / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(article: &str, word: f32, grams: f32, margin: f32) -> Hit {
        Hit {
            article: ArticleId::new(article),
            score: word,
            features: Features {
                word,
                grams,
                margin,
                ..Features::default()
            },
        }
    }

    /// The words are right, the n-grams are not.
    fn examples() -> Vec<Example> {
        (0..40)
            .map(|at| {
                let lift = at as f32 / 100.0;
                Example {
                    hits: vec![
                        hit("right", 0.5 + lift, 0.2, 0.3),
                        hit("wrong", 0.2 + lift / 2.0, 0.6, -0.3),
                    ],
                    right: vec![ArticleId::new("right")],
                }
            })
            .chain((0..20).map(|_| Example {
                hits: vec![hit("wrong", 0.1, 0.1, 0.0)],
                right: Vec::new(),
            }))
            .collect()
    }

    #[test]
    fn the_order_learns_which_feature_to_trust() {
        let ranking = fit_ranking(&examples(), Ranking::default());
        assert!(ranking.word > ranking.grams, "{ranking:?}");
        assert!((ranking.weights().iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(ranking.weights().iter().all(|weight| *weight >= 0.0));
    }

    #[test]
    fn the_confidence_learns_to_tell_right_from_wrong() {
        let weights = fit_weights(&examples(), &Weights::default());
        let pairs = confidence_pairs(&examples(), &weights);
        assert!(
            pairs
                .iter()
                .all(|(confidence, right)| (*confidence > 0.5) == *right),
            "{pairs:?}"
        );
    }

    #[test]
    fn nothing_to_learn_from_changes_nothing() {
        assert_eq!(fit_ranking(&[], Ranking::default()), Ranking::default());
        assert_eq!(fit_weights(&[], &Weights::default()), Weights::default());
    }
}
