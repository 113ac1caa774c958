//! Somebody who wants to break it: forged updates and presses, floods, and what a modified app can send. Whatever
//! comes, nobody else notices, and help in danger goes out.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::QUESTIONS;
use crate::bot_api::{BotApi, Limits, Message, PATIENCE, Resident};
use crate::program::Home;

const DANGER: &str = "ik wil niet meer leven";
const OLD_BUTTON: &str = "Deze knop werkt niet meer";

fn is_help(message: &Message) -> bool {
    message.says("113")
}

/// A message as Telegram writes it, of this chat and person.
fn message(chat: &Value, from: Option<i64>, text: &str) -> Value {
    let mut message = json!({"message_id": 5, "date": 1_790_000_000, "chat": chat, "text": text});
    if let Some(from) = from {
        message["from"] = json!({"id": from, "is_bot": false, "first_name": "X"});
    }
    message
}

fn private(chat: i64) -> Value {
    json!({"id": chat, "type": "private", "first_name": "X"})
}

/// Arrays in arrays, far deeper than a reader of JSON goes.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

/// How many rows a table has.
fn rows(home: &Home, table: &'static str) -> i64 {
    let url = format!("sqlite:{}", home.path().join("aanzet.db").display());
    let work = async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let sql = match table {
            "inbox" => "SELECT count(*) FROM inbox",
            _ => "SELECT count(*) FROM people",
        };
        sqlx::query_scalar(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// Asks something as anybody would, and gets the answer.
fn is_served(person: &Resident<'_>) {
    person.says(QUESTIONS[0].0);
    person.hears(QUESTIONS[0].1);
}

#[test]
fn two_hundred_presses_at_once_do_nothing_and_hold_up_nobody() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let (eve, anna) = (api.resident(7001), api.resident(7002));
    is_served(&eve);
    let data = "0123456789abcdef0123wj:7";
    let presses: Vec<String> = (0..200).map(|_| eve.presses_data(1, data)).collect();
    anna.says(DANGER);
    anna.hears_where("help", Duration::from_secs(5), is_help);
    is_served(&anna);
    eve.waits_for_answer_to(&presses[0]);
    api.wait_until_confirmed();
    let old = eve.heard().iter().filter(|m| m.says(OLD_BUTTON)).count();
    assert!((1..=20).contains(&old), "{old} times the old button");
    assert!(!eve.heard().iter().any(|m| m.says("gewist")));
    api.assert_nothing_malformed();
}

#[test]
fn an_update_that_nests_too_deep_is_no_poison() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let program = home.serving(&api);
    let (eve, anna, bert) = (api.resident(7003), api.resident(7004), api.resident(7005));
    is_served(&eve);
    // In one batch with what others ask, and with words of danger beside what cannot be read.
    let mut deep = message(&private(7003), Some(7003), DANGER);
    deep["reply_to_message"] = json!({"checklist": nested(200)});
    bert.says(QUESTIONS[1].0);
    api.delivers(json!({"message": deep}));
    api.delivers(json!({"message": {"holds": nested(300)}}));
    api.delivers(nested_update());
    anna.says(DANGER);
    anna.hears_where("help", PATIENCE, is_help);
    bert.hears(QUESTIONS[1].1);
    eve.hears_where("help", PATIENCE, is_help);
    api.wait_until_confirmed();
    is_served(&eve);
    assert!(
        program.log().contains("could not be read whole"),
        "it is told"
    );
}

/// Unknown to everybody, and deep.
fn nested_update() -> Value {
    json!({"teleported": nested(200)})
}

