//! One error type for the whole program: a page for people, problem+json (RFC 9457) for programs.
//!
//! Variants say what a caller can do about it; [`Error::Internal`] alone hides its cause, which goes to the log with
//! a short reference that the person is shown. Which of the two faces an error wears is decided at the edge, by
//! `web::problems`; here it is only given its status, its stable slug and its words.

use serde_json::Value as Json;

use crate::i18n::Msg;

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one field of an input.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The field as the form or the JSON names it.
    pub field: String,
    /// Why, in words for the person who filled it in.
    pub message: Msg,
}

impl FieldError {
    /// A field and the message that explains what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl Into<Msg>) -> Self {
        FieldError {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Everything that can go wrong on a request or a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404: it does not exist, or the caller may not know that it does. The word is a message key (`thing-document`).
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// 401: nobody is signed in.
    #[error("not signed in")]
    SignIn,
    /// 403: signed in, but not allowed. The message says what would be needed.
    #[error("not allowed: {}", .0.key)]
    Forbidden(Msg),
    /// 422: the input is wrong, field by field.
    #[error("invalid input: {}", .0.iter().map(|e| format!("{} {}", e.field, e.message.key)).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// 409: it changed in between, or something stands in the way. `current` is what is there now.
    #[error("conflict: {}", .message.key)]
    Conflict {
        /// Stable slug under `/problems/`.
        slug: &'static str,
        /// What stands in the way.
        message: Msg,
        /// The object as it is now, or the numbers that matter.
        current: Json,
    },
    /// 413: over a limit. The message names it.
    #[error("too large: {}", .0.key)]
    TooLarge(Msg),
    /// 415: a format that is not read.
    #[error("unsupported: {}", .0.key)]
    Unsupported(Msg),
    /// 429: too many attempts; try again after so many seconds.
    #[error("too many attempts; wait {0} s")]
    TooMany(u64),
    /// 400: the request itself is malformed (not its fields' values).
    #[error("bad request: {0}")]
    BadRequest(String),
    /// A command was used wrongly; never reaches a web client except as 400.
    #[error("{0}")]
    Usage(String),
    /// 500: broken on our side. Never shown.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

impl Error {
    /// One invalid field.
    pub fn invalid(field: impl Into<String>, message: impl Into<Msg>) -> Self {
        Error::Invalid(vec![FieldError::new(field, message)])
    }

    /// Not allowed, with the message that says why.
    pub fn forbidden(message: impl Into<Msg>) -> Self {
        Error::Forbidden(message.into())
    }

    /// A command used wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::Usage(message.into())
    }

    /// A stale `If-Match`: answers with what is there now.
    pub fn stale(current: Json) -> Self {
        Error::Conflict {
            slug: "stale-version",
            message: Msg::new("error-stale"),
            current,
        }
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Error::NotFound(_) => 404,
            Error::SignIn => 401,
            Error::Forbidden(_) => 403,
            Error::Invalid(_) => 422,
            Error::Conflict { .. } => 409,
            Error::TooLarge(_) => 413,
            Error::Unsupported(_) => 415,
            Error::TooMany(_) => 429,
            Error::BadRequest(_) | Error::Usage(_) => 400,
            Error::Internal(_) => 500,
        }
    }

    /// The stable slug of `type` under `/problems/`.
    pub fn slug(&self) -> &'static str {
        match self {
            Error::NotFound(_) => "not-found",
            Error::SignIn => "not-signed-in",
            Error::Forbidden(_) => "not-allowed",
            Error::Invalid(_) => "invalid-input",
            Error::Conflict { slug, .. } => slug,
            Error::TooLarge(_) => "too-large",
            Error::Unsupported(_) => "unsupported-format",
            Error::TooMany(_) => "too-many-attempts",
            Error::BadRequest(_) | Error::Usage(_) => "bad-request",
            Error::Internal(_) => "internal",
        }
    }
}

/// `find(…)?.or_404("thing-document")?`
pub trait OrNotFound<T> {
    /// The value, or [`Error::NotFound`] naming the kind of thing by its message key.
    fn or_404(self, thing: &'static str) -> Result<T>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_404(self, thing: &'static str) -> Result<T> {
        self.ok_or(Error::NotFound(thing))
    }
}

impl From<sqlx::Error> for Error {
    fn from(e: sqlx::Error) -> Self {
        Error::Internal(anyhow::Error::new(e).context("database"))
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(e: sqlx::migrate::MigrateError) -> Self {
        Error::Internal(anyhow::Error::new(e).context("bringing the database up to date"))
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Error::Internal(anyhow::Error::new(e))
    }
}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Error::Internal(anyhow::Error::new(e).context("JSON"))
    }
}

impl From<askama::Error> for Error {
    fn from(e: askama::Error) -> Self {
        Error::Internal(anyhow::Error::new(e).context("template"))
    }
}

impl From<object_store::Error> for Error {
    fn from(e: object_store::Error) -> Self {
        Error::Internal(anyhow::Error::new(e).context("file store"))
    }
}

impl From<anyhow::Error> for Error {
    fn from(e: anyhow::Error) -> Self {
        Error::Internal(e)
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(e: tokio::task::JoinError) -> Self {
        Error::Internal(anyhow::Error::new(e))
    }
}

/// Whether a statement failed because a row with the same unique value is there already. Constraints are told apart
/// where the statement stands: SQLite does not name them.
pub fn is_unique_violation(e: &Error) -> bool {
    match e {
        Error::Internal(cause) => cause
            .downcast_ref::<sqlx::Error>()
            .and_then(|e| e.as_database_error())
            .is_some_and(|e| e.is_unique_violation()),
        _ => false,
    }
}
