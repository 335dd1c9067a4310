//! The codebook as JSON: codes, merge, versions and their differences, import of CSV.

use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::diff::{CodeChange, Recorded, diff};
use super::import::{self, Step};
use super::palette::{self, Color};
use super::store::{self, Codings, Hand, Merged, Use};
use super::{Code, Fields, Scale, csv};
use crate::activity::Batch;
use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::web::extract::{IfMatch, List, Paging, with_etag};
use crate::web::{AppState, Json, Path, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, patch, delete))
        .routes(routes!(merge))
        .routes(routes!(versions, publish))
        .routes(routes!(version))
        .routes(routes!(difference))
        .routes(routes!(import_csv))
}

/// A code in answers.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Code)]
pub struct CodeJson {
    /// Id.
    pub id: i64,
    /// For REFI-QDA.
    pub guid: Uuid,
    /// Id of the code above it; null at the top.
    pub parent: Option<i64>,
    /// Names from the root joined with ` > `; a name's own `>` is written `\>`.
    pub path: String,
    /// Level; 0 at the top.
    pub depth: usize,
    /// Rank among its siblings, from 0.
    pub position: usize,
    /// Name.
    pub name: String,
    /// Colour as hex (light shade).
    pub color: &'static str,
    /// The same as a number of the palette, 1 to 12.
    pub palette: u8,
    /// What it means.
    pub description: String,
    /// When to use it.
    pub use_when: String,
    /// When not to.
    pub do_not_use_when: String,
    /// Examples.
    pub examples: Vec<String>,
    /// Scale of its codings' weights.
    pub scale: Option<Scale>,
    /// False for a heading, which takes no codings.
    pub is_codable: bool,
    /// Set aside: keeps its codings and takes no new ones.
    pub retired: bool,
    /// Codings the caller may see, of coders; with `counts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codings: Option<i64>,
    /// Documents they lie in; with `counts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documents: Option<i64>,
    /// Coders who made them; with `counts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coders: Option<i64>,
    /// For `If-Match`.
    pub version: i64,
    /// Made.
    pub created_at: String,
    /// Last changed.
    pub updated_at: String,
}

impl CodeJson {
    /// A code without counts.
    pub fn of(code: Code) -> CodeJson {
        CodeJson {
            id: code.id,
            guid: code.guid,
            parent: code.parent,
            path: code.path,
            depth: code.depth,
            position: code.rank,
            name: code.name,
            color: palette::hex(code.color),
            palette: code.color,
            description: code.description,
            use_when: code.use_when,
            do_not_use_when: code.do_not_use_when,
            examples: code.examples,
            scale: code.scale,
            is_codable: code.is_codable,
            retired: code.retired_at.is_some(),
            codings: None,
            documents: None,
            coders: None,
            version: code.version,
            created_at: rfc3339(code.created_at),
            updated_at: rfc3339(code.updated_at),
        }
    }

    fn counted(self, used: Use) -> CodeJson {
        CodeJson {
            codings: Some(used.codings),
            documents: Some(used.documents),
            coders: Some(used.coders),
            ..self
        }
    }
}

/// `?counts=`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct ListQuery {
    /// Count codings, documents and coders of each code.
    #[serde(default)]
    counts: bool,
    /// At most so many rows (default 100, at most 1000).
    limit: Option<i64>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// The codebook, depth-first
#[utoipa::path(get, path = "/projects/{p}/codes", tag = "codebook", params(("p" = i64, Path, description = "Project"), ListQuery),
    responses((status = 200, body = List<CodeJson>)))]
