//! Projects, members and invitations as JSON.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::changes::{self, NewProject};
use super::{INVITATION_DAYS, parse_description, parse_project_name};
use crate::accounts::User;
use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::projects::store::{InvitationRow, MemberRow};
use crate::projects::{Access, Permission, Project, Role, Settings, store as projects};
use crate::web::extract::{IfMatch, List, Paging, with_etag};
use crate::web::forms::Checks;
use crate::web::{AppState, Json, Path, Query};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(list_projects, create_project))
        .routes(routes!(get_project, patch_project, delete_project))
        .routes(routes!(list_members, add_member))
        .routes(routes!(patch_member, delete_member))
        .routes(routes!(list_invitations, create_invitation))
        .routes(routes!(delete_invitation))
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    id: i64,
    email: String,
    name: String,
    projects: Vec<MyProject>,
}

/// A project of the caller's.
#[derive(Debug, Serialize, ToSchema)]
struct MyProject {
    id: i64,
    name: String,
    role: Role,
}

/// A project as the API answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectJson {
    id: i64,
    name: String,
    description: String,
    /// The caller's role.
    role: Role,
    settings: Settings,
    version: i64,
    created_at: String,
    updated_at: String,
}

impl ProjectJson {
    fn of(project: &Project, role: Role) -> ProjectJson {
        ProjectJson {
            id: project.id,
            name: project.name.clone(),
            description: project.description.clone(),
            role,
            settings: project.settings.clone(),
            version: project.version,
            created_at: rfc3339(project.created_at),
            updated_at: rfc3339(project.updated_at),
        }
    }
}

/// The same as a value, for the `current` of a conflict.
pub fn project_json(project: &Project, role: Role) -> Value {
    json!(ProjectJson::of(project, role))
}

/// A member as the API answers her.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberJson {
    id: i64,
    name: String,
    email: String,
    role: String,
    created_at: String,
}

impl From<MemberRow> for MemberJson {
    fn from(m: MemberRow) -> Self {
        MemberJson {
            id: m.id,
            name: m.name,
            email: m.email,
            role: m.role,
            created_at: rfc3339(m.created_at),
        }
    }
}

/// An invitation as the API answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationJson {
    id: i64,
    /// For this address only, if given.
    email: Option<String>,
    role: String,
    created_by: String,
    expires_at: String,
    /// The link to send; only in the answer that makes the invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl From<InvitationRow> for InvitationJson {
    fn from(i: InvitationRow) -> Self {
        InvitationJson {
            id: i.id,
            email: i.email,
            role: i.role,
            created_by: i.created_by_name,
            expires_at: rfc3339(i.expires_at),
            link: None,
        }
    }
}

/// The rows after the cursor, by id, as a page of a list.
fn paged<T, J: From<T>>(paging: &Paging, rows: Vec<T>, id: impl Fn(&T) -> i64) -> Result<List<J>> {
    let after = paging.after()?.first().copied().unwrap_or(0);
    let limit = usize::try_from(paging.limit()).unwrap_or(100);
    let mut rest: Vec<T> = rows.into_iter().filter(|row| id(row) > after).collect();
    let more = rest.len() > limit;
    rest.truncate(limit);
    let next = rest
        .last()
        .filter(|_| more)
        .map(|last| Paging::cursor(&[id(last)]));
    Ok(List {
        items: rest.into_iter().map(J::from).collect(),
        next,
    })
}

/// Who the caller is, and her projects.
#[utoipa::path(get, path = "/me", tag = "accounts", responses((status = 200, body = Me)))]
async fn me(State(state): State<AppState>, user: User) -> Result<Json<Me>> {
    let projects = projects::projects_of(&state.db, user.id)
        .await?
        .into_iter()
        .map(|(project, role)| MyProject {
            id: project.id,
            name: project.name,
            role,
        })
        .collect();
    Ok(Json(Me {
        id: user.id,
        email: user.email,
        name: user.name,
        projects,
    }))
}

