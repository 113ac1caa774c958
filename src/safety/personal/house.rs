//! House numbers.

use super::reading::{Reading, Token, is_masked};

/// The last token of a house number that begins here: `12`, `12a`, `12 A`, `12-3`, `12 hs`, `nr 12`.
pub(super) fn house_number(reading: &Reading, at: usize) -> Option<usize> {
    let mut at = at;
    if matches!(reading.word(at), "nr" | "nummer" | "huisnummer" | "no") {
        at += 1;
        if matches!(reading.word(at), "." | ":") {
            at += 1;
        }
    }
    let token = reading.tokens.get(at)?;
    if !is_house(token) || reading.on_new_line(at) && at == 0 {
        return None;
    }
    let mut last = at;
    let dash = matches!(reading.word(at + 1), "-" | "/")
        && reading.touch(at, at + 1)
        && reading.touch(at + 1, at + 2);
    let addition = |at: usize| {
        reading.tokens.get(at).is_some_and(|token| {
            matches!(
                token.text.as_str(),
                "hs" | "bis" | "huis" | "boven" | "beneden" | "hoog" | "rood" | "zwart"
            ) || token.text.len() <= 4
                && ["hs", "hg"].iter().any(|end| {
                    token
                        .text
                        .strip_suffix(end)
                        .is_some_and(|front| front.bytes().all(|b| b.is_ascii_digit()))
                })
                || token.text.len() == 1
                    && token.is_letters()
                    && (token.capital
                        || !matches!(token.text.as_str(), "u" | "k" | "n" | "t" | "m" | "x"))
        })
    };
    if dash
        && reading
            .tokens
            .get(at + 2)
            .is_some_and(|token| token.text.len() <= 4 && !token.text.starts_with(is_masked))
    {
        last = at + 2;
        if reading.word(last + 1) == "hoog" {
            last += 1;
        }
    } else if addition(at + 1) && reading.word(at + 1) != "hoog" {
        last = at + 1;
    }
    (!has_unit(reading, last + 1)).then_some(last)
}

/// One to four digits, perhaps a letter; no year.
pub(super) fn is_house(token: &Token) -> bool {
    let digits = token.text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = token.text.get(digits..).unwrap_or_default();
    let year = digits == 4 && matches!(token.text.get(..2), Some("19" | "20"));
    (1..=4).contains(&digits)
        && !year
        && !token.text.starts_with('0')
        && (rest.is_empty()
            || rest.len() == 1 && rest != "x" && rest != "e"
            || matches!(rest, "hs" | "bis"))
}

fn has_unit(reading: &Reading, at: usize) -> bool {
    matches!(
        reading.word(at),
        "uur"
            | "keer"
            | "km"
            | "kilometer"
            | "meter"
            | "m"
            | "euro"
            | "jaar"
            | "jaren"
            | "minuten"
            | "min"
            | "dagen"
            | "dag"
            | "weken"
            | "week"
            | "maanden"
            | "maand"
            | "procent"
            | "%"
            | "x"
            | "personen"
            | "mensen"
            | "kinderen"
            | "hoog"
            | "huizen"
            | "lantaarns"
            | "bomen"
            | "auto"
            | "ste"
            | "e"
            | "winkels"
            | "kamers"
            | "€"
    ) || matches!(reading.word(at), ":" | ".")
        && reading.touch(at - 1, at)
        && reading.touch(at, at + 1)
        && reading.tokens.get(at + 1).is_some_and(Token::is_digits)
}
