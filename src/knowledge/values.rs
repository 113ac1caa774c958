//! Values that editors type: dates, addresses of pages, phone numbers, names of files.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::UrlFault;

/// A regular expression of our own; one that does not compile matches nothing, and fails its test.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// Reads `2026-11-22` and nothing else.
pub(super) fn date(text: &str) -> Option<Date> {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"^\d{4}-\d{2}-\d{2}$"));
    FORM.as_ref()
        .is_some_and(|form| form.is_match(text))
        .then(|| text.parse().ok())
        .flatten()
}

/// Reads `2026-11-22`, `2026-11` or `2026` as the first day that it may stand for.
pub(super) fn month_or_date(text: &str) -> Option<Date> {
    match text.len() {
        4 => date(&format!("{text}-01-01")),
        7 => date(&format!("{text}-01")),
        _ => date(text),
    }
}

/// The date that was meant with `22-11-2026`, `22 november 2026` or `november 2026`, as it should
/// be written.
pub(super) fn better_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "maart", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ];
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let month = |part: &str| -> Option<u32> {
        let number = part.parse().ok().filter(|number| (1..=12).contains(number));
        number.or_else(|| {
            let at = MONTHS.iter().position(|month| part.starts_with(month))?;
            u32::try_from(at + 1).ok()
        })
    };
    let year = |part: &str| {
        part.parse::<u32>()
            .ok()
            .filter(|y| (1990..2100).contains(y))
    };
    match *parts.as_slice() {
        [y, m, d] if year(y).is_some() => {
            let better = format!(
                "{}-{:02}-{:02}",
                year(y)?,
                month(m)?,
                d.parse::<u32>().ok()?
            );
            date(&better).map(|_| better)
        }
        [d, m, y] => {
            let better = format!(
                "{}-{:02}-{:02}",
                year(y)?,
                month(m)?,
                d.parse::<u32>().ok()?
            );
            date(&better).map(|_| better)
        }
        [y, m] if year(y).is_some() => Some(format!("{}-{:02}", year(y)?, month(m)?)),
        [m, y] => Some(format!("{}-{:02}", year(y)?, month(m)?)),
        _ => None,
    }
}

/// Checks the address of a page: `https://`, a host with a dot, and no blanks.
pub(super) fn check_url(url: &str) -> Result<(), UrlFault> {
    let lower = url.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://") else {
        return Err(match lower.split_once(':') {
            Some(("http", _)) => UrlFault::Insecure,
            Some((scheme, _))
                if !scheme.is_empty() && scheme.chars().all(char::is_alphanumeric) =>
            {
                UrlFault::OtherScheme
            }
            _ => UrlFault::NoScheme,
        });
    };
    if url
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^".contains(c))
    {
        return Err(UrlFault::Blank);
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("");
    let good = host.split('.').count() >= 2
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    if good { Ok(()) } else { Err(UrlFault::Host) }
}

/// Whether this can be a phone number that a resident dials: ten digits, `+31`, 0800 and 0900,
/// 14 with an area code, the short numbers 112, 113, 116… and 144.
pub(super) fn is_phone(text: &str) -> bool {
    static SIGNS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"^\+?[\d\s().\-/\u{a0}]+$"));
    static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"^(112|113|144|116\d{3}|140\d{2,3}|0[89]0[0-9](\d{4}|\d{7})|0[1-9]\d{8}|\+31[1-9]\d{8}|0031[1-9]\d{8})$",
        )
    });
    let matches =
        |form: &Option<Regex>, text: &str| form.as_ref().is_some_and(|f| f.is_match(text));
    let digits: String = text
        .replace("(0)", "")
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    matches(&SIGNS, text.trim()) && matches(&NUMBERS, &digits)
}

/// A Dutch postcode as it is written on an envelope: `8101 AB`.
pub(super) fn postcode(text: &str) -> Option<String> {
    static FORM: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"^([1-9]\d{3})\s?([A-Za-z]{2})$"));
    let found = FORM.as_ref()?.captures(text.trim())?;
    let (digits, letters) = (found.get(1)?.as_str(), found.get(2)?.as_str());
    Some(format!("{digits} {}", letters.to_uppercase()))
}

