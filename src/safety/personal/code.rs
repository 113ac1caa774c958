//! Codes that do not stand right after the word for them: "de code die ik via sms kreeg is 483920".

use std::ops::Range;

use super::Look;
use crate::language::is_common;

use super::password::{Shape, digits, has_unit, run};
use super::reading::{Reading, is_masked};
use super::secret_words::NO_CODE_BEFORE;

/// How many words may stand between the word for a code and the code.
const FURTHEST: usize = 11;

/// A code in the same sentence, some words after the word for it.
pub(super) fn further(look: &Look<'_>, at: usize, pin: bool) -> Option<Range<usize>> {
    first_code(look, at + 1, pin)
}

/// Capitals and digits in one word or in groups, in the same sentence: "de activeringscode uit de brief, H7QD-92MX-K3".
/// When the word before says little ("code"), right after "is" or a colon.
pub(super) fn mixed(reading: &Reading, at: usize, sure: bool) -> Option<Range<usize>> {
    (at + 1..at + FURTHEST)
        .map_while(|next| reading.tokens.get(next).map(|token| (next, token)))
        .take_while(|(_, token)| {
            !matches!(token.text.as_str(), "." | "!" | "?" | ";")
                && !token.text.starts_with(is_masked)
        })
        .find_map(|(next, token)| {
            let said = sure || matches!(reading.word(next - 1), "is" | "was" | ":" | "=");
            let beginning = next == 0 || !reading.touch(next - 1, next);
            let run = run(reading, next).filter(|_| said && beginning)?;
            let shape = Shape::of(reading, &run);
            let capitals = run.clone().all(|at| {
                reading.signs.get(at).is_some_and(|sign| {
                    sign.capital || sign.plain.is_ascii_digit() || sign.plain == '-'
                })
            });
            (capitals
                && (token.capitals || token.text.len() <= 5)
                && (shape.letters >= 2 && shape.digits >= 2
                    || shape.letters == 1 && shape.digits >= 5)
                && shape.characters >= 6)
                .then_some(run)
        })
}

/// The code of letters with which two devices are joined: "koppelcode RWLX". DigiD shows four capitals.
pub(super) fn letters(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let joins = reading.word(at).starts_with("koppel")
        || reading.word_before(at, 1) == "koppel"
        || reading.word_before(at, 2) == "koppel";
    let digid = || {
        matches!(reading.word(at), "code" | "kode")
            && (at.saturating_sub(6)..at + FURTHEST).any(|near| reading.word(near) == "digid")
    };
    if !(joins || digid()) || reading.tokens.get(at)?.capitals {
        return None;
    }
    (at + 1..at + FURTHEST)
        .map_while(|next| reading.tokens.get(next))
        .take_while(|token| !matches!(token.text.as_str(), "." | "!" | "?" | ";"))
        .find(|token| {
            token.capitals
                && token.is_letters()
                && token.text.len() == 4
                && token.text != "iban"
                && !is_common(&token.text)
        })
        .map(|token| token.signs.clone())
}

/// A code that is told in passing, and that may look like a year: "tikt overal zijn code in, 1936, …".
pub(super) fn told(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let own = (1..=2).any(|back| {
        matches!(
            reading.word_before(at, back),
            "mijn" | "mn" | "me" | "zijn" | "haar" | "hun" | "ons" | "onze" | "zn"
        )
    });
    let comma = (at + 1..at + 6)
        .take_while(|next| !matches!(reading.word(*next), "." | "!" | "?" | ";"))
        .find(|next| reading.word(*next) == ",")
        .filter(|_| own)?;
    let (signs, count) = digits(reading, comma + 1)?;
    let closes = matches!(
        reading.word(reading.token_from(signs.end)),
        "" | "," | "." | ")" | "?" | "!"
    );
    (closes && (4..=6).contains(&count)).then_some(signs)
}

/// A code that somebody says he types, with a word for a card or a code around: "bij pinnen tik ik 5519".
pub(super) fn typed(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let types = matches!(
        reading.word(at),
        "tik" | "tikt" | "tikte" | "toets" | "toetst" | "toetste" | "typ" | "typt" | "typte"
    );
    let secret = |word: &str| {
        matches!(
            word,
            "pas" | "pasje" | "bankpas" | "betaalpas" | "pinpas" | "code" | "kode"
        ) || word.starts_with("pin")
            || word.ends_with("code")
    };
    if !types || !(at.saturating_sub(8)..at + 8).any(|near| secret(reading.word(near))) {
        return None;
    }
    (at + 1..at + 5)
        .take_while(|next| !matches!(reading.word(*next), "." | "!" | "?" | ";"))
        .find_map(|next| {
            let (signs, count) = digits(reading, next)?;
            ((4..=6).contains(&count) && !is_none(reading, next, &signs, true)).then_some(signs)
        })
}

