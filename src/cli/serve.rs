//! `aanzet serve`: puts the rooms together and runs them until a signal.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use arc_swap::ArcSwap;
use secrecy::ExposeSecret;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::domain::{LibraryId, Timestamp};
use crate::observe;
use crate::service::pace::PaceSettings;
use crate::service::{
    Brain, Channel, Clock, Delivery, DeliverySettings, Door, Engine, EngineParts, EngineSettings,
    Host, Intake, Keeper, KeeperParts, LimitSettings, Receiver, Splitter, my_data,
};
use crate::store::{ForgetList, Store, Vault};
use crate::telegram::{CallError, ClientSettings, Telegram, poll};
use crate::web;

/// How long the database may take to close: one that does not answer must not keep the program running.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

const BROKE_OFF: &str = "a part of the program broke off by a fault (the log says where); nothing is lost, start it again";

const NO_TOKEN: &str = "there is no token yet. Open Telegram, talk to @BotFather, send /newbot and follow the \
steps; it gives a token such as 123456789:ABC…. Then run:\n\n  AANZET_TELEGRAM_TOKEN=123456789:ABC… aanzet serve\n\n\
To try the bot without a token, run: aanzet chat";

/// Runs the bot until SIGTERM or Ctrl-C.
pub(super) async fn run(config: &Config, demo: bool) -> anyhow::Result<ExitCode> {
    let Some(token) = config.telegram.token.clone() else {
        bail!(NO_TOKEN);
    };
    let knowledge = &config.knowledge.dir;
    let demo = super::demo_beside(knowledge).filter(|_| demo);
    let brain = Arc::new(ArcSwap::from_pointee(super::brain(
        knowledge,
        demo.as_deref(),
    )?));
    let vault = Vault::new(&super::key::find_or_make(&config.database)?);
    let telegram = Arc::new(Telegram::new(
        ClientSettings {
            api_url: Some(config.telegram.api_url.clone()),
            poll_timeout: config.telegram.poll_timeout,
            ..ClientSettings::new(token)
        },
        vault.clone(),
    )?);
    let metrics = observe::collect_metrics().context("the metrics cannot be collected")?;
    let listener = match &config.web.bind {
        Some(address) => Some(web::bind(address).await?),
        None => None,
    };
    let upkeep = tokio::spawn(observe::keep_metrics_small(metrics.clone()));
    let stop = CancellationToken::new();
    let signal = tokio::spawn(stop_at_signal(stop.clone()));
    let opened = Arc::new(OnceLock::new());
    if let Some(listener) = listener {
        let state = web::WebState {
            store: Arc::clone(&opened),
            most_waiting: config.limits.waiting,
            metrics: Some(metrics),
        };
        tokio::spawn(web::serve(listener, state, stop.clone()));
    }
    let door = Arc::new(Door::new(
        Intake::new(
            LibraryId::new(&config.library.id),
            telegram.id().clone(),
            vault.clone(),
        ),
        Arc::clone(&brain),
        Arc::clone(&telegram),
        Arc::new(now),
    ));
    let url = config.database.url.expose_secret();
    let Some(store) = super::opening::open(url, &telegram, &door, &stop).await? else {
        return Ok(ExitCode::SUCCESS);
    };
    let store = opened.get_or_init(|| store).clone();
    let messages = Arc::new(Notify::new());
    let splitter = Arc::clone(&telegram);
    let split: Splitter = Arc::new(move |reply| splitter.parts(reply));
    let host = super::host(config, demo.is_some());
    let forgotten = ForgetList::at(&config.database.forgotten_file);
    let keeper = Keeper::new(KeeperParts {
        store: store.clone(),
        forgotten: forgotten.clone(),
        host: host.clone(),
        brain: Arc::clone(&brain),
        split: Arc::clone(&split),
        clock: Arc::new(now),
        messages: Arc::clone(&messages),
    });
    // Before anything is sent or answered: the database may be an old copy that was put back.
    let back = keeper.begin().await?;
    if back > 0 {
        tracing::warn!(
            people = back,
            "there was still something of people who had asked to be forgotten; it is erased"
        );
    }
    let again = store.resume_sending().await?;
    if again > 0 {
        tracing::warn!(
            messages = again,
            "the last stop came while these were being sent; they are sent again"
        );
        metrics::counter!("aanzet_messages_repeated_total").increment(again);
    }

    let tasks = Tasks {
        store: store.clone(),
        door,
        brain,
        vault,
        telegram,
        stop: stop.clone(),
        events: Arc::new(Notify::new()),
        messages,
        clock: Arc::new(now),
        host,
        split,
        forgotten,
    };
    let ended = tasks.run(config, keeper).await;
    upkeep.abort();
    signal.abort();
    if tokio::time::timeout(CLOSE_WITHIN, store.close())
        .await
        .is_err()
    {
        tracing::warn!("the database did not close in time; nothing is lost by that");
    }
    ended.map(|()| ExitCode::SUCCESS)
}

