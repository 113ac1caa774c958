//! A message held against the rules. Linear in the length of the message: every step looks at a
//! bounded number of words.

use super::fold::words;
use super::lexicon::{Atom, Lexicon};
use super::pattern::{Pattern, REACH};

/// Tries per starting word before a rule gives up there; far more than real sentences need.
const TRIES: u32 = 200;

/// A message in words with the atoms of each.
#[derive(Clone, Debug)]
pub(super) struct Text {
    places: Vec<u32>,
    atoms: Vec<Vec<Atom>>,
    /// Per atom the words that have it, in order.
    where_: Vec<Vec<u32>>,
    /// "niet" stands at most two places before this word.
    denied: Vec<bool>,
    /// Words that belong to an expression that means something else.
    pub(super) silent: Vec<bool>,
}

/// The words that a rule took, first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Index of the first word.
    pub(super) first: usize,
    /// Index of the last word.
    pub(super) last: usize,
}

impl Text {
    /// Divides a message into words and looks them up.
    pub(super) fn new(text: &str, lexicon: &Lexicon, niet: Atom, filler: Atom) -> Self {
        let mut places: Vec<u32> = Vec::new();
        let mut atoms: Vec<Vec<Atom>> = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        let mut shift = 0u32;
        let mut skipped = 0u32;
        let mut add = |text: String, place: u32, skipped: &mut u32| {
            let found = lexicon.look_up(&text);
            if found.binary_search(&filler).is_ok() && place > *skipped + 1 {
                *skipped += 1;
            }
            places.push(place - (*skipped).min(place));
            atoms.push(found);
            texts.push(text);
        };
        for word in words(text) {
            match lexicon.take_apart(&word.text) {
                Some(parts) => {
                    for (i, part) in parts.into_iter().enumerate() {
                        shift += u32::from(i > 0);
                        add(part, word.place + shift, &mut skipped);
                    }
                }
                None => add(word.text, word.place + shift, &mut skipped),
            }
        }
        for i in 1..texts.len() {
            let (Some(first), Some(second)) = (texts.get(i - 1), texts.get(i)) else {
                continue;
            };
            let joined = lexicon.look_up_joined(first, second);
            if let Some(own) = atoms.get_mut(i - 1)
                && !joined.is_empty()
            {
                own.extend(joined);
                own.sort_unstable();
                own.dedup();
            }
        }
        let mut where_ = vec![Vec::new(); lexicon.len()];
        for (i, own) in atoms.iter().enumerate() {
            for &atom in own {
                if let Some(list) = where_.get_mut(atom as usize) {
                    list.push(u32::try_from(i).unwrap_or(u32::MAX));
                }
            }
        }
        let denied = (0..places.len())
            .map(|i| {
                (1..=5)
                    .filter_map(|back| i.checked_sub(back))
                    .take_while(|&j| places[i] - places[j] <= 2)
                    .any(|j| atoms[j].binary_search(&niet).is_ok())
            })
            .collect();
        Self {
            silent: vec![false; places.len()],
            places,
            atoms,
            where_,
            denied,
        }
    }

    /// The same words as if nothing of it were denied.
    pub(super) fn without_denials(mut self) -> Self {
        self.denied.fill(false);
        self
    }

