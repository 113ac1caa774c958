//! What is kept, seeing it, and being forgotten.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bot_api::{BotApi, Fault, PATIENCE, Resident, Trouble};
use crate::program::Home;
use crate::{HANDED_OFF, QUESTIONS, UNANSWERABLE};

/// A word of [`UNANSWERABLE`] that stands nowhere else.
const TRACE: &str = "olifant";

const ERASED: &str = "Alles is gewist";
const ASKS: &str = "Zal ik alles wissen";

/// What `aanzet privacy export` prints about this chat.
fn export(home: &Home, chat: i64) -> Value {
    let output = home.run(&["privacy", "export", "--chat", &chat.to_string()]);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn held(home: &Home, chat: i64) -> bool {
    export(home, chat)["iets_bewaard"].as_bool().unwrap()
}

/// Waits until nothing is held about this chat.
fn wait_until_forgotten(home: &Home, chat: i64, patience: Duration) {
    let end = Instant::now() + patience;
    while held(home, chat) {
        assert!(Instant::now() < end, "still held: {}", export(home, chat));
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The files in which a text stands.
fn files_with(home: &Home, text: &str) -> Vec<String> {
    home.all_bytes()
        .into_iter()
        .filter(|(_, bytes)| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        })
        .map(|(path, _)| path.display().to_string())
        .collect()
}

/// Asks something that is kept for a librarian, and something that is answered.
fn talks(anna: &Resident<'_>) {
    anna.says(UNANSWERABLE);
    anna.hears(HANDED_OFF);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
}

#[test]
fn who_wants_to_be_forgotten_is_forgotten_after_one_yes() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let program = home.serving(&api);
    let anna = api.resident(6001);
    let bert = api.resident(6002);
    talks(&anna);
    bert.says(QUESTIONS[1].0);
    bert.hears(QUESTIONS[1].1);
    assert!(home.queue().contains(TRACE));
    assert!(!files_with(&home, TRACE).is_empty());

    anna.says("/wis");
    let asks = anna.hears(ASKS);
    assert_eq!(asks.labels(), ["Ja, wis alles", "Nee"]);
    let press = anna.presses("Ja, wis alles");
    anna.waits_for_answer_to(&press);
    anna.hears(ERASED);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    assert!(held(&home, bert.chat()), "of others nothing is erased");

    let queue = home.queue();
    assert!(
        queue.contains("ingetrokken") && !queue.contains(TRACE),
        "{queue}"
    );
    let end = Instant::now() + PATIENCE;
    while !files_with(&home, TRACE).is_empty() {
        assert!(Instant::now() < end, "{:?}", files_with(&home, TRACE));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!program.log().contains(TRACE));

    // Who comes back begins anew.
    anna.says(QUESTIONS[2].0);
    anna.hears(QUESTIONS[2].1);
    assert!(anna.news().iter().any(|m| m.says("computerprogramma")));
    api.assert_nothing_malformed();
}

#[test]
fn the_same_yes_delivered_again_starts_nothing() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6003);
    talks(&anna);
    anna.says("wis mijn gegevens");
    anna.hears(ASKS);
    let yes = anna.says("ja");
    anna.hears(ERASED);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    api.wait_until_confirmed();
    anna.catch_up();
    api.deliver_again(yes);
    api.wait_until_confirmed();
    std::thread::sleep(Duration::from_millis(500));
    assert!(anna.news().is_empty(), "{:?}", anna.news());
    assert!(!held(&home, anna.chat()));
}

#[test]
fn no_or_something_else_erases_nothing() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6004);
    talks(&anna);
    anna.says("/wis");
    anna.hears(ASKS);
    anna.presses("Nee");
    anna.hears("ik wis niets");

    anna.says("verwijder alles");
    anna.hears(ASKS);
    anna.says(QUESTIONS[3].0);
    anna.hears("Ik heb niets gewist");
    anna.hears(QUESTIONS[3].1);

    // The button of before is still there: it asks again, and only then a yes counts.
    anna.presses("Ja, wis alles");
    anna.hears(ASKS);
    assert!(!anna.heard().iter().any(|m| m.says(ERASED)));
    assert!(home.queue().contains(TRACE));
    anna.presses("Ja, wis alles");
    anna.hears(ERASED);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    // And once more, after all is gone.
    anna.presses("Ja, wis alles");
    anna.hears(ASKS);
    api.assert_nothing_malformed();
}

