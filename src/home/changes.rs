//! Every change of a project, its members and invitations, each with its event. Pages, API and commands all come
//! through here, so that they share one set of rules.

use serde_json::{Value as Json, json};

use crate::accounts::{User, store as accounts};
use crate::activity::{Batch, Change, store as activity};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::projects::store::{self, MemberRow};
use crate::projects::{Access, Permission, Project, Role, Settings};
use crate::web::AppState;

const DAY: i64 = 86_400_000;

/// A project as its events keep it.
fn project_state(name: &str, description: &str, settings: &Settings) -> Json {
    json!({"name": name, "description": description, "settings": settings})
}

fn member_state(id: i64, name: &str, email: &str, role: &str) -> Json {
    json!({"id": id, "name": name, "email": email, "role": role})
}

fn state_of(member: &MemberRow) -> Json {
    member_state(member.id, &member.name, &member.email, &member.role)
}

/// Creates a project with its owner.
pub async fn create_project(
    tx: &mut Tx,
    owner: &User,
    name: &str,
    description: &str,
    now: i64,
) -> Result<i64> {
    let id = store::create(tx, name, description, owner.id, now).await?;
    let batch = Batch::new();
    let change = Change {
        project: id,
        actor: owner.id,
        verb: "create",
        kind: "project",
        id,
        document: None,
        before: None,
        after: Some(project_state(name, description, &Settings::default())),
    };
    activity::append(tx, &batch, change, now).await?;
    Ok(id)
}

/// What of a project is to change.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Switches and own document types.
    pub settings: Settings,
}

