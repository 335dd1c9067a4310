//! The list of documents, with its filters, uploads and changes to many at once.

use std::cmp::Ordering;
use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{encode, field, initials};
use crate::activity::Batch;
use crate::documents::bulk::{self, Assign, BulkChange};
use crate::documents::extract::Format;
use crate::documents::store::{self, Act, Document, Filter, assignments};
use crate::documents::{Description, import, language_name, type_name, types};
use crate::error::{Error, Result};
use crate::projects::{Access, Permission};
use crate::text::fold_str;
use crate::web::{AppState, Layout, Query, page};

/// Documents on one page.
const PAGE: usize = 100;

/// With more coders than this, their columns become one.
const COLUMNS: usize = 6;

/// What the address of the list can say.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default, rename = "type")]
    doc_type: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    date_from: String,
    #[serde(default)]
    date_to: String,
    #[serde(default)]
    assigned_to: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    dir: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    notice: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    ids: String,
}

impl ListQuery {
    /// The address with one thing changed; what is empty is left out.
    fn with(&self, name: &str, value: &str) -> String {
        let mut parts = Vec::new();
        for (n, v) in [
            ("q", &self.q),
            ("type", &self.doc_type),
            ("case", &self.case),
            ("language", &self.language),
            ("date_from", &self.date_from),
            ("date_to", &self.date_to),
            ("assigned_to", &self.assigned_to),
            ("state", &self.state),
            ("sort", &self.sort),
            ("dir", &self.dir),
        ] {
            let v = if n == name { value } else { v };
            if !v.is_empty() {
                parts.push(format!("{n}={}", encode(v)));
            }
        }
        if name == "page" && !value.is_empty() {
            parts.push(format!("page={value}"));
        }
        parts.join("&")
    }

    fn sorted(&self, sort: &str) -> String {
        let dir = if self.sort == sort && self.dir != "desc" {
            "desc"
        } else {
            ""
        };
        ListQuery {
            sort: sort.to_owned(),
            ..self.clone()
        }
        .with("dir", dir)
    }
}

/// A choice of a select.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

pub(super) fn choices(
    values: impl IntoIterator<Item = (String, String)>,
    chosen: &str,
) -> Vec<Choice> {
    values
        .into_iter()
        .map(|(value, label)| Choice {
            chosen: value == chosen,
            value,
            label,
        })
        .collect()
}

struct Head {
    key: &'static str,
    label: String,
    href: String,
    sort: &'static str,
    number: bool,
}

struct Row {
    id: i64,
    title: String,
    lang: Option<String>,
    type_name: String,
    date: Option<String>,
    language: Option<String>,
    cases: String,
    states: Vec<Option<String>>,
    done: usize,
    given: usize,
    codings: i64,
    doubtful: bool,
}

/// What happened before this page was shown.
struct Notice {
    message: String,
    warn: bool,
    undo: Vec<i64>,
}

#[derive(Template)]
#[template(path = "documents/list.html")]
struct ListPage {
    l: Layout,
    p: i64,
    may_edit: bool,
    total: i64,
    characters: i64,
    languages_total: usize,
    shown: usize,
    query: ListQuery,
    filtered: bool,
    back: String,
    types: Vec<Choice>,
    cases: Vec<Choice>,
    languages: Vec<Choice>,
    people: Vec<Choice>,
    states: Vec<Choice>,
    all_types: Vec<Choice>,
    all_languages: Vec<Choice>,
    heads: Vec<Head>,
    coders: Vec<(String, String)>,
    columns: bool,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    notice: Option<Notice>,
    accept: String,
    limit: u64,
}

/// The extensions that the picker offers.
pub(super) fn accept() -> String {
    Format::ALL
        .iter()
        .map(|f| format!(".{}", f.slug()))
        .chain([".htm".to_owned()])
        .collect::<Vec<_>>()
        .join(",")
}

