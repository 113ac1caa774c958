//! Personal data in a text: found, named and taken out.
//!
//! Safe choices, and why:
//! - Nine digits that pass the 11-test are taken for a BSN whatever word stands before them
//!   ("bestelnummer", "klantnummer"): one number in eleven passes by chance and is then lost from the
//!   text, which is annoying; a kept BSN is against the law. Only a number that is part of an ISBN or of a
//!   phone number with `+31` is left alone.
//! - Nine digits that fail the test stay, also after the word "bsn": they are nobody's number.
//! - Phone numbers that begin with 0800, 0900, 0906, 0909 or 088, and short ones (112, 14 038), are those of
//!   organisations and stay.

mod left;
mod numbers;
mod plain;
mod words;

use std::ops::Range;

use crate::domain::PersonalDataKind;

pub use left::without_remarks;
use plain::Plain;

/// After this many rounds a text is as clean as it gets; two are enough for anything people write.
const ROUNDS: usize = 6;

/// For what the text is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Before anything is written at all: BSN, IBAN, cards, documents, passwords and codes.
    Edge,
    /// For logs, statistics and lists: also phone, e-mail, address, date of birth and name.
    Record,
}

/// A text without its personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text, with a Dutch remark such as `[BSN weggehaald]` in place of what was taken out.
    pub text: String,
    /// What was taken out, each kind once, in the order of the text.
    pub kinds: Vec<PersonalDataKind>,
}

/// A piece of personal data: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    range: Range<usize>,
    kind: PersonalDataKind,
}

/// Takes the personal data out of a text. Masking what is masked already changes nothing.
///
/// Any text is fine, also with digits of another script, invisible characters, or a number that is spread
/// over lines. The time is linear in the length.
pub fn mask(text: &str, scope: Scope) -> Masked {
    let mut masked = Masked {
        text: text.to_owned(),
        kinds: Vec::new(),
    };
    for _ in 0..ROUNDS {
        let pieces = pieces(&masked.text, scope);
        if pieces.is_empty() {
            break;
        }
        let mut clean = String::with_capacity(masked.text.len());
        let mut rest = 0;
        for Piece { range, kind } in pieces {
            clean.push_str(masked.text.get(rest..range.start).unwrap_or_default());
            clean.push_str(remark(kind));
            rest = range.end;
            if !masked.kinds.contains(&kind) {
                masked.kinds.push(kind);
            }
        }
        clean.push_str(masked.text.get(rest..).unwrap_or_default());
        masked.text = clean;
    }
    masked
}

/// The kinds of personal data in a text, each once, in the order of the text.
pub fn find(text: &str) -> Vec<PersonalDataKind> {
    mask(text, Scope::Record).kinds
}

/// What stands in place of a piece of personal data. Without digits, so that it is never taken for one.
fn remark(kind: PersonalDataKind) -> &'static str {
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

