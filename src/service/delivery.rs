//! Sends what stands in the outbox: in order per person, different people at the same time, at a pace
//! that the channel bears, and again after trouble.
//!
//! A message is marked *being sent* before the call and *sent* after it. After a crash those in between
//! wait again (`Store::resume_sending`): such a message may arrive twice, and never gets lost.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::pace::{Admission, Lane, Pace, PaceSettings};
use crate::domain::{ChatAddress, DataForm, MessageId, Outgoing, PersonKey, Reply, Timestamp};
use crate::store::{Address, Due, Store, StoreError};

/// Where messages go: each edge has its own.
pub trait Channel: Send + Sync + 'static {
    /// Splits a reply into parts that each fit in one message; empty when there is nothing to say.
    /// Done when a turn is committed, so that each row of the outbox is one message.
    fn parts(&self, reply: &Reply) -> Vec<Reply>;

    /// Makes one call, and says what came of it. Does not wait for a pace nor try again.
    fn deliver(
        &self,
        to: ChatAddress,
        outgoing: &Outgoing,
    ) -> impl Future<Output = DeliveryOutcome> + Send;

    /// The same for a file.
    fn deliver_file(
        &self,
        _to: ChatAddress,
        _file: &OutgoingFile,
    ) -> impl Future<Output = DeliveryOutcome> + Send {
        std::future::ready(DeliveryOutcome::Never("this channel takes no files".into()))
    }
}

/// A file that is sent. It exists for as long as the call only. Its `Debug` shows the name and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingFile {
    /// Its name, as the person sees it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// A line below it, plain text; at most 1024 characters.
    pub caption: String,
}

impl fmt::Debug for OutgoingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutgoingFile({})", self.name)
    }
}

/// What is made at the moment of sending, because it must not lie in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// A message; one part of it is sent.
    Say(Reply),
    /// A file.
    File(OutgoingFile),
}

/// Makes what is held about a person into what they get.
pub type PrepareMyData = Arc<
    dyn Fn(PersonKey, DataForm) -> BoxFuture<'static, Result<Prepared, StoreError>> + Send + Sync,
>;

/// What came of a call. The reasons hold nothing of a message or a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// Done; with the channel's number when it gave one.
    Sent(Option<MessageId>),
    /// Too much at once: not done, try again after this time.
    RetryAfter(Duration),
    /// This person cannot be written to until they write first.
    Blocked,
    /// Refused, and always will be.
    Never(String),
    /// Nobody knows whether it was done.
    Uncertain(String),
    /// The channel does not know us.
    Unauthorized,
}

/// Tells the time. Handed in, so that tests can.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Opens a sealed address; the error is a reason without personal data.
pub type OpenAddress =
    Arc<dyn Fn(&PersonKey, &Address) -> Result<ChatAddress, String> + Send + Sync>;

