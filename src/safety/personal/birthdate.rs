//! Dates of birth.

use std::ops::Range;

use super::Look;
use super::reading::{Reading, is_masked};
use super::spoken;

/// Where dates stand that words such as "geboren" make a date of birth. A year alone ("in 1961 geboren") is none.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let reading = look.reading;
    let mut places = Vec::new();
    let mut at = 0;
    // Where the date before ended: no word for birth is looked for across it.
    let mut behind = 0;
    while at < reading.tokens.len() {
        let Some((end, year)) = date(reading, at) else {
            at += 1;
            continue;
        };
        if is_named_before(reading, at, behind)
            || is_named_after(reading, end)
            || is_of_child(reading, at, end)
            || is_long_ago(year)
                && (is_of_person(reading, at, end) || is_birthday(reading, at, behind))
        {
            places.push(reading.span(at, end - 1));
        }
        (at, behind) = (end, end);
    }
    places
}

fn is_birth(word: &str) -> bool {
    word.starts_with("gebo") && !word.starts_with("geboe") && !word.starts_with("gebod")
        || word.starts_with("gebr") && word.contains("oor")
        || matches!(
            word,
            "geb"
                | "gebdat"
                | "gebdatum"
                | "gebdag"
                | "gebdtm"
                | "gebdt"
                | "born"
                | "birth"
                | "dob"
                | "nacido"
                | "nacida"
                | "nacimiento"
                | "naissance"
                | "dogum"
                | "doğum"
                | "dogdum"
                | "doğdum"
        )
        || word.starts_with("urodz")
        || word.starts_with("geburts")
}

/// Whether somebody who writes may have been born in this year. A year of two digits is one of the last century: a
/// date of this century says more often when something happened.
fn is_long_ago((year, length): (u32, usize)) -> bool {
    length == 4 && year <= 2019 || length == 2 && year >= 27
}

/// "ik ben van 12 maart 61", "mijn man (14-02-1952)".
fn is_of_person(reading: &Reading, at: usize, end: usize) -> bool {
    let word = |back| reading.word_before(at, back);
    if word(1) == "(" && reading.word(end) == ")" {
        return is_person(word(2));
    }
    word(1) == "van"
        && (matches!(word(2), "ben" | "kom")
            || word(2) == "ik" && word(3) == "ben"
            || word(2) == "is" && is_person(word(3))
            || is_person(word(2)) && word(3) == "mijn")
}

/// "tweeling, 30-8-2021, …", "kleindochter (3 maart 2019)": a date that says nothing else about a child.
fn is_of_child(reading: &Reading, at: usize, end: usize) -> bool {
    let close = match reading.word_before(at, 1) {
        "," => reading
            .tokens
            .get(end)
            .is_none_or(|token| token.ends_part()),
        "(" => reading.word(end) == ")",
        _ => return false,
    };
    let word = reading.word_before(at, 2);
    let child = [
        "dochter",
        "zoon",
        "kind",
        "kleinkind",
        "baby",
        "peuter",
        "kleuter",
        "tweeling",
        "drieling",
        "meisje",
        "jongen",
        "nicht",
        "neef",
    ]
    .iter()
    .filter_map(|child| {
        word.strip_prefix("klein")
            .unwrap_or(word)
            .strip_prefix(child)
    })
    .any(|rest| matches!(rest, "" | "je" | "tje" | "ke"));
    close && (child || matches!(word, "dreumes" | "zuigeling" | "pasgeborene"))
}

fn is_person(word: &str) -> bool {
    matches!(
        word,
        "ik" | "hij"
            | "zij"
            | "ze"
            | "man"
            | "vrouw"
            | "moeder"
            | "vader"
            | "zoon"
            | "dochter"
            | "broer"
            | "zus"
            | "partner"
            | "opa"
            | "oma"
            | "buurman"
            | "buurvrouw"
            | "kleinzoon"
            | "kleindochter"
    )
}

