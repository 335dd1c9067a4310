//! Signing in and out: the cookie, and where to go afterwards.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::{LANGUAGE_COOKIE, SESSION_COOKIE, cookie, store};
use crate::config::Config;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::web::AppState;

/// The longest life browsers give a cookie, in seconds; the server's own limit ends a session that is not used.
const COOKIE_LIFE: i64 = 400 * 24 * 3600;

fn set_cookie(config: &Config, name: &str, value: &str, life: Option<i64>) -> Result<HeaderValue> {
    let secure = if config.secure_cookies() {
        "; Secure"
    } else {
        ""
    };
    let life = life.map_or_else(String::new, |s| format!("; Max-Age={s}"));
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{life}")
        .parse()
        .map_err(|_| Error::BadRequest("a cookie cannot hold this".to_owned()))
}

/// Begins a session in place of the browser's old one; the cookie for it. `stay` keeps the browser signed in after it
/// is closed.
pub async fn begin(
    tx: &mut Tx,
    state: &AppState,
    headers: &HeaderMap,
    user: i64,
    stay: bool,
) -> Result<HeaderValue> {
    if let Some(old) = cookie(headers, SESSION_COOKIE) {
        store::end_session(tx, &crate::secrets::hash(old)).await?;
    }
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let id = store::begin_session(tx, user, agent, state.config.session_hours, state.now()).await?;
    set_cookie(
        &state.config,
        SESSION_COOKIE,
        &id,
        stay.then_some(COOKIE_LIFE),
    )
}

/// Goes somewhere with a new cookie.
pub fn redirect_with(to: &str, cookie: HeaderValue) -> Response {
    ([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response()
}

/// Goes somewhere and forgets the session.
pub fn redirect_signed_out(config: &Config, to: &str) -> Result<Response> {
    let cookie = set_cookie(config, SESSION_COOKIE, "", Some(0))?;
    Ok(redirect_with(to, cookie))
}

/// Goes somewhere and remembers a language on this device.
pub fn redirect_in_language(config: &Config, tag: &str, to: &str) -> Result<Response> {
    let cookie = set_cookie(config, LANGUAGE_COOKIE, tag, Some(COOKIE_LIFE))?;
    Ok(redirect_with(to, cookie))
}

/// The address to go to after signing in, if it is a path of this server; else the first page. Browsers read `//host`
/// and `/\host` as another server and drop tabs and line ends before they look.
pub fn local_path(next: &str) -> &str {
    let mut bytes = next.bytes();
    let local = bytes.next() == Some(b'/')
        && bytes.next() != Some(b'/')
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_to() {
        for good in ["/", "/projects/3/documents?q=%D8%AA&x=1", "/account"] {
            assert_eq!(local_path(good), good);
        }
        for bad in [
            "",
            "projects",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/a\n/b",
            "https://evil.example",
            "javascript:alert(1)",
            "/x\\..\\y",
            "/تحریم",
        ] {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
    }
}
