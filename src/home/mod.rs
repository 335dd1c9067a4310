//! Where a member's day begins: her work, her projects, a project's overview and settings, and the invitations by
//! which people come in.
//!
//! The types and rules of projects stand in [`crate::projects`], on a floor that everybody imports; their pages and
//! API stand up here, because they write events and read what the rooms between have counted.

pub mod api;
pub mod changes;
mod events;
mod invitations;
mod overview;
mod pages;
mod settings;
pub mod store;

use axum::Router;
use axum::routing::{get, post};

pub use changes::create_project;

use crate::error::{Error, Result};
use crate::web::AppState;

/// Days that an invitation can be used.
pub const INVITATION_DAYS: i64 = 14;

/// The pages' routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(pages::home))
        .route("/projects", get(pages::to_home).post(pages::create))
        .route("/projects/new", get(pages::new_project))
        .route("/projects/{p}", get(overview::show))
        .route(
            "/projects/{p}/settings",
            get(settings::show).post(settings::save),
        )
        .route("/projects/{p}/settings/types", post(settings::add_type))
        .route(
            "/projects/{p}/settings/types/delete",
            post(settings::delete_type),
        )
        .route("/projects/{p}/members", post(settings::add_member))
        .route("/projects/{p}/members/{user}", post(settings::set_role))
        .route(
            "/projects/{p}/members/{user}/remove",
            post(settings::remove_member),
        )
        .route("/projects/{p}/leave", post(settings::leave))
        .route("/projects/{p}/invitations", post(settings::invite))
        .route(
            "/projects/{p}/invitations/{id}/withdraw",
            post(settings::withdraw),
        )
        .route("/projects/{p}/delete", post(settings::delete))
        .route(
            "/invitation/{secret}",
            get(invitations::show).post(invitations::create_account),
        )
        .route("/invitation/{secret}/accept", post(invitations::accept))
}

/// A project's name as it is stored.
pub fn parse_project_name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "error-name-empty"));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid("name", "error-name-long"));
    }
    Ok(name.to_owned())
}

/// A project's description as it is stored.
pub fn parse_description(text: &str) -> Result<String> {
    let description = text.trim().replace("\r\n", "\n");
    if description.chars().count() > 10_000 {
        return Err(Error::invalid("description", "home-error-description-long"));
    }
    Ok(description)
}

/// The slug of a document type from its name: letters and digits of any script, in lower case, joined by `_`.
pub fn type_slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.trim().chars() {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_keep_letters_of_every_script() {
        assert_eq!(type_slug(" Court ruling (final) "), "court_ruling_final");
        assert_eq!(type_slug("Закон № 5"), "закон_5");
        assert_eq!(type_slug("—"), "");
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(parse_project_name("  Study ").unwrap(), "Study");
        assert!(parse_project_name(" ").is_err());
        assert!(parse_project_name(&"ж".repeat(200)).is_ok());
        assert!(parse_project_name(&"ж".repeat(201)).is_err());
    }
}
