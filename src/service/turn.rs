//! One turn: state and event in, new state and everything that must happen out. Pure.

use crate::conversation::{Decided, Effect, Facts, Speech, State, step};
use crate::domain::{Event, Keeping, MunicipalityId, Priority, Reply};
use crate::language::sentences;

use super::Brain;

/// For whom the bot speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The name of the library, as residents see it.
    pub library_name: String,
    /// The municipality of people who did not choose one.
    pub municipality: Option<MunicipalityId>,
    /// How long what is stored is kept.
    pub keeping: Keeping,
    /// How the privacy officer of the library is reached, as residents read it.
    pub privacy_contact: Option<String>,
}

impl Host {
    /// The words of the bot when it speaks for this library. `ask` is the number of the question that stands open.
    pub fn speech<'a>(&'a self, brain: &'a Brain, ask: u32) -> Speech<'a> {
        Speech {
            knowledge: &brain.knowledge,
            rules: &brain.rules,
            library_name: &self.library_name,
            municipality: self.municipality.as_ref(),
            keeping: &self.keeping,
            privacy_contact: self.privacy_contact.as_deref(),
            ask,
        }
    }
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

impl Outcome {
    /// True when the person wants to see what is held about them.
    pub fn asks_for_my_data(&self) -> bool {
        self.effects.contains(&Effect::MyData)
    }
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
    let state = state.map(State::decode).unwrap_or_default();
    let event = &with_split_danger(brain, &state, event);
    let facts = Facts {
        knowledge: &brain.knowledge,
        mind: brain,
        municipality: host.municipality.clone(),
        beside_danger: beside_danger(brain, event),
    };
    let step = step(state, event, &facts);
    let ask = step.state.as_ref().map_or(0, |state| state.ask);
    let speech = host.speech(brain, ask);
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

/// A signal of danger may be split over two messages ("ik wil niet meer" and then "leven"). The door sees
/// one message at a time; here the one before it is known.
fn with_split_danger(brain: &Brain, state: &State, event: &Event) -> Event {
    let mut event = event.clone();
    if let Event::Text { text, danger, .. } = &mut event
        && danger.is_none()
        && let Some(before) = state.last_question()
    {
        *danger = brain.rules.detect_across(before, text);
    }
    event
}

/// Words that begin a new clause.
const JOINTS: [&str; 6] = [" en ", " maar ", " want ", " dus ", ", ", "; "];

/// The clauses of a message with danger in which there is none; `None` when nothing is left.
fn beside_danger(brain: &Brain, event: &Event) -> Option<String> {
    let Event::Text {
        text,
        danger: Some(_),
        ..
    } = event
    else {
        return None;
    };
    let mut clauses: Vec<&str> = sentences(text).into_iter().map(|(_, text)| text).collect();
    for joint in JOINTS {
        clauses = clauses.iter().flat_map(|text| text.split(joint)).collect();
    }
    clauses.retain(|clause| brain.rules.detect(clause).is_none());
    let beside = clauses.join(" ");
    // A signal that only shows over the whole message leaves every clause standing.
    let whole = brain.rules.detect(&beside).is_some();
    (!beside.trim().is_empty() && !whole).then_some(beside)
}

#[cfg(test)]
mod tests {
    use crate::domain::MessageId;
    use crate::knowledge::{CheckSettings, SourceFile, read};
    use crate::service::{RawEvent, intake};

    use super::*;

    fn plays(brain: &Brain, state: Option<&str>, text: &str) -> Outcome {
        let host = Host {
            library_name: "de bibliotheek".into(),
            municipality: None,
            keeping: Keeping::default(),
            privacy_contact: None,
        };
        let raw = RawEvent::Text {
            text: text.into(),
            message: MessageId(1),
            edited: false,
        };
        turn(brain, &host, state, &intake::event(raw, &brain.rules))
    }

    fn brain() -> Brain {
        let files = [SourceFile::new(
            "artikelen/t/huur.md",
            "# Huur betalen\n\nBel ons.",
        )];
        Brain::new(read(&files, &CheckSettings::default()).0).unwrap()
    }

    #[test]
    fn danger_that_is_split_over_two_messages_is_seen() {
        let brain = brain();
        let first = plays(&brain, None, "ik wil niet meer");
        let second = plays(&brain, first.state.as_deref(), "leven");
        assert_eq!(second.say[0].priority, Priority::Danger);
        assert!(second.say[0].reply.plain().contains("113"));
    }

    #[test]
    fn what_is_asked_beside_danger_is_told_apart_from_it() {
        let brain = brain();
        let beside = |text: &str| {
            let raw = RawEvent::Text {
                text: text.into(),
                message: MessageId(1),
                edited: false,
            };
            beside_danger(&brain, &intake::event(raw, &brain.rules))
        };
        assert_eq!(
            beside("hoe kan ik de huur betalen? ik wil niet meer leven").as_deref(),
            Some("hoe kan ik de huur betalen?")
        );
        assert_eq!(beside("ik wil niet meer leven"), None);
        assert_eq!(beside("hoe kan ik de huur betalen?"), None);
        let alone = plays(&brain, None, "ik wil niet meer leven");
        assert_eq!(alone.say.len(), 1);
    }

    #[test]
    fn an_ordinary_question_after_an_ordinary_one_is_no_danger() {
        let brain = brain();
        let first = plays(&brain, None, "ik kan de huur niet betalen");
        let second = plays(&brain, first.state.as_deref(), "en nu");
        assert!(
            second
                .say
                .iter()
                .all(|said| said.priority == Priority::Normal)
        );
    }
}
