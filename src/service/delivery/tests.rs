//! The sender against an outbox in memory and a channel that does what it is told.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::domain::{LibraryId, Priority};

/// A clock that starts at a fixed moment and runs on.
fn clock() -> Clock {
    let start = Instant::now();
    Arc::new(move || Timestamp(1_000_000 + start.elapsed().as_millis() as i64))
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Waits(Timestamp),
    Sending,
    Sent(Option<MessageId>),
    Buried(String),
}

#[derive(Default)]
struct Rows {
    rows: BTreeMap<i64, (Due, State)>,
    blocked: Vec<PersonKey>,
    /// Writes that still fail.
    failures: u32,
}

/// Keeps the contract of the store, in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Rows>>);

impl Memory {
    fn add(&self, id: i64, person: &str, outgoing: Outgoing, priority: Priority) {
        self.add_at(id, person, outgoing, priority, Timestamp(1_000_000));
    }

    fn add_at(&self, id: i64, person: &str, outgoing: Outgoing, priority: Priority, at: Timestamp) {
        let due = Due {
            outbox_id: id,
            library: LibraryId::new("bibliotheek"),
            person: person.into(),
            address: Address(person.bytes().collect()),
            outgoing,
            priority,
            attempts: 0,
            created_at: at,
        };
        let row = (due, State::Waits(Timestamp(0)));
        self.0.lock().unwrap().rows.insert(id, row);
    }

    fn say(&self, id: i64, person: &str) {
        self.add(id, person, say(id), Priority::Normal);
    }

    fn state(&self, id: i64) -> State {
        self.0.lock().unwrap().rows[&id].1.clone()
    }

    fn attempts(&self, id: i64) -> u32 {
        self.0.lock().unwrap().rows[&id].0.attempts
    }

    fn open(&self) -> usize {
        let open = |state: &State| matches!(state, State::Waits(_) | State::Sending);
        self.0
            .lock()
            .unwrap()
            .rows
            .values()
            .filter(|(_, state)| open(state))
            .count()
    }

    fn set(&self, id: i64, state: State) -> Result<(), StoreError> {
        let mut rows = self.0.lock().unwrap();
        if rows.failures > 0 {
            rows.failures -= 1;
            return Err(StoreError::InUse { path: "x".into() });
        }
        rows.rows.get_mut(&id).unwrap().1 = state;
        Ok(())
    }
}

impl Outbox for Memory {
    async fn due(
        &self,
        now: Timestamp,
        busy: &HashSet<PersonKey>,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let rows = self.0.lock().unwrap();
        let mut first: BTreeMap<PersonKey, &(Due, State)> = BTreeMap::new();
        let mut out = Vec::new();
        let mut open: Vec<_> = rows
            .rows
            .values()
            .filter(|(_, state)| matches!(state, State::Waits(_) | State::Sending))
            .collect();
        open.sort_by_key(|(due, _)| (due.priority, due.outbox_id));
        let ready = |state: &State| matches!(state, State::Waits(at) if *at <= now);
        for row in open {
            if row.0.outgoing.is_beside_messages() {
                if ready(&row.1) {
                    out.push(row.0.clone());
                }
            } else {
                first.entry(row.0.person.clone()).or_insert(row);
            }
        }
        let free = first
            .values()
            .filter(|(due, state)| !busy.contains(&due.person) && ready(state));
        out.extend(free.map(|(due, _)| due.clone()));
        out.truncate(limit as usize);
        Ok(out)
    }

    async fn mark_sending(&self, id: i64, _: Timestamp) -> Result<bool, StoreError> {
        if !matches!(self.state(id), State::Waits(_)) {
            return Ok(false);
        }
        self.set(id, State::Sending).map(|()| true)
    }

    async fn mark_sent(
        &self,
        id: i64,
        message: Option<MessageId>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.set(id, State::Sent(message))
    }

    async fn postpone(&self, id: i64, at: Timestamp, _: &str) -> Result<u32, StoreError> {
        self.set(id, State::Waits(at))?;
        let mut rows = self.0.lock().unwrap();
        let row = &mut rows.rows.get_mut(&id).unwrap().0;
        row.attempts += 1;
        Ok(row.attempts)
    }

    async fn bury(&self, id: i64, _: Timestamp, reason: &str) -> Result<(), StoreError> {
        self.set(id, State::Buried(reason.into()))
    }

