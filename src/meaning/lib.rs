//! Text to vector: sentences that mean about the same get vectors that point the same way. The only room
//! that knows the model file; pure, on the CPU, and it uses nothing of the other rooms.
//!
//! ```no_run
//! # fn main() -> Result<(), aanzet_meaning::ModelError> {
//! let encoder = aanzet_meaning::Encoder::built_in()?;
//! let question = encoder.encode("ik heb geen geld meer voor eten");
//! let example = encoder.encode("Ik kan mijn boodschappen niet betalen");
//! let likeness = question.similarity(&example);
//! # let _ = likeness;
//! # Ok(())
//! # }
//! ```
//!
//! The model is multilingual-e5-small with weights of 4 bits, cut down to the pieces of Dutch
//! (`models/README.md`: origin, licence, exact definition). Three things hold for every text:
//! - the vector has length 1 and is finite, whatever the text holds;
//! - it is the same to the last bit on every machine, because the arithmetic is whole numbers, and sums of
//!   `f32` in a fixed order without fused operations; so a vector that was kept stays valid for as long as
//!   [`Encoder::fingerprint`] is the same;
//! - nothing of the text is kept.
#![forbid(unsafe_code)]

mod arithmetic;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod encoder;
mod error;
mod gguf;
mod network;
mod pieces;
mod product;
mod quantised;
mod tokenizer;
mod vector;

#[cfg(test)]
mod tests;

pub use encoder::{Encoder, Fingerprint};
pub use error::ModelError;
pub use vector::Vector;