fn compare(a: &Document, b: &Document, sort: &str, counts: &HashMap<i64, i64>) -> Ordering {
    let (x, y) = (&a.description, &b.description);
    let count = |d: &Document| counts.get(&d.id).copied().unwrap_or(0);
    match sort {
        "title" => fold_str(&x.title).cmp(&fold_str(&y.title)),
        "type" => x.doc_type.cmp(&y.doc_type),
        "date" => x.date.cmp(&y.date),
        "language" => x.language.cmp(&y.language),
        "codings" => count(a).cmp(&count(b)),
        _ => b.id.cmp(&a.id),
    }
    .then_with(|| a.id.cmp(&b.id))
}

/// The list.
pub(super) async fn list(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let (db, project) = (&state.db, access.project.id);
    let settings = &access.project.settings;
    let locale = &access.locale;
    // A date half typed filters nothing; the field keeps it.
    let date = |v: &str| crate::documents::PartialDate::parse(v.trim());
    let filter = Filter {
        types: Filter::words(Some(&query.doc_type)),
        case: Some(query.case.clone()).filter(|c| !c.is_empty()),
        languages: Filter::words(Some(&query.language)),
        date_from: date(&query.date_from),
        date_to: date(&query.date_to),
        assigned_to: match query.assigned_to.as_str() {
            "me" => Some(access.user.id),
            id => id.parse().ok(),
        },
        state: Some(query.state.clone()).filter(|s| !s.is_empty()),
        q: Some(query.q.clone()),
    };
    let mut documents = store::list(db, project, &filter, 0, i64::MAX).await?;
    let counts = store::coding_counts(db, &access.visibility, project).await?;
    documents.sort_by(|a, b| {
        let order = compare(a, b, &query.sort, &counts);
        if query.dir == "desc" {
            order.reverse()
        } else {
            order
        }
    });
    let coders = assignments::coders(db, project).await?;
    let mut given: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
    for a in assignments::of_project(db, project).await? {
        given
            .entry(a.document_id)
            .or_default()
            .push((a.user_id, a.state));
    }
    let shown = documents.len();
    let at: usize = query.page.parse().unwrap_or(1).max(1);
    let from = (at - 1) * PAGE;
    let rows: Vec<Row> = documents
        .into_iter()
        .skip(from)
        .take(PAGE)
        .map(|d| {
            let own = given.remove(&d.id).unwrap_or_default();
            let x = d.description;
            Row {
                id: d.id,
                type_name: type_name(locale, settings, &x.doc_type),
                date: x.date,
                language: x.language.as_deref().map(|t| language_name(locale, t)),
                lang: x.language,
                cases: x.cases.join(", "),
                states: coders
                    .iter()
                    .map(|(id, _)| {
                        own.iter()
                            .find(|(user, _)| user == id)
                            .map(|(_, s)| s.clone())
                    })
                    .collect(),
                done: own.iter().filter(|(_, s)| s == "done").count(),
                given: own.len(),
                codings: counts.get(&d.id).copied().unwrap_or(0),
                doubtful: !d.origin.warnings.is_empty(),
                title: x.title,
            }
        })
        .collect();
    let languages = store::list::languages(db, project).await?;
    let cases = store::properties::cases(db, project).await?;
    let heads = [
        ("title", "documents-field-title", false),
        ("type", "documents-field-type", false),
        ("date", "documents-field-date", false),
        ("language", "documents-field-language", false),
    ]
    .into_iter()
    .chain([("codings", "documents-codings", true)])
    .map(|(key, label, number)| Head {
        key,
        label: locale.text(label),
        href: query.sorted(key),
        sort: match (query.sort == key, query.dir == "desc") {
            (true, true) => "descending",
            (true, false) => "ascending",
            _ => "none",
        },
        number,
    })
    .collect();
    let me = ("me".to_owned(), locale.text("documents-filter-me"));
    let all_types = types(locale, settings);
    let page_href = |n: usize| query.with("page", &n.to_string());
    page(&ListPage {
        l: access.layout(&state, "documents").await?,
        p: project,
        may_edit: access.may(Permission::EditDocuments),
        total: store::list::count(db, project).await?,
        characters: store::list::characters(db, project).await?,
        languages_total: languages.len(),
        shown,
        filtered: filter
            != Filter {
                q: Some(String::new()),
                ..Filter::default()
            },
        back: query.with("", ""),
        types: choices(all_types.clone(), &query.doc_type),
        all_types: choices(all_types, ""),
        cases: choices(
            cases.into_iter().map(|c| (c.name.clone(), c.name)),
            &query.case,
        ),
        languages: choices(
            languages
                .into_iter()
                .map(|(tag, _)| (tag.clone(), language_name(locale, &tag))),
            &query.language,
        ),
        all_languages: choices(
            crate::documents::LANGUAGES
                .iter()
                .map(|tag| ((*tag).to_owned(), language_name(locale, tag))),
            "",
        ),
        people: choices(
            std::iter::once(me).chain(
                coders
                    .iter()
                    .map(|(id, name)| (id.to_string(), name.clone())),
            ),
            &query.assigned_to,
        ),
        states: choices(
            ["todo", "in_progress", "done"]
                .map(|s| (s.to_owned(), locale.text(&format!("assignment-{s}")))),
            &query.state,
        ),
        heads,
        columns: coders.len() <= COLUMNS,
        coders: coders
            .into_iter()
            .map(|(_, name)| (initials(&name), name))
            .collect(),
        previous: (at > 1).then(|| page_href(at - 1)),
        next: (from + rows.len() < shown).then(|| page_href(at + 1)),
        rows,
        notice: notice(&query, &access),
        accept: accept(),
        limit: state.config.limits.file_bytes / 1_000_000,
        query,
    })
}

