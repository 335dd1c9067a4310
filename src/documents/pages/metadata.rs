//! Metadata from a table: choose it, see what it would change, do it.

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{field, one_file};
use crate::documents::metadata::{self, Plan};
use crate::documents::originals;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Layout, page};

#[derive(Template)]
#[template(path = "documents/metadata.html")]
struct MetadataPage {
    l: Layout,
    p: i64,
    error: Option<String>,
    plan: Option<Plan>,
    changes: usize,
    name: String,
    sha256: String,
    digest: String,
}

/// Names a plan, so that what is done is what was shown.
fn digest(plan: &Plan) -> Result<String> {
    Ok(crate::secrets::hash(&serde_json::to_string(plan)?))
}

async fn show(
    state: &AppState,
    access: &Access,
    error: Option<String>,
    file: Option<(String, String, Plan)>,
) -> Result<Response> {
    let failed = error.is_some();
    let (name, sha256, plan) = match file {
        Some((name, sha256, plan)) => (name, sha256, Some(plan)),
        None => Default::default(),
    };
    let form = page(&MetadataPage {
        l: access.layout(state, "documents").await?,
        p: access.project.id,
        error,
        changes: plan.as_ref().map_or(0, |p| p.rows.len() - p.problems),
        digest: plan.as_ref().map(digest).transpose()?.unwrap_or_default(),
        plan,
        name,
        sha256,
    })?;
    Ok(if failed {
        (StatusCode::UNPROCESSABLE_ENTITY, form).into_response()
    } else {
        form
    })
}

/// What stands in the way of reading a table, in words.
fn words(access: &Access, e: Error) -> Result<String> {
    match e {
        Error::Invalid(fields) => Ok(fields
            .iter()
            .map(|f| access.locale.msg(&f.message))
            .collect::<Vec<_>>()
            .join(" ")),
        e => Err(e),
    }
}

/// The form that takes a table.
pub(super) async fn choose(State(state): State<AppState>, access: Access) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    show(&state, &access, None, None).await
}

/// Shows what the table would change.
pub(super) async fn preview(
    State(state): State<AppState>,
    access: Access,
    multipart: Multipart,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let Some((name, bytes)) = one_file(multipart, state.config.limits.file_bytes).await? else {
        let words = access.locale.text("error-no-file");
        return show(&state, &access, Some(words), None).await;
    };
    let table = match metadata::read(&state, &access, &name, bytes.clone()).await {
        Ok(table) => table,
        Err(e) => {
            let words = words(&access, e)?;
            return show(&state, &access, Some(words), None).await;
        }
    };
    let plan = metadata::plan(&state, &access, &table).await?;
    let sha256 = originals::park(&state, access.project.id, bytes).await?;
    show(&state, &access, None, Some((name, sha256, plan))).await
}

/// Does it, if it is still what was shown; else shows it anew.
pub(super) async fn apply(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let (name, sha256) = (field(&form, "name"), field(&form, "sha256"));
    let bytes = originals::parked(&state, access.project.id, sha256).await?;
    let table = metadata::read(&state, &access, name, bytes).await?;
    let plan = metadata::plan(&state, &access, &table).await?;
    if digest(&plan)? != field(&form, "digest") {
        let words = access.locale.text("metadata-moved");
        let file = (name.to_owned(), sha256.to_owned(), plan);
        return show(&state, &access, Some(words), Some(file)).await;
    }
    metadata::apply(&state, &access, &plan).await?;
    originals::unpark(&state, access.project.id, sha256).await?;
    Ok(Redirect::to(&format!(
        "/projects/{}/documents?notice=metadata&n={}",
        access.project.id,
        plan.rows.len()
    ))
    .into_response())
}
