//! Runs turns: those of one person in order, of different people in parallel. Each turn is written in one
//! transaction, so that a crash at any moment repeats a turn or leaves it done, and never half-does it.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::conversation::{Effect, KeepReason, Utterance};
use crate::domain::{DataForm, Event, Outgoing, PersonKey, Priority, Reply, Timestamp};
use crate::safety::{self, Scope};
use crate::store::{
    Count, ForgetList, Forgotten, NewOutgoing, NewQuestion, Pending, Store, TurnCommit,
};

use super::{Brain, Clock, Host, Outcome, Said, turn};

/// How long the engine waits before it looks for work that nobody told it of.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The first pause after a failed turn; doubles with every try.
const FIRST_PAUSE_MILLIS: i64 = 1000;

/// Splits a reply into what fits in one message of the channel.
pub type Splitter = Arc<dyn Fn(&Reply) -> Vec<Reply> + Send + Sync>;

/// How turns are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineSettings {
    /// Turns of different people at once.
    pub parallel: usize,
    /// Tries of one event before it goes to a person.
    pub attempts: u32,
}

/// Runs turns until it is told to stop.
pub struct Engine {
    store: Store,
    forgotten: ForgetList,
    brain: Arc<ArcSwap<Brain>>,
    host: Host,
    split: Splitter,
    clock: Clock,
    settings: EngineSettings,
    /// Told when there is an event.
    events: Arc<Notify>,
    /// Tells when there is something to send.
    messages: Arc<Notify>,
    busy: Mutex<HashSet<PersonKey>>,
}

/// What an engine needs.
pub struct EngineParts {
    /// Where events wait and turns are written.
    pub store: Store,
    /// Where it is noted who is forgotten, before anything is erased.
    pub forgotten: ForgetList,
    /// What the bot knows; read anew for each turn.
    pub brain: Arc<ArcSwap<Brain>>,
    /// For whom the bot speaks.
    pub host: Host,
    /// How replies are split.
    pub split: Splitter,
    /// What time it is.
    pub clock: Clock,
    /// How turns are run.
    pub settings: EngineSettings,
    /// Told when there is an event.
    pub events: Arc<Notify>,
    /// Tells when there is something to send.
    pub messages: Arc<Notify>,
}

impl Engine {
    /// An engine that stands still.
    pub fn new(parts: EngineParts) -> Arc<Self> {
        Arc::new(Self {
            store: parts.store,
            forgotten: parts.forgotten,
            brain: parts.brain,
            host: parts.host,
            split: parts.split,
            clock: parts.clock,
            settings: parts.settings,
            events: parts.events,
            messages: parts.messages,
            busy: Mutex::default(),
        })
    }

