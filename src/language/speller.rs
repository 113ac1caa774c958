//! Typing errors: the word of the knowledge base that was meant.

use std::collections::HashMap;

use strsim::osa_distance;

use super::common::is_common;
use super::vocabulary::Vocabulary;

/// Words of the knowledge base, arranged to find the nearest one.
#[derive(Clone, Debug, Default)]
pub struct Speller {
    entries: Vec<Entry>,
    by_sound: HashMap<String, Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Entry {
    word: String,
    length: usize,
    letters: u32,
    count: u32,
}

impl Speller {
    /// Prepares correction towards the words of `vocabulary` of four letters and more.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let mut entries: Vec<Entry> = vocabulary
            .words()
            .filter(|word| word.chars().count() >= 4 && word.chars().all(char::is_alphabetic))
            .map(|word| Entry {
                word: word.to_owned(),
                length: word.chars().count(),
                letters: letters(word),
                count: vocabulary.count(word),
            })
            .collect();
        entries.sort_by(|a, b| a.word.cmp(&b.word));
        let mut by_sound: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_sound.entry(sound(&entry.word)).or_default().push(at);
        }
        Self { entries, by_sound }
    }

    /// The word that was meant by a folded word that the knowledge base does not have; `None` when the
    /// word is an ordinary Dutch word, has digits, is shorter than four letters, or nothing is near.
    ///
    /// Near is: one typing error (a letter too many, too few, wrong, or two swapped), two from eight letters
    /// on, or the same sound (`reisbeweis` and `rijbewijs` differ, `rijbeweis` and `rijbewijs` do not).
    pub fn correct(&self, word: &str, vocabulary: &Vocabulary) -> Option<&str> {
        let length = word.chars().count();
        if !(4..=40).contains(&length)
            || vocabulary.contains(word)
            || is_common(word)
            || !word.chars().all(char::is_alphabetic)
        {
            return None;
        }
        let most = if length >= 8 { 2 } else { 1 };
        let mask = letters(word);
        let same_sound = self
            .by_sound
            .get(&sound(word))
            .into_iter()
            .flatten()
            .filter_map(|at| {
                let entry = self.entries.get(*at)?;
                let distance = osa_distance(word, &entry.word);
                (distance <= 3 && entry.length.abs_diff(length) <= 2)
                    .then_some((distance.saturating_sub(1), entry))
            });
        let near = self
            .entries
            .iter()
            .filter(|entry| {
                entry.length.abs_diff(length) <= most
                    && (entry.letters ^ mask).count_ones() as usize <= 2 * most
                    && (entry.length >= 8 || most == 1)
            })
            .filter_map(|entry| {
                let distance = osa_distance(word, &entry.word);
                // A wrong first letter is rare, and makes another word: "fiets" and "niets". So does
                // another letter in a short word: "Rome" and "roze".
                let first = entry.word.chars().next() != word.chars().next();
                let other_word = first && (distance > 1 || length < 6)
                    || length <= 5 && entry.length == length && entry.letters != mask;
                (distance <= most && !other_word)
                    .then_some((distance * 2 + usize::from(first), entry))
            });
        same_sound
            .map(|(distance, entry)| (distance * 2, entry))
            .chain(near)
            .min_by(|(a, left), (b, right)| {
                a.cmp(b)
                    .then(right.count.cmp(&left.count))
                    .then(left.word.cmp(&right.word))
            })
            .map(|(_, entry)| entry.word.as_str())
    }
}

/// Which letters a word has, one bit each; other signs share the last bits.
fn letters(word: &str) -> u32 {
    word.chars().fold(0, |mask, c| {
        mask | 1 << (u32::from(c).wrapping_sub(u32::from('a')) & 31)
    })
}

/// How a folded word sounds: words that a Dutch speller mixes up get the same key.
///
/// ei and ij, au and ou, oa (as in Twents) and aa, c and k, z and s, v and f, g and ch, d and t or b and p at the end, dt; double letters are one.
fn sound(word: &str) -> String {
    let mut key = word.to_owned();
    for (from, to) in [
        ("sch", "sg"),
        ("ch", "g"),
        ("oa", "a"),
        ("ao", "a"),
        ("ij", "y"),
        ("ei", "y"),
        ("ey", "y"),
        ("auw", "u"),
        ("ouw", "u"),
        ("au", "u"),
        ("ou", "u"),
        ("ie", "i"),
        ("oe", "w"),
        ("ck", "k"),
        ("ks", "x"),
        ("ce", "se"),
        ("ci", "si"),
        ("ph", "f"),
        ("th", "t"),
        ("qu", "kw"),
        ("c", "k"),
        ("z", "s"),
        ("v", "f"),
        ("dt", "t"),
    ] {
        key = key.replace(from, to);
    }
    for (end, heard) in [('d', 't'), ('b', 'p')] {
        if key.ends_with(end) {
            key.pop();
            key.push(heard);
        }
    }
    let mut letters: Vec<char> = key.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::Lexicon;
    use super::*;

    fn corrected(word: &str) -> Option<String> {
        let vocabulary = Vocabulary::build(
            &Lexicon::built_in(),
            [
                "Een rijbewijs, paspoort of huurtoeslag aanvragen. Verhuizen. Kinderopvang, bibliotheek, fiets, \
              belastingaangifte, uitkering, ouderen, schulden, verzekering, koken, wachtwoord, oplichting",
            ],
        );
        Speller::new(&vocabulary)
            .correct(word, &vocabulary)
            .map(str::to_owned)
    }

    #[test]
    fn typing_errors_are_repaired() {
        for (typed, meant) in [
            ("pasport", "paspoort"),
            ("huurtoelsag", "huurtoeslag"),
            ("biblioteek", "bibliotheek"),
            ("uitkeering", "uitkering"),
            ("kinderopfang", "kinderopvang"),
            ("rijbeweis", "rijbewijs"),
            ("reibewijs", "rijbewijs"),
            ("belastingaangivte", "belastingaangifte"),
            ("wagtwoort", "wachtwoord"),
            ("biep", "bieb"),
            ("oplichtign", "oplichting"),
            ("verzeekering", "verzekering"),
        ] {
            assert_eq!(corrected(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn good_words_and_noise_are_left_alone() {
        for word in [
            "niets",
            "kopen",
            "boeken",
            "schuiven",
            "rijbewijs",
            "xqzvt",
            "1234",
            "pas",
            "",
            "🙂🙂🙂🙂",
            "السلام",
        ] {
            assert_eq!(corrected(word), None, "{word}");
        }
    }
}
