//! SQL of the event log.

use std::collections::{HashMap, HashSet};

use super::{Batch, Change, Event};
use crate::args;
use crate::db::{Db, Dialect, Sql, Tx, Value};
use crate::error::Result;

/// Rows of one INSERT; both engines take far more values than these need.
const ROWS_AT_ONCE: usize = 50;

/// Lets the writers of one project take turns on PostgreSQL, as SQLite's do anyway, from here to their commit: for rules that
/// look at what is there before they write.
pub async fn take_turn(tx: &mut Tx, project: i64) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        tx.optional::<(i64,)>(
            "SELECT 1::BIGINT FROM (SELECT pg_advisory_xact_lock($1)) AS locked",
            args![project],
        )
        .await?;
    }
    Ok(())
}

/// Appends one event; its sequence number.
///
/// On PostgreSQL writers of one project take turns from here to their commit, so that sequence numbers become visible
/// in their order and a reader who asks for "after n" never misses one that commits late.
pub async fn append(tx: &mut Tx, batch: &Batch, change: Change, now: i64) -> Result<i64> {
    take_turn(tx, change.project).await?;
    let project = change.project;
    let (seq,): (i64,) = tx
        .one(
            "INSERT INTO events (project_id, actor_id, verb, subject_kind, subject_id, document_id, before, after, batch, undoes, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING seq",
            args![
                project,
                change.actor,
                change.verb,
                change.kind,
                change.id,
                change.document,
                change.before.map(|j| j.to_string()),
                change.after.map(|j| j.to_string()),
                batch.id(),
                batch.undoes.clone(),
                now
            ],
        )
        .await?;
    tx.touch(project);
    Ok(seq)
}

/// Appends many events of one action.
pub async fn append_many(tx: &mut Tx, batch: &Batch, changes: Vec<Change>, now: i64) -> Result<()> {
    let mut changes = changes.into_iter().peekable();
    let mut first = true;
    while changes.peek().is_some() {
        if first {
            // The first takes the turn (see `append`).
            first = false;
            if let Some(change) = changes.next() {
                append(tx, batch, change, now).await?;
            }
            continue;
        }
        let mut sql = Sql::new(
            "INSERT INTO events (project_id, actor_id, verb, subject_kind, subject_id, document_id, before, after, batch, undoes, at) VALUES ",
            args![],
        );
        for (i, change) in changes.by_ref().take(ROWS_AT_ONCE).enumerate() {
            sql.push(if i == 0 { "" } else { ", " });
            sql.list([
                Value::from(change.project),
                change.actor.into(),
                change.verb.into(),
                change.kind.into(),
                change.id.into(),
                change.document.into(),
                change.before.map(|j| j.to_string()).into(),
                change.after.map(|j| j.to_string()).into(),
                batch.id().into(),
                batch.undoes.clone().into(),
                now.into(),
            ]);
        }
        let (text, values) = sql.finish();
        tx.execute(text, values).await?;
    }
    Ok(())
}

/// The newest sequence number of a project; 0 before its first event. Serves as the version of its data for caches.
pub async fn latest(db: &Db, project: i64) -> Result<i64> {
    let (seq,): (i64,) = db
        .one(
            "SELECT COALESCE(MAX(seq), 0) FROM events WHERE project_id = $1",
            args![project],
        )
        .await?;
    Ok(seq)
}

/// Events after a sequence number, oldest first.
pub async fn since(db: &Db, project: i64, seq: i64, limit: i64) -> Result<Vec<Event>> {
    db.all(
        "SELECT e.seq, e.actor_id, COALESCE(u.name, '') AS actor_name, e.verb, e.subject_kind, e.subject_id,
                e.document_id, e.before, e.after, e.batch, e.undoes, e.at
         FROM events e LEFT JOIN users u ON u.id = e.actor_id
         WHERE e.project_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3",
        args![project, seq, limit],
    )
    .await
}

/// The newest events before a sequence number (0 for the newest of all), newest first.
pub async fn recent(db: &Db, project: i64, before: i64, limit: i64) -> Result<Vec<Event>> {
    db.all(
        "SELECT e.seq, e.actor_id, COALESCE(u.name, '') AS actor_name, e.verb, e.subject_kind, e.subject_id,
                e.document_id, e.before, e.after, e.batch, e.undoes, e.at
         FROM events e LEFT JOIN users u ON u.id = e.actor_id
         WHERE e.project_id = $1 AND ($2 = 0 OR e.seq < $2) ORDER BY e.seq DESC LIMIT $3",
        args![project, before, limit],
    )
    .await
}

