//! SQL of downloads, read a page at a time.
//!
//! Each page is a statement of its own that goes on after the last row of the page before: nothing is held open between two, so an
//! export that a slow line drags out keeps no connection and no other reader or writer waiting. A row that changes
//! meanwhile appears as it was or as it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{Attribute, Code, Coding, Document, Header, Kind, sort};
use crate::args;
use crate::codebook::tree;
use crate::coding::Filter;
use crate::db::{Db, Sql};
use crate::error::{Error, OrNotFound, Result};
use crate::projects::Visibility;
use crate::text::Span;

/// Rows of a page.
const PAGE: i64 = 1000;

/// Documents of a page.
const DOCUMENT_PAGE: i64 = 200;

/// What is exported, and for whom.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Project.
    pub project: i64,
    /// Whose codings the caller may see.
    pub visibility: Visibility,
    /// Which of them are meant.
    pub filter: Filter,
}

impl Scope {
    /// Refuses filters that cannot be read, before anything is written.
    pub fn check(&self) -> Result<()> {
        let mut sql = Sql::default();
        self.filter.documents(&mut sql)?;
        self.filter.codings(&mut sql)
    }

    /// A statement that begins with the caller's viewer as `$1`, whether all is open as `$2`, the project as `$3`.
    fn sql(&self, text: &'static str) -> Sql {
        Sql::new(
            text,
            args![
                self.visibility.viewer(),
                self.visibility.everything(),
                self.project
            ],
        )
    }
}

/// Ids in a filter that [`Scope::check`] has found sound.
fn ids(value: &Option<String>) -> Vec<i64> {
    value
        .iter()
        .flat_map(|v| v.split(','))
        .filter_map(|v| v.trim().parse().ok())
        .collect()
}

/// The name, newest codebook version and newest change of a project.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct About {
    /// Name.
    pub name: String,
    /// Published versions of the codebook; 0 before the first.
    pub codebook_version: i64,
    /// When anything in the project changed last, in milliseconds since the epoch.
    pub changed_at: i64,
}

/// See [`About`].
pub async fn about(db: &Db, project: i64) -> Result<About> {
    db.optional(
        "SELECT p.name,
                COALESCE((SELECT MAX(v.number) FROM codebook_versions v WHERE v.project_id = p.id), 0) AS codebook_version,
                COALESCE((SELECT e.at FROM events e WHERE e.project_id = p.id ORDER BY e.seq DESC LIMIT 1), p.updated_at) AS changed_at
         FROM projects p WHERE p.id = $1 AND p.deleted_at IS NULL",
        args![project],
    )
    .await?
    .or_404("thing-project")
}

/// The attributes of a project with their ids, by name in code point order.
async fn attributes(db: &Db, project: i64) -> Result<Vec<(i64, Attribute)>> {
    let rows: Vec<(i64, String, String)> = db
        .all(
            "SELECT id, name, kind FROM attributes WHERE project_id = $1",
            args![project],
        )
        .await?;
    let mut found: Vec<_> = rows
        .into_iter()
        .map(|(id, name, kind)| {
            let kind = match kind.as_str() {
                "number" => Kind::Number,
                "date" => Kind::Date,
                "boolean" => Kind::Boolean,
                _ => Kind::Text,
            };
            (id, Attribute { name, kind })
        })
        .collect();
    found.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    id: i64,
    parent_id: Option<i64>,
    name: String,
    is_codable: bool,
    is_live: bool,
}

/// Every code of a project with its path, deleted ones too.
async fn code_rows(db: &Db, project: i64) -> Result<(Vec<CodeRow>, HashMap<i64, Arc<Code>>)> {
    let rows: Vec<CodeRow> = db
        .all(
            "SELECT id, parent_id, name, is_codable, deleted_at IS NULL AS is_live FROM codes WHERE project_id = $1 ORDER BY id",
            args![project],
        )
        .await?;
    let by_id: HashMap<i64, &CodeRow> = rows.iter().map(|r| (r.id, r)).collect();
    let codes = rows
        .iter()
        .map(|row| {
            let mut names = vec![row.name.as_str()];
            let mut at = row.parent_id;
            // A circle cannot be stored; if it were, no path is longer than the codebook.
            while let Some(parent) = at.and_then(|id| by_id.get(&id))
                && names.len() <= rows.len()
            {
                names.push(&parent.name);
                at = parent.parent_id;
            }
            let code = Code {
                id: row.id,
                path: {
                    names.reverse();
                    tree::join(&names)
                },
                name: row.name.clone(),
            };
            (row.id, Arc::new(code))
        })
        .collect();
    Ok((rows, codes))
}

