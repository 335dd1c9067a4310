//! SQL of the themes: what the measures count over, and the quotes behind a mark.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Code, CodingRow, Corpus, Doc, PartialDate};
use crate::args;
use crate::coding::Filter;
use crate::coding::span_store::{self, SpanRow};
use crate::coding::unit_store::{self, TextUnit};
use crate::db::{Db, Sql};
use crate::error::{Error, Result};
use crate::projects::Visibility;
use crate::text::Span;
use crate::visible;
use crate::web::AppState;

/// What one filter leaves of a project, ready to be counted.
#[derive(Debug, Default)]
pub struct Material {
    /// Documents, codes and codings for the measures.
    pub corpus: Corpus,
    /// The same codings with their ids, in the same order.
    pub spans: Vec<SpanRow>,
    /// Revision of each document's text, in the corpus's order.
    pub revisions: Vec<i64>,
}

#[derive(sqlx::FromRow)]
struct DocRow {
    id: i64,
    length: i64,
    words: i64,
    doc_type: String,
    language: Option<String>,
    date: Option<String>,
    revision: i64,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    id: i64,
    parent_id: Option<i64>,
    name: String,
    color: i64,
    is_codable: bool,
}

/// Reads what the filter leaves. Kept under the project's data version, so that the next figure of the same view is
/// counted at once.
pub async fn material(
    state: &AppState,
    visibility: &Visibility,
    project: i64,
    filter: &Filter,
) -> Result<Arc<Material>> {
    let version = crate::activity::store::latest(&state.db, project).await?;
    // Whoever sees everything sees the same; others have a view of their own.
    let viewer = if visibility.everything() {
        0
    } else {
        visibility.viewer()
    };
    let key = (
        "themes",
        project,
        format!("{version} {viewer} {}", serde_json::to_string(filter)?),
    );
    state
        .cache
        .get_or(key, async {
            let material = read(&state.db, visibility, project, filter).await?;
            let bytes = 1024
                + material.spans.len() * (size_of::<SpanRow>() + size_of::<CodingRow>())
                + material.corpus.documents.len() * 400
                + material.corpus.codes.len() * 200;
            Ok((material, bytes))
        })
        .await
}

async fn read(db: &Db, visibility: &Visibility, project: i64, filter: &Filter) -> Result<Material> {
    let mut sql = Sql::new(
        "SELECT d.id, d.length, d.words, d.doc_type, d.language, d.date, d.revision
         FROM documents d WHERE d.project_id = $1 AND d.deleted_at IS NULL",
        args![project],
    );
    filter.documents(&mut sql)?;
    sql.push(" ORDER BY d.id");
    let (sql, arguments) = sql.finish();
    let rows: Vec<DocRow> = db.all(sql, arguments).await?;
    let mut cases: HashMap<i64, Vec<String>> = HashMap::new();
    for (document, name) in db
        .all::<(i64, String)>(
            "SELECT dc.document_id, ca.name FROM document_cases dc JOIN cases ca ON ca.id = dc.case_id
             WHERE ca.project_id = $1 ORDER BY ca.name, dc.document_id",
            args![project],
        )
        .await?
    {
        cases.entry(document).or_default().push(name);
    }
    let mut attributes: HashMap<i64, Vec<(String, String)>> = HashMap::new();
    for (document, name, value) in db
        .all::<(i64, String, String)>(
            "SELECT da.document_id, a.name, da.value FROM document_attributes da JOIN attributes a ON a.id = da.attribute_id
             WHERE a.project_id = $1 ORDER BY a.name, da.document_id",
            args![project],
        )
        .await?
    {
        attributes.entry(document).or_default().push((name, value));
    }
    let mut revisions = Vec::with_capacity(rows.len());
    let documents = rows
        .into_iter()
        .map(|row| {
            revisions.push(row.revision);
            Doc {
                id: row.id,
                length: u32::try_from(row.length).unwrap_or(u32::MAX),
                words: u32::try_from(row.words).unwrap_or(u32::MAX),
                doc_type: row.doc_type,
                language: row.language.unwrap_or_default(),
                date: row.date.as_deref().and_then(parse_date),
                cases: cases.remove(&row.id).unwrap_or_default(),
                attributes: attributes.remove(&row.id).unwrap_or_default(),
            }
        })
        .collect();
    let mut codes = codes(db, project).await?;
    if let Some(wanted) = &filter.code {
        let wanted: Vec<i64> = wanted
            .split(',')
            .filter_map(|id| id.trim().parse().ok())
            .collect();
        if !wanted.is_empty() {
            let parents: HashMap<i64, Option<i64>> =
                codes.iter().map(|c| (c.id, c.parent)).collect();
            codes.retain(|code| {
                let mut here = Some(code.id);
                while let Some(id) = here {
                    if wanted.contains(&id) {
                        return true;
                    }
                    here = parents.get(&id).copied().flatten();
                }
                false
            });
        }
    }
    let spans = span_store::spans(db, visibility, project, filter).await?;
    let codings = spans
        .iter()
        .map(|s| CodingRow {
            document: s.document,
            code: s.code,
            coder: s.coder,
            start: s.start,
            end: s.end,
            weight: s.weight,
        })
        .collect();
    Ok(Material {
        corpus: Corpus {
            documents,
            codes,
            codings,
        },
        spans,
        revisions,
    })
}

