//! `aanzet check`: reads a knowledge base and draws every complaint.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;

use jiff::civil::Date;
use miette::{GraphicalReportHandler, GraphicalTheme};
use serde::Serialize;

use crate::knowledge::{CheckSettings, Complaint, Lines, Loaded, Weight};
use crate::service::load_checked;

use super::drawing::{Drawn, Excerpt};

/// How complaints are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: the line, underlined, and what to do.
    #[default]
    Text,
    /// For tools: one JSON array.
    Json,
}

/// What to check, and how to show it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folders of the knowledge base, laid over each other.
    pub dirs: Vec<PathBuf>,
    /// How complaints are written.
    pub format: Format,
    /// Today, where the library is.
    pub today: Date,
    /// Whether the output may have colours: it goes to a terminal.
    pub colour: bool,
    /// Width of the output in columns.
    pub width: usize,
}

impl Options {
    /// A check of one folder without colours, 100 columns wide.
    pub fn new(dir: impl Into<PathBuf>, today: Date) -> Self {
        Self {
            dirs: vec![dir.into()],
            format: Format::Text,
            today,
            colour: false,
            width: 100,
        }
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No complaints, or warnings only.
    Clean,
    /// Something was refused, or is an error.
    Mistakes,
    /// There was nothing to check.
    CouldNotRun,
}

impl Outcome {
    /// The exit code: 0 clean, 1 mistakes, 2 could not run.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Mistakes => 1,
            Self::CouldNotRun => 2,
        }
    }
}

/// Reads the folders and writes every complaint and a summary to `out`. Why it could not run is
/// written to `problems`, so that JSON stays JSON.
///
/// # Errors
/// Only when writing fails.
pub fn run(
    options: &Options,
    out: &mut dyn Write,
    problems: &mut dyn Write,
) -> io::Result<Outcome> {
    let settings = CheckSettings {
        today: Some(options.today),
    };
    let loaded = match load_checked(&options.dirs, &settings) {
        Ok(loaded) => loaded,
        Err(error) => {
            writeln!(problems, "{error}")?;
            return Ok(Outcome::CouldNotRun);
        }
    };
    match options.format {
        Format::Json => write_json(options, &loaded, out)?,
        Format::Text => write_text(options, &loaded, out)?,
    }
    let clean = loaded
        .complaints
        .iter()
        .all(|complaint| complaint.weight() == Weight::Warning);
    Ok(if clean {
        Outcome::Clean
    } else {
        Outcome::Mistakes
    })
}

/// A complaint as tools read it.
#[derive(Serialize)]
struct Line {
    weight: Weight,
    file: String,
    line: usize,
    column: usize,
    code: &'static str,
    message: String,
    hint: String,
}

impl Line {
    fn new(options: &Options, complaint: &Complaint) -> Self {
        Self {
            weight: complaint.weight(),
            file: path_on_disk(options, &complaint.file),
            line: complaint.position.line,
            column: complaint.position.column,
            code: complaint.kind.code(),
            message: complaint.kind.to_string(),
            hint: complaint.kind.hint(),
        }
    }
}

/// A path that can be opened: with the folder in front that the file was taken from.
fn path_on_disk(options: &Options, file: &str) -> String {
    let dir = match options.dirs.as_slice() {
        [dir] => Some(dir),
        dirs => dirs.iter().rev().find(|dir| dir.join(file).exists()),
    };
    dir.map_or_else(
        || file.to_owned(),
        |dir| dir.join(file).to_string_lossy().replace('\\', "/"),
    )
}

fn write_json(options: &Options, loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    let complaints = loaded.complaints.iter();
    let lines: Vec<_> = complaints.map(|c| Line::new(options, c)).collect();
    serde_json::to_writer_pretty(&mut *out, &lines)?;
    writeln!(out)
}

fn write_text(options: &Options, loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    let texts: HashMap<&str, &str> = loaded
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    let theme = if options.colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    for group in loaded.complaints.chunk_by(|a, b| a.file == b.file) {
        let text = group.first().and_then(|c| texts.get(c.file.as_str()));
        let lines = text.map(|text| Lines::new(text));
        for complaint in group {
            let line = Line::new(options, complaint);
            let excerpt = lines
                .as_ref()
                .and_then(|lines| Excerpt::of(complaint, lines, &line.file, options.width));
            // The library would put the English "help:" before a hint; a footer stands on its own.
            let drawn = GraphicalReportHandler::new_themed(theme.clone())
                .with_width(options.width)
                .with_context_lines(1)
                .with_links(false)
                .with_footer(format!("Doe dit: {}", line.hint));
            let mut text = String::new();
            drawn
                .render_report(&mut text, &Drawn::new(complaint, &line.file, excerpt))
                .map_err(io::Error::other)?;
            // Trailing blanks help nobody, and hinder tools that compare.
            for line in text.lines() {
                writeln!(out, "{}", line.trim_end())?;
            }
            writeln!(out)?;
        }
    }
    writeln!(out, "{}", summary(loaded))
}

/// "49 artikelen gelezen: 0 geweigerd, 1 fout, 3 waarschuwingen", and what still waits for a review.
fn summary(loaded: &Loaded) -> String {
    let count = |weight| {
        let complaints = loaded.complaints.iter();
        complaints.filter(|c| c.weight() == weight).count()
    };
    let number = |count: usize, one: &str, more: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    };
    let mut summary = format!(
        "{} gelezen: {} geweigerd, {}, {}",
        number(loaded.article_files, "artikel", "artikelen"),
        count(Weight::Refused),
        number(count(Weight::Error), "fout", "fouten"),
        number(count(Weight::Warning), "waarschuwing", "waarschuwingen"),
    );
    let unreviewed = loaded.knowledge.unreviewed();
    if unreviewed > 0 {
        let verb = if unreviewed == 1 { "is" } else { "zijn" };
        summary.push_str(&format!(
            "\n{} {verb} nog niet nagekeken door de bibliotheek",
            number(unreviewed, "artikel", "artikelen"),
        ));
    }
    summary
}
