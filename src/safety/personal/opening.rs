//! The words with which somebody says who he is, or who somebody else is.

use super::given::is_given;
use super::name::{is_ordinary, is_particle};
use super::name_words::{CLOSINGS, OWN_TITLES, PERSONS, THANKS, TITLES};
use super::reading::Reading;

/// What was said before the name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
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

/// Where the name would begin, when words that introduce one begin here.
pub(super) fn opening(reading: &Reading, at: usize) -> Option<(usize, Opening)> {
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
    // "ik ben oma van zes" says whose grandmother.
    let whose = OWN_TITLES.contains(&reading.word(next))
        && reading.word(next + 1) == "van"
        && reading
            .tokens
            .get(next + 2)
            .is_some_and(|token| !token.capital);
    if !title(next) || whose {
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
        "contact" | "contactpersoon" | "aanspreekpunt"
            if word(1) == ":" || word(0) != "contact" && word(1) == "is" =>
        {
            (2, Opening::Perhaps)
        }
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
pub(super) fn is_greeted(reading: &Reading, at: usize) -> bool {
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
pub(super) fn closing(reading: &Reading, at: usize) -> Option<(usize, Opening)> {
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

/// Whether "naam" is the sender's: "mijn naam", "m'n naam", or alone at the beginning of a line.
fn is_own(reading: &Reading, at: usize) -> bool {
    match reading.word_before(at, 1) {
        "mijn" | "mn" | "me" | "mien" | "mij" | "min" => true,
        "n" => reading.word_before(at, 2) == "'",
        "de" | "volledige" | "hele" => matches!(reading.word(at + 1), "is" | ":"),
        _ => reading.on_new_line(at) && reading.word(at + 1) == ":",
    }
}
