//! Undo and redo: everybody's own last action, taken back from the event log, after a reload and a restart too.
//!
//! An action is a batch of events. Taking it back puts each of its things back to what the event says it was before, newest
//! event first, and writes that down as events of its own, which redo takes back in turn. Where somebody has changed a
//! thing since, nothing is done and the answer says so. Each room knows how to put its own kinds back; here they are only called.

use std::collections::{BTreeMap, BTreeSet};

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value as Json_, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{AppState, idempotency};
use crate::activity::snapshots::CodingSnapshot;
use crate::activity::{self, Batch, Change, Event};
use crate::coding::store::changed_since;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(undo))
        .routes(routes!(redo))
}

/// What was taken back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TakenBack {
    /// Sequence number of the action's last event.
    seq: i64,
    /// What had been done.
    verb: String,
    /// To what.
    subject: Subject,
}

/// A thing, by kind and id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Subject {
    /// `coding`, `code`, `document` …
    kind: String,
    /// Its id.
    id: i64,
}

/// The answer to undo (`undone`) and redo (`redone`).
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    undone: Option<TakenBack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    redone: Option<TakenBack>,
    /// Each thing as it is now: `{kind, id, coding}` for codings, null where one is gone; `{kind, id, state}` for others.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<Json_>,
}

/// Takes back the caller's own last action.
#[utoipa::path(post, path = "/projects/{p}/undo", tag = "activity", operation_id = "undo", params(("p" = i64, Path)),
    responses((status = 200, body = Answer), (status = 404), (status = 409)))]
async fn undo(
    State(state): State<AppState>,
    access: Access,
    key: Option<Extension<idempotency::Key>>,
) -> Result<Response> {
    take_back(&state, &access, key, false).await
}

/// Does again what the caller's last undo took back.
#[utoipa::path(post, path = "/projects/{p}/redo", tag = "activity", operation_id = "redo", params(("p" = i64, Path)),
    responses((status = 200, body = Answer), (status = 404), (status = 409)))]
async fn redo(
    State(state): State<AppState>,
    access: Access,
    key: Option<Extension<idempotency::Key>>,
) -> Result<Response> {
    take_back(&state, &access, key, true).await
}

/// What the log speaks of: assignments share their document's id, so the user tells them apart.
type Thing = (String, i64, i64);

fn thing(event: &Event, before: Option<&Json_>, after: Option<&Json_>) -> Thing {
    let user = match event.subject_kind.as_str() {
        "assignment" => after.or(before).and_then(|s| s["user"].as_i64()),
        _ => None,
    };
    (
        event.subject_kind.clone(),
        event.subject_id,
        user.unwrap_or(0),
    )
}

async fn take_back(
    state: &AppState,
    access: &Access,
    key: Option<Extension<idempotency::Key>>,
    redo: bool,
) -> Result<Response> {
    let (project, actor, now) = (access.project.id, access.user.id, state.now());
    let mut tx = state.db.begin().await?;
    activity::store::take_turn(&mut tx, project).await?;
    let events = activity::store::next_to_take_back(&mut tx, project, actor, redo)
        .await?
        .unwrap_or_default();
    let Some(last) = events.last() else {
        return Err(Error::Conflict {
            slug: if redo {
                "nothing-to-redo"
            } else {
                "nothing-to-undo"
            },
            message: if redo {
                "undo-nothing-to-redo"
            } else {
                "undo-nothing"
            }
            .into(),
            current: Json_::Null,
        });
    };
    let states: Vec<(Option<Json_>, Option<Json_>)> = events
        .iter()
        .map(|e| (e.before_json(), e.after_json()))
        .collect();
    for (event, (before, after)) in events.iter().zip(&states) {
        may(access, event, before.as_ref(), after.as_ref())?;
    }
    let mut now_is = unchanged(&mut tx, &events, &states).await?;
    let batch = Batch::undoing(&last.batch);
    let verb = if redo { "redo" } else { "undo" };
    let mut changes = Vec::new();
    for (event, (before, after)) in events.iter().zip(&states).rev() {
        let thing = thing(event, before.as_ref(), after.as_ref());
        let current = now_is.get(&thing).cloned().flatten();
        let put = put_back(&mut tx, project, event, before.clone(), now).await?;
        now_is.insert(thing, put.clone());
        changes.push(Change {
            project,
            actor,
            verb,
            kind: kind(&event.subject_kind),
            id: event.subject_id,
            document: event.document_id,
            before: after.as_ref().and(current),
            after: put,
        });
    }
    activity::store::append_many(&mut tx, &batch, changes, now).await?;
    let main = events
        .iter()
        .rev()
        .find(|e| e.subject_kind != "assignment")
        .unwrap_or(last);
    let taken = TakenBack {
        seq: last.seq,
        verb: main.verb.clone(),
        subject: Subject {
            kind: main.subject_kind.clone(),
            id: main.subject_id,
        },
    };
    let (undone, redone) = if redo {
        (None, Some(taken))
    } else {
        (Some(taken), None)
    };
    let answer = Answer {
        undone,
        redone,
        changes: shown(&mut tx, now_is).await?,
    };
    let body = serde_json::to_string(&answer)?;
    idempotency::finish(tx, key, StatusCode::OK, body, now).await
}

