//! What is left of a masked text when the remarks go too: the words that a question is about.

use super::replacement;
use crate::domain::PersonalDataKind;

/// Kinds for which a remark may stand in a text, with the words that only lead up to what was taken out.
const LEADS: [(PersonalDataKind, &[&str]); 10] = [
    (
        PersonalDataKind::Bsn,
        &[
            "bsn",
            "bsn-nummer",
            "burgerservicenummer",
            "sofinummer",
            "sofi-nummer",
        ],
    ),
    (
        PersonalDataKind::Iban,
        &[
            "iban",
            "iban-nummer",
            "rekening",
            "rekeningnummer",
            "bankrekening",
            "bankrekeningnummer",
        ],
    ),
    (
        PersonalDataKind::Card,
        &["kaartnummer", "creditcardnummer", "pasnummer"],
    ),
    (
        PersonalDataKind::Document,
        &["documentnummer", "paspoortnummer", "rijbewijsnummer"],
    ),
    // The word before a password often is what the question is about.
    (PersonalDataKind::Password, &[]),
    (
        PersonalDataKind::Phone,
        &["telefoonnummer", "mobielnummer", "06-nummer", "tel"],
    ),
    (
        PersonalDataKind::Email,
        &["e-mailadres", "mailadres", "emailadres"],
    ),
    (PersonalDataKind::Address, &[]),
    (PersonalDataKind::Birthdate, &["geboortedatum"]),
    (PersonalDataKind::Name, &["naam"]),
];

/// Words that belong to such a lead: "en mijn BSN nummer is: …".
const AROUND: [&str; 9] = ["mijn", "m'n", "me", "het", "is", "nummer", "nr", "=", "dit"];

/// The text without remarks such as `[BSN weggehaald]`, and without the words that only led up to them
/// ("mijn BSN is"). For understanding a question; nothing that was taken out comes back.
pub fn without_remarks(masked: &str) -> String {
    let mut text = masked.to_owned();
    for (kind, leads) in LEADS {
        while let Some((before, after)) = text.split_once(replacement(kind)) {
            text = format!("{} {}", without_lead(before, leads), after.trim_start());
        }
    }
    text.trim().to_owned()
}

/// Cuts the lead off the end. What does not hold a word of `leads` is no lead and stays.
fn without_lead<'a>(before: &'a str, leads: &[&str]) -> &'a str {
    let mut rest = before.trim_end();
    let mut named = false;
    loop {
        let start = rest
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_whitespace())
            .map_or(0, |(at, c)| at + c.len_utf8());
        let (head, last) = rest.split_at(start);
        let word = last
            .trim_matches(|c: char| matches!(c, ':' | ',' | '('))
            .to_lowercase();
        let lead = leads.contains(&word.as_str());
        if last.is_empty() || !(lead || AROUND.contains(&word.as_str()) || word.is_empty()) {
            break;
        }
        named |= lead;
        rest = head.trim_end();
    }
    if named { rest } else { before.trim_end() }
}

#[cfg(test)]
mod tests {
    use super::super::{Scope, mask};
    use super::*;

    fn left(text: &str) -> String {
        without_remarks(&mask(text, Scope::Edge).text)
    }

    #[test]
    fn a_number_with_its_lead_leaves_nothing_of_itself() {
        for text in [
            "Mijn BSN is 111222333, hoe vraag ik een paspoort aan?",
            "bsn: 111 222 333 hoe vraag ik een paspoort aan?",
            "hoe vraag ik een paspoort aan? 111222333",
            "hoe vraag ik een paspoort aan? mijn rekeningnummer is NL91 ABNA 0417 1643 00",
        ] {
            let left = left(text);
            let left = left.trim_start_matches([',', ' ']);
            assert_eq!(left, "hoe vraag ik een paspoort aan?", "{text}");
        }
    }

    #[test]
    fn words_that_only_look_like_a_lead_stay() {
        assert_eq!(left("mijn paspoort is 111222333"), "mijn paspoort is");
        assert_eq!(
            left("waar staat mijn bsn op het paspoort"),
            "waar staat mijn bsn op het paspoort"
        );
        assert_eq!(left("mijn naam is mijn zaak"), "mijn naam is mijn zaak");
    }

    #[test]
    fn a_text_of_nothing_but_a_number_leaves_nothing() {
        assert_eq!(left("mijn bsn is 111222333"), "");
        assert_eq!(left("111222333"), "");
    }

    #[test]
    fn strange_texts_do_not_stop_it() {
        for text in [
            "",
            "[BSN weggehaald]",
            "[BSN weggehaald][BSN weggehaald] é",
            "é\u{2003}[BSN weggehaald]",
        ] {
            assert!(!without_remarks(text).contains("weggehaald"));
        }
    }
}
