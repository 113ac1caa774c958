//! The small language of rules: `<wil> ..2 ^dood`.
//!
//! | written | means |
//! |---|---|
//! | `woord` | this word (folded) |
//! | `woord*`, `*woord` | a word that begins, or ends, with it |
//! | `~woord`, `~woord*` | the same, and one letter may be wrong |
//! | `<klasse>` | a word of this class |
//! | `a\|b\|<c>` | one of these |
//! | `a\|b+c` | one of these, where `b+c` is `b c` |
//! | `a b` | directly after each other (filler words do not count) |
//! | `a .. b`, `a ..8 b` | at most 4, or 8, words in between |
//! | `a & b ..2 c` | both, in any order, within 12 words |
//! | `woord?` | may be left out |
//! | `a $` | a, and then the sentence or the clause ends |
//! | `^woord` | not just after a word like "niet" |

/// How far the parts of an unordered rule may lie apart, in places.
pub(super) const REACH: u32 = 12;
/// The gap of `..` without a number, in places.
const GAP: u32 = 4;
/// The widest gap that may be written, so that matching stays linear.
const WIDEST: u32 = 15;

/// The most rules that one line with phrases may stand for.
const MOST_VARIANTS: usize = 64;

/// One way to name words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Term {
    /// Exactly this word (or one that sounds the same, when long enough).
    Exact(String),
    /// A word that begins with this.
    Start(String),
    /// A word that ends with this.
    End(String),
    /// This word with at most one mistake.
    Near(String),
    /// A word that begins with this, with at most one mistake.
    NearStart(String),
    /// A word of this class.
    Class(String),
}

impl Term {
    /// Reads a term; `None` when nothing remains after folding.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix('<') {
            let name = name.strip_suffix('>')?;
            return (!name.is_empty()).then(|| Self::Class(name.to_owned()));
        }
        let (near, rest) = match text.strip_prefix('~') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let word = super::fold::fold_word(rest);
        if word.is_empty() {
            return None;
        }
        Some(match (near, rest.ends_with('*'), rest.starts_with('*')) {
            (true, true, _) => Self::NearStart(word),
            (true, false, _) => Self::Near(word),
            (false, true, _) => Self::Start(word),
            (false, false, true) => Self::End(word),
            (false, false, false) => Self::Exact(word),
        })
    }
}

/// One place in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Any of these will do.
    pub(super) terms: Vec<Term>,
    /// A word like "niet" just before it undoes the match.
    pub(super) asserted: bool,
    /// Words allowed between the previous item and this one.
    pub(super) gap: u32,
    /// It may be left out.
    pub(super) optional: bool,
    /// No word, but the end of a clause (`$`).
    pub(super) end: bool,
}

/// A rule as read: groups that must all be there, each in its own order, near each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// At least one group of at least one item.
    pub(super) groups: Vec<Vec<Item>>,
}

impl Pattern {
    /// Reads a rule: as many as it has phrases (`b+c`) to choose from.
    ///
    /// # Errors
    /// What is wrong with it, in Dutch.
    pub(super) fn read_all(text: &str) -> Result<Vec<Self>, String> {
        let mut written = vec![String::new()];
        for part in text.split_whitespace() {
            let choices = phrases(part);
            if written.len() * choices.len() > MOST_VARIANTS {
                return Err(format!("de regel '{text}' heeft te veel plusjes"));
            }
            written = written
                .iter()
                .flat_map(|head| choices.iter().map(move |choice| format!("{head} {choice}")))
                .collect();
        }
        written.iter().map(|one| Self::read(one)).collect()
    }

    fn read(text: &str) -> Result<Self, String> {
        let groups = text
            .split('&')
            .map(|part| read_group(part, text))
            .collect::<Result<_, _>>()?;
        Ok(Self { groups })
    }
}

/// A part of a rule without plus signs: the single words together, each phrase on its own.
fn phrases(part: &str) -> Vec<String> {
    if !part.contains('+') {
        return vec![part.to_owned()];
    }
    let (phrases, words): (Vec<&str>, Vec<&str>) =
        part.split('|').partition(|choice| choice.contains('+'));
    let words = (!words.is_empty()).then(|| words.join("|"));
    words
        .into_iter()
        .chain(phrases.into_iter().map(|phrase| phrase.replace('+', " ")))
        .collect()
}

fn read_group(part: &str, whole: &str) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    let mut gap = None;
    for word in part.split_whitespace() {
        if let Some(width) = word.strip_prefix("..") {
            let width = if width.is_empty() {
                Some(GAP)
            } else {
                width.parse().ok().filter(|n| *n <= WIDEST)
            };
            gap = Some(width.ok_or_else(|| format!("'{word}' is geen goede tussenruimte"))?);
            continue;
        }
        if word == "$" {
            items.push(Item {
                terms: Vec::new(),
                asserted: false,
                gap: 0,
                optional: false,
                end: true,
            });
            continue;
        }
        let (asserted, rest) = match word.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let (optional, rest) = match rest.strip_suffix('?') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let terms = rest
            .split('|')
            .map(|term| Term::read(term).ok_or_else(|| format!("'{term}' is geen woord of klasse")))
            .collect::<Result<Vec<_>, _>>()?;
        items.push(Item {
            terms,
            asserted,
            gap: gap.take().unwrap_or(0),
            optional,
            end: false,
        });
    }
    let begins = items
        .first()
        .is_some_and(|item| !item.optional && !item.end && item.gap == 0);
    if !begins || gap.is_some() {
        return Err(format!("de regel '{whole}' is leeg of niet af"));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_in_parts() {
        let rule = Pattern::read("<wil> ..2 ^dood|~sterven* nu?").unwrap();
        let [group] = rule.groups.as_slice() else {
            panic!("one group expected");
        };
        assert_eq!(group[0].terms, [Term::Class("wil".into())]);
        assert_eq!(group[1].gap, 2);
        assert!(group[1].asserted && !group[1].optional);
        assert_eq!(
            group[1].terms,
            [
                Term::Exact("dood".into()),
                Term::NearStart("sterven".into())
            ]
        );
        assert!(group[2].optional);
        assert_eq!(Pattern::read("man & slaat .. mij").unwrap().groups.len(), 2);
    }

    #[test]
    fn a_phrase_is_one_of_the_choices() {
        let rules = Pattern::read_all("wil dood|niet+meer nu").unwrap();
        let same = [
            Pattern::read("wil dood nu"),
            Pattern::read("wil niet meer nu"),
        ];
        assert_eq!(rules, same.map(Result::unwrap));
    }

    #[test]
    fn a_mistake_is_named() {
        for wrong in ["", "a ..", ".. a", "a ..99 b", "<open .. b", "a &", "a? b"] {
            assert!(Pattern::read(wrong).is_err(), "{wrong}");
        }
    }
}
