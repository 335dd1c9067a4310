//! The event log as JSON, and as a stream that stays open.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json_;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::feed::{Feed, Sight};
use super::snapshots::Person;
use super::{Event, store};
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::extract::{List, Paging};
use crate::web::{AppState, Json, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(events))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct EventsQuery {
    /// Only events after this sequence number. A stream without it begins now.
    since: Option<i64>,
    /// A stream of what concerns this document, with who else has it open.
    document: Option<i64>,
    /// At most so many rows (default 100, at most 1000).
    limit: Option<i64>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EventJson {
    /// Sequence number; grows, with gaps.
    seq: i64,
    /// When.
    at: String,
    /// Who.
    actor: Person,
    /// What was done: `create`, `update`, `delete`, `merge`, `undo`, `redo` …
    verb: String,
    /// To what.
    subject: SubjectJson,
    /// In which document.
    document: Option<i64>,
    /// The whole subject before; null for its making.
    #[schema(value_type = Option<Object>)]
    before: Option<Json_>,
    /// The whole subject after; null for its end.
    #[schema(value_type = Option<Object>)]
    after: Option<Json_>,
    /// The action it belongs to.
    batch: String,
    /// The action that it took back.
    undoes: Option<String>,
}

/// A thing, by kind and id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = EventSubject)]
struct SubjectJson {
    kind: String,
    id: i64,
}

impl From<Event> for EventJson {
    fn from(event: Event) -> EventJson {
        EventJson {
            seq: event.seq,
            at: crate::clock::rfc3339(event.at),
            before: event.before_json(),
            after: event.after_json(),
            actor: Person {
                id: event.actor_id,
                name: event.actor_name,
            },
            verb: event.verb,
            subject: SubjectJson {
                kind: event.subject_kind,
                id: event.subject_id,
            },
            document: event.document_id,
            batch: event.batch,
            undoes: event.undoes,
        }
    }
}

/// What happened, oldest first. With `Accept: text/event-stream` the answer stays open and goes on as things happen; `id` is
/// the sequence number, and `Last-Event-ID` resumes without loss.
#[utoipa::path(get, path = "/projects/{p}/events", tag = "activity", operation_id = "events_list", params(("p" = i64, Path), EventsQuery),
    responses((status = 200, body = List<EventJson>)))]
async fn events(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Query(query): Query<EventsQuery>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let wants_stream = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("text/event-stream"));
    if wants_stream {
        return stream(state, access, headers, &query).await;
    }
    let paging = Paging {
        limit: query.limit,
        cursor: query.cursor,
    };
    let mut since = match paging.after()?.as_slice() {
        [] => query.since.unwrap_or(0),
        [seq] => *seq,
        _ => {
            return Err(Error::BadRequest(
                "the cursor is not one this server gave".to_owned(),
            ));
        }
    };
    let sight = Sight::of(&state, &access).await?;
    let limit = usize::try_from(paging.limit()).unwrap_or(100);
    let mut items: Vec<Event> = Vec::new();
    let mut more = true;
    // What she may not see takes up no place on the page.
    while more && items.len() < limit {
        let page = store::since(&state.db, access.project.id, since, 1000).await?;
        more = page.len() == 1000;
        since = page.last().map_or(since, |e| e.seq);
        items.extend(
            sight
                .filter(page)
                .into_iter()
                .filter(|e| query.document.is_none_or(|d| e.document_id == Some(d))),
        );
    }
    if items.len() > limit {
        items.truncate(limit);
        since = items.last().map_or(since, |e| e.seq);
        more = true;
    }
    Ok(Json(List {
        items: items.into_iter().map(EventJson::from).collect(),
        next: more.then(|| Paging::cursor(&[since])),
    })
    .into_response())
}

async fn stream(
    state: AppState,
    access: Access,
    headers: HeaderMap,
    query: &EventsQuery,
) -> Result<Response> {
    let resumed = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.trim().parse::<i64>().ok());
    let since = match resumed.or(query.since) {
        Some(seq) => seq,
        None => store::latest(&state.db, access.project.id).await?,
    };
    let document = match query.document {
        Some(d) if store::has_document(&state.db, access.project.id, d).await? => Some(d),
        Some(_) => return Err(Error::NotFound("thing-document")),
        None => None,
    };
    let feed = Feed::new(state, headers, access, document, since);
    let stream = futures_util::stream::unfold(feed, |mut feed| async move {
        match feed.next().await {
            Ok(Some(event)) => Some((Ok::<_, Infallible>(event), feed)),
            Ok(None) => None,
            Err(e) => {
                // The browser comes back by itself and resumes.
                tracing::error!("a live feed ended: {e:#}");
                None
            }
        }
    });
    let mut response = Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response();
    // Proxies must pass events on as they come.
    response.headers_mut().insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    Ok(response)
}
