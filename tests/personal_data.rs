//! How well personal data is found in messages as residents write them, and that nothing else is: floors over
//! `tests/questions/persoonsgegevens*.jsonl`. Every number and every name in those files is made up.
//!
//! Run with `cargo test --test personal_data -- --nocapture` to see the score of every kind and what was missed.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot read its set must fail"
)]

use std::collections::BTreeMap;

use aanzet::domain::{Danger, DangerStrength, PersonalDataKind};
use aanzet::safety::{self, Rules, Scope};
use serde::Deserialize;

/// A message, and the kinds of personal data in it.
#[derive(Deserialize)]
struct Message {
    id: String,
    text: String,
    kinds: Vec<PersonalDataKind>,
}

/// What was found in a number of messages.
#[derive(Default)]
struct Score {
    wanted: usize,
    found: usize,
    /// Messages in which a kind was found that is not there.
    wrong: usize,
    messages: usize,
    kinds: BTreeMap<PersonalDataKind, (usize, usize)>,
    faults: String,
}

impl Score {
    fn of<'a>(messages: impl Iterator<Item = &'a Message>) -> Self {
        let mut score = Self::default();
        for message in messages {
            let found = safety::find(&message.text);
            for kind in &message.kinds {
                let (wanted, hits) = score.kinds.entry(*kind).or_default();
                let hit = usize::from(found.contains(kind));
                (*wanted, *hits) = (*wanted + 1, *hits + hit);
                (score.wanted, score.found) = (score.wanted + 1, score.found + hit);
            }
            score.messages += 1;
            score.wrong += usize::from(found.iter().any(|kind| !message.kinds.contains(kind)));
            let mut wanted = message.kinds.clone();
            wanted.sort_unstable();
            if found != wanted {
                score.faults += &format!(
                    "\n{} {:?}: wanted {:?}, found {found:?}",
                    message.id, message.text, message.kinds
                );
            }
        }
        score
    }

    fn summary(&self) -> String {
        format!(
            "{}/{} found, {}/{} messages with a false one; of each kind (wanted, found): {:?}",
            self.found, self.wanted, self.wrong, self.messages, self.kinds
        )
    }

    /// Fails when a smaller share is found, or a larger share is wrong, than these percentages.
    fn holds(&self, part: &str, found: f64, wrong: f64) {
        eprintln!("{part}: {}{}", self.summary(), self.faults);
        let enough = self.found as f64 * 100.0 >= self.wanted as f64 * found;
        let clean = self.wrong as f64 * 100.0 <= self.messages as f64 * wrong;
        assert!(enough && clean, "{part}: {}{}", self.summary(), self.faults);
    }
}

fn messages(lines: &str) -> Vec<Message> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

/// Every third message of a set is held out: what was missed in it was not looked at while the finders were made.
/// Messages `later-…` were written when the finders were there, to see what they would miss.
fn parts(messages: &[Message]) -> (Score, Score) {
    let part = |held_out| {
        let chosen = messages.iter().enumerate();
        Score::of(
            chosen
                .filter(|(at, message)| {
                    (at % 3 == 2 && !message.id.starts_with("later-")) == held_out
                })
                .map(|(_, message)| message),
        )
    };
    (part(false), part(true))
}

/// The first set.
#[test]
fn personal_data_in_messages_is_found_and_nothing_else() {
    let messages = messages(include_str!("questions/persoonsgegevens.jsonl"));
    let clean = messages.iter().filter(|m| m.kinds.is_empty()).count();
    assert!(messages.len() >= 220 && clean >= 90);
    let (dev, held_out) = parts(&messages);
    dev.holds("first set, dev", 98.0, 0.0);
    held_out.holds("first set, held out", 98.0, 1.0);
}

/// Messages by two other hands, who did not know the finders when they wrote them.
#[test]
fn personal_data_in_messages_by_others_is_found_as_well() {
    let messages = messages(include_str!("questions/persoonsgegevens_anderen.jsonl"));
    Score::of(messages.iter()).holds("by others", 98.0, 1.0);
}

/// A second set by somebody who knew nothing of the finders. At first sight 248 of 273 were found, with a false one in 11
/// of 500 messages; the finders learnt from it after that.
#[test]
fn personal_data_in_a_second_set_by_others_is_found_as_well() {
    let messages = messages(include_str!("questions/persoonsgegevens_tweede.jsonl"));
    Score::of(messages.iter()).holds("second set by others", 100.0, 0.0);
}

