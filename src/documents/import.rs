//! From a text or a file to documents of a project: the one way in, for the API, the pages and the command line.
//!
//! A file is read (see [`super::extract`]), its original kept, and its documents made in one transaction, so that a file
//! goes in wholly or not at all; where it holds several (a table, an archive) each tells its own outcome, and one that cannot
//! be read leaves the others alone. Bytes that the project has already are not added again.

use std::collections::BTreeMap;

use axum::body::Bytes;

use super::extract::table::{Columns, Table};
use super::extract::{self, Extracted, Format, Item, LimitName, Problem, ProblemKind, isolate};
use super::store::{self, Act, Document, New};
use super::{
    Attribute, Description, LONGEST_NAME, LONGEST_TITLE, OTHER, Origin, Prepared, one_line,
    originals, type_of_word,
};
use crate::activity::Batch;
use crate::error::{Error, Result};
use crate::i18n::{Locale, Msg};
use crate::projects::Project;
use crate::text;
use crate::web::AppState;

/// A text shorter than so many bytes is prepared where one stands; a longer one on a thread that may take its time.
const SHORT: usize = 100_000;

/// What every document of an import gets, unless its file says otherwise.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// Slug of a type.
    pub doc_type: Option<String>,
    /// Language tag, in place of the detected one.
    pub language: Option<String>,
    /// Names of cases.
    pub cases: Vec<String>,
}

/// Which columns of a table play which part, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnNames {
    /// The columns that are the text, in order.
    pub text: Vec<String>,
    /// Title.
    pub title: Option<String>,
    /// Date.
    pub date: Option<String>,
    /// Document type.
    pub r#type: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Publisher.
    pub publisher: Option<String>,
    /// Address.
    pub url: Option<String>,
}

impl ColumnNames {
    fn places(&self, table: &Table) -> Columns {
        let at = |name: &str| table.columns.iter().position(|c| c == name);
        let one = |name: &Option<String>| name.as_deref().and_then(at);
        Columns {
            text: self.text.iter().filter_map(|n| at(n)).collect(),
            title: one(&self.title),
            date: one(&self.date),
            kind: one(&self.r#type),
            language: one(&self.language),
            author: one(&self.author),
            publisher: one(&self.publisher),
            url: one(&self.url),
        }
    }
}

/// What became of one document of an upload.
#[derive(Debug)]
pub struct Outcome {
    /// The file's name; of an archive the member's.
    pub file: String,
    /// The archive it was in.
    pub archive: Option<String>,
    /// The row of a table it is, from 1 after the header.
    pub row: Option<u32>,
    /// What became of it.
    pub status: Status,
}

/// See [`Outcome`].
#[derive(Debug)]
pub enum Status {
    /// It is in.
    Imported(Box<Document>),
    /// The project had these bytes already, as this document; nothing was added.
    Duplicate(i64),
    /// It could not be read.
    Refused(Problem),
    /// It was read, but what it says about itself cannot be kept.
    Invalid(Error),
}

/// The reason of a refusal in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable slug under `/problems/`.
    pub slug: &'static str,
    /// A few words.
    pub title: String,
    /// A sentence or two.
    pub detail: String,
}

impl Status {
    /// Why it did not go in, if it did not.
    pub fn reason(&self, state: &AppState, locale: &Locale) -> Option<Reason> {
        match self {
            Status::Imported(_) | Status::Duplicate(_) => None,
            Status::Refused(problem) => Some(reason(problem, &limits(state), locale)),
            Status::Invalid(e) => {
                let words = crate::web::problems::words(e, locale, "");
                Some(Reason {
                    slug: e.slug(),
                    title: words.title,
                    detail: words.detail,
                })
            }
        }
    }
}

