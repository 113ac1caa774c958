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

/// Every third message is held out: it counts, but it was not read while the finders were made.
fn is_held_out(at: usize) -> bool {
    at % 3 == 2
}

#[derive(Default)]
struct Score {
    wanted: usize,
    found: usize,
    extra: usize,
}

impl Score {
    fn share(&self) -> f64 {
        self.found as f64 / self.wanted.max(1) as f64
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
        let mut false_messages = 0;
        let mut count = 0;
        for (_, message) in messages
            .iter()
            .enumerate()
            .filter(|(at, _)| is_held_out(*at) == held_out)
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
            if found != message.kinds && !(held_out && std::env::var_os("HIDE_HELD_OUT").is_some())
            {
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
        eprintln!("{wrong}");
        assert!(all.share() >= 0.98, "{wrong}");
        assert!(false_messages as f64 <= 0.01 * count as f64, "{wrong}");
    }
}
