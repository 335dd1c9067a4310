//! SQL of `concord check`.

use crate::args;
use crate::db::{Db, Dialect};
use crate::error::Result;

/// A statement that finds the ids of things that refer to what is not there, or contradict themselves.
pub(super) struct Dangling {
    pub(super) subject: &'static str,
    pub(super) what: &'static str,
    pub(super) sql: &'static str,
}

pub(super) const DANGLING: &[Dangling] = &[
    Dangling {
        subject: "coding",
        what: "its document belongs to another project",
        sql: "SELECT c.id FROM codings c JOIN documents d ON d.id = c.document_id WHERE d.project_id <> c.project_id ORDER BY c.id",
    },
    Dangling {
        subject: "coding",
        what: "its code belongs to another project",
        sql: "SELECT c.id FROM codings c JOIN codes k ON k.id = c.code_id WHERE k.project_id <> c.project_id ORDER BY c.id",
    },
    Dangling {
        subject: "coding",
        what: "its code was deleted",
        sql: "SELECT c.id FROM codings c JOIN codes k ON k.id = c.code_id WHERE k.deleted_at IS NOT NULL ORDER BY c.id",
    },
    Dangling {
        subject: "code",
        what: "its parent belongs to another project or was deleted",
        sql: "SELECT k.id FROM codes k JOIN codes p ON p.id = k.parent_id
              WHERE k.deleted_at IS NULL AND (p.project_id <> k.project_id OR p.deleted_at IS NOT NULL) ORDER BY k.id",
    },
    Dangling {
        subject: "assignment in document",
        what: "its coder never was a member",
        sql: "SELECT a.document_id FROM assignments a JOIN documents d ON d.id = a.document_id
              WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = a.user_id) ORDER BY a.document_id",
    },
    Dangling {
        subject: "project",
        what: "it has no owner",
        sql: "SELECT p.id FROM projects p WHERE p.deleted_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.role = 'owner') ORDER BY p.id",
    },
    Dangling {
        subject: "comment",
        what: "it answers a comment of another subject",
        sql: "SELECT c.id FROM comments c JOIN comments r ON r.id = c.reply_to
              WHERE r.subject_kind <> c.subject_kind OR r.subject_id <> c.subject_id ORDER BY c.id",
    },
];

/// What the engine itself finds wrong with its file.
pub(super) async fn integrity(db: &Db) -> Result<Vec<String>> {
    if db.dialect() == Dialect::Postgres {
        return Ok(Vec::new());
    }
    let mut wrong = Vec::new();
    for (line,) in db
        .all::<(String,)>("PRAGMA integrity_check", args![])
        .await?
    {
        if line != "ok" {
            wrong.push(format!("database: {line}"));
        }
    }
    let dangling: Vec<(String,)> = db
        .all(
            "SELECT \"table\" FROM pragma_foreign_key_check() ORDER BY 1",
            args![],
        )
        .await?;
    wrong.extend(
        dangling
            .into_iter()
            .map(|(table,)| format!("database: a row of {table} refers to one that is not there")),
    );
    Ok(wrong)
}

#[derive(sqlx::FromRow)]
pub(super) struct DocumentRow {
    pub(super) id: i64,
    pub(super) revision: i64,
    pub(super) length: i64,
    pub(super) text_sha256: String,
    pub(super) original_key: Option<String>,
    pub(super) original_sha256: Option<String>,
}

pub(super) async fn documents(db: &Db) -> Result<Vec<DocumentRow>> {
    db.all(
        "SELECT id, revision, length, text_sha256, original_key, original_sha256 FROM documents ORDER BY id",
        args![],
    )
    .await
}

pub(super) async fn text(db: &Db, document: i64, revision: i64) -> Result<Option<String>> {
    Ok(db
        .optional::<(String,)>(
            "SELECT text FROM document_texts WHERE document_id = $1 AND revision = $2",
            args![document, revision],
        )
        .await?
        .map(|(text,)| text))
}

#[derive(sqlx::FromRow)]
pub(super) struct BlockRow {
    pub(super) idx: i64,
    pub(super) start_pos: i64,
    pub(super) end_pos: i64,
    pub(super) text: String,
}

pub(super) async fn blocks(db: &Db, document: i64, revision: i64) -> Result<Vec<BlockRow>> {
    db.all(
        "SELECT idx, start_pos, end_pos, text FROM blocks WHERE document_id = $1 AND revision = $2 ORDER BY idx",
        args![document, revision],
    )
    .await
}

#[derive(sqlx::FromRow)]
pub(super) struct CodingRow {
    pub(super) id: i64,
    pub(super) revision: i64,
    pub(super) start_pos: i64,
    pub(super) end_pos: i64,
    pub(super) quote: String,
}

/// Every coding of a document: the operator who checks the data sees all.
pub(super) async fn codings(db: &Db, document: i64) -> Result<Vec<CodingRow>> {
    db.all(
        "SELECT id, revision, start_pos, end_pos, quote FROM codings WHERE document_id = $1 ORDER BY start_pos, id",
        args![document],
    )
    .await
}

/// Codings whose last event says something else than their row: the event holds the version it left behind, or
/// nothing when it deleted.
pub(super) async fn events_against_state(db: &Db) -> Result<Vec<(i64, &'static str)>> {
    #[derive(sqlx::FromRow)]
    struct Last {
        subject_id: i64,
        after: Option<String>,
        version: Option<i64>,
        start_pos: Option<i64>,
        end_pos: Option<i64>,
    }
    let rows: Vec<Last> = db
        .all(
            "SELECT e.subject_id, e.after, c.version, c.start_pos, c.end_pos
             FROM events e LEFT JOIN codings c ON c.id = e.subject_id
             WHERE e.seq IN (SELECT MAX(seq) FROM events WHERE subject_kind = 'coding' GROUP BY subject_id)
             ORDER BY e.subject_id",
            args![],
        )
        .await?;
    let mut wrong: Vec<(i64, &'static str)> = rows
        .into_iter()
        .filter(|row| {
            let after: Option<serde_json::Value> = row
                .after
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok());
            match (after, row.version) {
                (None, None) => false,
                (Some(after), Some(version)) => {
                    after["version"].as_i64() != Some(version)
                        || after["start_pos"].as_i64() != row.start_pos
                        || after["end_pos"].as_i64() != row.end_pos
                }
                _ => true,
            }
        })
        .map(|row| (row.subject_id, "coding"))
        .collect();
    let silent: Vec<(i64,)> = db
        .all(
            "SELECT c.id FROM codings c WHERE NOT EXISTS
             (SELECT 1 FROM events e WHERE e.subject_kind = 'coding' AND e.subject_id = c.id) ORDER BY c.id",
            args![],
        )
        .await?;
    wrong.extend(silent.into_iter().map(|(id,)| (id, "coding")));
    Ok(wrong)
}
