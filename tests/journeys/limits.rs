//! Who sends too much, presses what was never theirs, or sends what should not be there; and a database that
//! is down at the start.

use std::time::Duration;

use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::QUESTIONS;
use crate::bot_api::{BotApi, Fault, Message, PATIENCE, Resident, Trouble};
use crate::life::page;
use crate::program::{Home, free_port};

const DANGER: &str = "ik wil niet meer leven";
const TOO_MANY: &str = "heel veel berichten";
const OLD_BUTTON: &str = "Deze knop werkt niet meer";

fn is_help(message: &Message) -> bool {
    message.says("113")
}

fn times(person: &Resident<'_>, part: &str) -> usize {
    person.heard().iter().filter(|m| m.says(part)).count()
}

/// Runs something on the database beside the program.
fn on_database(home: &Home, statements: &[&'static str]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!("sqlite:{}", home.path().join("aanzet.db").display());
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        for statement in statements {
            sqlx::query(*statement)
                .execute(&mut connection)
                .await
                .unwrap();
        }
    });
}

#[test]
fn who_floods_is_told_once_and_help_in_danger_comes_all_the_same() {
    let api = BotApi::start();
    let port = free_port();
    let mut home = Home::with(&api);
    home.set("AANZET_LIMIT_BURST", "5")
        .set("AANZET_LIMIT_SECONDS", "600")
        .set("AANZET_WEB_BIND", &format!("127.0.0.1:{port}"));
    let _program = home.serving(&api);
    let anna = api.resident(6001);
    let bert = api.resident(6002);
    let mut flood = vec![QUESTIONS[0].0; 30];
    flood.push(DANGER);
    flood.extend([QUESTIONS[1].0; 10]);
    anna.says_all(&flood);
    anna.hears_where("help", PATIENCE, is_help);
    let told = anna.hears(TOO_MANY);
    assert!(told.says("112") && told.says("uur"), "{told:?}");
    bert.says(QUESTIONS[2].0);
    bert.hears(QUESTIONS[2].1);
    api.wait_until_confirmed();
    anna.says("nog een keer");
    let press = anna.presses_data(1, "x");
    anna.waits_for_answer_to(&press);
    assert_eq!(times(&anna, TOO_MANY), 1);
    assert!(times(&anna, QUESTIONS[0].1) <= 5);
    assert_eq!(times(&anna, QUESTIONS[1].1), 0);
    assert_eq!(anna.heard().iter().filter(|m| is_help(m)).count(), 1);
    let (_, numbers) = page(port, "/metrics").unwrap();
    // 31 of the first question and the second are over five, then one more text and one press.
    assert!(
        numbers.contains("aanzet_turned_away_total{reason=\"too_many\"} 37"),
        "{numbers}"
    );
    api.assert_nothing_malformed();
}

#[test]
fn danger_that_is_spread_over_a_flood_of_short_messages_is_seen() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_LIMIT_BURST", "5")
        .set("AANZET_LIMIT_SECONDS", "600");
    let _program = home.serving(&api);
    let anna = api.resident(6003);
    anna.says_all(&["hoi"; 8]);
    anna.hears(TOO_MANY);
    anna.says("ik wil niet meer");
    anna.says("leven");
    anna.hears_where("help", PATIENCE, is_help);
}

#[test]
fn an_update_that_comes_again_is_not_counted_against_the_person() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_LIMIT_BURST", "5")
        .set("AANZET_LIMIT_SECONDS", "600");
    let _program = home.serving(&api);
    let anna = api.resident(6004);
    let update = anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    for _ in 0..10 {
        api.deliver_again(update);
    }
    api.wait_until_confirmed();
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    assert_eq!(times(&anna, TOO_MANY), 0);
}

#[test]
fn when_too_much_waits_a_message_is_turned_away_but_not_danger() {
    let api = BotApi::start();
    let port = free_port();
    let mut home = Home::with(&api);
    home.set("AANZET_LIMIT_WAITING", "10")
        .set("AANZET_WEB_BIND", &format!("127.0.0.1:{port}"));
    let _program = home.serving(&api);
    let anna = api.resident(6005);
    let bert = api.resident(6006);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let (code, answer) = page(port, "/readyz").unwrap();
    assert!(
        code == 200 && answer.contains("0 of at most 10"),
        "{answer}"
    );
    // Twelve events of Anna that wait for a far day.
    on_database(
        &home,
        &[
            "INSERT INTO inbox (library, bot, update_id, person, event, not_before, received_at)
           WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12)
           SELECT library, bot, n, person, '{\"kind\":\"unblocked\"}', 99999999999999, 0
           FROM people, n",
        ],
    );
    // What waits is counted every second.
    std::thread::sleep(Duration::from_millis(1500));
    bert.says(QUESTIONS[2].0);
    let told = bert.hears("heel druk");
    assert!(told.says("15 minuten") && told.says("112"), "{told:?}");
    bert.says(QUESTIONS[3].0);
    bert.says(DANGER);
    bert.hears_where("help", PATIENCE, is_help);
    assert_eq!(times(&bert, "heel druk"), 1);
    assert_eq!(times(&bert, QUESTIONS[2].1), 0);
    let (code, answer) = page(port, "/readyz").unwrap();
    assert!(code == 200 && answer.contains("turned away"), "{answer}");

    on_database(&home, &["DELETE FROM inbox WHERE update_id <= 12"]);
    std::thread::sleep(Duration::from_millis(1500));
    bert.says(QUESTIONS[5].0);
    bert.hears(QUESTIONS[5].1);
}