#[test]
fn what_is_not_from_a_person_in_a_private_chat_leaves_no_trace() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(7006);
    is_served(&anna);
    let before = (rows(&home, "inbox"), rows(&home, "people"));
    let sent = api.all_messages().len();
    let group = json!({"id": -1_001_234_567_000_i64, "type": "supergroup", "title": "G"});
    let channel = json!({"id": -1_009_999_999_999_i64, "type": "channel", "title": "K"});
    let mut of_a_bot = message(&private(7007), Some(7007), DANGER);
    of_a_bot["from"]["is_bot"] = json!(true);
    let mut for_a_channel = message(&private(7007), Some(7007), DANGER);
    for_a_channel["sender_chat"] = channel.clone();
    for update in [
        json!({"channel_post": message(&channel, None, DANGER)}),
        json!({"edited_channel_post": message(&channel, None, DANGER)}),
        json!({"message": message(&channel, None, DANGER)}),
        json!({"message": message(&group, Some(7007), DANGER)}),
        json!({"edited_message": message(&group, Some(7007), DANGER)}),
        json!({"message": message(&private(7007), None, DANGER)}),
        json!({"business_message": message(&private(7007), Some(7007), DANGER)}),
        json!({"message": of_a_bot}),
        json!({"message": for_a_channel}),
        json!({"message": {"text": DANGER}}),
        json!({"message": null}),
        json!({"message": [1, 2, 3]}),
        json!({"message": message(&json!({"id": "7007", "type": "private"}), Some(7007), DANGER)}),
        json!({"message": message(&json!({"id": 1e300, "type": "private"}), Some(7007), DANGER)}),
        json!({"callback_query": {"id": "1", "from": {"id": 7007}, "data": "m",
            "message": {"message_id": 1, "chat": group}}}),
        json!({"callback_query": {"id": 5, "from": {"id": 7007}, "data": "m"}}),
        json!({"callback_query": {"from": {}, "data": ["m"]}}),
        json!({"my_chat_member": {"chat": channel, "new_chat_member": {"status": "administrator"}}}),
        json!({"my_chat_member": {"chat": private(7007), "new_chat_member": {"status": "wizard"}}}),
        json!({}),
    ] {
        api.delivers(update);
    }
    is_served(&anna);
    api.wait_until_confirmed();
    assert_eq!(rows(&home, "inbox"), before.0 + 1);
    assert_eq!(rows(&home, "people"), before.1);
    assert!(api.all_messages()[sent..].iter().all(|m| m.chat == 7006));
    api.assert_nothing_malformed();
}

#[test]
fn numbers_of_updates_that_make_no_sense_lose_nothing() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let people: Vec<_> = (0..6).map(|n| api.resident(7010 + n)).collect();
    people.iter().for_each(is_served);
    let asks = |person: usize, question: usize| {
        let chat = 7010 + person as i64;
        json!({"message": message(&private(chat), Some(chat), QUESTIONS[question].0)})
    };
    people.iter().for_each(Resident::catch_up);
    let with = |number: Value, mut update: Value| {
        update["update_id"] = number;
        update
    };
    // Twice one number: Telegram means the same update by that, so the second counts as a repetition.
    api.delivers(with(json!(871_500_000), asks(0, 1)));
    api.delivers(with(json!(871_500_000), asks(1, 1)));
    // Negative, zero, and none at all.
    api.delivers(with(json!(-7), asks(2, 1)));
    api.delivers(with(json!(0), asks(3, 1)));
    api.delivers(with(json!("871500001"), asks(4, 1)));
    api.delivers(with(json!(1.5), asks(4, 1)));
    api.delivers(asks(5, 2));
    people[0].hears(QUESTIONS[1].1);
    people[2].hears(QUESTIONS[1].1);
    people[3].hears(QUESTIONS[1].1);
    people[5].hears(QUESTIONS[2].1);
    assert_eq!(people[1].news().len() + people[4].news().len(), 0);
    // And on it goes.
    let anna = api.resident(7020);
    is_served(&anna);
}

#[test]
fn a_negative_number_of_a_private_chat_is_a_person_like_another() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    // The fake takes a negative number for a group, so nothing can be heard there; but nothing breaks.
    for chat in [i64::MIN, -1, 0, i64::MAX] {
        api.delivers(json!({"message": message(&private(chat), Some(chat), QUESTIONS[0].0)}));
        api.delivers(json!({"callback_query": {"id": "9", "from": {"id": chat}, "data": "m"}}));
    }
    let anna = api.resident(7021);
    is_served(&anna);
    api.wait_until_confirmed();
}