#[test]
fn privacy_tells_it_all_and_leads_on() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_KEEP_CONVERSATION_HOURS", "72")
        .set("AANZET_PRIVACY_CONTACT", "privacy@voorbeeld.nl");
    let _program = home.serving(&api);
    let anna = api.resident(6005);
    anna.says("/privacy");
    let privacy = anna.hears("Autoriteit Persoonsgegevens");
    for part in [
        "3 dagen",
        "180 dagen",
        "privacy@voorbeeld.nl",
        "Telegram",
        "/wis",
    ] {
        assert!(privacy.says(part), "{part} in {}", privacy.text);
    }
    anna.presses("Wis mijn gegevens");
    anna.hears(ASKS);
    anna.presses("Mijn gegevens");
    anna.hears("Dit bewaar ik nu over jou");
    api.assert_nothing_malformed();
}

#[test]
fn what_is_held_comes_as_a_message_and_a_file() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6006);
    let bert = api.resident(6007);
    bert.says(QUESTIONS[4].0);
    bert.hears(QUESTIONS[4].1);
    talks(&anna);
    anna.says("/mijngegevens");
    let summary = anna.hears("Dit bewaar ik nu over jou");
    assert!(summary.says(TRACE), "{}", summary.text);
    let file = anna.hears_where("the file", PATIENCE, |m| m.file.is_some());
    let (name, content) = file.file.unwrap();
    assert_eq!(name, "mijn-gegevens.json");
    let data: Value = serde_json::from_str(&content).unwrap();
    assert_eq!(data["iets_bewaard"], true);
    let asked = data["vragen_voor_een_medewerker"].as_array().unwrap();
    assert!(asked[0]["tekst"].as_str().unwrap().contains(TRACE));
    let mine = data["berichten_van_jou"].to_string();
    assert!(mine.contains(QUESTIONS[0].0), "{mine}");
    assert!(!content.contains(QUESTIONS[4].0), "of somebody else");
    assert!(
        !content.contains(&anna.chat().to_string()),
        "the number is sealed"
    );

    anna.says("/wis");
    anna.hears(ASKS);
    anna.says("ja");
    anna.hears(ERASED);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    anna.says("/mijngegevens");
    let file = anna.hears_where("the file", PATIENCE, |m| m.file.is_some());
    let (_, content) = file.file.unwrap();
    assert!(
        !content.contains(TRACE) && !content.contains(QUESTIONS[0].0),
        "{content}"
    );
    api.assert_nothing_malformed();
}

#[test]
fn a_file_that_may_not_have_arrived_is_sent_again() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6008);
    api.fault(Fault::on("senddocument", Trouble::DropBefore).times(2));
    anna.says("/mijngegevens");
    anna.hears_where("the file", PATIENCE, |m| m.file.is_some());
}

#[test]
fn killed_at_any_moment_of_the_wish_it_ends_in_erased() {
    let api = BotApi::start();
    let home = Home::with(&api);
    api.fault(Fault::on(
        "sendmessage",
        Trouble::Delay(Duration::from_millis(15)),
    ));
    let mut program = home.serving(&api);
    for round in 0..8_u64 {
        let anna = api.resident(6100 + i64::try_from(round).unwrap());
        talks(&anna);
        anna.says("/wis");
        anna.hears(ASKS);
        anna.says("ja");
        std::thread::sleep(Duration::from_millis(round * 12));
        program.kill();
        program = home.serving(&api);
        anna.hears(ERASED);
        wait_until_forgotten(&home, anna.chat(), PATIENCE);
    }
    let queue = home.queue();
    assert!(!queue.contains(TRACE), "{queue}");
    api.assert_nothing_malformed();
}

#[test]
fn an_old_copy_of_the_database_brings_nobody_back() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let mut program = home.serving(&api);
    let anna = api.resident(6009);
    let bert = api.resident(6010);
    talks(&anna);
    bert.says(QUESTIONS[1].0);
    bert.hears(QUESTIONS[1].1);
    program.terminate();
    program.wait(PATIENCE);
    let database = home.path().join("aanzet.db");
    let copy = std::fs::read(&database).unwrap();

    let mut program = home.serving(&api);
    anna.says("/wis");
    anna.hears(ASKS);
    anna.says("ja");
    anna.hears(ERASED);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    program.terminate();
    program.wait(PATIENCE);

    std::fs::write(&database, copy).unwrap();
    assert!(held(&home, anna.chat()), "she is back in the old copy");
    anna.catch_up();
    let program = home.serving(&api);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    assert!(held(&home, bert.chat()));
    assert!(!home.queue().contains(TRACE));
    assert!(anna.news().is_empty(), "she was told long ago");
    assert!(program.log().contains("asked to be forgotten"));
}

