//! Names of people who say who they are, or of whom somebody says so.

use std::ops::Range;

use super::Look;
use crate::language::is_common;

use super::given::{is_given, is_surely_given};
use super::name_words::{CLOSINGS, OWN_TITLES, PERSONS, THANKS, TITLES};
use super::no_name::{is_no_name, is_saying, is_state, is_title, is_verb_like, tongue};
use super::reading::{Reading, Token, is_masked};

/// What was said before the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// "ik ben": more often something else follows, so the word has to look like a name.
    Am,
    /// "dit is", "met": a name only when it surely is one.
    Perhaps,
    /// "mijn naam is", "ik heet": a name in small letters counts too.
    Called,
    /// "mevrouw": a name in small letters counts when it is no ordinary word.
    Title,
    /// "groetjes": what follows up to the end of the line is the name.
    Closing,
}

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
        if reading.word(at + 1) == "hier" && named && is_given(reading.word(at)) {
            places.push(reading.span(at, at));
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

/// Where the name would begin, when words that introduce one begin here.
fn opening(reading: &Reading, at: usize) -> Option<(usize, Opening)> {
    let (next, opening) = said(reading, at)?;
    if opening == Opening::Title {
        return Some((next, opening));
    }
    let title =
        |at: usize| TITLES.contains(&reading.word(at)) || OWN_TITLES.contains(&reading.word(at));
    let next = if reading.word(next) == "de" && title(next + 1) {
        next + 1
    } else {
        next
    };
    if !title(next) {
        return Some((next, opening));
    }
    let next = next + 1;
    let next = if reading.word(next) == "." {
        next + 1
    } else {
        next
    };
    Some((next, Opening::Called))
}

/// The words that introduce a name, and where they end.
fn said(reading: &Reading, at: usize) -> Option<(usize, Opening)> {
    let word = |ahead: usize| reading.word(at + ahead);
    let found = match word(0) {
        "ik" if word(1) == "ben" && word(2) == "het" => {
            (if word(3) == "," { 4 } else { 3 }, Opening::Perhaps)
        }
        "ik" | "k" if matches!(word(1), "ben" | "bn") => (2, Opening::Am),
        "ben" if word(1) == "ik" => (2, Opening::Am),
        "i" if word(1) == "am" => (2, Opening::Am),
        "i" if word(1) == "'" && word(2) == "m" => (3, Opening::Am),
        "im" | "soy" | "jestem" => (1, Opening::Am),
        "ich" if word(1) == "bin" => (2, Opening::Am),
        "ik" | "k" if matches!(word(1), "heet" | "heette" | "heeet") => (2, Opening::Called),
        "heet" if word(1) == "ik" => (2, Opening::Called),
        "heet" if PERSONS.contains(&reading.word_before(at, 1)) => (1, Opening::Am),
        "ich" if matches!(word(1), "heisse" | "heiße") => (2, Opening::Called),
        "name"
            if matches!(reading.word_before(at, 1), "my" | "mein" | "full")
                && matches!(word(1), "is" | "ist" | ":") =>
        {
            (2, Opening::Called)
        }
        "name" if word(1) == "'" && word(2) == "s" => (3, Opening::Called),
        "je" if word(1) == "suis" => (2, Opening::Am),
        "van" if PERSONS.contains(&reading.word_before(at, 1)) => (1, Opening::Perhaps),
        "appelle" if reading.word_before(at, 1) == "'" => (1, Opening::Called),
        "llamo" if reading.word_before(at, 1) == "me" => (1, Opening::Called),
        "nombre" if word(1) == "es" => (2, Opening::Called),
        "chiamo" => (1, Opening::Called),
        "nazywam" if matches!(word(1), "sie" | "się") => (2, Opening::Called),
        "imie" if reading.word_before(at, 1) == "na" => (1, Opening::Called),
        "adım" | "adim" | "ismim" | "ismi" | "اسمي" => (1, Opening::Called),
        "зовут" | "звати" => (1, Opening::Called),
        "naam" if is_own(reading, at) && matches!(word(1), "is" | ":" | "=") => {
            (2, Opening::Called)
        }
        "naam"
            if matches!(reading.word_before(at, 1), "zijn" | "haar" | "diens")
                && word(1) == "is" =>
        {
            (2, Opening::Am)
        }
        "naam" if reading.on_new_line(at) && word(1) == "is" => (2, Opening::Title),
        "naam" if word(1) != "is" && (is_own(reading, at) || reading.on_new_line(at)) => {
            (1, Opening::Am)
        }
        "voornaam" | "achternaam" | "roepnaam" => (
            if matches!(word(1), "is" | ":" | "=") {
                2
            } else {
                1
            },
            Opening::Title,
        ),
        "ik" if word(1) == "," => (2, Opening::Perhaps),
        "noem" if matches!(word(1), "me" | "mij") => {
            (if word(2) == "maar" { 3 } else { 2 }, Opening::Am)
        }
        "spreekt" if word(1) == "met" => (2, Opening::Called),
        "spreekt" if matches!(word(1), "u" | "je") && word(2) == "met" => (3, Opening::Called),
        "met" if is_greeted(reading, at) => (1, Opening::Perhaps),
        "dit" if word(1) == "is" => (2, Opening::Perhaps),
        "this" if word(1) == "is" && is_presented(reading, at + 2) => (2, Opening::Am),
        "tnv" => (1, Opening::Title),
        "name" if reading.word_before(at, 1) == "ten" && word(1) == "van" => (2, Opening::Title),
        // "t.n.v."
        "v" if reading.word_before(at, 2) == "n" && reading.word_before(at, 4) == "t" => {
            (if word(1) == "." { 2 } else { 1 }, Opening::Title)
        }
        "naam" if is_on_name(reading, at) && word(1) == "van" => (2, Opening::Perhaps),
        "naam" if reading.word_before(at, 1) == "de" && reading.word_before(at, 2) == "onder" => {
            let known = (3..=6).any(|back| is_register(reading.word_before(at, back)));
            (1, if known { Opening::Title } else { Opening::Am })
        }
        "contact" | "contactpersoon" | "aanspreekpunt" if word(1) == ":" => (2, Opening::Perhaps),
        person if PERSONS.contains(&person) && is_own_person(reading, at) => (1, Opening::Perhaps),
        title if TITLES.contains(&title) => {
            let short = matches!(title, "mevr" | "mw" | "mvr" | "dhr" | "fam");
            let stop = usize::from(short && word(1) == ".");
            (1 + stop, Opening::Title)
        }
        _ => return None,
    };
    Some((at + found.0, found.1))
}

/// "This is Kofi, …": somebody says who calls or writes.
fn is_presented(reading: &Reading, at: usize) -> bool {
    let end = if reading.tokens.get(at + 1).is_some_and(|next| next.capital) {
        at + 2
    } else {
        at + 1
    };
    matches!(
        reading.word(end),
        "" | "," | "." | "and" | "i" | "from" | "calling" | "speaking" | "here" | "writing"
    )
}

/// Whether a word says that somebody is written down: "reservering onder de naam …".
fn is_register(word: &str) -> bool {
    [
        "reserv", "gereserv", "inschrij", "ingeschr", "afspraak", "besteld", "lid",
    ]
    .iter()
    .any(|start| word.starts_with(start))
}

/// "op naam van", "ten name van".
fn is_on_name(reading: &Reading, at: usize) -> bool {
    matches!(reading.word_before(at, 1), "op")
}

/// Whether it is somebody's mother, son or neighbour: "mijn moeder Riet".
fn is_own_person(reading: &Reading, at: usize) -> bool {
    matches!(
        reading.word_before(at, 1),
        "mijn" | "mn" | "me" | "onze" | "ons" | "n" | "haar" | "zijn"
    )
}

/// Whether a greeting, or nothing, stands before "met": "goedemiddag, met Petra".
fn is_greeted(reading: &Reading, at: usize) -> bool {
    if at == 0 {
        return true;
    }
    let before = if matches!(reading.word(at - 1), "," | "!" | ".") {
        2
    } else {
        1
    };
    matches!(
        reading.word_before(at, before),
        "hallo"
            | "hoi"
            | "hai"
            | "hey"
            | "hee"
            | "goedemorgen"
            | "goedemiddag"
            | "goedenavond"
            | "goedendag"
            | "goeiedag"
            | "goeiemorgen"
            | "goeiemiddag"
            | "goeienavond"
            | "moi"
            | "dag"
            | "middag"
            | "morgen"
            | "avond"
    )
}

/// Where the name under a letter would begin.
fn closing(reading: &Reading, at: usize) -> Option<(usize, Opening)> {
    let word = reading.word(at);
    let mut next = at + 1;
    if CLOSINGS.contains(&word) || is_spelled_closing(reading, at) {
        while next < at + 4 && matches!(reading.word(next), "," | "." | ":" | "-" | "!") {
            next += 1;
        }
        if matches!(reading.word(next), "van" | "uw")
            && reading
                .tokens
                .get(next + 1)
                .is_some_and(|token| token.capital)
        {
            next += 1;
        }
        let named = OWN_TITLES.contains(&reading.word(next));
        return Some((next + usize::from(named), Opening::Closing));
    }
    if !THANKS.contains(&word) {
        return None;
    }
    while next < at + 3 && matches!(reading.word(next), "," | "." | "!") {
        next += 1;
    }
    let apart = next > at + 1 || reading.on_new_line(next);
    let capital = reading.tokens.get(next).is_some_and(|token| token.capital);
    (apart && capital && is_signed(reading, next)).then_some((next, Opening::Closing))
}

/// The last letter of "m.v.g.".
fn is_spelled_closing(reading: &Reading, at: usize) -> bool {
    reading.word(at) == "g"
        && ["v", "m"].iter().zip([2, 4]).all(|(letter, back)| {
            reading.word_before(at, back) == *letter && reading.word_before(at, back - 1) == "."
        })
}

/// Whether at most three words with capitals stand between here and the end of the text.
fn is_signed(reading: &Reading, at: usize) -> bool {
    let rest = reading.tokens.get(at..).unwrap_or_default();
    rest.len() <= 6
        && rest.iter().all(|token| {
            token.text == "." || is_particle(&token.text) || token.capital && token.is_letters()
        })
        && rest
            .first()
            .is_some_and(|token| is_given(&token.text) || !is_ordinary(&token.text))
}

/// Whether a name under a letter ends where it should: at the end of the line or of the sentence.
fn is_signature(reading: &Reading, end: usize) -> bool {
    reading.tokens.get(end).is_none_or(|token| {
        token.ends_part()
            || matches!(token.text.as_str(), "en" | "uit")
            || !token.text.chars().all(char::is_alphanumeric)
    }) || reading.on_new_line(end)
}

/// Whether "naam" is the sender's: "mijn naam", "m'n naam", or alone at the beginning of a line.
fn is_own(reading: &Reading, at: usize) -> bool {
    match reading.word_before(at, 1) {
        "mijn" | "mn" | "me" | "mien" | "mij" | "min" => true,
        "n" => reading.word_before(at, 2) == "'",
        "de" | "volledige" | "hele" => matches!(reading.word(at + 1), "is" | ":"),
        _ => reading.on_new_line(at) && reading.word(at + 1) == ":",
    }
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
            start == first
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

fn is_particle(word: &str) -> bool {
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
fn is_ordinary(word: &str) -> bool {
    word.chars().count() >= 10 || is_common(word)
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
