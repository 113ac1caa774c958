//! Strange input against everything that reads what others wrote: personal data, danger, Telegram's updates, the
//! files of editors. Nothing may panic, hang, or let a number through that may never be written.
//!
//! A few seconds by default. For a long run:
//! `AANZET_FUZZ_INPUTS=1000000 cargo test --release --test fuzz -- --nocapture`. `AANZET_FUZZ_SEED` gives other
//! inputs; what fails says its seed and the input.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its corpus must fail"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aanzet::knowledge::{self, CheckSettings, SourceFile};
use aanzet::safety::{self, Rules, Scope};
use aanzet::service::{RawEvent, intake};
use aanzet::store::Vault;
use aanzet::telegram;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// How many inputs each target gets when nothing is set.
const INPUTS: u64 = 2_000;

/// The most that one input may take, far above what any takes in a debug build: only what grows with the square of
/// the length, or worse, gets there.
const CEILING: Duration = Duration::from_secs(15);

/// How long, in bytes, the input that took longest for its length is made at the end: once, and twice as long.
const GROWN: usize = 32_768;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every question of the test sets.
static QUESTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut questions = Vec::new();
    for file in fs::read_dir(root().join("tests/questions")).unwrap() {
        let lines = fs::read_to_string(file.unwrap().path()).unwrap();
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = line["text"].as_str().or_else(|| line["question"].as_str());
            questions.push(text.unwrap().to_owned());
        }
    }
    questions.sort_unstable();
    questions
});

/// Every file that editors keep.
static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(|| {
    let folder = root().join("knowledge");
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    files
});

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.push(SourceFile::new(name, text));
        }
    }
}

static RULES: LazyLock<Rules> = LazyLock::new(Rules::built_in);

/// Reads the marks on buttons; the key is as good as any.
static SIGNER: LazyLock<telegram::Signer> = LazyLock::new(|| {
    let vault = Vault::new(&Vault::generate_key());
    telegram::Signer::new(vault, "1".into())
});

/// Signs that readers stumble over: invisible ones, other scripts' digits, accents apart, signs of markup.
const SIGNS: &[&str] = &[
    "\u{200B}",
    "\u{FEFF}",
    "\u{AD}",
    "\u{2060}",
    "\u{202E}",
    "\u{301}",
    "\u{FE0F}",
    "\u{20E3}",
    "\u{E000}",
    "\u{E001}",
    "\u{0}",
    "\u{7F}",
    "\r\n",
    "\n",
    "\t",
    "\u{A0}",
    "\u{2028}",
    "٣",
    "३",
    "７",
    "𝟕",
    "ß",
    "İ",
    "ı",
    "ŉ",
    "ﬃ",
    "½",
    "각",
    "👨‍👩‍👧",
    "🇳🇱",
    "½",
    "'",
    "\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    "*",
    "_",
    "#",
    "|",
    "\\",
    "/",
    ":",
    ";",
    ",",
    ".",
    "-",
    "--",
    "---",
    "@",
    "€",
    "%",
    "&",
    "=",
    "+",
    "!",
    "?",
    "~",
    "0",
    "1",
    "9",
    "112",
    "een",
    "nul",
    "bsn",
    "sms",
    "code",
    "pin",
    "wachtwoord is",
    "[BSN weggehaald]",
    "[wachtwoord of code weggehaald]",
    "ik ben ",
    "mevrouw ",
    "groetjes ",
    "NL91",
    "o6",
    "is",
    " ",
    "  ",
    "- ",
    "> ",
    "1. ",
    "title:",
    "&a",
    "*a",
    "!!str",
    "{{",
    "}}",
    "~~~",
    "```",
    "<!--",
    "-->",
    "[a](b)",
    "http://",
];