/// Pieces that do not overlap, in the order of the text.
fn pieces(text: &str, scope: Scope) -> Vec<Piece> {
    let plain = Plain::new(text);
    // Earlier finders go first where two want the same characters.
    let mut found = numbers::ibans(&plain);
    found.extend(words::passwords(&plain));
    let groups = numbers::groups(&plain);
    found.extend(numbers::cards(&plain, &groups));
    found.extend(numbers::bsns(&plain, &groups));
    found.extend(words::documents(&plain));
    if scope == Scope::Record {
        found.extend(words::emails(&plain));
        found.extend(numbers::phones(&plain, &groups));
        found.extend(words::birthdates(&plain));
        found.extend(words::addresses(&plain));
        found.extend(words::names(&plain));
    }
    // Stable: of two that begin at the same place the earlier finder stays in front. A piece that
    // overlaps one of higher rank gives way; ranks are the order of finding.
    let mut ranked: Vec<(usize, Piece)> = found.into_iter().enumerate().collect();
    ranked.sort_by_key(|(rank, piece)| (piece.range.start, *rank));
    let mut kept: Vec<(usize, Piece)> = Vec::new();
    for (rank, piece) in ranked {
        match kept.last_mut() {
            Some((other_rank, other)) if piece.range.start < other.range.end => {
                // Both are personal data: the better ranked names the whole.
                let end = other.range.end.max(piece.range.end);
                if rank < *other_rank {
                    other.kind = piece.kind;
                    *other_rank = rank;
                }
                other.range.end = end;
            }
            _ => kept.push((rank, piece)),
        }
    }
    kept.into_iter()
        .map(|(_, Piece { range, kind })| Piece {
            range: plain.original(range),
            kind,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edge(text: &str) -> String {
        mask(text, Scope::Edge).text
    }

    fn record(text: &str) -> String {
        mask(text, Scope::Record).text
    }

    #[test]
    fn a_bsn_never_stays() {
        for text in [
            "mijn bsn is 111222333",
            "111.222.333",
            "111 222 333",
            "1112 22 333",
            "111-222-333",
            "111\u{a0}222\u{a0}333",
            "111\n222\n333",
            "１１１２２２３３３",
            "١١١٢٢٢٣٣٣",
            "111\u{200b}222\u{200b}333",
            "bsn:111222333",
            "BSN111222333",
            "bestelnummer 111222333",
        ] {
            assert!(edge(text).contains("[BSN weggehaald]"), "{text}");
            assert_eq!(find(text), [PersonalDataKind::Bsn], "{text}");
        }
    }

    #[test]
    fn eight_digits_are_a_bsn_only_near_its_name() {
        assert_eq!(edge("mijn bsn is 10000008"), "mijn bsn is [BSN weggehaald]");
        assert_eq!(edge("kvk 10000008"), "kvk 10000008");
    }

    #[test]
    fn bank_and_card_numbers_go() {
        for text in [
            "NL91ABNA0417164300",
            "nl91 abna 0417 1643 00",
            "NL91.ABNA.0417.1643.00",
            "NL91 ABNA\n0417 1643 00",
            "BE68 5390 0754 7034",
            "DE89 3704 0044 0532 0130 00",
        ] {
            assert_eq!(edge(text), "[rekeningnummer weggehaald]", "{text}");
        }
        assert_eq!(
            edge("kaart 4111 1111 1111 1111."),
            "kaart [kaartnummer weggehaald]."
        );
        assert_eq!(edge("5555555555554444"), "[kaartnummer weggehaald]");
    }

    #[test]
    fn passwords_and_codes_go() {
        assert_eq!(
            edge("mijn wachtwoord is Zomer2024!"),
            "mijn wachtwoord is [wachtwoord of code weggehaald]"
        );
        for text in [
            "pincode 1234",
            "mijn pin is 4821",
            "digid code 123456",
            "inlogcode: 99881",
        ] {
            assert_eq!(find(text), [PersonalDataKind::Password], "{text}");
        }
        for text in [
            "ik ben mijn wachtwoord vergeten",
            "mijn wachtwoord is verlopen",
            "mijn wachtwoord is niet goed",
            "wat is mijn pincode",
            "pincode aanvragen",
        ] {
            assert_eq!(edge(text), text);
        }
    }

    #[test]
    fn only_records_lose_what_a_librarian_may_need() {
        let text = "Ik heet Fatima de Jong, bel 06-12345678 of mail f.dejong@voorbeeld.nl. \
                    Ik woon op Kerkstraat 12, 8011 AB Zwolle en ben geboren op 3 mei 1961.";
        assert_eq!(edge(text), text);
        assert_eq!(
            record(text),
            "Ik heet [naam weggehaald], bel [telefoonnummer weggehaald] of mail \
             [e-mailadres weggehaald]. Ik woon op [adres weggehaald], 8011 AB Zwolle en ben geboren op \
             [geboortedatum weggehaald]."
        );
    }

    #[test]
    fn ordinary_numbers_and_words_stay() {
        for text in [
            "Bel 112, 113 of 0800-2000",
            "bel 0900-8844 of 088 786 73 72",
            "gemeente 14 038",
            "ISBN 978-90-274-3964-2",
            "het kost 1.234.567,89 euro",
            "van 2019 tot 2024",
            "ik ben ziek",
            "ik ben mantelzorger",
            "Ik ben Nederlander en woon in Zwolle",
            "postcode 8011 AB",
            "op 12-05-2026 om 14:30",
            "kvk 12345678",
        ] {
            assert_eq!(record(text), text);
        }
    }

    /// Nine digits that pass the 11-test, from any eight.
    fn bsn() -> impl Strategy<Value = String> {
        (10_000_000u32..99_999_999).prop_filter_map("no check digit fits", |eight| {
            let digits: Vec<u32> = eight
                .to_string()
                .bytes()
                .map(|b| u32::from(b - b'0'))
                .collect();
            let sum: u32 = digits.iter().zip((2..=9).rev()).map(|(d, w)| d * w).sum();
            (sum % 11 < 10).then(|| format!("{eight}{}", sum % 11))
        })
    }

    /// A Dutch IBAN with the right check digits.
    fn iban() -> impl Strategy<Value = String> {
        ("[A-Z]{4}", "[0-9]{10}").prop_map(|(bank, account)| {
            let rest = format!("{bank}{account}NL00");
            let remainder = rest.chars().fold(0u32, |sum, c| {
                let value = c.to_digit(36).unwrap();
                if value > 9 {
                    (sum * 100 + value) % 97
                } else {
                    (sum * 10 + value) % 97
                }
            });
            format!("NL{:02}{bank}{account}", 98 - remainder)
        })
    }

    fn spread(text: &str, between: &[String]) -> String {
        text.chars()
            .enumerate()
            .map(|(i, c)| format!("{c}{}", between.get(i).map_or("", String::as_str)))
            .collect()
    }

    fn separators() -> impl Strategy<Value = Vec<String>> {
        let one = prop_oneof![
            6 => Just(String::new()),
            1 => "[ .\\-\u{a0}\n\u{200b}\t]{1,2}",
        ];
        prop::collection::vec(one, 0..8)
    }

    fn digits_of(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    proptest! {
        #[test]
        fn no_bsn_survives(bsn in bsn(), between in separators(), before in "[a-zA-Z :,]{0,12}", after in "[a-zA-Z ,.!]{0,12}") {
            let text = format!("{before}{}{after}", spread(&bsn, &between));
            let masked = mask(&text, Scope::Edge);
            prop_assert!(!digits_of(&masked.text).contains(&bsn), "{text:?} -> {masked:?}");
        }

        #[test]
        fn no_iban_survives(iban in iban(), between in separators(), before in "[a-zA-Z :,]{0,12}", after in "[ ,.!][a-zA-Z0-9 ,.!]{0,12}", lower in any::<bool>()) {
            let written = if lower { iban.to_lowercase() } else { iban.clone() };
            let text = format!("{before}{}{after}", spread(&written, &between));
            let masked = mask(&text, Scope::Edge);
            let account = iban.get(8..).unwrap();
            prop_assert!(!digits_of(&masked.text).contains(account), "{text:?} -> {masked:?}");
        }

        #[test]
        fn masking_twice_is_masking_once(text in "\\PC{0,120}") {
            for scope in [Scope::Edge, Scope::Record] {
                let once = mask(&text, scope);
                prop_assert_eq!(&mask(&once.text, scope).text, &once.text);
            }
        }

        #[test]
        fn masking_twice_is_masking_once_near_data(text in "([0-9]{1,9}|[ .:-]|bsn|NL91ABNA0417164300|111222333|pincode|ik ben |Jan|geboren |straat 5|\\n|is |\\[|\\]|06|8011AB 1|@a\\.nl|paspoort ){0,14}") {
            for scope in [Scope::Edge, Scope::Record] {
                let once = mask(&text, scope);
                prop_assert_eq!(&mask(&once.text, scope).text, &once.text);
            }
        }
    }

    #[test]
    fn a_very_long_text_takes_no_long_time() {
        for piece in [
            "1 ",
            "NL91 ",
            "9",
            "ik ben A ",
            "wachtwoord is ",
            "straat 1 ",
            "a@",
            "- ",
            "111222333 ",
        ] {
            let text = piece.repeat(100_000 / piece.len());
            let begin = std::time::Instant::now();
            let masked = mask(&text, Scope::Record);
            assert!(!masked.text.is_empty());
            assert!(
                begin.elapsed().as_secs() < 10,
                "{piece}: {:?}",
                begin.elapsed()
            );
        }
    }
}
