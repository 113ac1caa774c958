//! Passwords of several words, and what somebody logs in with.

use std::ops::Range;

use super::password::{Shape, has_unit, is_address, is_no_secret, is_user, run};
use super::reading::{Reading, is_masked};
use super::secret_words::{DEVICES, FILLERS, NO_PHRASE};

/// The most words of a password, and the most after "is" without a colon.
const LONGEST: (usize, usize) = (6, 4);

/// How many words may stand between the word for a password and one that is surely a password.
const FURTHEST: usize = 11;

/// A password of several words after "wachtwoord is" or "wachtwoord:". It has to fill its part of the sentence and
/// may have no word in it that people use to say something about a password.
pub(super) fn after(reading: &Reading, at: usize, only_sign: bool) -> Option<Range<usize>> {
    let mut at = at + 1;
    let mut is = false;
    let mut sign = false;
    for _ in 0..7 {
        match reading.word(at) {
            "is" | "luidt" | "was" | "ist" => is = true,
            ":" | "=" => sign = true,
            _ if is || sign => break,
            word if FILLERS.binary_search(&word).is_ok() => {}
            _ => return None,
        }
        at += 1;
    }
    if !(sign || is && !only_sign) {
        return None;
    }
    let longest = if sign { LONGEST.0 } else { LONGEST.1 };
    let mut end = at;
    while let Some(token) = reading.tokens.get(end) {
        let closes = token.ends_part()
            || end > at && reading.on_new_line(end)
            || matches!(token.text.as_str(), "en" | "maar" | "want" | "dus");
        if closes {
            break;
        }
        let word = token.text.as_str();
        let alone = token.text.starts_with(is_masked) || !(token.is_letters() || token.is_digits());
        let said = if sign {
            NO_PHRASE.binary_search(&word).is_ok() || end > at && is_said_verb(word)
        } else {
            is_no_secret(word)
        };
        if alone || said || end - at >= longest {
            return None;
        }
        end += 1;
    }
    let first = reading.word(at);
    let article = matches!(first, "mijn" | "de" | "het" | "een");
    let fits = end >= at + 2
        && reading
            .tokens
            .get(at)
            .is_some_and(|token| token.is_letters())
        && (article || !is_no_secret(first))
        && !has_unit(reading, end - 1);
    fits.then(|| reading.span(at, end - 1))
}

/// Whether words between quotes are free of what people say about a password.
pub(super) fn is_free(reading: &Reading, signs: &Range<usize>) -> bool {
    let (first, end) = (
        reading.token_from(signs.start),
        reading.token_from(signs.end),
    );
    end - first <= LONGEST.0
        && (first..end).all(|at| {
            let word = reading.word(at);
            NO_PHRASE.binary_search(&word).is_err() && (at > first || !is_no_secret(word))
        })
}

/// "inloggen met Roos2019": letters and digits in one word.
pub(super) fn login(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let next = match reading.word(at) {
        "inloggen" | "ingelogd" | "inlog" | "aanmelden" | "aangemeld"
            if reading.word(at + 1) == "met" =>
        {
            at + 2
        }
        "log" | "logde" if reading.word(at + 1) == "in" && reading.word(at + 2) == "met" => at + 3,
        word if is_user(word) => return further(reading, at),
        _ => return None,
    };
    let run = run(reading, next)?;
    let shape = Shape::of(reading, &run);
    let word = reading.word(next);
    let fits = shape.digits >= 2
        && shape.letters >= 3
        && reading
            .tokens
            .get(next)?
            .text
            .chars()
            .any(char::is_alphabetic)
        && !DEVICES.iter().any(|device| word.starts_with(device))
        && !is_address(reading, &run);
    fits.then_some(run)
}

/// A word of letters and digits further on in the sentence: "mijn wachtwoord begint met Kl en is Kleintje_9".
pub(super) fn further(reading: &Reading, at: usize) -> Option<Range<usize>> {
    for next in at + 1..at + FURTHEST {
        let token = reading.tokens.get(next)?;
        if matches!(token.text.as_str(), "." | "!" | "?" | ";") || token.text.starts_with(is_masked)
        {
            return None;
        }
        let letter = token.text.chars().next().is_some_and(char::is_alphabetic);
        if let Some(run) = run(reading, next).filter(|_| letter) {
            let shape = Shape::of(reading, &run);
            if shape.letters >= 3
                && shape.digits > 0
                && shape.characters >= 6
                && (next == 0 || !reading.touch(next - 1, next))
                && !run
                    .clone()
                    .any(|at| matches!(reading.plain(at), '/' | '-' | '.'))
                && !DEVICES.iter().any(|device| token.text.starts_with(device))
                && !is_address(reading, &run)
            {
                return Some(run);
            }
        }
    }
    None
}

fn is_said_verb(word: &str) -> bool {
    matches!(
        word,
        "zijn" | "wordt" | "worden" | "hebben" | "staat" | "gaat" | "zegt" | "blijft"
    )
}
