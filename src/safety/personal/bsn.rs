//! Citizen service numbers.

use std::ops::Range;

use super::Look;
use super::numbers::{Link, Numbers, is_date, is_other_number};
use super::reading::{Marks, Reading};

/// How far, in signs, a word for BSN may stand before and after a number.
const NEAR: (usize, usize) = (60, 30);

/// Where citizen service numbers stand.
///
/// Nine digits in groups of any size that pass the 11-test. Eight digits only when they pass with a zero in front
/// and a word for BSN stands near. Nine digits in words when they pass.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let Look {
        reading, numbers, ..
    } = look;
    let marks = reading.marks(is_word);
    let other = other_numbers(reading, numbers);
    let mut places: Vec<Range<usize>> = Vec::new();
    for first in 0..numbers.groups.len() {
        let Some(signs) = at(reading, numbers, &marks, &other, first) else {
            continue;
        };
        match places.last_mut() {
            Some(last) if signs.start < last.end => last.end = last.end.max(signs.end),
            _ => places.push(signs),
        }
    }
    places.extend(look.spoken.iter().filter_map(|row| {
        let rest = row.without_first(reading);
        std::iter::once(row)
            .chain(&rest)
            .find(|row| passes(&row.digits))
            .map(|row| row.signs.clone())
    }));
    places
}

fn at(
    reading: &Reading,
    numbers: &Numbers,
    marks: &Marks,
    other: &[Other],
    first: usize,
) -> Option<Range<usize>> {
    if let Some(groups) = numbers.window(first, 9, Link::Loose) {
        let signs = numbers.signs(&groups);
        if passes(&numbers.digits(reading, &groups)) {
            let near = marks.near(&signs, NEAR.0, NEAR.1);
            let tight = numbers.window(first, 9, Link::Tight).is_some();
            let sort = other.get(groups.clone()).unwrap_or_default();
            let elsewhere = sort.contains(&Other::Phone)
                || !near && is_in_mobile(reading, numbers, &groups)
                || !near && (sort.contains(&Other::Maybe) || is_amount(reading, signs.start));
            if !elsewhere
                && (near || tight && !belongs_elsewhere(reading, numbers, &groups, &signs))
            {
                return Some(signs);
            }
        }
    }
    let groups = numbers.window(first, 8, Link::Tight)?;
    let signs = numbers.signs(&groups);
    let mut digits = vec![0];
    digits.extend(numbers.digits(reading, &groups));
    let whole = other
        .get(groups.clone())
        .is_some_and(|sort| sort.iter().all(|other| *other == Other::No))
        && !joined(reading, numbers, groups.start)
        && !joined(reading, numbers, groups.end)
        && !follows_area_code(reading, numbers, first);
    (whole && passes(&digits) && marks.near(&signs, NEAR.0, NEAR.1)).then_some(signs)
}

/// The 11-test: nine times the first digit, eight times the second and so on, minus the last digit, is a multiple
/// of eleven. (Source: Wet algemene bepalingen burgerservicenummer, the logical design of the BSN.)
fn passes(digits: &[u32]) -> bool {
    let [front @ .., last] = digits else {
        return false;
    };
    let sum: u32 = (2..=9)
        .rev()
        .zip(front)
        .map(|(weight, digit)| weight * digit)
        .sum();
    digits.len() == 9
        && digits.iter().any(|digit| *digit != 0)
        && (sum + 11 - last).is_multiple_of(11)
}

/// Words for the number, also in one word with another and with a common mistake.
pub(super) fn is_word(word: &str) -> bool {
    word.contains("bsn")
        || word == "bns"
        || word.starts_with("sofi") && word != "sofie" && word != "sofia"
        || word.starts_with("burgers")
        || word.starts_with("burgerns")
        || word.starts_with("persoonsn")
        || word == "burgernummer"
        || word == "burgernr"
        || word == "servicenummer"
}

/// What a group of digits belongs to when it is no part of a BSN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    No,
    /// A date, an ISBN, a foreign phone number: unless a word for BSN stands near.
    Maybe,
    /// A Dutch phone number with its country code; nine digits follow the code.
    Phone,
}

