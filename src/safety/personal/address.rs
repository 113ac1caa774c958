//! Addresses: a street with a house number, a postcode with a house number.

use std::ops::Range;

use super::Look;
use crate::language::is_common;

use super::address_words::{
    NAMED_AFTER, NO_STREETS, PLACES, STREETS, is_no_place, is_plain, is_thing,
};
use super::house::{house_number, is_house};
use super::reading::Reading;

/// Where addresses stand. A street alone or a postcode alone points to nobody and stays.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let reading = look.reading;
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    for at in 0..reading.tokens.len() {
        if at < next {
            continue;
        }
        let Some((first, last)) = street(reading, at)
            .or_else(|| named_after(reading, at))
            .or_else(|| with_article(reading, at))
            .or_else(|| home(reading, at))
            .or_else(|| postcode_and_number(reading, at))
            .or_else(|| number_and_postcode(reading, at))
        else {
            continue;
        };
        // A postcode right behind the house number belongs to it.
        let comma = if reading.word(last + 1) == "," {
            last + 2
        } else {
            last + 1
        };
        let last = postcode(reading, comma).map_or(last, |end| end - 1);
        next = last + 1;
        places.push(reading.span(first, last));
    }
    places
}

/// A street by its name. Gives the first and the last token.
fn street(reading: &Reading, at: usize) -> Option<(usize, usize)> {
    let token = reading.tokens.get(at)?;
    if !token.is_letters()
        || NO_STREETS.binary_search(&token.text.as_str()).is_ok() && token.text != "markt"
    {
        return None;
    }
    let word = token.text.as_str();
    let ending = |ends: &[&str]| {
        ends.iter().any(|end| {
            word.strip_suffix(end)
                .is_some_and(|front| front.chars().count() >= 2)
        })
    };
    let alone = STREETS.contains(&word) || PLACES.contains(&word);
    let before = at
        .checked_sub(1)
        .and_then(|before| reading.tokens.get(before));
    // "Lange Straat", "Oude Markt": the ending stands by itself.
    let named = alone
        && before
            .is_some_and(|before| before.capital && before.is_letters() && !is_plain(&before.text));
    let street = named || ending(&STREETS) || token.capital && ending(&PLACES);
    if !street {
        return None;
    }
    let mut number = at + 1;
    if word.ends_with("str") && reading.word(number) == "." {
        number += 1;
    }
    let last = house_number(reading, number)?;
    let mut first = if named { at - 1 } else { at };
    // "Burgemeester van Rooyensingel": the words before it that belong to the name.
    for _ in 0..4 {
        let Some(before) = first
            .checked_sub(1)
            .and_then(|before| reading.tokens.get(before))
        else {
            break;
        };
        let particle = matches!(
            before.text.as_str(),
            "van" | "der" | "den" | "de" | "ten" | "ter"
        );
        let further = first
            .checked_sub(2)
            .and_then(|further| reading.tokens.get(further))
            .is_some_and(|further| {
                further.capital && !is_plain(&further.text) && further.is_letters()
            });
        let belongs =
            before.capital && before.is_letters() && !is_plain(&before.text) || particle && further;
        if !belongs || reading.on_new_line(first) {
            break;
        }
        first -= 1;
    }
    Some((first, last))
}

/// "Laan van 't Loo 7", "Plein van Siena 3": a kind of street, "van" and a name.
fn named_after(reading: &Reading, at: usize) -> Option<(usize, usize)> {
    if !NAMED_AFTER.contains(&reading.word(at)) || !matches!(reading.word(at + 1), "van" | "naar") {
        return None;
    }
    let mut next = at + 2;
    while next < at + 5 && matches!(reading.word(next), "de" | "den" | "der" | "het" | "'" | "t") {
        next += 1;
    }
    let name = next;
    while next < name + 3
        && reading
            .tokens
            .get(next)
            .is_some_and(|token| token.capital && token.is_letters())
    {
        next += 1;
    }
    // "laan van nieuw oost indie 77", all in small letters; "weg van" is too often on the way.
    if next == name && !matches!(reading.word(at), "weg" | "pad") && reading.word(at + 1) == "van" {
        while next < name + 3
            && reading.tokens.get(next).is_some_and(|token| {
                token.is_letters() && token.text.chars().count() >= 3 && !is_no_place(&token.text)
            })
        {
            next += 1;
        }
    }
    (next > name)
        .then(|| house_number(reading, next))?
        .map(|last| (at, last))
}

