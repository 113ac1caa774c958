//! Receiving: a batch of updates is written to the inbox before the channel may forget it. Help in danger
//! goes out before that, on a path of its own, so that it also arrives when the store is down.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::future::join_all;
use tokio::sync::{Notify, Semaphore};

use crate::conversation::{Speech, Utterance};
use crate::domain::{ChatAddress, Event, Incoming, Keeping, PersonKey, Reply, Timestamp};
use crate::store::{Store, StoreError};

use super::limits::{Admittance, LimitSettings, Limits, Refused};
use super::{Brain, Clock, Intake, RawUpdate};

/// How long help in danger may hold up the batch that it came with.
const DIRECT_WITHIN: Duration = Duration::from_secs(3);

/// How long the database may take over a batch. A connection that hangs would otherwise hold up the next
/// batch, and with it the help in danger that is in there.
const ACCEPT_WITHIN: Duration = Duration::from_secs(5);

/// How many people of one batch see that an answer is coming.
const MOST_WORKING: usize = 8;

/// How many people are told at the same time that their message is not kept.
const MOST_TOLD: usize = 4;

/// How long to wait before telling somebody again who could not be told.
const TELL_AGAIN: Duration = Duration::from_secs(10);

/// How often it is counted what waits.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// How many updates are remembered for which help went out; enough for several full batches.
const REMEMBERED: usize = 1000;

/// How often one person gets help by the direct path within [`DIRECT_WINDOW`]. Who floods with danger would
/// otherwise use up what Telegram lets a bot send, and with it the help of others. What is over it goes by the
/// outbox, first in line and at its pace: nobody goes without.
const MOST_DIRECT: u32 = 5;

/// See [`MOST_DIRECT`].
const DIRECT_WINDOW: Duration = Duration::from_secs(60);

/// What a channel can do at once, beside the outbox and its pace.
pub trait Direct: Send + Sync + 'static {
    /// Says something now. True when it certainly went out within the time; false when that is not
    /// certain, and it must go by the outbox.
    fn deliver_now(
        &self,
        to: ChatAddress,
        reply: &Reply,
        within: Duration,
    ) -> impl Future<Output = bool> + Send;

    /// Tells the channel that a press was seen, without words: on the phone the button stops turning.
    /// Whether it worked does not matter.
    fn release_button(&self, callback: &str) -> impl Future<Output = ()> + Send;

    /// Shows that an answer is coming. Whether it worked does not matter.
    fn show_working(&self, to: ChatAddress) -> impl Future<Output = ()> + Send;
}

/// Why a batch is not safe yet. It may be written all the same; when it comes again, it is passed over.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store did not answer.
    #[error("the database did not answer within {} s", ACCEPT_WITHIN.as_secs())]
    Late,
}

/// The door without a store behind it: what comes in is read, and help in danger goes out.
pub struct Door<C> {
    intake: Intake,
    brain: Arc<ArcSwap<Brain>>,
    channel: Arc<C>,
    clock: Clock,
    helped: Mutex<Helped>,
}

/// The updates for which help went out by the direct path. When the store is down the same update comes
/// again and again; the help must not.
#[derive(Default)]
struct Helped {
    order: VecDeque<i64>,
    ids: HashSet<i64>,
    /// Since when, and how often since then, each person was helped by the direct path.
    people: HashMap<PersonKey, (Timestamp, u32)>,
}

impl Helped {
    /// Whether this person may be helped by the direct path once more; counts it.
    fn admits(&mut self, person: &PersonKey, now: Timestamp) -> bool {
        let fresh = |since: Timestamp| {
            let past = now.millis_since(since);
            past >= 0 && past.unsigned_abs() < DIRECT_WINDOW.as_secs() * 1000
        };
        if self.people.len() > REMEMBERED {
            self.people.retain(|_, (since, _)| fresh(*since));
            // Still a crowd: better to help some once too often than to keep count of everybody.
            if self.people.len() > REMEMBERED {
                self.people.clear();
            }
        }
        let (since, times) = self.people.entry(person.clone()).or_insert((now, 0));
        if !fresh(*since) {
            (*since, *times) = (now, 0);
        }
        *times = times.saturating_add(1);
        *times <= MOST_DIRECT
    }