async fn round_names(db: &Db, project: i64) -> Result<HashMap<i64, Arc<str>>> {
    let rows = rounds(db, project).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (id, name.into()))
        .collect())
}

/// Reads documents with their cases and attributes.
#[derive(Debug, Clone)]
pub struct Documents {
    db: Db,
    scope: Scope,
    attributes: Vec<i64>,
    after: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct DocumentRow {
    id: i64,
    title: String,
    doc_type: String,
    date: Option<String>,
    language: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    citation: Option<String>,
    length: i64,
    words: i64,
    text_sha256: String,
}

impl Documents {
    /// The next documents that the filters on documents let through, by id; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Document>>> {
        let Some(after) = self.after else {
            return Ok(None);
        };
        let mut sql = Sql::new(
            "SELECT d.id, d.title, d.doc_type, d.date, d.language, d.author, d.publisher, d.url, d.citation,
                    d.length, d.words, d.text_sha256
             FROM documents d WHERE d.project_id = $1 AND d.deleted_at IS NULL AND d.id > $2",
            args![self.scope.project, after],
        );
        self.scope.filter.documents(&mut sql)?;
        sql.push(" ORDER BY d.id LIMIT ").bind(DOCUMENT_PAGE);
        let (text, values) = sql.finish();
        let rows: Vec<DocumentRow> = self.db.all(text, values).await?;
        self.after = rows.last().map(|r| r.id);
        if rows.is_empty() {
            return Ok(None);
        }
        self.complete(rows).await.map(Some)
    }

    async fn of_ids(&self, ids: Vec<i64>) -> Result<Vec<Document>> {
        let mut sql = Sql::new(
            "SELECT d.id, d.title, d.doc_type, d.date, d.language, d.author, d.publisher, d.url, d.citation,
                    d.length, d.words, d.text_sha256
             FROM documents d WHERE d.id IN ",
            args![],
        );
        sql.list(ids);
        let (text, values) = sql.finish();
        let rows = self.db.all(text, values).await?;
        self.complete(rows).await
    }

    async fn complete(&self, rows: Vec<DocumentRow>) -> Result<Vec<Document>> {
        let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
        let mut sql = Sql::new(
            "SELECT dc.document_id, ca.name FROM document_cases dc JOIN cases ca ON ca.id = dc.case_id WHERE dc.document_id IN ",
            args![],
        );
        sql.list(ids.iter().copied());
        let (text, values) = sql.finish();
        let mut cases: HashMap<i64, Vec<String>> = HashMap::new();
        for (document, name) in self.db.all::<(i64, String)>(text, values).await? {
            cases.entry(document).or_default().push(name);
        }
        let mut values_of: HashMap<(i64, i64), String> = HashMap::new();
        if !self.attributes.is_empty() {
            let mut sql = Sql::new(
                "SELECT document_id, attribute_id, value FROM document_attributes WHERE document_id IN ",
                args![],
            );
            sql.list(ids);
            let (text, values) = sql.finish();
            for (document, attribute, value) in
                self.db.all::<(i64, i64, String)>(text, values).await?
            {
                values_of.insert((document, attribute), value);
            }
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let mut cases = cases.remove(&row.id).unwrap_or_default();
                cases.sort();
                Document {
                    attributes: self
                        .attributes
                        .iter()
                        .map(|a| values_of.remove(&(row.id, *a)))
                        .collect(),
                    id: row.id,
                    title: row.title,
                    doc_type: row.doc_type,
                    date: row.date,
                    language: row.language,
                    author: row.author,
                    publisher: row.publisher,
                    url: row.url,
                    citation: row.citation,
                    length: row.length,
                    words: row.words,
                    text_sha256: row.text_sha256,
                    cases,
                }
            })
            .collect())
    }
}

