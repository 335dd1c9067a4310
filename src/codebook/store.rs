//! SQL of codes. Every write appends its events to the batch it is given, in its own transaction.

mod merge;
mod passages;
mod versions;

pub use merge::{Affected, Codings, Merged, affected, delete, merge};
pub use passages::{Passage, Totals, documents, passages, totals};
pub use versions::{
    Version, current_version, latest_version, publish, restore_version, version, versions,
};

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Code, DEEPEST, Fields, Snapshot, tree};
use crate::activity::store::{append, take_turn};
use crate::activity::{Batch, Change};
use crate::args;
use crate::db::{Db, Tx};
use crate::error::{Error, OrNotFound, Result};
use crate::i18n::Msg;
use crate::projects::Visibility;
use crate::visible;

/// Distance between the positions of new siblings: room to put codes between them 32 times over.
const SPACING: i64 = 1 << 32;

macro_rules! columns {
    () => {
        "id, guid, project_id, parent_id, position, name, color, description, use_when, do_not_use_when, examples, \
         is_codable, scale, version, retired_at, created_at, updated_at"
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    guid: Uuid,
    project_id: i64,
    parent_id: Option<i64>,
    position: i64,
    name: String,
    color: i64,
    description: String,
    use_when: String,
    do_not_use_when: String,
    examples: String,
    is_codable: bool,
    scale: Option<String>,
    version: i64,
    retired_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn snapshot(self) -> Snapshot {
        Snapshot {
            id: self.id,
            guid: self.guid,
            project_id: self.project_id,
            parent_id: self.parent_id,
            position: self.position,
            name: self.name,
            color: u8::try_from(self.color).unwrap_or(1),
            description: self.description,
            use_when: self.use_when,
            do_not_use_when: self.do_not_use_when,
            examples: serde_json::from_str(&self.examples).unwrap_or_default(),
            is_codable: self.is_codable,
            scale: self.scale.and_then(|s| serde_json::from_str(&s).ok()),
            version: self.version,
            retired_at: self.retired_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Who changes what, when: what every write below needs beside its subject.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// Project.
    pub project: i64,
    /// Who acts.
    pub actor: i64,
    /// The action that the events belong to.
    pub batch: &'a Batch,
    /// Now, in milliseconds since the epoch.
    pub now: i64,
}

/// The codebook in depth-first order, retired codes included.
pub async fn codes(db: &Db, project: i64) -> Result<Vec<Code>> {
    let rows: Vec<Row> = db
        .all(
            concat!(
                "SELECT ",
                columns!(),
                " FROM codes WHERE project_id = $1 AND deleted_at IS NULL"
            ),
            args![project],
        )
        .await?;
    Ok(tree::arrange(rows.into_iter().map(Row::snapshot).collect()))
}

/// The same inside a write, for rules that look at the tree before they change it: writers of one project take turns from here.
pub async fn codes_in(tx: &mut Tx, project: i64) -> Result<Vec<Code>> {
    take_turn(tx, project).await?;
    Ok(tree::arrange(snapshots(tx, project).await?))
}

async fn snapshots(tx: &mut Tx, project: i64) -> Result<Vec<Snapshot>> {
    let rows: Vec<Row> = tx
        .all(
            concat!(
                "SELECT ",
                columns!(),
                " FROM codes WHERE project_id = $1 AND deleted_at IS NULL"
            ),
            args![project],
        )
        .await?;
    Ok(rows.into_iter().map(Row::snapshot).collect())
}

/// One code with its place; 404 where there is none.
pub async fn code(db: &Db, project: i64, id: i64) -> Result<Code> {
    find(codes(db, project).await?, id)
}

/// The same inside a write.
pub async fn code_in(tx: &mut Tx, project: i64, id: i64) -> Result<Code> {
    find(codes_in(tx, project).await?, id)
}

fn find(codes: Vec<Code>, id: i64) -> Result<Code> {
    codes.into_iter().find(|c| c.id == id).or_404("thing-code")
}

/// A code's row as the event log keeps it; `None` where it does not exist (any more).
pub async fn snapshot(tx: &mut Tx, project: i64, id: i64) -> Result<Option<Snapshot>> {
    let row: Option<Row> = tx
        .optional(
            concat!(
                "SELECT ",
                columns!(),
                " FROM codes WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL"
            ),
            args![project, id],
        )
        .await?;
    Ok(row.map(Row::snapshot))
}

/// How much a code is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// Codings.
    pub codings: i64,
    /// Documents they lie in.
    pub documents: i64,
    /// Coders who made them.
    pub coders: i64,
}

/// How much each code is used by the coders whose codings one may see. Codes without a coding are left out; documents
/// that are set aside and the consensus layer do not count.
pub async fn counts(db: &Db, project: i64, visibility: &Visibility) -> Result<BTreeMap<i64, Use>> {
    let rows: Vec<(i64, i64, i64, i64)> = db
        .all(
            concat!(
                "SELECT c.code_id, COUNT(*), COUNT(DISTINCT c.document_id), COUNT(DISTINCT c.coder_id)
                 FROM codings c JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
                 WHERE c.project_id = $3 AND c.layer = 'coder' AND ",
                visible!(),
                " GROUP BY c.code_id"
            ),
            args![visibility.viewer(), visibility.everything(), project],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(code, codings, documents, coders)| {
            (
                code,
                Use {
                    codings,
                    documents,
                    coders,
                },
            )
        })
        .collect())
}

async fn record(
    tx: &mut Tx,
    hand: Hand<'_>,
    verb: &'static str,
    before: Option<&Snapshot>,
    after: Option<&Snapshot>,
) -> Result<()> {
    let id = after.or(before).map_or(0, |s| s.id);
    append(
        tx,
        hand.batch,
        Change {
            project: hand.project,
            actor: hand.actor,
            verb,
            kind: "code",
            id,
            document: None,
            before: before.map(Snapshot::to_json).transpose()?,
            after: after.map(Snapshot::to_json).transpose()?,
        },
        hand.now,
    )
    .await?;
    Ok(())
}

/// Writes a whole row back, alive, whatever was there.
async fn put(tx: &mut Tx, s: &Snapshot) -> Result<()> {
    let scale = s.scale.as_ref().map(serde_json::to_string).transpose()?;
    let changed = tx
        .execute(
            "UPDATE codes SET parent_id = $3, position = $4, name = $5, color = $6, description = $7, use_when = $8,
                do_not_use_when = $9, examples = $10, is_codable = $11, scale = $12, version = $13, retired_at = $14,
                updated_at = $15, deleted_at = NULL
             WHERE project_id = $1 AND id = $2",
            args![
                s.project_id,
                s.id,
                s.parent_id,
                s.position,
                &s.name,
                s.color,
                &s.description,
                &s.use_when,
                &s.do_not_use_when,
                serde_json::to_string(&s.examples)?,
                s.is_codable,
                scale,
                s.version,
                s.retired_at,
                s.updated_at
            ],
        )
        .await?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound("thing-code"))
    }
}

