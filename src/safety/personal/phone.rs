//! Phone numbers of people.

use std::ops::Range;

use super::Look;
use super::numbers::{Link, Numbers, is_date, is_other_number};
use super::organisations;
use super::reading::Reading;

/// Where phone numbers stand: Dutch ones of ten digits, with or without the country code, and foreign ones with
/// theirs. Help lines and services (112, 0800, 0900, 088, 14 + area code) are nobody's and stay.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let Look {
        reading, numbers, ..
    } = look;
    let marks = reading.marks(is_word);
    let telephone = reading.marks(is_telephone);
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    for first in 0..numbers.groups.len() {
        if first < next {
            continue;
        }
        let groups = international(reading, numbers, first)
            .or_else(|| national(reading, numbers, first))
            .or_else(|| {
                let groups = window(reading, numbers, first, 9)?;
                let mobile = numbers.digits(reading, &groups).first() == Some(&6);
                (mobile && marks.near(&numbers.signs(&groups), 25, 20))
                    .then_some(Number::Of(groups))
            })
            .or_else(|| {
                let groups = miscounted(reading, numbers, first)?;
                let mobile = numbers.digits(reading, &groups).starts_with(&[0, 6]);
                let named = if mobile { &marks } else { &telephone };
                named
                    .near(&numbers.signs(&groups), if mobile { 20 } else { 5 }, 0)
                    .then_some(Number::Of(groups))
            });
        match groups {
            Some(Number::Of(groups)) if !is_other_number(reading, &numbers.signs(&groups)) => {
                next = groups.end;
                let signs = numbers.signs(&groups);
                // Nobody's mobile number is an organisation's.
                let mobile = numbers.digits(reading, &groups).starts_with(&[0, 6]);
                if !mobile && organisations::has_number(reading, &signs) {
                    continue;
                }
                places.push(opening(reading, &signs)..signs.end);
            }
            Some(Number::Service(groups)) => next = groups.end,
            _ => {}
        }
    }
    places.extend(look.spoken.iter().filter_map(|row| {
        let rest = row.without_first(reading);
        std::iter::once(row)
            .chain(&rest)
            .find(|row| is_spoken(&row.digits, marks.near(&row.signs, 30, 30)))
            .map(|row| row.signs.clone())
    }));
    places
}

/// Whether digits that were written in words are a phone number; without the zero only when a word for it is near.
fn is_spoken(digits: &[u32], named: bool) -> bool {
    match digits {
        [0, 8, 8, ..] | [0, 8 | 9, 0, 0, ..] => false,
        [0, 1..=8, ..] => digits.len() == 10,
        [3, 1, ..] => digits.len() == 11,
        [6, ..] => digits.len() == 9 && named,
        _ => false,
    }
}

enum Number {
    Of(Range<usize>),
    /// A number that is nobody's.
    Service(Range<usize>),
}

fn is_word(word: &str) -> bool {
    matches!(
        word,
        "tel"
            | "appen"
            | "app"
            | "telnr"
            | "nummer"
            | "nr"
            | "bereikbaar"
            | "bel"
            | "bellen"
            | "whatsapp"
            | "mobiel"
            | "mobiele"
            | "mob"
            | "06"
            | "gsm"
            | "call"
    ) || is_telephone(word)
}

/// Words that are about a telephone and nothing else.
fn is_telephone(word: &str) -> bool {
    matches!(word, "tel" | "telnr" | "gsm" | "mob" | "phone" | "handy")
        || ["telefo", "komork", "телефон"]
            .iter()
            .any(|start| word.starts_with(start))
}

/// Groups of so many digits with nothing but spaces, dots, dashes, slashes and brackets in between.
fn window(
    reading: &Reading,
    numbers: &Numbers,
    first: usize,
    total: usize,
) -> Option<Range<usize>> {
    let groups = numbers.window(first, total, Link::Loose)?;
    let fits = groups.clone().skip(1).all(|at| {
        let gap = numbers.gap(reading, at);
        gap.len() <= 4
            && gap
                .chars()
                .all(|c| matches!(c, ' ' | '.' | '-' | '/' | '(' | ')'))
    });
    fits.then_some(groups)
}

