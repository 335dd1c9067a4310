//! How a coding stands in the event log: every column of its row, so that undo puts it back exactly as it was.
//!
//! It is shared by the rooms that write codings: `coding` itself, and `codebook`, whose merges and deletions move or remove them. It
//! stands here, below both, because the log is what they must agree on.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::error::Result;

/// The columns of `codings` in the order of [`CodingSnapshot`]'s fields, for `concat!("SELECT ", coding_columns!(), " FROM codings …")`.
#[macro_export]
macro_rules! coding_columns {
    () => {
        "id, guid, project_id, document_id, revision, code_id, coder_id, layer, start_pos, end_pos, quote, before, after, \
         memo, weight, codebook_version, round_id, version, created_at, updated_at"
    };
}

/// One row of `codings`, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct CodingSnapshot {
    /// Id; the same again when undo puts it back.
    pub id: i64,
    /// For REFI-QDA.
    pub guid: Uuid,
    /// Project.
    pub project_id: i64,
    /// Document.
    pub document_id: i64,
    /// Revision of the document's text.
    pub revision: i64,
    /// Code.
    pub code_id: i64,
    /// Coder.
    pub coder_id: i64,
    /// `coder` or `consensus`.
    pub layer: String,
    /// First code point.
    pub start_pos: i64,
    /// The code point after the last.
    pub end_pos: i64,
    /// The passage's words.
    pub quote: String,
    /// 32 code points before it.
    pub before: String,
    /// 32 code points after it.
    pub after: String,
    /// Memo.
    pub memo: Option<String>,
    /// Weight on the code's scale.
    pub weight: Option<f64>,
    /// Codebook version it was made with; 0 before the first was published.
    pub codebook_version: i64,
    /// Round it was made in.
    pub round_id: Option<i64>,
    /// Counts its changes.
    pub version: i64,
    /// Made, in milliseconds since the epoch.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

impl CodingSnapshot {
    /// As `before` or `after` of an event of kind `coding`.
    pub fn to_json(&self) -> Result<Json> {
        Ok(serde_json::to_value(self)?)
    }

    /// Back from an event.
    pub fn from_json(json: &Json) -> Result<CodingSnapshot> {
        Ok(serde_json::from_value(json.clone())?)
    }
}

/// Somebody, as answers name her.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Person {
    /// User id.
    pub id: i64,
    /// Full name.
    pub name: String,
}

/// A coding as the API answers it. The same shape is built in SQL where many are answered at once (`coding::store::list`).
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Coding {
    /// Id.
    pub id: i64,
    /// For REFI-QDA.
    pub guid: Uuid,
    /// Document.
    pub document: i64,
    /// Code.
    pub code: i64,
    /// Whose it is.
    pub coder: Person,
    /// `coder` or `consensus`.
    pub layer: String,
    /// First code point.
    pub start: i64,
    /// The code point after the last.
    pub end: i64,
    /// The passage's words.
    pub quote: String,
    /// 32 code points before it.
    pub before: String,
    /// 32 code points after it.
    pub after: String,
    /// Memo.
    pub memo: Option<String>,
    /// Weight on the code's scale.
    pub weight: Option<f64>,
    /// Round it was made in.
    pub round: Option<i64>,
    /// Codebook version it was made with; 0 before the first was published.
    pub codebook_version: i64,
    /// Counts its changes; send it back as `If-Match`.
    pub version: i64,
    /// Made.
    pub created_at: String,
    /// Last changed.
    pub updated_at: String,
    /// In answers to a write that joined own overlapping passages: the ids of all that this one holds now. Its own is among them
    /// when it went on; the others are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub merged: Option<Vec<i64>>,
}

impl CodingSnapshot {
    /// As the API answers it, given its coder's name.
    pub fn answer(self, coder: String) -> Coding {
        Coding {
            id: self.id,
            guid: self.guid,
            document: self.document_id,
            code: self.code_id,
            coder: Person {
                id: self.coder_id,
                name: coder,
            },
            layer: self.layer,
            start: self.start_pos,
            end: self.end_pos,
            quote: self.quote,
            before: self.before,
            after: self.after,
            memo: self.memo,
            weight: self.weight,
            round: self.round_id,
            codebook_version: self.codebook_version,
            version: self.version,
            created_at: crate::clock::rfc3339(self.created_at),
            updated_at: crate::clock::rfc3339(self.updated_at),
            merged: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_comes_back_from_its_json() {
        let coding = CodingSnapshot {
            id: 7,
            guid: Uuid::from_u128(7),
            project_id: 1,
            document_id: 2,
            revision: 1,
            code_id: 3,
            coder_id: 4,
            layer: "coder".to_owned(),
            start_pos: 10,
            end_pos: 12,
            quote: "یک".to_owned(),
            before: String::new(),
            after: "…".to_owned(),
            memo: None,
            weight: Some(-0.1),
            codebook_version: 0,
            round_id: None,
            version: 1,
            created_at: 5,
            updated_at: 6,
        };
        let json = coding.to_json().unwrap();
        assert_eq!(json["guid"], "00000000-0000-0000-0000-000000000007");
        assert_eq!(CodingSnapshot::from_json(&json).unwrap(), coding);
    }
}
