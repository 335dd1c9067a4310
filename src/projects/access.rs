//! The proof that the caller is a member: the extractor every project route begins with.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{Permission, Project, Role, Visibility, store};
use crate::accounts::{Proof, User, Viewer};
use crate::error::{Error, Result};
use crate::i18n::Locale;
use crate::web::layout::ProjectBadge;
use crate::web::{AppState, Layout};

/// Who asks, in which project, what they may do, and whose codings they may see.
#[derive(Debug, Clone)]
pub struct Access {
    /// The caller.
    pub user: User,
    /// The project in the path.
    pub project: Project,
    /// Her role in it.
    pub role: Role,
    /// Whose codings she may see.
    pub visibility: Visibility,
    /// Language of the answer.
    pub locale: Locale,
}

impl Access {
    /// Loads membership, or answers 404: a project one does not belong to is not known to exist.
    pub async fn load(
        state: &AppState,
        user: User,
        locale: Locale,
        project: i64,
    ) -> Result<Access> {
        let epoch = state.db.access_epoch();
        let (project, role, visibility) = state
            .brief
            .get_or(epoch, "access", format!("{project}.{}", user.id), async {
                let Some((project, role)) = store::membership(&state.db, project, user.id).await?
                else {
                    return Ok(None);
                };
                let sees_blind = role.may(Permission::SeeBlind);
                let visibility = Visibility::of(&state.db, project.id, user.id, sees_blind).await?;
                Ok(Some((project, role, visibility)))
            })
            .await?
            .ok_or(Error::NotFound("thing-project"))?;
        Ok(Access {
            user,
            project,
            role,
            visibility,
            locale,
        })
    }

    /// Whether the caller has a permission, the project's switches included.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
            || (permission == Permission::ExportCodings
                && self.role == Role::Viewer
                && self.project.settings.viewers_export)
    }

    /// Whether the caller may create a code: leads always, coders where the project lets them.
    pub fn may_create_codes(&self) -> bool {
        self.may(Permission::EditCodebook)
            || (self.role == Role::Coder && self.project.settings.coders_create_codes)
    }

    /// Goes on only with the permission.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(Error::forbidden(crate::i18n::Msg::new("error-role").arg(
                "role",
                self.locale.text(&format!("role-{}", self.role.as_str())),
            )))
        }
    }

    /// A page in this project.
    pub async fn layout(&self, state: &AppState, section: &'static str) -> Result<Layout> {
        let viewer = Viewer {
            user: Some(self.user.clone()),
            proof: Proof::None,
            locale: self.locale.clone(),
        };
        let mut layout = outside(&viewer, state, section).await?;
        layout.project = Some(ProjectBadge {
            id: self.project.id,
            name: self.project.name.clone(),
            role: self.role.as_str(),
            may_export: self.may(Permission::ExportCodings),
            may_manage: self.may(Permission::ManageMembers),
        });
        Ok(layout)
    }
}

/// A page outside any project, with the reader's projects in the switcher.
pub async fn outside(viewer: &Viewer, state: &AppState, section: &'static str) -> Result<Layout> {
    let mut layout = viewer.layout(section);
    if let Some(user) = &viewer.user {
        layout.projects = store::names_of(&state.db, user.id).await?;
    }
    Ok(layout)
}

impl FromRequestParts<AppState> for Access {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let user = User::from_request_parts(parts, state).await?;
        let viewer = Viewer::from_request_parts(parts, state).await?;
        let params = axum::extract::RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::NotFound("thing-project"))?;
        let project = params
            .iter()
            .find(|(name, _)| *name == "p")
            .and_then(|(_, value)| value.parse().ok())
            .ok_or(Error::NotFound("thing-project"))?;
        Access::load(state, user, viewer.locale, project).await
    }
}