    async fn block(&self, person: &PersonKey, _: Timestamp) -> Result<(), StoreError> {
        let mut rows = self.0.lock().unwrap();
        for (due, state) in rows.rows.values_mut() {
            if due.person == *person && matches!(state, State::Waits(_)) {
                *state = State::Buried("blocked".into());
            }
        }
        rows.blocked.push(person.clone());
        Ok(())
    }
}

fn say(id: i64) -> Outgoing {
    Outgoing::Say {
        reply: Reply::text(id.to_string()),
    }
}

fn button() -> Outgoing {
    Outgoing::AnswerButton {
        callback: "77".into(),
        toast: None,
    }
}

fn deletion() -> Outgoing {
    Outgoing::DeleteMessage {
        message: MessageId(9),
    }
}

type Answer = Box<dyn Fn(ChatAddress, &Outgoing, usize) -> DeliveryOutcome + Send + Sync>;

/// Notes every call (when, to whom, what) and answers as told; the number says which call it is.
struct Told {
    calls: Mutex<Vec<(Instant, i64, Outgoing)>>,
    running: Mutex<HashSet<i64>>,
    slow: Duration,
    answer: Answer,
}

impl Told {
    fn new(
        answer: impl Fn(ChatAddress, &Outgoing, usize) -> DeliveryOutcome + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::slow(Duration::ZERO, answer)
    }

    fn slow(
        slow: Duration,
        answer: impl Fn(ChatAddress, &Outgoing, usize) -> DeliveryOutcome + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            running: Mutex::default(),
            slow,
            answer: Box::new(answer),
        })
    }

    /// The texts that were sent, in order.
    fn texts(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let text = |outgoing: &Outgoing| match outgoing {
            Outgoing::Say { reply } => format!("{:?}", reply.blocks)
                .chars()
                .filter(char::is_ascii_digit)
                .collect(),
            Outgoing::DeleteMessage { .. } => "deletion".to_owned(),
            _ => "button".to_owned(),
        };
        calls
            .iter()
            .map(|(_, _, outgoing)| text(outgoing))
            .collect()
    }
}

impl Channel for Told {
    fn parts(&self, reply: &Reply) -> Vec<Reply> {
        vec![reply.clone()]
    }

    async fn deliver(&self, to: ChatAddress, outgoing: &Outgoing) -> DeliveryOutcome {
        let message = matches!(outgoing, Outgoing::Say { .. });
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push((Instant::now(), to.0, outgoing.clone()));
            calls.len() - 1
        };
        if message {
            assert!(
                self.running.lock().unwrap().insert(to.0),
                "two messages at once to one person"
            );
        }
        tokio::time::sleep(self.slow).await;
        if message {
            self.running.lock().unwrap().remove(&to.0);
        }
        (self.answer)(to, outgoing, number)
    }

    async fn deliver_file(&self, to: ChatAddress, file: &OutgoingFile) -> DeliveryOutcome {
        // Noted as a message with the contents of the file.
        let text = format!("{} {}", file.name, String::from_utf8_lossy(&file.bytes));
        let outgoing = Outgoing::Say {
            reply: Reply::text(text),
        };
        self.deliver(to, &outgoing).await
    }
}

/// Quick settings: what takes seconds in life takes milliseconds here.
fn quick() -> DeliverySettings {
    DeliverySettings {
        pace: PaceSettings {
            chat_interval: Duration::from_millis(1),
            overall_per_second: 1000,
            overall_burst: 100,
            ..PaceSettings::default()
        },
        tick: Duration::from_millis(5),
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        finish_within: Duration::from_millis(500),
        ..DeliverySettings::default()
    }
}

/// Runs the sender until nothing waits (or two seconds have passed).
async fn run(memory: &Memory, channel: &Arc<Told>, settings: DeliverySettings) {
    let stop = CancellationToken::new();
    let delivery = sender(memory, channel, settings);
    let task = tokio::spawn(delivery.run(stop.clone()));
    let end = Instant::now() + Duration::from_secs(2);
    while memory.open() > 0 && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stop.cancel();
    task.await.unwrap();
}

