//! Codings as JSON.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json_;
use serde_json::value::RawValue;
use std::collections::{BTreeSet, HashMap};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, Desk, list, texts};
use super::{Added, CodeFacts, Filter, MOST_AT_ONCE, Outcome, Plan, check_memo, check_range};
use crate::activity::snapshots::{Coding, CodingSnapshot, Person};
use crate::activity::{self, Batch};
use crate::db::Tx;
use crate::error::{Error, FieldError, OrNotFound, Result};
use crate::i18n::Msg;
use crate::projects::{Access, Permission};
use crate::text::Span;
use crate::web::extract::{IfMatch, List, Paging, with_etag};
use crate::web::idempotency;
use crate::web::{AppState, Json, Path, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(index, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(history))
        .routes(routes!(map))
        .routes(routes!(pins))
}

/// One new coding.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
pub struct NewCoding {
    /// Document.
    #[schema(required)]
    pub document: Option<i64>,
    /// Code.
    #[schema(required)]
    pub code: Option<i64>,
    /// First code point.
    #[schema(required)]
    pub start: Option<i64>,
    /// The code point after the last.
    #[schema(required)]
    pub end: Option<i64>,
    /// Memo.
    pub memo: Option<String>,
    /// Weight on the code's scale.
    pub weight: Option<f64>,
    /// False leaves a passage that overlaps an own one with the same code by itself.
    pub merge: Option<bool>,
}

/// One coding, or many under `items`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct NewCodings {
    /// Up to 10,000, all or nothing.
    pub items: Option<Vec<NewCoding>>,
    /// The one.
    #[serde(flatten)]
    pub one: NewCoding,
}

/// `?from=&to=` beside the common filters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct ListQuery {
    limit: Option<i64>,
    cursor: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
    document: Option<String>,
    #[serde(rename = "type")]
    #[param(rename = "type")]
    doc_type: Option<String>,
    case: Option<String>,
    language: Option<String>,
    date_from: Option<String>,
    date_to: Option<String>,
    code: Option<String>,
    coder: Option<String>,
    layer: Option<String>,
    round: Option<String>,
}

fn json_text(status: StatusCode, text: String) -> Response {
    (
        status,
        [(axum::http::header::CONTENT_TYPE, "application/json")],
        text,
    )
        .into_response()
}

/// Codings in the order of document, start and id.
#[utoipa::path(get, path = "/projects/{p}/codings", tag = "codings", operation_id = "codings_list", params(("p" = i64, Path), ListQuery),
    responses((status = 200, body = List<Coding>)))]
async fn index(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let paging = Paging {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filter = Filter {
        document: query.document,
        doc_type: query.doc_type,
        case: query.case,
        language: query.language,
        date_from: query.date_from,
        date_to: query.date_to,
        code: query.code,
        coder: query.coder,
        layer: query.layer,
        round: query.round,
    };
    let stretch = list::Stretch {
        from: query.from,
        to: query.to,
    };
    let page = list::page(
        &state.db,
        &access.visibility,
        access.project.id,
        &filter,
        stretch,
        &paging.after()?,
        paging.limit(),
    )
    .await?;
    let next = serde_json::to_string(&page.next.map(|keys| Paging::cursor(&keys)))?;
    Ok(json_text(
        StatusCode::OK,
        format!(r#"{{"items":{},"next":{next}}}"#, page.items),
    ))
}

/// Codes a passage, or many: 201 for a new coding, 200 for one that was there or was extended.
#[utoipa::path(post, path = "/projects/{p}/codings", tag = "codings", operation_id = "codings_create", params(("p" = i64, Path)), request_body = NewCodings,
    responses((status = 201, body = Coding), (status = 200, body = Coding), (status = 422)))]