async fn list(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<CodeJson>>> {
    let paging = Paging {
        limit: query.limit,
        cursor: query.cursor,
    };
    let codes = store::codes(&state.db, access.project.id).await?;
    // The cursor names the last code and its place, should it be gone by now.
    let start = match paging.after()?.as_slice() {
        [] => 0,
        [id, place, ..] => codes
            .iter()
            .position(|c| c.id == *id)
            .map_or_else(|| usize::try_from(*place).unwrap_or(0), |at| at + 1),
        [_] => {
            return Err(Error::BadRequest(
                "the cursor is not one this server gave".into(),
            ));
        }
    };
    let limit = usize::try_from(paging.limit()).unwrap_or(100);
    let end = (start + limit).min(codes.len());
    let next = (end < codes.len())
        .then(|| codes.get(end.saturating_sub(1)))
        .flatten()
        .map(|last| Paging::cursor(&[last.id, i64::try_from(end).unwrap_or(0)]));
    let counts = if query.counts {
        Some(store::counts(&state.db, access.project.id, &access.visibility).await?)
    } else {
        None
    };
    let items = codes
        .into_iter()
        .skip(start)
        .take(limit)
        .map(|code| {
            let id = code.id;
            let json = CodeJson::of(code);
            match &counts {
                Some(counts) => json.counted(counts.get(&id).copied().unwrap_or_default()),
                None => json,
            }
        })
        .collect();
    Ok(Json(List { items, next }))
}

/// A new code.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct NewCode {
    /// Name, unique among its siblings.
    name: String,
    /// Id of the code above it; left out: at the top.
    parent: Option<i64>,
    /// Rank among its siblings, from 0; left out: the last.
    position: Option<usize>,
    /// 1 to 12, or any hex, which becomes the palette's nearest; left out: its parent's, or the one used least.
    color: Option<Color>,
    /// What it means.
    #[serde(default)]
    description: String,
    /// When to use it.
    #[serde(default)]
    use_when: String,
    /// When not to.
    #[serde(default)]
    do_not_use_when: String,
    /// Examples.
    #[serde(default)]
    examples: Vec<String>,
    /// Scale of its codings' weights.
    scale: Option<Scale>,
    /// False for a heading.
    is_codable: Option<bool>,
}

/// Create a code
#[utoipa::path(post, path = "/projects/{p}/codes", tag = "codebook", params(("p" = i64, Path, description = "Project")),
    request_body = NewCode, responses((status = 201, body = CodeJson), (status = 422)))]
async fn create(
    State(state): State<AppState>,
    access: Access,
    Json(new): Json<NewCode>,
) -> Result<Response> {
    if !access.may_create_codes() {
        access.require(Permission::EditCodebook)?;
    }
    let batch = Batch::new();
    let hand = hand(&access, &batch, state.now());
    let color = new.color.as_ref().map(Color::number).transpose()?;
    let mut tx = state.db.begin().await?;
    let color = match color {
        Some(color) => color,
        None => {
            let codes = store::codes_in(&mut tx, hand.project).await?;
            palette::for_new(&codes, new.parent)
        }
    };
    let fields = Fields {
        name: new.name,
        color,
        description: new.description,
        use_when: new.use_when,
        do_not_use_when: new.do_not_use_when,
        examples: new.examples,
        is_codable: new.is_codable.unwrap_or(true),
        scale: new.scale,
    };
    let id = store::create(&mut tx, hand, fields, new.parent, new.position).await?;
    let code = store::code_in(&mut tx, hand.project, id).await?;
    tx.commit().await?;
    let location = format!("/api/v1/projects/{}/codes/{id}", hand.project);
    let version = code.version;
    Ok(with_etag(
        version,
        (
            StatusCode::CREATED,
            [(header::LOCATION, location)],
            Json(CodeJson::of(code)),
        ),
    ))
}

/// One code, with counts
#[utoipa::path(get, path = "/projects/{p}/codes/{c}", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), ("c" = i64, Path, description = "Code")),
    responses((status = 200, body = CodeJson), (status = 404)))]
async fn get(
    State(state): State<AppState>,
    access: Access,
    Path((_p, c)): Path<(i64, i64)>,
) -> Result<Response> {
    let code = store::code(&state.db, access.project.id, c).await?;
    let counts = store::counts(&state.db, access.project.id, &access.visibility).await?;
    let used = counts.get(&c).copied().unwrap_or_default();
    Ok(with_etag(
        code.version,
        Json(CodeJson::of(code).counted(used)),
    ))
}

/// Tells a field that is null from one that is left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// What to change; what is left out stays.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
struct CodePatch {
    /// Name.
    name: Option<String>,
    /// Move it under this code; null: to the top.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    parent: Option<Option<i64>>,
    /// Rank among its (new) siblings, from 0, counted without it.
    position: Option<usize>,
    /// 1 to 12, or hex.
    color: Option<Color>,
    /// What it means.
    description: Option<String>,
    /// When to use it.
    use_when: Option<String>,
    /// When not to.
    do_not_use_when: Option<String>,
    /// Examples.
    examples: Option<Vec<String>>,
    /// Scale of weights; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Scale>)]
    scale: Option<Option<Scale>>,
    /// False for a heading.
    is_codable: Option<bool>,
    /// True sets it aside, false brings it back.
    retired: Option<bool>,
}

