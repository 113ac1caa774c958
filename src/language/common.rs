//! Ordinary Dutch words, so that a good word is never "corrected" into another one.
//!
//! The list is cut from the word list of OpenTaal (see `data/README.md` for source and licence).

/// Words of four to nine letters in folded shape, sorted by byte, one a line.
const WORDS: &str = include_str!("data/opentaal.txt");

/// Beginnings that make a longer word of an ordinary one.
const PREFIXES: [&str; 18] = [
    "aan", "achter", "af", "be", "bij", "door", "her", "in", "mee", "na", "om", "onder", "ont",
    "op", "over", "uit", "ver", "voor",
];

/// Whether a folded word is an ordinary Dutch word. The list knows words of four to nine letters; a longer
/// one counts when it is made of a prefix and an ordinary word ("opschuiven"); a shorter one never counts.
pub fn is_common(word: &str) -> bool {
    if word.len() > 9 {
        return PREFIXES
            .iter()
            .filter_map(|prefix| word.strip_prefix(prefix))
            .any(|rest| rest.len() >= 5 && in_list(rest));
    }
    in_list(word)
}

fn in_list(word: &str) -> bool {
    if !(4..=9).contains(&word.len()) || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    // Binary search straight in the text: no start-up time and no memory of its own.
    let bytes = WORDS.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes
            .iter()
            .take(middle)
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        let end = bytes
            .iter()
            .skip(start)
            .position(|b| *b == b'\n')
            .map_or(bytes.len(), |length| start + length);
        match bytes.get(start..end).cmp(&Some(word.as_bytes())) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_words_are_known_and_typing_errors_are_not() {
        for word in [
            "voetbal",
            "koken",
            "zaag",
            "belangen",
            "aaien",
            "opschuiven",
        ] {
            assert!(is_common(word), "{word}");
        }
        for word in ["voetbl", "huurtoelsag", "xyzz", "", "de", "één"] {
            assert!(!is_common(word), "{word}");
        }
    }

    #[test]
    fn every_word_of_the_list_is_found() {
        assert!(WORDS.lines().step_by(997).all(is_common));
        assert!(WORDS.lines().next().is_some_and(is_common));
        assert!(WORDS.lines().last().is_some_and(is_common));
    }
}
