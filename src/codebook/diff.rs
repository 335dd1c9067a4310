//! What changed between two states of a codebook, in an order and in words that people can read.
//!
//! Codes are matched by id, so a code that was renamed and moved is one code that was renamed and moved. Order counts only
//! where siblings that are in both states changed places among themselves: the fewest codes that must have moved to
//! give the new order are named (a longest increasing run stays).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};
use uuid::Uuid;

use super::{Code, Scale};

/// A code as a version keeps it, in depth-first order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Recorded {
    /// Id.
    pub id: i64,
    /// For REFI-QDA.
    pub guid: Uuid,
    /// The code above it.
    pub parent: Option<i64>,
    /// Names from the root joined with ` > `; a name's own `>` is written `\>`.
    pub path: String,
    /// Level; 0 at the top.
    pub depth: usize,
    /// Rank among its siblings, from 0.
    pub position: usize,
    /// Name.
    pub name: String,
    /// Colour of the palette, 1 to 12.
    pub palette: u8,
    /// What it means.
    pub description: String,
    /// When to use it.
    pub use_when: String,
    /// When not to.
    pub do_not_use_when: String,
    /// Examples.
    pub examples: Vec<String>,
    /// False for a heading.
    pub is_codable: bool,
    /// Scale of weights.
    pub scale: Option<Scale>,
    /// Set aside: takes no new codings.
    pub retired: bool,
}

impl Recorded {
    /// A code as it is now.
    pub fn of(code: &Code) -> Recorded {
        Recorded {
            id: code.id,
            guid: code.guid,
            parent: code.parent,
            path: code.path.clone(),
            depth: code.depth,
            position: code.rank,
            name: code.name.clone(),
            palette: code.color,
            description: code.description.clone(),
            use_when: code.use_when.clone(),
            do_not_use_when: code.do_not_use_when.clone(),
            examples: code.examples.clone(),
            is_codable: code.is_codable,
            scale: code.scale.clone(),
            retired: code.retired_at.is_some(),
        }
    }
}

/// What happened to one code.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CodeChange {
    /// Id.
    pub code: i64,
    /// Its path in the newer state; in the older one if it was removed.
    pub path: String,
    /// Colour of the palette.
    pub palette: u8,
    /// `added`, `removed` or `changed`.
    pub kind: ChangeKind,
    /// Field by field; empty for a removal, the filled fields for an addition.
    pub fields: Vec<FieldChange>,
}

/// Added, removed or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Only in the newer state.
    Added,
    /// Only in the older state.
    Removed,
    /// In both, and different.
    Changed,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FieldChange {
    /// `name`, `parent`, `position`, `color`, `description`, `use_when`, `do_not_use_when`, `examples`, `scale`, `is_codable`, `retired`.
    pub field: &'static str,
    /// Before, as text (a parent's path, a colour's number, a scale as `−2 … 2`).
    pub before: String,
    /// After.
    pub after: String,
    /// The words of both, for texts: what stayed, went and came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Words>,
}

/// A run of words with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Words {
    /// `same`, `deleted` or `inserted`.
    pub tag: Tag,
    /// The words.
    pub text: String,
}

/// Stayed, went or came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// In both.
    Same,
    /// Only before.
    Deleted,
    /// Only after.
    Inserted,
}

/// The changes from one state to another: additions and changes in the order of the newer, then removals in that of the older.
pub fn diff(old: &[Recorded], new: &[Recorded]) -> Vec<CodeChange> {
    let before: BTreeMap<i64, &Recorded> = old.iter().map(|c| (c.id, c)).collect();
    let after: BTreeMap<i64, &Recorded> = new.iter().map(|c| (c.id, c)).collect();
    let reordered = reordered(&before, new);
    let mut changes = Vec::new();
    for code in new {
        let change = |kind, fields| CodeChange {
            code: code.id,
            path: code.path.clone(),
            palette: code.palette,
            kind,
            fields,
        };
        match before.get(&code.id) {
            None => changes.push(change(ChangeKind::Added, filled(code))),
            Some(was) => {
                let fields = fields(was, code, &before, &after, reordered.contains(&code.id));
                if !fields.is_empty() {
                    changes.push(change(ChangeKind::Changed, fields));
                }
            }
        }
    }
    changes.extend(
        old.iter()
            .filter(|c| !after.contains_key(&c.id))
            .map(|code| CodeChange {
                code: code.id,
                path: code.path.clone(),
                palette: code.palette,
                kind: ChangeKind::Removed,
                fields: Vec::new(),
            }),
    );
    changes
}

