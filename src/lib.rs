//! Aanzet: the chat bot with which a library helps people help themselves.
//!
//! The rooms and who may use whom stand in `ARCHITECTURE.md`; `tests/architecture.rs` keeps watch.
#![forbid(unsafe_code)]

pub mod answer;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod domain;
pub mod knowledge;
pub mod language;
pub use aanzet_meaning as meaning;
pub mod observe;
pub mod safety;
pub mod search;
pub mod service;
pub mod store;
pub mod telegram;
pub mod terminal;
pub mod web;