fn sender(
    memory: &Memory,
    channel: &Arc<Told>,
    settings: DeliverySettings,
) -> Delivery<Told, Memory> {
    let open: OpenAddress = Arc::new(|_, address| {
        if address.0 == b"locked" {
            return Err("another key".into());
        }
        Ok(ChatAddress(
            address.0.iter().fold(0, |sum, b| sum * 256 + i64::from(*b)),
        ))
    });
    let prepare: PrepareMyData = Arc::new(|person, form| {
        let prepared = match form {
            DataForm::Summary => Prepared::Say(Reply::text(format!("over {person}"))),
            DataForm::File => Prepared::File(OutgoingFile {
                name: "alles.json".into(),
                bytes: format!("alles over {person}").into_bytes(),
                caption: "alles".into(),
            }),
        };
        Box::pin(async move { Ok(prepared) })
    });
    Delivery::new(
        Arc::clone(channel),
        memory.clone(),
        open,
        prepare,
        clock(),
        Arc::new(Notify::new()),
        settings,
    )
}

fn sent() -> DeliveryOutcome {
    DeliveryOutcome::Sent(Some(MessageId(5)))
}

#[tokio::test]
async fn what_is_held_is_looked_up_when_it_is_sent() {
    let memory = Memory::default();
    for (id, form) in [(1, DataForm::Summary), (2, DataForm::File)] {
        memory.add(id, "a", Outgoing::MyData { form }, Priority::Normal);
    }
    let channel = Told::new(|_, _, _| sent());
    run(&memory, &channel, quick()).await;
    let calls = channel.calls.lock().unwrap();
    let texts: Vec<_> = calls
        .iter()
        .map(|(_, _, outgoing)| match outgoing {
            Outgoing::Say { reply } => reply.plain(),
            other => panic!("not made into something to send: {other:?}"),
        })
        .collect();
    assert_eq!(texts, ["over a", "alles.json alles over a"]);
    assert_eq!(memory.state(2), State::Sent(Some(MessageId(5))));
}

#[tokio::test]
async fn messages_go_out_in_order_and_are_marked_with_their_number() {
    let memory = Memory::default();
    (1..=6).for_each(|id| memory.say(id, "a"));
    let channel = Told::new(|_, _, _| sent());
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(memory.state(6), State::Sent(Some(MessageId(5))));
}

#[tokio::test]
async fn danger_goes_before_what_was_written_earlier() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.add(2, "a", say(2), Priority::Danger);
    let channel = Told::new(|_, _, _| sent());
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["2", "1"]);
}

#[tokio::test]
async fn a_slow_person_holds_up_nobody_else() {
    let memory = Memory::default();
    (1..=20).for_each(|id| memory.say(id, &format!("p{id}")));
    let channel = Told::slow(Duration::from_millis(100), |_, _, _| sent());
    let start = Instant::now();
    run(&memory, &channel, quick()).await;
    assert_eq!(memory.open(), 0);
    assert!(
        start.elapsed() < Duration::from_millis(1000),
        "one after the other takes two seconds"
    );
}

#[tokio::test]
async fn an_uncertain_message_is_sent_again_before_the_next() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "a");
    let channel = Told::new(|_, _, call| match call {
        0 | 1 => DeliveryOutcome::Uncertain("the connection broke".into()),
        _ => sent(),
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["1", "1", "1", "2"]);
    assert_eq!(memory.attempts(1), 2);
}

#[tokio::test]
async fn what_is_too_old_is_buried() {
    let memory = Memory::default();
    memory.add_at(1, "a", say(1), Priority::Normal, Timestamp(0));
    memory.say(2, "b");
    memory.add_at(3, "c", button(), Priority::Normal, Timestamp(0));
    let channel = Told::new(|_, _, _| DeliveryOutcome::Uncertain("no connection".into()));
    let settings = DeliverySettings {
        max_age: Duration::from_millis(100),
        ..quick()
    };
    run(&memory, &channel, settings).await;
    assert_eq!(
        memory.state(1),
        State::Buried("too old to be sent: it waited too long".into())
    );
    // After the last try, or before the next when the machine was busy meanwhile.
    let State::Buried(reason) = memory.state(2) else {
        panic!("it must be given up");
    };
    assert!(reason.starts_with("too old to be sent: "), "{reason}");
    assert_eq!(
        memory.state(3),
        State::Sent(None),
        "an old press needs no answer"
    );
    assert!(channel.texts().iter().all(|text| text == "2"));
}