/// Changes name, description and switches; the new version. `if_match` is the version the caller saw.
pub async fn update_project(
    state: &AppState,
    access: &Access,
    if_match: Option<i64>,
    new: &NewProject,
) -> Result<i64> {
    access.require(Permission::ManageProject)?;
    let old = &access.project;
    let mut tx = state.db.begin().await?;
    let version = store::lock(&mut tx, old.id).await?;
    if version != old.version || if_match.is_some_and(|v| v != version) {
        drop(tx);
        return Err(stale(state, access).await);
    }
    let before = project_state(&old.name, &old.description, &old.settings);
    let after = project_state(&new.name, &new.description, &new.settings);
    if before == after {
        return Ok(version);
    }
    let now = state.now();
    store::update(
        &mut tx,
        old.id,
        &new.name,
        &new.description,
        &new.settings,
        now,
    )
    .await?;
    append(
        &mut tx,
        access,
        "update",
        "project",
        old.id,
        Some(before),
        Some(after),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(version + 1)
}

/// The conflict with the project as it is now.
async fn stale(state: &AppState, access: &Access) -> Error {
    match store::membership(&state.db, access.project.id, access.user.id).await {
        Ok(Some((project, role))) => Error::stale(super::api::project_json(&project, role)),
        Ok(None) => Error::NotFound("thing-project"),
        Err(e) => e,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "an event has that many parts, and a struct would only repeat Change"
)]
async fn append(
    tx: &mut Tx,
    access: &Access,
    verb: &'static str,
    kind: &'static str,
    id: i64,
    before: Option<Json>,
    after: Option<Json>,
    now: i64,
) -> Result<()> {
    let change = Change {
        project: access.project.id,
        actor: access.user.id,
        verb,
        kind,
        id,
        document: None,
        before,
        after,
    };
    activity::append(tx, &Batch::new(), change, now).await?;
    Ok(())
}

/// Deletes a project: nobody reaches it any more.
pub async fn delete_project(state: &AppState, access: &Access) -> Result<()> {
    access.require(Permission::ManageProject)?;
    let Project {
        id,
        name,
        description,
        settings,
        ..
    } = &access.project;
    let mut tx = state.db.begin().await?;
    store::lock(&mut tx, *id).await?;
    let now = state.now();
    store::delete(&mut tx, *id, now).await?;
    let before = project_state(name, description, settings);
    append(
        &mut tx,
        access,
        "delete",
        "project",
        *id,
        Some(before),
        None,
        now,
    )
    .await?;
    tx.commit().await
}

/// Makes a member of somebody who has an account.
pub async fn add_member(
    state: &AppState,
    access: &Access,
    email: &str,
    role: Role,
) -> Result<MemberRow> {
    access.require(Permission::ManageMembers)?;
    let email = crate::accounts::parse_email(email)?;
    let user = accounts::user_by_email(&state.db, &email)
        .await?
        .ok_or_else(|| Error::invalid("email", "home-error-no-account"))?;
    let mut tx = state.db.begin().await?;
    let now = state.now();
    store::lock(&mut tx, access.project.id).await?;
    store::add_member(&mut tx, access.project.id, user.id, role, now).await?;
    let after = member_state(user.id, &user.name, &user.email, role.as_str());
    append(
        &mut tx,
        access,
        "create",
        "member",
        user.id,
        None,
        Some(after),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(MemberRow {
        id: user.id,
        name: user.name,
        email: user.email,
        role: role.as_str().to_owned(),
        created_at: now,
    })
}

/// Gives a member another role. The last owner stays one.
pub async fn set_role(
    state: &AppState,
    access: &Access,
    user: i64,
    role: Role,
) -> Result<MemberRow> {
    access.require(Permission::ManageMembers)?;
    let project = access.project.id;
    let mut tx = state.db.begin().await?;
    store::lock(&mut tx, project).await?;
    let mut member = store::member(&mut tx, project, user)
        .await?
        .ok_or(Error::NotFound("thing-member"))?;
    if member.role == role.as_str() {
        return Ok(member);
    }
    if role != Role::Owner && store::other_owners(&mut tx, project, user).await? == 0 {
        return Err(store::last_owner());
    }
    let before = state_of(&member);
    store::set_role(&mut tx, project, user, role).await?;
    member.role = role.as_str().to_owned();
    append(
        &mut tx,
        access,
        "update",
        "member",
        user,
        Some(before),
        Some(state_of(&member)),
        state.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(member)
}

/// Takes a member out, or lets one go; her codings stay. The last owner cannot leave.
pub async fn remove_member(state: &AppState, access: &Access, user: i64) -> Result<()> {
    if user != access.user.id {
        access.require(Permission::ManageMembers)?;
    }
    let project = access.project.id;
    let mut tx = state.db.begin().await?;
    store::lock(&mut tx, project).await?;
    let member = store::member(&mut tx, project, user)
        .await?
        .ok_or(Error::NotFound("thing-member"))?;
    if store::other_owners(&mut tx, project, user).await? == 0 {
        return Err(store::last_owner());
    }
    store::remove_member(&mut tx, project, user).await?;
    append(
        &mut tx,
        access,
        "delete",
        "member",
        user,
        Some(state_of(&member)),
        None,
        state.now(),
    )
    .await?;
    tx.commit().await
}

/// An invitation that was just made, with the link that is shown this once.
#[derive(Debug)]
pub struct NewInvitation {
    /// Id.
    pub id: i64,
    /// For this address only, if given.
    pub email: Option<String>,
    /// Role it gives.
    pub role: Role,
    /// Until when.
    pub expires_at: i64,
    /// The whole link.
    pub link: String,
}

/// Makes an invitation.
pub async fn invite(
    state: &AppState,
    access: &Access,
    email: Option<&str>,
    role: Role,
    days: i64,
) -> Result<NewInvitation> {
    access.require(Permission::ManageMembers)?;
    let email = email
        .filter(|e| !e.trim().is_empty())
        .map(crate::accounts::parse_email)
        .transpose()?;
    if !(1..=90).contains(&days) {
        return Err(Error::invalid("days", "home-error-days"));
    }
    let now = state.now();
    let expires_at = now + days * DAY;
    let mut tx = state.db.begin().await?;
    let (id, secret) = store::invite(
        &mut tx,
        access.project.id,
        email.clone(),
        role,
        access.user.id,
        expires_at,
        now,
    )
    .await?;
    let after = invitation_state(id, email.as_deref(), role.as_str(), expires_at);
    append(
        &mut tx,
        access,
        "create",
        "invitation",
        id,
        None,
        Some(after),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(NewInvitation {
        id,
        email,
        role,
        expires_at,
        link: format!("{}/invitation/{secret}", state.config.public_url),
    })
}

fn invitation_state(id: i64, email: Option<&str>, role: &str, expires_at: i64) -> Json {
    json!({"id": id, "email": email, "role": role, "expires_at": crate::clock::rfc3339(expires_at)})
}

/// Withdraws an invitation that nobody has used.
pub async fn withdraw(state: &AppState, access: &Access, id: i64) -> Result<()> {
    access.require(Permission::ManageMembers)?;
    let project = access.project.id;
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let invitation = store::open_invitation(&mut tx, project, id, now)
        .await?
        .ok_or(Error::NotFound("thing-invitation"))?;
    if store::withdraw_invitation(&mut tx, project, id, now).await? == 0 {
        return Err(Error::NotFound("thing-invitation"));
    }
    let before = invitation_state(
        id,
        invitation.email.as_deref(),
        &invitation.role,
        invitation.expires_at,
    );
    append(
        &mut tx,
        access,
        "delete",
        "invitation",
        id,
        Some(before),
        None,
        now,
    )
    .await?;
    tx.commit().await
}

/// Uses an invitation up for a user and makes her a member; false if it cannot be used any more. Somebody who is a
/// member already stays what she is, and the invitation stays open.
pub async fn join(
    tx: &mut Tx,
    invitation: &store::Invitation,
    user: &User,
    now: i64,
) -> Result<bool> {
    let project = invitation.project_id;
    store::lock(tx, project).await?;
    if store::member(tx, project, user.id).await?.is_some() {
        return Ok(true);
    }
    if !store::use_invitation(tx, invitation.id, user.id, now).await? {
        return Ok(false);
    }
    let role = Role::parse(&invitation.role).unwrap_or(Role::Viewer);
    store::add_member(tx, project, user.id, role, now).await?;
    let mut after = member_state(user.id, &user.name, &user.email, role.as_str());
    after["invitation"] = json!(invitation.id);
    let change = Change {
        project,
        actor: user.id,
        verb: "create",
        kind: "member",
        id: user.id,
        document: None,
        before: None,
        after: Some(after),
    };
    activity::append(tx, &Batch::new(), change, now).await?;
    Ok(true)
}
