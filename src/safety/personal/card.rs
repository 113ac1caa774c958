//! Numbers of payment cards.

use std::ops::Range;

use super::Look;
use super::numbers::{Link, is_other_number};

/// Where card numbers stand: thirteen to nineteen digits that begin as a card does and pass the Luhn check.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let Look {
        reading, numbers, ..
    } = look;
    let marks = reading.marks(is_word);
    let mut places: Vec<Range<usize>> = Vec::new();
    for first in 0..numbers.groups.len() {
        // Small groups count only when there are sixteen digits; not trying the rest keeps rows of digits quick.
        let small = numbers
            .groups
            .get(first)
            .is_none_or(|group| group.len() < 4);
        for total in if small { 16..=16 } else { 13..=19 }.rev() {
            let Some(groups) = numbers.window(first, total, Link::Tight) else {
                continue;
            };
            let digits = numbers.digits(reading, &groups);
            let signs = numbers.signs(&groups);
            if places.last().is_some_and(|last| signs.start < last.end)
                || !is_grouping(&numbers.lengths(&groups))
                || !is_card(&digits)
                || !passes(&digits)
            {
                continue;
            }
            // Cards of thirteen digits are hardly left, and other numbers often have thirteen.
            if marks.near(&signs, 60, 30) || total > 13 && !is_other_number(reading, &signs) {
                places.push(signs);
                break;
            }
        }
    }
    places
}

fn is_word(word: &str) -> bool {
    matches!(
        word,
        "visa" | "mastercard" | "maestro" | "amex" | "bankpas" | "betaalpas" | "pinpas"
    ) || word.contains("creditc")
        || word.contains("kredietk")
        || word.contains("kaartn")
}

/// All in one, sixteen digits in any way, or as cards print them (4-4-4-…, 4-6-5, 4-6-4). Longer numbers in loose
/// groups are too often a row of other things.
fn is_grouping(lengths: &[usize]) -> bool {
    match lengths {
        [_] | [4, 6, 4 | 5] => true,
        [front @ .., last] => {
            lengths.iter().sum::<usize>() == 16
                || front.iter().all(|length| *length == 4) && *last <= 4
        }
        [] => false,
    }
}

/// How cards begin, and how long they are: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay and
/// Maestro. (Source: ISO/IEC 7812 issuer ranges as the schemes publish them.)
fn is_card(digits: &[u32]) -> bool {
    let begin = digits.iter().take(4).fold(0, |sum, digit| sum * 10 + digit);
    let length = digits.len();
    match begin {
        4000..=4999 => matches!(length, 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => length == 16,
        3400..=3499 | 3700..=3799 => length == 15,
        3000..=3059 | 3600..=3699 | 3800..=3999 => (14..=19).contains(&length),
        3528..=3589 | 6011 | 6440..=6599 | 6200..=6299 => (16..=19).contains(&length),
        5000..=5099 | 5600..=5899 | 6300..=6399 | 6700..=6799 => (13..=19).contains(&length),
        _ => false,
    }
}

/// The Luhn check: every second digit from the right counts twice, minus nine when above nine; the sum is a
/// multiple of ten. (Source: ISO/IEC 7812-1, annex B.)
fn passes(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}
