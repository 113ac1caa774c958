//! The walls between the rooms: reads the imports of every file and fails when a room uses what it may not.
//! The table here and the one in `ARCHITECTURE.md` are the same; a test compares them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the sources must fail"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A room, the rooms it may use, and the outside libraries that only it may name.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    owns: &'static [&'static str],
}

const CORE: &[&str] = &[
    "answer",
    "conversation",
    "domain",
    "knowledge",
    "language",
    "meaning",
    "safety",
    "search",
    "store",
];

const ROOMS: &[Room] = &[
    Room {
        name: "domain",
        may_use: &[],
        owns: &[],
    },
    Room {
        name: "language",
        may_use: &["domain"],
        owns: &["frostem"],
    },
    Room {
        name: "meaning",
        may_use: &[],
        owns: &["aanzet_meaning", "bytemuck", "multiversion", "rapidhash"],
    },
    Room {
        name: "safety",
        may_use: &["domain", "language"],
        owns: &[],
    },
    Room {
        name: "knowledge",
        may_use: &["domain", "language", "safety"],
        owns: &["granit_parser", "pulldown_cmark"],
    },
    Room {
        name: "search",
        may_use: &["domain", "knowledge", "language"],
        owns: &["tantivy"],
    },
    Room {
        name: "answer",
        may_use: &["domain", "knowledge", "language", "search"],
        owns: &[],
    },
    Room {
        name: "conversation",
        may_use: &["answer", "domain", "knowledge", "language", "safety"],
        owns: &[],
    },
    Room {
        name: "store",
        may_use: &["domain"],
        owns: &["sqlx", "chacha20poly1305", "hmac"],
    },
    Room {
        name: "service",
        may_use: CORE,
        owns: &[],
    },
    Room {
        name: "telegram",
        may_use: &["domain", "knowledge", "service", "store"],
        owns: &["teloxide"],
    },
    Room {
        name: "web",
        may_use: &["domain", "knowledge", "service", "store"],
        owns: &["axum"],
    },
    Room {
        name: "terminal",
        may_use: &["domain", "knowledge", "service", "store"],
        owns: &["rustyline"],
    },
    Room {
        name: "config",
        may_use: &["domain"],
        owns: &[],
    },
    Room {
        name: "observe",
        may_use: &[],
        owns: &["tracing_subscriber"],
    },
    Room {
        name: "cli",
        may_use: &[
            "answer",
            "config",
            "conversation",
            "domain",
            "knowledge",
            "language",
            "observe",
            "safety",
            "search",
            "service",
            "store",
            "telegram",
            "terminal",
            "web",
        ],
        owns: &["clap", "miette"],
    },
];

/// Rooms that are pure: no clock, no file, no network, no chance, no waiting.
const PURE: &[&str] = &[
    "domain",
    "language",
    "meaning",
    "safety",
    "search",
    "answer",
    "conversation",
];

/// What a pure room may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Zoned::now",
    "Timestamp::now",
    "rand::",
    "tokio::",
];

/// Files of an otherwise pure room that may do I/O.
const LOADERS: &[&str] = &["knowledge/loader.rs"];

#[test]
fn no_room_uses_what_it_may_not() {
    let mut crossings = Vec::new();
    for (file, room, text) in sources() {
        for used in rooms_used(&text) {
            if used != room.name && !room.may_use.contains(&used.as_str()) {
                crossings.push(format!("{file}: {} may not use {used}", room.name));
            }
        }
    }
    assert!(crossings.is_empty(), "{}", crossings.join("\n"));
}

#[test]
fn a_library_with_an_owner_is_named_in_one_room_only() {
    let mut crossings = Vec::new();
    for (file, room, text) in sources() {
        for owner in ROOMS.iter().filter(|owner| owner.name != room.name) {
            for library in owner.owns {
                if text.contains(&format!("{library}::")) {
                    crossings.push(format!("{file}: {library} belongs to {}", owner.name));
                }
            }
        }
    }
    assert!(crossings.is_empty(), "{}", crossings.join("\n"));
}

#[test]
fn the_core_knows_no_clock_file_network_or_chance() {
    let mut crossings = Vec::new();
    let knowledge_is_pure_too = PURE.iter().copied().chain(["knowledge"]);
    let pure: BTreeSet<&str> = knowledge_is_pure_too.collect();
    for (file, room, text) in sources() {
        if !pure.contains(room.name) || LOADERS.contains(&file.as_str()) {
            continue;
        }
        for impure in IMPURE {
            if text.contains(impure) {
                crossings.push(format!("{file}: {} is pure and names {impure}", room.name));
            }
        }
    }
    assert!(crossings.is_empty(), "{}", crossings.join("\n"));
}

#[test]
fn every_room_of_the_source_is_in_the_table_and_in_the_document() {
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let table: BTreeSet<String> = ROOMS.iter().map(|room| room.name.to_owned()).collect();
    assert_eq!(folders, table);

    let document = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for room in &folders {
        assert!(
            document.contains(&format!("`{room}/`")),
            "ARCHITECTURE.md does not name {room}/"
        );
    }
}

/// A promise without a test is a wish: what `docs/security.md` names as `file::test` must be there.
#[test]
fn every_test_that_the_security_page_names_is_there() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let named: Vec<(&str, &str)> = page
        .split('`')
        .filter_map(|words| words.split_once(".rs::"))
        .collect();
    assert!(named.len() > 30, "only {} tests were found", named.len());
    for (file, test) in named {
        let text = std::fs::read_to_string(root().join(format!("{file}.rs"))).unwrap_or_default();
        assert!(
            text.contains(&format!("fn {test}(")),
            "there is no test {test} in {file}.rs"
        );
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below a room: its path below `src/`, its room, and its text without comments and
/// inline tests.
fn sources() -> Vec<(String, &'static Room, String)> {
    let mut found = Vec::new();
    for room in ROOMS {
        let folder = root().join("src").join(room.name);
        if folder.is_dir() {
            collect(&folder, room, &mut found);
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn collect(folder: &Path, room: &'static Room, found: &mut Vec<(String, &'static Room, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, room, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_some_and(|name| name != "tests")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root().join("src")).unwrap();
            let name = name.to_string_lossy().replace('\\', "/");
            found.push((name, room, code_of(&text)));
        }
    }
}

/// The code without comments, and without what stands below the first `#[cfg(test)] mod`.
fn code_of(text: &str) -> String {
    let code: Vec<&str> = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line))
        .collect();
    let tests = code.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod ")
    });
    code[..tests.unwrap_or(code.len())].join("\n")
}

/// The rooms that a text names, as `crate::room` or inside `use crate::{room::…, …}`.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (n, character) in group.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && depth == 0 && c.is_alphabetic() => {
                        used.insert(first_word(&group[n..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            used.insert(first_word(rest));
        }
    }
    used.retain(|word| ROOMS.iter().any(|room| room.name == word));
    used
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn grouped_and_plain_imports_are_both_seen() {
    let text = "use crate::{domain::{Reply, Block}, search};\nuse crate::store::Store;";
    let used: Vec<String> = rooms_used(text).into_iter().collect();
    assert_eq!(used, ["domain", "search", "store"]);
}
