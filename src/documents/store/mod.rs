//! SQL of documents: making, reading, changing and setting them aside; their texts and blocks.
//!
//! Lists and filters are in [`list`], assignments in [`assignments`], cases and attributes in [`properties`].

pub mod assignments;
pub mod list;
pub mod properties;

use std::sync::Arc;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Attribute, AttributeKind, Description, Origin, Original, Prepared};
use crate::activity::{self, Batch, Change};
use crate::args;
use crate::db::{Args, Db, Tx, Value};
use crate::error::{Error, OrNotFound, Result};
use crate::i18n::Msg;
use crate::text::{BlockKind, Span, TextIndex};
use crate::web::AppState;

pub use assignments::{Assignment, restore as restore_assignment};
pub use list::{Filter, coding_count, coding_counts, list};
pub use properties::{restore_attribute, restore_case};

/// A document, without its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Id.
    pub id: i64,
    /// Its name in exchange formats.
    pub guid: Uuid,
    /// What is said about it.
    pub description: Description,
    /// Revision of its text, from 1.
    pub revision: i64,
    /// Length of its text in code points.
    pub length: i64,
    /// Words of its text.
    pub words: i64,
    /// Blocks of its text.
    pub block_count: i64,
    /// `ltr` or `rtl`, by most of its text.
    pub direction: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// Where it came from.
    pub origin: Origin,
    /// Counts its changes.
    pub version: i64,
    /// Who brought it in.
    pub created_by: i64,
    /// When, in milliseconds since the epoch.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

impl Document {
    /// The whole subject as the event log keeps it.
    pub fn event(&self) -> Json {
        let d = &self.description;
        json!({
            "id": self.id, "guid": self.guid, "title": d.title, "type": d.doc_type, "date": d.date, "language": d.language,
            "author": d.author, "publisher": d.publisher, "url": d.url, "citation": d.citation, "cases": d.cases,
            "attributes": d.attributes.iter().map(|(name, a)| (name.clone(), a.json())).collect::<serde_json::Map<_, _>>(),
            "length": self.length, "sha256": self.sha256, "revision": self.revision,
            "original": self.origin.original.as_ref().map(|o| json!({"name": o.name, "sha256": o.sha256, "size": o.size})),
            "version": self.version,
        })
    }
}

/// Who changes something in which project, when, and as part of which action.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The action that the events belong to.
    pub batch: &'a Batch,
    /// Project.
    pub project: i64,
    /// User.
    pub actor: i64,
    /// Milliseconds since the epoch.
    pub now: i64,
}

/// What coding needs to know of a document.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Head {
    /// Id.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Language, if known.
    pub language: Option<String>,
    /// `ltr` or `rtl`.
    pub direction: String,
    /// Revision of its text.
    pub revision: i64,
    /// Length of its text in code points.
    pub length: i64,
}

