//! Bank account numbers from before IBAN: giro numbers, and numbers of nine or ten digits.

use std::ops::Range;

use super::Look;
use super::numbers::{Link, Numbers};
use super::reading::Reading;

/// How many words may stand between the word for an account and the number.
const FURTHEST: usize = 7;

/// What the word before a number says about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// A giro number: three to seven digits, but three are a campaign ("giro 555").
    Giro,
    /// An account number: nine or ten digits.
    Account,
    /// "rekening" is a bill too: the digits have to stand in groups as banks wrote them.
    Bill,
}

/// Where old account numbers stand. They have no check of their own that says enough, so the word has to stand
/// before them.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let Look {
        reading, numbers, ..
    } = look;
    (0..reading.tokens.len())
        .filter_map(|at| number(reading, numbers, at, sort(reading.word(at))?))
        .collect()
}

fn sort(word: &str) -> Option<Sort> {
    match word {
        "rekening" | "rek" => Some(Sort::Bill),
        "postbank" | "postrekening" => Some(Sort::Giro),
        "iban" | "reknr" | "reknummer" | "bankrek" | "banknummer" | "banknr" | "bankrekening"
        | "spaarrekening" | "betaalrekening" => Some(Sort::Account),
        _ if word.starts_with("giro") => Some(Sort::Giro),
        _ if word.contains("rekeningn") => Some(Sort::Account),
        _ => None,
    }
}

fn number(reading: &Reading, numbers: &Numbers, at: usize, sort: Sort) -> Option<Range<usize>> {
    let mut sort = sort;
    for next in at + 1..=at + FURTHEST {
        let token = reading.tokens.get(next)?;
        if token.is_digits() {
            return digits(reading, numbers, token.signs.start, sort);
        }
        match token.text.as_str() {
            "nummer" | "nr" | "no" | "bank" if sort == Sort::Bill => sort = Sort::Account,
            "nummer" | "nr" | "no" | "rekening" | "giro" | "is" | "was" | "van" | "mijn" | "me"
            | "mn" | "m" | "n" | "de" | "het" | "oude" | "oud" | ":" | "." | "=" | "-" | "'"
            | "(" | "p" | "bij" | "voor" | "op" | "bank" | "abn" | "amro" | "rabo" | "rabobank"
            | "ing" | "sns" | "asn" | "moeder" | "vader" | "man" | "vrouw" => {}
            _ => return None,
        }
    }
    None
}

fn digits(reading: &Reading, numbers: &Numbers, start: usize, sort: Sort) -> Option<Range<usize>> {
    let first = numbers
        .groups
        .partition_point(|group| group.signs.start < start);
    let totals = match sort {
        Sort::Giro => 4..=7,
        Sort::Account | Sort::Bill => 9..=10,
    };
    let groups = totals
        .rev()
        .find_map(|total| numbers.window(first, total, Link::Tight))?;
    let whole = !numbers.hangs(groups.end, Link::Tight)
        || numbers
            .gap(reading, groups.end)
            .chars()
            .all(char::is_whitespace);
    let lengths = numbers.lengths(&groups);
    let fits = match sort {
        Sort::Giro => {
            lengths.iter().all(|length| *length >= 2) && !is_year(reading, numbers, first)
        }
        Sort::Account => true,
        Sort::Bill => matches!(
            lengths.as_slice(),
            [2, 2, 2, 3] | [3, 2, 2, 3] | [4, 2, 3] | [2, 2, 3, 2]
        ),
    };
    let signs = numbers.signs(&groups);
    let unit = reading.token_from(signs.end);
    let counted = matches!(reading.word(unit), "euro" | "eur" | "€" | "keer" | "%");
    (whole && fits && !counted).then_some(signs)
}

/// Whether the first group is a year, so that what looks like a giro number is a date or the time since when.
fn is_year(reading: &Reading, numbers: &Numbers, first: usize) -> bool {
    matches!(
        numbers.digits(reading, &(first..first + 1)).as_slice(),
        [1, 9, _, _] | [2, 0, _, _]
    )
}
