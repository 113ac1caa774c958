//! Receives updates. The next ones are asked for (which confirms the earlier) only when a batch has been
//! accepted, that is: written down. After a crash Telegram gives again what was not confirmed.

use std::fmt::Display;
use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{CallError, Telegram, decode, update_id};
use crate::service::RawUpdate;

/// How receiving behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollSettings {
    /// The most updates at a time; Telegram allows 1 to 100. Default 100.
    pub batch: u8,
    /// The first pause after trouble; every next one is twice as long. Default 1 s.
    pub first_pause: Duration,
    /// The longest pause. Default 30 s.
    pub longest_pause: Duration,
    /// The longest pause after a batch that could not be accepted. Short: who is in danger gets help
    /// before the batch is written, also while it cannot be. Default 1 s.
    pub longest_refusal: Duration,
    /// How long a batch may be under way before the updates behind it are looked at, for danger. Default 1 s.
    pub look_ahead: Duration,
    /// How long another program may stand in our way at the start, as an old copy that is just stopping
    /// does. After that we give up. Default 15 s.
    pub conflict_grace: Duration,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            batch: 100,
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
            longest_refusal: Duration::from_secs(1),
            look_ahead: Duration::from_secs(1),
            conflict_grace: Duration::from_secs(15),
        }
    }
}

/// Where updates come from.
pub trait Updates: Sync {
    /// See [`Telegram::updates`].
    fn updates(
        &self,
        offset: i64,
        limit: u8,
    ) -> impl Future<Output = Result<Vec<Value>, CallError>> + Send;

    /// Reads one of them; see [`decode`].
    fn read(&self, update: &Value) -> Option<RawUpdate>;
}

impl Updates for Telegram {
    async fn updates(&self, offset: i64, limit: u8) -> Result<Vec<Value>, CallError> {
        Self::updates(self, offset, limit).await
    }

    fn read(&self, update: &Value) -> Option<RawUpdate> {
        decode(update, self.buttons())
    }
}

/// Receives until `stop`. `accept` gets each batch in order and returns when it is safe; when it fails,
/// the same updates come again after a pause. While it takes long, `watch` gets what has come so far, so
/// that help in danger need not wait for a slow store; nothing is confirmed by that. Ends with an error only for what waiting does not mend: a
/// token that is refused, or another receiver that stays at the start.
pub async fn run<U, A, F, E, W, G>(
    source: &U,
    settings: &PollSettings,
    mut accept: A,
    mut watch: W,
    stop: CancellationToken,
) -> Result<(), CallError>
where
    U: Updates,
    A: FnMut(Vec<RawUpdate>) -> F,
    F: Future<Output = Result<(), E>>,
    E: Display,
    W: FnMut(Vec<RawUpdate>) -> G,
    G: Future<Output = ()>,
{
    let mut offset = 0;
    let mut patience = Patience::new(settings.clone());
    loop {
        let received = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            received = source.updates(offset, settings.batch) => received,
        };
        let pause = match received {
            Ok(updates) => {
                if patience.answered() {
                    tracing::info!("Telegram answers again");
                }
                // Not cut off by `stop`: a batch that is being written is finished first.
                let taken = {
                    let mut taking = std::pin::pin!(take_in(source, updates, offset, &mut accept));
                    loop {
                        tokio::select! {
                            taken = &mut taking => break taken,
                            () = look_ahead(source, settings, offset, &mut watch) => {}
                        }
                    }
                };
                match taken {
                    Ok(next) => {
                        offset = next;
                        patience.accepted();
                        continue;
                    }
                    Err(reason) => {
                        metrics::counter!("aanzet_poll_errors_total", "kind" => "accept")
                            .increment(1);
                        let pause = patience.refused();
                        // The first is said aloud, and then one in ten.
                        if patience.refusals % 10 == 1 {
                            tracing::error!(%reason, refusals = patience.refusals, "updates could not be accepted; they come again");
                        }
                        pause
                    }
                }
            }
            Err(error) => match patience.failed(error, Instant::now()) {
                Ok(pause) => pause,
                Err(error) => return Err(error),
            },
        };
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Waits a moment, and shows what has come without confirming it.
async fn look_ahead<U, W, G>(source: &U, settings: &PollSettings, offset: i64, watch: &mut W)
where
    U: Updates,
    W: FnMut(Vec<RawUpdate>) -> G,
    G: Future<Output = ()>,
{
    tokio::time::sleep(settings.look_ahead).await;
    if let Ok(updates) = source.updates(offset, settings.batch).await {
        watch(read_all(source, &updates)).await;
    }
}

fn read_all<U: Updates>(source: &U, updates: &[Value]) -> Vec<RawUpdate> {
    updates
        .iter()
        .filter_map(|update| source.read(update))
        .collect()
}

/// Hands a batch over, and gives the offset that confirms it.
async fn take_in<U, A, F, E>(
    source: &U,
    updates: Vec<Value>,
    offset: i64,
    accept: &mut A,
) -> Result<i64, String>
where
    U: Updates,
    A: FnMut(Vec<RawUpdate>) -> F,
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let Some(last) = updates.iter().filter_map(update_id).max() else {
        return if updates.is_empty() {
            Ok(offset)
        } else {
            Err("updates without a number".to_owned())
        };
    };
    let batch = read_all(source, &updates);
    for update in &batch {
        metrics::counter!("aanzet_updates_total", "kind" => update.event.name()).increment(1);
    }
    let ignored = updates.len() - batch.len();
    metrics::counter!("aanzet_updates_total", "kind" => "ignored").increment(ignored as u64);
    tracing::debug!(received = updates.len(), ignored, "updates have come");
    if !batch.is_empty() {
        accept(batch).await.map_err(|error| error.to_string())?;
    }
    Ok(last.saturating_add(1))
}

