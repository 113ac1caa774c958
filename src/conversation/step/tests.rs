//! Conversations, played with an understanding that does what each test says.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{DangerCategory, DangerWho};
use crate::knowledge::{CheckSettings, SourceFile, read};

/// Understands exactly the sentences that it was told about.
#[derive(Default)]
struct Told(HashMap<&'static str, (Option<Intent>, Decision, Vec<&'static str>)>);

impl Told {
    fn answers(mut self, text: &'static str, article: &'static str) -> Self {
        let decision = Decision::Answer(article.into());
        self.0.insert(text, (None, decision, vec![article, "huur"]));
        self
    }

    fn asks_which(mut self, text: &'static str, articles: &[&'static str]) -> Self {
        let decision = Decision::Choose(articles.iter().map(|id| (*id).into()).collect());
        self.0.insert(text, (None, decision, articles.to_vec()));
        self
    }

    fn means(mut self, text: &'static str, intent: Intent) -> Self {
        self.0
            .insert(text, (Some(intent), Decision::HandOff, vec![]));
        self
    }
}

impl Mind for Told {
    fn assess(&self, question: &Question) -> Assessment {
        let (intent, decision, candidates) = self
            .0
            .get(question.text.as_str())
            .cloned()
            .unwrap_or((None, Decision::HandOff, vec![]));
        Assessment {
            intent,
            verdict: Verdict {
                decision,
                candidates: candidates
                    .into_iter()
                    .map(|id| Candidate {
                        article: id.into(),
                        confidence: 0.5,
                    })
                    .collect(),
                reasons: vec![],
            },
        }
    }
}

fn knowledge() -> Knowledge {
    let files = [
        (
            "artikelen/wonen/huur.md",
            "# Huur\n\nBel ons.\n\n## Wat kost het?\n\nNiets.",
        ),
        ("artikelen/digitaal/digid.md", "# DigiD\n\nBel ons."),
    ];
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| SourceFile::new(*path, *text))
        .collect();
    read(&files, &CheckSettings::default()).0
}

/// A conversation that remembers its state.
struct Talk {
    knowledge: Knowledge,
    mind: Told,
    state: Option<State>,
    messages: i32,
    beside_danger: Option<String>,
}

impl Talk {
    fn with(mind: Told) -> Self {
        Self {
            knowledge: knowledge(),
            mind,
            state: Some(State {
                introduced: true,
                ..State::default()
            }),
            messages: 0,
            beside_danger: None,
        }
    }

    fn happens(&mut self, event: &Event) -> Step {
        let facts = Facts {
            knowledge: &self.knowledge,
            mind: &self.mind,
            municipality: None,
            beside_danger: self.beside_danger.clone(),
        };
        let step = step(self.state.clone().unwrap_or_default(), event, &facts);
        self.state.clone_from(&step.state);
        step
    }

    fn types(&mut self, text: &str) -> Vec<Effect> {
        self.messages += 1;
        let event = text_event(text, self.messages);
        without_counts(self.happens(&event).effects)
    }

    /// Presses "Ja" below the question that was asked last.
    fn presses_yes(&mut self) -> Vec<Effect> {
        let ask = self.state.as_ref().map_or(0, |state| state.ask);
        self.presses(Action::Yes { ask })
    }

    /// Presses "Ja, wis alles" below the question that was asked last.
    fn presses_erase(&mut self) -> Vec<Effect> {
        let ask = self.state.as_ref().map_or(0, |state| state.ask);
        self.presses(Action::Erase { ask })
    }

    fn presses(&mut self, action: Action) -> Vec<Effect> {
        let event = Event::Button {
            action: Some(action),
            callback: "c".into(),
        };
        let mut effects = without_counts(self.happens(&event).effects);
        assert_eq!(
            effects.remove(0),
            Effect::AnswerButton {
                callback: "c".into()
            },
            "a press is always answered, and first"
        );
        effects
    }
}

