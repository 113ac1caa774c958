//! Runs turns: those of one person in order, of different people in parallel. Each turn is written in one
//! transaction, so that a crash at any moment repeats a turn or leaves it done, and never half-does it.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::conversation::{Effect, KeepReason, Speech, Utterance};
use crate::domain::{Event, Outgoing, PersonKey, Priority, Reply, Timestamp};
use crate::store::{Count, NewOutgoing, NewQuestion, Pending, Store, StoreError, TurnCommit};

use super::{Brain, Clock, Host, Outcome, turn};

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
            self.busy().insert(pending.person.clone());
            let engine = Arc::clone(self);
            turns.spawn(async move {
                let person = pending.person.clone();
                engine.run_turn(pending).await;
                engine.busy().remove(&person);
                drop(permit);
                // The person may have more events, which were passed over while this one ran.
                engine.events.notify_one();
            });
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
    async fn run_turn(&self, pending: Pending) {
        let now = (self.clock)();
        let brain = self.brain.load_full();
        let played = catch_unwind(AssertUnwindSafe(|| {
            turn(&brain, &self.host, pending.state.as_deref(), &pending.event)
        }));
        let commit = match played {
            Ok(outcome) => self.commit_of(&pending, outcome, now),
            Err(_) => match self.after_panic(&pending, &brain, now).await {
                Some(commit) => commit,
                None => return,
            },
        };
        let name = pending.event.name();
        match self.store.commit_turn(&commit).await {
            Ok(_) => {
                metrics::counter!("aanzet_turns_total", "event" => name).increment(1);
                self.messages.notify_one();
            }
            Err(error) => {
                tracing::error!(%error, event = name, "a turn could not be written; it will run again");
                self.postpone(&pending, &error).await;
            }
        }
    }

    /// A turn that panicked is tried again; after the last try the question goes to a person.
    async fn after_panic(
        &self,
        pending: &Pending,
        brain: &Brain,
        now: Timestamp,
    ) -> Option<TurnCommit> {
        metrics::counter!("aanzet_turn_panics_total").increment(1);
        tracing::error!(
            event = pending.event.name(),
            attempts = pending.attempts + 1,
            "a turn panicked"
        );
        if pending.attempts + 1 < self.settings.attempts {
            let pause = pause_millis(pending.attempts);
            let reason = "the turn panicked";
            if let Err(error) = self
                .store
                .postpone_event(pending.inbox_id, now.plus_millis(pause), reason)
                .await
            {
                tracing::error!(%error, "an event could not be postponed");
            }
            return None;
        }
        let speech = Speech {
            knowledge: &brain.knowledge,
            rules: &brain.rules,
            library_name: &self.host.library_name,
            municipality: self.host.municipality.as_ref(),
        };
        let mut effects = Vec::new();
        if let Event::Text { text, .. } = &pending.event {
            effects.push(Effect::Keep {
                question: text.clone(),
                reason: KeepReason::Failure,
            });
        }
        let outcome = Outcome {
            state: None,
            say: vec![super::Said {
                reply: speech.reply(&Utterance::Apology),
                priority: Priority::Normal,
            }],
            effects,
            decided: None,
        };
        Some(self.commit_of(pending, outcome, now))
    }

    async fn postpone(&self, pending: &Pending, error: &StoreError) {
        let later = (self.clock)().plus_millis(pause_millis(pending.attempts));
        if let Err(error) = self
            .store
            .postpone_event(pending.inbox_id, later, &error.to_string())
            .await
        {
            tracing::error!(%error, "an event could not be postponed");
            // The store is in trouble: do not run hot while it is.
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
            at,
        };
        let mut leave = false;
        for effect in outcome.effects {
            match effect {
                Effect::AnswerButton { callback } => commit.outgoing.push(NewOutgoing {
                    outgoing: Outgoing::AnswerButton {
                        callback,
                        toast: None,
                    },
                    priority: Priority::Normal,
                }),
                Effect::LeaveGroup => leave = true,
                Effect::Keep { question, reason } => commit.questions.push(NewQuestion {
                    id: format!("{:016x}", rand::random::<u64>()),
                    text: question,
                    reason: reason.name().into(),
                }),
                Effect::Count { name, key } => commit.counts.push(Count {
                    name: name.into(),
                    key,
                    n: 1,
                }),
                Effect::Blocked(blocked) => commit.blocked = Some(blocked),
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
        if leave {
            commit.outgoing.push(NewOutgoing {
                outgoing: Outgoing::LeaveGroup,
                priority: Priority::Normal,
            });
        }
        commit
    }
}

/// How long to wait after this many failed tries.
fn pause_millis(attempts: u32) -> i64 {
    FIRST_PAUSE_MILLIS << attempts.min(6)
}
