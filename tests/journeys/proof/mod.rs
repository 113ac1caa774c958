//! The proof of privacy: hundreds of messages with personal data through the real program, and then every byte
//! that it wrote, printed or sent is searched for them.
//!
//! What is of the edge (BSN, account, card and document numbers, passwords and codes) may stand nowhere. What else
//! points to a person (phone, e-mail, address, date of birth, name) may stand in the inbox and the conversation of
//! who wrote it until its term, and nowhere else. Telegram's numbers and names, the token and
//! the key stand nowhere but in the calls to Telegram and the file of the key. The table of what was searched shows with
//! `cargo test --test journeys proof -- --nocapture`.

mod database;
mod search;
mod secrets;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use aanzet::safety::{self, Scope};

use crate::bot_api::{BotApi, Fault, NAMES, PATIENCE, Resident, Trouble};
use crate::life::page;
use crate::postgres;
use crate::program::{Home, free_port};

use database::Database;
use search::{Needles, in_bytes, in_text, squeezed};
use secrets::{CONTROL, How, Letters, PEOPLE, is_of_the_edge, letters, loose};

/// Chooses the messages. Any other number must pass as well: `AANZET_TEST_SEED` plays other messages.
fn seed() -> u64 {
    let given = std::env::var("AANZET_TEST_SEED").ok();
    given.map_or(20_261_122, |given| given.parse().expect("a number"))
}

/// How long the program may take over all messages.
const LONGEST: Duration = Duration::from_secs(120);

/// A chat with a number that no other number looks like: Telegram's have up to 52 bits.
fn chat(person: usize) -> i64 {
    let spread = (person as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 14;
    (1 << 49) | spread as i64
}

/// Which secrets may not stand in a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// What is of the edge; the rest may stand here until its term.
    Edge,
    /// Everything that points to anybody.
    All,
    /// Of its own person, what is of the edge; of anybody else, everything.
    To(usize),
}

/// Bytes to search.
struct Place {
    name: String,
    bytes: Vec<u8>,
    rule: Rule,
}

impl Place {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, rule: Rule) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            rule,
        }
    }
}

/// Sends every letter as it wants to be sent, each person's in order.
fn send(api: &BotApi, letters: &Letters) {
    let people: Vec<Resident<'_>> = (0..PEOPLE).map(|n| api.resident(chat(n))).collect();
    for letter in &letters.letters {
        let person = &people[letter.person];
        match letter.how {
            How::Edit => {
                let message = person.says_message(&format!("{CONTROL}. De brief is hier"));
                person.edits(message, &letter.text);
            }
            How::Caption => {
                person.sends_photo(&letter.text);
            }
            How::Kept => {
                person.says("/medewerker");
                person.says(&letter.text);
            }
            _ => {
                person.says(&letter.text);
            }
        }
    }
}

/// Waits until everything is handled and sent.
fn wait_until_quiet(api: &BotApi, database: &Database) {
    let end = Instant::now() + LONGEST;
    while api.unconfirmed() > 0 || database.waiting() > 0 {
        assert!(Instant::now() < end, "{} still wait", database.waiting());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What was sent to Telegram: each call without the number of its chat.
fn calls(api: &BotApi) -> Vec<Place> {
    let mut to: BTreeMap<usize, String> = BTreeMap::new();
    let mut other = String::new();
    for call in api.all_calls() {
        let mut body = call.body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("chat_id");
        }
        // What a file holds is text too, and JSON in JSON would hide its line breaks.
        let file = body["files"]["document"]["content"].as_str();
        let text = format!("{} {body} {}\n|", call.method, file.unwrap_or_default());
        match (0..PEOPLE).find(|person| Some(chat(*person)) == call.chat) {
            Some(person) => to.entry(person).or_default().push_str(&text),
            None => other.push_str(&text),
        }
    }
    let mut places = vec![Place::new("calls to nobody", other, Rule::All)];
    places.extend(to.into_iter().map(|(person, text)| {
        Place::new(format!("calls to person {person}"), text, Rule::To(person))
    }));
    places
}

/// Everything that the program wrote and prints.
fn places(home: &Home, database: &Database, log: String) -> Vec<Place> {
    let mut places = vec![
        Place::new("log", log, Rule::All),
        Place::new("aanzet queue", home.queue(), Rule::All),
        Place::new(
            "aanzet queue --dead",
            home.run(&["queue", "--dead"]).stdout,
            Rule::All,
        ),
    ];
    for (path, bytes) in home.all_bytes() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let rule = if name.starts_with("aanzet.db") {
            Rule::Edge
        } else {
            Rule::All
        };
        places.push(Place::new(name, bytes, rule));
    }
    for (table, rows) in database.tables() {
        let rule = match table.as_str() {
            "questions" | "counts" => Rule::All,
            _ => Rule::Edge,
        };
        places.push(Place::new(format!("table {table}"), rows, rule));
    }
    places
}

