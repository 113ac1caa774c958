//! Passwords, PINs and codes: the secret goes, the word before it stays.

use std::ops::Range;

use super::Look;
use super::reading::{MASKED_SECRET, Reading, is_masked};
use super::secret_words::{ADVERBS, FAULTS, FILLERS, NO_CODES, PASSWORDS, SAID, UNITS};
use super::{code, phrase};

/// What the word before a secret says about how the secret looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Anything: "wachtwoord".
    Password,
    /// Anything, but the word has another meaning: "ww" is also unemployment benefit.
    Ww,
    /// Digits.
    Pin,
    /// Digits, perhaps with letters: "inlogcode".
    Code,
    /// Only after "is" or a colon: "code".
    AnyCode,
}

/// The longest secret; what is longer is no secret but a text without spaces.
const LONGEST: usize = 128;

/// How many words may stand between the word and the secret.
const FURTHEST: usize = 9;

/// Where secrets stand.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let reading = look.reading;
    let mut places = Vec::new();
    for at in 0..reading.tokens.len() {
        if let Some(sort) = sort(reading, at) {
            let before_this = places.len();
            after(look, at, sort, &mut places);
            places.extend(before(reading, at, sort));
            if places.len() > before_this {
                continue;
            }
            places.extend(match sort {
                Sort::Password => phrase::after(reading, at, false)
                    .or_else(|| phrase::further(reading, at))
                    .or_else(|| phrase::earlier(reading, at)),
                Sort::Ww => phrase::after(reading, at, true),
                Sort::Pin | Sort::Code | Sort::AnyCode => {
                    code::further(look, at, sort == Sort::Pin)
                        .or_else(|| code::mixed(reading, at, sort == Sort::Code))
                        .or_else(|| code::letters(reading, at))
                        .or_else(|| code::told(reading, at))
                        .or_else(|| code::before(look, at))
                }
            });
        } else {
            places.extend(code::in_message(look, at));
            places.extend(code::typed(reading, at));
            places.extend(phrase::login(reading, at));
            places.extend(phrase::network(reading, at));
        }
    }
    places
}

fn sort(reading: &Reading, at: usize) -> Option<Sort> {
    let word = reading.word(at);
    if PASSWORDS.iter().any(|part| word.contains(part)) || word == "pw" {
        return Some(Sort::Password);
    }
    let known = |front: &str| NO_CODES.binary_search(&front).is_ok();
    match word {
        "ww" => Some(Sort::Ww),
        "woord" if reading.word_before(at, 1) == "wacht" => Some(Sort::Password),
        "passe" if reading.word_before(at, 1) == "de" => Some(Sort::Password),
        "pin" | "cvc" | "cvv" | "pinkode" | "pincodes" => Some(Sort::Pin),
        "cijferslot" => Some(Sort::Pin),
        "puk" => Some(Sort::Code),
        _ if word.ends_with("pincode") => Some(Sort::Pin),
        "code" | "kode" | "codes" | "kod" => {
            let dash = reading.word_before(at, 1) == "-";
            let before = reading.word_before(at, if dash { 2 } else { 1 });
            match before {
                "foutmelding" | "pin" => None,
                _ if known(before) => None,
                _ if is_fault(reading, at) => None,
                "sms" | "digid" | "inlog" | "tan" | "puk" | "koppel" | "controle" => {
                    Some(Sort::Code)
                }
                _ => Some(Sort::AnyCode),
            }
        }
        _ => ["code", "codes", "kode"]
            .into_iter()
            .filter_map(|end| word.strip_suffix(end))
            .any(|front| front.chars().count() >= 2 && !known(front))
            .then_some(Sort::Code),
    }
}

/// Whether the name of a user stands shortly before: "gebruikersnaam kees wachtwoord keesje".
fn is_beside_user(reading: &Reading, at: usize) -> bool {
    (1..=4).any(|back| is_user(reading.word_before(at, back)))
}

pub(super) fn is_user(word: &str) -> bool {
    matches!(
        word,
        "gebruikersnaam" | "inlognaam" | "username" | "login" | "user"
    )
}

/// Whether a word such as "foutmelding" stands shortly before.
fn is_fault(reading: &Reading, at: usize) -> bool {
    (1..=5).any(|back| FAULTS.contains(&reading.word_before(at, back)))
}