/// A code in the same sentence as a word for a text message: "via sms kreeg ik 553201", "483920 kreeg ik per sms".
pub(super) fn in_message(look: &Look<'_>, at: usize) -> Option<Range<usize>> {
    let word = look.reading.word(at);
    if !(word == "sms" || word.starts_with("smsj") || word == "tekstbericht") {
        return None;
    }
    first_code(look, at + 1, false).or_else(|| before(look, at))
}

/// Whether digits that stand where a code may stand are something else: a year, a price, a postcode, a number to
/// call, a date. A PIN may look like a year.
pub(super) fn is_none(reading: &Reading, at: usize, signs: &Range<usize>, pin: bool) -> bool {
    let text: String = signs
        .clone()
        .map(|at| reading.plain(at))
        .filter(char::is_ascii_digit)
        .collect();
    let year = !pin && text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let service = ["0800", "0900", "0906", "088", "14"]
        .iter()
        .any(|start| text.starts_with(start) && reading.word(at).len() <= start.len());
    let after = reading.token_from(signs.end);
    let postcode = text.len() == 4
        && reading
            .tokens
            .get(after)
            .is_some_and(|token| token.capitals && token.text.len() == 2);
    let dashed = signs.clone().any(|at| reading.plain(at) == '-');
    let date = dashed && text.len() != 6;
    let glued = at > 0
        && reading.touch(at - 1, at)
        && !matches!(reading.word(at - 1), ":" | "=" | "#" | "(" | "\"" | "'");
    year || service
        || postcode
        || date
        || glued
        || matches!(reading.word(after), "betalen" | "terug" | "netto" | "bruto")
        || reading.word(after) == "per" && !reading.word(after + 1).starts_with("sms")
        || has_unit(reading, after)
        || at > 0 && NO_CODE_BEFORE.binary_search(&reading.word(at - 1)).is_ok()
}

/// A row of four to eight digits in words that begins at this token.
pub(super) fn spoken(look: &Look<'_>, at: usize) -> Option<Range<usize>> {
    let row = look
        .spoken
        .binary_search_by_key(&at, |row| row.tokens.start)
        .ok()
        .and_then(|row| look.spoken.get(row))?;
    (4..=8)
        .contains(&row.digits.len())
        .then(|| row.signs.clone())
}

fn first_code(look: &Look<'_>, from: usize, pin: bool) -> Option<Range<usize>> {
    let reading = look.reading;
    let mut at = from;
    while at < from + FURTHEST {
        let token = reading.tokens.get(at)?;
        if matches!(token.text.as_str(), "." | "!" | "?" | ";") || token.text.starts_with(is_masked)
        {
            return None;
        }
        // The number after this one has a word of its own.
        let other = token.text.len() > 6
            && (token.text.ends_with("code") || token.text.ends_with("nummer"));
        if other {
            return None;
        }
        if let Some(signs) = spoken(look, at) {
            return Some(signs);
        }
        if let Some((signs, count)) = digits(reading, at) {
            if (4..=8).contains(&count) && !is_none(reading, at, &signs, pin) {
                return Some(signs);
            }
            at = reading.token_from(signs.end);
            continue;
        }
        at += 1;
    }
    None
}

/// Six digits, perhaps in groups, shortly before a word.
pub(super) fn before(look: &Look<'_>, at: usize) -> Option<Range<usize>> {
    let reading = look.reading;
    let last = (1..=6)
        .map_while(|back| at.checked_sub(back))
        .take_while(|place| {
            !matches!(reading.word(*place), "." | "!" | "?")
                && !reading.word(*place).starts_with(is_masked)
        })
        .find(|place| {
            reading
                .tokens
                .get(*place)
                .is_some_and(|token| token.is_digits())
        })?;
    (0..3)
        .map_while(|back| last.checked_sub(back))
        .find_map(|first| {
            let (signs, count) = digits(reading, first)?;
            let whole = signs.end == reading.tokens.get(last)?.signs.end;
            // More digits before it: a phone number, as in "mobiel 06 50 16 80 33 graag sms".
            let rest = first.checked_sub(1).is_some_and(|before| {
                reading
                    .tokens
                    .get(before)
                    .is_some_and(|token| token.is_digits())
            });
            (whole && !rest && count == 6 && !is_none(reading, first, &signs, false))
                .then_some(signs)
        })
}

/// Digits in at most eight groups that end with this token: "4 9 3 1".
pub(super) fn ending(reading: &Reading, last: usize) -> Option<Range<usize>> {
    let digits_at = |at: usize| {
        let token = reading.tokens.get(at)?;
        token.is_digits().then_some(token.text.len())
    };
    let (mut first, mut count) = (last, digits_at(last)?);
    while let Some(before) = first.checked_sub(1) {
        let Some(more) = digits_at(before) else {
            break;
        };
        (first, count) = (before, count + more);
        if count > 8 {
            return None;
        }
    }
    (first < last && count >= 4).then(|| reading.span(first, last))
}
