//! What can come of a call, sorted by what to do next.

use std::error::Error;
use std::time::Duration;

use teloxide::{ApiError, RequestError};

use crate::service::delivery::DeliveryOutcome;

/// Why a call did not work. Holds no token and nothing of a message: safe to log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// 401: Telegram does not know the token.
    #[error(
        "Telegram refuses the token: ask @BotFather in Telegram for the right one (/mybots, API Token) and set AANZET_TELEGRAM_TOKEN"
    )]
    TokenRefused,
    /// 409: somebody else receives the updates.
    #[error("another program receives the updates of this bot: stop it, or use another token here")]
    OtherReceiver,
    /// 409: updates go to a webhook.
    #[error(
        "the updates of this bot go to a webhook: remove it (deleteWebhook) before asking for updates"
    )]
    Webhook,
    /// 429: too much; wait this long.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    TooMany(Duration),
    /// The person cannot be written to: blocked, gone, or never wrote first.
    #[error("the chat cannot be written to")]
    Unreachable,
    /// The group is now a supergroup with another id.
    #[error("the group has become a supergroup")]
    Moved(i64),
    /// Refused, but nothing is lost by that: the press is too old, the message already as asked.
    #[error("nothing left to do ({0})")]
    Harmless(String),
    /// 400: refused for what it asks, and will be refused again.
    #[error("Telegram refuses the call ({0})")]
    Refused(String),
    /// Refused for its markup or buttons; without them it may pass.
    #[error("Telegram refuses the markup ({0})")]
    Markup(String),
    /// It was done, but the answer could not be read.
    #[error("done, with an answer that could not be read")]
    DoneUnread,
    /// Network, 5xx or nonsense: nobody knows whether it was done.
    #[error("Telegram did not answer properly ({0})")]
    Trouble(String),
}

impl From<RequestError> for CallError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Api(error) => from_api(error),
            RequestError::RetryAfter(seconds) => Self::TooMany(seconds.duration()),
            RequestError::MigrateToChatId(chat) => Self::Moved(chat.0),
            RequestError::Network(error) => {
                let what = if error.is_timeout() {
                    "no answer in time"
                } else if error.is_connect() {
                    "no connection"
                } else {
                    "the connection broke"
                };
                Self::Trouble(format!("{what}: {}", deepest(error.as_ref())))
            }
            // The raw text holds messages of people: only its shape is looked at.
            RequestError::InvalidJson { raw, .. } => {
                let done = serde_json::from_str::<serde_json::Value>(&raw)
                    .is_ok_and(|answer| answer["ok"] == true);
                if done {
                    Self::DoneUnread
                } else {
                    Self::Trouble("the answer is not what Telegram's interface sends".into())
                }
            }
            RequestError::Io(error) => Self::Trouble(error.kind().to_string()),
        }
    }
}

/// Telegram's descriptions are text without a code, and change now and then: what matters is how
/// they begin and which words they hold.
fn from_api(error: ApiError) -> CallError {
    let text = match error {
        ApiError::InvalidToken => return CallError::TokenRefused,
        ApiError::CantGetUpdates => return CallError::Webhook,
        ApiError::Unknown(text) => text,
        known => known.to_string(),
    };
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));

    if lower.starts_with("too many requests") {
        let seconds = lower
            .rsplit(' ')
            .find_map(|word| word.parse().ok())
            .unwrap_or(5);
        CallError::TooMany(Duration::from_secs(seconds))
    } else if lower.starts_with("conflict") {
        if says(&["webhook"]) {
            CallError::Webhook
        } else {
            CallError::OtherReceiver
        }
    } else if lower.starts_with("forbidden")
        || says(&[
            "chat not found",
            "user not found",
            "can't initiate conversation",
            "can't send messages to bots",
            "bot was kicked",
            "bot is not a member",
            "user is deactivated",
            "group is deactivated",
            "peer_id_invalid",
            "user_is_blocked",
            "input_user_deactivated",
        ])
    {
        CallError::Unreachable
    } else if says(&["is not modified", "query is too old", "query_id_invalid"]) {
        CallError::Harmless(brief(&text))
    } else if says(&[
        "can't parse entities",
        "can't find end",
        "button_url_invalid",
        "button_data_invalid",
        "inline keyboard",
        "reply markup",
    ]) {
        CallError::Markup(brief(&text))
    } else if lower.starts_with("bad request") || says(&["too large"]) {
        CallError::Refused(brief(&text))
    } else {
        CallError::Trouble(brief(&text))
    }
}

