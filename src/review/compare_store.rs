//! SQL of the comparison page.

use crate::args;
use crate::db::Db;
use crate::error::Result;
use crate::projects::Visibility;
use crate::visible;

/// The document whose layers are compared.
#[derive(Debug, sqlx::FromRow)]
pub struct DocumentRow {
    /// Id.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Type.
    pub doc_type: String,
    /// Date.
    pub date: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Direction of its text.
    pub direction: String,
    /// Revision of its text.
    pub revision: i64,
}

/// One document.
pub async fn document(db: &Db, project: i64, document: i64) -> Result<Option<DocumentRow>> {
    db.optional(
        "SELECT id, title, doc_type, date, language, direction, revision FROM documents
         WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL",
        args![project, document],
    )
    .await
}

/// All documents of a project.
pub async fn documents(db: &Db, project: i64) -> Result<Vec<DocumentRow>> {
    db.all(
        "SELECT id, title, doc_type, date, language, direction, revision FROM documents
         WHERE project_id = $1 AND deleted_at IS NULL ORDER BY id",
        args![project],
    )
    .await
}

/// One coding of either layer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CodingRow {
    /// Id.
    pub id: i64,
    /// Code.
    pub code_id: i64,
    /// Its name.
    pub code_name: String,
    /// Its colour.
    pub color: i64,
    /// Coder.
    pub coder_id: i64,
    /// `coder` or `consensus`.
    pub layer: String,
    /// First code point.
    pub start_pos: i64,
    /// The code point after its last.
    pub end_pos: i64,
    /// Memo.
    pub memo: Option<String>,
    /// Weight.
    pub weight: Option<f64>,
}

/// Every coding of a document that the caller may see, in text order.
pub async fn codings(db: &Db, visibility: &Visibility, document: i64) -> Result<Vec<CodingRow>> {
    db.all(
        concat!(
            "SELECT c.id, c.code_id, k.name AS code_name, k.color, c.coder_id, c.layer, c.start_pos, c.end_pos, c.memo, c.weight
             FROM codings c JOIN codes k ON k.id = c.code_id WHERE ",
            visible!(),
            " AND c.document_id = $3 ORDER BY c.start_pos, c.end_pos, c.id"
        ),
        args![visibility.viewer(), visibility.everything(), document],
    )
    .await
}

/// A block of the text.
#[derive(Debug, sqlx::FromRow)]
pub struct BlockRow {
    /// Number, from 0.
    pub idx: i64,
    /// Kind.
    pub kind: String,
    /// First code point.
    pub start_pos: i64,
    /// The code point after its last.
    pub end_pos: i64,
    /// Its words.
    pub text: String,
}

/// The blocks of a text, page breaks left out.
pub async fn blocks(db: &Db, document: i64, revision: i64) -> Result<Vec<BlockRow>> {
    db.all(
        "SELECT idx, kind, start_pos, end_pos, text FROM blocks
         WHERE document_id = $1 AND revision = $2 AND kind <> 'page_break' ORDER BY idx",
        args![document, revision],
    )
    .await
}

/// Who has a document and in which state.
pub async fn states(db: &Db, project: i64) -> Result<Vec<(i64, i64, String)>> {
    db.all(
        "SELECT a.document_id, a.user_id, a.state FROM assignments a JOIN documents d ON d.id = a.document_id
         WHERE d.project_id = $1 ORDER BY a.document_id, a.user_id",
        args![project],
    )
    .await
}

/// A comment beside the text, with where it points.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CommentRow {
    /// Id.
    pub id: i64,
    /// `coding` or `passage`.
    pub subject_kind: String,
    /// The coding, or the document of the passage.
    pub subject_id: i64,
    /// The comment it answers.
    pub reply_to: Option<i64>,
    /// Who wrote it.
    pub author_id: i64,
    /// Her name.
    pub author_name: String,
    /// What she wrote.
    pub text: String,
    /// When.
    pub created_at: i64,
    /// Where: the passage's own range or that of its coding.
    pub start_pos: i64,
    /// Its end.
    pub end_pos: i64,
}

/// Comments on passages of a document and on the codings that the caller may see.
pub async fn comments(db: &Db, visibility: &Visibility, document: i64) -> Result<Vec<CommentRow>> {
    db.all(
        concat!(
            "SELECT m.id, m.subject_kind, m.subject_id, m.reply_to, m.author_id, u.name AS author_name, m.text, m.created_at,
                    c.start_pos, c.end_pos
             FROM comments m JOIN codings c ON c.id = m.subject_id JOIN users u ON u.id = m.author_id
             WHERE ",
            visible!(),
            " AND m.subject_kind = 'coding' AND m.deleted_at IS NULL AND c.document_id = $3
             UNION ALL
             SELECT m.id, m.subject_kind, m.subject_id, m.reply_to, m.author_id, u.name AS author_name, m.text, m.created_at,
                    COALESCE(m.start_pos, 0) AS start_pos, COALESCE(m.end_pos, 0) AS end_pos
             FROM comments m JOIN users u ON u.id = m.author_id
             WHERE m.subject_kind = 'passage' AND m.deleted_at IS NULL AND m.document_id = $3
             ORDER BY 8, 1"
        ),
        args![visibility.viewer(), visibility.everything(), document],
    )
    .await
}
