//! What is held about one person, for that person: a message to read, and a file with everything.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::FutureExt;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use crate::domain::{
    Action, Block, Button, DataForm, Event, Keeping, Outgoing, PersonKey, Reply, Span, Timestamp,
};
use crate::knowledge::{Texts, markdown};
use crate::store::{Held, HeldEvent, HeldMessage, HeldQuestion, Store};

use super::delivery::{OutgoingFile, PrepareMyData, Prepared};
use super::{Brain, Clock, Host};

/// Questions that are told in the message; all of them stand in the file.
const MOST_QUESTIONS: usize = 5;

/// Characters of a question that are told in the message.
const QUESTION_START: usize = 200;

/// How long after its term something may still be there: deleting goes by the hour.
const AT_THE_LATEST: Duration = Duration::from_secs(3600);

/// The name of the file.
const FILE_NAME: &str = "mijn-gegevens.json";

/// Makes what is held into what the person gets, at the moment of sending.
pub fn prepare(
    store: Store,
    brain: Arc<ArcSwap<Brain>>,
    host: Host,
    clock: Clock,
) -> PrepareMyData {
    let host = Arc::new(host);
    Arc::new(move |person: PersonKey, form| {
        let (store, brain, host) = (store.clone(), Arc::clone(&brain), Arc::clone(&host));
        let now = clock();
        async move {
            let held = store.held(&person).await?;
            let brain = brain.load();
            Ok(match form {
                DataForm::Summary => Prepared::Say(summary(held.as_ref(), &brain, &host, now)),
                DataForm::File => Prepared::File(OutgoingFile {
                    name: FILE_NAME.into(),
                    bytes: file(held.as_ref(), &host, now).into_bytes(),
                    caption: brain.knowledge.texts().my_data_caption(),
                }),
            })
        }
        .boxed()
    })
}

/// What is held, to be read: what, since when, and until when.
pub fn summary(held: Option<&Held>, brain: &Brain, host: &Host, now: Timestamp) -> Reply {
    let texts = brain.knowledge.texts();
    let Some(held) = held else {
        return Reply {
            blocks: markdown::blocks(&texts.my_data_nothing()),
            buttons: Vec::new(),
        };
    };
    let keeping = &host.keeping;
    let mut lines = Vec::new();
    lines.extend(events_line(&held.events, texts, keeping, now));
    lines.extend(messages_line(&held.messages, texts, keeping, now));
    if let Some(conversation) = &held.conversation {
        let until = latest(conversation.updated_at, keeping.conversations);
        lines.push(texts.my_data_conversation(&told(conversation.began_at), &told(until)));
    }
    for question in held.questions.iter().take(MOST_QUESTIONS) {
        lines.push(texts.my_data_question(
            &start(&question.text),
            &told(question.at),
            &day(latest(question.at, keeping.question_person)),
            &day(latest(question.at, keeping.questions)),
        ));
    }
    let more = held.questions.len().saturating_sub(MOST_QUESTIONS);
    if more > 0 {
        lines.push(texts.my_data_more_questions(&more.to_string()));
    }
    if held.address {
        lines.push(texts.my_data_address());
    }
    let mut blocks = markdown::blocks(&texts.my_data(&host.library_name));
    let items = lines.into_iter().map(|line| vec![Span::Text(line)]);
    blocks.push(Block::Bullets(items.collect()));
    blocks.extend(markdown::blocks(&texts.my_data_file()));
    Reply {
        blocks,
        buttons: vec![vec![Button::Do {
            label: texts.button_ask_erase(),
            action: Action::AskErase,
        }]],
    }
}

fn events_line(
    events: &[HeldEvent],
    texts: &Texts,
    keeping: &Keeping,
    now: Timestamp,
) -> Option<String> {
    let since = events.first()?.received_at;
    let until = events.iter().map(|event| event_until(event, keeping, now));
    Some(texts.my_data_events(
        &events.len().to_string(),
        &told(since),
        &told(until.max().unwrap_or(now)),
    ))
}

fn messages_line(
    messages: &[HeldMessage],
    texts: &Texts,
    keeping: &Keeping,
    now: Timestamp,
) -> Option<String> {
    let since = messages.first()?.created_at;
    let until = messages
        .iter()
        .map(|message| message_until(message, keeping, now));
    Some(texts.my_data_messages(
        &messages.len().to_string(),
        &told(since),
        &told(until.max().unwrap_or(now)),
    ))
}

/// Until when an event is held at the most; one that waits is handled about now.
fn event_until(event: &HeldEvent, keeping: &Keeping, now: Timestamp) -> Timestamp {
    let term = match event.state.as_str() {
        "dead" => keeping.given_up,
        _ => keeping.events,
    };
    latest(event.done_at.unwrap_or(now), term)
}

fn message_until(message: &HeldMessage, keeping: &Keeping, now: Timestamp) -> Timestamp {
    let term = match message.state.as_str() {
        "dead" => keeping.given_up,
        _ => keeping.messages,
    };
    latest(message.done_at.unwrap_or(now), term)
}

