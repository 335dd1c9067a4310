//! JSON of documents: `/projects/{p}/documents` and what hangs on one document.
//!
//! Assignments are in [`assignments`], cases and attributes in [`properties`], uploads in [`upload`].

mod assignments;
mod properties;
mod upload;
pub(super) use upload::receive;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json_;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bulk::{self, BulkChange};
use super::store::{self, Act, Document, Filter};
use super::{Attribute, Description, import, metadata, originals};
use crate::activity::Batch;
use crate::clock::rfc3339;
use crate::error::{Error, FieldError, OrNotFound, Result};
use crate::i18n::Msg;
use crate::projects::{Access, Permission};
use crate::text::{self, fold};
use crate::web::extract::{IfMatch, List, Paging, with_etag};
use crate::web::{AppState, Json, Path, Query};

/// Longest query of find in document, in code points.
const LONGEST_QUERY: usize = 200;

/// Most hits that find in document lists; `total` counts them all.
const MOST_HITS: usize = 1_000;

/// The routes. Bodies of uploads are limited file by file, by the handler.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(upload::router())
        .routes(routes!(list))
        .routes(routes!(bulk_change))
        .routes(routes!(metadata_table))
        .routes(routes!(one, change, remove))
        .routes(routes!(text_of))
        .routes(routes!(original))
        .routes(routes!(blocks))
        .routes(routes!(find))
        .merge(assignments::router())
        .merge(properties::router())
}

/// A document, without its text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentJson {
    id: i64,
    /// Its name in exchange formats.
    guid: String,
    title: String,
    /// `official_document`, `statement`, `research_report`, `journal_article`, `news`, `interview`, `field_notes`, `other`
    /// or one of the project's own.
    r#type: String,
    /// `2015-09-30`, `2015-09` or `2015`.
    date: Option<String>,
    /// BCP 47 tag.
    language: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    citation: Option<String>,
    cases: Vec<String>,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    attributes: BTreeMap<String, Json_>,
    /// Code points of its text.
    length: i64,
    words: i64,
    /// Number of blocks.
    blocks: i64,
    pages: Option<u32>,
    /// `ltr` or `rtl`.
    direction: String,
    /// SHA-256 of its text.
    sha256: String,
    /// Revision of its text.
    revision: i64,
    /// What it was read as.
    format: String,
    /// The encoding that was detected.
    encoding: Option<String>,
    /// Slugs of what deserves a second look.
    warnings: Vec<String>,
    original: Option<OriginalJson>,
    /// Coders' codings in it, as far as the caller may see them.
    codings: i64,
    version: i64,
    /// User id.
    created_by: i64,
    created_at: String,
    updated_at: String,
}

/// The uploaded file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OriginalJson {
    name: String,
    media_type: String,
    sha256: String,
    /// Bytes.
    size: u64,
}

impl DocumentJson {
    /// A document with the number of codings that the caller may see.
    pub fn new(document: Document, codings: i64) -> DocumentJson {
        let Document {
            id,
            guid,
            description: d,
            origin: o,
            ..
        } = document;
        DocumentJson {
            id,
            guid: guid.to_string(),
            title: d.title,
            r#type: d.doc_type,
            date: d.date,
            language: d.language,
            author: d.author,
            publisher: d.publisher,
            url: d.url,
            citation: d.citation,
            cases: d.cases,
            attributes: d
                .attributes
                .into_iter()
                .map(|(name, a)| (name, a.json()))
                .collect(),
            length: document.length,
            words: document.words,
            blocks: document.block_count,
            pages: o.pages,
            direction: document.direction,
            sha256: document.sha256,
            revision: document.revision,
            format: o.format,
            encoding: o.encoding,
            warnings: o.warnings,
            original: o.original.map(|o| OriginalJson {
                name: o.name,
                media_type: o.media_type,
                sha256: o.sha256,
                size: o.size,
            }),
            codings,
            version: document.version,
            created_by: document.created_by,
            created_at: rfc3339(document.created_at),
            updated_at: rfc3339(document.updated_at),
        }
    }
}

/// The caller, acting in her project now.
pub(super) fn act<'a>(state: &AppState, access: &Access, batch: &'a Batch) -> Act<'a> {
    Act {
        batch,
        project: access.project.id,
        actor: access.user.id,
        now: state.now(),
    }
}

async fn answer(state: &AppState, access: &Access, document: Document) -> Result<DocumentJson> {
    let codings = store::coding_count(&state.db, &access.visibility, document.id).await?;
    Ok(DocumentJson::new(document, codings))
}

