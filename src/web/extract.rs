//! Our `Path`, `Query` and `Json`, whose rejections are [`Error`]s and so become our own problems and pages.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// Path parameters; a malformed id is a 404, as no such page can exist.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|p| Path(p.0))
            .map_err(|_| Error::NotFound("thing-page"))
    }
}

/// Query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|q| Query(q.0))
            .map_err(|e| Error::BadRequest(e.body_text()))
    }
}

/// A JSON body in, a JSON answer out.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;
    async fn from_request(req: Request, state: &S) -> Result<Self, Error> {
        use axum::extract::rejection::JsonRejection;
        axum::Json::<T>::from_request(req, state)
            .await
            .map(|j| Json(j.0))
            .map_err(|e| match e {
                JsonRejection::JsonDataError(e) => Error::invalid(
                    "body",
                    crate::i18n::Msg::new("error-json-data").arg("why", e.body_text()),
                ),
                JsonRejection::MissingJsonContentType(_) => {
                    Error::Unsupported("error-json-content-type".into())
                }
                JsonRejection::BytesRejection(e) if e.status() == 413 => {
                    Error::TooLarge("error-body-too-large".into())
                }
                other => Error::BadRequest(other.body_text()),
            })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The `If-Match` header as a version number, if there is one.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// Whether a change made against this version may go on, given the version that is there.
    pub fn allows(self, version: i64) -> bool {
        self.0.is_none_or(|v| v == version)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(value) = parts.headers.get(axum::http::header::IF_MATCH) else {
            return Ok(IfMatch(None));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(IfMatch(None));
        }
        text.trim_start_matches("W/")
            .trim_matches('"')
            .parse()
            .map(|v| IfMatch(Some(v)))
            .map_err(|_| Error::BadRequest("If-Match must hold a version like \"3\"".to_owned()))
    }
}

/// An answer with its version as `ETag`.
pub fn with_etag(version: i64, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Ok(value) = format!("\"{version}\"").parse() {
        response
            .headers_mut()
            .insert(axum::http::header::ETAG, value);
    }
    response
}

/// A page of a list, with an opaque cursor to the next one.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Pass it back as `cursor` for the rows after these; null at the end.
    pub next: Option<String>,
}

/// `?limit=&cursor=`.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
pub struct Paging {
    /// At most so many rows (default 100, at most 1000).
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    /// Rows to answer.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(100).clamp(1, 1000)
    }

    /// The ids or positions that the last row of the page before had.
    pub fn after(&self) -> Result<Vec<i64>, Error> {
        let Some(cursor) = self.cursor.as_deref().filter(|c| !c.is_empty()) else {
            return Ok(Vec::new());
        };
        cursor
            .split('.')
            .map(|n| i64::from_str_radix(n, 36))
            .collect::<Result<_, _>>()
            .map_err(|_| Error::BadRequest("the cursor is not one this server gave".to_owned()))
    }

    /// The cursor after a row with these keys.
    pub fn cursor(keys: &[i64]) -> String {
        let mut out = String::new();
        for (i, key) in keys.iter().enumerate() {
            if i > 0 {
                out.push('.');
            }
            let mut digits = Vec::new();
            let mut n = key.unsigned_abs();
            loop {
                digits
                    .push(char::from_digit(u32::try_from(n % 36).unwrap_or(0), 36).unwrap_or('0'));
                n /= 36;
                if n == 0 {
                    break;
                }
            }
            if *key < 0 {
                out.push('-');
            }
            out.extend(digits.iter().rev());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_they_went() {
        let paging = Paging {
            limit: None,
            cursor: Some(Paging::cursor(&[0, 35, 36, 123_456_789, -7])),
        };
        assert_eq!(paging.after().unwrap(), [0, 35, 36, 123_456_789, -7]);
        assert_eq!(Paging::cursor(&[36]), "10");
    }
}
