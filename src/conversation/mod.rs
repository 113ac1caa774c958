//! The resident's conversation as a state machine: [`step`] takes a state and an event and gives the next
//! state and what must happen. It says *which* sentence; [`speech`] looks up its words. Pure: everything
//! that varies is handed in.

mod speech;
mod state;
mod step;
mod utterance;

pub use speech::Speech;
pub use state::{KeepReason, Phase, State};
pub use step::{Assessment, Decided, DecisionKind, Facts, Mind, Step, step};
pub use utterance::{Effect, Utterance};
