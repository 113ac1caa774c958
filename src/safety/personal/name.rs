//! Names of people who say who they are, or of whom somebody says so.

use std::ops::Range;

use super::Look;
use crate::language::is_common;

use super::given::{is_given, is_surely_given};
use super::no_name::{is_no_name, is_saying, is_state, is_title, is_verb_like, tongue};
use super::opening::{Opening, closing, is_greeted, opening};
use super::reading::{Reading, Token, is_masked};

/// The most words of one name.
const LONGEST: usize = 6;

/// Where names stand: after "ik ben", "mijn naam is", "u spreekt met" and the same in other languages, after
/// "mevrouw" and "meneer", and at the end of a letter.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let reading = look.reading;
    let mut places = Vec::new();
    for at in 0..reading.tokens.len() {
        if let Some((first, opening)) = opening(reading, at).or_else(|| closing(reading, at))
            && let Some(end) = name(reading, first, opening)
            && (opening != Opening::Closing || is_signature(reading, end))
            && !(matches!(opening, Opening::Am | Opening::Called)
                && is_title(reading, at, &(first..end)))
            && !tongue(reading, at).is_some_and(|tongue| {
                opening != Opening::Called
                    && end == first + 1
                    && is_state(reading.word(first), tongue)
            })
        {
            places.push(reading.span(first, end - 1));
        }
        if reading.word(at) == "is"
            && reading.word(at + 1) == "mijn"
            && reading.word(at + 2) == "naam"
        {
            places.extend(before(reading, at));
        }
        let named = is_greeted(reading, at) || reading.word_before(at, 1) == ",";
        if named
            && is_given(reading.word(at))
            && let Some(end) = name(reading, at, Opening::Am)
            && reading.word(end) == "hier"
        {
            places.push(reading.span(at, end - 1));
        }
    }
    places
}

/// "Johanna Bos is mijn naam": the words with a capital before "is".
fn before(reading: &Reading, is: usize) -> Option<Range<usize>> {
    let first = (1..=4)
        .map_while(|back| is.checked_sub(back))
        .take_while(|at| {
            reading.tokens.get(*at).is_some_and(|token| {
                token.is_letters()
                    && (token.capital || is_particle(&token.text) || is_surely_given(&token.text))
                    && !is_no_name(&token.text)
            })
        })
        .last()?;
    Some(reading.span(first, is - 1))
}

/// Whether a name under a letter ends where it should: at the end of the line or of the sentence.
fn is_signature(reading: &Reading, end: usize) -> bool {
    reading.tokens.get(end).is_none_or(|token| {
        token.ends_part()
            || matches!(token.text.as_str(), "en" | "uit")
            || !token.text.chars().all(char::is_alphanumeric)
    }) || reading.on_new_line(end)
}

/// The token after the name that begins here.
fn name(reading: &Reading, first: usize, opening: Opening) -> Option<usize> {
    // "J.W. van Dijk": what comes before the name proper.
    let mut at = first;
    while at < first + 8 && is_initial(reading, at) {
        at += 2;
    }
    let start = at;
    while at < start + 3
        && let Some(next) = after_particle(reading, at)
    {
        at = next;
    }
    let token = reading.tokens.get(at)?;
    let particle_first = at > start && start == first;
    let small = |token: &Token| {
        token.is_letters()
            && token.text.chars().count() >= 4
            && !is_no_name(&token.text)
            && !is_verb_like(&token.text)
            && (!is_ordinary(&token.text) || is_surely_given(&token.text))
    };
    let fits = match opening {
        Opening::Am => {
            !particle_first && is_name(reading, at, token)
                || start == first && is_given_alone(reading, at, token)
        }
        Opening::Perhaps => {
            start > first && at == start && is_name(reading, at, token)
                || start == first
                    && (token.capital && is_given(&token.text)
                        || is_name(reading, at, token) && has_surname(reading, at)
                        || is_given_alone(reading, at, token))
        }
        Opening::Title => {
            token.is_letters()
                && !is_no_name(&token.text)
                && (token.capital && !token.capitals
                    || small(token)
                    || token.capitals && at > start)
        }
        Opening::Closing => {
            token.is_letters()
                && !is_no_name(&token.text)
                && (token.capital || small(token) || is_surely_given(&token.text))
                && (start == first || token.capital)
        }
        Opening::Called if is_welcome(reading, at) || is_saying(&token.text) => false,
        Opening::Called => {
            token.is_letters()
                && token.text.chars().count() >= 2
                && !is_no_name(&token.text)
                && (token.capital || !is_verb_like(&token.text))
        }
    };
    if !fits {
        return None;
    }
    let mut end = at + 1;
    while end < start + LONGEST {
        let joined =
            reading.word(end) == "-" && reading.touch(end - 1, end) && reading.touch(end, end + 1);
        let mut next = end + usize::from(joined);
        let mut particles = 0;
        while particles < 3
            && let Some(after) = after_particle(reading, next)
        {
            (next, particles) = (after, particles + 1);
        }
        if reading.on_new_line(next) {
            break;
        }
        let Some(token) = reading.tokens.get(next) else {
            break;
        };
        let small = matches!(opening, Opening::Called | Opening::Closing)
            && !token.capital
            && !is_common(&token.text)
            && token.text.chars().count() >= 3
            && !joined
            && !is_verb_like(&token.text)
            && ends(reading, next + 1);
        let surname = token.is_letters()
            && !token.text.starts_with(is_masked)
            && !is_no_name(&token.text)
            && (token.capital
                || joined
                || small
                || particles > 0 && opening == Opening::Called && !is_no_name(&token.text));
        if !surname {
            break;
        }
        end = next + 1;
    }
    Some(end)
}

