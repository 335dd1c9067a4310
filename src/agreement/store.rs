//! From a project to the input of the statistics: who finished what, which codes, which codings.
//!
//! Two things are easily got wrong here and would falsify every figure. Only a document *marked done* says "no" where
//! it has no coding; and a colleague's work that the reader may not see yet (a blind round) is *missing* for her, not
//! empty, so his "done" is left out together with his codings.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{
    Coding, CodingsInput, Coverage, Document, Interval, Measure, Options, Output, PATH_SEPARATOR,
    Unit,
};
use crate::args;
use crate::coding::{Filter, span_store};
use crate::db::{Db, Sql};
use crate::error::{Error, FieldError, Result};
use crate::projects::Visibility;
use crate::visible;
use crate::web::AppState;

/// What is compared, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which documents, and of which rounds; its codes and coders are not used.
    pub filter: Filter,
    /// Only these codes get results; all that were used when empty.
    pub codes: Vec<i64>,
    /// Only these coders, in the order of their ids; all who finished something when empty.
    pub coders: Vec<i64>,
    /// What to count.
    pub unit: Unit,
    /// How much of a unit must be coded.
    pub coverage: Coverage,
    /// Whether a code stands for the codes below it too.
    pub subtree: bool,
    /// The measures.
    pub measures: Vec<Measure>,
    /// Which interval.
    pub interval: Interval,
    /// Where a bootstrap's random numbers start.
    pub seed: u64,
    /// Smallest intersection over union that matches two spans.
    pub threshold: f64,
}

/// A code as pages show it.
#[derive(Debug, Clone)]
pub struct CodeInfo {
    /// Id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// 1 to 12.
    pub color: i64,
}

/// A coder as pages show her.
#[derive(Debug, Clone)]
pub struct CoderInfo {
    /// Id.
    pub id: i64,
    /// Her name, which others may share.
    pub name: String,
}

/// A document as pages show it.
#[derive(Debug, Clone)]
pub struct DocumentInfo {
    /// Id.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: Option<String>,
    /// Direction of its text.
    pub direction: String,
    /// Revision of its text.
    pub revision: i64,
}

/// The input with what its numbers stand for.
#[derive(Debug)]
pub struct Material {
    /// What is computed from.
    pub input: CodingsInput,
    /// By the input's numbers.
    pub codes: Vec<CodeInfo>,
    /// By the input's numbers.
    pub coders: Vec<CoderInfo>,
    /// By the input's numbers.
    pub documents: Vec<DocumentInfo>,
    /// Codings of each code that count: in documents and by coders that are compared.
    pub codings_of: Vec<u64>,
    /// Everyone who has finished a document that the reader may compare, before coders were chosen.
    pub finishers: Vec<CoderInfo>,
    /// Documents that at least one coder has finished.
    pub finished_documents: usize,
}

#[derive(sqlx::FromRow)]
struct DocRow {
    id: i64,
    title: String,
    length: i64,
    language: Option<String>,
    direction: String,
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

/// The project as the question sees it. Kept under the project's data version.
///
/// # Errors
/// 422 names codes, coders or documents that do not exist.
pub async fn material(
    state: &AppState,
    visibility: &Visibility,
    project: i64,
    question: &Question,
) -> Result<Arc<Material>> {
    let key = key(state, visibility, project, "agreement", question).await?;
    state
        .cache
        .get_or(key, async {
            let material = read(&state.db, visibility, project, question).await?;
            let texts: usize = material
                .input
                .documents
                .iter()
                .map(|d| d.text.as_ref().map_or(0, |t| t.len()) + 300)
                .sum();
            let bytes = 1024 + texts + material.input.codings.len() * size_of::<Coding>();
            Ok((material, bytes))
        })
        .await
}

/// All figures of a question, with the material they come from.
///
/// # Errors
/// As [`material`].
pub async fn figures(
    state: &AppState,
    visibility: &Visibility,
    project: i64,
    question: &Question,
) -> Result<(Arc<Material>, Arc<Output>)> {
    let material = material(state, visibility, project, question).await?;
    let key = key(state, visibility, project, "agreement-figures", question).await?;
    let input = material.clone();
    let output = state
        .cache
        .get_or(key, async {
            let output = blocking(move || super::codings::compute(&input.input)).await?;
            let bytes = 1024
                + output.results.len() * size_of::<super::ResultRow>()
                + output.tables.len() * 200;
            Ok((output, bytes))
        })
        .await?;
    Ok((material, output))
}

/// Computes away from the threads that serve. What the statistics refuse here is a fault of what was put in.
///
/// # Errors
/// Internal.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, super::AgreementError> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await?
        .map_err(|e| Error::Internal(anyhow::Error::new(e).context("agreement")))
}

