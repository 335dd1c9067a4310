//! Reading codings: one, a page, a document's all, the map of a document, how one came about.
//!
//! Many codings are put together as JSON by the database itself, because two thousand rows of eighteen columns cost more to carry
//! over one by one than to find. The two engines spell that differently; the shape is that of
//! [`Coding`](crate::activity::snapshots::Coding), and a test holds the three to each other.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::activity::snapshots::{Coding, CodingSnapshot};
use crate::args;
use crate::coding::Filter;
use crate::db::{Db, Dialect, Sql};
use crate::error::{Error, Result};
use crate::projects::Visibility;
use crate::visible;

/// A coding as an object, from `c` and its coder `u`.
macro_rules! object {
    (sqlite) => {
        "json_object('id', c.id, \
          'guid', lower(substr(hex(c.guid), 1, 8) || '-' || substr(hex(c.guid), 9, 4) || '-' || substr(hex(c.guid), 13, 4) \
             || '-' || substr(hex(c.guid), 17, 4) || '-' || substr(hex(c.guid), 21)), \
          'document', c.document_id, 'code', c.code_id, 'coder', json_object('id', c.coder_id, 'name', u.name), \
          'layer', c.layer, 'start', c.start_pos, 'end', c.end_pos, 'quote', c.quote, 'before', c.before, 'after', c.after, \
          'memo', c.memo, 'weight', c.weight, 'round', c.round_id, 'codebook_version', c.codebook_version, 'version', c.version, \
          'created_at', strftime('%Y-%m-%dT%H:%M:%S', c.created_at / 1000, 'unixepoch') || printf('.%03dZ', c.created_at % 1000), \
          'updated_at', strftime('%Y-%m-%dT%H:%M:%S', c.updated_at / 1000, 'unixepoch') || printf('.%03dZ', c.updated_at % 1000))"
    };
    (postgres) => {
        "json_build_object('id', c.id, 'guid', c.guid, \
          'document', c.document_id, 'code', c.code_id, 'coder', json_build_object('id', c.coder_id, 'name', u.name), \
          'layer', c.layer, 'start', c.start_pos, 'end', c.end_pos, 'quote', c.quote, 'before', c.before, 'after', c.after, \
          'memo', c.memo, 'weight', c.weight, 'round', c.round_id, 'codebook_version', c.codebook_version, 'version', c.version, \
          'created_at', to_char(to_timestamp(c.created_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') \
             || '.' || lpad((c.created_at % 1000)::text, 3, '0') || 'Z', \
          'updated_at', to_char(to_timestamp(c.updated_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') \
             || '.' || lpad((c.updated_at % 1000)::text, 3, '0') || 'Z')"
    };
}

/// One coding that a member may see.
pub async fn one(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    id: i64,
) -> Result<Option<Coding>> {
    #[derive(sqlx::FromRow)]
    struct Named {
        #[sqlx(flatten)]
        coding: CodingSnapshot,
        coder_name: String,
    }
    let row: Option<Named> = db
        .optional(
            concat!(
                "SELECT c.id, c.guid, c.project_id, c.document_id, c.revision, c.code_id, c.coder_id, c.layer, c.start_pos, c.end_pos,
                    c.quote, c.before, c.after, c.memo, c.weight, c.codebook_version, c.round_id, c.version, c.created_at,
                    c.updated_at, u.name AS coder_name
                 FROM codings c JOIN users u ON u.id = c.coder_id
                   JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
                 WHERE c.project_id = $3 AND c.id = $4 AND ",
                visible!()
            ),
            args![visibility.viewer(), visibility.everything(), project, id],
        )
        .await?;
    Ok(row.map(|r| r.coding.answer(r.coder_name)))
}

/// Which codings of a document's stretch.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
pub struct Stretch {
    /// Only codings that end after this position.
    pub from: Option<i64>,
    /// Only codings that begin before this position.
    pub to: Option<i64>,
}

/// A page of codings as JSON, in the order of document, start and id.
#[derive(Debug)]
pub struct Page {
    /// A JSON array.
    pub items: String,
    /// Document, start and id of the last, when there are more.
    pub next: Option<[i64; 3]>,
}

#[derive(sqlx::FromRow)]
struct PageRow {
    items: Option<String>,
    rows: i64,
    last_document: Option<i64>,
    last_start: Option<i64>,
    last_id: Option<i64>,
}

