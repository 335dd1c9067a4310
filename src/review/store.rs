//! SQL of comments.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::args;
use crate::db::{Db, Sql, Tx};
use crate::error::{Error, Result};
use crate::projects::Visibility;
use crate::visible;

/// A comment as the event log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct CommentSnapshot {
    /// Id.
    pub id: i64,
    /// `coding`, `passage`, `document` or `code`.
    pub subject_kind: String,
    /// Its id; a passage's is its document.
    pub subject_id: i64,
    /// The document it stands in.
    pub document_id: Option<i64>,
    /// A passage's first code point.
    pub start_pos: Option<i64>,
    /// The code point after its last.
    pub end_pos: Option<i64>,
    /// The comment it answers.
    pub reply_to: Option<i64>,
    /// Who wrote it.
    pub author_id: i64,
    /// What she wrote.
    pub text: String,
    /// Counts its changes.
    pub version: i64,
    /// Written.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
    /// Taken away.
    pub deleted_at: Option<i64>,
}

/// A comment with its author's name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CommentRow {
    /// The comment.
    #[sqlx(flatten)]
    pub comment: CommentSnapshot,
    /// Its author.
    pub author_name: String,
}

/// Which comments are meant.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Of this kind of subject.
    pub kind: Option<String>,
    /// Of this subject.
    pub subject: Option<i64>,
    /// In this document.
    pub document: Option<i64>,
    /// This one.
    pub id: Option<i64>,
    /// After this id.
    pub after: i64,
}

