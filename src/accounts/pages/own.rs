//! One's own account: name and language, password, open sessions, API tokens.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::door::{Language, NewPassword, languages};
use super::in_person;
use crate::accounts::signing::{begin, redirect_signed_out, redirect_with};
use crate::accounts::store::{Session, TokenRow};
use crate::accounts::{User, Viewer, parse_label, parse_name, passwords, store};
use crate::error::{Error, Result};
use crate::i18n::Locale;
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Layout, Path, Query, page};

/// Failures with the current password that cost nothing.
const FREE: i64 = 5;

#[derive(Template)]
#[template(path = "accounts/account.html")]
struct AccountPage {
    l: Layout,
    user: User,
    name: String,
    languages: Vec<Language>,
    said: &'static str,
    sessions: Vec<Session>,
    this_session: String,
    tokens: Vec<TokenRow>,
    now: i64,
    new_token: Option<String>,
    label: String,
    errors: FormErrors,
}

/// What was just done, for the page after a redirect.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

impl AccountPage {
    async fn load(state: &AppState, viewer: &Viewer, user: User, this: String) -> Result<Self> {
        let now = state.now();
        Ok(AccountPage {
            l: viewer.layout("account"),
            name: user.name.clone(),
            languages: languages(user.language.as_deref().unwrap_or_default()),
            said: "",
            sessions: store::sessions(&state.db, user.id, now).await?,
            this_session: this,
            tokens: store::tokens(&state.db, user.id).await?,
            now,
            new_token: None,
            label: String::new(),
            errors: FormErrors::default(),
            user,
        })
    }

    fn ended(&self, token: &TokenRow) -> bool {
        token.expires_at.is_some_and(|at| at <= self.now)
    }

    fn is_this(&self, session: &Session) -> bool {
        session.id_hash == self.this_session
    }
}

fn refused(page: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// `GET /account`.
pub async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(Done { done }): Query<Done>,
) -> Result<Response> {
    let (user, this) = in_person(&viewer)?;
    let mut shown = AccountPage::load(&state, &viewer, user, this).await?;
    shown.said = match done.as_str() {
        "profile" => "accounts-done-profile",
        "password" => "accounts-done-password",
        "sessions" => "accounts-done-sessions",
        "token" => "accounts-done-token",
        _ => "",
    };
    page(&shown)
}

/// Name and language.
#[derive(Debug, Deserialize)]
pub struct Profile {
    name: String,
    #[serde(default)]
    language: String,
}

/// `POST /account`.
pub async fn profile(
    State(state): State<AppState>,
    viewer: Viewer,
    Form(form): Form<Profile>,
) -> Result<Response> {
    let (user, this) = in_person(&viewer)?;
    let checked = async {
        let mut checks = Checks::default();
        let name = checks.take(parse_name(&form.name))?;
        let language = match form.language.as_str() {
            "" => None,
            tag if Locale::available().contains(&tag) => Some(tag.to_owned()),
            _ => checks.take(Err(Error::invalid("language", "accounts-error-language")))?,
        };
        checks.done()?;
        let mut tx = state.db.begin().await?;
        let name = name.unwrap_or_default();
        store::update_profile(&mut tx, user.id, &name, language, state.now()).await?;
        tx.commit().await
    }
    .await;
    if let Err(e) = checked {
        let errors = FormErrors::of(e, &viewer.locale)?;
        let mut shown = AccountPage::load(&state, &viewer, user, this).await?;
        shown.name = form.name;
        shown.errors = errors;
        return Ok(refused(page(&shown)?));
    }
    Ok(Redirect::to("/account?done=profile").into_response())
}

/// The current password and the new one, twice.
#[derive(Debug, Deserialize)]
pub struct PasswordChange {
    current: String,
    password: String,
    again: String,
}

/// `POST /account/password`: ends every other session.
pub async fn password(
    State(state): State<AppState>,
    viewer: Viewer,
    headers: HeaderMap,
    Form(form): Form<PasswordChange>,
) -> Result<Response> {
    let (user, this) = in_person(&viewer)?;
    match change_password(&state, &headers, &user, form).await {
        Ok(cookie) => Ok(redirect_with("/account?done=password", cookie)),
        Err(e) => {
            let errors = FormErrors::of(e, &viewer.locale)?;
            let mut shown = AccountPage::load(&state, &viewer, user, this).await?;
            shown.errors = errors;
            Ok(refused(page(&shown)?))
        }
    }
}