/// Reads codings in the order of every export.
pub struct Reader {
    db: Db,
    scope: Scope,
    /// What the rows share.
    pub header: Header,
    codes: HashMap<i64, Arc<Code>>,
    rounds: HashMap<i64, Arc<str>>,
    coders: HashMap<i64, Arc<str>>,
    documents: HashMap<i64, Arc<Document>>,
    shelf: Documents,
    /// Document, start, end and id of the last row that was read.
    after: Option<[i64; 4]>,
    /// Rows of the last passage read, whose others may come with the next page.
    held: Vec<Coding>,
    page: i64,
}

#[derive(sqlx::FromRow)]
struct CodingRow {
    id: i64,
    document_id: i64,
    code_id: i64,
    coder_id: i64,
    layer: String,
    round_id: Option<i64>,
    start_pos: i64,
    end_pos: i64,
    quote: String,
    before: String,
    after: String,
    memo: Option<String>,
    weight: Option<f64>,
    codebook_version: i64,
    created_at: i64,
    updated_at: i64,
}

impl Reader {
    /// Begins to read. The filters must have passed [`Scope::check`].
    pub async fn open(db: &Db, scope: Scope) -> Result<Reader> {
        Reader::open_with(db, scope, PAGE).await
    }

    /// The same with so many rows a page.
    pub async fn open_with(db: &Db, scope: Scope, page: i64) -> Result<Reader> {
        let about = about(db, scope.project).await?;
        let attributes = attributes(db, scope.project).await?;
        let (_, codes) = code_rows(db, scope.project).await?;
        let rounds = round_names(db, scope.project).await?;
        let (ids, attributes) = attributes.into_iter().unzip();
        Ok(Reader {
            db: db.clone(),
            header: Header {
                project: about.name,
                attributes,
            },
            codes,
            rounds,
            coders: HashMap::new(),
            documents: HashMap::new(),
            shelf: Documents {
                db: db.clone(),
                scope: scope.clone(),
                attributes: ids,
                after: Some(0),
            },
            scope,
            after: Some([0; 4]),
            held: Vec::new(),
            page,
        })
    }

    /// The documents of the same export.
    pub fn documents(&self) -> Documents {
        self.shelf.clone()
    }

    /// The next rows; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Coding>>> {
        while let Some([document, start, end, id]) = self.after {
            let mut sql = self.scope.sql(concat!(
                "SELECT c.id, c.document_id, c.code_id, c.coder_id, c.layer, c.round_id, c.start_pos, c.end_pos, c.quote,
                        c.before, c.after, c.memo, c.weight, c.codebook_version, c.created_at, c.updated_at
                 FROM codings c JOIN documents d ON d.id = c.document_id
                 WHERE ",
                crate::visible!(),
                " AND c.project_id = $3 AND d.deleted_at IS NULL AND (c.document_id, c.start_pos, c.end_pos, c.id) > ("
            ));
            sql.bind(document).push(", ").bind(start);
            sql.push(", ").bind(end).push(", ").bind(id).push(")");
            self.scope.filter.documents(&mut sql)?;
            self.scope.filter.codings(&mut sql)?;
            sql.push(" ORDER BY c.document_id, c.start_pos, c.end_pos, c.id LIMIT ")
                .bind(self.page);
            let (text, values) = sql.finish();
            let rows: Vec<CodingRow> = self.db.all(text, values).await?;
            let full = i64::try_from(rows.len()) == Ok(self.page);
            self.after = rows
                .last()
                .filter(|_| full)
                .map(|r| [r.document_id, r.start_pos, r.end_pos, r.id]);
            let mut ready = std::mem::take(&mut self.held);
            ready.extend(self.complete(rows).await?);
            if let Some([document, start, end, _]) = self.after {
                let same =
                    |r: &Coding| r.document.id == document && r.start == start && r.end == end;
                let kept = ready.iter().rposition(|r| !same(r)).map_or(0, |at| at + 1);
                self.held = ready.split_off(kept);
            }
            if !ready.is_empty() {
                sort(&mut ready);
                return Ok(Some(ready));
            }
        }
        Ok(None)
    }

    async fn complete(&mut self, rows: Vec<CodingRow>) -> Result<Vec<Coding>> {
        let wanted: BTreeSet<i64> = rows.iter().map(|r| r.document_id).collect();
        self.documents.retain(|id, _| wanted.contains(id));
        let missing: Vec<i64> = wanted
            .into_iter()
            .filter(|id| !self.documents.contains_key(id))
            .collect();
        if !missing.is_empty() {
            for document in self.shelf.of_ids(missing).await? {
                self.documents.insert(document.id, Arc::new(document));
            }
        }
        let missing: BTreeSet<i64> = rows
            .iter()
            .map(|r| r.coder_id)
            .filter(|id| !self.coders.contains_key(id))
            .collect();
        if !missing.is_empty() {
            let mut sql = Sql::new("SELECT id, name FROM users WHERE id IN ", args![]);
            sql.list(missing);
            let (text, values) = sql.finish();
            for (id, name) in self.db.all::<(i64, String)>(text, values).await? {
                self.coders.insert(id, name.into());
            }
        }
        // A code or a round may have been made since the export began.
        let unknown = |r: &CodingRow| {
            !self.codes.contains_key(&r.code_id)
                || r.round_id.is_some_and(|id| !self.rounds.contains_key(&id))
        };
        if rows.iter().any(unknown) {
            self.codes = code_rows(&self.db, self.scope.project).await?.1;
            self.rounds = round_names(&self.db, self.scope.project).await?;
        }
        rows.into_iter()
            .map(|row| {
                let gone =
                    |what: &str| Error::Internal(anyhow::anyhow!("coding {}: no {what}", row.id));
                Ok(Coding {
                    document: self
                        .documents
                        .get(&row.document_id)
                        .cloned()
                        .ok_or_else(|| gone("document"))?,
                    code: self
                        .codes
                        .get(&row.code_id)
                        .cloned()
                        .ok_or_else(|| gone("code"))?,
                    coder: self
                        .coders
                        .get(&row.coder_id)
                        .cloned()
                        .ok_or_else(|| gone("coder"))?,
                    round: row.round_id.and_then(|id| self.rounds.get(&id).cloned()),
                    id: row.id,
                    coder_id: row.coder_id,
                    layer: row.layer,
                    start: row.start_pos,
                    end: row.end_pos,
                    quote: row.quote,
                    before: row.before,
                    after: row.after,
                    memo: row.memo,
                    weight: row.weight,
                    codebook_version: row.codebook_version,
                    created_at: row.created_at,
                    updated_at: row.updated_at,
                })
            })
            .collect()
    }
}

