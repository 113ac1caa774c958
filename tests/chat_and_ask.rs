//! The commands that need no Telegram: `chat`, `ask` and `check`, as people and programs use them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what only tests use may stop a test"
)]

#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/bot_api/mod.rs"]
mod bot_api;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/program.rs"]
mod program;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{BINARY, Home, knowledge};
use serde_json::{Value, json};

const PASSPORT: &str = "Hoe vraag ik een paspoort aan?";
const PASSPORT_ANSWER: &str = "Een paspoort vraag je aan bij de gemeente";

/// What `chat` prints for these lines.
fn chat(lines: &[u8]) -> String {
    let output = Home::bare().run_with(&["chat"], lines);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The number before a choice with this label, the last time that it was offered.
fn number_of(label: &str, said: &str) -> String {
    let line = said
        .lines()
        .rev()
        .find(|line| line.trim_end().ends_with(label) && line.contains(". "))
        .unwrap_or_else(|| panic!("no choice {label:?} in: {said}"));
    line.trim().split('.').next().unwrap().to_owned()
}

/// The lines of `ask --jsonl` for this input, with this folder.
fn ask_in(dir: &Path, input: &[u8]) -> Vec<Value> {
    let dir = dir.display().to_string();
    let output = Home::bare().run_with(&["ask", "--jsonl", "--knowledge", &dir], input);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

fn ask(lines: &[Value]) -> Vec<Value> {
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    ask_in(&knowledge(), input.as_bytes())
}

/// A knowledge folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

#[test]
fn chat_welcomes_answers_and_takes_a_number_as_a_press() {
    let said = chat(format!("/start\n{PASSPORT}\n").as_bytes());
    for part in [
        "computerprogramma",
        "fouten",
        "medewerker",
        "BSN",
        "112",
        PASSPORT_ANSWER,
    ] {
        assert!(said.contains(part), "{part} is missing in: {said}");
    }
    let yes = number_of("Ja, klopt", &said);
    let said = chat(format!("/start\n{PASSPORT}\n{yes}\n").as_bytes());
    assert!(said.contains("Fijn"), "{said}");

    let said = chat(format!("/start\n{PASSPORT}\n").as_bytes());
    let cost = number_of("Wat kost het?", &said);
    let said = chat(format!("/start\n{PASSPORT}\n{cost}\n").as_bytes());
    assert!(said.contains("Het bedrag verschilt per gemeente"), "{said}");
}

#[test]
fn chat_ends_with_0_when_the_input_ends() {
    assert_eq!(chat(b""), "");
    assert!(
        chat(b"hallo").contains("computerprogramma"),
        "a last line without its end"
    );
}

#[test]
fn chat_takes_any_line() {
    let mut lines = b"/start\n\n   \n\xff\xfe\x80\n\0\n\r\n".to_vec();
    lines.extend("😀\n".bytes());
    lines.extend(b"paspoort ".repeat(2000));
    lines.push(b'\n');
    lines.extend(b"a".repeat(20_000));
    lines.push(b'\n');
    lines.extend(b"99999999999999999999999\n-1\n0\n/\n//\n/bestaatniet\n");
    lines.extend("Mag ik een boek langer houden?\n".bytes());
    let said = chat(&lines);
    assert!(
        said.contains("Je kunt een geleend boek drie weken langer houden"),
        "{said}"
    );
}

#[test]
fn chat_helps_in_danger_and_masks_a_number() {
    let said = chat("ik wil niet meer leven\n".as_bytes());
    assert!(said.contains("113"), "{said}");
    let said = chat("mijn bsn is 111222333, ik wil een paspoort\n".as_bytes());
    assert!(
        said.contains("een BSN") && !said.contains("111222333"),
        "{said}"
    );
}

#[test]
fn chat_ends_quietly_when_nobody_reads_on() {
    let home = Home::bare();
    let mut child = Command::new(BINARY)
        .arg("chat")
        .env("AANZET_KNOWLEDGE_DIR", knowledge())
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..50 {
        if stdin.write_all(b"hallo\n").is_err() {
            break;
        }
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(output.status.code(), Some(0), "{said}");
}

#[test]
fn chat_leaves_no_file_behind() {
    let home = Home::bare();
    home.run_with(&["chat"], b"/start\nhallo\n");
    assert!(home.all_bytes().is_empty(), "{:?}", home.all_bytes());
}

#[test]
fn each_line_gives_a_line_in_order_with_its_id() {
    let questions = [
        (json!(1), PASSPORT, Some("paspoort-aanvragen")),
        (
            json!("twee"),
            "Ik heb een lekke band",
            Some("fiets-repareren"),
        ),
        (
            json!(null),
            "Waar laat ik grofvuil?",
            Some("grofvuil-ophalen"),
        ),
        (
            json!(-4.5),
            "Hoeveel kilo hooi eet een olifant in de dierentuin?",
            None,
        ),
        (
            json!("é😀\"\n"),
            "Hoe kan ik mijn boek verlengen?",
            Some("boek-verlengen"),
        ),
        (
            json!(18_446_744_073_709_551_615_u64),
            "Hoe vind ik een nieuwe huisarts?",
            Some("huisarts-vinden"),
        ),
    ];
    let lines: Vec<Value> = questions
        .iter()
        .map(|(id, question, _)| json!({"id": id, "question": question}))
        .collect();
    let answers = ask(&lines);
    assert_eq!(answers.len(), questions.len());
    for (answer, (id, question, article)) in answers.iter().zip(&questions) {
        assert_eq!(&answer["id"], id);
        for key in [
            "decision",
            "article",
            "confidence",
            "candidates",
            "category",
            "reply",
            "personal_data",
            "millis",
        ] {
            assert!(answer.get(key).is_some(), "{key} is missing in {answer}");
        }
        assert_eq!(answer["article"], json!(article), "{question}: {answer}");
        let decision = answer["decision"].as_str().unwrap();
        assert_eq!(
            decision == "answer",
            article.is_some(),
            "{question}: {answer}"
        );
        assert!((0.0..=1.0).contains(&answer["confidence"].as_f64().unwrap()));
        assert!(answer["millis"].as_f64().unwrap() >= 0.0);
        let candidates = answer["candidates"].as_array().unwrap();
        assert!(candidates.len() <= 5);
        let confidences: Vec<f64> = candidates
            .iter()
            .map(|c| c["confidence"].as_f64().unwrap())
            .collect();
        assert!(confidences.iter().rev().is_sorted(), "{answer}");
        assert!(confidences.iter().all(|c| (0.0..=1.0).contains(c)));
        assert!(!answer["reply"].as_str().unwrap().is_empty());
    }
    assert!(
        answers[0]["reply"]
            .as_str()
            .unwrap()
            .contains(PASSPORT_ANSWER)
    );
    assert_eq!(answers[3]["decision"], "handoff");
    assert!(answers[3]["reply"].as_str().unwrap().contains("medewerker"));
}

#[test]
fn earlier_questions_are_context() {
    let answers = ask(&[
        json!({"id": 1, "question": "en wat kost dat?", "context": ["Ik wil een nieuw paspoort"]}),
        json!({"id": 2, "question": "en wat kost dat?", "context": ["Waar laat ik grofvuil?"]}),
        // Nothing of one line is left for the next.
        json!({"id": 3, "question": "en wat kost dat?"}),
        json!({"id": 4, "question": PASSPORT, "context": [], "municipality": "nergenshuizen"}),
    ]);
    assert_eq!(answers[0]["article"], "paspoort-aanvragen");
    assert_eq!(answers[1]["article"], "grofvuil-ophalen");
    assert_eq!(answers[2]["article"], Value::Null, "{}", answers[2]);
    assert_eq!(answers[3]["article"], "paspoort-aanvragen");
}

#[test]
fn decisions_have_their_names() {
    let answers = ask(&[
        json!({"question": "ik wil niet meer leven"}),
        json!({"question": "Ik wil met een medewerker praten"}),
        json!({"question": "hallo"}),
        json!({"question": "Dankjewel!"}),
    ]);
    assert_eq!(answers[0]["decision"], "crisis");
    assert_eq!(answers[0]["category"], "A");
    assert!(answers[0]["reply"].as_str().unwrap().contains("113"));
    assert_eq!(answers[1]["decision"], "human");
    assert_eq!(answers[2]["decision"], "smalltalk");
    assert_eq!(answers[3]["decision"], "smalltalk");
    assert!(answers.iter().all(|answer| answer["article"].is_null()));
}

#[test]
fn personal_data_is_named_and_not_repeated() {
    let answers = ask(&[
        json!({"question": "Mijn BSN is 111222333, hoe vraag ik een paspoort aan?"}),
        json!({"question": "rekening NL91 ABNA 0417 1643 00"}),
        json!({"question": PASSPORT}),
        // Fails the eleven-test: a number like any other.
        json!({"question": "mijn dossiernummer is 123456789"}),
    ]);
    assert_eq!(answers[0]["personal_data"], json!(["bsn"]));
    assert_eq!(answers[0]["article"], "paspoort-aanvragen");
    assert!(!answers[0]["reply"].as_str().unwrap().contains("111222333"));
    assert_eq!(answers[1]["personal_data"], json!(["iban"]));
    assert_eq!(answers[2]["personal_data"], json!([]));
    assert!(
        !answers[3]["personal_data"].to_string().contains("bsn"),
        "{}",
        answers[3]
    );
}

#[test]
fn a_bad_line_gives_a_line_with_an_error_and_the_rest_goes_on() {
    let mut input = Vec::new();
    input.extend(b"{\"id\":1,\"question\":\"Waar laat ik grofvuil?\"}\n");
    input.extend(b"this is no json\n");
    input.extend(b"{\"id\":\"zonder\"}\n");
    input.extend(b"{\"id\":3,\"question\":7}\n");
    input.extend(b"[]\n");
    input.extend(b"{\"id\":4,\"question\":\"\xff\xfe\"}\n");
    input.extend(b"{\"id\":5,\"question\":\"\"}\r\n");
    input.extend("{\"id\":6,\"question\":\"\\u0000\\ud83d\\ude00\"}\n".bytes());
    input.extend(
        format!(
            "{{\"id\":7,\"question\":\"{}\"}}\n",
            "paspoort ".repeat(3000)
        )
        .bytes(),
    );
    input.extend(b"{\"id\":8,\"question\":\"Waar laat ik grofvuil?\",\"onbekend\":true}");
    let answers = ask_in(&knowledge(), &input);
    assert_eq!(answers.len(), 10, "{answers:#?}");
    for n in [1, 2, 3, 4, 5] {
        assert!(answers[n]["error"].is_string(), "{}", answers[n]);
    }
    for (n, id) in [(0, 1), (6, 5), (7, 6), (8, 7), (9, 8)] {
        assert_eq!(answers[n]["id"], json!(id), "{}", answers[n]);
        assert!(answers[n]["decision"].is_string(), "{}", answers[n]);
    }
    assert_eq!(answers[0]["article"], "grofvuil-ophalen");
    assert_eq!(answers[9]["article"], "grofvuil-ophalen");
    // Who reads the lines must be able to tell which question went wrong.
    assert_eq!(answers[2]["id"], "zonder", "{}", answers[2]);
}

#[test]
fn an_answer_comes_before_the_next_question_is_asked() {
    let home = Home::bare();
    let mut child = Command::new(BINARY)
        .args(["ask", "--jsonl", "--knowledge"])
        .arg(knowledge())
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..3 {
        writeln!(stdin, "{}", json!({"id": id, "question": PASSPORT})).unwrap();
        let answer: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], id);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn thousands_of_lines_stream_through() {
    let questions = [
        PASSPORT,
        "Ik heb een lekke band",
        "Waar laat ik grofvuil?",
        "hallo",
        "Wat eet een olifant?",
    ];
    let lines: Vec<Value> = (0..3000)
        .map(|id| json!({"id": id, "question": questions[id % questions.len()]}))
        .collect();
    let start = Instant::now();
    let answers = ask(&lines);
    eprintln!("3000 lines took {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(120));
    assert_eq!(answers.len(), 3000);
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], json!(n));
        assert_eq!(
            answer["article"],
            answers[n % questions.len()]["article"],
            "the same question, another answer"
        );
        assert_eq!(
            answer["confidence"],
            answers[n % questions.len()]["confidence"]
        );
    }
}

#[test]
fn a_folder_with_nothing_but_titles_and_texts_works() {
    let dir = folder(&[
        (
            "artikelen/x/zwembad.md",
            "---\ntitel: Zwemmen in het zwembad\n---\nHet zwembad is elke dag open. Neem een muntje mee voor het kluisje.\n",
        ),
        (
            "artikelen/x/bijen.md",
            "---\ntitel: Een bijenvolk houden\n---\nBijen houd je in een kast. Vraag de imker om raad.\n",
        ),
        (
            "artikelen/x/orgel.md",
            "---\ntitel: Op het kerkorgel spelen\n---\nHet orgel mag je bespelen op zaterdag. Bel de koster.\n",
        ),
    ]);
    let lines = concat!(
        "{\"id\":1,\"question\":\"Wanneer kan ik zwemmen in het zwembad?\"}\n",
        "{\"id\":2,\"question\":\"Hoe houd ik een bijenvolk?\"}\n",
        "{\"id\":3,\"question\":\"ik wil niet meer leven\"}\n",
    );
    let answers = ask_in(dir.path(), lines.as_bytes());
    assert_eq!(answers[0]["article"], "zwembad", "{}", answers[0]);
    assert!(answers[0]["reply"].as_str().unwrap().contains("muntje"));
    assert_eq!(answers[1]["article"], "bijen", "{}", answers[1]);
    // Help in danger does not depend on any file.
    assert_eq!(answers[2]["decision"], "crisis");
    assert!(answers[2]["reply"].as_str().unwrap().contains("113"));
}

#[test]
fn one_question_prints_its_answer_and_explain_prints_why() {
    let home = Home::bare();
    let output = home.run(&["ask", PASSPORT]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(PASSPORT_ANSWER), "{said}");
    assert!(!said.contains("fiets-repareren"));

    let output = home.run(&["ask", PASSPORT, "--explain"]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains(PASSPORT_ANSWER) && said.contains("paspoort-aanvragen"),
        "{said}"
    );
    assert!(said.contains("answer"), "{said}");
    // The question in separate words is one question.
    let output = home.run(&["ask", "hoe", "vraag", "ik", "een", "paspoort", "aan"]);
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains(PASSPORT_ANSWER)
    );
}