async fn key(
    state: &AppState,
    visibility: &Visibility,
    project: i64,
    kind: &'static str,
    question: &Question,
) -> Result<crate::web::cache::Key> {
    let version = crate::activity::store::latest(&state.db, project).await?;
    // Whoever sees everything sees the same; others have a view of their own.
    let viewer = if visibility.everything() {
        0
    } else {
        visibility.viewer()
    };
    Ok((kind, project, format!("{version} {viewer} {question:?}")))
}

async fn read(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    question: &Question,
) -> Result<Material> {
    let filter = Filter {
        layer: Some("coder".to_owned()),
        code: None,
        coder: None,
        ..question.filter.clone()
    };
    let documents = documents(db, project, &filter).await?;
    check_documents(db, project, &filter).await?;
    let done = finished(db, visibility, project, &filter).await?;
    let (finishers, coders) = coders(db, project, &done, &question.coders).await?;
    let coder_at: HashMap<i64, u32> = (0..).zip(&coders).map(|(i, c)| (c.id, i)).collect();
    let mut done_by: HashMap<i64, Vec<u32>> = HashMap::new();
    let mut finished_documents = HashSet::new();
    let wanted: HashSet<i64> = documents.iter().map(|d| d.id).collect();
    for (document, coder) in &done {
        if wanted.contains(document) {
            finished_documents.insert(*document);
            if let Some(at) = coder_at.get(coder) {
                done_by.entry(*document).or_default().push(*at);
            }
        }
    }
    // What only one of them has finished compares nobody.
    let documents: Vec<DocRow> = documents
        .into_iter()
        .filter(|d| done_by.get(&d.id).is_some_and(|coders| coders.len() > 1))
        .collect();
    let document_at: HashMap<i64, u32> = (0..).zip(&documents).map(|(i, d)| (d.id, i)).collect();
    let (codes, paths, codable) = codes(db, project).await?;
    let code_at: HashMap<i64, u32> = (0..).zip(&codes).map(|(i, c)| (c.id, i)).collect();

    let done: Vec<Vec<u32>> = documents
        .iter()
        .map(|d| {
            let mut coders = done_by.remove(&d.id).unwrap_or_default();
            coders.sort_unstable();
            coders
        })
        .collect();
    let mut codings_of = vec![0_u64; codes.len()];
    let mut codings = Vec::new();
    let spans = if documents.is_empty() {
        Vec::new()
    } else {
        span_store::spans(db, visibility, project, &filter).await?
    };
    for span in spans {
        let (Some(document), Some(coder), Some(code)) = (
            document_at.get(&span.document).copied(),
            coder_at.get(&span.coder).copied(),
            code_at.get(&span.code).copied(),
        ) else {
            continue;
        };
        if !done[document as usize].contains(&coder) {
            continue;
        }
        codings_of[code as usize] += 1;
        codings.push(Coding {
            document,
            code,
            coder,
            start: span.start,
            end: span.end,
        });
    }
    let reported = reported(question, &paths, &codable, &code_at, &codings_of)?;
    let mut texts = texts(db, project, &documents, question.unit).await?;
    let input = CodingsInput {
        documents: documents
            .iter()
            .map(|d| Document {
                id: d.id.to_string().into(),
                length: u32::try_from(d.length).unwrap_or(u32::MAX),
                text: texts.remove(&d.id).map(Into::into),
                language: d.language.as_deref().map(Into::into),
            })
            .collect(),
        coders: unique_names(&coders),
        codes: paths,
        reported,
        domains: Vec::new(),
        done,
        codings,
        options: Options {
            unit: question.unit,
            coverage: question.coverage,
            subtree: question.subtree,
            measures: question.measures.clone(),
            threshold: question.threshold,
            interval: question.interval,
            seed: question.seed,
            ..Options::default()
        },
    };
    Ok(Material {
        input,
        codes,
        coders,
        documents: documents
            .into_iter()
            .map(|d| DocumentInfo {
                id: d.id,
                title: d.title,
                language: d.language,
                direction: d.direction,
                revision: d.revision,
            })
            .collect(),
        codings_of,
        finishers,
        finished_documents: finished_documents.len(),
    })
}

