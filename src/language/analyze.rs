//! From a question to what must be looked for.

use std::collections::HashMap;
use std::sync::Arc;

use super::compound;
use super::lexicon::Lexicon;
use super::markup::without_markup;
use super::speller::Speller;
use super::vocabulary::Vocabulary;

/// A question longer than this many words is cut: nobody asks more in one message.
const MAX_WORDS: usize = 200;
/// So many words of a question may be corrected; more unknown words is no typing error.
const MAX_CORRECTIONS: usize = 12;
/// How much a synonym counts, against the word itself.
const SYNONYM: f32 = 0.85;
/// How much all parts of a compound together count.
const ALL_PARTS: f32 = 0.8;
/// How much one part of a compound counts.
const ONE_PART: f32 = 0.4;
/// How much a separable verb counts that was put together again.
const SEPARABLE: f32 = 0.9;
/// Particles that split off from Dutch verbs: "ik vraag … aan".
const PARTICLES: [&str; 16] = [
    "aan", "af", "bij", "door", "in", "mee", "na", "om", "op", "over", "terug", "toe", "uit",
    "voor", "weg", "vast",
];

/// Something that counts for a term as well.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The stems to look for; all of them must be there.
    pub stems: Vec<String>,
    /// How much it counts, from 0 to 1, against the term itself.
    pub weight: f32,
}

/// One word of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The folded word, after rewriting and correction.
    pub text: String,
    /// Its stem.
    pub stem: String,
    /// True for words that say nothing about the subject.
    pub stop: bool,
    /// True when the knowledge base has this word, or one of the alternatives.
    pub known: bool,
    /// What was typed, when that was corrected.
    pub typed: Option<String>,
    /// What counts as well: synonyms, parts of a compound, the whole of a separable verb.
    pub alternatives: Vec<Alternative>,
}

/// A question, ready to be looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// Its words in order, stop words included.
    pub terms: Vec<Term>,
}

impl Analysis {
    /// The words that say something about the subject.
    pub fn content(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(|term| !term.stop)
    }

