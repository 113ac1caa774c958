//! An answer with updates of which one cannot be read: deeper than the reader of JSON goes (128 levels), or with
//! half a sign in a text. Read as a whole it would come again for ever, and with it nothing of anybody else would
//! ever arrive. So each is read alone; of one that fails the words are kept when they can be, and always its number,
//! with which it is confirmed.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Telegram's answer, with each update as it came.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: Vec<&'a RawValue>,
}

/// What is needed of an update to hear its words; the rest is passed over unread, however deep it is.
#[derive(Serialize, Deserialize)]
struct Words {
    update_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_query: Option<Press>,
}

#[derive(Serialize, Deserialize)]
struct Message {
    message_id: i64,
    chat: Chat,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Sender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_chat: Option<Chat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Chat {
    id: i64,
    r#type: String,
}

#[derive(Serialize, Deserialize)]
struct Sender {
    id: i64,
    #[serde(default)]
    is_bot: bool,
}

#[derive(Serialize, Deserialize)]
struct Press {
    id: String,
    from: Sender,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Below>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

/// The message that a button stands under.
#[derive(Serialize, Deserialize)]
struct Below {
    chat: Chat,
}

#[derive(Deserialize)]
struct Number {
    update_id: i64,
}

/// The updates in the text of an answer, in order. `None` when it is no answer with updates at all.
pub(super) fn updates(answer: &str) -> Option<Vec<Value>> {
    let answer: Answer<'_> = serde_json::from_str(answer).ok()?;
    let updates = answer.result.iter().filter_map(|raw| one(raw.get()));
    Some(updates.collect())
}

/// One update: whole, or its words, or its number. `None` when it has no number either.
fn one(text: &str) -> Option<Value> {
    if let Ok(update) = serde_json::from_str(text) {
        return Some(update);
    }
    metrics::counter!("aanzet_updates_unreadable_total").increment(1);
    let words = serde_json::from_str::<Words>(text).and_then(serde_json::to_value);
    let kept = words.is_ok();
    tracing::error!(kept, "an update could not be read whole");
    words.ok().or_else(|| {
        let number: Number = serde_json::from_str(text).ok()?;
        Some(json!({"update_id": number.update_id}))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::callback::Signer;
    use super::super::decode;
    use super::*;
    use crate::domain::MessageId;
    use crate::service::RawEvent;
    use crate::store::Vault;

    /// An answer with these updates, each as text.
    fn answer(updates: &[&str]) -> String {
        format!(r#"{{"ok":true,"result":[{}]}}"#, updates.join(","))
    }

    fn deep(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn beside_one_that_cannot_be_read_the_others_stay_whole() {
        let first = r#"{"update_id":1,"message":{"voice":{"duration":3}}}"#;
        let second = format!(r#"{{"update_id":2,"message":{{"x":{}}}}}"#, deep(100_000));
        let third = r#"{"update_id":3,"poll":"\ud83d"}"#;
        let read = updates(&answer(&[first, &second, third])).unwrap();
        assert_eq!(
            read,
            [
                serde_json::from_str::<Value>(first).unwrap(),
                json!({"update_id": 2}),
                json!({"update_id": 3})
            ]
        );
    }

    #[test]
    fn the_words_beside_what_cannot_be_read_are_heard() {
        let update = format!(
            r#"{{"update_id":9,"message":{{"message_id":7,"text":"help mij","reply_to_message":{},
                "chat":{{"id":42,"type":"private"}},"from":{{"id":42,"is_bot":false}}}}}}"#,
            deep(5_000)
        );
        let read = updates(&answer(&[&update])).unwrap();
        let signer = Signer::new(Vault::new(&Vault::generate_key()), "123456".into());
        assert_eq!(
            decode(&read[0], &signer).unwrap().event,
            RawEvent::Text {
                text: "help mij".into(),
                message: MessageId(7),
                edited: false,
            }
        );
    }

    #[test]
    fn what_a_message_was_said_for_stays_with_it() {
        let update = format!(
            r#"{{"update_id":9,"message":{{"message_id":7,"text":"kanaal","x":{},"sender_chat":{{"id":-1,"type":"channel"}},
                "chat":{{"id":42,"type":"private"}},"from":{{"id":42,"is_bot":false}}}}}}"#,
            deep(5_000)
        );
        let read = updates(&answer(&[&update])).unwrap();
        let signer = Signer::new(Vault::new(&Vault::generate_key()), "123456".into());
        assert_eq!(decode(&read[0], &signer), None);
    }

    #[test]
    fn what_is_no_answer_with_updates_is_none() {
        for text in [
            "",
            "<html>",
            "{}",
            r#"{"ok":false}"#,
            r#"{"result":7}"#,
            r#"{"result":[1"#,
        ] {
            assert!(updates(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}", inside in "[\\[\\]{}\",:0-9a-z\\\\]{0,60}") {
            updates(&text);
            updates(&answer(&[&inside]));
        }
    }
}
