//! JSON of assignments: who was given a document, and how far each is.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::act;
use crate::activity::Batch;
use crate::clock::rfc3339;
use crate::documents::AssignmentState;
use crate::documents::store::{self, assignments};
use crate::error::{Error, OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::web::extract::List;
use crate::web::{AppState, Json, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, replace))
        .routes(routes!(change))
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssignmentUser)]
struct UserJson {
    id: i64,
    name: String,
}

/// A document given to a coder.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentJson {
    document: i64,
    user: UserJson,
    /// `todo`, `in_progress` or `done`.
    state: String,
    created_at: String,
    updated_at: String,
}

impl From<assignments::Assignment> for AssignmentJson {
    fn from(a: assignments::Assignment) -> Self {
        AssignmentJson {
            document: a.document_id,
            user: UserJson {
                id: a.user_id,
                name: a.user_name,
            },
            state: a.state,
            created_at: rfc3339(a.created_at),
            updated_at: rfc3339(a.updated_at),
        }
    }
}

async fn all(state: &AppState, document: i64) -> Result<List<AssignmentJson>> {
    Ok(List {
        items: assignments::of_document(&state.db, document)
            .await?
            .into_iter()
            .map(AssignmentJson::from)
            .collect(),
        next: None,
    })
}

/// The coders who were given a document.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}/assignments", tag = "documents", operation_id = "assignments_list",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document")),
    responses((status = 200, body = List<AssignmentJson>)))]
async fn list(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
) -> Result<Json<List<AssignmentJson>>> {
    access.require(Permission::Read)?;
    store::head(&state.db, access.project.id, d).await?;
    Ok(Json(all(&state, d).await?))
}

/// The coders that a document shall have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Coders {
    /// User ids.
    coders: Vec<i64>,
}

/// Gives a document to exactly these coders; those who had it already keep their state.
#[utoipa::path(put, path = "/projects/{p}/documents/{d}/assignments", tag = "documents", operation_id = "assignments_replace",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document")),
    request_body = Coders,
    responses((status = 200, body = List<AssignmentJson>)))]
async fn replace(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Json(wanted): Json<Coders>,
) -> Result<Json<List<AssignmentJson>>> {
    access.require(Permission::Assign)?;
    store::head(&state.db, access.project.id, d).await?;
    let present: BTreeSet<i64> = assignments::of_document(&state.db, d)
        .await?
        .into_iter()
        .map(|a| a.user_id)
        .collect();
    let may: BTreeSet<i64> = assignments::coders(&state.db, access.project.id)
        .await?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let wanted: BTreeSet<i64> = wanted.coders.into_iter().collect();
    // Whoever has it may keep it, also if her role changed since.
    if wanted
        .iter()
        .any(|id| !may.contains(id) && !present.contains(id))
    {
        return Err(Error::invalid("coders", "error-no-coder"));
    }
    let mut tx = state.db.begin().await?;
    assignments::replace(&mut tx, act(&state, &access, &Batch::new()), d, &wanted).await?;
    tx.commit().await?;
    Ok(Json(all(&state, d).await?))
}

/// How far a coder is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatePatch {
    state: AssignmentState,
}

/// Says how far a coder is. With `me` (or one's own id) the document is taken on if it was not given to the caller.
#[utoipa::path(patch, path = "/projects/{p}/documents/{d}/assignments/{user}", tag = "documents", operation_id = "assignments_change",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document"),
        ("user" = String, Path, description = "A user id, or `me`")),
    request_body = StatePatch,
    responses((status = 200, body = AssignmentJson)))]
async fn change(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d, user)): Path<(i64, i64, String)>,
    Json(patch): Json<StatePatch>,
) -> Result<Json<AssignmentJson>> {
    let user = match user.as_str() {
        "me" => access.user.id,
        id => id.parse().map_err(|_| Error::NotFound("thing-member"))?,
    };
    let own = user == access.user.id;
    access.require(if own {
        Permission::Code
    } else {
        Permission::Assign
    })?;
    store::head(&state.db, access.project.id, d).await?;
    if !own && assignments::state_of(&state.db, d, user).await?.is_none() {
        return Err(Error::NotFound("thing-assignment"));
    }
    let mut tx = state.db.begin().await?;
    assignments::set(
        &mut tx,
        act(&state, &access, &Batch::new()),
        d,
        user,
        Some(patch.state),
    )
    .await?;
    tx.commit().await?;
    let now = assignments::of_document(&state.db, d)
        .await?
        .into_iter()
        .find(|a| a.user_id == user)
        .or_404("thing-assignment")?;
    Ok(Json(now.into()))
}
