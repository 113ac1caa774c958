//! A Telegram Bot API of our own, over real HTTP on a free port of this machine. It does what Telegram
//! does where a bot can notice: updates come again until they are confirmed, what breaks the rules is
//! refused in Telegram's words, and everything that can go wrong can be made to go wrong.
//!
//! Not imitated: the delay for repeating an offset within half a second, and the flood limits per group.

pub(crate) mod html;
mod line;
mod methods;
mod multipart;
mod resident;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::watch;

use line::{Knife, Lines};
pub(crate) use resident::Resident;

/// How long a test waits for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The number of the bot account.
pub(crate) const BOT_ID: i64 = 4_242_424_242;

/// What Telegram tells about every person besides the number (first name, last name, user name). It must stand
/// nowhere.
pub(crate) const NAMES: [&str; 3] = ["Stilhilde", "Vertrouwelijk", "stilhilde_vertrouwelijk"];

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

/// One Telegram with one bot account.
pub(crate) struct BotApi {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

struct Shared {
    world: Mutex<World>,
    changed: Condvar,
    wake: watch::Sender<u64>,
}

/// Everything that is true in this Telegram.
struct World {
    token: String,
    next_update: i64,
    updates: VecDeque<(i64, Value)>,
    /// Every update that was ever made, so that one can be delivered once more.
    made: HashMap<i64, Value>,
    allowed: Option<Vec<String>>,
    chats: HashMap<i64, Chat>,
    messages: Vec<Message>,
    deleted: HashSet<(i64, i64)>,
    calls: Vec<Call>,
    faults: Vec<Fault>,
    limits: Option<Limits>,
    overall: Bucket,
    poll: u64,
    other_poller: bool,
    webhook: bool,
    presses: HashMap<String, Press>,
    commands: Vec<(String, String)>,
    next_press: u64,
}

/// A chat with the bot.
struct Chat {
    kind: ChatKind,
    next_message: i64,
    blocked: bool,
    gone: bool,
    bucket: Bucket,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ChatKind {
    Private,
    Group,
}

struct Press {
    answered: Option<Option<String>>,
}

/// A message that the bot sent and that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// In which chat.
    pub(crate) chat: i64,
    /// Its number in that chat.
    pub(crate) id: i64,
    /// What the resident reads.
    pub(crate) text: String,
    /// What was sent, with its markup.
    pub(crate) raw: String,
    /// Addresses of the links.
    pub(crate) links: Vec<String>,
    /// The buttons, row by row.
    pub(crate) buttons: Vec<Vec<Button>>,
    /// The file: its name and what is in it.
    pub(crate) file: Option<(String, String)>,
}

/// A button below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    /// What it says.
    pub(crate) label: String,
    /// What comes back when it is pressed; `None` for a link.
    pub(crate) data: Option<String>,
    /// Where a link goes.
    pub(crate) url: Option<String>,
}

impl Message {
    /// True when the resident can read `part` in it.
    pub(crate) fn says(&self, part: &str) -> bool {
        self.text.contains(part)
    }

    /// All labels, in order.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.buttons
            .iter()
            .flatten()
            .map(|button| button.label.as_str())
            .collect()
    }

    /// The button with exactly this label.
    pub(crate) fn button(&self, label: &str) -> Option<&Button> {
        self.buttons
            .iter()
            .flatten()
            .find(|button| button.label == label)
    }
}

/// A call that the bot made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// In lower case, as Telegram does not mind: `sendmessage`.
    pub(crate) method: String,
    /// For which chat.
    pub(crate) chat: Option<i64>,
    /// What was asked.
    pub(crate) body: Value,
    /// When it came.
    pub(crate) at: Instant,
    /// When it was answered, or its connection cut.
    pub(crate) done: Option<Instant>,
    /// With which code, and 0 for a cut connection.
    pub(crate) code: u16,
}

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// 429 with `retry_after` in seconds.
    TooMany(u64),
    /// This code with this description.
    Code(u16, &'static str),
    /// The connection breaks, and nothing was done.
    DropBefore,
    /// It was done, and the connection breaks before the answer.
    DropAfter,
    /// It takes longer.
    Delay(Duration),
}

/// When something goes wrong.
#[derive(Clone)]
pub(crate) struct Fault {
    method: &'static str,
    chat: Option<i64>,
    times: Option<u32>,
    unless: Option<&'static str>,
    trouble: Trouble,
}

