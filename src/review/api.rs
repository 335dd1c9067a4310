//! Comments as JSON: threads on a coding, a passage, a document or a code.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, CommentRow, CommentSnapshot, Which};
use crate::activity::snapshots::Person;
use crate::activity::{self, Batch, Change};
use crate::error::{Error, OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::web::extract::{IfMatch, List, Paging, with_etag};
use crate::web::{AppState, Json, Path, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(index, create))
        .routes(routes!(show, update, delete))
}

/// Longest comment, in code points.
const LONGEST: usize = 20_000;

/// What a comment is about.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CommentSubject)]
pub struct Subject {
    /// `coding`, `passage`, `document` or `code`.
    pub kind: String,
    /// Its id; a passage's is its document.
    pub id: i64,
    /// A passage's first code point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// The code point after its last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<i64>,
}

/// A comment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Comment {
    /// Id.
    pub id: i64,
    /// What it is about.
    pub subject: Subject,
    /// The document it stands in.
    pub document: Option<i64>,
    /// A passage's first code point, as in `subject`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// The code point after its last, as in `subject`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<i64>,
    /// Who wrote it.
    pub author: Person,
    /// Whether that is the caller.
    pub mine: bool,
    /// What she wrote.
    pub text: String,
    /// The comment it answers.
    pub reply_to: Option<i64>,
    /// Counts its changes.
    pub version: i64,
    /// Written.
    pub created_at: String,
    /// Last changed.
    pub updated_at: String,
}

fn answer(row: CommentSnapshot, author: String, me: i64) -> Comment {
    Comment {
        id: row.id,
        subject: Subject {
            kind: row.subject_kind,
            id: row.subject_id,
            start: row.start_pos,
            end: row.end_pos,
        },
        document: row.document_id,
        start: row.start_pos,
        end: row.end_pos,
        mine: row.author_id == me,
        author: Person {
            id: row.author_id,
            name: author,
        },
        text: row.text,
        reply_to: row.reply_to,
        version: row.version,
        created_at: crate::clock::rfc3339(row.created_at),
        updated_at: crate::clock::rfc3339(row.updated_at),
    }
}

fn of_row(row: CommentRow, me: i64) -> Comment {
    answer(row.comment, row.author_name, me)
}

/// Which comments to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct ListQuery {
    /// `KIND:ID`, e.g. `coding:17`; `passage:ID` is every passage of that document.
    subject: Option<String>,
    /// Everything that stands in a document.
    document: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn check_kind(kind: &str) -> Result<()> {
    if matches!(kind, "coding" | "passage" | "document" | "code") {
        Ok(())
    } else {
        Err(Error::invalid("subject", "comment-error-subject"))
    }
}

fn check_text(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("text", "comment-error-empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::invalid("text", "comment-error-long"));
    }
    Ok(text.to_owned())
}

/// Comments, oldest first.
#[utoipa::path(get, path = "/projects/{p}/comments", tag = "comments", params(("p" = i64, Path), ListQuery),
    responses((status = 200, body = List<Comment>)))]
async fn index(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<Comment>>> {
    access.require(Permission::Read)?;
    let paging = Paging {
        limit: query.limit,
        cursor: query.cursor,
    };
    let mut which = Which {
        document: query.document,
        after: paging.after()?.first().copied().unwrap_or(0),
        ..Which::default()
    };
    if let Some(subject) = query.subject.as_deref().filter(|s| !s.is_empty()) {
        let (kind, id) = subject
            .split_once(':')
            .ok_or_else(|| Error::invalid("subject", "comment-error-subject"))?;
        check_kind(kind)?;
        which.kind = Some(kind.to_owned());
        which.subject = Some(
            id.parse()
                .map_err(|_| Error::invalid("subject", "comment-error-subject"))?,
        );
    }
    let limit = paging.limit();
    let mut rows = store::comments(&state.db, &access.visibility, p, &which, limit + 1).await?;
    let more = i64::try_from(rows.len()).unwrap_or(0) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let next = rows
        .last()
        .filter(|_| more)
        .map(|r| Paging::cursor(&[r.comment.id]));
    Ok(Json(List {
        items: rows
            .into_iter()
            .map(|r| of_row(r, access.user.id))
            .collect(),
        next,
    }))
}

/// A new comment.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct NewComment {
    subject: Subject,
    text: String,
    /// The comment it answers, of the same subject.
    reply_to: Option<i64>,
}

/// Says something to colleagues.
#[utoipa::path(post, path = "/projects/{p}/comments", tag = "comments", params(("p" = i64, Path)), request_body = NewComment,
    responses((status = 201, body = Comment)))]