fn national(reading: &Reading, numbers: &Numbers, first: usize) -> Option<Number> {
    let begin = numbers.digits(reading, &(first..first + 1));
    // 0800 and 0900 have four or seven digits after them.
    if let [0, 8 | 9, 0, 0 | 6 | 9, ..] = begin.as_slice() {
        let whole = [11, 8]
            .into_iter()
            .find_map(|total| window(reading, numbers, first, total));
        return Some(Number::Service(whole.unwrap_or(first..first + 1)));
    }
    let groups = window(reading, numbers, first, 10)?;
    let single = numbers.lengths(&groups).iter().all(|length| *length == 1);
    // "0 6 59 564 560"
    let apart = numbers.lengths(&groups).starts_with(&[1, 1])
        && numbers.digits(reading, &groups).starts_with(&[0, 6]);
    if begin.len() < 2 && !single && !apart
        || is_date(numbers, reading, first)
        || ends_word(reading, numbers.signs(&groups).start)
        || is_in_account(reading, numbers.signs(&groups).start)
    {
        return None;
    }
    match numbers.digits(reading, &groups).as_slice() {
        [0, 8, 8, ..] => Some(Number::Service(groups)),
        [0, 1..=7, ..] | [0, 8, 4 | 5 | 7, ..] => Some(Number::Of(groups)),
        _ => None,
    }
}

/// A row of groups with a digit too many or too few that begins as a number does: "06 38 21 904 77".
fn miscounted(reading: &Reading, numbers: &Numbers, first: usize) -> Option<Range<usize>> {
    let begin = numbers.digits(reading, &(first..first + 1));
    let whole = |groups: &Range<usize>| {
        !numbers.hangs(groups.end, Link::Tight) && !is_date(numbers, reading, groups.end - 1)
    };
    (matches!(begin.as_slice(), [0, 1..=7, ..]) && !numbers.hangs(first, Link::Tight))
        .then(|| {
            [11, 9]
                .into_iter()
                .filter_map(|total| window(reading, numbers, first, total))
                .find(whole)
        })
        .flatten()
}

/// Whether the digits are the end of a word that has digits before letters too ("3SXYZ0123456789").
fn ends_word(reading: &Reading, start: usize) -> bool {
    (0..start)
        .rev()
        .take(12)
        .map(|at| reading.plain(at))
        .take_while(|plain| plain.is_alphanumeric())
        .any(|plain| plain.is_ascii_digit())
}

/// Whether the digits follow a country, two digits and a bank ("NL00 ABNA"): an account number with a mistake.
fn is_in_account(reading: &Reading, start: usize) -> bool {
    let before: String = (start.saturating_sub(14)..start)
        .rev()
        .map(|at| reading.plain(at))
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    before.len() == 8
        && before.bytes().enumerate().all(|(at, b)| match at {
            4 | 5 => b.is_ascii_digit(),
            _ => b.is_ascii_lowercase(),
        })
}

fn international(reading: &Reading, numbers: &Numbers, first: usize) -> Option<Number> {
    let start = numbers.groups.get(first)?.signs.start;
    let plus = reading.plain_before(start) == '+';
    let begin = numbers.digits(reading, &(first..first + 1));
    let zeros = matches!(begin.as_slice(), [0, 0, rest @ ..] if rest.first() != Some(&0));
    if !plus && !zeros {
        return None;
    }
    let skip = if plus { 0 } else { 2 };
    for total in [11, 12] {
        let Some(groups) = window(reading, numbers, first, total + skip) else {
            continue;
        };
        let digits = numbers.digits(reading, &groups);
        match digits.get(skip..).unwrap_or_default() {
            [3, 1, 8, 8, ..] | [3, 1, 8 | 9, 0, 0, ..] | [3, 1, 0, 8, 8, ..] => {
                return Some(Number::Service(groups));
            }
            [3, 1, 0, ..] => return Some(Number::Of(groups)),
            [3, 1, ..] if total == 11 => return Some(Number::Of(groups)),
            _ => {}
        }
    }
    (9..=14)
        .rev()
        .find_map(|total| window(reading, numbers, first, total + skip))
        .filter(|groups| {
            groups
                .clone()
                .skip(1)
                .all(|at| !numbers.gap(reading, at).contains('\n'))
        })
        .map(Number::Of)
}

/// Takes the `+` and an opening bracket along.
fn opening(reading: &Reading, signs: &Range<usize>) -> usize {
    let mut start = signs.start;
    if reading.plain_before(start) == '+' {
        start -= 1;
    }
    let closed = signs.clone().take(8).any(|at| reading.plain(at) == ')');
    if closed && reading.plain_before(start) == '(' {
        start -= 1;
    }
    start
}
