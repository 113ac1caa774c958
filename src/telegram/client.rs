//! Calls to Telegram. A thin layer over teloxide's `Bot`: what is asked, and what came of it.

use std::fmt;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::payloads::AnswerCallbackQuerySetters;
use teloxide::requests::{
    JsonRequest, MultipartPayload, MultipartRequest, Payload, Request, Requester,
};
use teloxide::types::{
    BotCommand, CallbackQueryId, ChatAction, ChatId, InlineKeyboardMarkup, InputFile, ParseMode,
};
use teloxide::{Bot, RequestError};

use super::callback::Signer;
use super::error::CallError;
use super::parts::{Limits, parts};
use super::render::{Rendered, render, start};
use super::salvage;
use crate::domain::{BotId, ChatAddress, MessageId, Outgoing, Reply};
use crate::service::delivery::{Channel, DeliveryOutcome};
use crate::service::{Direct, OutgoingFile};
use crate::store::Vault;

/// The most characters below a file.
const LONGEST_CAPTION: usize = 1024;

/// What is needed to reach Telegram.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The token of the bot, from @BotFather: `123456:ABC…`.
    pub token: SecretString,
    /// Address of the Bot API server; `None` is Telegram's own.
    pub api_url: Option<String>,
    /// How long one question for updates may wait for something to happen. Telegram allows at most 50 s.
    pub poll_timeout: Duration,
    /// How long any other call may take. teloxide sleeps 10 s inside a call after a 5xx answer.
    pub call_timeout: Duration,
    /// What fits in one message.
    pub limits: Limits,
}

impl ClientSettings {
    /// The settings for this token, with Telegram's own server, 30 s for updates and 20 s for a call.
    pub fn new(token: SecretString) -> Self {
        Self {
            token,
            api_url: None,
            poll_timeout: Duration::from_secs(30),
            call_timeout: Duration::from_secs(20),
            limits: Limits::default(),
        }
    }
}

/// Why the connection to Telegram could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The token has another form.
    #[error(
        "this is no token of a Telegram bot: ask @BotFather in Telegram for one (it looks like 123456789:ABC…) and set AANZET_TELEGRAM_TOKEN"
    )]
    Token,
    /// The address of the server is not one.
    #[error(
        "{0:?} is no address of a Bot API server: set AANZET_TELEGRAM_API_URL to https://… or http://…, or leave it out"
    )]
    ApiUrl(String),
    /// Certificates or the like.
    #[error("the program cannot make network connections: check the certificates of this machine")]
    Network,
}

/// Who the bot is, as Telegram tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// Its number, the same as in the token.
    pub id: i64,
    /// Its name without the @.
    pub username: String,
}

/// A bot account. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Telegram {
    id: BotId,
    calls: Bot,
    polling: Bot,
    poll_timeout: Duration,
    limits: Limits,
    buttons: Signer,
}

impl fmt::Debug for Telegram {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Telegram(bot {})", self.id)
    }
}

impl Telegram {
    /// Sets up the connection. Calls nobody yet. The vault marks the buttons.
    pub fn new(settings: ClientSettings, vault: Vault) -> Result<Self, SetupError> {
        let token = settings.token.expose_secret().trim();
        let (id, secret) = token.split_once(':').ok_or(SetupError::Token)?;
        let digits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !digits || secret.is_empty() || !secret.bytes().all(plain) {
            return Err(SetupError::Token);
        }
        let bot = |timeout: Duration| {
            let client = teloxide::net::default_reqwest_settings()
                .timeout(timeout)
                .build()
                .map_err(|_| SetupError::Network)?;
            let bot = Bot::with_client(token, client);
            match &settings.api_url {
                Some(url) => at_url(bot, url),
                None => Ok(bot),
            }
        };
        // Telegram answers a question for updates at the end of its wait; the way back takes time too.
        let poll_timeout = settings.poll_timeout.min(Duration::from_secs(50));
        Ok(Self {
            id: BotId::new(id),
            calls: bot(settings.call_timeout)?,
            polling: bot(poll_timeout + Duration::from_secs(15))?,
            poll_timeout,
            limits: settings.limits,
            buttons: Signer::new(vault, BotId::new(id)),
        })
    }

    /// The bot account.
    pub fn id(&self) -> &BotId {
        &self.id
    }

    /// What knows the data of our own buttons.
    pub fn buttons(&self) -> &Signer {
        &self.buttons
    }

    /// Asks Telegram who we are: the check of token and network at the start.
    pub async fn me(&self) -> Result<Me, CallError> {
        Ok(JsonRequest::new(self.calls.clone(), GetMe {})
            .send()
            .await?)
    }

    /// Sets the list of commands that people see; (`start`, what it does).
    pub async fn set_commands(&self, commands: &[(&str, &str)]) -> Result<(), CallError> {
        let commands: Vec<BotCommand> = commands
            .iter()
            .map(|(name, description)| BotCommand::new(*name, *description))
            .collect();
        self.calls.set_my_commands(commands).send().await?;
        Ok(())
    }

