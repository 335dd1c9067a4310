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
