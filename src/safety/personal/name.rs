//! Names of people who say who they are.

use std::ops::Range;

use crate::language::is_common;

use super::reading::{Reading, Token, is_masked};

/// What was said before the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// "ik ben": more often something else follows, so the word has to look like a name.
    Am,
    /// "mijn naam is", "ik heet", "ik ben mevrouw": a name in small letters counts too.
    Called,
}

/// The most words of one name.
const LONGEST: usize = 6;

/// Where names stand after "ik ben", "mijn naam is" and "ik heet".
pub(super) fn find(reading: &Reading) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for at in 0..reading.tokens.len() {
        if let Some((first, opening)) = opening(reading, at)
            && let Some(end) = name(reading, first, opening)
        {
            places.push(reading.span(first, end - 1));
        }
    }
    places
}

/// Where the name would begin, when words that introduce one begin here.
fn opening(reading: &Reading, at: usize) -> Option<(usize, Opening)> {
    let word = |ahead: usize| reading.word(at + ahead);
    let (mut next, mut opening) = match word(0) {
        "ik" | "k" if word(1) == "ben" => (at + 2, Opening::Am),
        "ben" if word(1) == "ik" => (at + 2, Opening::Am),
        "ik" | "k" if matches!(word(1), "heet" | "heette") => (at + 2, Opening::Called),
        "naam" if is_own(reading, at) && matches!(word(1), "is" | ":" | "=") => {
            (at + 2, Opening::Called)
        }
        _ => return None,
    };
    let title = |at: usize| {
        matches!(
            reading.word(at),
            "mevrouw"
                | "mevr"
                | "mw"
                | "meneer"
                | "mijnheer"
                | "dhr"
                | "heer"
                | "dokter"
                | "opa"
                | "oma"
                | "tante"
        )
    };
    if reading.word(next) == "de" && title(next + 1) {
        next += 1;
    }
    if title(next) {
        next += 1;
        opening = Opening::Called;
        if reading.word(next) == "." {
            next += 1;
        }
    }
    Some((next, opening))
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
    while at < start + 3 && is_particle(reading.word(at)) {
        at += 1;
    }
    let token = reading.tokens.get(at)?;
    let after_particle = at > start && start == first;
    let fits = match opening {
        Opening::Am => !after_particle && is_name(reading, at, token),
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
        let mut next = end;
        if reading.word(next) == "-"
            && reading.touch(end - 1, next)
            && reading.touch(next, next + 1)
        {
            next += 1;
        }
        let mut particles = 0;
        while particles < 3 && is_particle(reading.word(next)) {
            (next, particles) = (next + 1, particles + 1);
        }
        if reading.on_new_line(next) {
            break;
        }
        let Some(token) = reading.tokens.get(next) else {
            break;
        };
        let small = opening == Opening::Called
            && !token.capital
            && !is_common(&token.text)
            && token.text.chars().count() >= 3
            && next == end + particles
            && !is_verb_like(&token.text)
            && ends(reading, next + 1);
        let joined = next > end + particles;
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
        && (!is_ordinary(&token.text)
            || GIVEN.binary_search(&token.text.as_str()).is_ok()
            || has_surname(reading, at))
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
            && !is_no_name(&token.text)
            && !is_common(&token.text)
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

/// Words that are no name even with a capital.
fn is_no_name(word: &str) -> bool {
    NO_NAMES.binary_search(&word).is_ok()
        || PEOPLES.iter().any(|people| word.starts_with(people))
        || word.ends_with("nummer")
}

/// What people say about a name: "mijn naam is veranderd".
fn is_verb_like(word: &str) -> bool {
    (word.starts_with("ge") || word.starts_with("ver"))
        && (word.ends_with('d') || word.ends_with('t') || word.ends_with("en"))
}

/// Given names that are ordinary words too; sorted.
const GIVEN: &[&str] = &[
    "adam",
    "amber",
    "anker",
    "antoinette",
    "bart",
    "bernadette",
    "bert",
    "bloem",
    "bob",
    "bram",
    "christiaan",
    "constantijn",
    "daan",
    "dirk",
    "eefje",
    "elisabeth",
    "ella",
    "ester",
    "fleur",
    "floor",
    "franciscus",
    "franciska",
    "frank",
    "geertruida",
    "gerard",
    "gert",
    "grietje",
    "guus",
    "harm",
    "hein",
    "henderika",
    "hendrik",
    "hendrikus",
    "henk",
    "herman",
    "hugo",
    "ineke",
    "ingrid",
    "iris",
    "jaap",
    "jacqueline",
    "jan",
    "jannie",
    "jantje",
    "jasmijn",
    "jet",
    "joep",
    "johannesje",
    "joost",
    "joris",
    "kees",
    "klaas",
    "klaasje",
    "koen",
    "konstantin",
    "koos",
    "lieve",
    "linde",
    "lisa",
    "lotte",
    "madelief",
    "margaretha",
    "maria",
    "marie",
    "marieke",
    "marijn",
    "mark",
    "maximiliaan",
    "mees",
    "merel",
    "mieke",
    "miep",
    "mies",
    "mike",
    "mina",
    "mirte",
    "noor",
    "nora",
    "olivier",
    "otto",
    "paul",
    "peter",
    "petronella",
    "pien",
    "piet",
    "pieter",
    "rein",
    "riet",
    "rob",
    "roos",
    "rosa",
    "ruben",
    "saar",
    "sam",
    "sander",
    "sebastiaan",
    "sebastian",
    "sofie",
    "stefan",
    "ster",
    "sterre",
    "storm",
    "teun",
    "theodorus",
    "thomas",
    "tijn",
    "tim",
    "tom",
    "tommie",
    "toon",
    "toos",
    "truus",
    "vera",
    "victor",
    "viola",
    "wilg",
    "wilhelmina",
    "wilhelmus",
    "willem",
    "willy",
    "wim",
    "wolf",
    "youssef",
];

/// Beginnings of words for where somebody comes from.
const PEOPLES: &[&str] = &[
    "afghaan",
    "afrikaan",
    "algerijn",
    "amerikaan",
    "antillia",
    "arabi",
    "armeen",
    "belg",
    "brits",
    "bulgaar",
    "chine",
    "christ",
    "deens",
    "drents",
    "duits",
    "egypt",
    "engels",
    "eritre",
    "ethiop",
    "europe",
    "frans",
    "fries",
    "ghane",
    "grieks",
    "griek",
    "hindoe",
    "hongaar",
    "indiaa",
    "indiase",
    "indonesi",
    "iraak",
    "iraans",
    "iranier",
    "irakees",
    "irakez",
    "italiaan",
    "jemen",
    "jood",
    "joods",
    "katholiek",
    "koerd",
    "kroaat",
    "litouw",
    "marokkaan",
    "molukse",
    "molukker",
    "moslim",
    "nederlands",
    "nederlander",
    "nigeri",
    "oekrai",
    "overijssel",
    "pakistaan",
    "palestij",
    "perzisch",
    "polen",
    "pools",
    "poolse",
    "portuge",
    "protestant",
    "roemeen",
    "rus",
    "russ",
    "salland",
    "servi",
    "somali",
    "soedan",
    "spaans",
    "spanjaard",
    "sudan",
    "surinaam",
    "surinam",
    "syri",
    "thais",
    "tsjech",
    "tukker",
    "tunes",
    "turk",
    "twent",
    "vietna",
    "vlaming",
    "zwols",
    "zwollenaar",
];

/// Ordinary words that often follow, and short ones that the word list does not know; sorted.
const NO_NAMES: &[&str] = &[
    "aan",
    "aardig",
    "afgekeurd",
    "al",
    "alleen",
    "alleenstaand",
    "alleenstaande",
    "analfabeet",
    "anders",
    "aow",
    "aow-er",
    "arm",
    "autist",
    "autistisch",
    "bang",
    "benieuwd",
    "bewoner",
    "bezig",
    "bij",
    "bijna",
    "bijstand",
    "blij",
    "blind",
    "boos",
    "bsn",
    "cak",
    "chronisch",
    "client",
    "correct",
    "daar",
    "dakloos",
    "dan",
    "dat",
    "de",
    "dement",
    "depressief",
    "deze",
    "die",
    "digibeet",
    "digid",
    "dik",
    "dit",
    "doof",
    "door",
    "dus",
    "echt",
    "een",
    "eenzaam",
    "eigenlijk",
    "en",
    "er",
    "erg",
    "even",
    "facebook",
    "fout",
    "geen",
    "gehandicapt",
    "gek",
    "gelovig",
    "gescheiden",
    "gestopt",
    "getrouwd",
    "goed",
    "google",
    "haar",
    "heel",
    "hem",
    "het",
    "hier",
    "hij",
    "hoe",
    "hollander",
    "hulp",
    "huurder",
    "ik",
    "in",
    "invalide",
    "inwoner",
    "is",
    "ja",
    "jarig",
    "je",
    "jong",
    "jullie",
    "klaar",
    "kwijt",
    "langs",
    "ma",
    "maar",
    "mama",
    "man",
    "mantelzorger",
    "me",
    "mee",
    "met",
    "mijn",
    "mijnoverheid",
    "misschien",
    "moe",
    "moeder",
    "na",
    "naar",
    "nederland",
    "net",
    "niet",
    "nieuw",
    "niks",
    "nl",
    "nog",
    "nooit",
    "nu",
    "oke",
    "om",
    "oma",
    "omdat",
    "onjuist",
    "onze",
    "ook",
    "op",
    "opa",
    "opgelicht",
    "oud",
    "ouder",
    "over",
    "pa",
    "papa",
    "pgb",
    "rijk",
    "sinds",
    "slecht",
    "slechthorend",
    "slechtziend",
    "slim",
    "sms",
    "statushouder",
    "student",
    "te",
    "telegram",
    "tevreden",
    "toch",
    "toen",
    "toeslagen",
    "trots",
    "u",
    "uit",
    "uw",
    "uwv",
    "vader",
    "van",
    "vandaag",
    "verkeerd",
    "vluchteling",
    "voor",
    "voortaan",
    "vrij",
    "vroeger",
    "vrouw",
    "waar",
    "wajong",
    "want",
    "wat",
    "we",
    "weduw",
    "weduwe",
    "weduwnaar",
    "weer",
    "wees",
    "weg",
    "wel",
    "welkom",
    "werkloos",
    "werkzoekend",
    "whatsapp",
    "wie",
    "windows",
    "wmo",
    "ww",
    "ze",
    "zeer",
    "zelf",
    "ziek",
    "zo",
    "zoek",
    "zonder",
    "zwanger",
    "zzp",
    "zzp-er",
    "zzper",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_can_be_searched() {
        assert!(GIVEN.is_sorted());
        assert!(NO_NAMES.is_sorted());
    }
}