/// Everything that happened to one thing, oldest first.
pub async fn history(db: &Db, project: i64, kind: &str, id: i64) -> Result<Vec<Event>> {
    db.all(
        "SELECT e.seq, e.actor_id, COALESCE(u.name, '') AS actor_name, e.verb, e.subject_kind, e.subject_id,
                e.document_id, e.before, e.after, e.batch, e.undoes, e.at
         FROM events e LEFT JOIN users u ON u.id = e.actor_id
         WHERE e.project_id = $1 AND e.subject_kind = $2 AND e.subject_id = $3 ORDER BY e.seq",
        args![project, kind, id],
    )
    .await
}

/// What kinds of things can be put back.
const UNDOABLE: &str =
    "('coding', 'comment', 'assignment', 'document', 'case', 'attribute', 'code', 'codebook')";

/// The action of this person that undo (or redo) takes back next, with its events in order.
///
/// Her actions are walked backwards from the newest. An undo cancels the action before it that still stands; a redo
/// stands like a new action. Redo takes back the newest undo that no redo has answered, unless something new was done since.
pub async fn next_to_take_back(
    tx: &mut Tx,
    project: i64,
    actor: i64,
    redo: bool,
) -> Result<Option<Vec<Event>>> {
    let mut before = i64::MAX;
    let mut skip = 0_usize;
    let mut last = String::new();
    loop {
        let mut sql = Sql::new(
            "SELECT seq, batch, verb FROM events WHERE project_id = $1 AND actor_id = $2 AND seq < $3 AND subject_kind IN ",
            args![project, actor, before],
        );
        sql.push(UNDOABLE).push(" ORDER BY seq DESC LIMIT 200");
        let (text, values) = sql.finish();
        let rows: Vec<(i64, String, String)> = tx.all(text, values).await?;
        let Some((oldest, _, _)) = rows.last() else {
            return Ok(None);
        };
        before = *oldest;
        for (_, batch, verb) in rows {
            if batch == last {
                continue;
            }
            last.clone_from(&batch);
            let takes_back = match (redo, verb.as_str()) {
                (false, "undo") | (true, "redo") => {
                    skip += 1;
                    false
                }
                (true, "undo") | (false, _) if skip > 0 => {
                    skip -= 1;
                    false
                }
                (true, "undo") | (false, _) => true,
                (true, _) => return Ok(None),
            };
            if takes_back {
                return Ok(Some(of_batch(tx, project, &batch).await?));
            }
        }
    }
}

async fn of_batch(tx: &mut Tx, project: i64, batch: &str) -> Result<Vec<Event>> {
    tx.all(
        "SELECT e.seq, e.actor_id, COALESCE(u.name, '') AS actor_name, e.verb, e.subject_kind, e.subject_id,
                e.document_id, e.before, e.after, e.batch, e.undoes, e.at
         FROM events e LEFT JOIN users u ON u.id = e.actor_id
         WHERE e.project_id = $1 AND e.batch = $2 ORDER BY e.seq",
        args![project, batch],
    )
    .await
}

/// What happened to one thing since a moment: `before` and `after` of its events, oldest first.
pub async fn states_since(
    tx: &mut Tx,
    kind: &str,
    id: i64,
    seq: i64,
) -> Result<Vec<(Option<String>, Option<String>)>> {
    tx.all(
        "SELECT before, after FROM events WHERE subject_kind = $1 AND subject_id = $2 AND seq > $3 ORDER BY seq",
        args![kind, id, seq],
    )
    .await
}

/// Names of some users.
pub async fn names(db: &Db, users: HashSet<i64>) -> Result<HashMap<i64, String>> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new("SELECT id, name FROM users WHERE id IN ", args![]);
    sql.list(users);
    let (text, args) = sql.finish();
    Ok(db
        .all::<(i64, String)>(text, args)
        .await?
        .into_iter()
        .collect())
}

/// Whether a project has a document.
pub async fn has_document(db: &Db, project: i64, document: i64) -> Result<bool> {
    Ok(db
        .optional::<(i64,)>(
            "SELECT id FROM documents WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
            args![document, project],
        )
        .await?
        .is_some())
}