/// How long to wait after what went wrong, and when to give up. Pure: the clock is handed in.
struct Patience {
    settings: PollSettings,
    /// Failures after each other.
    failures: u32,
    refusals: u32,
    /// True when an update has ever come, or none with an answer.
    started: bool,
    conflict_since: Option<Instant>,
}

impl Patience {
    fn new(settings: PollSettings) -> Self {
        Self {
            settings,
            failures: 0,
            refusals: 0,
            started: false,
            conflict_since: None,
        }
    }

    /// Telegram answered. True when it did not before.
    fn answered(&mut self) -> bool {
        self.started = true;
        self.conflict_since = None;
        std::mem::take(&mut self.failures) > 0
    }

    fn accepted(&mut self) {
        self.refusals = 0;
    }

    fn refused(&mut self) -> Duration {
        let pause = self
            .growing(self.refusals)
            .min(self.settings.longest_refusal);
        self.refusals = self.refusals.saturating_add(1);
        pause
    }

    /// The pause after a failed question; an error when no pause helps.
    fn failed(&mut self, error: CallError, now: Instant) -> Result<Duration, CallError> {
        let growing = self.growing(self.failures);
        self.failures = self.failures.saturating_add(1);
        let kind = match &error {
            CallError::TokenRefused => return Err(error),
            CallError::OtherReceiver | CallError::Webhook => "conflict",
            CallError::TooMany(_) => "too_many",
            _ => "trouble",
        };
        metrics::counter!("aanzet_poll_errors_total", "kind" => kind).increment(1);
        if kind != "conflict" {
            self.conflict_since = None;
        } else if !self.started {
            let since = *self.conflict_since.get_or_insert(now);
            if now.duration_since(since) >= self.settings.conflict_grace {
                return Err(error);
            }
        }
        let pause = match error {
            CallError::TooMany(wait) => wait,
            // At the start, often enough to see the other go.
            _ if kind == "conflict" && !self.started => growing.min(Duration::from_secs(3)),
            _ => growing,
        };
        // The first is said aloud, and then one in ten: a night without network needs no thousand lines.
        if self.failures % 10 == 1 {
            tracing::warn!(%error, failures = self.failures, pause_seconds = pause.as_secs(), "no updates can be received");
        }
        Ok(pause)
    }

