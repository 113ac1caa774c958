//! Personal data in a message: found, and replaced by a Dutch word that says what stood there.
//!
//! A text is read once ([`reading::Reading`]: no invisible characters, every script's digits made plain, and
//! for each sign the place where it stood), and each kind of data has one small finder over that reading.
//! Everything is linear in the length of the text. Decisions that are easy to get wrong:
//!
//! - Numbers are recognised by their own check (11-test, mod 97, Luhn), not by what stands around them. Words
//!   only decide where a check says too little: eight digits, document numbers, passwords.
//! - A number that passes the 11-test right after a word such as "bestelnummer" stays, unless a word for BSN
//!   stands near: one in eleven order numbers of nine digits passes by chance, and a librarian needs them.
//! - A word and a value belong together when nothing ends the sentence between them ("de code die ik per sms kreeg
//!   is 483920"); years, prices, postcodes and numbers to call are no codes.
//! - Numbers in words are read as numbers ([`spoken`]), and a word of digits and letters o as digits.
//! - What was masked before is one opaque sign, and no word is looked for across it, so that masking twice
//!   gives the same as masking once.

mod account;
mod address;
mod address_words;
mod birthdate;
mod bsn;
mod card;
mod code;
mod document;
mod document_words;
mod email;
mod given;
mod house;
mod iban;
mod left;
mod name;
mod name_words;
mod no_name;
mod numbers;
mod opening;
mod organisations;
mod password;
mod phone;
mod phrase;
mod reading;
mod scripts;
mod secret_words;
mod spoken;

use std::ops::Range;

use crate::domain::PersonalDataKind;

pub use left::without_remarks;
use numbers::Numbers;
use reading::Reading;
use spoken::Spoken;

/// How much has to be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What may never be written anywhere: BSN, account, card and document numbers, passwords and codes.
    Edge,
    /// For logs, statistics and lists of questions: everything that points to a person.
    Record,
}

/// A text without its personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text; what was taken out is replaced by words such as `[BSN weggehaald]`.
    pub text: String,
    /// What was taken out: sorted, each kind once.
    pub kinds: Vec<PersonalDataKind>,
}

/// What stands in the text instead of the data.
fn replacement(kind: PersonalDataKind) -> &'static str {
    match kind {
        PersonalDataKind::Bsn => "[BSN weggehaald]",
        PersonalDataKind::Iban => "[rekeningnummer weggehaald]",
        PersonalDataKind::Card => "[kaartnummer weggehaald]",
        PersonalDataKind::Document => "[documentnummer weggehaald]",
        PersonalDataKind::Password => "[wachtwoord of code weggehaald]",
        PersonalDataKind::Phone => "[telefoonnummer weggehaald]",
        PersonalDataKind::Email => "[e-mailadres weggehaald]",
        PersonalDataKind::Address => "[adres weggehaald]",
        PersonalDataKind::Birthdate => "[geboortedatum weggehaald]",
        PersonalDataKind::Name => "[naam weggehaald]",
    }
}

/// Every kind.
const KINDS: [PersonalDataKind; 10] = [
    PersonalDataKind::Bsn,
    PersonalDataKind::Iban,
    PersonalDataKind::Card,
    PersonalDataKind::Document,
    PersonalDataKind::Password,
    PersonalDataKind::Phone,
    PersonalDataKind::Email,
    PersonalDataKind::Address,
    PersonalDataKind::Birthdate,
    PersonalDataKind::Name,
];

