//! The client against a small server that answers as Telegram would.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::domain::{Action, Block, Button, Span};
use crate::store::SecretKey;

const TOKEN: &str = "123456:AAabcdefghijklmnopqrstuvwxyz0123456789_";

/// Answers each call with the next answer in line (the last one stays), and notes method and body.
struct Server {
    url: String,
    calls: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Server {
    async fn start(answers: Vec<(u16, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&calls);
        tokio::spawn(async move {
            let mut answers: VecDeque<_> = answers.into();
            while let Ok((mut stream, _)) = listener.accept().await {
                let (head, body) = read_request(&mut stream).await;
                let method = head
                    .split(' ')
                    .nth(1)
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .to_owned();
                noted.lock().unwrap().push((method, body));
                let (status, answer) = if answers.len() > 1 {
                    answers.pop_front().unwrap()
                } else {
                    answers[0].clone()
                };
                let answer = answer.to_string();
                let length = answer.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                stream.write_all((head + &answer).as_bytes()).await.unwrap();
            }
        });
        Self { url, calls }
    }

    fn client(&self) -> Telegram {
        let settings = ClientSettings {
            api_url: Some(self.url.clone()),
            poll_timeout: Duration::from_secs(1),
            ..ClientSettings::new(TOKEN.into())
        };
        Telegram::new(settings, vault()).unwrap()
    }

    fn calls(&self) -> Vec<(String, Value)> {
        self.calls.lock().unwrap().clone()
    }
}

async fn read_request(stream: &mut tokio::net::TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() >= length {
            return (
                head.to_owned(),
                serde_json::from_str(body).unwrap_or(Value::Null),
            );
        }
    }
}

fn ok(result: Value) -> (u16, Value) {
    (200, json!({"ok": true, "result": result}))
}

fn refused(status: u16, description: &str) -> (u16, Value) {
    (
        status,
        json!({"ok": false, "error_code": status, "description": description}),
    )
}

fn greeting() -> Outgoing {
    let reply = Reply {
        blocks: vec![Block::Paragraph(vec![Span::Strong("Hoi <3".into())])],
        buttons: vec![vec![
            Button::Do {
                label: "Menu".into(),
                action: Action::Menu,
            },
            Button::Open {
                label: "Site".into(),
                url: "https://a.nl/".into(),
            },
        ]],
    };
    Outgoing::Say { reply }
}

fn vault() -> Vault {
    Vault::new(&SecretKey::from_hex(&"7".repeat(64)).unwrap())
}

/// The data of the button for the menu, as Anna gets it.
fn menu() -> String {
    Signer::new(vault(), "123456".into()).write(ANNA, &Action::Menu)
}

const ANNA: ChatAddress = ChatAddress(42);

#[tokio::test]
async fn a_message_is_sent_as_html_with_its_buttons_and_without_preview() {
    // Of the answer only the number matters, however strange the rest.
    let server = Server::start(vec![ok(json!({"message_id": 9, "chat": "?"}))]).await;
    let outcome = server.client().deliver(ANNA, &greeting()).await;
    assert_eq!(outcome, DeliveryOutcome::Sent(Some(MessageId(9))));
    let (method, body) = server.calls().remove(0);
    assert_eq!(method.to_lowercase(), "sendmessage");
    assert_eq!(
        body,
        json!({
            "chat_id": 42, "text": "<b>Hoi &lt;3</b>", "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": true},
            "reply_markup": {"inline_keyboard": [[
                {"text": "Menu", "callback_data": menu()}, {"text": "Site", "url": "https://a.nl/"},
            ]]},
        })
    );
}

