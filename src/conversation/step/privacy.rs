//! What is held about the resident: showing it, and forgetting it after one question.

use super::super::{Effect, Phase, Utterance};
use super::Turn;

impl Turn<'_> {
    /// Shows what is held. What it is stands in the store, which a step does not see.
    pub(super) fn my_data(&mut self) {
        self.count("my_data", "");
        self.say(Utterance::MyData);
        self.effects.push(Effect::MyData);
    }

    /// Tells what being forgotten means, and asks whether to go on.
    pub(super) fn ask_erase(&mut self) {
        self.ask(Phase::ConfirmingErase);
        self.say(Utterance::AskErase);
    }

    /// Forgets everything: this conversation too.
    pub(super) fn erase(&mut self) {
        self.count("erased", "");
        // Nothing else of this turn may stay behind.
        self.effects
            .retain(|effect| !matches!(effect, Effect::Keep { .. }));
        self.say(Utterance::Erased);
        self.effects.push(Effect::Erase);
        self.erased = true;
    }
}
