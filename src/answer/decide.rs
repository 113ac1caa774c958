//! Answer, ask which, or hand off. A wrong answer costs more than a hand-off.

use crate::domain::ArticleId;
use crate::search::{Hit, Shape};

use super::Weights;

/// How many candidates a verdict names.
const CANDIDATES: usize = 5;
/// How many articles a resident is asked to choose from.
const CHOICES: usize = 4;

/// An article that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which article.
    pub article: ArticleId,
    /// The chance that it is what was meant, from 0 to 1.
    pub confidence: f32,
}

/// What to do with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Give this article.
    Answer(ArticleId),
    /// Ask which of these two to four is meant, the likeliest first.
    Choose(Vec<ArticleId>),
    /// Say honestly that we do not know, and offer a person.
    HandOff,
}

/// A decision with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What to do.
    pub decision: Decision,
    /// Up to five candidates, best first, for every decision.
    pub candidates: Vec<Candidate>,
    /// Why, in Dutch, for `--explain`.
    pub reasons: Vec<String>,
}

/// Decides with the weights that come with the program.
pub fn decide(hits: &[Hit], shape: &Shape) -> Verdict {
    decide_with(&Weights::default(), hits, shape)
}

/// Decides what to do with a question, from its hits (best first).
pub fn decide_with(weights: &Weights, hits: &[Hit], shape: &Shape) -> Verdict {
    let mut candidates: Vec<Candidate> = hits
        .iter()
        .take(CANDIDATES)
        .map(|hit| Candidate {
            article: hit.article.clone(),
            confidence: weights.confidence(hit),
        })
        .collect();
    // The order of the hits stands; a later hit is never surer than the one before it.
    let mut most = 1.0_f32;
    for candidate in &mut candidates {
        candidate.confidence = candidate.confidence.min(most);
        most = candidate.confidence;
    }
    let offered: Vec<&Candidate> = candidates
        .iter()
        .take(CHOICES)
        .filter(|candidate| candidate.confidence >= weights.offer_from)
        .collect();
    let together = offered
        .iter()
        .map(|candidate| candidate.confidence)
        .sum::<f32>();
    let best = candidates.first();

    let mut reasons = Vec::new();
    for (typed, meant) in &shape.corrected {
        reasons.push(format!("\"{typed}\" gelezen als \"{meant}\"."));
    }
    if shape.used_context {
        reasons.push("Ook gekeken naar de vraag hiervoor.".to_owned());
    }
    let decision = match best {
        None => {
            reasons.push(if shape.content_words == 0 {
                "Geen woord in het bericht zegt waar het over gaat.".to_owned()
            } else {
                "Geen artikel heeft woorden van deze vraag.".to_owned()
            });
            Decision::HandOff
        }
        Some(best) if best.confidence >= weights.answer_from => {
            reasons.push(format!(
                "{} past: zekerheid {} (nodig: {}).",
                best.article,
                percent(best.confidence),
                percent(weights.answer_from)
            ));
            Decision::Answer(best.article.clone())
        }
        Some(best) if offered.len() >= 2 && together >= weights.choose_from => {
            reasons.push(format!(
                "{} is het best, maar met {} niet zeker genoeg (nodig: {}). De beste {} samen: {}.",
                best.article,
                percent(best.confidence),
                percent(weights.answer_from),
                offered.len(),
                percent(together.min(1.0))
            ));
            Decision::Choose(
                offered
                    .iter()
                    .map(|candidate| candidate.article.clone())
                    .collect(),
            )
        }
        Some(best) => {
            reasons.push(format!(
                "Ook het beste artikel ({}) past te weinig: zekerheid {}.",
                best.article,
                percent(best.confidence)
            ));
            if shape.unknown_share > 0.0 {
                reasons.push(format!(
                    "{} van de inhoudswoorden komt in geen enkel artikel voor.",
                    percent(shape.unknown_share)
                ));
            }
            Decision::HandOff
        }
    };
    Verdict {
        decision,
        candidates,
        reasons,
    }
}

