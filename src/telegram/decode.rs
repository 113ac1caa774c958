//! Telegram's update, as it came, into our own words.
//!
//! It is read from the JSON value field by field and not through teloxide's types: those turn a
//! message with a part they do not know into one without content, and its text would be lost.
//! Here a strange field costs that field only.

use serde_json::Value;

use super::callback::Signer;
use crate::domain::{ChatAddress, MediaKind, MessageId};
use crate::service::{RawEvent, RawUpdate};

/// Telegram's number of an update; `None` when the value is no update.
pub fn update_id(update: &Value) -> Option<i64> {
    update.get("update_id")?.as_i64()
}

/// Reads an update; `buttons` knows the data of our own. `None` means that it is not for us: not from a person
/// in a private chat, a service message, or nothing we know.
pub fn decode(update: &Value, buttons: &Signer) -> Option<RawUpdate> {
    let (chat, event) = if let Some(message) = update.get("message") {
        message_event(message, false)?
    } else if let Some(message) = update.get("edited_message") {
        message_event(message, true)?
    } else if let Some(press) = update.get("callback_query") {
        button_event(press, buttons)?
    } else {
        member_event(update.get("my_chat_member")?)?
    };
    Some(RawUpdate {
        update_id: update_id(update)?,
        chat,
        event,
    })
}

fn message_event(message: &Value, edited: bool) -> Option<(ChatAddress, RawEvent)> {
    let chat = private_chat(message.get("chat")?)?;
    let from = message.get("from")?;
    if message.get("sender_chat").is_some() || is_true(from, "is_bot") {
        return None;
    }
    let number = message_number(message)?;
    let event = match words(message) {
        Some(text) => RawEvent::Text {
            text: text.to_owned(),
            message: number,
            edited,
        },
        // A changed location, poll or photo is no new message.
        None if edited => return None,
        None => RawEvent::Media {
            media: media_kind(message)?,
            message: number,
        },
    };
    Some((chat, event))
}

/// The text, or the words below a photo or file. Someone who asks a question below a photo of a
/// letter gets an answer to the question; a caption without a letter in it counts as none, unless it may be a
/// number that must not be kept.
fn words(message: &Value) -> Option<&str> {
    let text = message.get("text").and_then(Value::as_str);
    text.or_else(|| {
        let caption = message.get("caption")?.as_str()?;
        let digits = caption.chars().filter(|c| c.is_numeric()).count();
        (caption.contains(char::is_alphabetic) || digits >= 8).then_some(caption)
    })
}

fn button_event(press: &Value, buttons: &Signer) -> Option<(ChatAddress, RawEvent)> {
    let from = press.get("from")?.get("id")?.as_i64()?;
    // The message may be missing or too old to be read; its chat is then the person's own.
    let chat = match press.get("message").and_then(|message| message.get("chat")) {
        Some(chat) => private_chat(chat)?,
        None => ChatAddress(from),
    };
    let text = |name| press.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((
        chat,
        RawEvent::Button {
            action: text("data").and_then(|data| buttons.read(chat, &data)),
            callback: text("id")?,
        },
    ))
}

fn member_event(change: &Value) -> Option<(ChatAddress, RawEvent)> {
    let chat = change.get("chat")?;
    let member = change.get("new_chat_member")?;
    let status = member.get("status")?.as_str()?;
    let event = match (chat.get("type")?.as_str()?, status) {
        ("private", "kicked") => RawEvent::Blocked,
        ("private", "member") => RawEvent::Unblocked,
        ("group" | "supergroup", "member" | "administrator") => RawEvent::AddedToGroup,
        ("group" | "supergroup", "restricted") if is_true(member, "is_member") => {
            RawEvent::AddedToGroup
        }
        _ => return None,
    };
    Some((ChatAddress(chat.get("id")?.as_i64()?), event))
}

