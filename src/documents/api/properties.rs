//! JSON of cases and attributes.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::act;
use crate::activity::Batch;
use crate::documents::store::properties;
use crate::documents::{AttributeKind, check_name};
use crate::error::{Error, OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::web::extract::List;
use crate::web::{AppState, Json, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(cases, create_case))
        .routes(routes!(rename_case, delete_case))
        .routes(routes!(attributes))
        .routes(routes!(change_attribute))
}

/// What documents are about, for comparison.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseJson {
    id: i64,
    /// Its name in exchange formats.
    guid: String,
    name: String,
    /// Documents that have it.
    documents: i64,
}

/// A typed fact about documents.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttributeJson {
    id: i64,
    /// Its name in exchange formats.
    guid: String,
    name: String,
    kind: AttributeKind,
    /// Documents that have a value.
    documents: i64,
}

impl From<properties::Property> for CaseJson {
    fn from(p: properties::Property) -> Self {
        CaseJson {
            id: p.id,
            guid: p.guid.to_string(),
            name: p.name,
            documents: p.documents,
        }
    }
}

impl From<properties::Property> for AttributeJson {
    fn from(p: properties::Property) -> Self {
        AttributeJson {
            id: p.id,
            guid: p.guid.to_string(),
            kind: AttributeKind::parse(&p.kind),
            name: p.name,
            documents: p.documents,
        }
    }
}

/// The cases of a project.
#[utoipa::path(get, path = "/projects/{p}/cases", tag = "documents", operation_id = "cases_list",
    params(("p" = i64, Path, description = "Project")),
    responses((status = 200, body = List<CaseJson>)))]
async fn cases(State(state): State<AppState>, access: Access) -> Result<Json<List<CaseJson>>> {
    access.require(Permission::Read)?;
    let rows = properties::cases(&state.db, access.project.id).await?;
    Ok(Json(List {
        items: rows.into_iter().map(CaseJson::from).collect(),
        next: None,
    }))
}

async fn case(state: &AppState, project: i64, id: i64) -> Result<CaseJson> {
    properties::cases(&state.db, project)
        .await?
        .into_iter()
        .find(|c| c.id == id)
        .map(CaseJson::from)
        .or_404("thing-case")
}

/// A case's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CaseName {
    name: String,
}

impl CaseName {
    fn checked(&self) -> Result<String> {
        check_name(&self.name).map_err(|message| Error::invalid("name", message))
    }
}

/// Makes a case.
#[utoipa::path(post, path = "/projects/{p}/cases", tag = "documents", operation_id = "cases_create",
    params(("p" = i64, Path, description = "Project")), request_body = CaseName,
    responses((status = 201, body = CaseJson)))]
async fn create_case(
    State(state): State<AppState>,
    access: Access,
    Json(new): Json<CaseName>,
) -> Result<(StatusCode, Json<CaseJson>)> {
    access.require(Permission::EditDocuments)?;
    let name = new.checked()?;
    let mut tx = state.db.begin().await?;
    let id = properties::create_case(&mut tx, act(&state, &access, &Batch::new()), &name).await?;
    tx.commit().await?;
    let case = case(&state, access.project.id, id).await?;
    Ok((StatusCode::CREATED, Json(case)))
}

/// Renames a case in all its documents.
#[utoipa::path(patch, path = "/projects/{p}/cases/{case}", tag = "documents", operation_id = "cases_rename",
    params(("p" = i64, Path, description = "Project"), ("case" = i64, Path, description = "Case")), request_body = CaseName,
    responses((status = 200, body = CaseJson)))]
async fn rename_case(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
    Json(new): Json<CaseName>,
) -> Result<Json<CaseJson>> {
    access.require(Permission::EditDocuments)?;
    let name = new.checked()?;
    let mut tx = state.db.begin().await?;
    properties::rename_case(&mut tx, act(&state, &access, &Batch::new()), id, &name).await?;
    tx.commit().await?;
    Ok(Json(case(&state, access.project.id, id).await?))
}

/// Takes a case away from all its documents. Undo brings it back.
#[utoipa::path(delete, path = "/projects/{p}/cases/{case}", tag = "documents", operation_id = "cases_delete",
    params(("p" = i64, Path, description = "Project"), ("case" = i64, Path, description = "Case")),
    responses((status = 204, description = "Gone")))]
async fn delete_case(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    access.require(Permission::EditDocuments)?;
    let mut tx = state.db.begin().await?;
    properties::delete_case(&mut tx, act(&state, &access, &Batch::new()), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The attributes of a project's documents.
#[utoipa::path(get, path = "/projects/{p}/attributes", tag = "documents", operation_id = "attributes_list",
    params(("p" = i64, Path, description = "Project")),
    responses((status = 200, body = List<AttributeJson>)))]
async fn attributes(
    State(state): State<AppState>,
    access: Access,
) -> Result<Json<List<AttributeJson>>> {
    access.require(Permission::Read)?;
    let rows = properties::attributes(&state.db, access.project.id).await?;
    Ok(Json(List {
        items: rows.into_iter().map(AttributeJson::from).collect(),
        next: None,
    }))
}

/// Changes to an attribute.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AttributePatch {
    name: Option<String>,
    /// Every value there is must fit it.
    kind: Option<AttributeKind>,
}

/// Renames an attribute or changes the kind of its values.
#[utoipa::path(patch, path = "/projects/{p}/attributes/{attribute}", tag = "documents", operation_id = "attributes_change",
    params(("p" = i64, Path, description = "Project"), ("attribute" = i64, Path, description = "Attribute")),
    request_body = AttributePatch,
    responses((status = 200, body = AttributeJson)))]
async fn change_attribute(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
    Json(patch): Json<AttributePatch>,
) -> Result<Json<AttributeJson>> {
    access.require(Permission::EditDocuments)?;
    let name = match &patch.name {
        Some(name) => Some(check_name(name).map_err(|m| Error::invalid("name", m))?),
        None => None,
    };
    let mut tx = state.db.begin().await?;
    properties::update_attribute(
        &mut tx,
        act(&state, &access, &Batch::new()),
        id,
        name.as_deref(),
        patch.kind,
    )
    .await?;
    tx.commit().await?;
    let row = properties::attributes(&state.db, access.project.id)
        .await?
        .into_iter()
        .find(|a| a.id == id)
        .or_404("thing-attribute")?;
    Ok(Json(row.into()))
}