/// The codes of a project, depth first.
async fn codes(db: &Db, project: i64) -> Result<Vec<Code>> {
    let rows: Vec<CodeRow> = db
        .all(
            "SELECT id, parent_id, name, color, is_codable FROM codes
             WHERE project_id = $1 AND deleted_at IS NULL ORDER BY position, id",
            args![project],
        )
        .await?;
    let mut children: BTreeMap<Option<i64>, Vec<CodeRow>> = BTreeMap::new();
    for row in rows {
        children.entry(row.parent_id).or_default().push(row);
    }
    let mut out = Vec::new();
    let mut waiting: Vec<(CodeRow, String)> = Vec::new();
    let push = |waiting: &mut Vec<(CodeRow, String)>, rows: Vec<CodeRow>, above: &str| {
        for row in rows.into_iter().rev() {
            let name = row.name.replace('>', "\\>");
            let path = if above.is_empty() {
                name
            } else {
                format!("{above} > {name}")
            };
            waiting.push((row, path));
        }
    };
    push(&mut waiting, children.remove(&None).unwrap_or_default(), "");
    while let Some((row, path)) = waiting.pop() {
        push(
            &mut waiting,
            children.remove(&Some(row.id)).unwrap_or_default(),
            &path,
        );
        out.push(Code {
            id: row.id,
            parent: row.parent_id,
            path,
            name: row.name,
            color: u8::try_from(row.color).unwrap_or(1).clamp(1, 12),
            is_codable: row.is_codable,
        });
    }
    Ok(out)
}

fn parse_date(text: &str) -> Option<PartialDate> {
    let mut parts = text.split('-');
    Some(PartialDate {
        year: parts.next()?.parse().ok()?,
        month: parts.next().and_then(|m| m.parse().ok()),
        day: parts.next().and_then(|d| d.parse().ok()),
    })
}

/// The units of every document of the material, in its order.
pub async fn units(
    state: &AppState,
    material: &Material,
    unit: TextUnit,
) -> Result<Vec<Vec<Span>>> {
    let mut all = Vec::with_capacity(material.revisions.len());
    for (document, revision) in material.corpus.documents.iter().zip(&material.revisions) {
        let language = (!document.language.is_empty()).then_some(document.language.as_str());
        let units = unit_store::units(state, document.id, *revision, language, unit).await?;
        all.push(units.as_ref().clone());
    }
    Ok(all)
}