async fn create(
    State(state): State<AppState>,
    access: Access,
    Path(p): Path<i64>,
    Json(new): Json<NewComment>,
) -> Result<Response> {
    access.require(Permission::Comment)?;
    check_kind(&new.subject.kind)?;
    let text = check_text(&new.text)?;
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let document = store::place_of(
        &mut tx,
        &access.visibility,
        p,
        &new.subject.kind,
        new.subject.id,
    )
    .await?
    .ok_or_else(|| Error::invalid("subject", "comment-error-gone"))?;
    let mut range = (None, None);
    if new.subject.kind == "passage" {
        let length = store::length(&mut tx, new.subject.id).await?;
        match (new.subject.start, new.subject.end) {
            (Some(start), Some(end)) if 0 <= start && start < end && end <= length => {
                range = (Some(start), Some(end));
            }
            _ => return Err(Error::invalid("subject", "comment-error-range")),
        }
    }
    let mut thread = None;
    if let Some(reply_to) = new.reply_to {
        let parent = store::snapshot(&mut tx, p, reply_to)
            .await?
            .filter(|c| c.deleted_at.is_none())
            .filter(|c| c.subject_kind == new.subject.kind && c.subject_id == new.subject.id)
            .ok_or_else(|| Error::invalid("reply_to", "comment-error-reply"))?;
        // Threads are one answer deep; an answer stands where what it answers stands.
        thread = Some(parent.reply_to.unwrap_or(parent.id));
        if new.subject.kind == "passage" {
            range = (parent.start_pos, parent.end_pos);
        }
    }
    let mut comment = CommentSnapshot {
        id: 0,
        subject_kind: new.subject.kind,
        subject_id: new.subject.id,
        document_id: document,
        start_pos: range.0,
        end_pos: range.1,
        reply_to: thread,
        author_id: access.user.id,
        text,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    comment.id = store::insert(&mut tx, p, &comment).await?;
    log(&mut tx, &access, "create", None, Some(&comment), now).await?;
    tx.commit().await?;
    let body = answer(comment, access.user.name.clone(), access.user.id);
    Ok((StatusCode::CREATED, with_etag(1, Json(body))).into_response())
}

async fn log(
    tx: &mut crate::db::Tx,
    access: &Access,
    verb: &'static str,
    before: Option<&CommentSnapshot>,
    after: Option<&CommentSnapshot>,
    now: i64,
) -> Result<()> {
    let subject = after.or(before);
    let before_json = match before {
        Some(comment) => Some(store::event(tx, comment).await?),
        None => None,
    };
    let after_json = match after {
        Some(comment) => Some(store::event(tx, comment).await?),
        None => None,
    };
    activity::store::append(
        tx,
        &Batch::new(),
        Change {
            project: access.project.id,
            actor: access.user.id,
            verb,
            kind: "comment",
            id: subject.map_or(0, |c| c.id),
            document: subject.and_then(|c| c.document_id),
            before: before_json,
            after: after_json,
        },
        now,
    )
    .await?;
    Ok(())
}

async fn one(state: &AppState, access: &Access, id: i64) -> Result<CommentRow> {
    let which = Which {
        id: Some(id),
        ..Which::default()
    };
    store::comments(&state.db, &access.visibility, access.project.id, &which, 1)
        .await?
        .pop()
        .or_404("thing-comment")
}

/// One comment.
#[utoipa::path(get, path = "/projects/{p}/comments/{id}", tag = "comments", params(("p" = i64, Path), ("id" = i64, Path)),
    responses((status = 200, body = Comment)))]
async fn show(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let row = one(&state, &access, id).await?;
    let version = row.comment.version;
    Ok(with_etag(version, Json(of_row(row, access.user.id))))
}

/// Other words for a comment.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct CommentPatch {
    text: String,
}

/// Says it better; one's own only.
#[utoipa::path(patch, path = "/projects/{p}/comments/{id}", tag = "comments", params(("p" = i64, Path), ("id" = i64, Path)),
    request_body = CommentPatch, responses((status = 200, body = Comment)))]
async fn update(
    State(state): State<AppState>,
    access: Access,
    Path((p, id)): Path<(i64, i64)>,
    if_match: IfMatch,
    Json(patch): Json<CommentPatch>,
) -> Result<Response> {
    access.require(Permission::Comment)?;
    let row = one(&state, &access, id).await?;
    if row.comment.author_id != access.user.id {
        return Err(Error::forbidden("comment-error-not-yours"));
    }
    let text = check_text(&patch.text)?;
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let before = store::snapshot(&mut tx, p, id)
        .await?
        .filter(|c| c.deleted_at.is_none())
        .or_404("thing-comment")?;
    if !if_match.allows(before.version) {
        return Err(Error::stale(serde_json::to_value(answer(
            before,
            row.author_name,
            access.user.id,
        ))?));
    }
    let mut after = before.clone();
    after.text = text;
    after.version += 1;
    after.updated_at = now;
    store::update(&mut tx, &after).await?;
    log(&mut tx, &access, "update", Some(&before), Some(&after), now).await?;
    tx.commit().await?;
    let version = after.version;
    Ok(with_etag(
        version,
        Json(answer(after, row.author_name, access.user.id)),
    ))
}

/// Takes a comment away: one's own, or any as a lead, on the record.
#[utoipa::path(delete, path = "/projects/{p}/comments/{id}", tag = "comments", params(("p" = i64, Path), ("id" = i64, Path)),
    responses((status = 204)))]
async fn delete(
    State(state): State<AppState>,
    access: Access,
    Path((p, id)): Path<(i64, i64)>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    access.require(Permission::Comment)?;
    let row = one(&state, &access, id).await?;
    if row.comment.author_id != access.user.id && !access.may(Permission::EditAnyCoding) {
        return Err(Error::forbidden("comment-error-not-yours"));
    }
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let before = store::snapshot(&mut tx, p, id)
        .await?
        .filter(|c| c.deleted_at.is_none())
        .or_404("thing-comment")?;
    if !if_match.allows(before.version) {
        return Err(Error::stale(serde_json::Value::Null));
    }
    let mut after = before.clone();
    after.deleted_at = Some(now);
    after.version += 1;
    after.updated_at = now;
    store::update(&mut tx, &after).await?;
    log(&mut tx, &access, "delete", Some(&before), None, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