    /// Removes a webhook, so that updates can be asked for. Those that wait stay.
    pub async fn delete_webhook(&self) -> Result<(), CallError> {
        self.calls.delete_webhook().send().await?;
        Ok(())
    }

    /// Shows "is typing…" for a few seconds.
    pub async fn typing(&self, to: ChatAddress) -> Result<(), CallError> {
        self.calls
            .send_chat_action(ChatId(to.0), ChatAction::Typing)
            .send()
            .await?;
        Ok(())
    }

    /// Asks for updates from `offset` on, at most `limit` (1 to 100), as the JSON that came. Waits for
    /// them no longer than the setting says. A higher offset confirms those before it.
    pub async fn updates(&self, offset: i64, limit: u8) -> Result<Vec<Value>, CallError> {
        let question = GetUpdates {
            offset,
            limit,
            timeout: self.poll_timeout.as_secs(),
            allowed_updates: &[
                "message",
                "edited_message",
                "callback_query",
                "my_chat_member",
            ],
        };
        match JsonRequest::new(self.polling.clone(), question)
            .send()
            .await
        {
            Ok(updates) => Ok(updates),
            // One update that cannot be read may not hold up those of everybody else.
            Err(RequestError::InvalidJson { raw, source }) => match salvage::updates(&raw) {
                Some(updates) => Ok(updates),
                None => Err(RequestError::InvalidJson { raw, source }.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn say(&self, to: ChatAddress, reply: &Reply) -> DeliveryOutcome {
        let rendered = render(reply, &|action| self.buttons.write(to, action));
        if rendered.html.trim().is_empty() {
            return DeliveryOutcome::Never("there is nothing to say in this message".into());
        }
        match self.send(SendMessage::html(to, &rendered)).await {
            // The words are worth more than their looks: once more without markup and links on buttons.
            Err(CallError::Markup(reason)) => {
                tracing::warn!(%reason, "Telegram refused the markup of a message, sending it as plain text");
                outcome(self.send(SendMessage::plain(to, &rendered)).await)
            }
            result => outcome(result),
        }
    }

    async fn send(&self, message: SendMessage) -> Result<Option<MessageId>, CallError> {
        let sent = JsonRequest::new(self.calls.clone(), message).send().await?;
        Ok(sent.message_id.map(MessageId))
    }

    async fn answer_button(&self, callback: &str, toast: Option<&str>) -> DeliveryOutcome {
        let mut call = self
            .calls
            .answer_callback_query(CallbackQueryId(callback.to_owned()));
        if let Some(toast) = toast {
            call = call.text(start(toast, 200));
        }
        match call.send().await.map_err(CallError::from) {
            // A refusal is no reason to try again, nor to call the person unreachable.
            Err(CallError::Refused(_) | CallError::Unreachable) => DeliveryOutcome::Sent(None),
            result => outcome(result.map(|_| None)),
        }
    }

    /// Takes a message out of the chat. Telegram refuses it after 48 hours, and when it is gone already.
    async fn delete(&self, chat: ChatAddress, message: MessageId) -> DeliveryOutcome {
        let call = self
            .calls
            .delete_message(ChatId(chat.0), teloxide::types::MessageId(message.0));
        match call.send().await.map_err(CallError::from) {
            // The person was told how to do it themselves: no reason to try on, nor to call them unreachable.
            Err(CallError::Refused(_) | CallError::Unreachable) => DeliveryOutcome::Sent(None),
            result => outcome(result.map(|_| None)),
        }
    }

    async fn leave(&self, group: ChatAddress) -> DeliveryOutcome {
        let call = async |chat: i64| {
            let result = self.calls.leave_chat(ChatId(chat)).send().await;
            result.map_err(CallError::from)
        };
        let result = match call(group.0).await {
            Err(CallError::Moved(chat)) => call(chat).await,
            result => result,
        };
        match result {
            // Out already.
            Err(CallError::Unreachable) => DeliveryOutcome::Sent(None),
            result => outcome(result.map(|_| None)),
        }
    }
}

impl Channel for Telegram {
    fn parts(&self, reply: &Reply) -> Vec<Reply> {
        parts(reply, &self.limits)
    }

    async fn deliver(&self, to: ChatAddress, outgoing: &Outgoing) -> DeliveryOutcome {
        match outgoing {
            Outgoing::Say { reply } => self.say(to, reply).await,
            Outgoing::AnswerButton { callback, toast } => {
                self.answer_button(callback, toast.as_deref()).await
            }
            Outgoing::DeleteMessage { message } => self.delete(to, *message).await,
            Outgoing::LeaveGroup => self.leave(to).await,
            Outgoing::MyData { .. } => DeliveryOutcome::Never("it was not prepared".into()),
        }
    }

    async fn deliver_file(&self, to: ChatAddress, file: &OutgoingFile) -> DeliveryOutcome {
        let document = SendDocument {
            chat_id: to.0,
            document: InputFile::memory(file.bytes.clone()).file_name(file.name.clone()),
            caption: start(&file.caption, LONGEST_CAPTION),
        };
        let sent = MultipartRequest::new(self.calls.clone(), document)
            .send()
            .await;
        outcome(
            sent.map(|sent| sent.message_id.map(MessageId))
                .map_err(CallError::from),
        )
    }
}

impl Direct for Telegram {
    /// For help in danger. A connection that breaks gets another try within the time.
    async fn deliver_now(&self, to: ChatAddress, reply: &Reply, within: Duration) -> bool {
        let end = Instant::now() + within;
        let parts = parts(reply, &self.limits);
        if parts.is_empty() {
            return false;
        }
        for part in &parts {
            loop {
                let left = end.saturating_duration_since(Instant::now());
                match tokio::time::timeout(left, self.say(to, part)).await {
                    Ok(DeliveryOutcome::Sent(_)) => break,
                    Ok(DeliveryOutcome::Uncertain(_)) => {
                        // A connection that broke at once deserves a second try within the time.
                        let pause = Duration::from_millis(300);
                        if end.saturating_duration_since(Instant::now()) <= pause {
                            return false;
                        }
                        tokio::time::sleep(pause).await;
                    }
                    Ok(_) | Err(_) => return false,
                }
            }
        }
        true
    }

    async fn release_button(&self, callback: &str) {
        let _whatever_comes_of_it = self.answer_button(callback, None).await;
    }

    async fn show_working(&self, to: ChatAddress) {
        if let Err(error) = self.typing(to).await {
            tracing::debug!(%error, "the sign of work did not show");
        }
    }
}

fn outcome(result: Result<Option<MessageId>, CallError>) -> DeliveryOutcome {
    match result {
        Ok(message) => DeliveryOutcome::Sent(message),
        Err(error) => error.into(),
    }
}

fn at_url(bot: Bot, url: &str) -> Result<Bot, SetupError> {
    let refused = || SetupError::ApiUrl(url.to_owned());
    // Only these have paths; teloxide panics on an address without one.
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(refused());
    }
    let parsed = url.trim_end_matches('/').parse().map_err(|_| refused())?;
    Ok(bot.set_api_url(parsed))
}

/// `getMe`, of which we need two fields.
#[derive(Clone, Serialize)]
struct GetMe {}

impl Payload for GetMe {
    type Output = Me;
    const NAME: &'static str = "GetMe";
}

/// `getUpdates` with the updates as they come; teloxide's own loses those it cannot read.
#[derive(Clone, Serialize)]
struct GetUpdates {
    offset: i64,
    limit: u8,
    timeout: u64,
    allowed_updates: &'static [&'static str],
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";
}

/// `sendMessage` of which only the number is read back. An answer with a part that teloxide does not
/// know would otherwise count as failed, and the person would get the message twice.
#[derive(Clone, Serialize)]
struct SendMessage {
    chat_id: i64,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parse_mode: Option<ParseMode>,
    link_preview_options: NoPreview,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboardMarkup>,
}

#[derive(Clone, Serialize)]
struct NoPreview {
    is_disabled: bool,
}

#[derive(Deserialize)]
struct Sent {
    message_id: Option<i32>,
}

impl Payload for SendMessage {
    type Output = Sent;
    const NAME: &'static str = "SendMessage";
}

/// `sendDocument` of which only the number is read back, as with [`SendMessage`].
#[derive(Clone, Serialize)]
struct SendDocument {
    chat_id: i64,
    document: InputFile,
    caption: String,
}

impl Payload for SendDocument {
    type Output = Sent;
    const NAME: &'static str = "SendDocument";
}

impl MultipartPayload for SendDocument {
    fn copy_files(&self, into: &mut dyn FnMut(InputFile)) {
        into(self.document.clone());
    }

    fn move_files(&mut self, into: &mut dyn FnMut(InputFile)) {
        self.copy_files(into);
    }
}

impl SendMessage {
    fn html(to: ChatAddress, rendered: &Rendered) -> Self {
        Self {
            chat_id: to.0,
            text: rendered.html.clone(),
            parse_mode: Some(ParseMode::Html),
            link_preview_options: NoPreview { is_disabled: true },
            reply_markup: rendered.keyboard.clone(),
        }
    }

    fn plain(to: ChatAddress, rendered: &Rendered) -> Self {
        Self {
            text: rendered.plain.clone(),
            parse_mode: None,
            reply_markup: rendered.keyboard_without_links(),
            ..Self::html(to, rendered)
        }
    }
}

#[cfg(test)]
mod tests;
