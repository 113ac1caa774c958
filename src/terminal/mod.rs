//! A conversation in the terminal: the same intake, the same turn, nothing stored. The only room that
//! names rustyline.

mod session;

use std::io::{BufRead, IsTerminal, Write};

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::service::{Brain, Host};

pub use session::Session;

/// What the bot says of keeping and passing on is not true here, and whoever tries it out must know.
const TRIAL: &str = "Proefgesprek: hiervan wordt niets bewaard of doorgestuurd. Ctrl-D stopt.\n";

/// Why the conversation ended early.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// The terminal could not be read.
    #[error("the terminal cannot be read: {0}")]
    Readline(#[from] ReadlineError),
    /// Input or output failed.
    #[error("input or output failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Talks until Ctrl-D. With a pipe as input it reads line by line and prints plain text only.
pub fn chat(brain: &Brain, host: &Host) -> Result<(), TerminalError> {
    let mut session = Session::new(brain, host);
    // To standard error, so that what is said can be piped on as it is.
    let _ = writeln!(std::io::stderr(), "{TRIAL}");
    if std::io::stdin().is_terminal() {
        interactive(&mut session)
    } else {
        piped(
            &mut session,
            std::io::stdin().lock(),
            std::io::stdout().lock(),
        )
    }
}

fn interactive(session: &mut Session<'_>) -> Result<(), TerminalError> {
    let mut editor = DefaultEditor::new()?;
    let mut out = std::io::stdout();
    write!(out, "{}\n\n", session.handle("/start"))?;
    loop {
        match editor.readline("> ") {
            Ok(line) => {
                // History lives as long as the conversation: a question is nobody else's business.
                let _ = editor.add_history_entry(line.as_str());
                writeln!(out, "\n{}\n", session.handle(&line))?;
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reads lines, also ones that are no valid UTF-8, and prints what is said, a blank line after each.
/// A reader that went away ends the conversation quietly.
pub fn piped(
    session: &mut Session<'_>,
    mut input: impl BufRead,
    mut out: impl Write,
) -> Result<(), TerminalError> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line);
        let said = session.handle(text.trim_end_matches(['\n', '\r']));
        let written = write!(out, "{said}\n\n").and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
}
