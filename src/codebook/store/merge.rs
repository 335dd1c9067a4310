//! Merging and deleting codes: the two changes of a codebook that touch codings. Nothing is lost: each coding that
//! moves, grows or goes is an event of the same batch, so that one undo brings all of it back.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hand, codes_in, move_to, put, record, save, snapshot};
use crate::activity::snapshots::CodingSnapshot;
use crate::activity::{Change, store::append};
use crate::codebook::{Code, Scale, Snapshot, name_key, tree};
use crate::db::{Db, Tx};
use crate::error::{Error, OrNotFound, Result};
use crate::i18n::Msg;
use crate::projects::Visibility;
use crate::{args, coding_columns, visible};

/// What a merge or a deletion would touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Affected {
    /// Codes: the one itself and, for a deletion, all under it.
    pub codes: usize,
    /// Codings, of every layer and also in documents that are set aside.
    pub codings: i64,
    /// Documents they lie in.
    pub documents: usize,
    /// Coders who made them.
    pub coders: usize,
    /// Coder by coder, most codings first.
    pub by_coder: Vec<AffectedCoder>,
}

/// One coder's part in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct AffectedCoder {
    /// User id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Codings.
    pub codings: i64,
}

type UseRow = (i64, i64, String, i64, i64);

macro_rules! use_sql {
    () => {
        concat!(
            "SELECT c.code_id, c.coder_id, u.name, c.document_id, COUNT(*)
             FROM codings c JOIN users u ON u.id = c.coder_id WHERE c.project_id = $3 AND ",
            visible!(),
            " GROUP BY c.code_id, c.coder_id, u.name, c.document_id"
        )
    };
}

fn sum(codes: &BTreeSet<i64>, rows: Vec<UseRow>) -> Affected {
    let mut documents = BTreeSet::new();
    let mut coders: BTreeMap<i64, AffectedCoder> = BTreeMap::new();
    for (code, id, name, document, codings) in rows {
        if codes.contains(&code) {
            documents.insert(document);
            coders
                .entry(id)
                .or_insert(AffectedCoder {
                    id,
                    name,
                    codings: 0,
                })
                .codings += codings;
        }
    }
    let mut by_coder: Vec<_> = coders.into_values().collect();
    by_coder.sort_by_key(|c| (-c.codings, c.id));
    Affected {
        codes: codes.len(),
        codings: by_coder.iter().map(|c| c.codings).sum(),
        documents: documents.len(),
        coders: by_coder.len(),
        by_coder,
    }
}

/// What would be touched if these codes went away.
pub async fn affected(
    db: &Db,
    project: i64,
    codes: &BTreeSet<i64>,
    visibility: &Visibility,
) -> Result<Affected> {
    let rows: Vec<UseRow> = db
        .all(
            use_sql!(),
            args![visibility.viewer(), visibility.everything(), project],
        )
        .await?;
    Ok(sum(codes, rows))
}

/// What a merge or a deletion did to codings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Merged {
    /// Codings that now carry the other code.
    pub moved: usize,
    /// Codings that became one with another of the same coder.
    pub united: usize,
    /// Codes that moved under the other code.
    pub children: usize,
}

