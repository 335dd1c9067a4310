//! People: who they are and how the server knows them.
//!
//! A browser carries a session cookie, a program a bearer token; [`identify`] looks either up once a request and
//! leaves a [`Viewer`]. Handlers that need somebody ask for a [`User`].

pub mod address;
pub mod pages;
pub mod passwords;
pub mod signing;
pub mod store;

pub use crate::web::viewer::{Proof, User, Viewer};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::{Error, Result};
use crate::i18n::Locale;
use crate::web::AppState;

/// The cookie that holds a session's id.
pub const SESSION_COOKIE: &str = "concord_session";
/// The cookie that holds the language of somebody who is not signed in.
pub const LANGUAGE_COOKIE: &str = "concord_language";

/// A cookie's value in a `Cookie` header.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}

/// Who these headers speak for, and how that is known.
pub async fn who(state: &AppState, headers: &HeaderMap) -> Result<(Option<User>, Proof)> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| {
            v.strip_prefix("Bearer ")
                .or_else(|| v.strip_prefix("bearer "))
        })
        .map(str::trim);
    let epoch = state.db.access_epoch();
    // A token that is sent but wrong must not fall back to a cookie.
    if let Some(token) = bearer {
        let user = state
            .brief
            .get_or(epoch, "token", crate::secrets::hash(token), async {
                store::user_by_token(&state.db, token, state.now()).await
            })
            .await?;
        return Ok(user.map_or((None, Proof::None), |u| (Some(u), Proof::Token)));
    }
    let Some(id) = cookie(headers, SESSION_COOKIE) else {
        return Ok((None, Proof::None));
    };
    let hash = crate::secrets::hash(id);
    let user = state
        .brief
        .get_or(epoch, "session", hash.clone(), async {
            store::user_by_session(state, id).await
        })
        .await?;
    Ok(user.map_or((None, Proof::None), |u| (Some(u), Proof::Session(hash))))
}

/// The layer that finds out who asks.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let (user, proof) = match who(&state, request.headers()).await {
        Ok(found) => found,
        Err(e) => return axum::response::IntoResponse::into_response(e),
    };
    let wish = user
        .as_ref()
        .and_then(|u| u.language.clone())
        .or_else(|| cookie(request.headers(), LANGUAGE_COOKIE).map(ToOwned::to_owned))
        .or_else(|| {
            request
                .headers()
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|v| v.to_str().ok())
                .map(ToOwned::to_owned)
        })
        .unwrap_or_default();
    request.extensions_mut().insert(Viewer {
        user,
        proof,
        locale: Locale::negotiate(&wish),
    });
    next.run(request).await
}

/// A token's name as it is stored.
pub fn parse_label(text: &str) -> Result<String> {
    let label = text.trim();
    if label.is_empty() || label.chars().count() > 200 {
        return Err(Error::invalid("label", "accounts-error-label"));
    }
    Ok(label.to_owned())
}

/// An address as it is stored and compared, or what is wrong with it.
pub fn parse_email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    let valid = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if valid {
        Ok(email)
    } else {
        Err(Error::invalid("email", "error-email"))
    }
}

/// A person's name as it is stored.
pub fn parse_name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "error-name-empty"));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid("name", "error-name-long"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(parse_email(" A@Example.ORG ").unwrap(), "a@example.org");
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c"] {
            assert!(parse_email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = axum::http::HeaderMap::new();
        headers.insert(
            header::COOKIE,
            "a=1; concord_session=xyz; b=2".parse().unwrap(),
        );
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("xyz"));
        assert_eq!(cookie(&headers, "c"), None);
    }
}