async fn create(
    State(state): State<AppState>,
    access: Access,
    key: Option<Extension<idempotency::Key>>,
    Json(body): Json<NewCodings>,
) -> Result<Response> {
    access.require(Permission::Code)?;
    // A text that was corrected between the look at it and the write is looked at again.
    for _ in 0..3 {
        let attempt = match &body.items {
            None => create_one(&state, &access, key.clone(), &body.one).await?,
            Some(items) => create_many(&state, &access, key.clone(), items).await?,
        };
        if let Some(response) = attempt {
            return Ok(response);
        }
    }
    Err(Error::Conflict {
        slug: "text-changed",
        message: "coding-error-text-changed".into(),
        current: Json_::Null,
    })
}

fn required(field: &'static str, value: Option<i64>) -> Result<i64, FieldError> {
    value.ok_or_else(|| FieldError::new(field, "coding-error-missing"))
}

fn desk(state: &AppState, access: &Access) -> Desk {
    Desk {
        project: access.project.id,
        actor: access.user.id,
        now: state.now(),
    }
}

fn one_invalid(error: FieldError) -> Error {
    Error::Invalid(vec![error])
}

async fn create_one(
    state: &AppState,
    access: &Access,
    key: Option<Extension<idempotency::Key>>,
    new: &NewCoding,
) -> Result<Option<Response>> {
    let desk = desk(state, access);
    let document = required("document", new.document).map_err(one_invalid)?;
    let code = required("code", new.code).map_err(one_invalid)?;
    let memo = check_memo(new.memo.clone()).map_err(one_invalid)?;
    let text = texts::recent(state, desk.project, document)
        .await?
        .ok_or_else(|| Error::invalid("document", "coding-error-document"))?;
    let span = match check_range(&text.index, new.start, new.end) {
        Ok(span) => span,
        Err(error) => {
            // Perhaps only the text at hand is an old one.
            let now = texts::current(state, desk.project, document).await?;
            if now.is_some_and(|t| t.revision != text.revision) {
                return Ok(None);
            }
            return Err(one_invalid(error));
        }
    };
    let mut tx = state.db.begin().await?;
    activity::store::take_turn(&mut tx, desk.project).await?;
    let (facts, code_facts, overlaps) = store::facts(&mut tx, desk, document, code, span).await?;
    let facts = facts.ok_or_else(|| Error::invalid("document", "coding-error-document"))?;
    if facts.revision != text.revision {
        drop(tx);
        texts::current(state, desk.project, document).await?;
        return Ok(None);
    }
    let code_facts = code_facts.ok_or_else(|| Error::invalid("code", "coding-error-code"))?;
    code_facts.check().map_err(one_invalid)?;
    code_facts.check_weight(new.weight).map_err(one_invalid)?;
    let own = if overlaps {
        store::own(&mut tx, document, desk.actor, Some(code)).await?
    } else {
        Vec::new()
    };
    let mut plan = Plan::new(own);
    let mut coding = store::blank(desk, document, code, &facts);
    coding.memo = memo;
    coding.weight = new.weight;
    let added = plan.add(coding, span, new.merge.unwrap_or(true));
    let batch = Batch::new();
    store::write_plan(&mut tx, desk, &batch, &mut plan, true, |_| {
        Some(text.index.as_ref())
    })
    .await?;
    if added.outcome == Outcome::Created {
        store::begin_assignment(&mut tx, desk, &batch, document, facts.assignment.as_deref())
            .await?;
    }
    let (status, coding) = outcome(&plan, &added, &access.user.name);
    let version = coding.version;
    let body = serde_json::to_string(&coding)?;
    let response = idempotency::finish(tx, key, status, body, desk.now).await?;
    Ok(Some(with_etag(version, response)))
}

/// The answer to one new passage.
fn outcome(plan: &Plan, added: &Added, name: &str) -> (StatusCode, Coding) {
    let entry = plan.standing(added.entry);
    let mut coding = plan.entries()[entry].after.clone().answer(name.to_owned());
    if added.outcome == Outcome::Created && entry == added.entry {
        return (StatusCode::CREATED, coding);
    }
    if added.outcome == Outcome::United {
        let ids: BTreeSet<i64> = added
            .joined
            .iter()
            .filter_map(|&i| plan.entries()[i].before.as_ref())
            .map(|before| before.id)
            .collect();
        coding.merged = Some(ids.into_iter().collect());
    }
    (StatusCode::OK, coding)
}

