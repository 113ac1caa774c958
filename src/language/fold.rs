//! One shape for the many ways in which the same text can be typed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters that show nothing and that phones and web pages leave behind: zero-width spaces and
/// joiners, soft hyphens, marks of writing direction, variation selectors.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}

/// The text in lower case, without accents, ligatures, typographic signs and invisible characters.
///
/// Compatibility forms are made plain first (NFKC: `ij` becomes `ij`, full-width letters become
/// ordinary ones), accents fall away (`één` becomes `een`), quotes become `'` and `"`, dashes `-`,
/// and every kind of white space but the line break becomes one space character. Folding twice gives the same.
pub fn fold(text: &str) -> String {
    let lower: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .nfkc()
        .flat_map(char::to_lowercase)
        .collect();
    let mut folded = String::with_capacity(lower.len());
    for character in lower.nfd() {
        if is_combining_mark(character) && ('\u{0300}'..='\u{036F}').contains(&character)
            || is_invisible(character)
        {
            continue;
        }
        match character {
            '‘' | '’' | '‚' | '‛' | '`' | '´' | 'ʼ' | '′' => folded.push('\''),
            '“' | '”' | '„' | '‟' | '«' | '»' | '″' => folded.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => folded.push('-'),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            '\n' => folded.push('\n'),
            other if other.is_whitespace() => folded.push(' '),
            other => folded.push(other),
        }
    }
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_ligatures_and_typographic_signs_fall_away() {
        assert_eq!(fold("Één café, coördinatie"), "een cafe, coordinatie");
        assert_eq!(fold("IJsselmuiden en ijs"), "ijsselmuiden en ijs");
        assert_eq!(fold("‘foto’s’ – “ja”"), "'foto's' - \"ja\"");
    }

    #[test]
    fn invisible_characters_do_not_split_a_word() {
        assert_eq!(fold("Digi\u{200B}D\u{AD} \u{202E}x"), "digid x");
    }

    #[test]
    fn other_scripts_stay_readable() {
        assert_eq!(fold("السلام 한국"), "السلام 한국");
    }

    proptest! {
        #[test]
        fn folding_twice_gives_the_same(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