/// Codings that a member may see, after `after` (document, start, id), at most `limit`.
pub async fn page(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    filter: &Filter,
    stretch: Stretch,
    after: &[i64],
    limit: i64,
) -> Result<Page> {
    let mut sql = Sql::new(
        concat!(
            "WITH page AS (SELECT c.* FROM codings c JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
              WHERE c.project_id = $3 AND ",
            visible!()
        ),
        args![visibility.viewer(), visibility.everything(), project],
    );
    filter.documents(&mut sql)?;
    filter.codings(&mut sql)?;
    if let Some(from) = stretch.from {
        sql.push(" AND c.end_pos > ").bind(from);
    }
    if let Some(to) = stretch.to {
        sql.push(" AND c.start_pos < ").bind(to);
    }
    match after {
        [] => {}
        [document, start, id] => {
            sql.push(" AND (c.document_id, c.start_pos, c.id) > ")
                .list([*document, *start, *id]);
        }
        _ => {
            return Err(Error::BadRequest(
                "the cursor is not one this server gave".to_owned(),
            ));
        }
    }
    sql.push(" ORDER BY c.document_id, c.start_pos, c.id LIMIT ")
        .bind(limit + 1);
    sql.push("), c AS (SELECT page.*, ROW_NUMBER() OVER (ORDER BY document_id, start_pos, id) AS n FROM page) SELECT ");
    sql.push(match db.dialect() {
        Dialect::Sqlite => concat!("json_group_array(", object!(sqlite), " ORDER BY c.n)"),
        Dialect::Postgres => concat!("json_agg(", object!(postgres), " ORDER BY c.n)"),
    });
    sql.push(" FILTER (WHERE c.n <= ").bind(limit);
    sql.push(match db.dialect() {
        Dialect::Sqlite => ") AS items",
        Dialect::Postgres => ")::text AS items",
    });
    for (column, name) in [
        (
            ", MAX(CASE WHEN c.n = ",
            " THEN c.document_id END) AS last_document",
        ),
        (
            ", MAX(CASE WHEN c.n = ",
            " THEN c.start_pos END) AS last_start",
        ),
        (", MAX(CASE WHEN c.n = ", " THEN c.id END) AS last_id"),
    ] {
        sql.push(column).bind(limit);
        sql.push(name);
    }
    sql.push(", COUNT(*) AS rows FROM c JOIN users u ON u.id = c.coder_id");
    let (text, args) = sql.finish();
    let row: PageRow = db.one(text, args).await?;
    let next = match (row.last_document, row.last_start, row.last_id) {
        (Some(document), Some(start), Some(id)) if row.rows > limit => Some([document, start, id]),
        _ => None,
    };
    Ok(Page {
        items: row.items.unwrap_or_else(|| "[]".to_owned()),
        next,
    })
}

/// All visible codings of a document as compact arrays `[id, code, mine, start, end, coder, layer]`, in text order: what the minimap, the
/// brackets' order and moving from one to the next need.
pub async fn map(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    document: i64,
) -> Result<Box<RawValue>> {
    let sql = match db.dialect() {
        Dialect::Sqlite => concat!(
            "SELECT json_group_array(json_array(c.id, c.code_id, json(CASE WHEN c.coder_id = $1 THEN 'true' ELSE 'false' END), \
               c.start_pos, c.end_pos, c.coder_id, c.layer) ORDER BY c.start_pos, c.end_pos, c.id)
             FROM codings c WHERE c.project_id = $3 AND c.document_id = $4 AND ",
            visible!()
        ),
        Dialect::Postgres => concat!(
            "SELECT COALESCE(json_agg(json_build_array(c.id, c.code_id, c.coder_id = $1, c.start_pos, c.end_pos, c.coder_id, c.layer) \
               ORDER BY c.start_pos, c.end_pos, c.id), '[]'::json)::text
             FROM codings c WHERE c.project_id = $3 AND c.document_id = $4 AND ",
            visible!()
        ),
    };
    let (text,): (String,) = db
        .one(
            sql,
            args![
                visibility.viewer(),
                visibility.everything(),
                project,
                document
            ],
        )
        .await?;
    Ok(RawValue::from_string(text)?)
}

/// The length of a document's text in code points; `None` if the project has no such document.
pub async fn length(db: &Db, project: i64, document: i64) -> Result<Option<i64>> {
    Ok(db
        .optional::<(i64,)>(
            "SELECT length FROM documents WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
            args![document, project],
        )
        .await?
        .map(|(n,)| n))
}

/// How many visible codings each code has, in a document or the whole project.
pub async fn counts(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    document: Option<i64>,
) -> Result<Vec<(i64, i64)>> {
    db.all(
        concat!(
            "SELECT c.code_id, COUNT(*) FROM codings c JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
             WHERE c.project_id = $3 AND ($4 = 0 OR c.document_id = $4) AND ",
            visible!(),
            " GROUP BY c.code_id ORDER BY c.code_id"
        ),
        args![
            visibility.viewer(),
            visibility.everything(),
            project,
            document.unwrap_or(0)
        ],
    )
    .await
}