/// How many rows an export of codings has, in how many documents and by how many coders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Codings.
    pub codings: i64,
    /// Documents they stand in.
    pub documents: i64,
    /// Coders who made them.
    pub coders: i64,
}

/// See [`Counts`].
pub async fn count(db: &Db, scope: &Scope) -> Result<Counts> {
    let mut sql = scope.sql(concat!(
        "SELECT COUNT(*) AS codings, COUNT(DISTINCT c.document_id) AS documents, COUNT(DISTINCT c.coder_id) AS coders
         FROM codings c JOIN documents d ON d.id = c.document_id
         WHERE ",
        crate::visible!(),
        " AND c.project_id = $3 AND d.deleted_at IS NULL"
    ));
    scope.filter.documents(&mut sql)?;
    scope.filter.codings(&mut sql)?;
    let (text, values) = sql.finish();
    db.one(text, values).await
}

/// The rounds of a project, by id.
pub async fn rounds(db: &Db, project: i64) -> Result<Vec<(i64, String)>> {
    db.all(
        "SELECT id, name FROM rounds WHERE project_id = $1 ORDER BY id",
        args![project],
    )
    .await
}

/// Names of the rounds whose codings the caller does not see because they are still blind.
pub async fn blind_rounds(db: &Db, scope: &Scope) -> Result<Vec<String>> {
    if scope.visibility.everything() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String,)> = db
        .all(
            "SELECT name FROM rounds WHERE project_id = $1 AND blind AND state <> 'revealed' ORDER BY id",
            args![scope.project],
        )
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// A document of a matrix: id, revision of its text, language.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MatrixDocument {
    /// Id.
    pub id: i64,
    /// Revision of its text.
    pub revision: i64,
    /// BCP 47 tag.
    pub language: Option<String>,
}

/// What the whole of a matrix shares.
#[derive(Debug)]
pub struct Frame {
    /// Columns: id and path of each code, by path in code point order.
    pub codes: Vec<Arc<Code>>,
    /// Rows of a unit: id and name of each coder, by name in code point order. None for the consensus layer.
    pub coders: Option<Vec<(i64, String)>>,
    /// Documents in rounds that are still blind to the reader.
    blind: HashSet<i64>,
    viewer: i64,
}

