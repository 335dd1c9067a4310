//! The passages of a code in context, for its page.

use crate::args;
use crate::db::{Db, Sql};
use crate::error::Result;
use crate::projects::Visibility;
use crate::visible;

/// A coding with what its page shows around it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Passage {
    /// Id of the coding.
    pub id: i64,
    /// Its code.
    pub code_id: i64,
    /// Its document.
    pub document_id: i64,
    /// The document's title.
    pub title: String,
    /// The document's date, of any precision.
    pub date: Option<String>,
    /// The document's language.
    pub language: Option<String>,
    /// Who coded it.
    pub coder: String,
    /// `coder` or `consensus`.
    pub layer: String,
    /// First code point.
    pub start_pos: i64,
    /// The code point after the last.
    pub end_pos: i64,
    /// The passage's words.
    pub quote: String,
    /// 32 code points before it.
    pub before: String,
    /// 32 code points after it.
    pub after: String,
    /// Memo.
    pub memo: Option<String>,
    /// Weight.
    pub weight: Option<f64>,
    /// Where the paragraph that it begins in begins.
    pub block_start: Option<i64>,
    /// That paragraph.
    pub block: Option<String>,
}

/// Codings of some codes that one may see, in the order of documents and texts; `skip` of them left out.
pub async fn passages(
    db: &Db,
    project: i64,
    codes: impl IntoIterator<Item = i64>,
    visibility: &Visibility,
    skip: i64,
    limit: i64,
) -> Result<Vec<Passage>> {
    let mut sql = Sql::new(
        concat!(
            "SELECT c.id, c.code_id, c.document_id, d.title, d.date, d.language, u.name AS coder, c.layer, c.start_pos, c.end_pos,
                    c.quote, c.before, c.after, c.memo, c.weight, b.start_pos AS block_start, b.text AS block
             FROM codings c
             JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
             JOIN users u ON u.id = c.coder_id
             LEFT JOIN blocks b ON b.document_id = c.document_id AND b.revision = c.revision
                  AND b.start_pos <= c.start_pos AND b.end_pos > c.start_pos
             WHERE c.project_id = $3 AND ",
            visible!(),
            " AND c.code_id IN "
        ),
        args![visibility.viewer(), visibility.everything(), project],
    );
    sql.list(codes);
    sql.push(" ORDER BY c.document_id, c.start_pos, c.end_pos, c.id LIMIT ")
        .bind(limit);
    sql.push(" OFFSET ").bind(skip);
    let (text, values) = sql.finish();
    db.all(text, values).await
}

/// How many there are, in how many documents, of how many coders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Totals {
    /// Codings.
    pub codings: i64,
    /// Documents.
    pub documents: i64,
    /// Coders.
    pub coders: i64,
}

/// What [`passages`] would list in all; of one layer, or of all for an empty one.
pub async fn totals(
    db: &Db,
    project: i64,
    codes: impl IntoIterator<Item = i64>,
    visibility: &Visibility,
    layer: &str,
) -> Result<Totals> {
    let mut sql = Sql::new(
        concat!(
            "SELECT COUNT(*) AS codings, COUNT(DISTINCT c.document_id) AS documents, COUNT(DISTINCT c.coder_id) AS coders
             FROM codings c JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
             WHERE c.project_id = $3 AND ($4 = '' OR c.layer = $4) AND ",
            visible!(),
            " AND c.code_id IN "
        ),
        args![
            visibility.viewer(),
            visibility.everything(),
            project,
            layer
        ],
    );
    sql.list(codes);
    let (text, values) = sql.finish();
    db.one(text, values).await
}

/// How many documents a project has.
pub async fn documents(db: &Db, project: i64) -> Result<i64> {
    let (n,): (i64,) = db
        .one(
            "SELECT COUNT(*) FROM documents WHERE project_id = $1 AND deleted_at IS NULL",
            args![project],
        )
        .await?;
    Ok(n)
}