#[tokio::test]
async fn when_the_markup_is_refused_the_words_go_without_it() {
    let server = Server::start(vec![
        refused(
            400,
            "Bad Request: can't parse entities: Unsupported start tag \"b\"",
        ),
        ok(json!({"message_id": 10})),
    ])
    .await;
    let outcome = server.client().deliver(ANNA, &greeting()).await;
    assert_eq!(outcome, DeliveryOutcome::Sent(Some(MessageId(10))));
    let body = &server.calls()[1].1;
    assert_eq!(body["text"], "Hoi <3");
    assert_eq!(body.get("parse_mode"), None);
    assert_eq!(
        body["reply_markup"],
        json!({"inline_keyboard": [[{"text": "Menu", "callback_data": menu()}]]})
    );
}

#[tokio::test]
async fn refusals_say_what_to_do_next() {
    let flood = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 3", "parameters": {"retry_after": 3}});
    let cases = [
        (
            (429, flood),
            DeliveryOutcome::RetryAfter(Duration::from_secs(3)),
        ),
        (
            refused(403, "Forbidden: bot was blocked by the user"),
            DeliveryOutcome::Blocked,
        ),
        (refused(401, "Unauthorized"), DeliveryOutcome::Unauthorized),
        (
            refused(400, "Bad Request: message is too long"),
            DeliveryOutcome::Never(
                "Telegram refuses the call (Bad Request: message is too long)".into(),
            ),
        ),
    ];
    for (answer, expected) in cases {
        let server = Server::start(vec![answer]).await;
        assert_eq!(server.client().deliver(ANNA, &greeting()).await, expected);
    }
}

#[tokio::test]
async fn without_a_server_it_is_uncertain_and_the_token_stays_secret() {
    let settings = ClientSettings {
        // Nothing listens on this port.
        api_url: Some("http://127.0.0.1:9".into()),
        ..ClientSettings::new(TOKEN.into())
    };
    let client = Telegram::new(settings, vault()).unwrap();
    let outcome = client.deliver(ANNA, &greeting()).await;
    let DeliveryOutcome::Uncertain(reason) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains("no connection"), "{reason}");
    assert!(!reason.contains("AAabc") && !format!("{client:?}").contains("AAabc"));
}

#[tokio::test]
async fn a_press_that_is_too_old_to_be_answered_counts_as_done() {
    let server = Server::start(vec![refused(
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )])
    .await;
    let answer = Outgoing::AnswerButton {
        callback: "77".into(),
        toast: Some("é".repeat(300)),
    };
    assert_eq!(
        server.client().deliver(ANNA, &answer).await,
        DeliveryOutcome::Sent(None)
    );
    let (method, body) = server.calls().remove(0);
    assert_eq!(method.to_lowercase(), "answercallbackquery");
    assert_eq!(body["callback_query_id"], "77");
    assert_eq!(body["text"].as_str().unwrap().chars().count(), 200);
}