/// Saves a changed row with its event; nothing happens where nothing changed.
async fn save(
    tx: &mut Tx,
    hand: Hand<'_>,
    verb: &'static str,
    before: &Snapshot,
    mut after: Snapshot,
) -> Result<Snapshot> {
    if *before == after {
        return Ok(after);
    }
    after.version = before.version + 1;
    after.updated_at = hand.now;
    put(tx, &after).await?;
    record(tx, hand, verb, Some(before), Some(&after)).await?;
    Ok(after)
}

/// Position for the `rank`-th place among the children of `parent`, without `moving` if that is one of them. Where the
/// numbers beside it leave no room, the siblings are spaced out anew first.
async fn position_at(
    tx: &mut Tx,
    hand: Hand<'_>,
    parent: Option<i64>,
    rank: usize,
    moving: Option<i64>,
) -> Result<i64> {
    let mut siblings: Vec<Snapshot> = snapshots(tx, hand.project)
        .await?
        .into_iter()
        .filter(|s| s.parent_id == parent && Some(s.id) != moving)
        .collect();
    siblings.sort_by_key(|s| (s.position, s.id));
    let rank = rank.min(siblings.len());
    let between = |siblings: &[Snapshot]| {
        let below = rank.checked_sub(1).and_then(|i| siblings.get(i));
        match (below, siblings.get(rank)) {
            (None, None) => Some(0),
            (Some(below), None) => below.position.checked_add(SPACING),
            (None, Some(above)) => above.position.checked_sub(SPACING),
            (Some(below), Some(above)) => {
                let middle = below.position + (above.position - below.position) / 2;
                (middle > below.position && middle < above.position).then_some(middle)
            }
        }
    };
    if let Some(position) = between(&siblings) {
        return Ok(position);
    }
    for (i, sibling) in siblings.iter_mut().enumerate() {
        let spaced = Snapshot {
            position: i64::try_from(i).unwrap_or(0) * SPACING,
            ..sibling.clone()
        };
        *sibling = save(tx, hand, "reorder", sibling, spaced).await?;
    }
    between(&siblings)
        .ok_or_else(|| Error::Internal(anyhow::anyhow!("no room among spaced siblings")))
}

fn taken(name: &str) -> Error {
    Error::invalid(
        "name",
        Msg::new("codebook-error-name-taken").arg("name", name),
    )
}

