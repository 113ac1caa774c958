//! Forgetting with a real store, a real list, and a program that breaks off in between.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use super::*;
use crate::domain::{
    BotId, ChatAddress, DangerCategory, Event, Incoming, Keeping, LibraryId, MessageId,
};
use crate::knowledge::{CheckSettings, SourceFile, read};
use crate::store::{Address, Due, Pending, TurnCommit};

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const HOUR: i64 = 3_600_000;

static BRAIN: LazyLock<Arc<ArcSwap<Brain>>> = LazyLock::new(|| {
    let files = [SourceFile::new("artikelen/t/a.md", "# Huur\n\nBel ons.")];
    let brain = Brain::new(read(&files, &CheckSettings::default()).0).unwrap();
    Arc::new(ArcSwap::from_pointee(brain))
});

struct Set {
    folder: TempDir,
    store: Store,
    keeper: Keeper,
    now: Arc<AtomicI64>,
}

async fn set() -> Set {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let now = Arc::new(AtomicI64::new(NOW.0));
    let keeper = keeper(&folder, &store, &now);
    Set {
        folder,
        store,
        keeper,
        now,
    }
}

async fn open(folder: &TempDir) -> Store {
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    Store::open(&url).await.unwrap()
}

fn keeper(folder: &TempDir, store: &Store, now: &Arc<AtomicI64>) -> Keeper {
    let now = Arc::clone(now);
    Keeper::new(KeeperParts {
        store: store.clone(),
        forgotten: ForgetList::at(folder.path().join("vergeten")),
        host: Host {
            library_name: "de bibliotheek".into(),
            municipality: None,
            keeping: Keeping::default(),
            privacy_contact: None,
        },
        brain: Arc::clone(&BRAIN),
        split: Arc::new(|reply| vec![reply.clone()]),
        clock: Arc::new(move || Timestamp(now.load(Ordering::SeqCst))),
        messages: Arc::new(Notify::new()),
    })
}

fn anna() -> PersonKey {
    PersonKey::new("a".repeat(32))
}

impl Set {
    fn list(&self) -> &ForgetList {
        &self.keeper.parts.forgotten
    }

    fn note(&self, person: PersonKey, until: Timestamp) {
        self.list().add(&Forgotten { person, until }).unwrap();
    }

    async fn arrives(&self, update_id: i64, at: Timestamp) {
        let incoming = Incoming {
            library: LibraryId::new("b"),
            bot: BotId::new("1"),
            update_id,
            person: anna(),
            address: ChatAddress(7),
            received_at: at,
            event: Event::Text {
                text: format!("vraag {update_id}"),
                message: MessageId(1),
                edited: false,
                masked: vec![],
                danger: None,
                cut: false,
                help_sent: false,
            },
        };
        let sealed = Address(b"verzegeld".to_vec());
        self.store.accept(&[(incoming, sealed)]).await.unwrap();
    }

    async fn waiting(&self) -> Vec<Pending> {
        let (later, nobody) = (NOW.plus_millis(HOUR), HashSet::new());
        self.store.pending(later, &nobody, 9).await.unwrap()
    }

    async fn due(&self) -> Vec<Due> {
        let (later, nobody) = (NOW.plus_millis(HOUR), HashSet::new());
        self.store.due(later, &nobody, 9).await.unwrap()
    }

    async fn turns(&self, at: Timestamp) {
        for event in self.waiting().await {
            let turn = TurnCommit {
                inbox_id: event.inbox_id,
                library: event.library,
                person: event.person,
                state: Some("{}".into()),
                outgoing: vec![],
                questions: vec![],
                counts: vec![],
                blocked: None,
                erase: false,
                at,
            };
            assert!(self.store.commit_turn(&turn).await.unwrap());
        }
    }
}

#[tokio::test]
async fn who_was_noted_when_the_program_broke_off_is_erased_and_told_so() {
    let set = set().await;
    set.arrives(1, NOW).await;
    set.note(anna(), NOW.plus_millis(5));
    assert_eq!(set.keeper.begin().await.unwrap(), 1);
    assert_eq!(set.waiting().await, []);
    let [goodbye] = set.due().await.try_into().unwrap();
    let Outgoing::Say { reply } = &goodbye.outgoing else {
        panic!("a goodbye is said");
    };
    assert!(reply.plain().contains("Alles is gewist"));
    let sent = set.store.mark_sent(goodbye.outbox_id, None, NOW);
    sent.await.unwrap();
    assert_eq!(set.store.held(&anna()).await.unwrap(), None);
}

#[tokio::test]
async fn who_comes_back_after_being_forgotten_is_not_forgotten_again() {
    let set = set().await;
    set.note(anna(), NOW);
    set.arrives(1, NOW.plus_millis(1)).await;
    set.turns(NOW.plus_millis(2)).await;
    assert_eq!(set.keeper.begin().await.unwrap(), 0);
    let held = set.store.held(&anna()).await.unwrap().unwrap();
    assert_eq!(held.events.len(), 1);
    assert!(held.conversation.is_some());
}