/// The caller's projects, by id.
#[utoipa::path(get, path = "/projects", tag = "projects", params(Paging), responses((status = 200, body = List<ProjectJson>)))]
async fn list_projects(
    State(state): State<AppState>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<List<ProjectJson>>> {
    let mut rows = projects::projects_of(&state.db, user.id).await?;
    rows.sort_by_key(|(project, _)| project.id);
    Ok(Json(paged(&paging, rows, |(project, _)| project.id)?))
}

impl From<(Project, Role)> for ProjectJson {
    fn from((project, role): (Project, Role)) -> Self {
        ProjectJson::of(&project, role)
    }
}

/// A project to make.
#[derive(Debug, Deserialize, ToSchema)]
struct CreateProject {
    name: String,
    #[serde(default)]
    description: String,
}

/// Makes a project; the caller is its owner.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = CreateProject, responses((status = 201, body = ProjectJson), (status = 422)))]
async fn create_project(
    State(state): State<AppState>,
    user: User,
    Json(body): Json<CreateProject>,
) -> Result<Response> {
    let mut checks = Checks::default();
    let name = checks.take(parse_project_name(&body.name))?;
    let description = checks.take(parse_description(&body.description))?;
    checks.done()?;
    let mut tx = state.db.begin().await?;
    let id = changes::create_project(
        &mut tx,
        &user,
        &name.unwrap_or_default(),
        &description.unwrap_or_default(),
        state.now(),
    )
    .await?;
    tx.commit().await?;
    let (project, role) = projects::membership(&state.db, id, user.id)
        .await?
        .ok_or(Error::NotFound("thing-project"))?;
    let answer = (StatusCode::CREATED, Json(ProjectJson::of(&project, role)));
    Ok(with_etag(project.version, answer))
}

/// One project.
#[utoipa::path(get, path = "/projects/{p}", tag = "projects", params(("p" = i64, Path)), responses((status = 200, body = ProjectJson), (status = 404)))]
async fn get_project(access: Access) -> Response {
    let answer = Json(ProjectJson::of(&access.project, access.role));
    with_etag(access.project.version, answer)
}

/// What of a project to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
struct PatchProject {
    name: Option<String>,
    description: Option<String>,
    settings: Option<PatchSettings>,
}

/// Which switches to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
struct PatchSettings {
    /// Coders may create codes while they code.
    coders_create_codes: Option<bool>,
    /// Viewers may download codings.
    viewers_export: Option<bool>,
}

/// Renames, describes, sets switches.
#[utoipa::path(patch, path = "/projects/{p}", tag = "projects", params(("p" = i64, Path)), request_body = PatchProject, responses((status = 200, body = ProjectJson), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn patch_project(
    State(state): State<AppState>,
    access: Access,
    IfMatch(version): IfMatch,
    Json(body): Json<PatchProject>,
) -> Result<Response> {
    access.require(Permission::ManageProject)?;
    let project = &access.project;
    let mut checks = Checks::default();
    let name = checks.take(parse_project_name(
        body.name.as_deref().unwrap_or(&project.name),
    ))?;
    let description = checks.take(parse_description(
        body.description.as_deref().unwrap_or(&project.description),
    ))?;
    checks.done()?;
    let mut settings = project.settings.clone();
    if let Some(patch) = body.settings {
        settings.coders_create_codes = patch
            .coders_create_codes
            .unwrap_or(settings.coders_create_codes);
        settings.viewers_export = patch.viewers_export.unwrap_or(settings.viewers_export);
    }
    let new = NewProject {
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        settings,
    };
    changes::update_project(&state, &access, version, &new).await?;
    let (project, role) = projects::membership(&state.db, project.id, access.user.id)
        .await?
        .ok_or(Error::NotFound("thing-project"))?;
    Ok(with_etag(
        project.version,
        Json(ProjectJson::of(&project, role)),
    ))
}

