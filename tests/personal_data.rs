//! How well personal data is found in messages as residents write them: floors over
//! `tests/questions/persoonsgegevens.jsonl`. Every number in that file is made up.

use std::collections::BTreeMap;

use aanzet::domain::PersonalDataKind;
use aanzet::safety;
use serde::Deserialize;

/// A message, and the kinds of personal data in it.
#[derive(Deserialize)]
struct Message {
    id: String,
    text: String,
    kinds: Vec<PersonalDataKind>,
}

/// Every third message of the first set is held out: what was missed in it was not looked at while the finders were
/// made. The messages `later-…` were written when the finders were there, to see what they would miss.
fn is_held_out(at: usize, message: &Message) -> bool {
    at % 3 == 2 && message.id.starts_with("persoon-")
}

#[derive(Default)]
struct Score {
    wanted: usize,
    found: usize,
    extra: usize,
}

impl Score {
    fn share(&self) -> f64 {
        if self.wanted == 0 {
            return 1.0;
        }
        self.found as f64 / self.wanted as f64
    }
}

#[test]
fn personal_data_in_messages_is_found_and_nothing_else() {
    let lines = include_str!("questions/persoonsgegevens.jsonl");
    let messages: Vec<Message> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let clean = messages.iter().filter(|m| m.kinds.is_empty()).count();
    assert!(messages.len() >= 220 && clean >= 90);

    let mut wrong = String::new();
    for held_out in [false, true] {
        let mut scores: BTreeMap<PersonalDataKind, Score> = BTreeMap::new();
        let mut all = Score::default();
        let (mut false_messages, mut count) = (0, 0);
        for (_, message) in messages
            .iter()
            .enumerate()
            .filter(|(at, message)| is_held_out(*at, message) == held_out)
        {
            count += 1;
            let found = safety::find(&message.text);
            for kind in &message.kinds {
                let hit = usize::from(found.contains(kind));
                for score in [scores.entry(*kind).or_default(), &mut all] {
                    score.wanted += 1;
                    score.found += hit;
                }
            }
            let extra: Vec<_> = found
                .iter()
                .filter(|kind| !message.kinds.contains(kind))
                .collect();
            for kind in &extra {
                scores.entry(**kind).or_default().extra += 1;
            }
            false_messages += usize::from(!extra.is_empty());
            if found != message.kinds {
                wrong += &format!(
                    "\n{} {:?}: wanted {:?}, found {found:?}",
                    message.id, message.text, message.kinds
                );
            }
        }
        let part = if held_out { "held out" } else { "dev" };
        for (kind, score) in &scores {
            wrong += &format!(
                "\n{part} {kind:?}: {}/{} found, {} false",
                score.found, score.wanted, score.extra
            );
        }
        wrong += &format!(
            "\n{part}: {}/{} found, {false_messages}/{count} messages with a false one",
            all.found, all.wanted
        );
        // Seen with `cargo test --test personal_data -- --nocapture`.
        eprintln!("{wrong}");
        assert!(all.share() >= 0.98, "{wrong}");
        for (kind, score) in &scores {
            assert!(score.share() >= 0.9, "{kind:?} {wrong}");
        }
        assert!(false_messages as f64 <= 0.01 * count as f64, "{wrong}");
    }
}

/// Messages by two other hands, who did not know the finders. The floors are what was measured when they were
/// added (239 of 264 found, 3 of 426 messages with a false one): a change may not make it worse.
#[test]
fn personal_data_in_messages_by_others_is_found_as_well() {
    let lines = include_str!("questions/persoonsgegevens_anderen.jsonl");
    let messages: Vec<Message> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let (mut wanted, mut found, mut false_messages) = (0, 0, 0);
    for message in &messages {
        let kinds = safety::find(&message.text);
        wanted += message.kinds.len();
        found += message
            .kinds
            .iter()
            .filter(|kind| kinds.contains(kind))
            .count();
        let extra = kinds.iter().any(|kind| !message.kinds.contains(kind));
        false_messages += usize::from(extra);
    }
    assert!(found * 100 >= wanted * 90, "{found} of {wanted} found");
    assert!(
        false_messages * 100 <= messages.len(),
        "{false_messages} of {} messages with a false one",
        messages.len()
    );
}