/// Fields compared as texts, word by word.
fn texts(code: &Recorded) -> [(&'static str, String); 4] {
    [
        ("description", code.description.clone()),
        ("use_when", code.use_when.clone()),
        ("do_not_use_when", code.do_not_use_when.clone()),
        ("examples", code.examples.join("\n")),
    ]
}

fn plain(field: &'static str, before: String, after: String) -> FieldChange {
    FieldChange {
        field,
        before,
        after,
        words: Vec::new(),
    }
}

fn filled(code: &Recorded) -> Vec<FieldChange> {
    let mut out: Vec<_> = texts(code)
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(field, text)| plain(field, String::new(), text))
        .collect();
    if let Some(scale) = &code.scale {
        out.push(plain("scale", String::new(), scale_words(scale)));
    }
    if !code.is_codable {
        out.push(plain("is_codable", String::new(), "false".to_owned()));
    }
    out
}

fn fields(
    was: &Recorded,
    is: &Recorded,
    before: &BTreeMap<i64, &Recorded>,
    after: &BTreeMap<i64, &Recorded>,
    reordered: bool,
) -> Vec<FieldChange> {
    let mut out = Vec::new();
    if was.name != is.name {
        out.push(plain("name", was.name.clone(), is.name.clone()));
    }
    if was.parent != is.parent {
        let path = |codes: &BTreeMap<i64, &Recorded>, parent: Option<i64>| {
            parent
                .and_then(|p| codes.get(&p))
                .map(|c| c.path.clone())
                .unwrap_or_default()
        };
        out.push(plain(
            "parent",
            path(before, was.parent),
            path(after, is.parent),
        ));
    } else if reordered {
        out.push(plain(
            "position",
            (was.position + 1).to_string(),
            (is.position + 1).to_string(),
        ));
    }
    if was.palette != is.palette {
        out.push(plain(
            "color",
            was.palette.to_string(),
            is.palette.to_string(),
        ));
    }
    for ((field, old), (_, new)) in texts(was).into_iter().zip(texts(is)) {
        if old != new {
            let words = words(&old, &new);
            out.push(FieldChange {
                field,
                before: old,
                after: new,
                words,
            });
        }
    }
    if was.scale != is.scale {
        let say = |s: &Option<Scale>| s.as_ref().map(scale_words).unwrap_or_default();
        out.push(plain("scale", say(&was.scale), say(&is.scale)));
    }
    for (field, old, new) in [
        ("is_codable", was.is_codable, is.is_codable),
        ("retired", was.retired, is.retired),
    ] {
        if old != new {
            out.push(plain(field, old.to_string(), new.to_string()));
        }
    }
    out
}

/// A scale in one line: `−2 … 2, step 1: −2 confrontation, 2 cooperation` without words of any language but its own.
pub fn scale_words(scale: &Scale) -> String {
    use crate::i18n::number;
    let mut out = format!("{} … {}", number(scale.min), number(scale.max));
    if scale.step != 1.0 {
        out.push_str(&format!(" (± {})", number(scale.step)));
    }
    let labels: Vec<String> = scale
        .labels
        .iter()
        .map(|l| format!("{} {}", number(l.value), l.label))
        .collect();
    if !labels.is_empty() {
        out.push_str(": ");
        out.push_str(&labels.join(", "));
    }
    out
}

/// Two texts as one, with what went and what came marked word by word.
pub fn words(old: &str, new: &str) -> Vec<Words> {
    let mut out: Vec<Words> = Vec::new();
    for change in TextDiff::from_unicode_words(old, new).iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => Tag::Same,
            ChangeTag::Delete => Tag::Deleted,
            ChangeTag::Insert => Tag::Inserted,
        };
        match out.last_mut() {
            Some(last) if last.tag == tag => last.text.push_str(change.value()),
            _ => out.push(Words {
                tag,
                text: change.value().to_owned(),
            }),
        }
    }
    out
}

/// Codes that changed places among siblings which are under the same parent in both states.
fn reordered(
    before: &BTreeMap<i64, &Recorded>,
    new: &[Recorded],
) -> std::collections::BTreeSet<i64> {
    let mut families: BTreeMap<Option<i64>, Vec<(usize, i64)>> = BTreeMap::new();
    for code in new {
        if let Some(was) = before.get(&code.id).filter(|w| w.parent == code.parent) {
            families
                .entry(code.parent)
                .or_default()
                .push((was.position, code.id));
        }
    }
    let mut moved = std::collections::BTreeSet::new();
    for family in families.values() {
        let stays = longest_increasing(&family.iter().map(|f| f.0).collect::<Vec<_>>());
        moved.extend(
            family
                .iter()
                .enumerate()
                .filter(|(i, _)| !stays.contains(i))
                .map(|(_, (_, id))| *id),
        );
    }
    moved
}

