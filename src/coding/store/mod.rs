//! SQL of codings: what is asked before a write, the write itself, and putting back what was.
//!
//! A save is the hot path of the program: one statement asks everything the rules need ([`facts`]), one inserts the coding,
//! and the event and the kept answer follow in the same transaction. Reading many is in [`list`].

pub mod list;
pub mod texts;
mod workspace;

pub use workspace::{coders_of, comment_counts, neighbours};

use serde_json::Value as Json;
use uuid::Uuid;

use super::{CodeFacts, Plan, place};
use crate::activity::snapshots::CodingSnapshot;
use crate::activity::{self, Batch, Change};
use crate::args;
use crate::codebook::Scale;
use crate::coding_columns;
use crate::db::{Sql, Tx, Value};
use crate::error::{Error, Result};
use crate::projects::Visibility;
use crate::text::{Span, TextIndex};
use crate::visible;

/// Rows of one INSERT.
const ROWS_AT_ONCE: usize = 50;

/// Whose codings are written, where.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    /// Project.
    pub project: i64,
    /// Who writes.
    pub actor: i64,
    /// Now, in milliseconds since the epoch.
    pub now: i64,
}

/// What is known of a document before something is coded in it.
#[derive(Debug, Clone)]
pub struct DocumentFacts {
    /// Revision of its text.
    pub revision: i64,
    /// The round in which this coder is coding it now.
    pub round: Option<i64>,
    /// The state of her assignment, if there is one.
    pub assignment: Option<String>,
    /// The latest published codebook version; 0 before the first.
    pub codebook_version: i64,
}

#[derive(sqlx::FromRow)]
struct FactsRow {
    revision: i64,
    round_id: Option<i64>,
    assignment: Option<String>,
    codebook_version: i64,
    code_id: Option<i64>,
    is_codable: Option<bool>,
    retired_at: Option<i64>,
    scale: Option<String>,
    own_overlaps: bool,
}

fn code_facts(is_codable: bool, retired_at: Option<i64>, scale: Option<String>) -> CodeFacts {
    CodeFacts {
        is_codable,
        retired: retired_at.is_some(),
        scale: scale
            .and_then(|text| serde_json::from_str::<Option<Scale>>(&text).ok())
            .flatten(),
    }
}

/// Everything one new coding's rules ask for: the document, the code, and whether own codings with that code overlap the
/// range. `None` for a document or code that the project does not have.
pub async fn facts(
    tx: &mut Tx,
    desk: Desk,
    document: i64,
    code: i64,
    span: Span,
) -> Result<(Option<DocumentFacts>, Option<CodeFacts>, bool)> {
    let row: Option<FactsRow> = tx
        .optional(
            "SELECT d.revision,
                    (SELECT MAX(r.id) FROM rounds r JOIN round_documents rd ON rd.round_id = r.id
                       JOIN round_coders rc ON rc.round_id = r.id
                      WHERE rd.document_id = d.id AND rc.user_id = $3 AND r.state = 'coding') AS round_id,
                    (SELECT a.state FROM assignments a WHERE a.document_id = d.id AND a.user_id = $3) AS assignment,
                    (SELECT COALESCE(MAX(v.number), 0) FROM codebook_versions v WHERE v.project_id = $1) AS codebook_version,
                    k.id AS code_id, k.is_codable, k.retired_at, k.scale,
                    EXISTS (SELECT 1 FROM codings o WHERE o.document_id = d.id AND o.coder_id = $3 AND o.code_id = $4
                              AND o.start_pos < $6 AND o.end_pos > $5 AND o.layer = 'coder') AS own_overlaps
             FROM documents d LEFT JOIN codes k ON k.id = $4 AND k.project_id = $1 AND k.deleted_at IS NULL
             WHERE d.id = $2 AND d.project_id = $1 AND d.deleted_at IS NULL",
            args![desk.project, document, desk.actor, code, span.start, span.end],
        )
        .await?;
    let Some(row) = row else {
        return Ok((None, None, false));
    };
    let code = row
        .code_id
        .map(|_| code_facts(row.is_codable.unwrap_or(false), row.retired_at, row.scale));
    let document = DocumentFacts {
        revision: row.revision,
        round: row.round_id,
        assignment: row.assignment,
        codebook_version: row.codebook_version,
    };
    Ok((Some(document), code, row.own_overlaps))
}