#[derive(Serialize)]
struct Made {
    items: Vec<Coding>,
}

async fn create_many(
    state: &AppState,
    access: &Access,
    key: Option<Extension<idempotency::Key>>,
    items: &[NewCoding],
) -> Result<Option<Response>> {
    if items.is_empty() {
        return Err(Error::invalid("items", "coding-error-nothing"));
    }
    if items.len() > MOST_AT_ONCE {
        return Err(Error::invalid(
            "items",
            Msg::new("coding-error-too-many").arg("most", MOST_AT_ONCE),
        ));
    }
    let desk = desk(state, access);
    let mut at_hand: HashMap<i64, texts::Text> = HashMap::new();
    for document in items.iter().filter_map(|i| i.document) {
        if let std::collections::hash_map::Entry::Vacant(slot) = at_hand.entry(document)
            && let Some(text) = texts::current(state, desk.project, document).await?
        {
            slot.insert(text);
        }
    }
    let mut errors = Vec::new();
    /// Document, code, passage and memo of an item that is right.
    type Checked = Option<(i64, i64, Span, Option<String>)>;
    let mut checked: Vec<Checked> = Vec::new();
    for (i, new) in items.iter().enumerate() {
        let outcome = (|| {
            let document = required("document", new.document)?;
            let code = required("code", new.code)?;
            let text = at_hand
                .get(&document)
                .ok_or_else(|| FieldError::new("document", "coding-error-document"))?;
            let span = check_range(&text.index, new.start, new.end)?;
            Ok((document, code, span, check_memo(new.memo.clone())?))
        })();
        checked.push(note(&mut errors, i, outcome));
    }
    let mut tx = state.db.begin().await?;
    activity::store::take_turn(&mut tx, desk.project).await?;
    let mut documents = HashMap::new();
    let mut own = Vec::new();
    for (&document, text) in &at_hand {
        let Some(facts) = store::document_facts(&mut tx, desk, document).await? else {
            return Err(Error::invalid("document", "coding-error-document"));
        };
        if facts.revision != text.revision {
            return Ok(None);
        }
        own.extend(store::own(&mut tx, document, desk.actor, None).await?);
        documents.insert(document, facts);
    }
    own.sort_by_key(|c| c.id);
    let mut codes: HashMap<i64, Option<CodeFacts>> = HashMap::new();
    let mut plan = Plan::new(own);
    let mut added = Vec::new();
    for (i, new) in items.iter().enumerate() {
        let Some((document, code, span, memo)) = checked[i].take() else {
            continue;
        };
        if let std::collections::hash_map::Entry::Vacant(slot) = codes.entry(code) {
            slot.insert(store::code(&mut tx, desk.project, code).await?);
        }
        let usable = match codes.get(&code).and_then(Option::as_ref) {
            None => Err(FieldError::new("code", "coding-error-code")),
            Some(facts) => facts.check().and_then(|()| facts.check_weight(new.weight)),
        };
        if note(&mut errors, i, usable).is_none() {
            continue;
        }
        let mut coding = store::blank(desk, document, code, &documents[&document]);
        coding.memo = memo;
        coding.weight = new.weight;
        added.push(plan.add(coding, span, new.merge.unwrap_or(true)));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let batch = Batch::new();
    store::write_plan(&mut tx, desk, &batch, &mut plan, true, |d| {
        at_hand.get(&d).map(|t| t.index.as_ref())
    })
    .await?;
    let begun: BTreeSet<i64> = plan
        .entries()
        .iter()
        .filter(|e| e.is_new())
        .map(|e| e.after.document_id)
        .collect();
    for document in begun {
        let state = documents[&document].assignment.as_deref();
        store::begin_assignment(&mut tx, desk, &batch, document, state).await?;
    }
    let items: Vec<Coding> = added
        .iter()
        .map(|a| outcome(&plan, a, &access.user.name).1)
        .collect();
    let body = serde_json::to_string(&Made { items })?;
    idempotency::finish(tx, key, StatusCode::CREATED, body, desk.now)
        .await
        .map(Some)
}

/// Most errors that are answered about one request.
const MOST_ERRORS: usize = 100;

/// The value, or its error noted under its place in `items`.
fn note<T>(errors: &mut Vec<FieldError>, i: usize, outcome: Result<T, FieldError>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(mut error) => {
            if errors.len() < MOST_ERRORS {
                error.field = format!("items[{i}].{}", error.field);
                errors.push(error);
            }
            None
        }
    }
}