/// Change, move, retire a code
#[utoipa::path(patch, path = "/projects/{p}/codes/{c}", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), ("c" = i64, Path, description = "Code")),
    request_body = CodePatch, responses((status = 200, body = CodeJson), (status = 409), (status = 422)))]
async fn patch(
    State(state): State<AppState>,
    access: Access,
    Path((_p, c)): Path<(i64, i64)>,
    if_match: IfMatch,
    Json(change): Json<CodePatch>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let batch = Batch::new();
    let hand = hand(&access, &batch, state.now());
    let color = change.color.as_ref().map(Color::number).transpose()?;
    let mut tx = state.db.begin().await?;
    let code = store::code_in(&mut tx, hand.project, c).await?;
    if !if_match.allows(code.version) {
        return Err(Error::stale(serde_json::to_value(CodeJson::of(code))?));
    }
    let old = Fields::of(&code);
    let fields = Fields {
        name: change.name.unwrap_or(old.name),
        color: color.unwrap_or(old.color),
        description: change.description.unwrap_or(old.description),
        use_when: change.use_when.unwrap_or(old.use_when),
        do_not_use_when: change.do_not_use_when.unwrap_or(old.do_not_use_when),
        examples: change.examples.unwrap_or(old.examples),
        is_codable: change.is_codable.unwrap_or(old.is_codable),
        scale: change.scale.unwrap_or(old.scale),
    };
    let parent = change.parent.unwrap_or(code.parent);
    if parent != code.parent {
        // Under its new name, or it could meet one of the same name where it goes; and the other way round where it stands.
        store::relocate(&mut tx, hand, c, fields, parent, change.position).await?;
    } else {
        store::update(&mut tx, hand, c, fields).await?;
        if change.position.is_some() {
            store::move_to(&mut tx, hand, c, parent, change.position).await?;
        }
    }
    if let Some(retired) = change.retired {
        store::set_retired(&mut tx, hand, c, retired).await?;
    }
    let code = store::code_in(&mut tx, hand.project, c).await?;
    tx.commit().await?;
    Ok(with_etag(code.version, Json(CodeJson::of(code))))
}

/// What becomes of the codings.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct DeleteQuery {
    /// `delete`: they go with the code.
    codings: Option<String>,
    /// Id of the code that gets them.
    move_to: Option<i64>,
}

/// Delete a code and all under it
///
/// 409 `code-in-use` with the number of codings and coders, unless it is said what becomes of the codings.
#[utoipa::path(delete, path = "/projects/{p}/codes/{c}", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), ("c" = i64, Path, description = "Code"), DeleteQuery),
    responses((status = 204), (status = 409), (status = 422)))]
async fn delete(
    State(state): State<AppState>,
    access: Access,
    Path((_p, c)): Path<(i64, i64)>,
    if_match: IfMatch,
    Query(query): Query<DeleteQuery>,
) -> Result<StatusCode> {
    access.require(Permission::EditCodebook)?;
    let codings = match (query.codings.as_deref(), query.move_to) {
        (_, Some(into)) => Codings::MoveTo(into),
        (Some("delete"), None) => Codings::Delete,
        (None, None) => Codings::Refuse,
        (Some(_), None) => return Err(Error::invalid("codings", "codebook-error-codings-how")),
    };
    let batch = Batch::new();
    let hand = hand(&access, &batch, state.now());
    let mut tx = state.db.begin().await?;
    let code = store::code_in(&mut tx, hand.project, c).await?;
    if !if_match.allows(code.version) {
        return Err(Error::stale(serde_json::to_value(CodeJson::of(code))?));
    }
    store::delete(&mut tx, hand, c, codings).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The code to merge into.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct MergeInto {
    /// Its id.
    into: i64,
}

/// The code that is left, and what was done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MergeAnswer {
    #[serde(flatten)]
    code: CodeJson,
    /// What moved.
    merged: Merged,
}

/// Merge a code into another
///
/// Codings, children and examples move; a coding that overlaps one of the same coder with the other code becomes one with it.
#[utoipa::path(post, path = "/projects/{p}/codes/{c}/merge", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), ("c" = i64, Path, description = "Code")),
    request_body = MergeInto, responses((status = 200, body = MergeAnswer), (status = 409), (status = 422)))]
