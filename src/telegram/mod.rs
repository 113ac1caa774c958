//! The edge to Telegram, and the only room that names teloxide: updates become
//! [`RawUpdate`](crate::service::RawUpdate)s, replies become messages with buttons.
//!
//! Of teloxide we use types and calls only. Its dispatcher confirms updates before they are handled,
//! so [`poll`] is our own: an update is confirmed when it has been accepted, never earlier.

pub mod callback;
mod client;
mod decode;
mod error;
mod parts;
pub mod poll;
mod render;
mod salvage;

pub use callback::Signer;
pub use client::{ClientSettings, Me, SetupError, Telegram};
pub use decode::{decode, update_id};
pub use error::CallError;
pub use parts::{Limits, parts};
pub use render::{Rendered, render};
