//! SQL of projects, members, invitations and preferences.

use uuid::Uuid;

use super::{Project, Role, Settings};
use crate::args;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, is_unique_violation};

#[derive(sqlx::FromRow)]
struct ProjectRow {
    id: i64,
    name: String,
    description: String,
    settings: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
    role: String,
}

impl ProjectRow {
    fn project(self) -> (Project, Role) {
        let role = Role::parse(&self.role).unwrap_or(Role::Viewer);
        (
            Project {
                id: self.id,
                name: self.name,
                description: self.description,
                settings: serde_json::from_str(&self.settings).unwrap_or_default(),
                version: self.version,
                created_at: self.created_at,
                updated_at: self.updated_at,
            },
            role,
        )
    }
}

/// The project and the user's role in it, if she is a member.
pub async fn membership(db: &Db, project: i64, user: i64) -> Result<Option<(Project, Role)>> {
    let row: Option<ProjectRow> = db
        .optional(
            "SELECT p.id, p.name, p.description, p.settings, p.version, p.created_at, p.updated_at, m.role
             FROM projects p JOIN members m ON m.project_id = p.id
             WHERE p.id = $1 AND m.user_id = $2 AND p.deleted_at IS NULL",
            args![project, user],
        )
        .await?;
    Ok(row.map(ProjectRow::project))
}

/// A project by id, for commands.
pub async fn project(db: &Db, project: i64) -> Result<Option<Project>> {
    let row: Option<ProjectRow> = db
        .optional(
            "SELECT id, name, description, settings, version, created_at, updated_at, 'owner' AS role
             FROM projects WHERE id = $1 AND deleted_at IS NULL",
            args![project],
        )
        .await?;
    Ok(row.map(|r| r.project().0))
}

/// The projects a user belongs to, by name.
pub async fn projects_of(db: &Db, user: i64) -> Result<Vec<(Project, Role)>> {
    let rows: Vec<ProjectRow> = db
        .all(
            "SELECT p.id, p.name, p.description, p.settings, p.version, p.created_at, p.updated_at, m.role
             FROM projects p JOIN members m ON m.project_id = p.id
             WHERE m.user_id = $1 AND p.deleted_at IS NULL ORDER BY p.id",
            args![user],
        )
        .await?;
    let mut projects: Vec<_> = rows.into_iter().map(ProjectRow::project).collect();
    projects.sort_by_key(|(p, _)| p.name.to_lowercase());
    Ok(projects)
}

/// Ids and names of a user's projects, for the switcher.
pub async fn names_of(db: &Db, user: i64) -> Result<Vec<(i64, String)>> {
    Ok(projects_of(db, user)
        .await?
        .into_iter()
        .map(|(p, _)| (p.id, p.name))
        .collect())
}

/// All projects, for commands.
pub async fn all(db: &Db) -> Result<Vec<Project>> {
    let rows: Vec<ProjectRow> = db
        .all(
            "SELECT id, name, description, settings, version, created_at, updated_at, 'owner' AS role
             FROM projects WHERE deleted_at IS NULL ORDER BY id",
            args![],
        )
        .await?;
    Ok(rows.into_iter().map(|r| r.project().0).collect())
}

/// Creates a project with its owner.
pub async fn create(
    tx: &mut Tx,
    name: &str,
    description: &str,
    owner: i64,
    now: i64,
) -> Result<i64> {
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO projects (guid, name, description, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING id",
            args![Uuid::new_v4(), name, description, now],
        )
        .await?;
    add_member(tx, id, owner, Role::Owner, now).await?;
    Ok(id)
}