/// "mijn verjaardag is 9 oktober 1949", "jarig op 4 juni 1957".
fn is_birthday(reading: &Reading, at: usize, behind: usize) -> bool {
    (1..=4)
        .map_while(|back| at.checked_sub(back).filter(|place| *place >= behind))
        .map(|place| reading.word(place))
        .take_while(|word| !word.starts_with(is_masked))
        .any(|word| matches!(word, "jarig" | "verjaardag" | "verjaar" | "birthday"))
}

/// What a date after "geboren" may be the day of instead.
fn is_other_event(word: &str) -> bool {
    matches!(
        word,
        "getrouwd"
            | "gescheiden"
            | "verhuisd"
            | "overleden"
            | "gekomen"
            | "begonnen"
            | "afspraak"
            | "ingeschreven"
            | "gewerkt"
            | "gestopt"
            | "sinds"
            | "vanaf"
            | "tot"
    )
}

fn is_named_before(reading: &Reading, at: usize, behind: usize) -> bool {
    for back in 1..=9 {
        let Some(place) = at.checked_sub(back).filter(|place| *place >= behind) else {
            return false;
        };
        let word = reading.word(place);
        if is_birth(word) {
            return true;
        }
        let shortened =
            word == "." && matches!(reading.word_before(place, 1), "geb" | "datum" | "dat");
        if word.starts_with(is_masked)
            || is_other_event(word)
            || matches!(word, "." | "?" | "!") && !shortened
        {
            return false;
        }
    }
    false
}

fn is_named_after(reading: &Reading, end: usize) -> bool {
    for at in end..end + 3 {
        let word = reading.word(at);
        if is_birth(word) {
            return true;
        }
        if word.starts_with(is_masked) || matches!(word, "." | "?" | "!" | ",") {
            return false;
        }
    }
    false
}

/// A year as it is written, and how many digits it has.
type Year = (u32, usize);

/// The token after a date that begins here, and its year.
fn date(reading: &Reading, at: usize) -> Option<(usize, Year)> {
    if at > 0
        && reading.touch(at - 1, at)
        && reading
            .tokens
            .get(at - 1)
            .is_some_and(|token| token.is_digits())
    {
        return None;
    }
    if is_month_name(reading.word(at)) {
        return month_first(reading, at);
    }
    let (value, length) = day(reading, at)?;
    if length == 8 {
        let (front, back) = (value / 10_000, value % 10_000);
        let (day, month, year) = (front / 100, front % 100, back);
        return (is_day(day) && is_month(month) && is_year(year, 4)).then_some((at + 1, (year, 4)));
    }
    let mut next = at + 1;
    if length == 4 {
        // 1985-07-22
        let month = number(reading, separator(reading, next)?)?;
        next = separator(reading, next)? + 1;
        let day = number(reading, separator(reading, next)?)?;
        let end = separator(reading, next)? + 1;
        return (is_year(value, 4) && is_month(month.0) && is_day(day.0))
            .then_some((end, (value, 4)));
    }
    if length > 2 || !is_day(value) {
        return None;
    }
    if matches!(reading.word(next), "e" | "ste" | "de" | "of") {
        next += 1;
    }
    // "de tiende van de achtste 1961"
    let ordinal = ordinal(reading.word(at)).is_some();
    if ordinal && reading.word(next) == "van" {
        next += if reading.word(next + 1) == "de" { 2 } else { 1 };
    }
    let month = separator(reading, next)?;
    if ordinal && self::ordinal(reading.word(month)).is_some_and(is_month) {
        return year(reading, separator(reading, month + 1)?);
    }
    let is_name = is_month_name(reading.word(month));
    if !is_name
        && !number(reading, month).is_some_and(|(value, length)| length <= 2 && is_month(value))
    {
        return None;
    }
    year(reading, separator(reading, month + 1)?)
}

/// "March 4th, 1990".
fn month_first(reading: &Reading, at: usize) -> Option<(usize, Year)> {
    let (value, length) = day(reading, at + 1)?;
    (length <= 2 && is_day(value))
        .then(|| year(reading, separator(reading, at + 2)?))
        .flatten()
}

