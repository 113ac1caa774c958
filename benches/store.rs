//! How long a turn takes to be kept: taken into the inbox and committed, with SQLite on the disk of the
//! temporary folder (`TMPDIR`; make sure that it is a real disk). Each write waits for the disk.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on must fail"
)]

use std::collections::HashSet;

use aanzet::domain::{
    BotId, ChatAddress, Event, Incoming, LibraryId, MessageId, Outgoing, PersonKey, Priority,
    Reply, Timestamp,
};
use aanzet::store::{Address, Count, NewOutgoing, Pending, Store, TurnCommit};
use divan::counter::ItemsCount;
use futures_util::future::join_all;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

struct Bench {
    runtime: Runtime,
    store: Store,
    update: i64,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("aanzet.db").display());
        let store = runtime.block_on(Store::open(&url)).unwrap();
        Self {
            runtime,
            store,
            update: 0,
            _folder: folder,
        }
    }

    /// `n` people each send something; it is taken in, read, and their turns are committed.
    fn turns(&mut self, n: i64) {
        let updates = self.update..self.update + n;
        self.update += n;
        let store = &self.store;
        self.runtime.block_on(async {
            let accepts = updates.map(|update| async move {
                let accepted = store.accept(&[incoming(update)]).await.unwrap();
                assert_eq!(accepted.new, 1);
            });
            join_all(accepts).await;
            let events = store
                .pending(Timestamp(i64::MAX), &HashSet::new(), 100)
                .await;
            let events = events.unwrap();
            assert_eq!(events.len() as i64, n);
            let commits = events.into_iter().map(|event| async move {
                assert!(store.commit_turn(&turn(event)).await.unwrap());
            });
            join_all(commits).await;
        });
    }
}

/// One person at a time: two waits for the disk.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn one_by_one(bencher: divan::Bencher<'_, '_>) {
    let mut bench = Bench::new();
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| bench.turns(1));
}

/// 32 people at a time, who share the waits for the disk.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn thirty_two_at_once(bencher: divan::Bencher<'_, '_>) {
    let mut bench = Bench::new();
    bencher
        .counter(ItemsCount::new(32_u32))
        .bench_local(|| bench.turns(32));
}

/// What 10 000 people sent waits, as after an outage: the next 100 are looked up.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn pending_of_ten_thousand(bencher: divan::Bencher<'_, '_>) {
    let bench = Bench::new();
    let batch: Vec<_> = (0..10_000).map(incoming_of_everybody).collect();
    let store = &bench.store;
    bench.runtime.block_on(store.accept(&batch)).unwrap();
    bencher.bench_local(|| {
        let nobody = HashSet::new();
        let pending = store.pending(Timestamp(i64::MAX), &nobody, 100);
        assert_eq!(bench.runtime.block_on(pending).unwrap().len(), 100);
    });
}

/// 10 000 messages wait for a retry that is not due yet, which is the most that `due` looks through.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn due_of_ten_thousand(bencher: divan::Bencher<'_, '_>) {
    let bench = Bench::new();
    let batch: Vec<_> = (0..10_000).map(incoming_of_everybody).collect();
    let (store, nobody) = (&bench.store, &HashSet::new());
    bench.runtime.block_on(async {
        store.accept(&batch).await.unwrap();
        let events = store.pending(Timestamp(i64::MAX), nobody, 10_000).await;
        let turns = events.unwrap().into_iter().map(turn).collect::<Vec<_>>();
        join_all(turns.iter().map(|turn| store.commit_turn(turn))).await;
        let due = store
            .due(Timestamp(i64::MAX), nobody, 10_000)
            .await
            .unwrap();
        assert_eq!(due.len(), 10_000);
        let later = Timestamp(i64::MAX);
        join_all(
            due.iter()
                .map(|due| store.postpone_message(due.outbox_id, later, "429")),
        )
        .await;
    });
    bencher.bench_local(|| {
        let due = store.due(Timestamp(0), nobody, 100);
        assert!(bench.runtime.block_on(due).unwrap().is_empty());
    });
}

fn incoming_of_everybody(update_id: i64) -> (Incoming, Address) {
    let (mut incoming, address) = incoming(update_id);
    incoming.person = PersonKey::new(format!("{update_id:032x}"));
    (incoming, address)
}

fn incoming(update_id: i64) -> (Incoming, Address) {
    let incoming = Incoming {
        library: LibraryId::new("zuiderzee"),
        bot: BotId::new("1"),
        update_id,
        person: person(update_id),
        address: ChatAddress(update_id),
        received_at: Timestamp(update_id),
        event: Event::Text {
            text: "Kan ik geld krijgen voor mijn huur?".to_owned(),
            message: MessageId(1),
            edited: false,
            masked: vec![],
            cut: false,
            danger: None,
            help_sent: false,
        },
    };
    (incoming, Address(vec![7; 48]))
}

fn person(update_id: i64) -> PersonKey {
    PersonKey::new(format!("{:032x}", update_id % 1000))
}

fn turn(event: Pending) -> TurnCommit {
    TurnCommit {
        inbox_id: event.inbox_id,
        library: event.library,
        person: event.person,
        state: Some("{\"v\":1}".to_owned()),
        outgoing: vec![NewOutgoing {
            outgoing: Outgoing::Say {
                reply: Reply::text("Huurtoeslag is geld van de overheid. ".repeat(12)),
            },
            priority: Priority::Normal,
        }],
        questions: vec![],
        counts: vec![
            Count {
                name: "turn".to_owned(),
                key: String::new(),
                n: 1,
            },
            Count {
                name: "answer".to_owned(),
                key: "huurtoeslag-aanvragen".to_owned(),
                n: 1,
            },
        ],
        blocked: None,
        erase: false,
        at: event.received_at,
    }
}
