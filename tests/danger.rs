//! The test sets for danger: how many signals are found, and how many false alarms there are.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot read its set must fail; its tables are what the reader wants"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aanzet::domain::{Danger, DangerStrength};
use aanzet::safety::Rules;
use rstest::rstest;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    id: String,
    question: String,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    strength: Option<DangerStrength>,
    #[serde(default)]
    topic: Option<serde_json::Value>,
}

/// Stands for the category of a message without danger.
const HARMLESS: &str = "-";

fn lines(name: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/questions")
        .join(name);
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every third line was kept apart while rules were written. By now all are among the examples as well, so
/// these two sets show that nothing is lost, and no more.
fn is_kept_apart(index: usize) -> bool {
    index.is_multiple_of(3)
}

/// Which part to show the misses of: `AANZET_SHOW=dev`, `held` or `all`. Without it only the tables are printed.
fn shown(kept_apart: bool) -> bool {
    match std::env::var("AANZET_SHOW").as_deref() {
        Ok("dev") => !kept_apart,
        Ok("held") => kept_apart,
        Ok("all") => true,
        _ => false,
    }
}

#[derive(Default)]
struct Count {
    lines: usize,
    alarm: usize,
    category: usize,
    strength: usize,
}

#[test]
fn signals_are_found() {
    let rules = Rules::built_in();
    let mut table: BTreeMap<(bool, String), Count> = BTreeMap::new();
    for (index, line) in lines("gevaar.jsonl").into_iter().enumerate() {
        let apart = is_kept_apart(index);
        let wanted = line.category.unwrap();
        let found = rules.detect(&line.question);
        let count = table.entry((apart, wanted.clone())).or_default();
        count.lines += 1;
        let right = found
            .as_ref()
            .is_some_and(|danger| danger.category.to_string() == wanted);
        count.alarm += usize::from(found.is_some());
        count.category += usize::from(right);
        let strength = line.strength.unwrap_or(DangerStrength::Strong);
        count.strength += usize::from(
            found
                .as_ref()
                .is_some_and(|danger| danger.strength == strength),
        );
        if !right && shown(apart) {
            let got = found.map_or("-".to_owned(), |d| {
                let why = rules
                    .why(&line.question, d.category)
                    .unwrap_or_default()
                    .to_owned();
                format!("{} {:?} by [{why}]", d.category, d.strength)
            });
            println!("{} {wanted}: {} -> {got}", line.id, line.question);
        }
    }
    let mut totals: BTreeMap<bool, (usize, usize)> = BTreeMap::new();
    for ((apart, category), count) in &table {
        let part = if *apart { "kept apart" } else { "dev" };
        println!(
            "{part:10} {category}: {}/{} alarm, {} right category, {} right strength",
            count.alarm, count.lines, count.category, count.strength
        );
        let total = totals.entry(*apart).or_default();
        total.0 += count.alarm;
        total.1 += count.lines;
    }
    println!("{totals:?}");
    for ((_, category), count) in &table {
        if ["A", "B", "E", "F", "H", "I"].contains(&category.as_str()) {
            assert_eq!(
                count.alarm, count.lines,
                "category {category} misses a signal"
            );
        }
    }
    for (alarm, all) in totals.values() {
        assert!(*alarm * 100 >= *all * 97, "{alarm} of {all} found");
    }
}

#[test]
fn ordinary_questions_raise_no_alarm() {
    let rules = Rules::built_in();
    let mut totals: BTreeMap<bool, (usize, usize)> = BTreeMap::new();
    for (index, line) in lines("bijna_gevaar.jsonl").into_iter().enumerate() {
        let apart = is_kept_apart(index);
        let total = totals.entry(apart).or_default();
        total.1 += 1;
        if let Some(danger) = rules.detect(&line.question) {
            total.0 += 1;
            if shown(apart) {
                let why = rules
                    .why(&line.question, danger.category)
                    .unwrap_or_default();
                println!(
                    "{}: {} -> {} {:?} by [{why}]",
                    line.id, line.question, danger.category, danger.strength
                );
            }
        }
    }
    println!("false alarms per part (kept apart = true): {totals:?}");
    for (alarms, all) in totals.values() {
        assert!(
            *alarms * 100 <= *all * 4,
            "{alarms} of {all} are false alarms"
        );
    }
}

/// Messages by people who knew neither rules nor examples: the honest measure. The floors are what was measured
/// when they were last raised; nobody may tune on these lines. `found` and `alarms` are in per cent.
#[rstest]
#[case::short_ones("gevaar_anderen.jsonl", 95, 10)]
#[case::veiled_ones("gevaar_blind.jsonl", 92, 8)]
#[case::as_in_an_exam("gevaar_examen.jsonl", 94, 4)]
fn danger_in_messages_by_others_is_found_as_well(
    #[case] file: &str,
    #[case] found: usize,
    #[case] alarms: usize,
) {
    let rules = Rules::built_in();
    let mut table: BTreeMap<String, Count> = BTreeMap::new();
    for line in lines(file) {
        let danger = rules.detect(&line.question);
        let wanted = line.category.unwrap_or_else(|| HARMLESS.to_owned());
        let count = table.entry(wanted.clone()).or_default();
        count.lines += 1;
        count.alarm += usize::from(danger.is_some());
        let same = |danger: Danger| danger.category.to_string() == wanted;
        count.category += usize::from(danger.is_some_and(same));
    }
    let harmless = table.remove(HARMLESS).unwrap_or_default();
    let all: usize = table.values().map(|count| count.lines).sum();
    let hits: usize = table.values().map(|count| count.alarm).sum();
    for (category, count) in &table {
        println!(
            "{file} {category}: {}/{} found, {} in the right category",
            count.alarm, count.lines, count.category
        );
    }
    println!(
        "{file}: {hits}/{all} found, {}/{} false alarms",
        harmless.alarm, harmless.lines
    );
    assert!(hits * 100 >= all * found, "{hits} of {all} found");
    assert!(
        harmless.alarm * 100 <= harmless.lines * alarms,
        "{} false alarms in {}",
        harmless.alarm,
        harmless.lines
    );
}

/// False alarms on what residents ordinarily ask. Every second line, because the others are among the examples;
/// questions about the dangers themselves ("veilig thuis nummer, mijn vader slaat mij") are counted apart.
#[test]
fn ordinary_questions_of_all_topics_seldom_raise_an_alarm() {
    const ABOUT_DANGER: [&str; 5] = [
        "geweld",
        "oplichting",
        "huisartsenpost",
        "ggz",
        "identiteits",
    ];
    let rules = Rules::built_in();
    let (mut asked, mut alarms) = (0, 0);
    for file in ["bewoners.jsonl", "zonder_antwoord.jsonl"] {
        for line in lines(file).into_iter().skip(1).step_by(2) {
            let topic = line
                .topic
                .map(|topic| topic.to_string())
                .unwrap_or_default();
            if ABOUT_DANGER.iter().any(|word| topic.contains(word)) {
                continue;
            }
            asked += 1;
            if let Some(danger) = rules.detect(&line.question) {
                alarms += 1;
                println!(
                    "{} {:?}: {}",
                    danger.category, danger.strength, line.question
                );
            }
        }
    }
    println!("{alarms} false alarms in {asked} ordinary questions");
    assert!(alarms * 100 <= asked * 6, "{alarms} in {asked}");
}