/// Merges a code into another: its codings, children and examples go there, and it is gone.
///
/// A coding that overlaps one of the same coder, layer and round with the target code becomes one with it (their union),
/// memos joined; where both carry weights that differ they stay two, because neither weight could be dropped.
///
/// # Errors
/// A heading or a retired code takes no codings; weights must fit the target's scale; no two children may come to bear
/// one name.
pub async fn merge(tx: &mut Tx, hand: Hand<'_>, from: i64, into: i64) -> Result<Merged> {
    let codes = codes_in(tx, hand.project).await?;
    let source = codes
        .iter()
        .find(|c| c.id == from)
        .or_404("thing-code")?
        .clone();
    let target = codes
        .iter()
        .find(|c| c.id == into)
        .ok_or_else(|| Error::invalid("into", "codebook-error-into"))?
        .clone();
    if from == into {
        return Err(Error::invalid("into", "codebook-error-into-itself"));
    }
    // Merging into a code further down: the branch that holds it first takes the place of the code that goes.
    let mut children: Vec<&Code> = tree::children(&codes, Some(from)).collect();
    let branch = tree::line(&codes, into)
        .into_iter()
        .find(|c| c.parent == Some(from))
        .map(|c| c.id);
    children.retain(|c| Some(c.id) != branch);
    let there: BTreeSet<String> = tree::children(&codes, Some(into))
        .map(|c| name_key(&c.name))
        .collect();
    if let Some(twice) = children.iter().find(|c| there.contains(&name_key(&c.name))) {
        return Err(Error::Conflict {
            slug: "name-taken",
            message: Msg::new("codebook-error-merge-children")
                .arg("name", &twice.name)
                .arg("into", &target.name),
            current: serde_json::json!({ "child": twice.id }),
        });
    }
    let mut done = Merged {
        children: children.len(),
        ..Merged::default()
    };
    if let Some(branch) = branch {
        // It may bear the name of the code whose place it takes; that one steps aside first, within the batch.
        let before = snapshot(tx, hand.project, from)
            .await?
            .or_404("thing-code")?;
        let twin = codes
            .iter()
            .any(|c| c.id == branch && name_key(&c.name) == name_key(&source.name));
        if twin {
            let aside = Snapshot {
                name: format!("{} \u{2205}", before.name),
                ..before.clone()
            };
            save(tx, hand, "rename", &before, aside).await?;
        }
        move_to(tx, hand, branch, source.parent, Some(source.rank)).await?;
    }
    for child in children {
        move_to(tx, hand, child.id, Some(into), None).await?;
    }
    let (moved, united) = recode(tx, hand, &[from].into(), &target).await?;
    done.moved = moved;
    done.united = united;
    let before = snapshot(tx, hand.project, into)
        .await?
        .or_404("thing-code")?;
    let mut after = before.clone();
    for example in source.examples {
        if !after.examples.contains(&example) {
            after.examples.push(example);
        }
    }
    save(tx, hand, "merge", &before, after).await?;
    set_aside(tx, hand, from, "merge").await?;
    Ok(done)
}

/// What becomes of the codings of a code that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codings {
    /// There must be none.
    Refuse,
    /// They go with it.
    Delete,
    /// They get this code.
    MoveTo(i64),
}

/// Deletes a code with all under it.
///
/// # Errors
/// `code-in-use` with [`Affected`] as `current` where there are codings and nothing was said about them.
pub async fn delete(tx: &mut Tx, hand: Hand<'_>, id: i64, codings: Codings) -> Result<Merged> {
    let codes = codes_in(tx, hand.project).await?;
    let code = codes.iter().find(|c| c.id == id).or_404("thing-code")?;
    let below = tree::subtree(&codes, &[id]);
    let mut done = Merged::default();
    match codings {
        Codings::Refuse => {
            // Whoever may delete a code sees every coding, and one she did not see would go with it all the same.
            let everything = Visibility::operator();
            let rows: Vec<UseRow> = tx
                .all(
                    use_sql!(),
                    args![everything.viewer(), everything.everything(), hand.project],
                )
                .await?;
            let affected = sum(&below, rows);
            if affected.codings > 0 {
                return Err(Error::Conflict {
                    slug: "code-in-use",
                    message: Msg::new("codebook-error-in-use")
                        .arg("name", &code.name)
                        .arg("codings", affected.codings)
                        .arg("coders", affected.coders),
                    current: serde_json::to_value(&affected)?,
                });
            }
        }
        Codings::Delete => {
            for coding in codings_of(tx, &below).await? {
                remove(tx, hand, &coding, "delete").await?;
            }
        }
        Codings::MoveTo(into) => {
            let target = codes
                .iter()
                .find(|c| c.id == into && !below.contains(&into))
                .ok_or_else(|| Error::invalid("move_to", "codebook-error-into"))?;
            let (moved, united) = recode(tx, hand, &below, target).await?;
            done.moved = moved;
            done.united = united;
        }
    }
    // From the leaves up, so that undo, which goes backwards, finds each parent there again.
    for code in codes.iter().rev().filter(|c| below.contains(&c.id)) {
        set_aside(tx, hand, code.id, "delete").await?;
    }
    Ok(done)
}