#[test]
fn a_button_of_somebody_else_does_nothing() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6007);
    let bert = api.resident(6008);
    anna.sends_voice();
    let offer = anna.hears_button("Ja");
    let yes = offer.button("Ja").unwrap().data.clone().unwrap();
    bert.sends_voice();
    bert.hears_button("Ja");
    let press = bert.presses_data(offer.id, &yes);
    bert.waits_for_answer_to(&press);
    bert.hears(OLD_BUTTON);
    assert_eq!(home.queue().matches("spraakbericht").count(), 0);
    // One sign altered.
    let mut altered = yes.clone();
    let last = if altered.pop() == Some('1') { '2' } else { '1' };
    altered.push(last);
    anna.presses_data(offer.id, &altered);
    anna.hears(OLD_BUTTON);
    assert_eq!(home.queue().matches("spraakbericht").count(), 0);
}

#[test]
fn a_yes_below_an_older_question_answers_nothing() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6009);
    anna.sends_voice();
    let first = anna.hears_button("Ja");
    anna.says("/stop");
    anna.hears("vergeten");
    anna.sends_voice();
    let second = anna.hears_button("Ja");
    let data = |message: &Message| message.button("Ja").unwrap().data.clone().unwrap();
    assert_ne!(data(&first), data(&second));
    anna.presses_data(first.id, &data(&first));
    anna.hears(OLD_BUTTON);
    assert!(!home.queue().contains("spraakbericht"));
    anna.sends_voice();
    anna.hears_button("Ja");
    anna.presses("Ja");
    anna.hears("lijst");
    assert!(home.queue().contains("spraakbericht"));
}

#[test]
fn of_a_text_that_is_too_long_the_person_hears_so() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6010);
    anna.says(&format!(
        "{} {} en {DANGER}",
        QUESTIONS[0].0,
        "woord ".repeat(900)
    ));
    anna.hears_where("help", PATIENCE, is_help);
    anna.hears("erg lang");
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    assert_eq!(times(&anna, "erg lang"), 1);
}

#[test]
fn a_message_with_a_number_in_it_is_taken_out_of_the_chat() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6011);
    // The first try meets a request to wait.
    api.fault(Fault::on("deletemessage", Trouble::TooMany(1)).times(1));
    let plain = anna.says_message(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let typed = anna.says_message("mijn bsn is 111222333");
    let told = anna.hears("Ik haal je bericht ook weg");
    assert!(told.says("Staat het er nog?"), "{told:?}");
    let below_photo = anna.sends_photo("111 222 333");
    anna.hears("Ik haal je bericht ook weg");
    let command = anna.says_message("/hulp 111222333");
    anna.hears("Ik haal je bericht ook weg");
    let changed = anna.says_message("waar is de bieb");
    anna.edits(changed, "waar is de bieb, bsn 111222333");
    anna.hears("Ik haal je bericht ook weg");
    for message in [typed, below_photo, command, changed] {
        api.wait(PATIENCE, |api| api.is_deleted(6011, message).then_some(()))
            .unwrap_or_else(|| panic!("message {message} is still there"));
    }
    assert!(!api.is_deleted(6011, plain));
    api.assert_nothing_malformed();
}

#[test]
fn a_message_that_telegram_keeps_is_no_trouble_for_anybody() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let program = home.serving(&api);
    let anna = api.resident(6012);
    api.fault(Fault::on(
        "deletemessage",
        Trouble::Code(400, "Bad Request: message can't be deleted for everyone"),
    ));
    anna.says(&format!("bsn 111222333, {DANGER}"));
    let first = anna.hears_where("words", PATIENCE, |_| true);
    assert!(is_help(&first), "help goes first: {first:?}");
    anna.hears("Staat het er nog?");
    api.wait_for_calls("deletemessage", 1);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(api.calls("deletemessage").len(), 1, "given up quietly");
    let log = program.log();
    assert!(
        !log.contains("ERROR") && !log.contains("dead letter"),
        "{log}"
    );
}

#[test]
fn a_deletion_that_fails_for_long_holds_up_neither_answers_nor_help() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(Fault::on(
        "deletemessage",
        Trouble::Delay(Duration::from_secs(60)),
    ));
    let anna = api.resident(6013);
    anna.says("mijn bsn is 111222333");
    anna.hears("Staat het er nog?");
    api.wait_for_calls("deletemessage", 1);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    anna.says(DANGER);
    anna.hears_where("help", Duration::from_secs(2), is_help);
}