/// What the sender needs of the store. The contracts stand at [`Store`].
pub trait Outbox: Send + Sync + 'static {
    /// See [`Store::due`].
    fn due(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Due>, StoreError>> + Send;
    /// See [`Store::mark_sending`].
    fn mark_sending(
        &self,
        id: i64,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// See [`Store::mark_sent`].
    fn mark_sent(
        &self,
        id: i64,
        message: Option<MessageId>,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// See [`Store::postpone_message`].
    fn postpone(
        &self,
        id: i64,
        not_before: Timestamp,
        reason: &str,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;
    /// See [`Store::bury_message`].
    fn bury(
        &self,
        id: i64,
        at: Timestamp,
        reason: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// See [`Store::set_blocked`], with `true`.
    fn block(
        &self,
        person: &PersonKey,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Outbox for Store {
    async fn due(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        Self::due(self, now, busy, limit).await
    }

    async fn mark_sending(&self, id: i64, at: Timestamp) -> Result<bool, StoreError> {
        Self::mark_sending(self, id, at).await
    }

    async fn mark_sent(
        &self,
        id: i64,
        message: Option<MessageId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        Self::mark_sent(self, id, message, at).await
    }

    async fn postpone(
        &self,
        id: i64,
        not_before: Timestamp,
        reason: &str,
    ) -> Result<u32, StoreError> {
        self.postpone_message(id, not_before, reason).await
    }

    async fn bury(&self, id: i64, at: Timestamp, reason: &str) -> Result<(), StoreError> {
        self.bury_message(id, at, reason).await
    }

    async fn block(&self, person: &PersonKey, at: Timestamp) -> Result<(), StoreError> {
        self.set_blocked(person, true, at).await
    }
}

/// How sending behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverySettings {
    /// How fast.
    pub pace: PaceSettings,
    /// How many messages are looked at together. Default 200.
    pub batch: u32,
    /// How often the outbox is looked at when nothing wakes the sender. Default 1 s.
    pub tick: Duration,
    /// The longest that one call may take. Default 40 s.
    pub call_timeout: Duration,
    /// The first pause after an uncertain try; every next one is twice as long. Default 1 s.
    pub first_pause: Duration,
    /// The longest pause. Default 60 s.
    pub longest_pause: Duration,
    /// How old a message may get before it is given up. Default 24 hours.
    pub max_age: Duration,
    /// How old the answer to a button press may get; Telegram refuses later ones. Default 30 s.
    pub max_button_age: Duration,
    /// How long sending stops after the channel refused our token. Default 60 s.
    pub refused_pause: Duration,
    /// How long running calls get to end when the program stops. Default 10 s.
    pub finish_within: Duration,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            pace: PaceSettings::default(),
            batch: 200,
            tick: Duration::from_secs(1),
            call_timeout: Duration::from_secs(40),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            max_age: Duration::from_secs(24 * 60 * 60),
            max_button_age: Duration::from_secs(30),
            refused_pause: Duration::from_secs(60),
            finish_within: Duration::from_secs(10),
        }
    }
}

impl DeliverySettings {
    /// The pause after the try that made `attempts` failed ones before it.
    fn pause(&self, attempts: u32) -> Duration {
        self.first_pause
            .saturating_mul(1_u32 << attempts.min(16))
            .min(self.longest_pause)
    }

    fn max_age(&self, lane: Lane) -> Duration {
        match lane {
            Lane::Button => self.max_button_age,
            Lane::Danger | Lane::Normal | Lane::Deletion => self.max_age,
        }
    }
}

/// The sender.
pub struct Delivery<C, O = Store> {
    post: Arc<Post<C, O>>,
    wake: Arc<Notify>,
}

/// What one delivery needs.
struct Post<C, O> {
    channel: Arc<C>,
    outbox: O,
    open: OpenAddress,
    prepare: PrepareMyData,
    clock: Clock,
    settings: DeliverySettings,
}

/// What the loop must know of a delivery that has ended.
#[derive(Debug)]
enum Signal {
    /// Nothing special.
    Done,
    /// The channel works.
    Sent,
    /// The channel asks to wait.
    Flood(PersonKey, Duration),
    /// The channel does not answer.
    Trouble(String),
    /// The channel refuses our token.
    Refused,
    /// The store could not be written.
    StoreFailed,
}

impl<C: Channel, O: Outbox> Delivery<C, O> {
    /// A sender for one channel. `wake` is notified when something was written to the outbox.
    pub fn new(
        channel: Arc<C>,
        outbox: O,
        open: OpenAddress,
        prepare: PrepareMyData,
        clock: Clock,
        wake: Arc<Notify>,
        settings: DeliverySettings,
    ) -> Self {
        let post = Post {
            channel,
            outbox,
            open,
            prepare,
            clock,
            settings,
        };
        Self {
            post: Arc::new(post),
            wake,
        }
    }

    /// Sends until `stop`, and then lets running calls end, within the time of the settings.
    pub async fn run(self, stop: CancellationToken) {
        let settings = &self.post.settings;
        let mut round = Round::new(settings.pace.clone());
        while !stop.is_cancelled() {
            let wait = self.round(&mut round).await;
            metrics::gauge!("aanzet_deliveries_running").set(round.pace.running() as f64);
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
                Some(ended) = round.tasks.join_next_with_id() => {
                    self.ended(&mut round, ended);
                    while let Some(ended) = round.tasks.try_join_next_with_id() {
                        self.ended(&mut round, ended);
                    }
                }
            }
            if !round.store_pause.is_zero() {
                // Finished calls must not make us ask a failing store without a pause.
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(round.store_pause) => {}
                }
            }
        }
        let rest = round.tasks.len();
        let finish = async { while round.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(settings.finish_within, finish)
            .await
            .is_err()
        {
            tracing::warn!(
                unfinished = round.tasks.len(),
                "stopped sending before every call had ended: those messages are sent again at the next start"
            );
        } else {
            tracing::info!(finished = rest, "sending has stopped");
        }
    }

    /// Starts what may go now. Returns how long there is nothing more to do by itself.
    async fn round(&self, round: &mut Round) -> Duration {
        let settings = &self.post.settings;
        let now = (self.post.clock)();
        let due = self
            .post
            .outbox
            .due(now, round.pace.busy(), settings.batch)
            .await;
        let mut rows = match due {
            Ok(rows) => rows,
            Err(error) => {
                round.store_failed(settings);
                tracing::error!(%error, "the outbox cannot be read, sending waits");
                return round.store_pause;
            }
        };
        if !round.store_failing {
            round.store_pause = Duration::ZERO;
        }
        round.store_failing = false;
        let full = rows.len() >= settings.batch as usize;
        let mut started = false;
        let mut wait = settings.tick;
        rows.sort_by_key(|row| (Lane::of(&row.outgoing, row.priority), row.outbox_id));
        for row in rows {
            let lane = Lane::of(&row.outgoing, row.priority);
            let (id, now) = (row.outbox_id, (self.post.clock)());
            match round.pace.admit(now, id, &row.person, lane) {
                Admission::Go => {
                    let post = Arc::clone(&self.post);
                    let task = round
                        .tasks
                        .spawn(async move { post.carry(row, lane).await });
                    round.running.insert(task.id(), (id, lane));
                    started = true;
                }
                Admission::At(at) => {
                    let millis = u64::try_from(at.millis_since(now)).unwrap_or(0).max(1);
                    wait = wait.min(Duration::from_millis(millis));
                }
                Admission::Busy => {}
            }
        }
        if full && started {
            Duration::ZERO
        } else {
            wait
        }
    }

    fn ended(
        &self,
        round: &mut Round,
        ended: Result<(tokio::task::Id, Signal), tokio::task::JoinError>,
    ) {
        let (task, signal) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // Calls of the channel are caught where they are made: this is a fault of our own.
                tracing::error!(
                    "a delivery broke off by a fault in the program; its message is sent again"
                );
                if let Some((id, _)) = round.running.get(&error.id()).copied() {
                    self.put_back_broken(round, id);
                }
                (error.id(), Signal::StoreFailed)
            }
        };
        if let Some((id, lane)) = round.running.remove(&task) {
            round.pace.finished(id, lane);
        }
        let settings = &self.post.settings;
        let now = (self.post.clock)();
        match signal {
            Signal::Done => {}
            Signal::Sent => {
                if std::mem::take(&mut round.trouble) {
                    tracing::info!("the channel answers again");
                }
            }
            Signal::Flood(person, wait) => {
                let seconds = wait.as_secs();
                if round.pace.flood(now, &person, wait) {
                    tracing::warn!(
                        seconds,
                        "the channel asks several chats to wait: all sending pauses"
                    );
                } else {
                    tracing::info!(seconds, "the channel asks to wait with one chat");
                }
            }
            Signal::Trouble(reason) => {
                if !std::mem::replace(&mut round.trouble, true) {
                    tracing::warn!(%reason, "a message may not have arrived; it is tried again with growing pauses");
                }
            }
            Signal::Refused => {
                round.pace.pause_everything(now, settings.refused_pause);
                tracing::error!(
                    pause_seconds = settings.refused_pause.as_secs(),
                    "the channel refuses our token: nothing can be sent; set the right token and start again"
                );
            }
            Signal::StoreFailed => round.store_failed(settings),
        }
    }
}