pub(super) const COLUMNS: &str = "d.id, d.guid, d.title, d.doc_type, d.date, d.language, d.author, d.publisher, d.url, d.citation, \
d.revision, d.length, d.words, d.block_count, d.pages, d.direction, d.text_sha256, d.format, d.encoding, d.warnings, \
d.original_name, d.original_media_type, d.original_sha256, d.original_size, d.original_key, d.version, d.created_by, \
d.created_at, d.updated_at";

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    guid: Uuid,
    title: String,
    doc_type: String,
    date: Option<String>,
    language: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    citation: Option<String>,
    revision: i64,
    length: i64,
    words: i64,
    block_count: i64,
    pages: Option<i64>,
    direction: String,
    text_sha256: String,
    format: String,
    encoding: Option<String>,
    warnings: String,
    original_name: Option<String>,
    original_media_type: Option<String>,
    original_sha256: Option<String>,
    original_size: Option<i64>,
    original_key: Option<String>,
    version: i64,
    created_by: i64,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    /// The document without its cases and attributes.
    fn document(self) -> Document {
        Document {
            id: self.id,
            guid: self.guid,
            description: Description {
                title: self.title,
                doc_type: self.doc_type,
                date: self.date,
                language: self.language,
                author: self.author,
                publisher: self.publisher,
                url: self.url,
                citation: self.citation,
                cases: Vec::new(),
                attributes: Default::default(),
            },
            revision: self.revision,
            length: self.length,
            words: self.words,
            block_count: self.block_count,
            direction: self.direction,
            sha256: self.text_sha256,
            origin: Origin {
                format: self.format,
                encoding: self.encoding,
                pages: self.pages.and_then(|p| u32::try_from(p).ok()),
                warnings: serde_json::from_str(&self.warnings).unwrap_or_default(),
                original: match (self.original_name, self.original_sha256, self.original_key) {
                    (Some(name), Some(sha256), Some(key)) => Some(Original {
                        name,
                        media_type: self.original_media_type.unwrap_or_default(),
                        sha256,
                        size: self
                            .original_size
                            .and_then(|n| u64::try_from(n).ok())
                            .unwrap_or(0),
                        key,
                    }),
                    _ => None,
                },
            },
            version: self.version,
            created_by: self.created_by,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// A document of a project, or [`Error::NotFound`].
pub async fn document(db: &Db, project: i64, id: i64) -> Result<Document> {
    let row: Row = db
        .optional(
            sqlx::AssertSqlSafe(format!(
                "SELECT {COLUMNS} FROM documents d WHERE d.id = $1 AND d.project_id = $2 AND d.deleted_at IS NULL"
            )),
            args![id, project],
        )
        .await?
        .or_404("thing-document")?;
    let mut document = row.document();
    document.description.cases = db
        .all::<(String,)>(properties::CASES_OF, args![id])
        .await?
        .into_iter()
        .map(|(name,)| name)
        .collect();
    document.description.cases.sort();
    let attributes: Vec<(String, String, String)> =
        db.all(properties::ATTRIBUTES_OF, args![id]).await?;
    document.description.attributes = attributes.into_iter().map(attribute).collect();
    Ok(document)
}

/// As [`document`], inside a write; also one that was set aside, if `deleted` says so.
async fn document_in(tx: &mut Tx, project: i64, id: i64, deleted: bool) -> Result<Document> {
    let row: Row = tx
        .optional(
            sqlx::AssertSqlSafe(format!(
                "SELECT {COLUMNS} FROM documents d WHERE d.id = $1 AND d.project_id = $2 AND (d.deleted_at IS NOT NULL) = $3"
            )),
            args![id, project, deleted],
        )
        .await?
        .or_404("thing-document")?;
    let mut document = row.document();
    document.description.cases = tx
        .all::<(String,)>(properties::CASES_OF, args![id])
        .await?
        .into_iter()
        .map(|(name,)| name)
        .collect();
    document.description.cases.sort();
    let attributes: Vec<(String, String, String)> =
        tx.all(properties::ATTRIBUTES_OF, args![id]).await?;
    document.description.attributes = attributes.into_iter().map(attribute).collect();
    Ok(document)
}

fn attribute((name, kind, value): (String, String, String)) -> (String, Attribute) {
    let kind = AttributeKind::parse(&kind);
    (name, Attribute { kind, value })
}

/// The few facts that coding needs, by one quick query.
pub async fn head(db: &Db, project: i64, id: i64) -> Result<Head> {
    db.optional(
        "SELECT id, title, language, direction, revision, length FROM documents
         WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
        args![id, project],
    )
    .await?
    .or_404("thing-document")
}

/// A document about to be made.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// What is said about it, checked.
    pub description: &'a Description,
    /// Its text.
    pub prepared: &'a Prepared,
    /// Where it came from.
    pub origin: &'a Origin,
    /// Let an attribute's kind become text where a value does not fit it, as imports do; else that is an error.
    pub widen: bool,
}

/// Makes a document with its text and blocks, and records that.
pub async fn create(tx: &mut Tx, act: Act<'_>, new: New<'_>) -> Result<Document> {
    let New {
        description: d,
        prepared: p,
        origin: o,
        widen,
    } = new;
    let guid = Uuid::new_v4();
    let original = o.original.as_ref();
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO documents (guid, project_id, title, doc_type, date, language, author, publisher, url, citation,
                revision, length, words, block_count, pages, direction, text_sha256, format, encoding, warnings,
                original_name, original_media_type, original_sha256, original_size, original_key, created_by, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $26) RETURNING id",
            args![
                guid,
                act.project,
                &d.title,
                &d.doc_type,
                &d.date,
                &d.language,
                &d.author,
                &d.publisher,
                &d.url,
                &d.citation,
                p.length,
                p.words,
                i64::try_from(p.blocks.len()).unwrap_or(i64::MAX),
                o.pages,
                p.direction.as_str(),
                &p.sha256,
                &o.format,
                &o.encoding,
                serde_json::to_string(&o.warnings)?,
                original.map(|o| o.name.as_str()),
                original.map(|o| o.media_type.as_str()),
                original.map(|o| o.sha256.as_str()),
                original.map(|o| i64::try_from(o.size).unwrap_or(i64::MAX)),
                original.map(|o| o.key.as_str()),
                act.actor,
                act.now
            ],
        )
        .await?;
    tx.execute(
        "INSERT INTO document_texts (document_id, revision, text, created_at) VALUES ($1, 1, $2, $3)",
        args![id, p.text.as_str(), act.now],
    )
    .await?;
    insert_blocks(tx, id, 1, p).await?;
    let mut description = d.clone();
    properties::write(tx, act, id, &mut description, widen).await?;
    let document = Document {
        id,
        guid,
        description,
        revision: 1,
        length: i64::from(p.length),
        words: i64::from(p.words),
        block_count: i64::try_from(p.blocks.len()).unwrap_or(i64::MAX),
        direction: p.direction.as_str().to_owned(),
        sha256: p.sha256.clone(),
        origin: o.clone(),
        version: 1,
        created_by: act.actor,
        created_at: act.now,
        updated_at: act.now,
    };
    record(tx, act, None, Some(&document)).await?;
    Ok(document)
}