/// Creates a code as the `rank`-th child of `parent` (the last one without a rank); its id.
pub async fn create(
    tx: &mut Tx,
    hand: Hand<'_>,
    fields: Fields,
    parent: Option<i64>,
    rank: Option<usize>,
) -> Result<i64> {
    create_with_guid(tx, hand, fields, parent, rank, Uuid::new_v4()).await
}

/// The same with a guid that came from elsewhere (REFI-QDA).
pub async fn create_with_guid(
    tx: &mut Tx,
    hand: Hand<'_>,
    fields: Fields,
    parent: Option<i64>,
    rank: Option<usize>,
    guid: Uuid,
) -> Result<i64> {
    let fields = fields.cleaned()?;
    let codes = codes_in(tx, hand.project).await?;
    if let Some(parent) = parent {
        let above = codes
            .iter()
            .find(|c| c.id == parent)
            .ok_or_else(|| Error::invalid("parent", "codebook-error-parent"))?;
        if above.depth + 1 > DEEPEST {
            return Err(too_deep());
        }
    }
    if tree::is_taken(&codes, parent, &fields.name, None) {
        return Err(taken(&fields.name));
    }
    let position = position_at(tx, hand, parent, rank.unwrap_or(usize::MAX), None).await?;
    let scale = fields
        .scale
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO codes (guid, project_id, parent_id, position, name, color, description, use_when, do_not_use_when,
                examples, is_codable, scale, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) RETURNING id",
            args![
                guid,
                hand.project,
                parent,
                position,
                &fields.name,
                fields.color,
                &fields.description,
                &fields.use_when,
                &fields.do_not_use_when,
                serde_json::to_string(&fields.examples)?,
                fields.is_codable,
                scale,
                hand.now
            ],
        )
        .await?;
    let after = snapshot(tx, hand.project, id).await?;
    record(tx, hand, "create", None, after.as_ref()).await?;
    Ok(id)
}

fn too_deep() -> Error {
    Error::invalid(
        "parent",
        Msg::new("codebook-error-deep").arg("most", DEEPEST + 1),
    )
}

/// Changes what a code is, not where it stands.
pub async fn update(tx: &mut Tx, hand: Hand<'_>, id: i64, fields: Fields) -> Result<()> {
    let fields = fields.cleaned()?;
    take_turn(tx, hand.project).await?;
    let before = snapshot(tx, hand.project, id).await?.or_404("thing-code")?;
    let codes = codes_in(tx, hand.project).await?;
    if tree::is_taken(&codes, before.parent_id, &fields.name, Some(id)) {
        return Err(taken(&fields.name));
    }
    let after = Snapshot {
        name: fields.name,
        color: fields.color,
        description: fields.description,
        use_when: fields.use_when,
        do_not_use_when: fields.do_not_use_when,
        examples: fields.examples,
        is_codable: fields.is_codable,
        scale: fields.scale,
        ..before.clone()
    };
    let mut only_name = before.clone();
    only_name.name.clone_from(&after.name);
    let verb = if only_name == after {
        "rename"
    } else {
        "update"
    };
    save(tx, hand, verb, &before, after).await?;
    Ok(())
}

/// Moves a code, with all under it, to the `rank`-th place among the children of `parent` (counted without it; the last
/// one without a rank). Under itself it cannot go.
pub async fn move_to(
    tx: &mut Tx,
    hand: Hand<'_>,
    id: i64,
    parent: Option<i64>,
    rank: Option<usize>,
) -> Result<()> {
    take_turn(tx, hand.project).await?;
    let before = snapshot(tx, hand.project, id).await?.or_404("thing-code")?;
    let after = moved(tx, hand, id, parent, rank).await?;
    save(tx, hand, "move", &before, after).await?;
    Ok(())
}

/// A code's row as it is after a move that may be made.
async fn moved(
    tx: &mut Tx,
    hand: Hand<'_>,
    id: i64,
    parent: Option<i64>,
    rank: Option<usize>,
) -> Result<Snapshot> {
    let before = snapshot(tx, hand.project, id).await?.or_404("thing-code")?;
    let codes = codes_in(tx, hand.project).await?;
    let code = codes.iter().find(|c| c.id == id).or_404("thing-code")?;
    if parent == code.parent && rank.is_none_or(|rank| rank == code.rank) {
        return Ok(before);
    }
    let below = tree::subtree(&codes, &[id]);
    if let Some(parent) = parent {
        let above = codes
            .iter()
            .find(|c| c.id == parent)
            .ok_or_else(|| Error::invalid("parent", "codebook-error-parent"))?;
        if below.contains(&parent) {
            return Err(Error::invalid("parent", "codebook-error-cycle"));
        }
        let height = codes
            .iter()
            .filter(|c| below.contains(&c.id))
            .map(|c| c.depth - code.depth)
            .max()
            .unwrap_or(0);
        if above.depth + 1 + height > DEEPEST {
            return Err(too_deep());
        }
    }
    if tree::is_taken(&codes, parent, &code.name, Some(id)) {
        return Err(taken(&code.name));
    }
    let position = position_at(tx, hand, parent, rank.unwrap_or(usize::MAX), Some(id)).await?;
    Ok(Snapshot {
        parent_id: parent,
        position,
        ..before
    })
}

