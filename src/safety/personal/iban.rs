//! Bank account numbers.

use std::ops::Range;

use super::Look;
use super::reading::Reading;

/// Countries with an IBAN, and what follows the two check digits: `n` digits, `a` letters, `c` either.
/// (Source: the IBAN registry of SWIFT, sorted by code.)
pub(super) const COUNTRIES: &[(&str, &str)] = &[
    ("ad", "8n12c"),
    ("ae", "19n"),
    ("al", "8n16c"),
    ("at", "16n"),
    ("az", "4a20c"),
    ("ba", "16n"),
    ("be", "12n"),
    ("bg", "4a6n8c"),
    ("bh", "4a14c"),
    ("bi", "23n"),
    ("br", "23n1a1c"),
    ("by", "4c4n16c"),
    ("ch", "5n12c"),
    ("cr", "18n"),
    ("cy", "8n16c"),
    ("cz", "20n"),
    ("de", "18n"),
    ("dj", "23n"),
    ("dk", "14n"),
    ("do", "4c20n"),
    ("ee", "16n"),
    ("eg", "25n"),
    ("es", "20n"),
    ("fi", "14n"),
    ("fk", "2a12n"),
    ("fo", "14n"),
    ("fr", "10n11c2n"),
    ("gb", "4a14n"),
    ("ge", "2a16n"),
    ("gi", "4a15c"),
    ("gl", "14n"),
    ("gr", "7n16c"),
    ("gt", "4c20c"),
    ("hn", "4a20n"),
    ("hr", "17n"),
    ("hu", "24n"),
    ("ie", "4a14n"),
    ("il", "19n"),
    ("iq", "4a15n"),
    ("is", "22n"),
    ("it", "1a10n12c"),
    ("jo", "4a4n18c"),
    ("kw", "4a22c"),
    ("kz", "3n13c"),
    ("lb", "4n20c"),
    ("lc", "4a24c"),
    ("li", "5n12c"),
    ("lt", "16n"),
    ("lu", "3n13c"),
    ("lv", "4a13c"),
    ("ly", "21n"),
    ("mc", "10n11c2n"),
    ("md", "2c18c"),
    ("me", "18n"),
    ("mk", "3n10c2n"),
    ("mn", "16n"),
    ("mr", "23n"),
    ("mt", "4a5n18c"),
    ("mu", "4a19n3a"),
    ("ni", "4a20n"),
    ("nl", "4a10n"),
    ("no", "11n"),
    ("om", "3n16c"),
    ("pk", "4a16c"),
    ("pl", "24n"),
    ("ps", "4a21c"),
    ("pt", "21n"),
    ("qa", "4a21c"),
    ("ro", "4a16c"),
    ("rs", "18n"),
    ("ru", "14n15c"),
    ("sa", "2n18c"),
    ("sc", "4a20n3a"),
    ("sd", "14n"),
    ("se", "20n"),
    ("si", "15n"),
    ("sk", "20n"),
    ("sm", "1a10n12c"),
    ("so", "19n"),
    ("st", "21n"),
    ("sv", "4a20n"),
    ("tl", "19n"),
    ("tn", "20n"),
    ("tr", "5n1n16c"),
    ("ua", "6n19c"),
    ("va", "18n"),
    ("vg", "4a16n"),
    ("xk", "16n"),
    ("ye", "4a4n18c"),
];

/// The most signs between two characters of one account number.
const WIDEST_GAP: usize = 8;

/// An account number has at least this many digits; guards countries whose numbers may be letters.
const FEWEST_DIGITS: usize = 9;

/// Where account numbers stand, however they are spaced. Where two overlap both go: one of them passed by chance.
///
/// What only passes when a letter is read as a digit comes after what passes as it stands, so that the end of the word
/// before ("is IL…", where "si" is a country too) does not take a part of a number away.
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let reading = look.reading;
    let mut places = starting(reading, false);
    let exact = places.len();
    for signs in starting(reading, true) {
        let beside = |place: &Range<usize>| place.end <= signs.start || signs.end <= place.start;
        // The places are in order: only those around this one can overlap.
        let next = places
            .get(..exact)
            .unwrap_or_default()
            .partition_point(|place| place.start < signs.start);
        let around = next.saturating_sub(2)..(next + 2).min(exact);
        if places.get(around).unwrap_or_default().iter().all(beside) {
            places.push(signs);
        }
    }
    places
}