fn percent(share: f32) -> String {
    format!("{:.0}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Features;
    use proptest::prelude::*;

    fn hit(article: &str, strength: f32, margin: f32) -> Hit {
        Hit {
            article: ArticleId::new(article),
            score: strength,
            features: Features {
                word: strength,
                coverage: strength,
                title: strength,
                question: strength,
                keywords: strength,
                grams: strength,
                grams_body: strength,
                margin,
                words: 0.5,
                unknown: 1.0 - strength,
            },
        }
    }

    #[test]
    fn one_clear_hit_is_the_answer() {
        let verdict = decide(
            &[hit("digid", 0.9, 0.6), hit("wmo", 0.3, -0.6)],
            &Shape::default(),
        );
        assert_eq!(verdict.decision, Decision::Answer(ArticleId::new("digid")));
        assert!(verdict.candidates[0].confidence > verdict.candidates[1].confidence);
    }

    #[test]
    fn two_equal_hits_are_a_question_back() {
        let verdict = decide(
            &[hit("a", 0.5, 0.0), hit("b", 0.5, 0.0), hit("c", 0.02, -0.5)],
            &Shape::default(),
        );
        let expected = vec![ArticleId::new("a"), ArticleId::new("b")];
        assert_eq!(verdict.decision, Decision::Choose(expected));
    }

    #[test]
    fn weak_hits_and_no_hits_are_handed_off() {
        let shape = Shape {
            content_words: 2,
            unknown_share: 0.5,
            ..Shape::default()
        };
        let verdict = decide(&[hit("a", 0.05, 0.01)], &shape);
        assert_eq!(verdict.decision, Decision::HandOff);
        assert!(
            verdict.reasons.iter().any(|reason| reason.contains("50%")),
            "{:?}",
            verdict.reasons
        );
        assert_eq!(decide(&[], &Shape::default()).decision, Decision::HandOff);
    }

    #[test]
    fn questions_of_another_world_are_not_answered() {
        let article = |id: &str, title: &str, answer: &str| crate::domain::Article {
            id: ArticleId::new(id),
            theme: crate::domain::ThemeId::new("thema"),
            title: title.to_owned(),
            questions: Vec::new(),
            keywords: Vec::new(),
            organisation: None,
            municipalities: Vec::new(),
            source: None,
            reviewed: None,
            related: Vec::new(),
            answer: answer.to_owned(),
            sections: Vec::new(),
        };
        let articles = [
            article(
                "huurtoeslag",
                "Huurtoeslag aanvragen",
                "Betaal je veel huur? Dan krijg je misschien huurtoeslag.",
            ),
            article(
                "paspoort",
                "Paspoort aanvragen",
                "Maak een afspraak bij je gemeente en neem een pasfoto mee.",
            ),
            article(
                "lenen",
                "Boeken lenen",
                "Je mag een boek drie weken lenen bij de bibliotheek.",
            ),
        ];
        let lexicon = std::sync::Arc::new(crate::language::Lexicon::built_in());
        let index = crate::search::Index::build(&articles, lexicon).unwrap();
        let decided = |text: &str| {
            let found = index.search(&crate::domain::Question::new(text));
            decide(&found.hits, &found.shape).decision
        };
        let lines = include_str!("../../tests/questions/zonder_antwoord.jsonl").lines();
        let questions: Vec<String> = lines
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["question"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let answered: Vec<&String> = questions
            .iter()
            .filter(|question| matches!(decided(question), Decision::Answer(_)))
            .collect();
        assert!(questions.len() >= 150);
        assert!(answered.len() * 50 <= questions.len(), "{answered:?}");
        assert_eq!(
            decided("hoe vraag ik huurtoeslag aan"),
            Decision::Answer(ArticleId::new("huurtoeslag"))
        );
        assert_eq!(
            decided("ik wil een boek lenen"),
            Decision::Answer(ArticleId::new("lenen"))
        );
    }

    proptest! {
        #[test]
        fn a_verdict_keeps_its_promises(strengths in prop::collection::vec(0.0_f32..1.0, 0..8)) {
            let hits: Vec<Hit> = strengths.iter().enumerate().map(|(at, s)| hit(&format!("a{at}"), *s, *s - 0.5)).collect();
            let verdict = decide(&hits, &Shape::default());
            prop_assert!(verdict.candidates.len() <= 5);
            prop_assert!(verdict.candidates.is_sorted_by(|a, b| a.confidence >= b.confidence));
            prop_assert!(verdict.candidates.iter().all(|c| (0.0..=1.0).contains(&c.confidence)));
            prop_assert!(!verdict.reasons.is_empty());
            if let Decision::Choose(choices) = &verdict.decision {
                prop_assert!((2..=4).contains(&choices.len()));
            }
        }
    }
}