/// Deletes a project.
#[utoipa::path(delete, path = "/projects/{p}", tag = "projects", params(("p" = i64, Path)), responses((status = 204), (status = 403), (status = 404), (status = 409)))]
async fn delete_project(
    State(state): State<AppState>,
    access: Access,
    IfMatch(version): IfMatch,
) -> Result<StatusCode> {
    access.require(Permission::ManageProject)?;
    if version.is_some_and(|v| v != access.project.version) {
        return Err(Error::stale(project_json(&access.project, access.role)));
    }
    changes::delete_project(&state, &access).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The members of a project, by id.
#[utoipa::path(get, path = "/projects/{p}/members", tag = "projects", params(("p" = i64, Path), Paging), responses((status = 200, body = List<MemberJson>), (status = 404)))]
async fn list_members(
    State(state): State<AppState>,
    access: Access,
    Query(paging): Query<Paging>,
) -> Result<Json<List<MemberJson>>> {
    let rows = projects::members(&state.db, access.project.id).await?;
    Ok(Json(paged(&paging, rows, |m| m.id)?))
}

/// Somebody with an account, and what she is to be.
#[derive(Debug, Deserialize, ToSchema)]
struct AddMember {
    email: String,
    role: Role,
}

/// Makes somebody who has an account a member. Whoever has none is invited instead.
#[utoipa::path(post, path = "/projects/{p}/members", tag = "projects", params(("p" = i64, Path)), request_body = AddMember, responses((status = 201, body = MemberJson), (status = 403), (status = 404), (status = 422)))]
async fn add_member(
    State(state): State<AppState>,
    access: Access,
    Json(body): Json<AddMember>,
) -> Result<(StatusCode, Json<MemberJson>)> {
    access.require(Permission::ManageMembers)?;
    let member = changes::add_member(&state, &access, &body.email, body.role).await?;
    Ok((StatusCode::CREATED, Json(member.into())))
}

/// A role.
#[derive(Debug, Deserialize, ToSchema)]
struct NewRole {
    role: Role,
}

/// Gives a member another role.
#[utoipa::path(patch, path = "/projects/{p}/members/{user}", tag = "projects", params(("p" = i64, Path), ("user" = i64, Path)), request_body = NewRole, responses((status = 200, body = MemberJson), (status = 403), (status = 404), (status = 409)))]
async fn patch_member(
    State(state): State<AppState>,
    access: Access,
    Path((_p, user)): Path<(i64, i64)>,
    Json(body): Json<NewRole>,
) -> Result<Json<MemberJson>> {
    access.require(Permission::ManageMembers)?;
    let member = changes::set_role(&state, &access, user, body.role).await?;
    Ok(Json(member.into()))
}

/// Takes a member out; everybody may take herself out, but for the last owner. Her codings stay.
#[utoipa::path(delete, path = "/projects/{p}/members/{user}", tag = "projects", params(("p" = i64, Path), ("user" = i64, Path)), responses((status = 204), (status = 403), (status = 404), (status = 409)))]
async fn delete_member(
    State(state): State<AppState>,
    access: Access,
    Path((_p, user)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    changes::remove_member(&state, &access, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations that can still be used, by id; without their links, which are shown once.
#[utoipa::path(get, path = "/projects/{p}/invitations", tag = "projects", params(("p" = i64, Path), Paging), responses((status = 200, body = List<InvitationJson>), (status = 403), (status = 404)))]
async fn list_invitations(
    State(state): State<AppState>,
    access: Access,
    Query(paging): Query<Paging>,
) -> Result<Json<List<InvitationJson>>> {
    access.require(Permission::ManageMembers)?;
    let rows = projects::open_invitations(&state.db, access.project.id, state.now()).await?;
    Ok(Json(paged(&paging, rows, |i| i.id)?))
}

/// An invitation to make.
#[derive(Debug, Deserialize, ToSchema)]
struct CreateInvitation {
    /// Only this address may use it, if given.
    email: Option<String>,
    role: Role,
    /// Days that it can be used (default 14, at most 90).
    days: Option<i64>,
}

/// Makes an invitation; the answer alone holds its link.
#[utoipa::path(post, path = "/projects/{p}/invitations", tag = "projects", params(("p" = i64, Path)), request_body = CreateInvitation, responses((status = 201, body = InvitationJson), (status = 403), (status = 404), (status = 422)))]
async fn create_invitation(
    State(state): State<AppState>,
    access: Access,
    Json(body): Json<CreateInvitation>,
) -> Result<(StatusCode, Json<InvitationJson>)> {
    access.require(Permission::ManageMembers)?;
    let made = changes::invite(
        &state,
        &access,
        body.email.as_deref(),
        body.role,
        body.days.unwrap_or(INVITATION_DAYS),
    )
    .await?;
    let answer = InvitationJson {
        id: made.id,
        email: made.email,
        role: made.role.as_str().to_owned(),
        created_by: access.user.name.clone(),
        expires_at: rfc3339(made.expires_at),
        link: Some(made.link),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Withdraws an invitation.
#[utoipa::path(delete, path = "/projects/{p}/invitations/{id}", tag = "projects", params(("p" = i64, Path), ("id" = i64, Path)), responses((status = 204), (status = 403), (status = 404)))]
async fn delete_invitation(
    State(state): State<AppState>,
    access: Access,
    Path((_p, id)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    changes::withdraw(&state, &access, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
