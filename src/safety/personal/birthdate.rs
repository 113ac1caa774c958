//! Dates of birth.

use std::ops::Range;

use super::reading::{Reading, is_masked};

/// Where dates stand that words such as "geboren" make a date of birth. A year alone ("in 1961 geboren") is none.
pub(super) fn find(reading: &Reading) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    // Where the date before ended: no word for birth is looked for across it.
    let mut behind = 0;
    while at < reading.tokens.len() {
        let Some(end) = date(reading, at) else {
            at += 1;
            continue;
        };
        if is_named_before(reading, at, behind) || is_named_after(reading, end) {
            places.push(reading.span(at, end - 1));
        }
        (at, behind) = (end, end);
    }
    places
}

fn is_birth(word: &str) -> bool {
    word.starts_with("gebo")
        || word.starts_with("gebr") && word.contains("oor")
        || matches!(word, "geb" | "gebdat" | "gebdatum" | "gebdag")
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

/// The token after a date that begins here.
fn date(reading: &Reading, at: usize) -> Option<usize> {
    if at > 0
        && reading.touch(at - 1, at)
        && reading
            .tokens
            .get(at - 1)
            .is_some_and(|token| token.is_digits())
    {
        return None;
    }
    let first = number(reading, at)?;
    let (value, length) = first;
    if length == 8 {
        let (front, back) = (value / 10_000, value % 10_000);
        let (day, month, year) = (front / 100, front % 100, back);
        return (is_day(day) && is_month(month) && is_year(year, 4)).then_some(at + 1);
    }
    let mut next = at + 1;
    if length == 4 {
        // 1985-07-22
        let month = number(reading, separator(reading, next)?)?;
        next = separator(reading, next)? + 1;
        let day = number(reading, separator(reading, next)?)?;
        let end = separator(reading, next)? + 1;
        return (is_year(value, 4) && is_month(month.0) && is_day(day.0)).then_some(end);
    }
    if length > 2 || !is_day(value) {
        return None;
    }
    if matches!(reading.word(next), "e" | "ste" | "de") {
        next += 1;
    }
    let month = separator(reading, next)?;
    let is_name = is_month_name(reading.word(month));
    if !is_name
        && !number(reading, month).is_some_and(|(value, length)| length <= 2 && is_month(value))
    {
        return None;
    }
    next = separator(reading, month + 1)?;
    if reading.word(next) == "'" {
        next += 1;
    }
    let (year, length) = number(reading, next)?;
    is_year(year, length).then_some(next + 1)
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
    matches!(word, "mrt" | "oct" | "october" | "march" | "may")
        || MONTHS.iter().any(|month| word.starts_with(month))
            && (word.len() <= 4
                || ["ari", "rt", "ril", "i", "ie", "us", "ber"]
                    .iter()
                    .any(|end| word.ends_with(end)))
}
