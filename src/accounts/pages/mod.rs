//! The pages of accounts: the way in (`door`) and one's own account (`own`).

mod door;
mod own;

pub use door::link_gone;

use axum::Router;
use axum::routing::{get, post};

use super::{Proof, User, Viewer};
use crate::error::{Error, Result};
use crate::web::AppState;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/setup", get(door::setup_form).post(door::setup))
        .route("/sign-in", get(door::sign_in_form).post(door::sign_in))
        .route("/sign-out", post(door::sign_out))
        .route("/language", post(door::language))
        .route(
            "/password/{secret}",
            get(door::password_form).post(door::password),
        )
        .route("/account", get(own::show).post(own::profile))
        .route("/account/password", post(own::password))
        .route("/account/sessions/end", post(own::end_sessions))
        .route("/account/tokens", post(own::add_token))
        .route("/account/tokens/{id}/delete", post(own::delete_token))
}

/// Somebody who is here with a browser: what a token may do must not reach as far as making tokens.
pub fn in_person(viewer: &Viewer) -> Result<(User, String)> {
    let user = viewer.user.clone().ok_or(Error::SignIn)?;
    match &viewer.proof {
        Proof::Session(hash) => Ok((user, hash.clone())),
        _ => Err(Error::forbidden("accounts-error-in-person")),
    }
}
