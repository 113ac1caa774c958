//! Finding the articles that may answer a question. The only room that names tantivy.
//!
//! [`Index::search`] works in two steps. Tantivy finds some thirty articles by words (BM25 over weighted
//! fields) and by character n-grams, which forgive spelling. For those, [`Features`] are computed: plain
//! numbers between 0 and 1 that say in what way an article fits, and from which `answer` derives how sure we are.

mod features;
mod grams;
mod index;
mod query;
mod ranking;
mod retrieval;
mod units;

pub use features::Features;
pub use index::{BuildError, Excluded, Found, Hit, Index, Shape};
pub use ranking::Ranking;