/// Comments that the caller may read, by id. One on a coding that she may not see, or that is gone, is not there.
pub async fn comments(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    which: &Which,
    limit: i64,
) -> Result<Vec<CommentRow>> {
    let mut sql = Sql::new(
        concat!(
            "SELECT m.id, m.subject_kind, m.subject_id, m.document_id, m.start_pos, m.end_pos, m.reply_to, m.author_id, m.text,
                    m.version, m.created_at, m.updated_at, m.deleted_at, u.name AS author_name
             FROM comments m JOIN users u ON u.id = m.author_id
             WHERE m.deleted_at IS NULL AND (m.subject_kind <> 'coding' OR EXISTS (SELECT 1 FROM codings c WHERE c.id = m.subject_id AND ",
            visible!(),
            ")) AND m.project_id = $3
               AND (m.document_id IS NULL OR EXISTS (SELECT 1 FROM documents d WHERE d.id = m.document_id AND d.deleted_at IS NULL))"
        ),
        args![visibility.viewer(), visibility.everything(), project],
    );
    if let Some(kind) = &which.kind {
        sql.push(" AND m.subject_kind = ").bind(kind);
    }
    if let Some(subject) = which.subject {
        sql.push(" AND m.subject_id = ").bind(subject);
    }
    if let Some(document) = which.document {
        sql.push(" AND m.document_id = ").bind(document);
    }
    if let Some(id) = which.id {
        sql.push(" AND m.id = ").bind(id);
    }
    sql.push(" AND m.id > ").bind(which.after);
    sql.push(" ORDER BY m.id LIMIT ").bind(limit);
    let (sql, args) = sql.finish();
    db.all(sql, args).await
}

/// The comment of that id, deleted or not.
pub async fn snapshot(tx: &mut Tx, project: i64, id: i64) -> Result<Option<CommentSnapshot>> {
    tx.optional(
        "SELECT id, subject_kind, subject_id, document_id, start_pos, end_pos, reply_to, author_id, text, version,
                created_at, updated_at, deleted_at
         FROM comments WHERE project_id = $1 AND id = $2",
        args![project, id],
    )
    .await
}

/// A comment as the event log keeps it: its row, what it is about, and whose the coding is that it is about, so that who may
/// know of it can be told when that coding is gone.
pub async fn event(tx: &mut Tx, comment: &CommentSnapshot) -> Result<Json> {
    let mut json = serde_json::to_value(comment)?;
    let mut subject = serde_json::json!({"kind": comment.subject_kind, "id": comment.subject_id});
    if let (Some(start), Some(end)) = (comment.start_pos, comment.end_pos) {
        subject["start"] = start.into();
        subject["end"] = end.into();
    }
    json["subject"] = subject;
    if comment.subject_kind == "coding" {
        let coder: Option<(i64,)> = tx
            .optional(
                "SELECT coder_id FROM codings WHERE id = $1",
                args![comment.subject_id],
            )
            .await?;
        json["coder_id"] = coder.map(|(id,)| id).into();
    }
    Ok(json)
}

/// The same of the comment with this id; `None` if it is taken away.
pub async fn event_of(tx: &mut Tx, project: i64, id: i64) -> Result<Option<Json>> {
    match snapshot(tx, project, id).await? {
        Some(comment) if comment.deleted_at.is_none() => Ok(Some(event(tx, &comment).await?)),
        _ => Ok(None),
    }
}

/// The document that a subject stands in, if the subject is there for the caller: `Some(None)` for a code, which stands
/// in none.
pub async fn place_of(
    tx: &mut Tx,
    visibility: &Visibility,
    project: i64,
    kind: &str,
    id: i64,
) -> Result<Option<Option<i64>>> {
    match kind {
        "coding" => {
            let row: Option<(i64,)> = tx
                .optional(
                    concat!(
                        "SELECT c.document_id FROM codings c WHERE ",
                        visible!(),
                        " AND c.project_id = $3 AND c.id = $4"
                    ),
                    args![visibility.viewer(), visibility.everything(), project, id],
                )
                .await?;
            Ok(row.map(|(document,)| Some(document)))
        }
        "passage" | "document" => {
            let row: Option<(i64,)> = tx
                .optional(
                    "SELECT id FROM documents WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL",
                    args![project, id],
                )
                .await?;
            Ok(row.map(|(document,)| Some(document)))
        }
        _ => {
            let row: Option<(i64,)> = tx
                .optional(
                    "SELECT id FROM codes WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL",
                    args![project, id],
                )
                .await?;
            Ok(row.map(|_| None))
        }
    }
}

/// Length of a document's text, to check a passage against.
pub async fn length(tx: &mut Tx, document: i64) -> Result<i64> {
    Ok(tx
        .optional::<(i64,)>(
            "SELECT length FROM documents WHERE id = $1",
            args![document],
        )
        .await?
        .map_or(0, |(n,)| n))
}

/// Writes a new comment; its id.
pub async fn insert(tx: &mut Tx, project: i64, c: &CommentSnapshot) -> Result<i64> {
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO comments (guid, project_id, subject_kind, subject_id, document_id, start_pos, end_pos, reply_to,
                author_id, text, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11) RETURNING id",
            args![
                Uuid::new_v4(),
                project,
                &c.subject_kind,
                c.subject_id,
                c.document_id,
                c.start_pos,
                c.end_pos,
                c.reply_to,
                c.author_id,
                &c.text,
                c.created_at
            ],
        )
        .await?;
    Ok(id)
}

/// Writes a comment's text, version and whether it is taken away.
pub async fn update(tx: &mut Tx, c: &CommentSnapshot) -> Result<()> {
    tx.execute(
        "UPDATE comments SET text = $2, version = $3, updated_at = $4, deleted_at = $5 WHERE id = $1",
        args![c.id, &c.text, c.version, c.updated_at, c.deleted_at],
    )
    .await?;
    Ok(())
}

/// Undo for the kind `comment`: its text as it was, or taken away if it was not there.
pub async fn restore(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&Json>,
    now: i64,
) -> Result<()> {
    let mut comment = snapshot(tx, project, id)
        .await?
        .ok_or(Error::NotFound("thing-comment"))?;
    comment.version += 1;
    comment.updated_at = now;
    match state {
        None => comment.deleted_at = Some(now),
        Some(state) => {
            let before: CommentSnapshot = serde_json::from_value(state.clone())?;
            comment.text = before.text;
            comment.deleted_at = before.deleted_at;
        }
    }
    update(tx, &comment).await
}