impl Fault {
    /// Every call of `method` gives this trouble.
    pub(crate) fn on(method: &'static str, trouble: Trouble) -> Self {
        Self {
            method,
            chat: None,
            times: None,
            unless: None,
            trouble,
        }
    }

    /// Only so many times.
    pub(crate) fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only in this chat.
    pub(crate) fn chat(mut self, chat: i64) -> Self {
        self.chat = Some(chat);
        self
    }

    /// Not for texts that contain this.
    pub(crate) fn unless(mut self, text: &'static str) -> Self {
        self.unless = Some(text);
        self
    }
}

/// Rates above which Telegram answers 429.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Messages per second in one chat.
    pub(crate) per_chat: f64,
    /// Messages at once in one chat.
    pub(crate) burst: f64,
    /// Messages per second in all.
    pub(crate) overall: f64,
}

/// A token bucket.
#[derive(Default)]
struct Bucket {
    used: f64,
    at: Option<Instant>,
}

impl Bucket {
    /// Takes one, or says how many seconds to wait.
    fn take(&mut self, rate: f64, burst: f64, now: Instant) -> Result<(), u64> {
        let past = self
            .at
            .map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        self.at = Some(now);
        self.used = (self.used - past * rate).max(0.0);
        if self.used + 1.0 > burst + 1e-6 {
            let wait = (self.used + 1.0 - burst) / rate;
            return Err(wait.ceil().max(1.0) as u64);
        }
        self.used += 1.0;
        Ok(())
    }
}

