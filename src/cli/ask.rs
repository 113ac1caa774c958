//! `aanzet ask`: one question, or a stream of them as JSON lines.

use std::io::{BufRead, Write};
use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::Question;
use crate::safety::{self, Scope};
use crate::search::{Features, Found};
use crate::service::{Asked, Asking, Brain, Host, ask};

/// A line of the stream.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    question: String,
    #[serde(default)]
    context: Vec<String>,
    #[serde(default)]
    municipality: Option<String>,
}

/// Answers one question for a person to read.
pub(super) fn one(
    brain: &Brain,
    host: &Host,
    question: &str,
    explain: bool,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let asked = ask(brain, host, &asking(question));
    writeln!(out, "{}", asked.reply)?;
    if explain {
        writeln!(out)?;
        let found = brain.search(&Question::new(safety::mask(question, Scope::Edge).text));
        explanation(&asked, &found, out)?;
    }
    Ok(())
}

fn asking(question: &str) -> Asking {
    Asking {
        question: question.to_owned(),
        context: Vec::new(),
        municipality: None,
    }
}

/// The features of a hit with their names.
fn named(features: &Features) -> impl Iterator<Item = (&'static str, f32)> {
    Features::NAMES.into_iter().zip(features.values())
}

fn explanation(asked: &Asked, found: &Found, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "decision: {}", asked.decision.name())?;
    if let Some(category) = asked.category {
        writeln!(out, "category: {category}")?;
    }
    for kind in &asked.personal_data {
        writeln!(out, "personal data: {kind:?}")?;
    }
    for reason in &asked.reasons {
        writeln!(out, "because: {reason}")?;
    }
    for candidate in &asked.candidates {
        writeln!(out, "{:>6.3}  {}", candidate.confidence, candidate.article)?;
        let hit = found
            .hits
            .iter()
            .find(|hit| hit.article == candidate.article);
        for (name, value) in hit.iter().flat_map(|hit| named(&hit.features)) {
            writeln!(out, "        {name:<10} {value:.3}")?;
        }
    }
    Ok(())
}

/// Answers each line of `input` with one line, in order, at once. A line that cannot be read gives a line
/// with `error`, and the rest goes on. A reader that went away ends it quietly.
pub(super) fn stream(
    brain: &Brain,
    host: &Host,
    mut input: impl BufRead,
    mut out: impl Write,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let mut number = 0_u64;
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        number += 1;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let answer = match serde_json::from_slice::<Line>(&bytes) {
            Ok(line) => answered(brain, host, line),
            Err(error) => json!({
                "id": id_of(&bytes),
                "error": format!("line {number} is no question: {error}"),
                "line": number,
            }),
        };
        let written = writeln!(out, "{answer}").and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
}

/// The `id` of a line that is JSON but no question, so that its reader knows which one it was.
fn id_of(bytes: &[u8]) -> Value {
    serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|line| line.get("id").cloned())
        .unwrap_or_default()
}

fn answered(brain: &Brain, host: &Host, line: Line) -> Value {
    let start = Instant::now();
    let asked = ask(
        brain,
        host,
        &Asking {
            question: line.question,
            context: line.context,
            municipality: line.municipality.as_deref().map(Into::into),
        },
    );
    let candidates: Vec<Value> = asked
        .candidates
        .iter()
        .map(|c| json!({"article": c.article, "confidence": rounded(c.confidence)}))
        .collect();
    json!({
        "id": line.id,
        "decision": asked.decision.name(),
        "article": asked.article,
        "confidence": rounded(asked.confidence),
        "candidates": candidates,
        "category": asked.category,
        "reply": asked.reply,
        "personal_data": asked.personal_data,
        "millis": rounded(start.elapsed().as_secs_f64() * 1000.0),
    })
}

/// Three decimals are all that these numbers mean.
fn rounded(number: impl Into<f64>) -> f64 {
    (number.into() * 1000.0).round() / 1000.0
}