async fn merge(
    State(state): State<AppState>,
    access: Access,
    Path((_p, c)): Path<(i64, i64)>,
    Json(body): Json<MergeInto>,
) -> Result<Response> {
    access.require(Permission::EditCodebook)?;
    let batch = Batch::new();
    let hand = hand(&access, &batch, state.now());
    let mut tx = state.db.begin().await?;
    let merged = store::merge(&mut tx, hand, c, body.into).await?;
    let code = store::code_in(&mut tx, hand.project, body.into).await?;
    tx.commit().await?;
    Ok(with_etag(
        code.version,
        Json(MergeAnswer {
            code: CodeJson::of(code),
            merged,
        }),
    ))
}

/// A published version.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct VersionJson {
    /// From 1.
    number: i64,
    /// What changed and why.
    note: String,
    /// Who published it.
    published_by: Person,
    /// When.
    published_at: String,
    /// Its codes; only where one version is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    codes: Option<Vec<Recorded>>,
}

/// Somebody.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CodebookPerson)]
struct Person {
    /// User id.
    id: i64,
    /// Name.
    name: String,
}

impl VersionJson {
    fn of(version: store::Version, codes: Option<Vec<Recorded>>) -> VersionJson {
        VersionJson {
            number: version.number,
            note: version.note,
            published_by: Person {
                id: version.published_by,
                name: version.publisher,
            },
            published_at: rfc3339(version.published_at),
            codes,
        }
    }
}

/// Published versions, newest first
#[utoipa::path(get, path = "/projects/{p}/codebook/versions", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), Paging), responses((status = 200, body = List<VersionJson>)))]
async fn versions(
    State(state): State<AppState>,
    access: Access,
    Query(paging): Query<Paging>,
) -> Result<Json<List<VersionJson>>> {
    let after = paging.after()?.first().copied().unwrap_or(i64::MAX);
    let limit = usize::try_from(paging.limit()).unwrap_or(100);
    let mut rows: Vec<_> = store::versions(&state.db, access.project.id)
        .await?
        .into_iter()
        .filter(|v| v.number < after)
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|v| Paging::cursor(&[v.number]));
    let items = rows.into_iter().map(|v| VersionJson::of(v, None)).collect();
    Ok(Json(List { items, next }))
}

/// What to publish it with.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct NewVersion {
    /// What changed and why.
    #[serde(default)]
    note: String,
}

/// Publish the codebook as it is
#[utoipa::path(post, path = "/projects/{p}/codebook/versions", tag = "codebook",
    params(("p" = i64, Path, description = "Project")), request_body = NewVersion,
    responses((status = 201, body = VersionJson), (status = 422)))]
async fn publish(
    State(state): State<AppState>,
    access: Access,
    Json(new): Json<NewVersion>,
) -> Result<(StatusCode, Json<VersionJson>)> {
    access.require(Permission::EditCodebook)?;
    let batch = Batch::new();
    let hand = hand(&access, &batch, state.now());
    let mut tx = state.db.begin().await?;
    let number = store::publish(&mut tx, hand, &new.note).await?;
    tx.commit().await?;
    let (version, codes) = store::version(&state.db, hand.project, number).await?;
    Ok((
        StatusCode::CREATED,
        Json(VersionJson::of(version, Some(codes))),
    ))
}

/// One version with its codes
#[utoipa::path(get, path = "/projects/{p}/codebook/versions/{n}", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), ("n" = i64, Path, description = "Number of the version")),
    responses((status = 200, body = VersionJson), (status = 404)))]
async fn version(
    State(state): State<AppState>,
    access: Access,
    Path((_p, n)): Path<(i64, i64)>,
) -> Result<Response> {
    let (version, codes) = store::version(&state.db, access.project.id, n).await?;
    Ok(with_etag(
        version.number,
        Json(VersionJson::of(version, Some(codes))),
    ))
}

/// Which versions to compare.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct DiffQuery {
    /// The older version; left out: the newest published one. 0 is the empty codebook.
    from: Option<i64>,
    /// The newer version; left out: the codebook as it is now.
    to: Option<i64>,
}

/// What changed between two states of the codebook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Difference {
    /// The older version.
    from: i64,
    /// The newer version; null: the codebook as it is now.
    to: Option<i64>,
    /// Code by code.
    changes: Vec<CodeChange>,
}

