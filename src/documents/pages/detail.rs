//! One document: what is said about it, edited in place; where it came from; who was given it.

use std::collections::BTreeSet;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::field;
use super::list::{Choice, choices};
use crate::activity::Batch;
use crate::documents::store::{self, Act, Document, assignments, properties};
use crate::documents::{
    Attribute, AttributeKind, Description, LANGUAGES, language_name, originals, types,
};
use crate::error::{Error, OrNotFound, Result};
use crate::projects::{Access, Permission};
use crate::web::{AppState, Layout, Path, Query, page};

/// Somebody who can be given the document.
struct CoderRow {
    id: i64,
    name: String,
    state: Option<String>,
}

struct AttributeField {
    name: String,
    value: String,
    kind: String,
}

#[derive(Template)]
#[template(path = "documents/detail.html")]
struct DetailPage {
    l: Layout,
    p: i64,
    d: Document,
    /// What the form shows: what was typed, where it could not be saved.
    x: Description,
    cases: String,
    url_is_link: bool,
    attributes: Vec<AttributeField>,
    kinds: Vec<Choice>,
    may_edit: bool,
    may_assign: bool,
    types: Vec<Choice>,
    languages: Vec<Choice>,
    case_names: Vec<String>,
    coders: Vec<CoderRow>,
    codings: i64,
    errors: Vec<(String, String)>,
    message: Option<(String, bool)>,
}

impl DetailPage {
    fn error(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, m)| m.as_str())
    }

    fn attribute_error(&self, name: &str) -> Option<&str> {
        self.error(&format!("attributes.{name}"))
    }
}

/// What was typed but not saved.
struct Typed {
    description: Description,
    errors: Vec<(String, String)>,
    message: Option<(String, bool)>,
}

async fn show_page(
    state: &AppState,
    access: &Access,
    document: Document,
    typed: Option<Typed>,
    message: Option<(String, bool)>,
) -> Result<Response> {
    let (db, locale, settings) = (&state.db, &access.locale, &access.project.settings);
    let (x, errors, message) = match typed {
        Some(typed) => (typed.description, typed.errors, typed.message),
        None => (document.description.clone(), Vec::new(), message),
    };
    let given = assignments::of_document(db, document.id).await?;
    let mut coders: Vec<CoderRow> = assignments::coders(db, access.project.id)
        .await?
        .into_iter()
        .map(|(id, name)| CoderRow {
            id,
            name,
            state: None,
        })
        .collect();
    for a in given {
        match coders.iter_mut().find(|c| c.id == a.user_id) {
            Some(coder) => coder.state = Some(a.state),
            None => coders.push(CoderRow {
                id: a.user_id,
                name: a.user_name,
                state: Some(a.state),
            }),
        }
    }
    let mut attributes: Vec<AttributeField> = x
        .attributes
        .iter()
        .map(|(name, a)| AttributeField {
            name: name.clone(),
            value: a.value.clone(),
            kind: a.kind.as_str().to_owned(),
        })
        .collect();
    let known = properties::attributes(db, access.project.id).await?;
    for a in &known {
        if !attributes.iter().any(|f| f.name == a.name) {
            attributes.push(AttributeField {
                name: a.name.clone(),
                value: String::new(),
                kind: a.kind.clone(),
            });
        }
    }
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    let chosen = x.language.clone().unwrap_or_default();
    let mut tags: Vec<String> = LANGUAGES.iter().map(|t| (*t).to_owned()).collect();
    if !chosen.is_empty() && !tags.contains(&chosen) {
        tags.push(chosen.clone());
    }
    let mut languages = choices(
        tags.into_iter()
            .map(|tag| (tag.clone(), language_name(locale, &tag))),
        &chosen,
    );
    languages.sort_by(|a, b| a.label.cmp(&b.label));
    let codings = store::coding_count(db, &access.visibility, document.id).await?;
    page(&DetailPage {
        l: access.layout(state, "documents").await?,
        p: access.project.id,
        may_edit: access.may(Permission::EditDocuments),
        may_assign: access.may(Permission::Assign),
        types: choices(types(locale, settings), &x.doc_type),
        languages,
        kinds: choices(
            ["text", "number", "date", "boolean"]
                .map(|k| (k.to_owned(), locale.text(&format!("attribute-kind-{k}")))),
            "text",
        ),
        case_names: properties::cases(db, access.project.id)
            .await?
            .into_iter()
            .map(|c| c.name)
            .collect(),
        cases: x.cases.join("; "),
        url_is_link: x
            .url
            .as_deref()
            .is_some_and(|u| u.starts_with("https://") || u.starts_with("http://")),
        attributes,
        coders,
        codings,
        errors,
        message,
        d: document,
        x,
    })
}

/// What the address can say.
#[derive(Deserialize)]
pub(super) struct ShowQuery {
    #[serde(default)]
    saved: String,
    #[serde(default)]
    new: String,
}

