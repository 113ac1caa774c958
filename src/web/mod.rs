//! The web address: is the program alive, is it ready, and its numbers. The only room that names axum.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// What the pages look at.
#[derive(Clone)]
pub struct WebState {
    /// The store that must answer for the program to be ready; empty as long as it is not open.
    pub store: Arc<OnceLock<Store>>,
    /// How many events may wait before new ones are turned away.
    pub most_waiting: u64,
    /// The numbers; `None` when they are not collected.
    pub metrics: Option<PrometheusHandle>,
}

/// The address could not be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "the web address {address} cannot be used: {source}. Is another program using it? Set AANZET_WEB_BIND to another one, such as 127.0.0.1:8090"
)]
pub struct BindError {
    /// What was asked for.
    pub address: String,
    /// Why not.
    pub source: std::io::Error,
}

/// Takes the address.
pub async fn bind(address: &str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| BindError {
            address: address.to_owned(),
            source,
        })
}

/// Serves until `stop`.
pub async fn serve(
    listener: TcpListener,
    state: WebState,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let pages = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
        .with_state(Arc::new(state));
    axum::serve(listener, pages)
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await
}

async fn ready(State(state): State<Arc<WebState>>) -> (StatusCode, String) {
    let not_ready = |why: &str| (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n"));
    let Some(store) = state.store.get() else {
        return not_ready("the database cannot be opened yet; only help in danger goes out");
    };
    if let Err(error) = store.ping().await {
        tracing::warn!(%error, "not ready: the database does not answer");
        return not_ready("the database does not answer");
    }
    let most = state.most_waiting;
    let detail = match store.waiting_events(most.saturating_add(1)).await {
        Ok(waiting) if waiting >= most => {
            format!("more than {most} messages wait: new ones are turned away, but for danger")
        }
        Ok(waiting) => format!("{waiting} of at most {most} messages wait"),
        Err(error) => {
            tracing::warn!(%error, "what waits cannot be counted");
            return not_ready("the database does not answer");
        }
    };
    (StatusCode::OK, format!("ready\n{detail}\n"))
}

async fn numbers(State(state): State<Arc<WebState>>) -> (StatusCode, String) {
    match &state.metrics {
        Some(metrics) => (StatusCode::OK, metrics.render()),
        None => (StatusCode::NOT_FOUND, String::new()),
    }
}
