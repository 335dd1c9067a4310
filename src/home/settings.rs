//! A project's settings: its name and switches, document types, members, invitations, its end.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::changes::{self, NewInvitation, NewProject};
use super::{INVITATION_DAYS, parse_description, parse_project_name, store, type_slug};
use crate::documents;
use crate::error::{Error, Result};
use crate::i18n::Msg;
use crate::projects::store::{InvitationRow, MemberRow};
use crate::projects::{Access, OwnType, Permission, Role, Settings, store as projects};
use crate::web::forms::{Checks, FormErrors};
use crate::web::{AppState, Layout, Path, Query, page};

#[derive(Template)]
#[template(path = "home/settings.html")]
struct SettingsPage {
    l: Layout,
    id: i64,
    me: i64,
    role: &'static str,
    may_manage: bool,
    may_invite: bool,
    project_name: String,
    name: String,
    description: String,
    version: i64,
    settings: Settings,
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
    roles: [&'static str; 5],
    days: i64,
    new_invitation: Option<NewInvitation>,
    said: &'static str,
    /// An error that belongs to no field.
    problem: String,
    address: String,
    type_name: String,
    errors: FormErrors,
}

impl SettingsPage {
    async fn load(state: &AppState, access: &Access) -> Result<Self> {
        let project = &access.project;
        let may_invite = access.may(Permission::ManageMembers);
        Ok(SettingsPage {
            l: access.layout(state, "settings").await?,
            id: project.id,
            me: access.user.id,
            role: access.role.as_str(),
            may_manage: access.may(Permission::ManageProject),
            may_invite,
            project_name: project.name.clone(),
            name: project.name.clone(),
            description: project.description.clone(),
            version: project.version,
            settings: project.settings.clone(),
            members: projects::members(&state.db, project.id).await?,
            invitations: if may_invite {
                projects::open_invitations(&state.db, project.id, state.now()).await?
            } else {
                Vec::new()
            },
            roles: Role::ALL.map(Role::as_str),
            days: INVITATION_DAYS,
            new_invitation: None,
            said: "",
            problem: String::new(),
            address: String::new(),
            type_name: String::new(),
            errors: FormErrors::default(),
        })
    }

