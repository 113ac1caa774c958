//! What editors keep in `taal/`, ready for use.

use std::collections::{BTreeMap, HashMap, HashSet};

use toml::Spanned;

use super::intent::{Intent, IntentRules};
use super::lexicon_file::{
    AbbreviationFile, ConversationFile, FILES, Problem, RegionalFile, Report, StemFile, StopFile,
    SynonymFile,
};
use super::stem::Stems;
use super::synonyms::{Synonym, Synonyms};
use super::words::words;

/// The Dutch that the bot knows: stems, synonyms, names and abbreviations, regional words, stop words, and
/// the words of small talk.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    stems: Stems,
    stop: HashSet<String>,
    /// Other spellings of names and abbreviations. They hold for articles and questions alike.
    spellings: Rewrites,
    /// Regional words and street words. They hold for questions only.
    regional: Rewrites,
    synonyms: Synonyms,
    intents: IntentRules,
    listed: HashSet<String>,
}

/// A word of a text, with its stem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The folded word, after rewriting.
    pub text: String,
    /// Its stem.
    pub stem: String,
    /// True for words that say nothing about the subject.
    pub stop: bool,
}

/// Folded words that stand next to each other.
type Phrase = Vec<String>;

/// From a run of folded words to other words, by the first word.
#[derive(Clone, Debug, Default)]
struct Rewrites {
    by_first: HashMap<String, Vec<(Phrase, Phrase)>>,
}

impl Rewrites {
    fn add(&mut self, from: Vec<String>, to: Vec<String>) {
        if let Some(first) = from.first().cloned() {
            let entries = self.by_first.entry(first).or_default();
            entries.push((from, to));
            // The longest match goes first.
            entries.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        }
    }

    /// Replaces every run, longest first; a single word is left alone when `keep` says so.
    fn apply(&self, words: Vec<String>, keep: impl Fn(&str) -> bool) -> Vec<String> {
        let mut result = Vec::with_capacity(words.len());
        let mut rest = words.as_slice();
        while let Some((first, tail)) = rest.split_first() {
            let found = self.by_first.get(first).and_then(|entries| {
                entries
                    .iter()
                    .find(|(from, _)| rest.starts_with(from) && (from.len() > 1 || !keep(first)))
            });
            match found {
                Some((from, to)) => {
                    result.extend(to.iter().cloned());
                    rest = rest.get(from.len()..).unwrap_or_default();
                }
                None => {
                    result.push(first.clone());
                    rest = tail;
                }
            }
        }
        result
    }
}

impl Lexicon {
    /// The lexicon of our own files, which are compiled in.
    pub fn built_in() -> Self {
        Self::read(&FILES).0
    }

