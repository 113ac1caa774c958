//! Passwords of several words, and what somebody logs in with.

use std::ops::Range;

use super::password::{Shape, has_unit, is_address, is_no_secret, is_user, run};
use super::reading::{MASKED_SECRET, Reading, is_masked};
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
        "inloggen" | "ingelogd" | "inlog" | "aanmelden" | "inloggegevens" => {
            return told(reading, at);
        }
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

/// "inloggen lukt niet: Krokus!44": letters, digits and a sign in between, right after a colon.
fn told(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let colon = (at + 1..at + 6)
        .take_while(|next| !matches!(reading.word(*next), "." | "!" | "?" | ";"))
        .find(|next| reading.word(*next) == ":")?;
    let run = run(reading, colon + 1)?;
    let shape = Shape::of(reading, &run);
    let fits =
        shape.letters >= 3 && shape.digits > 0 && shape.symbols > 0 && !is_address(reading, &run);
    fits.then_some(run)
}

/// The name and the key of a wireless network: "wifi: KPN-8C21 / hd7Rm2Qx". What stands there after a colon or "sleutel"
/// and has letters and digits is one of the two.
pub(super) fn network(reading: &Reading, at: usize) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    if !matches!(
        reading.word(at),
        "wifi" | "wi" | "netwerk" | "hotspot" | "ssid"
    ) {
        return places;
    }
    let mut named = false;
    for next in at + 1..at + FURTHEST + 4 {
        match reading.word(next) {
            "" | "!" | "?" | ";" => break,
            ":" | "=" | "sleutel" | "key" => {
                named = true;
                continue;
            }
            "." if reading.tokens.get(next + 1).is_none() => break,
            "," => named = false,
            word if word.starts_with(is_masked) => break,
            _ => {}
        }
        let beginning = !reading.touch(next - 1, next) || reading.word(next - 1) == ":";
        if let Some(run) = run(reading, next).filter(|_| named && beginning) {
            let shape = Shape::of(reading, &run);
            let word = reading.word(next);
            if shape.letters >= 3
                && shape.digits >= 2
                && shape.characters >= 7
                && !DEVICES.iter().any(|device| word.starts_with(device))
                && !is_address(reading, &run)
            {
                places.push(run);
            }
        }
    }
    places
}

/// Letters, digits and a sign in one word, some words before: "overal Ajax2010! is dat een goed wachtwoord".
pub(super) fn earlier(reading: &Reading, at: usize) -> Option<Range<usize>> {
    (1..FURTHEST)
        .map_while(|back| at.checked_sub(back))
        .take_while(|place| {
            !matches!(reading.word(*place), "." | "?" | ";")
                && !reading.word(*place).starts_with(is_masked)
        })
        .filter(|place| *place == 0 || !reading.touch(place - 1, *place))
        .find_map(|place| {
            let run = run(reading, place)?;
            let shape = Shape::of(reading, &run);
            let sign = run
                .clone()
                .any(|at| matches!(reading.plain(at), '!' | '#' | '&' | '$' | '%' | '*' | '_'));
            (shape.letters >= 3 && shape.digits >= 2 && sign && !is_address(reading, &run))
                .then_some(run)
        })
}

/// A word of letters and digits further on in the sentence: "mijn wachtwoord begint met Kl en is Kleintje_9".
pub(super) fn further(reading: &Reading, at: usize) -> Option<Range<usize>> {
    // "IBAN en wachtwoord": what was asked comes in the same order, so the password may stand after the number.
    let listed = matches!(reading.word_before(at, 1), "en" | "&");
    for next in at + 1..at + FURTHEST {
        let token = reading.tokens.get(next)?;
        match token.text.as_str() {
            "." if listed && is_answer(reading, next + 1) => {}
            "." | "!" | "?" | ";" => return None,
            word if word.starts_with(MASKED_SECRET) => return None,
            word if word.starts_with(is_masked) && !listed => return None,
            _ => {}
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

/// "Dat was …", after a sentence that says what somebody had to tell.
fn is_answer(reading: &Reading, at: usize) -> bool {
    matches!(reading.word(at), "dat" | "die" | "dit")
        && matches!(reading.word(at + 1), "is" | "was" | "zijn" | "waren")
}

fn is_said_verb(word: &str) -> bool {
    matches!(
        word,
        "zijn" | "wordt" | "worden" | "hebben" | "staat" | "gaat" | "zegt" | "blijft"
    )
}
