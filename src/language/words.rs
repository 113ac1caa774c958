//! Words and sentences of a message, with the place where they stand.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::fold::{fold, is_invisible};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word in folded shape.
    pub folded: String,
    /// Where it stands in the text as given, in bytes.
    pub span: Range<usize>,
}

/// The words of a text, folded, in order.
///
/// Signs and emoji are no words. Dotted letters are one word (`U.W.V.` gives `uwv`), a forgotten space
/// after a full stop is repaired (`digid.hoe` gives two words), and an apostrophe within a word stays out
/// of it (`foto's` gives `fotos`, `'t` gives `t`).
pub fn words(text: &str) -> Vec<Word> {
    // Invisible characters would end a word, so they are taken out first and places are counted back.
    let mut visible = String::with_capacity(text.len());
    let mut places: Vec<usize> = Vec::with_capacity(text.len() + 1);
    for (at, character) in text.char_indices() {
        if is_invisible(character) {
            continue;
        }
        visible.push(character);
        places.extend((0..character.len_utf8()).map(|byte| at + byte));
    }
    let place = |at: usize| places.get(at).copied().unwrap_or(text.len());
    let end_place = |end: usize| {
        end.checked_sub(1)
            .and_then(|last| places.get(last))
            .map_or(0, |last| last + 1)
    };

    let mut found = Vec::new();
    for (start, piece) in visible.unicode_word_indices() {
        for (offset, part) in parts(piece) {
            let folded: String = fold(part).chars().filter(|c| c.is_alphanumeric()).collect();
            if folded.is_empty() {
                continue;
            }
            let from = start + offset;
            found.push(Word {
                folded,
                span: place(from)..end_place(from + part.len()),
            });
        }
    }
    found
}

/// Splits what Unicode calls one word but a Dutch reader would not.
fn parts(piece: &str) -> Vec<(usize, &str)> {
    let dotted_letters = piece.split('.').all(|part| part.chars().count() <= 1);
    let number = piece
        .chars()
        .all(|c| c.is_ascii_digit() || ".,".contains(c));
    if dotted_letters || number {
        return vec![(0, piece)];
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for part in piece.split(['.', ':', '_', ',']) {
        match contraction(part) {
            Some((word, person)) => {
                parts.push((at, word));
                parts.push((at + part.len() - person.len(), person));
            }
            None if part.is_empty() => {}
            None => parts.push((at, part)),
        }
        at += part.len() + 1;
    }
    parts
}

/// Twents and Sallands hang the person on the verb: `kan'k` is `kan` and `k` (ik), `krie'w` `krie` and `w` (wij).
fn contraction(part: &str) -> Option<(&str, &str)> {
    let (word, person) = part.split_once(['\'', '’'])?;
    let hangs = matches!(person, "k" | "K" | "j" | "J" | "w" | "W");
    (hangs && !word.is_empty()).then_some((word, person))
}

/// The sentences of a text, each with the place where it stands; white space around it is left out.
/// A line break ends a sentence too, as people forget the full stop there.
pub fn sentences(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        let mut at = start;
        for line in piece.split_inclusive('\n') {
            let trimmed = line.trim();
            if !trimmed.is_empty() {
                let lead = line.len() - line.trim_start().len();
                found.push((at + lead..at + lead + trimmed.len(), trimmed));
            }
            at += line.len();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn a_message_becomes_folded_words() {
        assert_eq!(
            folded("Hoe krijg ik foto's in DigiD?"),
            ["hoe", "krijg", "ik", "fotos", "in", "digid"]
        );
    }

    #[test]
    fn dotted_letters_are_one_word_and_a_forgotten_space_is_repaired() {
        assert_eq!(folded("het U.W.V. belt"), ["het", "uwv", "belt"]);
        assert_eq!(folded("hallo.ik zoek"), ["hallo", "ik", "zoek"]);
        assert_eq!(folded("e-mail _nu_ 1.000"), ["e", "mail", "nu", "1000"]);
    }

    #[test]
    fn a_span_points_into_the_text_as_given() {
        let text = "één Digi\u{200B}D!";
        let found = words(text);
        assert_eq!(&text[found[0].span.clone()], "één");
        assert_eq!(&text[found[1].span.clone()], "Digi\u{200B}D");
    }

    #[test]
    fn the_person_that_hangs_on_a_verb_is_a_word() {
        assert_eq!(
            folded("wat mu'k doon, krie’w hulp"),
            ["wat", "mu", "k", "doon", "krie", "w", "hulp"]
        );
        assert_eq!(folded("mama's auto"), ["mamas", "auto"]);
    }

    #[test]
    fn emoji_and_signs_are_no_words() {
        assert!(words("👍🏽 ?! \"+\" ").is_empty());
        assert!(words("").is_empty());
    }

    #[test]
    fn a_line_break_ends_a_sentence() {
        let text = "Ik wil een pas\nHoe moet dat? Dank.";
        let found: Vec<&str> = sentences(text).into_iter().map(|(_, s)| s).collect();
        assert_eq!(found, ["Ik wil een pas", "Hoe moet dat?", "Dank."]);
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_on_character_borders(text in "(?s).{0,80}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(word.span.start >= last);
                prop_assert!(text.get(word.span.clone()).is_some());
                last = word.span.end;
            }
            for (span, sentence) in sentences(&text) {
                prop_assert_eq!(text.get(span), Some(sentence));
            }
        }
    }
}
