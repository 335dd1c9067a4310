//! Published versions of a codebook: the whole tree as it was, with a note.

use serde_json::Value as Json;

use super::{Hand, codes_in};
use crate::activity::{Change, store::append};
use crate::args;
use crate::codebook::diff::Recorded;
use crate::db::{Db, Tx};
use crate::error::{Error, OrNotFound, Result};
use crate::i18n::Msg;

/// A published version, without its codes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Version {
    /// From 1.
    pub number: i64,
    /// What changed and why, in the words of whoever published it.
    pub note: String,
    /// User id of the publisher.
    pub published_by: i64,
    /// Her name.
    pub publisher: String,
    /// When, in milliseconds since the epoch.
    pub published_at: i64,
}

/// All versions, newest first.
pub async fn versions(db: &Db, project: i64) -> Result<Vec<Version>> {
    db.all(
        "SELECT v.number, v.note, v.published_by, u.name AS publisher, v.published_at
         FROM codebook_versions v JOIN users u ON u.id = v.published_by WHERE v.project_id = $1 ORDER BY v.number DESC",
        args![project],
    )
    .await
}

/// One version with its codes in depth-first order; 404 where there is none.
pub async fn version(db: &Db, project: i64, number: i64) -> Result<(Version, Vec<Recorded>)> {
    let version: Version = db
        .optional(
            "SELECT v.number, v.note, v.published_by, u.name AS publisher, v.published_at
             FROM codebook_versions v JOIN users u ON u.id = v.published_by WHERE v.project_id = $1 AND v.number = $2",
            args![project, number],
        )
        .await?
        .or_404("thing-codebook-version")?;
    let (codes,): (String,) = db
        .one(
            "SELECT codes FROM codebook_versions WHERE project_id = $1 AND number = $2",
            args![project, number],
        )
        .await?;
    Ok((version, serde_json::from_str(&codes)?))
}

/// The number of the newest version; 0 before the first.
pub async fn latest_version(db: &Db, project: i64) -> Result<i64> {
    let (number,): (i64,) = db
        .one(
            "SELECT COALESCE(MAX(number), 0) FROM codebook_versions WHERE project_id = $1",
            args![project],
        )
        .await?;
    Ok(number)
}

/// The same inside a write: what a new coding or round records as its codebook version.
pub async fn current_version(tx: &mut Tx, project: i64) -> Result<i64> {
    let (number,): (i64,) = tx
        .one(
            "SELECT COALESCE(MAX(number), 0) FROM codebook_versions WHERE project_id = $1",
            args![project],
        )
        .await?;
    Ok(number)
}

/// Publishes the codebook as it is; the new version's number.
pub async fn publish(tx: &mut Tx, hand: Hand<'_>, note: &str) -> Result<i64> {
    let codes: Vec<Recorded> = codes_in(tx, hand.project)
        .await?
        .iter()
        .map(Recorded::of)
        .collect();
    if codes.is_empty() {
        return Err(Error::invalid("codes", "codebook-error-publish-empty"));
    }
    let note = crate::codebook::clean_text(note);
    if note.chars().count() > crate::codebook::LONGEST_TEXT {
        return Err(Error::invalid(
            "note",
            Msg::new("codebook-error-text-long").arg("most", crate::codebook::LONGEST_TEXT),
        ));
    }
    let number = current_version(tx, hand.project).await? + 1;
    let codes = serde_json::to_value(&codes)?;
    insert(
        tx,
        hand.project,
        number,
        &note,
        &codes,
        hand.actor,
        hand.now,
    )
    .await?;
    append(
        tx,
        hand.batch,
        Change {
            project: hand.project,
            actor: hand.actor,
            verb: "publish",
            kind: "codebook",
            id: number,
            document: None,
            before: None,
            after: Some(serde_json::json!({
                "number": number,
                "note": note,
                "codes": codes,
                "published_by": hand.actor,
                "published_at": hand.now,
            })),
        },
        hand.now,
    )
    .await?;
    Ok(number)
}

async fn insert(
    tx: &mut Tx,
    project: i64,
    number: i64,
    note: &str,
    codes: &Json,
    by: i64,
    at: i64,
) -> Result<()> {
    tx.execute(
        "INSERT INTO codebook_versions (project_id, number, note, codes, published_by, published_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![project, number, note, codes.to_string(), by, at],
    )
    .await?;
    Ok(())
}

/// Undo and redo of a publication (events of kind `codebook`). A version that is not the newest, or that codings or rounds
/// already name, stays: `changed-since`.
pub async fn restore_version(
    tx: &mut Tx,
    project: i64,
    number: i64,
    state: Option<&Json>,
) -> Result<()> {
    let newest = current_version(tx, project).await?;
    let conflict = || Error::Conflict {
        slug: "changed-since",
        message: Msg::new("codebook-error-version-used").arg("number", number),
        current: serde_json::json!({ "newest": newest }),
    };
    match state {
        None => {
            let (used,): (i64,) = tx
                .one(
                    "SELECT (SELECT COUNT(*) FROM codings WHERE project_id = $1 AND codebook_version = $2)
                          + (SELECT COUNT(*) FROM rounds WHERE project_id = $1 AND codebook_version = $2)",
                    args![project, number],
                )
                .await?;
            if used > 0 || newest != number {
                return Err(conflict());
            }
            tx.execute(
                "DELETE FROM codebook_versions WHERE project_id = $1 AND number = $2",
                args![project, number],
            )
            .await?;
            Ok(())
        }
        Some(state) => {
            if newest + 1 != number {
                return Err(conflict());
            }
            let text = |key: &str| state[key].as_str().unwrap_or_default().to_owned();
            let int = |key: &str| state[key].as_i64().unwrap_or_default();
            insert(
                tx,
                project,
                number,
                &text("note"),
                &state["codes"],
                int("published_by"),
                int("published_at"),
            )
            .await
        }
    }
}
