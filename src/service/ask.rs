//! One question without a conversation: the same turn, its decision laid open. Behind `aanzet ask`.

use crate::answer::Candidate;
use crate::conversation::{DecisionKind, State};
use crate::domain::{
    ArticleId, DangerCategory, Event, MessageId, MunicipalityId, PersonalDataKind,
};
use crate::safety;

use super::{Brain, Host, RawEvent, intake, turn};

/// A question from outside, unmasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The question.
    pub question: String,
    /// Earlier questions of the same conversation, oldest first.
    pub context: Vec<String>,
    /// The municipality of the resident.
    pub municipality: Option<MunicipalityId>,
}

/// What the bot would do with a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The decision.
    pub decision: DecisionKind,
    /// The article that answers, when the decision is to answer.
    pub article: Option<ArticleId>,
    /// How sure the first candidate is, 0 to 1.
    pub confidence: f32,
    /// At most five, best first.
    pub candidates: Vec<Candidate>,
    /// The category of danger.
    pub category: Option<DangerCategory>,
    /// What the resident would read.
    pub reply: String,
    /// Personal data in the question.
    pub personal_data: Vec<PersonalDataKind>,
    /// Why, in words for the operator.
    pub reasons: Vec<String>,
}

/// Asks one question.
pub fn ask(brain: &Brain, host: &Host, asking: &Asking) -> Asked {
    let host = Host {
        municipality: asking
            .municipality
            .clone()
            .or_else(|| host.municipality.clone()),
        ..host.clone()
    };
    let known = State {
        introduced: true,
        ..State::default()
    };
    let mut state = Some(known.encode());
    let mut number = 0;
    for earlier in &asking.context {
        number += 1;
        state = turn(
            brain,
            &host,
            state.as_deref(),
            &event(brain, earlier, number),
        )
        .state;
    }
    let event = event(brain, &asking.question, number + 1);
    let outcome = turn(brain, &host, state.as_deref(), &event);
    let reply = outcome
        .say
        .iter()
        .map(|said| said.reply.plain())
        .collect::<Vec<_>>()
        .join("\n\n");
    let mut asked = Asked {
        decision: DecisionKind::SmallTalk,
        article: None,
        confidence: 0.0,
        candidates: Vec::new(),
        category: None,
        reply,
        personal_data: safety::find(&asking.question),
        reasons: Vec::new(),
    };
    if let Some(decided) = outcome.decided {
        asked.decision = decided.kind;
        asked.article = decided.article;
        asked.confidence = decided.candidates.first().map_or(0.0, |c| c.confidence);
        asked.candidates = decided.candidates;
        asked.category = decided.danger.map(|danger| danger.category);
        asked.reasons = decided.reasons;
    }
    asked
}

fn event(brain: &Brain, text: &str, number: i32) -> Event {
    let raw = RawEvent::Text {
        text: text.to_owned(),
        message: MessageId(number),
        edited: false,
    };
    intake::event(raw, &brain.rules)
}
