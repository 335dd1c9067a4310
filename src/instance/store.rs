//! SQL of the instance's figures.

use crate::args;
use crate::db::Db;
use crate::error::Result;

/// How much there is. Codings are not counted: in an instance with one blind round, their number would tell of it.
#[derive(Debug, sqlx::FromRow)]
pub struct Figures {
    /// Accounts that can sign in.
    pub users: i64,
    /// Accounts that cannot.
    pub disabled: i64,
    /// Sessions that have not ended.
    pub sessions: i64,
    /// Projects.
    pub projects: i64,
    /// Documents in them.
    pub documents: i64,
    /// Bytes of the originals.
    pub originals: i64,
}

/// The figures now.
pub async fn figures(db: &Db, now: i64) -> Result<Figures> {
    db.one(
        "SELECT
           (SELECT COUNT(*) FROM users WHERE disabled_at IS NULL) AS users,
           (SELECT COUNT(*) FROM users WHERE disabled_at IS NOT NULL) AS disabled,
           (SELECT COUNT(*) FROM sessions WHERE expires_at > $1) AS sessions,
           (SELECT COUNT(*) FROM projects WHERE deleted_at IS NULL) AS projects,
           (SELECT COUNT(*) FROM documents d JOIN projects p ON p.id = d.project_id
              WHERE d.deleted_at IS NULL AND p.deleted_at IS NULL) AS documents,
           (SELECT CAST(COALESCE(SUM(original_size), 0) AS BIGINT) FROM documents) AS originals",
        args![now],
    )
    .await
}
