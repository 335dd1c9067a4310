//! What only the workspace page asks for.

use std::collections::HashSet;

use crate::args;
use crate::db::Db;
use crate::error::Result;
use crate::projects::Visibility;
use crate::visible;

/// The documents before and after one, in the order of their ids.
pub async fn neighbours(
    db: &Db,
    project: i64,
    document: i64,
) -> Result<(Option<i64>, Option<i64>)> {
    let (previous, next): (Option<i64>, Option<i64>) = db
        .one(
            "SELECT (SELECT MAX(id) FROM documents WHERE project_id = $1 AND deleted_at IS NULL AND id < $2),
                    (SELECT MIN(id) FROM documents WHERE project_id = $1 AND deleted_at IS NULL AND id > $2)",
            args![project, document],
        )
        .await?;
    Ok((previous, next))
}

/// Who has codings in a document that the caller may see.
pub async fn coders_of(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    document: i64,
) -> Result<HashSet<i64>> {
    let rows: Vec<(i64,)> = db
        .all(
            concat!(
                "SELECT DISTINCT c.coder_id FROM codings c WHERE ",
                visible!(),
                " AND c.project_id = $3 AND c.document_id = $4"
            ),
            args![
                visibility.viewer(),
                visibility.everything(),
                project,
                document
            ],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many comments each coding of a document has, for the codings that the caller may see.
pub async fn comment_counts(
    db: &Db,
    visibility: &Visibility,
    document: i64,
) -> Result<Vec<(i64, i64)>> {
    db.all(
        concat!(
            "SELECT m.subject_id, COUNT(*) FROM comments m JOIN codings c ON c.id = m.subject_id WHERE ",
            visible!(),
            " AND m.subject_kind = 'coding' AND m.deleted_at IS NULL AND c.document_id = $3
             GROUP BY m.subject_id ORDER BY m.subject_id"
        ),
        args![visibility.viewer(), visibility.everything(), document],
    )
    .await
}
