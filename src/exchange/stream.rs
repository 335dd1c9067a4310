//! An export as a stream of bytes: pages from the store, through a writer, to whoever takes them.
//!
//! A few chunks wait between the two at most, so the database is read no faster than the reader takes what it gives. A reader who goes away
//! ends the export with the next chunk.

use std::io::Write;

use axum::body::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

use super::store::{Documents, MatrixDocument, Reader, Scope};
use super::{Format, Unit, csv, jsonl, matrix, store, xlsx};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::text::{Span, TextIndex, sentences_in};

/// Chunks that may wait to be taken.
const WAITING: usize = 4;

/// Bytes of a chunk, about.
const CHUNK: usize = 64 * 1024;

/// What an export may be told beside its filters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// CSV begins with a byte order mark.
    pub bom: bool,
    /// What the rows of a matrix are.
    pub unit: Unit,
}

/// The bytes of an export, in order. An error ends it.
pub type Chunks = ReceiverStream<Result<Bytes>>;

/// Begins an export. What can be wrong with the question is found before the first byte.
pub async fn start(db: &Db, scope: Scope, format: Format, options: Options) -> Result<Chunks> {
    scope.check()?;
    let (sender, receiver) = channel(WAITING);
    let (db, failed) = (db.clone(), sender.clone());
    let mark = if options.bom { csv::BOM } else { b"" };
    match format {
        Format::Csv | Format::Jsonl | Format::Xlsx => {
            let reader = Reader::open(&db, scope.clone()).await?;
            tokio::spawn(async move {
                let written = match format {
                    Format::Csv => csv_rows(reader, mark, sender).await,
                    Format::Jsonl => jsonl_rows(reader, sender).await,
                    _ => workbook(&db, &scope, reader, sender).await,
                };
                report(written, failed).await;
            });
        }
        Format::Matrix => {
            store::about(&db, scope.project).await?;
            tokio::spawn(async move {
                let written = matrix_rows(&db, &scope, options.unit, mark, sender).await;
                report(written, failed).await;
            });
        }
        Format::Codebook => {
            let mut bytes = mark.to_vec();
            codebook(&db, scope.project, &mut bytes).await?;
            send(&sender, bytes).await?;
        }
    }
    Ok(ReceiverStream::new(receiver))
}

/// What stops an export when nobody takes it any more; not worth a word.
#[derive(Debug, thiserror::Error)]
#[error("the reader went away")]
struct Gone;

fn gone() -> Error {
    Error::Internal(Gone.into())
}

async fn report(written: Result<()>, failed: Sender<Result<Bytes>>) {
    if let Err(e) = written {
        let left = matches!(&e, Error::Internal(cause) if cause.is::<Gone>()
            || cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe));
        if !left {
            tracing::error!(error = %e, "an export failed");
            let _ = failed.send(Err(e)).await;
        }
    }
}

async fn send(sender: &Sender<Result<Bytes>>, bytes: Vec<u8>) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    sender
        .send(Ok(Bytes::from(bytes)))
        .await
        .map_err(|_| gone())
}

async fn csv_rows(mut reader: Reader, mark: &[u8], sender: Sender<Result<Bytes>>) -> Result<()> {
    let mut bytes = mark.to_vec();
    csv::head(&mut bytes, &reader.header)?;
    send(&sender, bytes).await?;
    while let Some(rows) = reader.next().await? {
        let mut bytes = Vec::with_capacity(rows.len() * 400);
        csv::rows(&mut bytes, &reader.header, &rows)?;
        send(&sender, bytes).await?;
    }
    Ok(())
}

async fn jsonl_rows(mut reader: Reader, sender: Sender<Result<Bytes>>) -> Result<()> {
    while let Some(rows) = reader.next().await? {
        let mut bytes = Vec::with_capacity(rows.len() * 600);
        jsonl::rows(&mut bytes, &reader.header, &rows)?;
        send(&sender, bytes).await?;
    }
    Ok(())
}

