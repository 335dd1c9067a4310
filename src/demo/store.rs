//! SQL of the demo loader: what no room writes by itself yet, and the mark that it was loaded.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::text::Span;
use uuid::Uuid;

const MARK: &str = "demo_project";

/// The demo project, if it was loaded into this database.
pub(super) async fn loaded(db: &Db) -> Result<Option<i64>> {
    let row: Option<(String,)> = db
        .optional(
            "SELECT value FROM instance_settings WHERE key = $1",
            args![MARK],
        )
        .await?;
    Ok(row.and_then(|(value,)| value.parse().ok()))
}

pub(super) async fn mark_loaded(tx: &mut Tx, project: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO instance_settings (key, value) VALUES ($1, $2)",
        args![MARK, project.to_string()],
    )
    .await?;
    Ok(())
}

pub(super) async fn add_round(
    tx: &mut Tx,
    project: i64,
    name: &str,
    state: &str,
    blind: bool,
    codebook_version: i64,
    at: i64,
) -> Result<i64> {
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO rounds (guid, project_id, name, state, blind, codebook_version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id",
            args![
                Uuid::new_v4(),
                project,
                name,
                state,
                blind,
                codebook_version,
                at
            ],
        )
        .await?;
    Ok(id)
}

pub(super) async fn add_round_document(tx: &mut Tx, round: i64, document: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO round_documents (round_id, document_id) VALUES ($1, $2)",
        args![round, document],
    )
    .await?;
    Ok(())
}

pub(super) async fn add_round_coder(tx: &mut Tx, round: i64, user: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO round_coders (round_id, user_id) VALUES ($1, $2)",
        args![round, user],
    )
    .await?;
    Ok(())
}

pub(super) struct NewDecision<'a> {
    pub(super) project: i64,
    pub(super) document: i64,
    pub(super) code: i64,
    pub(super) span: Span,
    pub(super) outcome: &'a str,
    pub(super) coding: Option<i64>,
    pub(super) reason: &'a str,
    pub(super) by: i64,
    pub(super) at: i64,
}

pub(super) async fn add_decision(tx: &mut Tx, d: &NewDecision<'_>, sources: &[i64]) -> Result<()> {
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO decisions (project_id, document_id, code_id, start_pos, end_pos, outcome, coding_id, reason, decided_by, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
            args![
                d.project,
                d.document,
                d.code,
                d.span.start,
                d.span.end,
                d.outcome,
                d.coding,
                d.reason,
                d.by,
                d.at
            ],
        )
        .await?;
    for source in sources {
        tx.execute(
            "INSERT INTO decision_sources (decision_id, coding_id) VALUES ($1, $2)",
            args![id, *source],
        )
        .await?;
    }
    Ok(())
}
