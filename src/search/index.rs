//! The index of one knowledge base.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{Article, ArticleId, MunicipalityId, Question};
use crate::language::{Analyzer, Lexicon};

use super::grams::{GramWeights, grams};
use super::query::Query;
use super::retrieval::Retrieval;
use super::units::{Entry, Texts, entries};
use super::{Features, Ranking};

/// How many articles get a closer look.
const CANDIDATES: usize = 30;
/// How many hits a search gives at most.
const HITS: usize = 20;
/// A question with at most so many meaningful words may be a follow-up question.
const FOLLOW_UP_WORDS: usize = 2;

/// An article that may answer the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Which article.
    pub article: ArticleId,
    /// For the order of hits; see [`Ranking`].
    pub score: f32,
    /// In what way it fits.
    pub features: Features,
}

/// What kind of question it is, apart from any article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Number of words that say something about a subject.
    pub content_words: usize,
    /// Which share of those the knowledge base does not know, from 0 to 1; 1 when there are none.
    pub unknown_share: f32,
    /// Words that were read as other words: what was typed, and what was looked for.
    pub corrected: Vec<(String, String)>,
    /// True when the question before this one was looked at too.
    pub used_context: bool,
}

/// What a search gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Articles, best first.
    pub hits: Vec<Hit>,
    /// What kind of question it was.
    pub shape: Shape,
}

impl Found {
    /// The same hits in another order, with their margins.
    #[must_use]
    pub fn reranked(mut self, ranking: &Ranking) -> Self {
        for hit in &mut self.hits {
            hit.score = ranking.score(&hit.features);
        }
        sort(&mut self.hits);
        self
    }
}

/// One example question of one article, to be left out of a search: so a question can be put to the
/// index as if nobody had written it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// Which article.
    pub article: ArticleId,
    /// Which of its example questions, counted from zero.
    pub question: usize,
}

/// The index could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the search index could not be built; is there enough memory?")]
pub struct BuildError(#[from] tantivy::TantivyError);

/// The index of one knowledge base, in memory. It never changes; after a change of the files a new one is built.
pub struct Index {
    analyzer: Analyzer,
    articles: Vec<(ArticleId, Vec<MunicipalityId>)>,
    entries: Vec<Entry>,
    frequencies: HashMap<String, u32>,
    gram_weights: GramWeights,
    retrieval: Retrieval,
    ranking: Ranking,
}

impl Index {
    /// Builds the index of these articles.
    pub fn build<'a>(
        articles: impl IntoIterator<Item = &'a Article>,
        lexicon: Arc<Lexicon>,
    ) -> Result<Self, BuildError> {
        let articles: Vec<&Article> = articles.into_iter().collect();
        let mut texts: Vec<Texts> = articles.iter().map(|article| Texts::of(article)).collect();
        // Example questions are written as residents type, errors and all. They are read as questions are,
        // so that their errors do not become words of the knowledge base.
        let editors = Analyzer::new(lexicon.clone(), texts.iter().flat_map(Texts::written));
        for question in texts.iter_mut().flat_map(|texts| &mut texts.questions) {
            *question = editors.standard(question);
        }
        let analyzer = Analyzer::new(lexicon, texts.iter().flat_map(Texts::all));
        let (entries, gram_weights) = entries(&analyzer, &texts);
        let mut frequencies: HashMap<String, u32> = HashMap::new();
        for entry in &entries {
            for stem in entry.stems() {
                match frequencies.get_mut(stem) {
                    Some(count) => *count += 1,
                    None => _ = frequencies.insert(stem.to_owned(), 1),
                }
            }
        }
        Ok(Self {
            retrieval: Retrieval::build(&analyzer, &texts)?,
            articles: articles
                .iter()
                .map(|article| (article.id.clone(), article.municipalities.clone()))
                .collect(),
            analyzer,
            entries,
            frequencies,
            gram_weights,
            ranking: Ranking::default(),
        })
    }

    /// The same index with another order of hits.
    #[must_use]
    pub fn with_ranking(mut self, ranking: Ranking) -> Self {
        self.ranking = ranking;
        self
    }

    /// The language side of the index: lexicon and words of the knowledge base.
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// The articles that may answer a question. An article for other municipalities than the resident's
    /// is left out. Any text is fine: nothing in it is read as query syntax.
    pub fn search(&self, question: &Question) -> Found {
        self.search_excluding(question, None)
    }

    /// As [`Index::search`], as if one example question had not been written.
    pub fn search_excluding(&self, question: &Question, excluded: Option<&Excluded>) -> Found {
        let asked = self.analyzer.question(&question.text);
        let content = asked.content().count();
        let earlier = question
            .context
            .last()
            .filter(|_| content <= FOLLOW_UP_WORDS)
            .map(|text| self.analyzer.question(text));
        let excluded = excluded.and_then(|excluded| {
            let place = self
                .articles
                .iter()
                .position(|(id, _)| *id == excluded.article)?;
            Some((place, excluded.question))
        });
        let frequencies = Frequencies {
            articles: self.entries.len(),
            counts: &self.frequencies,
            gram_weights: &self.gram_weights,
            excluded: excluded
                .and_then(|(place, question)| Some((self.entries.get(place)?, question))),
        };
        let mut text = asked.content_text();
        if let Some(earlier) = &earlier {
            text.push(' ');
            text.push_str(&earlier.content_text());
        }
        let vector = self.gram_weights.vector(grams(&text));
        let query = Query::new(&asked, earlier.as_ref(), &frequencies, vector);
        let places = self
            .retrieval
            .candidates(&query.stems(), &text, excluded, CANDIDATES)
            // An index in memory has no way to fail; should it all the same, every article gets a look.
            .unwrap_or_else(|_| (0..self.entries.len()).collect());

        let mut hits: Vec<Hit> = places
            .into_iter()
            .filter_map(|place| {
                let (id, municipalities) = self.articles.get(place)?;
                let elsewhere = question.municipality.as_ref().is_some_and(|here| {
                    !municipalities.is_empty() && !municipalities.contains(here)
                });
                if elsewhere {
                    return None;
                }
                let skip = excluded
                    .filter(|(article, _)| *article == place)
                    .map(|(_, question)| question);
                let features = query.features(self.entries.get(place)?, skip, &frequencies);
                Some(Hit {
                    article: id.clone(),
                    score: self.ranking.score(&features),
                    features,
                })
            })
            .collect();
        sort(&mut hits);
        hits.truncate(HITS);
        Found {
            hits,
            shape: Shape {
                content_words: content,
                unknown_share: if content == 0 {
                    1.0
                } else {
                    asked.content().filter(|term| !term.known).count() as f32 / content as f32
                },
                corrected: asked
                    .terms
                    .iter()
                    .filter_map(|term| Some((term.typed.clone()?, term.text.clone())))
                    .collect(),
                used_context: earlier.is_some(),
            },
        }
    }
}

