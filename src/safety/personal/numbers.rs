//! Groups of digits, and how they hang together.

use std::ops::Range;

use super::reading::{Reading, Token};

/// The most signs between two groups of one number.
const WIDEST_GAP: usize = 8;

/// What stands between a group of digits and the group before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Link {
    /// White space, dots, dashes, slashes: people write one number like that.
    Tight,
    /// Commas, colons, brackets: rarely one number.
    Loose,
    /// Letters, or too much: never one number.
    None,
}

/// Digits that stand against each other.
pub(super) struct Group {
    pub(super) signs: Range<usize>,
    /// How it hangs on to the group before it.
    pub(super) link: Link,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.signs.len()
    }
}

/// All digits of a text.
pub(super) struct Numbers {
    pub(super) groups: Vec<Group>,
}

impl Numbers {
    pub(super) fn new(reading: &Reading) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut link = Link::None;
        let mut gap = 0;
        let mut open = false;
        for (at, sign) in reading.signs.iter().enumerate() {
            if sign.plain.is_ascii_digit() {
                match groups.last_mut() {
                    Some(group) if open => group.signs.end = at + 1,
                    _ => groups.push(Group {
                        signs: at..at + 1,
                        link,
                    }),
                }
                (open, link, gap) = (true, Link::Tight, 0);
            } else {
                open = false;
                gap += 1;
                let here = if gap > WIDEST_GAP {
                    Link::None
                } else {
                    separator(sign.plain)
                };
                link = link.max(here);
            }
        }
        Self { groups }
    }

    /// The groups from `first` on that make up exactly `total` digits, held together by at most this kind of link.
    pub(super) fn window(&self, first: usize, total: usize, link: Link) -> Option<Range<usize>> {
        let mut count = 0;
        for (at, group) in self.groups.iter().enumerate().skip(first) {
            if at > first && group.link > link {
                return None;
            }
            count += group.len();
            if count >= total {
                return (count == total).then_some(first..at + 1);
            }
        }
        None
    }

    /// The signs that groups cover.
    pub(super) fn signs(&self, groups: &Range<usize>) -> Range<usize> {
        match self.groups.get(groups.clone()) {
            Some([only]) => only.signs.clone(),
            Some([first, .., last]) => first.signs.start..last.signs.end,
            _ => 0..0,
        }
    }

    /// The digits of groups, as values.
    pub(super) fn digits(&self, reading: &Reading, groups: &Range<usize>) -> Vec<u32> {
        self.groups
            .get(groups.clone())
            .unwrap_or_default()
            .iter()
            .flat_map(|group| group.signs.clone())
            .filter_map(|at| reading.plain(at).to_digit(10))
            .collect()
    }

    /// How many digits each of these groups has.
    pub(super) fn lengths(&self, groups: &Range<usize>) -> Vec<usize> {
        self.groups
            .get(groups.clone())
            .unwrap_or_default()
            .iter()
            .map(Group::len)
            .collect()
    }

    /// Whether a group hangs on to the one before it.
    pub(super) fn hangs(&self, at: usize, link: Link) -> bool {
        self.groups.get(at).is_some_and(|group| group.link <= link)
    }

    /// What stands between a group and the one before it.
    pub(super) fn gap(&self, reading: &Reading, at: usize) -> String {
        let before = at
            .checked_sub(1)
            .and_then(|before| self.groups.get(before))
            .map_or(0, |group| group.signs.end);
        let start = self
            .groups
            .get(at)
            .map_or(before, |group| group.signs.start);
        reading
            .signs
            .get(before..start)
            .unwrap_or_default()
            .iter()
            .take(WIDEST_GAP + 1)
            .map(|sign| sign.plain)
            .collect()
    }
}

fn separator(plain: char) -> Link {
    match plain {
        ' ' | '\n' | '.' | '-' | '/' | '\\' | '_' | '|' | '·' | '•' => Link::Tight,
        ',' | ':' | ';' | '(' | ')' | '\'' | '"' | '#' | '*' | '~' | '=' | '+' | '<' | '>' => {
            Link::Loose
        }
        _ => Link::None,
    }
}

/// Words after which a number is something else than it may look like. Words on "nummer" and "code" are known
/// by their end.
const OTHER_NUMBERS: &[&str] = &[
    "barcode",
    "bestelling",
    "bibliotheekkaart",
    "bibliotheekpas",
    "bibpas",
    "biebkaart",
    "biebpas",
    "dossier",
    "ean",
    "factuur",
    "incident",
    "isbn",
    "kenmerk",
    "kvk",
    "lenerskaart",
    "lenerspas",
    "lidkaart",
    "order",
    "pakket",
    "referentie",
    "reservering",
    "rsin",
    "ticket",
    "zaak",
];