impl<C: Channel, O: Outbox> Delivery<C, O> {
    /// Lets a message wait again of which the delivery broke off: marked as being sent, it would hold up
    /// all that the person must still get.
    fn put_back_broken(&self, round: &mut Round, id: i64) {
        let post = Arc::clone(&self.post);
        round.tasks.spawn(async move {
            let (now, wait) = ((post.clock)(), post.settings.longest_pause);
            post.put_back(id, now, wait, "a fault in the program").await;
            Signal::Done
        });
    }
}

/// What the loop remembers.
struct Round {
    pace: Pace,
    tasks: JoinSet<Signal>,
    running: HashMap<tokio::task::Id, (i64, Lane)>,
    /// True from a call without an answer until the next that works.
    trouble: bool,
    store_failing: bool,
    store_pause: Duration,
}

impl Round {
    fn new(pace: PaceSettings) -> Self {
        Self {
            pace: Pace::new(pace),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            trouble: false,
            store_failing: false,
            store_pause: Duration::ZERO,
        }
    }

    fn store_failed(&mut self, settings: &DeliverySettings) {
        self.store_failing = true;
        self.store_pause = (self.store_pause * 2)
            .max(settings.first_pause)
            .min(settings.longest_pause / 2);
    }
}

impl<C: Channel, O: Outbox> Post<C, O> {
    /// Carries one message to its end: sent, put back, or given up.
    async fn carry(&self, row: Due, lane: Lane) -> Signal {
        let now = (self.clock)();
        match self.outbox.mark_sending(row.outbox_id, now).await {
            Ok(true) => {}
            Ok(false) => return Signal::Done,
            Err(error) => {
                tracing::error!(%error, outbox_id = row.outbox_id, "the outbox cannot be written, sending waits");
                return Signal::StoreFailed;
            }
        }
        let outcome = if self.age(&row) > self.settings.max_age(lane) {
            None
        } else {
            Some(self.call(&row).await)
        };
        let (name, signal) = self.settle(&row, lane, outcome).await;
        metrics::counter!("aanzet_deliveries_total", "outcome" => name).increment(1);
        if name == "sent" {
            metrics::histogram!("aanzet_delivery_delay_seconds")
                .record(self.age(&row).as_secs_f64());
        }
        tracing::debug!(
            outbox_id = row.outbox_id, person = %row.person, outcome = name, attempts = row.attempts,
            "a delivery has ended"
        );
        signal
    }

