//! Everything that is not a plain question.

use serde_json::{Value, json};

use crate::bot_api::{BotApi, PATIENCE, Resident};
use crate::program::Home;
use crate::{QUESTIONS, UNANSWERABLE};

fn file(name: &str) -> Value {
    json!({"file_id": name, "file_unique_id": name, "width": 100, "height": 100, "length": 100, "duration": 3})
}

#[test]
fn each_kind_of_message_gets_a_fitting_sentence() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let mut animation = json!({"animation": file("g"), "document": file("g")});
    animation["animation"]["mime_type"] = json!("video/mp4");
    let kinds = [
        (json!({"voice": file("v")}), "spraak"),
        (json!({"photo": [file("p")]}), "foto"),
        (json!({"video": file("v")}), "video"),
        (json!({"video_note": file("n")}), "video"),
        (json!({"document": file("d")}), "bestand"),
        (animation, "vraag"),
        (
            json!({"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": false, "is_video": false}}),
            "Leuk",
        ),
        (
            json!({"contact": {"phone_number": "+31612345678", "first_name": "Kees"}}),
            "gegevens van een ander",
        ),
        (
            json!({"location": {"latitude": 52.5, "longitude": 6.1}}),
            "kaart",
        ),
        (
            json!({"venue": {"location": {"latitude": 52.5, "longitude": 6.1}, "title": "Bieb", "address": "Plein 1"}, "location": {"latitude": 52.5, "longitude": 6.1}}),
            "kaart",
        ),
        (
            json!({"poll": {"id": "1", "question": "Wie?", "options": [], "total_voter_count": 0, "is_closed": false, "is_anonymous": true, "type": "regular", "allows_multiple_answers": false}}),
            "Daar kan ik niets mee",
        ),
        (
            json!({"dice": {"emoji": "🎲", "value": 3}}),
            "Daar kan ik niets mee",
        ),
        (json!({"audio": file("a")}), "vraag"),
        (
            json!({"story": {"id": 3, "chat": {"id": 5, "type": "private", "first_name": "X"}}}),
            "kan ik niet lezen",
        ),
        (json!({"hologram": {"depth": 3}}), "kan ik niet lezen"),
    ];
    let people: Vec<Resident<'_>> = (0..kinds.len())
        .map(|n| api.resident(2000 + n as i64))
        .collect();
    for (person, (fields, _)) in people.iter().zip(&kinds) {
        person.sends(fields.clone());
    }
    for (person, (fields, part)) in people.iter().zip(&kinds) {
        person.hears_where(&format!("{part} after {fields}"), PATIENCE, |m| {
            m.says(part)
        });
    }
    for bytes in home.all_bytes() {
        let text = String::from_utf8_lossy(&bytes.1);
        assert!(
            !text.contains("31612345678"),
            "somebody's number in {:?}",
            bytes.0
        );
    }
    api.assert_nothing_malformed();
}

#[test]
fn a_voice_message_may_become_a_note_for_a_person() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2101);
    anna.sends_voice();
    anna.hears_button("Ja");
    anna.presses("Ja");
    anna.hears("spraakbericht");
    anna.hears("lijst");
    assert!(!home.queue().trim().is_empty());
}

#[test]
fn a_sticker_and_a_photo_do_not_close_an_open_question() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2102);
    anna.says(QUESTIONS[0].0);
    anna.hears_button("Ja, klopt");
    anna.sends_sticker();
    anna.hears("Leuk");
    anna.presses("Ja, klopt");
    anna.hears("Fijn");
}

#[test]
fn a_changed_message_is_a_correction() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2103);
    let message = anna.says_message(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    anna.edits(message, QUESTIONS[5].0);
    anna.hears(QUESTIONS[5].1);
    assert!(
        anna.news().iter().any(|m| m.says("veranderd")),
        "{:?}",
        anna.news()
    );
}

#[test]
fn in_a_group_it_says_a_word_and_leaves() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let group = api.resident(-1_001_234_567_890);
    group.adds_the_bot();
    group.hears("privéchat");
    let calls = api.wait_for_calls("leavechat", 1);
    assert_eq!(calls[0].chat, Some(group.chat()));
}

#[test]
fn strangers_in_a_group_never_get_an_answer_there() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    // It is in this group from before, and never heard that it was added.
    let group = api.resident(-1_001_234_567_891);
    group.says(QUESTIONS[0].0);
    group.says("/start@aanzet_bot");
    group.says("Mijn moeder heeft schulden");
    let anna = api.resident(2104);
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
    api.wait_until_confirmed();
    for message in group.heard() {
        assert!(message.says("privéchat"), "said in a group: {message:?}");
    }
    assert!(!home.queue().contains("moeder"));
}