    fn growing(&self, failures: u32) -> Duration {
        self.settings
            .first_pause
            .saturating_mul(1_u32 << failures.min(16))
            .min(self.settings.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use serde_json::json;

    use super::super::callback::Signer;
    use super::*;
    use crate::store::Vault;

    type Answer = Result<Vec<Value>, CallError>;

    /// Gives the answers one by one and notes the offsets; when they are gone it stops the loop.
    struct Script {
        answers: Mutex<VecDeque<Answer>>,
        offsets: Mutex<Vec<i64>>,
        buttons: Signer,
        stop: CancellationToken,
    }

    fn buttons() -> Signer {
        Signer::new(Vault::new(&Vault::generate_key()), "123456".into())
    }

    impl Updates for Script {
        async fn updates(&self, offset: i64, _: u8) -> Answer {
            self.offsets.lock().unwrap().push(offset);
            let answer = self.answers.lock().unwrap().pop_front();
            match answer {
                Some(answer) => answer,
                None => {
                    self.stop.cancel();
                    std::future::pending().await
                }
            }
        }

        fn read(&self, update: &Value) -> Option<RawUpdate> {
            decode(update, &self.buttons)
        }
    }

    fn text(id: i64) -> Value {
        json!({"update_id": id, "message": {
            "message_id": 1, "chat": {"id": 4, "type": "private"}, "from": {"id": 4}, "text": "hoi",
        }})
    }

    fn quick() -> PollSettings {
        PollSettings {
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(4),
            look_ahead: Duration::from_millis(5),
            conflict_grace: Duration::from_millis(40),
            ..PollSettings::default()
        }
    }

    /// Runs the script; `refuse` tells which calls of accept fail. Gives the result, the offsets that
    /// were asked for, and the updates that were accepted.
    async fn play(
        answers: Vec<Answer>,
        refuse: &[usize],
    ) -> (Result<(), CallError>, Vec<i64>, Vec<i64>) {
        let stop = CancellationToken::new();
        let script = Script {
            answers: Mutex::new(answers.into()),
            offsets: Mutex::default(),
            buttons: buttons(),
            stop: stop.clone(),
        };
        let (accepted, calls) = (Mutex::new(Vec::new()), Mutex::new(0));
        let accept = async |batch: Vec<RawUpdate>| {
            let call = {
                let mut calls = calls.lock().unwrap();
                *calls += 1;
                *calls - 1
            };
            if refuse.contains(&call) {
                return Err("the disk is full");
            }
            accepted
                .lock()
                .unwrap()
                .extend(batch.iter().map(|update| update.update_id));
            Ok(())
        };
        let result = run(&script, &quick(), accept, async |_| (), stop).await;
        let offsets = script.offsets.into_inner().unwrap();
        (result, offsets, accepted.into_inner().unwrap())
    }

    #[tokio::test]
    async fn the_offset_moves_when_a_batch_is_accepted() {
        let answers = vec![Ok(vec![text(10), text(11)]), Ok(vec![]), Ok(vec![text(12)])];
        let (result, offsets, accepted) = play(answers, &[]).await;
        assert_eq!(result, Ok(()));
        assert_eq!(offsets, [0, 12, 12, 13]);
        assert_eq!(accepted, [10, 11, 12]);
    }

    #[tokio::test]
    async fn what_is_not_accepted_is_asked_for_again() {
        let answers = vec![
            Ok(vec![text(10)]),
            Ok(vec![text(10)]),
            Ok(vec![text(10), text(11)]),
        ];
        let (_, offsets, accepted) = play(answers, &[0, 1]).await;
        assert_eq!(offsets, [0, 0, 0, 12]);
        assert_eq!(accepted, [10, 11]);
    }

    #[tokio::test]
    async fn a_slow_store_does_not_keep_what_comes_next_from_sight() {
        let stop = CancellationToken::new();
        let script = Script {
            answers: Mutex::new(
                vec![
                    Ok(vec![text(10)]),
                    Ok(vec![text(10), text(11)]),
                    Ok(vec![text(11)]),
                ]
                .into(),
            ),
            offsets: Mutex::default(),
            buttons: buttons(),
            stop: stop.clone(),
        };
        let seen = tokio::sync::Notify::new();
        let accept = async |batch: Vec<RawUpdate>| {
            if batch.iter().any(|update| update.update_id == 10) {
                // The store answers only after the one behind it was seen.
                seen.notified().await;
            }
            Ok::<_, &str>(())
        };
        let watch = async |batch: Vec<RawUpdate>| {
            if batch.iter().any(|update| update.update_id == 11) {
                seen.notify_one();
            }
        };
        run(&script, &quick(), accept, watch, stop).await.unwrap();
        assert_eq!(script.offsets.into_inner().unwrap(), [0, 0, 11, 12]);
    }

    #[tokio::test]
    async fn updates_that_are_not_for_us_are_confirmed_too() {
        let answers = vec![Ok(vec![json!({"update_id": 20, "poll": {}})])];
        let (_, offsets, accepted) = play(answers, &[]).await;
        assert_eq!(offsets, [0, 21]);
        assert!(accepted.is_empty());
    }

    #[tokio::test]
    async fn a_refused_token_ends_it() {
        let answers = vec![Ok(vec![text(1)]), Err(CallError::TokenRefused)];
        let (result, ..) = play(answers, &[]).await;
        assert_eq!(result, Err(CallError::TokenRefused));
        assert!(CallError::TokenRefused.to_string().contains("@BotFather"));
    }

    #[tokio::test]
    async fn trouble_passes() {
        let trouble = || Err(CallError::Trouble("no connection".into()));
        let wait = Err(CallError::TooMany(Duration::from_millis(2)));
        let answers = vec![trouble(), wait, trouble(), Ok(vec![text(3)])];
        let (result, offsets, accepted) = play(answers, &[]).await;
        assert_eq!(result, Ok(()));
        assert_eq!(offsets, [0, 0, 0, 0, 4]);
        assert_eq!(accepted, [3]);
    }

    #[test]
    fn another_receiver_that_stays_at_the_start_ends_it() {
        let mut patience = Patience::new(PollSettings::default());
        let start = Instant::now();
        let mut after = |seconds| {
            patience.failed(
                CallError::OtherReceiver,
                start + Duration::from_secs(seconds),
            )
        };
        assert_eq!(after(0), Ok(Duration::from_secs(1)));
        assert_eq!(after(14), Ok(Duration::from_secs(2)));
        assert_eq!(after(15), Err(CallError::OtherReceiver));
    }

    #[test]
    fn another_receiver_later_on_is_waited_for() {
        let mut patience = Patience::new(PollSettings::default());
        patience.answered();
        let start = Instant::now();
        for hour in 0..30 {
            let now = start + Duration::from_secs(hour * 3600);
            assert!(patience.failed(CallError::Webhook, now).is_ok());
        }
    }

    #[test]
    fn somebody_in_danger_does_not_wait_for_a_database_that_is_down() {
        let mut patience = Patience::new(PollSettings::default());
        for _ in 0..30 {
            assert!(patience.refused() <= Duration::from_secs(2));
        }
    }

    #[test]
    fn pauses_grow_to_half_a_minute_and_start_again_after_an_answer() {
        let mut patience = Patience::new(PollSettings::default());
        let fail = |patience: &mut Patience| {
            let error = CallError::Trouble("no connection".into());
            patience.failed(error, Instant::now()).unwrap().as_secs()
        };
        let pauses: Vec<u64> = (0..7).map(|_| fail(&mut patience)).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert!(patience.answered());
        assert_eq!(fail(&mut patience), 1);
        let wait = CallError::TooMany(Duration::from_secs(90));
        assert_eq!(
            patience.failed(wait, Instant::now()),
            Ok(Duration::from_secs(90))
        );
    }
}