async fn set_aside(tx: &mut Tx, hand: Hand<'_>, id: i64, verb: &'static str) -> Result<()> {
    let before = snapshot(tx, hand.project, id).await?.or_404("thing-code")?;
    let gone = Snapshot {
        version: before.version + 1,
        updated_at: hand.now,
        ..before.clone()
    };
    put(tx, &gone).await?;
    tx.execute(
        "UPDATE codes SET deleted_at = $2 WHERE id = $1",
        args![id, hand.now],
    )
    .await?;
    record(tx, hand, verb, Some(&before), None).await
}

async fn codings_of(tx: &mut Tx, codes: &BTreeSet<i64>) -> Result<Vec<CodingSnapshot>> {
    let mut out = Vec::new();
    for code in codes {
        let rows: Vec<CodingSnapshot> = tx
            .all(
                concat!(
                    "SELECT ",
                    coding_columns!(),
                    " FROM codings WHERE code_id = $1 ORDER BY document_id, start_pos, end_pos, id"
                ),
                args![*code],
            )
            .await?;
        out.extend(rows);
    }
    Ok(out)
}

async fn log(
    tx: &mut Tx,
    hand: Hand<'_>,
    verb: &'static str,
    before: &CodingSnapshot,
    after: Option<&CodingSnapshot>,
) -> Result<()> {
    append(
        tx,
        hand.batch,
        Change {
            project: hand.project,
            actor: hand.actor,
            verb,
            kind: "coding",
            id: before.id,
            document: Some(before.document_id),
            before: Some(before.to_json()?),
            after: after.map(CodingSnapshot::to_json).transpose()?,
        },
        hand.now,
    )
    .await?;
    Ok(())
}

async fn remove(
    tx: &mut Tx,
    hand: Hand<'_>,
    coding: &CodingSnapshot,
    verb: &'static str,
) -> Result<()> {
    tx.execute("DELETE FROM codings WHERE id = $1", args![coding.id])
        .await?;
    log(tx, hand, verb, coding, None).await
}

/// Gives all codings of `from` the code `target`; how many were moved, and how many vanished in a union.
async fn recode(
    tx: &mut Tx,
    hand: Hand<'_>,
    from: &BTreeSet<i64>,
    target: &Code,
) -> Result<(usize, usize)> {
    let moving = codings_of(tx, from).await?;
    if moving.is_empty() {
        return Ok((0, 0));
    }
    if !target.is_codable || target.retired_at.is_some() {
        return Err(Error::invalid(
            "into",
            Msg::new("codebook-error-into-closed").arg("name", &target.name),
        ));
    }
    let misfits = moving
        .iter()
        .filter(|c| !fits(c.weight, target.scale.as_ref()))
        .count();
    if misfits > 0 {
        return Err(Error::Conflict {
            slug: "weights-do-not-fit",
            message: Msg::new("codebook-error-weights")
                .arg("name", &target.name)
                .arg("codings", misfits),
            current: serde_json::json!({ "codings": misfits }),
        });
    }
    let resident = codings_of(tx, &[target.id].into()).await?;
    let plan = unite(&moving, &resident);
    for coding in &moving {
        if !plan.vanish.contains(&coding.id) && !plan.grow.contains_key(&coding.id) {
            let after = CodingSnapshot {
                code_id: target.id,
                version: coding.version + 1,
                updated_at: hand.now,
                ..coding.clone()
            };
            write(tx, coding, &after).await?;
            log(tx, hand, "merge", coding, Some(&after)).await?;
        }
    }
    for coding in moving.iter().chain(&resident) {
        if plan.vanish.contains(&coding.id) {
            remove(tx, hand, coding, "merge").await?;
        } else if let Some(grown) = plan.grow.get(&coding.id) {
            let mut after = CodingSnapshot {
                code_id: target.id,
                version: coding.version + 1,
                updated_at: hand.now,
                ..grown.clone()
            };
            if (after.start_pos, after.end_pos) != (coding.start_pos, coding.end_pos) {
                (after.quote, after.before, after.after) = anchor(tx, &after).await?;
            }
            write(tx, coding, &after).await?;
            log(tx, hand, "merge", coding, Some(&after)).await?;
        }
    }
    Ok((moving.len(), plan.vanish.len()))
}

