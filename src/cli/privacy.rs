//! `aanzet privacy`: for the operator, when somebody asks otherwise than in the chat what is held about
//! them, or to be forgotten.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use secrecy::ExposeSecret;

use crate::config::Config;
use crate::domain::{BotId, ChatAddress, PersonKey};
use crate::service::my_data;
use crate::store::{ForgetList, Forgotten, Held, Store, StoreError, Vault};

use super::{Privacy, Whom};

/// Prints or erases what is held.
pub(super) async fn run(config: &Config, what: &Privacy) -> anyhow::Result<ExitCode> {
    match what {
        Privacy::Export(whom) => export(config, whom).await?,
        Privacy::Erase(whom) => erase(config, whom).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(config: &Config, whom: &Whom) -> anyhow::Result<()> {
    let held = held(config, &person(config, whom)?).await?;
    if held.is_none() {
        writeln!(
            std::io::stderr(),
            "nothing is held about this chat with this bot"
        )?;
    }
    let host = super::host(config, false);
    let file = my_data::file(held.as_ref(), &host, super::serve::now());
    writeln!(std::io::stdout(), "{file}")?;
    Ok(())
}

async fn erase(config: &Config, whom: &Whom) -> anyhow::Result<()> {
    let person = person(config, whom)?;
    // Looked at first: a wrong address of the database must not pass for an erasure.
    let held = held(config, &person).await?;
    let until = super::serve::now();
    let list = ForgetList::at(&config.database.forgotten_file);
    list.add(&Forgotten {
        person: person.clone(),
        until,
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "noted in {}: also when a copy of the database is put back, this person stays forgotten",
        list.path().display()
    )?;
    let Some(held) = held else {
        writeln!(out, "nothing was held about this chat with this bot")?;
        return Ok(());
    };
    writeln!(
        out,
        "held were: {} messages of this person, {} messages of the bot, {} conversation, {} questions",
        held.events.len(),
        held.messages.len(),
        u8::from(held.conversation.is_some()),
        held.questions.len()
    )?;
    let store = match Store::open(config.database.url.expose_secret()).await {
        Ok(store) => store,
        Err(StoreError::InUse { .. }) => {
            writeln!(
                out,
                "aanzet is running: it erases all of this within a minute; check with aanzet privacy export"
            )?;
            return Ok(());
        }
        Err(error) => {
            return Err(error)
                .context("noted, but not erased yet: aanzet serve does it when it starts");
        }
    };
    let erased = store.erase(&person, until, &[], until).await;
    store.close().await;
    erased.context("noted, but not erased yet: aanzet serve does it when it starts")?;
    writeln!(
        out,
        "all of this is erased; questions stand in the queue as withdrawn, without text"
    )?;
    Ok(())
}

/// Everything that is held about a person.
async fn held(config: &Config, person: &PersonKey) -> anyhow::Result<Option<Held>> {
    let store = Store::open_to_read(config.database.url.expose_secret()).await?;
    let held = store.held(person).await;
    store.close().await;
    Ok(held?)
}

fn person(config: &Config, whom: &Whom) -> anyhow::Result<PersonKey> {
    let bot = match whom.bot {
        Some(bot) => bot.to_string(),
        None => bot_of_token(config)?,
    };
    let vault = Vault::new(&super::key::find(&config.database)?);
    Ok(vault.person(&BotId::new(bot), ChatAddress(whom.chat)))
}

/// The number of the bot, which stands before the colon of its token.
fn bot_of_token(config: &Config) -> anyhow::Result<String> {
    let number = config.telegram.token.as_ref().and_then(|token| {
        let (number, _) = token.expose_secret().trim().split_once(':')?;
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| number.to_owned())
    });
    match number {
        Some(number) => Ok(number),
        None => bail!(
            "which bot? Name it with --bot ID (the number before the colon of its token), or set AANZET_TELEGRAM_TOKEN"
        ),
    }
}
