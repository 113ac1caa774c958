//! Personal data that shows by the words around it: passwords, documents, e-mail, addresses, dates of birth, names.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::PersonalDataKind;

use super::Piece;
use super::plain::Plain;

/// A rule for text: what stands in the group `data` is the personal data.
type Finder = LazyLock<Option<Regex>>;

macro_rules! finder {
    ($name:ident, $($part:expr),+ $(,)?) => {
        static $name: Finder = LazyLock::new(|| Regex::new(concat!($($part),+)).ok());
    };
}

finder!(
    SECRET_WORD,
    r"(?i)\b(?:wachtwoord(?:en)?|wachtwoort|password|passwoord|paswoord|ww|login|inlog)\b[^\S\n]*(?:van|voor)?[^\S\n]*",
    r"(?:mijn|me|de|het)?[^\S\n]*(?:digid|mail|e-mail|bank|account|computer|laptop|wifi)?[^\S\n]*(?:is|was|luidt|=|:)+[^\S\n]*:?[^\S\n]*",
    r#"["'‘“(]?(?P<data>[^\s"'“”]{3,64})"#,
);
finder!(
    SECRET_CODE,
    r"(?i)\b(?:pincode|pin-?\s?code|pin|puk-?code|inlog-?\s?code|sms-?\s?code|verificatie-?\s?code|activerings-?\s?code|",
    r"activatie-?\s?code|toegangs-?\s?code|beveiligings-?\s?code|controle-?\s?code|koppel-?\s?code|tan-?\s?code|bevestigings-?\s?code|",
    r"wachtwoord|digid(?:[\s-]{0,3}(?:app|pin|sms))?[\s-]{0,3}(?:code)?|cvc|cvv|login-?\s?code|code\s+van\s+(?:mijn\s+)?(?:digid|bank|pas|pinpas))",
    r"\b[^\S\n]*(?:van|voor)?[^\S\n]*(?:mijn|me|de|het)?[^\S\n]*(?:digid|bank|pas|pinpas|bankpas|telefoon|app)?[^\S\n]*(?:is|was|luidt|=|:|,|nummer|nr)*[^\S\n]*:?[^\S\n]*",
    r"(?P<data>[0-9](?:[ .-]?[0-9]){3,9})(?:[^0-9]|$)",
);
finder!(
    SECRET_BEHIND,
    r"(?i)(?P<data>[^\s\[\]]{4,64})[^\S\n]+is[^\S\n]+(?:mijn|me|m'n|het|de)[^\S\n]+(?:wachtwoord|pincode|inlogcode|digid[ -]?code|code van mijn digid|pin)\b",
);
finder!(
    DOCUMENT,
    r"(?i)\b(?:paspoort|passport|id-?\s?kaart|identiteitskaart|identiteitsbewijs|document|rijbewijs|verblijfs\w+|legitimatie\w*|id-?\s?bewijs)\w*",
    r"[^\n\[\]]{0,30}?\b(?P<data>[a-np-z]{2}[ -]?[a-np-z0-9]{3}[ -]?[a-np-z0-9]{3}[ -]?[0-9]|[0-9]{10})\b",
);
finder!(
    EMAIL,
    r"(?i)(?P<data>[a-z0-9][a-z0-9._%+'-]{0,63}\s?@\s?(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})\b"
);

const MONTHS: &str = r"(?:jan|feb|maa?rt|mrt|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?";

static BIRTHDATE: Finder = LazyLock::new(|| {
    let date = format!(
        r"[0-3]?[0-9](?:\s?[-/.\s]\s?[01]?[0-9]\s?[-/.\s]\s?|\s?-?{MONTHS}[\s-]?)(?:1[89]|20)?[0-9]{{2}}"
    );
    let words =
        "geboren|gebore|geboortedatum|geboorte datum|geboortedag|geb|born|dob|date of birth";
    Regex::new(&format!(
        r"(?i)\b(?:{words})\b[^0-9\n\[\]]{{0,24}}(?P<data>{date})\b|\b(?P<other>{date})[^\S\n]+(?:ben ik |is mijn )?(?:geboren|geboortedatum)\b"
    ))
    .ok()
});