/// Messages in other words than the second set, measured before the finders learnt from them: of `derde-…` 74 of 125
/// were found (a false one in 42 of 321), of `vierde-…`, written later, 60 of 74 (10 of 180).
#[test]
fn personal_data_in_a_third_set_is_found_as_well() {
    let messages = messages(include_str!("questions/persoonsgegevens_derde.jsonl"));
    Score::of(messages.iter()).holds("third set", 98.9, 0.0);
}

/// Messages by somebody who knew nothing of the finders, measured once; nobody may tune on these lines.
#[test]
fn personal_data_in_messages_never_seen_before_is_found_as_well() {
    let messages = messages(include_str!("questions/persoonsgegevens_blind.jsonl"));
    let score = Score::of(messages.iter());
    eprintln!("never seen: {}", score.summary());
    // Without the list of faults: who reads it has seen the messages. The floors are those of the first sight.
    let enough = score.found * 100 >= score.wanted * 92;
    let clean = score.wrong * 100 <= score.messages;
    assert!(enough && clean, "{}", score.summary());
}

/// Messages in many styles (letters, chat, other languages), written before the finders learnt from the set by
/// others.
#[test]
fn personal_data_in_many_styles_is_found_as_well() {
    let (dev, held_out) = parts(&messages(include_str!(
        "questions/persoonsgegevens_stijlen.jsonl"
    )));
    dev.holds("styles, dev", 98.0, 1.0);
    held_out.holds("styles, held out", 90.0, 2.0);
}

/// What residents ask has hardly ever personal data in it.
#[test]
fn ordinary_questions_stay_as_they_are() {
    let (mut count, mut changed, mut list) = (0, 0, String::new());
    for line in [
        include_str!("questions/bewoners.jsonl"),
        include_str!("questions/zonder_antwoord.jsonl"),
        include_str!("questions/bijna_gevaar.jsonl"),
        include_str!("questions/gevaar.jsonl"),
        include_str!("questions/gevaar_anderen.jsonl"),
    ]
    .iter()
    .flat_map(|lines| lines.lines())
    {
        let message: serde_json::Value = serde_json::from_str(line).expect(line);
        let text = message["question"].as_str().expect("a question");
        count += 1;
        let masked = safety::mask(text, Scope::Record);
        if !masked.kinds.is_empty() {
            changed += 1;
            list += &format!("\n{text:?} became {:?}", masked.text);
        }
    }
    assert!(
        count > 2_000 && changed * 1000 <= count,
        "{changed} of {count}{list}"
    );
}

/// The door looks for danger in what was typed, but what comes after it knows the masked text only: a clear signal
/// stays a signal. (It may become a weak one: what stands for the hidden words is weighed with the rest.)
#[test]
fn danger_is_seen_in_a_masked_message_too() {
    let rules = Rules::built_in();
    let mut count = 0;
    for line in [
        include_str!("questions/gevaar.jsonl"),
        include_str!("questions/gevaar_anderen.jsonl"),
    ]
    .iter()
    .flat_map(|lines| lines.lines())
    {
        let message: serde_json::Value = serde_json::from_str(line).expect(line);
        let text = message["question"].as_str().expect("a question");
        count += 1;
        for (before, after) in [
            ("", ""),
            (
                "Ik ben Truus de Vries, Kerkstraat 12. ",
                " Bel 06-12345678, bsn 111222333.",
            ),
            ("Mijn wachtwoord is Zomer2024. ", ". Mijn pincode is 4821."),
        ] {
            let whole = format!("{before}{text}{after}");
            let masked = safety::mask(&whole, Scope::Edge).text;
            let (plain, hidden) = (rules.detect(&whole), rules.detect(&masked));
            let strong = |danger: Option<Danger>| {
                danger.is_some_and(|danger| danger.strength == DangerStrength::Strong)
            };
            assert!(
                !strong(plain) || hidden.is_some(),
                "{whole:?} became {masked:?}"
            );
        }
    }
    assert!(count > 900);
}

/// Numbers that everybody may call, and what questions are about.
#[test]
fn help_lines_dates_and_amounts_stay() {
    for text in [
        "Bel 112, 113 of 0800-0113. Veilig Thuis: 0800-2000. Politie: 0900-8844.",
        "sinds 1 januari 2026 krijg ik 1.234,56 euro en ben ik 67",
        "de gemeente belt met 14 038, de bibliotheek met 088 123 45 67",
        "mijn zoon is 18 en mijn dochter wordt op 1 maart 12",
        "giro 555, box 3, artikel 12, groep 8, code 95, windows 11",
    ] {
        assert_eq!(safety::mask(text, Scope::Record).text, text);
    }
}
