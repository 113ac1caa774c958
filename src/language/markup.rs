//! Markup in what people paste: tags and the front of addresses say nothing about a question.

use std::borrow::Cow;

/// A tag that is longer than this, in bytes, is text with a stray `<`.
const LONGEST_TAG: usize = 200;

/// The text with HTML tags, `http://` and `https://` each replaced by a space. Everything else stays, the
/// words between tags and the name of a site too.
pub fn without_markup(text: &str) -> Cow<'_, str> {
    if !text.contains('<') && !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        match markup_at(rest) {
            Some(length) => {
                plain.push(' ');
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                plain.push(character);
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
            }
        }
    }
    Cow::Owned(plain)
}

/// How many bytes of markup a text begins with.
fn markup_at(text: &str) -> Option<usize> {
    for scheme in ["https://", "http://"] {
        if text.starts_with(scheme) {
            return Some(scheme.len());
        }
    }
    let inside = text.strip_prefix('<')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = inside
        .bytes()
        .take(LONGEST_TAG)
        .position(|byte| byte == b'>' || byte == b'<')?;
    (inside.as_bytes().get(end) == Some(&b'>')).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_go_and_words_stay() {
        assert_eq!(
            without_markup("hoe <b>digid</b> aanvragen <a href=\"x\">hier</a>"),
            "hoe  digid  aanvragen  hier "
        );
        assert_eq!(
            without_markup("https://digid.nl werkt niet"),
            " digid.nl werkt niet"
        );
    }

    #[test]
    fn a_smaller_than_sign_is_no_tag() {
        for text in ["ik ben <18 jaar", "3 < 4 > 2", "<3 <3", "a <b"] {
            assert_eq!(without_markup(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_fine_and_never_grows(text in "[a-z<>/ é😀\"=]{0,60}") {
            let plain = without_markup(&text);
            prop_assert!(plain.len() <= text.len());
        }
    }
}