/// The codes of a version; none for 0, those of now without a number.
pub async fn state_of(
    state: &AppState,
    project: i64,
    number: Option<i64>,
) -> Result<Vec<Recorded>> {
    match number {
        Some(0) => Ok(Vec::new()),
        Some(number) => Ok(store::version(&state.db, project, number).await?.1),
        None => Ok(store::codes(&state.db, project)
            .await?
            .iter()
            .map(Recorded::of)
            .collect()),
    }
}

/// Compare two versions, or a version with the codebook as it is now
#[utoipa::path(get, path = "/projects/{p}/codebook/diff", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), DiffQuery), responses((status = 200, body = Difference), (status = 404)))]
async fn difference(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<DiffQuery>,
) -> Result<Json<Difference>> {
    let project = access.project.id;
    let from = match query.from {
        Some(from) => from,
        None => store::latest_version(&state.db, project).await?,
    };
    let old = state_of(&state, project, Some(from)).await?;
    let new = state_of(&state, project, query.to).await?;
    Ok(Json(Difference {
        from,
        to: query.to,
        changes: diff(&old, &new),
    }))
}

/// `?preview=true`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct ImportQuery {
    /// Only say what would be done.
    #[serde(default)]
    preview: bool,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ImportAnswer {
    /// True: nothing was done.
    preview: bool,
    /// Codes created.
    created: usize,
    /// Codes changed.
    changed: usize,
    /// Codes that were already as the file says.
    unchanged: usize,
    /// Codes that the file does not name; they stay as they are.
    untouched: usize,
    /// Columns of the file that mean nothing here.
    ignored_columns: Vec<String>,
    /// Code by code.
    items: Vec<Step>,
}

/// Import a codebook from CSV
///
/// The body is the file (`text/csv`), or a form with it in the field `file`. All or nothing.
#[utoipa::path(post, path = "/projects/{p}/codebook/import", tag = "codebook",
    params(("p" = i64, Path, description = "Project"), ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportAnswer), (status = 415), (status = 422)))]
async fn import_csv(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<ImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<ImportAnswer>> {
    access.require(Permission::EditCodebook)?;
    let bytes = file_of(&state, &headers, request).await?;
    let sheet = csv::read(&bytes)?;
    let plan = if query.preview {
        let codes = store::codes(&state.db, access.project.id).await?;
        import::plan(&codes, &sheet)
    } else {
        let batch = Batch::new();
        let hand = hand(&access, &batch, state.now());
        let mut tx = state.db.begin().await?;
        let plan = import::apply(&mut tx, hand, &sheet).await?;
        tx.commit().await?;
        plan
    };
    Ok(Json(ImportAnswer {
        preview: query.preview,
        created: plan.created(),
        changed: plan.changed(),
        unchanged: plan.same(),
        untouched: plan.untouched,
        ignored_columns: sheet.ignored,
        items: plan.steps,
    }))
}

/// The file in a body: the body itself, or the first part of a form that has a file name.
async fn file_of(state: &AppState, headers: &HeaderMap, request: Request) -> Result<Vec<u8>> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_lowercase();
    if kind.starts_with("multipart/form-data") {
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|e| Error::BadRequest(e.body_text()))?;
        while let Some(part) = form.next_field().await.map_err(form_error)? {
            if part.name() == Some("file") {
                return Ok(part.bytes().await.map_err(form_error)?.to_vec());
            }
        }
        return Err(Error::invalid("file", "codebook-error-csv-none"));
    }
    let accepted = [
        "text/csv",
        "text/plain",
        "application/csv",
        "application/octet-stream",
    ];
    if !kind.is_empty() && !accepted.iter().any(|a| kind.starts_with(a)) {
        return Err(Error::Unsupported("codebook-error-csv-type".into()));
    }
    axum::body::Bytes::from_request(request, state)
        .await
        .map(|bytes| bytes.to_vec())
        .map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("error-body-too-large".into()),
            _ => Error::BadRequest("the body cannot be read".to_owned()),
        })
}

pub(super) fn form_error(e: axum::extract::multipart::MultipartError) -> Error {
    if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge("error-body-too-large".into())
    } else {
        Error::BadRequest(e.body_text())
    }
}

/// The caller's hand on her project.
pub(super) fn hand<'a>(access: &Access, batch: &'a Batch, now: i64) -> Hand<'a> {
    Hand {
        project: access.project.id,
        actor: access.user.id,
        batch,
        now,
    }
}