/// A reader's problem in words.
pub fn reason(problem: &Problem, limits: &extract::Limits, locale: &Locale) -> Reason {
    let slug = match problem.kind {
        ProblemKind::Unsupported => "unsupported-format",
        _ => problem.slug(),
    };
    let detail = match problem.limit {
        None => locale.text(&format!("upload-problem-{slug}")),
        Some(limit) => {
            let mega = |bytes: u64| bytes / 1_000_000;
            let most = match limit {
                LimitName::FileBytes => mega(limits.file_bytes),
                LimitName::CodePoints => limits.code_points,
                LimitName::DecompressedBytes => mega(limits.decompressed_bytes),
                LimitName::Entries => limits.entries as u64,
                LimitName::Rows => limits.rows as u64,
                LimitName::Pages => u64::from(limits.pages),
                LimitName::Nesting => limits.nesting as u64,
                LimitName::Memory => mega(limits.memory_bytes),
            };
            locale.format(
                &format!("upload-limit-{}", limit.slug()),
                &[("most", most.into())],
            )
        }
    };
    Reason {
        slug,
        title: locale.text(&format!("upload-name-{slug}")),
        detail,
    }
}

/// The limits of the settings as the readers know them.
pub fn limits(state: &AppState) -> extract::Limits {
    let own = &state.config.limits;
    extract::Limits {
        file_bytes: own.file_bytes,
        code_points: own.code_points,
        decompressed_bytes: own.decompressed_bytes,
        seconds: own.seconds,
        ..extract::Limits::default()
    }
}

/// Makes a document from a text that was typed, pasted or sent as such.
pub async fn create_from_text(
    state: &AppState,
    project: &Project,
    actor: i64,
    description: Description,
    words: String,
) -> Result<Document> {
    let most = state.config.limits.code_points;
    if words.chars().count() as u64 > most {
        return Err(Error::TooLarge(
            Msg::new("error-text-long").arg("most", most),
        ));
    }
    let mut wrong = Vec::new();
    if text::is_blank_str(&words) {
        wrong.push(crate::error::FieldError::new("text", "error-text-empty"));
    }
    let mut description = match description.check(&project.settings) {
        Ok(description) if wrong.is_empty() => description,
        Ok(_) => return Err(Error::Invalid(wrong)),
        Err(Error::Invalid(mut fields)) => {
            fields.append(&mut wrong);
            return Err(Error::Invalid(fields));
        }
        Err(e) => return Err(e),
    };
    let prepared = if words.len() < SHORT {
        Prepared::plain(&words)
    } else {
        tokio::task::spawn_blocking(move || Prepared::plain(&words)).await?
    };
    if description.language.is_none() {
        description.language = text::detect_language(&prepared.text);
    }
    let origin = Origin {
        format: "text".to_owned(),
        ..Origin::default()
    };
    let new = New {
        description: &description,
        prepared: &prepared,
        origin: &origin,
        widen: false,
    };
    let mut tx = state.db.begin().await?;
    let act = Act {
        batch: &Batch::new(),
        project: project.id,
        actor,
        now: state.now(),
    };
    let document = store::create(&mut tx, act, new).await?;
    tx.commit().await?;
    Ok(document)
}

/// An import into one project by one user.
pub struct Import<'a> {
    /// The program.
    pub state: &'a AppState,
    /// Where to.
    pub project: &'a Project,
    /// Who brings it.
    pub actor: i64,
    /// The action that its events belong to.
    pub batch: Batch,
    /// What documents get that say nothing themselves.
    pub defaults: Defaults,
    /// The columns of tables; none to guess them.
    pub columns: Option<ColumnNames>,
}

