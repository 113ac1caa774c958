//! Numbers in words: "nul zes achtenveertig", "vier acht twee een".

use std::ops::Range;

use super::reading::Reading;

/// The fewest words and the fewest digits that make a number out of a row: "een twee drie" is counting.
const FEWEST: (usize, usize) = (2, 4);

/// A row of number words, perhaps with digits among them, read as one number.
pub(super) struct Spoken {
    /// Which tokens.
    pub(super) tokens: Range<usize>,
    /// Which signs.
    pub(super) signs: Range<usize>,
    /// What it says, digit by digit.
    pub(super) digits: Vec<u32>,
}

impl Spoken {
    /// The same row without its first token, for "een nul zes …": the first word may be an article.
    pub(super) fn without_first(&self, reading: &Reading) -> Option<Self> {
        let first = self.tokens.start + 1;
        let said = digits(reading.word(self.tokens.start))?.len();
        (first < self.tokens.end).then(|| Self {
            tokens: first..self.tokens.end,
            signs: reading.span(first, self.tokens.end - 1),
            digits: self.digits.get(said..).unwrap_or_default().to_vec(),
        })
    }
}

/// All rows of number words in a text.
pub(super) fn rows(reading: &Reading) -> Vec<Spoken> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < reading.tokens.len() {
        let first = at;
        let (mut said, mut words, mut end) = (Vec::new(), 0, at);
        while let Some(digits) = digits(reading.word(at)) {
            words += usize::from(
                reading
                    .tokens
                    .get(at)
                    .is_some_and(|token| !token.is_digits()),
            );
            said.extend(digits);
            end = at + 1;
            at = match reading.word(end) {
                "-" | "," | "." | "/" | "–" => end + 1,
                _ => end,
            };
        }
        if words >= FEWEST.0 && said.len() >= FEWEST.1 {
            rows.push(Spoken {
                tokens: first..end,
                signs: reading.span(first, end - 1),
                digits: said,
            });
        }
        at = end.max(first + 1);
    }
    rows
}

/// The digits of one number word or of at most eight digits.
fn digits(word: &str) -> Option<Vec<u32>> {
    if !word.is_empty() && word.len() <= 8 && word.bytes().all(|b| b.is_ascii_digit()) {
        return Some(word.chars().filter_map(|c| c.to_digit(10)).collect());
    }
    let value = value(word)?;
    Some(if value < 10 {
        vec![value]
    } else {
        vec![value / 10, value % 10]
    })
}

/// What a number word up to ninety-nine is worth, in Dutch, and up to nine in English.
pub(super) fn value(word: &str) -> Option<u32> {
    const SMALL: [&str; 20] = [
        "nul",
        "een",
        "twee",
        "drie",
        "vier",
        "vijf",
        "zes",
        "zeven",
        "acht",
        "negen",
        "tien",
        "elf",
        "twaalf",
        "dertien",
        "veertien",
        "vijftien",
        "zestien",
        "zeventien",
        "achttien",
        "negentien",
    ];
    const ENGLISH: [&str; 10] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    const TENS: [&str; 8] = [
        "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig",
    ];
    // The longest one ("zevenentachtig") is shorter than this.
    if word.len() > 20 {
        return None;
    }
    let place = |list: &[&str], word: &str| {
        let at = list.iter().position(|known| *known == word)?;
        u32::try_from(at).ok()
    };
    place(&SMALL, word)
        .or_else(|| place(&ENGLISH, word))
        .or_else(|| {
            TENS.iter().zip(2..).find_map(|(ten, tens)| {
                let front = word.strip_suffix(ten)?;
                let unit = match front.strip_suffix("en") {
                    None if front.is_empty() => 0,
                    None => return None,
                    Some(unit) => place(&SMALL, unit).filter(|unit| (1..10).contains(unit))?,
                };
                Some(tens * 10 + unit)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        rows(&Reading::new(text))
            .iter()
            .map(|row| row.digits.iter().map(u32::to_string).collect())
            .collect()
    }

    #[test]
    fn words_and_digits_in_one_row_are_one_number() {
        assert_eq!(said("pin vier acht twee één."), ["4821"]);
        assert_eq!(said("nul zes, 48 22 tweeëntwintig"), ["06482222"]);
        assert_eq!(said("nul-zes achtenveertig zeventien"), ["064817"]);
    }

    #[test]
    fn counting_a_little_is_no_number() {
        assert!(said("een twee drie").is_empty());
        assert!(said("een van de 3 kinderen is 12").is_empty());
        assert!(said("ik ben 48 22 17 90").is_empty());
    }

    #[test]
    fn number_words_have_their_value() {
        assert_eq!(value("eenentwintig"), Some(21));
        assert_eq!(value("drieendertig"), Some(33));
        assert_eq!(value("tachtig"), Some(80));
        assert_eq!(value("entwintig"), None);
        assert_eq!(value("nulentwintig"), None);
    }
}