fn fits(weight: Option<f64>, scale: Option<&Scale>) -> bool {
    weight.is_none_or(|w| scale.is_some_and(|s| s.holds(w)))
}

async fn write(tx: &mut Tx, before: &CodingSnapshot, after: &CodingSnapshot) -> Result<()> {
    tx.execute(
        "UPDATE codings SET code_id = $2, start_pos = $3, end_pos = $4, quote = $5, before = $6, after = $7, memo = $8,
            weight = $9, version = $10, updated_at = $11 WHERE id = $1",
        args![
            before.id,
            after.code_id,
            after.start_pos,
            after.end_pos,
            &after.quote,
            &after.before,
            &after.after,
            &after.memo,
            after.weight,
            after.version,
            after.updated_at
        ],
    )
    .await?;
    Ok(())
}

/// Quote and context of a passage. `SUBSTR` counts code points on both engines.
async fn anchor(tx: &mut Tx, coding: &CodingSnapshot) -> Result<(String, String, String)> {
    let (start, end) = (coding.start_pos, coding.end_pos);
    let context = start.min(32);
    tx.one(
        "SELECT SUBSTR(text, CAST($3 AS INTEGER), CAST($4 AS INTEGER)),
                SUBSTR(text, CAST($5 AS INTEGER), CAST($6 AS INTEGER)),
                SUBSTR(text, CAST($7 AS INTEGER), 32)
         FROM document_texts WHERE document_id = $1 AND revision = $2",
        args![
            coding.document_id,
            coding.revision,
            start + 1,
            end - start,
            start - context + 1,
            context,
            end + 1
        ],
    )
    .await
}

/// Which codings a change of code unites.
#[derive(Debug, Default, PartialEq)]
struct Union {
    /// Codings that go, because another took them in.
    vanish: BTreeSet<i64>,
    /// Codings that took others in: how they are then, but for code, quote and version.
    grow: BTreeMap<i64, CodingSnapshot>,
}

/// Unites moving codings with those of the target code that they overlap, directly or through each other. Codings that only touch
/// stay two, and so do codings of the target that overlapped before, if nothing that moves lies on them.
fn unite(moving: &[CodingSnapshot], resident: &[CodingSnapshot]) -> Union {
    let mut families: BTreeMap<_, (Vec<&CodingSnapshot>, Vec<&CodingSnapshot>)> = BTreeMap::new();
    fn family(c: &CodingSnapshot) -> (i64, i64, i64, &str, Option<i64>) {
        (c.document_id, c.revision, c.coder_id, &c.layer, c.round_id)
    }
    for coding in moving {
        families.entry(family(coding)).or_default().0.push(coding);
    }
    for coding in resident {
        if let Some(both) = families.get_mut(&family(coding)) {
            both.1.push(coding);
        }
    }
    let mut union = Union::default();
    for (moving, resident) in families.into_values() {
        // The groups so far; a moving coding joins all groups and residents that it overlaps.
        let mut groups: Vec<CodingSnapshot> = resident.into_iter().cloned().collect();
        for coding in moving {
            let mut one = coding.clone();
            let mut rest = Vec::new();
            // A union may reach what its parts did not, so go round until nothing more joins.
            loop {
                let before = one.clone();
                for other in groups {
                    if overlap(&one, &other) && weights_agree(&one, &other) {
                        let (kept, gone) = join(one, other);
                        union.vanish.insert(gone);
                        union.grow.remove(&gone);
                        union.grow.insert(kept.id, kept.clone());
                        one = kept;
                    } else {
                        rest.push(other);
                    }
                }
                groups = std::mem::take(&mut rest);
                if one == before {
                    break;
                }
            }
            // One that moves alone is only recoded, and joins the others to be met by those after it.
            groups.push(one);
        }
    }
    union
}

fn overlap(a: &CodingSnapshot, b: &CodingSnapshot) -> bool {
    a.start_pos < b.end_pos && b.start_pos < a.end_pos
}