fn notice(query: &ListQuery, access: &Access) -> Option<Notice> {
    let locale = &access.locale;
    let n: i64 = query.n.parse().unwrap_or(0);
    let (key, warn) = match query.notice.as_str() {
        "changed" => ("documents-notice-changed", false),
        "assigned" => ("documents-notice-assigned", false),
        "removed" => ("documents-notice-removed", false),
        "restored" => ("documents-notice-restored", false),
        "metadata" => ("documents-notice-metadata", false),
        "none" => ("error-none-selected", true),
        "no-file" => ("error-no-file", true),
        _ => return None,
    };
    let undo = if query.notice == "removed" && access.may(Permission::EditDocuments) {
        query
            .ids
            .split('-')
            .filter_map(|i| i.parse().ok())
            .collect()
    } else {
        Vec::new()
    };
    Some(Notice {
        message: locale.format(key, &[("n", n.into())]),
        warn,
        undo,
    })
}

#[derive(Template)]
#[template(path = "documents/paste.html")]
struct PastePage {
    l: Layout,
    p: i64,
    title: String,
    text: String,
    errors: Vec<(String, String)>,
}

impl PastePage {
    fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, m)| m.as_str())
    }
}

/// The form for a text that is pasted.
pub(super) async fn paste_form(State(state): State<AppState>, access: Access) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    page(&PastePage {
        l: access.layout(&state, "documents").await?,
        p: access.project.id,
        title: String::new(),
        text: String::new(),
        errors: Vec::new(),
    })
}

/// A pasted text.
#[derive(Deserialize)]
pub(super) struct Pasted {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

/// Makes a document of it.
pub(super) async fn paste(
    State(state): State<AppState>,
    access: Access,
    Form(pasted): Form<Pasted>,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let description = Description {
        title: pasted.title.clone(),
        ..Description::default()
    };
    let made = import::create_from_text(
        &state,
        &access.project,
        access.user.id,
        description,
        pasted.text.clone(),
    )
    .await;
    match made {
        Ok(document) => Ok(Redirect::to(&format!(
            "/projects/{}/documents/{}?new=1",
            access.project.id, document.id
        ))
        .into_response()),
        Err(Error::Invalid(fields)) => {
            let form = page(&PastePage {
                l: access.layout(&state, "documents").await?,
                p: access.project.id,
                title: pasted.title,
                text: pasted.text,
                errors: fields
                    .into_iter()
                    .map(|f| (f.field, access.locale.msg(&f.message)))
                    .collect(),
            })?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form).into_response())
        }
        Err(e) => Err(e),
    }
}

