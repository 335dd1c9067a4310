//! The way in: the first administrator, signing in and out, one-time links that set a password.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::address::ClientAddress;
use crate::accounts::signing::{
    begin, local_path, redirect_in_language, redirect_signed_out, redirect_with,
};
use crate::accounts::{SESSION_COOKIE, Viewer, cookie, parse_email, parse_name, passwords, store};
use crate::error::{Error, FieldError, Result};
use crate::i18n::Locale;
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Layout, Path, Query, page};

/// Failures of one account that cost nothing.
const FREE_PER_ACCOUNT: i64 = 5;
/// Failures from one address that cost nothing: a whole department may share it.
const FREE_PER_ADDRESS: i64 = 20;

#[derive(Template)]
#[template(path = "accounts/setup.html")]
struct SetupPage {
    l: Layout,
    asks_code: bool,
    form: Setup,
    errors: FormErrors,
}

/// The form of the first administrator.
#[derive(Debug, Default, Deserialize)]
pub struct Setup {
    #[serde(default)]
    code: String,
    name: String,
    email: String,
    password: String,
}

/// `GET /setup`.
pub async fn setup_form(State(state): State<AppState>, viewer: Viewer) -> Result<Response> {
    if !store::is_empty(&state.db).await? {
        return Ok(Redirect::to("/").into_response());
    }
    page(&SetupPage {
        l: viewer.layout(""),
        asks_code: state.setup_code.is_some(),
        form: Setup::default(),
        errors: FormErrors::default(),
    })
}

/// `POST /setup`.
pub async fn setup(
    State(state): State<AppState>,
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<Setup>,
) -> Result<Response> {
    if !store::is_empty(&state.db).await? {
        return Ok(Redirect::to("/").into_response());
    }
    match create_administrator(&state, &address, &headers, &form).await {
        Ok(Some(cookie)) => Ok(redirect_with("/", cookie)),
        // Somebody else was quicker.
        Ok(None) => Ok(Redirect::to("/sign-in").into_response()),
        Err(e) => {
            let errors = FormErrors::of(e, &viewer.locale)?;
            let again = page(&SetupPage {
                l: viewer.layout(""),
                asks_code: state.setup_code.is_some(),
                form,
                errors,
            })?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
    }
}

async fn create_administrator(
    state: &AppState,
    address: &str,
    headers: &HeaderMap,
    form: &Setup,
) -> Result<Option<HeaderValue>> {
    let mut checks = Checks::default();
    if let Some(code) = &state.setup_code {
        let mut tx = state.db.begin().await?;
        let wait = store::sign_in_attempt(
            &mut tx,
            &format!("setup:{address}"),
            FREE_PER_ACCOUNT,
            state.now(),
        )
        .await?;
        tx.commit().await?;
        if wait > 0 {
            return Err(Error::TooMany(wait));
        }
        // Compared by hash, so that the time says nothing about the code.
        let given = form.code.trim().to_lowercase();
        if crate::secrets::hash(&given) != crate::secrets::hash(code) {
            checks.take::<()>(Err(Error::invalid("code", "accounts-error-code")))?;
        }
    }
    let name = checks.take(parse_name(&form.name))?;
    let email = checks.take(parse_email(&form.email))?;
    checks.take(passwords::check_password("password", &form.password))?;
    checks.done()?;
    let (Some(name), Some(email)) = (name, email) else {
        return Ok(None);
    };
    let hash = passwords::hash_password(state, form.password.clone()).await?;
    let mut tx = state.db.begin().await?;
    if !store::claim_setup(&mut tx, state.now()).await? {
        return Ok(None);
    }
    let user = store::add_user(&mut tx, &email, &name, Some(hash), true, state.now()).await?;
    store::sign_in_succeeded(&mut tx, &format!("setup:{address}")).await?;
    let cookie = begin(&mut tx, state, headers, user, false).await?;
    tx.commit().await?;
    Ok(Some(cookie))
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    l: Layout,
    form: SignIn,
    problem: String,
    days: i64,
    languages: Vec<Language>,
}

/// A language of the interface, named in itself.
pub struct Language {
    /// As sent.
    pub tag: &'static str,
    /// As its readers call it.
    pub name: String,
    /// Whether the page is in it.
    pub current: bool,
}

/// The languages there are.
pub fn languages(chosen: &str) -> Vec<Language> {
    Locale::available()
        .into_iter()
        .map(|tag| Language {
            tag,
            name: Locale::negotiate(tag).text("accounts-language-name"),
            current: tag == chosen,
        })
        .collect()
}

/// The sign-in form.
#[derive(Debug, Default, Deserialize)]
pub struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    stay: Option<String>,
    #[serde(default)]
    next: String,
}

/// `?next=`.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

fn sign_in_page(
    state: &AppState,
    viewer: &Viewer,
    form: SignIn,
    problem: String,
) -> Result<Response> {
    page(&SignInPage {
        l: viewer.layout(""),
        form,
        problem,
        days: (state.config.session_hours / 24).max(1),
        languages: languages(viewer.locale.tag()),
    })
}

/// `GET /sign-in`.
pub async fn sign_in_form(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(Next { next }): Query<Next>,
) -> Result<Response> {
    if store::is_empty(&state.db).await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    let next = local_path(&next).to_owned();
    if viewer.user.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let form = SignIn {
        next,
        ..SignIn::default()
    };
    sign_in_page(&state, &viewer, form, String::new())
}

