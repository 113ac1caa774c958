//! Numbers with a check of their own: BSN, IBAN, cards; and phone numbers.

use std::ops::Range;

use crate::domain::PersonalDataKind;

use super::Piece;
use super::plain::Plain;

/// Most characters that may stand between two digits of one number.
const WIDEST_GAP: usize = 4;
/// How far before a number its name may stand, in bytes.
const NEAR: usize = 40;

/// A run of digits.
#[derive(Clone, Debug)]
pub(super) struct Group {
    range: Range<usize>,
    /// Nothing but separators stands between this one and the previous one.
    joined: bool,
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '.' | '-' | '_' | '/' | '\t' | '\n' | '\r' | '>' | '|' | '*'
    )
}

/// The runs of digits of a text.
pub(super) fn groups(plain: &Plain) -> Vec<Group> {
    let mut found: Vec<Group> = Vec::new();
    let mut gap = usize::MAX;
    let mut inside = false;
    for (at, c) in plain.text.char_indices() {
        if c.is_ascii_digit() {
            match found.last_mut() {
                Some(last) if inside => last.range.end = at + 1,
                _ => found.push(Group {
                    range: at..at + 1,
                    joined: gap <= WIDEST_GAP,
                }),
            }
            inside = true;
            gap = 0;
        } else {
            inside = false;
            gap = if is_separator(c) {
                gap.saturating_add(1)
            } else {
                usize::MAX
            };
        }
    }
    found
}

/// Calls `each` for every series of joined groups with at most `most` digits in total, shortest first.
fn series(
    plain: &Plain,
    groups: &[Group],
    most: usize,
    mut each: impl FnMut(&str, Range<usize>, usize),
) {
    for (first, group) in groups.iter().enumerate() {
        let mut digits = String::new();
        for (last, next) in groups.iter().enumerate().skip(first) {
            if last > first && !next.joined {
                break;
            }
            digits.push_str(plain.text.get(next.range.clone()).unwrap_or_default());
            if digits.len() > most {
                break;
            }
            each(&digits, group.range.start..next.range.end, first);
        }
    }
}

fn values(digits: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    digits.bytes().map(|b| u32::from(b.wrapping_sub(b'0')))
}

/// The 11-test of the BSN: nine digits with weights 9 to 2 and -1.
/// Source: Logisch Ontwerp BSN, Rijksdienst voor Identiteitsgegevens.
fn passes_eleven(digits: &str) -> bool {
    let weights = [9i64, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i64 = values(digits)
        .zip(weights)
        .map(|(d, w)| i64::from(d) * w)
        .sum();
    digits.len() == 9 && sum % 11 == 0 && digits.bytes().any(|b| b != b'0')
}

/// The check of Luhn, ISO/IEC 7812-1.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = values(digits)
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, _) => d,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// ISBN-13: 978 or 979 and weights 1 and 3.
fn is_isbn13(digits: &str) -> bool {
    let sum: u32 = values(digits)
        .enumerate()
        .map(|(i, d)| if i % 2 == 0 { d } else { 3 * d })
        .sum();
    digits.len() == 13
        && (digits.starts_with("978") || digits.starts_with("979"))
        && sum.is_multiple_of(10)
}

/// The text just before a place, in lower case.
fn before(plain: &Plain, at: usize, width: usize) -> String {
    let mut from = at.saturating_sub(width);
    while !plain.text.is_char_boundary(from) {
        from += 1;
    }
    plain.text.get(from..at).unwrap_or_default().to_lowercase()
}

fn after(plain: &Plain, at: usize, width: usize) -> String {
    let mut to = (at + width).min(plain.text.len());
    while !plain.text.is_char_boundary(to) {
        to -= 1;
    }
    plain.text.get(at..to).unwrap_or_default().to_lowercase()
}

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// What a remark of an earlier round says is no context.
fn without_remarks(text: &str) -> String {
    text.replace("[bsn weggehaald]", "")
        .replace("bsn weggehaald]", "")
}

/// Spans of ISBN numbers: no digits of theirs are anything else.
fn isbns(plain: &Plain, groups: &[Group]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    series(plain, groups, 13, |digits, range, _| {
        let isbn10 = digits.len() == 10 || digits.len() == 9;
        if is_isbn13(digits) || (isbn10 && before(plain, range.start, 12).contains("isbn")) {
            found.push(range);
        }
    });
    found
}