/// "'t Zand 23", "De Oostermeenthe 204", "Achter de Hoven 93": an article, words with a capital and a number. After "de"
/// and "het" the name has to be a word that nothing else is called by.
fn with_article(reading: &Reading, at: usize) -> Option<(usize, usize)> {
    let small = reading.word(at) == "t";
    let capital = |at: usize| {
        reading.tokens.get(at).is_some_and(|token| {
            token.capital && token.is_letters() && token.text.chars().count() >= 3
        })
    };
    let behind = ["achter", "onder", "boven", "tussen", "bij"].contains(&reading.word(at))
        && matches!(reading.word(at + 1), "de" | "het" | "den")
        && capital(at)
        && capital(at + 2);
    let article = matches!(reading.word(at), "de" | "het") && capital_letter(reading, at);
    if !(small || behind || article) {
        return None;
    }
    let mut next = if behind { at + 2 } else { at + 1 };
    let name = next;
    while next < name + 2 && capital(next) {
        next += 1;
    }
    let last = house_number(reading, next)?;
    let word = reading.word(name);
    let sure = behind
        || small && !is_thing(word)
        || next == name + 1 && word.chars().count() >= 6 && !is_common(word) && !is_thing(word);
    let stands_apart = matches!(
        reading.word(last + 1),
        "" | ","
            | "."
            | "?"
            | ")"
            | "in"
            | "te"
            | "ook"
            | "is"
            | "maar"
            | "graag"
            | "en"
            | "of"
            | "kan"
            | "mag"
    ) || reading.on_new_line(last + 1);
    (next > name && sure && (small || behind || stands_apart)).then_some((
        // The apostrophe of "'t".
        if small && at > 0 && reading.word(at - 1) == "'" && reading.touch(at - 1, at) {
            at - 1
        } else {
            at
        },
        last,
    ))
}

fn capital_letter(reading: &Reading, at: usize) -> bool {
    reading.tokens.get(at).is_some_and(|token| token.capital)
}

/// "Noordeinde 22, 7731 AC": a word with a capital and a house number, when a postcode follows.
fn number_and_postcode(reading: &Reading, at: usize) -> Option<(usize, usize)> {
    let token = reading.tokens.get(at)?;
    if !token.is_letters() || token.text.chars().count() < 3 {
        return None;
    }
    let last = house_number(reading, at + 1)?;
    let next = if matches!(reading.word(last + 1), "," | ".") {
        last + 2
    } else {
        last + 1
    };
    let end = postcode(reading, next)?;
    Some((at, end - 1))
}

fn is_street_name(word: &str) -> bool {
    NO_STREETS.binary_search(&word).is_err()
        && STREETS.iter().any(|end| {
            word.strip_suffix(end)
                .is_some_and(|front| front.chars().count() >= 3)
        })
}

/// "ik woon op Het Vlier 8", "mijn adres is Lange Nering 45": a name of at most four words and a number.
fn home(reading: &Reading, at: usize) -> Option<(usize, usize)> {
    let word = |at: usize| reading.word(at);
    let mut next = at + 1;
    match word(at) {
        "woon" | "woont" | "wonen" | "wonende" | "woonachtig" | "verhuisd" | "verhuis"
        | "verhuizen" => {
            for _ in 0..3 {
                if matches!(
                    word(next),
                    "ik" | "wij" | "we" | "nu" | "zelf" | "hier" | "al"
                ) {
                    next += 1;
                }
            }
            let capital = reading.tokens.get(next).is_some_and(|token| token.capital);
            if matches!(word(next), "op" | "aan" | "naar") {
                next += 1;
            } else if !capital || word(next) == "ik" {
                return None;
            }
            let small = |at: usize| reading.tokens.get(at).is_some_and(|token| !token.capital);
            if matches!(word(next), "de" | "het" | "'") && small(next) {
                next += 1;
            }
        }
        "adres" | "adresje" | "woonadres" | "huisadres" | "postadres" | "bezorgadres" => {
            let capital = reading.tokens.get(next).is_some_and(|token| token.capital);
            if matches!(word(next), "is" | ":" | "was" | "=" | "wordt" | "blijft") {
                next += 1;
            } else if !capital {
                return None;
            }
        }
        _ => return None,
    }
    let first = next;
    while next < first + 5 {
        if next > first
            && let Some(last) = house_number(reading, next)
        {
            return Some((first, last));
        }
        let token = reading.tokens.get(next)?;
        if !token.is_letters() || !token.capital && is_no_place(&token.text) {
            return None;
        }
        next += 1;
    }
    None
}

