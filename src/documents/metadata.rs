//! Metadata from a table: what it would change, shown first, then done wholly or not at all.
//!
//! Rows are matched to documents by `id`, else by the original's name (`file`), else by `title`. An empty cell changes
//! nothing. Columns without a meaning of their own are attributes. A row that matches no document or several, or holds
//! a value that cannot be kept, stands in the way of the whole.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::table::Table;
use super::extract::{self, Format, isolate};
use super::store::{self, Act, Document, Filter};
use super::{
    Attribute, AttributeKind, Description, LANGUAGES, language_name, language_tag, one_line,
    type_of_word,
};
use crate::activity::Batch;
use crate::error::{Error, FieldError, Result};
use crate::i18n::{Locale, Msg};
use crate::projects::{Access, Settings};
use crate::web::AppState;

/// Most rows of a table of metadata.
const MOST_ROWS: usize = 20_000;

/// What a table would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Plan {
    /// One for each row that changes something or stands in the way.
    pub rows: Vec<PlannedRow>,
    /// Rows that would change nothing.
    pub unchanged: usize,
    /// Rows that stand in the way; nothing is done while there are any.
    pub problems: usize,
    /// Columns that become attributes.
    pub attributes: Vec<String>,
}

/// What one row would change.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlannedRow {
    /// Its number, from 1 after the header.
    pub row: usize,
    /// The document it means.
    pub document: Option<i64>,
    /// The document's title, or what the row said to find it.
    pub title: String,
    /// Its version when this was planned.
    #[serde(skip)]
    pub version: i64,
    /// Field by field.
    pub changes: Vec<FieldChange>,
    /// What stands in the way, in the reader's words.
    pub problems: Vec<String>,
    /// The description it would have.
    #[serde(skip)]
    pub after: Option<Description>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// Field, or `attributes.NAME`.
    pub field: String,
    /// As it is.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// Reads the table.
pub async fn read(state: &AppState, access: &Access, name: &str, bytes: Bytes) -> Result<Table> {
    let limits = super::import::limits(state);
    let refused = |problem: &extract::Problem| {
        let reason = super::import::reason(problem, &limits, &access.locale);
        Error::invalid("file", Msg::new("error-table").arg("why", reason.detail))
    };
    if !extract::detect(name, &bytes)
        .is_some_and(|f| matches!(f, Format::Csv | Format::Tsv | Format::Xlsx))
    {
        return Err(Error::invalid("file", "error-no-table"));
    }
    let table = isolate::read_table(&state.config.program, name, bytes, &limits)
        .await
        .map_err(|e| refused(&e))?;
    if table.rows.len() > MOST_ROWS {
        return Err(Error::invalid(
            "file",
            Msg::new("upload-limit-rows").arg("most", MOST_ROWS),
        ));
    }
    Ok(table)
}

/// What the table would change in the project as it is now.
pub async fn plan(state: &AppState, access: &Access, table: &Table) -> Result<Plan> {
    let documents = store::list(
        &state.db,
        access.project.id,
        &Filter::default(),
        0,
        i64::MAX,
    )
    .await?;
    let kinds = store::properties::attributes(&state.db, access.project.id)
        .await?
        .into_iter()
        .map(|a| (a.name, AttributeKind::parse(&a.kind)))
        .collect();
    Ok(plan_of(
        table,
        &documents,
        &kinds,
        &access.project.settings,
        &access.locale,
    ))
}

/// Does what was planned, all of it or nothing.
pub async fn apply(state: &AppState, access: &Access, plan: &Plan) -> Result<()> {
    if plan.problems > 0 {
        let fields = plan
            .rows
            .iter()
            .flat_map(|row| {
                row.problems.iter().map(move |problem| {
                    FieldError::new(
                        format!("row {}", row.row),
                        Msg::new("error-table-row")
                            .arg("row", row.row)
                            .arg("why", problem),
                    )
                })
            })
            .take(50)
            .collect();
        return Err(Error::Invalid(fields));
    }
    let batch = Batch::new();
    let act = Act {
        batch: &batch,
        project: access.project.id,
        actor: access.user.id,
        now: state.now(),
    };
    let mut tx = state.db.begin().await?;
    for row in &plan.rows {
        if let (Some(id), Some(after)) = (row.document, &row.after) {
            let after = after.clone();
            store::update(&mut tx, act, id, Some(row.version), false, move |_| {
                Ok(after)
            })
            .await?;
        }
    }
    tx.commit().await
}

