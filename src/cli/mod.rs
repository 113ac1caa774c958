//! Commands and exit codes.

mod ask;
pub mod check;
mod drawing;
mod key;
mod opening;
mod privacy;
mod queue;
mod serve;
mod train;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};

use crate::config::Config;
use crate::knowledge::Weight;
use crate::service::{Brain, Host};
use crate::{observe, terminal};

/// Exit code when a command could not run at all.
const COULD_NOT_RUN: u8 = 2;

/// Where the libraries are.
const TIME_ZONE: &str = "Europe/Amsterdam";

/// How many complaints about the knowledge are logged at start.
const MOST_COMPLAINTS: usize = 10;

/// The made-up municipality of `demo/`.
const DEMO_MUNICIPALITY: &str = "vechterbroek";

/// The chat bot with which a library helps people help themselves.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    /// File of settings [default: aanzet.toml, when it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Talk in the terminal: no token, no server, everything else real
    Chat {
        /// Folder with the knowledge files
        #[arg(long, value_name = "DIR")]
        knowledge: Option<PathBuf>,
        /// Leave the made-up municipality out
        #[arg(long)]
        no_demo: bool,
    },
    /// Ask one question, or a stream of them
    Ask {
        /// The question
        #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
        question: Vec<String>,
        /// Show every candidate with its features, and why the decision fell
        #[arg(long, conflicts_with = "jsonl")]
        explain: bool,
        /// Read JSON lines from standard input and answer each with one
        #[arg(long)]
        jsonl: bool,
        /// Folder with the knowledge files
        #[arg(long, value_name = "DIR")]
        knowledge: Option<PathBuf>,
    },
    /// Check the knowledge files: exit code 0 clean or warnings only, 1 errors, 2 could not run
    Check {
        /// Folder with the knowledge files
        dir: Option<PathBuf>,
        /// How the complaints are printed
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Learn from the examples of danger, and write the weights that are compiled into the program
    Train {
        /// Folder with the examples
        #[arg(default_value = "knowledge/veiligheid")]
        examples: PathBuf,
        /// File for the weights
        #[arg(long, value_name = "FILE", default_value = "models/danger.bin")]
        out: PathBuf,
    },
    /// Run the bot on Telegram
    Serve {
        /// Add the made-up municipality
        #[arg(long)]
        demo: bool,
    },
    /// Show the questions that wait for a librarian
    Queue {
        /// Show what could not be sent instead
        #[arg(long)]
        dead: bool,
    },
    /// Show or erase what is held about one person
    Privacy {
        #[command(subcommand)]
        what: Privacy,
    },
}

#[derive(Debug, Subcommand)]
enum Privacy {
    /// Print everything that is held about a person, as JSON
    Export(Whom),
    /// Erase everything that is held about a person, also when a copy of the database is put back
    Erase(Whom),
}

/// Whom it is about.
#[derive(Debug, clap::Args)]
struct Whom {
    /// Telegram's number of the chat with this person
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    chat: i64,
    /// Number of the bot [default: the one of the token]
    #[arg(long, value_name = "ID")]
    bot: Option<u64>,
}

/// How complaints are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the command of the process and gives its exit code.
pub fn main() -> ExitCode {
    observe::keep_panics_quiet();
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        // Whoever read our output has seen enough, as `head` has.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "aanzet: {}", told(&error));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// The error with its causes, each said once: many errors quote their cause already.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.contains(&cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause);
    }
    text
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = Config::load(cli.config.as_deref())?;
    match cli.command {
        Command::Chat { knowledge, no_demo } => {
            observe::log_to_stderr("error");
            let dir = knowledge.unwrap_or(config.knowledge.dir.clone());
            let demo = demo_beside(&dir).filter(|_| !no_demo);
            let brain = brain(&dir, demo.as_deref())?;
            terminal::chat(&brain, &host(&config, demo.is_some()))?;
        }
        Command::Ask {
            question,
            explain,
            jsonl,
            knowledge,
        } => {
            observe::log_to_stderr("error");
            let dir = knowledge.unwrap_or(config.knowledge.dir.clone());
            let brain = brain(&dir, None)?;
            let host = host(&config, false);
            let mut out = std::io::stdout().lock();
            if jsonl {
                ask::stream(&brain, &host, std::io::stdin().lock(), out)?;
            } else {
                ask::one(&brain, &host, &question.join(" "), explain, &mut out)?;
            }
        }
        Command::Check { dir, format } => {
            let today = jiff::Timestamp::now()
                .in_tz(TIME_ZONE)
                .context("the time zone of the Netherlands is missing")?
                .date();
            let options = check::Options {
                format: match format {
                    Format::Text => check::Format::Text,
                    Format::Json => check::Format::Json,
                },
                colour: std::io::stdout().is_terminal(),
                ..check::Options::new(dir.unwrap_or(config.knowledge.dir.clone()), today)
            };
            let outcome = check::run(
                &options,
                &mut std::io::stdout().lock(),
                &mut std::io::stderr().lock(),
            )?;
            return Ok(ExitCode::from(outcome.code()));
        }
        Command::Train { examples, out } => return train::run(&examples, &out),
        Command::Serve { demo } => {
            observe::log_to_stderr("info");
            return runtime()?.block_on(serve::run(&config, demo));
        }
        Command::Queue { dead } => {
            observe::log_to_stderr("error");
            return runtime()?.block_on(queue::run(&config, dead));
        }
        Command::Privacy { what } => {
            observe::log_to_stderr("error");
            return runtime()?.block_on(privacy::run(&config, &what));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the program cannot start its threads")
}

/// The folder `demo/` beside the knowledge folder, when it is there.
fn demo_beside(knowledge: &Path) -> Option<PathBuf> {
    let demo = knowledge.parent()?.join("demo");
    demo.is_dir().then_some(demo)
}

/// Reads the knowledge. What is seriously wrong with it is logged, and used as far as it can be.
fn brain(dir: &Path, demo: Option<&Path>) -> anyhow::Result<Brain> {
    let dirs: Vec<PathBuf> = std::iter::once(dir)
        .chain(demo)
        .map(Path::to_path_buf)
        .collect();
    let (brain, complaints) = Brain::load(&dirs)?;
    let serious: Vec<_> = complaints
        .iter()
        .filter(|complaint| complaint.weight() <= Weight::Error)
        .collect();
    for complaint in serious.iter().take(MOST_COMPLAINTS) {
        tracing::error!(
            "{}, line {}: {}",
            complaint.file,
            complaint.position.line,
            complaint.kind
        );
    }
    if !serious.is_empty() {
        tracing::error!(
            "{} complaints about the knowledge files; what to do about each: aanzet check {}",
            serious.len(),
            dir.display()
        );
    }
    Ok(brain)
}

fn host(config: &Config, demo: bool) -> Host {
    let municipality = match (&config.library.municipality, demo) {
        (Some(municipality), _) => Some(municipality.as_str()),
        (None, true) => Some(DEMO_MUNICIPALITY),
        (None, false) => None,
    };
    Host {
        library_name: config.library.name.clone(),
        municipality: municipality.map(Into::into),
        keeping: config.retention,
        privacy_contact: config.library.privacy_contact.clone(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let cause = std::io::Error::other("the disk is full");
        let error = anyhow::Error::new(cause).context("not written (the disk is full)");
        assert_eq!(told(&error), "not written (the disk is full)");
        let cause = std::io::Error::other("the disk is full");
        let error = anyhow::Error::new(cause).context("not written");
        assert_eq!(told(&error), "not written: the disk is full");
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}
