//! Who sent a request, as everything above knows it. `accounts::identify` finds out and leaves it with the request.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;

use super::layout::{Layout, UserBadge, initials};
use crate::error::{Error, Result};
use crate::i18n::Locale;

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// Id.
    pub id: i64,
    /// E-mail address, lower case.
    pub email: String,
    /// Full name.
    pub name: String,
    /// May create users and projects for others and see the instance.
    pub is_admin: bool,
    /// Interface language, if she chose one.
    pub language: Option<String>,
}

impl User {
    /// Up to two letters.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// How the request proved who sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proof {
    /// Nobody is signed in.
    #[default]
    None,
    /// A session cookie; the hash of its id.
    Session(String),
    /// An API token.
    Token,
}

/// Whoever sent the request, and in which language to answer.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// The user, if there is one.
    pub user: Option<User>,
    /// How that is known.
    pub proof: Proof,
    /// Language of the answer.
    pub locale: Locale,
}

impl Viewer {
    /// What `accounts::identify` found; nobody if it did not run.
    pub fn of(request: &Request) -> Viewer {
        request
            .extensions()
            .get::<Viewer>()
            .cloned()
            .unwrap_or_default()
    }

    /// A page outside any project, without the switcher's list of projects.
    pub fn layout(&self, section: &'static str) -> Layout {
        Layout {
            locale: self.locale.clone(),
            user: self.user.as_ref().map(|u| UserBadge {
                id: u.id,
                name: u.name.clone(),
                initials: u.initials(),
                is_admin: u.is_admin,
            }),
            project: None,
            section,
            projects: Vec::new(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts
            .extensions
            .get::<Viewer>()
            .cloned()
            .unwrap_or_default())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts
            .extensions
            .get::<Viewer>()
            .and_then(|v| v.user.clone())
            .ok_or(Error::SignIn)
    }
}