impl BotApi {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        let listener = RUNTIME
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            world: Mutex::new(World {
                token: format!("{BOT_ID}:TEST-Token_{}", address.port()),
                // Telegram starts anywhere.
                next_update: 871_000_001,
                updates: VecDeque::new(),
                made: HashMap::new(),
                allowed: None,
                chats: HashMap::new(),
                messages: Vec::new(),
                deleted: HashSet::new(),
                calls: Vec::new(),
                faults: Vec::new(),
                limits: None,
                overall: Bucket::default(),
                poll: 0,
                other_poller: false,
                webhook: false,
                presses: HashMap::new(),
                commands: Vec::new(),
                next_press: 1,
            }),
            changed: Condvar::new(),
            wake: watch::Sender::new(0),
        });
        let app = Router::new().fallback(handle).with_state(shared.clone());
        let server = RUNTIME.spawn(async move {
            let service = app.into_make_service_with_connect_info::<Knife>();
            let _ = axum::serve(Lines(listener), service).await;
        });
        Self {
            shared,
            address,
            server,
        }
    }

    /// What to set as the address of the Bot API.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The token of the bot.
    pub(crate) fn token(&self) -> String {
        self.world().token.clone()
    }

    /// A person, known by the number of the chat.
    pub(crate) fn resident(&self, chat: i64) -> Resident<'_> {
        Resident::new(self, chat)
    }

    /// Makes something go wrong from now on.
    pub(crate) fn fault(&self, fault: Fault) {
        self.world().faults.push(fault);
    }

    /// Everything goes well again.
    pub(crate) fn repair(&self) {
        let mut world = self.world();
        world.faults.clear();
        world.other_poller = false;
    }

    /// From now on too many messages are refused.
    pub(crate) fn limit(&self, limits: Limits) {
        self.world().limits = Some(limits);
    }

    /// Everything that arrived in this chat.
    pub(crate) fn messages(&self, chat: i64) -> Vec<Message> {
        self.world()
            .messages
            .iter()
            .filter(|message| message.chat == chat)
            .cloned()
            .collect()
    }

    /// Whether the bot took this message out of the chat.
    pub(crate) fn is_deleted(&self, chat: i64, message: i64) -> bool {
        self.world().deleted.contains(&(chat, message))
    }

    /// Everything that arrived.
    pub(crate) fn all_messages(&self) -> Vec<Message> {
        self.world().messages.clone()
    }

    /// Every call, of whatever method.
    pub(crate) fn all_calls(&self) -> Vec<Call> {
        self.world().calls.clone()
    }

    /// Every call of this method (lower case).
    pub(crate) fn calls(&self, method: &str) -> Vec<Call> {
        self.world()
            .calls
            .iter()
            .filter(|call| call.method == method)
            .cloned()
            .collect()
    }

    /// Messages that Telegram could not read, with its reason. There must be none.
    pub(crate) fn assert_nothing_malformed(&self) {
        let malformed: Vec<_> = self
            .world()
            .calls
            .iter()
            .filter(|call| call.code == 400 || call.code == 404)
            .cloned()
            .collect();
        assert!(malformed.is_empty(), "{malformed:#?}");
    }

    /// The commands that the bot set, with what they do.
    pub(crate) fn commands(&self) -> Vec<(String, String)> {
        self.world().commands.clone()
    }

    /// What kinds of update the bot asked for.
    pub(crate) fn allowed_updates(&self) -> Option<Vec<String>> {
        self.world().allowed.clone()
    }

    /// Updates that the bot did not confirm.
    pub(crate) fn unconfirmed(&self) -> usize {
        self.world().updates.len()
    }

    /// Whether a press was answered, and with what.
    pub(crate) fn answered(&self, press: &str) -> Option<Option<String>> {
        self.world()
            .presses
            .get(press)
            .and_then(|press| press.answered.clone())
    }

    /// Delivers an update that was confirmed before once more, with the same number.
    pub(crate) fn deliver_again(&self, update: i64) {
        {
            let mut world = self.world();
            let again = world.made[&update].clone();
            world.updates.push_back((update, again));
        }
        self.shout();
    }

    /// Delivers an update as it stands here, whatever it is and whatever the bot asked for. Without a number it
    /// gets the next one; one that is no number stays.
    pub(crate) fn delivers(&self, mut update: Value) {
        {
            let mut world = self.world();
            let number = world.next_update;
            world.next_update += 1;
            if update.get("update_id").is_none() {
                update["update_id"] = json!(number);
            }
            world.updates.push_back((number, update));
        }
        self.shout();
    }

    /// A second program asks for updates with the same token, again and again.
    pub(crate) fn second_poller(&self) {
        self.world().other_poller = true;
        self.shout();
    }

    /// Waits until `found` gives something.
    pub(crate) fn wait<T>(
        &self,
        patience: Duration,
        mut found: impl FnMut(&Self) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + patience;
        loop {
            if let Some(found) = found(self) {
                return Some(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let world = self.world();
            // A change between the look and this wait is seen at the latest after a moment.
            let _ = self
                .shared
                .changed
                .wait_timeout(world, left.min(Duration::from_millis(20)))
                .unwrap();
        }
    }

    /// Waits until `n` calls of a method have come.
    pub(crate) fn wait_for_calls(&self, method: &str, n: usize) -> Vec<Call> {
        self.wait(PATIENCE, |api| {
            let calls = api.calls(method);
            (calls.len() >= n).then_some(calls)
        })
        .unwrap_or_else(|| panic!("{method} was not called {n} times"))
    }

    /// Waits until every update is confirmed.
    pub(crate) fn wait_until_confirmed(&self) {
        self.wait(PATIENCE, |api| (api.unconfirmed() == 0).then_some(()))
            .expect("the bot must confirm its updates");
    }

    /// Puts an update in the queue and gives its number; `None` when the bot did not ask for its kind.
    fn push(&self, kind: &str, content: Value) -> Option<i64> {
        let number = self.world().push(kind, content);
        self.shout();
        number
    }

    /// Puts many updates in the queue at once.
    fn shout(&self) {
        self.shared.wake.send_modify(|version| *version += 1);
        self.shared.changed.notify_all();
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }
}

impl Drop for BotApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
}

impl World {
    fn push(&mut self, kind: &str, content: Value) -> Option<i64> {
        let asked = self
            .allowed
            .as_ref()
            .is_none_or(|allowed| allowed.is_empty() || allowed.iter().any(|name| name == kind));
        if !asked {
            return None;
        }
        let number = self.next_update;
        self.next_update += 1;
        let update = json!({"update_id": number, kind: content});
        self.made.insert(number, update.clone());
        self.updates.push_back((number, update));
        Some(number)
    }

    /// The trouble that this call meets, if any; counts it.
    fn trouble(&mut self, method: &str, chat: Option<i64>, body: &Value) -> Option<Trouble> {
        let text = body["text"].as_str().unwrap_or_default();
        let index = self.faults.iter().position(|fault| {
            fault.method == method
                && fault.chat.is_none_or(|only| Some(only) == chat)
                && fault.unless.is_none_or(|unless| !text.contains(unless))
                && fault.times != Some(0)
        })?;
        let fault = &mut self.faults[index];
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.trouble.clone())
    }
}