async fn change_password(
    state: &AppState,
    headers: &HeaderMap,
    user: &User,
    form: PasswordChange,
) -> Result<axum::http::HeaderValue> {
    // An open browser that somebody else sits down at must not become a place to guess at.
    let key = format!("current:{}", user.id);
    let mut tx = state.db.begin().await?;
    let wait = store::sign_in_attempt(&mut tx, &key, FREE, state.now()).await?;
    tx.commit().await?;
    if wait > 0 {
        return Err(Error::TooMany(wait));
    }
    let stored = store::password_hash(&state.db, user.id).await?;
    if !passwords::verify_password(state, form.current, stored).await? {
        return Err(Error::invalid("current", "accounts-error-current"));
    }
    let password = NewPassword {
        password: form.password,
        again: form.again,
    }
    .check()?;
    let hash = passwords::hash_password(state, password).await?;
    let mut tx = state.db.begin().await?;
    store::sign_in_succeeded(&mut tx, &key).await?;
    store::set_password(&mut tx, user.id, hash, state.now()).await?;
    let cookie = begin(&mut tx, state, headers, user.id, false).await?;
    tx.commit().await?;
    Ok(cookie)
}

/// Which session to end; all of them without one.
#[derive(Debug, Deserialize)]
pub struct EndSession {
    #[serde(default)]
    session: String,
}

/// `POST /account/sessions/end`.
pub async fn end_sessions(
    State(state): State<AppState>,
    viewer: Viewer,
    Form(form): Form<EndSession>,
) -> Result<Response> {
    let (user, this) = in_person(&viewer)?;
    let mut tx = state.db.begin().await?;
    if form.session.is_empty() {
        store::end_sessions(&mut tx, user.id).await?;
    } else {
        store::end_own_session(&mut tx, user.id, &form.session).await?;
    }
    tx.commit().await?;
    if form.session.is_empty() || form.session == this {
        return redirect_signed_out(&state.config, "/sign-in");
    }
    Ok(Redirect::to("/account?done=sessions").into_response())
}

/// What a new token is for, and for how many days; without days it does not end.
#[derive(Debug, Deserialize)]
pub struct NewToken {
    label: String,
    #[serde(default)]
    days: String,
}

/// `POST /account/tokens`: the page that follows is the only one that ever shows it.
pub async fn add_token(
    State(state): State<AppState>,
    viewer: Viewer,
    Form(form): Form<NewToken>,
) -> Result<Response> {
    let (user, this) = in_person(&viewer)?;
    let made = async {
        let label = parse_label(&form.label)?;
        let days = match form.days.trim() {
            "" => None,
            text => Some(
                text.parse::<i64>()
                    .ok()
                    .filter(|d| (1..=3650).contains(d))
                    .ok_or_else(|| Error::invalid("days", "accounts-error-days"))?,
            ),
        };
        let now = state.now();
        let mut tx = state.db.begin().await?;
        let token = store::add_token(
            &mut tx,
            user.id,
            &label,
            days.map(|d| now + d * 86_400_000),
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(token)
    }
    .await;
    match made {
        Ok(token) => {
            let mut shown = AccountPage::load(&state, &viewer, user, this).await?;
            shown.new_token = Some(token);
            page(&shown)
        }
        Err(e) => {
            let errors = FormErrors::of(e, &viewer.locale)?;
            let mut shown = AccountPage::load(&state, &viewer, user, this).await?;
            shown.label = form.label;
            shown.errors = errors;
            Ok(refused(page(&shown)?))
        }
    }
}

/// `POST /account/tokens/{id}/delete`.
pub async fn delete_token(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response> {
    let (user, _) = in_person(&viewer)?;
    let mut tx = state.db.begin().await?;
    if store::delete_token(&mut tx, user.id, id).await? == 0 {
        return Err(Error::NotFound("thing-token"));
    }
    tx.commit().await?;
    Ok(Redirect::to("/account?done=token").into_response())
}
