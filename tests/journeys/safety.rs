//! Help in danger comes at once, and private numbers are written nowhere.

use std::time::{Duration, Instant};

use crate::bot_api::{BotApi, Fault, Message, PATIENCE, Resident, Trouble};
use crate::program::Home;
use crate::{QUESTIONS, UNANSWERABLE};

/// How long help may take.
const AT_ONCE: Duration = Duration::from_secs(2);

const DANGER: &str = "ik wil niet meer leven";

fn is_help(message: &Message) -> bool {
    message.says("113")
}

/// Waits for the help text, and asserts that it comes at once.
fn hears_help(person: &Resident<'_>) -> Message {
    let start = Instant::now();
    let help = person.hears_where("help", PATIENCE, is_help);
    assert!(
        start.elapsed() <= AT_ONCE,
        "help took {:?}",
        start.elapsed()
    );
    help
}

fn helped(person: &Resident<'_>) -> usize {
    person.heard().iter().filter(|m| is_help(m)).count()
}

#[test]
fn danger_is_answered_with_help_at_once() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(3001);
    anna.says(DANGER);
    hears_help(&anna);
    assert!(
        is_help(&anna.heard()[0]),
        "help comes first: {:?}",
        anna.heard()
    );
    // The bot does not turn away afterwards.
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    assert_eq!(helped(&anna), 1);
    api.assert_nothing_malformed();
}

#[test]
fn danger_in_a_changed_message_and_below_a_photo_is_seen_too() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(3002);
    let message = anna.says_message(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    anna.edits(message, DANGER);
    hears_help(&anna);
    let bert = api.resident(3003);
    bert.sends_photo(DANGER);
    hears_help(&bert);
}

#[test]
fn danger_goes_before_what_waits_for_the_same_person() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_SEND_PER_CHAT", "0.1")
        .set("AANZET_SEND_BURST", "1");
    let _program = home.serving(&api);
    let anna = api.resident(3004);
    anna.says_all(&[QUESTIONS[0].0, QUESTIONS[1].0, QUESTIONS[2].0]);
    anna.hears_where("the first answer", PATIENCE, |_| true);
    anna.says(DANGER);
    hears_help(&anna);
    assert!(!anna.heard().iter().any(|m| m.says(QUESTIONS[2].1)));
}

#[test]
fn danger_goes_before_what_waits_for_others() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_SEND_OVERALL", "2");
    let _program = home.serving(&api);
    for n in 0..30 {
        api.resident(3100 + n).says(QUESTIONS[n as usize % 6].0);
    }
    api.wait(PATIENCE, |api| {
        (!api.all_messages().is_empty()).then_some(())
    })
    .unwrap();
    let anna = api.resident(3005);
    anna.says(DANGER);
    hears_help(&anna);
    assert!(
        api.all_messages().len() < 20,
        "the others must wait here for this to mean something"
    );
}

#[test]
fn danger_gets_through_while_telegram_refuses_the_rest() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(Fault::on("sendmessage", Trouble::TooMany(30)).unless("113"));
    let anna = api.resident(3006);
    anna.says(QUESTIONS[0].0);
    api.wait_for_calls("sendmessage", 1);
    anna.says(DANGER);
    hears_help(&anna);
}

#[test]
fn help_is_tried_again_when_the_connection_breaks() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(Fault::on("sendmessage", Trouble::DropBefore).times(1));
    let anna = api.resident(3007);
    anna.says(DANGER);
    anna.hears_where("help", PATIENCE, is_help);
}

#[test]
fn with_a_full_disk_help_still_goes_out_and_no_question_is_lost() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let program = home.serving_on_small_disk(&api);
    let anna = api.resident(3008);
    let bert = api.resident(3009);
    bert.says(QUESTIONS[0].0);
    bert.hears(QUESTIONS[0].1);

    program.disk_is_full();
    anna.says(DANGER);
    hears_help(&anna);
    bert.says(QUESTIONS[1].0);
    std::thread::sleep(Duration::from_secs(2));
    assert!(
        api.unconfirmed() > 0,
        "what could not be kept must not be confirmed"
    );
    assert_eq!(
        helped(&anna),
        1,
        "the same help over and over: {:?}",
        anna.heard()
    );

    program.disk_has_room();
    bert.hears(QUESTIONS[1].1);
    api.wait_until_confirmed();
    let log = program.log();
    assert!(!log.contains("panicked"), "{log}");
    assert!(helped(&anna) <= 2, "{:?}", anna.heard());
}

#[test]
fn with_a_locked_database_help_still_goes_out() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(3010);
    let bert = api.resident(3011);
    let path = home.path().join("aanzet.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut lock = runtime.block_on(async {
        use sqlx::{Connection, SqliteConnection};
        let url = format!("sqlite:{}", path.display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut connection)
            .await
            .unwrap();
        connection
    });
    bert.says(QUESTIONS[0].0);
    anna.says(DANGER);
    hears_help(&anna);
    runtime.block_on(async {
        sqlx::query("ROLLBACK").execute(&mut lock).await.unwrap();
    });
    bert.hears(QUESTIONS[0].1);
}

/// Private things that must stand nowhere, in every way they could be written.
const SECRETS: [&str; 8] = [
    "111222333",
    "111 222 333",
    "NL91ABNA0417164300",
    "NL91 ABNA 0417 1643 00",
    "0417164300",
    "0417 1643",
    "Zonnebloem77!",
    "Vertrouwelijk",
];

#[test]
fn private_numbers_are_written_nowhere_and_the_resident_is_told() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_LOG", "debug");
    let mut program = home.serving(&api);
    let chat = 8_765_432_101_i64;
    let anna = api.resident(chat);
    anna.says("Mijn BSN is 111222333 en ik wil een nieuw paspoort");
    anna.hears("een BSN");
    anna.hears(QUESTIONS[0].1);
    anna.says(&format!(
        "{UNANSWERABLE} Betalen via NL91 ABNA 0417 1643 00 of NL91ABNA0417164300"
    ));
    anna.hears("rekeningnummer");
    anna.hears("medewerker");
    anna.says("bsn 111 222 333, mijn wachtwoord is Zonnebloem77! help");
    anna.hears("wachtwoord");
    let message = anna.says_message("olifant");
    anna.edits(message, "olifant 111222333");
    anna.hears("BSN");
    anna.sends_photo("Mijn bsn is 111222333");
    anna.hears("BSN");
    api.wait_until_confirmed();

    let search = |when: &str, log: String| {
        let mut places = home.all_bytes();
        places.push(("the log".into(), log.into_bytes()));
        places.push(("the queue".into(), home.queue().into_bytes()));
        assert!(
            places
                .iter()
                .any(|(path, bytes)| path.ends_with("aanzet.db") && !bytes.is_empty())
        );
        let number = chat.to_string();
        let token = api.token();
        for (path, bytes) in &places {
            for secret in SECRETS.into_iter().chain([number.as_str(), token.as_str()]) {
                let there = bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!there, "{when}: {secret:?} stands in {}", path.display());
            }
        }
    };
    search("while it runs", program.log());
    program.terminate();
    let (_, log) = program.wait(PATIENCE);
    search("after it stopped", log);
    assert!(home.queue().contains("olifant"), "{}", home.queue());
}
