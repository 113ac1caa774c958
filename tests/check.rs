//! `aanzet check` over a corpus of folders, each with one mistake. What it prints is compared with
//! `tests/check/<case>.txt`; `UPDATE_SNAPSHOTS=1` writes those files anew.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aanzet::cli::check::{Format, Options, Outcome, run};
use jiff::civil::date;

const CORPUS: &str = "tests/check";

fn check(dir: &str, format: Format) -> (Outcome, String, String) {
    let mut options = Options::new(dir, date(2026, 11, 22));
    options.format = format;
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    let outcome = run(&options, &mut out, &mut problems).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (outcome, text(out), text(problems))
}

fn cases() -> BTreeSet<String> {
    fs::read_dir(CORPUS)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_mistake_is_drawn_as_agreed() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() > 40, "the corpus is not where it should be");
    for case in &cases {
        let (outcome, out, problems) = check(&format!("{CORPUS}/{case}"), Format::Text);
        let found = format!("{out}{problems}[code {}]\n", outcome.code());
        let file = format!("{CORPUS}/{case}.txt");
        if update {
            fs::write(&file, &found).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != found {
            wrong.push(format!("── {case} ──\n{found}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as in the snapshots:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_snapshot_has_its_folder() {
    for entry in fs::read_dir(CORPUS).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            assert!(path.with_extension("").is_dir(), "{}", path.display());
        }
    }
}

/// Each folder has the mistake that it is named after, and no other one that is as bad.
#[test]
fn every_folder_has_the_mistake_that_it_is_named_after() {
    for case in cases() {
        let (_, out, _) = check(&format!("{CORPUS}/{case}"), Format::Json);
        if out.is_empty() || case.starts_with("schoon") {
            continue;
        }
        let complaints: serde_json::Value = serde_json::from_str(&out).unwrap();
        let codes: Vec<_> = complaints
            .as_array()
            .unwrap()
            .iter()
            .map(|complaint| complaint["code"].as_str().unwrap().to_owned())
            .collect();
        let wanted = case.split('+').next().unwrap();
        assert!(codes.iter().any(|code| code == wanted), "{case}: {codes:?}");
    }
}

#[test]
fn json_names_everything_that_the_drawing_shows() {
    let (outcome, out, _) = check("tests/check/dubbele-punt", Format::Json);
    assert_eq!(outcome, Outcome::Mistakes);
    let complaints: serde_json::Value = serde_json::from_str(&out).unwrap();
    let complaint = &complaints[0];
    assert_eq!(complaint["weight"], "geweigerd");
    assert_eq!(
        complaint["file"],
        "tests/check/dubbele-punt/artikelen/bibliotheek/fout.md"
    );
    assert_eq!(
        (&complaint["line"], &complaint["column"]),
        (&2.into(), &8.into())
    );
    assert!(
        complaint["hint"]
            .as_str()
            .unwrap()
            .contains("titel: \"Openingstijden: centrale bibliotheek\"")
    );
}

#[test]
fn a_folder_that_is_not_there_cannot_be_checked() {
    let (outcome, out, problems) = check("tests/check/bestaat-niet", Format::Json);
    assert_eq!((outcome.code(), out.as_str()), (2, ""));
    assert!(problems.contains("AANZET_KNOWLEDGE_DIR"));
}

#[test]
fn colours_come_only_when_asked_for() {
    let mut options = Options::new("tests/check/html", date(2026, 11, 22));
    for colour in [false, true] {
        options.colour = colour;
        let mut out = Vec::new();
        run(&options, &mut out, &mut Vec::new()).unwrap();
        assert_eq!(out.contains(&0x1b), colour);
    }
}

/// Nothing that a library says in English reaches an editor.
#[test]
fn complaints_are_dutch() {
    for case in cases() {
        let drawn = fs::read_to_string(Path::new(CORPUS).join(format!("{case}.txt"))).unwrap();
        for english in [
            "error", "expected", "found", "invalid", "help:", "missing", "unknown",
        ] {
            assert!(!drawn.contains(english), "{english} in {case}");
        }
    }
}
