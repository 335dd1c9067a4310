//! The codebook as a file: import with a preview, export, and all of it on paper.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::view::{Said, Words, shown_path};
use crate::activity::Batch;
use crate::codebook::import::{self, Action};
use crate::codebook::{Code, api, csv, diff, store};
use crate::documents::extract::encoding;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Layout, page, problems};

/// A line of the preview.
struct StepView {
    line: u64,
    path: String,
    action: &'static str,
    action_words: String,
    fields: String,
}

/// A file that was read, and what it would do.
struct Preview {
    text: String,
    steps: Vec<StepView>,
    created: usize,
    changed: usize,
    same: usize,
    untouched: usize,
    renamed: Vec<(String, &'static str)>,
    ignored: Vec<String>,
}

#[derive(Template)]
#[template(path = "codebook/import.html")]
struct ImportPage {
    l: Layout,
    p: i64,
    columns: String,
    problems: Vec<String>,
    preview: Option<Preview>,
}

/// The form for a file.
pub async fn ask_import(State(state): State<AppState>, access: Access) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let made = ImportPage {
        l: access.layout(&state, "codebook").await?,
        p: access.project.id,
        columns: csv::COLUMNS.join(", "),
        problems: Vec::new(),
        preview: None,
    };
    page(&made)
}

/// A file to preview, or its text to import. The preview's page carries the text with it, so that what is imported is what was
/// shown.
pub async fn import(
    State(state): State<AppState>,
    access: Access,
    mut form: Multipart,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let (mut bytes, mut text, mut apply) = (Vec::new(), None, false);
    while let Some(part) = form.next_field().await.map_err(api::form_error)? {
        match part.name() {
            Some("file") => bytes = part.bytes().await.map_err(api::form_error)?.to_vec(),
            Some("text") => text = Some(part.text().await.map_err(api::form_error)?),
            Some("apply") => apply = true,
            _ => {}
        }
    }
    let done = async {
        let text = match text {
            Some(text) => text,
            None if bytes.is_empty() => {
                return Err(Error::invalid("file", "codebook-error-csv-none"));
            }
            None => {
                encoding::decode(&bytes)
                    .map_err(|_| Error::invalid("file", "codebook-error-csv-encoding"))?
                    .text
            }
        };
        let sheet = csv::read_text(&text)?;
        if apply {
            let batch = Batch::new();
            let hand = api::hand(&access, &batch, state.now());
            let mut tx = state.db.begin().await?;
            import::apply(&mut tx, hand, &sheet).await?;
            tx.commit().await?;
            return Ok(None);
        }
        let codes = store::codes(&state.db, access.project.id).await?;
        let plan = import::plan(&codes, &sheet);
        Ok(Some((text, sheet, plan)))
    }
    .await;
    let l = access.layout(&state, "codebook").await?;
    let p = access.project.id;
    let mut made = ImportPage {
        l,
        p,
        columns: csv::COLUMNS.join(", "),
        problems: Vec::new(),
        preview: None,
    };
    match done {
        Ok(None) => Ok(Redirect::to(&format!(
            "/projects/{p}/codebook?said={}",
            Said::Imported.slug()
        ))
        .into_response()),
        Ok(Some((text, sheet, plan))) => {
            let l = &made.l;
            made.preview = Some(Preview {
                text,
                created: plan.created(),
                changed: plan.changed(),
                same: plan.same(),
                untouched: plan.untouched,
                renamed: sheet.renamed,
                ignored: sheet.ignored,
                steps: plan
                    .steps
                    .iter()
                    .map(|s| StepView {
                        line: s.line,
                        path: shown_path(&s.path),
                        action: match s.action {
                            Action::Create | Action::CreateHeading => "create",
                            Action::Change => "change",
                            Action::Same => "same",
                        },
                        action_words: l.t(match s.action {
                            Action::Create => "codebook-import-create",
                            Action::CreateHeading => "codebook-import-heading",
                            Action::Change => "codebook-import-change",
                            Action::Same => "codebook-import-same",
                        }),
                        fields: s
                            .fields
                            .iter()
                            .map(|f| l.t_of("codebook-field-", f))
                            .collect::<Vec<_>>()
                            .join(", "),
                    })
                    .collect(),
            });
            page(&made)
        }
        Err(e @ (Error::Invalid(_) | Error::TooLarge(_))) => {
            let words = problems::words(&e, &access.locale, "");
            made.problems = words
                .errors
                .into_iter()
                .map(|(_, message)| message)
                .collect();
            if made.problems.is_empty() {
                made.problems.push(words.detail);
            }
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&made)?).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The codebook as CSV.
pub async fn export(State(state): State<AppState>, access: Access) -> Result<Response> {
    access.require(Permission::ExportCodings)?;
    let codes = store::codes(&state.db, access.project.id).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"codebook.csv\"",
            ),
        ],
        csv::write(&codes)?,
    )
        .into_response())
}

/// A code on paper.
struct Entry {
    code: Code,
    level: usize,
    description: Words,
    use_when: Vec<Words>,
    do_not_use_when: Vec<Words>,
    examples: Vec<Words>,
    scale: String,
}

#[derive(Template)]
#[template(path = "codebook/print.html")]
struct PrintPage {
    l: Layout,
    p: i64,
    project: String,
    entries: Vec<Entry>,
    version: i64,
}

/// The whole codebook to read and print.
pub async fn print(State(state): State<AppState>, access: Access) -> Result<Response> {
    access.require(Permission::Read)?;
    let codes = store::codes(&state.db, access.project.id).await?;
    let made = PrintPage {
        l: access.layout(&state, "codebook").await?,
        p: access.project.id,
        project: access.project.name.clone(),
        version: store::latest_version(&state.db, access.project.id).await?,
        entries: codes
            .into_iter()
            .map(|code| Entry {
                level: (code.depth + 2).min(6),
                description: Words::of(&code.description),
                use_when: Words::lines(&code.use_when),
                do_not_use_when: Words::lines(&code.do_not_use_when),
                examples: code.examples.iter().map(|e| Words::of(e)).collect(),
                scale: code
                    .scale
                    .as_ref()
                    .map(diff::scale_words)
                    .unwrap_or_default(),
                code,
            })
            .collect(),
    };
    page(&made)
}