/// A postcode with a house number behind it, or before it.
fn postcode_and_number(reading: &Reading, at: usize) -> Option<(usize, usize)> {
    if glued(reading.word(at)) {
        return Some((at, at));
    }
    if let Some(end) = postcode(reading, at) {
        let mut next = end;
        for _ in 0..5 {
            if matches!(
                reading.word(next),
                "," | "en"
                    | "huisnummer"
                    | "huisnr"
                    | "nummer"
                    | "nr"
                    | "."
                    | ":"
                    | "is"
                    | "met"
                    | "op"
                    | "dan"
                    | "-"
            ) || is_place(reading, next)
            {
                next += 1;
            }
        }
        return house_number(reading, next).map(|last| (at, last));
    }
    // "huisnummer 12, 8102 AB" and "nr 12 8102AB"
    if matches!(reading.word(at), "huisnummer" | "huisnr" | "nummer" | "nr") {
        let mut number = at + 1;
        while number < at + 3 && matches!(reading.word(number), "." | ":" | "is") {
            number += 1;
        }
        let last = house_number(reading, number)?;
        let mut next = last + 1;
        while next < last + 5
            && matches!(
                reading.word(next),
                "," | "en" | "postcode" | "is" | ":" | "met"
            )
        {
            next += 1;
        }
        if let Some(end) = postcode(reading, next) {
            return Some((number, end - 1));
        }
        // "nummer 14 in de Kerkstraat"
        let mut next = last + 1;
        while next < last + 3 && matches!(reading.word(next), "in" | "aan" | "van" | "de" | "het") {
            next += 1;
        }
        return (next > last + 1 && is_street_name(reading.word(next))).then_some((number, next));
    }
    None
}

/// The name of a place between a postcode and "nr 6".
fn is_place(reading: &Reading, at: usize) -> bool {
    reading
        .tokens
        .get(at)
        .is_some_and(|token| token.is_letters() && token.text.chars().count() >= 3)
        && matches!(
            reading.word(at + 1),
            "nr" | "nummer" | "huisnummer" | "huisnr" | ","
        )
        && reading.tokens.get(at + 2).is_some_and(|token| {
            is_house(token) || matches!(token.text.as_str(), "nr" | "nummer" | "huisnummer")
        })
}

/// A postcode and a house number in one word: "7721ab14".
fn glued(word: &str) -> bool {
    let (front, number) = word.split_at_checked(6).unwrap_or_default();
    let (digits, letters) = front.split_at_checked(4).unwrap_or_default();
    !digits.starts_with('0')
        && digits.len() == 4
        && digits.bytes().all(|b| b.is_ascii_digit())
        && letters.bytes().all(|b| b.is_ascii_lowercase())
        && (1..=3).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// The token after a postcode that begins here: `8011AB`, `8011 AB`, `8011 ab`.
fn postcode(reading: &Reading, at: usize) -> Option<usize> {
    let token = reading.tokens.get(at)?;
    let digits = token.text.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 4 || token.text.starts_with('0') {
        return None;
    }
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_lowercase());
    if token.text.len() > 4 {
        let rest = token.text.get(4..).unwrap_or_default();
        return (letters(rest) && !matches!(rest, "km" | "kg" | "mb" | "gb" | "ml" | "cm" | "kw"))
            .then_some(at + 1);
    }
    let next = reading.tokens.get(at + 1)?;
    let word = matches!(
        next.text.as_str(),
        "is" | "en"
            | "in"
            | "de"
            | "of"
            | "op"
            | "om"
            | "na"
            | "te"
            | "me"
            | "je"
            | "we"
            | "ik"
            | "er"
            | "al"
            | "ze"
            | "uw"
            | "zo"
            | "nu"
            | "ja"
            | "km"
            | "kg"
            | "mb"
            | "gb"
            | "ml"
            | "cm"
            | "kw"
            | "eu"
            | "dd"
    );
    let year = matches!(token.text.get(..2), Some("19" | "20"));
    let small = !next.capitals && (word || year);
    (letters(&next.text) && !small && !(next.capitals && word && year)).then_some(at + 2)
}
