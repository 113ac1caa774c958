//! Other words for the same thing.

use std::collections::HashMap;

/// A run of stems, and what may be looked for instead.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Synonym {
    /// The stems that must stand next to each other in the question.
    pub(super) from: Vec<String>,
    /// The stems to look for instead; all of them must be there.
    pub(super) to: Vec<Vec<String>>,
}

/// All synonyms, by the first stem.
#[derive(Clone, Debug, Default)]
pub(super) struct Synonyms {
    by_first: HashMap<String, Vec<Synonym>>,
}

impl Synonyms {
    /// Adds one entry. An entry without stems or without anything to look for is left out.
    pub(super) fn add(&mut self, from: Vec<String>, to: Vec<Vec<String>>) {
        let to: Vec<Vec<String>> = to.into_iter().filter(|stems| !stems.is_empty()).collect();
        let Some(first) = from.first().cloned() else {
            return;
        };
        if to.is_empty() {
            return;
        }
        let entries = self.by_first.entry(first).or_default();
        match entries.iter_mut().find(|entry| entry.from == from) {
            Some(entry) => entry.to.extend(to),
            None => entries.push(Synonym { from, to }),
        }
    }

    /// The entries that start at the first of these stems.
    pub(super) fn starting_at<'a>(
        &'a self,
        stems: &'a [&str],
    ) -> impl Iterator<Item = &'a Synonym> {
        stems
            .first()
            .and_then(|first| self.by_first.get(*first))
            .into_iter()
            .flatten()
            .filter(move |entry| {
                entry.from.len() <= stems.len() && entry.from.iter().zip(stems).all(|(a, b)| a == b)
            })
    }
}