/// The codebook as its own import reads it, retired codes included: codings name them.
async fn codebook(db: &Db, project: i64, out: &mut Vec<u8>) -> Result<()> {
    store::about(db, project).await?;
    let codes = crate::codebook::store::codes(db, project).await?;
    out.extend_from_slice(crate::codebook::csv::write(&codes)?.as_bytes());
    Ok(())
}

/// Hands bytes from a thread that may block to the stream, a chunk at a time.
struct Pipe {
    sender: Sender<Result<Bytes>>,
    waiting: Vec<u8>,
}

impl Pipe {
    fn new(sender: Sender<Result<Bytes>>) -> Pipe {
        Pipe {
            sender,
            waiting: Vec::with_capacity(CHUNK + CHUNK / 4),
        }
    }

    fn hand_over(&mut self) -> std::io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::take(&mut self.waiting));
        self.sender
            .blocking_send(Ok(chunk))
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::BrokenPipe))
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.hand_over()?;
        }
        Ok(bytes.len())
    }

    /// Writers flush after every document; only whole chunks and the last one travel.
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What goes into a workbook, in the order of its sheets.
enum Part {
    Codings(Vec<super::Coding>),
    Codebook(Vec<Vec<String>>),
    Documents(Vec<super::Document>),
    Finish(Vec<(String, String)>, i64),
}

async fn workbook(
    db: &Db,
    scope: &Scope,
    mut reader: Reader,
    sender: Sender<Result<Bytes>>,
) -> Result<()> {
    let header = reader.header.clone();
    let mut documents: Documents = reader.documents();
    let (parts, received) = channel(2);
    let written = tokio::task::spawn_blocking(move || write_book(header, received, sender));
    let fed = async {
        while let Some(rows) = reader.next().await? {
            parts.send(Part::Codings(rows)).await.map_err(|_| gone())?;
        }
        let rows = codebook_rows(db, scope.project).await?;
        parts.send(Part::Codebook(rows)).await.map_err(|_| gone())?;
        while let Some(page) = documents.next().await? {
            parts
                .send(Part::Documents(page))
                .await
                .map_err(|_| gone())?;
        }
        let about = store::about(db, scope.project).await?;
        let changed_at = about.changed_at;
        let words = about_words(scope, about)?;
        parts
            .send(Part::Finish(words, changed_at))
            .await
            .map_err(|_| gone())
    }
    .await;
    drop(parts);
    // Why the writer stopped says more than that it could not be fed.
    written.await??;
    fed
}

fn write_book(
    header: super::Header,
    mut parts: Receiver<Part>,
    sender: Sender<Result<Bytes>>,
) -> Result<()> {
    let mut book = xlsx::Book::new(header)?;
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::Codings(rows) => book.codings(&rows)?,
            Part::Codebook(rows) => book.codebook(&rows)?,
            Part::Documents(rows) => book.documents(&rows)?,
            Part::Finish(about, changed_at) => {
                let mut pipe = Pipe::new(sender);
                book.finish(&about, changed_at, &mut pipe)?;
                return Ok(pipe.hand_over()?);
            }
        }
    }
    Ok(())
}

/// The codebook as rows of words, its header first.
async fn codebook_rows(db: &Db, project: i64) -> Result<Vec<Vec<String>>> {
    let mut bytes = Vec::new();
    codebook(db, project, &mut bytes).await?;
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes.as_slice())
        .into_records()
        .map(|record| {
            record
                .map(|r| r.iter().map(str::to_owned).collect())
                .map_err(csv::failed)
        })
        .collect()
}

