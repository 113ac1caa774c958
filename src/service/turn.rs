//! One turn: state and event in, new state and everything that must happen out. Pure.

use crate::conversation::{Decided, Effect, Facts, Speech, State, step};
use crate::domain::{Event, MunicipalityId, Priority, Reply};

use super::Brain;

/// For whom the bot speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The name of the library, as residents see it.
    pub library_name: String,
    /// The municipality of people who did not choose one.
    pub municipality: Option<MunicipalityId>,
}

/// What a turn leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The new state as text; `None` forgets the conversation.
    pub state: Option<String>,
    /// What must be said, in order.
    pub say: Vec<Said>,
    /// What else must happen, in order: everything but what is said.
    pub effects: Vec<Effect>,
    /// What was decided about a text.
    pub decided: Option<Decided>,
}

/// One thing to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What to say.
    pub reply: Reply,
    /// What goes first.
    pub priority: Priority,
}

/// Plays one turn.
pub fn turn(brain: &Brain, host: &Host, state: Option<&str>, event: &Event) -> Outcome {
    let facts = Facts {
        knowledge: &brain.knowledge,
        mind: brain,
        municipality: host.municipality.clone(),
    };
    let state = state.map(State::decode).unwrap_or_default();
    let step = step(state, event, &facts);
    let speech = Speech {
        knowledge: &brain.knowledge,
        rules: &brain.rules,
        library_name: &host.library_name,
        municipality: host.municipality.as_ref(),
    };
    let mut say = Vec::new();
    let mut effects = Vec::new();
    for effect in step.effects {
        match effect {
            Effect::Say(utterance) => say.push(Said {
                priority: utterance.priority(),
                reply: speech.reply(&utterance),
            }),
            other => effects.push(other),
        }
    }
    Outcome {
        state: step.state.as_ref().map(State::encode),
        say,
        effects,
        decided: step.decided,
    }
}
