//! Numbers of passports, identity cards, residence permits and driving licences.

use std::ops::Range;

use super::Look;
use super::numbers::{Link, is_date};
use super::reading::{Reading, Token};

/// How far, in signs, the name of a document may stand before and after its number.
const NEAR: (usize, usize) = (60, 40);

/// How many words may stand between the name of a document and a number that has no known shape.
const FURTHEST: usize = 4;

/// Where document numbers stand. A passport has two letters, six letters or digits and a digit; a driving licence
/// and a V-number (of a foreign resident) have ten digits. All say little by themselves, so the document has to be
/// named near. Numbers of other countries have other shapes, and count right after the name only.
/// (Source: rvig.nl, rdw.nl and ind.nl, examples of documents.)
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let Look {
        reading, numbers, ..
    } = look;
    let passports = reading.marks(is_passport);
    let licences = reading.marks(|word| word.contains("rijbew") || is_foreigner(word));
    let mut places = Vec::new();
    for at in 0..reading.tokens.len() {
        let named = !(passports.is_empty() && licences.is_empty());
        if named
            && let Some(signs) = passport(reading, at)
            && (passports.near(&signs, NEAR.0, NEAR.1) || licences.near(&signs, NEAR.0, NEAR.1))
        {
            places.push(signs);
        }
        if is_passport(reading.word(at)) || reading.word(at).contains("rijbew") {
            places.extend(foreign(reading, at));
        }
    }
    for (first, group) in numbers.groups.iter().enumerate() {
        if let Some(groups) = numbers.window(first, 10, Link::Tight)
            && numbers.digits(reading, &groups).first() != Some(&0)
            && !groups.clone().any(|at| is_date(numbers, reading, at))
            && (licences.near(&numbers.signs(&groups), NEAR.0, NEAR.1)
                || is_v(reading, group.signs.start))
        {
            places.push(numbers.signs(&groups));
        }
    }
    places
}

/// Words for the number of a resident without Dutch nationality.
fn is_foreigner(word: &str) -> bool {
    word.starts_with("vreemdeling") || matches!(word, "vnummer" | "vnr")
}

/// Whether "v-nummer", "v nr" or such stands before the number that begins at this sign.
fn is_v(reading: &Reading, start: usize) -> bool {
    let mut at = reading.token_from(start);
    let mut number = false;
    for _ in 0..6 {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        at = before;
        match reading.word(at) {
            "v" => return number,
            "nummer" | "nr" => number = true,
            "-" | "." | ":" | "=" | "is" | "was" => {}
            _ => return false,
        }
    }
    false
}

/// A number right after the name of a document, in a shape of another country: eight to ten letters and digits
/// with at least five digits.
fn foreign(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let mut numbered = reading.word(at).contains("num") || reading.word(at).ends_with("nr");
    for next in at + 1..=at + FURTHEST {
        let token = reading.tokens.get(next)?;
        match token.text.as_str() {
            "nummer" | "number" | "nr" | "no" | "numer" => numbered = true,
            ":" | "=" => numbered = true,
            "is" | "was" | "." | "-" | "kaart" | "bewijs" | "van" | "mijn" | "me" | "met" | "#" => {
            }
            text => {
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                let fits = text.bytes().all(|b| b.is_ascii_alphanumeric())
                    && (8..=10).contains(&text.len())
                    && (numbered && digits >= 5 || digits >= 6 && digits < text.len())
                    && !glued(reading, next);
                return fits.then(|| token.signs.clone());
            }
        }
    }
    None
}

/// Whether a dash, slash or dot glues a token to digits around it, as in a date.
fn glued(reading: &Reading, at: usize) -> bool {
    let sign = |at: usize| matches!(reading.word(at), "-" | "/" | "@" | "_");
    sign(at + 1) && reading.touch(at, at + 1) || at > 0 && sign(at - 1) && reading.touch(at - 1, at)
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
            | "permit"
            | "residence"
    ) || [
        "paspoort",
        "identiteits",
        "identity",
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
        (capitals || at == first + 9)
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