    fn remember(&mut self, update_id: i64) {
        if self.ids.insert(update_id) {
            self.order.push_back(update_id);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

impl<C: Direct> Door<C> {
    /// A door for one bot.
    pub fn new(intake: Intake, brain: Arc<ArcSwap<Brain>>, channel: Arc<C>, clock: Clock) -> Self {
        Self {
            intake,
            brain,
            channel,
            clock,
            helped: Mutex::default(),
        }
    }

    /// Looks at updates that cannot be taken in yet, because the store is busy or not there. Help in danger
    /// goes out; everything else waits until they come again.
    pub async fn watch(&self, batch: Vec<RawUpdate>) {
        let brain = self.brain.load_full();
        let mut incoming = self.read(batch, &brain, (self.clock)());
        self.help_all(&mut incoming, &brain).await;
    }

    fn read(&self, batch: Vec<RawUpdate>, brain: &Brain, now: Timestamp) -> Vec<Incoming> {
        batch
            .into_iter()
            .map(|update| self.intake.take(update, &brain.rules, now))
            .collect()
    }

    async fn help_all(&self, incoming: &mut [Incoming], brain: &Brain) {
        join_all(incoming.iter_mut().map(|one| self.help(one, brain))).await;
    }

    /// Sends help at once when there is danger. What cannot be sent now, or was sent a few times just now, goes by
    /// the outbox, first in line.
    async fn help(&self, incoming: &mut Incoming, brain: &Brain) {
        let Event::Text {
            danger: Some(danger),
            help_sent,
            ..
        } = &mut incoming.event
        else {
            return;
        };
        if self.helped().ids.contains(&incoming.update_id) {
            *help_sent = true;
            return;
        }
        let admitted = self.helped().admits(&incoming.person, incoming.received_at);
        let help = brain.rules.help(danger);
        let sent = admitted
            && self
                .channel
                .deliver_now(incoming.address, &help, DIRECT_WITHIN)
                .await;
        if sent {
            *help_sent = true;
            self.helped().remember(incoming.update_id);
        }
        metrics::counter!("aanzet_danger_total", "direct" => help_sent.to_string()).increment(1);
    }

    fn helped(&self) -> MutexGuard<'_, Helped> {
        self.helped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes batches in.
pub struct Receiver<C> {
    door: Arc<Door<C>>,
    store: Store,
    events: Arc<Notify>,
    limits: Arc<Mutex<Limits>>,
    tellers: Arc<Semaphore>,
    /// How many events waited when it was last counted, and what has come since.
    waiting: AtomicU64,
}

impl<C: Direct> Receiver<C> {
    /// A receiver behind this door. `events` is notified when something was written to the inbox.
    pub fn new(
        door: Arc<Door<C>>,
        store: Store,
        events: Arc<Notify>,
        limits: LimitSettings,
    ) -> Self {
        Self {
            door,
            store,
            events,
            limits: Arc::new(Mutex::new(Limits::new(limits))),
            tellers: Arc::new(Semaphore::new(MOST_TOLD)),
            waiting: AtomicU64::new(0),
        }
    }

    /// Takes a batch in. When this returns `Ok`, nothing of the batch can be lost any more, but for what is over
    /// the limits; who sent that has been told.
    pub async fn receive(&self, batch: Vec<RawUpdate>) -> Result<(), ReceiveError> {
        let brain = self.door.brain.load_full();
        let now = (self.door.clock)();
        let mut incoming = self.door.read(batch, &brain, now);
        // First: danger that only shows over several messages counts as danger from here on.
        let verdicts = self.judge(&mut incoming, &brain, now);
        self.door.help_all(&mut incoming, &brain).await;

        let mut kept = Vec::with_capacity(incoming.len());
        for (one, verdict) in incoming.into_iter().zip(verdicts) {
            match verdict {
                Admittance::Welcome => kept.push(one),
                Admittance::Tell(refused) => self.turn_away(&one, refused, Some(&brain)),
                Admittance::Silent(refused) => self.turn_away(&one, refused, None),
            }
        }
        let asked: Vec<ChatAddress> = kept
            .iter()
            .filter(|one| matches!(one.event, Event::Text { .. }))
            .map(|one| one.address)
            .collect();
        let sealed: Vec<_> = kept
            .into_iter()
            .map(|one| {
                let address = self.door.intake.vault().seal(&one.person, one.address);
                (one, address)
            })
            .collect();
        let accepted = tokio::time::timeout(ACCEPT_WITHIN, self.store.accept(&sealed))
            .await
            .map_err(|_| ReceiveError::Late)??;
        self.waiting.fetch_add(accepted.new, Ordering::Relaxed);
        metrics::counter!("aanzet_inbox_new_total").increment(accepted.new);
        metrics::counter!("aanzet_inbox_duplicate_total").increment(accepted.duplicate);
        self.events.notify_one();
        self.show_working(asked);
        Ok(())
    }

    /// See [`Door::watch`].
    pub async fn watch(&self, batch: Vec<RawUpdate>) {
        self.door.watch(batch).await;
    }

    /// Decides about each event in order. What is about danger is always welcome, and so is what nobody can
    /// send in masses.
    fn judge(&self, incoming: &mut [Incoming], brain: &Brain, now: Timestamp) -> Vec<Admittance> {
        let waiting = self.waiting.load(Ordering::Relaxed);
        let mut limits = self.limits();
        incoming
            .iter_mut()
            .map(|one| {
                if let Event::Text { text, danger, .. } = &mut one.event
                    && danger.is_none()
                    && let Some(before) = limits.said_before(&one.person)
                {
                    *danger = brain.rules.detect_across(before, text);
                }
                let limited = match &one.event {
                    Event::Text { danger, .. } => danger.is_none(),
                    Event::Command { .. } | Event::Media { .. } | Event::Button { .. } => true,
                    Event::Blocked | Event::Unblocked | Event::AddedToGroup => false,
                };
                if !limited {
                    return Admittance::Welcome;
                }
                let again = limits.knows(one.update_id);
                let verdict = limits.admit(now, one.update_id, &one.person, waiting);
                if let Event::Text { text, .. } = &one.event
                    && !again
                {
                    limits.says(now, &one.person, text);
                }
                verdict
            })
            .collect()
    }

    /// Does not keep an event: the button stops turning, and with a brain the person is told why. Beside
    /// everything else, and never many at once: what is under way for others goes first.
    fn turn_away(&self, one: &Incoming, refused: Refused, brain: Option<&Brain>) {
        let reason = match refused {
            Refused::TooMany(_) => "too_many",
            Refused::VeryBusy(_) => "very_busy",
        };
        metrics::counter!("aanzet_turned_away_total", "reason" => reason).increment(1);
        let button = match &one.event {
            Event::Button { callback, .. } => Some(callback.clone()),
            _ => None,
        };
        let words = brain.map(|brain| words(brain, refused));
        if button.is_none() && words.is_none() {
            return;
        }
        let Ok(place) = Arc::clone(&self.tellers).try_acquire_owned() else {
            if words.is_some() {
                self.limits().not_told(&one.person);
            }
            return;
        };
        let (channel, limits) = (Arc::clone(&self.door.channel), Arc::clone(&self.limits));
        let (to, person) = (one.address, one.person.clone());
        tokio::spawn(async move {
            if let Some(callback) = button {
                channel.release_button(&callback).await;
            }
            let Some(words) = words else { return };
            let told = channel.deliver_now(to, &words, DIRECT_WITHIN).await;
            drop(place);
            if !told {
                tokio::time::sleep(TELL_AGAIN).await;
                not_told(&limits, &person);
            }
        });
    }

    /// Counts what waits, every second and for ever. Beside what is being received, so that a slow database
    /// holds up nothing.
    pub async fn keep_counting(&self) {
        let most = self.limits().settings().waiting.saturating_add(1);
        loop {
            let counted = tokio::time::timeout(ACCEPT_WITHIN, self.store.waiting_events(most));
            // A database that does not answer is told of by what cannot do without it.
            if let Ok(Ok(number)) = counted.await {
                self.waiting.store(number, Ordering::Relaxed);
                metrics::gauge!("aanzet_inbox_waiting").set(number as f64);
            }
            tokio::time::sleep(COUNT_EVERY).await;
        }
    }

    /// Shows everyone who asked something that an answer is coming. Not for a crowd: then answers matter more.
    fn show_working(&self, asked: Vec<ChatAddress>) {
        for to in asked.into_iter().take(MOST_WORKING) {
            let channel = Arc::clone(&self.door.channel);
            tokio::spawn(async move { channel.show_working(to).await });
        }
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_told(limits: &Mutex<Limits>, person: &PersonKey) {
    limits
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .not_told(person);
}

/// What somebody hears whose message is not kept.
fn words(brain: &Brain, refused: Refused) -> Reply {
    let utterance = match refused {
        Refused::TooMany(wait) => Utterance::TooMany { wait },
        Refused::VeryBusy(wait) => Utterance::VeryBusy { wait },
    };
    let keeping = Keeping::default();
    let speech = Speech {
        knowledge: &brain.knowledge,
        rules: &brain.rules,
        library_name: "",
        municipality: None,
        keeping: &keeping,
        privacy_contact: None,
        ask: 0,
    };
    speech.reply(&utterance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_floods_with_danger_is_helped_directly_a_few_times_a_minute() {
        let mut helped = Helped::default();
        let (eve, anna) = ("eve".into(), "anna".into());
        let times = |helped: &mut Helped, person, at| {
            (0..20)
                .filter(|_| helped.admits(person, Timestamp(at)))
                .count()
        };
        assert_eq!(times(&mut helped, &eve, 0), 5);
        assert_eq!(
            times(&mut helped, &anna, 0),
            5,
            "of others it takes nothing"
        );
        assert_eq!(times(&mut helped, &eve, 59_999), 0);
        assert_eq!(times(&mut helped, &eve, 60_000), 5);
        assert_eq!(times(&mut helped, &eve, 0), 5, "the clock was set back");
    }

    #[test]
    fn of_a_crowd_not_everybody_is_remembered() {
        let mut helped = Helped::default();
        for n in 0..5_000 {
            assert!(helped.admits(&PersonKey::new(n.to_string()), Timestamp(n)));
            assert!(helped.people.len() <= REMEMBERED + 1);
        }
    }
}