/// What a method answers: the result, or a refusal.
type Answer = Result<Value, Refusal>;

/// A refusal in Telegram's words.
#[derive(Debug)]
struct Refusal {
    code: u16,
    description: String,
    retry_after: Option<u64>,
}

impl Refusal {
    fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            retry_after: None,
        }
    }

    fn too_many(seconds: u64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {seconds}"),
            retry_after: Some(seconds),
        }
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(knife): ConnectInfo<Knife>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let boundary = multipart::boundary(request.headers());
    let Ok(bytes) = to_bytes(request.into_body(), 1 << 20).await else {
        return answer(Err(Refusal::new(413, "Request Entity Too Large")));
    };
    let Some((token, method)) = path
        .strip_prefix("/bot")
        .and_then(|path| path.split_once('/'))
    else {
        return answer(Err(Refusal::new(404, "Not Found")));
    };
    if token != shared.world().token {
        return answer(Err(Refusal::new(401, "Unauthorized")));
    }
    let method = method.to_lowercase();
    let arguments = match boundary {
        Some(boundary) => multipart::arguments(&bytes, &boundary),
        None => arguments(&bytes, &query),
    };
    let body = match arguments {
        Ok(body) => body,
        Err(refusal) => return answer(Err(refusal)),
    };
    let chat = body["chat_id"].as_i64();
    let (number, trouble) = {
        let mut world = shared.world();
        let trouble = world.trouble(&method, chat, &body);
        world.calls.push(Call {
            method: method.clone(),
            chat,
            body: body.clone(),
            at: Instant::now(),
            done: None,
            code: 0,
        });
        (world.calls.len() - 1, trouble)
    };
    shared.changed.notify_all();

    let (result, cut) = match trouble {
        Some(Trouble::TooMany(seconds)) => (Err(Refusal::too_many(seconds)), false),
        Some(Trouble::Code(code, description)) => (Err(Refusal::new(code, description)), false),
        Some(Trouble::DropBefore) => (Ok(Value::Null), true),
        Some(Trouble::DropAfter) => (methods::call(&shared, &method, &body).await, true),
        Some(Trouble::Delay(delay)) => {
            let result = methods::call(&shared, &method, &body).await;
            tokio::time::sleep(delay).await;
            (result, false)
        }
        None => (methods::call(&shared, &method, &body).await, false),
    };
    let code = match (&result, cut) {
        (_, true) => 0,
        (Ok(_), _) => 200,
        (Err(refusal), _) => refusal.code,
    };
    {
        let mut world = shared.world();
        world.calls[number].done = Some(Instant::now());
        world.calls[number].code = code;
    }
    shared.changed.notify_all();
    if cut {
        knife.cut();
    }
    answer(result)
}

/// Arguments as JSON, or as a query.
fn arguments(bytes: &Bytes, query: &str) -> Result<Value, Refusal> {
    let mut arguments = if bytes.trim_ascii().is_empty() {
        json!({})
    } else {
        serde_json::from_slice(bytes).map_err(|_| {
            Refusal::new(
                400,
                "Bad Request: the arguments must be JSON for this server",
            )
        })?
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        arguments[key] = serde_json::from_str(value).unwrap_or(Value::String(value.to_owned()));
    }
    Ok(arguments)
}

fn answer(result: Answer) -> Response {
    let (code, body) = match result {
        Ok(result) => (200, json!({"ok": true, "result": result})),
        Err(refusal) => {
            let mut body = json!({
                "ok": false,
                "error_code": refusal.code,
                "description": refusal.description,
            });
            if let Some(seconds) = refusal.retry_after {
                body["parameters"] = json!({"retry_after": seconds});
            }
            if refusal.code >= 500 {
                // A gateway in between has its own page, not Telegram's JSON.
                let code = StatusCode::from_u16(refusal.code).unwrap();
                return (code, "<html><h1>Bad Gateway</h1></html>").into_response();
            }
            (refusal.code, body)
        }
    };
    let mut response = (
        StatusCode::from_u16(code).unwrap(),
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response();
    if let Some(seconds) = body["parameters"]["retry_after"].as_u64() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The distinct numbers of chats in these messages.
pub(crate) fn chats(messages: &[Message]) -> HashSet<i64> {
    messages.iter().map(|message| message.chat).collect()
}
