//! Which documents a project has: the filters that every list, statistic and download shares, and counts of codings.

use std::collections::HashMap;

use super::{COLUMNS, Document, Row, attribute};
use crate::db::Db;
use crate::documents::PartialDate;
use crate::error::{Error, Result};
use crate::projects::Visibility;
use crate::text::{fold_query, fold_str};
use crate::{args, visible};

/// Longest query, in code points.
const LONGEST_QUERY: usize = 200;

/// Which documents are meant. An empty filter means all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Slugs of types; none for any.
    pub types: Vec<String>,
    /// A case by name or id, or several names divided by commas.
    pub case: Option<String>,
    /// Language tags; none for any.
    pub languages: Vec<String>,
    /// Not before this date. A document dated less precisely counts if any of its possible days does.
    pub date_from: Option<PartialDate>,
    /// Not after this date, likewise.
    pub date_to: Option<PartialDate>,
    /// Given to this user.
    pub assigned_to: Option<i64>,
    /// … in this state.
    pub state: Option<String>,
    /// Words that stand in title, author, publisher, citation, cases or the original's name, spelling folded.
    pub q: Option<String>,
}

impl Filter {
    /// Dates as a request names them; a malformed one is a field error.
    pub fn date(field: &str, value: Option<&str>) -> Result<Option<PartialDate>> {
        match value.map(str::trim).filter(|v| !v.is_empty()) {
            None => Ok(None),
            Some(text) => PartialDate::parse(text)
                .map(Some)
                .ok_or_else(|| Error::invalid(field, "error-date")),
        }
    }

    /// The parts of a list that commas divide.
    pub fn words(value: Option<&str>) -> Vec<String> {
        value
            .into_iter()
            .flat_map(|v| v.split(','))
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
            .collect()
    }

    fn wanted_words(&self) -> Option<String> {
        self.q
            .as_deref()
            .map(|q| fold_query(&q.chars().take(LONGEST_QUERY).collect::<String>()))
            .filter(|q| !q.is_empty())
    }
}