/// One coding.
#[utoipa::path(get, path = "/projects/{p}/codings/{id}", tag = "codings", operation_id = "codings_get", params(("p" = i64, Path), ("id" = i64, Path)),
    responses((status = 200, body = Coding), (status = 404)))]
async fn show(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let coding = list::one(&state.db, &access.visibility, access.project.id, id)
        .await?
        .or_404("thing-coding")?;
    Ok(with_etag(coding.version, Json(coding)))
}

/// What a coder can change about a coding; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Changes {
    /// First code point.
    pub start: Option<i64>,
    /// The code point after the last.
    pub end: Option<i64>,
    /// Code.
    pub code: Option<i64>,
    /// Memo; null takes it away.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub memo: Option<Option<String>>,
    /// Weight; null takes it away.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<f64>)]
    pub weight: Option<Option<f64>>,
    /// False leaves overlaps with own passages of the same code as they are.
    pub merge: Option<bool>,
}

/// Tells null from nothing.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The coding that the caller may change, or why not.
async fn changeable(
    tx: &mut Tx,
    access: &Access,
    id: i64,
    if_match: IfMatch,
) -> Result<(CodingSnapshot, String)> {
    let coding = store::find(tx, &access.visibility, access.project.id, id)
        .await?
        .or_404("thing-coding")?;
    let own = coding.coder_id == access.user.id && coding.layer == "coder";
    if own {
        access.require(Permission::Code)?;
    } else if !access.may(Permission::EditAnyCoding) {
        access.require(Permission::Code)?;
        return Err(Error::forbidden("coding-error-not-yours"));
    }
    let name = store::name_of(tx, coding.coder_id).await?;
    if !if_match.allows(coding.version) {
        return Err(Error::stale(serde_json::to_value(coding.answer(name))?));
    }
    Ok((coding, name))
}