/// Whether the caller may still do what taking this back does.
fn may(
    access: &Access,
    event: &Event,
    before: Option<&Json_>,
    after: Option<&Json_>,
) -> Result<()> {
    let owner = |field: &str| {
        after
            .or(before)
            .and_then(|s| s[field].as_i64())
            .unwrap_or(event.actor_id)
    };
    let me = access.user.id;
    match event.subject_kind.as_str() {
        // A merge of codes moves everybody's codings; it belongs to those who edit the codebook.
        "coding" if owner("coder_id") == me => access.require(Permission::Code),
        "coding" => access.require(Permission::EditAnyCoding),
        "comment" => access.require(Permission::Comment),
        "assignment" if owner("user") == me => access.require(Permission::Code),
        "assignment" => access.require(Permission::Assign),
        "code" if access.may_create_codes() && (before.is_none() || after.is_none()) => Ok(()),
        "code" | "codebook" => access.require(Permission::EditCodebook),
        _ => access.require(Permission::EditDocuments),
    }
}

/// The things of an action as they are now, if they are what the action left; a conflict otherwise.
async fn unchanged(
    tx: &mut Tx,
    events: &[Event],
    states: &[(Option<Json_>, Option<Json_>)],
) -> Result<BTreeMap<Thing, Option<Json_>>> {
    let mut left: BTreeMap<Thing, (i64, Option<Json_>)> = BTreeMap::new();
    for (event, (before, after)) in events.iter().zip(states) {
        let thing = thing(event, before.as_ref(), after.as_ref());
        // A thing taken away and nothing more is remembered by what it was, for its version.
        left.insert(thing, (event.seq, after.clone()));
    }
    let mut now_is = BTreeMap::new();
    for (thing, (seq, after)) in left {
        let since = activity::store::states_since(tx, &thing.0, thing.1, seq).await?;
        let mut current = after.clone();
        for (before, after) in since {
            let parse =
                |text: Option<String>| text.and_then(|t| serde_json::from_str::<Json_>(&t).ok());
            let (before, after) = (parse(before), parse(after));
            let user = after
                .as_ref()
                .or(before.as_ref())
                .and_then(|s| s["user"].as_i64());
            if thing.0 == "assignment" && user != Some(thing.2) {
                continue;
            }
            current = after;
        }
        if substance(current.as_ref()) != substance(after.as_ref()) {
            return Err(changed_since(
                "undo-changed-since",
                current.unwrap_or(Json_::Null),
            ));
        }
        now_is.insert(thing, current);
    }
    Ok(now_is)
}

/// A state without what counts and dates its changes.
fn substance(state: Option<&Json_>) -> Option<Json_> {
    let mut state = state?.clone();
    if let Some(fields) = state.as_object_mut() {
        fields.remove("version");
        fields.remove("updated_at");
    }
    Some(state)
}

/// Puts one thing back; answers what it is then, for the log.
async fn put_back(
    tx: &mut Tx,
    project: i64,
    event: &Event,
    target: Option<Json_>,
    now: i64,
) -> Result<Option<Json_>> {
    let id = event.subject_id;
    match event.subject_kind.as_str() {
        "coding" => crate::coding::store::restore(tx, project, id, target.as_ref(), now)
            .await?
            .map(|c| c.to_json())
            .transpose(),
        "comment" => {
            crate::review::store::restore(tx, project, id, target.as_ref(), now).await?;
            crate::review::store::event_of(tx, project, id).await
        }
        "assignment" => {
            crate::documents::store::restore_assignment(tx, project, id, target.as_ref(), now)
                .await?;
            Ok(target)
        }
        "code" => {
            crate::codebook::store::restore(tx, project, id, target.as_ref(), now).await?;
            crate::codebook::store::snapshot(tx, project, id)
                .await?
                .map(|c| c.to_json())
                .transpose()
        }
        "codebook" => {
            crate::codebook::store::restore_version(tx, project, id, target.as_ref()).await?;
            Ok(target)
        }
        "document" => crate::documents::store::restore(tx, project, id, target.as_ref(), now).await,
        "case" => {
            crate::documents::store::restore_case(tx, project, id, target.as_ref(), now).await?;
            Ok(target)
        }
        "attribute" => {
            crate::documents::store::restore_attribute(tx, project, id, target.as_ref(), now)
                .await?;
            Ok(target)
        }
        other => Err(Error::Internal(anyhow::anyhow!(
            "nothing puts back {other:?}"
        ))),
    }
}

fn kind(kind: &str) -> &'static str {
    match kind {
        "coding" => "coding",
        "comment" => "comment",
        "assignment" => "assignment",
        "code" => "code",
        "codebook" => "codebook",
        "case" => "case",
        "attribute" => "attribute",
        _ => "document",
    }
}

/// The things as the answer shows them.
async fn shown(tx: &mut Tx, now_is: BTreeMap<Thing, Option<Json_>>) -> Result<Vec<Json_>> {
    let coders: BTreeSet<i64> = now_is
        .iter()
        .filter(|((kind, ..), _)| kind == "coding")
        .filter_map(|(_, state)| state.as_ref()?["coder_id"].as_i64())
        .collect();
    let mut names = BTreeMap::new();
    for coder in coders {
        names.insert(coder, crate::coding::store::name_of(tx, coder).await?);
    }
    now_is
        .into_iter()
        .map(|((kind, id, _), state)| {
            if kind != "coding" {
                return Ok(json!({"kind": kind, "id": id, "state": state}));
            }
            let coding = match state {
                Some(state) => {
                    let coding = CodingSnapshot::from_json(&state)?;
                    let name = names.get(&coding.coder_id).cloned().unwrap_or_default();
                    serde_json::to_value(coding.answer(name))?
                }
                None => Json_::Null,
            };
            Ok(json!({"kind": kind, "id": id, "coding": coding}))
        })
        .collect()
}