/// Beginnings of words on "nummer" that may be about a person or an account: those numbers are looked at. Numbers of
/// the tax office are among them, because an "aanslagnummer" has the BSN in it.
const OWN_NUMBERS: &[&str] = &[
    "06",
    "aanslag",
    "ausweis",
    "bank",
    "belasting",
    "beschikking",
    "bsn",
    "btw",
    "burg",
    "card",
    "credit",
    "document",
    "fiscaal",
    "giro",
    "gsm",
    "huis",
    "iban",
    "id",
    "kaart",
    "loonheffing",
    "mobiel",
    "paspoort",
    "person",
    "persoon",
    "reise",
    "rekening",
    "rijbewijs",
    "service",
    "sofi",
    "tel",
    "verblijf",
    "vreemdeling",
];

/// Whether a word says that the number after it is of an order, a book, a case.
fn is_other_word(word: &str) -> bool {
    OTHER_NUMBERS.binary_search(&word).is_ok()
        || ["nummer", "nr", "code"].iter().any(|end| {
            word.strip_suffix(end).is_some_and(|front| {
                front.chars().count() >= 2
                    && front.chars().all(char::is_alphabetic)
                    && !OWN_NUMBERS.iter().any(|own| front.starts_with(own))
            })
        })
}

/// Whether the word right before this stretch says that the number is something else: an order, a book, a case.
///
/// "is", "nummer" and signs such as a colon may stand in between.
pub(super) fn is_other_number(reading: &Reading, signs: &Range<usize>) -> bool {
    let mut at = reading.token_from(signs.start);
    let (mut library, mut said) = (false, false);
    for _ in 0..8 {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        at = before;
        let word = reading.word(at);
        library |= matches!(word, "bieb" | "bibliotheek");
        if is_other_word(word)
            || matches!(word, "pas" | "pasje") && (library || is_of_library(reading, signs))
        {
            return true;
        }
        let filler = matches!(
            word,
            "is" | "nr"
                | "no"
                | "nummer"
                | "was"
                | "met"
                | "van"
                | "de"
                | "bieb"
                | "bibliotheek"
                | ":"
                | "."
                | "#"
                | "-"
                | "="
                | "("
                | "\""
                | "'"
        );
        said |= matches!(word, "is" | "was");
        // "mijn klantnummer bij de energie is …": what the number is comes before some other words.
        let letters = reading.tokens.get(at).is_some_and(Token::is_letters);
        if !(filler || said && letters && !super::bsn::is_word(word)) {
            return false;
        }
    }
    false
}

/// "van de bieb", right after a number.
fn is_of_library(reading: &Reading, signs: &Range<usize>) -> bool {
    let after = reading.token_from(signs.end);
    (after..after + 4).any(|at| matches!(reading.word(at), "bieb" | "bibliotheek"))
}

/// Whether a stretch is the same digits that a date has: day, month and year with one kind of sign in between.
pub(super) fn is_date(numbers: &Numbers, reading: &Reading, first: usize) -> bool {
    let groups = first..first + 3;
    let lengths = numbers.lengths(&groups);
    let [day, month, 4] = lengths.as_slice() else {
        return false;
    };
    if *day > 2 || *month > 2 {
        return false;
    }
    let gap = numbers.gap(reading, first + 1);
    if !matches!(gap.as_str(), "-" | "/" | ".") || numbers.gap(reading, first + 2) != gap {
        return false;
    }
    let value = |at: usize| {
        numbers
            .digits(reading, &(at..at + 1))
            .into_iter()
            .fold(0, |sum, digit| sum * 10 + digit)
    };
    (1..=31).contains(&value(first))
        && (1..=12).contains(&value(first + 1))
        && (1900..=2099).contains(&value(first + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_other_numbers_are_known_by_their_end() {
        assert!(OTHER_NUMBERS.is_sorted());
        for word in [
            "bestelnummer",
            "klantnr",
            "lidnummer",
            "biebpas",
            "ordernummer",
        ] {
            assert!(is_other_word(word), "{word}");
        }
        for word in [
            "nummer",
            "burgerservicenummer",
            "aanslagnummer",
            "kaartnummer",
            "nr",
            "tel",
        ] {
            assert!(!is_other_word(word), "{word}");
        }
    }
}