impl Import<'_> {
    /// Brings one file in; an error only where the program itself fails.
    pub async fn file(&self, name: &str, bytes: Bytes) -> Result<Vec<Outcome>> {
        let name = file_name(name);
        let whole = |status| Outcome {
            file: name.clone(),
            archive: None,
            row: None,
            status,
        };
        if bytes.len() as u64 > self.state.config.limits.file_bytes {
            let problem = Problem::too_large(LimitName::FileBytes);
            return Ok(vec![whole(Status::Refused(problem))]);
        }
        // Known bytes need not be read again; the write asks once more.
        let sha256 = originals::sha256(&bytes);
        if let Some(id) = store::by_original(&self.state.db, self.project.id, &sha256).await? {
            return Ok(vec![whole(Status::Duplicate(id))]);
        }
        let items = match self.read(&name, bytes.clone()).await {
            Ok(items) => items,
            Err(problem) => return Ok(vec![whole(Status::Refused(problem))]),
        };
        let mut outcomes = Vec::with_capacity(items.len());
        let mut rest = items.into_iter().peekable();
        while let Some(first) = rest.next() {
            // Rows of one table share their original and go in together.
            let mut group = vec![first];
            while let Some(next) = rest.next_if(|next| {
                next.row.is_some() && next.name == group[0].name && group[0].row.is_some()
            }) {
                group.push(next);
            }
            outcomes.append(&mut self.group(&name, &bytes, &sha256, group).await?);
        }
        Ok(outcomes)
    }

    async fn read(&self, name: &str, bytes: Bytes) -> Result<Vec<Item>, Problem> {
        let limits = limits(self.state);
        let small = bytes.len() < SHORT
            && extract::detect(name, &bytes)
                .is_some_and(|f| matches!(f, Format::Txt | Format::Md | Format::Srt | Format::Vtt));
        if small {
            return extract::extract(name, &bytes, &limits);
        }
        let _turn = self
            .state
            .extracting
            .acquire()
            .await
            .map_err(|_| Problem::new(ProblemKind::ReaderFailed, "the program is stopping"))?;
        let program = &self.state.config.program;
        match &self.columns {
            Some(columns)
                if extract::detect(name, &bytes)
                    .is_some_and(|f| matches!(f, Format::Csv | Format::Tsv | Format::Xlsx)) =>
            {
                let table = isolate::read_table(program, name, bytes, &limits).await?;
                let (name, columns) = (name.to_owned(), columns.places(&table));
                tokio::task::spawn_blocking(move || table.items(&name, &columns, &limits))
                    .await
                    .unwrap_or_else(|_| {
                        Err(Problem::new(
                            ProblemKind::ReaderFailed,
                            "the table could not be read",
                        ))
                    })
            }
            _ => isolate::extract(program, name, bytes, &limits).await,
        }
    }

    /// Documents that share an original, in one transaction.
    async fn group(
        &self,
        upload: &str,
        bytes: &Bytes,
        sha256: &str,
        items: Vec<Item>,
    ) -> Result<Vec<Outcome>> {
        let inside = items.iter().find_map(|i| i.original.clone());
        let (sha256, bytes, archive) = match &inside {
            Some(member) => (
                originals::sha256(member),
                Bytes::copy_from_slice(member),
                Some(upload.to_owned()),
            ),
            None => (sha256.to_owned(), bytes.clone(), None),
        };
        let mut outcomes = Vec::with_capacity(items.len());
        let mut ready = Vec::new();
        for item in items {
            let file = if archive.is_some() {
                item.name.clone()
            } else {
                upload.to_owned()
            };
            let status = match item.outcome {
                Err(problem) => Some(Status::Refused(problem)),
                Ok(extracted) => match self.describe(&file, item.row, &extracted) {
                    Ok(description) => {
                        ready.push((outcomes.len(), description, extracted));
                        None
                    }
                    Err(e) => Some(Status::Invalid(e)),
                },
            };
            outcomes.push((file, item.row, status));
        }
        if !ready.is_empty() {
            let long = ready.iter().map(|(_, _, x)| x.text.len()).sum::<usize>() > SHORT;
            let prepare = move || {
                ready
                    .into_iter()
                    .map(|(place, description, x)| {
                        let prepared = Prepared::with_blocks(x.text, x.blocks);
                        let origin = Origin {
                            format: x.format.slug().to_owned(),
                            encoding: x.encoding,
                            pages: x.pages,
                            warnings: x.warnings.iter().map(|w| w.slug().to_owned()).collect(),
                            original: None,
                        };
                        (place, x.format, description, prepared, origin)
                    })
                    .collect::<Vec<_>>()
            };
            let prepared = if long {
                tokio::task::spawn_blocking(prepare).await?
            } else {
                prepare()
            };
            let format = prepared.first().map_or(Format::Txt, |p| p.1);
            let name = outcomes
                .first()
                .map_or(upload, |o| o.0.rsplit('/').next().unwrap_or(upload));
            let original = originals::keep(
                self.state,
                self.project.id,
                name,
                format.media_type(),
                &sha256,
                bytes,
            )
            .await?;
            let act = Act {
                batch: &self.batch,
                project: self.project.id,
                actor: self.actor,
                now: self.state.now(),
            };
            let mut tx = self.state.db.begin().await?;
            let known = store::by_original_in(&mut tx, self.project.id, &sha256).await?;
            for (place, _, description, prepared, mut origin) in prepared {
                let status = if let Some(id) = known {
                    Status::Duplicate(id)
                } else {
                    origin.original = Some(original.clone());
                    let new = New {
                        description: &description,
                        prepared: &prepared,
                        origin: &origin,
                        widen: true,
                    };
                    let document = store::create(&mut tx, act, new).await?;
                    Status::Imported(Box::new(document))
                };
                if let Some(outcome) = outcomes.get_mut(place) {
                    outcome.2 = Some(status);
                }
            }
            tx.commit().await?;
        }
        Ok(outcomes
            .into_iter()
            .filter_map(|(file, row, status)| {
                Some(Outcome {
                    file,
                    archive: archive.clone(),
                    row,
                    status: status?,
                })
            })
            .collect())
    }

    /// What the file says about its document, completed by the import's defaults.
    fn describe(&self, file: &str, row: Option<u32>, x: &Extracted) -> Result<Description> {
        let m = &x.metadata;
        let mut attributes: BTreeMap<String, Attribute> = BTreeMap::new();
        for (name, value) in &x.attributes {
            let name = cut(&one_line(name), LONGEST_NAME);
            if !name.is_empty() {
                attributes.insert(name, Attribute::text(value.as_str()));
            }
        }
        let doc_type = match m.kind.as_deref() {
            None => None,
            Some(word) => {
                let known = type_of_word(&self.project.settings, word);
                if known.is_none() {
                    // A type this project does not have is kept as what it is: a fact about the document.
                    attributes.insert("type".to_owned(), Attribute::text(word));
                }
                known
            }
        };
        let stem = file.rsplit('/').next().unwrap_or(file);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let title = m.title.clone().unwrap_or_else(|| match row {
            Some(row) => format!("{stem} {row}"),
            None => stem.to_owned(),
        });
        let language = self
            .defaults
            .language
            .clone()
            .or_else(|| m.language.clone())
            .and_then(|tag| super::language_tag(&tag));
        Description {
            title: cut(&one_line(&title), LONGEST_TITLE),
            doc_type: doc_type
                .or_else(|| self.defaults.doc_type.clone())
                .unwrap_or_else(|| OTHER.to_owned()),
            date: m.date.clone(),
            language,
            author: m.author.clone(),
            publisher: m.publisher.clone(),
            url: m.url.clone(),
            citation: None,
            cases: self.defaults.cases.clone(),
            attributes,
        }
        .check(&self.project.settings)
    }
}