/// The filters of a list of documents.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Slugs of types, divided by commas.
    r#type: Option<String>,
    /// A case by name or id, or several names divided by commas.
    case: Option<String>,
    /// Language tags, divided by commas.
    language: Option<String>,
    /// Not before this date; less precise ones count if any of their days does.
    date_from: Option<String>,
    /// Not after this date, likewise.
    date_to: Option<String>,
    /// A user id, or `me`.
    assigned_to: Option<String>,
    /// With `assigned_to`: `todo`, `in_progress` or `done`.
    state: Option<String>,
    /// Words in title, author, publisher, citation, URL, cases or file name; spelling is folded.
    q: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl ListQuery {
    fn filter(&self, access: &Access) -> Result<Filter> {
        let assigned_to = match self.assigned_to.as_deref().map(str::trim) {
            None | Some("") => None,
            Some("me") => Some(access.user.id),
            Some(id) => Some(
                id.parse()
                    .map_err(|_| Error::invalid("assigned_to", "error-user-id"))?,
            ),
        };
        Ok(Filter {
            types: Filter::words(self.r#type.as_deref()),
            case: self.case.clone().filter(|c| !c.is_empty()),
            languages: Filter::words(self.language.as_deref()),
            date_from: Filter::date("date_from", self.date_from.as_deref())?,
            date_to: Filter::date("date_to", self.date_to.as_deref())?,
            assigned_to,
            state: self.state.clone().filter(|s| !s.is_empty()),
            q: self.q.clone(),
        })
    }
}

/// The documents of a project.
#[utoipa::path(get, path = "/projects/{p}/documents", tag = "documents", operation_id = "documents_list",
    params(("p" = i64, Path, description = "Project"), ListQuery),
    responses((status = 200, body = List<DocumentJson>)))]
async fn list(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<DocumentJson>>> {
    access.require(Permission::Read)?;
    let paging = Paging {
        limit: query.limit,
        cursor: query.cursor.clone(),
    };
    let limit = paging.limit();
    let after = paging.after()?.first().copied().unwrap_or(0);
    let filter = query.filter(&access)?;
    let mut documents =
        store::list(&state.db, access.project.id, &filter, after, limit + 1).await?;
    let more = documents.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    documents.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = documents
        .last()
        .filter(|_| more)
        .map(|d| Paging::cursor(&[d.id]));
    let counts = store::coding_counts(&state.db, &access.visibility, access.project.id).await?;
    let items = documents
        .into_iter()
        .map(|d| {
            let codings = counts.get(&d.id).copied().unwrap_or(0);
            DocumentJson::new(d, codings)
        })
        .collect();
    Ok(Json(List { items, next }))
}

/// How many documents were changed.
#[derive(Debug, Serialize, ToSchema)]
struct Changed {
    documents: usize,
}

/// One change to many documents, all or nothing, undone as one.
#[utoipa::path(post, path = "/projects/{p}/documents/bulk", tag = "documents", operation_id = "documents_bulk",
    params(("p" = i64, Path, description = "Project")), request_body = BulkChange,
    responses((status = 200, body = Changed)))]
async fn bulk_change(
    State(state): State<AppState>,
    access: Access,
    Json(change): Json<BulkChange>,
) -> Result<Json<Changed>> {
    let documents = bulk::apply(&state, &access, &change).await?;
    Ok(Json(Changed { documents }))
}

/// Whether to look or to do it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MetadataQuery {
    /// `true`: say what would change and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Metadata from a table (CSV, TSV or XLSX as the body): rows are matched to documents by `id`, `file` or `title`; empty
/// cells change nothing. All rows or none.
#[utoipa::path(post, path = "/projects/{p}/documents/metadata", tag = "documents", operation_id = "documents_metadata",
    params(("p" = i64, Path, description = "Project"), MetadataQuery),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = metadata::Plan, description = "What changed, or would")))]
async fn metadata_table(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<MetadataQuery>,
    body: axum::body::Bytes,
) -> Result<Json<metadata::Plan>> {
    access.require(Permission::EditDocuments)?;
    let table = metadata::read(&state, &access, "metadata.csv", body).await?;
    let plan = metadata::plan(&state, &access, &table).await?;
    if !query.dry_run {
        metadata::apply(&state, &access, &plan).await?;
    }
    Ok(Json(plan))
}

/// A document to be made from a text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    title: String,
    /// The text. Line ends become `\n`; nothing else is changed.
    text: String,
    /// `other` if left out.
    r#type: Option<String>,
    date: Option<String>,
    /// Detected if left out.
    language: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    citation: Option<String>,
    /// Names; a case that is new to the project is made.
    #[serde(default)]
    cases: Vec<String>,
    /// Words, numbers or booleans by name.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    attributes: BTreeMap<String, Json_>,
}

fn attributes_of(values: BTreeMap<String, Json_>) -> Result<BTreeMap<String, Attribute>> {
    let mut attributes = BTreeMap::new();
    for (name, value) in values {
        if value.is_null() {
            continue;
        }
        let Some(attribute) = Attribute::of_json(&value) else {
            return Err(Error::invalid(
                format!("attributes.{name}"),
                "error-attribute-scalar",
            ));
        };
        attributes.insert(name, attribute);
    }
    Ok(attributes)
}