/// The same of a document alone, for many codings at once.
pub async fn document_facts(
    tx: &mut Tx,
    desk: Desk,
    document: i64,
) -> Result<Option<DocumentFacts>> {
    let nowhere = Span { start: 0, end: 1 };
    Ok(facts(tx, desk, document, 0, nowhere).await?.0)
}

/// What must be known of a code; `None` if the project has none of that id.
pub async fn code(tx: &mut Tx, project: i64, code: i64) -> Result<Option<CodeFacts>> {
    let row: Option<(bool, Option<i64>, Option<String>)> = tx
        .optional(
            "SELECT is_codable, retired_at, scale FROM codes WHERE id = $2 AND project_id = $1 AND deleted_at IS NULL",
            args![project, code],
        )
        .await?;
    Ok(row.map(|(is_codable, retired_at, scale)| code_facts(is_codable, retired_at, scale)))
}

/// A coder's own codings in a document, with one code or all, oldest first. Only for her own writes: nothing of it is answered.
pub async fn own(
    tx: &mut Tx,
    document: i64,
    coder: i64,
    code: Option<i64>,
) -> Result<Vec<CodingSnapshot>> {
    match code {
        Some(code) => {
            tx.all(
                concat!(
                    "SELECT ", coding_columns!(),
                    " FROM codings WHERE document_id = $1 AND coder_id = $2 AND code_id = $3 AND layer = 'coder' ORDER BY id"
                ),
                args![document, coder, code],
            )
            .await
        }
        None => {
            tx.all(
                concat!(
                    "SELECT ", coding_columns!(),
                    " FROM codings WHERE document_id = $1 AND coder_id = $2 AND layer = 'coder' ORDER BY id"
                ),
                args![document, coder],
            )
            .await
        }
    }
}

/// A coding that a member may see, for her to change.
pub async fn find(
    tx: &mut Tx,
    visibility: &Visibility,
    project: i64,
    id: i64,
) -> Result<Option<CodingSnapshot>> {
    tx.optional(
        concat!(
            "SELECT ", coding_columns!(), " FROM codings c WHERE c.project_id = $3 AND c.id = $4 AND ", visible!(),
            " AND EXISTS (SELECT 1 FROM documents d WHERE d.id = c.document_id AND d.deleted_at IS NULL)"
        ),
        args![visibility.viewer(), visibility.everything(), project, id],
    )
    .await
}

/// A new coding, not yet placed on its passage.
pub fn blank(desk: Desk, document: i64, code: i64, facts: &DocumentFacts) -> CodingSnapshot {
    CodingSnapshot {
        id: 0,
        guid: Uuid::new_v4(),
        project_id: desk.project,
        document_id: document,
        revision: facts.revision,
        code_id: code,
        coder_id: desk.actor,
        layer: "coder".to_owned(),
        start_pos: 0,
        end_pos: 0,
        quote: String::new(),
        before: String::new(),
        after: String::new(),
        memo: None,
        weight: None,
        codebook_version: facts.codebook_version,
        round_id: facts.round,
        version: 1,
        created_at: desk.now,
        updated_at: desk.now,
    }
}

/// Writes what a plan came to, with its events. `text` gives the text of a document; `coding` whether passages were added
/// rather than changed by hand, so that one that grew did so by the rule of overlaps.
pub async fn write_plan<'t, T: AsRef<str> + 't>(
    tx: &mut Tx,
    desk: Desk,
    batch: &Batch,
    plan: &mut Plan,
    coding: bool,
    text: impl Fn(i64) -> Option<&'t TextIndex<T>>,
) -> Result<()> {
    let mut changes = Vec::new();
    for entry in plan.entries_mut() {
        if entry.is_new() || entry.changes() {
            let text = text(entry.after.document_id).ok_or_else(|| {
                Error::Internal(anyhow::anyhow!("a planned coding's text is not at hand"))
            })?;
            place(&mut entry.after, text, entry.span);
        }
    }
    let absorbing: Vec<bool> = {
        let mut absorbing = vec![false; plan.entries().len()];
        for i in 0..plan.entries().len() {
            if plan.entries()[i].into.is_some() {
                absorbing[plan.standing(i)] = true;
            }
        }
        absorbing
    };
    // What vanishes goes first, so that a reader of the log never sees one passage twice.
    for entry in plan.entries().iter().filter(|e| e.goes()) {
        if let Some(before) = &entry.before {
            remove(tx, before.id).await?;
            changes.push(change(desk, "merge", Some(before), None)?);
        }
    }
    for (i, entry) in plan.entries_mut().iter_mut().enumerate() {
        if !entry.changes() {
            continue;
        }
        if let Some(before) = &entry.before {
            entry.after.version = before.version + 1;
            entry.after.updated_at = desk.now;
            store(tx, &entry.after).await?;
            let verb = if absorbing[i] || (coding && span_differs(before, &entry.after)) {
                "merge"
            } else {
                "update"
            };
            changes.push(change(desk, verb, Some(before), Some(&entry.after))?);
        }
    }
    let mut new: Vec<&mut CodingSnapshot> = plan
        .entries_mut()
        .iter_mut()
        .filter(|e| e.is_new())
        .map(|e| &mut e.after)
        .collect();
    insert(tx, &mut new).await?;
    for coding in &new {
        changes.push(change(desk, "create", None, Some(coding))?);
    }
    activity::store::append_many(tx, batch, changes, desk.now).await
}

