//! Which terms a word answers to: exact, by its beginning or end, by its sound, with one mistake.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::fold::{fold_word, sound};
use super::pattern::Term;

/// Number of a term within a [`Lexicon`].
pub(super) type Atom = u32;

/// Sounds shorter than this are too much alike to go by.
const SHORTEST_SOUND: usize = 5;
/// Words shorter than this are not compared with a mistake.
const SHORTEST_NEAR: usize = 5;
/// The same for the beginning of a word, which fits far more words.
const SHORTEST_NEAR_START: usize = 7;
/// Nobody writes a longer word; longer strings are looked up by their first part only.
const LONGEST: usize = 40;

/// All words that the rules know.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    exact: HashMap<String, Vec<Atom>>,
    start: HashMap<String, Vec<Atom>>,
    end: HashMap<String, Vec<Atom>>,
    sounds: HashMap<String, Vec<Atom>>,
    /// By first letter of the sound: the sound, whether a beginning will do, the atom.
    near: HashMap<char, Vec<(Vec<char>, bool, Atom)>>,
    /// Ordinary words: never taken for a mistake in another word.
    ordinary: HashSet<String>,
    /// Words of which glued text may be made.
    pieces: HashSet<String>,
    /// Short words at least one of which must be in glued text.
    glue: HashSet<String>,
    atoms: HashMap<Term, Atom>,
    count: Atom,
}

impl Lexicon {
    /// Number of atoms.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// The atom for a term, made when it is new. For a class, see [`Self::class`].
    pub(super) fn atom(&mut self, term: &Term) -> Atom {
        if let Some(&atom) = self.atoms.get(term) {
            return atom;
        }
        let atom = self.count;
        self.count += 1;
        self.atoms.insert(term.clone(), atom);
        self.teach(term, atom);
        atom
    }

    /// Makes a class of these terms.
    pub(super) fn class(&mut self, name: &str, terms: &[Term]) {
        let atom = self.atom(&Term::Class(name.to_owned()));
        for term in terms {
            self.teach(term, atom);
        }
    }

    /// Whether there is a class of this name.
    pub(super) fn has_class(&self, name: &str) -> bool {
        self.atoms.contains_key(&Term::Class(name.to_owned()))
    }

    fn teach(&mut self, term: &Term, atom: Atom) {
        match term {
            Term::Class(_) => {}
            Term::Exact(word) => {
                self.exact.entry(word.clone()).or_default().push(atom);
                self.teach_sound(word, atom);
                self.pieces.insert(word.clone());
            }
            Term::Start(word) => self.start.entry(word.clone()).or_default().push(atom),
            Term::End(word) => self.end.entry(word.clone()).or_default().push(atom),
            Term::Near(word) => {
                self.exact.entry(word.clone()).or_default().push(atom);
                self.teach_sound(word, atom);
                self.teach_near(word, false, atom);
                self.pieces.insert(word.clone());
            }
            Term::NearStart(word) => {
                self.start.entry(word.clone()).or_default().push(atom);
                self.teach_near(word, true, atom);
                self.pieces.insert(word.clone());
            }
        }
    }

    fn teach_sound(&mut self, word: &str, atom: Atom) {
        let heard = sound(word);
        if heard.chars().count() >= SHORTEST_SOUND {
            self.sounds.entry(heard).or_default().push(atom);
        }
    }

    fn teach_near(&mut self, word: &str, start: bool, atom: Atom) {
        let heard: Vec<char> = sound(word).chars().collect();
        let shortest = if start {
            SHORTEST_NEAR_START
        } else {
            SHORTEST_NEAR
        };
        if let Some(&first) = heard.first()
            && heard.len() >= shortest
        {
            self.near
                .entry(first)
                .or_default()
                .push((heard, start, atom));
        }
    }

    /// Words that are right as they stand.
    pub(super) fn add_ordinary(&mut self, words: &[String]) {
        for word in words {
            let word = fold_word(word);
            self.pieces.insert(word.clone());
            self.ordinary.insert(word);
        }
    }

    /// Short words that people glue others to.
    pub(super) fn add_glue(&mut self, words: &[String]) {
        for word in words {
            let word = fold_word(word);
            self.pieces.insert(word.clone());
            self.glue.insert(word);
        }
    }