/// The account numbers that begin at any letter; `loose` reads a letter o as a zero.
fn starting(reading: &Reading, loose: bool) -> Vec<Range<usize>> {
    reading
        .signs
        .iter()
        .enumerate()
        .filter(|(_, sign)| sign.typed().is_ascii_lowercase())
        .filter_map(|(start, _)| at(reading, start, loose))
        .collect()
}

fn at(reading: &Reading, start: usize, loose: bool) -> Option<Range<usize>> {
    let mut characters = Characters { reading, at: start };
    let country: String = [characters.next()?.1, characters.next()?.1]
        .iter()
        .collect();
    let (_, shape) = COUNTRIES
        .binary_search_by(|(code, _)| (*code).cmp(country.as_str()))
        .ok()
        .and_then(|at| COUNTRIES.get(at))?;
    let mut whole = country;
    let mut end = start;
    let mut read = 0;
    for part in std::iter::once((2, 'n')).chain(parts(shape)) {
        for _ in 0..part.0 {
            let (place, typed) = characters.next()?;
            let character = if loose { meant(typed, part.1) } else { typed };
            read += usize::from(typed.is_ascii_digit());
            let fits = match part.1 {
                'n' => character.is_ascii_digit(),
                'a' => character.is_ascii_lowercase(),
                _ => true,
            };
            if !fits {
                return None;
            }
            whole.push(character);
            end = place + 1;
        }
    }
    // No look at what follows: a letter or digit too many, or the next word glued to it, hides nothing.
    (read >= FEWEST_DIGITS && passes(&whole)).then_some(start..end)
}

/// What was meant by a sign that looks like another: a letter o for a zero, an l or i for a one, and a zero for a
/// letter o. The check digits say whether it is right.
fn meant(typed: char, sort: char) -> char {
    match (typed, sort) {
        ('o', 'n') => '0',
        ('i' | 'l', 'n') => '1',
        ('0', 'a') => 'o',
        _ => typed,
    }
}

/// `4a10n` as `(4, 'a'), (10, 'n')`.
pub(super) fn parts(shape: &str) -> impl Iterator<Item = (usize, char)> {
    shape
        .split_inclusive(|c: char| c.is_ascii_lowercase())
        .filter_map(|part| {
            let kind = part.chars().last()?;
            Some((part.trim_end_matches(kind).parse().ok()?, kind))
        })
}

/// ISO 7064 mod 97: the first four characters go to the end, a letter counts as 10 to 35, and the rest is one.
fn passes(account: &str) -> bool {
    let (front, back) = account.split_at_checked(4).unwrap_or_default();
    let rest = back
        .chars()
        .chain(front.chars())
        .fold(0, |rest, character| {
            let value = character.to_digit(36).unwrap_or(0);
            (if value > 9 { rest * 100 } else { rest * 10 } + value) % 97
        });
    rest == 1
}

/// Letters and digits, with spaces, dots and dashes left out.
struct Characters<'a> {
    reading: &'a Reading,
    at: usize,
}

impl Iterator for Characters<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        for gap in 0..=WIDEST_GAP {
            let plain = self.reading.signs.get(self.at + gap)?.typed();
            if plain.is_ascii_alphanumeric() {
                let place = self.at + gap;
                self.at = place + 1;
                return Some((place, plain));
            }
            if plain.is_alphanumeric() || super::reading::is_masked(plain) {
                return None;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_sorted_and_their_shapes_can_be_read() {
        assert!(COUNTRIES.is_sorted());
        for (country, shape) in COUNTRIES {
            let length: usize = 4 + parts(shape).map(|(count, _)| count).sum::<usize>();
            assert!((15..=33).contains(&length), "{country} {length}");
        }
    }
}