/// The moment of the machine's clock.
pub(super) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// What runs side by side.
struct Tasks {
    store: Store,
    door: Arc<Door<Telegram>>,
    brain: Arc<ArcSwap<Brain>>,
    vault: Vault,
    telegram: Arc<Telegram>,
    stop: CancellationToken,
    events: Arc<Notify>,
    messages: Arc<Notify>,
    clock: Clock,
    host: Host,
    split: Splitter,
    forgotten: ForgetList,
}

impl Tasks {
    /// Runs everything; ends at a signal, or when Telegram refuses us for good.
    async fn run(self, config: &Config, keeper: Keeper) -> anyhow::Result<()> {
        let engine = Engine::new(EngineParts {
            store: self.store.clone(),
            forgotten: self.forgotten.clone(),
            brain: Arc::clone(&self.brain),
            host: self.host.clone(),
            split: Arc::clone(&self.split),
            clock: Arc::clone(&self.clock),
            settings: EngineSettings {
                parallel: config.engine.parallel,
                attempts: config.engine.attempts,
            },
            events: Arc::clone(&self.events),
            messages: Arc::clone(&self.messages),
        });
        let vault = self.vault.clone();
        let delivery = Delivery::new(
            Arc::clone(&self.telegram),
            self.store.clone(),
            Arc::new(move |person, address| {
                vault
                    .open(person, address)
                    .map_err(|error| error.to_string())
            }),
            my_data::prepare(
                self.store.clone(),
                Arc::clone(&self.brain),
                self.host.clone(),
                Arc::clone(&self.clock),
            ),
            Arc::clone(&self.clock),
            Arc::clone(&self.messages),
            delivery_settings(config),
        );
        // The engine stops before the sender does, so that what it says in its last turns still leaves.
        let engine_stop = CancellationToken::new();
        let delivery_stop = CancellationToken::new();
        let mut engine = tokio::spawn(engine.run(engine_stop.clone()));
        let mut delivery = tokio::spawn(delivery.run(delivery_stop.clone()));
        let cleaning = tokio::spawn(keeper.run(self.stop.clone()));

        // Without these two messages come in and nobody gets an answer: better to end, and be started again.
        let polled = tokio::select! {
            polled = self.poll(config) => polled,
            _ = &mut engine => Err(anyhow!(BROKE_OFF)),
            _ = &mut delivery => Err(anyhow!(BROKE_OFF)),
        };

        self.stop.cancel();
        engine_stop.cancel();
        let bound = config.engine.shutdown;
        if !ends_within(bound, engine).await {
            tracing::warn!("turns still ran at the end; they run again at the next start");
        }
        delivery_stop.cancel();
        if !ends_within(bound, delivery).await {
            tracing::warn!(
                "messages were still being sent at the end; they are sent again at the next start"
            );
        }
        cleaning.abort();
        polled
    }