/// The first two parts of a description. What follows may quote the message ("…: unsupported start
/// tag "…" at byte offset 5"), and must not get into logs.
fn brief(text: &str) -> String {
    let parts: Vec<&str> = text.split(':').take(2).collect();
    let short: String = parts.join(":").chars().take(100).collect();
    match short.split_once('"') {
        Some((before, _)) => before.trim_end().to_owned(),
        None => short,
    }
}

/// The innermost cause, such as "Connection refused". Outer ones name the address of the call.
fn deepest(error: &dyn Error) -> String {
    let mut cause = error.source();
    let mut text = String::from("unknown cause");
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}

impl From<CallError> for DeliveryOutcome {
    fn from(error: CallError) -> Self {
        match error {
            CallError::TokenRefused => Self::Unauthorized,
            CallError::TooMany(wait) => Self::RetryAfter(wait),
            CallError::Unreachable => Self::Blocked,
            CallError::Harmless(_) | CallError::DoneUnread => Self::Sent(None),
            CallError::Refused(_) | CallError::Markup(_) | CallError::Moved(_) => {
                Self::Never(error.to_string())
            }
            CallError::Trouble(_) | CallError::OtherReceiver | CallError::Webhook => {
                Self::Uncertain(error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn api(description: &str) -> CallError {
        let error: ApiError = serde_json::from_value(serde_json::Value::from(description)).unwrap();
        CallError::from(RequestError::Api(error))
    }

    #[rstest]
    #[case("Unauthorized", "token")]
    #[case("Not Found", "token")]
    #[case("Forbidden: bot was blocked by the user", "unreachable")]
    #[case("Forbidden: user is deactivated", "unreachable")]
    #[case(
        "Forbidden: bot can't initiate conversation with a user",
        "unreachable"
    )]
    #[case("Bad Request: chat not found", "unreachable")]
    #[case("Forbidden: bot was kicked from the supergroup chat", "unreachable")]
    #[case(
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
        "harmless"
    )]
    #[case(
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
        "harmless"
    )]
    #[case(
        "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 3",
        "markup"
    )]
    #[case("Bad Request: BUTTON_DATA_INVALID", "markup")]
    #[case("Bad Request: message is too long", "refused")]
    #[case("Request Entity Too Large", "refused")]
    #[case("Bad Request: something nobody has seen before", "refused")]
    #[case("Too Many Requests: retry after 17", "too many")]
    #[case(
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        "other receiver"
    )]
    #[case(
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        "webhook"
    )]
    #[case("Internal Server Error", "trouble")]
    #[case("Bad Gateway", "trouble")]
    fn descriptions_are_sorted(#[case] description: &str, #[case] kind: &str) {
        let found = match api(description) {
            CallError::TokenRefused => "token",
            CallError::OtherReceiver => "other receiver",
            CallError::Webhook => "webhook",
            CallError::TooMany(wait) => {
                assert_eq!(wait, Duration::from_secs(17));
                "too many"
            }
            CallError::Unreachable => "unreachable",
            CallError::Moved(_) => "moved",
            CallError::Harmless(_) => "harmless",
            CallError::Refused(_) => "refused",
            CallError::Markup(_) => "markup",
            CallError::DoneUnread => "done",
            CallError::Trouble(_) => "trouble",
        };
        assert_eq!(found, kind);
    }

    #[test]
    fn nothing_of_a_message_gets_into_the_text_of_an_error() {
        let error = api("Bad Request: can't parse entities: unexpected end near \"mijn schuld\"");
        assert!(!error.to_string().contains("schuld"), "{error}");
        let error = api("Bad Request: strange value \"mijn schuld\"");
        assert!(!error.to_string().contains("schuld"), "{error}");
    }

    fn invalid(raw: &str) -> CallError {
        let source = serde_json::from_str::<u8>("x").unwrap_err();
        CallError::from(RequestError::InvalidJson {
            source: source.into(),
            raw: raw.into(),
        })
    }

    #[test]
    fn an_unreadable_answer_that_says_ok_counts_as_done() {
        assert_eq!(
            invalid(r#"{"ok":true,"result":{"odd":1}}"#),
            CallError::DoneUnread
        );
        let garbled = invalid("<html>mijn geheim</html>");
        assert!(matches!(garbled, CallError::Trouble(_)));
        assert!(!format!("{garbled:?}").contains("geheim"));
    }
}