#[test]
fn an_operator_erases_while_nothing_runs() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let mut program = home.serving(&api);
    let anna = api.resident(6011);
    talks(&anna);
    program.terminate();
    program.wait(PATIENCE);
    let output = home.run(&["privacy", "erase", "--chat", "6011"]);
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("1 questions") && told.contains("all of this is erased"),
        "{told}"
    );
    assert!(!held(&home, anna.chat()));
    assert!(home.queue().contains("ingetrokken"));
    assert_eq!(files_with(&home, TRACE), [""; 0]);

    let again = home.run(&["privacy", "erase", "--chat", "6011"]);
    let told = String::from_utf8(again.stdout).unwrap();
    assert!(told.contains("nothing was held"), "{told}");
}

#[test]
fn an_operator_erases_beside_the_running_program() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(6012);
    talks(&anna);
    let output = home.run(&["privacy", "erase", "--chat", "6012"]);
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("within a minute"), "{told}");
    wait_until_forgotten(&home, anna.chat(), Duration::from_secs(60));
    assert!(!home.queue().contains(TRACE));
}

#[test]
fn an_operator_who_names_the_wrong_place_erases_nothing_and_is_told_so() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    let output = home.run(&["privacy", "erase", "--chat", "1"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("key file"), "{told}");
    assert!(!home.path().join("aanzet.key").exists(), "no key is made");

    std::fs::write(home.path().join("aanzet.key"), "ab".repeat(32)).unwrap();
    let output = home.run(&["privacy", "erase", "--chat", "-100123"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("there is no database"), "{told}");
    assert!(!home.path().join("aanzet.db").exists());

    home.set("AANZET_TELEGRAM_TOKEN", "");
    let output = home.run(&["privacy", "export", "--chat", "1"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--bot"), "{told}");
}

#[test]
fn a_list_of_forgotten_people_that_cannot_be_written_is_named_at_the_start() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_FORGOTTEN_FILE", "/bestaat/hier/niet/lijst");
    let mut program = home.serve();
    let (code, log) = program.wait(PATIENCE);
    assert_eq!(code, Some(2), "{log}");
    assert!(
        log.contains("/bestaat/hier/niet/lijst") && log.contains("AANZET_FORGOTTEN_FILE"),
        "{log}"
    );
}

/// Moves every moment in the database back, as if so many days had passed.
fn days_pass(home: &Home, days: i64) {
    let path = home.path().join("aanzet.db");
    let millis = days * 86_400_000;
    let work = async {
        use sqlx::Connection as _;

        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut database = sqlx::SqliteConnection::connect_with(&options)
            .await
            .unwrap();
        for sql in [
            "UPDATE inbox SET received_at = received_at - $1, done_at = done_at - $1",
            "UPDATE outbox SET created_at = created_at - $1, done_at = done_at - $1",
            "UPDATE conversations SET began_at = began_at - $1, updated_at = updated_at - $1",
            "UPDATE questions SET at = at - $1",
        ] {
            sqlx::query(sql)
                .bind(millis)
                .execute(&mut database)
                .await
                .unwrap();
        }
        database.close().await.unwrap();
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work);
}

#[test]
fn what_is_over_is_deleted_and_a_question_outlives_who_asked_it() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let mut program = home.serving(&api);
    let anna = api.resident(6013);
    talks(&anna);
    program.terminate();
    program.wait(PATIENCE);

    days_pass(&home, 2);
    let mut program = home.serving(&api);
    let end = Instant::now() + PATIENCE;
    loop {
        let data = export(&home, anna.chat());
        if data["gesprek"].is_null() && data["berichten_van_jou"] == serde_json::json!([]) {
            assert_eq!(data["berichten_van_de_bot"], serde_json::json!([]));
            assert_eq!(
                data["vragen_voor_een_medewerker"].as_array().unwrap().len(),
                1
            );
            break;
        }
        assert!(Instant::now() < end, "{data}");
        std::thread::sleep(Duration::from_millis(100));
    }
    program.terminate();
    program.wait(PATIENCE);

    days_pass(&home, 29);
    let mut program = home.serving(&api);
    wait_until_forgotten(&home, anna.chat(), PATIENCE);
    assert!(home.queue().contains(TRACE), "the question still waits");
    program.terminate();
    program.wait(PATIENCE);

    days_pass(&home, 150);
    let _program = home.serving(&api);
    let end = Instant::now() + PATIENCE;
    while !files_with(&home, TRACE).is_empty() {
        assert!(Instant::now() < end, "{:?}", files_with(&home, TRACE));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(home.queue(), "");
}