/// Renames, describes, sets switches.
pub async fn update(
    tx: &mut Tx,
    project: i64,
    name: &str,
    description: &str,
    settings: &Settings,
    now: i64,
) -> Result<()> {
    tx.execute(
        "UPDATE projects SET name = $2, description = $3, settings = $4, updated_at = $5, version = version + 1 WHERE id = $1",
        args![
            project,
            name,
            description,
            serde_json::to_string(settings)?,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Sets a project aside; nothing in it is destroyed.
pub async fn delete(tx: &mut Tx, project: i64, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE projects SET deleted_at = $2, updated_at = $2 WHERE id = $1",
        args![project, now],
    )
    .await?;
    Ok(())
}

/// A member as lists show her.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    /// User id.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Role, as stored.
    pub role: String,
    /// Since when.
    pub created_at: i64,
}

/// The members of a project, by id.
pub async fn members(db: &Db, project: i64) -> Result<Vec<MemberRow>> {
    db.all(
        "SELECT u.id, u.name, u.email, m.role, m.created_at
         FROM members m JOIN users u ON u.id = m.user_id WHERE m.project_id = $1 ORDER BY u.id",
        args![project],
    )
    .await
}

/// Adds a member; somebody who is one already is a field error.
pub async fn add_member(tx: &mut Tx, project: i64, user: i64, role: Role, now: i64) -> Result<()> {
    let added = tx
        .execute(
            "INSERT INTO members (project_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)",
            args![project, user, role.as_str(), now],
        )
        .await;
    match added {
        Ok(_) => Ok(()),
        Err(e) if is_unique_violation(&e) => Err(Error::invalid("email", "error-member-already")),
        Err(e) => Err(e),
    }
}

/// Changes a member's role; false if she is none.
pub async fn set_role(tx: &mut Tx, project: i64, user: i64, role: Role) -> Result<bool> {
    Ok(tx
        .execute(
            "UPDATE members SET role = $3 WHERE project_id = $1 AND user_id = $2",
            args![project, user, role.as_str()],
        )
        .await?
        == 1)
}

/// Takes a member out; her codings stay.
pub async fn remove_member(tx: &mut Tx, project: i64, user: i64) -> Result<bool> {
    Ok(tx
        .execute(
            "DELETE FROM members WHERE project_id = $1 AND user_id = $2",
            args![project, user],
        )
        .await?
        == 1)
}

/// How many owners a project has besides one user: the last must stay.
pub async fn other_owners(tx: &mut Tx, project: i64, user: i64) -> Result<i64> {
    let (n,): (i64,) = tx
        .one(
            "SELECT COUNT(*) FROM members WHERE project_id = $1 AND role = 'owner' AND user_id <> $2",
            args![project, user],
        )
        .await?;
    Ok(n)
}

/// An invitation as the list shows it.
#[derive(Debug, sqlx::FromRow)]
pub struct InvitationRow {
    /// Id.
    pub id: i64,
    /// For this address only, if given.
    pub email: Option<String>,
    /// Role it gives.
    pub role: String,
    /// Who made it.
    pub created_by_name: String,
    /// Until when.
    pub expires_at: i64,
}

/// Invitations that can still be used.
pub async fn open_invitations(db: &Db, project: i64, now: i64) -> Result<Vec<InvitationRow>> {
    db.all(
        "SELECT i.id, i.email, i.role, u.name AS created_by_name, i.expires_at
         FROM invitations i JOIN users u ON u.id = i.created_by
         WHERE i.project_id = $1 AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > $2 ORDER BY i.id",
        args![project, now],
    )
    .await
}

/// Makes an invitation; returns its id and the secret of its link, shown once.
pub async fn invite(
    tx: &mut Tx,
    project: i64,
    email: Option<String>,
    role: Role,
    by: i64,
    expires_at: i64,
    now: i64,
) -> Result<(i64, String)> {
    let secret = crate::secrets::token();
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO invitations (project_id, token_hash, email, role, created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            args![
                project,
                crate::secrets::hash(&secret),
                email,
                role.as_str(),
                by,
                now,
                expires_at
            ],
        )
        .await?;
    Ok((id, secret))
}

/// Withdraws an invitation.
pub async fn withdraw_invitation(tx: &mut Tx, project: i64, id: i64, now: i64) -> Result<u64> {
    tx.execute(
        "UPDATE invitations SET withdrawn_at = $3
         WHERE project_id = $1 AND id = $2 AND used_at IS NULL AND withdrawn_at IS NULL",
        args![project, id, now],
    )
    .await
}

/// What an unused, unexpired invitation offers.
#[derive(Debug, sqlx::FromRow)]
pub struct Invitation {
    /// Id.
    pub id: i64,
    /// Project it leads to.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// For this address only, if given.
    pub email: Option<String>,
    /// Role it gives.
    pub role: String,
    /// Who made it.
    pub created_by_name: String,
}

/// Looks an invitation up by the secret of its link.
pub async fn invitation(db: &Db, secret: &str, now: i64) -> Result<Option<Invitation>> {
    db.optional(
        "SELECT i.id, i.project_id, p.name AS project_name, i.email, i.role, u.name AS created_by_name
         FROM invitations i JOIN projects p ON p.id = i.project_id JOIN users u ON u.id = i.created_by
         WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > $2
           AND p.deleted_at IS NULL",
        args![crate::secrets::hash(secret), now],
    )
    .await
}

/// Uses an invitation up; false if somebody was quicker.
pub async fn use_invitation(tx: &mut Tx, id: i64, user: i64, now: i64) -> Result<bool> {
    Ok(tx
        .execute(
            "UPDATE invitations SET used_at = $3, used_by = $2
             WHERE id = $1 AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > $3",
            args![id, user, now],
        )
        .await?
        == 1)
}

/// A member's own preferences, as JSON text.
pub async fn preferences(db: &Db, project: i64, user: i64) -> Result<serde_json::Value> {
    let row: Option<(String,)> = db
        .optional(
            "SELECT preferences FROM member_preferences WHERE project_id = $1 AND user_id = $2",
            args![project, user],
        )
        .await?;
    Ok(row
        .and_then(|(text,)| serde_json::from_str(&text).ok())
        .unwrap_or_else(|| serde_json::json!({})))
}

/// Replaces them.
pub async fn set_preferences(
    tx: &mut Tx,
    project: i64,
    user: i64,
    preferences: &serde_json::Value,
) -> Result<()> {
    tx.execute(
        "INSERT INTO member_preferences (project_id, user_id, preferences) VALUES ($1, $2, $3)
         ON CONFLICT (project_id, user_id) DO UPDATE SET preferences = $3",
        args![project, user, preferences.to_string()],
    )
    .await?;
    Ok(())
}

/// Takes the project's row until the transaction ends, so that two who change it at once take turns; its version.
pub async fn lock(tx: &mut Tx, project: i64) -> Result<i64> {
    tx.optional::<(i64,)>(
        "UPDATE projects SET updated_at = updated_at WHERE id = $1 AND deleted_at IS NULL RETURNING version",
        args![project],
    )
    .await?
    .map(|(version,)| version)
    .ok_or(Error::NotFound("thing-project"))
}

/// A member's line inside a write, if she is one.
pub async fn member(tx: &mut Tx, project: i64, user: i64) -> Result<Option<MemberRow>> {
    tx.optional(
        "SELECT u.id, u.name, u.email, m.role, m.created_at
         FROM members m JOIN users u ON u.id = m.user_id WHERE m.project_id = $1 AND m.user_id = $2",
        args![project, user],
    )
    .await
}

/// An open invitation inside a write, by id.
pub async fn open_invitation(
    tx: &mut Tx,
    project: i64,
    id: i64,
    now: i64,
) -> Result<Option<InvitationRow>> {
    tx.optional(
        "SELECT i.id, i.email, i.role, u.name AS created_by_name, i.expires_at
         FROM invitations i JOIN users u ON u.id = i.created_by
         WHERE i.project_id = $1 AND i.id = $2 AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > $3",
        args![project, id, now],
    )
    .await
}

/// What keeps the last owner of a project in it.
pub fn last_owner() -> Error {
    Error::Conflict {
        slug: "last-owner",
        message: "home-error-last-owner".into(),
        current: serde_json::Value::Null,
    }
}