fn weights_agree(a: &CodingSnapshot, b: &CodingSnapshot) -> bool {
    match (a.weight, b.weight) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

/// Two codings as one: the older stays; the id of the other.
fn join(a: CodingSnapshot, b: CodingSnapshot) -> (CodingSnapshot, i64) {
    let (mut kept, gone) = if a.id < b.id { (a, b) } else { (b, a) };
    kept.start_pos = kept.start_pos.min(gone.start_pos);
    kept.end_pos = kept.end_pos.max(gone.end_pos);
    kept.weight = kept.weight.or(gone.weight);
    kept.memo = match (kept.memo, gone.memo) {
        (Some(a), Some(b)) if a != b => Some(format!("{a}\n\n{b}")),
        (a, b) => a.or(b),
    };
    (kept, gone.id)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn coding(id: i64, start: i64, end: i64) -> CodingSnapshot {
        CodingSnapshot {
            id,
            guid: Uuid::from_u128(1),
            project_id: 1,
            document_id: 1,
            revision: 1,
            code_id: 1,
            coder_id: 1,
            layer: "coder".to_owned(),
            start_pos: start,
            end_pos: end,
            quote: String::new(),
            before: String::new(),
            after: String::new(),
            memo: None,
            weight: None,
            codebook_version: 0,
            round_id: None,
            version: 1,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn ranges(union: &Union) -> Vec<(i64, i64, i64)> {
        union
            .grow
            .values()
            .map(|c| (c.id, c.start_pos, c.end_pos))
            .collect()
    }

    #[test]
    fn overlapping_codings_become_the_older_one_with_their_union() {
        let union = unite(&[coding(5, 10, 20)], &[coding(2, 15, 30)]);
        assert_eq!(ranges(&union), [(2, 10, 30)]);
        assert_eq!(union.vanish, [5].into());
    }

    #[test]
    fn an_older_moving_coding_takes_the_resident_in() {
        let union = unite(&[coding(1, 10, 20)], &[coding(2, 15, 30)]);
        assert_eq!(ranges(&union), [(1, 10, 30)]);
        assert_eq!(union.vanish, [2].into());
    }

    #[test]
    fn touching_codings_and_other_coders_and_rounds_stay_apart() {
        let mut others = [coding(1, 20, 30), coding(2, 10, 20), coding(3, 10, 20)];
        others[1].coder_id = 2;
        others[2].round_id = Some(1);
        assert_eq!(unite(&[coding(5, 10, 20)], &others), Union::default());
    }

    #[test]
    fn a_chain_becomes_one() {
        // 10–20 meets 18–25 and then, as 10–25, nothing more; 24–40 joins through 18–25.
        let union = unite(
            &[coding(5, 10, 20), coding(6, 24, 40)],
            &[coding(1, 18, 25), coding(2, 50, 60)],
        );
        assert_eq!(ranges(&union), [(1, 10, 40)]);
        assert_eq!(union.vanish, [5, 6].into());
    }

    #[test]
    fn a_union_reaches_what_its_parts_did_not() {
        let union = unite(
            &[coding(9, 14, 31)],
            &[coding(1, 10, 15), coding(2, 30, 35), coding(3, 34, 40)],
        );
        // 1 and 2 overlap what moves; 3 overlaps 2 and so the union.
        assert_eq!(ranges(&union), [(1, 10, 40)]);
        assert_eq!(union.vanish, [2, 3, 9].into());
    }

    #[test]
    fn weights_that_differ_keep_codings_apart_and_memos_are_joined() {
        let mut a = coding(1, 0, 10);
        let mut b = coding(2, 5, 15);
        a.weight = Some(1.0);
        b.weight = Some(2.0);
        assert_eq!(
            unite(std::slice::from_ref(&b), std::slice::from_ref(&a)),
            Union::default()
        );
        b.weight = None;
        a.memo = Some("first".to_owned());
        b.memo = Some("second".to_owned());
        let union = unite(&[b], &[a]);
        assert_eq!(union.grow[&1].memo.as_deref(), Some("first\n\nsecond"));
        assert_eq!(union.grow[&1].weight, Some(1.0));
    }

    #[test]
    fn moving_codings_that_overlap_only_each_other_are_united_too() {
        let union = unite(&[coding(3, 0, 10), coding(4, 5, 12)], &[]);
        assert_eq!(ranges(&union), [(3, 0, 12)]);
        assert_eq!(union.vanish, [4].into());
    }
}