/// Blocks in statements of many rows. Their sizes are few, so that few statements need to be prepared.
async fn insert_blocks(tx: &mut Tx, document: i64, revision: i64, p: &Prepared) -> Result<()> {
    let mut rest: &[crate::text::Block] = &p.blocks;
    let mut idx = 0_i64;
    // Blocks come in order, so their bytes are found by walking on.
    let mut walk = p.text.char_indices().enumerate().peekable();
    let mut byte_of = |position: u32| -> usize {
        while let Some((at, (byte, _))) = walk.peek() {
            if *at >= position as usize {
                return *byte;
            }
            walk.next();
        }
        p.text.len()
    };
    while !rest.is_empty() {
        let size = [256, 64, 16, 4, 1]
            .into_iter()
            .find(|n| *n <= rest.len())
            .unwrap_or(1);
        let mut values: Args = args![document, revision];
        for block in &rest[..size] {
            let start = byte_of(block.span.start);
            let end = byte_of(block.span.end);
            values.extend([
                Value::from(idx),
                Value::from(block.kind.as_str()),
                Value::from(block.level),
                Value::from(block.span.start),
                Value::from(block.span.end),
                Value::from(block.page),
                Value::from(p.text.get(start..end).unwrap_or_default()),
            ]);
            idx += 1;
        }
        tx.execute(sqlx::AssertSqlSafe(blocks_statement(size)), values)
            .await?;
        rest = &rest[size..];
    }
    Ok(())
}

fn blocks_statement(rows: usize) -> String {
    use std::fmt::Write;
    let mut sql = "INSERT INTO blocks (document_id, revision, idx, kind, level, start_pos, end_pos, page, text) VALUES "
        .to_owned();
    for row in 0..rows {
        let at = 3 + row * 7;
        let _ = write!(
            sql,
            "{}($1, $2, ${}, ${}, ${}, ${}, ${}, ${}, ${})",
            if row == 0 { "" } else { ", " },
            at,
            at + 1,
            at + 2,
            at + 3,
            at + 4,
            at + 5,
            at + 6
        );
    }
    sql
}

/// Appends the event of a document's change.
async fn record(
    tx: &mut Tx,
    act: Act<'_>,
    before: Option<&Document>,
    after: Option<&Document>,
) -> Result<()> {
    let Some(id) = after.or(before).map(|d| d.id) else {
        return Ok(());
    };
    let verb = match (before, after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    };
    activity::store::append(
        tx,
        act.batch,
        Change {
            project: act.project,
            actor: act.actor,
            verb,
            kind: "document",
            id,
            document: Some(id),
            before: before.map(Document::event),
            after: after.map(Document::event),
        },
        act.now,
    )
    .await?;
    Ok(())
}