fn text_event(text: &str, message: i32) -> Event {
    Event::Text {
        text: text.into(),
        message: MessageId(message),
        edited: false,
        masked: vec![],
        cut: false,
        danger: None,
        help_sent: false,
    }
}

fn without_counts(mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.retain(|effect| !matches!(effect, Effect::Count { .. }));
    effects
}

fn say(utterance: Utterance) -> Effect {
    Effect::Say(utterance)
}

fn answer(article: &str) -> Effect {
    say(Utterance::Answer {
        article: article.into(),
        corrected: false,
    })
}

fn keep(question: &str, reason: KeepReason) -> [Effect; 2] {
    [
        Effect::Keep {
            question: question.into(),
            reason,
        },
        say(Utterance::Kept { reason }),
    ]
}

#[test]
fn a_question_that_is_known_is_answered() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    assert_eq!(talk.types("hoe digid"), [answer("digid")]);
}

#[test]
fn somebody_who_begins_with_a_question_hears_who_is_speaking_first_and_once() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    talk.state = None;
    assert_eq!(
        talk.types("hoe digid"),
        [say(Utterance::Introduction), answer("digid")]
    );
    assert_eq!(talk.types("hoe digid"), [answer("digid")]);
}

#[test]
fn a_question_that_is_not_known_is_kept_for_a_person_and_never_answered() {
    let mut talk = Talk::with(Told::default());
    assert_eq!(
        talk.types("wie wint de cup"),
        keep("wie wint de cup", KeepReason::Unsure)
    );
}

#[test]
fn the_same_question_is_kept_once_also_when_a_person_is_asked_for() {
    let mut talk = Talk::with(Told::default());
    talk.types("wie wint de cup");
    assert_eq!(
        talk.presses(Action::Person),
        [say(Utterance::Kept {
            reason: KeepReason::AskedForPerson
        })]
    );
}

#[test]
fn a_choice_is_made_by_button_or_by_number() {
    let mind = || {
        Told::default()
            .asks_which("geld", &["huur", "digid"])
            .means("2", Intent::Number(2))
            .means("9", Intent::Number(9))
    };
    let mut talk = Talk::with(mind());
    let options = vec!["huur".into(), "digid".into()];
    let offered = say(Utterance::Choose {
        options,
        after_no: false,
    });
    assert_eq!(talk.types("geld"), std::slice::from_ref(&offered));
    assert_eq!(talk.types("9"), [offered], "not on the list: shown again");
    assert_eq!(talk.types("2"), [answer("digid")]);

    let mut talk = Talk::with(mind());
    talk.types("geld");
    assert_eq!(
        talk.presses(Action::Choose("huur".into())),
        [answer("huur")]
    );
}

#[test]
fn none_of_the_choices_leads_to_a_person() {
    let mut talk = Talk::with(
        Told::default()
            .asks_which("geld", &["huur", "digid"])
            .means("ja hoor", Intent::Yes),
    );
    talk.types("geld");
    assert_eq!(
        talk.presses(Action::SomethingElse),
        [say(Utterance::OfferPerson {
            reason: KeepReason::NotHelpful
        })]
    );
    assert_eq!(talk.types("ja hoor"), keep("geld", KeepReason::NotHelpful));
}

#[test]
fn an_answer_that_does_not_fit_leads_on_to_others_and_then_to_a_person() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    talk.types("hoe digid");
    let no = || Action::Feedback {
        article: "digid".into(),
        helpful: false,
    };
    assert_eq!(
        talk.presses(no()),
        [say(Utterance::Choose {
            options: vec!["huur".into()],
            after_no: true
        })]
    );
    assert_eq!(
        talk.presses(no()),
        [say(Utterance::OfferPerson {
            reason: KeepReason::NotHelpful
        })]
    );
    assert_eq!(
        talk.presses_yes(),
        keep("hoe digid", KeepReason::NotHelpful)
    );
}

