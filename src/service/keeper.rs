//! Keeps what is stored no longer than its term, and carries out who wants to be forgotten: at the start,
//! because an old copy of the database may have been put back, and while the program runs, because an
//! operator may have noted somebody beside it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::conversation::Utterance;
use crate::domain::{Outgoing, PersonKey, Timestamp};
use crate::store::{ForgetList, ForgetListError, Forgotten, NewOutgoing, Store, StoreError};

use super::{Brain, Clock, Host, Splitter};

/// How often the list of forgotten people is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// How often what is over is deleted.
const CLEAN_EVERY_MILLIS: i64 = 3_600_000;

/// The first hour of the night, in UTC: three or four o'clock in the Netherlands.
const NIGHT_MILLIS: i64 = 2 * 3_600_000;

const DAY_MILLIS: i64 = 86_400_000;

/// What it needs.
pub struct KeeperParts {
    /// What is kept.
    pub store: Store,
    /// Who is forgotten.
    pub forgotten: ForgetList,
    /// For whom the bot speaks; also says how long everything is kept.
    pub host: Host,
    /// The words of the goodbye.
    pub brain: Arc<ArcSwap<Brain>>,
    /// How replies are split.
    pub split: Splitter,
    /// What time it is.
    pub clock: Clock,
    /// Tells when there is something to send.
    pub messages: Arc<Notify>,
}

/// What it has seen already.
struct Seen {
    /// Size and time of the list when it was carried out.
    list: Option<(u64, SystemTime)>,
    /// When what is over was deleted last.
    cleaned: Option<Timestamp>,
    /// The night in which the database was written anew, or the program started.
    night: i64,
}

impl Seen {
    fn new(now: Timestamp) -> Self {
        Self {
            list: None,
            cleaned: None,
            night: night_of(now),
        }
    }
}

/// Why somebody could not be forgotten yet.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The list could not be used.
    #[error(transparent)]
    List(#[from] ForgetListError),
    /// The store could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program is ending.
    #[error("the program is ending")]
    Ending,
}

/// Deletes what is over, and forgets who wants to be forgotten.
pub struct Keeper {
    parts: KeeperParts,
    /// Who has been forgotten since the program started, and up to when.
    done: Mutex<HashMap<PersonKey, Timestamp>>,
}

impl Keeper {
    /// A keeper that stands still.
    pub fn new(parts: KeeperParts) -> Self {
        Self {
            parts,
            done: Mutex::default(),
        }
    }

    /// Before anything else happens: makes sure that people can be noted, drops old lines of the list, and
    /// forgets everybody on it. Returns how many people had come back, as by an old copy of the database.
    pub async fn begin(&self) -> Result<u64, KeeperError> {
        let term = self.parts.host.keeping.forgotten;
        let before = earlier((self.parts.clock)(), term);
        self.with_list(move |list| {
            list.prepare()?;
            let dropped = list.drop_older(before)?;
            if dropped > 0 {
                tracing::info!(
                    lines = dropped,
                    "dropped old lines of the list of forgotten people"
                );
            }
            Ok(())
        })
        .await?;
        self.forget_all().await
    }

    /// Works until `stop`: looks at the list every 20 seconds, deletes what is over now and every hour, and
    /// every night writes the database anew without what was deleted.
    pub async fn run(self, stop: CancellationToken) {
        let mut seen = Seen::new((self.parts.clock)());
        loop {
            self.look(&mut seen).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// One look at the list and the clock.
    async fn look(&self, seen: &mut Seen) {
        let stamp = self.parts.forgotten.stamp();
        if stamp != seen.list {
            match self.forget_all().await {
                Ok(_) => seen.list = stamp,
                Err(error) => {
                    tracing::error!(%error, "the list of forgotten people could not be carried out; trying again soon");
                }
            }
        }
        let now = (self.parts.clock)();
        let recently = |at: Timestamp| now.millis_since(at) < CLEAN_EVERY_MILLIS;
        if seen.cleaned.is_some_and(recently) {
            return;
        }
        seen.cleaned = Some(now);
        self.clean(now).await;
        if night_of(now) > seen.night {
            seen.night = night_of(now);
            self.compact().await;
        }
    }

    /// Deletes what is over at `now`.
    async fn clean(&self, now: Timestamp) {
        let keeping = &self.parts.host.keeping;
        match self.parts.store.delete_expired(keeping, now).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "deleted what was over long enough ago"),
            Err(error) => {
                tracing::error!(%error, "what is over could not be deleted; trying again in an hour");
            }
        }
    }

    /// Writes the database anew without what was deleted.
    async fn compact(&self) {
        match self.parts.store.compact().await {
            Ok(()) => tracing::info!("wrote the database anew without what was deleted"),
            Err(error) => {
                tracing::error!(%error, "the database could not be written anew; trying again tomorrow night");
            }
        }
    }

    /// Forgets everybody on the list, as far as they are still known. Returns how many people there was
    /// something of.
    async fn forget_all(&self) -> Result<u64, KeeperError> {
        let list = self.with_list(|list| list.read()).await?;
        let goodbye = self.goodbye();
        let now = (self.parts.clock)();
        let mut people = 0;
        for Forgotten { person, until } in list {
            if self.done().get(&person).is_some_and(|done| *done >= until) {
                continue;
            }
            let erased = self
                .parts
                .store
                .erase(&person, until, &goodbye, now)
                .await?;
            self.done().insert(person, until);
            let Some(erased) = erased.filter(|erased| erased.rows() > 0) else {
                continue;
            };
            people += 1;
            if erased.unhandled > 0 {
                self.parts.messages.notify_one();
            }
        }
        if people > 0 {
            tracing::info!(
                people,
                "forgot people who are on the list of forgotten people"
            );
        }
        Ok(people)
    }

    fn done(&self) -> std::sync::MutexGuard<'_, HashMap<PersonKey, Timestamp>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said to somebody whose wish was noted when the program broke off.
    fn goodbye(&self) -> Vec<NewOutgoing> {
        let brain = self.parts.brain.load();
        let utterance = Utterance::Erased;
        let reply = self.parts.host.speech(&brain, 0).reply(&utterance);
        (self.parts.split)(&reply)
            .into_iter()
            .map(|reply| NewOutgoing {
                outgoing: Outgoing::Say { reply },
                priority: utterance.priority(),
            })
            .collect()
    }

    /// Does something with the file, beside what waits for other things.
    async fn with_list<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ForgetList) -> Result<T, ForgetListError> + Send + 'static,
    ) -> Result<T, KeeperError> {
        let list = self.parts.forgotten.clone();
        let done = tokio::task::spawn_blocking(move || work(&list)).await;
        Ok(done.map_err(|_| KeeperError::Ending)??)
    }
}

fn earlier(now: Timestamp, term: Duration) -> Timestamp {
    now.plus_millis(-i64::try_from(term.as_millis()).unwrap_or(i64::MAX))
}

/// The number of the night that began last.
fn night_of(now: Timestamp) -> i64 {
    now.0.saturating_sub(NIGHT_MILLIS).div_euclid(DAY_MILLIS)
}

#[cfg(test)]
mod tests;
