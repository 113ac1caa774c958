//! What is kept of each article for the features.

use std::collections::{HashMap, HashSet};

use crate::domain::Article;
use crate::language::{Analyzer, DocumentTerm};

use super::grams::{GramVector, GramWeights, grams};

/// How much a word counts by the field that it stands in.
const TITLE: f32 = 3.0;
const KEYWORDS: f32 = 2.5;
const QUESTION: f32 = 2.0;
const ANSWER: f32 = 1.0;
const SECTIONS: f32 = 0.4;
const THEME: f32 = 0.5;
/// A field of more words than this counts less per word.
const USUAL_LENGTH: f32 = 80.0;

/// A short text: a title or an example question.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    /// Its stems with their weight; only words that say something.
    pub(super) stems: HashMap<String, f32>,
    pub(super) grams: GramVector,
}

/// An article as the features see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Stem counts of everything but the example questions, weighted by field.
    pub(super) body: HashMap<String, f32>,
    /// Stems of title and keywords.
    pub(super) keywords: HashMap<String, f32>,
    pub(super) title: Unit,
    pub(super) questions: Vec<Unit>,
    body_pieces: Vec<u32>,
    question_pieces: Vec<Vec<u32>>,
    /// n-grams of the whole article, example questions included.
    all_grams: GramVector,
}

impl Entry {
    /// How often, weighted by field, a stem stands in the article; `skip` leaves out an example question.
    pub(super) fn count(&self, stem: &str, skip: Option<usize>) -> f32 {
        let mut asked = 0.0_f32;
        let mut often = 0.0_f32;
        for weight in self
            .questions_but(skip)
            .filter_map(|unit| unit.stems.get(stem))
        {
            asked = asked.max(*weight);
            often += weight;
        }
        let questions = QUESTION * asked + 0.3 * (often - asked);
        self.body.get(stem).copied().unwrap_or(0.0) + questions
    }

    /// The example questions, without the one that is left out.
    pub(super) fn questions_but(&self, skip: Option<usize>) -> impl Iterator<Item = &Unit> {
        self.questions
            .iter()
            .enumerate()
            .filter(move |(at, _)| Some(*at) != skip)
            .map(|(_, unit)| unit)
    }

    /// Cosine of a question with the whole article; `skip` leaves out an example question.
    pub(super) fn grams_cosine(
        &self,
        asked: &GramVector,
        skip: Option<usize>,
        weights: &GramWeights,
    ) -> f32 {
        match skip {
            None => asked.cosine(&self.all_grams),
            Some(_) => asked.cosine(&self.grams_of_all(skip, weights)),
        }
    }

    fn grams_of_all(&self, skip: Option<usize>, weights: &GramWeights) -> GramVector {
        let questions = self
            .question_pieces
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != skip);
        let pieces = questions
            .flat_map(|(_, pieces)| pieces)
            .chain(&self.body_pieces)
            .copied();
        weights.vector(pieces.collect())
    }

    /// All stems of the article.
    pub(super) fn stems(&self) -> HashSet<&str> {
        self.body
            .keys()
            .chain(self.questions.iter().flat_map(|unit| unit.stems.keys()))
            .map(String::as_str)
            .collect()
    }
}

/// The texts of an article, by field, as they are indexed.
pub(super) struct Texts {
    pub(super) title: String,
    pub(super) keywords: String,
    pub(super) answer: String,
    pub(super) sections: String,
    pub(super) theme: String,
    pub(super) questions: Vec<String>,
}

impl Texts {
    pub(super) fn of(article: &Article) -> Self {
        let mut sections = String::new();
        for section in &article.sections {
            sections.push_str(&section.heading);
            sections.push('\n');
            sections.push_str(&section.text);
            sections.push('\n');
        }
        let organisation = article
            .organisation
            .as_ref()
            .map(|id| id.as_str())
            .unwrap_or_default();
        Self {
            title: article.title.clone(),
            keywords: article.keywords.join(". "),
            answer: without_addresses(&article.answer),
            sections: without_addresses(&sections),
            theme: format!("{} {organisation}", article.theme.as_str()).replace('-', " "),
            questions: article.questions.clone(),
        }
    }

