//! The page behind an invitation's link: join with the account one has, or make one.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::changes;
use crate::accounts::pages::link_gone;
use crate::accounts::signing::{begin, redirect_with};
use crate::accounts::{User, Viewer, parse_email, parse_name, passwords, store as accounts};
use crate::error::{Error, Result};
use crate::projects::store::{self, Invitation};
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Layout, Path, page};

#[derive(Template)]
#[template(path = "home/invitation.html")]
struct InvitationPage {
    l: Layout,
    secret: String,
    invitation: Invitation,
    /// Who is signed in.
    user: Option<User>,
    form: NewAccount,
    errors: FormErrors,
}

impl InvitationPage {
    /// Whether the invitation is for somebody else than who is signed in.
    fn for_another(&self) -> bool {
        match (&self.invitation.email, &self.user) {
            (Some(email), Some(user)) => *email != user.email,
            _ => false,
        }
    }
}

/// The account to make.
#[derive(Debug, Default, Deserialize)]
pub struct NewAccount {
    name: String,
    #[serde(default)]
    email: String,
    password: String,
}

fn show_page(
    viewer: &Viewer,
    secret: String,
    invitation: Invitation,
    form: NewAccount,
    errors: FormErrors,
) -> Result<Response> {
    page(&InvitationPage {
        l: viewer.layout(""),
        user: viewer.user.clone(),
        secret,
        invitation,
        form,
        errors,
    })
}

/// `GET /invitation/{secret}`.
pub async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(secret): Path<String>,
) -> Result<Response> {
    let Some(invitation) = store::invitation(&state.db, &secret, state.now()).await? else {
        return link_gone(&viewer);
    };
    if let Some(user) = &viewer.user
        && store::membership(&state.db, invitation.project_id, user.id)
            .await?
            .is_some()
    {
        let to = format!("/projects/{}", invitation.project_id);
        return Ok(Redirect::to(&to).into_response());
    }
    let form = NewAccount {
        email: invitation.email.clone().unwrap_or_default(),
        ..NewAccount::default()
    };
    show_page(&viewer, secret, invitation, form, FormErrors::default())
}

/// `POST /invitation/{secret}/accept`: with the account that is signed in.
pub async fn accept(
    State(state): State<AppState>,
    user: User,
    viewer: Viewer,
    Path(secret): Path<String>,
) -> Result<Response> {
    let now = state.now();
    let Some(invitation) = store::invitation(&state.db, &secret, now).await? else {
        return link_gone(&viewer);
    };
    if invitation.email.as_ref().is_some_and(|e| *e != user.email) {
        return Err(Error::forbidden("home-error-invitation-other"));
    }
    let mut tx = state.db.begin().await?;
    if !changes::join(&mut tx, &invitation, &user, now).await? {
        return link_gone(&viewer);
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/projects/{}", invitation.project_id)).into_response())
}

/// `POST /invitation/{secret}`: makes the account and joins with it.
pub async fn create_account(
    State(state): State<AppState>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(form): Form<NewAccount>,
) -> Result<Response> {
    let Some(invitation) = store::invitation(&state.db, &secret, state.now()).await? else {
        return link_gone(&viewer);
    };
    match make(&state, &headers, &invitation, &form).await {
        Ok(Some(cookie)) => {
            let to = format!("/projects/{}", invitation.project_id);
            Ok(redirect_with(&to, cookie))
        }
        Ok(None) => link_gone(&viewer),
        Err(e) => {
            let errors = FormErrors::of(e, &viewer.locale)?;
            let again = show_page(&viewer, secret, invitation, form, errors)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
    }
}

async fn make(
    state: &AppState,
    headers: &HeaderMap,
    invitation: &Invitation,
    form: &NewAccount,
) -> Result<Option<HeaderValue>> {
    let mut checks = Checks::default();
    let name = checks.take(parse_name(&form.name))?;
    // The address an invitation is bound to is not the guest's to choose.
    let email = match &invitation.email {
        Some(email) => Some(email.clone()),
        None => checks.take(parse_email(&form.email))?,
    };
    checks.take(passwords::check_password("password", &form.password))?;
    checks.done()?;
    let (Some(name), Some(email)) = (name, email) else {
        return Ok(None);
    };
    if accounts::row_by_email(&state.db, &email).await?.is_some() {
        return Err(Error::invalid("email", "home-error-has-account"));
    }
    let hash = passwords::hash_password(state, form.password.clone()).await?;
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let id = accounts::add_user(&mut tx, &email, &name, Some(hash), false, now).await?;
    let user = User {
        id,
        email,
        name,
        is_admin: false,
        language: None,
    };
    if !changes::join(&mut tx, invitation, &user, now).await? {
        return Ok(None);
    }
    let cookie = begin(&mut tx, state, headers, id, false).await?;
    tx.commit().await?;
    Ok(Some(cookie))
}
