//! A text in which a number looks like a number: one script of digits, nothing invisible.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::super::fold::is_invisible;

/// First digit (zero) of the scripts that people here use on their phone.
const ZEROES: [u32; 20] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10, 0x1946,
];

/// A text made plain, that knows where each character came from.
#[derive(Debug)]
pub(super) struct Plain {
    /// The plain text.
    pub(super) text: String,
    /// Per byte of the plain text: the bytes of the character in the original.
    origin: Vec<Range<usize>>,
}

impl Plain {
    pub(super) fn new(text: &str) -> Self {
        let mut plain = String::with_capacity(text.len());
        let mut origin = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            if is_invisible(c) {
                continue;
            }
            let simple = simple(c);
            plain.push(simple);
            for _ in 0..simple.len_utf8() {
                origin.push(at..at + c.len_utf8());
            }
        }
        Self {
            text: plain,
            origin,
        }
    }

    /// The same place in the original.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.origin.get(range.start).map_or(0, |from| from.start);
        let end = range
            .end
            .checked_sub(1)
            .and_then(|last| self.origin.get(last))
            .map_or(start, |from| from.end);
        start..end.max(start)
    }
}

fn simple(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let code = u32::from(c);
    let zero = ZEROES
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code));
    if let Some(zero) = zero {
        return char::from_digit(code - zero, 10).unwrap_or(c);
    }
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ if c.is_whitespace() && c != '\u{85}' => ' ',
        _ => {
            // Full-width and mathematical letters and digits; only what stays one character.
            let mut folded = std::iter::once(c).nfkc();
            match (folded.next(), folded.next()) {
                (Some(one), None) if one.is_ascii_alphanumeric() => one,
                _ => c,
            }
        }
    }
}