#[tokio::test]
async fn an_old_copy_that_is_put_back_brings_nobody_back() {
    let mut set = set().await;
    set.arrives(1, NOW).await;
    set.turns(NOW).await;
    set.store.close().await;
    let file = set.folder.path().join("a.db");
    let copy = std::fs::read(&file).unwrap();
    set.store = open(&set.folder).await;
    let erased = set.store.erase(&anna(), NOW.plus_millis(9), &[], NOW).await;
    assert!(erased.unwrap().is_some());
    set.note(anna(), NOW.plus_millis(9));
    set.store.close().await;

    std::fs::write(&file, copy).unwrap();
    set.store = open(&set.folder).await;
    assert!(set.store.held(&anna()).await.unwrap().is_some());
    set.keeper = keeper(&set.folder, &set.store, &set.now);
    assert_eq!(set.keeper.begin().await.unwrap(), 1);
    assert_eq!(set.store.held(&anna()).await.unwrap(), None);
    assert_eq!(set.due().await, [], "they were told long ago");
}

#[tokio::test]
async fn somebody_noted_beside_the_running_program_is_forgotten() {
    let set = set().await;
    set.keeper.begin().await.unwrap();
    set.arrives(1, NOW).await;
    set.turns(NOW).await;
    set.note(anna(), NOW.plus_millis(1));
    let (store, stop) = (set.store.clone(), CancellationToken::new());
    let running = tokio::spawn(set.keeper.run(stop.clone()));
    for _ in 0..500 {
        if store.held(&anna()).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(store.held(&anna()).await.unwrap(), None);
}

#[tokio::test]
async fn lines_are_dropped_when_no_copy_can_be_that_old() {
    let set = set().await;
    set.note(anna(), NOW);
    set.now.fetch_add(364 * 24 * HOUR, Ordering::SeqCst);
    set.keeper.begin().await.unwrap();
    assert_eq!(set.list().read().unwrap().len(), 1);
    set.now.fetch_add(2 * 24 * HOUR, Ordering::SeqCst);
    set.keeper.begin().await.unwrap();
    assert_eq!(set.list().read().unwrap(), []);
}

#[tokio::test]
async fn help_in_danger_still_goes_out_to_somebody_who_is_forgotten() {
    let set = set().await;
    set.arrives(1, NOW).await;
    let [event] = set.waiting().await.try_into().unwrap();
    let say = |text: &str, priority| NewOutgoing {
        outgoing: Outgoing::Say {
            reply: crate::domain::Reply::text(text),
        },
        priority,
    };
    let danger = crate::domain::Danger {
        category: DangerCategory::A,
        strength: crate::domain::DangerStrength::Strong,
        language: "nl".into(),
        who: crate::domain::DangerWho::Writer,
    };
    let turn = TurnCommit {
        inbox_id: event.inbox_id,
        library: event.library,
        person: event.person,
        state: None,
        outgoing: vec![
            say("gewoon", crate::domain::Priority::Normal),
            say("bel 113", Utterance::Danger(danger).priority()),
        ],
        questions: vec![],
        counts: vec![],
        blocked: None,
        erase: false,
        at: NOW,
    };
    set.store.commit_turn(&turn).await.unwrap();
    set.note(anna(), NOW);
    set.keeper.begin().await.unwrap();
    let [help] = set.due().await.try_into().unwrap();
    assert!(format!("{:?}", help.outgoing).contains("113"));
    set.store
        .mark_sent(help.outbox_id, None, NOW)
        .await
        .unwrap();
    assert_eq!(set.store.held(&anna()).await.unwrap(), None);
}

#[tokio::test]
async fn every_hour_what_is_over_goes_and_every_night_the_file_is_written_anew() {
    let set = set().await;
    for n in 0..300 {
        set.arrives(n, NOW).await;
    }
    let file = set.folder.path().join("a.db");
    while !set.waiting().await.is_empty() {
        set.turns(NOW).await;
    }
    let mut seen = Seen::new(NOW);
    set.keeper.look(&mut seen).await;
    assert!(set.store.held(&anna()).await.unwrap().is_some());
    let full = std::fs::metadata(&file).unwrap().len();

    // Not yet an hour after the last time; then an hour after it, still before the night.
    set.now.fetch_add(HOUR - 1, Ordering::SeqCst);
    seen.cleaned = Some(NOW);
    set.keeper.look(&mut seen).await;
    assert_eq!(seen.cleaned, Some(NOW));
    set.now.fetch_add(1, Ordering::SeqCst);
    set.keeper.look(&mut seen).await;
    assert_eq!(seen.cleaned, Some(NOW.plus_millis(HOUR)));
    assert_eq!(std::fs::metadata(&file).unwrap().len(), full);

    set.now.fetch_add(25 * HOUR, Ordering::SeqCst);
    set.keeper.look(&mut seen).await;
    assert_eq!(set.store.held(&anna()).await.unwrap(), None);
    let after = std::fs::metadata(&file).unwrap().len();
    assert!(after < full, "{after} of {full} bytes");
}

#[test]
fn a_night_begins_at_three_or_four_in_the_netherlands() {
    let at = |text: &str| {
        let moment: jiff::Timestamp = text.parse().unwrap();
        night_of(Timestamp(moment.as_millisecond()))
    };
    assert_eq!(at("2026-11-22T23:00:00Z"), at("2026-11-23T01:59:59Z"));
    assert_eq!(at("2026-11-23T02:00:00Z"), at("2026-11-22T12:00:00Z") + 1);
}