#[test]
fn klopt_dit_may_be_answered_by_typing() {
    let mind = || {
        Told::default()
            .answers("hoe digid", "digid")
            .means("ja", Intent::Yes)
            .means("nee", Intent::No)
    };
    let mut talk = Talk::with(mind());
    talk.types("hoe digid");
    assert_eq!(talk.types("ja"), [say(Utterance::FeedbackThanks)]);

    let mut talk = Talk::with(mind());
    talk.types("hoe digid");
    assert_eq!(
        talk.types("nee"),
        [say(Utterance::Choose {
            options: vec!["huur".into()],
            after_no: true
        })]
    );
    assert_eq!(
        talk.types("ja"),
        [answer("huur")],
        "the only one that was offered"
    );
}

#[test]
fn no_to_an_article_from_the_menu_says_nothing_about_the_question_before_it() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    talk.types("hoe digid");
    talk.presses(Action::Article("huur".into()));
    let no = Action::Feedback {
        article: "huur".into(),
        helpful: false,
    };
    assert_eq!(talk.presses(no), [say(Utterance::AskOtherwise)]);
}

#[test]
fn a_forged_choice_is_not_counted() {
    let event = Event::Button {
        action: Some(Action::Choose("bel mij 06".into())),
        callback: "c".into(),
    };
    let effects = Talk::with(Told::default()).happens(&event).effects;
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Count { .. })),
        "{effects:?}"
    );
}

#[test]
fn yes_to_bedoel_je_shows_the_choice_again() {
    let mut talk = Talk::with(
        Told::default()
            .asks_which("geld", &["huur", "digid"])
            .means("ja", Intent::Yes)
            .means("2", Intent::Number(2)),
    );
    let offered = talk.types("geld");
    assert_eq!(talk.types("ja"), offered);
    assert_eq!(talk.types("2"), [answer("digid")]);
}

#[test]
fn an_offer_that_is_declined_keeps_nothing() {
    let mut talk = Talk::with(Told::default().means("nee", Intent::No));
    talk.happens(&Event::Media {
        media: MediaKind::Voice,
        message: MessageId(1),
    });
    assert_eq!(talk.types("nee"), [say(Utterance::PersonDeclined)]);
    assert_eq!(talk.types("nee"), [say(Utterance::NothingOpen)]);
}

fn voice(message: i32) -> Event {
    Event::Media {
        media: MediaKind::Voice,
        message: MessageId(message),
    }
}

#[test]
fn yes_below_an_older_question_answers_nothing() {
    let mut talk = Talk::with(Told::default());
    talk.happens(&voice(1));
    let first = talk.state.as_ref().unwrap().ask;
    talk.happens(&voice(2));
    for old in [
        Action::Yes { ask: first },
        Action::No { ask: first },
        Action::Yes { ask: 0 },
    ] {
        talk.happens(&voice(3));
        assert_eq!(talk.presses(old), [say(Utterance::OldButton)]);
    }
    talk.happens(&voice(4));
    assert_eq!(
        talk.presses_yes(),
        keep("[spraakbericht]", KeepReason::Voice)
    );
    assert_eq!(
        talk.presses_yes(),
        [say(Utterance::OldButton)],
        "answered already"
    );
}

#[test]
fn a_question_after_stop_has_another_number_than_one_before_it() {
    let mut talk = Talk::with(Told::default());
    talk.happens(&voice(1));
    let before = talk.state.as_ref().unwrap().ask;
    talk.state = None;
    talk.happens(&voice(9));
    assert_ne!(talk.state.as_ref().unwrap().ask, before);
    assert_eq!(
        talk.presses(Action::Yes { ask: before }),
        [say(Utterance::OldButton)]
    );
}

#[test]
fn a_turn_that_is_played_again_asks_under_the_same_number() {
    let number = || {
        let mut talk = Talk::with(Told::default());
        talk.happens(&voice(1));
        talk.state.unwrap().ask
    };
    assert_eq!(number(), number());
}

#[test]
fn a_message_that_was_cut_says_so() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    let mut event = text_event("hoe digid", 1);
    if let Event::Text { cut, .. } = &mut event {
        *cut = true;
    }
    assert_eq!(
        without_counts(talk.happens(&event).effects),
        [say(Utterance::Cut), answer("digid")]
    );
}