    /// The atoms of a word, each once.
    pub(super) fn look_up(&self, word: &str) -> Vec<Atom> {
        let mut found: Vec<Atom> = Vec::new();
        let known = self.exact.get(word);
        found.extend(known.into_iter().flatten());
        let ends: Vec<usize> = word
            .char_indices()
            .map(|(at, _)| at)
            .skip(1)
            .take(LONGEST)
            .chain([word.len()])
            .collect();
        for &at in &ends {
            let (Some(head), Some(tail)) = (word.get(..at), word.get(at..)) else {
                continue;
            };
            found.extend(self.start.get(head).into_iter().flatten());
            found.extend(self.end.get(tail).into_iter().flatten());
        }
        found.extend(self.end.get(word).into_iter().flatten());
        if known.is_none() && !self.ordinary.contains(word) && word.len() >= SHORTEST_NEAR {
            let heard = sound(word);
            found.extend(self.sounds.get(&heard).into_iter().flatten());
            let heard: Vec<char> = heard.chars().take(LONGEST).collect();
            if heard.len() + 1 >= SHORTEST_NEAR
                && let Some(candidates) = heard.first().and_then(|c| self.near.get(c))
            {
                for (target, start, atom) in candidates {
                    if one_mistake(target, &heard, *start) {
                        found.push(*atom);
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The atoms of two words that should have been one ("zelf moord"); only exact or by sound.
    pub(super) fn look_up_joined(&self, first: &str, second: &str) -> Vec<Atom> {
        if first.len() + second.len() < 7 || self.glue.contains(first) {
            return Vec::new();
        }
        let joined = format!("{first}{second}");
        self.exact
            .get(&joined)
            .or_else(|| self.sounds.get(&sound(&joined)))
            .cloned()
            .unwrap_or_default()
    }

    /// Takes glued words apart ("ikwilniet"): the fewest known words that fill it, of which at least
    /// one is a short glue word. `None` when the word is known, or cannot be divided.
    pub(super) fn take_apart(&self, word: &str) -> Option<Vec<String>> {
        let letters: Vec<char> = word.chars().take(LONGEST + 1).collect();
        if letters.len() < 5
            || letters.len() > LONGEST
            || self.ordinary.contains(word)
            || self.exact.contains_key(word)
        {
            return None;
        }
        // best[i]: fewest pieces for the first i letters, and where the last one begins.
        let mut best: Vec<Option<(usize, usize)>> = vec![None; letters.len() + 1];
        if let Some(first) = best.first_mut() {
            *first = Some((0, 0));
        }
        for end in 2..=letters.len() {
            for begin in end.saturating_sub(14)..=end - 2 {
                let Some(Some((pieces, _))) = best.get(begin).copied() else {
                    continue;
                };
                let piece: String = letters.get(begin..end).into_iter().flatten().collect();
                if self.pieces.contains(&piece)
                    && best[end].is_none_or(|(fewest, _)| pieces + 1 < fewest)
                {
                    best[end] = Some((pieces + 1, begin));
                }
            }
        }
        let mut parts = Vec::new();
        let mut end = letters.len();
        while end > 0 {
            let (_, begin) = best.get(end).copied().flatten()?;
            parts.push(letters.get(begin..end)?.iter().collect::<String>());
            end = begin;
        }
        parts.reverse();
        let glued = parts.len() >= 2 && parts.iter().any(|part| self.glue.contains(part));
        glued.then_some(parts)
    }

    /// Learns the classes of a file; a class may contain other classes. Returns what is wrong.
    pub(super) fn add_classes(&mut self, classes: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let mut wrong = Vec::new();
        for name in classes.keys() {
            let mut terms = Vec::new();
            let mut seen = HashSet::from([name.as_str()]);
            let mut open = vec![name.as_str()];
            while let Some(class) = open.pop() {
                for word in classes.get(class).into_iter().flatten() {
                    match Term::read(word) {
                        Some(Term::Class(other)) => match classes.get_key_value(&other) {
                            Some((other, _)) if seen.insert(other) => open.push(other),
                            Some(_) => {}
                            None => wrong.push(format!("{name}: {word}")),
                        },
                        Some(term) => terms.push(term),
                        None => wrong.push(format!("{name}: {word}")),
                    }
                }
            }
            self.class(name, &terms);
        }
        wrong
    }
}

/// Whether `word` is `target` with at most one letter added, lost, changed or swapped with its
/// neighbour. With `start`, more may follow in `word`. The first letters are the same already.
fn one_mistake(target: &[char], word: &[char], start: bool) -> bool {
    let same = target
        .iter()
        .zip(word)
        .take_while(|(left, right)| left == right)
        .count();
    let fits = |target: Option<&[char]>, word: Option<&[char]>| match (target, word) {
        (Some(target), Some(word)) if start => word.starts_with(target),
        (Some(target), Some(word)) => target == word,
        _ => false,
    };
    let (t, w) = (target.get(same..), word.get(same..));
    if fits(t, w) {
        return true;
    }
    let (t1, w1) = (target.get(same + 1..), word.get(same + 1..));
    let swapped = target.get(same).is_some()
        && target.get(same) == word.get(same + 1)
        && target.get(same + 1) == word.get(same);
    fits(t1, w1)
        || fits(t, w1)
        || fits(t1, w)
        || (swapped && fits(target.get(same + 2..), word.get(same + 2..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let mut lexicon = Lexicon::default();
        lexicon.add_glue(&["ik".into(), "wil".into(), "niet".into()]);
        lexicon.add_ordinary(&["verwacht".into(), "meer".into()]);
        for term in ["~zelfmoord*", "~verkracht", "leven", "dood", "*moord"] {
            lexicon.atom(&Term::read(term).unwrap());
        }
        lexicon
    }

    #[test]
    fn misspelt_words_are_found_and_ordinary_ones_are_not() {
        let lexicon = lexicon();
        for word in [
            "zelfmoord",
            "zelfmoort",
            "zefmoord",
            "selfmord",
            "zelfmoordgedachten",
        ] {
            assert!(!lexicon.look_up(word).is_empty(), "{word}");
        }
        for word in ["verkragt", "verkracth", "vekracht", "verkrach"] {
            assert!(!lexicon.look_up(word).is_empty(), "{word}");
        }
        for word in ["verwacht", "zelfstandig", "doof", "tot", "zelf"] {
            assert!(lexicon.look_up(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn glued_words_come_apart() {
        let lexicon = lexicon();
        assert_eq!(
            lexicon.take_apart("ikwilnietmeerleven").unwrap(),
            ["ik", "wil", "niet", "meer", "leven"]
        );
        assert_eq!(lexicon.take_apart("leven"), None);
        assert_eq!(lexicon.take_apart("bibliotheek"), None);
    }
}
