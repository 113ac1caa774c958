//! The people in the chats: what they do, and what they wait for.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::methods::seconds_now;
use super::{BOT_ID, BotApi, Bucket, Chat, ChatKind, Message, NAMES, PATIENCE, Press, World};

/// One person with a phone, or a group. Remembers up to where the chat was read.
pub(crate) struct Resident<'a> {
    api: &'a BotApi,
    chat: i64,
    kind: ChatKind,
    read: Cell<usize>,
}

impl<'a> Resident<'a> {
    pub(super) fn new(api: &'a BotApi, chat: i64) -> Self {
        let kind = if chat < 0 {
            ChatKind::Group
        } else {
            ChatKind::Private
        };
        Self {
            api,
            chat,
            kind,
            read: Cell::new(api.messages(chat).len()),
        }
    }

    /// The number of the chat.
    pub(crate) fn chat(&self) -> i64 {
        self.chat
    }

    /// Sends a text. Gives the number of the update.
    pub(crate) fn says(&self, text: &str) -> i64 {
        self.catch_up();
        let (_, update) = self.sends_text(text);
        update
    }

    /// Sends a text and gives the number of the message, with which it can be edited.
    pub(crate) fn says_message(&self, text: &str) -> i64 {
        self.catch_up();
        self.sends_text(text).0
    }

    /// Sends many texts at once, in this order.
    pub(crate) fn says_all(&self, texts: &[&str]) {
        self.catch_up();
        {
            let mut world = self.api.world();
            for text in texts {
                let (_, content) = self.message(&mut world, self.text(text));
                world.push("message", content);
            }
        }
        self.api.shout();
    }

    /// Changes a message that was sent before.
    pub(crate) fn edits(&self, message: i64, text: &str) {
        self.catch_up();
        let mut content = self.text(text);
        content["message_id"] = json!(message);
        content["edit_date"] = json!(seconds_now());
        let content = self.wrapped(content);
        self.api.push("edited_message", content).unwrap();
    }

    /// Sends something that is not text: the fields of the message besides the usual ones.
    pub(crate) fn sends(&self, fields: Value) -> i64 {
        self.catch_up();
        let content = self.message(&mut self.api.world(), fields).1;
        self.api
            .push("message", content)
            .expect("messages are asked for")
    }