fn lies_in(range: &Range<usize>, spans: &[Range<usize>]) -> bool {
    // Spans come in the order of the text; those of one number overlap, so a few back is enough.
    let next = spans.partition_point(|span| span.start <= range.start);
    spans
        .get(next.saturating_sub(4)..next)
        .into_iter()
        .flatten()
        .any(|span| range.end <= span.end)
}

const BSN_WORDS: [&str; 8] = [
    "bsn",
    "burgerservice",
    "burger service",
    "burgerservise",
    "sofi",
    "burgernummer",
    "b.s.n",
    "citizen service",
];

/// Citizen service numbers.
pub(super) fn bsns(plain: &Plain, groups: &[Group]) -> Vec<Piece> {
    let books = isbns(plain, groups);
    let mut found = Vec::new();
    series(plain, groups, 9, |digits, range, _| {
        let named = || {
            let context = before(plain, range.start, NEAR) + " " + &after(plain, range.end, 25);
            has_any(&without_remarks(&context), &BSN_WORDS)
        };
        let is_one = match digits.len() {
            9 => {
                passes_eleven(digits)
                    && (named() || !(lies_in(&range, &books) || is_abroad(plain, range.start)))
            }
            8 => passes_eleven(&format!("0{digits}")) && named(),
            _ => false,
        };
        if is_one {
            found.push(Piece {
                range,
                kind: PersonalDataKind::Bsn,
            });
        }
    });
    found
}

/// Whether the digits come after `+31` or `0031`: then nine digits are a phone number.
fn is_abroad(plain: &Plain, at: usize) -> bool {
    let head: String = before(plain, at, 8)
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')'))
        .collect();
    head.ends_with("+31") || head.ends_with("0031")
}

/// Payment cards: 13 to 19 digits, a first digit that banks use, and the check of Luhn.
pub(super) fn cards(plain: &Plain, groups: &[Group]) -> Vec<Piece> {
    const OTHERS: [&str; 12] = [
        "isbn",
        "ean",
        "barcode",
        "pasnummer",
        "bibliotheek",
        "lener",
        "lidnummer",
        "bestel",
        "order",
        "track",
        "zending",
        "pakket",
    ];
    let mut found = Vec::new();
    series(plain, groups, 19, |digits, range, _| {
        let issued = digits.starts_with(['3', '4', '5', '6'])
            || digits
                .get(..4)
                .and_then(|head| head.parse().ok())
                .is_some_and(|head: u32| (2221..=2720).contains(&head));
        if digits.len() >= 13
            && issued
            && passes_luhn(digits)
            && !has_any(&before(plain, range.start, 22), &OTHERS)
        {
            found.push(Piece {
                range,
                kind: PersonalDataKind::Card,
            });
        }
    });
    found
}

/// Length of an IBAN per country. Source: the IBAN registry of SWIFT, release 99.
const IBAN_LENGTHS: [(&str, usize); 88] = [
    ("ad", 24),
    ("ae", 23),
    ("al", 28),
    ("at", 20),
    ("az", 28),
    ("ba", 20),
    ("be", 16),
    ("bg", 22),
    ("bh", 22),
    ("bi", 27),
    ("br", 29),
    ("by", 28),
    ("ch", 21),
    ("cr", 22),
    ("cy", 28),
    ("cz", 24),
    ("de", 22),
    ("dj", 27),
    ("dk", 18),
    ("do", 28),
    ("ee", 20),
    ("eg", 29),
    ("es", 24),
    ("fi", 18),
    ("fk", 18),
    ("fo", 18),
    ("fr", 27),
    ("gb", 22),
    ("ge", 22),
    ("gi", 23),
    ("gl", 18),
    ("gr", 27),
    ("gt", 28),
    ("hr", 21),
    ("hu", 28),
    ("ie", 22),
    ("il", 23),
    ("iq", 23),
    ("is", 26),
    ("it", 27),
    ("jo", 30),
    ("kw", 30),
    ("kz", 20),
    ("lb", 28),
    ("lc", 32),
    ("li", 21),
    ("lt", 20),
    ("lu", 20),
    ("lv", 21),
    ("ly", 25),
    ("mc", 27),
    ("md", 24),
    ("me", 22),
    ("mk", 19),
    ("mn", 20),
    ("mr", 27),
    ("mt", 31),
    ("mu", 30),
    ("ni", 28),
    ("nl", 18),
    ("no", 15),
    ("om", 23),
    ("pk", 24),
    ("pl", 28),
    ("ps", 29),
    ("pt", 25),
    ("qa", 29),
    ("ro", 24),
    ("rs", 22),
    ("ru", 33),
    ("sa", 24),
    ("sc", 31),
    ("sd", 18),
    ("se", 24),
    ("si", 19),
    ("sk", 24),
    ("sm", 27),
    ("so", 23),
    ("st", 25),
    ("sv", 28),
    ("tl", 23),
    ("tn", 24),
    ("tr", 26),
    ("ua", 29),
    ("va", 22),
    ("vg", 24),
    ("xk", 20),
    ("ye", 30),
];

