//! The ordinary conversation.

use crate::bot_api::{BotApi, Message, PATIENCE};
use crate::program::Home;
use crate::{HANDED_OFF, QUESTIONS, UNANSWERABLE};

#[test]
fn the_welcome_says_who_speaks_and_the_commands_are_dutch() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1001);
    anna.says("/start");
    let welcome = anna.hears("computerprogramma");
    for part in ["fouten", "medewerker", "BSN", "112"] {
        assert!(welcome.says(part), "{part} is missing in: {}", welcome.text);
    }

    api.wait_for_calls("setmycommands", 1);
    let commands = api
        .wait(PATIENCE, |api| {
            Some(api.commands()).filter(|c| !c.is_empty())
        })
        .expect("commands");
    let names: Vec<&str> = commands.iter().map(|(name, _)| name.as_str()).collect();
    for name in [
        "start",
        "hulp",
        "onderwerpen",
        "medewerker",
        "privacy",
        "mijngegevens",
        "wis",
        "stop",
    ] {
        assert!(names.contains(&name), "/{name} is missing: {names:?}");
    }
    let said = commands
        .iter()
        .map(|(_, what)| what.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    assert!(said.contains("Vraag een medewerker"), "{said}");
    api.assert_nothing_malformed();
}

#[test]
fn every_command_in_the_list_does_something() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1002);
    for (command, part) in [
        ("/hulp", "112"),
        ("/privacy", "bewaar"),
        ("/mijngegevens", "bewaar"),
        ("/wis", "wissen"),
        ("/onderwerpen", "onderwerp"),
        ("/medewerker", "medewerker"),
        ("/stop", "vergeten"),
        ("/bestaatniet", "ken ik niet"),
        ("/start gemeente-x", "computerprogramma"),
    ] {
        anna.says(command);
        anna.hears(part);
    }
    api.assert_nothing_malformed();
}

#[test]
fn a_question_is_answered_with_source_and_buttons() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    for (n, (question, answer)) in QUESTIONS.iter().enumerate() {
        let anna = api.resident(1100 + n as i64);
        anna.says(question);
        let said = anna.hears(answer);
        let klopt = anna.hears_button("Ja, klopt");
        let address = "https://www.example.nl/";
        let linked = said.links.iter().any(|link| link.starts_with(address))
            || [&said, &klopt].iter().any(|message| {
                message.buttons.iter().flatten().any(|button| {
                    button
                        .url
                        .as_ref()
                        .is_some_and(|url| url.starts_with(address))
                })
            });
        assert!(linked, "no source with {said:?}");
        assert!(klopt.button("Nee").is_some());
    }
    api.assert_nothing_malformed();
}

#[test]
fn the_first_answer_tells_who_speaks() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1003);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let said = anna
        .news()
        .iter()
        .any(|message| message.says("computerprogramma"));
    assert!(
        said,
        "a resident who skips /start must hear it too: {:?}",
        anna.news()
    );
}

#[test]
fn typing_is_shown_while_an_answer_is_made() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1004);
    anna.says(QUESTIONS[0].0);
    anna.hears(QUESTIONS[0].1);
    let calls = api.wait_for_calls("sendchataction", 1);
    assert_eq!(calls[0].body["action"], "typing");
    assert_eq!(calls[0].chat, Some(1004));
}

#[test]
fn from_the_menu_to_an_article_and_its_section() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1005);
    anna.says("/onderwerpen");
    anna.hears_where("themes", PATIENCE, |m| {
        m.labels()
            .iter()
            .any(|label| label.to_lowercase().contains("burgerzaken"))
    });
    let press = anna.presses_like("burgerzaken");
    anna.hears_where("articles", PATIENCE, |m| {
        m.labels().iter().any(|label| label.contains("paspoort"))
    });
    anna.waits_for_answer_to(&press);
    anna.presses_like("paspoort");
    anna.hears(QUESTIONS[0].1);
    anna.hears_button("Wat kost het?");
    anna.presses("Wat kost het?");
    anna.hears("Het bedrag verschilt per gemeente");
    api.assert_nothing_malformed();
}

#[test]
fn klopt_dit_yes_is_thanked() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1007);
    anna.says(QUESTIONS[1].0);
    anna.hears_button("Ja, klopt");
    let press = anna.presses("Ja, klopt");
    anna.hears("Fijn");
    anna.waits_for_answer_to(&press);
}

