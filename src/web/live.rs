//! The live feed: everything that happens in a project, as it happens, over server-sent events; and the same log as a
//! list.
//!
//! The events are in the database; what travels between tasks is only "project 3 changed", so a reader that lags or
//! reconnects misses nothing and nothing piles up in memory. A change of this process arrives at once; one of another
//! process (a command, a second server on the same PostgreSQL) within half a second.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json_, json};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::List;
use super::{AppState, Json, Path, Query};
use crate::activity::snapshots::{CodingSnapshot, Person};
use crate::activity::{self, Event};
use crate::coding;
use crate::error::Result;
use crate::projects::{Access, Permission};
use crate::web::layout::initials;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Events read from the database at once.
const AT_ONCE: i64 = 500;
/// Events on their way to a reader who does not read.
const IN_FLIGHT: usize = 64;
/// How often the database is asked for what another process wrote.
const POLL: Duration = Duration::from_millis(500);

/// `?since=&document=&limit=`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Since {
    /// Only events after this sequence number (default 0).
    since: Option<i64>,
    /// Only what happens in this document, and changes of the codebook.
    document: Option<i64>,
    /// At most so many in a list (default 100, at most 1000).
    limit: Option<i64>,
}

/// One change, as the list answers it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = EventItem)]
struct Item {
    /// Sequence number; grows, with gaps.
    seq: i64,
    /// When.
    at: String,
    /// Who.
    actor: Person,
    /// What was done.
    verb: String,
    /// To what kind of thing.
    kind: String,
    /// Its id.
    id: i64,
    /// In which document.
    document: Option<i64>,
    /// The thing before.
    #[schema(value_type = Option<Object>)]
    before: Option<Json_>,
    /// The thing after.
    #[schema(value_type = Option<Object>)]
    after: Option<Json_>,
    /// Events of one action share it.
    batch: String,
    /// The action that it took back.
    undoes: Option<String>,
}

/// Changes of a project after a sequence number. With `Accept: text/event-stream` the answer stays open; `Last-Event-ID`
/// resumes.
#[utoipa::path(get, path = "/projects/{p}/events", tag = "activity", params(("p" = i64, Path), Since),
    responses((status = 200, body = List<Item>)))]
async fn events(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let streaming = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("text/event-stream"));
    let last: Option<i64> = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.trim().parse().ok());
    let from = last.or(since.since).unwrap_or(0);
    if streaming {
        return Ok(stream(state, access, from, since.document));
    }
    let limit = since.limit.unwrap_or(100).clamp(1, 1000);
    let rows = activity::store::since(&state.db, access.project.id, from, limit).await?;
    let hidden = access
        .visibility
        .hidden_documents(&state.db, access.project.id)
        .await?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == limit;
    let next = rows.last().filter(|_| full).map(|row| row.seq.to_string());
    let items = rows
        .into_iter()
        .filter(|e| open_to(e, &access, &hidden))
        .filter(|e| since.document.is_none_or(|d| concerns(e, d)))
        .map(|e| Item {
            seq: e.seq,
            at: crate::clock::rfc3339(e.at),
            before: e.before_json(),
            after: e.after_json(),
            actor: Person {
                id: e.actor_id,
                name: e.actor_name,
            },
            verb: e.verb,
            kind: e.subject_kind,
            id: e.subject_id,
            document: e.document_id,
            batch: e.batch,
            undoes: e.undoes,
        })
        .collect();
    Ok(Json(List { items, next }).into_response())
}

/// Whether an event is one the reader may know of: in a round that is blind to her, only what is her own.
fn open_to(event: &Event, access: &Access, hidden: &HashSet<i64>) -> bool {
    let here = event.document_id.is_some_and(|d| hidden.contains(&d));
    if !here || event.actor_id == access.user.id {
        return true;
    }
    match event.subject_kind.as_str() {
        "coding" | "decision" | "comment" => {
            let owner = |json: Option<Json_>| json.and_then(|j| j["coder_id"].as_i64());
            event.subject_kind == "coding"
                && owner(event.after_json()).or_else(|| owner(event.before_json()))
                    == Some(access.user.id)
        }
        _ => true,
    }
}

fn concerns(event: &Event, document: i64) -> bool {
    event.document_id == Some(document)
        || matches!(event.subject_kind.as_str(), "code" | "codebook")
}

fn stream(state: AppState, access: Access, from: i64, document: Option<i64>) -> Response {
    let (sender, receiver) = mpsc::channel::<Result<SseEvent, Infallible>>(IN_FLIGHT);
    tokio::spawn(feed(state, access, from, document, sender));
    let mut response = Sse::new(ReceiverStream::new(receiver))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response();
    // A proxy that buffers would hold events back.
    response.headers_mut().insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    response
}

