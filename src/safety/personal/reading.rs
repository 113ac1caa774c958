//! A text as the finders read it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::PersonalDataKind;
use crate::language::is_invisible;

use super::scripts::ZEROS;
use super::{KINDS, replacement};

/// Stands for what was masked before. A private-use character: nobody types it, and if somebody does it only ends
/// a word.
pub(super) const MASKED: char = '\u{E000}';

/// Stands for a password or code that was masked before.
pub(super) const MASKED_SECRET: char = '\u{E001}';

/// Whether a sign stands for what was masked before.
pub(super) fn is_masked(plain: char) -> bool {
    matches!(plain, MASKED | MASKED_SECRET)
}

/// The sign for what was masked.
fn sign_for(kind: PersonalDataKind) -> char {
    match kind {
        PersonalDataKind::Password => MASKED_SECRET,
        _ => MASKED,
    }
}

/// One visible character.
pub(super) struct Sign {
    /// Lower case, without accent, digits as `0` to `9`, dashes and quotes as on a keyboard.
    pub(super) plain: char,
    /// Whether it was a capital.
    pub(super) capital: bool,
    /// Where it stands in the text, in bytes.
    place: Range<usize>,
    /// Whether a letter o was typed; `plain` is a zero where it stands for one.
    letter_o: bool,
}

impl Sign {
    /// The plain sign with a letter o as it was typed.
    pub(super) fn typed(&self) -> char {
        if self.letter_o { 'o' } else { self.plain }
    }
}

/// A word (letters and digits), or one other visible sign.
pub(super) struct Token {
    /// The plain signs.
    pub(super) text: String,
    /// Whether the first letter is a capital.
    pub(super) capital: bool,
    /// Whether all letters are capitals, and there are at least two.
    pub(super) capitals: bool,
    /// Which signs of the reading.
    pub(super) signs: Range<usize>,
}

impl Token {
    /// Whether it has nothing but letters.
    pub(super) fn is_letters(&self) -> bool {
        self.text.chars().all(char::is_alphabetic)
    }

    /// Whether it has nothing but digits.
    pub(super) fn is_digits(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether it is a sign that ends a sentence or a part of it.
    pub(super) fn ends_part(&self) -> bool {
        matches!(self.text.as_str(), "." | "," | "!" | "?" | ";" | ")" | ":")
    }
}

/// A text, read once.
pub(super) struct Reading {
    pub(super) signs: Vec<Sign>,
    pub(super) tokens: Vec<Token>,
}

impl Reading {
    pub(super) fn new(text: &str) -> Self {
        let mut signs = signs(text);
        let tokens = tokens(&mut signs);
        Self { signs, tokens }
    }

    /// The plain sign at a place; a line break outside the text.
    pub(super) fn plain(&self, at: usize) -> char {
        self.signs.get(at).map_or('\n', |sign| sign.plain)
    }

    /// The plain sign before a place; a line break at the beginning.
    pub(super) fn plain_before(&self, at: usize) -> char {
        at.checked_sub(1).map_or('\n', |before| self.plain(before))
    }