/// What a message without words is. `None` for a service message, which nobody wrote.
fn media_kind(message: &Value) -> Option<MediaKind> {
    // An animation also has a `document`, and a venue a `location`: the first match counts.
    const KINDS: [(&str, MediaKind); 20] = [
        ("voice", MediaKind::Voice),
        ("photo", MediaKind::Photo),
        ("video", MediaKind::Video),
        ("video_note", MediaKind::Video),
        ("sticker", MediaKind::Sticker),
        ("animation", MediaKind::Sticker),
        ("document", MediaKind::Document),
        ("contact", MediaKind::Contact),
        ("venue", MediaKind::Location),
        ("location", MediaKind::Location),
        ("poll", MediaKind::Game),
        ("game", MediaKind::Game),
        ("dice", MediaKind::Game),
        ("audio", MediaKind::Other),
        ("story", MediaKind::Other),
        ("checklist", MediaKind::Other),
        ("paid_media", MediaKind::Other),
        ("invoice", MediaKind::Other),
        ("users_shared", MediaKind::Other),
        ("chat_shared", MediaKind::Other),
    ];
    /// What every message has, or what says something about a message without being its content.
    const FRAME: [&str; 19] = [
        "message_id",
        "message_thread_id",
        "direct_messages_topic",
        "from",
        "date",
        "edit_date",
        "chat",
        "forward_origin",
        "is_topic_message",
        "reply_to_message",
        "external_reply",
        "quote",
        "via_bot",
        "has_protected_content",
        "is_from_offline",
        "media_group_id",
        "effect_id",
        "reply_markup",
        "caption",
    ];
    /// Messages that Telegram makes itself.
    const SERVICE: [&str; 21] = [
        "pinned_message",
        "message_auto_delete_timer_changed",
        "chat_background_set",
        "write_access_allowed",
        "connected_website",
        "proximity_alert_triggered",
        "boost_added",
        "successful_payment",
        "refunded_payment",
        "passport_data",
        "web_app_data",
        "gift",
        "unique_gift",
        "checklist_tasks_done",
        "checklist_tasks_added",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "new_chat_photo",
        "delete_chat_photo",
    ];
    let has = |name: &&str| message.get(name).is_some();
    if let Some((_, kind)) = KINDS.iter().find(|(name, _)| has(name)) {
        return Some(*kind);
    }
    if SERVICE.iter().any(has) {
        return None;
    }
    // Something newer than this list: the person deserves an answer.
    let content = message
        .as_object()?
        .keys()
        .any(|key| !FRAME.contains(&key.as_str()));
    content.then_some(MediaKind::Other)
}

fn private_chat(chat: &Value) -> Option<ChatAddress> {
    (chat.get("type")?.as_str()? == "private").then_some(())?;
    Some(ChatAddress(chat.get("id")?.as_i64()?))
}

fn message_number(message: &Value) -> Option<MessageId> {
    let number = message.get("message_id")?.as_i64()?;
    Some(MessageId(i32::try_from(number).ok()?))
}