fn pick<'a, T: ?Sized>(random: &mut StdRng, from: &'a [&'a T]) -> &'a T {
    from[random.random_range(0..from.len())]
}

fn question(random: &mut StdRng) -> String {
    QUESTIONS[random.random_range(0..QUESTIONS.len())].clone()
}

/// At most so many characters from somewhere in a file of the editors.
fn piece(random: &mut StdRng, longest: usize) -> String {
    let file = &FILES[random.random_range(0..FILES.len())].text;
    let skip = random.random_range(0..file.len().max(1));
    file.chars().skip(skip).take(longest).collect()
}

/// A text in which some things were changed, doubled, dropped or put in.
fn changed(random: &mut StdRng, text: &str) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    for _ in 0..random.random_range(1..8) {
        let at = random.random_range(0..=signs.len());
        let end = (at + random.random_range(0..12)).min(signs.len());
        match random.random_range(0..7) {
            0 => drop(signs.drain(at..end)),
            1 => {
                let twice = signs[at..end].to_vec();
                signs.splice(at..at, twice);
            }
            2 => drop(signs.splice(at..at, pick(random, SIGNS).chars())),
            3 => drop(signs.splice(at..end, pick(random, SIGNS).chars())),
            4 => {
                let upper: String = signs[at..end].iter().collect();
                signs.splice(at..end, upper.to_uppercase().chars());
            }
            5 => {
                let length = random.random_range(1..17);
                let digits = random.random_range(0..10_u64.pow(length)).to_string();
                signs.splice(at..at, digits.chars());
            }
            _ => {
                let other: Vec<char> = question(random).chars().collect();
                let from = random.random_range(0..=other.len());
                signs.splice(at..end, other[from..].iter().copied());
            }
        }
    }
    signs.into_iter().collect()
}

/// Any text.
fn text(random: &mut StdRng) -> String {
    match random.random_range(0..12) {
        0 => {
            let length = random.random_range(0..200);
            let bytes: Vec<u8> = (0..length).map(|_| random.random()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => (0..random.random_range(0..60))
            .map(|_| pick(random, SIGNS))
            .collect(),
        2 => (0..random.random_range(0..80))
            .filter_map(|_| char::from_u32(random.random_range(0..0x2_0000)))
            .collect(),
        3 => {
            let unit = if random.random() {
                question(random)
            } else {
                (0..random.random_range(1..4))
                    .map(|_| pick(random, SIGNS))
                    .collect()
            };
            let longest = if random.random_range(0..40) == 0 {
                4_096
            } else {
                600
            };
            unit.chars()
                .cycle()
                .take(if unit.is_empty() { 0 } else { longest })
                .collect()
        }
        4 => {
            let deep = random.random_range(1..200);
            let (open, close) = [
                ("[", "]"),
                ("(", ")"),
                ("> ", ""),
                ("- ", "\n"),
                ("{", "}"),
                ("\"", "\""),
                ("*", "*"),
            ][random.random_range(0..7)];
            format!(
                "{}{}{}",
                open.repeat(deep),
                question(random),
                close.repeat(deep)
            )
        }
        5 => {
            let text = piece(random, 300);
            changed(random, &text)
        }
        _ => {
            let text = question(random);
            changed(random, &text)
        }
    }
}

/// Runs one target, with one in so many of the inputs, and says how its time grows.
fn run<I: std::fmt::Debug>(
    name: &str,
    one_in: u64,
    make: impl Fn(&mut StdRng) -> I,
    bytes: impl Fn(&I) -> usize,
    check: impl Fn(&I),
    grow: impl Fn(&I, usize) -> I,
) {
    let (inputs, seed) = (
        setting("AANZET_FUZZ_INPUTS", INPUTS).div_ceil(one_in),
        setting("AANZET_FUZZ_SEED", 1),
    );
    let mut slowest: (f64, Option<I>) = (0.0, None);
    let (mut all, mut total) = (Duration::ZERO, 0);
    let timed = |input: &I, at: &str| {
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| check(input)));
        let took = start.elapsed();
        assert!(
            outcome.is_ok(),
            "{name}: seed {seed}, {at}, fails on {input:?}"
        );
        assert!(
            took < CEILING,
            "{name}: seed {seed}, {at}, {took:?} for {input:?}"
        );
        took
    };
    for number in 0..inputs {
        // Every input has a seed of its own, so that one can be made again alone.
        let input = make(&mut StdRng::seed_from_u64(seed << 32 | number));
        let took = timed(&input, &format!("input {number}"));
        let length = bytes(&input);
        (all, total) = (all + took, total + length);
        let pace = took.as_secs_f64() / (length.max(200)) as f64;
        if pace > slowest.0 {
            slowest = (pace, Some(input));
        }
    }
    let worst = slowest.1.unwrap();
    let grown: Vec<Duration> = [GROWN, 2 * GROWN]
        .iter()
        .map(|length| timed(&grow(&worst, *length), "grown"))
        .collect();
    eprintln!(
        "{name}: {inputs} inputs, {total} bytes, {all:?}; the slowest takes {:?} at {GROWN} bytes and {:?} at twice that",
        grown[0], grown[1]
    );
}

fn longer(text: &str, length: usize) -> String {
    let mut long = String::with_capacity(length + text.len());
    while long.len() < length {
        long.push_str(if text.is_empty() { " " } else { text });
    }
    long
}