finder!(
    STREET,
    r"(?P<data>(?:(?:\b[A-Z][\w'’.-]*|\b(?i:van|de|der|den|het|ten|ter|st\.?))[^\S\n]+){0,4}\b[\w'’-]{2,40}",
    r"(?i:straat|str\.|laan|plein|gracht|kade|singel|steeg|dreef|plantsoen|dijk|weg|allee|boulevard|straatje|laantje|wegje|pad)",
    r"[^\S\n]*,?[^\S\n]*(?i:nr\.?|nummer|huisnummer|no\.?)?[^\S\n]*[0-9]{1,5}(?:[^\S\n]?-?[^\S\n]?(?:[a-zA-Z]|[IVX]{1,4}|[0-9]{1,3}|bis|hs))?)\b",
);
finder!(
    STREET_NAMED,
    r"(?P<data>\b[A-Z][\w'’-]{1,40}(?:hof|park|es|erf|wal|brink|kamp|veld|akker|haven|burg|ring|horst|markt|tuin|baan|wijk|gaarde|kamp|esch|maat|waard|steen|hoek|berg|donk)",
    r"[^\S\n]+(?i:nr\.?|nummer)?[^\S\n]*[0-9]{1,5}[a-zA-Z]?)\b",
);
finder!(
    LIVES_AT,
    r"(?i:\b(?:ik woon|wij wonen|we wonen|woonachtig|mijn adres|adres)\b)[^\n0-9\[\]]{0,12}?(?i:op|aan|in|is|:)[^\S\n]+(?:(?i:de|het)[^\S\n]+)?",
    r"(?P<data>[A-Z][\w'’.-]{1,40}(?:[^\S\n]+[\w'’.-]{1,30}){0,3}[^\S\n]+[0-9]{1,5}[a-zA-Z]?)\b",
);
finder!(
    POSTCODE,
    r"\b(?P<data>[1-9][0-9]{3}[^\S\n]?(?P<letters>[A-Za-z]{2})[^\S\n]*,?[^\S\n]*(?i:nr\.?|nummer|huisnummer|huisnr\.?|-|/)?[^\S\n]*[0-9]{1,5}[a-zA-Z]?)\b",
);
finder!(
    NUMBER_POSTCODE,
    r"(?i)\b(?:nummer|nr\.?|huisnummer|huisnr\.?)[^\S\n]*(?P<data>[0-9]{1,5}[a-z]?[^\S\n]*,?[^\S\n]*(?:postcode|en)?[^\S\n]*[1-9][0-9]{3}[^\S\n]?(?P<letters>[a-z]{2}))\b",
);

const NAME: &str = r"(?:(?:van|de|der|den|ten|ter|el|al|bin)[^\S\n]+){0,2}(?:[A-Z][\p{L}'’-]+|[A-Z]\.)(?:[^\S\n]+(?:(?:van|de|der|den|ten|ter|el|al|bin|ben|von|da|di|dos|la|le|op|in|'t|het)[^\S\n]+){0,3}(?:[A-Z][\p{L}'’-]+|[A-Z]\.)){0,4}";

static NAME_CAPITAL: Finder = LazyLock::new(|| {
    Regex::new(&format!(
        r"\b(?i:ik ben|ik bin|ben|dit is|spreekt met|hier is|i am|i'm|groetjes|groeten|groet|mvg|groetjes van|groeten van)[^\S\n]*,?[^\S\n]+(?:(?i:mevrouw|meneer|mevr\.?|dhr\.?|de heer|mw\.?)[^\S\n]+)?(?P<data>{NAME})"
    ))
    .ok()
});
static NAME_SAID: Finder = LazyLock::new(|| {
    Regex::new(&format!(
        r"\b(?i:mijn naam is|me naam is|m'n naam is|mn naam is|mijn naam:|naam:|ik heet|ik hiet|my name is|heet ik|mijn voornaam is|mijn achternaam is|adım|ismim)[^\S\n]+(?:(?i:mevrouw|meneer|mevr\.?|dhr\.?|de heer|mw\.?)[^\S\n]+)?(?P<data>{NAME}|\p{{L}}{{2,20}}(?:[^\S\n]+(?:van|de|der|den|el|al|ten|ter|bin)(?:[^\S\n]+(?:de|der|den))?[^\S\n]+\p{{L}}{{2,20}})?)"
    ))
    .ok()
});
finder!(
    NAME_KNOWN,
    r"\b(?i:ik ben|dit is|i am)[^\S\n]+(?P<data>\p{L}{2,20})\b"
);