async fn documents(db: &Db, project: i64, filter: &Filter) -> Result<Vec<DocRow>> {
    let mut sql = Sql::new(
        "SELECT d.id, d.title, d.length, d.language, d.direction, d.revision
         FROM documents d WHERE d.project_id = $1 AND d.deleted_at IS NULL",
        args![project],
    );
    filter.documents(&mut sql)?;
    rounds(filter, &mut sql)?;
    sql.push(" ORDER BY d.id");
    let (sql, arguments) = sql.finish();
    db.all(sql, arguments).await
}

/// A round is about its documents, beside the codings made in it.
fn rounds(filter: &Filter, sql: &mut Sql) -> Result<()> {
    let rounds = ids("round", filter.round.as_deref())?;
    if !rounds.is_empty() {
        sql.push(" AND d.id IN (SELECT document_id FROM round_documents WHERE round_id IN ")
            .list(rounds);
        sql.push(")");
    }
    Ok(())
}

/// Ids separated by commas.
///
/// # Errors
/// 422 names the field.
pub fn ids(field: &'static str, text: Option<&str>) -> Result<Vec<i64>> {
    let ids: Result<BTreeSet<i64>> = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse()
                .map_err(|_| Error::invalid(field, "filter-error-id"))
        })
        .collect();
    Ok(ids?.into_iter().collect())
}

/// Documents that were asked for by id must be there: a figure about fewer than were asked for would mislead.
async fn check_documents(db: &Db, project: i64, filter: &Filter) -> Result<()> {
    let wanted = ids("documents", filter.document.as_deref())?;
    if wanted.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new(
        "SELECT id FROM documents WHERE project_id = $1 AND deleted_at IS NULL",
        args![project],
    );
    sql.push(" AND id IN ").list(wanted.iter().copied());
    let (sql, arguments) = sql.finish();
    let found: Vec<(i64,)> = db.all(sql, arguments).await?;
    if found.len() < wanted.len() {
        return Err(Error::invalid("documents", "agreement-error-document"));
    }
    Ok(())
}

