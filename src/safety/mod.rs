//! Danger in a message, and personal data in it. Pure: no store, no index, no clock, no network.
//!
//! **Danger.** [`Rules::detect`] holds a message against the rules of `knowledge/veiligheid/`, and
//! [`Rules::help`] gives the words. The rules think in who, what, now and want: classes of words that are
//! combined with gaps, over text in which case, accents, spelling by ear and lost spaces no longer matter.
//! They err on the side of help: for suicide, danger to life and violence one time too many is an
//! annoyance, and one time too few is not to be undone.
//!
//! **Personal data.** [`mask()`] takes out what must not be kept, [`find`] names what is there.

mod build;
mod fold;
mod learnt;
mod lexicon;
mod matching;
mod pattern;
mod personal;
mod read;
mod rules;

pub use learnt::{Examples, ExamplesError};
pub use personal::{Masked, Scope, find, mask, without_remarks};
pub use read::RuleProblem;
pub use rules::{Rules, URGENCY};