    /// The page again with what went wrong: field by field, or as a sentence where something stands in the way.
    async fn again(
        state: &AppState,
        access: &Access,
        error: Error,
        fill: impl FnOnce(&mut SettingsPage),
    ) -> Result<Response> {
        let mut shown = SettingsPage::load(state, access).await?;
        let status = match error {
            Error::Conflict { ref message, .. } => {
                shown.problem = access.locale.msg(message);
                StatusCode::CONFLICT
            }
            error => {
                shown.errors = FormErrors::of(error, &access.locale)?;
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        fill(&mut shown);
        Ok((status, page(&shown)?).into_response())
    }
}

/// What was just done, for the page after a redirect.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

fn back(access: &Access, done: &str) -> Response {
    Redirect::to(&format!(
        "/projects/{}/settings?done={done}",
        access.project.id
    ))
    .into_response()
}

/// `GET /projects/{p}/settings`.
pub async fn show(
    State(state): State<AppState>,
    access: Access,
    Query(Done { done }): Query<Done>,
) -> Result<Response> {
    let mut shown = SettingsPage::load(&state, &access).await?;
    shown.said = match done.as_str() {
        "saved" => "home-done-saved",
        "member" => "home-done-member",
        "removed" => "home-done-removed",
        "withdrawn" => "home-done-withdrawn",
        _ => "",
    };
    page(&shown)
}

/// Name, description, switches.
#[derive(Debug, Deserialize)]
pub struct General {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    coders_create_codes: Option<String>,
    #[serde(default)]
    viewers_export: Option<String>,
    version: i64,
}

/// `POST /projects/{p}/settings`.
pub async fn save(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<General>,
) -> Result<Response> {
    access.require(Permission::ManageProject)?;
    let saved = async {
        let mut checks = Checks::default();
        let name = checks.take(parse_project_name(&form.name))?;
        let description = checks.take(parse_description(&form.description))?;
        checks.done()?;
        let new = NewProject {
            name: name.unwrap_or_default(),
            description: description.unwrap_or_default(),
            settings: Settings {
                coders_create_codes: form.coders_create_codes.is_some(),
                viewers_export: form.viewers_export.is_some(),
                ..access.project.settings.clone()
            },
        };
        changes::update_project(&state, &access, Some(form.version), &new).await
    }
    .await;
    match saved {
        Ok(_) => Ok(back(&access, "saved")),
        Err(e) => {
            SettingsPage::again(&state, &access, e, |shown| {
                shown.name = form.name;
                shown.description = form.description;
                shown.settings.coders_create_codes = form.coders_create_codes.is_some();
                shown.settings.viewers_export = form.viewers_export.is_some();
            })
            .await
        }
    }
}

/// A document type's name, or the slug of one.
#[derive(Debug, Deserialize)]
pub struct TypeForm {
    #[serde(default)]
    type_name: String,
    #[serde(default)]
    slug: String,
}

async fn set_types(state: &AppState, access: &Access, types: Vec<OwnType>) -> Result<()> {
    let new = NewProject {
        name: access.project.name.clone(),
        description: access.project.description.clone(),
        settings: Settings {
            document_types: types,
            ..access.project.settings.clone()
        },
    };
    changes::update_project(state, access, None, &new).await?;
    Ok(())
}

/// A type that can be added beside those there are.
pub fn new_type(settings: &Settings, name: &str) -> Result<OwnType> {
    let name = name.trim();
    let slug = type_slug(name);
    if slug.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid("type_name", "home-error-type-name"));
    }
    if documents::has_type(settings, &slug) {
        return Err(Error::invalid("type_name", "home-error-type-there"));
    }
    Ok(OwnType {
        slug,
        name: name.to_owned(),
    })
}

/// `POST /projects/{p}/settings/types`.
pub async fn add_type(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<TypeForm>,
) -> Result<Response> {
    access.require(Permission::ManageProject)?;
    let added = async {
        let mut types = access.project.settings.document_types.clone();
        types.push(new_type(&access.project.settings, &form.type_name)?);
        set_types(&state, &access, types).await
    }
    .await;
    match added {
        Ok(()) => Ok(back(&access, "saved")),
        Err(e) => SettingsPage::again(&state, &access, e, |s| s.type_name = form.type_name).await,
    }
}

/// `POST /projects/{p}/settings/types/delete`: only of a type that no document has.
pub async fn delete_type(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<TypeForm>,
) -> Result<Response> {
    access.require(Permission::ManageProject)?;
    let used = store::documents_of_type(&state.db, access.project.id, &form.slug).await?;
    if used > 0 {
        let error = Error::Conflict {
            slug: "type-in-use",
            message: Msg::new("home-error-type-used").arg("n", used),
            current: serde_json::Value::Null,
        };
        return SettingsPage::again(&state, &access, error, |_| ()).await;
    }
    let mut types = access.project.settings.document_types.clone();
    types.retain(|t| t.slug != form.slug);
    set_types(&state, &access, types).await?;
    Ok(back(&access, "saved"))
}

/// Somebody's address and role.
#[derive(Debug, Deserialize)]
pub struct MemberForm {
    #[serde(default)]
    email: String,
    role: String,
    #[serde(default)]
    days: Option<i64>,
}

fn parse_role(text: &str) -> Result<Role> {
    Role::parse(text).ok_or_else(|| Error::invalid("role", "home-error-role"))
}

/// `POST /projects/{p}/members`.
pub async fn add_member(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<MemberForm>,
) -> Result<Response> {
    access.require(Permission::ManageMembers)?;
    let added =
        async { changes::add_member(&state, &access, &form.email, parse_role(&form.role)?).await }
            .await;
    match added {
        Ok(_) => Ok(back(&access, "member")),
        Err(e) => SettingsPage::again(&state, &access, e, |s| s.address = form.email).await,
    }
}

/// `POST /projects/{p}/members/{user}`: another role.
pub async fn set_role(
    State(state): State<AppState>,
    access: Access,
    Path((_p, user)): Path<(i64, i64)>,
    Form(form): Form<MemberForm>,
) -> Result<Response> {
    access.require(Permission::ManageMembers)?;
    let changed =
        async { changes::set_role(&state, &access, user, parse_role(&form.role)?).await }.await;
    match changed {
        Ok(_) => Ok(back(&access, "member")),
        Err(e) => SettingsPage::again(&state, &access, e, |_| ()).await,
    }
}

/// `POST /projects/{p}/members/{user}/remove`.
pub async fn remove_member(
    State(state): State<AppState>,
    access: Access,
    Path((_p, user)): Path<(i64, i64)>,
) -> Result<Response> {
    access.require(Permission::ManageMembers)?;
    match changes::remove_member(&state, &access, user).await {
        Ok(()) if user == access.user.id => Ok(Redirect::to("/").into_response()),
        Ok(()) => Ok(back(&access, "removed")),
        Err(e) => SettingsPage::again(&state, &access, e, |_| ()).await,
    }
}

/// `POST /projects/{p}/leave`.
pub async fn leave(State(state): State<AppState>, access: Access) -> Result<Response> {
    match changes::remove_member(&state, &access, access.user.id).await {
        Ok(()) => Ok(Redirect::to("/").into_response()),
        Err(e) => SettingsPage::again(&state, &access, e, |_| ()).await,
    }
}

/// `POST /projects/{p}/invitations`: the page that follows is the only one that shows the link.
pub async fn invite(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<MemberForm>,
) -> Result<Response> {
    access.require(Permission::ManageMembers)?;
    let days = form.days.unwrap_or(INVITATION_DAYS);
    let made = async {
        let role = parse_role(&form.role)?;
        changes::invite(&state, &access, Some(&form.email), role, days).await
    }
    .await;
    match made {
        Ok(invitation) => {
            let mut shown = SettingsPage::load(&state, &access).await?;
            shown.new_invitation = Some(invitation);
            page(&shown)
        }
        // The same names stand in the form above, so its errors get names of their own.
        Err(Error::Invalid(mut fields)) => {
            for field in &mut fields {
                field.field = format!("invite-{}", field.field);
            }
            SettingsPage::again(&state, &access, Error::Invalid(fields), |s| {
                s.address = form.email;
            })
            .await
        }
        Err(e) => Err(e),
    }
}

/// `POST /projects/{p}/invitations/{id}/withdraw`.
pub async fn withdraw(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<Response> {
    changes::withdraw(&state, &access, id).await?;
    Ok(back(&access, "withdrawn"))
}

/// The project's name, typed to say that it is meant.
#[derive(Debug, Deserialize)]
pub struct DeleteForm {
    #[serde(default)]
    typed: String,
}

/// `POST /projects/{p}/delete`.
pub async fn delete(
    State(state): State<AppState>,
    access: Access,
    Form(form): Form<DeleteForm>,
) -> Result<Response> {
    access.require(Permission::ManageProject)?;
    if form.typed.trim() != access.project.name {
        let error = Error::invalid("typed", "home-error-typed");
        return SettingsPage::again(&state, &access, error, |_| ()).await;
    }
    changes::delete_project(&state, &access).await?;
    Ok(Redirect::to("/").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_new_by_its_slug() {
        let mut settings = Settings::default();
        let court = new_type(&settings, " Court ruling ").unwrap();
        assert_eq!(
            (court.slug.as_str(), court.name.as_str()),
            ("court_ruling", "Court ruling")
        );
        settings.document_types.push(court);
        assert!(new_type(&settings, "court  RULING").is_err());
        assert!(new_type(&settings, "Field notes").is_err());
        assert!(new_type(&settings, "…").is_err());
    }
}
