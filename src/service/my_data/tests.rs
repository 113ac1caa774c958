//! What people get to see of themselves.

use std::sync::LazyLock;

use super::*;
use crate::domain::MessageId;
use crate::knowledge::{CheckSettings, SourceFile, read};
use crate::store::HeldConversation;

/// 18 November 2026, 12:06 in the Netherlands.
const NOW: Timestamp = Timestamp(1_795_000_000_000);

static BRAIN: LazyLock<Brain> = LazyLock::new(|| {
    let files = [SourceFile::new("artikelen/t/a.md", "# Huur\n\nBel ons.")];
    Brain::new(read(&files, &CheckSettings::default()).0).unwrap()
});

fn host() -> Host {
    Host {
        library_name: "Bibliotheek Dorp".into(),
        municipality: None,
        keeping: Keeping::default(),
        privacy_contact: None,
    }
}

fn held(questions: usize) -> Held {
    let event = Event::Text {
        text: "hoe zit dat met *huur*".into(),
        message: MessageId(1),
        edited: false,
        masked: vec![],
        danger: None,
        cut: false,
        help_sent: false,
    };
    let said = Outgoing::Say {
        reply: Reply::text("Bel ons."),
    };
    Held {
        address: true,
        blocked_at: None,
        conversation: Some(HeldConversation {
            state: r#"{"v":1}"#.into(),
            began_at: NOW,
            updated_at: NOW,
        }),
        events: vec![HeldEvent {
            event: serde_json::to_string(&event).unwrap(),
            state: "done".into(),
            received_at: NOW,
            done_at: Some(NOW),
        }],
        messages: vec![HeldMessage {
            payload: serde_json::to_string(&said).unwrap(),
            state: "sent".into(),
            created_at: NOW,
            done_at: Some(NOW),
        }],
        questions: (0..questions)
            .map(|n| HeldQuestion {
                id: n.to_string(),
                text: format!("vraag {n} {}", "lang ".repeat(100)),
                reason: "unsure".into(),
                at: NOW,
            })
            .collect(),
    }
}

#[test]
fn the_message_tells_what_since_when_and_until_when() {
    let reply = summary(Some(&held(1)), &BRAIN, &host(), NOW);
    let text = reply.plain();
    for must in [
        "Bibliotheek Dorp",
        "Berichten van jou: 1. De oudste is van 18-11-2026, 12:06. Ik wis ze voor 19-11-2026, 13:06",
        "Berichten van mij: 1",
        "Waar we over praten",
        "'vraag 0",
        "18-12-2026",
        "/wis",
    ] {
        assert!(text.contains(must), "{must} in {text}");
    }
    assert_eq!(reply.buttons.len(), 1);
}

#[test]
fn many_long_questions_still_fit_in_one_message() {
    let text = summary(Some(&held(40)), &BRAIN, &host(), NOW).plain();
    assert!(text.contains("'vraag 4") && !text.contains("'vraag 5"));
    assert!(text.contains("35"), "{text}");
    assert!(text.encode_utf16().count() < 3_500);
}

#[test]
fn the_file_has_everything_in_words_and_as_it_is_stored() {
    let file = file(Some(&held(7)), &host(), NOW);
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["gemaakt_op"], "2026-11-18T12:06:40+01:00");
    assert_eq!(file["iets_bewaard"], true);
    assert_eq!(
        file["berichten_van_jou"][0]["tekst"],
        "hoe zit dat met *huur*"
    );
    assert_eq!(file["berichten_van_jou"][0]["inhoud"]["kind"], "text");
    assert_eq!(
        file["berichten_van_jou"][0]["bewaard_tot"],
        "2026-11-19T13:06:40+01:00"
    );
    assert_eq!(file["berichten_van_de_bot"][0]["tekst"], "Bel ons.");
    assert_eq!(file["gesprek"]["inhoud"]["v"], 1);
    assert_eq!(
        file["vragen_voor_een_medewerker"].as_array().unwrap().len(),
        7
    );
}

#[test]
fn where_nothing_is_held_both_say_so() {
    let reply = summary(None, &BRAIN, &host(), NOW);
    assert_eq!(reply.plain(), "Ik bewaar nu niets over jou.");
    let file: Value = serde_json::from_str(&file(None, &host(), NOW)).unwrap();
    assert_eq!(file["iets_bewaard"], false);
    assert_eq!(file["berichten_van_jou"], serde_json::json!([]));
}

#[test]
fn what_cannot_be_read_any_more_is_shown_as_it_stands() {
    let mut held = held(0);
    held.events[0].event = "geen json".into();
    let file: Value = serde_json::from_str(&file(Some(&held), &host(), NOW)).unwrap();
    assert_eq!(file["berichten_van_jou"][0]["inhoud"], "geen json");
}
