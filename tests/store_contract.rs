//! The contract of the store, run against both databases: the same tests, the same answers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod support;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use aanzet::domain::{
    BotId, ChatAddress, Event, Incoming, Keeping, LibraryId, MessageId, Outgoing, PersonKey,
    Priority, Reply, Timestamp,
};
use aanzet::store::{
    Accepted, Address, Count, NewOutgoing, NewQuestion, Pending, Store, StoreError, TurnCommit,
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const DAY: i64 = 86_400_000;

/// A database for one test, gone when dropped.
struct Database {
    url: String,
    store: Store,
    folder: Option<tempfile::TempDir>,
}

impl Database {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("aanzet.db").display());
        let store = Store::open(&url).await.unwrap();
        Self {
            url,
            store,
            folder: Some(folder),
        }
    }

    async fn postgres() -> Option<Self> {
        let url = support::postgres::empty_schema().await?;
        let store = Store::open(&url).await.unwrap();
        Some(Self {
            url,
            store,
            folder: None,
        })
    }

    fn file(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.path().join("aanzet.db"))
    }

    /// A number that no method of the store tells.
    async fn number(&self, sql: &'static str) -> i64 {
        match self.file() {
            Some(_) => {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                let number = sqlx::query_scalar(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                connection.close().await.unwrap();
                number
            }
            None => {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                let number = sqlx::query_scalar(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                connection.close().await.unwrap();
                number
            }
        }
    }

    /// Does what no method of the store does, as a mishap would.
    async fn execute(&self, sql: &'static str) {
        match self.file() {
            Some(_) => {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            None => {
                let mut connection = PgConnection::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }
}

/// No term ever ends.
fn forever() -> Keeping {
    Keeping {
        events: Duration::MAX,
        messages: Duration::MAX,
        given_up: Duration::MAX,
        conversations: Duration::MAX,
        question_person: Duration::MAX,
        questions: Duration::MAX,
        forgotten: Duration::MAX,
    }
}

/// Deletes events and messages that were done before this moment.
async fn delete_done(store: &Store, before: Timestamp) -> u64 {
    let keeping = Keeping {
        events: Duration::ZERO,
        messages: Duration::ZERO,
        given_up: Duration::ZERO,
        ..forever()
    };
    store.delete_expired(&keeping, before).await.unwrap()
}

fn person(name: &str) -> PersonKey {
    PersonKey::new(name)
}

fn library() -> LibraryId {
    LibraryId::new("zuiderzee")
}

fn nobody() -> HashSet<PersonKey> {
    HashSet::new()
}

fn said(text: &str) -> Event {
    Event::Text {
        text: text.to_owned(),
        message: MessageId(1),
        edited: false,
        masked: vec![],
        cut: false,
        danger: None,
        help_sent: false,
    }
}

fn incoming(update_id: i64, who: &str, text: &str) -> (Incoming, Address) {
    let incoming = Incoming {
        library: library(),
        bot: BotId::new("1"),
        update_id,
        person: person(who),
        address: ChatAddress(update_id),
        received_at: NOW,
        event: said(text),
    };
    (incoming, Address(format!("sealed {who}").into_bytes()))
}

/// A turn in which the bot says these words.
fn turn(event: &Pending, says: &[&str]) -> TurnCommit {
    TurnCommit {
        inbox_id: event.inbox_id,
        library: event.library.clone(),
        person: event.person.clone(),
        state: Some("{}".to_owned()),
        outgoing: says
            .iter()
            .map(|text| say(text, Priority::Normal))
            .collect(),
        questions: vec![],
        counts: vec![],
        blocked: None,
        erase: false,
        at: NOW,
    }
}

fn say(text: &str, priority: Priority) -> NewOutgoing {
    NewOutgoing {
        outgoing: Outgoing::Say {
            reply: Reply::text(text),
        },
        priority,
    }
}

fn answer(callback: &str) -> NewOutgoing {
    NewOutgoing {
        outgoing: Outgoing::AnswerButton {
            callback: callback.to_owned(),
            toast: None,
        },
        priority: Priority::Normal,
    }
}

fn count(name: &str, key: &str, n: i64) -> Count {
    Count {
        name: name.to_owned(),
        key: key.to_owned(),
        n,
    }
}

fn question(id: &str, text: &str) -> NewQuestion {
    NewQuestion {
        id: id.to_owned(),
        text: text.to_owned(),
        reason: "unsure".to_owned(),
    }
}

async fn accept(store: &Store, update_id: i64, who: &str, text: &str) {
    let accepted = store.accept(&[incoming(update_id, who, text)]).await;
    assert_eq!(accepted.unwrap().new, 1);
}

async fn pending(store: &Store) -> Vec<Pending> {
    store.pending(NOW, &nobody(), 100).await.unwrap()
}

/// Texts of what is pending, in order.
async fn pending_texts(store: &Store, now: Timestamp, busy: &HashSet<PersonKey>) -> Vec<String> {
    let pending = store.pending(now, busy, 100).await.unwrap();
    let texts = pending.into_iter().map(|pending| match pending.event {
        Event::Text { text, .. } => text,
        other => panic!("no text: {other:?}"),
    });
    texts.collect()
}

/// Takes in an event and handles it by a turn that says `says`.
async fn handle(store: &Store, update_id: i64, who: &str, says: Vec<NewOutgoing>) {
    accept(store, update_id, who, "?").await;
    let pending = pending(store).await;
    let event = pending.iter().find(|p| p.person == person(who)).unwrap();
    let mut turn = turn(event, &[]);
    turn.outgoing = says;
    assert!(store.commit_turn(&turn).await.unwrap());
}

/// What is due, as words: texts, and the callbacks of answers.
async fn due(store: &Store, now: Timestamp, busy: &HashSet<PersonKey>) -> Vec<String> {
    let due = store.due(now, busy, 100).await.unwrap();
    due.iter().map(|due| words(&due.outgoing)).collect()
}

fn words(outgoing: &Outgoing) -> String {
    match outgoing {
        Outgoing::AnswerButton { callback, .. } => callback.clone(),
        Outgoing::Say { reply } => {
            use aanzet::domain::{Block, Span};
            match &reply.blocks[..] {
                [Block::Paragraph(spans)] => match &spans[..] {
                    [Span::Text(text)] => text.clone(),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            }
        }
        Outgoing::DeleteMessage { message } => format!("delete {}", message.0),
        Outgoing::LeaveGroup => "leave".to_owned(),
        Outgoing::MyData { form } => format!("my data {form:?}"),
    }
}

async fn id_of(store: &Store, says: &str) -> i64 {
    let due = store.due(NOW, &nobody(), 100).await.unwrap();
    let found = due.iter().find(|due| words(&due.outgoing) == says);
    found
        .unwrap_or_else(|| panic!("{says} is not due"))
        .outbox_id
}

// ---- the contract ----

async fn an_update_is_taken_in_once(db: &Database) {
    let store = &db.store;
    let batch = [incoming(1, "a", "een"), incoming(2, "b", "twee")];
    let first = store.accept(&batch).await.unwrap();
    assert_eq!(
        first,
        Accepted {
            new: 2,
            duplicate: 0
        }
    );
    let again = [
        incoming(2, "b", "twee"),
        incoming(3, "a", "drie"),
        incoming(3, "a", "drie"),
    ];
    assert_eq!(
        store.accept(&again).await.unwrap(),
        Accepted {
            new: 1,
            duplicate: 2
        }
    );
    let mut other_bot = incoming(1, "c", "vier");
    other_bot.0.bot = BotId::new("2");
    assert_eq!(store.accept(&[other_bot]).await.unwrap().new, 1);
    assert_eq!(store.accept(&[]).await.unwrap(), Accepted::default());
    assert_eq!(
        pending_texts(store, NOW, &nobody()).await,
        ["een", "twee", "vier"]
    );
}

async fn an_event_comes_out_as_it_went_in(db: &Database) {
    let (mut incoming, address) = incoming(i64::MAX, "a", "Hallo 🙂 \0 é \"'; --");
    incoming.received_at = Timestamp(NOW.0 + 5);
    db.store
        .accept(&[(incoming.clone(), address)])
        .await
        .unwrap();
    let pending = pending(&db.store).await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].event, incoming.event);
    assert_eq!(pending[0].received_at, incoming.received_at);
    assert_eq!(pending[0].library, library());
    assert_eq!(pending[0].person, person("a"));
    assert_eq!((pending[0].attempts, &pending[0].state), (0, &None));
}

async fn events_of_a_person_come_one_by_one(db: &Database) {
    let store = &db.store;
    for (id, who, text) in [
        (1, "a", "a1"),
        (2, "a", "a2"),
        (3, "b", "b1"),
        (4, "c", "c1"),
    ] {
        accept(store, id, who, text).await;
    }
    assert_eq!(
        pending_texts(store, NOW, &nobody()).await,
        ["a1", "b1", "c1"]
    );
    let busy = HashSet::from([person("a"), person("c")]);
    assert_eq!(pending_texts(store, NOW, &busy).await, ["b1"]);
    // Busy people do not use up the limit.
    let one = store.pending(NOW, &busy, 1).await.unwrap();
    assert_eq!(one[0].person, person("b"));
    assert_eq!(store.pending(NOW, &nobody(), 2).await.unwrap().len(), 2);

    let first = &pending(store).await[0];
    assert!(store.commit_turn(&turn(first, &[])).await.unwrap());
    assert_eq!(
        pending_texts(store, NOW, &nobody()).await,
        ["a2", "b1", "c1"]
    );
}

async fn the_next_turn_gets_the_state_of_the_last(db: &Database) {
    let store = &db.store;
    for id in 1..=3 {
        accept(store, id, "a", "?").await;
    }
    let first = pending(store).await.remove(0);
    let mut commit = turn(&first, &[]);
    commit.state = Some("v1 é".to_owned());
    store.commit_turn(&commit).await.unwrap();

    let second = pending(store).await.remove(0);
    assert_eq!(second.state.as_deref(), Some("v1 é"));
    let mut commit = turn(&second, &[]);
    commit.state = None;
    store.commit_turn(&commit).await.unwrap();
    assert_eq!(pending(store).await[0].state, None);
}

async fn a_turn_is_written_once(db: &Database) {
    let store = &db.store;
    accept(store, 1, "a", "?").await;
    let event = pending(store).await.remove(0);
    let mut commit = turn(&event, &["hallo"]);
    commit.counts = vec![count("turn", "", 1)];
    assert!(store.commit_turn(&commit).await.unwrap());
    assert!(!store.commit_turn(&commit).await.unwrap());

    accept(store, 2, "a", "?").await;
    let event = pending(store).await.remove(0);
    let commit = turn(&event, &["nog eens"]);
    let tries = (0..8).map(|_| store.commit_turn(&commit));
    let written = futures_util::future::join_all(tries).await;
    let written = written.into_iter().filter(|w| *w.as_ref().unwrap()).count();
    assert_eq!(written, 1);

    assert_eq!(due(store, NOW, &nobody()).await, ["hallo"]);
    assert_eq!(
        store.counts(&library()).await.unwrap(),
        [count("turn", "", 1)]
    );
}

async fn a_turn_of_another_library_or_person_writes_nothing(db: &Database) {
    let store = &db.store;
    accept(store, 1, "a", "?").await;
    accept(store, 2, "b", "?").await;
    let event = pending(store).await.remove(0);
    let mut commit = turn(&event, &["hallo"]);
    commit.library = LibraryId::new("elders");
    assert!(!store.commit_turn(&commit).await.unwrap());
    let mut commit = turn(&event, &["hallo"]);
    commit.person = person("b");
    assert!(!store.commit_turn(&commit).await.unwrap());
    assert_eq!(due(store, NOW, &nobody()).await, [""; 0]);
    assert_eq!(pending(store).await.len(), 2);
}

async fn a_turn_is_written_whole_or_not_at_all(db: &Database) {
    let store = &db.store;
    accept(store, 1, "a", "?").await;
    accept(store, 2, "b", "?").await;
    let events = pending(store).await;
    let mut broken = turn(&events[0], &["hallo"]);
    // Two questions with one number: the last of them cannot be written.
    broken.questions = vec![question("0123", "een"), question("0123", "twee")];
    broken.counts = vec![count("turn", "", 1)];
    let whole = turn(&events[1], &["dag"]);
    let (broken_result, whole_result) =
        tokio::join!(store.commit_turn(&broken), store.commit_turn(&whole));
    assert!(matches!(broken_result, Err(StoreError::Database(_))));
    assert!(whole_result.unwrap(), "the other turn goes on");

    assert_eq!(due(store, NOW, &nobody()).await, ["dag"]);
    assert!(
        store
            .waiting_questions(&library())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.counts(&library()).await.unwrap().is_empty());
    assert_eq!(pending(store).await, [events[0].clone()]);
    broken.questions.pop();
    assert!(store.commit_turn(&broken).await.unwrap());
    assert_eq!(store.waiting_questions(&library()).await.unwrap().len(), 1);
}

async fn a_postponed_event_holds_up_its_person_only(db: &Database) {
    let store = &db.store;
    for (id, who, text) in [(1, "a", "a1"), (2, "a", "a2"), (3, "b", "b1")] {
        accept(store, id, who, text).await;
    }
    let event = pending(store).await.remove(0);
    let later = NOW.plus_millis(1000);
    assert_eq!(
        store
            .postpone_event(event.inbox_id, later, "te druk")
            .await
            .unwrap(),
        1
    );
    assert_eq!(pending_texts(store, NOW, &nobody()).await, ["b1"]);
    assert_eq!(pending_texts(store, later, &nobody()).await, ["a1", "b1"]);
    let again = store.postpone_event(event.inbox_id, later, "weer").await;
    assert_eq!(again.unwrap(), 2);
    assert_eq!(
        store.pending(later, &nobody(), 1).await.unwrap()[0].attempts,
        2
    );

    store
        .bury_event(event.inbox_id, NOW, "het lukt niet")
        .await
        .unwrap();
    assert_eq!(pending_texts(store, NOW, &nobody()).await, ["a2", "b1"]);
    let gone = store.postpone_event(event.inbox_id, later, "weer").await;
    assert_eq!(gone.unwrap(), 0);
    assert!(
        !store
            .commit_turn(&turn(&event, &["te laat"]))
            .await
            .unwrap()
    );
}

async fn an_event_that_cannot_be_read_does_not_stop_the_others(db: &Database) {
    let store = &db.store;
    for (id, who, text) in [(1, "a", "a1"), (2, "a", "a2"), (3, "b", "b1")] {
        accept(store, id, who, text).await;
    }
    db.execute("UPDATE inbox SET event = '{\"kind\":\"from_the_future\"}' WHERE update_id = 1")
        .await;
    let one = store.pending(NOW, &nobody(), 1).await.unwrap();
    assert_eq!(one[0].event, said("a2"));
    assert_eq!(pending_texts(store, NOW, &nobody()).await, ["a2", "b1"]);
}

async fn a_message_that_cannot_be_read_does_not_stop_the_others(db: &Database) {
    let store = &db.store;
    let says = vec![say("een", Priority::Normal), say("twee", Priority::Normal)];
    handle(store, 1, "a", says).await;
    db.execute("UPDATE outbox SET payload = 'stuk' WHERE id = (SELECT MIN(id) FROM outbox)")
        .await;
    assert_eq!(due(store, NOW, &nobody()).await, ["twee"]);
    let dead = store.dead_letters(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].reason.contains("of outbox cannot be read"));
    assert!(!dead[0].reason.contains("stuk"));
}

async fn messages_of_a_person_go_one_by_one(db: &Database) {
    let store = &db.store;
    let says = vec![say("a1", Priority::Normal), say("a2", Priority::Normal)];
    handle(store, 1, "a", says).await;
    handle(store, 2, "b", vec![say("b1", Priority::Normal)]).await;
    assert_eq!(due(store, NOW, &nobody()).await, ["a1", "b1"]);
    assert_eq!(store.due(NOW, &nobody(), 1).await.unwrap().len(), 1);
    let busy = HashSet::from([person("a")]);
    assert_eq!(due(store, NOW, &busy).await, ["b1"]);
    assert_eq!(
        store.due(NOW, &busy, 1).await.unwrap()[0].person,
        person("b")
    );

    let first = id_of(store, "a1").await;
    assert!(store.mark_sending(first, NOW).await.unwrap());
    assert!(!store.mark_sending(first, NOW).await.unwrap());
    // What is being sent keeps its place.
    assert_eq!(due(store, NOW, &nobody()).await, ["b1"]);
    store
        .mark_sent(first, Some(MessageId(77)), NOW)
        .await
        .unwrap();
    assert_eq!(due(store, NOW, &nobody()).await, ["a2", "b1"]);
    // Said twice it changes nothing.
    store.mark_sent(first, None, NOW).await.unwrap();
    assert!(!store.mark_sending(first, NOW).await.unwrap());
    assert_eq!(store.postpone_message(first, NOW, "?").await.unwrap(), 0);
    store.bury_message(first, NOW, "?").await.unwrap();
    assert!(store.dead_letters(10).await.unwrap().is_empty());
}

async fn a_due_message_has_all_that_sending_needs(db: &Database) {
    let store = &db.store;
    handle(store, 1, "a", vec![say("hulp", Priority::Danger)]).await;
    let due = store.due(NOW, &nobody(), 10).await.unwrap().remove(0);
    assert_eq!(due.address, Address(b"sealed a".to_vec()));
    assert_eq!((due.library, due.person), (library(), person("a")));
    assert_eq!((due.priority, due.attempts), (Priority::Danger, 0));
    assert_eq!(due.created_at, NOW);
}

async fn the_address_follows_the_last_update(db: &Database) {
    let store = &db.store;
    handle(store, 1, "a", vec![say("hallo", Priority::Normal)]).await;
    let (again, _) = incoming(2, "a", "?");
    let moved = Address(b"sealed anew".to_vec());
    store.accept(&[(again, moved.clone())]).await.unwrap();
    assert_eq!(
        store.due(NOW, &nobody(), 10).await.unwrap()[0].address,
        moved
    );
}

async fn danger_goes_first_and_passes_what_waits(db: &Database) {
    let store = &db.store;
    handle(store, 1, "a", vec![say("a1", Priority::Normal)]).await;
    let says = vec![
        say("b1", Priority::Normal),
        say("b hulp", Priority::Danger),
        say("b hulp 2", Priority::Danger),
    ];
    handle(store, 2, "b", says).await;
    assert_eq!(due(store, NOW, &nobody()).await, ["b hulp", "a1"]);
    // Also when only one is asked for and older messages of others wait.
    let one = store.due(NOW, &nobody(), 1).await.unwrap();
    assert_eq!(words(&one[0].outgoing), "b hulp");

    // A danger message passes a message that waits for a retry, and one that is being sent.
    let waits = id_of(store, "a1").await;
    let later = NOW.plus_millis(1000);
    store.postpone_message(waits, later, "429").await.unwrap();
    handle(store, 3, "a", vec![say("a hulp", Priority::Danger)]).await;
    assert_eq!(due(store, NOW, &nobody()).await, ["b hulp", "a hulp"]);
    // But what waits does not pass a danger message that waits itself.
    let hulp = id_of(store, "a hulp").await;
    let much_later = NOW.plus_millis(5000);
    store
        .postpone_message(hulp, much_later, "429")
        .await
        .unwrap();
    assert_eq!(due(store, later, &nobody()).await, ["b hulp"]);
    assert_eq!(
        due(store, much_later, &nobody()).await,
        ["b hulp", "a hulp"]
    );
}

async fn a_postponed_message_holds_up_its_person_only(db: &Database) {
    let store = &db.store;
    let says = vec![say("a1", Priority::Normal), say("a2", Priority::Normal)];
    handle(store, 1, "a", says).await;
    handle(store, 2, "b", vec![say("b1", Priority::Normal)]).await;
    let id = id_of(store, "a1").await;
    store.mark_sending(id, NOW).await.unwrap();
    let later = NOW.plus_millis(1000);
    assert_eq!(store.postpone_message(id, later, "429").await.unwrap(), 1);
    assert_eq!(due(store, NOW, &nobody()).await, ["b1"]);
    assert_eq!(due(store, later, &nobody()).await, ["a1", "b1"]);
    assert_eq!(store.due(later, &nobody(), 1).await.unwrap()[0].attempts, 1);
    assert_eq!(store.postpone_message(id, later, "429").await.unwrap(), 2);
}

async fn answers_to_presses_stand_in_no_line(db: &Database) {
    let store = &db.store;
    let says = vec![
        say("a1", Priority::Normal),
        answer("druk1"),
        answer("druk2"),
    ];
    handle(store, 1, "a", says).await;
    handle(store, 2, "b", vec![say("b hulp", Priority::Danger)]).await;
    let all = ["b hulp", "druk1", "druk2", "a1"];
    assert_eq!(due(store, NOW, &nobody()).await, all);
    let busy = HashSet::from([person("a")]);
    assert_eq!(due(store, NOW, &busy).await, ["b hulp", "druk1", "druk2"]);
    let two = store.due(NOW, &nobody(), 2).await.unwrap();
    assert_eq!(words(&two[1].outgoing), "druk1");

    // An answer that is tried again holds up nothing either.
    let id = id_of(store, "druk1").await;
    let later = NOW.plus_millis(1000);
    store.postpone_message(id, later, "500").await.unwrap();
    assert_eq!(due(store, NOW, &nobody()).await, ["b hulp", "druk2", "a1"]);
}

async fn deletions_stand_in_no_line_either(db: &Database) {
    let store = &db.store;
    let delete = NewOutgoing {
        outgoing: Outgoing::DeleteMessage {
            message: MessageId(7),
        },
        priority: Priority::Normal,
    };
    let says = vec![
        delete,
        say("a1", Priority::Normal),
        say("a hulp", Priority::Danger),
    ];
    handle(store, 1, "a", says).await;
    assert_eq!(due(store, NOW, &nobody()).await, ["a hulp", "delete 7"]);
    let help = id_of(store, "a hulp").await;
    store.mark_sent(help, None, NOW).await.unwrap();
    // While it is being done, and while it is tried again, the rest goes on.
    let id = id_of(store, "delete 7").await;
    assert!(store.mark_sending(id, NOW).await.unwrap());
    assert_eq!(due(store, NOW, &nobody()).await, ["a1"]);
    let later = NOW.plus_millis(1000);
    assert_eq!(store.postpone_message(id, later, "429").await.unwrap(), 1);
    assert_eq!(due(store, NOW, &nobody()).await, ["a1"]);
    let busy = HashSet::from([person("a")]);
    assert_eq!(due(store, later, &busy).await, ["delete 7"]);
}

async fn what_waits_is_counted_up_to_a_bound(db: &Database) {
    let store = &db.store;
    assert_eq!(store.waiting_events(10).await.unwrap(), 0);
    for id in 1..=4 {
        accept(store, id, "a", "?").await;
    }
    assert_eq!(store.waiting_events(10).await.unwrap(), 4);
    assert_eq!(store.waiting_events(3).await.unwrap(), 3);
    let first = &pending(store).await[0];
    assert!(store.commit_turn(&turn(first, &[])).await.unwrap());
    assert_eq!(store.waiting_events(10).await.unwrap(), 3);
}

async fn what_is_buried_is_a_dead_letter(db: &Database) {
    let store = &db.store;
    let says = vec![say("a1", Priority::Normal), say("a2", Priority::Normal)];
    handle(store, 1, "a", says).await;
    let first = id_of(store, "a1").await;
    store.mark_sending(first, NOW).await.unwrap();
    let at = NOW.plus_millis(5);
    store
        .bury_message(first, at, "400 te\0 lang")
        .await
        .unwrap();
    let second = id_of(store, "a2").await;
    store
        .bury_message(second, at.plus_millis(1), "404")
        .await
        .unwrap();
    let dead = store.dead_letters(10).await.unwrap();
    assert_eq!(dead.len(), 2);
    assert_eq!((dead[0].outbox_id, dead[1].outbox_id), (second, first));
    assert_eq!(dead[1].reason, "400 te lang");
    assert_eq!((dead[1].at, dead[1].kind.as_str()), (at, "say"));
    assert_eq!(dead[1].person, person("a"));
    assert_eq!(store.dead_letters(1).await.unwrap().len(), 1);
    assert_eq!(due(store, NOW, &nobody()).await, [""; 0]);
}

async fn who_blocked_the_bot_gets_nothing(db: &Database) {
    let store = &db.store;
    let says = vec![
        say("a1", Priority::Normal),
        answer("druk"),
        say("a2", Priority::Danger),
    ];
    handle(store, 1, "a", says).await;
    handle(store, 2, "b", vec![say("b1", Priority::Normal)]).await;
    let sending = id_of(store, "a2").await;
    store.mark_sending(sending, NOW).await.unwrap();
    store.set_blocked(&person("a"), true, NOW).await.unwrap();
    assert_eq!(due(store, NOW, &nobody()).await, ["b1"]);
    assert_eq!(store.dead_letters(10).await.unwrap().len(), 2);
    // What was being sent is buried when it comes back.
    store.postpone_message(sending, NOW, "?").await.unwrap();
    let dead = store.dead_letters(10).await.unwrap();
    assert_eq!(dead.len(), 3);
    assert!(dead.iter().all(|letter| letter.reason == "blocked"));
    assert!(dead.iter().all(|letter| letter.at == NOW));

    // A turn for somebody who is blocked does not leave words to wait.
    handle(store, 3, "a", vec![say("a3", Priority::Normal)]).await;
    assert_eq!(store.dead_letters(10).await.unwrap().len(), 4);
    store.set_blocked(&person("a"), false, NOW).await.unwrap();
    assert_eq!(due(store, NOW, &nobody()).await, ["b1"]);
    handle(store, 4, "a", vec![say("a4", Priority::Normal)]).await;
    assert_eq!(due(store, NOW, &nobody()).await, ["b1", "a4"]);
}

async fn a_turn_unblocks_before_it_speaks_and_blocks_what_it_says(db: &Database) {
    let store = &db.store;
    handle(store, 1, "a", vec![]).await;
    store.set_blocked(&person("a"), true, NOW).await.unwrap();
    accept(store, 2, "a", "/start").await;
    let mut back = turn(&pending(store).await[0], &["welkom terug"]);
    back.blocked = Some(false);
    assert!(store.commit_turn(&back).await.unwrap());
    assert_eq!(due(store, NOW, &nobody()).await, ["welkom terug"]);

    accept(store, 3, "a", "?").await;
    let mut gone = turn(&pending(store).await[0], &["tot ziens"]);
    gone.blocked = Some(true);
    gone.at = NOW.plus_millis(9);
    assert!(store.commit_turn(&gone).await.unwrap());
    assert_eq!(due(store, NOW, &nobody()).await, [""; 0]);
    let dead = store.dead_letters(10).await.unwrap();
    assert_eq!(dead.len(), 2);
    assert!(dead.iter().all(|letter| letter.at == gone.at));
}

async fn after_a_crash_what_was_being_sent_waits_again(db: &Database) {
    let store = &db.store;
    for (id, who) in [(1, "a"), (2, "b"), (3, "c")] {
        handle(store, id, who, vec![say(who, Priority::Normal)]).await;
    }
    let (a, b) = (id_of(store, "a").await, id_of(store, "b").await);
    for id in [a, b] {
        store.mark_sending(id, NOW).await.unwrap();
    }
    store.set_blocked(&person("b"), true, NOW).await.unwrap();
    assert_eq!(due(store, NOW, &nobody()).await, ["c"]);
    assert_eq!(store.resume_sending().await.unwrap(), 1);
    assert_eq!(store.resume_sending().await.unwrap(), 0);
    let due = store.due(NOW, &nobody(), 10).await.unwrap();
    assert_eq!(due.len(), 2);
    assert_eq!((due[0].outbox_id, due[0].attempts), (a, 1));
    assert_eq!(store.dead_letters(10).await.unwrap()[0].outbox_id, b);
}

async fn counts_are_summed_over_the_days(db: &Database) {
    let store = &db.store;
    for day in 0..3 {
        accept(store, day, "a", "?").await;
        let mut commit = turn(&pending(store).await[0], &[]);
        commit.at = NOW.plus_millis(day * DAY);
        commit.counts = vec![
            count("turn", "", 1),
            count("answer", "digid-aanvragen", 2),
            count("turn", "", 1),
            count("Zebra", "", 1),
        ];
        store.commit_turn(&commit).await.unwrap();
    }
    assert_eq!(
        store.counts(&library()).await.unwrap(),
        [
            count("Zebra", "", 3),
            count("answer", "digid-aanvragen", 6),
            count("turn", "", 6)
        ]
    );
    assert!(store.counts(&"elders".into()).await.unwrap().is_empty());
}

async fn questions_wait_oldest_first(db: &Database) {
    let store = &db.store;
    for (id, at, text) in [(1, 5, "later"), (2, 1, "eerst\0 é"), (3, 9, "laatst")] {
        accept(store, id, "a", "?").await;
        let mut commit = turn(&pending(store).await[0], &[]);
        commit.at = NOW.plus_millis(at);
        commit.questions = vec![question(&format!("{id:016x}"), text)];
        store.commit_turn(&commit).await.unwrap();
    }
    let waiting = store.waiting_questions(&library()).await.unwrap();
    let texts: Vec<_> = waiting.iter().map(|q| q.text.as_str()).collect();
    assert_eq!(texts, ["eerst é", "later", "laatst"]);
    assert_eq!(waiting[0].id, "0000000000000002");
    assert_eq!(waiting[0].reason, "unsure");
    assert_eq!(waiting[0].at, NOW.plus_millis(1));
    let elsewhere = store.waiting_questions(&"elders".into()).await.unwrap();
    assert!(elsewhere.is_empty());
}

async fn only_what_is_done_is_deleted(db: &Database) {
    let store = &db.store;
    let says = vec![say("a1", Priority::Normal), say("a2", Priority::Normal)];
    handle(store, 1, "a", says).await;
    handle(store, 2, "b", vec![say("b1", Priority::Normal)]).await;
    accept(store, 3, "c", "wacht nog").await;
    let sent = id_of(store, "a1").await;
    store.mark_sending(sent, NOW).await.unwrap();
    store.mark_sent(sent, None, NOW).await.unwrap();
    let dead = id_of(store, "b1").await;
    store
        .bury_message(dead, NOW.plus_millis(1), "404")
        .await
        .unwrap();

    assert_eq!(delete_done(store, NOW).await, 0);
    // Two events and one message.
    assert_eq!(delete_done(store, NOW.plus_millis(1)).await, 3);
    assert_eq!(delete_done(store, NOW.plus_millis(DAY)).await, 1);
    assert_eq!(delete_done(store, NOW.plus_millis(DAY)).await, 0);
    assert_eq!(due(store, NOW, &nobody()).await, ["a2"]);
    assert_eq!(pending_texts(store, NOW, &nobody()).await, ["wacht nog"]);
    // The number of a deleted event never comes back.
    let old = pending(store).await[0].inbox_id;
    store
        .commit_turn(&turn(&pending(store).await[0], &[]))
        .await
        .unwrap();
    delete_done(store, NOW.plus_millis(DAY)).await;
    accept(store, 4, "d", "nieuw").await;
    assert!(pending(store).await[0].inbox_id > old);
}

async fn a_conversation_that_is_still_is_forgotten(db: &Database) {
    let store = &db.store;
    handle(store, 1, "a", vec![]).await;
    let keeping = Keeping {
        conversations: Duration::ZERO,
        ..forever()
    };
    assert_eq!(store.delete_expired(&keeping, NOW).await.unwrap(), 0);
    accept(store, 2, "a", "nog een vraag").await;
    assert!(pending(store).await[0].state.is_some());
    assert_eq!(
        store
            .delete_expired(&keeping, NOW.plus_millis(1))
            .await
            .unwrap(),
        1
    );
    assert_eq!(pending(store).await[0].state, None);
}

async fn somebody_who_only_looks_sees_all_and_changes_nothing(db: &Database) {
    accept(&db.store, 1, "a", "?").await;
    let mut commit = turn(&pending(&db.store).await[0], &[]);
    commit.questions = vec![question("0000000000000001", "wie helpt mij")];
    db.store.commit_turn(&commit).await.unwrap();

    let looking = Store::open_to_read(&db.url).await.unwrap();
    let waiting = looking.waiting_questions(&library()).await.unwrap();
    assert_eq!(waiting[0].text, "wie helpt mij");
    let deleted = looking.delete_expired(&Keeping::default(), NOW).await;
    assert!(deleted.is_err());
    let held = looking.held(&person("a")).await.unwrap().unwrap();
    assert_eq!(held.questions.len(), 1);
    looking.close().await;
}

async fn many_rows_are_deleted_in_pieces(db: &Database) {
    let store = &db.store;
    let batch: Vec<_> = (0..1200).map(|id| incoming(id, "a", "?")).collect();
    assert_eq!(store.accept(&batch).await.unwrap().new, 1200);
    db.execute("UPDATE inbox SET state = 'done', done_at = 1")
        .await;
    // The person of all these goes too.
    assert_eq!(delete_done(store, NOW).await, 1201);
}

async fn fifty_people_at_once(db: &Database) {
    let store = &db.store;
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let who = format!("p{n:02}");
                for round in 0..4 {
                    accept(&store, n * 10 + round, &who, &format!("{who} {round}")).await;
                }
                for round in 0..4 {
                    let mine = store.pending(NOW, &nobody(), 100).await.unwrap();
                    let event = mine.into_iter().find(|p| p.person.as_str() == who).unwrap();
                    assert_eq!(event.event, said(&format!("{who} {round}")));
                    let before = (round > 0).then(|| format!("{}", round - 1));
                    assert_eq!(event.state, before);
                    let mut commit = turn(&event, &[&format!("{who} antwoord {round}")]);
                    commit.state = Some(round.to_string());
                    commit.counts = vec![
                        count("turn", "", 1),
                        count("answer", &format!("a{}", n % 3), 1),
                    ];
                    assert!(store.commit_turn(&commit).await.unwrap());
                }
                for round in 0..4 {
                    let due = store.due(NOW, &nobody(), 100).await.unwrap();
                    let due = due.into_iter().find(|d| d.person.as_str() == who).unwrap();
                    assert_eq!(words(&due.outgoing), format!("{who} antwoord {round}"));
                    assert!(store.mark_sending(due.outbox_id, NOW).await.unwrap());
                    store.mark_sent(due.outbox_id, None, NOW).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(pending(store).await.is_empty());
    let counts = store.counts(&library()).await.unwrap();
    assert_eq!(counts.last().unwrap(), &count("turn", "", 200));
    assert_eq!(counts.iter().map(|c| c.n).sum::<i64>(), 400);
}

/// Rows in which `a` stands as the person, table by table.
async fn rows_of_a(db: &Database) -> [i64; 5] {
    [
        db.number("SELECT COUNT(*) FROM people WHERE person = 'a'")
            .await,
        db.number("SELECT COUNT(*) FROM inbox WHERE person = 'a'")
            .await,
        db.number("SELECT COUNT(*) FROM conversations WHERE person = 'a'")
            .await,
        db.number("SELECT COUNT(*) FROM outbox WHERE person = 'a'")
            .await,
        db.number("SELECT COUNT(*) FROM questions WHERE person = 'a'")
            .await,
    ]
}

/// A person of whom something is held in every table: one event handled, one message sent, one waiting.
async fn known(store: &Store) {
    accept(store, 1, "a", "hoe zit dat").await;
    let mut commit = turn(&pending(store).await[0], &["zo", "en zo"]);
    commit.questions = vec![question("0000000000000001", "wie helpt mij")];
    store.commit_turn(&commit).await.unwrap();
    let id = id_of(store, "zo").await;
    store.mark_sending(id, NOW).await.unwrap();
    store.mark_sent(id, Some(MessageId(3)), NOW).await.unwrap();
}

/// The turn in which the person asks to be forgotten.
async fn wants_to_go(store: &Store, update_id: i64, says: &[&str]) -> TurnCommit {
    accept(store, update_id, "a", "ja, wis alles").await;
    let mut commit = turn(&pending(store).await[0], says);
    commit.state = None;
    commit.erase = true;
    commit
}

async fn a_person_is_erased_when_the_goodbye_is_sent(db: &Database) {
    let store = &db.store;
    known(store).await;
    assert_eq!(rows_of_a(db).await, [1, 1, 1, 2, 1]);
    let commit = wants_to_go(store, 2, &["dag"]).await;
    assert!(store.commit_turn(&commit).await.unwrap());
    assert_eq!(rows_of_a(db).await, [1, 0, 0, 1, 0]);
    assert_eq!(due(store, NOW, &nobody()).await, ["dag"]);
    let id = id_of(store, "dag").await;
    store.mark_sending(id, NOW).await.unwrap();
    store.mark_sent(id, None, NOW).await.unwrap();
    assert_eq!(rows_of_a(db).await, [0; 5]);
    assert_eq!(store.held(&person("a")).await.unwrap(), None);
    // Also when it is said once more that it was sent.
    store.mark_sent(id, None, NOW).await.unwrap();
    assert!(!store.commit_turn(&commit).await.unwrap());
    assert_eq!(rows_of_a(db).await, [0; 5]);
}

async fn an_update_that_is_repeated_brings_nobody_back(db: &Database) {
    let store = &db.store;
    known(store).await;
    let commit = wants_to_go(store, 2, &[]).await;
    store.commit_turn(&commit).await.unwrap();
    assert_eq!(rows_of_a(db).await, [0; 5], "there is nothing more to say");
    for update in [1, 2] {
        let again = store.accept(&[incoming(update, "a", "?")]).await.unwrap();
        assert_eq!((again.new, again.duplicate), (0, 1));
    }
    assert_eq!(rows_of_a(db).await, [0; 5]);
    assert_eq!(pending(store).await, []);
    let left = db
        .number("SELECT COUNT(*) FROM inbox WHERE event = '' AND person IS NULL AND reason IS NULL")
        .await;
    assert_eq!(left, 2);
}

async fn a_question_of_somebody_who_is_forgotten_is_withdrawn(db: &Database) {
    let store = &db.store;
    known(store).await;
    let commit = wants_to_go(store, 2, &[]).await;
    store.commit_turn(&commit).await.unwrap();
    let [question] = store
        .waiting_questions(&library())
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(question.id, "0000000000000001");
    assert!(question.withdrawn);
    assert_eq!(question.text, "");
}

async fn what_comes_after_the_wish_begins_anew(db: &Database) {
    let store = &db.store;
    known(store).await;
    let commit = wants_to_go(store, 2, &["dag"]).await;
    accept(store, 3, "a", "toch nog een vraag").await;
    store.commit_turn(&commit).await.unwrap();
    let [later] = pending(store).await.try_into().unwrap();
    assert_eq!(later.state, None);
    assert_eq!(later.event, said("toch nog een vraag"));
    store
        .commit_turn(&turn(&later, &["antwoord"]))
        .await
        .unwrap();
    let id = id_of(store, "dag").await;
    store.mark_sent(id, None, NOW).await.unwrap();
    assert_eq!(due(store, NOW, &nobody()).await, ["antwoord"]);
    assert_eq!(rows_of_a(db).await, [1, 1, 1, 1, 0]);
}

async fn an_erasure_reaches_up_to_its_moment(db: &Database) {
    let store = &db.store;
    known(store).await;
    let who = person("a");
    let before = store.erase(&who, NOW.plus_millis(-1), &[], NOW).await;
    assert_eq!(before.unwrap().unwrap().rows(), 0);
    assert_eq!(rows_of_a(db).await, [1, 1, 1, 2, 1]);

    let erased = store.erase(&who, NOW, &[], NOW).await.unwrap().unwrap();
    assert_eq!(
        (erased.events, erased.conversations, erased.messages),
        (1, 1, 2)
    );
    assert_eq!((erased.questions, erased.unhandled), (1, 0));
    assert_eq!(rows_of_a(db).await, [0; 5]);
    let again = store.erase(&who, NOW, &[], NOW).await.unwrap();
    assert_eq!(again, None, "nobody of that name is known");
}

async fn whose_event_waits_hears_that_all_is_erased(db: &Database) {
    let store = &db.store;
    accept(store, 1, "a", "?").await;
    let goodbye = [say("dag", Priority::Normal)];
    let later = NOW.plus_millis(DAY);
    let erased = store.erase(&person("a"), NOW, &goodbye, later).await;
    assert_eq!(erased.unwrap().unwrap().unhandled, 1);
    // Again before it was sent, as after a crash: it stays, and comes once.
    let again = store.erase(&person("a"), NOW, &goodbye, later).await;
    assert_eq!(again.unwrap().unwrap().rows(), 0);
    assert_eq!(due(store, later, &nobody()).await, ["dag"]);
    let id = id_of(store, "dag").await;
    store.mark_sent(id, None, later).await.unwrap();
    assert_eq!(rows_of_a(db).await, [0; 5]);
}

async fn help_in_danger_goes_out_before_its_person_is_forgotten(db: &Database) {
    let store = &db.store;
    let says = vec![
        say("gewoon", Priority::Normal),
        say("112", Priority::Danger),
        say("nog meer", Priority::Normal),
    ];
    handle(store, 1, "a", says).await;
    let commit = wants_to_go(store, 2, &["dag"]).await;
    store.commit_turn(&commit).await.unwrap();
    for text in ["112", "dag"] {
        assert_eq!(due(store, NOW, &nobody()).await, [text]);
        let id = id_of(store, text).await;
        store.mark_sent(id, None, NOW).await.unwrap();
    }
    assert_eq!(rows_of_a(db).await, [0; 5]);
}

async fn somebody_who_cannot_be_reached_is_erased_all_the_same(db: &Database) {
    let store = &db.store;
    known(store).await;
    let commit = wants_to_go(store, 2, &["dag"]).await;
    store.commit_turn(&commit).await.unwrap();
    let id = id_of(store, "dag").await;
    store.mark_sending(id, NOW).await.unwrap();
    store.bury_message(id, NOW, "blocked").await.unwrap();
    assert_eq!(rows_of_a(db).await, [0; 5]);
    assert_eq!(store.dead_letters(9).await.unwrap(), []);

    // And who blocks the bot while the goodbye waits.
    let store = &db.store;
    let commit = wants_to_go(store, 3, &["dag"]).await;
    store.commit_turn(&commit).await.unwrap();
    store.set_blocked(&person("a"), true, NOW).await.unwrap();
    assert_eq!(rows_of_a(db).await, [0; 5]);
}

async fn a_goodbye_that_was_being_sent_at_a_crash_is_sent_again_and_forgotten(db: &Database) {
    let store = &db.store;
    known(store).await;
    let commit = wants_to_go(store, 2, &["dag"]).await;
    store.commit_turn(&commit).await.unwrap();
    let id = id_of(store, "dag").await;
    store.mark_sending(id, NOW).await.unwrap();
    assert_eq!(store.resume_sending().await.unwrap(), 1);
    assert_eq!(due(store, NOW, &nobody()).await, ["dag"]);
    store.mark_sent(id, None, NOW).await.unwrap();
    assert_eq!(rows_of_a(db).await, [0; 5]);
}

async fn all_that_is_held_about_a_person_can_be_seen(db: &Database) {
    let store = &db.store;
    known(store).await;
    accept(store, 2, "b", "van een ander").await;
    accept(store, 3, "a", "wacht").await;
    let held = store.held(&person("a")).await.unwrap().unwrap();
    assert_eq!(held.blocked_at, None);
    let conversation = held.conversation.unwrap();
    assert_eq!(
        (conversation.state.as_str(), conversation.began_at),
        ("{}", NOW)
    );
    let events: Vec<_> = held
        .events
        .iter()
        .map(|e| (e.state.as_str(), e.done_at))
        .collect();
    assert_eq!(events, [("done", Some(NOW)), ("new", None)]);
    assert!(held.events[0].event.contains("hoe zit dat"));
    let messages: Vec<_> = held
        .messages
        .iter()
        .map(|m| (m.state.as_str(), m.done_at))
        .collect();
    assert_eq!(messages, [("sent", Some(NOW)), ("waiting", None)]);
    assert!(held.messages[1].payload.contains("en zo"));
    assert_eq!(held.questions[0].text, "wie helpt mij");
    assert_eq!(store.held(&person("c")).await.unwrap(), None);
}

async fn every_kind_of_row_has_its_own_term(db: &Database) {
    let store = &db.store;
    known(store).await;
    let id = id_of(store, "en zo").await;
    store.bury_message(id, NOW, "400").await.unwrap();
    accept(store, 2, "a", "kan niet").await;
    let event = pending(store).await[0].inbox_id;
    store.bury_event(event, NOW, "nooit").await.unwrap();
    accept(store, 3, "b", "wacht nog").await;
    // People, events, conversations, messages and questions that are left after so many days.
    let terms = [
        (1, [1, 2, 1, 2, 1]),
        (2, [1, 1, 0, 1, 1]),
        (7, [1, 1, 0, 1, 1]),
        (8, [1, 0, 0, 0, 1]),
        (30, [1, 0, 0, 0, 1]),
        (31, [0, 0, 0, 0, 0]),
    ];
    for (day, left) in terms {
        let at = NOW.plus_millis(day * DAY);
        store.delete_expired(&Keeping::default(), at).await.unwrap();
        assert_eq!(rows_of_a(db).await, left, "after {day} days");
    }
    // The question stays, without who asked it, and what waits is never deleted.
    let questions = store.waiting_questions(&library()).await.unwrap();
    assert_eq!(questions[0].text, "wie helpt mij");
    let at = NOW.plus_millis(180 * DAY + 1);
    store.delete_expired(&Keeping::default(), at).await.unwrap();
    let questions = store.waiting_questions(&library()).await.unwrap();
    assert_eq!(questions, []);
    assert_eq!(pending_texts(store, at, &nobody()).await, ["wacht nog"]);
}

async fn counts_stay_for_ever(db: &Database) {
    let store = &db.store;
    let mut commit = wants_to_go(store, 1, &[]).await;
    commit.counts = vec![count("erased", "", 1)];
    store.commit_turn(&commit).await.unwrap();
    let late = NOW.plus_millis(40_000 * DAY);
    store
        .delete_expired(&Keeping::default(), late)
        .await
        .unwrap();
    store.compact().await.unwrap();
    assert_eq!(
        store.counts(&library()).await.unwrap(),
        [count("erased", "", 1)]
    );
}

async fn many_people_without_anything_go_in_pieces(db: &Database) {
    let store = &db.store;
    let batch: Vec<_> = (0..1100)
        .map(|id| incoming(id, &format!("p{id}"), "?"))
        .collect();
    store.accept(&batch).await.unwrap();
    accept(store, 2000, "a", "wacht").await;
    db.execute("UPDATE inbox SET state = 'done', done_at = 1 WHERE person <> 'a'")
        .await;
    assert_eq!(delete_done(store, NOW).await, 2200);
    assert_eq!(db.number("SELECT COUNT(*) FROM people").await, 1);
}

async fn a_turn_and_an_erasure_at_once_leave_nothing_of_before(db: &Database) {
    for round in 0..10 {
        let store = &db.store;
        accept(store, 10 * round, "a", "eerst").await;
        let first = turn(&pending(store).await[0], &["een"]);
        store.commit_turn(&first).await.unwrap();
        accept(store, 10 * round + 1, "a", "dan").await;
        let mut second = turn(&pending(store).await[0], &["twee"]);
        second.at = NOW.plus_millis(5);
        let (one, other) = (store.clone(), store.clone());
        let turns = tokio::spawn(async move { one.commit_turn(&second).await });
        let erases = tokio::spawn(async move {
            let until = NOW.plus_millis(1);
            other.erase(&person("a"), until, &[], until).await
        });
        turns.await.unwrap().unwrap();
        erases.await.unwrap().unwrap();
        let [_, events, conversations, messages, questions] = rows_of_a(db).await;
        // The second answer may stand there: it was written after the moment.
        assert_eq!((events, conversations, questions), (0, 0, 0));
        assert!(messages <= 1);
        let later = NOW.plus_millis(9);
        store.erase(&person("a"), later, &[], later).await.unwrap();
        assert_eq!(rows_of_a(db).await, [0; 5], "round {round}");
    }
}

async fn all_is_there_after_opening_again(db: &Database) {
    handle(&db.store, 1, "a", vec![say("a1", Priority::Normal)]).await;
    accept(&db.store, 2, "b", "b1").await;
    db.store.ping().await.unwrap();
    db.store.close().await;
    db.store.close().await;
    assert!(db.store.ping().await.is_err());

    let url = db.url.clone();
    let opened = tokio::spawn(async move { Store::open(&url).await });
    let store = opened.await.unwrap().unwrap();
    assert_eq!(due(&store, NOW, &nobody()).await, ["a1"]);
    assert_eq!(pending_texts(&store, NOW, &nobody()).await, ["b1"]);
    let again = store.accept(&[incoming(2, "b", "b1")]).await.unwrap();
    assert_eq!(again.duplicate, 1);
    store.close().await;
}

macro_rules! contract {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(&super::Database::sqlite().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    if let Some(database) = super::Database::postgres().await {
                        super::$test(&database).await;
                        database.store.close().await;
                    }
                }
            )+
        }
    };
}