/// Takes personal data out of a text; the text around it stays exactly as it was.
///
/// Masking a masked text changes nothing. The second time `kinds` is empty.
pub fn mask(text: &str, scope: Scope) -> Masked {
    let found = search(text, scope);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for item in &found {
        masked.push_str(text.get(done..item.place.start).unwrap_or_default());
        masked.push_str(replacement(item.kind));
        done = item.place.end;
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    Masked {
        text: masked,
        kinds: kinds(&found),
    }
}

/// The kinds of personal data in a text, as [`Scope::Record`] knows them: sorted, each once.
pub fn find(text: &str) -> Vec<PersonalDataKind> {
    kinds(&search(text, Scope::Record))
}

/// A stretch of personal data.
struct Found {
    kind: PersonalDataKind,
    /// Where it stands in the text, in bytes.
    place: Range<usize>,
}

fn kinds(found: &[Found]) -> Vec<PersonalDataKind> {
    let mut kinds: Vec<_> = found.iter().map(|item| item.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// How many signs are read in all searches of one text together. A second search finds what only shows once something
/// beside it is gone ("a@b.nl06-12345678"), and nearly always nothing. Only a text that was made for it goes on longer;
/// this is enough for every number in a message of a chat, one search each, and keeps a longer text quick.
const MOST_READ: usize = 1_000_000;

/// The fewest searches that a text of any length gets before it is given up.
const FEWEST_SEARCHES: usize = 16;

/// What has to go, in the order of the text, without overlap.
///
/// After each kind the reading is covered where something was found, so that the next finder, and the next search,
/// sees what it would see in the masked text.
fn search(text: &str, scope: Scope) -> Vec<Found> {
    let mut reading = Reading::new(text);
    let mut found = Vec::new();
    let searches = MOST_READ / reading.signs.len().max(1);
    for _ in 0..searches.max(FEWEST_SEARCHES) {
        let before = found.len();
        search_once(&mut reading, scope, &mut found);
        if found.len() == before {
            break;
        }
    }
    // Where a later find reaches over an earlier one, the wider one stands first and the other is in it.
    found.sort_unstable_by_key(|item| (item.place.start, std::cmp::Reverse(item.place.end)));
    let mut done = 0;
    found.retain(|item| {
        let beside = item.place.start >= done;
        if beside {
            done = item.place.end;
        }
        beside
    });
    found
}

/// What a finder looks at.
struct Look<'a> {
    reading: &'a Reading,
    numbers: Numbers,
    spoken: Vec<Spoken>,
}

impl<'a> Look<'a> {
    fn new(reading: &'a Reading) -> Self {
        Self {
            reading,
            numbers: Numbers::new(reading),
            spoken: spoken::rows(reading),
        }
    }
}

/// Gives the stretches of one kind, in signs.
type Finder = fn(&Look<'_>) -> Vec<Range<usize>>;

/// All finders, in the order in which they may claim a stretch of text: strict checks go first.
const FINDERS: [(PersonalDataKind, Finder); 11] = [
    (PersonalDataKind::Iban, iban::find),
    (PersonalDataKind::Card, card::find),
    (PersonalDataKind::Iban, account::find),
    (PersonalDataKind::Bsn, bsn::find),
    (PersonalDataKind::Document, document::find),
    (PersonalDataKind::Password, password::find),
    (PersonalDataKind::Email, email::find),
    (PersonalDataKind::Phone, phone::find),
    (PersonalDataKind::Birthdate, birthdate::find),
    (PersonalDataKind::Address, address::find),
    (PersonalDataKind::Name, name::find),
];

fn may_never_be_written(kind: PersonalDataKind) -> bool {
    matches!(
        kind,
        PersonalDataKind::Bsn
            | PersonalDataKind::Iban
            | PersonalDataKind::Card
            | PersonalDataKind::Document
            | PersonalDataKind::Password
    )
}

fn search_once(reading: &mut Reading, scope: Scope, found: &mut Vec<Found>) {
    // What was read is read again only after something was covered.
    let mut places = Vec::new();
    let mut next = 0;
    while next < FINDERS.len() {
        let look = Look::new(reading);
        let hit = FINDERS
            .iter()
            .enumerate()
            .skip(next)
            .filter(|(_, (kind, _))| scope == Scope::Record || may_never_be_written(*kind))
            .find_map(|(at, (kind, find))| {
                places = find(&look);
                places.retain(|signs| !signs.is_empty());
                (!places.is_empty()).then_some((at, *kind))
            });
        let Some((at, kind)) = hit else {
            break;
        };
        next = at + 1;
        places.sort_unstable_by_key(|signs| (signs.start, std::cmp::Reverse(signs.end)));
        places.dedup_by(|next, first| {
            let overlaps = next.start < first.end;
            if overlaps {
                first.end = first.end.max(next.end);
            }
            overlaps
        });
        found.extend(places.iter().map(|signs| Found {
            kind,
            place: reading.place(signs),
        }));
        reading.cover(kind, &places);
    }
}

#[cfg(test)]
mod tests;