#[test]
fn texts_made_to_be_slow_or_to_break_out_hold_up_nobody() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let marks = format!("a{}", "\u{301}\u{489}\u{34f}".repeat(1400));
    let zalgo: String = "paspoort"
        .chars()
        .map(|c| format!("{c}{}", "\u{336}".repeat(500)))
        .collect();
    let texts = [
        marks.as_str(),
        &zalgo,
        &"😀".repeat(4096),
        &"👨‍👩‍👧‍👦".repeat(500),
        &"&lt;b&gt;&#0;&#x110000;&amp;".repeat(140),
        &"<b><i>".repeat(680),
        &"(".repeat(4096),
        &"1 ".repeat(2048),
        &"nl91 abna 0417 ".repeat(270),
        &"mijn wachtwoord is ".repeat(215),
        &"ik wil niet ".repeat(340),
        &"\u{202e}\u{2066}".repeat(2000),
        &"\u{feff}\u{200d}".repeat(2000),
        &"ﷺ".repeat(4000),
        &"\u{10ffff}\u{e000}\u{fffe}".repeat(1300),
        &"a".repeat(300_000),
        &"aa ".repeat(100_000),
    ];
    let people: Vec<_> = (0..texts.len())
        .map(|n| api.resident(7030 + n as i64))
        .collect();
    for (person, text) in people.iter().zip(texts) {
        person.says(text);
    }
    let anna = api.resident(7060);
    anna.says(DANGER);
    anna.hears_where("help", PATIENCE, is_help);
    is_served(&anna);
    for (person, text) in people.iter().zip(texts) {
        let start: String = text.chars().take(12).collect();
        person.hears_where(
            &format!("words after {start:?}"),
            Duration::from_secs(60),
            |_| true,
        );
    }
    api.assert_nothing_malformed();
}

#[test]
fn what_somebody_typed_comes_back_as_text_only() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let eve = api.resident(7061);
    let typed = "<a href=\"https://x.nl\">klik</a> &lt;b&gt; <b>olifant </i>";
    eve.says(typed);
    eve.hears("medewerker");
    eve.says("/mijngegevens");
    let held = eve.hears("olifant");
    assert!(
        held.says("<b>olifant </i>") && held.says("&lt;b&gt;"),
        "{}",
        held.text
    );
    assert!(
        held.links.iter().all(|link| !link.contains("x.nl")),
        "{:?}",
        held.links
    );
    api.assert_nothing_malformed();
}

#[test]
fn who_floods_with_danger_takes_help_from_nobody() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let (eve, anna, bert) = (api.resident(7062), api.resident(7063), api.resident(7064));
    is_served(&eve);
    // As Telegram counts: about one a second in a chat, thirty a second in all.
    api.limit(Limits {
        per_chat: 1.0,
        burst: 20.0,
        overall: 30.0,
    });
    eve.says_all(&[DANGER; 400]);
    eve.hears_where("help", PATIENCE, is_help);
    anna.says(DANGER);
    let start = Instant::now();
    anna.hears_where("help", PATIENCE, is_help);
    let waited = start.elapsed();
    assert!(waited < Duration::from_secs(5), "help took {waited:?}");
    bert.says(QUESTIONS[1].0);
    bert.hears(QUESTIONS[1].1);
    let calls = api.calls("sendmessage");
    let refused = calls.iter().filter(|call| call.code == 429).count();
    assert!(refused < 100, "{refused} of {} calls refused", calls.len());
}

#[cfg(unix)]
#[test]
fn what_it_writes_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(7065);
    anna.says("/wis");
    anna.hears("Zal ik alles wissen");
    anna.presses("Ja, wis alles");
    anna.hears("Alles is gewist");
    let files = home.all_bytes();
    for needed in [
        "aanzet.db",
        "aanzet.db-wal",
        "aanzet.key",
        "aanzet.vergeten",
    ] {
        assert!(
            files.iter().any(|(path, _)| path.ends_with(needed)),
            "{needed}"
        );
    }
    for (path, _) in files {
        // Gone again at the end of the program, or empty.
        let Ok(about) = path.metadata() else { continue };
        let mode = about.permissions().mode() & 0o777;
        assert!(
            mode & 0o077 == 0 || about.len() == 0,
            "{} may be read by others: {mode:o}",
            path.display()
        );
    }
}
