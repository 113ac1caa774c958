//! The Telegram of the tests is itself put to the test: it must refuse what Telegram refuses.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bot_api::html::parse;
use crate::bot_api::{BotApi, Fault, Limits, Trouble};

/// Calls a method as a program would; an empty answer when the connection broke.
fn call(api: &BotApi, token: &str, method: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let address = api.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "POST /bot{token}/{method} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return (0, Value::Null);
    };
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    (code, serde_json::from_str(body).unwrap_or(Value::Null))
}

fn ask(api: &BotApi, method: &str, body: Value) -> (u16, Value) {
    call(api, &api.token(), method, &body)
}

fn refusal(api: &BotApi, body: Value) -> String {
    let (code, answer) = ask(api, "sendMessage", body);
    assert_eq!(code, 400, "{answer}");
    answer["description"].as_str().unwrap().to_owned()
}

#[test]
fn another_token_and_an_unknown_method_are_refused() {
    let api = BotApi::start();
    let (code, answer) = call(&api, "1:no", "getMe", &json!({}));
    assert_eq!(
        (code, &answer["description"]),
        (401, &json!("Unauthorized"))
    );
    assert_eq!(ask(&api, "getWeather", json!({})).0, 404);
    assert_eq!(ask(&api, "GetMe", json!({})).1["result"]["is_bot"], true);
}

#[test]
fn updates_come_again_until_they_are_confirmed() {
    let api = BotApi::start();
    let anna = api.resident(7);
    anna.says_all(&["een", "twee", "drie"]);
    let numbers = |body: Value| -> Vec<i64> {
        ask(&api, "getUpdates", body).1["result"]
            .as_array()
            .unwrap()
            .iter()
            .map(|update| update["update_id"].as_i64().unwrap())
            .collect()
    };
    let all = numbers(json!({"timeout": 5, "allowed_updates": ["message"]}));
    assert_eq!(all.len(), 3);
    assert_eq!(numbers(json!({"limit": 2})), all[..2]);
    assert_eq!(numbers(json!({"offset": all[1]})), all[1..]);
    assert_eq!(numbers(json!({"offset": all[2] + 1})), Vec::<i64>::new());
    assert_eq!(api.unconfirmed(), 0);
    assert_eq!(api.allowed_updates(), Some(vec!["message".to_owned()]));
    api.deliver_again(all[0]);
    assert_eq!(numbers(json!({})), all[..1]);
}

#[test]
fn a_long_poll_ends_when_something_happens_and_when_time_is_up() {
    let api = BotApi::start();
    let start = Instant::now();
    assert_eq!(
        ask(&api, "getUpdates", json!({"timeout": 1})).1["result"],
        json!([])
    );
    assert!(start.elapsed() >= Duration::from_millis(900));

    std::thread::scope(|scope| {
        let poll = scope.spawn(|| {
            let start = Instant::now();
            let answer = ask(&api, "getUpdates", json!({"timeout": 30})).1;
            (start.elapsed(), answer)
        });
        api.wait_for_calls("getupdates", 2);
        api.resident(7).says("hallo");
        let (took, answer) = poll.join().unwrap();
        assert!(took < Duration::from_secs(5));
        assert_eq!(answer["result"][0]["message"]["text"], "hallo");
    });
}

#[test]
fn a_second_poller_drives_out_the_first() {
    let api = BotApi::start();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| ask(&api, "getUpdates", json!({"timeout": 30})));
        api.wait_for_calls("getupdates", 1);
        ask(&api, "getUpdates", json!({"timeout": 0}));
        let (code, answer) = first.join().unwrap();
        assert_eq!(code, 409);
        assert!(
            answer["description"]
                .as_str()
                .unwrap()
                .starts_with("Conflict")
        );
    });
}

#[test]
fn what_telegram_cannot_read_is_refused_in_its_words() {
    let api = BotApi::start();
    let anna = api.resident(7);
    assert_eq!(
        refusal(&api, json!({"chat_id": 7, "text": "x"})),
        "Bad Request: chat not found"
    );
    anna.says("hallo");
    let html = |text: &str| json!({"chat_id": 7, "text": text, "parse_mode": "HTML"});
    assert_eq!(
        refusal(&api, html(" \n ")),
        "Bad Request: message text is empty"
    );
    assert_eq!(
        refusal(&api, html("<b></b>")),
        "Bad Request: message text is empty"
    );
    assert!(refusal(&api, html("a<br>b")).contains("Unsupported start tag \"br\""));
    assert!(refusal(&api, html("<b>a")).contains("Can't find end tag"));
    assert!(refusal(&api, html("<b><i>a</b></i>")).contains("Unmatched end tag"));
    assert!(refusal(&api, html("a</b>")).contains("Unexpected end tag"));
    assert!(refusal(&api, html("3 < 4")).contains("Unclosed start tag"));
    assert_eq!(
        refusal(&api, html(&"é".repeat(4097))),
        "Bad Request: message is too long"
    );
    // Emoji count double.
    assert_eq!(
        refusal(&api, html(&"😀".repeat(2049))),
        "Bad Request: message is too long"
    );
    let keyboard = |button: Value| json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}});
    assert_eq!(
        refusal(
            &api,
            keyboard(json!({"text": "x", "callback_data": "é".repeat(33)}))
        ),
        "Bad Request: BUTTON_DATA_INVALID"
    );
    assert_eq!(
        refusal(&api, keyboard(json!({"text": "x", "url": "tel:112"}))),
        "Bad Request: BUTTON_URL_INVALID"
    );
    assert!(refusal(&api, keyboard(json!({"text": "x"}))).contains("Text buttons are unallowed"));
    let many: Vec<Value> = (0..101)
        .map(|_| json!([{"text": "x", "callback_data": "x"}]))
        .collect();
    refusal(
        &api,
        json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": many}}),
    );
    assert!(api.messages(7).is_empty());

    let good = json!({
        "chat_id": 7, "parse_mode": "HTML", "text": " <b>3 &lt; 4</b> &amp; <a href=\"https://a.nl/?x&amp;y\">x</a> ",
        "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x".repeat(64)}]]}
    });
    assert_eq!(ask(&api, "sendMessage", good).0, 200);
    let arrived = api.messages(7).remove(0);
    assert_eq!(arrived.text, "3 < 4 & x");
    assert_eq!(arrived.links, ["https://a.nl/?x&y"]);
    assert_eq!(arrived.labels(), ["x"]);
}

