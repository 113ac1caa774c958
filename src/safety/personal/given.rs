//! Given names that are common in the Netherlands.

/// One a line, folded, sorted by byte. Put together by hand from names that every library knows: Dutch, Turkish,
/// Moroccan, Polish, Ukrainian, Syrian.
const NAMES: &str = include_str!("given_names.txt");

/// Given names that are ordinary words as well: they need a capital. Sorted.
const ALSO_WORDS: &[&str] = &[
    "amber", "anker", "bas", "ben", "bloem", "ed", "els", "floor", "greet", "ina", "isa", "jet",
    "jo", "job", "kay", "lies", "lieve", "linde", "marc", "mark", "max", "mees", "merel", "mies",
    "mina", "nel", "olivier", "rein", "riet", "rob", "ron", "roos", "said", "sam", "sem", "ster",
    "storm", "ted", "tim", "tom", "ton", "toon", "wil", "wilg", "wolf",
];

/// Whether a folded word is a given name.
pub(super) fn is_given(word: &str) -> bool {
    static SORTED: std::sync::LazyLock<Vec<&str>> =
        std::sync::LazyLock::new(|| NAMES.lines().collect());
    SORTED.binary_search(&word).is_ok()
}

/// Whether a folded word is a given name and hardly ever anything else, so that it needs no capital.
pub(super) fn is_surely_given(word: &str) -> bool {
    is_given(word) && ALSO_WORDS.binary_search(&word).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_can_be_searched() {
        assert!(NAMES.lines().is_sorted());
        assert!(
            NAMES
                .lines()
                .all(|name| name.chars().all(char::is_lowercase))
        );
        assert!(ALSO_WORDS.is_sorted());
    }

    #[test]
    fn a_name_that_is_a_word_too_needs_a_capital() {
        assert!(is_given("storm") && !is_surely_given("storm"));
        assert!(is_surely_given("truus"));
        assert!(!is_given("ziek"));
    }
}