#[derive(Template)]
#[template(path = "documents/remove.html")]
struct RemovePage {
    l: Layout,
    p: i64,
    titles: Vec<String>,
    ids: Vec<i64>,
    codings: i64,
    by: Vec<(String, i64)>,
    back: String,
}

/// A change to the selected documents.
pub(super) async fn bulk_form(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let documents: Vec<i64> = form
        .iter()
        .filter(|(n, _)| n == "document")
        .filter_map(|(_, v)| v.parse().ok())
        .collect();
    // Only ever the query of this very page.
    let back: String = field(&form, "back")
        .chars()
        .filter(|c| c.is_ascii_graphic() && *c != '#')
        .collect();
    let to = |notice: &str, n: usize, ids: &str| {
        Redirect::to(&format!(
            "/projects/{}/documents?{back}{}notice={notice}&n={n}{ids}",
            access.project.id,
            if back.is_empty() { "" } else { "&" }
        ))
        .into_response()
    };
    if documents.is_empty() {
        return Ok(to("none", 0, ""));
    }
    let one = |name: &str| Some(field(&form, name).trim().to_owned()).filter(|v| !v.is_empty());
    let mut change = BulkChange {
        documents: documents.clone(),
        ..BulkChange::default()
    };
    let mut notice = "changed";
    match field(&form, "action") {
        "assign-everyone" => {
            change.assign = Some(Assign::Everyone);
            notice = "assigned";
        }
        "assign-spread" => {
            change.assign = Some(Assign::Spread);
            change.each = field(&form, "each").parse().ok();
            notice = "assigned";
        }
        "case" => change.add_cases = one("case").into_iter().collect(),
        "case-off" => change.remove_cases = one("case").into_iter().collect(),
        "type" => change.r#type = one("type"),
        "language" => change.language = one("language"),
        "remove" | "remove-confirmed" => {
            let by =
                store::list::codings_by_coder(&state.db, &access.visibility, &documents).await?;
            if !by.is_empty() && field(&form, "action") == "remove" {
                let mut titles = Vec::new();
                for id in &documents {
                    titles.push(store::head(&state.db, access.project.id, *id).await?.title);
                }
                return page(&RemovePage {
                    l: access.layout(&state, "documents").await?,
                    p: access.project.id,
                    titles,
                    ids: documents,
                    codings: by.iter().map(|(_, n)| n).sum(),
                    by,
                    back,
                });
            }
            change.remove = true;
            notice = "removed";
        }
        _ => return Err(Error::BadRequest("no such action".to_owned())),
    }
    let n = bulk::apply(&state, &access, &change).await?;
    let ids = if notice == "removed" {
        let ids: Vec<String> = documents.iter().map(ToString::to_string).collect();
        format!("&ids={}", ids.join("-"))
    } else {
        String::new()
    };
    Ok(to(notice, n, &ids))
}

/// Puts documents back that were just removed.
pub(super) async fn restore(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    access.require(Permission::EditDocuments)?;
    let batch = Batch::new();
    let act = Act {
        batch: &batch,
        project: access.project.id,
        actor: access.user.id,
        now: state.now(),
    };
    let mut n = 0;
    let mut tx = state.db.begin().await?;
    for (_, id) in form.iter().filter(|(name, _)| name == "document") {
        let Ok(id) = id.parse() else { continue };
        match store::undelete(&mut tx, act, id).await {
            Ok(_) => n += 1,
            // Somebody was quicker.
            Err(Error::NotFound(_)) => {}
            Err(e) => return Err(e),
        }
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!(
        "/projects/{}/documents?notice=restored&n={n}",
        access.project.id
    )))
}