/// Who has marked which document done, as far as the reader may see that coder's work on it.
async fn finished(
    db: &Db,
    visibility: &Visibility,
    project: i64,
    filter: &Filter,
) -> Result<Vec<(i64, i64)>> {
    let mut sql = Sql::new(
        "SELECT c.document_id, c.coder_id
         FROM (SELECT document_id, user_id AS coder_id FROM assignments WHERE state = 'done') c
         JOIN documents d ON d.id = c.document_id WHERE ",
        args![visibility.viewer(), visibility.everything()],
    );
    sql.push(visible!())
        .push(" AND d.deleted_at IS NULL AND d.project_id = ")
        .bind(project);
    let rounds = ids("round", filter.round.as_deref())?;
    if !rounds.is_empty() {
        sql.push(" AND EXISTS (SELECT 1 FROM round_coders rc JOIN round_documents rd ON rd.round_id = rc.round_id
                   WHERE rc.user_id = c.coder_id AND rd.document_id = c.document_id AND rc.round_id IN ")
            .list(rounds);
        sql.push(")");
    }
    sql.push(" ORDER BY c.document_id, c.coder_id");
    let (sql, arguments) = sql.finish();
    db.all(sql, arguments).await
}

/// Everyone who has finished something, and those who are compared.
async fn coders(
    db: &Db,
    project: i64,
    done: &[(i64, i64)],
    chosen: &[i64],
) -> Result<(Vec<CoderInfo>, Vec<CoderInfo>)> {
    let finishers: BTreeSet<i64> = done.iter().map(|(_, coder)| *coder).collect();
    let mut names: HashMap<i64, String> = crate::projects::store::members(db, project)
        .await?
        .into_iter()
        .map(|m| (m.id, m.name))
        .collect();
    // Whoever has left the project is still a coder of what she finished.
    let gone: Vec<i64> = finishers
        .iter()
        .filter(|id| !names.contains_key(id))
        .copied()
        .collect();
    if !gone.is_empty() {
        let mut sql = Sql::new("SELECT id, name FROM users WHERE id IN ", args![]);
        sql.list(gone);
        let (sql, arguments) = sql.finish();
        names.extend(db.all::<(i64, String)>(sql, arguments).await?);
    }
    let info = |id: &i64| {
        names.get(id).map(|name| CoderInfo {
            id: *id,
            name: name.clone(),
        })
    };
    let finishers: Vec<CoderInfo> = finishers.iter().filter_map(info).collect();
    if chosen.is_empty() {
        return Ok((finishers.clone(), finishers));
    }
    let coders: Vec<CoderInfo> = chosen.iter().filter_map(info).collect();
    if coders.len() < chosen.len() {
        return Err(Error::invalid("coders", "agreement-error-coder"));
    }
    Ok((finishers, coders))
}

/// Names as results use them: two coders of the same name are told apart by their ids.
fn unique_names(coders: &[CoderInfo]) -> Vec<Arc<str>> {
    coders
        .iter()
        .map(|coder| {
            if coders.iter().filter(|c| c.name == coder.name).count() > 1 {
                format!("{} ({})", coder.name, coder.id).into()
            } else {
                coder.name.as_str().into()
            }
        })
        .collect()
}

type Codes = (Vec<CodeInfo>, Vec<Arc<str>>, Vec<bool>);

/// All codes depth first, their paths, and whether each may be given to a passage.
async fn codes(db: &Db, project: i64) -> Result<Codes> {
    let rows: Vec<CodeRow> = db
        .all(
            "SELECT id, parent_id, name, color, is_codable FROM codes
             WHERE project_id = $1 AND deleted_at IS NULL ORDER BY position, id",
            args![project],
        )
        .await?;
    let mut children: HashMap<Option<i64>, Vec<CodeRow>> = HashMap::new();
    for row in rows {
        children.entry(row.parent_id).or_default().push(row);
    }
    let (mut codes, mut paths, mut codable) = (Vec::new(), Vec::new(), Vec::new());
    let mut waiting: Vec<(CodeRow, String)> = Vec::new();
    let mut put = |waiting: &mut Vec<(CodeRow, String)>, parent: Option<i64>, above: &str| {
        for row in children
            .remove(&parent)
            .unwrap_or_default()
            .into_iter()
            .rev()
        {
            let name = row.name.replace('>', "\\>");
            let path = if above.is_empty() {
                name
            } else {
                format!("{above}{PATH_SEPARATOR}{name}")
            };
            waiting.push((row, path));
        }
    };
    put(&mut waiting, None, "");
    while let Some((row, path)) = waiting.pop() {
        put(&mut waiting, Some(row.id), &path);
        codes.push(CodeInfo {
            id: row.id,
            name: row.name,
            color: row.color.clamp(1, 12),
        });
        paths.push(path.into());
        codable.push(row.is_codable);
    }
    Ok((codes, paths, codable))
}

/// The codes that get results: those asked for, else those used (with `subtree` also those whose descendants were).
fn reported(
    question: &Question,
    paths: &[Arc<str>],
    codable: &[bool],
    code_at: &HashMap<i64, u32>,
    codings_of: &[u64],
) -> Result<Vec<u32>> {
    if !question.codes.is_empty() {
        let mut found = Vec::with_capacity(question.codes.len());
        for code in &question.codes {
            let at = code_at.get(code).ok_or_else(|| {
                Error::Invalid(vec![FieldError::new("codes", "agreement-error-code")])
            })?;
            found.push(*at);
        }
        found.sort_unstable();
        return Ok(found);
    }
    let used = |at: usize| {
        codings_of[at] > 0
            || (question.subtree && {
                let below = format!("{}{PATH_SEPARATOR}", paths[at]);
                paths
                    .iter()
                    .zip(codings_of)
                    .any(|(path, n)| *n > 0 && path.starts_with(&below))
            })
    };
    Ok((0u32..)
        .zip(codable)
        .filter(|(at, codable)| (**codable || question.subtree) && used(*at as usize))
        .map(|(at, _)| at)
        .collect())
}

/// The texts that the unit needs; none for characters and documents.
async fn texts(
    db: &Db,
    project: i64,
    documents: &[DocRow],
    unit: Unit,
) -> Result<HashMap<i64, String>> {
    if documents.is_empty() || !matches!(unit, Unit::Token | Unit::Sentence | Unit::Paragraph) {
        return Ok(HashMap::new());
    }
    let wanted: HashMap<i64, i64> = documents.iter().map(|d| (d.id, d.revision)).collect();
    let mut texts = HashMap::new();
    // In parts, so that one statement never binds more values than an engine takes.
    for part in documents.chunks(500) {
        let mut sql = Sql::new(
            "SELECT t.document_id, t.revision, t.text FROM document_texts t JOIN documents d ON d.id = t.document_id
             WHERE d.project_id = $1 AND t.document_id IN ",
            args![project],
        );
        sql.list(part.iter().map(|d| d.id));
        sql.push(" AND t.revision = d.revision");
        let (sql, arguments) = sql.finish();
        for (document, revision, text) in db.all::<(i64, i64, String)>(sql, arguments).await? {
            // A text that changed since its document was read belongs to the next data version.
            if wanted.get(&document) == Some(&revision) {
                texts.insert(document, text);
            }
        }
    }
    Ok(texts)
}

/// The words of a passage with what stands around it.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Up to 80 code points before it.
    pub before: String,
    /// Its words; the middle of a long one is left out.
    pub quote: String,
    /// The words of its end, when its middle is left out.
    pub tail: Option<String>,
    /// Up to 80 code points after it.
    pub after: String,
    /// Number of the paragraph that it begins in, from 1.
    pub paragraph: i64,
}