/// The page.
pub(super) async fn show(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Query(query): Query<ShowQuery>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, access.project.id, d).await?;
    let key = match (query.saved.is_empty(), query.new.is_empty()) {
        (false, _) => Some("documents-saved"),
        (_, false) => Some("documents-new"),
        _ => None,
    };
    let message = key.map(|k| (access.locale.text(k), false));
    show_page(&state, &access, document, None, message).await
}

/// What the form says, over what there is.
fn typed(form: &[(String, String)], before: Description) -> Description {
    let word = |name: &str| Some(field(form, name).to_owned());
    let mut attributes = std::collections::BTreeMap::new();
    for (name, value) in form {
        if let Some(name) = name.strip_prefix("attribute:") {
            let kind = before
                .attributes
                .get(name)
                .map_or(AttributeKind::Text, |a| a.kind);
            attributes.insert(
                name.to_owned(),
                Attribute {
                    kind,
                    value: value.clone(),
                },
            );
        }
    }
    let new_name = field(form, "new-attribute").trim();
    if !new_name.is_empty() {
        attributes.insert(
            new_name.to_owned(),
            Attribute {
                kind: AttributeKind::parse(field(form, "new-attribute-kind")),
                value: field(form, "new-attribute-value").to_owned(),
            },
        );
    }
    Description {
        title: field(form, "title").to_owned(),
        doc_type: field(form, "type").to_owned(),
        date: word("date"),
        language: word("language"),
        author: word("author"),
        publisher: word("publisher"),
        url: word("url"),
        citation: word("citation"),
        cases: field(form, "cases")
            .split(';')
            .map(|c| c.trim().to_owned())
            .filter(|c| !c.is_empty())
            .collect(),
        attributes,
    }
}

/// Saves the form, or shows it again with what is wrong.
pub(super) async fn save(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response> {
    access.require(Permission::EditDocuments)?;
    let project = access.project.id;
    let before = store::document(&state.db, project, d).await?;
    let mut wanted = typed(&form, before.description.clone());
    // Attributes this document does not have yet take the kind they have in the project.
    for known in properties::attributes(&state.db, project).await? {
        if let Some(a) = wanted.attributes.get_mut(&known.name) {
            a.kind = AttributeKind::parse(&known.kind);
        }
    }
    let batch = Batch::new();
    let act = Act {
        batch: &batch,
        project,
        actor: access.user.id,
        now: state.now(),
    };
    let saved = async {
        let checked = wanted.clone().check(&access.project.settings)?;
        let mut tx = state.db.begin().await?;
        let version = field(&form, "version").parse().ok();
        store::update(&mut tx, act, d, version, false, move |_| Ok(checked)).await?;
        tx.commit().await
    }
    .await;
    let (status, errors, message) = match saved {
        Ok(()) => {
            return Ok(
                Redirect::to(&format!("/projects/{project}/documents/{d}?saved=1")).into_response(),
            );
        }
        Err(Error::Invalid(fields)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            fields
                .into_iter()
                .map(|f| (f.field, access.locale.msg(&f.message)))
                .collect(),
            (access.locale.text("documents-not-saved"), true),
        ),
        Err(Error::Conflict { message, .. }) => (
            StatusCode::CONFLICT,
            Vec::new(),
            (
                format!(
                    "{} {}",
                    access.locale.msg(&message),
                    access.locale.text("documents-stale")
                ),
                true,
            ),
        ),
        Err(e) => return Err(e),
    };
    let now = store::document(&state.db, project, d).await?;
    let typed = Typed {
        description: wanted,
        errors,
        message: Some(message),
    };
    let shown = show_page(&state, &access, now, Some(typed), None).await?;
    Ok((status, shown).into_response())
}

/// Gives the document to the coders that are ticked.
pub(super) async fn assign(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    access.require(Permission::Assign)?;
    let project = access.project.id;
    store::head(&state.db, project, d).await?;
    let present: BTreeSet<i64> = assignments::of_document(&state.db, d)
        .await?
        .into_iter()
        .map(|a| a.user_id)
        .collect();
    let may = assignments::coders(&state.db, project).await?;
    let wanted: BTreeSet<i64> = form
        .iter()
        .filter(|(name, _)| name == "coder")
        .filter_map(|(_, id)| id.parse().ok())
        .filter(|id| present.contains(id) || may.iter().any(|(m, _)| m == id))
        .collect();
    let batch = Batch::new();
    let act = Act {
        batch: &batch,
        project,
        actor: access.user.id,
        now: state.now(),
    };
    let mut tx = state.db.begin().await?;
    assignments::replace(&mut tx, act, d, &wanted).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!(
        "/projects/{project}/documents/{d}?saved=1#assignments"
    )))
}

/// The uploaded file.
pub(super) async fn original(
    State(state): State<AppState>,
    access: Access,
    Path((_p, d)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::Read)?;
    let document = store::document(&state.db, access.project.id, d).await?;
    let original = document.origin.original.or_404("thing-original")?;
    originals::download(&state, &original).await
}