#[test]
fn klopt_dit_no_never_ends_in_a_dead_end() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1008);
    anna.says(QUESTIONS[1].0);
    anna.hears_button("Ja, klopt");
    anna.presses("Nee");
    // Whatever is offered is turned down, until a person gets the question.
    for _ in 0..5 {
        let next = anna.hears_where("a way on", PATIENCE, |m| {
            m.says(HANDED_OFF) || !m.labels().is_empty()
        });
        if next.says("staat nu in de lijst") {
            break;
        }
        let way = ["Ja", "Vraag een medewerker", "Iets anders"]
            .into_iter()
            .find(|label| next.button(label).is_some())
            .unwrap_or_else(|| panic!("no way on from {next:?}"));
        anna.presses(way);
    }
    anna.hears("staat nu in de lijst");
    assert!(home.queue().contains("fiets"), "{}", home.queue());
}

#[test]
fn an_unsure_question_is_handed_off_honestly_and_waits_in_the_queue() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1009);
    anna.says(UNANSWERABLE);
    let said = anna.hears(HANDED_OFF);
    assert!(!said.labels().is_empty() || said.says("Bel"), "{said:?}");
    let queue = home.queue();
    assert!(queue.contains("olifant"), "{queue}");
    assert!(!queue.contains("1009"), "a number of a chat in: {queue}");
}

#[test]
fn asking_for_a_person_puts_the_question_in_the_queue() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1010);
    anna.says("medewerker");
    anna.hears("Wat wil je aan een medewerker vragen");
    anna.says("Mag mijn hond mee naar de voorleesmiddag?");
    anna.hears("staat nu in de lijst");
    assert!(home.queue().contains("hond"), "{}", home.queue());
}

#[test]
fn ja_and_nee_may_be_typed() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    for (n, typed) in ["ja", "Ja hoor!", "klopt"].into_iter().enumerate() {
        let anna = api.resident(1020 + n as i64);
        anna.says(QUESTIONS[2].0);
        anna.hears_button("Ja, klopt");
        anna.says(typed);
        anna.hears("Fijn");
    }
    let bert = api.resident(1030);
    bert.says(QUESTIONS[2].0);
    bert.hears_button("Ja, klopt");
    bert.says("nee");
    bert.hears_where("a way on", PATIENCE, |m| {
        m.says("Jammer") && !m.labels().is_empty()
    });
}

#[test]
fn a_choice_may_be_typed_as_a_number() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1011);
    anna.says("Is het gratis?");
    let choice = anna.hears_where("a choice", PATIENCE, |m| m.says("Bedoel je"));
    let second = choice.labels()[1].to_owned();
    anna.says("2");
    let said = anna.hears_button("Ja, klopt");
    assert!(said.says(&second), "not {second:?}, but {said:?}");
}

#[test]
fn the_answers_to_one_person_keep_their_order() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1012);
    let bert = api.resident(1013);
    let questions: Vec<&str> = QUESTIONS.iter().map(|(question, _)| *question).collect();
    anna.says_all(&questions);
    bert.says_all(&questions);
    for person in [&anna, &bert] {
        let last = QUESTIONS[QUESTIONS.len() - 1].1;
        person.hears(last);
        let heard: Vec<usize> = person
            .news()
            .iter()
            .filter_map(|message: &Message| {
                QUESTIONS
                    .iter()
                    .position(|(_, answer)| message.says(answer))
            })
            .collect();
        assert_eq!(heard, [0, 1, 2, 3, 4, 5]);
    }
    api.assert_nothing_malformed();
}

#[test]
fn a_short_new_question_is_not_mixed_with_the_one_before() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let _program = home.serving(&api);
    let anna = api.resident(1014);
    for (question, answer) in [
        ("Hoe kan ik mijn boek verlengen?", QUESTIONS[2].1),
        ("Waar laat ik grofvuil?", QUESTIONS[3].1),
        ("Hoe vraag ik een paspoort aan?", QUESTIONS[0].1),
        ("Waar kan ik mijn fiets laten maken?", QUESTIONS[1].1),
    ] {
        anna.says(question);
        let said = anna.hears_button("Ja, klopt");
        assert!(said.says(answer), "{question} got {said:?}");
    }
}