/// Words that may stand between the word and the secret.
fn is_filler(word: &str) -> bool {
    FILLERS.binary_search(&word).is_ok() || is_adverb(word)
}

fn is_adverb(word: &str) -> bool {
    ADVERBS.binary_search(&word).is_ok()
}

/// How sure the words before a value make that it is the secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Marker {
    /// "wachtwoord Welkom1"
    None,
    /// "wachtwoord is …"
    Is,
    /// "wachtwoord: …"
    Sign,
}

/// Secrets after the word; more than one when "en" goes on ("1234 en die van mijn man 4321").
fn after(look: &Look<'_>, at: usize, sort: Sort, places: &mut Vec<Range<usize>>) {
    let reading = look.reading;
    let mut marker = if is_beside_user(reading, at) {
        Marker::Is
    } else {
        Marker::None
    };
    let mut first = true;
    let mut bare = true;
    let mut at = at + 1;
    let mut steps = 0;
    while steps < FURTHEST
        && let Some(token) = reading.tokens.get(at)
    {
        steps += 1;
        if token.text.starts_with(MASKED_SECRET) {
            (first, steps) = (false, 0);
            at += 1;
            continue;
        }
        let filler = is_filler(&token.text) && !matches!(token.text.as_str(), "\"" | "'")
            || matches!(token.text.as_str(), ":" | "=" | ">");
        if !filler && let Some(signs) = secret(look, at, sort, marker, first && bare) {
            at = reading.token_from(signs.end);
            if matches!(reading.word(at), "\"" | "'") {
                at += 1;
            }
            places.push(signs);
            (first, steps) = (false, 0);
            continue;
        }
        match token.text.as_str() {
            "is" | "was" | "luidt" | "wordt" | "blijft" | "ist" | "jest" | "est" => {
                marker = marker.max(Marker::Is)
            }
            ":" | "=" | ">" => marker = Marker::Sign,
            "en" | "of" if !first => {}
            word if is_filler(word) => bare &= !is_adverb(word),
            _ => return,
        }
        at += 1;
    }
}

/// The stretch of a secret that begins at this token.
fn secret(
    look: &Look<'_>,
    at: usize,
    sort: Sort,
    marker: Marker,
    plain: bool,
) -> Option<Range<usize>> {
    let reading = look.reading;
    if matches!(reading.word(at), "\"" | "'") {
        return quoted(reading, at, sort);
    }
    let spoken = code::spoken(look, at);
    if spoken.is_some() && (marker > Marker::None || matches!(sort, Sort::Pin | Sort::Code)) {
        return spoken;
    }
    let ends = reading.tokens.get(at).is_none_or(|token| token.ends_part());
    if ends {
        return None;
    }
    let sure = sort != Sort::AnyCode || marker > Marker::None;
    if let Some((signs, count)) = digits(reading, at) {
        if !sure && code::is_none(reading, at, &signs, false) {
            return None;
        }
        let fewest = match (sort, marker) {
            (Sort::Pin, Marker::Is | Marker::Sign) => 3,
            (Sort::Ww, Marker::None | Marker::Is) => return None,
            _ => 4,
        };
        return (fewest..=12).contains(&count).then_some(signs);
    }
    let run = run(reading, at).filter(|_| sure)?;
    let shape = Shape::of(reading, &run);
    if is_address(reading, &run) {
        return None;
    }
    let secret = match sort {
        Sort::Pin | Sort::Code | Sort::AnyCode => {
            shape.characters >= 4
                && !shape.time
                && (shape.digits > 0 && (sort != Sort::Pin || shape.digits >= 3)
                    || sort == Sort::Code && shape.all_capitals && marker > Marker::None)
        }
        Sort::Password | Sort::Ww => {
            shape.characters >= 4
                && !shape.time
                && (shape.digits > 0 && shape.letters > 0
                    || marker > Marker::None
                        && shape.letters > 0
                        && (shape.symbols > 0 || shape.inner_capital))
                || plain
                    && marker
                        >= if sort == Sort::Ww {
                            Marker::Sign
                        } else {
                            Marker::Is
                        }
                    && is_plain_secret(reading, at)
        }
    };
    (secret && !has_unit(reading, reading.token_from(run.end))).then_some(run)
}