/// Moves the boundaries, changes code, memo or weight. A passage that comes to overlap another of the coder's with the
/// same code swallows it.
#[utoipa::path(patch, path = "/projects/{p}/codings/{id}", tag = "codings", operation_id = "codings_change", params(("p" = i64, Path), ("id" = i64, Path)),
    request_body = Changes, responses((status = 200, body = Coding), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn update(
    State(state): State<AppState>,
    access: Access,
    if_match: IfMatch,
    key: Option<Extension<idempotency::Key>>,
    Path((_p, id)): Path<(i64, i64)>,
    Json(changes): Json<Changes>,
) -> Result<Response> {
    let desk = desk(&state, &access);
    let seen = list::one(&state.db, &access.visibility, desk.project, id)
        .await?
        .or_404("thing-coding")?;
    let text = texts::current(&state, desk.project, seen.document)
        .await?
        .or_404("thing-document")?;
    let mut tx = state.db.begin().await?;
    activity::store::take_turn(&mut tx, desk.project).await?;
    let (before, name) = changeable(&mut tx, &access, id, if_match).await?;
    if before.revision != text.revision || before.document_id != seen.document {
        return Err(Error::Conflict {
            slug: "text-changed",
            message: "coding-error-text-changed".into(),
            current: Json_::Null,
        });
    }
    let span = check_range(
        &text.index,
        changes.start.or(Some(before.start_pos)),
        changes.end.or(Some(before.end_pos)),
    )
    .map_err(one_invalid)?;
    let mut after = before.clone();
    if let Some(memo) = changes.memo {
        after.memo = check_memo(memo).map_err(one_invalid)?;
    }
    let recoded = changes.code.filter(|code| *code != before.code_id);
    if recoded.is_some() || changes.weight.is_some() {
        let code = recoded.unwrap_or(before.code_id);
        let facts = store::code(&mut tx, desk.project, code)
            .await?
            .ok_or_else(|| Error::invalid("code", "coding-error-code"))?;
        if recoded.is_some() {
            facts.check().map_err(one_invalid)?;
            after.code_id = code;
            // A weight means nothing on another scale.
            after.weight = after
                .weight
                .filter(|w| facts.check_weight(Some(*w)).is_ok());
        }
        if let Some(weight) = changes.weight {
            facts.check_weight(weight).map_err(one_invalid)?;
            after.weight = weight;
        }
    }
    let mut own = if before.layer == "coder" {
        store::own(
            &mut tx,
            before.document_id,
            before.coder_id,
            Some(after.code_id),
        )
        .await?
    } else {
        Vec::new()
    };
    own.retain(|c| c.id != id);
    own.insert(0, before);
    let mut plan = Plan::new(own);
    let joined = plan.change(0, after, span, changes.merge.unwrap_or(true));
    let merged: BTreeSet<i64> = joined
        .iter()
        .filter_map(|&i| plan.entries()[i].before.as_ref())
        .map(|c| c.id)
        .chain([id])
        .collect();
    let batch = Batch::new();
    store::write_plan(&mut tx, desk, &batch, &mut plan, false, |_| {
        Some(text.index.as_ref())
    })
    .await?;
    let mut coding = plan.entries()[0].after.clone().answer(name);
    if !joined.is_empty() {
        coding.merged = Some(merged.into_iter().collect());
    }
    let version = coding.version;
    let body = serde_json::to_string(&coding)?;
    let response = idempotency::finish(tx, key, StatusCode::OK, body, desk.now).await?;
    Ok(with_etag(version, response))
}

/// Deletes a coding; undo brings it back.
#[utoipa::path(delete, path = "/projects/{p}/codings/{id}", tag = "codings", operation_id = "codings_delete", params(("p" = i64, Path), ("id" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404), (status = 409)))]
async fn delete(
    State(state): State<AppState>,
    access: Access,
    if_match: IfMatch,
    key: Option<Extension<idempotency::Key>>,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<Response> {
    let desk = desk(&state, &access);
    let mut tx = state.db.begin().await?;
    activity::store::take_turn(&mut tx, desk.project).await?;
    let (coding, _) = changeable(&mut tx, &access, id, if_match).await?;
    store::remove(&mut tx, id).await?;
    let change = store::change(desk, "delete", Some(&coding), None)?;
    activity::store::append(&mut tx, &Batch::new(), change, desk.now).await?;
    idempotency::finish(tx, key, StatusCode::NO_CONTENT, String::new(), desk.now).await
}

/// One step in how a coding came to be what it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Step {
    /// Of the event.
    seq: i64,
    /// When.
    at: String,
    /// Who.
    actor: Person,
    /// `create`, `update`, `merge`, `delete`, `undo`, `redo` …
    verb: String,
    /// Before it; null for its making.
    before: Option<Coding>,
    /// After it; null for its end.
    after: Option<Coding>,
}

/// How a coding came to be what it is, oldest first; also of one that is deleted.
#[utoipa::path(get, path = "/projects/{p}/codings/{id}/history", tag = "codings", operation_id = "codings_history", params(("p" = i64, Path), ("id" = i64, Path)),
    responses((status = 200, body = List<Step>), (status = 404)))]
