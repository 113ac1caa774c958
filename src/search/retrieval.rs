//! Tantivy, in memory: from words and n-grams to the articles worth a closer look.

use std::collections::HashSet;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index, IndexReader, ReloadPolicy, TantivyDocument, Term};

use crate::language::Analyzer;

use super::grams::search_grams;
use super::units::{Texts, gram_text};

/// Memory for building, the least that tantivy takes.
const BUILD_MEMORY: usize = 15_000_000;
/// How many documents each of the two searches may give.
const DOCUMENTS: usize = 100;
/// More words or pieces than this are not looked for.
const MOST_TERMS: usize = 96;
/// How much a word counts by field: title, example question, keywords, answer, sections, theme.
const BOOSTS: [f32; 6] = [3.0, 2.0, 2.5, 1.0, 0.5, 0.5];

/// The two sets of documents: one per article, and one per example question, so that a question can be left out.
pub(super) struct Retrieval {
    reader: IndexReader,
    words: [Field; 6],
    grams: Field,
    /// Which article, and which of its example questions, each document is.
    documents: Vec<(usize, Option<usize>)>,
}

impl Retrieval {
    pub(super) fn build(analyzer: &Analyzer, articles: &[Texts]) -> tantivy::Result<Self> {
        let mut schema = Schema::builder();
        // Texts come in as tokens, so the tokenizer named here is never used.
        let options = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::WithFreqs),
        );
        let words = [
            "title",
            "questions",
            "keywords",
            "answer",
            "sections",
            "theme",
        ]
        .map(|name| schema.add_text_field(name, options.clone()));
        let grams_field = schema.add_text_field("grams", options);
        let number = schema.add_u64_field("document", FAST);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, BUILD_MEMORY)?;
        let mut documents = Vec::new();
        let [title, questions, keywords, answer, sections, theme] = words;
        for (at, texts) in articles.iter().enumerate() {
            let mut document = TantivyDocument::default();
            for (field, text) in [
                (title, &texts.title),
                (keywords, &texts.keywords),
                (answer, &texts.answer),
                (sections, &texts.sections),
                (theme, &texts.theme),
            ] {
                document.add_pre_tokenized_text(field, stems(analyzer, text));
            }
            let short = format!("{} {}", texts.title, texts.keywords);
            document.add_pre_tokenized_text(grams_field, pieces(&gram_text(analyzer, &short)));
            document.add_u64(number, documents.len() as u64);
            documents.push((at, None));
            writer.add_document(document)?;
            for (question, text) in texts.questions.iter().enumerate() {
                let mut document = TantivyDocument::default();
                document.add_pre_tokenized_text(questions, stems(analyzer, text));
                document.add_pre_tokenized_text(grams_field, pieces(&gram_text(analyzer, text)));
                document.add_u64(number, documents.len() as u64);
                documents.push((at, Some(question)));
                writer.add_document(document)?;
            }
        }
        writer.commit()?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            reader,
            words,
            grams: grams_field,
            documents,
        })
    }

    /// The articles that share a word or a piece with the question, by their place in the list, the most
    /// promising first; at most `most`. `stems` come with how much they count.
    pub(super) fn candidates(
        &self,
        stems: &[(String, f32)],
        text: &str,
        excluded: Option<(usize, usize)>,
        most: usize,
    ) -> tantivy::Result<Vec<usize>> {
        let mut by_word: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (stem, weight) in stems.iter().take(MOST_TERMS) {
            for (field, boost) in self.words.iter().zip(BOOSTS) {
                by_word.push((Occur::Should, term(*field, stem, weight * boost)));
            }
        }
        let mut unique = HashSet::new();
        let by_gram: Vec<(Occur, Box<dyn Query>)> = search_grams(text)
            .into_iter()
            .filter(|piece| unique.insert(*piece))
            .take(3 * MOST_TERMS)
            .map(|piece| (Occur::Should, term(self.grams, &piece.to_string(), 1.0)))
            .collect();
        let words = self.run(by_word, excluded)?;
        let grams = self.run(by_gram, excluded)?;
        // Turn about, so that both ways of looking get their share.
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let longest = words.len().max(grams.len());
        for at in 0..longest {
            for list in [&words, &grams] {
                if let Some(article) = list.get(at).filter(|article| seen.insert(**article)) {
                    found.push(*article);
                }
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// Articles in the order of their best document.
    fn run(
        &self,
        clauses: Vec<(Occur, Box<dyn Query>)>,
        excluded: Option<(usize, usize)>,
    ) -> tantivy::Result<Vec<usize>> {
        if clauses.is_empty() || self.documents.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = self.reader.searcher();
        let collector = TopDocs::with_limit(DOCUMENTS).order_by_score();
        let mut articles = Vec::new();
        for (_, address) in searcher.search(&BooleanQuery::new(clauses), &collector)? {
            let numbers = searcher
                .segment_reader(address.segment_ord)
                .fast_fields()
                .u64("document")?;
            let place = numbers
                .first(address.doc_id)
                .and_then(|number| usize::try_from(number).ok());
            let Some((article, question)) = place.and_then(|place| self.documents.get(place))
            else {
                continue;
            };
            let left_out = excluded.is_some_and(|(a, q)| a == *article && Some(q) == *question);
            if !left_out && !articles.contains(article) {
                articles.push(*article);
            }
        }
        Ok(articles)
    }
}

/// A query for one term. Built by hand: a resident's text is never read as query syntax.
fn term(field: Field, text: &str, boost: f32) -> Box<dyn Query> {
    let query = TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    );
    Box::new(BoostQuery::new(Box::new(query), boost))
}

fn stems(analyzer: &Analyzer, text: &str) -> PreTokenizedString {
    let terms = analyzer
        .document(text)
        .into_iter()
        .filter(|term| !term.stop)
        .map(|term| term.stem);
    tokenized(terms)
}

fn pieces(text: &str) -> PreTokenizedString {
    tokenized(
        search_grams(text)
            .into_iter()
            .map(|piece| piece.to_string()),
    )
}

fn tokenized(texts: impl Iterator<Item = String>) -> PreTokenizedString {
    let tokens = texts
        .enumerate()
        .map(|(position, text)| Token {
            position,
            text,
            ..Token::default()
        })
        .collect();
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}
