//! SQL of assignments: which documents were given to which coder, and how far she is.
//!
//! The event log knows an assignment by its document's id; user and state stand in its JSON, `state` null where
//! the document was not given to that user.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::Act;
use crate::activity::{self, Change};
use crate::args;
use crate::db::{Db, Tx};
use crate::documents::AssignmentState;
use crate::error::{Error, Result};
use crate::i18n::Msg;
use crate::projects::{Permission, Role};

/// One document given to one coder.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Assignment {
    /// Document.
    pub document_id: i64,
    /// Coder.
    pub user_id: i64,
    /// Her name.
    pub user_name: String,
    /// `todo`, `in_progress` or `done`.
    pub state: String,
    /// Given when, in milliseconds since the epoch.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

/// The assignments of one document, by coder.
pub async fn of_document(db: &Db, document: i64) -> Result<Vec<Assignment>> {
    db.all(
        "SELECT a.document_id, a.user_id, u.name AS user_name, a.state, a.created_at, a.updated_at
         FROM assignments a JOIN users u ON u.id = a.user_id WHERE a.document_id = $1 ORDER BY a.user_id",
        args![document],
    )
    .await
}

/// The assignments of all documents of a project.
pub async fn of_project(db: &Db, project: i64) -> Result<Vec<Assignment>> {
    db.all(
        "SELECT a.document_id, a.user_id, u.name AS user_name, a.state, a.created_at, a.updated_at
         FROM assignments a JOIN documents d ON d.id = a.document_id JOIN users u ON u.id = a.user_id
         WHERE d.project_id = $1 AND d.deleted_at IS NULL ORDER BY a.document_id, a.user_id",
        args![project],
    )
    .await
}

/// The state of one document for one coder, if it was given to her.
pub async fn state_of(db: &Db, document: i64, user: i64) -> Result<Option<String>> {
    let row: Option<(String,)> = db
        .optional(
            "SELECT state FROM assignments WHERE document_id = $1 AND user_id = $2",
            args![document, user],
        )
        .await?;
    Ok(row.map(|(state,)| state))
}

/// The members of a project who may be given documents: those whose role codes.
pub async fn coders(db: &Db, project: i64) -> Result<Vec<(i64, String)>> {
    Ok(crate::projects::store::members(db, project)
        .await?
        .into_iter()
        .filter(|m| Role::parse(&m.role).is_some_and(|r| r.may(Permission::Code)))
        .map(|m| (m.id, m.name))
        .collect())
}

fn event(document: i64, user: i64, state: Option<&str>) -> Json {
    json!({"document": document, "user": user, "state": state})
}

async fn current(tx: &mut Tx, document: i64, user: i64) -> Result<Option<String>> {
    let row: Option<(String,)> = tx
        .optional(
            "SELECT state FROM assignments WHERE document_id = $1 AND user_id = $2",
            args![document, user],
        )
        .await?;
    Ok(row.map(|(state,)| state))
}

async fn put(tx: &mut Tx, document: i64, user: i64, state: Option<&str>, now: i64) -> Result<()> {
    match state {
        Some(state) => {
            tx.execute(
                "INSERT INTO assignments (document_id, user_id, state, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
                 ON CONFLICT (document_id, user_id) DO UPDATE SET state = $3, updated_at = $4",
                args![document, user, state, now],
            )
            .await?;
        }
        None => {
            tx.execute(
                "DELETE FROM assignments WHERE document_id = $1 AND user_id = $2",
                args![document, user],
            )
            .await?;
        }
    }
    Ok(())
}

/// Gives a document to a coder, takes it from her, or changes her state, and records that. Nothing is recorded where
/// nothing changes.
pub async fn set(
    tx: &mut Tx,
    act: Act<'_>,
    document: i64,
    user: i64,
    state: Option<AssignmentState>,
) -> Result<()> {
    let before = current(tx, document, user).await?;
    let state = state.map(AssignmentState::as_str);
    if before.as_deref() == state {
        return Ok(());
    }
    put(tx, document, user, state, act.now).await?;
    let verb = match (&before, state) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    };
    activity::store::append(
        tx,
        act.batch,
        Change {
            project: act.project,
            actor: act.actor,
            verb,
            kind: "assignment",
            id: document,
            document: Some(document),
            before: Some(event(document, user, before.as_deref())),
            after: Some(event(document, user, state)),
        },
        act.now,
    )
    .await?;
    Ok(())
}

/// Gives a document to a coder who does not have it; one who does keeps her state.
pub async fn give(
    tx: &mut Tx,
    act: Act<'_>,
    document: i64,
    user: i64,
    state: AssignmentState,
) -> Result<()> {
    if current(tx, document, user).await?.is_some() {
        return Ok(());
    }
    set(tx, act, document, user, Some(state)).await
}

/// Makes these users the coders of a document: new ones begin at "to do", those who stay keep their state.
pub async fn replace(
    tx: &mut Tx,
    act: Act<'_>,
    document: i64,
    coders: &BTreeSet<i64>,
) -> Result<()> {
    let present: Vec<(i64,)> = tx
        .all(
            "SELECT user_id FROM assignments WHERE document_id = $1 ORDER BY user_id",
            args![document],
        )
        .await?;
    let present: BTreeSet<i64> = present.into_iter().map(|(id,)| id).collect();
    for user in present.difference(coders) {
        set(tx, act, document, *user, None).await?;
    }
    for user in coders.difference(&present) {
        let state = Some(AssignmentState::Todo);
        set(tx, act, document, *user, state).await?;
    }
    Ok(())
}

/// Gives each document to as many coders as `each` says, those with the fewest documents first, so that the work is spread
/// evenly. Who has a document already keeps it and counts.
pub async fn spread(
    tx: &mut Tx,
    act: Act<'_>,
    documents: &[i64],
    coders: &[i64],
    each: usize,
) -> Result<()> {
    let rows: Vec<(i64, i64)> = tx
        .all(
            "SELECT a.document_id, a.user_id FROM assignments a JOIN documents d ON d.id = a.document_id
             WHERE d.project_id = $1 AND d.deleted_at IS NULL",
            args![act.project],
        )
        .await?;
    for (document, user) in super::super::spread(documents, coders, each, &rows) {
        let state = Some(AssignmentState::Todo);
        set(tx, act, document, user, state).await?;
    }
    Ok(())
}

/// Undo for the kind `assignment`; `id` is the document's.
pub async fn restore(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&Json>,
    now: i64,
) -> Result<()> {
    let there: Option<(i64,)> = tx
        .optional(
            "SELECT id FROM documents WHERE id = $1 AND project_id = $2",
            args![id, project],
        )
        .await?;
    let user = state.and_then(|s| s["user"].as_i64());
    let (Some(_), Some(user), Some(state)) = (there, user, state) else {
        return Err(Error::Conflict {
            slug: "changed-since",
            message: Msg::new("error-changed-since"),
            current: Json::Null,
        });
    };
    let state = state["state"].as_str().and_then(AssignmentState::parse);
    put(tx, id, user, state.map(AssignmentState::as_str), now).await
}