/// What a column means.
enum Column {
    Id,
    File,
    Title,
    Type,
    Date,
    Language,
    Author,
    Publisher,
    Url,
    Citation,
    Cases,
    Attribute(String),
    Nothing,
}

fn column(name: &str) -> Column {
    let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
    match plain.as_str() {
        "id" | "document" | "document_id" => Column::Id,
        "file" | "filename" | "file_name" | "original" | "original_name" => Column::File,
        "title" | "document_title" => Column::Title,
        "type" | "document_type" => Column::Type,
        "date" | "document_date" => Column::Date,
        "language" | "lang" => Column::Language,
        "author" | "authors" => Column::Author,
        "publisher" => Column::Publisher,
        "url" => Column::Url,
        "citation" => Column::Citation,
        "case" | "cases" => Column::Cases,
        "" => Column::Nothing,
        _ => {
            let own = one_line(name);
            Column::Attribute(
                own.strip_prefix("attr_")
                    .map_or_else(|| own.clone(), ToOwned::to_owned),
            )
        }
    }
}

/// Pure: the plan for a table, given the documents there are.
pub fn plan_of(
    table: &Table,
    documents: &[Document],
    kinds: &BTreeMap<String, AttributeKind>,
    settings: &Settings,
    locale: &Locale,
) -> Plan {
    let columns: Vec<Column> = table.columns.iter().map(|c| column(c)).collect();
    let mut plan = Plan {
        attributes: columns
            .iter()
            .filter_map(|c| match c {
                Column::Attribute(name) => Some(name.clone()),
                _ => None,
            })
            .collect(),
        ..Plan::default()
    };
    let mut taken: BTreeMap<i64, usize> = BTreeMap::new();
    for (at, cells) in table.rows.iter().enumerate() {
        let number = at + 1;
        let cell = |wanted: fn(&Column) -> bool| {
            columns
                .iter()
                .zip(cells)
                .find(|(c, v)| wanted(c) && !v.trim().is_empty())
                .map(|(_, v)| v.trim().to_owned())
        };
        let (found, key) = find(
            documents,
            cell(|c| matches!(c, Column::Id)),
            cell(|c| matches!(c, Column::File)),
            cell(|c| matches!(c, Column::Title)),
        );
        let mut row = PlannedRow {
            row: number,
            document: None,
            title: key,
            version: 0,
            changes: Vec::new(),
            problems: Vec::new(),
            after: None,
        };
        match found.as_slice() {
            [] => row.problems.push(locale.text("metadata-no-match")),
            [document] => {
                row.document = Some(document.id);
                row.title.clone_from(&document.description.title);
                row.version = document.version;
                if let Some(first) = taken.insert(document.id, number) {
                    row.problems
                        .push(locale.format("metadata-twice", &[("row", first.into())]));
                }
                let rules = Rules {
                    kinds,
                    settings,
                    locale,
                };
                change(&mut row, document, &columns, cells, &rules);
            }
            several => row
                .problems
                .push(locale.format("metadata-several", &[("documents", several.len().into())])),
        }
        if !row.problems.is_empty() {
            plan.problems += 1;
            plan.rows.push(row);
        } else if row.changes.is_empty() {
            plan.unchanged += 1;
        } else {
            plan.rows.push(row);
        }
    }
    plan
}

/// The documents a row can mean, and what it said.
fn find(
    documents: &[Document],
    id: Option<String>,
    file: Option<String>,
    title: Option<String>,
) -> (Vec<&Document>, String) {
    if let Some(id) = id {
        let found = documents
            .iter()
            .filter(|d| id.parse() == Ok(d.id))
            .collect();
        return (found, id);
    }
    if let Some(file) = file {
        let found = documents
            .iter()
            .filter(|d| d.origin.original.as_ref().is_some_and(|o| o.name == file))
            .collect();
        return (found, file);
    }
    let title = title.map(|t| one_line(&t)).unwrap_or_default();
    let found = documents
        .iter()
        .filter(|d| !title.is_empty() && d.description.title == title)
        .collect();
    (found, title)
}

