//! What residents and operators live through, against the real program and a Telegram of our own. Written
//! from what is promised, not from the code.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what only tests use may stop a test"
)]

#[path = "../support/bot_api/mod.rs"]
mod bot_api;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/program.rs"]
mod program;

mod attack;
mod fake;
mod life;
mod limits;
mod network;
mod odd;
mod privacy;
mod proof;
mod safety;
mod talk;

/// Questions that the knowledge of the tests answers, each with a sentence of its answer.
pub(crate) const QUESTIONS: [(&str, &str); 6] = [
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

/// A question that no article answers.
pub(crate) const UNANSWERABLE: &str = "Hoeveel kilo hooi eet een olifant in de dierentuin?";

/// What the bot says when it hands a question to a person.
pub(crate) const HANDED_OFF: &str = "lijst voor een medewerker";
