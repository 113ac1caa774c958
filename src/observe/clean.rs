//! What every line of the log goes through: what others wrote (the name of a file, the words of a server) may
//! not make a line of its own, and a secret that slipped in is taken out. Libraries log too, so it is done
//! here, where all lines pass.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::LazyLock;

use regex::Regex;

/// What may not be read in a log, and what stands there instead.
static SECRETS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        // The token of a bot, also as a part of an address: https://core.telegram.org/bots/api#authorizing-your-bot
        (r"[0-9]{5,}(:|%3[Aa])[A-Za-z0-9_-]{16,}", "[token]"),
        // User and password in an address.
        (r"://[^/\s@\x22']+@", "://[secret]@"),
        // A password among the parameters of an address.
        (
            r"(?i)\b(password|sslpassword)=[^&\s\x22']+",
            "password=[secret]",
        ),
    ]
    .into_iter()
    .filter_map(|(pattern, instead)| Some((Regex::new(pattern).ok()?, instead)))
    .collect()
});

/// Writes each line cleaned. Every write must be one event, as the log makes them.
pub(super) struct Clean<W>(W);

impl<W> Clean<W> {
    pub(super) fn new(inner: W) -> Self {
        Self(inner)
    }
}

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(clean(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One event as one line: signs that steer a terminal or break a line are written out, but for the colours of
/// the log itself and the last line break; secrets are replaced.
fn clean(event: &str) -> String {
    let (body, end) = match event.strip_suffix('\n') {
        Some(body) => (body, "\n"),
        None => (event, ""),
    };
    let mut line = Cow::Borrowed(body);
    for (secret, instead) in SECRETS.iter() {
        if secret.is_match(&line) {
            line = secret.replace_all(&line, *instead).into_owned().into();
        }
    }
    let mut cleaned = String::with_capacity(line.len() + 1);
    let mut rest = line.as_ref();
    while let Some(sign) = rest.chars().next() {
        if let Some(length) = colour(rest) {
            cleaned.push_str(rest.get(..length).unwrap_or_default());
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        match sign {
            '\n' => cleaned.push_str("\\n"),
            '\r' => cleaned.push_str("\\r"),
            '\t' => cleaned.push('\t'),
            sign if is_steering(sign) => {
                // Writing to a String never fails.
                let _always_fits = write!(cleaned, "\\u{{{:x}}}", u32::from(sign));
            }
            sign => cleaned.push(sign),
        }
        rest = rest.get(sign.len_utf8()..).unwrap_or_default();
    }
    cleaned + end
}

/// The length of a colour that the text begins with: `ESC [ digits ; … m`. It does nothing but colour.
fn colour(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let end = inner.find(|c: char| !(c.is_ascii_digit() || c == ';'))?;
    inner.get(end..)?.starts_with('m').then_some(2 + end + 1)
}

/// Control characters, line breaks of Unicode, and signs that turn the direction of writing.
fn is_steering(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || ('\u{202a}'..='\u{202e}').contains(&sign)
        || ('\u{2066}'..='\u{2069}').contains(&sign)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ordinary_line_stays_as_it_is() {
        let line =
            "2026-11-22T10:00:00Z \u{1b}[32m INFO\u{1b}[0m the bot @aanzet_bot is at work: é 😀\n";
        assert_eq!(clean(line), line);
    }

    #[test]
    fn what_others_wrote_makes_no_line_of_its_own() {
        assert_eq!(
            clean("INFO file=a.md\n2026-11-22 ERROR all is lost\r\n"),
            "INFO file=a.md\\n2026-11-22 ERROR all is lost\\r\n"
        );
        assert_eq!(
            clean("x\u{1b}[2Jy\u{7}\u{202e}z\u{2028}"),
            "x\\u{1b}[2Jy\\u{7}\\u{202e}z\\u{2028}"
        );
    }

    #[test]
    fn a_secret_that_slipped_in_is_taken_out() {
        for line in [
            "GET https://api.telegram.org/bot123456789:AAbc-def_GHIJKLMNOPQRSTUVWXYZ/getMe",
            "path=/bot123456789%3AAAbc-def_GHIJKLMNOPQRSTUVWXYZ/getMe",
            "postgres://anna:AAbc-def@db/aanzet",
            "postgres://db/aanzet?password=AAbc-def&x=1",
        ] {
            let cleaned = clean(line);
            assert!(!cleaned.contains("AAbc-def"), "{cleaned}");
        }
        assert_eq!(SECRETS.len(), 3, "every pattern is valid");
        // A moment and an address without a password are none.
        let line = "2026-11-22T10:00:00 http://127.0.0.1:8080/x mailto:a@b.nl";
        assert_eq!(clean(line), line);
    }

    proptest! {
        #[test]
        fn one_event_is_one_line(event in "(\\PC|\\n|\\r|\u{1b}\\[|[0-9;mJ]|\u{85}|\u{2028}){0,60}") {
            let cleaned = clean(&format!("{event}\n"));
            prop_assert_eq!(cleaned.matches(['\n', '\r', '\u{85}', '\u{2028}']).count(), 1);
            prop_assert!(cleaned.ends_with('\n'));
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
        }
    }
}
