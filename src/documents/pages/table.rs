//! A table of documents: which of its columns are the text, the title and so on, with a guess to begin from.

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::list::{Choice, choices};
use super::{field, one_file, outcome_page};
use crate::activity::Batch;
use crate::documents::extract::{self, Format, isolate};
use crate::documents::import::{ColumnNames, Defaults, Import, limits, reason};
use crate::documents::originals;
use crate::error::Result;
use crate::projects::{Access, Permission};
use crate::web::{AppState, Layout, page};

/// Rows that the preview shows.
const PREVIEW: usize = 5;

/// Characters of a cell that the preview shows.
const CELL: usize = 160;

#[derive(Template)]
#[template(path = "documents/table.html")]
struct TablePage {
    l: Layout,
    p: i64,
    error: Option<String>,
}

/// The form that takes a table.
pub(super) async fn choose(State(state): State<AppState>, access: Access) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    ask(&state, &access, None).await
}

async fn ask(state: &AppState, access: &Access, error: Option<String>) -> Result<Response> {
    let failed = error.is_some();
    let form = page(&TablePage {
        l: access.layout(state, "documents").await?,
        p: access.project.id,
        error,
    })?;
    Ok(if failed {
        (StatusCode::UNPROCESSABLE_ENTITY, form).into_response()
    } else {
        form
    })
}

struct Role {
    name: &'static str,
    label: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "documents/columns.html")]
struct ColumnsPage {
    l: Layout,
    p: i64,
    name: String,
    sha256: String,
    texts: Vec<Choice>,
    roles: Vec<Role>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    total: usize,
}

/// Shows the columns of a table with a guess at what they are.
pub(super) async fn columns(
    State(state): State<AppState>,
    access: Access,
    multipart: Multipart,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let locale = &access.locale;
    let Some((name, bytes)) = one_file(multipart, state.config.limits.file_bytes).await? else {
        return ask(&state, &access, Some(locale.text("error-no-file"))).await;
    };
    if !extract::detect(&name, &bytes)
        .is_some_and(|f| matches!(f, Format::Csv | Format::Tsv | Format::Xlsx))
    {
        return ask(&state, &access, Some(locale.text("error-no-table"))).await;
    }
    let limits = limits(&state);
    let table =
        match isolate::read_table(&state.config.program, &name, bytes.clone(), &limits).await {
            Ok(table) => table,
            Err(problem) => {
                let why = reason(&problem, &limits, locale).detail;
                let words = locale.format("error-table", &[("why", why.into())]);
                return ask(&state, &access, Some(words)).await;
            }
        };
    let sha256 = originals::park(&state, access.project.id, bytes).await?;
    let guess = table.guess_columns();
    let named = |at: Option<usize>| {
        at.and_then(|at| table.columns.get(at))
            .cloned()
            .unwrap_or_default()
    };
    let all = || table.columns.iter().map(|c| (c.clone(), c.clone()));
    let role = |name, label, at| Role {
        name,
        label: locale.text(label),
        choices: choices(all(), &named(at)),
    };
    let short = |cell: &String| match cell.char_indices().nth(CELL) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.clone(),
    };
    page(&ColumnsPage {
        l: access.layout(&state, "documents").await?,
        p: access.project.id,
        texts: all()
            .enumerate()
            .map(|(at, (value, label))| Choice {
                value,
                label,
                chosen: guess.text.contains(&at),
            })
            .collect(),
        roles: vec![
            role("title", "documents-field-title", guess.title),
            role("date", "documents-field-date", guess.date),
            role("type", "documents-field-type", guess.kind),
            role("language", "documents-field-language", guess.language),
            role("author", "documents-field-author", guess.author),
            role("publisher", "documents-field-publisher", guess.publisher),
            role("url", "documents-field-url", guess.url),
        ],
        rows: table
            .rows
            .iter()
            .take(PREVIEW)
            .map(|row| row.iter().map(short).collect())
            .collect(),
        total: table.rows.len(),
        columns: table.columns,
        name,
        sha256,
    })
}

/// Brings the table in with the columns that were chosen.
pub(super) async fn import(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let one = |name: &str| Some(field(&form, name).to_owned()).filter(|v| !v.is_empty());
    let sha256 = field(&form, "sha256");
    let bytes = originals::parked(&state, access.project.id, sha256).await?;
    let import = Import {
        state: &state,
        project: &access.project,
        actor: access.user.id,
        batch: Batch::new(),
        defaults: Defaults::default(),
        columns: Some(ColumnNames {
            text: form
                .iter()
                .filter(|(n, _)| n == "text")
                .map(|(_, v)| v.clone())
                .collect(),
            title: one("title"),
            date: one("date"),
            r#type: one("type"),
            language: one("language"),
            author: one("author"),
            publisher: one("publisher"),
            url: one("url"),
        }),
    };
    let outcomes = import.file(field(&form, "name"), bytes).await?;
    originals::unpark(&state, access.project.id, sha256).await?;
    outcome_page(&state, &access, outcomes).await
}
