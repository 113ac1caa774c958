//! The use cases: take in what an edge received, run a turn, deliver what must be said.

pub mod delivery;
pub mod pace;
mod raw;

pub use raw::{RawEvent, RawUpdate};