/// Makes a document from a text that came as JSON.
pub(super) async fn create_from_json(
    state: &AppState,
    access: &Access,
    new: NewDocument,
) -> Result<Response> {
    let description = Description {
        title: new.title,
        doc_type: new.r#type.unwrap_or_default(),
        date: new.date,
        language: new.language,
        author: new.author,
        publisher: new.publisher,
        url: new.url,
        citation: new.citation,
        cases: new.cases,
        attributes: attributes_of(new.attributes)?,
    };
    let document = import::create_from_text(
        state,
        &access.project,
        access.user.id,
        description,
        new.text,
    )
    .await?;
    let location = format!(
        "/api/v1/projects/{}/documents/{}",
        access.project.id, document.id
    );
    let version = document.version;
    let mut response = with_etag(
        version,
        (StatusCode::CREATED, Json(DocumentJson::new(document, 0))),
    );
    if let Ok(value) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// One document.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}", tag = "documents", operation_id = "documents_get",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document")),
    responses((status = 200, body = DocumentJson)))]
async fn one(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, access.project.id, d).await?;
    let version = document.version;
    Ok(with_etag(
        version,
        Json(answer(&state, &access, document).await?),
    ))
}

/// A field that may be left out (unchanged), null (cleared) or given.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    d: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// Changes to a document: what is left out stays, null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentPatch {
    title: Option<String>,
    r#type: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    date: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    author: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    publisher: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    url: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    citation: Option<Option<String>>,
    /// All of its cases, by name.
    cases: Option<Vec<String>>,
    /// Attributes to set; null takes one away, those not named stay.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    attributes: Option<BTreeMap<String, Json_>>,
}

impl DocumentPatch {
    fn apply(self, d: &mut Description) -> Result<()> {
        if let Some(title) = self.title {
            d.title = title;
        }
        if let Some(doc_type) = self.r#type {
            d.doc_type = doc_type;
        }
        for (given, field) in [
            (self.date, &mut d.date),
            (self.language, &mut d.language),
            (self.author, &mut d.author),
            (self.publisher, &mut d.publisher),
            (self.url, &mut d.url),
            (self.citation, &mut d.citation),
        ] {
            if let Some(value) = given {
                *field = value;
            }
        }
        if let Some(cases) = self.cases {
            d.cases = cases;
        }
        for (name, value) in self.attributes.into_iter().flatten() {
            if value.is_null() {
                d.attributes.remove(&name);
                continue;
            }
            let attribute = Attribute::of_json(&value).ok_or_else(|| {
                Error::Invalid(vec![FieldError::new(
                    format!("attributes.{name}"),
                    "error-attribute-scalar",
                )])
            })?;
            d.attributes.insert(name, attribute);
        }
        Ok(())
    }
}

/// Corrects what is said about a document.
#[utoipa::path(patch, path = "/projects/{p}/documents/{d}", tag = "documents", operation_id = "documents_change",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document")),
    request_body = DocumentPatch,
    responses((status = 200, body = DocumentJson), (status = 409, description = "It changed in the meantime")))]
async fn change(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    if_match: IfMatch,
    Json(patch): Json<DocumentPatch>,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let settings = access.project.settings.clone();
    let mut tx = state.db.begin().await?;
    let document = store::update(
        &mut tx,
        act(&state, &access, &Batch::new()),
        d,
        if_match.0,
        false,
        move |mut description| {
            patch.apply(&mut description)?;
            description.check(&settings)
        },
    )
    .await?;
    tx.commit().await?;
    let version = document.version;
    Ok(with_etag(
        version,
        Json(answer(&state, &access, document).await?),
    ))
}

/// Sets a document aside with its codings. Undo brings both back.
#[utoipa::path(delete, path = "/projects/{p}/documents/{d}", tag = "documents", operation_id = "documents_remove",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document")),
    responses((status = 204, description = "Set aside")))]
async fn remove(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    access.require(Permission::EditDocuments)?;
    let mut tx = state.db.begin().await?;
    store::delete(&mut tx, act(&state, &access, &Batch::new()), d, if_match.0).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A range of code points.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RangeQuery {
    /// First code point (default 0).
    start: Option<i64>,
    /// First code point after (default: the end).
    end: Option<i64>,
}

/// A document's text, or the part between two positions.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}/text", tag = "documents", operation_id = "documents_text",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document"), RangeQuery),
    responses((status = 200, content_type = "text/plain", body = String)))]
