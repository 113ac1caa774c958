//! E-mail addresses.

use std::ops::Range;

use crate::language::is_common;

use super::Look;
use super::given::is_given;
use super::organisations::is_general_address;
use super::reading::Reading;

/// The longest part before or after the `@` that is looked at.
const LONGEST: usize = 80;

/// Domains of mail for people, for an address that is typed as "jan at gmail.com" or "jan@gmail".
const DOMAINS: [&str; 14] = [
    "gmail",
    "hotmail",
    "outlook",
    "live",
    "ziggo",
    "kpnmail",
    "kpn",
    "icloud",
    "yahoo",
    "planet",
    "xs4all",
    "home",
    "upcmail",
    "protonmail",
];

/// Ends of addresses, for one that is typed with spaces or in words.
const ENDS: [&str; 14] = [
    "nl", "com", "net", "org", "be", "de", "eu", "info", "nu", "fr", "uk", "pl", "me", "online",
];

/// Where e-mail addresses stand, also with spaces around the `@`, with "(at)" or "apenstaartje" instead of it, and
/// in words ("jan punt bakker apenstaartje ziggo punt nl").
pub(super) fn find(look: &Look<'_>) -> Vec<Range<usize>> {
    let reading = look.reading;
    let mut places: Vec<Range<usize>> = Vec::new();
    for (at, token) in reading.tokens.iter().enumerate() {
        let (sign, sure) = match token.text.as_str() {
            "@" => (token.signs.clone(), true),
            "at" | "apenstaartje" | "apestaartje" | "apenstaart" | "apestaart" | "arobase" => {
                (around(reading, at), false)
            }
            _ => continue,
        };
        let written = address(reading, &sign, sure);
        let signs = written
            .or_else(|| in_words(reading, at, &sign))
            .filter(|signs| !is_general(reading, signs));
        if let Some(signs) = signs {
            match places.last_mut() {
                Some(last) if signs.start < last.end => last.end = signs.end.max(last.end),
                _ => places.push(signs),
            }
        }
    }
    places
}

/// "at" with the brackets around it.
fn around(reading: &Reading, at: usize) -> Range<usize> {
    let bracket = |word: &str| matches!(word, "(" | "[" | ")" | "]");
    let first = match at.checked_sub(1) {
        Some(before) if bracket(reading.word(before)) => before,
        _ => at,
    };
    let last = if bracket(reading.word(at + 1)) {
        at + 1
    } else {
        at
    };
    reading.span(first, last)
}

/// An address of which the full stops stand apart or are words.
fn in_words(reading: &Reading, at: usize, sign: &Range<usize>) -> Option<Range<usize>> {
    let first = reading.token_from(sign.start);
    let mut last = reading.token_from(sign.end);
    let mut spelled = reading.word(at) != "at";
    let bare = |at: usize| {
        reading
            .tokens
            .get(at)
            .is_some_and(|token| token.text.chars().all(char::is_alphanumeric))
    };
    if !bare(last) {
        return None;
    }
    let mail = DOMAINS.contains(&reading.word(last));
    let mut parts = 0;
    // "bakkerij smit punt nl"
    if spelled && dot(reading, last + 1).is_none() && bare(last + 1) {
        last += 1;
    }
    // The domain: words with a full stop between them; "punt", or the sign with or without spaces.
    while let Some(dot) = dot(reading, last + 1) {
        if !bare(dot) || parts == 3 || reading.on_new_line(dot) {
            break;
        }
        spelled |= !matches!(reading.word(last + 1), "." | ",");
        last = dot;
        parts += 1;
    }
    // "sjors apestaart gmail com": the full stops are left out.
    let bare_end = parts == 0
        && mail
        && reading.word(at) != "at"
        && ENDS.contains(&reading.word(last))
        && last == reading.token_from(sign.end) + 1;
    if !(parts > 0 && ENDS.contains(&reading.word(last)) && (mail || spelled) || bare_end) {
        return None;
    }
    let mut start = first.checked_sub(1).filter(|start| bare(*start))?;
    for _ in 0..6 {
        let Some(before) = start.checked_sub(2) else {
            break;
        };
        let joins = matches!(
            reading.word(before + 1),
            "." | "punt" | "dot" | "_" | "-" | "streepje" | "liggend" | "underscore"
        );
        if !joins || !bare(before) || reading.on_new_line(start) {
            break;
        }
        start = before;
    }
    if bare_end {
        start = name_before(reading, start);
    }
    Some(reading.span(start, last))
}