#[test]
fn a_number_behind_a_command_is_told_and_taken_out_of_the_chat_too() {
    let mut talk = Talk::with(Told::default());
    let event = Event::Command {
        command: Command::Stop,
        message: MessageId(4),
        masked: vec![PersonalDataKind::Bsn],
    };
    assert_eq!(
        talk.happens(&event).effects,
        [
            say(Utterance::Masked(vec![PersonalDataKind::Bsn])),
            Effect::DeleteMessage {
                message: MessageId(4)
            },
            say(Utterance::Stopped)
        ]
    );
}

#[test]
fn in_danger_help_comes_before_what_was_hidden() {
    let mut talk = Talk::with(Told::default());
    let mut event = danger_event("ik wil dood [BSN weggehaald]", false);
    if let Event::Text { masked, .. } = &mut event {
        *masked = vec![PersonalDataKind::Bsn];
    }
    let effects = without_counts(talk.happens(&event).effects);
    assert!(
        matches!(
            &effects[..],
            [
                Effect::Say(Utterance::Danger(_)),
                Effect::Say(Utterance::Masked(_)),
                Effect::DeleteMessage { .. }
            ]
        ),
        "{effects:?}"
    );
}

#[test]
fn a_new_question_goes_before_an_open_offer() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    talk.happens(&Event::Media {
        media: MediaKind::Voice,
        message: MessageId(1),
    });
    assert_eq!(talk.types("hoe digid"), [answer("digid")]);
}

#[test]
fn somebody_who_asks_for_a_person_first_is_asked_what_to_ask() {
    let mut talk = Talk::with(Told::default().means("mens", Intent::Person));
    assert_eq!(talk.types("mens"), [say(Utterance::AskQuestionForPerson)]);
    assert_eq!(
        talk.types("mijn tuin"),
        keep("mijn tuin", KeepReason::AskedForPerson)
    );
}

#[test]
fn a_greeting_or_a_sign_is_no_question_for_a_person() {
    let mut talk = Talk::with(
        Told::default()
            .means("mens", Intent::Person)
            .means("hallo", Intent::Greeting),
    );
    talk.types("mens");
    assert_eq!(talk.types("hallo"), [say(Utterance::AskQuestionForPerson)]);
    assert_eq!(talk.types("👍"), [say(Utterance::AskQuestionForPerson)]);
    assert_eq!(
        talk.types("mijn tuin"),
        keep("mijn tuin", KeepReason::AskedForPerson)
    );
}

#[test]
fn a_short_reply_to_help_gets_the_full_help_and_a_question_its_answer() {
    let mut event = danger_event("ik zie het niet meer zitten", true);
    if let Event::Text {
        danger: Some(danger),
        ..
    } = &mut event
    {
        danger.strength = DangerStrength::Weak;
    }
    let yes_and_no = || {
        let told = Told::default().means("ja", Intent::Yes);
        Talk::with(told.means("nee", Intent::No))
    };
    // What sets at ease is for editors to say, per question that the help asks.
    for (reply, means_yes) in [("ja", true), ("nee", false)] {
        let mut talk = yes_and_no();
        talk.happens(&event);
        let step = talk.happens(&text_event(reply, 2));
        assert!(
            matches!(&step.effects[..], [Effect::Say(Utterance::AfterWeakHelp { yes, .. })]
                if *yes == means_yes),
            "{reply}: {:?}",
            step.effects
        );
        assert_eq!(step.decided.map(|d| d.kind), Some(DecisionKind::Crisis));
    }
    for reply in ["soms", "ik durf niet", "😢"] {
        let mut talk = yes_and_no();
        talk.happens(&event);
        let step = talk.happens(&text_event(reply, 2));
        assert!(
            matches!(&step.effects[..], [Effect::Say(Utterance::Danger(danger))]
                if danger.strength == DangerStrength::Strong),
            "{reply}: {:?}",
            step.effects
        );
        assert_eq!(step.decided.map(|d| d.kind), Some(DecisionKind::Crisis));
    }
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    talk.happens(&event);
    assert_eq!(talk.types("hoe digid"), [answer("digid")]);
    let long = "wie beheert de sporthal bij ons in het dorp";
    talk.happens(&event);
    assert_eq!(talk.types(long), keep(long, KeepReason::Unsure));
}

