//! The event log: every change is one row, written in the change's own transaction.
//!
//! From it come the audit trail, undo and redo, the activity page and the live feed. A [`Change`] carries the whole
//! subject before and after, so that undo is "put back what was before" and history needs no second table. Events of
//! one action (a merge, a bulk insert) share a [`Batch`] and are undone together.

pub mod api;
pub mod feed;
pub mod snapshots;
pub mod store;

use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// One change, about to be written.
#[derive(Debug, Clone)]
pub struct Change {
    /// Project.
    pub project: i64,
    /// Who made it.
    pub actor: i64,
    /// `create`, `update`, `delete`, `merge`, `restore`, `import`, `publish`, `sign` …
    pub verb: &'static str,
    /// `coding`, `code`, `document`, `comment`, `assignment`, `member`, `project`, `codebook`, `round`, `decision` …
    pub kind: &'static str,
    /// Id of the subject.
    pub id: i64,
    /// The document it happened in, if any.
    pub document: Option<i64>,
    /// The subject before; none for a creation.
    pub before: Option<Json>,
    /// The subject after; none for a deletion.
    pub after: Option<Json>,
}

/// The action that events belong to.
#[derive(Debug, Clone)]
pub struct Batch {
    id: String,
    undoes: Option<String>,
}

impl Batch {
    /// A new action.
    pub fn new() -> Batch {
        Batch {
            id: Uuid::new_v4().simple().to_string(),
            undoes: None,
        }
    }

    /// An action that takes another one back.
    pub fn undoing(batch: &str) -> Batch {
        Batch {
            undoes: Some(batch.to_owned()),
            ..Batch::new()
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Default for Batch {
    fn default() -> Self {
        Batch::new()
    }
}

/// One row of the log.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct Event {
    /// Sequence number; grows, with gaps.
    pub seq: i64,
    /// Who.
    pub actor_id: i64,
    /// Her name.
    pub actor_name: String,
    /// What was done.
    pub verb: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: i64,
    /// In which document.
    pub document_id: Option<i64>,
    /// JSON before.
    pub before: Option<String>,
    /// JSON after.
    pub after: Option<String>,
    /// The action it belongs to.
    pub batch: String,
    /// The action it took back.
    pub undoes: Option<String>,
    /// When, in milliseconds since the epoch.
    pub at: i64,
}

impl Event {
    /// The subject before.
    pub fn before_json(&self) -> Option<Json> {
        self.before
            .as_deref()
            .and_then(|t| serde_json::from_str(t).ok())
    }

    /// The subject after.
    pub fn after_json(&self) -> Option<Json> {
        self.after
            .as_deref()
            .and_then(|t| serde_json::from_str(t).ok())
    }
}