/// The documents that a filter means, by id, from after `after` on and at most `limit`.
pub async fn list(
    db: &Db,
    project: i64,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<Document>> {
    let inside = |words: &[String]| match words {
        [] => String::new(),
        words => format!(",{},", words.join(",")),
    };
    let words = filter.wanted_words();
    // One case by its whole name, or several that commas divide.
    let case = filter.case.as_deref().unwrap_or_default();
    let mut names = vec![case.to_owned()];
    names.extend(Filter::words(Some(case)));
    let cases = (0..names.len())
        .map(|i| format!("${}", 11 + i))
        .collect::<Vec<_>>()
        .join(", ");
    let mut values = args![
        project,
        inside(&filter.types),
        inside(&filter.languages),
        case,
        filter
            .date_from
            .as_ref()
            .map(PartialDate::first_day)
            .unwrap_or_default(),
        filter
            .date_to
            .as_ref()
            .map(PartialDate::last_day)
            .unwrap_or_default(),
        filter.assigned_to.unwrap_or(0),
        filter.state.as_deref().unwrap_or_default(),
        after,
        if words.is_some() { i64::MAX } else { limit }
    ];
    values.extend(names.into_iter().map(crate::db::Value::from));
    let rows: Vec<Row> = db
        .all(
            sqlx::AssertSqlSafe(format!(
                "SELECT {COLUMNS} FROM documents d
                 WHERE d.project_id = $1 AND d.deleted_at IS NULL
                   AND ($2 = '' OR $2 LIKE '%,' || d.doc_type || ',%')
                   AND ($3 = '' OR $3 LIKE '%,' || d.language || ',%')
                   AND ($4 = '' OR EXISTS (SELECT 1 FROM document_cases dc JOIN cases c ON c.id = dc.case_id
                        WHERE dc.document_id = d.id AND (c.name IN ({cases}) OR CAST(c.id AS TEXT) = $4)))
                   AND ($5 = '' OR d.date || '-99-99' >= $5)
                   AND ($6 = '' OR d.date <= $6)
                   AND ($7 = 0 OR EXISTS (SELECT 1 FROM assignments a
                        WHERE a.document_id = d.id AND a.user_id = $7 AND ($8 = '' OR a.state = $8)))
                   AND d.id > $9
                 ORDER BY d.id LIMIT $10"
            )),
            values,
        )
        .await?;
    let mut documents: Vec<Document> = rows.into_iter().map(Row::document).collect();
    let places: HashMap<i64, usize> = documents
        .iter()
        .enumerate()
        .map(|(place, d)| (d.id, place))
        .collect();
    let (first, last) = match (documents.first(), documents.last()) {
        (Some(first), Some(last)) => (first.id, last.id),
        _ => return Ok(documents),
    };
    let cases: Vec<(i64, String)> = db
        .all(
            "SELECT dc.document_id, c.name FROM document_cases dc JOIN cases c ON c.id = dc.case_id
             WHERE c.project_id = $1 AND dc.document_id BETWEEN $2 AND $3",
            args![project, first, last],
        )
        .await?;
    for (id, name) in cases {
        if let Some(document) = places.get(&id).and_then(|p| documents.get_mut(*p)) {
            document.description.cases.push(name);
        }
    }
    let attributes: Vec<(i64, String, String, String)> = db
        .all(
            "SELECT da.document_id, a.name, a.kind, da.value FROM document_attributes da JOIN attributes a ON a.id = da.attribute_id
             WHERE a.project_id = $1 AND da.document_id BETWEEN $2 AND $3",
            args![project, first, last],
        )
        .await?;
    for (id, name, kind, value) in attributes {
        if let Some(document) = places.get(&id).and_then(|p| documents.get_mut(*p)) {
            let (name, value) = attribute((name, kind, value));
            document.description.attributes.insert(name, value);
        }
    }
    for document in &mut documents {
        document.description.cases.sort();
    }
    if let Some(words) = words {
        documents.retain(|d| speaks_of(d, &words));
        documents.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(documents)
}

fn speaks_of(document: &Document, folded: &str) -> bool {
    let d = &document.description;
    [
        Some(&d.title),
        d.author.as_ref(),
        d.publisher.as_ref(),
        d.citation.as_ref(),
        d.url.as_ref(),
        document.origin.original.as_ref().map(|o| &o.name),
    ]
    .into_iter()
    .flatten()
    .chain(&d.cases)
    .any(|field| fold_str(field).contains(folded))
}

/// How many documents a project has.
pub async fn count(db: &Db, project: i64) -> Result<i64> {
    let (n,): (i64,) = db
        .one(
            "SELECT COUNT(*) FROM documents WHERE project_id = $1 AND deleted_at IS NULL",
            args![project],
        )
        .await?;
    Ok(n)
}

/// Coders' codings by document, as far as the viewer may see them; a document without any is not in it.
pub async fn coding_counts(
    db: &Db,
    visibility: &Visibility,
    project: i64,
) -> Result<HashMap<i64, i64>> {
    let rows: Vec<(i64, i64)> = db
        .all(
            concat!(
                "SELECT c.document_id, COUNT(*) FROM codings c WHERE c.project_id = $3 AND c.layer = 'coder' AND ",
                visible!(),
                " GROUP BY c.document_id"
            ),
            args![visibility.viewer(), visibility.everything(), project],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Coders' codings of one document, as far as the viewer may see them.
pub async fn coding_count(db: &Db, visibility: &Visibility, document: i64) -> Result<i64> {
    let (n,): (i64,) = db
        .one(
            concat!(
                "SELECT COUNT(*) FROM codings c WHERE c.document_id = $3 AND c.layer = 'coder' AND ",
                visible!()
            ),
            args![visibility.viewer(), visibility.everything(), document],
        )
        .await?;
    Ok(n)
}

/// Who has coded how much in some documents, as far as the viewer may see it: names and numbers, most first.
pub async fn codings_by_coder(
    db: &Db,
    visibility: &Visibility,
    documents: &[i64],
) -> Result<Vec<(String, i64)>> {
    let mut by_name: HashMap<String, i64> = HashMap::new();
    for document in documents {
        let rows: Vec<(String, i64)> = db
            .all(
                concat!(
                    "SELECT u.name, COUNT(*) FROM codings c JOIN users u ON u.id = c.coder_id
                     WHERE c.document_id = $3 AND ",
                    visible!(),
                    " GROUP BY u.id, u.name"
                ),
                args![visibility.viewer(), visibility.everything(), *document],
            )
            .await?;
        for (name, n) in rows {
            *by_name.entry(name).or_default() += n;
        }
    }
    let mut rows: Vec<(String, i64)> = by_name.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(rows)
}

/// The languages that a project's documents have, by how many have them.
pub async fn languages(db: &Db, project: i64) -> Result<Vec<(String, i64)>> {
    db.all(
        "SELECT language, COUNT(*) FROM documents
         WHERE project_id = $1 AND deleted_at IS NULL AND language IS NOT NULL GROUP BY language ORDER BY COUNT(*) DESC, language",
        args![project],
    )
    .await
}

/// How many code points of text a project's documents have together.
pub async fn characters(db: &Db, project: i64) -> Result<i64> {
    let (n,): (i64,) = db
        .one(
            "SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM documents WHERE project_id = $1 AND deleted_at IS NULL",
            args![project],
        )
        .await?;
    Ok(n)
}
