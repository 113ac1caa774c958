//! From hits to a decision: answer, ask which one is meant, or hand off. Pure.

mod compose;
mod decide;
mod fit;
mod weights;

pub use compose::{Answered, article, library_nearby};
pub use decide::{Candidate, Decision, Verdict, decide, decide_with};
pub use fit::{Example, confidence_pairs, fit_ranking, fit_weights};
pub use weights::Weights;