    /// The text of a token; empty outside the text.
    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    /// The text of the token so many places before; empty outside the text.
    pub(super) fn word_before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |before| self.word(before))
    }

    /// The first token that begins at or after this sign.
    pub(super) fn token_from(&self, sign: usize) -> usize {
        self.tokens
            .partition_point(|token| token.signs.start < sign)
    }

    /// Whether two tokens stand against each other, without white space.
    pub(super) fn touch(&self, left: usize, right: usize) -> bool {
        match (self.tokens.get(left), self.tokens.get(right)) {
            (Some(left), Some(right)) => left.signs.end == right.signs.start,
            _ => false,
        }
    }

    /// Whether a line break stands right before this token, or the text begins there.
    pub(super) fn on_new_line(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return true;
        };
        let end = at
            .checked_sub(1)
            .and_then(|before| self.tokens.get(before))
            .map_or(0, |before| before.signs.end);
        at == 0
            || self
                .signs
                .get(end..token.signs.start)
                .is_some_and(|gap| gap.iter().any(|sign| sign.plain == '\n'))
    }

    /// The signs from the first to the last of two tokens.
    pub(super) fn span(&self, first: usize, last: usize) -> Range<usize> {
        match (self.tokens.get(first), self.tokens.get(last)) {
            (Some(first), Some(last)) => first.signs.start..last.signs.end,
            _ => 0..0,
        }
    }

    /// Where signs stand in the text, in bytes.
    pub(super) fn place(&self, signs: &Range<usize>) -> Range<usize> {
        match self.signs.get(signs.clone()) {
            Some([only]) => only.place.clone(),
            Some([first, .., last]) => first.place.start..last.place.end,
            _ => 0..0,
        }
    }

    /// Puts one opaque sign where each of these stretches stands; they are in order and do not overlap.
    pub(super) fn cover(&mut self, kind: PersonalDataKind, stretches: &[Range<usize>]) {
        let mut stretches = stretches.iter().peekable();
        let mut covered: Vec<Sign> = Vec::with_capacity(self.signs.len());
        for (at, sign) in std::mem::take(&mut self.signs).into_iter().enumerate() {
            while stretches.next_if(|stretch| stretch.end <= at).is_some() {}
            match stretches.peek() {
                Some(stretch) if at == stretch.start => covered.push(Sign {
                    plain: sign_for(kind),
                    capital: false,
                    place: sign.place,
                    letter_o: false,
                }),
                Some(stretch) if at > stretch.start => {
                    if let Some(last) = covered.last_mut() {
                        last.place.end = sign.place.end;
                    }
                }
                _ => covered.push(sign),
            }
        }
        self.tokens = tokens(&mut covered);
        self.signs = covered;
    }

    /// Where words stand that `wanted` accepts, and masked data, so that [`near`] can look for them.
    pub(super) fn marks(&self, wanted: impl Fn(&str) -> bool) -> Marks {
        let mut marks = Marks::default();
        for token in &self.tokens {
            if token.text.starts_with(is_masked) {
                marks.walls.push(token.signs.start);
            } else {
                // "4711mobiel": a number before it may be glued to the word.
                let word = token.text.trim_start_matches(|c: char| c.is_ascii_digit());
                let start = token.signs.end - word.chars().count();
                if wanted(&token.text) {
                    marks.words.push(token.signs.clone());
                } else if !word.is_empty() && wanted(word) {
                    marks.words.push(start..token.signs.end);
                }
            }
        }
        marks
    }
}

/// Where words of one sort stand, in signs.
#[derive(Default)]
pub(super) struct Marks {
    words: Vec<Range<usize>>,
    walls: Vec<usize>,
}

impl Marks {
    /// Whether a word stands at most `before` signs before this stretch, or `after` signs after it, with nothing
    /// masked in between.
    pub(super) fn near(&self, signs: &Range<usize>, before: usize, after: usize) -> bool {
        let next = self.words.partition_point(|word| word.start < signs.start);
        let left = next
            .checked_sub(1)
            .and_then(|at| self.words.get(at))
            .is_some_and(|word| {
                signs.start.saturating_sub(word.end) <= before
                    && !self.wall(word.start, signs.start)
            });
        left || self.words.get(next).is_some_and(|word| {
            word.start.saturating_sub(signs.end) <= after && !self.wall(signs.end, word.start)
        })
    }

    /// Whether there is no such word in the text.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn wall(&self, from: usize, to: usize) -> bool {
        let at = self.walls.partition_point(|wall| *wall < from);
        self.walls.get(at).is_some_and(|wall| *wall < to)
    }
}