/// Indices of a longest strictly increasing subsequence.
fn longest_increasing(values: &[usize]) -> std::collections::BTreeSet<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(values.len());
    // `tails[n]`: index of the smallest value that ends a run of n + 1.
    let mut tails: Vec<usize> = Vec::new();
    for (i, value) in values.iter().enumerate() {
        let at = tails.partition_point(|t| values[*t] < *value);
        best.push((i, at.checked_sub(1).map(|n| tails[n])));
        if at == tails.len() {
            tails.push(i);
        } else {
            tails[at] = i;
        }
    }
    let mut out = std::collections::BTreeSet::new();
    let mut next = tails.last().copied();
    while let Some(i) = next {
        out.insert(i);
        next = best[i].1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tree::{arrange, tests::row};
    use super::*;

    fn state(rows: &[(i64, Option<i64>, i64, &str)]) -> Vec<Recorded> {
        arrange(
            rows.iter()
                .map(|(id, parent, position, name)| row(*id, *parent, *position, name))
                .collect(),
        )
        .iter()
        .map(Recorded::of)
        .collect()
    }

    #[test]
    fn nothing_changed_is_nothing() {
        let codes = state(&[(1, None, 0, "A"), (2, Some(1), 0, "B")]);
        assert_eq!(diff(&codes, &codes), []);
    }

    #[test]
    fn renaming_a_parent_is_one_change_though_paths_below_change() {
        let old = state(&[(1, None, 0, "A"), (2, Some(1), 0, "B")]);
        let new = state(&[(1, None, 0, "Z"), (2, Some(1), 0, "B")]);
        let changes = diff(&old, &new);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].fields, [plain("name", "A".into(), "Z".into())]);
    }

    #[test]
    fn additions_moves_and_removals_are_told_apart() {
        let old = state(&[(1, None, 0, "A"), (2, Some(1), 0, "B"), (3, None, 1, "C")]);
        let new = state(&[(1, None, 0, "A"), (2, None, 1, "B"), (4, Some(2), 0, "D")]);
        let changes = diff(&old, &new);
        let seen: Vec<_> = changes.iter().map(|c| (c.code, c.kind)).collect();
        assert_eq!(
            seen,
            [
                (2, ChangeKind::Changed),
                (4, ChangeKind::Added),
                (3, ChangeKind::Removed)
            ]
        );
        assert_eq!(
            changes[0].fields,
            [plain("parent", "A".into(), String::new())]
        );
    }

    #[test]
    fn one_code_pulled_to_the_front_is_one_change() {
        let old = state(&[(1, None, 0, "A"), (2, None, 1, "B"), (3, None, 2, "C")]);
        let new = state(&[(3, None, 0, "C"), (1, None, 1, "A"), (2, None, 2, "B")]);
        let changes = diff(&old, &new);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].code, 3);
        assert_eq!(
            changes[0].fields,
            [plain("position", "3".into(), "1".into())]
        );
    }

    #[test]
    fn a_definition_is_compared_word_by_word() {
        let seen = words(
            "Restrictive economic measures: lifted.",
            "Restrictive economic or political measures: lifted, evaded.",
        );
        let old: String = seen
            .iter()
            .filter(|w| w.tag != Tag::Inserted)
            .map(|w| w.text.as_str())
            .collect();
        let new: String = seen
            .iter()
            .filter(|w| w.tag != Tag::Deleted)
            .map(|w| w.text.as_str())
            .collect();
        assert_eq!(old, "Restrictive economic measures: lifted.");
        assert_eq!(
            new,
            "Restrictive economic or political measures: lifted, evaded."
        );
        assert!(
            seen.iter()
                .any(|w| w.tag == Tag::Inserted && w.text.contains("or political"))
        );
        assert!(
            seen.iter()
                .all(|w| !(w.tag == Tag::Deleted && w.text.contains("measures")))
        );
    }

    #[test]
    fn a_longest_run_stays() {
        let stays = longest_increasing(&[3, 1, 2, 5, 4]);
        assert_eq!(stays.len(), 3);
        assert!(stays.contains(&1) && stays.contains(&2));
    }
}