/// Where the name begins of which the last word stands here, when its words stand apart ("sjors de klein").
fn name_before(reading: &Reading, last: usize) -> usize {
    let is_particle = |at: usize| matches!(reading.word(at), "van" | "de" | "der" | "den" | "ten");
    let mut first = last;
    while first > 0 && first + 3 > last && is_particle(first - 1) {
        first -= 1;
    }
    let Some(before) = first.checked_sub(1) else {
        return last;
    };
    let word = reading.word(before);
    let letters = reading
        .tokens
        .get(before)
        .is_some_and(|token| token.is_letters());
    if is_given(word) || first < last && letters && word.len() >= 3 && !is_common(word) {
        before
    } else {
        last
    }
}

/// The token after a full stop in an address, which may be a word between brackets.
fn dot(reading: &Reading, at: usize) -> Option<usize> {
    match reading.word(at) {
        "." | "," | "punt" | "dot" => Some(at + 1),
        "[" | "(" if matches!(reading.word(at + 1), "dot" | "punt" | ".") => Some(at + 3),
        _ => None,
    }
}

fn address(reading: &Reading, sign: &Range<usize>, sure: bool) -> Option<Range<usize>> {
    let spaces = |signs: &mut dyn Iterator<Item = usize>| {
        signs
            .take(2)
            .take_while(|at| reading.plain(*at) == ' ')
            .count()
    };
    let space_before = spaces(&mut (0..sign.start).rev());
    let space_after = spaces(&mut (sign.end..reading.signs.len()));
    let left_end = sign.start - space_before;
    let length = (0..left_end)
        .rev()
        .take(LONGEST)
        .take_while(|at| is_local(reading.plain(*at)))
        .count();
    let mut start = left_end - length;
    while start < left_end && !reading.plain(start).is_alphanumeric() {
        start += 1;
    }
    let right = sign.end + space_after;
    let length = (right..reading.signs.len())
        .take(LONGEST)
        .take_while(|at| is_domain(reading.plain(*at)))
        .count();
    let mut end = right + length;
    while end > right && !reading.plain_before(end).is_alphanumeric() {
        end -= 1;
    }
    let domain: String = (right..end).map(|at| reading.plain(at)).collect();
    let (name, last) = domain.rsplit_once('.').unwrap_or((domain.as_str(), ""));
    let first = name.split('.').next().unwrap_or_default();
    let known = DOMAINS.contains(&first);
    let dotted = !name.is_empty() && last.len() >= 2 && last.chars().all(char::is_alphabetic);
    let spaced = space_before + space_after > 0;
    let whole = if sure && !spaced {
        dotted || known
    } else if sure {
        dotted
    } else {
        dotted && known
    };
    (start < left_end && whole).then_some(start..end)
}

/// Whether an address is an organisation's.
fn is_general(reading: &Reading, signs: &Range<usize>) -> bool {
    let text: String = signs
        .clone()
        .map(|at| reading.plain(at))
        .filter(|plain| !plain.is_whitespace())
        .collect();
    text.split_once('@').is_some_and(|(local, domain)| {
        let first = domain.split('.').next().unwrap_or_default();
        is_general_address(local, domain, DOMAINS.contains(&first))
    })
}

fn is_local(plain: char) -> bool {
    plain.is_alphanumeric() || matches!(plain, '.' | '_' | '-' | '+' | '%' | '\'')
}

fn is_domain(plain: char) -> bool {
    plain.is_alphanumeric() || matches!(plain, '.' | '-')
}