/// Bank account numbers, however they are spaced, also glued to other letters.
pub(super) fn ibans(plain: &Plain) -> Vec<Piece> {
    let characters: Vec<(usize, char)> = plain.text.char_indices().collect();
    let mut found: Vec<Piece> = Vec::new();
    let mut end = 0;
    for (i, (at, c)) in characters.iter().enumerate() {
        if c.is_ascii_alphabetic()
            && *at >= end
            && let Some(range) = iban_at(characters.get(i..).unwrap_or_default())
        {
            end = range.end;
            found.push(Piece {
                range,
                kind: PersonalDataKind::Iban,
            });
        }
    }
    found
}

/// The IBAN that begins here.
fn iban_at(characters: &[(usize, char)]) -> Option<Range<usize>> {
    let mut code = String::new();
    let mut wanted = None;
    let mut gap = 0;
    for (at, c) in characters {
        if c.is_ascii_alphanumeric() {
            gap = 0;
            code.push(c.to_ascii_lowercase());
            match code.len() {
                2 => {
                    let country = IBAN_LENGTHS.iter().find(|(name, _)| *name == code);
                    wanted = Some(country?.1);
                }
                3 | 4 if !c.is_ascii_digit() => return None,
                _ => {}
            }
            if wanted == Some(code.len()) {
                let start = characters.first()?.0;
                return passes_97(&code).then(|| start..at + c.len_utf8());
            }
        } else {
            gap += 1;
            if gap > WIDEST_GAP || !is_separator(*c) {
                return None;
            }
        }
    }
    None
}

/// ISO 7064 mod 97-10 with the first four characters moved to the end; letters count from 10.
fn passes_97(code: &str) -> bool {
    let turned = code.chars().skip(4).chain(code.chars().take(4));
    let remainder = turned
        .filter_map(|c| c.to_digit(36))
        .fold(0u32, |sum, value| {
            let shifted = if value > 9 { sum * 100 } else { sum * 10 };
            (shifted + value) % 97
        });
    remainder == 1
}

/// Phone numbers of people: ten digits with a Dutch prefix, or a number with `+`.
pub(super) fn phones(plain: &Plain, groups: &[Group]) -> Vec<Piece> {
    let bytes = plain.text.as_bytes();
    let mut found: Vec<Piece> = Vec::new();
    let mut end = 0;
    series(plain, groups, 15, |digits, range, first| {
        let plus = range.start > 0 && bytes.get(range.start - 1) == Some(&b'+');
        let local = digits
            .strip_prefix("0031")
            .or_else(|| digits.strip_prefix("31").filter(|_| plus));
        let is_one = match local {
            Some(rest) => {
                let rest = rest.strip_prefix('0').unwrap_or(rest);
                rest.len() == 9
                    && !rest.starts_with("800")
                    && !rest.starts_with("900")
                    && !rest.starts_with("88")
            }
            None if plus => {
                let more = groups
                    .get(first + 1)
                    .is_some_and(|next| next.joined && next.range.start > range.end);
                (9..=15).contains(&digits.len()) && !more
            }
            None => is_dutch_phone(digits) && !starts_a_date(plain, &range),
        };
        let glued = before(plain, range.start, 4)
            .chars()
            .last()
            .is_some_and(char::is_alphabetic);
        if is_one && !glued && range.start >= end {
            end = range.end;
            let start = range.start - usize::from(plus);
            found.push(Piece {
                range: start..range.end,
                kind: PersonalDataKind::Phone,
            });
        }
    });
    found
}

fn is_dutch_phone(digits: &str) -> bool {
    let mut begin = digits.bytes();
    digits.len() == 10
        && begin.next() == Some(b'0')
        && begin.next().is_some_and(|b| b != b'0')
        && !["0800", "0900", "0906", "0909", "088"]
            .iter()
            .any(|head| digits.starts_with(head))
}

/// `01-02-2024 12`: a date and the begin of a time, no phone number.
fn starts_a_date(plain: &Plain, range: &Range<usize>) -> bool {
    let text = plain.text.get(range.clone()).unwrap_or_default();
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    let lengths: Vec<usize> = parts.by_ref().take(3).map(str::len).collect();
    lengths == [2, 2, 4]
}