fn danger_event(text: &str, help_sent: bool) -> Event {
    Event::Text {
        text: text.into(),
        message: MessageId(1),
        edited: false,
        masked: vec![],
        cut: false,
        danger: Some(Danger {
            category: DangerCategory::A,
            strength: DangerStrength::Strong,
            language: "nl".into(),
            who: DangerWho::Writer,
        }),
        help_sent,
    }
}

#[test]
fn help_in_danger_is_the_first_thing_said_also_to_somebody_new() {
    let mut talk = Talk::with(Told::default());
    talk.state = None;
    let effects = without_counts(talk.happens(&danger_event("ik wil dood", false)).effects);
    assert!(matches!(effects[0], Effect::Say(Utterance::Danger(_))));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Keep { .. })),
        "no 'dat weet ik niet' after help"
    );
}

#[test]
fn help_that_went_out_already_is_not_said_twice_and_the_question_is_answered_after_it() {
    let mut talk = Talk::with(Told::default().answers("hoe betaal ik mijn huur", "huur"));
    talk.beside_danger = Some("hoe betaal ik mijn huur".into());
    let event = danger_event("ik wil dood. hoe betaal ik mijn huur", true);
    let step = talk.happens(&event);
    assert_eq!(without_counts(step.effects), [answer("huur")]);
    assert_eq!(step.decided.map(|d| d.kind), Some(DecisionKind::Crisis));
}

#[test]
fn words_of_danger_alone_never_lead_to_an_article() {
    let mut talk = Talk::with(Told::default().answers("ik hoor stemmen", "huur"));
    let effects = without_counts(talk.happens(&danger_event("ik hoor stemmen", true)).effects);
    assert_eq!(effects, []);
}

#[test]
fn a_changed_message_is_a_correction_of_the_question() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    talk.types("hoe dgd");
    let changed = |text: &str| Event::Text {
        text: text.into(),
        message: MessageId(1),
        edited: true,
        masked: vec![],
        cut: false,
        danger: None,
        help_sent: false,
    };
    let effects = without_counts(talk.happens(&changed("hoe digid")).effects);
    assert_eq!(
        effects,
        [say(Utterance::Answer {
            article: "digid".into(),
            corrected: true
        })]
    );
    let again = without_counts(talk.happens(&changed("hoe digid")).effects);
    assert_eq!(again, [], "nothing changed, so nothing is said");
    let questions = talk.state.unwrap_or_default().questions;
    assert_eq!(questions, ["hoe digid"], "the old words are gone");
}

#[test]
fn what_was_hidden_is_told_before_the_answer() {
    let mut talk = Talk::with(Told::default().answers("hoe digid", "digid"));
    let event = Event::Text {
        text: "hoe digid".into(),
        message: MessageId(1),
        edited: false,
        masked: vec![PersonalDataKind::Bsn],
        cut: false,
        danger: None,
        help_sent: false,
    };
    assert_eq!(
        without_counts(talk.happens(&event).effects),
        [
            say(Utterance::Masked(vec![PersonalDataKind::Bsn])),
            Effect::DeleteMessage {
                message: MessageId(1)
            },
            answer("digid")
        ]
    );
    let changed = Event::Text {
        text: "hoe digid".into(),
        message: MessageId(1),
        edited: true,
        masked: vec![PersonalDataKind::Bsn],
        cut: false,
        danger: None,
        help_sent: false,
    };
    assert_eq!(
        without_counts(talk.happens(&changed).effects),
        [Effect::DeleteMessage {
            message: MessageId(1)
        }],
        "masked it reads the same, but it may be another number"
    );
}