contract! {
    a_person_is_erased_when_the_goodbye_is_sent,
    an_update_that_is_repeated_brings_nobody_back,
    a_question_of_somebody_who_is_forgotten_is_withdrawn,
    what_comes_after_the_wish_begins_anew,
    an_erasure_reaches_up_to_its_moment,
    whose_event_waits_hears_that_all_is_erased,
    help_in_danger_goes_out_before_its_person_is_forgotten,
    somebody_who_cannot_be_reached_is_erased_all_the_same,
    a_goodbye_that_was_being_sent_at_a_crash_is_sent_again_and_forgotten,
    all_that_is_held_about_a_person_can_be_seen,
    every_kind_of_row_has_its_own_term,
    counts_stay_for_ever,
    many_people_without_anything_go_in_pieces,
    a_turn_and_an_erasure_at_once_leave_nothing_of_before,
    a_conversation_that_is_still_is_forgotten,
    somebody_who_only_looks_sees_all_and_changes_nothing,
    an_update_is_taken_in_once,
    an_event_comes_out_as_it_went_in,
    events_of_a_person_come_one_by_one,
    the_next_turn_gets_the_state_of_the_last,
    a_turn_is_written_once,
    a_turn_of_another_library_or_person_writes_nothing,
    a_turn_is_written_whole_or_not_at_all,
    a_postponed_event_holds_up_its_person_only,
    an_event_that_cannot_be_read_does_not_stop_the_others,
    a_message_that_cannot_be_read_does_not_stop_the_others,
    messages_of_a_person_go_one_by_one,
    a_due_message_has_all_that_sending_needs,
    the_address_follows_the_last_update,
    danger_goes_first_and_passes_what_waits,
    a_postponed_message_holds_up_its_person_only,
    answers_to_presses_stand_in_no_line,
    deletions_stand_in_no_line_either,
    what_waits_is_counted_up_to_a_bound,
    what_is_buried_is_a_dead_letter,
    who_blocked_the_bot_gets_nothing,
    a_turn_unblocks_before_it_speaks_and_blocks_what_it_says,
    after_a_crash_what_was_being_sent_waits_again,
    counts_are_summed_over_the_days,
    questions_wait_oldest_first,
    only_what_is_done_is_deleted,
    many_rows_are_deleted_in_pieces,
    fifty_people_at_once,
    all_is_there_after_opening_again,
}

