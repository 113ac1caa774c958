//! Receiving: a batch of updates is written to the inbox before the channel may forget it. Help in danger
//! goes out before that, on a path of its own, so that it also arrives when the store is down.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::future::join_all;
use tokio::sync::Notify;

use crate::domain::{ChatAddress, Event, Incoming, Reply};
use crate::store::{Store, StoreError};

use super::{Brain, Clock, Intake, RawUpdate};

/// How long help in danger may hold up the batch that it came with.
const DIRECT_WITHIN: Duration = Duration::from_secs(3);

/// How long the database may take over a batch. A connection that hangs would otherwise hold up the next
/// batch, and with it the help in danger that is in there.
const ACCEPT_WITHIN: Duration = Duration::from_secs(5);

/// How many people of one batch see that an answer is coming.
const MOST_WORKING: usize = 8;

/// How many updates are remembered for which help went out; enough for several full batches.
const REMEMBERED: usize = 1000;

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

/// Takes batches in.
pub struct Receiver<C> {
    store: Store,
    intake: Intake,
    brain: Arc<ArcSwap<Brain>>,
    channel: Arc<C>,
    clock: Clock,
    events: Arc<Notify>,
    helped: Mutex<Helped>,
}

/// The updates for which help went out by the direct path. When the store is down the same update comes
/// again and again; the help must not.
#[derive(Default)]
struct Helped {
    order: VecDeque<i64>,
    ids: HashSet<i64>,
}

impl Helped {
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

impl<C: Direct> Receiver<C> {
    /// A receiver for one bot.
    pub fn new(
        store: Store,
        intake: Intake,
        brain: Arc<ArcSwap<Brain>>,
        channel: Arc<C>,
        clock: Clock,
        events: Arc<Notify>,
    ) -> Self {
        Self {
            store,
            intake,
            brain,
            channel,
            clock,
            events,
            helped: Mutex::default(),
        }
    }

    /// Takes a batch in. When this returns `Ok`, nothing of the batch can be lost any more.
    pub async fn receive(&self, batch: Vec<RawUpdate>) -> Result<(), ReceiveError> {
        let brain = self.brain.load_full();
        let now = (self.clock)();
        let mut incoming: Vec<Incoming> = batch
            .into_iter()
            .map(|update| self.intake.take(update, &brain.rules, now))
            .collect();
        join_all(incoming.iter_mut().map(|one| self.help(one, &brain))).await;
        let asked: Vec<ChatAddress> = incoming
            .iter()
            .filter(|one| matches!(one.event, Event::Text { .. }))
            .map(|one| one.address)
            .collect();
        let sealed: Vec<_> = incoming
            .into_iter()
            .map(|one| {
                let address = self.intake.vault().seal(&one.person, one.address);
                (one, address)
            })
            .collect();
        let accepted = tokio::time::timeout(ACCEPT_WITHIN, self.store.accept(&sealed))
            .await
            .map_err(|_| ReceiveError::Late)??;
        metrics::counter!("aanzet_inbox_new_total").increment(accepted.new);
        metrics::counter!("aanzet_inbox_duplicate_total").increment(accepted.duplicate);
        self.events.notify_one();
        self.show_working(asked);
        Ok(())
    }

    /// Looks at updates that cannot be taken in yet, because the store is busy with earlier ones. Help in
    /// danger goes out; everything else waits until they come again.
    pub async fn watch(&self, batch: Vec<RawUpdate>) {
        let brain = self.brain.load_full();
        let now = (self.clock)();
        let mut incoming: Vec<Incoming> = batch
            .into_iter()
            .map(|update| self.intake.take(update, &brain.rules, now))
            .collect();
        join_all(incoming.iter_mut().map(|one| self.help(one, &brain))).await;
    }

    /// Shows everyone who asked something that an answer is coming. Not for a crowd: then answers matter more.
    fn show_working(&self, asked: Vec<ChatAddress>) {
        for to in asked.into_iter().take(MOST_WORKING) {
            let channel = Arc::clone(&self.channel);
            tokio::spawn(async move { channel.show_working(to).await });
        }
    }

    /// Sends help at once when there is danger. What cannot be sent now goes by the outbox, first in line.
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
        let help = brain.rules.help(danger);
        let sent = self
            .channel
            .deliver_now(incoming.address, &help, DIRECT_WITHIN)
            .await;
        if sent {
            *help_sent = true;
            self.helped().remember(incoming.update_id);
        }
        metrics::counter!("aanzet_danger_total", "direct" => help_sent.to_string()).increment(1);
    }

    fn helped(&self) -> std::sync::MutexGuard<'_, Helped> {
        self.helped
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