/// What values are checked against, and in which language that is told.
struct Rules<'a> {
    kinds: &'a BTreeMap<String, AttributeKind>,
    settings: &'a Settings,
    locale: &'a Locale,
}

fn change(
    row: &mut PlannedRow,
    document: &Document,
    columns: &[Column],
    cells: &[String],
    rules: &Rules<'_>,
) {
    let Rules {
        kinds,
        settings,
        locale,
    } = rules;
    let mut after = document.description.clone();
    for (column, cell) in columns.iter().zip(cells) {
        let value = cell.trim();
        if value.is_empty() {
            continue;
        }
        let some = || Some(value.to_owned());
        match column {
            Column::Title => after.title = value.to_owned(),
            Column::Type => match type_of_word(settings, value) {
                Some(slug) => after.doc_type = slug,
                None => row
                    .problems
                    .push(locale.format("error-document-type", &[("type", value.into())])),
            },
            Column::Date => match extract::partial_date(value) {
                Some(date) => after.date = Some(date),
                None => row.problems.push(locale.text("error-date")),
            },
            Column::Language => match language_of_word(value) {
                Some(tag) => after.language = Some(tag),
                None => row.problems.push(locale.text("error-language")),
            },
            Column::Author => after.author = some(),
            Column::Publisher => after.publisher = some(),
            Column::Url => after.url = some(),
            Column::Citation => after.citation = some(),
            Column::Cases => {
                after.cases = value
                    .split(';')
                    .map(one_line)
                    .filter(|c| !c.is_empty())
                    .collect();
            }
            Column::Attribute(name) => {
                let kind = kinds.get(name).copied().unwrap_or(AttributeKind::Text);
                match kind.accept(value) {
                    Some(value) => {
                        after
                            .attributes
                            .insert(name.clone(), Attribute { kind, value });
                    }
                    None => row.problems.push(
                        locale.format(
                            "metadata-kind",
                            &[
                                ("name", name.into()),
                                ("value", value.into()),
                                (
                                    "kind",
                                    locale
                                        .text(&format!("attribute-kind-{}", kind.as_str()))
                                        .into(),
                                ),
                            ],
                        ),
                    ),
                }
            }
            Column::Id | Column::File | Column::Nothing => {}
        }
    }
    let after = match after.check(settings) {
        Ok(after) => after,
        Err(Error::Invalid(fields)) => {
            row.problems
                .extend(fields.iter().map(|f| locale.msg(&f.message)));
            return;
        }
        Err(e) => {
            row.problems.push(e.to_string());
            return;
        }
    };
    row.changes = differences(&document.description, &after);
    row.after = Some(after);
}

/// A language by its tag or its English name.
fn language_of_word(word: &str) -> Option<String> {
    let english = Locale::default();
    LANGUAGES
        .iter()
        .find(|tag| language_name(&english, tag).eq_ignore_ascii_case(word.trim()))
        .map(|tag| (*tag).to_owned())
        .or_else(|| language_tag(word))
}

fn differences(before: &Description, after: &Description) -> Vec<FieldChange> {
    let words = |v: &Option<String>| v.clone().unwrap_or_default();
    let mut changes: Vec<FieldChange> = [
        ("title", before.title.clone(), after.title.clone()),
        ("type", before.doc_type.clone(), after.doc_type.clone()),
        ("date", words(&before.date), words(&after.date)),
        ("language", words(&before.language), words(&after.language)),
        ("author", words(&before.author), words(&after.author)),
        (
            "publisher",
            words(&before.publisher),
            words(&after.publisher),
        ),
        ("url", words(&before.url), words(&after.url)),
        ("citation", words(&before.citation), words(&after.citation)),
        ("cases", before.cases.join("; "), after.cases.join("; ")),
    ]
    .into_iter()
    .filter(|(_, b, a)| b != a)
    .map(|(field, before, after)| FieldChange {
        field: field.to_owned(),
        before,
        after,
    })
    .collect();
    for (name, value) in &after.attributes {
        let old = before.attributes.get(name).map(|a| a.value.clone());
        if old.as_ref() != Some(&value.value) {
            changes.push(FieldChange {
                field: format!("attributes.{name}"),
                before: old.unwrap_or_default(),
                after: value.value.clone(),
            });
        }
    }
    changes
}