    /// Reads the files of a folder `taal/`: pairs of file name (without folder) and text. A file that is
    /// not there, or that cannot be read at all, is replaced by our own. Gives the lexicon and everything
    /// that is wrong with the files.
    pub fn read(files: &[(&str, &str)]) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut reader = Reader::default();
        for (name, own) in FILES {
            let given = files
                .iter()
                .find(|(file, _)| *file == name)
                .map(|(_, text)| *text);
            let done = given.is_some_and(|text| reader.read(name, text, &mut problems));
            if !done {
                // Our own files are tested to be without problems.
                reader.read(name, own, &mut Vec::new());
            }
        }
        for (name, _) in files
            .iter()
            .filter(|(file, _)| !FILES.iter().any(|(own, _)| own == file))
        {
            let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
            Report::new(name, "", &mut problems).warn(
                0..0,
                format!(
                    "Dit bestand kent de bot niet. In de map taal gebruikt hij alleen: {}.",
                    names.join(", ")
                ),
            );
        }
        (reader.finish(), problems)
    }

    /// The stem of a folded word.
    pub fn stem(&self, word: &str) -> String {
        self.stems.of(word)
    }

    /// Whether a folded word says nothing about the subject of a question.
    pub fn is_stop(&self, word: &str) -> bool {
        self.stop.contains(word)
    }

    /// The words of an editor's text, with other spellings of names made one, and their stems.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        self.stemmed(self.words(text))
    }

    /// The words of an editor's text, folded, with other spellings of names made one.
    pub fn words(&self, text: &str) -> Vec<String> {
        let words = words(text).into_iter().map(|word| word.folded).collect();
        self.spellings.apply(words, |_| false)
    }

    /// The words of a question: as [`Lexicon::tokens`], and regional words made standard Dutch, except
    /// where `known` says that the knowledge base uses the word itself.
    pub fn question_words(&self, text: &str, known: impl Fn(&str) -> bool) -> Vec<String> {
        let words = words(text).into_iter().map(|word| word.folded).collect();
        let standard = self
            .regional
            .apply(self.spellings.apply(words, |_| false), known);
        self.spellings.apply(standard, |_| false)
    }

    /// What a short message means when it is no question; see [`Intent`].
    pub fn intent(&self, text: &str) -> Option<Intent> {
        self.intents.of(text)
    }

    /// The words that names, abbreviations and synonyms are made of, for the correction of typing errors.
    pub fn listed_words(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(String::as_str)
    }

    /// The synonyms that start at the first of these stems.
    pub(super) fn synonyms_at<'a>(
        &'a self,
        stems: &'a [&str],
    ) -> impl Iterator<Item = &'a Synonym> {
        self.synonyms.starting_at(stems)
    }

    fn stemmed(&self, words: Vec<String>) -> Vec<Token> {
        words
            .into_iter()
            .map(|text| Token {
                stem: self.stem(&text),
                stop: self.is_stop(&text),
                text,
            })
            .collect()
    }
}

/// Reads the files one by one. Synonyms wait until stems and spellings are known.
#[derive(Default)]
struct Reader {
    lexicon: Lexicon,
    groups: Vec<Vec<Phrase>>,
    meant: Vec<(Vec<Phrase>, Vec<Phrase>)>,
}

impl Reader {
    /// False when the file could not be used at all.
    fn read(&mut self, name: &str, text: &str, problems: &mut Vec<Problem>) -> bool {
        let mut report = Report::new(name, text, problems);
        match name {
            "stammen.toml" => report.parse().map(|file| self.stems(file, &mut report)),
            "synoniemen.toml" => report.parse().map(|file| self.synonyms(file, &mut report)),
            "afkortingen.toml" => report
                .parse()
                .map(|file| self.abbreviations(file, &mut report)),
            "streektaal.toml" => report.parse().map(|file| self.regional(file, &mut report)),
            "stopwoorden.toml" => report.parse().map(|file| self.stop(file, &mut report)),
            _ => report.parse().map(|file: ConversationFile| {
                self.lexicon.intents = IntentRules::new(file, &mut report)
            }),
        }
        .is_some()
    }

    fn stems(&mut self, file: StemFile, report: &mut Report<'_>) {
        let mut seen: HashMap<String, String> = HashMap::new();
        let mut groups = Vec::new();
        for (stem, forms) in file.stammen {
            let mut kept = Vec::new();
            for form in &forms {
                let Some(word) = single(form, report) else {
                    continue;
                };
                match seen.get(&word) {
                    Some(other) if *other != stem => report.warn(
                        form.span(),
                        format!("\"{word}\" staat ook bij \"{other}\". Kies één van de twee."),
                    ),
                    _ => {
                        seen.insert(word.clone(), stem.clone());
                        kept.push(word);
                    }
                }
            }
            groups.push((stem, kept));
        }
        self.lexicon.stems = Stems::new(&groups);
    }

    fn synonyms(&mut self, file: SynonymFile, report: &mut Report<'_>) {
        for group in file.groep {
            let span = group.woorden.span();
            let members = phrases(&group.woorden.into_inner(), report);
            if members.len() < 2 {
                report.warn(span, "In een groep staan minstens twee woorden.");
                continue;
            }
            self.groups.push(members);
        }
        for entry in file.bedoelt {
            let pair = (
                phrases(&entry.woorden, report),
                phrases(&entry.bedoelt, report),
            );
            self.meant.push(pair);
        }
    }

