//! Text to words: folded so that case, accents, doubled letters and script variants do not matter.
//!
//! Own folding, not that of `language/`: danger is also recognised in eight other languages, so
//! nothing here may know Dutch stems, and it must be the same for a rule and for a message.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word of a message, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The folded letters or digits.
    pub(super) text: String,
    /// Place in the message. A comma counts for one extra word and the end of a sentence for three, so
    /// that rules with a gap seldom reach over them.
    pub(super) place: u32,
}

/// A character that shows nothing and must not hide a word or a number.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{0640}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '′')
}

/// Letters that Unicode does not take apart, but that people write without their mark.
fn simpler(c: char) -> char {
    match c {
        'ł' => 'l',
        'ı' => 'i',
        'ø' => 'o',
        'đ' => 'd',
        'ґ' => 'г',
        'ё' | 'э' => 'е',
        'ة' => 'ه',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        _ => c,
    }
}

/// Calls `each` for every folded letter or digit, and with `None` for a character between words.
fn fold_into(text: &str, mut each: impl FnMut(Option<char>, char)) {
    for c in text
        .chars()
        .filter(|c| !is_invisible(*c) && !is_apostrophe(*c))
        .flat_map(char::to_lowercase)
        .nfkd()
    {
        match c {
            'ß' => {
                each(Some('s'), c);
                each(Some('s'), c);
            }
            'æ' => {
                each(Some('a'), c);
                each(Some('e'), c);
            }
            _ if is_combining_mark(c) => {}
            _ if c.is_alphanumeric() => each(Some(simpler(c)), c),
            _ => each(None, c),
        }
    }
}

/// One word, folded: what is between words falls away.
pub(super) fn fold_word(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, |letter, _| push(&mut folded, letter));
    folded
}

/// Adds a letter unless it is the third of the same in a row ("doooood").
fn push(word: &mut String, letter: Option<char>) {
    let Some(letter) = letter else { return };
    let mut back = word.chars().rev();
    let tripled =
        letter.is_alphabetic() && back.next() == Some(letter) && back.next() == Some(letter);
    if !tripled {
        word.push(letter);
    }
}

/// The words of a message, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut place = 0u32;
    let mut pause = 0u32;
    fold_into(text, |letter, raw| {
        // Digits and letters part: "16jaar" is two words.
        let turns = letter.is_some_and(|l| {
            current
                .chars()
                .last()
                .is_some_and(|last| last.is_numeric() != l.is_numeric())
        });
        if (letter.is_none() || turns) && !current.is_empty() {
            place += 1 + pause;
            pause = 0;
            found.push(Word {
                text: std::mem::take(&mut current),
                place,
            });
        }
        match letter {
            Some(_) => push(&mut current, letter),
            None => {
                let weight = match raw {
                    '.' | '!' | '?' | '…' | '\n' | '؟' | '。' => 3,
                    ',' | ';' | ':' | '(' | ')' | '،' | '/' | '—' | '–' => 1,
                    _ => 0,
                };
                pause = pause.max(weight);
            }
        }
    });
    if !current.is_empty() {
        place += 1 + pause;
        found.push(Word {
            text: current,
            place,
        });
    }
    found
}

/// How a word sounds, roughly: what people who write by ear mix up in Dutch falls together
/// (d/t, z/s, v/f, c/k, ch/g, ij/ei, au/ou, single and double letters).
pub(super) fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(letters.len());
    let mut i = 0;
    while let Some(&c) = letters.get(i) {
        let next = letters.get(i + 1).copied();
        let (sounds, used): (&[char], usize) = match (c, next) {
            ('c', Some('h')) | ('g', Some('h')) => (&['g'], 2),
            ('i', Some('j')) | ('e', Some('i')) => (&['y'], 2),
            ('o', Some('u')) | ('a', Some('u')) => (&['o', 'u'], 2),
            ('t', Some('h')) => (&['t'], 2),
            ('q', Some('u')) => (&['k', 'w'], 2),
            ('c', Some('e' | 'i')) => (&['s'], 1),
            ('c', _) => (&['k'], 1),
            ('d', _) => (&['t'], 1),
            ('z', _) => (&['s'], 1),
            ('v', _) => (&['f'], 1),
            ('x', _) => (&['k', 's'], 1),
            _ => (std::slice::from_ref(&letters[i]), 1),
        };
        for &s in sounds {
            if out.last() != Some(&s) {
                out.push(s);
            }
        }
        i += used;
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn case_accents_and_hidden_characters_fall_away() {
        assert_eq!(
            texts("Suïcidaal, z’n MOEDER"),
            ["suicidaal", "zn", "moeder"]
        );
        assert_eq!(texts("do\u{200B}od"), ["dood"]);
        assert_eq!(texts("ｚｅｌｆ"), ["zelf"]);
        assert_eq!(texts("doooood"), ["dood"]);
        assert_eq!(texts("żyć"), ["zyc"]);
    }

    #[test]
    fn a_comma_and_a_full_stop_widen_the_distance() {
        let places: Vec<u32> = words("a b, c. d").into_iter().map(|w| w.place).collect();
        assert_eq!(places, [1, 2, 4, 8]);
    }

    #[test]
    fn writing_by_ear_sounds_the_same() {
        for (right, by_ear) in [
            ("zelfmoord", "selfmoort"),
            ("verkracht", "verkragt"),
            ("mishandeld", "mishandelt"),
            ("bedreigd", "bedrijgt"),
        ] {
            assert_eq!(sound(right), sound(by_ear));
        }
        assert_ne!(sound("verkracht"), sound("verwacht"));
    }
}
