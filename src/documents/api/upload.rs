//! `POST /projects/{p}/documents`: a document from JSON, or many from files.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::NewDocument;
use crate::activity::Batch;
use crate::documents::import::{ColumnNames, Defaults, Import, Outcome, Status};
use crate::documents::{has_type, language_tag};
use crate::error::{Error, Result};
use crate::i18n::Locale;
use crate::projects::{Access, Permission};
use crate::web::{AppState, Json};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        // Files are measured one by one as they arrive.
        .layer(DefaultBodyLimit::disable())
}

/// What became of one document of an upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadItem {
    /// The file's name; of an archive the member's.
    file: String,
    /// The archive it was in.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<String>,
    /// The row of a table it is, from 1 after the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u32>,
    /// `imported`, `failed` or `duplicate`.
    status: &'static str,
    /// The document that was made, or that has these bytes already.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<i64>,
    /// Title of the document that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Its blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<i64>,
    /// Its pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<u32>,
    /// Its language, as detected.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Slugs of what deserves a second look in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// The outcome in a few words of the reader's language.
    summary: String,
    /// Why it did not go in.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<UploadProblem>,
}

/// Why a file did not go in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadProblem {
    /// Stable slug under `/problems/`.
    r#type: String,
    title: String,
    detail: String,
}

impl UploadItem {
    /// An outcome as it is told.
    pub fn new(outcome: Outcome, state: &AppState, locale: &Locale) -> UploadItem {
        let plain = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
        let mut item = UploadItem {
            file: outcome.file,
            archive: outcome.archive,
            row: outcome.row,
            status: "failed",
            document: None,
            title: None,
            blocks: None,
            pages: None,
            language: None,
            warnings: Vec::new(),
            summary: String::new(),
            problem: outcome.status.reason(state, locale).map(|r| UploadProblem {
                r#type: format!("/problems/{}", r.slug),
                title: r.title,
                detail: plain(r.detail),
            }),
        };
        item.summary = plain(crate::documents::import::summary(
            &outcome.status,
            state,
            locale,
        ));
        match outcome.status {
            Status::Imported(document) => {
                item.status = "imported";
                item.document = Some(document.id);
                item.title = Some(document.description.title);
                item.blocks = Some(document.block_count);
                item.pages = document.origin.pages;
                item.language = document.description.language;
                item.warnings = document.origin.warnings;
            }
            Status::Duplicate(id) => {
                item.status = "duplicate";
                item.document = Some(id);
            }
            Status::Refused(_) | Status::Invalid(_) => {}
        }
        item
    }
}

/// What became of an upload, in the order sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upload {
    items: Vec<UploadItem>,
}

/// Makes a document from a text, or documents from files.
///
/// JSON makes one document. Multipart brings files, each in a part `file`; the parts `type`, `language`, `case` (repeatable)
/// and `columns` (JSON: which columns of a table are text, title …) before them hold for all. A file that cannot be read leaves
/// the others alone.
#[utoipa::path(post, path = "/projects/{p}/documents", tag = "documents", operation_id = "documents_create",
    params(("p" = i64, Path, description = "Project")),
    request_body(content((NewDocument = "application/json"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 201, body = super::DocumentJson, description = "From JSON: the document"),
        (status = 200, body = Upload, description = "From files: what became of each")))]
async fn create(
    State(state): State<AppState>,
    access: Access,
    request: Request,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let media_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if media_type.starts_with("multipart/form-data") {
        let outcomes = receive(&state, &access, request).await?;
        let items = outcomes
            .into_iter()
            .map(|o| UploadItem::new(o, &state, &access.locale))
            .collect();
        return Ok(Json(Upload { items }).into_response());
    }
    // JSON escapes make a text longer by up to six bytes a code point; four is the most that UTF-8 itself needs.
    let most = state
        .config
        .limits
        .code_points
        .saturating_mul(6)
        .saturating_add(1_000_000);
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::try_from(most).unwrap_or(usize::MAX))
        .await
        .map_err(|_| Error::TooLarge("error-body-too-large".into()))?;
    let Json(new) =
        Json::<NewDocument>::from_request(Request::from_parts(parts, Body::from(bytes)), &())
            .await?;
    super::create_from_json(&state, &access, new).await
}

/// Takes a multipart request apart and brings its files in, each as it arrives.
pub async fn receive(state: &AppState, access: &Access, request: Request) -> Result<Vec<Outcome>> {
    let malformed = |e: axum::extract::multipart::MultipartError| Error::BadRequest(e.body_text());
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|e| Error::BadRequest(e.body_text()))?;
    let mut import = Import {
        state,
        project: &access.project,
        actor: access.user.id,
        batch: Batch::new(),
        defaults: Defaults::default(),
        columns: None,
    };
    let mut outcomes = Vec::new();
    let mut any = false;
    while let Some(field) = multipart.next_field().await.map_err(malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file) = field.file_name().map(ToOwned::to_owned) else {
            let value = field.text().await.map_err(malformed)?;
            setting(&mut import, &name, value.trim())?;
            continue;
        };
        // A browser sends an empty part for a picker in which nothing was chosen.
        let (bytes, size) = body_of(field, state.config.limits.file_bytes)
            .await
            .map_err(malformed)?;
        if file.is_empty() && size == 0 {
            continue;
        }
        any = true;
        match bytes {
            Some(bytes) => outcomes.append(&mut import.file(&file, bytes).await?),
            None => outcomes.push(Outcome {
                file,
                archive: None,
                row: None,
                status: Status::Refused(crate::documents::extract::Problem::too_large(
                    crate::documents::extract::LimitName::FileBytes,
                )),
            }),
        }
    }
    if !any {
        return Err(Error::invalid("file", "error-no-file"));
    }
    Ok(outcomes)
}

fn setting(import: &mut Import<'_>, name: &str, value: &str) -> Result<()> {
    if value.is_empty() {
        return Ok(());
    }
    match name {
        "type" => {
            if !has_type(&import.project.settings, value) {
                return Err(Error::invalid(
                    "type",
                    crate::i18n::Msg::new("error-document-type").arg("type", value),
                ));
            }
            import.defaults.doc_type = Some(value.to_owned());
        }
        "language" => {
            let tag =
                language_tag(value).ok_or_else(|| Error::invalid("language", "error-language"))?;
            import.defaults.language = Some(tag);
        }
        "case" => import.defaults.cases.push(value.to_owned()),
        "columns" => {
            let columns: ColumnNames = serde_json::from_str(value).map_err(|e| {
                Error::invalid(
                    "columns",
                    crate::i18n::Msg::new("error-json-data").arg("why", e.to_string()),
                )
            })?;
            import.columns = Some(columns);
        }
        _ => {}
    }
    Ok(())
}

/// A part's bytes and their number; none if they are more than allowed, which are read past and not kept.
async fn body_of(
    mut field: Field<'_>,
    most: u64,
) -> std::result::Result<(Option<Bytes>, u64), axum::extract::multipart::MultipartError> {
    let mut bytes = Vec::new();
    let mut size = 0_u64;
    while let Some(chunk) = field.chunk().await? {
        size += chunk.len() as u64;
        if size <= most {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    Ok(((size <= most).then(|| Bytes::from(bytes)), size))
}