/// "ik heet iedereen welkom" names nobody.
fn is_welcome(reading: &Reading, at: usize) -> bool {
    (at..at + 6).any(|at| reading.word(at) == "welkom")
}

/// A given name in small letters that closes its part of the sentence: "ik ben jan", "hallo met wilma, …".
fn is_given_alone(reading: &Reading, at: usize, token: &Token) -> bool {
    is_surely_given(&token.text)
        && (ends(reading, at + 1) || is_given_or_rare(reading.word(at + 1)))
}

/// Whether a word after a given name may be the surname.
fn is_given_or_rare(word: &str) -> bool {
    is_particle(word) || word.chars().count() >= 4 && !is_common(word) && !is_no_name(word)
}

/// Whether a sentence or a part of it ends before this token.
fn ends(reading: &Reading, at: usize) -> bool {
    reading
        .tokens
        .get(at)
        .is_none_or(|token| token.ends_part() || token.text == "-")
        || reading.on_new_line(at)
        || matches!(
            reading.word(at),
            "en" | "ik" | "uit" | "van" | "mijn" | "maar" | "mag" | "kan" | "hoe" | "wat" | "met"
        )
}

/// A capital with a full stop.
fn is_initial(reading: &Reading, at: usize) -> bool {
    reading
        .tokens
        .get(at)
        .is_some_and(|token| token.capital && token.text.chars().count() == 1 && token.is_letters())
        && reading.word(at + 1) == "."
        && reading.touch(at, at + 1)
}

/// The token after a word such as "van", or after "v.", "v.d." or "v/d".
fn after_particle(reading: &Reading, at: usize) -> Option<usize> {
    if is_particle(reading.word(at)) || reading.word(at) == "vd" {
        return Some(at + 1);
    }
    let sign = |at: usize| matches!(reading.word(at), "." | "/");
    if reading.word(at) != "v" || !sign(at + 1) {
        return None;
    }
    match reading.word(at + 2) {
        "d" | "der" | "den" | "de" => Some(at + 3 + usize::from(sign(at + 3))),
        _ => Some(at + 2),
    }
}

/// Whether a word stands between the parts of a name.
pub(super) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "van"
            | "de"
            | "der"
            | "den"
            | "ten"
            | "ter"
            | "te"
            | "el"
            | "al"
            | "ben"
            | "bin"
            | "von"
            | "la"
            | "di"
            | "da"
            | "dos"
            | "du"
            | "le"
            | "ould"
            | "abu"
    )
}

/// Whether a word after "ik ben" is a name: a capital in a text that has small letters too, and no ordinary word.
fn is_name(reading: &Reading, at: usize, token: &Token) -> bool {
    token.capital
        && !token.capitals
        && token.is_letters()
        && token.text.chars().count() >= 2
        && !is_no_name(&token.text)
        && !inner_capital(reading, token)
        && !(reading.word(at + 1) == "'" && matches!(reading.word(at + 2), "er" | "ers"))
        && (!is_ordinary(&token.text) || is_given(&token.text) || has_surname(reading, at))
}

/// Whether a word is more likely an ordinary word than a name. The list of words ends at nine letters, and hardly
/// any given name is longer.
pub(super) fn is_ordinary(word: &str) -> bool {
    let long = word.chars().count() >= 10 && !word.ends_with(['a', 'o', 'i', 'u']);
    long || is_common(word)
}

/// "Mark Visser": an ordinary word with a capital is a name when another capital follows.
fn has_surname(reading: &Reading, at: usize) -> bool {
    let mut next = at + 1;
    while next < at + 4 && is_particle(reading.word(next)) {
        next += 1;
    }
    reading.tokens.get(next).is_some_and(|token| {
        token.capital
            && token.is_letters()
            && !token.capitals
            && token.text.chars().count() >= 3
            && !is_no_name(&token.text)
    })
}

fn inner_capital(reading: &Reading, token: &Token) -> bool {
    reading
        .signs
        .get(token.signs.clone())
        .unwrap_or_default()
        .iter()
        .skip(1)
        .any(|sign| sign.capital)
}