    /// The words that say something about the subject, corrected, with spaces between.
    pub fn content_text(&self) -> String {
        self.content()
            .map(|term| term.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A word of an article.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentTerm {
    /// The stem of the word, or of a part of a compound.
    pub stem: String,
    /// 1 for a word, less for a part of a compound.
    pub weight: f32,
    /// True for words that say nothing about the subject.
    pub stop: bool,
}

/// The lexicon together with the words of one knowledge base.
#[derive(Clone, Debug)]
pub struct Analyzer {
    lexicon: Arc<Lexicon>,
    vocabulary: Vocabulary,
    speller: Speller,
    /// Stems of the parts of the compounds that the knowledge base has.
    compounds: HashMap<String, Vec<String>>,
}

impl Analyzer {
    /// Prepares for a knowledge base that is made of these texts.
    pub fn new<'a>(lexicon: Arc<Lexicon>, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let vocabulary = Vocabulary::build(&lexicon, texts);
        let speller = Speller::new(&vocabulary);
        let compounds = vocabulary
            .text_words()
            .filter_map(|word| {
                let parts = compound::parts(word, &lexicon, &vocabulary);
                let stems: Vec<String> = parts.iter().map(|part| lexicon.stem(part)).collect();
                (!stems.is_empty()).then(|| (word.to_owned(), stems))
            })
            .collect();
        Self {
            lexicon,
            vocabulary,
            speller,
            compounds,
        }
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The words of the knowledge base.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words of a text of the knowledge base, compounds followed by their parts.
    pub fn document(&self, text: &str) -> Vec<DocumentTerm> {
        let mut terms = Vec::new();
        for text in self.lexicon.words(text) {
            terms.push(DocumentTerm {
                stem: self.stem(&text),
                weight: 1.0,
                stop: self.lexicon.is_stop(&text),
            });
            for part in self.compounds.get(&text).into_iter().flatten() {
                terms.push(DocumentTerm {
                    stem: part.clone(),
                    weight: ONE_PART,
                    stop: false,
                });
            }
        }
        terms
    }

    /// Takes a question apart: rewriting, joining of what was split, correction, stems, alternatives.
    pub fn question(&self, text: &str) -> Analysis {
        let mut words = self
            .lexicon
            .question_words(&without_markup(text), |word| self.vocabulary.in_texts(word));
        words.truncate(MAX_WORDS);
        let words = self.joined(words);
        let mut corrections = 0;
        let mut terms: Vec<Term> = words
            .into_iter()
            .map(|word| {
                let meant = (corrections < MAX_CORRECTIONS && !self.is_known(&word))
                    .then(|| self.corrected(&word))
                    .flatten();
                match meant {
                    Some(meant) => {
                        corrections += 1;
                        self.term(meant, Some(word))
                    }
                    None => self.term(word, None),
                }
            })
            .collect();
        self.add_separable_verbs(&mut terms);
        self.add_synonyms(&mut terms);
        for term in &mut terms {
            term.known = self.vocabulary.has_stem(&term.stem)
                || term.alternatives.iter().any(|other| {
                    other
                        .stems
                        .iter()
                        .all(|stem| self.vocabulary.has_stem(stem))
                });
        }
        Analysis { terms }
    }

    /// A question as a standard text: rewritten, joined and corrected, in folded words with spaces between.
    pub fn standard(&self, text: &str) -> String {
        let analysis = self.question(text);
        analysis
            .terms
            .into_iter()
            .map(|term| term.text)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn is_known(&self, word: &str) -> bool {
        self.lexicon.is_stop(word)
            || self.vocabulary.contains(word)
            || self.vocabulary.has_stem(&self.question_stem(word))
    }

    fn corrected(&self, word: &str) -> Option<String> {
        // "huuuur": nobody holds a key down on purpose three times.
        let calm = without_long_runs(word);
        if calm != word && self.is_known(&calm) {
            return Some(calm);
        }
        if !compound::parts(word, &self.lexicon, &self.vocabulary).is_empty() {
            return None;
        }
        self.speller
            .correct(word, &self.vocabulary)
            .map(str::to_owned)
    }

    /// Puts together what was split: "huur toeslag" when the knowledge base has "huurtoeslag".
    fn joined(&self, words: Vec<String>) -> Vec<String> {
        let mut result: Vec<String> = Vec::with_capacity(words.len());
        let mut rest = words.into_iter().peekable();
        while let Some(word) = rest.next() {
            let whole = rest.peek().and_then(|next| self.whole(&word, next));
            match whole {
                Some(whole) => {
                    rest.next();
                    result.push(whole);
                }
                None => result.push(word),
            }
        }
        result
    }

    fn whole(&self, first: &str, second: &str) -> Option<String> {
        let joined = format!("{first}{second}");
        let long_enough = joined.len() >= 6 && first.len() >= 2 && second.len() >= 3;
        if !long_enough || !self.vocabulary.contains(&joined) || self.lexicon.is_stop(&joined) {
            return None;
        }
        // "de wijk" is no name of a village, but "in komen" and "op vang" are one word.
        let joins = match (self.lexicon.is_stop(first), self.lexicon.is_stop(second)) {
            (false, false) => true,
            (true, _) => PARTICLES.contains(&first) && second.len() >= 4,
            (false, true) => second.len() >= 5,
        };
        joins.then_some(joined)
    }

    fn term(&self, text: String, typed: Option<String>) -> Term {
        let stem = self.question_stem(&text);
        let stop = self.lexicon.is_stop(&text);
        let parts: Vec<String> = match self.compounds.get(&text) {
            Some(stems) => stems.clone(),
            None if stop => Vec::new(),
            None => compound::parts(&text, &self.lexicon, &self.vocabulary)
                .iter()
                .map(|part| self.lexicon.stem(part))
                .collect(),
        };
        let mut alternatives = Vec::new();
        if !parts.is_empty() {
            for part in &parts {
                alternatives.push(Alternative {
                    stems: vec![part.clone()],
                    weight: ONE_PART,
                });
            }
            alternatives.push(Alternative {
                stems: parts,
                weight: ALL_PARTS,
            });
        }
        Term {
            stem,
            stop,
            known: false,
            typed,
            alternatives,
            text,
        }
    }

    /// The stem of a folded word; those of the knowledge base are at hand.
    fn stem(&self, word: &str) -> String {
        self.vocabulary
            .stem_of(word)
            .map_or_else(|| self.lexicon.stem(word), str::to_owned)
    }

    /// The stem of a word of a question. Snowball keeps the -t of "hij fietst"; where the knowledge base has
    /// only the word without it, that is the stem.
    fn question_stem(&self, word: &str) -> String {
        let stem = self.stem(word);
        if self.vocabulary.has_stem(&stem) {
            return stem;
        }
        word.strip_suffix('t')
            .filter(|rest| rest.len() >= 3)
            .map(|rest| self.lexicon.stem(rest))
            .filter(|shorter| self.vocabulary.has_stem(shorter))
            .unwrap_or(stem)
    }

    /// "Ik vraag een pas aan": the verb gets `aanvragen` as an alternative.
    fn add_separable_verbs(&self, terms: &mut [Term]) {
        let particles: Vec<(usize, String)> = terms
            .iter()
            .enumerate()
            .filter(|(_, term)| PARTICLES.contains(&term.text.as_str()))
            .map(|(at, term)| (at, term.text.clone()))
            .collect();
        for (at, particle) in particles {
            for term in terms.iter_mut().take(at).rev().take(8) {
                if !may_be_verb(term) || PARTICLES.contains(&term.text.as_str()) {
                    continue;
                }
                let whole = self.lexicon.stem(&format!("{particle}{}", term.text));
                if self.vocabulary.has_stem(&whole) {
                    // "vraag" says nothing, "aanvragen" does.
                    let weight = if term.stop {
                        term.stop = false;
                        term.stem = whole;
                        break;
                    } else {
                        SEPARABLE
                    };
                    term.alternatives.push(Alternative {
                        stems: vec![whole],
                        weight,
                    });
                    break;
                }
            }
        }
    }

    fn add_synonyms(&self, terms: &mut [Term]) {
        let stems: Vec<String> = terms.iter().map(|term| term.stem.clone()).collect();
        let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
        let mut found: Vec<(usize, Vec<Alternative>)> = Vec::new();
        for at in 0..stems.len() {
            let rest = stems.get(at..).unwrap_or_default();
            for synonym in self.lexicon.synonyms_at(rest) {
                let run = at..at + synonym.from.len();
                // A run of stop words ("geen dak") hangs on its last word.
                let place = run
                    .clone()
                    .find(|place| terms.get(*place).is_some_and(|term| !term.stop))
                    .unwrap_or(run.end - 1);
                let alternatives = synonym
                    .to
                    .iter()
                    .map(|stems| Alternative {
                        stems: stems.clone(),
                        weight: SYNONYM,
                    })
                    .collect();
                found.push((place, alternatives));
            }
        }
        for (place, alternatives) in found {
            if let Some(term) = terms.get_mut(place) {
                term.stop = false;
                term.alternatives.extend(alternatives);
            }
        }
    }
}

/// Small words such as "een" are no verbs, and "in" behind them makes nothing of them.
fn may_be_verb(term: &Term) -> bool {
    let length = term.text.len();
    length >= 4 || length == 3 && (!term.stop || term.text == "zeg")
}

/// Every run of three and more of the same letter made one letter.
fn without_long_runs(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    letters
        .chunk_by(|a, b| a == b)
        .flat_map(|run| run.iter().take(if run.len() >= 3 { 1 } else { run.len() }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn analyzer() -> Analyzer {
        let texts = [
            "Huurtoeslag aanvragen. Je kunt de toeslag voor de huur aanvragen met DigiD.",
            "Bijstandsuitkering aanvragen bij de gemeente. Bijstand is een uitkering.",
            "Je inkomen telt mee. De bibliotheek helpt.",
        ];
        Analyzer::new(Arc::new(Lexicon::built_in()), texts)
    }

    fn content(question: &str) -> Vec<String> {
        analyzer()
            .question(question)
            .content()
            .map(|term| term.text.clone())
            .collect()
    }

    #[test]
    fn stop_words_are_flagged_and_the_rest_is_content() {
        assert_eq!(
            content("Hoe kan ik huurtoeslag aanvragen?"),
            ["huurtoeslag", "aanvragen"]
        );
    }

    #[test]
    fn a_split_compound_is_joined_and_a_compound_counts_for_its_parts() {
        let analysis = analyzer().question("huur toeslag");
        let term = &analysis.terms[0];
        assert_eq!(term.text, "huurtoeslag");
        assert!(
            term.alternatives
                .iter()
                .any(|other| other.stems == ["huren", "toeslag"])
        );
        assert_eq!(content("in komen"), ["inkomen"]);
    }

    #[test]
    fn typing_errors_are_corrected_and_remembered() {
        let analysis = analyzer().question("huurtoeslg");
        assert_eq!(analysis.terms[0].text, "huurtoeslag");
        assert_eq!(analysis.terms[0].typed.as_deref(), Some("huurtoeslg"));
        assert!(analyzer().question("voetbal").terms[0].typed.is_none());
    }

    #[test]
    fn synonyms_and_what_people_call_it() {
        let analysis = analyzer().question("sociale dienst");
        let stems: Vec<&Vec<String>> = analysis.terms[0]
            .alternatives
            .iter()
            .map(|other| &other.stems)
            .collect();
        assert!(stems.contains(&&vec!["gemeente".to_owned()]), "{stems:?}");
        assert!(analyzer().question("bieb").terms[0].known);
        assert!(!analyzer().question("voetbal").terms[0].known);
    }

    #[test]
    fn a_separable_verb_is_put_together() {
        let analysis = analyzer().question("hoe vraag ik dat aan");
        let stems: Vec<&str> = analysis.content().map(|term| term.stem.as_str()).collect();
        assert_eq!(stems, ["aanvragen"]);
        assert!(
            analyzer()
                .question("is er een in Zwolle")
                .content()
                .all(|term| term.text != "een")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_text_can_be_analysed(text in "(?s).{0,200}") {
            let analysis = analyzer().question(&text);
            prop_assert!(analysis.terms.len() <= 4 * MAX_WORDS);
        }
    }
}