#[test]
fn files_of_any_kind_and_size_are_never_fetched() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let program = home.serving(&api);
    let forged = "brief.pdf\n2026-11-22T00:00:00Z ERROR forged line";
    let files = [
        (
            json!({"document": {"file_id": "d", "file_unique_id": "d", "file_size": 2_000_000_000_i64,
                "file_name": forged, "mime_type": "application/x-msdownload"}}),
            "bestanden",
        ),
        (
            json!({"document": {"file_id": "../../etc/passwd", "file_unique_id": "", "file_size": -1}}),
            "bestanden",
        ),
        (json!({"photo": []}), "foto"),
        (
            json!({"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1_000_000, "height": 1_000_000,
                "file_size": 9_000_000_000_000_i64}]}),
            "foto",
        ),
        (
            json!({"video": {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1}}),
            "video",
        ),
        (
            json!({"voice": {"file_id": "s", "file_unique_id": "s", "duration": 9_999_999}}),
            "spraak",
        ),
    ];
    for (n, (fields, part)) in files.into_iter().enumerate() {
        let person = api.resident(6100 + n as i64);
        person.says("/start");
        person.hears("computerprogramma");
        person.sends(fields);
        person.hears(part);
        assert_eq!(person.news().len(), 1, "{:?}", person.news());
    }
    api.wait_until_confirmed();
    assert!(api.calls("getfile").is_empty());
    assert!(!program.log().contains("forged"), "{}", program.log());
    api.assert_nothing_malformed();
}

#[test]
fn what_telegram_says_makes_no_line_of_the_log_and_shows_no_token() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_LOG", "trace");
    let program = home.serving(&api);
    api.fault(
        Fault::on(
            "sendmessage",
            Trouble::Code(
                400,
                "Bad Request\n2026-11-22T00:00:00Z ERROR forged https://x/bot4242424242:AAbcdefghijklmnopqrstuvwx/y",
            ),
        )
        .times(1),
    );
    let anna = api.resident(6014);
    anna.says("/start");
    api.wait_for_calls("sendmessage", 1);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let log = program.log();
    assert!(log.contains("dead letters"), "it was logged: {log}");
    let forged = log
        .lines()
        .find(|line| line.starts_with("2026-11-22T00:00:00Z ERROR"));
    assert_eq!(forged, None);
    for secret in [api.token().as_str(), "AAbcdefghijklmnopqrstuvwx"] {
        assert!(!log.contains(secret), "the token is in the log");
    }
}

#[test]
fn with_the_database_away_at_the_start_help_goes_out_and_nothing_is_lost() {
    let api = BotApi::start();
    let port = free_port();
    let mut home = Home::with(&api);
    home.set("AANZET_WEB_BIND", &format!("127.0.0.1:{port}"));
    // Somebody else holds the file.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!(
        "sqlite:{}?mode=rwc",
        home.path().join("aanzet.db").display()
    );
    let mut holder = runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("BEGIN EXCLUSIVE")
            .execute(&mut connection)
            .await
            .unwrap();
        connection
    });
    let mut program = home.serve();
    let anna = api.resident(6015);
    anna.says(QUESTIONS[0].0);
    anna.says(DANGER);
    anna.hears_where("help", PATIENCE, is_help);
    assert_eq!(api.unconfirmed(), 2);
    let (code, answer) = page(port, "/readyz").unwrap();
    assert!(code == 503 && answer.contains("database"), "{answer}");
    let said = api.wait(PATIENCE, |_| {
        program.log().contains("cannot be opened yet").then_some(())
    });
    assert!(said.is_some(), "{}", program.log());
    assert!(program.ended().is_none());

    runtime.block_on(async {
        sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    });
    drop(holder);
    anna.hears(QUESTIONS[0].1);
    api.wait_until_confirmed();
    assert_eq!(page(port, "/readyz").unwrap().0, 200);
    assert_eq!(anna.heard().iter().filter(|m| is_help(m)).count(), 1);
}

#[test]
fn a_server_that_is_away_is_waited_for_without_a_word_about_its_password() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set(
        "AANZET_DATABASE_URL",
        "postgres://anna:geheimwoord@127.0.0.1:9/aanzet",
    );
    let mut program = home.serve();
    let anna = api.resident(6016);
    anna.says(DANGER);
    anna.hears_where("help", PATIENCE, is_help);
    api.wait(PATIENCE, |_| {
        program.log().contains("cannot be opened yet").then_some(())
    })
    .unwrap_or_else(|| panic!("{}", program.log()));
    program.terminate();
    let (code, log) = program.wait(PATIENCE);
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("geheimwoord"), "{log}");
}

#[test]
fn a_file_that_is_no_database_still_ends_it_at_once() {
    let api = BotApi::start();
    let home = Home::with(&api);
    std::fs::write(home.path().join("aanzet.db"), "geen database ".repeat(1000)).unwrap();
    let mut program = home.serve();
    let (code, log) = program.wait(Duration::from_secs(15));
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("no database"), "{log}");
}