#[test]
fn every_press_is_answered_also_a_forged_or_old_one() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let long = "x".repeat(64);
    let forged = [
        "",
        "x",
        "x:y:z",
        "a:",
        "a:bestaat-niet",
        "s:200:paspoort-aanvragen",
        "s:-1:paspoort-aanvragen",
        "t:255:burgerzaken",
        "t:0:bestaat-niet",
        "c:bestaat-niet",
        "fj:bestaat-niet",
        "j",
        "n",
        "e",
        "<b>",
        "' OR 1=1 --",
        "😀",
        "\u{0}",
        &long,
    ];
    let people: Vec<_> = (0..forged.len())
        .map(|n| api.resident(2200 + n as i64))
        .collect();
    let presses: Vec<_> = people
        .iter()
        .zip(forged)
        .map(|(person, data)| {
            person.says("hoi");
            person.presses_data(5, data)
        })
        .collect();
    for ((person, press), data) in people.iter().zip(&presses).zip(forged) {
        person.waits_for_answer_to(press);
        person.hears_where(&format!("words after {data:?}"), PATIENCE, |_| true);
    }
    api.assert_nothing_malformed();
}

#[test]
fn a_button_works_again_when_it_is_pressed_twice() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2105);
    anna.says(QUESTIONS[0].0);
    anna.hears_button("Ja, klopt");
    let first = anna.presses("Ja, klopt");
    let second = anna.presses("Ja, klopt");
    anna.waits_for_answer_to(&first);
    anna.waits_for_answer_to(&second);
    anna.says(QUESTIONS[1].0);
    anna.hears(QUESTIONS[1].1);
}

#[test]
fn a_long_section_is_split_without_loss() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2106);
    anna.says("Hoe kan ik een moestuin huren?");
    anna.hears("In een moestuin kweek je je eigen groente");
    anna.presses("Hoe doe je het?");
    anna.hears("Tuinregel 36 gaat over zonnebloemen");
    let said: Vec<String> = anna
        .news()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert!(said.len() >= 2);
    let all = said.join("\n");
    for n in 1..=36 {
        let found = all.matches(&format!("Tuinregel {n} gaat over")).count();
        assert_eq!(found, 1, "rule {n} is there {found} times");
    }
    assert_eq!(
        all.matches("droog is, en nooit midden op de dag & nooit < 5 minuten")
            .count(),
        36
    );
    let places: Vec<_> = (1..=36)
        .map(|n| all.find(&format!("Tuinregel {n} gaat")).unwrap())
        .collect();
    assert!(places.is_sorted());
    api.assert_nothing_malformed();
}

#[test]
fn any_text_gets_words_back() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let full = "woord ".repeat(682) + "eind";
    assert_eq!(full.len(), 4096);
    let texts = [
        "<b>paspoort</b> &amp; <i>aanvragen</b> </x> <script>alert(1)</script>",
        "*paspoort* _x_ [a](javascript:b) `code` ~~~ ||x||",
        "كيف أحصل على جواز سفر؟",
        "\u{202E}troopsap nee liw ki",
        "😀🎉👍🏽👨‍👩‍👧",
        "?!?!",
        "𝕡𝕒𝕤𝕡𝕠𝕠𝕣𝕥",
        "a\u{0301}\u{0301}\u{0301}\u{0301}",
        "\u{200B}",
        &"😀".repeat(2048),
        &"a".repeat(4096),
        &full,
        "{bibliotheek} {0} %s ${x}",
        "paspoort\u{0}paspoort",
        "1",
        "0",
        "-1",
        "99999999999999999999",
        "ja",
        "nee",
    ];
    let people: Vec<_> = (0..texts.len())
        .map(|n| api.resident(2300 + n as i64))
        .collect();
    for (person, text) in people.iter().zip(texts) {
        person.says(text);
    }
    for (person, text) in people.iter().zip(texts) {
        let start: String = text.chars().take(40).collect();
        person.hears_where(&format!("words after {start:?}"), PATIENCE, |_| true);
    }
    api.assert_nothing_malformed();
    // What residents type comes back as text, never as markup.
    assert!(
        api.all_messages()
            .iter()
            .all(|m| !m.raw.contains("<script") && m.links.iter().all(|l| l.starts_with("http")))
    );
}

#[test]
fn only_emoji_is_met_with_a_question() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2107);
    anna.says("😀🎉");
    anna.hears("geen woorden");
}

#[test]
fn something_that_cannot_be_known_yet_stops_nobody() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2108);
    anna.does_something_new();
    anna.says(QUESTIONS[3].0);
    anna.hears(QUESTIONS[3].1);
    api.wait_until_confirmed();
}

#[test]
fn stop_forgets_the_conversation() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(2109);
    anna.says(QUESTIONS[0].0);
    anna.hears_button("Ja, klopt");
    anna.says("/stop");
    anna.hears("vergeten");
    anna.says("ja");
    let said = anna.hears_where("words", PATIENCE, |_| true);
    assert!(
        !said.says("Fijn"),
        "the question stood open still: {said:?}"
    );
    anna.says(UNANSWERABLE);
    anna.hears("medewerker");
}
