//! Character n-grams: pieces of three to five letters, which words with typing errors still share.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::RangeInclusive;

/// Shortest and longest piece, in characters.
const LENGTHS: RangeInclusive<usize> = 3..=5;
/// More pieces than this are not looked at.
const MOST: usize = 12_000;

/// The pieces of a text of folded words, with the borders of words as spaces; each as a hash.
pub(super) fn grams(text: &str) -> Vec<u32> {
    pieces(text, LENGTHS)
}

/// The pieces of four characters only: enough to find an article with, and a third of the work.
pub(super) fn search_grams(text: &str) -> Vec<u32> {
    pieces(text, 4..=4)
}

fn pieces(text: &str, lengths: RangeInclusive<usize>) -> Vec<u32> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let letters: Vec<char> = std::iter::once(' ')
            .chain(word.chars())
            .chain([' '])
            .collect();
        for length in lengths.clone() {
            found.extend(letters.windows(length).map(hash));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.truncate(MOST);
    found
}

/// FNV-1a, 32 bits: the same on every machine and in every version.
fn hash(piece: &[char]) -> u32 {
    piece.iter().fold(0x811c_9dc5, |state, letter| {
        (state ^ u32::from(*letter)).wrapping_mul(0x0100_0193)
    })
}

/// A sparse vector of length 1: pieces in order, with their weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct GramVector(Vec<(u32, f32)>);

impl GramVector {
    /// Cosine with another vector: 0 when nothing is shared, 1 when both are the same.
    pub(super) fn cosine(&self, other: &Self) -> f32 {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut sum = 0.0;
        while let (Some((a, x)), Some((b, y))) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => _ = left.next(),
                std::cmp::Ordering::Greater => _ = right.next(),
                std::cmp::Ordering::Equal => {
                    sum += x * y;
                    left.next();
                    right.next();
                }
            }
        }
        sum
    }
}

/// A piece is a hash already, so a table of pieces need not hash it well again.
#[derive(Clone, Copy, Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, piece: u32) {
        // The table looks at the top bits too, so both halves get the piece.
        self.0 = u64::from(piece).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// In how many texts each piece stands.
#[derive(Clone, Debug, Default)]
pub(super) struct GramWeights {
    texts: f32,
    counts: HashMap<u32, u32, BuildHasherDefault<AlreadyHashed>>,
}

impl GramWeights {
    /// Counts the pieces of one more text.
    pub(super) fn add(&mut self, pieces: &[u32]) {
        self.texts += 1.0;
        let mut unique = pieces.to_vec();
        unique.sort_unstable();
        unique.dedup();
        for piece in unique {
            *self.counts.entry(piece).or_default() += 1;
        }
    }

    /// The vector of a text: (1 + ln n) times idf for a piece that stands in it n times. A piece that no
    /// text has weighs most, so that unknown words pull the cosine down.
    pub(super) fn vector(&self, mut pieces: Vec<u32>) -> GramVector {
        pieces.sort_unstable();
        let mut vector: Vec<(u32, f32)> = pieces
            .chunk_by(|a, b| a == b)
            .filter_map(|run| run.first().map(|piece| (*piece, run.len() as f32)))
            .map(|(piece, count)| {
                let texts = self.counts.get(&piece).copied().unwrap_or(0) as f32;
                let idf = (1.0 + (self.texts - texts + 0.5) / (texts + 0.5)).ln();
                (piece, (1.0 + count.ln()) * idf.max(0.0))
            })
            .collect();
        let length = vector
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f32>()
            .sqrt();
        if length > 0.0 {
            for (_, weight) in &mut vector {
                *weight /= length;
            }
        }
        GramVector(vector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_an_error_is_nearer_than_another_word() {
        let mut weights = GramWeights::default();
        for text in [
            "huurtoeslag",
            "zorgtoeslag",
            "paspoort",
            "huurwoning zoeken",
        ] {
            weights.add(&grams(text));
        }
        let vector = |text| weights.vector(grams(text));
        let right = vector("huurtoeslag");
        assert!((right.cosine(&right) - 1.0).abs() < 1e-5);
        assert!(vector("huurtoslag").cosine(&right) > vector("huurwoning").cosine(&right));
        assert_eq!(vector("").cosine(&right), 0.0);
        assert_eq!(vector("🙂").cosine(&right), 0.0);
    }
}
