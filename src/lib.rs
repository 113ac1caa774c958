//! Aanzet: the chat bot with which a library helps people help themselves.
//!
//! The rooms and who may use whom stand in `ARCHITECTURE.md`; `tests/architecture.rs` keeps watch.
#![forbid(unsafe_code)]

pub mod domain;
pub mod knowledge;
pub mod service;
pub mod store;
pub mod telegram;
