//! Who may see which codings: one value, computed once for a request, demanded by every store function that reads
//! codings or anything counted from them.
//!
//! While a round is blind, a member without [`Permission::SeeBlind`](super::Permission) sees in the round's documents
//! only what is her own. Once it is revealed, and everywhere else, codings are open to the project.
//!
//! Reading SQL holds [`visible!`](crate::visible) in its WHERE clause with the codings under the alias `c`, and binds
//! [`Visibility::viewer`] as `$1` and [`Visibility::everything`] as `$2`.

use std::collections::HashSet;

use crate::args;
use crate::db::Db;
use crate::error::Result;

/// The condition on codings `c`; `$1` is the viewer, `$2` whether everything is open to her.
#[macro_export]
macro_rules! visible {
    () => {
        "($2 OR c.coder_id = $1 OR NOT EXISTS (\
            SELECT 1 FROM round_documents rd JOIN rounds r ON r.id = rd.round_id \
            WHERE rd.document_id = c.document_id AND r.blind AND r.state <> 'revealed'))"
    };
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visibility {
    viewer: i64,
    everything: bool,
}

impl Visibility {
    /// For a member of a project. `sees_blind` is what her role and the project's switches give.
    pub async fn of(db: &Db, project: i64, viewer: i64, sees_blind: bool) -> Result<Visibility> {
        let everything = sees_blind
            || db
                .optional::<(i64,)>(
                    "SELECT id FROM rounds WHERE project_id = $1 AND blind AND state <> 'revealed' LIMIT 1",
                    args![project],
                )
                .await?
                .is_none();
        Ok(Visibility { viewer, everything })
    }

    /// The documents in which only the viewer's own codings are open to her: for what is read from the event log, where there is no
    /// row to ask [`visible!`](crate::visible) about.
    pub async fn hidden_documents(&self, db: &Db, project: i64) -> Result<HashSet<i64>> {
        if self.everything {
            return Ok(HashSet::new());
        }
        let rows: Vec<(i64,)> = db
            .all(
                "SELECT DISTINCT rd.document_id FROM round_documents rd JOIN rounds r ON r.id = rd.round_id
                 WHERE r.project_id = $1 AND r.blind AND r.state <> 'revealed'",
                args![project],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// For commands run by whoever has the data directory in hand: they see everything.
    pub fn operator() -> Visibility {
        Visibility {
            viewer: 0,
            everything: true,
        }
    }

    /// `$1`.
    pub fn viewer(&self) -> i64 {
        self.viewer
    }

    /// `$2`.
    pub fn everything(&self) -> bool {
        self.everything
    }
}
