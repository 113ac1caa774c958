//! Numbers of passports, identity cards, residence permits and driving licences.

use std::ops::Range;

use super::numbers::{Link, Numbers, is_date};
use super::reading::{Reading, Token};

/// How far, in signs, the name of a document may stand before and after its number.
const NEAR: (usize, usize) = (60, 40);

/// Where document numbers stand. A passport has two letters, six letters or digits and a digit; a driving licence
/// has ten digits. Both say little by themselves, so the document has to be named near.
/// (Source: rvig.nl and rdw.nl, examples of documents.)
pub(super) fn find(reading: &Reading, numbers: &Numbers) -> Vec<Range<usize>> {
    let passports = reading.marks(is_passport);
    let licences = reading.marks(|word| word.contains("rijbew"));
    let mut places = Vec::new();
    let words = if passports.is_empty() && licences.is_empty() {
        0
    } else {
        reading.tokens.len()
    };
    for at in 0..words {
        if let Some(signs) = passport(reading, at)
            && (passports.near(&signs, NEAR.0, NEAR.1) || licences.near(&signs, NEAR.0, NEAR.1))
        {
            places.push(signs);
        }
    }
    let rows = if licences.is_empty() {
        0
    } else {
        numbers.groups.len()
    };
    for first in 0..rows {
        if let Some(groups) = numbers.window(first, 10, Link::Tight)
            && numbers.digits(reading, &groups).first() != Some(&0)
            && !groups.clone().any(|at| is_date(numbers, reading, at))
            && licences.near(&numbers.signs(&groups), NEAR.0, NEAR.1)
        {
            places.push(numbers.signs(&groups));
        }
    }
    places
}

fn is_passport(word: &str) -> bool {
    matches!(
        word,
        "id" | "idkaart"
            | "idbewijs"
            | "identiteit"
            | "ident"
            | "pasport"
            | "passport"
            | "idnummer"
    ) || [
        "paspoort",
        "identiteits",
        "documentn",
        "legitimatie",
        "verblijfs",
        "idkaart",
    ]
    .into_iter()
    .any(|start| word.starts_with(start))
}

/// Nine letters and digits in the shape of a passport number, perhaps in a few groups.
fn passport(reading: &Reading, first: usize) -> Option<Range<usize>> {
    if first > 0 && reading.touch(first - 1, first) && reading.word(first - 1) == "-" {
        return None;
    }
    let mut number = String::new();
    let mut capitals = true;
    let mut at = first;
    while number.len() < 9 {
        let token = reading.tokens.get(at)?;
        if token.text == "-" && at > first {
            at += 1;
            continue;
        }
        if !token.text.bytes().all(|b| b.is_ascii_alphanumeric())
            || at > first && reading.on_new_line(at)
        {
            return None;
        }
        capitals &= is_capital(reading, token);
        number.push_str(&token.text);
        at += 1;
    }
    let bytes = number.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let shape = bytes.len() == 9
        && bytes.iter().take(2).all(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_digit);
    // Words and amounts in one sentence ("is 1234567") can have the shape by chance, so groups need capitals, and
    // small letters need more digits than "windows11" has.
    let sure = if at == first + 1 {
        digits >= if capitals { 2 } else { 3 }
    } else {
        capitals
            && digits >= 2
            && !matches!(reading.word(first), "is" | "nr" | "no" | "id" | "of" | "en")
    };
    (shape && sure).then(|| reading.span(first, at - 1))
}

fn is_capital(reading: &Reading, token: &Token) -> bool {
    reading
        .signs
        .get(token.signs.clone())
        .unwrap_or_default()
        .iter()
        .all(|sign| sign.capital || sign.plain.is_ascii_digit())
}
