//! The test set for personal data: what is found, and what is taken for it wrongly.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aanzet::domain::PersonalDataKind;
use aanzet::safety::{Scope, find, mask};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    kinds: Vec<PersonalDataKind>,
}

fn lines() -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/questions/persoonsgegevens.jsonl");
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the table is what the reader of the test wants"
)]
fn personal_data_is_found_and_nothing_else() {
    let mut table: BTreeMap<PersonalDataKind, (usize, usize)> = BTreeMap::new();
    let (mut clean, mut wrong) = (0, 0);
    for line in lines() {
        let found = find(&line.text);
        for kind in &line.kinds {
            let count = table.entry(*kind).or_default();
            count.1 += 1;
            count.0 += usize::from(found.contains(kind));
        }
        if line.kinds.is_empty() {
            clean += 1;
            wrong += usize::from(!found.is_empty());
        }
        if found.iter().any(|kind| !line.kinds.contains(kind))
            || line.kinds.iter().any(|kind| !found.contains(kind))
        {
            println!(
                "{} {}: wanted {:?}, found {found:?}",
                line.id, line.text, line.kinds
            );
        }
    }
    println!("{table:?}\nfalse: {wrong} of {clean}");
    for kind in [
        PersonalDataKind::Bsn,
        PersonalDataKind::Iban,
        PersonalDataKind::Card,
        PersonalDataKind::Password,
    ] {
        let (found, all) = table[&kind];
        assert_eq!(found, all, "{kind:?}");
    }
    let (found, all) = table
        .values()
        .fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    assert!(found * 100 >= all * 98, "{found} of {all} found");
    assert!(wrong * 100 <= clean, "{wrong} of {clean} wrong");
}

#[test]
fn what_must_never_be_written_is_gone_at_the_edge() {
    use PersonalDataKind::{Bsn, Card, Document, Iban, Password};
    for line in lines() {
        let masked = mask(&line.text, Scope::Edge);
        for kind in [Bsn, Iban, Card, Document, Password] {
            assert_eq!(
                masked.kinds.contains(&kind),
                line.kinds.contains(&kind),
                "{}: {masked:?}",
                line.id
            );
        }
        assert_eq!(
            mask(&masked.text, Scope::Edge).text,
            masked.text,
            "{}",
            line.id
        );
    }
}
