//! What each method of the Bot API does.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Answer, BOT_ID, Button, ChatKind, Limits, Message, Refusal, Shared, World, html};

/// Longest text, in UTF-16 units after its markup was read.
const LONGEST: usize = 4096;

/// Longest text below a file, in UTF-16 units.
const LONGEST_CAPTION: usize = 1024;

/// Longest text as it is sent, in bytes.
const LONGEST_RAW: usize = 32 * 1024;

/// Most buttons below one message.
const MOST_BUTTONS: usize = 100;

pub(super) async fn call(shared: &Shared, method: &str, body: &Value) -> Answer {
    match method {
        "getupdates" => get_updates(shared, body).await,
        "getme" => Ok(bot()),
        "deletewebhook" => {
            shared.world().webhook = false;
            Ok(true.into())
        }
        "setwebhook" => {
            shared.world().webhook = !body["url"].as_str().unwrap_or_default().is_empty();
            Ok(true.into())
        }
        "getwebhookinfo" => Ok(
            json!({"url": "", "has_custom_certificate": false, "pending_update_count": shared.world().updates.len()}),
        ),
        "setmycommands" => set_commands(&mut shared.world(), body),
        "setmydescription"
        | "setmyshortdescription"
        | "setmyname"
        | "setchatmenubutton"
        | "deletemycommands"
        | "logout"
        | "close" => Ok(true.into()),
        "sendmessage" => send(&mut shared.world(), body),
        "senddocument" => send_document(&mut shared.world(), body),
        "deletemessage" => delete(&mut shared.world(), body),
        "editmessagetext" => edit(&mut shared.world(), body),
        "editmessagereplymarkup" => edit_buttons(&mut shared.world(), body),
        "answercallbackquery" => answer_press(&mut shared.world(), body),
        "sendchataction" => {
            writable(&shared.world(), body)?;
            match body["action"].as_str() {
                Some("typing") => Ok(true.into()),
                _ => Err(bad("wrong parameter action in request")),
            }
        }
        "leavechat" => {
            let mut world = shared.world();
            let chat = body["chat_id"].as_i64().unwrap_or_default();
            match world.chats.get_mut(&chat) {
                Some(chat) if chat.kind == ChatKind::Group && !chat.gone => {
                    chat.gone = true;
                    Ok(true.into())
                }
                Some(chat) if chat.kind == ChatKind::Private => {
                    Err(bad("chat member status can't be changed in private chats"))
                }
                _ => Err(bad("chat not found")),
            }
        }
        _ => Err(Refusal::new(404, "Not Found")),
    }
}

fn bad(description: &str) -> Refusal {
    Refusal::new(400, format!("Bad Request: {description}"))
}

fn bot() -> Value {
    json!({
        "id": BOT_ID, "is_bot": true, "first_name": "Aanzet", "username": "aanzet_bot",
        "can_join_groups": true, "can_read_all_group_messages": false,
        "supports_inline_queries": false, "can_connect_to_business": false, "has_main_web_app": false,
    })
}

pub(super) fn seconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |past| past.as_secs())
}