    /// What the editors wrote themselves: everything but the example questions.
    pub(super) fn written(&self) -> impl Iterator<Item = &str> {
        [
            &self.title,
            &self.keywords,
            &self.answer,
            &self.sections,
            &self.theme,
        ]
        .into_iter()
        .map(String::as_str)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.written()
            .chain(self.questions.iter().map(String::as_str))
    }
}

/// Web addresses are no words that people ask for.
fn without_addresses(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .filter(|word| !word.contains("://"))
        .collect()
}

/// Makes the entries of all articles.
pub(super) fn entries(analyzer: &Analyzer, texts: &[Texts]) -> (Vec<Entry>, GramWeights) {
    let pieces: Vec<Pieces> = texts
        .iter()
        .map(|article| Pieces::of(analyzer, article))
        .collect();
    let mut weights = GramWeights::default();
    for short in pieces
        .iter()
        .flat_map(|pieces| pieces.questions.iter().chain([&pieces.title]))
    {
        weights.add(short);
    }
    let entries = texts
        .iter()
        .zip(pieces)
        .map(|(article, pieces)| entry(analyzer, &weights, article, pieces))
        .collect();
    (entries, weights)
}

/// The n-grams of an article, by text.
struct Pieces {
    title: Vec<u32>,
    questions: Vec<Vec<u32>>,
    body: Vec<u32>,
}

impl Pieces {
    fn of(analyzer: &Analyzer, texts: &Texts) -> Self {
        let body = [
            &texts.title,
            &texts.keywords,
            &texts.answer,
            &texts.sections,
        ];
        let of = |text: &String| grams(&gram_text(analyzer, text));
        Self {
            title: of(&texts.title),
            questions: texts.questions.iter().map(of).collect(),
            body: grams(&body.map(|text| gram_text(analyzer, text)).join(" ")),
        }
    }
}

fn entry(analyzer: &Analyzer, weights: &GramWeights, texts: &Texts, pieces: Pieces) -> Entry {
    let unit = |text: &String, pieces: &Vec<u32>| Unit {
        stems: stems(analyzer.document(text)),
        grams: weights.vector(pieces.clone()),
    };
    let questions = texts.questions.iter().zip(&pieces.questions);
    let mut entry = Entry {
        title: unit(&texts.title, &pieces.title),
        questions: questions.map(|(text, pieces)| unit(text, pieces)).collect(),
        body_pieces: pieces.body,
        question_pieces: pieces.questions,
        ..Entry::default()
    };
    for (text, weight) in [
        (&texts.title, TITLE),
        (&texts.keywords, KEYWORDS),
        (&texts.answer, ANSWER),
        (&texts.sections, SECTIONS),
        (&texts.theme, THEME),
    ] {
        let terms = analyzer.document(text);
        let length = terms.iter().map(|term| term.weight).sum::<f32>();
        let norm = (length / USUAL_LENGTH).max(1.0).sqrt();
        for term in terms.into_iter().filter(|term| !term.stop) {
            *entry.body.entry(term.stem).or_default() += weight * term.weight / norm;
        }
    }
    entry.keywords = stems(analyzer.document(&format!("{}. {}", texts.title, texts.keywords)));
    entry.all_grams = entry.grams_of_all(None, weights);
    entry
}

/// Each stem once, with the most that it weighs.
fn stems(terms: Vec<DocumentTerm>) -> HashMap<String, f32> {
    let mut stems: HashMap<String, f32> = HashMap::new();
    for term in terms.into_iter().filter(|term| !term.stop) {
        let weight = stems.entry(term.stem).or_default();
        *weight = weight.max(term.weight);
    }
    stems
}

/// The words of a text that say something, with spaces between.
pub(super) fn gram_text(analyzer: &Analyzer, text: &str) -> String {
    let lexicon = analyzer.lexicon();
    let words = lexicon.words(text);
    let content: Vec<String> = words
        .into_iter()
        .filter(|word| !lexicon.is_stop(word))
        .collect();
    content.join(" ")
}