    /// Sends a voice message.
    pub(crate) fn sends_voice(&self) {
        self.sends(json!({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 7, "mime_type": "audio/ogg"}}));
    }

    /// Sends a photo, with a caption when it is not empty. Gives the number of the message.
    pub(crate) fn sends_photo(&self, caption: &str) -> i64 {
        let mut fields = json!({"photo": [
            {"file_id": "p1", "file_unique_id": "p1", "width": 90, "height": 60, "file_size": 1000},
            {"file_id": "p2", "file_unique_id": "p2", "width": 900, "height": 600, "file_size": 90000}
        ]});
        if !caption.is_empty() {
            fields["caption"] = json!(caption);
        }
        self.catch_up();
        let (id, content) = self.message(&mut self.api.world(), fields);
        self.api
            .push("message", content)
            .expect("messages are asked for");
        id
    }

    /// Sends a sticker.
    pub(crate) fn sends_sticker(&self) {
        self.sends(json!({"sticker": {
            "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512,
            "is_animated": false, "is_video": false, "emoji": "👍"
        }}));
    }

    /// Something happens of a kind that this version of the bot cannot know.
    pub(crate) fn does_something_new(&self) {
        self.catch_up();
        let number = {
            let mut world = self.api.world();
            // Whatever the bot asked for, such an update must not stop it.
            let asked = world.allowed.take();
            let number = world.push("teleported_message", json!({"chat": {"id": self.chat}}));
            world.allowed = asked;
            number
        };
        assert!(number.is_some());
        self.api.shout();
    }

    /// Presses a button by its label, on the last message that has it. Gives the id of the press.
    pub(crate) fn presses(&self, label: &str) -> String {
        let messages = self.api.messages(self.chat);
        let found = messages
            .iter()
            .rev()
            .find_map(|message| Some((message.id, message.button(label)?.data.clone())));
        let Some((message, Some(data))) = found else {
            let last = messages.last().map(Message::labels);
            panic!("no message has a button {label:?}; the last one has {last:?}");
        };
        self.presses_data(message, &data)
    }

    /// Presses a button whose label contains this, whatever the case, on the last message that has one.
    pub(crate) fn presses_like(&self, part: &str) -> String {
        let part = part.to_lowercase();
        let label = self.heard().iter().rev().find_map(|message| {
            let labels = message.labels();
            let label = labels
                .iter()
                .find(|label| label.to_lowercase().contains(&part))?;
            Some((*label).to_owned())
        });
        self.presses(&label.unwrap_or_else(|| part.clone()))
    }

    /// Sends the data of a button, which may be forged, as from the message with this number.
    pub(crate) fn presses_data(&self, message: i64, data: &str) -> String {
        self.catch_up();
        let press = {
            let mut world = self.api.world();
            let press = format!("{}{:07}", 77, world.next_press);
            world.next_press += 1;
            world
                .presses
                .insert(press.clone(), Press { answered: None });
            press
        };
        let below = self.wrapped(json!({
            "message_id": message, "text": "…",
            "from": {"id": BOT_ID, "is_bot": true, "first_name": "Aanzet", "username": "aanzet_bot"}
        }));
        let content = json!({
            "id": press, "from": self.person(), "message": below,
            "chat_instance": "1234567890", "data": data
        });
        self.api
            .push("callback_query", content)
            .expect("presses are asked for");
        press
    }

    /// Waits until a press was answered, and gives the text of the answer.
    pub(crate) fn waits_for_answer_to(&self, press: &str) -> Option<String> {
        self.api
            .wait(PATIENCE, |api| api.answered(press))
            .unwrap_or_else(|| panic!("press {press} was never answered"))
    }

    /// Blocks the bot.
    pub(crate) fn blocks(&self) {
        self.changes("member", "kicked", true);
    }

    /// Lets the bot write again.
    pub(crate) fn unblocks(&self) {
        self.changes("kicked", "member", false);
    }

    /// Puts the bot in this group.
    pub(crate) fn adds_the_bot(&self) {
        {
            let mut world = self.api.world();
            self.known(&mut world);
        }
        self.changes("left", "member", false);
    }

    /// Everything that the bot said in this chat.
    pub(crate) fn heard(&self) -> Vec<Message> {
        self.api.messages(self.chat)
    }

    /// What the bot said since this person last did something.
    pub(crate) fn news(&self) -> Vec<Message> {
        self.heard().split_off(self.read.get())
    }

    /// Waits for a message since this person last did something.
    pub(crate) fn hears_where(
        &self,
        what: &str,
        patience: Duration,
        fits: impl Fn(&Message) -> bool,
    ) -> Message {
        let start = Instant::now();
        self.api
            .wait(patience, |_| self.news().into_iter().find(&fits))
            .unwrap_or_else(|| {
                let heard: Vec<_> = self
                    .news()
                    .into_iter()
                    .map(|message| format!("{:?} {:?}", message.text, message.labels()))
                    .collect();
                panic!(
                    "waited {:?} for {what}; heard only: {heard:#?}",
                    start.elapsed()
                )
            })
    }

    /// Waits for a message that contains this text.
    pub(crate) fn hears(&self, part: &str) -> Message {
        self.hears_where(part, PATIENCE, |message| message.says(part))
    }

    /// Waits for a message that has this button.
    pub(crate) fn hears_button(&self, label: &str) -> Message {
        self.hears_where(label, PATIENCE, |message| message.button(label).is_some())
    }

    /// What comes next is news.
    pub(crate) fn catch_up(&self) {
        self.read.set(self.heard().len());
    }

    fn sends_text(&self, text: &str) -> (i64, i64) {
        let (id, content) = self.message(&mut self.api.world(), self.text(text));
        let update = self.api.push("message", content);
        (id, update.expect("messages are asked for"))
    }

    fn changes(&self, before: &str, after: &str, blocked: bool) {
        {
            let mut world = self.api.world();
            self.known(&mut world).blocked = blocked;
        }
        let member = |status: &str| {
            let user = json!({"id": BOT_ID, "is_bot": true, "first_name": "Aanzet", "username": "aanzet_bot"});
            match status {
                "kicked" => json!({"user": user, "status": status, "until_date": 0}),
                _ => json!({"user": user, "status": status}),
            }
        };
        let content = json!({
            "chat": self.place(), "from": self.person(), "date": seconds_now(),
            "old_chat_member": member(before), "new_chat_member": member(after)
        });
        self.api
            .push("my_chat_member", content)
            .expect("the bot must ask for my_chat_member, or it never learns of a block");
    }

    fn text(&self, text: &str) -> Value {
        let mut content = json!({"text": text});
        if text.starts_with('/') {
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            let length = text[..end].encode_utf16().count();
            content["entities"] = json!([{"type": "bot_command", "offset": 0, "length": length}]);
        }
        content
    }

    /// A message of this person with the next number of the chat.
    fn message(&self, world: &mut World, mut fields: Value) -> (i64, Value) {
        let chat = self.known(world);
        let id = chat.next_message;
        chat.next_message += 1;
        fields["message_id"] = json!(id);
        (id, self.wrapped(fields))
    }

    fn wrapped(&self, mut fields: Value) -> Value {
        fields["chat"] = self.place();
        fields["date"] = json!(seconds_now());
        if fields["from"].is_null() {
            fields["from"] = self.person();
        }
        fields
    }

    fn known<'w>(&self, world: &'w mut World) -> &'w mut Chat {
        world.chats.entry(self.chat).or_insert_with(|| Chat {
            kind: self.kind,
            next_message: 1,
            blocked: false,
            gone: false,
            bucket: Bucket::default(),
        })
    }

    fn place(&self) -> Value {
        match self.kind {
            ChatKind::Private => {
                json!({"id": self.chat, "type": "private", "first_name": NAMES[0], "username": NAMES[2]})
            }
            ChatKind::Group => {
                json!({"id": self.chat, "type": "supergroup", "title": "Buurtapp"})
            }
        }
    }

    fn person(&self) -> Value {
        json!({
            "id": self.chat.unsigned_abs(), "is_bot": false, "first_name": NAMES[0],
            "last_name": NAMES[1], "username": NAMES[2], "language_code": "nl"
        })
    }
}