    /// Runs until `stop`; then finishes the turns that run.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let turns = TaskTracker::new();
        let places = Arc::new(Semaphore::new(self.settings.parallel));
        loop {
            if stop.is_cancelled() {
                break;
            }
            let started = self.start_what_waits(&turns, &places).await;
            if started == 0 {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = self.events.notified() => {}
                    () = tokio::time::sleep(LOOK_AGAIN) => {}
                }
            }
        }
        turns.close();
        turns.wait().await;
    }

    /// Starts a turn for everyone who waits, as far as there is place. Returns how many.
    async fn start_what_waits(
        self: &Arc<Self>,
        turns: &TaskTracker,
        places: &Arc<Semaphore>,
    ) -> usize {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            return 0;
        };
        let mut place = Some(place);
        let busy = self.busy().clone();
        let limit = u32::try_from(places.available_permits() + 1).unwrap_or(u32::MAX);
        let waiting = match self.store.pending((self.clock)(), &busy, limit).await {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::error!(%error, "the waiting events cannot be read; trying again");
                return 0;
            }
        };
        let mut started = 0;
        for pending in waiting {
            let Some(permit) = place
                .take()
                .or_else(|| Arc::clone(places).try_acquire_owned().ok())
            else {
                break;
            };
            let busy = Busy::new(Arc::clone(self), pending.person.clone(), permit);
            turns.spawn(async move { busy.engine.run_turn(&pending).await });
            started += 1;
        }
        started
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, HashSet<PersonKey>> {
        self.busy
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Plays one turn and writes it. Whatever goes wrong, the event stays until it is done.
    async fn run_turn(&self, pending: &Pending) {
        let now = (self.clock)();
        let brain = self.brain.load_full();
        let played = caught(|| {
            let outcome = turn(&brain, &self.host, pending.state.as_deref(), &pending.event);
            self.commit_of(pending, outcome, now)
        });
        let name = pending.event.name();
        let commit = match played {
            Some(commit) => commit,
            None => {
                metrics::counter!("aanzet_turn_panics_total").increment(1);
                let attempts = pending.attempts + 1;
                tracing::error!(event = name, attempts, "a turn panicked");
                if attempts < self.settings.attempts && !lacks_help(&pending.event) {
                    return self.postpone(pending, "the turn panicked").await;
                }
                let last_resort = caught(|| {
                    let outcome = self.last_resort(&pending.event, &brain);
                    self.commit_of(pending, outcome, now)
                });
                match last_resort {
                    Some(commit) => commit,
                    None if attempts < self.settings.attempts => {
                        return self.postpone(pending, "the turn panicked").await;
                    }
                    None => return self.bury(pending).await,
                }
            }
        };
        if commit.erase
            && let Err(reason) = self.note_forgotten(&commit).await
        {
            tracing::error!(%reason, "somebody who wants to be forgotten could not be noted; it is tried again");
            return self
                .postpone(pending, "the list of forgotten people cannot be written")
                .await;
        }
        match self.store.commit_turn(&commit).await {
            Ok(_) => {
                metrics::counter!("aanzet_turns_total", "event" => name).increment(1);
                self.messages.notify_one();
            }
            Err(error) => {
                tracing::error!(%error, event = name, "a turn could not be written; it will run again");
                self.postpone(pending, &error.to_string()).await;
            }
        }
    }

    /// Notes on the disk who is forgotten. From here on a crash ends in an erasure.
    async fn note_forgotten(&self, commit: &TurnCommit) -> Result<(), String> {
        let list = self.forgotten.clone();
        let forgotten = Forgotten {
            person: commit.person.clone(),
            until: commit.at,
        };
        let noted = tokio::task::spawn_blocking(move || list.add(&forgotten)).await;
        noted
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }

    /// What is done about an event on which the program fails: help in danger is given, a question goes to
    /// a person. The state is forgotten, for it may be the cause.
    fn last_resort(&self, event: &Event, brain: &Brain) -> Outcome {
        let mut effects = Vec::new();
        let utterance = match event {
            Event::Text {
                danger: Some(danger),
                help_sent,
                ..
            } => (!help_sent).then(|| Utterance::Danger(danger.clone())),
            Event::Text { text, .. } => {
                let reason = KeepReason::Failure;
                effects.push(Effect::Keep {
                    question: text.clone(),
                    reason,
                });
                Some(Utterance::Kept { reason })
            }
            Event::Button { callback, .. } => {
                effects.push(Effect::AnswerButton {
                    callback: callback.clone(),
                });
                Some(Utterance::OldButton)
            }
            Event::Command { .. } => Some(Utterance::Help),
            Event::Media { media, .. } => Some(Utterance::Media(*media)),
            Event::Blocked => {
                effects.push(Effect::Blocked(true));
                None
            }
            Event::Unblocked => None,
            Event::AddedToGroup => {
                effects.push(Effect::LeaveGroup);
                None
            }
        };
        // The conversation is forgotten, so nothing stands open.
        let speech = self.host.speech(brain, 0);
        let said = utterance.map(|utterance| Said {
            priority: utterance.priority(),
            reply: speech.reply(&utterance),
        });
        Outcome {
            state: None,
            say: said.into_iter().collect(),
            effects,
            decided: None,
        }
    }

    async fn postpone(&self, pending: &Pending, reason: &str) {
        let later = (self.clock)().plus_millis(pause_millis(pending.attempts));
        if let Err(error) = self
            .store
            .postpone_event(pending.inbox_id, later, reason)
            .await
        {
            tracing::error!(%error, "an event could not be postponed");
            // The store is in trouble: do not run hot while it is.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Gives up on an event that nothing can be done about, so that what the person sent later gets its turn.
    async fn bury(&self, pending: &Pending) {
        let reason = "the turn panicked, and so did its last resort";
        if let Err(error) = self
            .store
            .bury_event(pending.inbox_id, (self.clock)(), reason)
            .await
        {
            tracing::error!(%error, "an event could not be given up");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn commit_of(&self, pending: &Pending, outcome: Outcome, at: Timestamp) -> TurnCommit {
        let mut commit = TurnCommit {
            inbox_id: pending.inbox_id,
            library: pending.library.clone(),
            person: pending.person.clone(),
            state: outcome.state,
            outgoing: Vec::new(),
            questions: Vec::new(),
            counts: vec![Count {
                name: "turn".into(),
                key: pending.event.name().into(),
                n: 1,
            }],
            // Whoever writes or presses can be written to again.
            blocked: Some(false),
            erase: false,
            at,
        };
        let mut leave = false;
        let mut my_data = false;
        for effect in outcome.effects {
            match effect {
                Effect::AnswerButton { callback } => commit.outgoing.push(NewOutgoing {
                    outgoing: Outgoing::AnswerButton {
                        callback,
                        toast: None,
                    },
                    priority: Priority::Normal,
                }),
                Effect::DeleteMessage { message } => commit.outgoing.push(NewOutgoing {
                    outgoing: Outgoing::DeleteMessage { message },
                    priority: Priority::Normal,
                }),
                Effect::LeaveGroup => leave = true,
                Effect::Keep { question, reason } => commit.questions.push(NewQuestion {
                    id: format!("{:016x}", rand::random::<u64>()),
                    // The list is read by others than who has the conversation, so more is masked than
                    // at the door.
                    text: safety::mask(&question, Scope::Record).text,
                    reason: reason.name().into(),
                }),
                Effect::Count { name, key } => commit.counts.push(Count {
                    name: name.into(),
                    key,
                    n: 1,
                }),
                Effect::Blocked(blocked) => commit.blocked = Some(blocked),
                Effect::MyData => my_data = true,
                Effect::Erase => commit.erase = true,
                Effect::Say(_) => {}
            }
        }
        for said in outcome.say {
            for reply in (self.split)(&said.reply) {
                commit.outgoing.push(NewOutgoing {
                    outgoing: Outgoing::Say { reply },
                    priority: said.priority,
                });
            }
        }
        if my_data {
            for form in [DataForm::Summary, DataForm::File] {
                commit.outgoing.push(NewOutgoing {
                    outgoing: Outgoing::MyData { form },
                    priority: Priority::Normal,
                });
            }
        }
        if leave {
            commit.outgoing.push(NewOutgoing {
                outgoing: Outgoing::LeaveGroup,
                priority: Priority::Normal,
            });
        }
        commit
    }
}

/// A person whose turn runs, with the place that it takes. However the turn ends, both are free after it.
struct Busy {
    engine: Arc<Engine>,
    person: PersonKey,
    _place: OwnedSemaphorePermit,
}

impl Busy {
    fn new(engine: Arc<Engine>, person: PersonKey, place: OwnedSemaphorePermit) -> Self {
        engine.busy().insert(person.clone());
        Self {
            engine,
            person,
            _place: place,
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.engine.busy().remove(&self.person);
        // The person may have more events, which were passed over while this one ran.
        self.engine.events.notify_one();
    }
}

/// Does `work`; `None` when it panicked.
fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// True for a message about danger of which the help has not gone out.
fn lacks_help(event: &Event) -> bool {
    matches!(
        event,
        Event::Text {
            danger: Some(_),
            help_sent: false,
            ..
        }
    )
}

/// How long to wait after this many failed tries.
fn pause_millis(attempts: u32) -> i64 {
    FIRST_PAUSE_MILLIS << attempts.min(6)
}

#[cfg(test)]
mod tests;