/// Best first, and the margin of each to the best other one.
fn sort(hits: &mut [Hit]) {
    hits.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.article.cmp(&b.article))
    });
    let best = hits.first().map_or(0.0, |hit| hit.score);
    let second = hits.get(1).map_or(0.0, |hit| hit.score);
    for (place, hit) in hits.iter_mut().enumerate() {
        hit.features.margin = hit.score - if place == 0 { second } else { best };
    }
}

/// In how many articles each stem stands, as if one example question had not been written.
pub(super) struct Frequencies<'a> {
    articles: usize,
    counts: &'a HashMap<String, u32>,
    pub(super) gram_weights: &'a GramWeights,
    excluded: Option<(&'a Entry, usize)>,
}

impl Frequencies<'_> {
    fn count(&self, stem: &str) -> u32 {
        let count = self.counts.get(stem).copied().unwrap_or(0);
        let only_there = self.excluded.is_some_and(|(entry, question)| {
            entry
                .questions
                .get(question)
                .is_some_and(|unit| unit.stems.contains_key(stem))
                && entry.count(stem, Some(question)) == 0.0
        });
        count.saturating_sub(u32::from(only_there))
    }

    /// Whether any article has the stem.
    pub(super) fn known(&self, stem: &str) -> bool {
        self.count(stem) > 0
    }

    /// How rare a stem is: ln(1 + (N - n + ½) / (n + ½)), as in BM25.
    pub(super) fn idf(&self, stem: &str) -> f32 {
        let count = self.count(stem) as f32;
        (1.0 + (self.articles as f32 - count + 0.5).max(0.0) / (count + 0.5)).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Section, ThemeId};
    use proptest::prelude::*;

    fn article(id: &str, title: &str, questions: &[&str], answer: &str) -> Article {
        Article {
            id: ArticleId::new(id),
            theme: ThemeId::new("thema"),
            title: title.to_owned(),
            questions: questions.iter().map(|text| (*text).to_owned()).collect(),
            keywords: Vec::new(),
            organisation: None,
            municipalities: Vec::new(),
            source: None,
            reviewed: None,
            related: Vec::new(),
            answer: answer.to_owned(),
            sections: vec![Section {
                kind: None,
                heading: "Wat kost het?".to_owned(),
                text: "Het is gratis.".to_owned(),
            }],
        }
    }

    fn articles() -> Vec<Article> {
        vec![
            article(
                "huurtoeslag",
                "Huurtoeslag aanvragen",
                &[
                    "Kan ik geld krijgen voor mijn huur?",
                    "Ik heb een klein pensioentje en een hoge huur",
                ],
                "Betaal je veel huur en verdien je weinig? Dan krijg je misschien huurtoeslag.",
            ),
            article(
                "paspoort",
                "Paspoort of identiteitskaart aanvragen",
                &["Mijn paspoort is verlopen"],
                "Maak een afspraak bij je gemeente. Neem een pasfoto mee.",
            ),
            article(
                "lenen",
                "Boeken lenen en verlengen",
                &["Hoe lang mag ik een boek houden?"],
                "Je mag een boek drie weken lenen bij de bibliotheek.",
            ),
        ]
    }

    fn index() -> Index {
        Index::build(&articles(), Arc::new(Lexicon::built_in())).unwrap()
    }

    fn first(index: &Index, question: &str) -> Option<String> {
        index
            .search(&Question::new(question))
            .hits
            .first()
            .map(|hit| hit.article.to_string())
    }

    #[test]
    fn the_article_that_is_meant_comes_first() {
        let index = index();
        for (question, expected) in [
            ("hoe vraag ik huurtoeslag aan", "huurtoeslag"),
            ("huursubsidie", "huurtoeslag"),
            ("huur toeslag", "huurtoeslag"),
            ("hurtoeslag aanvrage", "huurtoeslag"),
            ("me pasport is verlope", "paspoort"),
            ("id kaart nodig", "paspoort"),
            ("beuk leen'n bie de bieb", "lenen"),
            ("kan ik mijn boeken langer houden", "lenen"),
        ] {
            assert_eq!(
                first(&index, question).as_deref(),
                Some(expected),
                "{question}"
            );
        }
    }

    #[test]
    fn a_held_out_question_is_as_if_it_was_never_written() {
        let all = articles();
        let text = &all[0].questions[1];
        let excluded = Excluded {
            article: all[0].id.clone(),
            question: 1,
        };
        let held_out = index().search_excluding(&Question::new(text.clone()), Some(&excluded));
        let mut without = all.clone();
        without[0].questions.remove(1);
        let other = Index::build(&without, Arc::new(Lexicon::built_in())).unwrap();
        let never = other.search(&Question::new(text.clone()));
        let known = index().search(&Question::new(text.clone()));
        let score = |found: &Found| {
            found
                .hits
                .iter()
                .find(|hit| hit.article == all[0].id)
                .unwrap()
                .features
        };
        assert!(score(&known).question > 0.9);
        assert!((score(&held_out).question - score(&never).question).abs() < 1e-5);
        assert!((score(&held_out).title - score(&never).title).abs() < 0.1);
    }

    #[test]
    fn an_article_for_another_municipality_is_left_out() {
        let mut all = articles();
        all[1].municipalities = vec![MunicipalityId::new("zwolle")];
        let index = Index::build(&all, Arc::new(Lexicon::built_in())).unwrap();
        let mut question = Question::new("paspoort verlopen");
        let has = |question: &Question| {
            index
                .search(question)
                .hits
                .iter()
                .any(|hit| hit.article.as_str() == "paspoort")
        };
        assert!(has(&question));
        question.municipality = Some(MunicipalityId::new("zwolle"));
        assert!(has(&question));
        question.municipality = Some(MunicipalityId::new("almelo"));
        assert!(!has(&question));
    }

    #[test]
    fn a_follow_up_question_looks_at_the_question_before() {
        let mut question = Question::new("en wat kost dat?");
        question.context = vec!["hoe verleng ik mijn paspoort".to_owned()];
        let found = index().search(&question);
        assert_eq!(found.hits[0].article.as_str(), "paspoort");
        assert!(found.shape.used_context);
    }

    #[test]
    fn empty_long_and_strange_questions_give_an_ordinary_result() {
        let index = index();
        let long = "huurtoeslag ".repeat(342);
        for text in [
            "",
            " ",
            "👍🏽👍",
            "السلام عليكم",
            "?!",
            "\0\u{202E}",
            &long,
            &"x".repeat(4096),
            &"🙂".repeat(2048),
        ] {
            let found = index.search(&Question::new(text));
            assert!(found.hits.len() <= HITS);
        }
        assert!(index.search(&Question::new("")).hits.is_empty());
        let none: &[Article] = &[];
        let empty = Index::build(none, Arc::new(Lexicon::built_in())).unwrap();
        assert!(empty.search(&Question::new("huurtoeslag")).hits.is_empty());
    }

    #[test]
    fn query_syntax_is_ordinary_text() {
        let index = index();
        let plain = index.search(&Question::new("huurtoeslag aanvragen"));
        for text in [
            "huurtoeslag AND aanvragen",
            "\"huurtoeslag\" +aanvragen",
            "huurtoeslag aanvragen)~2^ {",
            "-huurtoeslag -aanvragen",
        ] {
            let found = index.search(&Question::new(text));
            assert_eq!(found.hits[0].article, plain.hits[0].article, "{text}");
        }
        assert_eq!(first(&index, "title:paspoort").as_deref(), Some("paspoort"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn features_are_shares(text in "[a-z huurtoeslagpaspoort]{0,60}") {
            for hit in index().search(&Question::new(text)).hits {
                for (name, value) in Features::NAMES.iter().zip(hit.features.values()) {
                    let least = if *name == "margin" { -1.0 } else { 0.0 };
                    prop_assert!((least..=1.0001).contains(&value), "{} {}", name, value);
                }
            }
        }
    }
}