    fn abbreviations(&mut self, file: AbbreviationFile, report: &mut Report<'_>) {
        let mut seen: HashMap<Vec<String>, String> = HashMap::new();
        for entry in file.afkorting {
            let short: String = folded(entry.kort.as_ref()).concat();
            if short.is_empty() {
                report.warn(entry.kort.span(), "Achter `kort` staat geen woord.");
                continue;
            }
            let own = folded(entry.kort.as_ref());
            if own.len() > 1 {
                self.lexicon.spellings.add(own, vec![short.clone()]);
            }
            let full = folded(&entry.voluit);
            if !full.is_empty() {
                self.meant
                    .push((vec![vec![short.clone()]], vec![full.clone()]));
                self.meant.push((vec![full], vec![vec![short.clone()]]));
            }
            for other in &entry.ook {
                let from = folded(other.as_ref());
                if from.is_empty() || from == [short.clone()] {
                    continue;
                }
                if let Some(before) = seen.get(&from).filter(|before| **before != short) {
                    report.warn(
                        other.span(),
                        format!(
                            "\"{}\" staat ook bij \"{before}\". Kies één van de twee.",
                            other.as_ref()
                        ),
                    );
                    continue;
                }
                seen.insert(from.clone(), short.clone());
                self.lexicon.spellings.add(from, vec![short.clone()]);
            }
            self.lexicon.listed.insert(short);
        }
    }

    fn regional(&mut self, file: RegionalFile, report: &mut Report<'_>) {
        let sections: BTreeMap<_, _> = file;
        for (regional, standard) in sections.into_values().flatten() {
            let from = folded(&regional);
            let to = folded(standard.as_ref());
            if from.is_empty() || to.is_empty() {
                report.warn(
                    standard.span(),
                    format!("Bij \"{regional}\" mist een woord."),
                );
                continue;
            }
            if from != to {
                self.lexicon.regional.add(from, to);
            }
        }
    }

    fn stop(&mut self, file: StopFile, report: &mut Report<'_>) {
        for word in file.into_values().flatten() {
            if let Some(word) = single(&word, report) {
                self.lexicon.stop.insert(word);
            }
        }
    }

    fn finish(self) -> Lexicon {
        let mut lexicon = self.lexicon;
        for members in &self.groups {
            for member in members {
                let others = members.iter().filter(|other| *other != member);
                let to = others.map(|other| content_stems(&lexicon, other)).collect();
                let from = all_stems(&lexicon, member);
                lexicon.synonyms.add(from, to);
            }
        }
        for (words, meant) in &self.meant {
            for word in words {
                let to = meant
                    .iter()
                    .map(|other| content_stems(&lexicon, other))
                    .collect();
                let from = all_stems(&lexicon, word);
                lexicon.synonyms.add(from, to);
            }
        }
        let listed: Vec<String> = self
            .groups
            .iter()
            .chain(self.meant.iter().map(|(words, _)| words))
            .flatten()
            .flatten()
            .filter(|word| !lexicon.is_stop(word))
            .cloned()
            .collect();
        lexicon.listed.extend(listed);
        lexicon
    }
}

fn folded(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.folded).collect()
}

fn phrases(list: &[Spanned<String>], report: &mut Report<'_>) -> Vec<Vec<String>> {
    let mut phrases = Vec::new();
    for entry in list {
        let words = folded(entry.as_ref());
        if words.is_empty() {
            report.warn(
                entry.span(),
                format!("\"{}\" is geen woord.", entry.as_ref()),
            );
        } else {
            phrases.push(words);
        }
    }
    phrases
}

fn single(entry: &Spanned<String>, report: &mut Report<'_>) -> Option<String> {
    let mut words = folded(entry.as_ref()).into_iter();
    match (words.next(), words.next()) {
        (Some(word), None) => Some(word),
        _ => {
            report.warn(
                entry.span(),
                format!(
                    "\"{}\" is niet precies één woord. Hier kan alleen één woord staan.",
                    entry.as_ref()
                ),
            );
            None
        }
    }
}

