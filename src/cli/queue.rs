//! `aanzet queue`: what waits for a librarian, and what could not be sent.

use std::io::Write;
use std::process::ExitCode;

use secrecy::ExposeSecret;

use crate::config::Config;
use crate::domain::{LibraryId, Timestamp};
use crate::store::Store;

/// How many dead letters are shown.
const SHOWN: u32 = 100;

/// Stands for a question of which the text is gone.
const WITHDRAWN: &str = "[ingetrokken door de bewoner]";

/// Prints the queue.
pub(super) async fn run(config: &Config, dead: bool) -> anyhow::Result<ExitCode> {
    let store = Store::open_to_read(config.database.url.expose_secret()).await?;
    let mut out = std::io::stdout().lock();
    if dead {
        for letter in store.dead_letters(SHOWN).await? {
            writeln!(
                out,
                "{}  {}  {}",
                moment(letter.at),
                letter.kind,
                one_line(&letter.reason)
            )?;
        }
    } else {
        let library = LibraryId::new(&config.library.id);
        for question in store.waiting_questions(&library).await? {
            writeln!(
                out,
                "{}  {}  {}  {}",
                moment(question.at),
                question.id,
                question.reason,
                match question.withdrawn {
                    true => WITHDRAWN.to_owned(),
                    false => one_line(&question.text),
                }
            )?;
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The text on one line, whatever was typed: without signs that would move the cursor or change the
/// terminal of who reads it.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The moment in Dutch time, as people write it.
fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .ok()
        .and_then(|at| at.in_tz(super::TIME_ZONE).ok())
        .map_or_else(
            || "?".into(),
            |at| at.strftime("%Y-%m-%d %H:%M").to_string(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_typed_cannot_change_the_terminal() {
        assert_eq!(one_line("hoe\n\u{1b}[2J zit\tdat\u{9b}"), "hoe [2J zit dat");
    }
}