#[tokio::test]
async fn someone_who_blocked_the_bot_gets_nothing_more() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "a");
    memory.say(3, "b");
    let channel = Told::new(|to, _, _| {
        if to.0 == i64::from(b'a') {
            DeliveryOutcome::Blocked
        } else {
            sent()
        }
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(memory.state(1), State::Buried("blocked".into()));
    assert_eq!(memory.state(2), State::Buried("blocked".into()));
    assert!(matches!(memory.state(3), State::Sent(_)));
    assert_eq!(memory.0.lock().unwrap().blocked, ["a".into()]);
}

#[tokio::test]
async fn a_message_that_is_refused_makes_way_for_the_next() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "a");
    let channel = Told::new(|_, _, call| match call {
        0 => DeliveryOutcome::Never("too long".into()),
        _ => sent(),
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(memory.state(1), State::Buried("too long".into()));
    assert!(matches!(memory.state(2), State::Sent(_)));
}

#[tokio::test]
async fn a_chat_that_must_wait_gets_nothing_until_then() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "b");
    let channel = Told::new(|_, _, call| match call {
        0 => DeliveryOutcome::RetryAfter(Duration::from_millis(150)),
        _ => sent(),
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["1", "2", "1"]);
    let calls = channel.calls.lock().unwrap();
    assert!(calls[2].0 - calls[0].0 >= Duration::from_millis(149));
}

#[tokio::test]
async fn a_fault_in_the_channel_does_not_end_the_sender() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "b");
    let channel = Told::new(|_, _, call| {
        assert!(call != 0, "a fault");
        sent()
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(memory.open(), 0);
    assert_eq!(memory.attempts(1), 1);
}

#[tokio::test]
async fn an_address_that_does_not_open_waits() {
    let memory = Memory::default();
    memory.say(1, "locked");
    memory.say(2, "b");
    let channel = Told::new(|_, _, _| sent());
    let settings = DeliverySettings {
        max_age: Duration::from_millis(200),
        ..quick()
    };
    run(&memory, &channel, settings).await;
    assert!(
        memory.attempts(1) > 2,
        "it is tried again, in case the right key is set"
    );
    assert!(matches!(memory.state(1), State::Buried(_)));
    assert!(matches!(memory.state(2), State::Sent(_)));
}

#[tokio::test]
async fn a_store_that_fails_for_a_while_makes_nothing_arrive_twice() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "a");
    let failing = memory.clone();
    let channel = Told::new(move |_, _, call| {
        if call == 0 {
            failing.0.lock().unwrap().failures = 3;
        }
        sent()
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["1", "2"]);
    memory.0.lock().unwrap().failures = 3;
    memory.say(3, "a");
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_store_that_fails_for_long_leaves_nobody_waiting_after_it() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "a");
    let failing = memory.clone();
    let channel = Told::new(move |_, _, call| {
        if call == 0 {
            failing.0.lock().unwrap().failures = 20;
        }
        sent()
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["1", "2"]);
    assert_eq!(memory.open(), 0);
}

#[tokio::test]
async fn a_button_is_answered_while_a_message_is_under_way() {
    let memory = Memory::default();
    memory.say(1, "a");
    memory.say(2, "a");
    memory.add(3, "a", button(), Priority::Normal);
    let channel = Told::slow(Duration::from_millis(50), |_, _, _| sent());
    run(&memory, &channel, quick()).await;
    assert_eq!(channel.texts(), ["button", "1", "2"]);
    let calls = channel.calls.lock().unwrap();
    assert!(calls[1].0 - calls[0].0 < Duration::from_millis(50));
}

#[tokio::test]
async fn a_deletion_is_tried_again_and_holds_up_no_message() {
    let memory = Memory::default();
    memory.add(1, "a", deletion(), Priority::Normal);
    memory.say(2, "a");
    let deleted = Mutex::new(0);
    let channel = Told::new(move |_, outgoing, _| match outgoing {
        Outgoing::DeleteMessage { .. } => {
            let mut tries = deleted.lock().unwrap();
            *tries += 1;
            match *tries {
                1 => DeliveryOutcome::RetryAfter(Duration::from_millis(5)),
                2 => DeliveryOutcome::Uncertain("broken".into()),
                _ => DeliveryOutcome::Sent(None),
            }
        }
        _ => sent(),
    });
    run(&memory, &channel, quick()).await;
    assert_eq!(memory.state(1), State::Sent(None));
    assert!(matches!(memory.state(2), State::Sent(Some(_))));
    assert_eq!(memory.attempts(1), 2);
}

