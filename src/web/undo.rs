//! Undo and redo: the caller's own last action, whichever rooms it touched.
//!
//! The event log knows what every thing was before; each room knows how to put its own things back. Here the two are
//! brought together, which is why this part of `web` stands above all rooms.

use axum::extract::State;
use serde::Serialize;
use serde_json::{Value as Json_, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{AppState, Json, Path};
use crate::activity::snapshots::Coding;
use crate::activity::{self, Batch, Change, Event, undo, undo_store};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::{codebook, coding, documents, review};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(undo_last))
        .routes(routes!(redo_last))
}

/// What was taken back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Taken {
    /// Sequence number of the action's last event.
    seq: i64,
    /// What it had done.
    verb: String,
    /// To what.
    subject: Subject,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = UndoSubject)]
struct Subject {
    kind: String,
    id: i64,
}

/// One thing as it is now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = UndoChange)]
struct Changed {
    kind: String,
    id: i64,
    /// The coding, if it is one and is there.
    coding: Option<Coding>,
}

/// The answer to undo.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Undone {
    undone: Taken,
    changes: Vec<Changed>,
}

/// The answer to redo.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Redone {
    redone: Taken,
    changes: Vec<Changed>,
}

/// Takes the caller's own last action back.
#[utoipa::path(post, path = "/projects/{p}/undo", tag = "activity", params(("p" = i64, Path)),
    responses((status = 200, body = Undone), (status = 409, description = "Nothing to undo, or changed since by somebody else")))]
async fn undo_last(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
) -> Result<Json<Undone>> {
    let (undone, changes) = take_back(&state, &access, true).await?;
    Ok(Json(Undone { undone, changes }))
}

/// Does again what the caller undid last.
#[utoipa::path(post, path = "/projects/{p}/redo", tag = "activity", params(("p" = i64, Path)),
    responses((status = 200, body = Redone), (status = 409, description = "Nothing to redo, or changed since by somebody else")))]
async fn redo_last(
    State(state): State<AppState>,
    access: Access,
    Path(_p): Path<i64>,
) -> Result<Json<Redone>> {
    let (redone, changes) = take_back(&state, &access, false).await?;
    Ok(Json(Redone { redone, changes }))
}

async fn take_back(
    state: &AppState,
    access: &Access,
    undoing: bool,
) -> Result<(Taken, Vec<Changed>)> {
    access.require(Permission::Read)?;
    let project = access.project.id;
    let now = state.now();
    let mut tx = state.db.begin().await?;
    activity::store::take_turn(&mut tx, project).await?;
    let own = undo_store::own_batches(&mut tx, project, access.user.id).await?;
    let stacks = undo::stacks(&own);
    let target = if undoing { stacks.undo } else { stacks.redo }
        .pop()
        .ok_or(Error::Conflict {
            slug: if undoing {
                "nothing-to-undo"
            } else {
                "nothing-to-redo"
            },
            message: if undoing {
                "undo-error-nothing".into()
            } else {
                "redo-error-nothing".into()
            },
            current: Json_::Null,
        })?;
    let events = undo_store::of_batch(&mut tx, project, &target).await?;
    let Some(last) = events.first() else {
        return Err(Error::Internal(anyhow::anyhow!("an action without events")));
    };
    let taken = Taken {
        seq: last.seq,
        verb: last.verb.clone(),
        subject: Subject {
            kind: last.subject_kind.clone(),
            id: last.subject_id,
        },
    };
    let batch = Batch::undoing(&target);
    let verb = if undoing { "undo" } else { "redo" };
    let mut changes = Vec::new();
    for event in &events {
        may_restore(access, &event.subject_kind)?;
        if undo_store::changed_by_others(&mut tx, project, event).await? {
            return Err(Error::Conflict {
                slug: "changed-since",
                message: "undo-error-changed".into(),
                current: json!({"kind": event.subject_kind, "id": event.subject_id}),
            });
        }
        let (after, coding) = restore(&mut tx, project, event, now).await?;
        activity::store::append(
            &mut tx,
            &batch,
            Change {
                project,
                actor: access.user.id,
                verb,
                kind: kind_of(&event.subject_kind),
                id: event.subject_id,
                document: event.document_id,
                before: event.after_json(),
                after,
            },
            now,
        )
        .await?;
        changes.push(Changed {
            kind: event.subject_kind.clone(),
            id: event.subject_id,
            coding,
        });
    }
    tx.commit().await?;
    Ok((taken, changes))
}

/// Somebody whose role changed cannot change by undo what she could no longer change by hand.
fn may_restore(access: &Access, kind: &str) -> Result<()> {
    match kind {
        "code" => {
            if access.may_create_codes() {
                Ok(())
            } else {
                access.require(Permission::EditCodebook)
            }
        }
        "codebook" => access.require(Permission::EditCodebook),
        "document" => access.require(Permission::EditDocuments),
        "comment" => access.require(Permission::Comment),
        _ => access.require(Permission::Code),
    }
}

fn kind_of(kind: &str) -> &'static str {
    match kind {
        "code" => "code",
        "codebook" => "codebook",
        "document" => "document",
        "assignment" => "assignment",
        "comment" => "comment",
        _ => "coding",
    }
}

/// Puts one thing back to what it was before an event; how it is now, and the coding if it is one.
async fn restore(
    tx: &mut Tx,
    project: i64,
    event: &Event,
    now: i64,
) -> Result<(Option<Json_>, Option<Coding>)> {
    let before = event.before_json();
    let id = event.subject_id;
    match event.subject_kind.as_str() {
        "coding" => {
            let restored = coding::store::restore(tx, project, id, before.as_ref(), now).await?;
            let Some(snapshot) = restored else {
                return Ok((None, None));
            };
            let json = snapshot.to_json()?;
            let name = coding::store::name_of(tx, snapshot.coder_id).await?;
            return Ok((Some(json), Some(snapshot.answer(name))));
        }
        "code" => {
            let restored = codebook::store::restore(tx, project, id, before.as_ref(), now).await?;
            let json = restored
                .as_ref()
                .map(codebook::Snapshot::to_json)
                .transpose()?;
            return Ok((json, None));
        }
        "codebook" => {
            codebook::store::restore_version(tx, project, id, before.as_ref()).await?;
        }
        "document" => documents::store::restore(tx, project, id, before.as_ref(), now).await?,
        "assignment" => {
            documents::store::assignments::restore(tx, project, id, before.as_ref(), now).await?;
        }
        "comment" => review::store::restore(tx, project, id, before.as_ref(), now).await?,
        other => {
            return Err(Error::Internal(anyhow::anyhow!(
                "events of kind {other} are not taken back"
            )));
        }
    }
    Ok((before, None))
}