/// What is looked for.
struct Search<'a> {
    letters: &'a Letters,
    secrets: Needles,
    /// Numbers and names of people at Telegram, as text and as raw bytes; the token and the key.
    people: Needles,
    raw: Needles,
    shown: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(letters: &'a Letters, secrets: [&str; 2]) -> Self {
        let all = letters.secrets.iter().map(|secret| secret.needle.clone());
        let numbers = (0..PEOPLE).map(chat);
        let mut people: Vec<Vec<u8>> = numbers.clone().flat_map(in_text).collect();
        let names = NAMES.into_iter().chain(secrets);
        people.extend(names.map(|name| squeezed(name.as_bytes())));
        let raw = numbers.flat_map(in_bytes).collect();
        Self {
            letters,
            secrets: Needles::new(all.collect()),
            shown: people
                .iter()
                .map(|needle| String::from_utf8_lossy(needle).into_owned())
                .collect(),
            people: Needles::new(people),
            raw: Needles::new(raw),
        }
    }

    /// What stands in a place and may not, in words.
    fn faults(&self, place: &Place) -> Vec<String> {
        let text = squeezed(&place.bytes);
        let mut faults = Vec::new();
        for number in self.secrets.found_in(&text) {
            let secret = &self.letters.secrets[number];
            let forbidden = is_of_the_edge(secret.kind)
                || match place.rule {
                    Rule::Edge => false,
                    Rule::All => true,
                    Rule::To(person) => person != secret.person,
                };
            if forbidden {
                let shown = String::from_utf8_lossy(&secret.needle);
                let of = self.letters.letters.iter().find(|letter| {
                    let text = squeezed(letter.text.as_bytes());
                    text.windows(secret.needle.len())
                        .any(|part| part == secret.needle)
                });
                let of = of.map(|letter| {
                    (
                        letter.how,
                        letter.text.chars().rev().take(150).collect::<Vec<_>>(),
                    )
                });
                let of = of.map(|(how, end)| (how, end.into_iter().rev().collect::<String>()));
                faults.push(format!(
                    "{}: {:?} {shown:?} of {of:?}",
                    place.name, secret.kind
                ));
            }
        }
        for number in self.people.found_in(&text) {
            // The key stands in its own file, the last of these.
            if place.name == "aanzet.key" && number + 1 == self.shown.len() {
                continue;
            }
            faults.push(format!("{}: {}", place.name, self.shown[number]));
        }
        if !self.raw.found_in(&place.bytes).is_empty() {
            faults.push(format!("{}: a number of Telegram in bytes", place.name));
        }
        faults
    }

    /// Searches all places, and prints what was searched.
    fn run(&self, when: &str, places: &[Place]) {
        let control = Needles::new(vec![CONTROL.as_bytes().to_vec()]);
        let mut table = format!("\n{when:<38} {:>10}  control  searched for", "bytes");
        let mut faults = Vec::new();
        let mut rows: BTreeMap<(usize, &str), (usize, bool, Rule)> = BTreeMap::new();
        for place in places {
            faults.extend(self.faults(place));
            let name = match place.rule {
                Rule::To(_) => "calls to each person",
                _ => place.name.as_str(),
            };
            let row = rows.entry((0, name)).or_insert((0, false, place.rule));
            row.0 += place.bytes.len();
            row.1 |= !control.found_in(&squeezed(&place.bytes)).is_empty();
        }
        for ((_, name), (bytes, control, rule)) in rows {
            let control = if control { "found" } else { "-" };
            let what = match rule {
                Rule::Edge => "numbers, passwords, ids, token, key",
                Rule::All => "everything",
                Rule::To(_) => "numbers, passwords, ids, token, key; everything of others",
            };
            write!(table, "\n  {name:<36} {bytes:>10}  {control:<7}  {what}").unwrap();
        }
        eprintln!("{table}");
        assert!(
            faults.is_empty(),
            "{} found:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

/// Plays so many messages on one database.
fn proof(mut home: Home, api: &BotApi, database: &Database, number: usize) {
    let port = free_port();
    home.set("AANZET_LOG", "trace")
        .set("AANZET_LIMIT_BURST", "1000")
        .set("AANZET_LIMIT_SECONDS", "1")
        .set("AANZET_LIMIT_PER_DAY", "100000")
        .set("AANZET_LIMIT_WAITING", "1000000")
        .set("AANZET_WEB_BIND", &format!("127.0.0.1:{port}"));
    let letters = letters(seed(), number);
    assert_eq!(letters.letters.len(), number);
    let mut program = home.serving(api);
    // One person blocked the bot, and one gets refusals: both end as dead letters.
    api.fault(
        Fault::on(
            "sendmessage",
            Trouble::Code(403, "Forbidden: bot was blocked by the user"),
        )
        .chat(chat(1)),
    );
    api.fault(
        Fault::on(
            "sendmessage",
            Trouble::Code(400, "Bad Request: message is too long"),
        )
        .chat(chat(2)),
    );
    send(api, &letters);
    wait_until_quiet(api, database);

    // The proof means something only when the messages did get there.
    let inbox = rows_of(database, "inbox");
    let stored = letters
        .letters
        .iter()
        .filter(|letter| !matches!(letter.how, How::Command | How::DeepLink))
        .count();
    let with_control = inbox.lines().filter(|row| row.contains(CONTROL)).count();
    assert!(
        with_control >= stored,
        "{with_control} of {stored} messages are in the inbox"
    );
    assert!(
        home.queue().contains(CONTROL),
        "questions wait for a librarian"
    );
    assert!(
        !home.run(&["queue", "--dead"]).stdout.is_empty(),
        "there are dead letters"
    );

    // What is held about somebody goes to that person.
    let (reader, leaver) = (api.resident(chat(3)), api.resident(chat(4)));
    reader.says("/mijngegevens");
    let file = reader.hears_where("the file", PATIENCE, |message| message.file.is_some());
    let held = file
        .file
        .is_some_and(|(_, content)| content.contains(CONTROL));
    assert!(held, "something is held");
    wait_until_quiet(api, database);

    let token = api.token();
    let (_, token) = token.split_once(':').expect("a number and a secret");
    let key = std::fs::read_to_string(home.path().join("aanzet.key")).unwrap();
    let search = Search::new(&letters, [token, key.trim()]);
    let mut all = places(&home, database, program.log());
    for path in ["/metrics", "/readyz", "/healthz"] {
        let (_, answer) = page(port, path).unwrap();
        assert!(answer.len() > 10, "{answer}");
        all.push(Place::new(path, answer, Rule::All));
    }
    all.extend(calls(api));
    search.run("while it runs", &all);
    assert_the_control_is_found(&all);

    // Somebody wants to be forgotten, and so there is a list of who was.
    leaver.says("/wis");
    leaver.hears("Zal ik alles wissen");
    leaver.presses("Ja, wis alles");
    leaver.hears("Alles is gewist");
    wait_until_quiet(api, database);
    program.terminate();
    let (_, log) = program.wait(PATIENCE);
    let all = places(&home, database, log);
    let listed = |place: &Place| place.name == "aanzet.vergeten" && !place.bytes.is_empty();
    assert!(
        all.iter().any(listed),
        "the list of forgotten people is searched too"
    );
    search.run("after it stopped", &all);
    assert_the_search_sees(&search, api);
}

fn rows_of(database: &Database, name: &str) -> String {
    let tables = database.tables();
    let table = tables.into_iter().find(|(table, _)| table == name);
    table.map(|(_, rows)| rows).unwrap_or_default()
}

/// The same search, in the same bytes, must find what is there.
fn assert_the_control_is_found(places: &[Place]) {
    let control = Needles::new(vec![CONTROL.as_bytes().to_vec()]);
    let found = |name: &str| {
        places
            .iter()
            .filter(|place| place.name.starts_with(name))
            .any(|place| !control.found_in(&squeezed(&place.bytes)).is_empty())
    };
    for name in [
        "table inbox",
        "table conversations",
        "table questions",
        "aanzet queue",
        "calls to person 3",
    ] {
        assert!(
            found(name),
            "the control is not in {name}: the search is blind there"
        );
    }
    // Its files hold it on SQLite; a server has its files elsewhere.
    if places.iter().any(|place| place.name == "aanzet.db") {
        assert!(
            found("aanzet.db"),
            "the control is not in the files of the database"
        );
    }
}

/// And it finds the secrets and the numbers of Telegram where they are: in what the people themselves sent.
fn assert_the_search_sees(search: &Search<'_>, api: &BotApi) {
    let mut sent: String = search
        .letters
        .letters
        .iter()
        .fold(String::new(), |mut all, letter| {
            all.push_str(&letter.text);
            all.push('|');
            all
        });
    for call in api.calls("sendmessage") {
        sent.push_str(&call.body.to_string());
    }
    let text = squeezed(sent.as_bytes());
    assert_eq!(
        search.secrets.found_in(&text).len(),
        search.letters.secrets.len()
    );
    assert!(!search.people.found_in(&text).is_empty());
}

#[test]
fn five_hundred_messages_leave_nothing_behind_in_sqlite() {
    let api = BotApi::start();
    let home = Home::with(&api);
    let database = Database::Sqlite(format!(
        "sqlite:{}",
        home.path().join("aanzet.db").display()
    ));
    proof(home, &api, &database, 500);
}

#[test]
fn messages_leave_nothing_behind_in_postgresql_either() {
    let url = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(postgres::empty_schema());
    let Some(url) = url else { return };
    let api = BotApi::start();
    let mut home = Home::with(&api);
    home.set("AANZET_DATABASE_URL", &url);
    proof(home, &api, &Database::Postgres(url), 200);
}

/// Nothing is promised for these, so nothing is asserted but that they are counted.
#[test]
fn how_much_looser_wordings_let_through_is_told() {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (kind, text, needle) in loose(seed(), 200) {
        let scope = if is_of_the_edge(kind) {
            Scope::Edge
        } else {
            Scope::Record
        };
        let masked = squeezed(safety::mask(&text, scope).text.as_bytes());
        let missed = masked.windows(needle.len()).any(|part| part == needle);
        let count = counts.entry(format!("{kind:?}")).or_default();
        count.0 += usize::from(missed);
        count.1 += 1;
    }
    for (kind, (missed, all)) in &counts {
        eprintln!("loose wordings, {kind}: {missed} of {all} missed");
    }
    assert_eq!(counts.values().map(|count| count.1).sum::<usize>(), 200);
}