/// Changes what is said about a document, and records that. `change` is given the description as it is and answers the new
/// one, checked. A stale `expected` version is a conflict; a change that changes nothing leaves no trace.
pub async fn update(
    tx: &mut Tx,
    act: Act<'_>,
    id: i64,
    expected: Option<i64>,
    widen: bool,
    change: impl FnOnce(Description) -> Result<Description> + Send,
) -> Result<Document> {
    let before = document_in(tx, act.project, id, false).await?;
    if expected.is_some_and(|v| v != before.version) {
        return Err(Error::stale(before.event()));
    }
    let mut description = change(before.description.clone())?;
    if description == before.description {
        return Ok(before);
    }
    let changed = set_description(tx, id, before.version, &description, act.now).await?;
    if !changed {
        // Somebody was quicker between our reading and our writing.
        return Err(Error::stale(
            document_in(tx, act.project, id, false).await?.event(),
        ));
    }
    properties::write(tx, act, id, &mut description, widen).await?;
    let after = Document {
        description,
        version: before.version + 1,
        updated_at: act.now,
        ..before.clone()
    };
    record(tx, act, Some(&before), Some(&after)).await?;
    Ok(after)
}

async fn set_description(
    tx: &mut Tx,
    id: i64,
    version: i64,
    d: &Description,
    now: i64,
) -> Result<bool> {
    Ok(tx
        .execute(
            "UPDATE documents SET title = $3, doc_type = $4, date = $5, language = $6, author = $7, publisher = $8, url = $9,
                citation = $10, updated_at = $11, deleted_at = NULL, version = version + 1
             WHERE id = $1 AND version = $2",
            args![
                id,
                version,
                &d.title,
                &d.doc_type,
                &d.date,
                &d.language,
                &d.author,
                &d.publisher,
                &d.url,
                &d.citation,
                now
            ],
        )
        .await?
        == 1)
}

/// Sets a document aside with everything that was coded in it, and records that. Undo brings it back.
pub async fn delete(tx: &mut Tx, act: Act<'_>, id: i64, expected: Option<i64>) -> Result<()> {
    let before = document_in(tx, act.project, id, false).await?;
    if expected.is_some_and(|v| v != before.version) || !set_aside(tx, &before, act.now).await? {
        return Err(Error::stale(before.event()));
    }
    record(tx, act, Some(&before), None).await
}

async fn set_aside(tx: &mut Tx, document: &Document, now: i64) -> Result<bool> {
    Ok(tx
        .execute(
            "UPDATE documents SET deleted_at = $3, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $2",
            args![document.id, document.version, now],
        )
        .await?
        == 1)
}

/// Puts a document that was set aside back among the others, with its codings, and records that.
pub async fn undelete(tx: &mut Tx, act: Act<'_>, id: i64) -> Result<Document> {
    let mut document = document_in(tx, act.project, id, true).await?;
    tx.execute(
        "UPDATE documents SET deleted_at = NULL, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $2",
        args![id, document.version, act.now],
    )
    .await?;
    document.version += 1;
    document.updated_at = act.now;
    activity::store::append(
        tx,
        act.batch,
        Change {
            project: act.project,
            actor: act.actor,
            verb: "restore",
            kind: "document",
            id,
            document: Some(id),
            before: None,
            after: Some(document.event()),
        },
        act.now,
    )
    .await?;
    Ok(document)
}

/// Goes on only if all of these are documents of the project.
pub async fn insist(tx: &mut Tx, project: i64, ids: &[i64]) -> Result<()> {
    for id in ids {
        tx.optional::<(i64,)>(
            "SELECT id FROM documents WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
            args![*id, project],
        )
        .await?
        .or_404("thing-document")?;
    }
    Ok(())
}

/// Undo for the kind `document`: puts it back to a state that an event kept, or sets it aside if it was not there.
///
/// Answers it as it is then. A document in which somebody has coded is not unmade. That nobody else changed it since is
/// for the caller to see.
pub async fn restore(
    tx: &mut Tx,
    project: i64,
    id: i64,
    state: Option<&Json>,
    now: i64,
) -> Result<Option<Json>> {
    let Some(state) = state else {
        let document = document_in(tx, project, id, false).await?;
        let (codings,): (i64,) = tx
            .one(
                "SELECT COUNT(*) FROM codings WHERE document_id = $1",
                args![id],
            )
            .await?;
        if codings > 0 {
            return Err(Error::Conflict {
                slug: "changed-since",
                message: Msg::new("error-document-coded").arg("codings", codings),
                current: json!({"codings": codings}),
            });
        }
        set_aside(tx, &document, now).await?;
        return Ok(None);
    };
    let current = match document_in(tx, project, id, false).await {
        Err(Error::NotFound(_)) => document_in(tx, project, id, true).await?,
        other => other?,
    };
    let words = |name: &str| state[name].as_str().map(ToOwned::to_owned);
    let mut description = Description {
        title: words("title").unwrap_or(current.description.title),
        doc_type: words("type").unwrap_or(current.description.doc_type),
        date: words("date"),
        language: words("language"),
        author: words("author"),
        publisher: words("publisher"),
        url: words("url"),
        citation: words("citation"),
        cases: state["cases"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|c| c.as_str().map(ToOwned::to_owned))
            .collect(),
        attributes: state["attributes"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), Attribute::of_json(value)?)))
            .collect(),
    };
    set_description(tx, id, current.version, &description, now).await?;
    properties::put(tx, project, id, &mut description, true, now).await?;
    Ok(Some(document_in(tx, project, id, false).await?.event()))
}

