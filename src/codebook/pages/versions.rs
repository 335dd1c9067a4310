//! Versions: the list, what changed between two of them, and publishing the codebook as it is.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::view::{ChangeView, Said};
use crate::activity::Batch;
use crate::codebook::api::{hand, state_of};
use crate::codebook::diff::diff;
use crate::codebook::store::{self, Version};
use crate::error::{Error, OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::web::forms::FormErrors;
use crate::web::{AppState, Layout, Query, page};

#[derive(Template)]
#[template(path = "codebook/versions.html")]
struct VersionsPage {
    l: Layout,
    p: i64,
    may_edit: bool,
    has_codes: bool,
    versions: Vec<Version>,
    next_version: i64,
    from: i64,
    to: Option<i64>,
    changes: Vec<ChangeView>,
    unpublished: usize,
    note: String,
    errors: FormErrors,
    said: String,
}

/// Which two to compare; without any, the newest with the codebook as it is.
#[derive(Debug, Default, Deserialize)]
pub struct Compare {
    from: Option<i64>,
    #[serde(default)]
    to: String,
    said: Option<String>,
}

/// The list, and a comparison.
pub async fn list(
    State(state): State<AppState>,
    access: Access,
    Query(compare): Query<Compare>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let made = build(
        &state,
        &access,
        compare,
        String::new(),
        FormErrors::default(),
    )
    .await?;
    page(&made)
}

async fn build(
    state: &AppState,
    access: &Access,
    compare: Compare,
    note: String,
    errors: FormErrors,
) -> Result<VersionsPage> {
    let project = access.project.id;
    let l = access.layout(state, "codebook").await?;
    let versions = store::versions(&state.db, project).await?;
    let newest = versions.first().map_or(0, |v| v.number);
    let from = compare.from.unwrap_or(newest);
    let to = match compare.to.as_str() {
        "" | "now" => None,
        number => Some(number.parse().ok().or_404("thing-codebook-version")?),
    };
    let old = state_of(state, project, Some(from)).await?;
    let new = state_of(state, project, to).await?;
    let now = state_of(state, project, None).await?;
    let last = state_of(state, project, Some(newest)).await?;
    Ok(VersionsPage {
        p: project,
        may_edit: access.may(Permission::EditCodebook),
        has_codes: !now.is_empty(),
        next_version: newest + 1,
        versions,
        from,
        to,
        changes: diff(&old, &new)
            .iter()
            .map(|c| ChangeView::of(c, &l))
            .collect(),
        unpublished: diff(&last, &now).len(),
        note,
        errors,
        said: Said::parse(compare.said.as_deref())
            .map(|said| said.words(&l))
            .unwrap_or_default(),
        l,
    })
}

/// The note to publish with.
#[derive(Debug, Deserialize)]
pub struct NoteForm {
    #[serde(default)]
    note: String,
}

/// Publishes the codebook.
pub async fn publish(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let published = async {
        let batch = Batch::new();
        let hand = hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        store::publish(&mut tx, hand, &form.note).await?;
        tx.commit().await
    }
    .await;
    match published {
        Ok(()) => Ok(axum::response::IntoResponse::into_response(
            axum::response::Redirect::to(&format!(
                "/projects/{}/codebook/versions?said={}",
                access.project.id,
                Said::Published.slug()
            )),
        )),
        Err(e @ Error::Invalid(_)) => {
            let errors = FormErrors::of(e, &access.locale)?;
            let again = build(&state, &access, Compare::default(), form.note, errors).await?;
            Ok(axum::response::IntoResponse::into_response((
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                page(&again)?,
            )))
        }
        Err(other) => Err(other),
    }
}