async fn history(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<Json<List<Step>>> {
    access.require(Permission::Read)?;
    let events = activity::store::history(&state.db, access.project.id, "coding", id).await?;
    let hidden = access
        .visibility
        .hidden_documents(&state.db, access.project.id)
        .await?;
    let snapshot = |json: Option<Json_>| json.and_then(|j| CodingSnapshot::from_json(&j).ok());
    let steps: Vec<_> = events
        .iter()
        .map(|e| (e, snapshot(e.before_json()), snapshot(e.after_json())))
        .collect();
    let latest = steps
        .last()
        .and_then(|(_, before, after)| after.as_ref().or(before.as_ref()))
        .or_404("thing-coding")?;
    if hidden.contains(&latest.document_id) && latest.coder_id != access.user.id {
        return Err(Error::NotFound("thing-coding"));
    }
    let coders: std::collections::HashSet<i64> = steps
        .iter()
        .flat_map(|(_, before, after)| [before, after])
        .flatten()
        .map(|c| c.coder_id)
        .collect();
    let names = activity::store::names(&state.db, coders).await?;
    let name = |c: CodingSnapshot| {
        let name = names.get(&c.coder_id).cloned().unwrap_or_default();
        c.answer(name)
    };
    let items = steps
        .into_iter()
        .map(|(event, before, after)| Step {
            seq: event.seq,
            at: crate::clock::rfc3339(event.at),
            actor: Person {
                id: event.actor_id,
                name: event.actor_name.clone(),
            },
            verb: event.verb.clone(),
            before: before.map(name),
            after: after.map(name),
        })
        .collect();
    Ok(Json(List { items, next: None }))
}

/// All codings of a document in short.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Map {
    /// Of the text, in code points.
    length: i64,
    /// `[id, code, mine, start, end, coder, layer]` each, in text order.
    #[schema(value_type = Vec<Vec<i64>>)]
    codings: Box<RawValue>,
}

/// All visible codings of a document as compact arrays.
#[utoipa::path(get, path = "/projects/{p}/documents/{d}/map", tag = "codings", operation_id = "codings_map", params(("p" = i64, Path), ("d" = i64, Path)),
    responses((status = 200, body = Map), (status = 404)))]
async fn map(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
) -> Result<Json<Map>> {
    access.require(Permission::Read)?;
    let length = list::length(&state.db, access.project.id, d)
        .await?
        .or_404("thing-document")?;
    let codings = list::map(&state.db, &access.visibility, access.project.id, d).await?;
    Ok(Json(Map { length, codings }))
}

/// The codes that a member pinned to the keys 1 to 9.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pins {
    /// At most nine ids of codes.
    pub pins: Vec<i64>,
}

/// Sets the caller's pinned codes.
#[utoipa::path(put, path = "/projects/{p}/me/pins", tag = "codings", operation_id = "pins_set", params(("p" = i64, Path)), request_body = Pins,
    responses((status = 200, body = Pins)))]
async fn pins(
    State(state): State<AppState>,
    access: Access,
    Json(body): Json<Pins>,
) -> Result<Json<Pins>> {
    access.require(Permission::Read)?;
    let mut pins: Vec<i64> = Vec::new();
    for id in body.pins {
        if !pins.contains(&id) {
            pins.push(id);
        }
    }
    pins.truncate(9);
    let mut preferences =
        crate::projects::store::preferences(&state.db, access.project.id, access.user.id).await?;
    let mut tx = state.db.begin().await?;
    for &code in &pins {
        if store::code(&mut tx, access.project.id, code)
            .await?
            .is_none()
        {
            return Err(Error::invalid("pins", "coding-error-code"));
        }
    }
    preferences["pins"] = serde_json::json!(pins);
    crate::projects::store::set_preferences(
        &mut tx,
        access.project.id,
        access.user.id,
        &preferences,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(Pins { pins }))
}