/// Whether a name can be an id: `a-z`, `0-9` and single hyphens between them.
pub(super) fn is_id(name: &str) -> bool {
    !name.is_empty()
        && name.split('-').all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// The nearest name that can be an id.
pub(super) fn to_id(name: &str) -> String {
    let id = words(name).replace(' ', "-");
    if is_id(&id) { id } else { "artikel".to_owned() }
}

/// The words of a text in lower case, without accents and punctuation, one blank between them.
/// Two questions with the same words are the same question.
pub(super) fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        } else if !matches!(c, '\'' | '’') && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words.truncate(words.trim_end().len());
    words
}

/// The name that comes nearest to a mistyped one, when one is near enough.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.82;
    /// Longer than any name; what is longer was not mistyped but misplaced.
    const LONGEST: usize = 80;
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("112")]
    #[case("0800 0543")]
    #[case("0800-2000")]
    #[case("0900 8844")]
    #[case("0800 022 11 22")]
    #[case("14 0570")]
    #[case("14 030")]
    #[case("088 123 45 67")]
    #[case("(0570) 12 34 56")]
    #[case("+31 (0)6 12 34 56 78")]
    #[case("0031 570 123456")]
    #[case("116 000")]
    fn phone_numbers_as_people_write_them(#[case] phone: &str) {
        assert!(is_phone(phone));
    }

    #[rstest]
    #[case("0570 12 34 5")]
    #[case("bel de bieb")]
    #[case("0800 0543 (gratis)")]
    #[case("12345")]
    #[case("")]
    fn no_phone_numbers(#[case] phone: &str) {
        assert!(!is_phone(phone));
    }

    #[rstest]
    #[case("https://www.toeslagen.nl/huur?x=1#y", Ok(()))]
    #[case("https://médiathèque.nl", Ok(()))]
    #[case("www.toeslagen.nl", Err(UrlFault::NoScheme))]
    #[case("http://www.toeslagen.nl", Err(UrlFault::Insecure))]
    #[case("javascript:alert(1)", Err(UrlFault::OtherScheme))]
    #[case("https://www.toe slagen.nl", Err(UrlFault::Blank))]
    #[case("https://toeslagen", Err(UrlFault::Host))]
    #[case("https://", Err(UrlFault::Host))]
    #[case("", Err(UrlFault::NoScheme))]
    fn addresses_of_pages(#[case] url: &str, #[case] wanted: Result<(), UrlFault>) {
        assert_eq!(check_url(url), wanted);
    }

    #[rstest]
    #[case("22-11-2026", Some("2026-11-22"))]
    #[case("22 november 2026", Some("2026-11-22"))]
    #[case("2026/1/2", Some("2026-01-02"))]
    #[case("Maart 2026", Some("2026-03"))]
    #[case("31-2-2026", None)]
    #[case("gisteren", None)]
    fn dates_as_people_write_them(#[case] text: &str, #[case] better: Option<&str>) {
        assert_eq!(better_date(text).as_deref(), better);
    }

    #[test]
    fn a_month_is_a_date_too() {
        assert!(month_or_date("2026-11").is_some());
        assert!(month_or_date("2026-13").is_none());
        assert!(month_or_date("éé26").is_none());
    }

    #[test]
    fn file_names_become_ids() {
        assert!(is_id("huurtoeslag-aanvragen-2"));
        assert!(!is_id("Huur toeslag"));
        assert!(!is_id("huur--toeslag"));
        assert_eq!(to_id("Huur_toeslag é!"), "huur-toeslag-e");
        assert_eq!(to_id("日本"), "artikel");
    }

    #[test]
    fn questions_are_compared_by_their_words() {
        assert_eq!(
            words("Hóe vraag ik  DigiD aan?"),
            words("hoe vraag ik digid aan")
        );
        assert_eq!(words("'s Avonds open?"), "s avonds open");
    }

    #[test]
    fn postcodes_get_their_blank() {
        assert_eq!(postcode("8101ab").as_deref(), Some("8101 AB"));
        assert_eq!(postcode("0101 AB"), None);
    }

    #[test]
    fn a_mistyped_name_finds_the_nearest() {
        let keys = ["titel", "vragen", "trefwoorden"];
        assert_eq!(nearest("tietel", keys), Some("titel"));
        assert_eq!(nearest("Trefwoord", keys), Some("trefwoorden"));
        assert_eq!(nearest("kleur", keys), None);
    }
}
