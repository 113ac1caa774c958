//! `aanzet train`: from the examples of danger to the weights that are compiled into the program.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use crate::safety::Examples;

/// Reads the examples in `from` and writes the weights to `out`.
pub(super) fn run(from: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(from)
        .with_context(|| format!("cannot read the examples in {}", from.display()))?;
    let examples = Examples::read(&text).with_context(|| {
        format!(
            "{} is no file with examples; `aanzet check` says what is wrong with it",
            from.display()
        )
    })?;
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
