//! Numbers of passports, identity cards, residence permits and driving licences.

use std::ops::Range;

use super::Look;
use super::document_words::{
    is_about, is_between, is_document, is_number_word, is_other_thing, is_perhaps_document,
};
use super::numbers::{Link, Numbers, is_date, is_other_number};
use super::reading::{Reading, Token, is_masked};
use super::secret_words::DEVICES;

/// How far, in signs, the name of a document may stand before and after its number.
const NEAR: (usize, usize) = (60, 40);

/// How many words may stand between a document and a number of no known shape: after the document, and before it.
const FURTHEST: (usize, usize) = (8, 6);

/// How many characters a number of letters and digits has: at least six, eight when other words stand in between.
const LENGTHS: (usize, usize, usize) = (6, 8, 12);

/// Where document numbers stand. A passport has two letters, six letters or digits and a digit; a driving licence
/// and a V-number (of a foreign resident) have ten digits. All say little by themselves, so the document has to be
/// named near, or words such as "geldig". Numbers of other countries have other shapes: letters and digits in the same
/// part of the sentence, digits only right after the name.
/// (Source: rvig.nl, rdw.nl and ind.nl, examples of documents.)
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let Look {
        reading, numbers, ..
    } = look;
    let passports = reading.marks(is_passport);
    let licences = reading.marks(|word| word.contains("rijbew") || is_foreigner(word));
    let about = reading.marks(is_about);
    let mut places = Vec::new();
    for at in 0..reading.tokens.len() {
        let named = !(passports.is_empty() && licences.is_empty());
        if named
            && let Some(signs) = passport(reading, at)
            && (passports.near(&signs, NEAR.0, NEAR.1) || licences.near(&signs, NEAR.0, NEAR.1))
        {
            places.push(signs);
        }
        if !about.is_empty()
            && let Some(signs) = bare(reading, at)
            && about.near(&signs, NEAR.0, NEAR.1)
        {
            places.push(signs);
        }
        if is_perhaps_document(reading.word(at)) {
            places.extend(after(reading, numbers, at).or_else(|| before(reading, at)));
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

/// A number after the name of a document, in a shape of another country.
fn after(reading: &Reading, numbers: &Numbers, at: usize) -> Option<Range<usize>> {
    let word = reading.word(at);
    let document = is_document(word);
    let mut numbered = word.contains("num") || word.ends_with("nr");
    // Whether only words that lead to the number stood in between.
    let mut straight = true;
    for next in at + 1..=at + FURTHEST.0 {
        let token = reading.tokens.get(next)?;
        let text = token.text.as_str();
        if matches!(text, "!" | "?" | ";") || text.starts_with(is_masked) {
            return None;
        }
        if is_mixed(reading, next, straight) {
            return Some(token.signs.clone());
        }
        // "ЕН 482910": the letters apart from the digits.
        let series = token.capitals && token.is_letters() && token.text.chars().count() == 2;
        if straight
            && document
            && series
            && let Some(rest) = reading.tokens.get(next + 1)
            && rest.is_digits()
            && (6..=7).contains(&rest.text.len())
        {
            return Some(reading.span(next, next + 1));
        }
        if straight && token.is_digits() {
            return digits(reading, numbers, next, document, numbered);
        }
        let shortened = straight && matches!(reading.word(next - 1), "nr" | "no" | "num" | "n");
        if text == "." && !shortened {
            return None;
        }
        numbered |= is_number_word(text);
        straight &= is_between(text) || is_perhaps_document(text);
    }
    None
}

/// A number before the name of a document: "… staat op mijn Ausweis".
fn before(reading: &Reading, at: usize) -> Option<Range<usize>> {
    (1..=FURTHEST.1)
        .map_while(|back| at.checked_sub(back))
        .take_while(|place| {
            let word = reading.word(*place);
            !matches!(word, "." | "!" | "?" | ";") && !word.starts_with(is_masked)
        })
        .find(|place| is_mixed(reading, *place, false))
        .and_then(|place| Some(reading.tokens.get(place)?.signs.clone()))
}

/// Whether a token has letters and digits as the number of a document has. Far from the name it needs capitals.
fn is_mixed(reading: &Reading, at: usize, straight: bool) -> bool {
    let Some(token) = reading.tokens.get(at) else {
        return false;
    };
    let text = token.text.as_str();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let capitals = is_capital(reading, token);
    let fewest = if straight { LENGTHS.0 } else { LENGTHS.1 };
    let postcode =
        text.len() == 6 && digits == 4 && text.bytes().take(4).all(|b| b.is_ascii_digit());
    let length = text.chars().count();
    text.chars().all(char::is_alphanumeric)
        && (fewest..=LENGTHS.2).contains(&length)
        && digits < length
        && digits >= if capitals { 3 } else { 5 }
        && (capitals || straight)
        && !postcode
        && !glued(reading, at)
        && !DEVICES.iter().any(|device| text.starts_with(device))
        && !(1..=2).any(|back| is_other_thing(reading.word_before(at, back)))
        && !is_other_number(reading, &token.signs)
}

/// Seven to ten digits in one, or twelve in groups as on Belgian cards. Without a word for a number the document has
/// to be one that surely has such a number.
fn digits(
    reading: &Reading,
    numbers: &Numbers,
    at: usize,
    document: bool,
    numbered: bool,
) -> Option<Range<usize>> {
    let token = reading.tokens.get(at)?;
    let first = numbers
        .groups
        .partition_point(|group| group.signs.start < token.signs.start);
    if !(document || numbered) || is_date(numbers, reading, first) {
        return None;
    }
    if document && let Some(groups) = numbers.window(first, 12, Link::Tight) {
        return Some(numbers.signs(&groups));
    }
    // A Polish driving licence: "00418/23/0637".
    if document
        && let Some(groups) = numbers.window(first, 11, Link::Tight)
        && numbers.lengths(&groups) == [5, 2, 4]
    {
        return Some(numbers.signs(&groups));
    }
    let phone = token.text.len() == 10 && token.text.starts_with('0');
    let fewest = if numbered { 7 } else { 8 };
    let fits = (fewest..=10).contains(&token.text.len())
        && (numbered || !phone)
        && !is_written_date(&token.text)
        && !glued(reading, at);
    fits.then(|| token.signs.clone())
}

/// Eight digits that are a day, a month and a year of this century or the last.
fn is_written_date(text: &str) -> bool {
    let part =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let date = |day: Option<u32>, month: Option<u32>, year: Option<u32>| {
        day.is_some_and(|day| (1..=31).contains(&day))
            && month.is_some_and(|month| (1..=12).contains(&month))
            && year.is_some_and(|year| (1900..=2099).contains(&year))
    };
    text.len() == 8
        && (date(part(0, 2), part(2, 4), part(4, 8)) || date(part(6, 8), part(4, 6), part(0, 4)))
}

/// A token that has the shape of a Dutch document even without its name: two capitals, then capitals and digits by
/// turns, and a digit at the end. Letters with only digits behind them are too many other things.
fn bare(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let token = reading.tokens.get(at)?;
    let text = token.text.as_bytes();
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    let turns = text
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()))
        .count();
    let fits = (9..=11).contains(&text.len())
        && text.iter().all(u8::is_ascii_alphanumeric)
        && text.iter().take(2).all(u8::is_ascii_alphabetic)
        && text.last().is_some_and(u8::is_ascii_digit)
        && digits >= 3
        && turns >= 3
        && is_capital(reading, token)
        && !glued(reading, at)
        && !is_other_thing(reading.word_before(at, 1))
        && !is_other_number(reading, &token.signs);
    fits.then(|| token.signs.clone())
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
