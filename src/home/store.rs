//! SQL behind home and overview: work, progress, counts. None of it reads codings.

use std::collections::BTreeSet;

use crate::args;
use crate::db::Db;
use crate::error::Result;

/// A document that waits for a coder.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Work {
    /// Document.
    pub document_id: i64,
    /// Its title.
    pub title: String,
    /// Its type, as stored.
    pub doc_type: String,
    /// Its date, of any precision.
    pub date: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Project.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// `todo` or `in_progress`.
    pub state: String,
}

/// The documents a user has still to code, begun ones first, over all projects or in one; and how many there are.
pub async fn work(
    db: &Db,
    user: i64,
    project: Option<i64>,
    limit: i64,
) -> Result<(Vec<Work>, i64)> {
    let items = db
        .all(
            "SELECT d.id AS document_id, d.title, d.doc_type, d.date, d.language, p.id AS project_id, p.name AS project_name, a.state
             FROM assignments a
             JOIN documents d ON d.id = a.document_id AND d.deleted_at IS NULL
             JOIN projects p ON p.id = d.project_id AND p.deleted_at IS NULL
             JOIN members m ON m.project_id = p.id AND m.user_id = a.user_id
             WHERE a.user_id = $1 AND ($2 = 0 OR p.id = $2) AND a.state <> 'done'
             ORDER BY CASE a.state WHEN 'in_progress' THEN 0 ELSE 1 END, p.id, d.id LIMIT $3",
            args![user, project.unwrap_or(0), limit],
        )
        .await?;
    let (total,): (i64,) = db
        .one(
            "SELECT COUNT(*) FROM assignments a
             JOIN documents d ON d.id = a.document_id AND d.deleted_at IS NULL
             JOIN projects p ON p.id = d.project_id AND p.deleted_at IS NULL
             JOIN members m ON m.project_id = p.id AND m.user_id = a.user_id
             WHERE a.user_id = $1 AND ($2 = 0 OR p.id = $2) AND a.state <> 'done'",
            args![user, project.unwrap_or(0)],
        )
        .await?;
    Ok((items, total))
}

/// Progress of one of a user's projects.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct ProjectProgress {
    /// Project.
    pub project_id: i64,
    /// Documents given to coders, each coder counted.
    pub assigned: i64,
    /// Of these, marked done.
    pub done: i64,
    /// Given to the user.
    pub mine: i64,
    /// Of these, marked done.
    pub mine_done: i64,
}

