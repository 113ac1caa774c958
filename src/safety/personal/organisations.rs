//! Organisations that everybody may call and write to: their numbers and general addresses are nobody's.

use std::ops::Range;
use std::sync::LazyLock;

use super::given::is_given;
use super::reading::{Reading, is_masked};

/// Well-known Dutch organisations and words for a service, folded; one a line, sorted by byte. Put together by hand.
const ORGANISATIONS: &str = include_str!("organisations.txt");

/// Parts of e-mail addresses before the `@` that many people read; sorted.
const MAILBOXES: &[&str] = &[
    "aanmelden",
    "aanmelding",
    "administratie",
    "afspraak",
    "afspraken",
    "algemeen",
    "apotheek",
    "assistente",
    "balie",
    "beheer",
    "belastingen",
    "bestuur",
    "bezwaar",
    "bibliotheek",
    "bieb",
    "boekhouding",
    "burgerzaken",
    "centrum",
    "communicatie",
    "contact",
    "crediteuren",
    "cursus",
    "cursussen",
    "customerservice",
    "debiteuren",
    "donotreply",
    "facturen",
    "factuur",
    "feedback",
    "financien",
    "gemeente",
    "griffie",
    "hallo",
    "hello",
    "help",
    "helpdesk",
    "huisarts",
    "hulp",
    "ict",
    "incasso",
    "info",
    "informatie",
    "inkomen",
    "inschrijven",
    "inschrijving",
    "jobs",
    "kantoor",
    "klacht",
    "klachten",
    "klanten",
    "klantenservice",
    "ledenadministratie",
    "ledenservice",
    "leerplicht",
    "mail",
    "marketing",
    "melding",
    "meldingen",
    "meldpunt",
    "museum",
    "nieuws",
    "nieuwsbrief",
    "noreply",
    "office",
    "onthaal",
    "parkeren",
    "pers",
    "phishing",
    "planning",
    "poli",
    "polikliniek",
    "post",
    "postbus",
    "privacy",
    "receptie",
    "rechtbank",
    "redactie",
    "reply",
    "reserveren",
    "reservering",
    "reserveringen",
    "sales",
    "school",
    "schuldhulp",
    "secretariaat",
    "service",
    "servicedesk",
    "servicepunt",
    "stadhuis",
    "support",
    "taalhuis",
    "taalpunt",
    "toegang",
    "vacatures",
    "valseemail",
    "veiligheid",
    "verhuur",
    "verkoop",
    "voorlichting",
    "vragen",
    "vrijwilligers",
    "vrijwilligerswerk",
    "webmaster",
    "webshop",
    "welkom",
    "werk",
    "wijkteam",
    "wmo",
    "woningzaken",
    "zorg",
];

/// How many words may stand between an organisation and its number: before the number, and after it.
const FURTHEST: (usize, usize) = (5, 4);

/// Whether a folded word is an organisation or a service.
pub(super) fn is_organisation(word: &str) -> bool {
    static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| ORGANISATIONS.lines().collect());
    SORTED.binary_search(&word).is_ok()
}

/// Whether a number is an organisation's: its name stands shortly before, or right after with "van" or a bracket,
/// and nothing in between says that the number is somebody's own.
pub(super) fn has_number(reading: &Reading, signs: &Range<usize>) -> bool {
    let first = reading.token_from(signs.start);
    let before = (1..=2 * FURTHEST.0)
        .map_while(|back| first.checked_sub(back))
        .map(|at| reading.word(at))
        .take_while(|word| !ends(word) && !is_own(word))
        .filter(|word| word.chars().all(char::is_alphabetic))
        .take(FURTHEST.0)
        .any(is_organisation);
    let last = reading.token_from(signs.end);
    let after = match reading.word(last) {
        "van" | "is" | "bij" | "voor" | "=" | "(" => true,
        word => is_organisation(word),
    };
    before
        && !(last..last + 3).any(|at| is_own(reading.word(at)))
        && !(1..=3).any(|back| is_greeting(reading.word_before(first, back)))
        || after
            && (last..=last + FURTHEST.1)
                .map(|at| reading.word(at))
                .take_while(|word| !ends(word) && !is_own(word))
                .any(is_organisation)
}

/// Whether a part of a sentence ends with this word, or the text.
fn ends(word: &str) -> bool {
    matches!(word, "" | "." | "," | "!" | "?" | ";") || word.starts_with(is_masked)
}

/// Whether a word says whose number it is, or that somebody wants to be called.
fn is_own(word: &str) -> bool {
    matches!(
        word,
        "mijn"
            | "mn"
            | "me"
            | "mij"
            | "m"
            | "my"
            | "ik"
            | "ons"
            | "onze"
            | "terug"
            | "bereikbaar"
            | "hem"
            | "haar"
            | "moeder"
            | "vader"
            | "man"
            | "vrouw"
            | "zoon"
            | "dochter"
    ) || word.starts_with("terugbel")
}

/// Whether a word speaks to the one who reads: "beste bibliotheek 0529 …".
fn is_greeting(word: &str) -> bool {
    matches!(
        word,
        "beste" | "hallo" | "hoi" | "dag" | "geachte" | "lieve"
    )
}

/// Whether an e-mail address is an organisation's: a box that many people read, or a box without a name at a library
/// or a government. At a provider of mail for people it is always somebody's.
pub(super) fn is_general_address(local: &str, domain: &str, provider: bool) -> bool {
    if provider {
        return false;
    }
    let plain: String = local.chars().filter(|c| !matches!(c, '-' | '_')).collect();
    // "info.zwolle@…", "balie-noord@…"
    let first = local.split(['.', '-', '_']).next().unwrap_or_default();
    if MAILBOXES.binary_search(&plain.as_str()).is_ok() || MAILBOXES.binary_search(&first).is_ok() {
        return true;
    }
    local.chars().all(char::is_alphabetic)
        && local.chars().count() >= 2
        && !is_given(local)
        && crate::language::is_common(local)
        && is_public(domain)
}

/// Whether a domain is a library's, a municipality's or a government's.
fn is_public(domain: &str) -> bool {
    domain.split('.').any(|label| {
        label.contains("bibliotheek")
            || label.contains("gemeente")
            || label.contains("overheid")
            || label.starts_with("bieb")
            || is_organisation(label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_can_be_searched() {
        assert!(ORGANISATIONS.lines().is_sorted());
        assert!(MAILBOXES.is_sorted());
    }

    #[test]
    fn a_box_that_many_people_read_is_nobodys() {
        for (local, domain) in [
            ("info", "zwolle.nl"),
            ("no-reply", "mijnoverheid.nl"),
            ("balie.noord", "isala.nl"),
            ("dieren", "gemeentex.nl"),
        ] {
            assert!(is_general_address(local, domain, false), "{local}@{domain}");
        }
        assert!(!is_general_address("info", "gmail.com", true));
        assert!(!is_general_address("petra", "bibliotheekx.nl", false));
        assert!(!is_general_address("p.smit", "gemeentex.nl", false));
    }
}