/// The columns and coders of a matrix.
///
/// Columns are the codes that can be applied or have been. Coders are those to whom a document was given or who have
/// coded; with a filter on rounds, the coders of the rounds.
pub async fn frame(db: &Db, scope: &Scope) -> Result<Frame> {
    let (rows, codes) = code_rows(db, scope.project).await?;
    let mut sql = scope.sql(concat!(
        "SELECT DISTINCT c.code_id FROM codings c JOIN documents d ON d.id = c.document_id WHERE ",
        crate::visible!(),
        " AND c.project_id = $3 AND d.deleted_at IS NULL"
    ));
    scope.filter.documents(&mut sql)?;
    scope.filter.codings(&mut sql)?;
    let (text, values) = sql.finish();
    let used: HashSet<i64> = db
        .all::<(i64,)>(text, values)
        .await?
        .into_iter()
        .map(|(id,)| id)
        .collect();
    let asked = ids(&scope.filter.code);
    let parents: HashMap<i64, Option<i64>> = rows.iter().map(|r| (r.id, r.parent_id)).collect();
    let within = |id: i64| {
        let mut at = Some(id);
        let mut steps = 0;
        while let Some(here) = at
            && steps <= rows.len()
        {
            if asked.contains(&here) {
                return true;
            }
            at = parents.get(&here).copied().flatten();
            steps += 1;
        }
        asked.is_empty()
    };
    let mut columns: Vec<Arc<Code>> = rows
        .iter()
        .filter(|r| r.is_live && (r.is_codable || used.contains(&r.id)) && within(r.id))
        .filter_map(|r| codes.get(&r.id).cloned())
        .collect();
    columns.sort_by(|a, b| (&a.path, a.id).cmp(&(&b.path, b.id)));

    let coders = if scope.filter.layer.as_deref() == Some("consensus") {
        None
    } else {
        Some(coders(db, scope).await?)
    };
    let blind = scope.visibility.hidden_documents(db, scope.project).await?;
    Ok(Frame {
        codes: columns,
        coders,
        blind,
        viewer: scope.visibility.viewer(),
    })
}

async fn coders(db: &Db, scope: &Scope) -> Result<Vec<(i64, String)>> {
    let rounds = ids(&scope.filter.round);
    let mut sql = if rounds.is_empty() {
        scope.sql(concat!(
            "SELECT u.id, u.name FROM users u WHERE (u.id IN (
                 SELECT a.user_id FROM assignments a JOIN documents d ON d.id = a.document_id
                 WHERE d.project_id = $3 AND d.deleted_at IS NULL)
              OR u.id IN (
                 SELECT c.coder_id FROM codings c WHERE c.layer = 'coder' AND c.project_id = $3 AND ",
            crate::visible!(),
            "))"
        ))
    } else {
        let mut sql = Sql::new(
            "SELECT u.id, u.name FROM users u WHERE u.id IN (
                 SELECT rc.user_id FROM round_coders rc JOIN rounds r ON r.id = rc.round_id
                 WHERE r.project_id = $1 AND r.id IN ",
            args![scope.project],
        );
        sql.list(rounds).push(")");
        sql
    };
    let only = ids(&scope.filter.coder);
    if !only.is_empty() {
        sql.push(" AND u.id IN ").list(only);
    }
    let (text, values) = sql.finish();
    let mut coders: Vec<(i64, String)> = db.all(text, values).await?;
    coders.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    // Two of one name must stay two in the data.
    let mut times: BTreeMap<String, i64> = BTreeMap::new();
    for (_, name) in &coders {
        *times.entry(name.clone()).or_default() += 1;
    }
    for (id, name) in &mut coders {
        if times.get(name).is_some_and(|n| *n > 1) {
            *name = format!("{name} [{id}]");
        }
    }
    Ok(coders)
}