fn spelled(lexicon: &Lexicon, words: &[String]) -> Vec<String> {
    lexicon.spellings.apply(words.to_vec(), |_| false)
}

fn all_stems(lexicon: &Lexicon, words: &[String]) -> Vec<String> {
    spelled(lexicon, words)
        .iter()
        .map(|word| lexicon.stem(word))
        .collect()
}

fn content_stems(lexicon: &Lexicon, words: &[String]) -> Vec<String> {
    spelled(lexicon, words)
        .iter()
        .filter(|word| !lexicon.is_stop(word))
        .map(|word| lexicon.stem(word))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn our_own_files_are_without_problems() {
        let (_, problems) = Lexicon::read(&FILES);
        assert!(problems.is_empty(), "{problems:#?}");
    }

    #[test]
    fn stems_of_the_golden_list() {
        let lexicon = Lexicon::built_in();
        let mut owner: HashMap<String, String> = HashMap::new();
        let mut wrong = Vec::new();
        let mut count = 0;
        for line in include_str!("../../tests/data/stammen.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            let words = folded(line);
            count += words.len();
            let stems: HashSet<String> = words.iter().map(|word| lexicon.stem(word)).collect();
            if stems.len() != 1 {
                wrong.push(format!(
                    "{line}: {:?}",
                    words.iter().map(|w| lexicon.stem(w)).collect::<Vec<_>>()
                ));
            }
            for stem in stems {
                if let Some(other) = owner.insert(stem.clone(), line.to_owned()) {
                    wrong.push(format!("{stem}: both {other} and {line}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(count >= 120, "{count}");
    }

    #[test]
    fn other_spellings_become_one() {
        let lexicon = Lexicon::built_in();
        for text in ["DigiD", "dig id", "digi d", "Digi-D", "die gi dee"] {
            let texts: Vec<String> = lexicon
                .tokens(text)
                .into_iter()
                .map(|token| token.text)
                .collect();
            assert_eq!(texts, ["digid"], "{text}");
        }
    }

    #[test]
    fn regional_words_become_standard_unless_the_articles_use_them() {
        let lexicon = Lexicon::built_in();
        assert_eq!(
            lexicon.question_words("woar mok wean veur mien geeld", |_| false),
            ["waar", "moet", "ik", "wean", "voor", "mijn", "geld"]
        );
        assert_eq!(
            lexicon.question_words("hoes", |word| word == "hoes"),
            ["hoes"]
        );
    }

    #[test]
    fn a_file_with_a_mistake_is_replaced_by_ours_and_says_where() {
        let (lexicon, problems) =
            Lexicon::read(&[("stammen.toml", "[stammen]\nlid = [\"leden\"\nx")]);
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].unusable && problems[0].line >= 2,
            "{problems:?}"
        );
        assert_eq!(lexicon.stem("leden"), "lid");
    }

    #[test]
    fn a_mistake_in_one_value_leaves_the_rest() {
        let text = "[stammen]\nlid = [\"leden\", \"een lid\"]\nleed = [\"leden\"]\n";
        let (_, problems) = Lexicon::read(&[("stammen.toml", text), ("extra.toml", "")]);
        let lines: Vec<(usize, bool)> = problems.iter().map(|p| (p.line, p.unusable)).collect();
        assert_eq!(problems.len(), 3, "{problems:#?}");
        assert!(lines.contains(&(2, false)));
        assert!(problems.iter().any(|p| p.file == "extra.toml"));
    }

    proptest! {
        #[test]
        fn any_text_in_any_file_gives_a_lexicon(at in 0..FILES.len(), text in "(?s).{0,60}") {
            let (lexicon, _) = Lexicon::read(&[(FILES[at].0, &text)]);
            prop_assert!(!lexicon.stem("boeken").is_empty());
        }
    }
}
