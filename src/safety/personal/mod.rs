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
//! - What was masked before is one opaque sign, and no word is looked for across it, so that masking twice
//!   gives the same as masking once.

mod address;
mod birthdate;
mod bsn;
mod card;
mod document;
mod email;
mod iban;
mod left;
mod name;
mod numbers;
mod password;
mod phone;
mod reading;

use std::ops::Range;

use crate::domain::PersonalDataKind;

pub use left::without_remarks;
use numbers::Numbers;
use reading::Reading;

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

/// Every kind, in the order in which finders may claim a stretch of text: strict checks go first.
const KINDS: [PersonalDataKind; 10] = [
    PersonalDataKind::Iban,
    PersonalDataKind::Card,
    PersonalDataKind::Bsn,
    PersonalDataKind::Document,
    PersonalDataKind::Password,
    PersonalDataKind::Email,
    PersonalDataKind::Phone,
    PersonalDataKind::Birthdate,
    PersonalDataKind::Address,
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

/// How often a text is searched at most. A second search finds what only shows once something beside it is gone
/// ("a@b.nl06-12345678"), and nearly always nothing.
const MOST_SEARCHES: usize = 8;

/// What has to go, in the order of the text, without overlap.
///
/// After each kind the reading is covered where something was found, so that the next finder, and the next search,
/// sees what it would see in the masked text.
fn search(text: &str, scope: Scope) -> Vec<Found> {
    let mut reading = Reading::new(text);
    let mut found = Vec::new();
    for _ in 0..MOST_SEARCHES {
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

fn search_once(reading: &mut Reading, scope: Scope, found: &mut Vec<Found>) {
    let mut numbers = Numbers::new(reading);
    for kind in KINDS {
        let mut places = match (kind, scope) {
            (PersonalDataKind::Iban, _) => iban::find(reading),
            (PersonalDataKind::Card, _) => card::find(reading, &numbers),
            (PersonalDataKind::Bsn, _) => bsn::find(reading, &numbers),
            (PersonalDataKind::Document, _) => document::find(reading, &numbers),
            (PersonalDataKind::Password, _) => password::find(reading),
            (_, Scope::Edge) => continue,
            (PersonalDataKind::Email, _) => email::find(reading),
            (PersonalDataKind::Phone, _) => phone::find(reading, &numbers),
            (PersonalDataKind::Birthdate, _) => birthdate::find(reading),
            (PersonalDataKind::Address, _) => address::find(reading),
            (PersonalDataKind::Name, _) => name::find(reading),
        };
        places.retain(|signs| !signs.is_empty());
        places.sort_unstable_by_key(|signs| (signs.start, std::cmp::Reverse(signs.end)));
        places.dedup_by(|next, first| {
            let overlaps = next.start < first.end;
            if overlaps {
                first.end = first.end.max(next.end);
            }
            overlaps
        });
        if places.is_empty() {
            continue;
        }
        found.extend(places.iter().map(|signs| Found {
            kind,
            place: reading.place(signs),
        }));
        reading.cover(kind, &places);
        numbers = Numbers::new(reading);
    }
}

#[cfg(test)]
mod tests;