/// A valid BSN, made up.
fn bsn(random: &mut StdRng) -> String {
    loop {
        let front: String = format!("{:08}", random.random_range(10_000_000..100_000_000_u32));
        let sum: u32 = front
            .chars()
            .zip((2..=9).rev())
            .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
            .sum();
        if sum % 11 < 10 {
            return format!("{front}{}", sum % 11);
        }
    }
}

/// A valid Dutch account number, made up.
fn account(random: &mut StdRng) -> String {
    let bank = pick(random, &["ABNA", "INGB", "RABO", "TRIO"]);
    let rest = format!("{bank}{:010}", random.random_range(0..10_000_000_000_u64));
    let value = format!("{rest}NL00").chars().fold(0, |value, sign| {
        let digit = sign.to_digit(36).unwrap();
        (if digit > 9 { value * 100 } else { value * 10 } + digit) % 97
    });
    format!("NL{:02}{rest}", 98 - value)
}

/// A text, and secrets that were put in it.
#[derive(Debug)]
struct Planted {
    text: String,
    secrets: Vec<String>,
}

fn planted(random: &mut StdRng) -> Planted {
    let mut signs: Vec<char> = text(random).chars().collect();
    let mut secrets = Vec::new();
    let (bsn, account) = (bsn(random), account(random));
    let at = random.random_range(0..=signs.len());
    match random.random_range(0..3) {
        0 => {
            signs.splice(at..at, format!("\nbsn {bsn} ").chars());
            secrets.push(bsn);
        }
        1 => {
            let spaced: Vec<String> = account
                .as_bytes()
                .chunks(random.random_range(1..6))
                .map(|part| String::from_utf8_lossy(part).into_owned())
                .collect();
            let gap = pick(random, &[" ", "-", ".", "\u{A0}", "\u{200B}", " - "]);
            signs.splice(at..at, format!("\n{}\n", spaced.join(gap)).chars());
            secrets.push(account[8..].to_owned());
        }
        _ => {}
    }
    Planted {
        text: signs.into_iter().collect(),
        secrets,
    }
}

#[test]
fn masking_holds() {
    run(
        "masking",
        1,
        planted,
        |planted| planted.text.len(),
        |planted| {
            for scope in [Scope::Edge, Scope::Record] {
                let masked = safety::mask(&planted.text, scope);
                let left: String = masked.text.chars().filter(char::is_ascii_digit).collect();
                for secret in &planted.secrets {
                    assert!(
                        !left.contains(secret),
                        "{secret} is left in {:?}",
                        masked.text
                    );
                }
                let again = safety::mask(&masked.text, scope);
                assert_eq!(again.text, masked.text, "masked twice");
            }
            safety::without_remarks(&planted.text);
        },
        |planted, length| Planted {
            text: longer(&planted.text, length),
            secrets: Vec::new(),
        },
    );
}

#[test]
fn danger_holds() {
    run(
        "danger",
        1,
        text,
        String::len,
        |text| {
            let danger = RULES.detect(text);
            assert_eq!(danger.is_some(), !RULES.detect_all(text).is_empty());
            if let Some(danger) = danger {
                RULES.help(&danger);
            }
            let half = text.len() / 2;
            let half = (half..=text.len())
                .find(|at| text.is_char_boundary(*at))
                .unwrap();
            RULES.detect_across(&text[..half], &text[half..]);
        },
        |text, length| longer(text, length),
    );
}

/// An update of Telegram with strange things in it, as a value or as text that may not be JSON any more.
fn update(random: &mut StdRng) -> String {
    let words = text(random);
    let mut update = match random.random_range(0..4) {
        0 => {
            json!({"update_id": 900, "edited_message": {"message_id": 7, "date": 1, "chat": {"id": 42, "type": "private"},
            "from": {"id": 42, "is_bot": false}, "caption": words, "photo": [{"file_id": "x"}]}})
        }
        1 => {
            json!({"update_id": 901, "callback_query": {"id": "77", "from": {"id": 42, "is_bot": false}, "data": words,
            "message": {"message_id": 7, "date": 0, "chat": {"id": 42, "type": "private"}}}})
        }
        2 => {
            json!({"update_id": 902, "my_chat_member": {"chat": {"id": 42, "type": "private"}, "from": {"id": 42},
            "old_chat_member": {"status": "member"}, "new_chat_member": {"status": words}}})
        }
        _ => {
            json!({"update_id": 903, "message": {"message_id": 7, "date": 1, "chat": {"id": 42, "type": "private"},
            "from": {"id": 42, "is_bot": false, "first_name": "Anna"}, "text": words,
            "entities": [{"type": "bold", "offset": 0, "length": 3}]}})
        }
    };
    for _ in 0..random.random_range(0..3) {
        bend(random, &mut update);
    }
    let text = update.to_string();
    if random.random_range(0..3) == 0 {
        changed(random, &text)
    } else {
        text
    }
}