fn signs(text: &str) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::with_capacity(text.len());
    let mut rest = 0;
    for (start, character) in text.char_indices() {
        if start < rest {
            continue;
        }
        let end = start + character.len_utf8();
        if character == '['
            && let Some(kind) = masked_kind(text.get(start..).unwrap_or_default())
        {
            rest = start + replacement(kind).len();
            signs.push(Sign {
                plain: sign_for(kind),
                capital: false,
                place: start..rest,
                letter_o: false,
            });
        } else if is_combining_mark(character) || character == '\u{FE0F}' {
            // Belongs to the sign before it (an accent, the frame of a keycap digit), and goes where that goes.
            if let Some(last) = signs.last_mut()
                && last.place.end == start
                && !is_masked(last.plain)
            {
                last.place.end = end;
            }
        } else if !hides(character) {
            let plain = plain(character);
            signs.push(Sign {
                plain,
                capital: character.is_uppercase(),
                place: start..end,
                letter_o: plain == 'o',
            });
        }
    }
    signs
}

/// The kind whose replacement the text begins with.
fn masked_kind(text: &str) -> Option<PersonalDataKind> {
    KINDS
        .into_iter()
        .find(|kind| text.starts_with(replacement(*kind)))
}

/// Characters that show nothing, tags and fillers among them.
fn hides(character: char) -> bool {
    !character.is_ascii()
        && (is_invisible(character)
            || matches!(
                character,
                '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{3164}'
                    | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
            ))
        || (character.is_ascii_control()
            && !character.is_ascii_whitespace()
            && character != '\u{B}')
}

fn plain(character: char) -> char {
    if character.is_ascii() {
        return match character {
            '\t' | '\r' => ' ',
            '\u{B}' | '\u{C}' => '\n',
            '`' => '\'',
            other => other.to_ascii_lowercase(),
        };
    }
    match character {
        '‘' | '’' | '‚' | '‛' | '´' | 'ʼ' | '′' => return '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => return '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '-' | '⁃' | '─' =>
        {
            return '-';
        }
        '\u{85}' | '\u{2028}' | '\u{2029}' => return '\n',
        '\u{2800}' => return ' ',
        other if other.is_whitespace() => return ' ',
        _ => {}
    }
    let code = u32::from(character);
    let digit = ZEROS
        .partition_point(|zero| *zero <= character)
        .checked_sub(1)
        .and_then(|at| ZEROS.get(at))
        .map(|zero| code - u32::from(*zero))
        .filter(|value| *value < 10)
        .and_then(|value| char::from_digit(value, 10));
    if let Some(digit) = digit {
        return digit;
    }
    // An accent falls away and a full-width or circled character becomes an ordinary one; what comes apart into
    // several characters (½, a Korean syllable) stays.
    let mut apart = std::iter::once(character).nfkd();
    let base = apart.next().unwrap_or(character);
    let whole = if apart.all(is_combining_mark) {
        base
    } else {
        character
    };
    whole.to_lowercase().next().unwrap_or(whole)
}

/// Cuts signs into words. A word of digits and the letter o ("o6", "1O24") is read as a number.
fn tokens(signs: &mut [Sign]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut start = 0;
    while let Some(sign) = signs.get(start) {
        if sign.plain.is_whitespace() {
            start += 1;
            continue;
        }
        let length = signs
            .iter()
            .skip(start)
            .take_while(|sign| sign.plain.is_alphanumeric())
            .count();
        let end = start + length.max(1);
        read_zeros(signs.get_mut(start..end).unwrap_or_default());
        let Some(sign) = signs.get(start) else {
            break;
        };
        let inside = signs.get(start..end).unwrap_or_default();
        let letters = || inside.iter().filter(|sign| sign.plain.is_alphabetic());
        tokens.push(Token {
            text: inside.iter().map(|sign| sign.plain).collect(),
            capital: sign.capital,
            capitals: letters().count() >= 2 && letters().all(|sign| sign.capital),
            signs: start..end,
        });
        start = end;
    }
    tokens
}

/// Makes the letters o of a word zeros when it has nothing but digits besides, and letters again when it has not.
fn read_zeros(word: &mut [Sign]) {
    let number = word.iter().any(|sign| sign.typed().is_ascii_digit())
        && word
            .iter()
            .all(|sign| sign.letter_o || sign.plain.is_ascii_digit());
    for sign in word.iter_mut().filter(|sign| sign.letter_o) {
        sign.plain = if number { '0' } else { 'o' };
    }
}