#[test]
fn wrong_use_ends_with_2_and_help_with_0() {
    let home = Home::bare();
    for arguments in [
        &["ask"][..],
        &["bestaat-niet"],
        &["ask", "--jsonl", "vraag"],
        &["check", "--format", "xml"],
        &[],
    ] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty());
    }
    for arguments in [["--help"], ["--version"]] {
        assert_eq!(home.run(&arguments).status.code(), Some(0));
    }
    for command in ["chat", "ask"] {
        let input = if command == "ask" {
            vec!["ask", "x"]
        } else {
            vec!["chat"]
        };
        let output = home.run(&[&input[..], &["--knowledge", "/bestaat/niet"]].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("/bestaat/niet"));
    }
}

#[test]
fn check_says_0_when_all_is_well() {
    let dir = knowledge().display().to_string();
    let output = Home::bare().run(&["check", &dir]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let output = Home::bare().run(&["check", &dir, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    serde_json::from_slice::<Value>(&output.stdout).expect("JSON");
}

#[test]
fn check_says_1_and_names_every_mistake() {
    let dir = folder(&[
        (
            "artikelen/x/goed.md",
            "---\ntitel: Zwemmen in het zwembad\n---\nHet zwembad is elke dag open. Neem een muntje mee.\n",
        ),
        (
            "artikelen/x/zonder-titel.md",
            "---\ntrefwoorden: [a]\n---\nEen tekst zonder titel. Bel ons.\n",
        ),
        (
            "artikelen/x/kapot.md",
            "---\ntitel: [open\n---\nEen tekst. Bel ons.\n",
        ),
        (
            "artikelen/x/verwijst.md",
            "---\ntitel: Nog een artikel\nverder: [bestaat-niet]\n---\nEen tekst. Bel ons.\n",
        ),
    ]);
    let path = dir.path().display().to_string();
    let output = Home::bare().run(&["check", &path]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in ["zonder-titel.md", "kapot.md", "bestaat-niet"] {
        assert!(said.contains(part), "{part} is not named in: {said}");
    }
    let output = Home::bare().run(&["check", &path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let complaints: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = complaints.to_string();
    assert!(
        text.contains("zonder-titel.md") && text.contains("kapot.md"),
        "{text}"
    );
    // The good ones go on working.
    let answers = ask_in(
        dir.path(),
        b"{\"question\":\"Wanneer kan ik zwemmen in het zwembad?\"}\n",
    );
    assert_eq!(answers[0]["article"], "goed");
}

#[test]
fn check_says_2_when_it_cannot_run() {
    let output = Home::bare().run(&["check", "/bestaat/hier/niet"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/bestaat/hier/niet"));
}

#[test]
fn what_the_terminal_remembers_can_be_seen_and_wiped() {
    let said = chat("Hoe vraag ik een paspoort aan?\n/mijngegevens\n".as_bytes());
    let (before, file) = said.split_once("\n{").expect("a file is printed");
    assert!(before.contains("Dit bewaar ik nu over jou"), "{before}");
    let end = file.rfind('}').unwrap();
    let file: Value = serde_json::from_str(&format!("{{{}}}", &file[..end])).unwrap();
    assert!(file["gesprek"]["inhoud"].to_string().contains("paspoort"));
    assert_eq!(file["berichten_van_jou"], json!([]));
    assert_eq!(file["chat"], json!(null), "a terminal has no number");

    let number = number_of("Ja, wis alles", &chat(b"/wis\n"));
    let lines = format!("Hoe vraag ik een paspoort aan?\n/wis\n{number}\n/mijngegevens\n");
    let said = chat(lines.as_bytes());
    let (_, after) = said.split_once("Alles is gewist").unwrap();
    assert!(!after.contains("paspoort"), "{after}");
}