#[test]
fn stop_forgets_everything() {
    let mut talk = Talk::with(Told::default());
    talk.types("iets");
    let step = talk.happens(&Event::Command {
        command: Command::Stop,
        message: MessageId(2),
        masked: vec![],
    });
    assert_eq!(step.state, None);
    assert_eq!(step.effects, [say(Utterance::Stopped)]);
}

fn erase_command() -> Event {
    Event::Command {
        command: Command::Erase,
        message: MessageId(2),
        masked: vec![],
    }
}

/// A conversation in which it was just asked whether to erase.
fn asked_to_erase() -> Talk {
    let mind = Told::default()
        .answers("hoe digid", "digid")
        .means("ja", Intent::Yes)
        .means("nee", Intent::No)
        .means("wis alles", Intent::Erase)
        .means("hallo", Intent::Greeting);
    let mut talk = Talk::with(mind);
    talk.types("hoe digid");
    let effects = talk.happens(&erase_command()).effects;
    assert_eq!(effects, [say(Utterance::AskErase)]);
    talk
}

#[test]
fn everything_is_erased_after_one_yes_pressed_or_typed() {
    let mut pressed = asked_to_erase();
    let erased = [say(Utterance::Erased), Effect::Erase];
    assert_eq!(pressed.presses_erase(), erased);
    assert_eq!(pressed.state, None);
    for yes in ["ja", "wis alles"] {
        let mut typed = asked_to_erase();
        assert_eq!(typed.types(yes), erased, "{yes}");
        assert_eq!(typed.state, None);
    }
}

#[test]
fn nothing_is_erased_after_a_no() {
    let mut pressed = asked_to_erase();
    let ask = pressed.state.as_ref().map_or(0, |state| state.ask);
    assert_eq!(
        pressed.presses(Action::No { ask }),
        [say(Utterance::EraseDeclined)]
    );
    let mut typed = asked_to_erase();
    assert_eq!(typed.types("nee"), [say(Utterance::EraseDeclined)]);
    assert_eq!(
        typed.presses_erase(),
        [say(Utterance::AskErase)],
        "the button above stays, and asks again"
    );
}

#[test]
fn something_else_erases_nothing_and_says_so_before_it_is_answered() {
    let mut talk = asked_to_erase();
    assert_eq!(
        talk.types("hoe digid"),
        [say(Utterance::NotErased), answer("digid")]
    );
    assert!(talk.state.is_some());
    let mut talk = asked_to_erase();
    assert_eq!(
        talk.types("hallo"),
        [say(Utterance::NotErased), say(Utterance::Greeting)]
    );
}

#[test]
fn a_button_of_long_ago_asks_again_and_another_yes_does_not_count() {
    let mut talk = Talk::with(Told::default());
    talk.state = None;
    let old = Action::Erase { ask: 1 };
    assert_eq!(talk.presses(old.clone()), [say(Utterance::AskErase)]);
    // Not even while the question is open again: that button stood under another one.
    assert_eq!(talk.presses(old), [say(Utterance::AskErase)]);
    let another = Action::Yes { ask: 1 };
    assert_eq!(talk.presses(another), [say(Utterance::OldButton)]);
    assert_eq!(talk.presses_erase(), [say(Utterance::AskErase)]);
    assert_eq!(
        talk.presses_erase(),
        [say(Utterance::Erased), Effect::Erase]
    );
}

#[test]
fn a_yes_to_something_else_than_erasing_erases_nothing() {
    let mut talk = asked_to_erase();
    talk.happens(&Event::Media {
        media: MediaKind::Voice,
        message: MessageId(3),
    });
    let effects = talk.types("ja");
    assert!(!effects.contains(&Effect::Erase), "{effects:?}");
}