fn span_differs(one: &CodingSnapshot, other: &CodingSnapshot) -> bool {
    (one.start_pos, one.end_pos) != (other.start_pos, other.end_pos)
}

/// An event about a coding.
pub fn change(
    desk: Desk,
    verb: &'static str,
    before: Option<&CodingSnapshot>,
    after: Option<&CodingSnapshot>,
) -> Result<Change> {
    let subject = after.or(before);
    Ok(Change {
        project: desk.project,
        actor: desk.actor,
        verb,
        kind: "coding",
        id: subject.map_or(0, |c| c.id),
        document: subject.map(|c| c.document_id),
        before: before.map(CodingSnapshot::to_json).transpose()?,
        after: after.map(CodingSnapshot::to_json).transpose()?,
    })
}

/// The values of a row without its id.
fn values(c: &CodingSnapshot) -> [Value; 19] {
    [
        c.guid.into(),
        c.project_id.into(),
        c.document_id.into(),
        c.revision.into(),
        c.code_id.into(),
        c.coder_id.into(),
        c.layer.as_str().into(),
        c.start_pos.into(),
        c.end_pos.into(),
        c.quote.as_str().into(),
        c.before.as_str().into(),
        c.after.as_str().into(),
        (&c.memo).into(),
        c.weight.into(),
        c.codebook_version.into(),
        c.round_id.into(),
        c.version.into(),
        c.created_at.into(),
        c.updated_at.into(),
    ]
}

const INSERT: &str = "INSERT INTO codings (guid, project_id, document_id, revision, code_id, coder_id, layer, start_pos, end_pos, \
     quote, before, after, memo, weight, codebook_version, round_id, version, created_at, updated_at) VALUES ";

/// Inserts codings and gives them their ids, which grow in their order.
pub async fn insert(tx: &mut Tx, new: &mut [&mut CodingSnapshot]) -> Result<()> {
    if let [coding] = new {
        let (id,): (i64,) = tx
            .one(
                "INSERT INTO codings (guid, project_id, document_id, revision, code_id, coder_id, layer, start_pos, end_pos,
                    quote, before, after, memo, weight, codebook_version, round_id, version, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id",
                values(coding).to_vec(),
            )
            .await?;
        coding.id = id;
        return Ok(());
    }
    for chunk in new.chunks_mut(ROWS_AT_ONCE) {
        let mut sql = Sql::new(INSERT, args![]);
        for (i, coding) in chunk.iter().enumerate() {
            sql.push(if i == 0 { "" } else { ", " });
            sql.list(values(coding));
        }
        sql.push(" RETURNING id");
        let (text, args) = sql.finish();
        let mut ids: Vec<(i64,)> = tx.all(text, args).await?;
        // Rows of one INSERT are numbered in their order, however they are returned.
        ids.sort_unstable();
        for (coding, (id,)) in chunk.iter_mut().zip(ids) {
            coding.id = id;
        }
    }
    Ok(())
}

/// Writes a coding over the row that is there.
pub async fn store(tx: &mut Tx, c: &CodingSnapshot) -> Result<()> {
    tx.execute(
        "UPDATE codings SET revision = $2, code_id = $3, start_pos = $4, end_pos = $5, quote = $6, before = $7, after = $8, \
            memo = $9, weight = $10, version = $11, updated_at = $12, round_id = $13, codebook_version = $14, layer = $15
         WHERE id = $1",
        args![
            c.id,
            c.revision,
            c.code_id,
            c.start_pos,
            c.end_pos,
            &c.quote,
            &c.before,
            &c.after,
            &c.memo,
            c.weight,
            c.version,
            c.updated_at,
            c.round_id,
            c.codebook_version,
            &c.layer
        ],
    )
    .await?;
    Ok(())
}