/// The sheet `about`: what was asked for and of which data.
fn about_words(scope: &Scope, about: store::About) -> Result<Vec<(String, String)>> {
    let mut words = vec![
        ("project".to_owned(), about.name),
        (
            "layer".to_owned(),
            match scope.filter.layer.as_deref() {
                None | Some("") => "all".to_owned(),
                Some(layer) => layer.to_owned(),
            },
        ),
        ("unit".to_owned(), "coding".to_owned()),
        (
            "codebook version".to_owned(),
            about.codebook_version.to_string(),
        ),
        (
            "time of the newest change".to_owned(),
            crate::clock::rfc3339(about.changed_at),
        ),
        (
            "Concord version".to_owned(),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
        (
            "positions".to_owned(),
            "Unicode code points, half-open: start is the first code point inside, end the first after"
                .to_owned(),
        ),
    ];
    if let serde_json::Value::Object(filters) = serde_json::to_value(&scope.filter)? {
        for (name, value) in filters {
            let value = value.as_str().unwrap_or_default();
            if name != "layer" && !value.is_empty() {
                words.push((format!("filter: {name}"), value.to_owned()));
            }
        }
    }
    Ok(words)
}

/// The units of a text.
pub fn units(unit: Unit, text: &str, blocks: &[Span], language: Option<&str>) -> Vec<Span> {
    match unit {
        Unit::Sentence => sentences_in(text, blocks, language),
        Unit::Paragraph => blocks.to_vec(),
        Unit::Document => Span::new(0, TextIndex::new(text).len())
            .into_iter()
            .collect(),
    }
}

async fn matrix_rows(
    db: &Db,
    scope: &Scope,
    unit: Unit,
    mark: &[u8],
    sender: Sender<Result<Bytes>>,
) -> Result<()> {
    let frame = store::frame(db, scope).await?;
    let columns = frame.codes.len();
    let mut bytes = mark.to_vec();
    let paths: Vec<String> = frame.codes.iter().map(|c| c.path.clone()).collect();
    matrix::head(&mut bytes, &paths)?;
    send(&sender, bytes).await?;
    let mut after = 0;
    loop {
        let documents = store::matrix_documents(db, scope, after).await?;
        let Some(last) = documents.last() else {
            return Ok(());
        };
        after = last.id;
        for document in documents {
            let readings = store::readings(db, scope, &frame, &document).await?;
            let blocks = store::paragraphs(db, &document).await?;
            let text = store::text(db, &document).await?;
            let pipe = Pipe::new(sender.clone());
            tokio::task::spawn_blocking(move || {
                write_document(&document, &text, &blocks, unit, readings, columns, pipe)
            })
            .await??;
        }
    }
}

fn write_document(
    document: &MatrixDocument,
    text: &str,
    blocks: &[Span],
    unit: Unit,
    readings: Vec<matrix::Reading>,
    columns: usize,
    mut pipe: Pipe,
) -> Result<()> {
    let index = TextIndex::new(text);
    let units = units(unit, text, blocks, document.language.as_deref());
    let document = matrix::Document {
        id: document.id,
        units: units.iter().map(|u| (*u, index.slice(*u))).collect(),
        readings,
    };
    matrix::rows(&mut pipe, &document, columns)?;
    Ok(pipe.hand_over()?)
}

/// How many rows, codes, coders and documents a matrix has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatrixCounts {
    /// Rows: units times coders.
    pub rows: i64,
    /// Columns of codes.
    pub codes: i64,
    /// Coders.
    pub coders: i64,
    /// Documents.
    pub documents: i64,
}

/// Counts a matrix without writing it.
pub async fn count_matrix(db: &Db, scope: &Scope, unit: Unit) -> Result<MatrixCounts> {
    let frame = store::frame(db, scope).await?;
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let coders = frame.coders.as_ref().map_or(1, |c| size(c.len()));
    let mut counts = MatrixCounts {
        codes: size(frame.codes.len()),
        coders,
        ..MatrixCounts::default()
    };
    let mut after = 0;
    loop {
        let documents = store::matrix_documents(db, scope, after).await?;
        let Some(last) = documents.last() else {
            return Ok(counts);
        };
        after = last.id;
        for document in documents {
            let units = match unit {
                Unit::Document => 1,
                Unit::Paragraph => size(store::paragraphs(db, &document).await?.len()),
                Unit::Sentence => {
                    let blocks = store::paragraphs(db, &document).await?;
                    let text = store::text(db, &document).await?;
                    tokio::task::spawn_blocking(move || {
                        size(units(unit, &text, &blocks, document.language.as_deref()).len())
                    })
                    .await?
                }
            };
            counts.documents += 1;
            counts.rows += units * coders;
        }
    }
}
