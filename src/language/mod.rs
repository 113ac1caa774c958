//! Dutch as people type it: folding, words, stems, spelling, synonyms, and what a short message is about.
//!
//! Everything here is pure. [`Lexicon`] holds what editors keep in `taal/`; [`Analyzer`] adds the words
//! of the knowledge base and turns a question into [`Term`]s.

mod analyze;
mod common;
mod compound;
mod fold;
mod intent;
mod lexicon;
mod lexicon_file;
mod markup;
mod speller;
mod stem;
mod synonyms;
mod vocabulary;
mod words;

pub use analyze::{Alternative, Analysis, Analyzer, DocumentTerm, Term};
pub use common::is_common;
pub use fold::{fold, is_invisible};
pub use intent::Intent;
pub use lexicon::{Lexicon, Token};
pub use lexicon_file::{FILES, Problem};
pub use markup::without_markup;
pub use speller::Speller;
pub use vocabulary::Vocabulary;
pub use words::{Word, sentences, words};