/// Changes one value somewhere in an update.
fn bend(random: &mut StdRng, value: &mut Value) {
    let deeper = random.random_range(0..4) > 0;
    match value {
        Value::Object(fields) if deeper && !fields.is_empty() => {
            let at = random.random_range(0..fields.len());
            let key = fields.keys().nth(at).unwrap().clone();
            if random.random_range(0..6) == 0 {
                let taken = fields.remove(&key).unwrap();
                fields.insert(text(random), taken);
            } else {
                bend(random, &mut fields[&key]);
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = random.random_range(0..items.len());
            bend(random, &mut items[at]);
        }
        other => {
            *other = match random.random_range(0..8) {
                0 => Value::Null,
                1 => json!(random.random::<i64>()),
                2 => json!(random.random::<f64>()),
                3 => json!(text(random)),
                4 => json!([other.clone(), other.clone()]),
                5 => (0..random.random_range(1..60))
                    .fold(other.clone(), |inner, _| json!({"text": inner})),
                6 => json!(random.random::<bool>()),
                _ => json!(u64::MAX),
            }
        }
    }
}

#[test]
fn updates_hold() {
    run(
        "updates",
        1,
        update,
        String::len,
        |text| {
            let Ok(value) = serde_json::from_str::<Value>(text) else {
                return;
            };
            telegram::update_id(&value);
            let Some(update) = telegram::decode(&value, &SIGNER) else {
                return;
            };
            // And on through the door, as it goes.
            if let RawEvent::Text { text, .. } = &update.event {
                assert!(value.to_string().contains(&json!(text).to_string()));
            }
            let event = intake::event(update.event, &RULES);
            assert!(!format!("{event:?}").is_empty());
        },
        |text, length| {
            json!({"update_id": 1, "message": {"message_id": 7, "chat": {"id": 42, "type": "private"},
                "from": {"id": 42}, "text": longer(text, length)}})
            .to_string()
        },
    );
}

/// A file of the knowledge base with strange things in it.
fn file(random: &mut StdRng) -> SourceFile {
    let source = &FILES[random.random_range(0..FILES.len())];
    let whole = match random.random_range(0..6) {
        0 => format!("---\n{}\n---\n# Kop\n\n{}", text(random), text(random)),
        1 => text(random),
        2 => {
            let part = piece(random, 1_200);
            changed(random, &part)
        }
        _ => changed(random, &source.text),
    };
    let path = match random.random_range(0..8) {
        0 => changed(random, &source.path),
        _ => source.path.clone(),
    };
    SourceFile::new(path, whole)
}

#[test]
fn files_hold() {
    let taken = AtomicU64::new(0);
    run(
        "files",
        1,
        file,
        |file| file.text.len(),
        |file| {
            let (read, complaints) =
                knowledge::read(std::slice::from_ref(file), &CheckSettings::default());
            taken.fetch_add(u64::from(!read.articles().is_empty()), Ordering::Relaxed);
            for complaint in complaints {
                if let Some(span) = complaint.span {
                    assert!(
                        file.text.get(span.clone()).is_some(),
                        "{span:?} is no place in the file"
                    );
                }
            }
        },
        |file, length| SourceFile::new(file.path.clone(), longer(&file.text, length)),
    );
    // Else only the refusing of files would be tried.
    let (taken, inputs) = (taken.into_inner(), setting("AANZET_FUZZ_INPUTS", INPUTS));
    assert!(
        taken * 10 > inputs,
        "{taken} of {inputs} files gave an article"
    );
}

/// Reading rules builds all classes of words, which takes too long for as many inputs as the others get.
#[test]
fn files_of_rules_hold() {
    run(
        "rules",
        200,
        |random| {
            let all = FILES
                .iter()
                .filter(|file| file.path.starts_with("veiligheid/"));
            let files: Vec<&SourceFile> = all.collect();
            let source = files[random.random_range(0..files.len())];
            SourceFile::new(source.path.clone(), changed(random, &source.text))
        },
        |file| file.text.len(),
        |file| {
            Rules::read(&[(&file.path, &file.text)]);
        },
        |file, length| SourceFile::new(file.path.clone(), longer(&file.text, length)),
    );
}