/// A quote behind a mark.
#[derive(Debug, sqlx::FromRow)]
pub struct QuoteRow {
    /// Coding.
    pub id: i64,
    /// Its document.
    pub document_id: i64,
    /// The document's title.
    pub title: String,
    /// Its date.
    pub date: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Direction of its text.
    pub direction: String,
    /// The code's name.
    pub code_name: String,
    /// The code's colour.
    pub color: i64,
    /// Who coded it.
    pub coder_name: String,
    /// `coder` or `consensus`.
    pub layer: String,
    /// The words coded.
    pub quote: String,
    /// What stands before them.
    pub before: String,
    /// What stands after them.
    pub after: String,
    /// Its memo.
    pub memo: Option<String>,
    /// Its weight.
    pub weight: Option<f64>,
}

/// Only these ids, or a period, beside the common filters.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// Codings, when they were found by another way (codes that meet).
    pub ids: Option<Vec<i64>>,
    /// This code alone, without those below it.
    pub exact: Option<i64>,
    /// Only documents whose date has at least so many characters: 7 for a month, 10 for a day.
    pub date_precision: i64,
    /// The value of an attribute: name and value.
    pub attribute: Option<(String, String)>,
}

/// How many quotes are behind a mark, and one page of them in text order.
pub async fn quotes(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    filter: &Filter,
    narrow: &Narrow,
    offset: i64,
    limit: i64,
) -> Result<(i64, Vec<QuoteRow>)> {
    let conditions = |sql: &mut Sql| -> Result<()> {
        sql.push(
            " FROM codings c JOIN documents d ON d.id = c.document_id JOIN codes k ON k.id = c.code_id
              JOIN users u ON u.id = c.coder_id WHERE ",
        )
        .push(visible!())
        .push(" AND d.deleted_at IS NULL AND c.project_id = ")
        .bind(project);
        filter.documents(sql)?;
        filter.codings(sql)?;
        if let Some(code) = narrow.exact {
            sql.push(" AND c.code_id = ").bind(code);
        }
        if narrow.date_precision > 0 {
            sql.push(" AND length(d.date) >= ")
                .bind(narrow.date_precision);
        }
        if let Some(ids) = &narrow.ids {
            if ids.len() > 20_000 {
                return Err(Error::invalid("code", "themes-error-too-many"));
            }
            sql.push(" AND c.id IN ").list(ids.iter().copied());
        }
        if let Some((name, value)) = &narrow.attribute {
            sql.push(
                " AND d.id IN (SELECT da.document_id FROM document_attributes da JOIN attributes a ON a.id = da.attribute_id WHERE a.name = ",
            )
            .bind(name);
            sql.push(" AND da.value = ").bind(value);
            sql.push(")");
        }
        Ok(())
    };
    let mut count = Sql::new(
        "SELECT COUNT(*)",
        args![visibility.viewer(), visibility.everything()],
    );
    conditions(&mut count)?;
    let (sql, arguments) = count.finish();
    let (total,): (i64,) = db.one(sql, arguments).await?;
    let mut page = Sql::new(
        "SELECT c.id, c.document_id, d.title, d.date, d.language, d.direction, k.name AS code_name, k.color,
                u.name AS coder_name, c.layer, c.quote, c.before, c.after, c.memo, c.weight",
        args![visibility.viewer(), visibility.everything()],
    );
    conditions(&mut page)?;
    page.push(" ORDER BY c.document_id, c.start_pos, c.end_pos, c.id LIMIT ")
        .bind(limit);
    page.push(" OFFSET ").bind(offset);
    let (sql, arguments) = page.finish();
    Ok((total, db.all(sql, arguments).await?))
}

/// The path of every code of a project, by id.
pub async fn code_paths(db: &Db, project: i64) -> Result<HashMap<i64, String>> {
    Ok(codes(db, project)
        .await?
        .into_iter()
        .map(|c| (c.id, c.path))
        .collect())
}
