//! Projects, their members, and what each role may do.
//!
//! The table in [`Role::may`] is the only place where roles are turned into permissions; handlers name the permission
//! they need. An [`Access`] proves that the caller is a member and carries the [`Visibility`] that every store function
//! which reads codings demands.

pub mod access;
pub mod store;
pub mod visibility;

pub use access::Access;
pub use visibility::Visibility;

use serde::{Deserialize, Serialize};

/// What a member is in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All, members and deletion included.
    Owner,
    /// Codebook, documents, rounds, adjudication, exports of everything.
    Lead,
    /// Reads, codes, comments, exports what it may see.
    Coder,
    /// Reads all, comments, adjudicates; does not code.
    Reviewer,
    /// Reads dashboards and revealed codings.
    Viewer,
}

impl Role {
    /// All of them, from the one that may most.
    pub const ALL: [Role; 5] = [
        Role::Owner,
        Role::Lead,
        Role::Coder,
        Role::Reviewer,
        Role::Viewer,
    ];

    /// As it is stored, sent and used in message keys (`role-coder`).
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Lead => "lead",
            Role::Coder => "coder",
            Role::Reviewer => "reviewer",
            Role::Viewer => "viewer",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.as_str() == text)
    }

    /// Whether the role has a permission. Settings of the project may add to it (see [`Settings`]).
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        use Role as R;
        match permission {
            P::Read => true,
            P::Code => matches!(self, R::Owner | R::Lead | R::Coder),
            P::Comment => !matches!(self, R::Viewer),
            P::Adjudicate | P::SeeBlind => matches!(self, R::Owner | R::Lead | R::Reviewer),
            P::ExportCodings => !matches!(self, R::Viewer),
            P::EditCodebook
            | P::EditDocuments
            | P::Assign
            | P::ManageRounds
            | P::EditAnyCoding
            | P::SeeAudit => matches!(self, R::Owner | R::Lead),
            P::ManageMembers | P::ManageProject => matches!(self, R::Owner),
        }
    }
}

/// Something a member may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read documents, the codebook, aggregates and the codings one may see.
    Read,
    /// Make, change and delete own codings; mark documents done.
    Code,
    /// Write comments.
    Comment,
    /// Write the consensus layer.
    Adjudicate,
    /// See others' codings in rounds that are still blind.
    SeeBlind,
    /// Download codings and texts (those one may see).
    ExportCodings,
    /// Create, change, merge, retire and delete codes; publish versions.
    EditCodebook,
    /// Upload, correct and delete documents; cases and attributes.
    EditDocuments,
    /// Give documents to coders.
    Assign,
    /// Plan, close and reveal rounds.
    ManageRounds,
    /// Change or delete a colleague's coding, on the record.
    EditAnyCoding,
    /// Read the audit trail.
    SeeAudit,
    /// Invite, change roles, remove members.
    ManageMembers,
    /// Rename, set switches, delete the project.
    ManageProject,
}

/// Switches of a project; JSON in its row, every field with a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Settings {
    /// Document types beside the built-in ones: slug and name.
    pub document_types: Vec<OwnType>,
    /// Coders may create codes while they code.
    pub coders_create_codes: bool,
    /// Viewers may download codings.
    pub viewers_export: bool,
}

/// A document type that a project added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OwnType {
    /// As stored with a document and exported.
    pub slug: String,
    /// As shown.
    pub name: String,
}

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What it studies.
    pub description: String,
    /// Switches.
    pub settings: Settings,
    /// Counts its changes, for `If-Match`.
    pub version: i64,
    /// Made, in milliseconds since the epoch.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_permissions_are_those_of_the_contract() {
        use Permission as P;
        // Rows as the contract words them, columns owner, lead, coder, reviewer, viewer.
        let table = [
            (P::Read, [true, true, true, true, true]),
            (P::Code, [true, true, true, false, false]),
            (P::Comment, [true, true, true, true, false]),
            (P::Adjudicate, [true, true, false, true, false]),
            (P::SeeBlind, [true, true, false, true, false]),
            (P::ExportCodings, [true, true, true, true, false]),
            (P::EditCodebook, [true, true, false, false, false]),
            (P::EditDocuments, [true, true, false, false, false]),
            (P::Assign, [true, true, false, false, false]),
            (P::ManageRounds, [true, true, false, false, false]),
            (P::EditAnyCoding, [true, true, false, false, false]),
            (P::SeeAudit, [true, true, false, false, false]),
            (P::ManageMembers, [true, false, false, false, false]),
            (P::ManageProject, [true, false, false, false, false]),
        ];
        for (permission, row) in table {
            for (role, may) in Role::ALL.into_iter().zip(row) {
                assert_eq!(role.may(permission), may, "{role:?} {permission:?}");
            }
        }
    }
}
