//! Figures of the running program in the Prometheus format: requests, their time, the database's size, open streams.
//!
//! Requests are told apart by class and status, never by address: addresses hold ids of projects and secrets of links.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::AppState;
use crate::error::{Error, Result};

/// What a request asked for.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Class {
    class: &'static str,
}

/// What it asked for and how it went.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    class: &'static str,
    status: u16,
}

type Latencies = Family<Class, Histogram, fn() -> Histogram>;

/// The figures; part of the state.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Outcome, Counter>,
    seconds: Latencies,
    streams: Gauge,
    database_bytes: Gauge,
}

/// An event stream that is open; it is counted until the value is dropped.
pub struct OpenStream(Gauge);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// From half a millisecond to eight seconds.
fn latency() -> Histogram {
    Histogram::new([
        0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0,
    ])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("concord");
        let requests = Family::default();
        registry.register(
            "http_requests",
            "Requests by what they asked for and status",
            Family::clone(&requests),
        );
        let seconds: Latencies = Family::new_with_constructor(latency);
        registry.register_with_unit(
            "http_request_duration",
            "Time to the first byte of the answer",
            Unit::Seconds,
            seconds.clone(),
        );
        let streams = Gauge::default();
        registry.register(
            "event_streams",
            "Live feeds that are open",
            Gauge::clone(&streams),
        );
        let database_bytes = Gauge::default();
        registry.register_with_unit(
            "database_size",
            "Size of the database",
            Unit::Bytes,
            Gauge::clone(&database_bytes),
        );
        Metrics {
            registry: Mutex::new(registry),
            requests,
            seconds,
            streams,
            database_bytes,
        }
    }
}

impl Metrics {
    /// Counts an event stream as open until the value is dropped.
    pub fn open_stream(&self) -> OpenStream {
        self.streams.inc();
        OpenStream(self.streams.clone())
    }

    fn encode(&self) -> Result<String> {
        let registry = self
            .registry
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut out = String::new();
        encode(&mut out, &registry).map_err(|e| Error::Internal(e.into()))?;
        Ok(out)
    }
}

fn class(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("api") => "api",
        Some("static") => "asset",
        Some("healthz" | "readyz" | "metrics") => "probe",
        _ => "page",
    }
}

/// The layer that measures.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let class = class(request.uri().path());
    let begun = Instant::now();
    let response = next.run(request).await;
    state
        .metrics
        .requests
        .get_or_create(&Outcome {
            class,
            status: response.status().as_u16(),
        })
        .inc();
    state
        .metrics
        .seconds
        .get_or_create(&Class { class })
        .observe(begun.elapsed().as_secs_f64());
    response
}

/// `GET /metrics`: for this machine, unless the settings open it. Whatever a proxy passes on came from elsewhere.
pub async fn serve(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response> {
    let headers = request.headers();
    let passed_on = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let local = peer.ip().to_canonical().is_loopback() && !passed_on;
    if !(local || state.config.metrics_public) {
        return Err(Error::NotFound("thing-page"));
    }
    state.metrics.database_bytes.set(state.db.size().await?);
    Ok((
        [(
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )],
        state.metrics.encode()?,
    )
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_counted_while_they_are_open() {
        let metrics = Metrics::default();
        let one = metrics.open_stream();
        let two = metrics.open_stream();
        assert!(
            metrics
                .encode()
                .unwrap()
                .contains("concord_event_streams 2\n")
        );
        drop(one);
        drop(two);
        assert!(
            metrics
                .encode()
                .unwrap()
                .contains("concord_event_streams 0\n")
        );
    }

    #[test]
    fn requests_are_told_apart_without_their_ids() {
        assert_eq!(class("/api/v1/projects/3"), "api");
        assert_eq!(class("/static/abc/site.css"), "asset");
        assert_eq!(class("/invitation/secret"), "page");
        assert_eq!(class("/"), "page");
    }
}
