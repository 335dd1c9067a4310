//! HTML of documents: the list here, one document in [`detail`], tables of documents in [`table`], tables of metadata in
//! [`metadata`]. Everything works without scripts; `static/documents/` makes uploads and selections nicer.

mod detail;
mod list;
mod metadata;
mod table;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Request, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use crate::accounts::User;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, page};

/// The routes.
pub fn router() -> Router<AppState> {
    let uploads = Router::new()
        .route("/projects/{p}/documents/upload", post(upload))
        .route(
            "/projects/{p}/documents/table",
            get(table::choose).post(table::columns),
        )
        .route(
            "/projects/{p}/documents/metadata",
            get(metadata::choose).post(metadata::preview),
        )
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/projects/{p}/documents", get(list::list))
        .route(
            "/projects/{p}/documents/paste",
            get(list::paste_form).post(list::paste),
        )
        .route("/projects/{p}/documents/bulk", post(list::bulk_form))
        .route("/projects/{p}/documents/restore", post(list::restore))
        .route("/projects/{p}/documents/table/import", post(table::import))
        .route(
            "/projects/{p}/documents/metadata/apply",
            post(metadata::apply),
        )
        .route(
            "/projects/{p}/documents/{d}",
            get(detail::show).post(detail::save),
        )
        .route(
            "/projects/{p}/documents/{d}/original",
            get(detail::original),
        )
        .route(
            "/projects/{p}/documents/{d}/assignments",
            post(detail::assign),
        )
        .merge(uploads)
}

/// One line of an upload's outcome.
pub(super) struct OutcomeRow {
    file: String,
    status: &'static str,
    summary: String,
    document: Option<i64>,
}

#[derive(askama::Template)]
#[template(path = "documents/outcome.html")]
struct OutcomePage {
    l: crate::web::Layout,
    p: i64,
    rows: Vec<OutcomeRow>,
    added: usize,
    left_out: usize,
}

/// The page that says what became of each file.
async fn outcome_page(
    state: &AppState,
    access: &Access,
    outcomes: Vec<super::import::Outcome>,
) -> Result<Response> {
    use super::import::{Status, summary};
    let rows: Vec<OutcomeRow> = outcomes
        .into_iter()
        .map(|o| OutcomeRow {
            file: match (&o.archive, o.row) {
                (Some(archive), _) => format!("{archive} / {}", o.file),
                (None, Some(row)) => format!("{} / {row}", o.file),
                (None, None) => o.file.clone(),
            },
            summary: summary(&o.status, state, &access.locale),
            status: match &o.status {
                Status::Imported(_) => "imported",
                Status::Duplicate(_) => "duplicate",
                Status::Refused(_) | Status::Invalid(_) => "failed",
            },
            document: match o.status {
                Status::Imported(d) => Some(d.id),
                Status::Duplicate(id) => Some(id),
                Status::Refused(_) | Status::Invalid(_) => None,
            },
        })
        .collect();
    page(&OutcomePage {
        l: access.layout(state, "documents").await?,
        p: access.project.id,
        added: rows.iter().filter(|r| r.status == "imported").count(),
        left_out: rows.iter().filter(|r| r.status == "failed").count(),
        rows,
    })
}

/// The upload form as a browser without scripts sends it.
async fn upload(
    State(state): State<AppState>,
    access: Access,
    request: Request,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    match super::api::receive(&state, &access, request).await {
        Ok(outcomes) => outcome_page(&state, &access, outcomes).await,
        // Nothing was chosen: back to where one can choose.
        Err(Error::Invalid(_)) => Ok(axum::response::IntoResponse::into_response(Redirect::to(
            &format!("/projects/{}/documents?notice=no-file", access.project.id),
        ))),
        Err(e) => Err(e),
    }
}

/// The first file of a form, and its other fields.
async fn one_file(
    mut multipart: Multipart,
    most: u64,
) -> Result<Option<(String, axum::body::Bytes)>> {
    while let Some(field) = multipart
        .next_field()
        .await
        .map_err(|e| Error::BadRequest(e.body_text()))?
    {
        let Some(name) = field.file_name().map(ToOwned::to_owned) else {
            continue;
        };
        let mut field = field;
        let mut bytes = Vec::new();
        while let Some(chunk) = field
            .chunk()
            .await
            .map_err(|e| Error::BadRequest(e.body_text()))?
        {
            if (bytes.len() + chunk.len()) as u64 > most {
                return Err(Error::TooLarge(
                    crate::i18n::Msg::new("upload-limit-file-bytes").arg("most", most / 1_000_000),
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        if !bytes.is_empty() {
            return Ok(Some((name, bytes.into())));
        }
    }
    Ok(None)
}

/// Text for an address.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The first value of a field of a form.
fn field<'f>(form: &'f [(String, String)], name: &str) -> &'f str {
    form.iter()
        .find(|(n, _)| n == name)
        .map_or("", |(_, v)| v.as_str())
}

/// The initials a coder's column is headed with.
fn initials(name: &str) -> String {
    User {
        id: 0,
        email: String::new(),
        name: name.to_owned(),
        is_admin: false,
        language: None,
    }
    .initials()
}
