//! A network and a Telegram that fail.

use std::time::{Duration, Instant};

use crate::QUESTIONS;
use crate::bot_api::{BotApi, Fault, Limits, PATIENCE, Trouble, chats};
use crate::program::Home;

/// How often this person heard the answer to the question with this number.
fn heard(api: &BotApi, chat: i64, question: usize) -> usize {
    api.messages(chat)
        .iter()
        .filter(|message| message.says(QUESTIONS[question].1))
        .count()
}

#[test]
fn an_update_that_comes_twice_is_answered_once() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let program = home.serving(&api);
    let anna = api.resident(4001);
    let update = anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    api.wait_until_confirmed();
    api.deliver_again(update);
    api.deliver_again(update);
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    program.kill();
    // Also for a program that has just started.
    api.deliver_again(update);
    let _program = home.serving(&api);
    anna.says(QUESTIONS[2].0);
    anna.hears(QUESTIONS[2].1);
    assert_eq!(heard(&api, 4001, 0), 1);
}

#[test]
fn a_request_to_wait_is_obeyed() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(
        Fault::on("sendmessage", Trouble::TooMany(3))
            .chat(4002)
            .times(1),
    );
    let anna = api.resident(4002);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let calls: Vec<_> = api.calls("sendmessage");
    let refused = calls.iter().find(|call| call.code == 429).unwrap();
    let next = calls.iter().find(|call| call.at > refused.at).unwrap();
    let waited = next.at - refused.at;
    assert!(
        waited >= Duration::from_secs(3),
        "tried again after {waited:?}"
    );
    assert!(
        waited <= Duration::from_secs(8),
        "tried again only after {waited:?}"
    );
    assert_eq!(heard(&api, 4002, 0), 1);
}

#[test]
fn a_request_to_wait_with_updates_is_obeyed_too() {
    let api = BotApi::start();
    let home = Home::with(&api);
    api.fault(Fault::on("getupdates", Trouble::TooMany(2)).times(1));
    let _program = home.serving(&api);
    let anna = api.resident(4003);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let calls = api.calls("getupdates");
    assert!(calls[1].at - calls[0].at >= Duration::from_secs(2));
}

/// The client library waits ten seconds inside a call that was answered with 5xx, hence the patience.
#[test]
fn trouble_at_telegrams_side_is_outlasted() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(Fault::on("sendmessage", Trouble::Code(502, "Bad Gateway")).times(1));
    let anna = api.resident(4004);
    anna.says(QUESTIONS[0].0);
    anna.hears_where("the answer", Duration::from_secs(45), |m| {
        m.says(QUESTIONS[0].1)
    });
    assert_eq!(heard(&api, 4004, 0), 1);
}

#[test]
fn a_connection_that_breaks_loses_nothing() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(4005);
    let bert = api.resident(4006);
    api.fault(
        Fault::on("sendmessage", Trouble::DropBefore)
            .chat(4005)
            .times(1),
    );
    api.fault(
        Fault::on("sendmessage", Trouble::DropAfter)
            .chat(4006)
            .times(1),
    );
    anna.says(QUESTIONS[0].0);
    bert.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[0].1);
    bert.hears(QUESTIONS[1].1);
    for person in [&anna, &bert] {
        person.says(QUESTIONS[2].0);
        person.hears(QUESTIONS[2].1);
    }
    assert_eq!(heard(&api, 4005, 0), 1);
    // Nobody can know whether it arrived; it is said at most once more.
    assert!((1..=2).contains(&heard(&api, 4006, 1)));
}

#[test]
fn updates_whose_answer_got_lost_are_handled_once() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(Fault::on("getupdates", Trouble::DropAfter).times(2));
    let anna = api.resident(4007);
    anna.says(QUESTIONS[0].0);
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    assert_eq!((heard(&api, 4007, 0), heard(&api, 4007, 1)), (1, 1));
}

#[test]
fn nothing_more_is_sent_to_who_blocks_and_others_go_on() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(4008);
    let bert = api.resident(4009);
    api.fault(
        Fault::on(
            "sendmessage",
            Trouble::Code(403, "Forbidden: bot was blocked by the user"),
        )
        .chat(4008),
    );
    anna.says_all(&[QUESTIONS[0].0, QUESTIONS[1].0, QUESTIONS[2].0]);
    bert.says(QUESTIONS[0].0);
    bert.hears(QUESTIONS[0].1);
    api.wait_until_confirmed();
    bert.says(QUESTIONS[1].0);
    bert.hears(QUESTIONS[1].1);
    std::thread::sleep(Duration::from_millis(1500));
    let tries = api
        .calls("sendmessage")
        .iter()
        .filter(|call| call.chat == Some(4008))
        .count();
    assert!(tries <= 3, "{tries} tries for somebody who blocked the bot");
    assert!(tries >= 1);

    api.repair();
    anna.unblocks();
    anna.says(QUESTIONS[3].0);
    anna.hears(QUESTIONS[3].1);
    assert_eq!(
        api.calls("sendmessage")
            .iter()
            .filter(|call| call.code == 400)
            .count(),
        0
    );
}

#[test]
fn a_block_that_is_told_is_believed() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(4010);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let asked = api.allowed_updates();
    assert!(asked.is_none_or(|asked| asked.contains(&"my_chat_member".to_owned())));
    anna.blocks();
    api.wait_until_confirmed();
    anna.unblocks();
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
}

#[test]
fn one_who_must_wait_does_not_hold_up_another() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(4011);
    let bert = api.resident(4012);
    api.fault(Fault::on("sendmessage", Trouble::TooMany(15)).chat(4011));
    anna.says(QUESTIONS[0].0);
    api.wait_for_calls("sendmessage", 1);
    let start = Instant::now();
    bert.says(QUESTIONS[1].0);
    bert.hears(QUESTIONS[1].1);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn with_the_usual_pace_telegram_need_not_refuse() {
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_SEND_PER_CHAT", "1")
        .set("AANZET_SEND_OVERALL", "30")
        .set("AANZET_SEND_BURST", "3");
    api.limit(Limits {
        per_chat: 1.0,
        burst: 4.0,
        overall: 32.0,
    });
    let _program = home.serving(&api);
    let people: Vec<_> = (0..60).map(|n| api.resident(4100 + n)).collect();
    for (n, person) in people.iter().enumerate() {
        person.says(QUESTIONS[n % 6].0);
    }
    for (n, person) in people.iter().enumerate() {
        person.hears(QUESTIONS[n % 6].1);
    }
    assert_eq!(chats(&api.all_messages()).len(), 60);
    let refused = api
        .calls("sendmessage")
        .iter()
        .filter(|call| call.code == 429)
        .count();
    assert_eq!(refused, 0, "the own pace must keep below Telegram's");
}

#[test]
fn a_slow_telegram_does_not_double_anything() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    api.fault(Fault::on("sendmessage", Trouble::Delay(Duration::from_secs(3))).times(3));
    let anna = api.resident(4013);
    anna.says(QUESTIONS[0].0);
    anna.hears_where("the answer", PATIENCE, |m| m.says(QUESTIONS[0].1));
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    assert_eq!((heard(&api, 4013, 0), heard(&api, 4013, 1)), (1, 1));
}
