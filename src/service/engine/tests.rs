//! The engine with a real store and a splitter that fails on demand.

use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::*;
use crate::domain::{BotId, ChatAddress, Keeping, LibraryId, MessageId};
use crate::knowledge::{CheckSettings, SourceFile, read};
use crate::service::{Intake, RawEvent, RawUpdate};
use crate::store::Vault;

struct Set {
    _folder: TempDir,
    store: Store,
    engine: Arc<Engine>,
    intake: Intake,
}

/// The first `faults` replies that are split make the program panic.
async fn set(faults: usize) -> Set {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&url).await.unwrap();
    let files = [SourceFile::new("artikelen/t/a.md", "# Huur\n\nBel ons.")];
    let brain = Brain::new(read(&files, &CheckSettings::default()).0).unwrap();
    let left = AtomicUsize::new(faults);
    let split = move |reply: &Reply| {
        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        assert!(fails.is_err(), "on purpose");
        vec![reply.clone()]
    };
    // A clock that runs ahead, so that no test waits for a pause.
    let ticks = AtomicUsize::new(0);
    let clock = move || {
        let ticks = ticks.fetch_add(1, Ordering::SeqCst);
        Timestamp(1_700_000_000_000 + 60_000 * i64::try_from(ticks).unwrap())
    };
    let engine = Engine::new(EngineParts {
        store: store.clone(),
        forgotten: ForgetList::at(folder.path().join("vergeten")),
        brain: Arc::new(ArcSwap::from_pointee(brain)),
        host: Host {
            library_name: "de bibliotheek".into(),
            municipality: None,
            keeping: Keeping::default(),
            privacy_contact: None,
        },
        split: Arc::new(split),
        clock: Arc::new(clock),
        settings: EngineSettings {
            parallel: 2,
            attempts: 3,
        },
        events: Arc::new(Notify::new()),
        messages: Arc::new(Notify::new()),
    });
    let key = Vault::generate_key();
    let intake = Intake::new(LibraryId::new("b"), BotId::new("1"), Vault::new(&key));
    Set {
        _folder: folder,
        store,
        engine,
        intake,
    }
}

impl Set {
    async fn arrives(&self, update_id: i64, text: &str) {
        let update = RawUpdate {
            update_id,
            chat: ChatAddress(7),
            event: RawEvent::Text {
                text: text.into(),
                message: MessageId(1),
                edited: false,
            },
        };
        let brain = self.engine.brain.load_full();
        let incoming = self.intake.take(update, &brain.rules, Timestamp(0));
        let sealed = self.intake.vault().seal(&incoming.person, incoming.address);
        self.store.accept(&[(incoming, sealed)]).await.unwrap();
    }

    /// Runs until nothing waits.
    async fn run(&self) {
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&self.engine).run(stop.clone()));
        let end = Timestamp(i64::MAX);
        let done = async {
            while !self
                .store
                .pending(end, &HashSet::new(), 9)
                .await
                .unwrap()
                .is_empty()
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), done)
            .await
            .expect("every event gets its turn");
        stop.cancel();
        running.await.unwrap();
        assert!(self.engine.busy().is_empty());
    }

    async fn said(&self) -> Vec<(Priority, String)> {
        let due = self
            .store
            .due(Timestamp(i64::MAX), &HashSet::new(), 9)
            .await
            .unwrap();
        due.into_iter()
            .filter_map(|due| match due.outgoing {
                Outgoing::Say { reply } => Some((due.priority, reply.plain())),
                _ => None,
            })
            .collect()
    }

    async fn kept(&self) -> Vec<String> {
        let kept = self.store.waiting_questions(&LibraryId::new("b")).await;
        kept.unwrap().into_iter().map(|q| q.text).collect()
    }
}

#[tokio::test]
async fn a_fault_while_splitting_does_not_keep_a_person_busy_for_ever() {
    let set = set(1).await;
    set.arrives(1, "hallo").await;
    set.arrives(2, "huur").await;
    set.run().await;
    assert!(!set.said().await.is_empty());
}

#[tokio::test]
async fn after_the_last_try_a_question_goes_to_a_person() {
    let set = set(3).await;
    set.arrives(1, "huur").await;
    set.run().await;
    assert_eq!(set.kept().await, ["huur"]);
}

#[tokio::test]
async fn what_always_fails_does_not_hold_up_what_comes_after_it() {
    let set = set(4).await;
    set.arrives(1, "huur").await;
    set.arrives(2, "hallo").await;
    set.run().await;
    assert!(!set.said().await.is_empty());
}

#[tokio::test]
async fn help_in_danger_goes_out_also_when_the_turn_fails() {
    let set = set(1).await;
    set.arrives(1, "ik wil dood").await;
    set.run().await;
    let said = set.said().await;
    assert!(
        matches!(said.as_slice(), [(Priority::Danger, help)] if help.contains("113")),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_name_and_a_phone_number_do_not_get_on_the_list() {
    let set = set(0).await;
    let text = "Mijn naam is Jan Jansen, bel 06-12345678 over de beheerder van de sporthal";
    set.arrives(1, text).await;
    set.run().await;
    let kept = set.kept().await.join("\n");
    assert!(kept.contains("sporthal"), "{kept}");
    assert!(
        !kept.contains("12345678") && !kept.contains("Jansen"),
        "{kept}"
    );
}

fn goodbye(said: &[(Priority, String)]) -> bool {
    matches!(said, [(_, text)] if text.contains("Alles is gewist"))
}

#[tokio::test]
async fn who_wants_to_be_forgotten_is_noted_and_erased_and_told_so() {
    let set = set(0).await;
    set.arrives(1, "wie beheert de sporthal").await;
    set.arrives(2, "/wis").await;
    set.arrives(3, "ja").await;
    set.run().await;
    assert_eq!(set.engine.forgotten.read().unwrap().len(), 1);
    assert_eq!(set.kept().await, [""]);
    let said = set.said().await;
    assert!(goodbye(&said), "{said:?}");
}

#[tokio::test]
async fn nothing_is_erased_before_it_is_noted() {
    let set = set(0).await;
    let list = set.engine.forgotten.path().to_owned();
    std::fs::create_dir(&list).unwrap();
    set.arrives(1, "wie beheert de sporthal").await;
    set.arrives(2, "/wis").await;
    set.run().await;
    set.arrives(3, "ja").await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&set.engine).run(stop.clone()));
    let tried = || async {
        let nobody = HashSet::new();
        let all = set.store.pending(Timestamp(i64::MAX), &nobody, 9);
        all.await.unwrap().first().is_some_and(|p| p.attempts > 0)
    };
    while !tried().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(set.kept().await, ["wie beheert de sporthal"]);
    std::fs::remove_dir(&list).unwrap();
    set.run().await;
    assert_eq!(set.kept().await, [""]);
    assert_eq!(set.engine.forgotten.read().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_held_goes_out_as_a_message_and_a_file_and_is_not_written_down() {
    let set = set(0).await;
    set.arrives(1, "/mijngegevens").await;
    set.run().await;
    let mut last = Vec::new();
    loop {
        let nobody = HashSet::new();
        let due = set.store.due(Timestamp(i64::MAX), &nobody, 9);
        let Some(row) = due.await.unwrap().into_iter().next() else {
            break;
        };
        let sent = set.store.mark_sent(row.outbox_id, None, Timestamp(0));
        sent.await.unwrap();
        last.push(row.outgoing);
    }
    let form = |form| Outgoing::MyData { form };
    let (_, data) = last.split_at(last.len() - 2);
    assert_eq!(data, [form(DataForm::Summary), form(DataForm::File)]);
}
