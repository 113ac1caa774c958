//! Starting, stopping, and starting again.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::QUESTIONS;
use crate::bot_api::{BotApi, Fault, PATIENCE, Trouble};
use crate::program::{Home, free_port};

/// How long a start that must fail may take.
const SOON: Duration = Duration::from_secs(15);

pub(crate) fn page(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let code = answer.split(' ').nth(1)?.parse().ok()?;
    Some((code, answer))
}

#[test]
fn what_was_asked_while_it_was_away_is_answered() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let anna = api.resident(5001);
    anna.says(QUESTIONS[0].0);
    let program = home.serving(&api);
    anna.hears(QUESTIONS[0].1);
    api.wait_until_confirmed();
    program.kill();
    anna.says(QUESTIONS[1].0);
    let _program = home.serving(&api);
    anna.hears(QUESTIONS[1].1);
    let first = anna
        .heard()
        .iter()
        .filter(|m| m.says(QUESTIONS[0].1))
        .count();
    assert!(first <= 2);
}

#[test]
fn a_conversation_goes_on_after_a_restart() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let anna = api.resident(5002);
    let mut program = home.serving(&api);
    anna.says(QUESTIONS[0].0);
    anna.hears_button("Ja, klopt");
    program.terminate();
    program.wait(PATIENCE);
    let _program = home.serving(&api);
    anna.says("ja");
    anna.hears("Fijn");
}

#[test]
fn a_request_to_stop_finishes_what_runs() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let mut program = home.serving(&api);
    api.fault(Fault::on("sendmessage", Trouble::Delay(Duration::from_millis(1500))).times(1));
    let anna = api.resident(5003);
    anna.says(QUESTIONS[0].0);
    api.wait_for_calls("sendmessage", 1);
    program.terminate();
    let (code, log) = program.wait(PATIENCE);
    assert_eq!(code, Some(0), "{log}");
    let _program = home.serving(&api);
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    let times = anna
        .heard()
        .iter()
        .filter(|m| m.says(QUESTIONS[0].1))
        .count();
    assert_eq!(times, 1, "{:?}", anna.heard());
}

#[test]
fn an_idle_program_stops_soon() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let mut program = home.serving(&api);
    program.terminate();
    let (code, log) = program.wait(Duration::from_secs(5));
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn a_wrong_token_is_named_but_not_shown() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    for token in [
        "4242424242:Wr0ng-tOken-ThatNobodyMaySee_xyz",
        "Wr0ng",
        "Wr0ng:",
        ":Wr0ng",
        "1:Wr0ng é",
    ] {
        home.set("AANZET_TELEGRAM_TOKEN", token);
        let mut program = home.serve();
        let (code, log) = program.wait(SOON);
        assert!(code.is_some_and(|code| code != 0), "{code:?} {log}");
        assert!(log.to_lowercase().contains("token"), "{log}");
        assert!(!log.contains("Wr0ng"), "the token shows in: {log}");
        assert!(!log.contains("panicked"), "{log}");
    }
}

#[test]
fn without_a_token_it_tells_what_to_do() {
    for token in [None, Some("")] {
        let mut home = Home::bare();
        if let Some(token) = token {
            home.set("AANZET_TELEGRAM_TOKEN", token);
        }
        let mut program = home.serve();
        let (code, log) = program.wait(SOON);
        assert!(code.is_some_and(|code| code != 0), "{log}");
        assert!(log.contains("BotFather"), "{log}");
        assert!(log.contains("aanzet chat"), "{log}");
    }
}

#[test]
fn a_second_poller_is_named() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let mut program = home.serving(&api);
    api.second_poller();
    // At a restart the old program may poll for a moment still; that is no reason to complain.
    let named = api.wait(Duration::from_secs(30), |_| {
        let log = program.log().to_lowercase();
        [
            "another program",
            "another copy",
            "second",
            "ander programma",
        ]
        .iter()
        .any(|words| log.contains(words))
        .then_some(())
    });
    assert!(named.is_some(), "no clear sentence in: {}", program.log());
    // Either it stops with a failure, or it goes on when it may.
    if program.ended().is_none() {
        api.repair();
        let anna = api.resident(5004);
        anna.says(QUESTIONS[0].0);
        anna.hears_where("the answer", Duration::from_secs(40), |m| {
            m.says(QUESTIONS[0].1)
        });
    } else {
        let (code, log) = program.wait(SOON);
        assert_ne!(code, Some(0), "{log}");
    }
}

#[test]
fn a_port_in_use_is_named_with_exit_code_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_WEB_BIND", &address);
    let mut program = home.serve();
    let (code, log) = program.wait(SOON);
    assert_eq!(code, Some(2), "{log}");
    assert!(
        log.contains(&address) && log.contains("AANZET_WEB_BIND"),
        "{log}"
    );
}

#[test]
fn two_programs_do_not_share_one_database_file() {
    let api = BotApi::start();
    let other = BotApi::start();
    let mut home = Home::with(&api);
    let _program = home.serving(&api);
    home.set("AANZET_TELEGRAM_TOKEN", &other.token());
    home.set("AANZET_TELEGRAM_API_URL", &other.url());
    let mut second = home.serve();
    let (code, log) = second.wait(SOON);
    assert!(code.is_some_and(|code| code != 0), "{log}");
    assert!(log.contains("aanzet.db"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    let anna = api.resident(5005);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
}

#[test]
fn the_web_pages_tell_that_it_runs() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    let port = free_port();
    home.set("AANZET_WEB_BIND", &format!("127.0.0.1:{port}"));
    let _program = home.serving(&api);
    let anna = api.resident(5006);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    for path in ["/healthz", "/readyz", "/metrics"] {
        let (code, answer) = api.wait(PATIENCE, |_| page(port, path)).expect(path);
        assert_eq!(code, 200, "{path}: {answer}");
        assert!(!answer.contains("5006"), "a number of a chat in {path}");
    }
    assert_eq!(page(port, "/nietbestaand").unwrap().0, 404);
}

#[test]
fn a_knowledge_folder_that_is_not_there_is_named() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_KNOWLEDGE_DIR", "/bestaat/hier/niet");
    let mut program = home.serve();
    let (code, log) = program.wait(SOON);
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("/bestaat/hier/niet"), "{log}");
}

#[test]
fn a_telegram_that_is_not_there_yet_is_waited_for() {
    let api = BotApi::start();
    let home = Home::with(&api);
    api.fault(Fault::on("getme", Trouble::DropBefore).times(2));
    api.fault(Fault::on("setmycommands", Trouble::DropBefore).times(1));
    let _program = home.serving(&api);
    let anna = api.resident(5007);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
}
