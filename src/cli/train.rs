//! `aanzet train`: from the examples of danger to the weights that are compiled into the program.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::safety::Examples;

/// Reads the examples in the folder `from` and writes the weights to `out`.
pub(super) fn run(from: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let unreadable = || format!("cannot read the examples in {}", from.display());
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(from).with_context(unreadable)? {
        let name = entry.with_context(unreadable)?.file_name();
        let name = name.to_string_lossy().into_owned();
        if Examples::is_file(&name) {
            let text = std::fs::read_to_string(from.join(&name)).with_context(unreadable)?;
            files.push((name, text));
        }
    }
    if files.is_empty() {
        bail!("{} has no file voorbeelden.toml", from.display());
    }
    // The order of a folder is anything; the weights must not depend on it.
    files.sort();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let examples = Examples::read(&files)
        .context("a file is not right; `aanzet check` says which, and what to do")?;
    let weights = examples.weights();
    std::fs::write(out, &weights)
        .with_context(|| format!("cannot write the weights to {}", out.display()))?;
    writeln!(
        std::io::stdout(),
        "{} examples, {} bytes in {}; build the program again to use them",
        examples.len(),
        weights.len(),
        out.display()
    )?;
    Ok(ExitCode::SUCCESS)
}
