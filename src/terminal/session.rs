//! One conversation in memory: text in, text out.

use crate::domain::{Action, Button, Event, MessageId, Reply, Timestamp};
use crate::service::{Brain, Host, RawEvent, intake, my_data, turn};
use crate::store::{Held, HeldConversation};

/// A conversation that nothing is stored of.
pub struct Session<'a> {
    brain: &'a Brain,
    host: &'a Host,
    state: Option<String>,
    /// When the conversation began.
    began_at: Option<Timestamp>,
    messages: i32,
    choices: Vec<Action>,
}

impl<'a> Session<'a> {
    /// A new conversation.
    pub fn new(brain: &'a Brain, host: &'a Host) -> Self {
        Self {
            brain,
            host,
            state: None,
            began_at: None,
            messages: 0,
            choices: Vec::new(),
        }
    }

    /// What is said after this line. The number of a choice presses that button.
    pub fn handle(&mut self, line: &str) -> String {
        let event = self.event(line);
        let outcome = turn(self.brain, self.host, self.state.as_deref(), &event);
        let asks_for_my_data = outcome.asks_for_my_data();
        let now = now();
        self.began_at = outcome
            .state
            .is_some()
            .then(|| self.began_at.unwrap_or(now));
        self.state = outcome.state;
        self.choices.clear();
        let mut parts = Vec::new();
        for said in &outcome.say {
            self.say(&said.reply, &mut parts);
        }
        if asks_for_my_data {
            let held = self.held(now);
            let summary = my_data::summary(held.as_ref(), self.brain, self.host, now);
            self.say(&summary, &mut parts);
            parts.push(my_data::file(held.as_ref(), self.host, now));
        }
        parts.join("\n\n")
    }

    fn say(&mut self, reply: &Reply, parts: &mut Vec<String>) {
        parts.push(reply.plain());
        let buttons = self.buttons(&reply.buttons);
        if !buttons.is_empty() {
            parts.push(buttons);
        }
    }

    /// What this conversation holds in memory; nothing else is kept here.
    fn held(&self, now: Timestamp) -> Option<Held> {
        self.state.as_ref().map(|state| Held {
            conversation: Some(HeldConversation {
                state: state.clone(),
                began_at: self.began_at.unwrap_or(now),
                updated_at: now,
            }),
            ..Held::default()
        })
    }

    fn event(&mut self, line: &str) -> Event {
        self.messages += 1;
        let chosen = line
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1))
            .and_then(|index| self.choices.get(index));
        let raw = match chosen {
            Some(action) => RawEvent::Button {
                action: Some(action.clone()),
                callback: String::new(),
            },
            None => RawEvent::Text {
                text: line.to_owned(),
                message: MessageId(self.messages),
                edited: false,
            },
        };
        intake::event(raw, &self.brain.rules)
    }

    /// Numbers the buttons that do something, on from the ones above; a page is written out.
    fn buttons(&mut self, rows: &[Vec<Button>]) -> String {
        let mut lines = Vec::new();
        for button in rows.iter().flatten() {
            match button {
                Button::Do { label, action } => {
                    self.choices.push(action.clone());
                    lines.push(format!("  {}. {label}", self.choices.len()));
                }
                Button::Open { label, url } => lines.push(format!("  {label}: {url}")),
            }
        }
        lines.join("\n")
    }
}

/// The moment of the machine's clock.
fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}