/// Digits in one or more groups ("4 8 2 1", "902-114"), and how many.
pub(super) fn digits(reading: &Reading, at: usize) -> Option<(Range<usize>, usize)> {
    let first = reading.tokens.get(at).filter(|token| token.is_digits())?;
    let (mut count, mut last) = (first.text.len(), at);
    loop {
        let dash = reading.word(last + 1) == "-" && reading.touch(last, last + 1);
        let next = if dash { last + 2 } else { last + 1 };
        match reading.tokens.get(next) {
            Some(token)
                if token.is_digits()
                    && count < 12
                    && !reading.on_new_line(next)
                    && !has_unit(reading, next + 1) =>
            {
                count += token.text.len();
                last = next;
            }
            _ => break,
        }
    }
    // A letter, a dot or a slash right after it: this is a part of something else, such as a date.
    let end = reading.tokens.get(last)?.signs.end;
    let goes_on = matches!(
        reading.plain(end),
        '/' | '.' | ':' | '-' | '@' | '_' | '#' | '!' | '$' | '%' | '&' | '*'
    ) && !reading.plain(end + 1).is_whitespace();
    let date = count == 8 && last == at + 4;
    (!goes_on && !date && !has_unit(reading, last + 1)).then(|| (reading.span(at, last), count))
}

/// Whether a number is followed by what it counts: "5 cijfers", "3 keer".
pub(super) fn has_unit(reading: &Reading, at: usize) -> bool {
    UNITS.binary_search(&reading.word(at)).is_ok()
}

/// What stands between quotes right after the word.
fn quoted(reading: &Reading, at: usize, sort: Sort) -> Option<Range<usize>> {
    let open = reading.tokens.get(at)?.signs.end;
    let quote = reading.plain(open - 1);
    let length = reading
        .signs
        .iter()
        .skip(open)
        .take(LONGEST)
        .take_while(|sign| sign.plain != '\n' && !is_masked(sign.plain))
        .position(|sign| sign.plain == quote)?;
    let inside = open..open + length;
    let shape = Shape::of(reading, &inside);
    let single = reading.token_from(inside.start) + 1 == reading.token_from(inside.end);
    let secret = match sort {
        Sort::Password | Sort::Ww => {
            shape.digits > 0
                || single && !is_no_secret(reading.word(at + 1))
                || !single && phrase::is_free(reading, &inside)
        }
        _ => shape.digits >= 3,
    };
    (secret && shape.characters >= 3).then_some(inside)
}

/// Everything up to the next white space, without the signs that end a sentence.
pub(super) fn run(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let start = reading.tokens.get(at)?.signs.start;
    let length = reading
        .signs
        .iter()
        .skip(start)
        .take(LONGEST + 1)
        .take_while(|sign| !sign.plain.is_whitespace() && !is_masked(sign.plain))
        .count();
    if length > LONGEST {
        return None;
    }
    let mut end = start + length;
    while end > start
        && matches!(
            reading.plain_before(end),
            '.' | ',' | ';' | ':' | '?' | ')' | '"' | '\''
        )
    {
        end -= 1;
    }
    (end > start).then_some(start..end)
}

/// Whether this is an e-mail or web address: "wachtwoord van jan@voorbeeld.nl".
pub(super) fn is_address(reading: &Reading, run: &Range<usize>) -> bool {
    let text: String = run.clone().map(|at| reading.plain(at)).collect();
    let dotted = |domain: &str| {
        domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.len() >= 2 && last.chars().all(char::is_alphabetic))
    };
    text.starts_with("www.")
        || text.contains("://")
        || text
            .split_once('@')
            .is_some_and(|(_, domain)| dotted(domain))
}

pub(super) struct Shape {
    pub(super) characters: usize,
    pub(super) digits: usize,
    pub(super) letters: usize,
    /// Signs that people put in a password, not only at the end.
    pub(super) symbols: usize,
    inner_capital: bool,
    all_capitals: bool,
    /// A time, a date or an amount: digits with dots, slashes, dashes or colons in between and nothing else.
    pub(super) time: bool,
}