#[tokio::test]
async fn a_deletion_that_is_refused_or_too_late_is_no_dead_letter() {
    let memory = Memory::default();
    memory.add(1, "a", deletion(), Priority::Normal);
    memory.add_at(2, "b", deletion(), Priority::Normal, Timestamp(0));
    memory.add(3, "c", deletion(), Priority::Normal);
    let channel = Told::new(|to, _, _| match to.0 == i64::from(b'a') {
        true => DeliveryOutcome::Never("no".into()),
        false => DeliveryOutcome::Blocked,
    });
    let settings = DeliverySettings {
        max_age: Duration::from_millis(100),
        ..quick()
    };
    run(&memory, &channel, settings).await;
    for id in [1, 2, 3] {
        assert_eq!(memory.state(id), State::Sent(None));
    }
    assert!(memory.0.lock().unwrap().blocked.is_empty());
    assert_eq!(channel.texts().len(), 2, "what is too old is not tried");
}

#[tokio::test]
async fn when_the_token_is_refused_everything_waits() {
    let memory = Memory::default();
    memory.say(1, "a");
    let channel = Told::new(|_, _, call| {
        if call == 0 {
            DeliveryOutcome::Unauthorized
        } else {
            sent()
        }
    });
    let settings = DeliverySettings {
        refused_pause: Duration::from_millis(100),
        ..quick()
    };
    run(&memory, &channel, settings).await;
    let calls = channel.calls.lock().unwrap();
    assert_eq!(calls.len(), 2);
    assert!(calls[1].0 - calls[0].0 >= Duration::from_millis(99));
}

#[tokio::test]
async fn stopping_lets_running_calls_end_but_not_for_ever() {
    let memory = Memory::default();
    memory.say(1, "a");
    let stop = CancellationToken::new();
    let channel = Told::slow(Duration::from_millis(100), |_, _, _| sent());
    let task = tokio::spawn(sender(&memory, &channel, quick()).run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.cancel();
    task.await.unwrap();
    assert!(matches!(memory.state(1), State::Sent(_)));

    memory.say(2, "a");
    let stop = CancellationToken::new();
    let channel = Told::slow(Duration::from_secs(60), |_, _, _| sent());
    let task = tokio::spawn(sender(&memory, &channel, quick()).run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    stop.cancel();
    task.await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(
        memory.state(2),
        State::Sending,
        "the next start sends it again"
    );
}

#[test]
fn pauses_grow_to_a_minute() {
    let settings = DeliverySettings::default();
    let seconds: Vec<u64> = [0, 1, 2, 5, 6, 40]
        .map(|n| settings.pause(n).as_secs())
        .to_vec();
    assert_eq!(seconds, [1, 2, 4, 32, 60, 60]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever goes wrong on the way, everything arrives, and each person's messages in order.
    #[test]
    fn the_order_of_each_person_is_kept(
        people in prop::collection::vec(0..5_u8, 1..40),
        trouble in prop::collection::vec(0..6_u8, 0..20),
    ) {
        let memory = Memory::default();
        for (id, person) in people.iter().enumerate() {
            memory.say(id as i64 + 1, &format!("p{person}"));
        }
        let channel = Told::slow(Duration::from_millis(1), move |_, _, call| match trouble.get(call) {
            Some(0) => DeliveryOutcome::Uncertain("broken".into()),
            Some(1) => DeliveryOutcome::RetryAfter(Duration::from_millis(3)),
            Some(2) => panic!("a fault"),
            _ => sent(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(run(&memory, &channel, quick()));
        prop_assert_eq!(memory.open(), 0);
        let texts = channel.texts();
        for person in 0..5_u8 {
            let own: Vec<String> = people.iter().enumerate()
                .filter(|(_, who)| **who == person)
                .map(|(id, _)| (id + 1).to_string())
                .collect();
            // Repeats of the same message are allowed, anything else out of order is not.
            let mut got: Vec<&String> = texts.iter().filter(|text| own.contains(text)).collect();
            got.dedup();
            prop_assert_eq!(got, own.iter().collect::<Vec<_>>());
        }
    }
}