fn other_numbers(reading: &Reading, numbers: &Numbers) -> Vec<Other> {
    let mut other = vec![Other::No; numbers.groups.len()];
    let mut claim = |groups: Range<usize>, sort: Other| {
        if let Some(stretch) = other.get_mut(groups) {
            stretch.fill(sort);
        }
    };
    for first in 0..numbers.groups.len() {
        if is_date(numbers, reading, first) {
            claim(first..first + 3, Other::Maybe);
        }
        for groups in [10, 13]
            .into_iter()
            .filter_map(|total| numbers.window(first, total, Link::Tight))
        {
            if is_book(reading, numbers, &groups) {
                claim(groups, Other::Maybe);
            }
        }
        let start = numbers
            .groups
            .get(first)
            .map_or(0, |group| group.signs.start);
        let plus = reading.plain_before(start) == '+';
        if let Some(groups) = dutch(reading, numbers, first, plus) {
            claim(groups, Other::Phone);
        } else if plus
            && numbers
                .groups
                .get(first)
                .is_some_and(|group| group.len() <= 3)
            && let Some(groups) = (9..=14)
                .rev()
                .find_map(|total| numbers.window(first, total, Link::Tight))
        {
            claim(groups, Other::Maybe);
        }
    }
    other
}

/// `+31` or `0031` and nine digits, or ten with the zero that people leave in.
fn dutch(reading: &Reading, numbers: &Numbers, first: usize, plus: bool) -> Option<Range<usize>> {
    let begin = numbers.digits(reading, &(first..first + 1));
    let code = if plus { 0 } else { 2 };
    if !plus && !begin.starts_with(&[0, 0]) {
        return None;
    }
    [11, 12].into_iter().find_map(|total| {
        let groups = numbers.window(first, total + code, Link::Loose)?;
        let digits = numbers.digits(reading, &groups);
        let dutch = matches!(
            digits.get(code..),
            Some([3, 1, rest @ ..]) if total == 11 || rest.first() == Some(&0)
        );
        dutch.then_some(groups)
    })
}

/// An ISBN of thirteen digits, or one of ten that is written with three dashes as books have it.
fn is_book(reading: &Reading, numbers: &Numbers, groups: &Range<usize>) -> bool {
    let digits = numbers.digits(reading, groups);
    if let [9, 7, 8 | 9, ..] = digits.as_slice() {
        let sum: u32 = digits
            .iter()
            .zip([1, 3].into_iter().cycle())
            .map(|(digit, weight)| digit * weight)
            .sum();
        return digits.len() == 13 && sum.is_multiple_of(10);
    }
    let sum: u32 = (1..=10)
        .rev()
        .zip(&digits)
        .map(|(weight, digit)| weight * digit)
        .sum();
    digits.len() == 10
        && groups.len() == 4
        && sum.is_multiple_of(11)
        && groups
            .clone()
            .skip(1)
            .all(|at| numbers.gap(reading, at) == "-")
}

/// Whether a word such as "bestelnummer" stands right before the number; or, when the number is only some groups
/// of a longer row ("biebpas 2 1234 0000 56789"), right before that row.
fn belongs_elsewhere(
    reading: &Reading,
    numbers: &Numbers,
    groups: &Range<usize>,
    signs: &Range<usize>,
) -> bool {
    if is_other_number(reading, signs) {
        return true;
    }
    let first = (groups.start.saturating_sub(4)..groups.start)
        .rev()
        .take_while(|at| numbers.hangs(at + 1, Link::Tight))
        .last();
    groups.len() > 1
        && first.is_some_and(|first| is_other_number(reading, &numbers.signs(&(first..groups.end))))
}

fn is_amount(reading: &Reading, start: usize) -> bool {
    let before = reading.plain_before(start);
    before == '€' || before == ' ' && reading.plain_before(start.saturating_sub(1)) == '€'
}

/// Whether a group is glued to the one before it by more than white space.
fn joined(reading: &Reading, numbers: &Numbers, at: usize) -> bool {
    numbers.hangs(at, Link::Tight) && !numbers.gap(reading, at).chars().all(char::is_whitespace)
}

/// Whether these eight digits are the rest of a phone number such as 06 12345678.
fn follows_area_code(reading: &Reading, numbers: &Numbers, first: usize) -> bool {
    numbers.hangs(first, Link::Loose)
        && first.checked_sub(1).is_some_and(|before| {
            matches!(numbers.digits(reading, &(before..first)).as_slice(), [0, _])
        })
}

/// Whether these digits are a part of a mobile number with a digit too many: "06 12 34 567 89".
fn is_in_mobile(reading: &Reading, numbers: &Numbers, groups: &Range<usize>) -> bool {
    let is_code = |at: usize| numbers.digits(reading, &(at..at + 1)) == [0, 6];
    let after = numbers.hangs(groups.start, Link::Tight)
        && groups.start.checked_sub(1).is_some_and(is_code);
    after || is_code(groups.start) && numbers.hangs(groups.end, Link::Tight)
}