#[test]
fn what_is_held_is_shown_when_asked_for() {
    let mut talk = Talk::with(Told::default().means("wat weet je", Intent::MyData));
    let shown = [say(Utterance::MyData), Effect::MyData];
    assert_eq!(talk.types("wat weet je"), shown);
    assert_eq!(talk.presses(Action::MyData), shown);
    let step = talk.happens(&Event::Command {
        command: Command::MyData,
        message: MessageId(2),
        masked: vec![],
    });
    assert_eq!(without_counts(step.effects), shown);
    assert!(step.state.is_some());
}

#[test]
fn a_group_hears_one_word_and_is_left() {
    let step = Talk::with(Told::default()).happens(&Event::AddedToGroup);
    assert_eq!(
        step.effects,
        [say(Utterance::GroupGoodbye), Effect::LeaveGroup]
    );
    assert_eq!(step.state, None);
}

#[test]
fn a_poster_may_lead_to_an_article() {
    let mut talk = Talk::with(Told::default());
    let start = |payload: &str| Event::Command {
        command: Command::Start(Some(payload.into())),
        message: MessageId(1),
        masked: vec![],
    };
    let effects = talk.happens(&start("artikel-digid")).effects;
    assert_eq!(effects, [say(Utterance::Welcome), answer("digid")]);
    let effects = talk.happens(&start("artikel-weg")).effects;
    assert_eq!(effects, [say(Utterance::Welcome)]);
}

fn actions() -> impl Strategy<Value = Option<Action>> {
    let id = prop_oneof![Just("huur"), Just("digid"), Just("weg"), Just("~123")];
    let action =
        (0_u8..13, id, any::<u8>(), any::<bool>()).prop_map(|(kind, id, n, yes)| match kind {
            0 => Action::Menu,
            1 => Action::Theme {
                theme: id.into(),
                page: n,
            },
            2 => Action::Article(id.into()),
            3 => Action::Section {
                article: id.into(),
                section: n,
            },
            4 => Action::Feedback {
                article: id.into(),
                helpful: yes,
            },
            5 => Action::Choose(id.into()),
            6 => Action::SomethingElse,
            7 => Action::Person,
            8 => Action::Yes { ask: n.into() },
            9 => Action::MyData,
            10 => Action::AskErase,
            11 => Action::Erase { ask: n.into() },
            _ => Action::No { ask: n.into() },
        });
    proptest::option::weighted(0.9, action)
}

fn events() -> impl Strategy<Value = Event> {
    let texts = prop_oneof![
        Just("hoe digid"),
        Just("geld"),
        Just("iets anders"),
        Just("ja"),
        Just("nee"),
        Just("2"),
        Just("mens"),
        Just("wis"),
        Just("👍"),
    ];
    prop_oneof![
        (texts, 0..5_i32).prop_map(|(text, message)| text_event(text, message)),
        actions().prop_map(|action| Event::Button {
            action,
            callback: "c".into()
        }),
        Just(Event::Media {
            media: MediaKind::Voice,
            message: MessageId(1)
        }),
        Just(Event::Media {
            media: MediaKind::Sticker,
            message: MessageId(1)
        }),
        Just(Event::Command {
            command: Command::Person,
            message: MessageId(1),
            masked: vec![],
        }),
    ]
}

proptest! {
    /// Whatever somebody does, something is said: no dead ends. And what the state becomes can be
    /// written down and read again.
    #[test]
    fn there_is_always_a_reply(events in proptest::collection::vec(events(), 1..25)) {
        let mind = Told::default()
            .answers("hoe digid", "digid")
            .asks_which("geld", &["huur", "digid"])
            .means("ja", Intent::Yes)
            .means("nee", Intent::No)
            .means("2", Intent::Number(2))
            .means("mens", Intent::Person)
            .means("wis", Intent::Erase);
        let mut talk = Talk::with(mind);
        for event in events {
            let step = talk.happens(&event);
            prop_assert!(
                step.effects.iter().any(|effect| matches!(effect, Effect::Say(_))),
                "{event:?}"
            );
            let state = step.state.unwrap_or_default();
            prop_assert_eq!(State::decode(&state.encode()), state);
        }
    }
}
