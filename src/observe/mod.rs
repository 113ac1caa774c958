//! Logs and metrics. No text of a person, no address and no secret ever goes through here.

mod clean;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Variable that says what is logged, in the notation of `tracing` (`info`, `aanzet=debug`).
const LOG_VARIABLE: &str = "AANZET_LOG";

/// Variable that chooses the form of the log: `text` (default) or `json`.
const LOG_FORMAT_VARIABLE: &str = "AANZET_LOG_FORMAT";

/// How often what was measured is summed up.
const UPKEEP_EVERY: Duration = Duration::from_secs(30);

/// Writes the log to standard error from now on. `default` is what is logged when `AANZET_LOG` is not set.
/// Does nothing when a log is set up already.
pub fn log_to_stderr(default: &str) {
    let wanted = std::env::var(LOG_VARIABLE).unwrap_or_default();
    let filter = match EnvFilter::try_new(&wanted) {
        Ok(filter) if !wanted.trim().is_empty() => filter,
        Ok(_) => EnvFilter::new(default),
        Err(_) => {
            let _ = writeln!(
                std::io::stderr(),
                "aanzet: {LOG_VARIABLE} is {wanted:?}; allowed is error, warn, info, debug or trace, also as aanzet=debug. \
                 Going on with {default}"
            );
            EnvFilter::new(default)
        }
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| clean::Clean::new(std::io::stderr()))
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

/// From now on a panic tells where it was and not what it says: Rust's own message quotes the text that
/// was being worked on, and goes to standard error.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(|| "an unknown place".into(), ToString::to_string);
        if tracing::dispatcher::has_been_set() {
            tracing::error!(place, "a fault in the program; please report this place");
        } else {
            let _ = writeln!(
                std::io::stderr(),
                "a fault in the program at {place}; please report this place"
            );
        }
    }));
}

/// Clears up after the metrics, for ever: what is measured piles up until somebody looks at it.
pub async fn keep_metrics_small(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        metrics.run_upkeep();
    }
}

/// Begins to collect metrics; the handle renders them for `/metrics`.
pub fn collect_metrics() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().install_recorder()
}
