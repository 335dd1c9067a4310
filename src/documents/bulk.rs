//! One change to many documents at once: metadata, cases, assignments, removal. All of it or nothing, and one undo.

use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{self, Act, assignments};
use super::{AssignmentState, check_name};
use crate::activity::Batch;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::AppState;

/// How assignments are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assign {
    /// Every document to every coder.
    Everyone,
    /// Every document to `each` coders, those with the fewest documents first.
    Spread,
}

/// A change to many documents.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BulkChange {
    /// Ids.
    pub documents: Vec<i64>,
    /// Slug of the type they get.
    pub r#type: Option<String>,
    /// Language they get.
    pub language: Option<String>,
    /// Cases they get beside those they have.
    pub add_cases: Vec<String>,
    /// Cases they lose.
    pub remove_cases: Vec<String>,
    /// Give them to coders.
    pub assign: Option<Assign>,
    /// To these coders; left out: all members who code.
    pub coders: Option<Vec<i64>>,
    /// With `spread`: to how many each (1 if left out).
    pub each: Option<usize>,
    /// Set them aside with their codings.
    pub remove: bool,
}

/// Makes the change; the number of documents it was made to.
pub async fn apply(state: &AppState, access: &Access, change: &BulkChange) -> Result<usize> {
    let describes = change.r#type.is_some()
        || change.language.is_some()
        || !change.add_cases.is_empty()
        || !change.remove_cases.is_empty();
    if describes || change.remove || change.assign.is_none() {
        access.require(Permission::EditDocuments)?;
    }
    if change.assign.is_some() {
        access.require(Permission::Assign)?;
    }
    if change.documents.is_empty() {
        return Err(Error::invalid("documents", "error-none-selected"));
    }
    let mut ids = change.documents.clone();
    ids.sort_unstable();
    ids.dedup();
    let mut add = Vec::new();
    for name in &change.add_cases {
        add.push(check_name(name).map_err(|m| Error::invalid("add_cases", m))?);
    }
    let may: Vec<i64> = assignments::coders(&state.db, access.project.id)
        .await?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let coders = match &change.coders {
        None => may,
        Some(wanted) if wanted.iter().all(|c| may.contains(c)) => wanted.clone(),
        Some(_) => return Err(Error::invalid("coders", "error-no-coder")),
    };
    let settings = &access.project.settings;
    let batch = Batch::new();
    let act = Act {
        batch: &batch,
        project: access.project.id,
        actor: access.user.id,
        now: state.now(),
    };
    let mut tx = state.db.begin().await?;
    store::insist(&mut tx, act.project, &ids).await?;
    for id in &ids {
        if change.remove {
            store::delete(&mut tx, act, *id, None).await?;
            continue;
        }
        if describes {
            let edit = |mut d: super::Description| {
                if let Some(doc_type) = &change.r#type {
                    d.doc_type.clone_from(doc_type);
                }
                if let Some(language) = &change.language {
                    d.language = Some(language.clone());
                }
                d.cases.retain(|c| !change.remove_cases.contains(c));
                d.cases.extend(add.iter().cloned());
                d.check(settings)
            };
            store::update(&mut tx, act, *id, None, false, edit).await?;
        }
        if change.assign == Some(Assign::Everyone) {
            for coder in &coders {
                assignments::give(&mut tx, act, *id, *coder, AssignmentState::Todo).await?;
            }
        }
    }
    if change.assign == Some(Assign::Spread) && !change.remove {
        let each = change.each.unwrap_or(1).max(1);
        assignments::spread(&mut tx, act, &ids, &coders, each).await?;
    }
    tx.commit().await?;
    Ok(ids.len())
}
