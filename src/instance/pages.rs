//! `/admin`: the people of this instance, and how it is doing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::size;
use super::store::{self, Figures};
use crate::accounts::pages::in_person;
use crate::accounts::store::{LINK_HOURS, UserRow};
use crate::accounts::{User, Viewer, parse_email, parse_name, store as accounts};
use crate::error::{Error, Result};
use crate::projects::access;
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Layout, Path, Query, page};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/admin", get(show))
        .route("/admin/users", post(add))
        .route("/admin/users/{user}/disable", post(disable))
        .route("/admin/users/{user}/enable", post(enable))
        .route("/admin/users/{user}/link", post(link))
}

/// Goes on only for an administrator who is here with a browser.
fn administrator(viewer: &Viewer) -> Result<User> {
    let user = viewer.user.clone().ok_or(Error::SignIn)?;
    if !user.is_admin {
        return Err(Error::forbidden("instance-error-admin"));
    }
    Ok(in_person(viewer)?.0)
}

/// A one-time link that was just made.
struct NewLink {
    email: String,
    link: String,
}

#[derive(Template)]
#[template(path = "instance/admin.html")]
struct AdminPage {
    l: Layout,
    me: i64,
    users: Vec<UserRow>,
    figures: Figures,
    database: (String, &'static str),
    originals: (String, &'static str),
    engine: &'static str,
    version: &'static str,
    address: String,
    new_link: Option<NewLink>,
    said: &'static str,
    form: NewUser,
    errors: FormErrors,
}

impl AdminPage {
    async fn load(state: &AppState, viewer: &Viewer, me: i64) -> Result<Self> {
        let figures = store::figures(&state.db, state.now()).await?;
        Ok(AdminPage {
            l: access::outside(viewer, state, "admin").await?,
            me,
            users: accounts::users(&state.db).await?,
            database: size(state.db.size().await?),
            originals: size(figures.originals),
            figures,
            engine: match state.db.dialect() {
                crate::db::Dialect::Sqlite => "SQLite",
                crate::db::Dialect::Postgres => "PostgreSQL",
            },
            version: env!("CARGO_PKG_VERSION"),
            address: state.config.public_url.clone(),
            new_link: None,
            said: "",
            form: NewUser::default(),
            errors: FormErrors::default(),
        })
    }
}

/// What was just done, for the page after a redirect.
#[derive(Debug, Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /admin`.
async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(Done { done }): Query<Done>,
) -> Result<Response> {
    let me = administrator(&viewer)?;
    let mut shown = AdminPage::load(&state, &viewer, me.id).await?;
    shown.said = match done.as_str() {
        "disabled" => "instance-done-disabled",
        "enabled" => "instance-done-enabled",
        _ => "",
    };
    page(&shown)
}

/// The form of a new user.
#[derive(Debug, Default, Deserialize)]
struct NewUser {
    name: String,
    email: String,
    #[serde(default)]
    admin: Option<String>,
}

/// The page with a new link, which is shown this once.
async fn show_link(
    state: &AppState,
    viewer: &Viewer,
    me: i64,
    email: String,
    secret: &str,
) -> Result<Response> {
    let mut shown = AdminPage::load(state, viewer, me).await?;
    shown.new_link = Some(NewLink {
        email,
        link: format!("{}/password/{secret}", state.config.public_url),
    });
    page(&shown)
}

/// `POST /admin/users`.
async fn add(
    State(state): State<AppState>,
    viewer: Viewer,
    Form(form): Form<NewUser>,
) -> Result<Response> {
    let me = administrator(&viewer)?;
    let added = async {
        let mut checks = Checks::default();
        let name = checks.take(parse_name(&form.name))?.unwrap_or_default();
        let email = checks.take(parse_email(&form.email))?.unwrap_or_default();
        checks.done()?;
        let now = state.now();
        let mut tx = state.db.begin().await?;
        let id =
            accounts::add_user(&mut tx, &email, &name, None, form.admin.is_some(), now).await?;
        let secret = accounts::add_password_link(&mut tx, id, LINK_HOURS, now).await?;
        tx.commit().await?;
        Ok((email, secret))
    }
    .await;
    match added {
        Ok((email, secret)) => show_link(&state, &viewer, me.id, email, &secret).await,
        Err(e) => {
            let errors = FormErrors::of(e, &viewer.locale)?;
            let mut shown = AdminPage::load(&state, &viewer, me.id).await?;
            shown.form = form;
            shown.errors = errors;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
        }
    }
}

/// `POST /admin/users/{user}/disable`: not oneself, so that an administrator is always left.
async fn disable(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(user): Path<i64>,
) -> Result<Response> {
    let me = administrator(&viewer)?;
    if me.id == user {
        return Err(Error::Conflict {
            slug: "own-account",
            message: "instance-error-own-account".into(),
            current: serde_json::Value::Null,
        });
    }
    known(&state, user).await?;
    let mut tx = state.db.begin().await?;
    accounts::disable(&mut tx, user, state.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/admin?done=disabled").into_response())
}

async fn known(state: &AppState, user: i64) -> Result<User> {
    accounts::user(&state.db, user)
        .await?
        .ok_or(Error::NotFound("thing-user"))
}

/// `POST /admin/users/{user}/enable`.
async fn enable(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(user): Path<i64>,
) -> Result<Response> {
    administrator(&viewer)?;
    known(&state, user).await?;
    let mut tx = state.db.begin().await?;
    accounts::enable(&mut tx, user, state.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/admin?done=enabled").into_response())
}

/// `POST /admin/users/{user}/link`: a new one-time link that sets the password.
async fn link(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(user): Path<i64>,
) -> Result<Response> {
    let me = administrator(&viewer)?;
    let user = known(&state, user).await?;
    let mut tx = state.db.begin().await?;
    let secret = accounts::add_password_link(&mut tx, user.id, LINK_HOURS, state.now()).await?;
    tx.commit().await?;
    show_link(&state, &viewer, me.id, user.email, &secret).await
}