fn latest(from: Timestamp, term: Duration) -> Timestamp {
    let millis = (term + AT_THE_LATEST).as_millis();
    from.plus_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// The beginning of a text, on one line.
fn start(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUESTION_START) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or(&line)),
        None => line,
    }
}

/// The moment on the clock of the Netherlands.
fn zoned(at: Timestamp) -> Option<jiff::Zoned> {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    Some(jiff::Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone))
}

/// The moment as people write it, `22-11-2026, 21:05`.
fn told(at: Timestamp) -> String {
    zoned(at).map_or_else(
        || "?".into(),
        |at| at.strftime("%d-%m-%Y, %H:%M").to_string(),
    )
}

/// The day as people write it, `22-11-2026`.
fn day(at: Timestamp) -> String {
    zoned(at).map_or_else(|| "?".into(), |at| at.strftime("%d-%m-%Y").to_string())
}

/// The moment for programs, in RFC 3339 with the offset of the Netherlands.
fn exact(at: Timestamp) -> String {
    zoned(at).map_or_else(
        || "?".into(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}

#[derive(Serialize)]
struct File {
    gemaakt_op: String,
    bibliotheek: String,
    iets_bewaard: bool,
    chat: Option<Chat>,
    gesprek: Option<Conversation>,
    berichten_van_jou: Vec<Item>,
    berichten_van_de_bot: Vec<Item>,
    vragen_voor_een_medewerker: Vec<Question>,
}

#[derive(Serialize)]
struct Chat {
    nummer: &'static str,
    geblokkeerd_sinds: Option<String>,
    bewaard_tot: &'static str,
}

#[derive(Serialize)]
struct Conversation {
    sinds: String,
    laatst_veranderd: String,
    bewaard_tot: String,
    inhoud: Value,
}

#[derive(Serialize)]
struct Item {
    van: String,
    stand: &'static str,
    bewaard_tot: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tekst: Option<String>,
    inhoud: Value,
}

#[derive(Serialize)]
struct Question {
    nummer: String,
    van: String,
    tekst: String,
    reden: String,
    los_van_jou_na: String,
    bewaard_tot: String,
}

/// Everything that is held, as JSON: exactly what stands in the store but for the sealed address, with
/// since when and until when.
pub fn file(held: Option<&Held>, host: &Host, now: Timestamp) -> String {
    let keeping = &host.keeping;
    let nothing = Held::default();
    let found = held.unwrap_or(&nothing);
    let file = File {
        gemaakt_op: exact(now),
        bibliotheek: host.library_name.clone(),
        iets_bewaard: held.is_some(),
        chat: held.filter(|held| held.address).map(|held| Chat {
            nummer: "versleuteld bewaard",
            geblokkeerd_sinds: held.blocked_at.map(exact),
            bewaard_tot: "tot al het andere hieronder gewist is",
        }),
        gesprek: found
            .conversation
            .as_ref()
            .map(|conversation| Conversation {
                sinds: exact(conversation.began_at),
                laatst_veranderd: exact(conversation.updated_at),
                bewaard_tot: exact(latest(conversation.updated_at, keeping.conversations)),
                inhoud: value(&conversation.state),
            }),
        berichten_van_jou: found
            .events
            .iter()
            .map(|event| Item {
                van: exact(event.received_at),
                stand: stand(&event.state),
                bewaard_tot: exact(event_until(event, keeping, now)),
                tekst: typed(&event.event),
                inhoud: value(&event.event),
            })
            .collect(),
        berichten_van_de_bot: found
            .messages
            .iter()
            .map(|message| Item {
                van: exact(message.created_at),
                stand: stand(&message.state),
                bewaard_tot: exact(message_until(message, keeping, now)),
                tekst: said(&message.payload),
                inhoud: value(&message.payload),
            })
            .collect(),
        vragen_voor_een_medewerker: found
            .questions
            .iter()
            .map(|question| asked(question, keeping))
            .collect(),
    };
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn asked(question: &HeldQuestion, keeping: &Keeping) -> Question {
    Question {
        nummer: question.id.clone(),
        van: exact(question.at),
        tekst: question.text.clone(),
        reden: question.reason.clone(),
        los_van_jou_na: exact(latest(question.at, keeping.question_person)),
        bewaard_tot: exact(latest(question.at, keeping.questions)),
    }
}

fn stand(state: &str) -> &'static str {
    match state {
        "new" | "waiting" => "wacht",
        "sending" => "wordt gestuurd",
        "done" => "klaar",
        "sent" => "gestuurd",
        _ => "mislukt",
    }
}

/// What is stored, as JSON; what is no JSON stays a text.
fn value(stored: &str) -> Value {
    serde_json::from_str(stored).unwrap_or_else(|_| Value::String(stored.to_owned()))
}

/// What the person typed.
fn typed(event: &str) -> Option<String> {
    match serde_json::from_str(event).ok()? {
        Event::Text { text, .. } => Some(text),
        _ => None,
    }
}

/// What the bot said.
fn said(outgoing: &str) -> Option<String> {
    match serde_json::from_str(outgoing).ok()? {
        Outgoing::Say { reply } => Some(reply.plain()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
