//! Stems: the form under which the shapes of one word find each other.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};

/// The Snowball stemmer with the exceptions that editors keep.
#[derive(Clone, Debug, Default)]
pub(super) struct Stems {
    /// From a folded word, or from what Snowball makes of it, to the stem to use.
    words: HashMap<String, String>,
    /// From a stem of Snowball to the stem to use; for forms that the list does not name.
    roots: HashMap<String, String>,
}

impl Stems {
    /// Takes `groups`: a stem and the forms that belong to it, all folded.
    pub(super) fn new(groups: &[(String, Vec<String>)]) -> Self {
        let mut words = HashMap::new();
        let mut seen: HashMap<String, Vec<(&str, usize)>> = HashMap::new();
        for (stem, forms) in groups {
            for form in forms.iter().chain([stem]) {
                words.entry(form.clone()).or_insert_with(|| stem.clone());
            }
            for form in forms {
                let root = snowball(form);
                let counts = seen.entry(root).or_default();
                match counts.iter_mut().find(|(other, _)| other == stem) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((stem, 1)),
                }
            }
        }
        // `leden` has the same root as `leed`, so a root counts only when several forms of one group
        // have it, and no other group does.
        let roots = seen
            .into_iter()
            .filter_map(|(root, counts)| match counts.as_slice() {
                [(stem, count)] if *count >= 2 => Some((root, (*stem).to_owned())),
                _ => None,
            })
            .collect();
        Self { words, roots }
    }

    /// The stem of a folded word.
    pub(super) fn of(&self, word: &str) -> String {
        if let Some(stem) = self.words.get(word) {
            return stem.clone();
        }
        let root = snowball(word);
        self.roots.get(&root).cloned().unwrap_or(root)
    }
}

/// What Snowball's Dutch algorithm makes of a folded word.
fn snowball(word: &str) -> String {
    Stemmer::new(Algorithm::Dutch).stem(word).into_owned()
}
