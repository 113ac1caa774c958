//! Compounds: `huurtoeslagaanvraag` also says `huurtoeslag` and `aanvraag`.

use super::lexicon::Lexicon;
use super::vocabulary::Vocabulary;

/// Shorter words are not taken apart.
const MIN_WORD: usize = 7;
/// A part has at least so many letters.
const MIN_PART: usize = 3;

/// The parts of a compound, first to last, when it can be made of words of the knowledge base with at most
/// the linking sounds -s-, -en- and -e-; empty otherwise. Of several ways the one with the longest shortest
/// part is taken.
pub(super) fn parts(word: &str, lexicon: &Lexicon, vocabulary: &Vocabulary) -> Vec<String> {
    if word.len() < MIN_WORD || word.len() > 40 || !word.is_ascii() {
        return Vec::new();
    }
    split_in_two(word, lexicon, vocabulary)
        .map(|(head, tail)| vec![head.to_owned(), tail.to_owned()])
        .or_else(|| split_in_three(word, lexicon, vocabulary))
        .unwrap_or_default()
}

fn split_in_two<'a>(
    word: &'a str,
    lexicon: &Lexicon,
    vocabulary: &Vocabulary,
) -> Option<(&'a str, &'a str)> {
    (MIN_PART..=word.len().saturating_sub(MIN_PART))
        .filter_map(|at| {
            let (start, tail) = word.split_at_checked(at)?;
            let tail = usable(tail, lexicon, vocabulary).then_some(tail)?;
            Some((head(start, lexicon, vocabulary)?, tail))
        })
        .filter(|(head, tail)| head.len().max(tail.len()) > MIN_PART)
        .max_by_key(|(head, tail)| head.len().min(tail.len()))
}

fn split_in_three(word: &str, lexicon: &Lexicon, vocabulary: &Vocabulary) -> Option<Vec<String>> {
    (MIN_PART + 1..=word.len().saturating_sub(MIN_WORD))
        .filter_map(|at| {
            let (start, rest) = word.split_at_checked(at)?;
            let first = head(start, lexicon, vocabulary)?;
            let (second, third) = split_in_two(rest, lexicon, vocabulary)?;
            Some([first, second, third].map(str::to_owned).to_vec())
        })
        .max_by_key(|parts| parts.iter().map(String::len).min())
}

/// The first part, with its linking sound taken off where that is needed.
fn head<'a>(start: &'a str, lexicon: &Lexicon, vocabulary: &Vocabulary) -> Option<&'a str> {
    ["", "s", "en", "e"].into_iter().find_map(|link| {
        let head = start.strip_suffix(link)?;
        usable(head, lexicon, vocabulary).then_some(head)
    })
}

fn usable(part: &str, lexicon: &Lexicon, vocabulary: &Vocabulary) -> bool {
    part.len() >= MIN_PART
        && vocabulary.contains(part)
        && (part.len() > MIN_PART || !lexicon.is_stop(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: &str) -> Vec<String> {
        let lexicon = Lexicon::built_in();
        let texts = [
            "huur toeslag aanvraag gezin hulp jeugd lidmaatschap kind opvang zorgen verzekering formulier",
        ];
        let vocabulary = Vocabulary::build(&lexicon, texts);
        parts(word, &lexicon, &vocabulary)
    }

    #[test]
    fn a_compound_falls_apart_with_its_linking_sound() {
        assert_eq!(split("huurtoeslag"), ["huur", "toeslag"]);
        assert_eq!(split("gezinshulp"), ["gezin", "hulp"]);
        assert_eq!(split("jeugdlidmaatschap"), ["jeugd", "lidmaatschap"]);
        assert_eq!(split("kinderopvang"), Vec::<String>::new());
        assert_eq!(split("verzekeringsformulier"), ["verzekering", "formulier"]);
        assert_eq!(split("huurtoeslagformulier"), ["huurtoeslag", "formulier"]);
    }

    #[test]
    fn a_word_that_is_no_compound_stays_whole() {
        for word in ["toeslag", "voetbal", "", "huur", "huurkoeien"] {
            assert!(split(word).is_empty(), "{word}");
        }
    }
}
