//! Logs and metrics. No text of a person, no address and no secret ever goes through here.

use std::io::IsTerminal;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Variable that says what is logged, in the notation of `tracing` (`info`, `aanzet=debug`).
const LOG_VARIABLE: &str = "AANZET_LOG";

/// Variable that chooses the form of the log: `text` (default) or `json`.
const LOG_FORMAT_VARIABLE: &str = "AANZET_LOG_FORMAT";

/// Writes the log to standard error from now on. `default` is what is logged when `AANZET_LOG` is not set.
/// Does nothing when a log is set up already.
pub fn log_to_stderr(default: &str) {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    let json = std::env::var(LOG_FORMAT_VARIABLE).is_ok_and(|format| format == "json");
    // A second set-up in one process (tests) keeps the first.
    let _ = if json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
}

/// Begins to collect metrics; the handle renders them for `/metrics`.
pub fn collect_metrics() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().install_recorder()
}