fn year(reading: &Reading, at: usize) -> Option<(usize, Year)> {
    if let Some((end, value)) = year_in_words(reading, at) {
        return Some((end, (value, 4)));
    }
    let at = if reading.word(at) == "'" { at + 1 } else { at };
    let year = number(reading, at)?;
    is_year(year.0, year.1).then_some((at + 1, year))
}

/// A year of this century or the last as people say it, and the token after it: "negentienachtenveertig", "negentien
/// drieenvijftig", "negentienhonderd tweeendertig", "tweeduizend een".
fn year_in_words(reading: &Reading, at: usize) -> Option<(usize, u32)> {
    let word = reading.word(at);
    let (century, rest) = [
        ("negentienhonderd", 1900),
        ("negentien", 1900),
        ("tweeduizend", 2000),
    ]
    .into_iter()
    .find_map(|(front, century)| Some((century, word.strip_prefix(front)?)))?;
    if !rest.is_empty() {
        let rest = rest.strip_prefix("en").unwrap_or(rest);
        return Some((at + 1, century + spoken::value(rest)?));
    }
    let mut next = at + 1;
    for between in ["honderd", "en"] {
        next += usize::from(reading.word(next) == between);
    }
    match spoken::value(reading.word(next)) {
        Some(value) => Some((next + 1, century + value)),
        None => (century == 2000).then_some((at + 1, century)),
    }
}

/// The value of an ordinal: "tiende", "achtste".
fn ordinal(word: &str) -> Option<u32> {
    match word {
        "eerste" => Some(1),
        "derde" => Some(3),
        "achtste" => Some(8),
        _ => ["ste", "de"]
            .iter()
            .filter_map(|end| word.strip_suffix(end))
            .find_map(spoken::value),
    }
}

/// A day as a number, as "4th" or "12e", or in words.
fn day(reading: &Reading, at: usize) -> Option<(u32, usize)> {
    let word = reading.word(at);
    if let Some(found) = number(reading, at) {
        return Some(found);
    }
    let front = ["th", "st", "nd", "rd", "ste", "de", "e"]
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .filter(|front| {
            (1..=2).contains(&front.len()) && front.bytes().all(|b| b.is_ascii_digit())
        });
    if let Some(value) = front.and_then(|front| front.parse().ok()) {
        return Some((value, 2));
    }
    ordinal(word)
        .or_else(|| spoken::value(word))
        .map(|value| (value, 2))
}

/// The token after a dash, slash or dot; the same token when there is none.
fn separator(reading: &Reading, at: usize) -> Option<usize> {
    reading.tokens.get(at)?;
    let mut next = at;
    for _ in 0..2 {
        if matches!(reading.word(next), "-" | "/" | "." | ",") {
            next += 1;
        }
    }
    Some(next)
}

fn number(reading: &Reading, at: usize) -> Option<(u32, usize)> {
    let token = reading.tokens.get(at)?;
    let length = token.text.len();
    (token.is_digits() && length <= 8)
        .then(|| token.text.parse().ok())?
        .map(|value| (value, length))
}

fn is_day(value: u32) -> bool {
    (1..=31).contains(&value)
}

fn is_month(value: u32) -> bool {
    (1..=12).contains(&value)
}

fn is_year(value: u32, length: usize) -> bool {
    length == 2 || length == 4 && (1880..=2099).contains(&value)
}

fn is_month_name(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ];
    matches!(
        word,
        "mrt"
            | "oct"
            | "october"
            | "march"
            | "may"
            | "april"
            | "june"
            | "july"
            | "mai"
            | "marz"
            | "dezember"
            | "oktober"
            | "january"
            | "february"
            | "august"
            | "mart"
            | "ocak"
            | "haziran"
            | "marca"
            | "maja"
    ) || MONTHS.iter().any(|month| word.starts_with(month))
        && (word.len() <= 4
            || ["ari", "rt", "ril", "i", "ie", "us", "ber"]
                .iter()
                .any(|end| word.ends_with(end)))
}