/// Words that come after "ik ben" or "mijn wachtwoord is" and are no secret and no name.
const ORDINARY: [&str; 99] = [
    "vergeten",
    "kwijt",
    "weg",
    "niet",
    "verlopen",
    "gehackt",
    "geblokkeerd",
    "fout",
    "verkeerd",
    "onjuist",
    "ook",
    "nog",
    "wel",
    "heel",
    "mijn",
    "dat",
    "een",
    "het",
    "dit",
    "belangrijk",
    "veilig",
    "veranderd",
    "gewijzigd",
    "nodig",
    "hetzelfde",
    "lastig",
    "moeilijk",
    "bekend",
    "onbekend",
    "gestolen",
    "ingevuld",
    "aangepast",
    "goed",
    "klaar",
    "juist",
    "ongeldig",
    "uitgelekt",
    "gelekt",
    "gereset",
    "zoek",
    "steeds",
    "altijd",
    "ineens",
    "opeens",
    "iets",
    "dan",
    "wat",
    "deze",
    "die",
    "hier",
    "daar",
    "waar",
    "hoe",
    "geworden",
    "verplicht",
    "onveilig",
    "zwak",
    "sterk",
    "oud",
    "nieuw",
    "voor",
    "door",
    "van",
    "met",
    "bij",
    "nederlander",
    "nederlandse",
    "nederlands",
    "turks",
    "turkse",
    "marokkaans",
    "marokkaanse",
    "marokkaan",
    "syrisch",
    "syrische",
    "syrier",
    "syriër",
    "oekraïner",
    "oekraïens",
    "oekraïense",
    "pools",
    "poolse",
    "pool",
    "belg",
    "duits",
    "duitse",
    "duitser",
    "moslim",
    "christen",
    "mantelzorger",
    "nederlandstalig",
    "zzp'er",
    "mevrouw",
    "meneer",
    "welkom",
    "anders",
    "dutch",
    "polish",
    "turkish",
];

/// First names that people also write without a capital.
const FIRST_NAMES: [&str; 120] = [
    "jan",
    "piet",
    "kees",
    "klaas",
    "henk",
    "hans",
    "peter",
    "pieter",
    "johan",
    "johannes",
    "willem",
    "gerrit",
    "cornelis",
    "hendrik",
    "jeroen",
    "erik",
    "eric",
    "mark",
    "marco",
    "bas",
    "bart",
    "tim",
    "tom",
    "thomas",
    "daan",
    "sem",
    "lucas",
    "finn",
    "luuk",
    "milan",
    "levi",
    "noah",
    "jesse",
    "lars",
    "thijs",
    "ruben",
    "rick",
    "rob",
    "robert",
    "ronald",
    "frank",
    "paul",
    "martin",
    "michael",
    "dennis",
    "patrick",
    "marcel",
    "wim",
    "theo",
    "ton",
    "koen",
    "sander",
    "stefan",
    "dirk",
    "arjan",
    "gert",
    "harm",
    "herman",
    "maria",
    "anna",
    "johanna",
    "elisabeth",
    "cornelia",
    "hendrika",
    "wilhelmina",
    "ria",
    "truus",
    "annie",
    "corrie",
    "ans",
    "els",
    "anja",
    "ingrid",
    "monique",
    "petra",
    "sandra",
    "linda",
    "esther",
    "marieke",
    "anne",
    "emma",
    "sophie",
    "julia",
    "lisa",
    "eva",
    "sanne",
    "lotte",
    "femke",
    "fleur",
    "iris",
    "kim",
    "laura",
    "maaike",
    "marloes",
    "nicole",
    "saskia",
    "susan",
    "wilma",
    "yvonne",
    "fatima",
    "mohamed",
    "mohammed",
    "ahmed",
    "ali",
    "hassan",
    "youssef",
    "ibrahim",
    "mustafa",
    "mehmet",
    "ayse",
    "aisha",
    "khadija",
    "zeynep",
    "elif",
    "olena",
    "oksana",
    "agnieszka",
    "tomasz",
    "krzysztof",
    "joanna",
];

/// Two letters after four digits that are a word, not the end of a postcode.
const SMALL_WORDS: [&str; 34] = [
    "op", "in", "of", "en", "te", "om", "is", "er", "ik", "je", "we", "ze", "de", "na", "nu", "al",
    "zo", "bv", "km", "kg", "cm", "ml", "eu", "pm", "mb", "gb", "tv", "pc", "wo", "ss", "sa", "sd",
    "tm", "nr",
];

/// Streets end so, but these are no streets.
const NO_STREETS: [&str; 14] = [
    "onderweg",
    "snelweg",
    "uitweg",
    "omweg",
    "voetpad",
    "fietspad",
    "stappenplan",
    "autoweg",
    "spoorweg",
    "luchtweg",
    "halverweg",
    "zandpad",
    "dwaalweg",
    "rijksweg",
];

fn matches<'a>(
    finder: &'a Finder,
    plain: &'a Plain,
) -> impl Iterator<Item = regex::Captures<'a>> + 'a {
    finder
        .iter()
        .flat_map(|regex| regex.captures_iter(&plain.text))
}

fn piece(range: Range<usize>, kind: PersonalDataKind) -> Piece {
    Piece { range, kind }
}

fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(&word.to_lowercase().as_str())
}

/// Passwords, PINs and codes.
pub(super) fn passwords(plain: &Plain) -> Vec<Piece> {
    let mut found = Vec::new();
    for data in matches(&SECRET_WORD, plain).filter_map(|m| m.name("data")) {
        let word = data.as_str().trim_end_matches(['.', ',', ';', ')', '?']);
        if !word.starts_with('[') && !is_ordinary(word.trim_end_matches('!')) && word.len() >= 3 {
            found.push(piece(
                data.start()..data.start() + word.len(),
                PersonalDataKind::Password,
            ));
        }
    }
    for data in matches(&SECRET_CODE, plain).filter_map(|m| m.name("data")) {
        found.push(piece(data.range(), PersonalDataKind::Password));
    }
    for data in matches(&SECRET_BEHIND, plain).filter_map(|m| m.name("data")) {
        if data.as_str().chars().any(|c| c.is_ascii_digit()) {
            found.push(piece(data.range(), PersonalDataKind::Password));
        }
    }
    found
}

/// Numbers of passports, identity cards and driving licences, near the name of the document.
pub(super) fn documents(plain: &Plain) -> Vec<Piece> {
    matches(&DOCUMENT, plain)
        .filter_map(|m| m.name("data"))
        .filter(|data| {
            // Words of nine letters end in a letter; "nr" and the like make the rest rare.
            data.as_str().chars().filter(char::is_ascii_digit).count() >= 2
        })
        .map(|data| piece(data.range(), PersonalDataKind::Document))
        .collect()
}

/// E-mail addresses.
pub(super) fn emails(plain: &Plain) -> Vec<Piece> {
    matches(&EMAIL, plain)
        .filter_map(|m| m.name("data"))
        .map(|data| piece(data.range(), PersonalDataKind::Email))
        .collect()
}

/// Dates of birth: a date near the word.
pub(super) fn birthdates(plain: &Plain) -> Vec<Piece> {
    matches(&BIRTHDATE, plain)
        .filter_map(|m| m.name("data").or_else(|| m.name("other")))
        .map(|data| piece(data.range(), PersonalDataKind::Birthdate))
        .collect()
}

/// Street with house number, and postcode with house number.
pub(super) fn addresses(plain: &Plain) -> Vec<Piece> {
    let mut found = Vec::new();
    for finder in [&STREET, &STREET_NAMED, &LIVES_AT] {
        for data in matches(finder, plain).filter_map(|m| m.name("data")) {
            let lower = data.as_str().to_lowercase();
            if !NO_STREETS.iter().any(|word| lower.contains(word)) {
                found.push(piece(data.range(), PersonalDataKind::Address));
            }
        }
    }
    for finder in [&POSTCODE, &NUMBER_POSTCODE] {
        for m in matches(finder, plain) {
            let (Some(data), Some(letters)) = (m.name("data"), m.name("letters")) else {
                continue;
            };
            let word = letters.as_str().to_lowercase();
            let upper = letters.as_str().chars().all(char::is_uppercase);
            if upper || !SMALL_WORDS.contains(&word.as_str()) {
                found.push(piece(data.range(), PersonalDataKind::Address));
            }
        }
    }
    found
}

/// Names after "ik ben", "mijn naam is" and the like.
pub(super) fn names(plain: &Plain) -> Vec<Piece> {
    let mut found = Vec::new();
    for finder in [&NAME_CAPITAL, &NAME_SAID] {
        for data in matches(finder, plain).filter_map(|m| m.name("data")) {
            let first = data.as_str().split_whitespace().next().unwrap_or_default();
            let shouted = first.chars().count() <= 4 && first.chars().all(char::is_uppercase);
            if !is_ordinary(first) && !(shouted && !first.ends_with('.')) {
                found.push(piece(data.range(), PersonalDataKind::Name));
            }
        }
    }
    for data in matches(&NAME_KNOWN, plain).filter_map(|m| m.name("data")) {
        if FIRST_NAMES.contains(&data.as_str().to_lowercase().as_str()) {
            found.push(piece(data.range(), PersonalDataKind::Name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_well_formed() {
        for finder in [
            &SECRET_WORD,
            &SECRET_CODE,
            &SECRET_BEHIND,
            &DOCUMENT,
            &EMAIL,
            &BIRTHDATE,
            &STREET,
            &STREET_NAMED,
            &LIVES_AT,
            &POSTCODE,
            &NUMBER_POSTCODE,
            &NAME_CAPITAL,
            &NAME_SAID,
            &NAME_KNOWN,
        ] {
            assert!(finder.is_some());
        }
    }
}
