//! A message in the pieces that are weighed: letters within words, words, and words that stand together.

use super::super::fold::{sound, words};

/// Number of places in the table of weights. Two pieces that fall on one place share its weight, which
/// with some 300,000 pieces costs little (K. Weinberger et al., *Feature Hashing for Large Scale Multitask
/// Learning*, 2009).
pub(super) const PLACES: usize = 1 << 18;

/// Words that are weighed together: a signal in a long story must not drown in it.
const WINDOW: usize = 28;
/// Between words that lie this far apart a sentence has ended.
const SENTENCE: u32 = 4;
/// Words that begin a new clause. A comma does not: what stands behind it often makes harmless what stands before.
const JOINTS: [&str; 8] = ["en", "maar", "want", "dus", "and", "und", "y", "et"];
/// A clause of fewer words says too little.
const FEWEST: usize = 3;
/// Words in a window that holds little more than one thought.
const NARROW: usize = 8;
/// Nobody writes a longer word.
const LONGEST: usize = 40;
/// Letters in a piece of a word.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// The same, in letters that go on over the borders of words.
const JOINED: std::ops::RangeInclusive<usize> = 4..=6;

/// The pieces of a row of words, as places with their share. Each part (letters, words, both) has length one, so
/// that a long message weighs as much as a short one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pieces(pub(super) Vec<(u32, f32)>);

/// The rows of words of a message that are weighed, each on its own.
pub(super) fn windows(text: &str) -> Vec<Pieces> {
    windows_of(&heard(text), WINDOW)
}

/// Each clause of a message, and narrow rows of words where it is too long to be weighed at once: "mijn vader
/// slaat me en hoe verleng ik mijn boek" holds two thoughts. None when it holds one.
pub(super) fn narrow_windows(text: &str) -> Vec<Pieces> {
    let mut clauses: Vec<Vec<String>> = Vec::new();
    let mut before = 0;
    for word in words(text) {
        let joint = JOINTS.contains(&word.text.as_str());
        let begins = clauses.is_empty() || joint || word.place - before >= SENTENCE;
        before = word.place;
        let heard = sound(&word.text).chars().take(LONGEST).collect();
        match clauses.last_mut().filter(|_| !begins) {
            Some(clause) => clause.push(heard),
            None if joint => clauses.push(Vec::new()),
            None => clauses.push(vec![heard]),
        }
    }
    let all = clauses.concat();
    if clauses.len() < 2 && all.len() <= WINDOW {
        return Vec::new();
    }
    let telling = clauses.iter().filter(|words| words.len() >= FEWEST);
    let mut found: Vec<Pieces> = telling.map(|words| pieces(words)).collect();
    if all.len() > WINDOW {
        found.extend(windows_of(&all, NARROW));
    }
    found
}

/// The pieces of a whole message, however long: to learn from.
pub(super) fn whole(text: &str) -> Pieces {
    pieces(&heard(text))
}

/// The words of a message as they sound.
fn heard(text: &str) -> Vec<String> {
    words(text)
        .into_iter()
        .map(|word| sound(&word.text).chars().take(LONGEST).collect())
        .collect()
}

/// Windows of `size` words, each half over the one before it.
fn windows_of(words: &[String], size: usize) -> Vec<Pieces> {
    let Some(last) = words.len().checked_sub(size) else {
        return vec![pieces(words)];
    };
    (0..last)
        .step_by(size / 2)
        .chain(std::iter::once(last))
        .filter_map(|start| words.get(start..start + size))
        .map(pieces)
        .collect()
}

fn pieces(words: &[String]) -> Pieces {
    let mut letters = Vec::new();
    let mut together = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let edged: Vec<char> = std::iter::once('_')
            .chain(word.chars())
            .chain(std::iter::once('_'))
            .collect();
        for size in LETTERS {
            letters.extend(
                edged
                    .windows(size)
                    .map(|piece| place('c', piece.iter().copied())),
            );
        }
        let next = words.get(i + 1);
        let after = words.get(i + 2);
        together.push(place('w', word.chars()));
        if let Some(next) = next {
            together.push(of_words('p', &[word, next]));
        }
        if let Some(after) = after {
            together.push(of_words('s', &[word, after]));
        }
        if let (Some(next), Some(after)) = (next, after) {
            together.push(of_words('t', &[word, next, after]));
        }
    }
    // "ik wil do od", "ikwildood": letters over the borders of words.
    let joined: Vec<char> = words.iter().flat_map(|word| word.chars()).collect();
    let across = JOINED
        .flat_map(|size| joined.windows(size))
        .map(|piece| place('j', piece.iter().copied()))
        .collect();
    let mut all = Vec::with_capacity(2 * (letters.len() + together.len()));
    for mut half in [letters, together, across] {
        half.sort_unstable();
        half.dedup();
        let share = 1.0 / (half.len().max(1) as f32).sqrt();
        all.extend(half.into_iter().map(|place| (place, share)));
    }
    Pieces(all)
}

fn of_words(kind: char, words: &[&String]) -> u32 {
    let letters = words
        .iter()
        .flat_map(|word| word.chars().chain(std::iter::once(' ')));
    place(kind, letters)
}

/// FNV-1a over the letters (G. Fowler, L. Noll and K.-P. Vo), folded to a place in the table. Written out,
/// because the weights are kept in a file: a hash that changes with a version of a library would spoil them.
fn place(kind: char, letters: impl Iterator<Item = char>) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for letter in std::iter::once(kind).chain(letters) {
        for byte in u32::from(letter).to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let folded = (hash >> 32) ^ hash;
    // Below PLACES, so it fits.
    (folded % PLACES as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_sound_gives_the_same_pieces() {
        assert_eq!(whole("Verkragt!").0, whole("verkracht").0);
        assert_ne!(whole("verkracht").0, whole("verwacht").0);
    }

    #[test]
    fn a_place_stays_what_it_was_when_the_weights_were_made() {
        assert_eq!(place('w', ['a', 'b'].into_iter()), 250_018);
    }

    #[test]
    fn a_long_story_is_weighed_in_windows_that_reach_its_end() {
        let story = "huur ".repeat(100);
        assert_eq!(windows("ik wil dood").len(), 1);
        assert_eq!(windows(&story).len(), 7);
        assert_eq!(windows("").len(), 1);
    }
}