/// The next documents of a matrix after an id; with a filter on rounds, those of the rounds.
pub async fn matrix_documents(db: &Db, scope: &Scope, after: i64) -> Result<Vec<MatrixDocument>> {
    let mut sql = Sql::new(
        "SELECT d.id, d.revision, d.language FROM documents d
         WHERE d.project_id = $1 AND d.deleted_at IS NULL AND d.id > $2",
        args![scope.project, after],
    );
    scope.filter.documents(&mut sql)?;
    let rounds = ids(&scope.filter.round);
    if !rounds.is_empty() {
        sql.push(
            " AND d.id IN (SELECT rd.document_id FROM round_documents rd WHERE rd.round_id IN ",
        )
        .list(rounds);
        sql.push(")");
    }
    sql.push(" ORDER BY d.id LIMIT ").bind(DOCUMENT_PAGE);
    let (text, values) = sql.finish();
    db.all(text, values).await
}

/// A document's text.
pub async fn text(db: &Db, document: &MatrixDocument) -> Result<String> {
    let (text,): (String,) = db
        .one(
            "SELECT text FROM document_texts WHERE document_id = $1 AND revision = $2",
            args![document.id, document.revision],
        )
        .await?;
    Ok(text)
}

/// Its blocks, page breaks left out.
pub async fn paragraphs(db: &Db, document: &MatrixDocument) -> Result<Vec<Span>> {
    let rows: Vec<(i64, i64)> = db
        .all(
            "SELECT start_pos, end_pos FROM blocks
             WHERE document_id = $1 AND revision = $2 AND kind <> 'page_break' ORDER BY idx",
            args![document.id, document.revision],
        )
        .await?;
    Ok(rows.into_iter().filter_map(span).collect())
}

fn span((start, end): (i64, i64)) -> Option<Span> {
    Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?)
}

/// What each coder of the frame said of a document, or that adjudication said: column and passage; none for a coder who
/// has not marked it done (or whose reading is still blind), or where adjudication has decided nothing.
pub async fn readings(
    db: &Db,
    scope: &Scope,
    frame: &Frame,
    document: &MatrixDocument,
) -> Result<Vec<super::matrix::Reading>> {
    let layer = if frame.coders.is_some() {
        "coder"
    } else {
        "consensus"
    };
    let filter = Filter {
        layer: Some(layer.to_owned()),
        ..scope.filter.clone()
    };
    let mut sql = scope.sql(concat!(
        "SELECT c.coder_id, c.code_id, c.start_pos, c.end_pos FROM codings c WHERE ",
        crate::visible!(),
        " AND c.project_id = $3 AND c.document_id = "
    ));
    sql.bind(document.id)
        .push(" AND c.revision = ")
        .bind(document.revision);
    filter.codings(&mut sql)?;
    sql.push(" ORDER BY c.id");
    let (text, values) = sql.finish();
    let columns: HashMap<i64, usize> = frame
        .codes
        .iter()
        .enumerate()
        .map(|(i, code)| (code.id, i))
        .collect();
    let mut by_coder: HashMap<i64, Vec<(usize, Span)>> = HashMap::new();
    for (coder, code, start, end) in db.all::<(i64, i64, i64, i64)>(text, values).await? {
        if let (Some(column), Some(span)) = (columns.get(&code), span((start, end))) {
            // The consensus layer is one reading, whoever decided.
            let whose = if frame.coders.is_some() { coder } else { 0 };
            by_coder.entry(whose).or_default().push((*column, span));
        }
    }
    let Some(coders) = &frame.coders else {
        let decided = db
            .optional::<(i64,)>(
                "SELECT id FROM decisions WHERE document_id = $1 LIMIT 1",
                args![document.id],
            )
            .await?
            .is_some();
        return Ok(vec![super::matrix::Reading {
            coder: "consensus".to_owned(),
            codings: (decided && !frame.blind.contains(&document.id))
                .then(|| by_coder.remove(&0).unwrap_or_default()),
        }]);
    };
    let done: HashSet<i64> = db
        .all::<(i64,)>(
            "SELECT user_id FROM assignments WHERE document_id = $1 AND state = 'done'",
            args![document.id],
        )
        .await?
        .into_iter()
        .map(|(id,)| id)
        .collect();
    Ok(coders
        .iter()
        .map(|(id, name)| {
            let open = *id == frame.viewer || !frame.blind.contains(&document.id);
            super::matrix::Reading {
                coder: name.clone(),
                codings: (open && done.contains(id))
                    .then(|| by_coder.remove(id).unwrap_or_default()),
            }
        })
        .collect())
}