/// Feeds one reader until she goes, the server stops, or the database fails.
async fn feed(
    state: AppState,
    access: Access,
    from: i64,
    document: Option<i64>,
    sender: mpsc::Sender<Result<SseEvent, Infallible>>,
) {
    let _counted = state.metrics.open_stream();
    let project = access.project.id;
    let mut changes = state.db.changes();
    let mut comings = state.presence.changes();
    let _here = document.map(|d| state.presence.enter(d, access.user.id));
    let mut last = from;
    let mut access = access;
    if let Some(d) = document
        && send_presence(&state, d, &sender).await.is_err()
    {
        return;
    }
    loop {
        match catch_up(&state, &mut access, &mut last, document, &sender).await {
            Ok(()) => {}
            Err(_) => return,
        }
        loop {
            tokio::select! {
                () = state.stopping.cancelled() => return,
                () = sender.closed() => return,
                changed = changes.recv() => match changed {
                    Ok(p) if p == project => break,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                came = comings.recv(), if document.is_some() => {
                    let this = match came {
                        Ok(d) => document == Some(d),
                        Err(_) => true,
                    };
                    if this
                        && let Some(d) = document
                        && send_presence(&state, d, &sender).await.is_err()
                    {
                        return;
                    }
                },
                () = tokio::time::sleep(POLL) => {
                    match activity::store::latest(&state.db, project).await {
                        Ok(seq) if seq > last => break,
                        Ok(_) => {}
                        Err(_) => return,
                    }
                }
            }
        }
    }
}

/// Sends everything after `last`. Membership and blindness are looked at anew each time: neither outlives the change.
async fn catch_up(
    state: &AppState,
    access: &mut Access,
    last: &mut i64,
    document: Option<i64>,
    sender: &mpsc::Sender<Result<SseEvent, Infallible>>,
) -> Result<()> {
    loop {
        let rows = activity::store::since(&state.db, access.project.id, *last, AT_ONCE).await?;
        let Some(newest) = rows.last().map(|e| e.seq) else {
            return Ok(());
        };
        *access = Access::load(
            state,
            access.user.clone(),
            access.locale.clone(),
            access.project.id,
        )
        .await?;
        let hidden = access
            .visibility
            .hidden_documents(&state.db, access.project.id)
            .await?;
        let wanted: Vec<Event> = rows
            .into_iter()
            .filter(|e| open_to(e, access, &hidden))
            .filter(|e| document.is_none_or(|d| concerns(e, d)))
            .collect();
        let coders: Vec<i64> = wanted
            .iter()
            .filter(|e| e.subject_kind == "coding")
            .filter_map(|e| e.after_json().and_then(|j| j["coder_id"].as_i64()))
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        let names = coding::store::names_of(&state.db, &coders).await?;
        for event in wanted {
            let (name, data) = message(&event, &names)?;
            let sse = SseEvent::default()
                .id(event.seq.to_string())
                .event(name)
                .data(data.to_string());
            if sender.send(Ok(sse)).await.is_err() {
                return Ok(());
            }
        }
        *last = newest;
    }
}

/// Name and data of an event on the wire.
fn message(
    event: &Event,
    names: &std::collections::HashMap<i64, String>,
) -> Result<(&'static str, Json_)> {
    let actor = json!({"id": event.actor_id, "name": event.actor_name});
    let mut data = json!({
        "seq": event.seq,
        "verb": event.verb,
        "actor": actor,
        "id": event.subject_id,
    });
    let name = match event.subject_kind.as_str() {
        "coding" => {
            let answer = |json: Option<Json_>| -> Result<Json_> {
                let Some(json) = json else {
                    return Ok(Json_::Null);
                };
                let snapshot = CodingSnapshot::from_json(&json)?;
                let name = names.get(&snapshot.coder_id).cloned().unwrap_or_default();
                Ok(serde_json::to_value(snapshot.answer(name))?)
            };
            data["coding"] = answer(event.after_json())?;
            data["before"] = answer(event.before_json())?;
            "coding"
        }
        "comment" => {
            let subject = event.after_json().or_else(|| event.before_json());
            data["subject"] = subject.map_or(
                Json_::Null,
                |s| json!({"kind": s["subject_kind"], "id": s["subject_id"]}),
            );
            "comment"
        }
        "assignment" => {
            let after = event.after_json().or_else(|| event.before_json());
            if let Some(after) = after {
                data["user"] = after["user"].clone();
                data["state"] = after["state"].clone();
            }
            data["document"] = json!(event.document_id);
            "assignment"
        }
        "code" | "codebook" => "codebook",
        kind => {
            data["kind"] = json!(kind);
            "change"
        }
    };
    Ok((name, data))
}

async fn send_presence(
    state: &AppState,
    document: i64,
    sender: &mpsc::Sender<Result<SseEvent, Infallible>>,
) -> Result<()> {
    let here = state.presence.of(document);
    let names = coding::store::names_of(&state.db, &here).await?;
    let people: Vec<Json_> = here
        .iter()
        .map(|id| {
            let name = names.get(id).cloned().unwrap_or_default();
            json!({"id": id, "name": name, "initials": initials(&name)})
        })
        .collect();
    let event = SseEvent::default()
        .event("presence")
        .data(json!({"here": people}).to_string());
    sender
        .send(Ok(event))
        .await
        .map_err(|_| crate::error::Error::Internal(anyhow::anyhow!("the reader is gone")))
}
