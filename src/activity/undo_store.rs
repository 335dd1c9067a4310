//! SQL of undo and redo: a member's own actions, newest first, and what came after them.

use super::Event;
use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// One of a member's own actions.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnBatch {
    /// Its id.
    pub batch: String,
    /// The action it took back.
    pub undoes: Option<String>,
}

/// How far back undo reaches, in actions.
const REACH: i64 = 1000;

/// A member's own actions of the kinds that can be taken back, oldest first.
pub async fn own_batches(tx: &mut Tx, project: i64, actor: i64) -> Result<Vec<OwnBatch>> {
    let mut batches: Vec<OwnBatch> = tx
        .all(
            "SELECT batch, MAX(undoes) AS undoes FROM events
             WHERE project_id = $1 AND actor_id = $2
               AND subject_kind IN ('coding', 'code', 'codebook', 'document', 'assignment', 'comment')
             GROUP BY batch ORDER BY MIN(seq) DESC LIMIT $3",
            args![project, actor, REACH],
        )
        .await?;
    batches.reverse();
    Ok(batches)
}

/// The events of one action, newest first: the order in which they are taken back.
pub async fn of_batch(tx: &mut Tx, project: i64, batch: &str) -> Result<Vec<Event>> {
    tx.all(
        "SELECT e.seq, e.actor_id, COALESCE(u.name, '') AS actor_name, e.verb, e.subject_kind, e.subject_id,
                e.document_id, e.before, e.after, e.batch, e.undoes, e.at
         FROM events e LEFT JOIN users u ON u.id = e.actor_id
         WHERE e.project_id = $1 AND e.batch = $2 ORDER BY e.seq DESC",
        args![project, batch],
    )
    .await
}

/// Whether somebody else changed a thing after an event.
pub async fn changed_by_others(tx: &mut Tx, project: i64, event: &Event) -> Result<bool> {
    Ok(tx
        .optional::<(i64,)>(
            "SELECT seq FROM events
             WHERE project_id = $1 AND subject_kind = $2 AND subject_id = $3 AND seq > $4 AND actor_id <> $5 LIMIT 1",
            args![
                project,
                &event.subject_kind,
                event.subject_id,
                event.seq,
                event.actor_id
            ],
        )
        .await?
        .is_some())
}