    async fn call(&self, row: &Due) -> DeliveryOutcome {
        let to = match (self.open)(&row.person, &row.address) {
            Ok(to) => to,
            Err(reason) => {
                return DeliveryOutcome::Uncertain(format!("the address does not open: {reason}"));
            }
        };
        let call = AssertUnwindSafe(self.deliver(to, row)).catch_unwind();
        match tokio::time::timeout(self.settings.call_timeout, call).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => DeliveryOutcome::Uncertain("a fault in the program".into()),
            Err(_late) => DeliveryOutcome::Uncertain("no answer in time".into()),
        }
    }

    async fn deliver(&self, to: ChatAddress, row: &Due) -> DeliveryOutcome {
        let Outgoing::MyData { form } = &row.outgoing else {
            return self.channel.deliver(to, &row.outgoing).await;
        };
        match (self.prepare)(row.person.clone(), *form).await {
            Ok(Prepared::Say(reply)) => {
                // One row is one call; what does not fit stands in the file too.
                let first = self.channel.parts(&reply).into_iter().next();
                let reply = first.unwrap_or(reply);
                self.channel.deliver(to, &Outgoing::Say { reply }).await
            }
            Ok(Prepared::File(file)) => self.channel.deliver_file(to, &file).await,
            Err(error) => {
                DeliveryOutcome::Uncertain(format!("what is held cannot be read: {error}"))
            }
        }
    }

    /// Writes down what came of it; `None` when the message was too old to be sent.
    async fn settle(
        &self,
        row: &Due,
        lane: Lane,
        outcome: Option<DeliveryOutcome>,
    ) -> (&'static str, Signal) {
        let (id, now) = (row.outbox_id, (self.clock)());
        let beside = lane.is_beside_messages();
        match outcome {
            Some(DeliveryOutcome::Sent(message)) => {
                self.insist(|| self.outbox.mark_sent(id, message, now))
                    .await;
                ("sent", Signal::Sent)
            }
            Some(DeliveryOutcome::RetryAfter(wait)) => {
                self.put_back(id, now, wait, "the channel asks to wait")
                    .await;
                ("retry_after", Signal::Flood(row.person.clone(), wait))
            }
            // An answer to a button that comes too late helps nobody, and is no reason for alarm. Nor is a message
            // that stays in the chat: the person was told how to delete it.
            Some(DeliveryOutcome::Blocked | DeliveryOutcome::Never(_)) | None if beside => {
                self.insist(|| self.outbox.mark_sent(id, None, now)).await;
                ("lapsed", Signal::Done)
            }
            Some(DeliveryOutcome::Blocked) => {
                self.insist(|| self.outbox.bury(id, now, "blocked")).await;
                self.insist(|| self.outbox.block(&row.person, now)).await;
                ("blocked", Signal::Sent)
            }
            Some(DeliveryOutcome::Never(reason)) => {
                tracing::warn!(outbox_id = id, %reason, "a message can never be sent: it is on the list of dead letters");
                self.insist(|| self.outbox.bury(id, now, &reason)).await;
                ("never", Signal::Sent)
            }
            Some(DeliveryOutcome::Uncertain(reason)) => {
                let pause = self.settings.pause(row.attempts);
                if self.age(row) + pause > self.settings.max_age(lane) {
                    return self.give_up(row, lane, &reason).await;
                }
                self.put_back(id, now, pause, &reason).await;
                ("uncertain", Signal::Trouble(reason))
            }
            Some(DeliveryOutcome::Unauthorized) => {
                let reason = "the channel refuses our token";
                self.put_back(id, now, self.settings.refused_pause, reason)
                    .await;
                ("unauthorized", Signal::Refused)
            }
            None => self.give_up(row, lane, "it waited too long").await,
        }
    }

    async fn give_up(&self, row: &Due, lane: Lane, reason: &str) -> (&'static str, Signal) {
        let (id, now) = (row.outbox_id, (self.clock)());
        if lane.is_beside_messages() {
            self.insist(|| self.outbox.mark_sent(id, None, now)).await;
            return ("lapsed", Signal::Done);
        }
        tracing::warn!(outbox_id = id, %reason, "a message got too old: it is on the list of dead letters");
        let reason = format!("too old to be sent: {reason}");
        self.insist(|| self.outbox.bury(id, now, &reason)).await;
        ("too_old", Signal::Done)
    }

    async fn put_back(&self, id: i64, now: Timestamp, wait: Duration, reason: &str) {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let at = now.plus_millis(millis);
        self.insist(|| self.outbox.postpone(id, at, reason)).await;
    }

    /// Writes what happened, again and again: what was sent and is not marked so would be sent twice.
    /// The person's next message waits meanwhile. Never gives up by itself: until it is written, the message
    /// counts as being sent and nothing behind it goes out. A stop cuts it off, as a crash would.
    async fn insist<T, F>(&self, write: impl Fn() -> F)
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        for attempt in 0_u32.. {
            match write().await {
                Ok(_) => return,
                Err(error) => {
                    tracing::error!(%error, attempt, "the outcome of a delivery cannot be written");
                    let pause = self.settings.pause(attempt).min(Duration::from_secs(15));
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    fn age(&self, row: &Due) -> Duration {
        let millis = (self.clock)().millis_since(row.created_at);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests;