/// Code points of context on either side.
const AROUND: u32 = 80;
/// A passage longer than this is shown by its beginning and its end.
const LONGEST: u32 = 700;

/// The words at ranges of documents, in the order asked.
///
/// # Errors
/// Internal.
pub async fn passages(
    db: &Db,
    material: &Material,
    wanted: &[(u32, crate::text::Span)],
) -> Result<Vec<Passage>> {
    /// A text with its blocks.
    type Indexed = (crate::text::TextIndex<String>, Vec<(i64, i64)>);
    let mut indexes: HashMap<u32, Indexed> = HashMap::new();
    let mut out = Vec::with_capacity(wanted.len());
    for (document, span) in wanted {
        if !indexes.contains_key(document) {
            let info = &material.documents[*document as usize];
            let text: Option<(String,)> = db
                .optional(
                    "SELECT text FROM document_texts WHERE document_id = $1 AND revision = $2",
                    args![info.id, info.revision],
                )
                .await?;
            let blocks: Vec<(i64, i64)> = db
                .all(
                    "SELECT idx, start_pos FROM blocks WHERE document_id = $1 AND revision = $2 ORDER BY start_pos, idx",
                    args![info.id, info.revision],
                )
                .await?;
            let text = text.map(|(text,)| text).unwrap_or_default();
            indexes.insert(*document, (crate::text::TextIndex::new(text), blocks));
        }
        let Some((index, blocks)) = indexes.get(document) else {
            continue;
        };
        let long = span.end - span.start > LONGEST;
        let half = LONGEST / 2;
        let block = blocks.partition_point(|(_, start)| *start <= i64::from(span.start));
        out.push(Passage {
            before: index
                .range(span.start.saturating_sub(AROUND), span.start)
                .to_owned(),
            quote: index
                .range(span.start, if long { span.start + half } else { span.end })
                .to_owned(),
            tail: long.then(|| index.range(span.end - half, span.end).to_owned()),
            after: index.range(span.end, span.end + AROUND).to_owned(),
            paragraph: blocks
                .get(block.saturating_sub(1))
                .map_or(1, |(idx, _)| idx + 1),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coders_of_the_same_name_are_told_apart() {
        let coder = |id, name: &str| CoderInfo {
            id,
            name: name.to_owned(),
        };
        let names = unique_names(&[coder(3, "Ada"), coder(5, "Ben"), coder(9, "Ada")]);
        assert_eq!(
            names.iter().map(|n| &**n).collect::<Vec<_>>(),
            ["Ada (3)", "Ben", "Ada (9)"]
        );
    }

    #[test]
    fn ids_are_sorted_once_each_and_words_refused() {
        assert_eq!(ids("codes", Some("7, 3,7,")).unwrap(), [3, 7]);
        assert!(ids("codes", None).unwrap().is_empty());
        match ids("codes", Some("x")).unwrap_err() {
            Error::Invalid(errors) => assert_eq!(errors[0].field, "codes"),
            other => panic!("{other}"),
        }
    }
}