async fn text_of(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Query(range): Query<RangeQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, access.project.id, d).await?;
    let start = range.start.unwrap_or(0);
    let end = range.end.unwrap_or(document.length);
    if start < 0 || start > end || end > document.length {
        return Err(Error::invalid(
            if range.end.is_some() { "end" } else { "start" },
            Msg::new("error-range").arg("length", document.length),
        ));
    }
    let etag = format!("\"{}\"", document.sha256);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| {
            v.split(',')
                .any(|tag| tag.trim().trim_start_matches("W/") == etag)
        });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let text = store::text(&state, d, document.revision).await?;
        let part = text.range(
            u32::try_from(start).unwrap_or(u32::MAX),
            u32::try_from(end).unwrap_or(u32::MAX),
        );
        part.to_owned().into_response()
    };
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// The uploaded file, byte for byte.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}/original", tag = "documents", operation_id = "documents_original",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document")),
    responses((status = 200, content_type = "application/octet-stream", description = "The bytes that were uploaded"),
        (status = 404, description = "It was not made from a file")))]
async fn original(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, access.project.id, d).await?;
    let original = document.origin.original.or_404("thing-original")?;
    originals::download(&state, &original).await
}

/// Which blocks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BlocksQuery {
    /// Index of the first (default 0).
    from: Option<i64>,
    /// Instead of `from`: the window around this position.
    at: Option<i64>,
    /// At most so many (default 100, at most 200).
    limit: Option<i64>,
}

/// A block of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BlockJson {
    index: i64,
    /// `heading`, `paragraph`, `list_item`, `table_row` or `page_break`.
    kind: String,
    /// Depth of a heading or list item.
    level: i64,
    start: i64,
    end: i64,
    page: Option<i64>,
    /// `ltr` or `rtl`.
    dir: &'static str,
    text: String,
}

impl From<store::BlockRow> for BlockJson {
    fn from(b: store::BlockRow) -> BlockJson {
        BlockJson {
            index: b.idx,
            dir: text::direction(&b.text).as_str(),
            kind: b.kind,
            level: b.level,
            start: b.start_pos,
            end: b.end_pos,
            page: b.page,
            text: b.text,
        }
    }
}

/// A window of blocks.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlocksJson {
    items: Vec<BlockJson>,
    /// Blocks of the whole text.
    total: i64,
}

/// A document's text by blocks.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}/blocks", tag = "documents", operation_id = "documents_blocks",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document"), BlocksQuery),
    responses((status = 200, body = BlocksJson)))]
async fn blocks(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Query(query): Query<BlocksQuery>,
) -> Result<Json<BlocksJson>> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, access.project.id, d).await?;
    let limit = query.limit.unwrap_or(100).clamp(1, 200);
    let from = match query.at {
        Some(at) => {
            let index = store::block_at(&state.db, d, document.revision, at).await?;
            (index - limit / 2).min(document.block_count - limit).max(0)
        }
        None => query.from.unwrap_or(0).max(0),
    };
    let items = store::blocks(&state.db, d, document.revision, from, limit)
        .await?
        .into_iter()
        .map(BlockJson::from)
        .collect();
    Ok(Json(BlocksJson {
        items,
        total: document.block_count,
    }))
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FindQuery {
    /// Words, at most 200 characters; case, accents, letter variants and joiners do not matter.
    q: String,
}

/// A hit.
#[derive(Debug, Serialize, ToSchema)]
struct Hit {
    start: u32,
    end: u32,
}

/// Hits.
#[derive(Debug, Serialize, ToSchema)]
struct Hits {
    /// The first thousand, in order.
    items: Vec<Hit>,
    /// All of them.
    total: usize,
}

/// Finds words in one document.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}/find", tag = "documents", operation_id = "documents_find",
    params(("p" = i64, Path, description = "Project"), ("d" = i64, Path, description = "Document"), FindQuery),
    responses((status = 200, body = Hits)))]
async fn find(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Query(query): Query<FindQuery>,
) -> Result<Json<Hits>> {
    access.require(Permission::Read)?;
    let document = store::head(&state.db, access.project.id, d).await?;
    if query.q.chars().count() > LONGEST_QUERY {
        return Err(Error::invalid(
            "q",
            Msg::new("error-field-long").arg("most", LONGEST_QUERY),
        ));
    }
    let index = store::text(&state, d, document.revision).await?;
    let spans = store::block_spans(&state.db, d, document.revision).await?;
    let hits = tokio::task::spawn_blocking(move || {
        let (mut items, mut total) = (Vec::new(), 0);
        for (_, span) in spans {
            for hit in fold(index.slice(span)).find(&query.q) {
                total += 1;
                if items.len() < MOST_HITS {
                    items.push(Hit {
                        start: span.start + hit.start,
                        end: span.start + hit.end,
                    });
                }
            }
        }
        Hits { items, total }
    })
    .await?;
    Ok(Json(hits))
}