/// Takes a coding's row away.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("DELETE FROM codings WHERE id = $1", args![id])
        .await?;
    Ok(())
}

/// A coder's first coding in a document sets her assignment in progress. `state` is the assignment's as it was.
pub async fn begin_assignment(
    tx: &mut Tx,
    desk: Desk,
    batch: &Batch,
    document: i64,
    state: Option<&str>,
) -> Result<()> {
    if !matches!(state, None | Some("todo")) {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO assignments (document_id, user_id, state, created_at, updated_at) VALUES ($1, $2, 'in_progress', $3, $3)
         ON CONFLICT (document_id, user_id) DO UPDATE SET state = 'in_progress', updated_at = $3",
        args![document, desk.actor, desk.now],
    )
    .await?;
    let as_json = |state: Option<&str>| serde_json::json!({"document": document, "user": desk.actor, "state": state});
    activity::store::append(
        tx,
        batch,
        Change {
            project: desk.project,
            actor: desk.actor,
            verb: if state.is_none() { "create" } else { "update" },
            kind: "assignment",
            id: document,
            document: Some(document),
            before: Some(as_json(state)),
            after: Some(as_json(Some("in_progress"))),
        },
        desk.now,
    )
    .await?;
    Ok(())
}

/// The row as it is, for undo: whoever may take back her own action may know what it left.
pub async fn snapshot(tx: &mut Tx, project: i64, id: i64) -> Result<Option<CodingSnapshot>> {
    tx.optional(
        concat!(
            "SELECT ",
            coding_columns!(),
            " FROM codings WHERE project_id = $1 AND id = $2"
        ),
        args![project, id],
    )
    .await
}

/// Puts a coding back to what an event says it was; with `None` takes it away. Answers it as it is now, one version on, so
/// that nobody takes an older state for the newer.
///
/// # Errors
/// A conflict when its document or code is gone, or the document's text is another by now.
pub async fn restore(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&Json>,
    now: i64,
) -> Result<Option<CodingSnapshot>> {
    let current = snapshot(tx, project, id).await?;
    let Some(state) = state else {
        if current.is_some() {
            remove(tx, id).await?;
        }
        return Ok(None);
    };
    let mut target = CodingSnapshot::from_json(state)?;
    let ground: Option<(i64, i64)> = tx
        .optional(
            "SELECT d.revision, k.id FROM documents d JOIN codes k ON k.project_id = d.project_id
             WHERE d.id = $1 AND d.project_id = $2 AND d.deleted_at IS NULL AND k.id = $3 AND k.deleted_at IS NULL",
            args![target.document_id, project, target.code_id],
        )
        .await?;
    if ground.is_none_or(|(revision, _)| revision != target.revision) {
        return Err(changed_since("coding-error-ground-gone", Json::Null));
    }
    target.id = id;
    target.updated_at = now;
    match current {
        Some(current) => {
            target.version = current.version + 1;
            store(tx, &target).await?;
        }
        None => {
            target.version += 1;
            reinsert(tx, &target).await?;
        }
    }
    Ok(Some(target))
}

async fn reinsert(tx: &mut Tx, c: &CodingSnapshot) -> Result<()> {
    let mut all = vec![Value::from(c.id)];
    all.extend(values(c));
    tx.execute(
        "INSERT INTO codings (id, guid, project_id, document_id, revision, code_id, coder_id, layer, start_pos, end_pos,
            quote, before, after, memo, weight, codebook_version, round_id, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        all,
    )
    .await?;
    Ok(())
}

/// The conflict of an action that can no longer be taken back.
pub fn changed_since(message: &'static str, current: Json) -> Error {
    Error::Conflict {
        slug: "changed-since",
        message: message.into(),
        current,
    }
}

/// A user's name.
pub async fn name_of(tx: &mut Tx, user: i64) -> Result<String> {
    Ok(tx
        .optional::<(String,)>("SELECT name FROM users WHERE id = $1", args![user])
        .await?
        .map(|(name,)| name)
        .unwrap_or_default())
}
