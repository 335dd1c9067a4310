//! Home: my work first, then my projects; and the page that makes a new one.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::store::{ProjectProgress, Work};
use super::{changes, parse_description, parse_project_name, store};
use crate::accounts::{User, Viewer};
use crate::documents;
use crate::error::Result;
use crate::projects::{Settings, access, store as projects};
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Layout, page};

/// Documents to code that home lists; the rest is said as a number.
const SHOWN: i64 = 12;

/// A document to code, with what is said of it in the reader's language.
struct Item {
    work: Work,
    about: String,
}

/// Type, date and language of a document in one line.
pub fn about(l: &Layout, settings: &Settings, work: &Work) -> String {
    let mut parts = vec![documents::type_name(&l.locale, settings, &work.doc_type)];
    parts.extend(work.date.as_deref().map(|date| l.date(date)));
    parts.extend(
        work.language
            .as_deref()
            .map(|tag| documents::language_name(&l.locale, tag)),
    );
    parts.join(" · ")
}

struct Card {
    id: i64,
    name: String,
    description: String,
    role: &'static str,
    documents: i64,
    progress: ProjectProgress,
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    l: Layout,
    work: Vec<Item>,
    waiting: i64,
    more: i64,
    projects: Vec<Card>,
}

/// `GET /`.
pub async fn home(State(state): State<AppState>, user: User, viewer: Viewer) -> Result<Response> {
    let (work, waiting) = store::work(&state.db, user.id, None, SHOWN).await?;
    let progress = store::progress_of(&state.db, user.id).await?;
    let counts = store::document_counts_of(&state.db, user.id).await?;
    let l = access::outside(&viewer, &state, "home").await?;
    let projects = projects::projects_of(&state.db, user.id).await?;
    let work: Vec<Item> = work
        .into_iter()
        .map(|work| {
            let project = projects.iter().find(|(p, _)| p.id == work.project_id);
            let about = about(
                &l,
                &project.map(|(p, _)| p.settings.clone()).unwrap_or_default(),
                &work,
            );
            Item { work, about }
        })
        .collect();
    let projects = projects
        .into_iter()
        .map(|(project, role)| Card {
            documents: counts
                .iter()
                .find(|(id, _)| *id == project.id)
                .map_or(0, |(_, n)| *n),
            progress: progress
                .iter()
                .find(|p| p.project_id == project.id)
                .cloned()
                .unwrap_or_default(),
            id: project.id,
            name: project.name,
            description: project.description,
            role: role.as_str(),
        })
        .collect();
    page(&HomePage {
        l,
        more: waiting - i64::try_from(work.len()).unwrap_or(0),
        work,
        waiting,
        projects,
    })
}

/// `GET /projects`: the list is home.
pub async fn to_home() -> Redirect {
    Redirect::to("/")
}

#[derive(Template)]
#[template(path = "home/new.html")]
struct NewPage {
    l: Layout,
    form: NewForm,
    errors: FormErrors,
}

/// Name and description of a new project.
#[derive(Debug, Default, Deserialize)]
pub struct NewForm {
    name: String,
    #[serde(default)]
    description: String,
}

/// `GET /projects/new`.
pub async fn new_project(
    State(state): State<AppState>,
    _user: User,
    viewer: Viewer,
) -> Result<Response> {
    page(&NewPage {
        l: access::outside(&viewer, &state, "home").await?,
        form: NewForm::default(),
        errors: FormErrors::default(),
    })
}

/// `POST /projects`.
pub async fn create(
    State(state): State<AppState>,
    user: User,
    viewer: Viewer,
    Form(form): Form<NewForm>,
) -> Result<Response> {
    match make(&state, &user, &form).await {
        Ok(id) => Ok(Redirect::to(&format!("/projects/{id}")).into_response()),
        Err(e) => {
            let errors = FormErrors::of(e, &viewer.locale)?;
            let again = page(&NewPage {
                l: access::outside(&viewer, &state, "home").await?,
                form,
                errors,
            })?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
    }
}

async fn make(state: &AppState, user: &User, form: &NewForm) -> Result<i64> {
    let mut checks = Checks::default();
    let name = checks.take(parse_project_name(&form.name))?;
    let description = checks.take(parse_description(&form.description))?;
    checks.done()?;
    let mut tx = state.db.begin().await?;
    let id = changes::create_project(
        &mut tx,
        user,
        &name.unwrap_or_default(),
        &description.unwrap_or_default(),
        state.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}
