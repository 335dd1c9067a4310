//! Errors as they leave the house: `application/problem+json` for programs, a page for people.
//!
//! A handler's [`Error`] becomes a bare response that carries it; the layer here, which knows who asked and in which
//! language, gives it its face. Answers that a library made by itself (an unknown route, a body too long) are dressed
//! the same way, so nobody ever meets a bare line of text.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::json;

use super::Layout;
use super::viewer::Viewer;
use crate::error::{Error, FieldError};
use crate::i18n::Locale;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Title and explanation of an error in a reader's language.
pub struct Words {
    /// A few words.
    pub title: String,
    /// A sentence or two: what happened, what was kept, what to do.
    pub detail: String,
    /// Field by field.
    pub errors: Vec<(String, String)>,
}

/// Puts an error into words. `reference` stands for an internal error's entry in the log.
pub fn words(error: &Error, locale: &Locale, reference: &str) -> Words {
    let slug = error.slug();
    let title_key = match slug {
        "not-found" | "not-signed-in" | "not-allowed" | "invalid-input" | "too-large"
        | "unsupported-format" | "too-many-attempts" | "bad-request" | "internal" => slug,
        _ => "conflict",
    };
    let title = locale.text(&format!("problem-{title_key}"));
    let mut errors = Vec::new();
    let detail = match error {
        Error::NotFound(thing) => {
            locale.format("error-not-found", &[("thing", locale.text(thing).into())])
        }
        Error::SignIn => locale.text("error-sign-in"),
        Error::Forbidden(message)
        | Error::TooLarge(message)
        | Error::Unsupported(message)
        | Error::Conflict { message, .. } => locale.msg(message),
        Error::Invalid(fields) => {
            errors = fields
                .iter()
                .map(|FieldError { field, message }| (field.clone(), locale.msg(message)))
                .collect();
            errors
                .iter()
                .map(|(_, message)| message.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        }
        Error::TooMany(seconds) => {
            locale.format("error-too-many", &[("seconds", (*seconds).into())])
        }
        Error::BadRequest(why) | Error::Usage(why) => {
            locale.format("error-bad-request", &[("why", why.as_str().into())])
        }
        Error::Internal(_) => locale.format("error-internal", &[("reference", reference.into())]),
    };
    Words {
        title,
        detail,
        errors,
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    l: Layout,
    status: u16,
    words: Words,
}

/// The layer.
pub async fn layer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let path_and_query = request
        .uri()
        .path_and_query()
        .map_or_else(|| path.clone(), ToString::to_string);
    let is_get = request.method() == axum::http::Method::GET;
    let viewer = Viewer::of(&request);
    let fragment = request.headers().contains_key("hx-request")
        || request
            .headers()
            .get(header::ACCEPT)
            .and_then(|a| a.to_str().ok())
            .is_some_and(|a| a.contains("application/json"));
    let api = path.starts_with("/api/");
    let response = next.run(request).await;
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let error = match response.extensions().get::<Arc<Error>>() {
        Some(error) => error.clone(),
        // A room's own page for a failed form carries its own body.
        None if response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|t| t.as_bytes().starts_with(b"text/html"))
            || response
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|t| t.as_bytes().starts_with(b"application/")) =>
        {
            return response;
        }
        None => Arc::new(match response.status() {
            StatusCode::NOT_FOUND => Error::NotFound("thing-page"),
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("error-body-too-large".into()),
            StatusCode::FORBIDDEN => Error::forbidden("error-cross-site"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Error::Unsupported("error-media-type".into()),
            StatusCode::METHOD_NOT_ALLOWED => {
                return dress_status(response, api);
            }
            s if s.is_server_error() => Error::Internal(anyhow::anyhow!("status {s}")),
            s => Error::BadRequest(s.canonical_reason().unwrap_or("malformed").to_owned()),
        }),
    };
    let mut reference = String::new();
    if let Error::Internal(cause) = &*error {
        reference = crate::secrets::short_reference();
        tracing::error!(%reference, %path, "{cause:#}");
    }
    if matches!(*error, Error::SignIn) && !api && !fragment {
        if is_get {
            let next = url_encode(&path_and_query);
            return Redirect::to(&format!("/sign-in?next={next}")).into_response();
        }
        return Redirect::to("/sign-in").into_response();
    }
    let locale = viewer.locale.clone();
    let words = words(&error, &locale, &reference);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = if api || fragment {
        problem_json(&error, status, &words)
    } else {
        let l = viewer.layout("");
        match (ErrorPage {
            l,
            status: status.as_u16(),
            words,
        })
        .render()
        {
            Ok(html) => (status, Html(html)).into_response(),
            Err(e) => {
                tracing::error!("the error page itself failed: {e}");
                status.into_response()
            }
        }
    };
    if let Error::TooMany(seconds) = &*error
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        answer.headers_mut().insert(header::RETRY_AFTER, value);
    }
    answer
}

/// Programs get plain words: the marks that isolate directions are for people's screens.
fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

fn problem_json(error: &Error, status: StatusCode, words: &Words) -> Response {
    let mut body = json!({
        "type": format!("/problems/{}", error.slug()),
        "title": words.title,
        "status": status.as_u16(),
        "detail": plain(&words.detail),
    });
    if !words.errors.is_empty() {
        body["errors"] = words
            .errors
            .iter()
            .map(|(field, message)| json!({"field": field, "message": plain(message)}))
            .collect();
    }
    if let Error::Conflict { current, .. } = error {
        body["current"] = current.clone();
    }
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// 405 keeps its `Allow` header and gains a body.
fn dress_status(response: Response, api: bool) -> Response {
    if !api {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    let body = json!({
        "type": "/problems/method-not-allowed",
        "title": "Method not allowed",
        "status": 405,
        "detail": "This address does not take that method; the Allow header lists those it takes.",
    });
    Response::from_parts(parts, axum::body::Body::from(body.to_string()))
}

fn url_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