#[test]
fn only_telegrams_entities_are_entities() {
    assert_eq!(
        parse("&eacute;&#233;&quot;&nbsp;&").unwrap().text,
        "&eacute;é\"&nbsp;&"
    );
}

#[test]
fn an_edit_that_changes_nothing_is_refused_and_one_without_buttons_removes_them() {
    let api = BotApi::start();
    api.resident(7).says("hallo");
    let markup = json!({"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]});
    let sent = ask(
        &api,
        "sendMessage",
        json!({"chat_id": 7, "text": "a", "reply_markup": markup}),
    )
    .1;
    let id = sent["result"]["message_id"].clone();
    let same = json!({"chat_id": 7, "message_id": id, "text": "a", "reply_markup": markup});
    let (code, answer) = ask(&api, "editMessageText", same);
    assert_eq!(code, 400);
    assert!(
        answer["description"]
            .as_str()
            .unwrap()
            .contains("message is not modified")
    );
    ask(
        &api,
        "editMessageText",
        json!({"chat_id": 7, "message_id": id, "text": "b"}),
    );
    assert!(api.messages(7)[0].labels().is_empty());
}

#[test]
fn a_message_is_deleted_once_and_only_when_it_is_there() {
    let api = BotApi::start();
    let message = api.resident(7).says_message("hallo");
    let delete = |id: i64| {
        ask(
            &api,
            "deleteMessage",
            json!({"chat_id": 7, "message_id": id}),
        )
        .0
    };
    assert_eq!(delete(message + 1), 400);
    assert!(!api.is_deleted(7, message));
    assert_eq!(delete(message), 200);
    assert!(api.is_deleted(7, message));
    assert_eq!(delete(message), 400);
}

#[test]
fn a_press_is_answered_once_known() {
    let api = BotApi::start();
    let press = api.resident(7).presses_data(3, "x");
    assert_eq!(api.answered(&press), None);
    assert_eq!(
        ask(
            &api,
            "answerCallbackQuery",
            json!({"callback_query_id": "0"})
        )
        .0,
        400
    );
    ask(
        &api,
        "answerCallbackQuery",
        json!({"callback_query_id": press, "text": "ja"}),
    );
    assert_eq!(api.answered(&press), Some(Some("ja".to_owned())));
}

#[test]
fn troubles_come_as_often_as_was_said_and_where() {
    let api = BotApi::start();
    for chat in [7, 8] {
        api.resident(chat).says("hallo");
    }
    let send =
        |chat: i64, text: &str| ask(&api, "sendMessage", json!({"chat_id": chat, "text": text}));
    api.fault(
        Fault::on("sendmessage", Trouble::TooMany(3))
            .chat(7)
            .times(1)
            .unless("112"),
    );
    assert_eq!(send(8, "x").0, 200);
    assert_eq!(send(7, "Bel 112").0, 200);
    let (code, answer) = send(7, "x");
    assert_eq!(
        (code, &answer["parameters"]["retry_after"]),
        (429, &json!(3))
    );
    assert_eq!(send(7, "x").0, 200);

    let arrived = api.messages(7).len();
    api.fault(Fault::on("sendmessage", Trouble::DropBefore).times(1));
    assert_eq!(send(7, "x").0, 0);
    assert_eq!(api.messages(7).len(), arrived);
    api.fault(Fault::on("sendmessage", Trouble::DropAfter).times(1));
    assert_eq!(send(7, "x").0, 0);
    assert_eq!(api.messages(7).len(), arrived + 1);
    api.fault(Fault::on("sendmessage", Trouble::Code(502, "Bad Gateway")).times(1));
    assert_eq!(send(7, "x").0, 502);
    api.fault(Fault::on(
        "sendmessage",
        Trouble::Code(500, "Internal Server Error"),
    ));
    api.repair();
    assert_eq!(send(7, "x").0, 200);
}

#[test]
fn a_resident_who_blocks_is_not_reached() {
    let api = BotApi::start();
    let anna = api.resident(7);
    anna.says("hallo");
    anna.blocks();
    let (code, answer) = ask(&api, "sendMessage", json!({"chat_id": 7, "text": "x"}));
    assert_eq!(code, 403);
    assert_eq!(
        answer["description"],
        "Forbidden: bot was blocked by the user"
    );
    anna.unblocks();
    assert_eq!(
        ask(&api, "sendMessage", json!({"chat_id": 7, "text": "x"})).0,
        200
    );
}

#[test]
fn too_many_messages_are_refused_with_a_wait() {
    let api = BotApi::start();
    api.limit(Limits {
        per_chat: 1.0,
        burst: 3.0,
        overall: 30.0,
    });
    api.resident(7).says("hallo");
    let codes: Vec<u16> = (0..4)
        .map(|_| ask(&api, "sendMessage", json!({"chat_id": 7, "text": "x"})).0)
        .collect();
    assert_eq!(codes, [200, 200, 200, 429]);
}
