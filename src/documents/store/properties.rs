//! SQL of cases and attributes: what documents are about for comparison, and any other typed fact about them.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Act;
use crate::activity::{self, Change};
use crate::args;
use crate::db::{Db, Tx};
use crate::documents::{AttributeKind, Description};
use crate::error::{Error, OrNotFound, Result};
use crate::i18n::Msg;

pub(super) const CASES_OF: &str = "SELECT c.name FROM document_cases dc JOIN cases c ON c.id = dc.case_id WHERE dc.document_id = $1";
pub(super) const ATTRIBUTES_OF: &str = "SELECT a.name, a.kind, da.value FROM document_attributes da \
JOIN attributes a ON a.id = da.attribute_id WHERE da.document_id = $1";

/// A case or an attribute with the number of documents that have it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Property {
    /// Id.
    pub id: i64,
    /// Name in exchange formats.
    pub guid: Uuid,
    /// Name.
    pub name: String,
    /// Kind of an attribute's values; empty for a case.
    pub kind: String,
    /// Documents that have it.
    pub documents: i64,
}

/// The cases of a project, by name.
pub async fn cases(db: &Db, project: i64) -> Result<Vec<Property>> {
    let mut rows: Vec<Property> = db
        .all(
            "SELECT c.id, c.guid, c.name, '' AS kind,
                (SELECT COUNT(*) FROM document_cases dc JOIN documents d ON d.id = dc.document_id
                 WHERE dc.case_id = c.id AND d.deleted_at IS NULL) AS documents
             FROM cases c WHERE c.project_id = $1",
            args![project],
        )
        .await?;
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

/// The attributes of a project, by name.
pub async fn attributes(db: &Db, project: i64) -> Result<Vec<Property>> {
    let mut rows: Vec<Property> = db
        .all(
            "SELECT a.id, a.guid, a.name, a.kind,
                (SELECT COUNT(*) FROM document_attributes da JOIN documents d ON d.id = da.document_id
                 WHERE da.attribute_id = a.id AND d.deleted_at IS NULL) AS documents
             FROM attributes a WHERE a.project_id = $1",
            args![project],
        )
        .await?;
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

async fn append(
    tx: &mut Tx,
    act: Act<'_>,
    kind: &'static str,
    id: i64,
    states: (Option<Json>, Option<Json>),
) -> Result<()> {
    let (before, after) = states;
    let verb = match (&before, &after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    };
    activity::store::append(
        tx,
        act.batch,
        Change {
            project: act.project,
            actor: act.actor,
            verb,
            kind,
            id,
            document: None,
            before,
            after,
        },
        act.now,
    )
    .await?;
    Ok(())
}

/// The case of that name, made if there is none; whether it was made.
async fn ensure_case(tx: &mut Tx, project: i64, name: &str, now: i64) -> Result<(i64, bool)> {
    let find = "SELECT id FROM cases WHERE project_id = $1 AND name = $2";
    if let Some((id,)) = tx.optional(find, args![project, name]).await? {
        return Ok((id, false));
    }
    let made: Option<(i64,)> = tx
        .optional(
            "INSERT INTO cases (guid, project_id, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id",
            args![Uuid::new_v4(), project, name, now],
        )
        .await?;
    match made {
        Some((id,)) => Ok((id, true)),
        None => Ok((tx.one::<(i64,)>(find, args![project, name]).await?.0, false)),
    }
}

async fn ensure_attribute(
    tx: &mut Tx,
    project: i64,
    name: &str,
    kind: AttributeKind,
    now: i64,
) -> Result<(i64, AttributeKind, bool)> {
    let find = "SELECT id, kind FROM attributes WHERE project_id = $1 AND name = $2";
    if let Some((id, kind)) = tx
        .optional::<(i64, String)>(find, args![project, name])
        .await?
    {
        return Ok((id, AttributeKind::parse(&kind), false));
    }
    let made: Option<(i64,)> = tx
        .optional(
            "INSERT INTO attributes (guid, project_id, name, kind, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING RETURNING id",
            args![Uuid::new_v4(), project, name, kind.as_str(), now],
        )
        .await?;
    match made {
        Some((id,)) => Ok((id, kind, true)),
        None => {
            let (id, kind): (i64, String) = tx.one(find, args![project, name]).await?;
            Ok((id, AttributeKind::parse(&kind), false))
        }
    }
}

/// Cases and attributes that a write had to make.
#[derive(Default)]
pub(super) struct Made {
    cases: Vec<(i64, String)>,
    attributes: Vec<(i64, String, AttributeKind)>,
    widened: Vec<(i64, String, AttributeKind)>,
}

/// Gives a document exactly the cases and attributes of its description, whose attributes take the kinds they have
/// in the project.
pub(super) async fn put(
    tx: &mut Tx,
    project: i64,
    document: i64,
    description: &mut Description,
    widen: bool,
    now: i64,
) -> Result<Made> {
    let mut made = Made::default();
    tx.execute(
        "DELETE FROM document_cases WHERE document_id = $1",
        args![document],
    )
    .await?;
    for name in &description.cases {
        let (id, new) = ensure_case(tx, project, name, now).await?;
        if new {
            made.cases.push((id, name.clone()));
        }
        tx.execute(
            "INSERT INTO document_cases (document_id, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            args![document, id],
        )
        .await?;
    }
    tx.execute(
        "DELETE FROM document_attributes WHERE document_id = $1",
        args![document],
    )
    .await?;
    for (name, attribute) in &mut description.attributes {
        let (id, kind, new) = ensure_attribute(tx, project, name, attribute.kind, now).await?;
        if new {
            made.attributes.push((id, name.clone(), kind));
        }
        attribute.kind = kind;
        match kind.accept(&attribute.value) {
            Some(value) => attribute.value = value,
            None if widen => {
                tx.execute(
                    "UPDATE attributes SET kind = 'text' WHERE id = $1",
                    args![id],
                )
                .await?;
                made.widened.push((id, name.clone(), kind));
                attribute.kind = AttributeKind::Text;
            }
            None => {
                return Err(Error::invalid(
                    format!("attributes.{name}"),
                    match kind {
                        AttributeKind::Number => Msg::new("error-attribute-number"),
                        AttributeKind::Date => Msg::new("error-date"),
                        AttributeKind::Boolean | AttributeKind::Text => {
                            Msg::new("error-attribute-boolean")
                        }
                    },
                ));
            }
        }
        tx.execute(
            "INSERT INTO document_attributes (document_id, attribute_id, value) VALUES ($1, $2, $3)",
            args![document, id, attribute.value.as_str()],
        )
        .await?;
    }
    Ok(made)
}

/// [`put`], with an event for every case and attribute that it had to make or widen.
pub(super) async fn write(
    tx: &mut Tx,
    act: Act<'_>,
    document: i64,
    description: &mut Description,
    widen: bool,
) -> Result<()> {
    let made = put(tx, act.project, document, description, widen, act.now).await?;
    for (id, name) in made.cases {
        let states = (None, Some(case_json(&name)));
        append(tx, act, "case", id, states).await?;
    }
    for (id, name, kind) in made.attributes {
        let states = (None, Some(attribute_json(&name, kind)));
        append(tx, act, "attribute", id, states).await?;
    }
    for (id, name, kind) in made.widened {
        let states = (
            Some(attribute_json(&name, kind)),
            Some(attribute_json(&name, AttributeKind::Text)),
        );
        append(tx, act, "attribute", id, states).await?;
    }
    Ok(())
}

fn case_json(name: &str) -> Json {
    json!({"name": name})
}

fn attribute_json(name: &str, kind: AttributeKind) -> Json {
    json!({"name": name, "kind": kind.as_str()})
}

fn changed_since() -> Error {
    Error::Conflict {
        slug: "changed-since",
        message: Msg::new("error-changed-since"),
        current: Json::Null,
    }
}

fn name_taken() -> Error {
    Error::invalid("name", "error-property-taken")
}

/// Makes a case; a name that is taken is a field error.
pub async fn create_case(tx: &mut Tx, act: Act<'_>, name: &str) -> Result<i64> {
    let (id, new) = ensure_case(tx, act.project, name, act.now).await?;
    if !new {
        return Err(name_taken());
    }
    let states = (None, Some(case_json(name)));
    append(tx, act, "case", id, states).await?;
    Ok(id)
}

/// Renames a case in all its documents.
pub async fn rename_case(tx: &mut Tx, act: Act<'_>, id: i64, name: &str) -> Result<()> {
    let (before,): (String,) = tx
        .optional(
            "SELECT name FROM cases WHERE id = $1 AND project_id = $2",
            args![id, act.project],
        )
        .await?
        .or_404("thing-case")?;
    if before == name {
        return Ok(());
    }
    let taken: Option<(i64,)> = tx
        .optional(
            "SELECT id FROM cases WHERE project_id = $1 AND name = $2",
            args![act.project, name],
        )
        .await?;
    if taken.is_some() {
        return Err(name_taken());
    }
    tx.execute("UPDATE cases SET name = $2 WHERE id = $1", args![id, name])
        .await?;
    let states = (Some(case_json(&before)), Some(case_json(name)));
    append(tx, act, "case", id, states).await
}

/// Takes a case away from all documents; its event keeps which they were.
pub async fn delete_case(tx: &mut Tx, act: Act<'_>, id: i64) -> Result<()> {
    let (name,): (String,) = tx
        .optional(
            "SELECT name FROM cases WHERE id = $1 AND project_id = $2",
            args![id, act.project],
        )
        .await?
        .or_404("thing-case")?;
    let documents: Vec<(i64,)> = tx
        .all(
            "SELECT document_id FROM document_cases WHERE case_id = $1 ORDER BY document_id",
            args![id],
        )
        .await?;
    let documents: Vec<i64> = documents.into_iter().map(|(d,)| d).collect();
    tx.execute("DELETE FROM cases WHERE id = $1", args![id])
        .await?;
    let before = json!({"name": name, "documents": documents});
    append(tx, act, "case", id, (Some(before), None)).await
}

/// Undo for the kind `case`.
pub async fn restore_case(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&Json>,
    now: i64,
) -> Result<()> {
    let Some(state) = state else {
        // A case that documents have by now stays with them.
        tx.execute(
            "DELETE FROM cases WHERE id = $1 AND project_id = $2 AND NOT EXISTS (
                SELECT 1 FROM document_cases dc JOIN documents d ON d.id = dc.document_id
                WHERE dc.case_id = $1 AND d.deleted_at IS NULL)",
            args![id, project],
        )
        .await?;
        return Ok(());
    };
    let name = state["name"].as_str().ok_or_else(changed_since)?;
    let other: Option<(i64,)> = tx
        .optional(
            "SELECT id FROM cases WHERE project_id = $1 AND name = $2",
            args![project, name],
        )
        .await?;
    match other {
        Some((other,)) if other != id => return Err(changed_since()),
        Some(_) => {}
        None => {
            let renamed = tx
                .execute(
                    "UPDATE cases SET name = $3 WHERE id = $1 AND project_id = $2",
                    args![id, project, name],
                )
                .await?;
            if renamed == 0 {
                tx.execute(
                    "INSERT INTO cases (id, guid, project_id, name, created_at) VALUES ($1, $2, $3, $4, $5)",
                    args![id, Uuid::new_v4(), project, name, now],
                )
                .await?;
            }
        }
    }
    for document in state["documents"].as_array().into_iter().flatten() {
        tx.execute(
            "INSERT INTO document_cases (document_id, case_id)
             SELECT d.id, $2 FROM documents d WHERE d.id = $1 AND d.project_id = $3 ON CONFLICT DO NOTHING",
            args![document.as_i64(), id, project],
        )
        .await?;
    }
    Ok(())
}

/// Renames an attribute or changes the kind of its values; a kind that a value does not fit is a field error.
pub async fn update_attribute(
    tx: &mut Tx,
    act: Act<'_>,
    id: i64,
    name: Option<&str>,
    kind: Option<AttributeKind>,
) -> Result<()> {
    let (old_name, old_kind): (String, String) = tx
        .optional(
            "SELECT name, kind FROM attributes WHERE id = $1 AND project_id = $2",
            args![id, act.project],
        )
        .await?
        .or_404("thing-attribute")?;
    let old_kind = AttributeKind::parse(&old_kind);
    let name = name.unwrap_or(&old_name).to_owned();
    let kind = kind.unwrap_or(old_kind);
    if name == old_name && kind == old_kind {
        return Ok(());
    }
    let taken: Option<(i64,)> = tx
        .optional(
            "SELECT id FROM attributes WHERE project_id = $1 AND name = $2 AND id <> $3",
            args![act.project, name.as_str(), id],
        )
        .await?;
    if taken.is_some() {
        return Err(name_taken());
    }
    if kind != old_kind {
        let values: Vec<(i64, String)> = tx
            .all(
                "SELECT document_id, value FROM document_attributes WHERE attribute_id = $1 ORDER BY document_id",
                args![id],
            )
            .await?;
        for (document, value) in values {
            let fitting = kind.accept(&value).ok_or_else(|| {
                Error::invalid(
                    "kind",
                    Msg::new("error-attribute-kind").arg("value", &value),
                )
            })?;
            if fitting != value {
                tx.execute(
                    "UPDATE document_attributes SET value = $3 WHERE document_id = $1 AND attribute_id = $2",
                    args![document, id, fitting],
                )
                .await?;
            }
        }
    }
    tx.execute(
        "UPDATE attributes SET name = $2, kind = $3 WHERE id = $1",
        args![id, name.as_str(), kind.as_str()],
    )
    .await?;
    let states = (
        Some(attribute_json(&old_name, old_kind)),
        Some(attribute_json(&name, kind)),
    );
    append(tx, act, "attribute", id, states).await
}

/// Undo for the kind `attribute`.
pub async fn restore_attribute(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&Json>,
    now: i64,
) -> Result<()> {
    let Some(state) = state else {
        tx.execute(
            "DELETE FROM attributes WHERE id = $1 AND project_id = $2 AND NOT EXISTS (
                SELECT 1 FROM document_attributes da JOIN documents d ON d.id = da.document_id
                WHERE da.attribute_id = $1 AND d.deleted_at IS NULL)",
            args![id, project],
        )
        .await?;
        return Ok(());
    };
    let name = state["name"].as_str().ok_or_else(changed_since)?;
    let kind = state["kind"].as_str().unwrap_or("text");
    let other: Option<(i64,)> = tx
        .optional(
            "SELECT id FROM attributes WHERE project_id = $1 AND name = $2 AND id <> $3",
            args![project, name, id],
        )
        .await?;
    if other.is_some() {
        return Err(changed_since());
    }
    let changed = tx
        .execute(
            "UPDATE attributes SET name = $3, kind = $4 WHERE id = $1 AND project_id = $2",
            args![id, project, name, kind],
        )
        .await?;
    if changed == 0 {
        tx.execute(
            "INSERT INTO attributes (id, guid, project_id, name, kind, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, Uuid::new_v4(), project, name, kind, now],
        )
        .await?;
    }
    Ok(())
}