fn is_true(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::Action;
    use crate::store::{SecretKey, Vault};

    /// An update with a message of a person in a private chat; `content` is merged into the message.
    fn message(content: Value) -> Value {
        let mut message = json!({
            "message_id": 7, "date": 1_790_000_000, "chat": {"id": 42, "type": "private"},
            "from": {"id": 42, "is_bot": false, "first_name": "Anna"},
        });
        for (key, value) in content.as_object().unwrap() {
            message[key] = value.clone();
        }
        json!({"update_id": 900, "message": message})
    }

    fn buttons() -> Signer {
        let key = SecretKey::from_hex(&"7".repeat(64)).unwrap();
        Signer::new(Vault::new(&key), "123456".into())
    }

    fn event(update: &Value) -> Option<RawEvent> {
        decode(update, &buttons()).map(|update| update.event)
    }

    fn text(text: &str, edited: bool) -> Option<RawEvent> {
        Some(RawEvent::Text {
            text: text.into(),
            message: MessageId(7),
            edited,
        })
    }

    fn media(media: MediaKind) -> Option<RawEvent> {
        Some(RawEvent::Media {
            media,
            message: MessageId(7),
        })
    }

    #[test]
    fn a_text_is_read_with_its_chat_and_number() {
        let update = decode(&message(json!({"text": "Hoi"})), &buttons()).unwrap();
        assert_eq!((update.update_id, update.chat), (900, ChatAddress(42)));
        assert_eq!(Some(update.event), text("Hoi", false));
    }

    #[test]
    fn a_changed_text_says_so() {
        let mut update = message(json!({"text": "Hoi!"}));
        update["edited_message"] = update["message"].take();
        update.as_object_mut().unwrap().remove("message");
        assert_eq!(event(&update), text("Hoi!", true));
    }

    #[test]
    fn a_live_location_that_moves_is_no_new_message() {
        let mut update = message(json!({"location": {"latitude": 52.5, "longitude": 6.1}}));
        assert_eq!(event(&update), media(MediaKind::Location));
        update["edited_message"] = update["message"].take();
        update.as_object_mut().unwrap().remove("message");
        assert_eq!(event(&update), None);
    }

    #[test]
    fn the_words_below_a_photo_count_as_text() {
        let photo = json!([{"file_id": "x", "width": 1, "height": 1}]);
        assert_eq!(
            event(&message(
                json!({"photo": photo, "caption": "Wat betekent deze brief?"})
            )),
            text("Wat betekent deze brief?", false)
        );
        assert_eq!(
            event(&message(json!({"photo": photo, "caption": "👆"}))),
            media(MediaKind::Photo)
        );
        assert_eq!(
            event(&message(json!({"photo": photo, "caption": "111 222 333"}))),
            text("111 222 333", false),
            "it may be a BSN"
        );
        assert_eq!(
            event(&message(json!({"photo": photo}))),
            media(MediaKind::Photo)
        );
    }

    #[test]
    fn every_kind_of_message_is_told_apart() {
        let kinds = [
            (json!({"voice": {}}), MediaKind::Voice),
            (json!({"video": {}}), MediaKind::Video),
            (json!({"video_note": {}}), MediaKind::Video),
            (json!({"document": {}}), MediaKind::Document),
            (json!({"sticker": {}}), MediaKind::Sticker),
            (json!({"animation": {}, "document": {}}), MediaKind::Sticker),
            (json!({"contact": {}}), MediaKind::Contact),
            (json!({"venue": {}, "location": {}}), MediaKind::Location),
            (json!({"poll": {}}), MediaKind::Game),
            (
                json!({"dice": {"emoji": "🎲", "value": 3}}),
                MediaKind::Game,
            ),
            (json!({"audio": {}}), MediaKind::Other),
            (json!({"hologram": {}}), MediaKind::Other),
        ];
        for (content, kind) in kinds {
            assert_eq!(event(&message(content)), media(kind), "{kind:?}");
        }
    }

    #[test]
    fn what_nobody_wrote_is_passed_over() {
        assert_eq!(event(&message(json!({"pinned_message": {}}))), None);
        assert_eq!(
            event(&message(json!({"sender_chat": {"id": -1}, "text": "x"}))),
            None
        );
        assert_eq!(
            event(&message(
                json!({"from": {"id": 1, "is_bot": true}, "text": "x"})
            )),
            None
        );
        assert_eq!(event(&message(json!({}))), None);
    }

    #[test]
    fn groups_and_channels_are_passed_over() {
        for kind in ["group", "supergroup", "channel"] {
            let update = message(json!({"chat": {"id": -5, "type": kind}, "text": "hallo"}));
            assert_eq!(event(&update), None, "{kind}");
        }
        assert_eq!(
            event(
                &json!({"update_id": 1, "channel_post": {"text": "x", "chat": {"id": -5, "type": "channel"}}})
            ),
            None
        );
    }

    #[test]
    fn a_text_survives_parts_that_nobody_knows() {
        let odd = json!({
            "text": "help mij", "entities": [{"type": "sparkle", "offset": "nul"}],
            "forward_origin": {"type": "from_the_moon"}, "reply_to_message": 12, "date": "gisteren",
        });
        assert_eq!(event(&message(odd)), text("help mij", false));
        // The reason for reading it ourselves: teloxide finds no text in the same message.
        let odd = message(json!({"text": "help mij", "forward_origin": {"type": "from_the_moon"}}));
        let update: teloxide::types::Update = serde_json::from_str(&odd.to_string()).unwrap();
        let teloxide::types::UpdateKind::Message(theirs) = update.kind else {
            panic!("it is a message: {:?}", update.kind);
        };
        assert_eq!(theirs.text(), None);
    }

    #[test]
    fn a_button_press_is_read_also_when_its_message_is_gone() {
        let press = |extra: Value| {
            let mut query =
                json!({"id": "77", "from": {"id": 42, "is_bot": false}, "chat_instance": "1"});
            for (key, value) in extra.as_object().unwrap() {
                query[key] = value.clone();
            }
            decode(
                &json!({"update_id": 5, "callback_query": query}),
                &buttons(),
            )
        };
        let button = |action: Option<Action>| {
            Some(RawUpdate {
                update_id: 5,
                chat: ChatAddress(42),
                event: RawEvent::Button {
                    action,
                    callback: "77".into(),
                },
            })
        };
        let chat = json!({"id": 42, "type": "private"});
        let menu = buttons().write(ChatAddress(42), &Action::Menu);
        assert_eq!(
            press(json!({"data": menu, "message": {"message_id": 1, "date": 0, "chat": chat}})),
            button(Some(Action::Menu))
        );
        assert_eq!(press(json!({"data": menu})), button(Some(Action::Menu)));
        assert_eq!(press(json!({"data": "m"})), button(None));
        let of_another = buttons().write(ChatAddress(43), &Action::Menu);
        assert_eq!(press(json!({"data": of_another})), button(None));
        assert_eq!(press(json!({"game_short_name": "quiz"})), button(None));
        assert_eq!(
            press(json!({"data": "m", "message": {"chat": {"id": -9, "type": "group"}}})),
            None
        );
    }

    #[test]
    fn blocking_and_groups_are_seen_in_the_membership() {
        let change = |kind: &str, status: &str| {
            event(&json!({"update_id": 3, "my_chat_member": {
                "chat": {"id": 42, "type": kind}, "new_chat_member": {"status": status, "is_member": true},
            }}))
        };
        assert_eq!(change("private", "kicked"), Some(RawEvent::Blocked));
        assert_eq!(change("private", "member"), Some(RawEvent::Unblocked));
        assert_eq!(change("group", "member"), Some(RawEvent::AddedToGroup));
        assert_eq!(
            change("supergroup", "administrator"),
            Some(RawEvent::AddedToGroup)
        );
        assert_eq!(
            change("supergroup", "restricted"),
            Some(RawEvent::AddedToGroup)
        );
        assert_eq!(change("supergroup", "left"), None);
        assert_eq!(change("channel", "administrator"), None);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let key = prop_oneof![
            Just("chat".to_owned()),
            Just("id".into()),
            Just("type".into()),
            Just("from".into()),
            Just("message_id".into()),
            Just("text".into()),
            Just("data".into()),
            Just("message".into()),
            Just("new_chat_member".into()),
            Just("status".into()),
            "\\PC{0,6}",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            Just(json!("private")),
            Just(json!("member")),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..8)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_json_makes_it_panic(inner in any_json(), kind in "message|edited_message|callback_query|my_chat_member") {
            let _ = decode(&inner, &buttons());
            let _ = decode(&json!({"update_id": 1, kind: inner}), &buttons());
        }

        #[test]
        fn any_text_comes_through_unchanged(words in "\\PC{1,40}", extra in any_json()) {
            let update = message(json!({"text": words, "something_new": extra}));
            prop_assert_eq!(event(&update), text(&words, false));
        }
    }
}