async fn get_updates(shared: &Shared, body: &Value) -> Answer {
    let limit = body["limit"].as_u64().unwrap_or(100).clamp(1, 100) as usize;
    let timeout = body["timeout"].as_u64().unwrap_or(0).min(50);
    let mine = {
        let mut world = shared.world();
        if world.webhook {
            return Err(Refusal::new(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        if let Some(allowed) = body["allowed_updates"].as_array() {
            world.allowed = Some(
                allowed
                    .iter()
                    .filter_map(|kind| kind.as_str().map(str::to_owned))
                    .collect(),
            );
        }
        let offset = body["offset"].as_i64().unwrap_or(0);
        if offset < 0 {
            let keep = usize::try_from(-offset).unwrap_or(usize::MAX);
            while world.updates.len() > keep {
                world.updates.pop_front();
            }
        } else if offset <= world.next_update + 10 {
            world.updates.retain(|(number, _)| *number >= offset);
        }
        world.poll += 1;
        world.poll
    };
    shared.wake.send_modify(|version| *version += 1);
    shared.changed.notify_all();
    let mut wake = shared.wake.subscribe();
    let end = Instant::now() + Duration::from_secs(timeout);
    loop {
        wake.borrow_and_update();
        {
            let world = shared.world();
            if world.poll != mine || world.other_poller {
                return Err(Refusal::new(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                ));
            }
            if !world.updates.is_empty() {
                let batch = world.updates.iter().take(limit);
                return Ok(batch.map(|(_, update)| update.clone()).collect());
            }
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(json!([]));
        }
        let _ = tokio::time::timeout(left, wake.changed()).await;
    }
}

fn set_commands(world: &mut World, body: &Value) -> Answer {
    let mut commands = Vec::new();
    for command in body["commands"].as_array().into_iter().flatten() {
        let name = command["command"].as_str().unwrap_or_default();
        let description = command["description"].as_str().unwrap_or_default();
        let valid = (1..=32).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !valid {
            return Err(bad("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&description.chars().count()) {
            return Err(bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
        commands.push((name.to_owned(), description.to_owned()));
    }
    if commands.len() > 100 {
        return Err(bad("BOT_COMMANDS_TOO_MUCH"));
    }
    world.commands = commands;
    Ok(true.into())
}

/// The chat of a call, when the bot may write there.
fn writable(world: &World, body: &Value) -> Result<i64, Refusal> {
    let id = body["chat_id"]
        .as_i64()
        .ok_or_else(|| bad("chat_id is empty"))?;
    let chat = world.chats.get(&id).ok_or_else(|| bad("chat not found"))?;
    if chat.blocked {
        return Err(Refusal::new(403, "Forbidden: bot was blocked by the user"));
    }
    if chat.gone {
        return Err(Refusal::new(
            403,
            "Forbidden: bot is not a member of the supergroup chat",
        ));
    }
    Ok(id)
}

/// The text of a call as it is seen, and the links in it.
fn text(body: &Value) -> Result<html::Parsed, Refusal> {
    let raw = body["text"].as_str().unwrap_or_default();
    if raw.len() > LONGEST_RAW {
        return Err(bad("message is too long"));
    }
    let parsed = match body["parse_mode"].as_str() {
        None | Some("") => html::Parsed {
            text: raw.trim().to_owned(),
            links: Vec::new(),
        },
        Some("HTML" | "html") => {
            html::parse(raw).map_err(|reason| bad(&format!("can't parse entities: {reason}")))?
        }
        Some(_) => return Err(bad("unsupported parse_mode")),
    };
    if parsed.text.is_empty() {
        return Err(bad("message text is empty"));
    }
    if parsed.text.encode_utf16().count() > LONGEST {
        return Err(bad("message is too long"));
    }
    Ok(parsed)
}

fn buttons(body: &Value) -> Result<Vec<Vec<Button>>, Refusal> {
    let markup = &body["reply_markup"];
    let mut rows = Vec::new();
    for row in markup["inline_keyboard"].as_array().into_iter().flatten() {
        let mut buttons = Vec::new();
        for button in row.as_array().into_iter().flatten() {
            buttons.push(one_button(button)?);
        }
        rows.push(buttons);
    }
    if rows.iter().map(Vec::len).sum::<usize>() > MOST_BUTTONS {
        return Err(bad("reply markup is too long"));
    }
    Ok(rows)
}

fn one_button(button: &Value) -> Result<Button, Refusal> {
    let label = button["text"].as_str().unwrap_or_default().to_owned();
    if label.trim().is_empty() {
        return Err(bad("inline keyboard button text must be non-empty"));
    }
    let data = button["callback_data"].as_str().map(str::to_owned);
    let url = button["url"].as_str().map(str::to_owned);
    match (&data, &url) {
        (Some(data), None) if !(1..=64).contains(&data.len()) => Err(bad("BUTTON_DATA_INVALID")),
        (None, Some(url)) if !(url.starts_with("https://") || url.starts_with("http://")) => {
            Err(bad("BUTTON_URL_INVALID"))
        }
        (None, None) => Err(bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        )),
        (Some(_), Some(_)) => Err(bad("BUTTON_TYPE_INVALID")),
        _ => Ok(Button { label, data, url }),
    }
}

fn pace(world: &mut World, chat: i64) -> Result<(), Refusal> {
    let Some(Limits {
        per_chat,
        burst,
        overall,
    }) = world.limits
    else {
        return Ok(());
    };
    let now = Instant::now();
    if let Some(chat) = world.chats.get_mut(&chat) {
        chat.bucket
            .take(per_chat, burst, now)
            .map_err(Refusal::too_many)?;
    }
    world
        .overall
        .take(overall, overall, now)
        .map_err(Refusal::too_many)
}

fn send(world: &mut World, body: &Value) -> Answer {
    let chat = writable(world, body)?;
    let parsed = text(body)?;
    let buttons = buttons(body)?;
    pace(world, chat)?;
    let id = {
        let Some(chat) = world.chats.get_mut(&chat) else {
            return Err(bad("chat not found"));
        };
        chat.next_message += 1;
        chat.next_message - 1
    };
    world.messages.push(Message {
        chat,
        id,
        text: parsed.text.clone(),
        raw: body["text"].as_str().unwrap_or_default().to_owned(),
        links: parsed.links,
        buttons,
        file: None,
    });
    Ok(sent(world, chat, id, &parsed.text))
}

fn send_document(world: &mut World, body: &Value) -> Answer {
    let chat = writable(world, body)?;
    // A file in the same call, or one that Telegram has or can fetch, of which there are none here.
    let part = body["document"]
        .as_str()
        .and_then(|document| document.strip_prefix("attach://"))
        .and_then(|name| body["files"].get(name))
        .ok_or_else(|| bad("wrong file identifier/HTTP URL specified"))?;
    let content = part["content"].as_str().unwrap_or_default().to_owned();
    if content.is_empty() {
        return Err(bad("file must be non-empty"));
    }
    let caption = body["caption"].as_str().unwrap_or_default().to_owned();
    if caption.encode_utf16().count() > LONGEST_CAPTION {
        return Err(bad("message caption is too long"));
    }
    pace(world, chat)?;
    let Some(place) = world.chats.get_mut(&chat) else {
        return Err(bad("chat not found"));
    };
    place.next_message += 1;
    let id = place.next_message - 1;
    let name = part["name"].as_str().unwrap_or_default().to_owned();
    let mut answer = sent(world, chat, id, "");
    answer["text"] = Value::Null;
    answer["caption"] = json!(caption);
    answer["document"] = json!({"file_id": "d", "file_unique_id": "d", "file_name": name});
    world.messages.push(Message {
        chat,
        id,
        text: caption.clone(),
        raw: caption,
        links: Vec::new(),
        buttons: Vec::new(),
        file: Some((name, content)),
    });
    Ok(answer)
}

fn sent(world: &World, chat: i64, id: i64, text: &str) -> Value {
    let private = world
        .chats
        .get(&chat)
        .is_some_and(|chat| chat.kind == ChatKind::Private);
    let place = if private {
        json!({"id": chat, "type": "private", "first_name": "Bewoner"})
    } else {
        json!({"id": chat, "type": "supergroup", "title": "Buurtapp"})
    };
    json!({"message_id": id, "date": seconds_now(), "chat": place, "from": bot(), "text": text})
}

fn find(world: &World, body: &Value) -> Result<usize, Refusal> {
    let chat = writable(world, body)?;
    let id = body["message_id"].as_i64().unwrap_or_default();
    world
        .messages
        .iter()
        .position(|message| message.chat == chat && message.id == id)
        .ok_or_else(|| bad("message to edit not found"))
}

/// Takes any message out of a private chat. How old it is, this Telegram does not mind.
fn delete(world: &mut World, body: &Value) -> Answer {
    let chat = writable(world, body)?;
    let id = body["message_id"].as_i64().unwrap_or_default();
    let there = world
        .chats
        .get(&chat)
        .is_some_and(|chat| (1..chat.next_message).contains(&id));
    if !there || !world.deleted.insert((chat, id)) {
        return Err(bad("message to delete not found"));
    }
    world
        .messages
        .retain(|message| (message.chat, message.id) != (chat, id));
    Ok(true.into())
}

const UNCHANGED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

fn edit(world: &mut World, body: &Value) -> Answer {
    let index = find(world, body)?;
    let parsed = text(body)?;
    let buttons = buttons(body)?;
    let message = &mut world.messages[index];
    if message.text == parsed.text && message.buttons == buttons {
        return Err(bad(UNCHANGED));
    }
    message.text = parsed.text;
    message.links = parsed.links;
    message.buttons = buttons;
    let (chat, id, text) = (message.chat, message.id, message.text.clone());
    Ok(sent(world, chat, id, &text))
}

fn edit_buttons(world: &mut World, body: &Value) -> Answer {
    let index = find(world, body)?;
    let buttons = buttons(body)?;
    let message = &mut world.messages[index];
    if message.buttons == buttons {
        return Err(bad(UNCHANGED));
    }
    message.buttons = buttons;
    let (chat, id, text) = (message.chat, message.id, message.text.clone());
    Ok(sent(world, chat, id, &text))
}

fn answer_press(world: &mut World, body: &Value) -> Answer {
    let text = body["text"].as_str().map(str::to_owned);
    if text.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    let id = body["callback_query_id"].as_str().unwrap_or_default();
    match world.presses.get_mut(id) {
        Some(press) => {
            press.answered = Some(text);
            Ok(true.into())
        }
        None => Err(bad(
            "query is too old and response timeout expired or query ID is invalid",
        )),
    }
}