/// Moves a code to another parent and changes it at once, so that only the name and place it ends up with must be free.
pub async fn relocate(
    tx: &mut Tx,
    hand: Hand<'_>,
    id: i64,
    fields: Fields,
    parent: Option<i64>,
    rank: Option<usize>,
) -> Result<()> {
    let fields = fields.cleaned()?;
    let codes = codes_in(tx, hand.project).await?;
    let code = codes.iter().find(|c| c.id == id).or_404("thing-code")?;
    if tree::is_taken(&codes, parent, &fields.name, Some(id)) {
        return Err(taken(&fields.name));
    }
    if fields == Fields::of(code) {
        return move_to(tx, hand, id, parent, rank).await;
    }
    // Through a name that no other code of the codebook has, which only this transaction ever sees.
    let before = snapshot(tx, hand.project, id).await?.or_404("thing-code")?;
    let between = Snapshot {
        name: Uuid::new_v4().to_string(),
        ..before.clone()
    };
    put(tx, &between).await?;
    let mut after = moved(tx, hand, id, parent, rank).await?;
    after.name = fields.name;
    after.color = fields.color;
    after.description = fields.description;
    after.use_when = fields.use_when;
    after.do_not_use_when = fields.do_not_use_when;
    after.examples = fields.examples;
    after.is_codable = fields.is_codable;
    after.scale = fields.scale;
    save(tx, hand, "move", &before, after).await?;
    Ok(())
}

/// Sets a code aside, or brings it back. It keeps its codings and its place.
pub async fn set_retired(tx: &mut Tx, hand: Hand<'_>, id: i64, retired: bool) -> Result<()> {
    take_turn(tx, hand.project).await?;
    let before = snapshot(tx, hand.project, id).await?.or_404("thing-code")?;
    if before.retired_at.is_some() == retired {
        return Ok(());
    }
    let after = Snapshot {
        retired_at: retired.then_some(hand.now),
        ..before.clone()
    };
    let verb = if retired { "retire" } else { "unretire" };
    save(tx, hand, verb, &before, after).await?;
    Ok(())
}

/// Puts a code back to what an event of kind `code` says it was; `None`: as if it had not been made. Answers it as it is
/// now, one version on, so that an `If-Match` from before cannot pass.
///
/// # Errors
/// `changed-since` where others have built on what is to be undone: codings or codes on a code that would
/// vanish, its name taken by a sibling, its parent gone or now under it.
pub async fn restore(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&serde_json::Value>,
    now: i64,
) -> Result<Option<Snapshot>> {
    let codes = codes_in(tx, project).await?;
    let Some(state) = state else {
        let (codings,): (i64,) = tx
            .one(
                "SELECT COUNT(*) FROM codings WHERE project_id = $1 AND code_id = $2",
                args![project, id],
            )
            .await?;
        if codings > 0 || tree::children(&codes, Some(id)).next().is_some() {
            return Err(changed_since(codings));
        }
        tx.execute(
            "UPDATE codes SET deleted_at = $3, updated_at = $3, version = version + 1
             WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL",
            args![project, id, now],
        )
        .await?;
        return Ok(None);
    };
    let mut wanted = Snapshot::from_json(state)?;
    if wanted.id != id || wanted.project_id != project {
        return Err(Error::NotFound("thing-code"));
    }
    if let Some(parent) = wanted.parent_id {
        let gone = !codes.iter().any(|c| c.id == parent);
        if gone || tree::subtree(&codes, &[id]).contains(&parent) {
            return Err(changed_since(0));
        }
    }
    if tree::is_taken(&codes, wanted.parent_id, &wanted.name, Some(id)) {
        return Err(changed_since(0));
    }
    let (version,): (i64,) = tx
        .optional(
            "SELECT version FROM codes WHERE project_id = $1 AND id = $2",
            args![project, id],
        )
        .await?
        .or_404("thing-code")?;
    wanted.version = version + 1;
    wanted.updated_at = now;
    put(tx, &wanted).await?;
    Ok(Some(wanted))
}

fn changed_since(codings: i64) -> Error {
    Error::Conflict {
        slug: "changed-since",
        message: Msg::new("codebook-error-changed-since"),
        current: serde_json::json!({ "codings": codings }),
    }
}