/// `POST /sign-in`.
pub async fn sign_in(
    State(state): State<AppState>,
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(mut form): Form<SignIn>,
) -> Result<Response> {
    form.next = local_path(&form.next).to_owned();
    let email = parse_email(&form.email).ok();
    let by_address = format!("address:{address}");
    // What is no address cannot have an account; its failures count where it came from.
    let by_account = email.as_ref().map(|e| format!("account:{e}"));
    let mut tx = state.db.begin().await?;
    let now = state.now();
    let mut wait = store::sign_in_attempt(&mut tx, &by_address, FREE_PER_ADDRESS, now).await?;
    if wait == 0
        && let Some(key) = &by_account
    {
        wait = store::sign_in_attempt(&mut tx, key, FREE_PER_ACCOUNT, now).await?;
    }
    tx.commit().await?;
    if wait > 0 {
        let words = crate::web::problems::words(&Error::TooMany(wait), &viewer.locale, "");
        let again = sign_in_page(&state, &viewer, form, words.detail)?;
        let seconds = wait.to_string();
        return Ok((
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, seconds)],
            again,
        )
            .into_response());
    }
    let user = match &email {
        Some(email) => store::user_by_email(&state.db, email).await?,
        None => None,
    };
    let stored = match &user {
        Some(user) => store::password_hash(&state.db, user.id).await?,
        None => None,
    };
    let right = passwords::verify_password(&state, form.password.clone(), stored).await?;
    let Some(user) = user.filter(|_| right) else {
        let problem = viewer.locale.text("accounts-error-sign-in");
        let again = sign_in_page(&state, &viewer, form, problem)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    };
    let mut tx = state.db.begin().await?;
    store::sign_in_succeeded(&mut tx, &by_address).await?;
    if let Some(key) = &by_account {
        store::sign_in_succeeded(&mut tx, key).await?;
    }
    let cookie = begin(&mut tx, &state, &headers, user.id, form.stay.is_some()).await?;
    tx.commit().await?;
    Ok(redirect_with(&form.next, cookie))
}

/// `POST /sign-out`.
pub async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Result<Response> {
    if let Some(id) = cookie(&headers, SESSION_COOKIE) {
        let mut tx = state.db.begin().await?;
        store::end_session(&mut tx, &crate::secrets::hash(id)).await?;
        tx.commit().await?;
    }
    redirect_signed_out(&state.config, "/sign-in")
}

/// The language chooser of whoever is not signed in.
#[derive(Debug, Deserialize)]
pub struct LanguageChoice {
    language: String,
    #[serde(default)]
    next: String,
}

/// `POST /language`.
pub async fn language(
    State(state): State<AppState>,
    Form(form): Form<LanguageChoice>,
) -> Result<Response> {
    let tag = Locale::available()
        .into_iter()
        .find(|tag| *tag == form.language)
        .ok_or_else(|| Error::invalid("language", "accounts-error-language"))?;
    redirect_in_language(&state.config, tag, local_path(&form.next))
}

#[derive(Template)]
#[template(path = "accounts/password.html")]
struct PasswordPage {
    l: Layout,
    email: String,
    secret: String,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "accounts/link_gone.html")]
struct LinkGonePage {
    l: Layout,
}

/// A link that cannot be used any more, or never could.
pub fn link_gone(viewer: &Viewer) -> Result<Response> {
    let gone = page(&LinkGonePage {
        l: viewer.layout(""),
    })?;
    Ok((StatusCode::NOT_FOUND, gone).into_response())
}

/// `GET /password/{secret}`.
pub async fn password_form(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(secret): Path<String>,
) -> Result<Response> {
    match store::password_link_user(&state.db, &secret, state.now()).await? {
        Some(user) => page(&PasswordPage {
            l: viewer.layout(""),
            email: user.email,
            secret,
            errors: FormErrors::default(),
        }),
        None => link_gone(&viewer),
    }
}

/// A new password, typed twice.
#[derive(Debug, Deserialize)]
pub struct NewPassword {
    /// The password.
    pub password: String,
    /// The same once more.
    pub again: String,
}

impl NewPassword {
    /// The password, if it may be used and was typed the same twice.
    pub fn check(self) -> Result<String> {
        passwords::check_password("password", &self.password)?;
        if self.password != self.again {
            return Err(Error::Invalid(vec![FieldError::new(
                "again",
                "accounts-error-again",
            )]));
        }
        Ok(self.password)
    }
}

/// `POST /password/{secret}`.
pub async fn password(
    State(state): State<AppState>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(form): Form<NewPassword>,
) -> Result<Response> {
    let Some(user) = store::password_link_user(&state.db, &secret, state.now()).await? else {
        return link_gone(&viewer);
    };
    let password = match form.check() {
        Ok(password) => password,
        Err(e) => {
            let again = page(&PasswordPage {
                l: viewer.layout(""),
                email: user.email,
                secret,
                errors: FormErrors::of(e, &viewer.locale)?,
            })?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let hash = passwords::hash_password(&state, password).await?;
    let mut tx = state.db.begin().await?;
    if !store::use_password_link(&mut tx, &secret, state.now()).await? {
        return link_gone(&viewer);
    }
    store::set_password(&mut tx, user.id, hash, state.now()).await?;
    store::sign_in_succeeded(&mut tx, &format!("account:{}", user.email)).await?;
    let cookie = begin(&mut tx, &state, &headers, user.id, false).await?;
    tx.commit().await?;
    Ok(redirect_with("/", cookie))
}
