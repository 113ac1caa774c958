//! A program that is killed at any moment loses no question. `AANZET_TEST_SEED` repeats the moments of an
//! earlier run; how much runs in each of them still differs.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what only tests use may stop a test"
)]

#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/bot_api/mod.rs"]
mod bot_api;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/program.rs"]
mod program;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bot_api::{BotApi, Fault, Trouble};
use program::Home;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const KILLS: usize = 20;
const CHATS: i64 = 24;

/// Questions that the knowledge of the tests answers, each with a sentence of its answer.
const QUESTIONS: [(&str, &str); 6] = [
    (
        "Hoe vraag ik bij de gemeente een nieuw paspoort aan?",
        "Een paspoort vraag je aan bij de gemeente",
    ),
    (
        "Waar kan ik mijn kapotte fiets met een lekke band laten maken?",
        "In de fietswerkplaats plakken vrijwilligers je band",
    ),
    (
        "Hoe kan ik mijn boek van de bibliotheek verlengen of langer houden?",
        "Je kunt een geleend boek drie weken langer houden",
    ),
    (
        "Waar laat ik grofvuil zoals een oude bank en een matras?",
        "Grote spullen zoals een bank of een matras",
    ),
    (
        "Hoe vind ik een nieuwe huisarts met plek voor patiënten?",
        "Zoek een huisarts dicht bij je huis",
    ),
    (
        "Waar kan ik in een taalcafé Nederlands leren praten en oefenen?",
        "In het taalcafé praat je Nederlands",
    ),
];

/// A message that was answered this shortly before a kill may not have been noted as sent yet.
const NOTING: Duration = Duration::from_millis(100);

/// How often each chat heard each answer.
fn answers(api: &BotApi) -> HashMap<(i64, usize), usize> {
    let mut heard = HashMap::new();
    for message in api.all_messages() {
        for (n, (_, answer)) in QUESTIONS.iter().enumerate() {
            if message.says(answer) {
                *heard.entry((message.chat, n)).or_default() += 1;
            }
        }
    }
    heard
}

/// How often each chat was told that its question went to a person.
fn handed_off(api: &BotApi) -> HashMap<i64, usize> {
    let mut told = HashMap::new();
    for message in api.all_messages() {
        if message.says("staat nu in de lijst voor een medewerker") {
            *told.entry(message.chat).or_default() += 1;
        }
    }
    told
}

/// Messages on their way to Telegram, or answered so shortly ago that they may not be noted as sent.
fn under_way(api: &BotApi) -> usize {
    let now = Instant::now();
    api.calls("sendmessage")
        .iter()
        .filter(|call| {
            call.done
                .is_none_or(|done| now.duration_since(done) <= NOTING)
        })
        .count()
}

/// Questions that got neither an answer nor a person.
fn lost(api: &BotApi, asked: &HashMap<(i64, usize), usize>) -> Vec<(i64, usize)> {
    let heard = answers(api);
    let mut told = handed_off(api);
    let mut lost = Vec::new();
    for (key, times) in asked {
        let missing = times.saturating_sub(heard.get(key).copied().unwrap_or(0));
        for _ in 0..missing {
            match told.get_mut(&key.0) {
                Some(left) if *left > 0 => *left -= 1,
                _ => lost.push(*key),
            }
        }
    }
    lost
}

#[test]
fn no_question_is_lost_by_killing_the_program() {
    let seed = std::env::var("AANZET_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    eprintln!("AANZET_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);

    let api = BotApi::start();
    let home = Home::with(&api);
    // Long enough that something is always on its way.
    api.fault(Fault::on(
        "sendmessage",
        Trouble::Delay(Duration::from_millis(10)),
    ));
    let people: Vec<_> = (0..CHATS).map(|n| api.resident(9_000 + n)).collect();
    let mut asked: HashMap<(i64, usize), usize> = HashMap::new();
    let mut most_repeats = 0;
    let mut waiting = Vec::new();
    for round in 0..KILLS {
        // Some kills fall into the start, before the first update is asked for.
        let program = if round % 5 == 4 {
            home.serve()
        } else {
            home.serving(&api)
        };
        let life = Duration::from_millis(random.random_range(50..1500));
        let end = Instant::now() + life;
        let mut order: Vec<usize> = (0..people.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, random.random_range(0..=i));
        }
        // Half of the questions are spread over the life of the program, and the rest come together in its
        // last moments, so that the kill falls among turns and messages of all stages.
        let (first, last) = order.split_at(order.len() / 2);
        let rush = Duration::from_millis(random.random_range(0..80));
        let pause = life.saturating_sub(rush) / first.len() as u32;
        let mut ask = |i: usize| {
            let question = (i + round) % QUESTIONS.len();
            people[i].says(QUESTIONS[question].0);
            *asked.entry((people[i].chat(), question)).or_default() += 1;
        };
        for i in first {
            ask(*i);
            std::thread::sleep(pause.min(end.saturating_duration_since(Instant::now())));
        }
        for i in last {
            ask(*i);
        }
        std::thread::sleep(rush);
        most_repeats += under_way(&api);
        program.kill();
        waiting.push(lost(&api, &asked).len());
    }

    let _program = home.serving(&api);
    let all = api.wait(Duration::from_secs(60), |api| {
        std::thread::sleep(Duration::from_millis(200));
        lost(api, &asked).is_empty().then_some(())
    });
    let lost = lost(&api, &asked);
    assert!(
        all.is_some(),
        "seed {seed}: {} questions are lost: {lost:?}; unconfirmed {}",
        lost.len(),
        api.unconfirmed()
    );
    // Whatever is still to come comes now.
    std::thread::sleep(Duration::from_millis(500));
    let heard = answers(&api);
    let questions: usize = asked.values().sum();
    let given: usize = heard.values().sum();
    let repeated: usize = heard
        .iter()
        .map(|(key, times)| times.saturating_sub(asked.get(key).copied().unwrap_or(0)))
        .sum();
    let told: usize = handed_off(&api).values().sum();
    eprintln!(
        "{KILLS} kills, {questions} questions, {given} answers, {told} to a person, {repeated} repeated; under way at the kills: {most_repeats}; waiting at the kills: {waiting:?}"
    );
    assert!(
        waiting.iter().any(|n| *n > 0) && most_repeats > 0,
        "no kill fell among questions and answers: this proved nothing"
    );
    assert!(
        repeated <= most_repeats,
        "seed {seed}: {repeated} answers repeated, with only {most_repeats} under way"
    );
    api.assert_nothing_malformed();
}