/// The last part of a path, as browsers and archives send it.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let line = cut(&one_line(last), 255);
    if line.is_empty() {
        "untitled".to_owned()
    } else {
        line
    }
}

fn cut(words: &str, most: usize) -> String {
    match words.char_indices().nth(most) {
        None => words.to_owned(),
        Some(_) => {
            let mut short: String = words.chars().take(most - 1).collect();
            short.push('…');
            short
        }
    }
}

/// An outcome in one line of the reader's language.
pub fn summary(status: &Status, state: &AppState, locale: &Locale) -> String {
    match status {
        Status::Imported(document) => {
            let paragraphs =
                locale.format("upload-blocks", &[("blocks", document.block_count.into())]);
            let mut parts = vec![paragraphs];
            if let Some(tag) = &document.description.language {
                parts.push(super::language_name(locale, tag));
            }
            if let Some(pages) = document.origin.pages {
                parts.push(locale.format("upload-pages", &[("pages", pages.into())]));
            }
            locale.format("upload-added", &[("what", parts.join(", ").into())])
        }
        Status::Duplicate(_) => locale.text("upload-duplicate"),
        other => other
            .reason(state, locale)
            .map(|r| locale.format("upload-left-out", &[("why", r.detail.into())]))
            .unwrap_or_default(),
    }
}