impl Shape {
    pub(super) fn of(reading: &Reading, run: &Range<usize>) -> Self {
        let signs = reading.signs.get(run.clone()).unwrap_or_default();
        let count =
            |wanted: fn(char) -> bool| signs.iter().filter(|sign| wanted(sign.plain)).count();
        let letters = count(char::is_alphabetic);
        let digits = count(|c| c.is_ascii_digit());
        let last = signs.len().saturating_sub(1);
        Self {
            characters: letters + digits,
            digits,
            letters,
            symbols: signs
                .iter()
                .take(last)
                .filter(|sign| {
                    matches!(
                        sign.plain,
                        '!' | '?' | '@' | '#' | '$' | '%' | '&' | '*' | '_' | '+' | '^'
                    )
                })
                .count(),
            inner_capital: signs.iter().skip(1).any(|sign| sign.capital)
                && signs
                    .iter()
                    .any(|sign| sign.plain.is_alphabetic() && !sign.capital),
            all_capitals: letters >= 4 && signs.iter().all(|sign| sign.capital),
            time: signs.iter().all(|sign| {
                sign.plain.is_ascii_digit() || matches!(sign.plain, '.' | ':' | '/' | '-' | ',')
            }),
        }
    }
}

/// Whether one plain word is the secret: "mijn wachtwoord is zonnebloem". It has to close its part of the sentence
/// and may not be what people say about a password ("kwijt", "verlopen").
fn is_plain_secret(reading: &Reading, at: usize) -> bool {
    let Some(token) = reading.tokens.get(at) else {
        return false;
    };
    let closes = match reading.tokens.get(at + 1) {
        None => true,
        Some(next) => {
            next.ends_part()
                || reading.on_new_line(at + 1)
                || matches!(
                    next.text.as_str(),
                    "en" | "maar"
                        | "dus"
                        | "want"
                        | "wat"
                        | "hoe"
                        | "waarom"
                        | "kan"
                        | "help"
                        | "met"
                        | "klopt"
                        | "dat"
                )
        }
    };
    closes && token.is_letters() && token.text.chars().count() >= 3 && !is_no_secret(&token.text)
}

/// Whether a word says something about a password instead of being one.
pub(super) fn is_no_secret(word: &str) -> bool {
    let participle = [
        "ge", "ver", "ont", "her", "be", "aange", "uitge", "opge", "afge", "inge", "door", "over",
    ]
    .into_iter()
    .any(|start| word.starts_with(start) && word.chars().count() >= 5)
        && ["d", "t", "en"].into_iter().any(|end| word.ends_with(end));
    let ending = ["lijk", "loos", "baar", "ig", "ige", "tijd"]
        .into_iter()
        .any(|end| word.ends_with(end));
    participle || ending || word.starts_with("on") || SAID.binary_search(&word).is_ok()
}

/// A secret before the word: "Welkom01 is mijn wachtwoord", "2580 als pincode".
fn before(reading: &Reading, at: usize, sort: Sort) -> Option<Range<usize>> {
    let mut verb = at.checked_sub(1)?;
    let mut steps = 0;
    while matches!(
        reading.word(verb),
        "mijn"
            | "me"
            | "mn"
            | "m"
            | "n"
            | "'"
            | "het"
            | "de"
            | "een"
            | "digid"
            | "oude"
            | "nieuwe"
            | "-"
            | "ons"
            | "onze"
            | "haar"
            | "wifi"
            | "sms"
    ) {
        steps += 1;
        if steps > 4 {
            return None;
        }
        verb = verb.checked_sub(1)?;
    }
    if !matches!(reading.word(verb), "is" | "als" | "was" | "=" | "zijn") {
        return None;
    }
    let last = verb.checked_sub(1)?;
    if matches!(sort, Sort::Pin | Sort::Code)
        && let Some(signs) = code::ending(reading, last)
    {
        return Some(signs);
    }
    let end = reading.tokens.get(last)?.signs.end;
    let length = reading
        .signs
        .iter()
        .take(end)
        .rev()
        .take(LONGEST)
        .take_while(|sign| !sign.plain.is_whitespace() && !is_masked(sign.plain))
        .count();
    let run = end - length..end;
    let shape = Shape::of(reading, &run);
    let year = shape.digits == 4
        && shape.letters == 0
        && matches!(
            reading.word_before(last, 1),
            "in" | "sinds" | "van" | "vanaf" | "tot"
        );
    let secret = match sort {
        Sort::Password | Sort::Ww | Sort::Code => shape.digits > 0 && shape.characters >= 4,
        Sort::Pin | Sort::AnyCode => shape.letters == 0 && (4..=8).contains(&shape.digits),
    };
    let plain_digits = shape.letters == 0 && shape.time && length != shape.digits;
    (secret && !year && !plain_digits).then_some(run)
}