    /// Introduces the bot to Telegram and receives until told to stop.
    async fn poll(&self, config: &Config) -> anyhow::Result<()> {
        let receiver = Arc::new(Receiver::new(
            Arc::clone(&self.door),
            self.store.clone(),
            Arc::clone(&self.events),
            limit_settings(config),
        ));
        tokio::select! {
            () = self.stop.cancelled() => return Ok(()),
            introduced = self.introduce() => introduced?,
        }
        let accept = |batch| {
            let receiver = Arc::clone(&receiver);
            async move { receiver.receive(batch).await }
        };
        let watch = |batch| {
            let receiver = Arc::clone(&receiver);
            async move { receiver.watch(batch).await }
        };
        let settings = poll::PollSettings::default();
        tokio::select! {
            polled = poll::run(&*self.telegram, &settings, accept, watch, self.stop.clone()) => polled?,
            () = receiver.keep_counting() => {}
        }
        Ok(())
    }

    /// Tells Telegram our commands, and that we ask for updates ourselves. Only a token that is refused
    /// ends it; everything else the poll meets again, and waits for.
    async fn introduce(&self) -> Result<(), CallError> {
        let me = match self.telegram.me().await {
            Ok(me) => me,
            Err(CallError::TokenRefused) => return Err(CallError::TokenRefused),
            Err(error) => {
                tracing::warn!(%error, "Telegram cannot be reached yet; trying on");
                return Ok(());
            }
        };
        if let Err(error) = self.telegram.delete_webhook().await {
            tracing::warn!(%error, "an old webhook could not be removed");
        }
        let commands = commands(&self.brain.load());
        let commands: Vec<(&str, &str)> = commands
            .iter()
            .map(|(name, description)| (*name, description.as_str()))
            .collect();
        if let Err(error) = self.telegram.set_commands(&commands).await {
            tracing::warn!(%error, "the list of commands could not be set");
        }
        tracing::info!("the bot @{} is at work; stop with Ctrl-C", me.username);
        Ok(())
    }
}

/// The list of commands that people see in Telegram. `/privacy` is in it because Telegram's own
/// "Privacy Policy" button then shows ours.
fn commands(brain: &Brain) -> Vec<(&'static str, String)> {
    let texts = brain.knowledge.texts();
    vec![
        ("start", texts.command_start()),
        ("onderwerpen", texts.command_menu()),
        ("medewerker", texts.command_person()),
        ("hulp", texts.command_help()),
        ("privacy", texts.command_privacy()),
        ("mijngegevens", texts.command_my_data()),
        ("wis", texts.command_erase()),
        ("stop", texts.command_stop()),
    ]
}

fn limit_settings(config: &Config) -> LimitSettings {
    LimitSettings {
        burst: config.limits.burst,
        interval: config.limits.interval,
        per_day: config.limits.per_day,
        waiting: config.limits.waiting,
        ..LimitSettings::default()
    }
}

fn delivery_settings(config: &Config) -> DeliverySettings {
    let sending = &config.sending;
    // A burst and what is gained in the second after it may together not be more than the setting.
    let overall_burst = (sending.overall / 6).max(1);
    DeliverySettings {
        pace: PaceSettings {
            chat_interval: Duration::from_secs_f64(1.0 / sending.per_chat),
            chat_burst: sending.burst,
            overall_per_second: (sending.overall - overall_burst).max(1),
            overall_burst,
            ..PaceSettings::default()
        },
        max_age: sending.give_up,
        finish_within: config.engine.shutdown,
        ..DeliverySettings::default()
    }
}

/// Waits for a task; false when it still runs after this time.
async fn ends_within(bound: Duration, task: JoinHandle<()>) -> bool {
    // A task that was waited for to its end may not be waited for again.
    task.is_finished() || tokio::time::timeout(bound, task).await.is_ok()
}

/// Stops everything at SIGTERM or Ctrl-C.
async fn stop_at_signal(stop: CancellationToken) {
    let terminated = async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut signals) => {
                    signals.recv().await;
                }
                Err(error) => {
                    tracing::error!(%error, "SIGTERM cannot be listened to");
                    std::future::pending::<()>().await;
                }
            }
        }
        #[cfg(not(unix))]
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: finishing what runs");
    stop.cancel();
}
