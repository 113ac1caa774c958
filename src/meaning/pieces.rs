//! The pieces of words that the model knows, each with a number and a score.

use std::ops::Range;

/// A piece of the list.
struct Entry {
    /// Where its text begins in `Pieces::text`.
    start: u32,
    length: u32,
    id: u32,
    score: f32,
}

/// All pieces, sorted by their bytes, so that those that begin alike stand together.
pub(super) struct Pieces {
    text: String,
    entries: Vec<Entry>,
    /// Characters of the longest piece.
    longest: usize,
    /// The lowest score of all.
    lowest: f32,
}

impl Pieces {
    /// Sorts the pieces `(text, number, score)`.
    pub(super) fn new<'a>(pieces: impl Iterator<Item = (&'a str, u32, f32)>) -> Self {
        let mut sorted: Vec<(&str, u32, f32)> =
            pieces.filter(|piece| !piece.0.is_empty()).collect();
        sorted.sort_by_key(|piece| piece.0);
        let mut text = String::new();
        let mut entries = Vec::with_capacity(sorted.len());
        for (piece, id, score) in &sorted {
            // A model file with more than 4 GB of pieces is no model file.
            entries.push(Entry {
                start: text.len() as u32,
                length: piece.len() as u32,
                id: *id,
                score: *score,
            });
            text.push_str(piece);
        }
        let scores = sorted.iter().map(|piece| piece.2);
        Self {
            text,
            entries,
            longest: sorted
                .iter()
                .map(|p| p.0.chars().count())
                .max()
                .unwrap_or(0),
            lowest: scores.reduce(f32::min).unwrap_or(0.0),
        }
    }

    /// Characters of the longest piece.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The lowest score of all.
    pub(super) fn lowest(&self) -> f32 {
        self.lowest
    }

    /// Calls `found(characters, number, score)` for each piece that the characters begin with, shortest first.
    pub(super) fn beginnings(&self, characters: &[char], mut found: impl FnMut(usize, u32, f32)) {
        let mut range = 0..self.entries.len();
        let mut depth = 0;
        for (n, character) in characters.iter().enumerate() {
            let mut buffer = [0; 4];
            let next = character.encode_utf8(&mut buffer).as_bytes();
            range = self.narrow(range, depth, next);
            depth += next.len();
            match self.entries.get(range.clone()).and_then(<[Entry]>::first) {
                None => return,
                Some(first) if first.length as usize == depth => {
                    found(n + 1, first.id, first.score);
                }
                Some(_) => {}
            }
        }
    }

    /// Of the pieces in `range`, which all begin with the same `depth` bytes, those that go on with `next`.
    fn narrow(&self, range: Range<usize>, depth: usize, next: &[u8]) -> Range<usize> {
        let Some(entries) = self.entries.get(range.clone()) else {
            return 0..0;
        };
        let text = self.text.as_bytes();
        let rest = |entry: &Entry| {
            let start = entry.start as usize;
            let end = start + entry.length as usize;
            let rest = text.get(start + depth..end).unwrap_or_default();
            &rest[..rest.len().min(next.len())]
        };
        let begin = entries.partition_point(|entry| rest(entry) < next);
        let count = entries[begin..].partition_point(|entry| rest(entry) == next);
        range.start + begin..range.start + begin + count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_found_shortest_first() {
        let list = ["boek", "b", "boe", "boot", "é", "boekje", "a"];
        let numbered = list.iter().zip(0..).map(|(piece, n)| (*piece, n, 0.5));
        let pieces = Pieces::new(numbered);
        let find = |text: &str| {
            let characters: Vec<char> = text.chars().collect();
            let mut found = Vec::new();
            pieces.beginnings(&characters, |n, id, _| found.push((n, id)));
            found
        };
        assert_eq!(find("boeken"), [(1, 1), (3, 2), (4, 0)]);
        assert_eq!(find("boot"), [(1, 1), (4, 3)]);
        assert_eq!(find("één"), [(1, 4)]);
        assert!(find("è").is_empty());
        assert!(find("").is_empty());
        assert_eq!(pieces.longest(), 6);
    }

    #[test]
    fn no_pieces_at_all_is_no_trouble() {
        let pieces = Pieces::new(std::iter::empty());
        pieces.beginnings(&['a'], |_, _, _| unreachable!());
        assert_eq!(pieces.longest(), 0);
    }
}