/// The document with these original bytes, if the project has one.
pub async fn by_original(db: &Db, project: i64, sha256: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = db
        .optional(
            "SELECT id FROM documents WHERE project_id = $1 AND original_sha256 = $2 AND deleted_at IS NULL ORDER BY id LIMIT 1",
            args![project, sha256],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// As [`by_original`], inside the write that would add it, so that two uploads at once do not both go in. Writers of one
/// project take turns from here on.
pub async fn by_original_in(tx: &mut Tx, project: i64, sha256: &str) -> Result<Option<i64>> {
    if tx.dialect() == crate::db::Dialect::Postgres {
        tx.optional::<(i64,)>(
            "SELECT 1::BIGINT FROM (SELECT pg_advisory_xact_lock($1)) AS locked",
            args![project],
        )
        .await?;
    }
    let row: Option<(i64,)> = tx
        .optional(
            "SELECT id FROM documents WHERE project_id = $1 AND original_sha256 = $2 AND deleted_at IS NULL ORDER BY id LIMIT 1",
            args![project, sha256],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// A document's text, from memory if it was read before. Ask for the document first: this does not look whose it is.
pub async fn text(state: &AppState, document: i64, revision: i64) -> Result<Arc<TextIndex>> {
    let key = ("text", document, revision.to_string());
    state
        .cache
        .get_or(key, async {
            let (text,): (String,) = state
                .db
                .optional(
                    "SELECT text FROM document_texts WHERE document_id = $1 AND revision = $2",
                    args![document, revision],
                )
                .await?
                .or_404("thing-document")?;
            let bytes = text.len() + text.len() / 8;
            Ok((TextIndex::new(Arc::<str>::from(text)), bytes))
        })
        .await
}

/// A block with its words.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockRow {
    /// Its place among the blocks, from 0.
    pub idx: i64,
    /// `heading`, `paragraph`, `list_item`, `table_row` or `page_break`.
    pub kind: String,
    /// Depth of a heading or list item.
    pub level: i64,
    /// First code point.
    pub start_pos: i64,
    /// First code point after it.
    pub end_pos: i64,
    /// Page it begins on.
    pub page: Option<i64>,
    /// Its words.
    pub text: String,
}

/// Blocks from an index on, at most `limit`.
pub async fn blocks(
    db: &Db,
    document: i64,
    revision: i64,
    from: i64,
    limit: i64,
) -> Result<Vec<BlockRow>> {
    db.all(
        "SELECT idx, kind, level, start_pos, end_pos, page, text FROM blocks
         WHERE document_id = $1 AND revision = $2 AND idx >= $3 ORDER BY idx LIMIT $4",
        args![document, revision, from, limit],
    )
    .await
}

/// Index of the block that holds a position, or of the last one before it.
pub async fn block_at(db: &Db, document: i64, revision: i64, position: i64) -> Result<i64> {
    let row: Option<(i64,)> = db
        .optional(
            "SELECT idx FROM blocks WHERE document_id = $1 AND revision = $2 AND start_pos <= $3
             ORDER BY start_pos DESC LIMIT 1",
            args![document, revision, position],
        )
        .await?;
    Ok(row.map_or(0, |(idx,)| idx))
}

/// Kind and place of every block of a text, in order; for units and search.
pub async fn block_spans(db: &Db, document: i64, revision: i64) -> Result<Vec<(BlockKind, Span)>> {
    let rows: Vec<(String, i64, i64)> = db
        .all(
            "SELECT kind, start_pos, end_pos FROM blocks WHERE document_id = $1 AND revision = $2 ORDER BY idx",
            args![document, revision],
        )
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(kind, start, end)| {
            let span = Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?)?;
            Some((BlockKind::parse(&kind)?, span))
        })
        .collect())
}