    /// Number of words.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    fn is(&self, at: usize, item: &Step) -> bool {
        let heard = !self.silent.get(at).copied().unwrap_or(true);
        let undone = item.asserted && self.denied[at];
        heard
            && !undone
            && item
                .atoms
                .iter()
                .any(|atom| self.atoms[at].binary_search(atom).is_ok())
    }

    /// Whether one of these words stands within `reach` places of the span.
    pub(super) fn near(&self, atom: Atom, span: Span, reach: u32) -> bool {
        let (Some(&from), Some(&to)) = (self.places.get(span.first), self.places.get(span.last))
        else {
            return false;
        };
        let Some(list) = self.where_.get(atom as usize) else {
            return false;
        };
        let place = |at: &u32| self.places.get(*at as usize).copied().unwrap_or(u32::MAX);
        // Places only go up, so the first that is not too early decides.
        let begin = list.partition_point(|at| place(at).saturating_add(reach) < from);
        list.get(begin).is_some_and(|at| place(at) <= to + reach)
    }

    /// Calls `found` with the words of every match, until it says that this is enough.
    pub(super) fn each_match(&self, rule: &Rule, mut found: impl FnMut(&[usize]) -> bool) {
        let needed = |step: &Step| step.optional || step.end || self.has_any(step);
        if !rule.groups.iter().flatten().all(needed) {
            return;
        }
        let Some((group, others)) = rule.groups.split_first() else {
            return;
        };
        let Some(first) = group.first() else {
            return;
        };
        let mut taken = Vec::new();
        for &atom in &first.atoms {
            for &start in self.where_.get(atom as usize).into_iter().flatten() {
                let start = start as usize;
                taken.clear();
                if self.begin(group, start, &mut taken)
                    && others
                        .iter()
                        .all(|other| self.gather(other, start, &mut taken))
                    && found(&taken)
                {
                    return;
                }
            }
        }
    }

    fn has_any(&self, step: &Step) -> bool {
        step.atoms.iter().any(|&atom| {
            self.where_
                .get(atom as usize)
                .is_some_and(|list| !list.is_empty())
        })
    }

    /// Whether a group matches from this word on; its words are added to `taken`.
    fn begin(&self, group: &[Step], start: usize, taken: &mut Vec<usize>) -> bool {
        if taken.contains(&start) || !group.first().is_some_and(|step| self.is(start, step)) {
            return false;
        }
        let before = taken.len();
        taken.push(start);
        let mut tries = TRIES;
        let matched = self.follow(group, 1, start, taken, &mut tries);
        if !matched {
            taken.truncate(before);
        }
        matched
    }

    fn follow(
        &self,
        group: &[Step],
        at: usize,
        last: usize,
        taken: &mut Vec<usize>,
        tries: &mut u32,
    ) -> bool {
        let Some(step) = group.get(at) else {
            return true;
        };
        if step.end {
            // The words after it that are only filling have the same place.
            let place = self.places[last];
            let next = self.places[last..].iter().find(|next| **next > place);
            return next.is_none_or(|next| *next > place + 1)
                && self.follow(group, at + 1, last, taken, tries);
        }
        for next in last + 1..self.len() {
            if self.places[next] - self.places[last] > step.gap + 1 || *tries == 0 {
                break;
            }
            *tries -= 1;
            if self.is(next, step) {
                taken.push(next);
                if self.follow(group, at + 1, next, taken, tries) {
                    return true;
                }
                taken.pop();
            }
        }
        step.optional && self.follow(group, at + 1, last, taken, tries)
    }

    /// Whether a group matches near this word: after it when possible, else before it.
    fn gather(&self, group: &[Step], home: usize, taken: &mut Vec<usize>) -> bool {
        let place = self.places[home];
        let after = (home + 1..self.len()).take_while(|&i| self.places[i] <= place + REACH);
        let before = (0..home)
            .rev()
            .take_while(|&i| self.places[i] + REACH >= place);
        after
            .chain(before)
            .any(|start| self.begin(group, start, taken))
    }
}

/// One item of a rule, its terms as atoms.
#[derive(Clone, Debug)]
pub(super) struct Step {
    atoms: Vec<Atom>,
    asserted: bool,
    gap: u32,
    optional: bool,
    end: bool,
}

/// A rule ready for use.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    groups: Vec<Vec<Step>>,
}

impl Rule {
    /// Prepares a rule; the lexicon learns its words.
    pub(super) fn new(pattern: &Pattern, lexicon: &mut Lexicon) -> Self {
        let groups = pattern
            .groups
            .iter()
            .map(|items| {
                items
                    .iter()
                    .map(|item| Step {
                        atoms: item.terms.iter().map(|term| lexicon.atom(term)).collect(),
                        asserted: item.asserted,
                        gap: item.gap,
                        optional: item.optional,
                        end: item.end,
                    })
                    .collect()
            })
            .collect();
        Self { groups }
    }
}
