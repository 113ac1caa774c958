//! The whole door, from what Telegram sends to what stands in the database: no valid BSN or account number gets
//! through, however it is spaced or wrapped, and in whatever way it is sent.
#![expect(clippy::expect_used, reason = "a test that cannot go on must fail")]

use std::cell::Cell;

use aanzet::domain::{BotId, LibraryId, Timestamp};
use aanzet::safety::Rules;
use aanzet::service::Intake;
use aanzet::store::{Store, Vault};
use aanzet::telegram::{Signer, decode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use unicode_normalization::UnicodeNormalization;

/// What people and their phones put in a number.
fn separator() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => Just(""),
        1 => prop::sample::select(vec![
            " ", ".", "-", "/", "\u{A0}", "\n", "\u{200B}", "\u{2009}", "–", " - ", "\r\n", "\u{AD}", "\u{2060}", "  ", "\t",
        ]),
    ]
}

/// A number with something between its signs, its digits in one of several scripts; beside it the number itself.
fn spaced(number: impl Strategy<Value = String>) -> impl Strategy<Value = (String, String)> {
    (
        number,
        prop::collection::vec(separator(), 40),
        prop::sample::select(vec![0x30_u32, 0x30, 0x30, 0xFF10, 0x660, 0x1D7CE]),
    )
        .prop_map(|(number, gaps, zero)| {
            let mut text = String::new();
            for (at, sign) in number.chars().enumerate() {
                if at > 0 {
                    text.push_str(gaps[at % gaps.len()]);
                }
                let digit = sign.to_digit(10).and_then(|d| char::from_u32(zero + d));
                text.push(digit.unwrap_or(sign));
            }
            (number, text)
        })
}

/// A number that passes the 11-test.
fn bsn() -> impl Strategy<Value = String> {
    (1_u32..100_000_000).prop_filter_map("no last digit", |front| {
        let front = format!("{front:08}");
        let sum: u32 = front
            .bytes()
            .zip((2..=9).rev())
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        (sum % 11 < 10).then(|| format!("{front}{}", sum % 11))
    })
}

/// A number that passes mod 97, of several countries.
fn account() -> impl Strategy<Value = String> {
    let bank = prop_oneof![
        3 => "[A-Z]{4}[0-9]{10}".prop_map(|rest| ("NL", rest)),
        1 => "[0-9]{18}".prop_map(|rest| ("DE", rest)),
        1 => "[0-9]{12}".prop_map(|rest| ("BE", rest)),
        1 => "[0-9]{24}".prop_map(|rest| ("PL", rest)),
        1 => "[A-Z]{4}[0-9]{14}".prop_map(|rest| ("GB", rest)),
    ];
    (bank, any::<bool>()).prop_map(|((country, rest), small)| {
        let left = format!("{rest}{country}00").chars().fold(0, |left, c| {
            let value = c.to_digit(36).expect("a letter or digit");
            (if value > 9 { left * 100 } else { left * 10 } + value) % 97
        });
        let number = format!("{country}{:02}{rest}", 98 - left);
        if small { number.to_lowercase() } else { number }
    })
}

/// What stands around it, danger and commands included.
fn wrapped() -> impl Strategy<Value = (String, String)> {
    let short = prop::sample::select(vec![
        ("", ""),
        ("mijn bsn is ", " en nu"),
        ("(", ")"),
        ("\"", "\"."),
        ("👉", "👈"),
        ("hallo\n", "\ndank u"),
        ("nummer=", ";"),
        ("ik wil niet meer leven. ", ""),
        ("ik wil dood, ", ", help"),
        ("/start ", ""),
        ("/start@AanzetBot ", ""),
        ("/wis ", " graag"),
        ("/zomaar\n", ""),
        ("\\u0031\\n ", "\\"),
        ("{\"kind\":\"text\",\"text\":\"", "\"}"),
    ]);
    let filler = prop_oneof![4 => Just(0_usize), 1 => 0_usize..200, 1 => 4050_usize..4110];
    (short, filler, any::<bool>()).prop_map(|((before, after), filler, in_front)| {
        let filler: String = "De brief ligt hier. "
            .chars()
            .cycle()
            .take(filler)
            .collect();
        // A command is one only when it comes first.
        if in_front && !before.starts_with('/') && !filler.is_empty() {
            (format!("{filler}. {before}"), after.to_owned())
        } else {
            (before.to_owned(), format!("{after} {filler}"))
        }
    })
}

/// The update of Telegram in which a text comes.
fn update(number: i64, way: u8, text: &str) -> Value {
    let mut message = json!({
        "message_id": 7, "date": 1_790_000_000, "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": false, "first_name": "Anna"},
    });
    let kind = match way {
        0 => {
            message["photo"] = json!([{"file_id": "p"}]);
            message["caption"] = json!(text);
            "message"
        }
        1 => {
            message["text"] = json!(text);
            "edited_message"
        }
        2 => {
            message["hologram"] = json!({"depth": 3});
            message["text"] = json!(text);
            "message"
        }
        _ => {
            message["text"] = json!(text);
            "message"
        }
    };
    json!({"update_id": number, kind: message})
}

/// Letters and digits only, those of other scripts made plain.
fn squeezed(text: &str) -> String {
    text.nfkc()
        .filter_map(|c| match u32::from(c) {
            arabic @ 0x660..=0x669 => char::from_digit(arabic - 0x660, 10),
            _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
        })
        .collect()
}

#[test]
fn no_valid_number_gets_into_the_database() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("aanzet.db").display());
    let store = runtime.block_on(Store::open(&url)).unwrap();
    let vault = Vault::new(&Vault::generate_key());
    let bot = BotId::new("123456");
    let signer = Signer::new(vault.clone(), bot.clone());
    let intake = Intake::new(LibraryId::new("b"), bot, vault.clone());
    let rules = Rules::built_in();
    let last = Cell::new(0);

    let any_number = prop_oneof![spaced(bsn()), spaced(account())];
    // What failed stands in the message; nothing is written beside the sources.
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(400)
    });
    let ran = runner.run(
        &(any_number, wrapped(), 0..6_u8),
        |((plain, shown), (before, after), way)| {
            let number = last.get() + 1;
            last.set(number);
            let text = format!("{before}{shown}{after}");
            let raw = decode(&update(number, way, &text), &signer);
            let Some(raw) = raw else {
                return Err(TestCaseError::fail(format!("{text:?} is passed over")));
            };
            let incoming = intake.take(raw, &rules, Timestamp(number));
            let sealed = vault.seal(&incoming.person, incoming.address);
            let stored: String = runtime.block_on(async {
                store.accept(&[(incoming, sealed)]).await.unwrap();
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                sqlx::query_scalar("SELECT event FROM inbox WHERE update_id = $1")
                    .bind(number)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            });
            let kept = squeezed(&stored);
            prop_assert!(
                !kept.contains(&plain.to_lowercase()),
                "{plain} of {text:?} stands in {stored}"
            );
            // The row is about this message, and says what was taken out.
            let kind = if plain.len() == 9 {
                "\"bsn\""
            } else {
                "\"iban\""
            };
            prop_assert!(stored.contains(kind), "{text:?} gives {stored}");
            Ok(())
        },
    );
    assert!(ran.is_ok(), "{}", ran.unwrap_err());
}