/// What is so for a file only.
mod file {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn url(path: &Path) -> String {
        format!("sqlite:{}", path.display())
    }

    #[tokio::test]
    async fn after_a_power_cut_everything_acknowledged_is_there() {
        let db = Database::sqlite().await;
        handle(&db.store, 1, "a", vec![say("a1", Priority::Normal)]).await;
        let id = id_of(&db.store, "a1").await;
        db.store.mark_sending(id, NOW).await.unwrap();
        // What a disk holds when the power goes: the file and its log, not closed, no shared memory.
        let after = tempfile::tempdir().unwrap();
        let path = after.path().join("aanzet.db");
        for ending in ["", "-wal"] {
            let from = format!("{}{ending}", db.file().unwrap().display());
            fs::copy(from, format!("{}{ending}", path.display())).unwrap();
        }
        let store = Store::open(&url(&path)).await.unwrap();
        assert_eq!(store.resume_sending().await.unwrap(), 1);
        assert_eq!(due(&store, NOW, &nobody()).await, ["a1"]);
        assert!(pending(&store).await.is_empty());
        store.close().await;
    }

    #[tokio::test]
    async fn two_programs_do_not_share_a_file() {
        let db = Database::sqlite().await;
        let error = Store::open(&db.url).await.unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error}");
        #[cfg(unix)]
        {
            let link = db.folder.as_ref().unwrap().path().join("link.db");
            std::os::unix::fs::symlink(db.file().unwrap(), &link).unwrap();
            let error = Store::open(&url(&link)).await.unwrap_err();
            assert!(matches!(error, StoreError::InUse { .. }), "{error}");
        }
        accept(&db.store, 1, "a", "nog heel").await;
        db.store.close().await;
        Store::open(&db.url).await.unwrap().close().await;
    }

    #[tokio::test]
    async fn folder_and_file_are_made_for_the_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nieuw/dieper/aanzet.db");
        let store = Store::open(&url(&path)).await.unwrap();
        accept(&store, 1, "a", "?").await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
        store.close().await;
    }

    #[tokio::test]
    async fn a_folder_or_a_text_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let error = Store::open(&url(folder.path())).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");

        let path = folder.path().join("aanzet.db");
        fs::write(&path, "Dit is een boodschappenlijst. ".repeat(200)).unwrap();
        let error = Store::open(&url(&path)).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        let error = Store::open(&url(&path)).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "the lock was given back: {error}"
        );
    }

    #[tokio::test]
    async fn a_damaged_page_is_seen_at_the_start() {
        let db = Database::sqlite().await;
        let batch: Vec<_> = (0..500).map(|id| incoming(id, "a", "een zin")).collect();
        db.store.accept(&batch).await.unwrap();
        db.store.close().await;
        let path = db.file().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8192].fill(0xa5);
        fs::write(&path, bytes).unwrap();
        let error = Store::open(&db.url).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_written_is_told_apart() {
        // A file stands where the folder should come.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bestand");
        fs::write(&file, "").unwrap();
        let error = Store::open(&url(&file.join("aanzet.db")))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");

        // Not even root makes files there.
        #[cfg(target_os = "linux")]
        {
            let error = Store::open("sqlite:/proc/aanzet.db").await.unwrap_err();
            assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_without_write_permission_is_told_apart() {
        use std::os::unix::fs::PermissionsExt as _;
        let db = Database::sqlite().await;
        db.store.close().await;
        let path = db.file().unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        if fs::OpenOptions::new().write(true).open(&path).is_ok() {
            use std::io::Write as _;
            let _shown = writeln!(
                std::io::stderr(),
                "PASSED OVER: file permissions, because root may write everywhere"
            );
            return;
        }
        let error = Store::open(&db.url).await.unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    }

    #[tokio::test]
    async fn what_is_deleted_is_in_no_file_any_more() {
        let db = Database::sqlite().await;
        let secret = "een heel herkenbare zin";
        accept(&db.store, 1, "a", secret).await;
        let event = pending(&db.store).await.remove(0);
        db.store
            .commit_turn(&turn(&event, &[secret]))
            .await
            .unwrap();
        let id = id_of(&db.store, secret).await;
        db.store.mark_sending(id, NOW).await.unwrap();
        db.store.mark_sent(id, None, NOW).await.unwrap();
        let holds_secret = || {
            let entries = fs::read_dir(db.folder.as_ref().unwrap().path()).unwrap();
            entries.into_iter().any(|entry| {
                let bytes = fs::read(entry.unwrap().path()).unwrap();
                bytes
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes())
            })
        };
        assert!(holds_secret(), "the test must be able to find it");
        assert_eq!(delete_done(&db.store, NOW.plus_millis(1)).await, 2);
        assert!(!holds_secret());
    }

    /// Whether a text stands in any file of the folder.
    fn found(db: &Database, text: &str) -> bool {
        let entries = fs::read_dir(db.folder.as_ref().unwrap().path()).unwrap();
        entries.into_iter().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        })
    }

    #[tokio::test]
    async fn after_its_term_no_byte_of_what_somebody_said_is_left() {
        let db = Database::sqlite().await;
        // Many people with long messages, so that pages are split, merged and moved about.
        let long = "langdurig ".repeat(300);
        for n in 0..120 {
            let who = format!("persoon-{n:03}-");
            let words = format!("geheim-{n:03}-{long}");
            accept(&db.store, n, &who, &words).await;
            let event = pending(&db.store).await.remove(0);
            let mut commit = turn(&event, &[&words]);
            commit.state = Some(words.clone());
            commit.questions = vec![question(&format!("{n:016x}"), &words)];
            db.store.commit_turn(&commit).await.unwrap();
            let id = id_of(&db.store, &words).await;
            db.store.mark_sent(id, None, NOW).await.unwrap();
        }
        assert!(found(&db, "geheim-") && found(&db, "persoon-"));
        let late = NOW.plus_millis(181 * DAY);
        let deleted = db.store.delete_expired(&Keeping::default(), late).await;
        assert!(deleted.unwrap() >= 480);
        db.store.compact().await.unwrap();
        assert!(!found(&db, "geheim-") && !found(&db, "persoon-"));
    }

    #[tokio::test]
    async fn nothing_of_somebody_who_is_forgotten_is_left_in_any_file() {
        let db = Database::sqlite().await;
        let (who, words) = ("persoon-die-weg-wil", "een heel herkenbare zin");
        accept(&db.store, 1, who, words).await;
        let event = pending(&db.store).await.remove(0);
        let mut commit = turn(&event, &[words]);
        commit.state = Some(words.to_owned());
        commit.questions = vec![question("0000000000000001", words)];
        db.store.commit_turn(&commit).await.unwrap();
        assert!(found(&db, words) && found(&db, who));
        let erased = db.store.erase(&person(who), NOW, &[], NOW).await;
        assert!(erased.unwrap().is_some());
        assert!(!found(&db, words) && !found(&db, who));
    }

    #[tokio::test]
    async fn a_database_of_the_first_version_goes_on_with_all_that_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("migrations");
        fs::create_dir(&first).unwrap();
        let name = "0001_begin.sql";
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
        fs::copy(ours.join(name), first.join(name)).unwrap();
        let path = folder.path().join("aanzet.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let migrator = sqlx::migrate::Migrator::new(first).await.unwrap();
        migrator.run(&pool).await.unwrap();
        for sql in [
            "INSERT INTO people VALUES ('a', 'zuiderzee', '1', x'01', NULL)",
            "INSERT INTO inbox (id, library, bot, update_id, person, event, received_at)
             VALUES (41, 'zuiderzee', '1', 7, 'a', '{\"kind\":\"blocked\"}', 5),
                    (42, 'zuiderzee', '1', 8, 'a', '{\"kind\":\"unblocked\"}', 5)",
            "DELETE FROM inbox WHERE id = 42",
            "INSERT INTO conversations VALUES ('a', 'zuiderzee', '{}', 6)",
            "INSERT INTO questions (id, library, person, text, reason, at)
             VALUES ('1', 'zuiderzee', 'a', 'hoe', 'unsure', 5)",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        pool.close().await;

        let store = Store::open(&url(&path)).await.unwrap();
        let [event] = pending(&store).await.try_into().unwrap();
        assert_eq!((event.inbox_id, event.event), (41, Event::Blocked));
        let held = store.held(&person("a")).await.unwrap().unwrap();
        assert_eq!(held.conversation.unwrap().began_at, Timestamp(6));
        assert_eq!(held.questions[0].text, "hoe");
        accept(&store, 9, "b", "nieuw").await;
        let newest = pending(&store).await.pop().unwrap();
        assert_eq!(
            newest.inbox_id, 43,
            "the number of a deleted event never comes back"
        );
    }

    #[tokio::test]
    async fn a_file_of_a_newer_version_is_refused() {
        let db = Database::sqlite().await;
        db.store.close().await;
        db.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', TRUE, x'00', 0)",
        )
        .await;
        let error = Store::open(&db.url).await.unwrap_err();
        assert!(matches!(error, StoreError::Migrate(_)), "{error}");
    }
}