/// Progress of all projects of a user that have assignments.
pub async fn progress_of(db: &Db, user: i64) -> Result<Vec<ProjectProgress>> {
    db.all(
        "SELECT d.project_id, COUNT(*) AS assigned,
                CAST(SUM(CASE WHEN a.state = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS done,
                CAST(SUM(CASE WHEN a.user_id = $1 THEN 1 ELSE 0 END) AS BIGINT) AS mine,
                CAST(SUM(CASE WHEN a.user_id = $1 AND a.state = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS mine_done
         FROM assignments a
         JOIN documents d ON d.id = a.document_id AND d.deleted_at IS NULL
         JOIN members m ON m.project_id = d.project_id AND m.user_id = $1
         GROUP BY d.project_id",
        args![user],
    )
    .await
}

/// Number of documents of each of a user's projects that has any.
pub async fn document_counts_of(db: &Db, user: i64) -> Result<Vec<(i64, i64)>> {
    db.all(
        "SELECT d.project_id, COUNT(*) FROM documents d
         JOIN members m ON m.project_id = d.project_id AND m.user_id = $1
         WHERE d.deleted_at IS NULL GROUP BY d.project_id",
        args![user],
    )
    .await
}

/// What a project holds.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Counts {
    /// Documents.
    pub documents: i64,
    /// Words in them.
    pub words: i64,
    /// Codes that are neither deleted nor retired, headings included.
    pub codes: i64,
    /// Members.
    pub members: i64,
    /// Documents that nobody is to code.
    pub unassigned: i64,
    /// Documents that two coders or more have marked done.
    pub comparable: i64,
}

/// The figures of one project.
pub async fn counts(db: &Db, project: i64) -> Result<Counts> {
    db.one(
        "SELECT
           (SELECT COUNT(*) FROM documents WHERE project_id = $1 AND deleted_at IS NULL) AS documents,
           (SELECT CAST(COALESCE(SUM(words), 0) AS BIGINT) FROM documents WHERE project_id = $1 AND deleted_at IS NULL) AS words,
           (SELECT COUNT(*) FROM codes WHERE project_id = $1 AND deleted_at IS NULL AND retired_at IS NULL) AS codes,
           (SELECT COUNT(*) FROM members WHERE project_id = $1) AS members,
           (SELECT COUNT(*) FROM documents d WHERE d.project_id = $1 AND d.deleted_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.document_id = d.id)) AS unassigned,
           (SELECT COUNT(*) FROM documents d WHERE d.project_id = $1 AND d.deleted_at IS NULL
              AND (SELECT COUNT(*) FROM assignments a WHERE a.document_id = d.id AND a.state = 'done') >= 2) AS comparable",
        args![project],
    )
    .await
}

/// Progress of one coder in a project.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CoderProgress {
    /// User.
    pub id: i64,
    /// Her name.
    pub name: String,
    /// Documents given to her.
    pub assigned: i64,
    /// Of these, begun.
    pub begun: i64,
    /// Of these, marked done.
    pub done: i64,
}

/// Everybody who has assignments in a project, by id; people who left are still counted.
pub async fn coders(db: &Db, project: i64) -> Result<Vec<CoderProgress>> {
    db.all(
        "SELECT u.id, u.name, COUNT(*) AS assigned,
                CAST(SUM(CASE WHEN a.state = 'in_progress' THEN 1 ELSE 0 END) AS BIGINT) AS begun,
                CAST(SUM(CASE WHEN a.state = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS done
         FROM assignments a
         JOIN documents d ON d.id = a.document_id AND d.project_id = $1 AND d.deleted_at IS NULL
         JOIN users u ON u.id = a.user_id
         GROUP BY u.id, u.name ORDER BY u.id",
        args![project],
    )
    .await
}

/// A document with how far its coders are.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DocumentProgress {
    /// Document.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: Option<String>,
}

/// Documents of a project: those somebody is still coding first, then those nobody codes, then the finished ones.
pub async fn documents(db: &Db, project: i64, limit: i64) -> Result<Vec<DocumentProgress>> {
    db.all(
        "SELECT d.id, d.title, d.language
         FROM documents d LEFT JOIN assignments a ON a.document_id = d.id
         WHERE d.project_id = $1 AND d.deleted_at IS NULL
         GROUP BY d.id, d.title, d.language
         ORDER BY CASE
             WHEN COUNT(a.user_id) = 0 THEN 1
             WHEN SUM(CASE WHEN a.state = 'done' THEN 1 ELSE 0 END) = COUNT(a.user_id) THEN 2
             ELSE 0 END, d.id LIMIT $2",
        args![project, limit],
    )
    .await
}

/// Document, coder and state of every assignment of a project.
pub async fn states(db: &Db, project: i64) -> Result<Vec<(i64, i64, String)>> {
    db.all(
        "SELECT a.document_id, a.user_id, a.state FROM assignments a
         JOIN documents d ON d.id = a.document_id AND d.project_id = $1 AND d.deleted_at IS NULL",
        args![project],
    )
    .await
}

/// Documents in rounds that are still blind: what others code there is not told.
pub async fn blind_documents(db: &Db, project: i64) -> Result<BTreeSet<i64>> {
    let rows: Vec<(i64,)> = db
        .all(
            "SELECT DISTINCT rd.document_id FROM round_documents rd JOIN rounds r ON r.id = rd.round_id
             WHERE r.project_id = $1 AND r.blind AND r.state <> 'revealed'",
            args![project],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A document's title, also of one that was deleted.
pub async fn title(db: &Db, project: i64, document: i64) -> Result<Option<String>> {
    Ok(db
        .optional::<(String,)>(
            "SELECT title FROM documents WHERE project_id = $1 AND id = $2",
            args![project, document],
        )
        .await?
        .map(|(title,)| title))
}

/// How many documents have a type.
pub async fn documents_of_type(db: &Db, project: i64, slug: &str) -> Result<i64> {
    let (n,): (i64,) = db
        .one(
            "SELECT COUNT(*) FROM documents WHERE project_id = $1 AND doc_type = $2 AND deleted_at IS NULL",
            args![project, slug],
        )
        .await?;
    Ok(n)
}
