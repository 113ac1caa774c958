//! How long the program takes to start, and to deal with one message. Run with `cargo bench --bench pipeline`.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on must stop"
)]

use std::path::PathBuf;
use std::sync::LazyLock;

use aanzet::domain::{Event, MessageId, Question};
use aanzet::safety::{self, Scope};
use aanzet::service::{Brain, Host, RawEvent, intake, turn};
use divan::{Bencher, black_box};

/// Twelve words, two of them misspelt.
const QUESTION: &str =
    "goeiemiddag kan ik ergens hulp krijge met huurtoeslach aanvragen voor mijn moeder";

/// A message as long as Telegram allows, of ordinary words.
static LONG: LazyLock<String> =
    LazyLock::new(|| "ik heb een brief van de gemeente gekregen en snap hem niet. ".repeat(68));

static BRAIN: LazyLock<Brain> = LazyLock::new(|| load().unwrap());

/// The message of this name.
fn message(name: &str) -> &'static str {
    match name {
        "long" => LONG.as_str(),
        _ => QUESTION,
    }
}

fn main() {
    LazyLock::force(&BRAIN);
    divan::main();
}

fn load() -> Option<Brain> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("knowledge");
    Brain::load(&[folder]).ok().map(|(brain, _)| brain)
}

/// From files to a brain that answers: what a start costs before the first question.
#[divan::bench(sample_count = 20)]
fn start() -> bool {
    load().is_some()
}

/// The door: danger and personal data in one message.
#[divan::bench(args = ["short", "long"])]
fn take_in(name: &str) -> Event {
    intake::event(raw(black_box(message(name))), &BRAIN.rules)
}

/// Personal data alone.
#[divan::bench(args = ["short", "long"])]
fn mask(name: &str) -> String {
    safety::mask(black_box(message(name)), Scope::Edge).text
}

/// Search and decision.
#[divan::bench(args = ["short", "long"])]
fn understand(name: &str) -> bool {
    let verdict = BRAIN.verdict(&Question::new(black_box(message(name))));
    verdict.candidates.is_empty()
}

/// A whole turn without a store: door, search, decision, reply.
#[divan::bench]
fn one_turn(bencher: Bencher<'_, '_>) {
    let host = Host {
        library_name: "de bibliotheek".into(),
        municipality: None,
        keeping: aanzet::domain::Keeping::default(),
        privacy_contact: None,
    };
    bencher.bench(|| {
        let event = intake::event(raw(black_box(QUESTION)), &BRAIN.rules);
        turn(&BRAIN, &host, None, &event)
    });
}

fn raw(text: &str) -> RawEvent {
    RawEvent::Text {
        text: text.to_owned(),
        message: MessageId(1),
        edited: false,
    }
}