#[tokio::test]
async fn a_message_is_deleted_and_a_refusal_ends_it() {
    let delete = Outgoing::DeleteMessage {
        message: MessageId(5),
    };
    let flood = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 3", "parameters": {"retry_after": 3}});
    let cases = [
        (ok(json!(true)), DeliveryOutcome::Sent(None)),
        (
            refused(400, "Bad Request: message can't be deleted for everyone"),
            DeliveryOutcome::Sent(None),
        ),
        (
            refused(400, "Bad Request: message to delete not found"),
            DeliveryOutcome::Sent(None),
        ),
        (
            refused(403, "Forbidden: bot was blocked by the user"),
            DeliveryOutcome::Sent(None),
        ),
        (
            (429, flood),
            DeliveryOutcome::RetryAfter(Duration::from_secs(3)),
        ),
    ];
    for (answer, expected) in cases {
        let server = Server::start(vec![answer]).await;
        assert_eq!(server.client().deliver(ANNA, &delete).await, expected);
        let (method, body) = server.calls().remove(0);
        assert_eq!(method.to_lowercase(), "deletemessage");
        assert_eq!(body, json!({"chat_id": 42, "message_id": 5}));
    }
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_is_left_under_its_new_number() {
    let moved = json!({"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat", "parameters": {"migrate_to_chat_id": -1009}});
    let server = Server::start(vec![(400, moved), ok(json!(true))]).await;
    let outcome = server
        .client()
        .deliver(ChatAddress(-9), &Outgoing::LeaveGroup)
        .await;
    assert_eq!(outcome, DeliveryOutcome::Sent(None));
    let chats: Vec<Value> = server
        .calls()
        .iter()
        .map(|(_, body)| body["chat_id"].clone())
        .collect();
    assert_eq!(chats, [json!(-9), json!(-1009)]);
}

#[tokio::test]
async fn updates_come_as_they_are_with_the_question_telegram_expects() {
    let odd = json!({"update_id": 5, "brand_new_kind": {"a": [1]}});
    let server = Server::start(vec![ok(json!([odd]))]).await;
    let updates = server.client().updates(4, 100).await.unwrap();
    assert_eq!(updates, [odd]);
    let (method, body) = server.calls().remove(0);
    assert_eq!(method.to_lowercase(), "getupdates");
    assert_eq!(
        body,
        json!({
            "offset": 4, "limit": 100, "timeout": 1,
            "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        })
    );
}

#[tokio::test]
async fn who_we_are_is_read_from_telegram() {
    let server = Server::start(vec![ok(
        json!({"id": 123_456, "is_bot": true, "username": "aanzet_bot"}),
    )])
    .await;
    let me = server.client().me().await.unwrap();
    assert_eq!((me.id, me.username.as_str()), (123_456, "aanzet_bot"));
}

#[tokio::test]
async fn the_start_calls_are_understood() {
    let server = Server::start(vec![ok(json!(true))]).await;
    let client = server.client();
    client
        .set_commands(&[("privacy", "Wat we bewaren")])
        .await
        .unwrap();
    client.delete_webhook().await.unwrap();
    client.typing(ANNA).await.unwrap();
    let calls = server.calls();
    assert_eq!(
        calls[0].1["commands"],
        json!([{"command": "privacy", "description": "Wat we bewaren"}])
    );
    assert_eq!(
        calls[1].1.get("drop_pending_updates"),
        None,
        "what waits must stay"
    );
    assert_eq!(calls[2].1, json!({"chat_id": 42, "action": "typing"}));
}

#[tokio::test]
async fn help_goes_out_at_once_or_says_that_it_did_not() {
    let help = Reply::text("Bel nu 112.");
    let server = Server::start(vec![ok(json!({"message_id": 1}))]).await;
    assert!(
        server
            .client()
            .deliver_now(ANNA, &help, Duration::from_secs(3))
            .await
    );

    // teloxide sleeps ten seconds on this answer: that must not hold us.
    let server = Server::start(vec![refused(502, "Bad Gateway")]).await;
    let start = Instant::now();
    assert!(
        !server
            .client()
            .deliver_now(ANNA, &help, Duration::from_millis(400))
            .await
    );
    assert!(start.elapsed() < Duration::from_secs(2));

    let server = Server::start(vec![refused(403, "Forbidden: user is deactivated")]).await;
    assert!(
        !server
            .client()
            .deliver_now(ANNA, &help, Duration::from_secs(3))
            .await
    );
}

#[test]
fn a_wrong_token_or_address_is_refused_with_a_way_out() {
    for token in ["", "geen-token", "12a:xyz", "123:", "123:a b", ":abc"] {
        let error = Telegram::new(ClientSettings::new(token.into()), vault()).unwrap_err();
        assert!(matches!(error, SetupError::Token), "{token:?}");
        assert!(error.to_string().contains("@BotFather"));
    }
    for url in ["telegram", "mailto:a@b.nl", "http://", ""] {
        let settings = ClientSettings {
            api_url: Some(url.into()),
            ..ClientSettings::new(TOKEN.into())
        };
        let error = Telegram::new(settings, vault()).unwrap_err();
        assert!(matches!(error, SetupError::ApiUrl(_)), "{url:?}");
    }
    let client = Telegram::new(ClientSettings::new(format!(" {TOKEN}\n").into()), vault()).unwrap();
    assert_eq!(client.id().as_str(), "123456");
}
