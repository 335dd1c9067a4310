//! From a file's bytes to the text that people code: one reader per format, and what each may refuse.
//!
//! The room is pure. Bytes go in, values come out; nothing here knows the database, the network or a
//! path on disk, so every reader can be read, tested and fuzzed alone. Three rules hold for all of them:
//!
//! - **The text is what the source says.** Line ends become `\n`; no other character is changed unless the
//!   format itself never held the text (the glyphs of a PDF, the code pages of an RTF).
//! - **A file is refused rather than half read.** An encrypted, scanned, broken or hostile file gives a
//!   [`Problem`] with a stable slug; where something was read but deserves a second look there is a
//!   [`Warning`] beside the text. Both are slugs because the words people see live in the message files.
//! - **Nothing is fetched.** References out of a file (linked images, external entities, templates) are ignored.
//!
//! [`extract`] does the work in the calling thread. A server calls [`isolate::extract`] instead: it gives the
//! formats whose parsers are large to a child process, where a panic, an endless loop or a lack of memory
//! ends in a refusal of that one file.

mod archive;
mod builder;
pub mod bundle;
pub mod detect;
mod docx;
pub mod encoding;
mod epub;
mod html;
pub mod isolate;
mod markdown;
mod metadata;
mod odt;
mod pdf;
mod plain;
mod problem;
mod rtf;
mod subtitles;
pub mod table;
mod xml;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::{self, Block};

pub use detect::detect;
pub use metadata::{Metadata, partial_date};
pub use problem::{LimitName, Problem, ProblemKind, Warning};

/// How much one upload may cost. The defaults are the contract's; a deployment may set others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Size of the uploaded file in bytes.
    pub file_bytes: u64,
    /// Length of one document's text in code points.
    pub code_points: u64,
    /// Bytes that a packed file (docx, odt, epub, xlsx, zip) may unpack to, all members together.
    pub decompressed_bytes: u64,
    /// How many times larger than packed an archive may become. Archives that unpack to less than a megabyte
    /// are not measured: short repetitive XML packs better than any bomb needs to.
    pub ratio: u64,
    /// Members of an archive.
    pub entries: usize,
    /// Documents that one table or archive may become.
    pub rows: usize,
    /// Pages of a PDF.
    pub pages: u32,
    /// Depth of nested elements or groups in a file.
    pub nesting: usize,
    /// How deep archives may stand inside archives; 1 allows none inside the uploaded one.
    pub archive_depth: usize,
    /// Wall-clock seconds for a file (in an archive: for each member) in the child process.
    pub seconds: u64,
    /// Wall-clock seconds for all members of an archive together.
    pub archive_seconds: u64,
    /// Address space of the child process in bytes.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 200 * 1024 * 1024,
            code_points: 20_000_000,
            decompressed_bytes: 1024 * 1024 * 1024,
            ratio: 200,
            entries: 20_000,
            rows: 50_000,
            pages: 10_000,
            nesting: 512,
            archive_depth: 2,
            seconds: 60,
            archive_seconds: 1800,
            memory_bytes: 3 * 1024 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Refuses an upload that is too large before anything looks inside it.
    pub(crate) fn check_file(&self, bytes: &[u8]) -> Result<(), Problem> {
        if bytes.len() as u64 > self.file_bytes {
            return Err(Problem::too_large(LimitName::FileBytes));
        }
        Ok(())
    }
}

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text.
    Txt,
    /// Markdown (CommonMark with tables and footnotes).
    Md,
    /// HTML, saved pages included.
    Html,
    /// Word (Office Open XML).
    Docx,
    /// OpenDocument text.
    Odt,
    /// Rich Text Format.
    Rtf,
    /// PDF with a text layer.
    Pdf,
    /// EPUB 2 and 3.
    Epub,
    /// Comma- or semicolon-separated table: a document per row.
    Csv,
    /// Tab-separated table.
    Tsv,
    /// Excel workbook, first sheet with content.
    Xlsx,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
    /// An archive of documents.
    Zip,
}

impl Format {
    /// Every format, in the order in which the interface lists them.
    pub const ALL: [Format; 14] = [
        Format::Txt,
        Format::Md,
        Format::Html,
        Format::Docx,
        Format::Odt,
        Format::Rtf,
        Format::Pdf,
        Format::Epub,
        Format::Csv,
        Format::Tsv,
        Format::Xlsx,
        Format::Srt,
        Format::Vtt,
        Format::Zip,
    ];

    /// The name used in the database, the API and message ids: the usual extension.
    pub fn slug(self) -> &'static str {
        match self {
            Format::Txt => "txt",
            Format::Md => "md",
            Format::Html => "html",
            Format::Docx => "docx",
            Format::Odt => "odt",
            Format::Rtf => "rtf",
            Format::Pdf => "pdf",
            Format::Epub => "epub",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Xlsx => "xlsx",
            Format::Srt => "srt",
            Format::Vtt => "vtt",
            Format::Zip => "zip",
        }
    }

    /// The media type under which the original is handed back.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Txt | Format::Srt => "text/plain",
            Format::Md => "text/markdown",
            Format::Html => "text/html",
            Format::Docx => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            Format::Odt => "application/vnd.oasis.opendocument.text",
            Format::Rtf => "application/rtf",
            Format::Pdf => "application/pdf",
            Format::Epub => "application/epub+zip",
            Format::Csv => "text/csv",
            Format::Tsv => "text/tab-separated-values",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Vtt => "text/vtt",
            Format::Zip => "application/zip",
        }
    }

    /// Whether the reader is small and linear enough to run inside the server. The others get a process of their own.
    pub fn runs_in_process(self) -> bool {
        matches!(
            self,
            Format::Txt | Format::Md | Format::Srt | Format::Vtt | Format::Csv | Format::Tsv
        )
    }

    /// Whether one file becomes several documents.
    pub fn is_container(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv | Format::Xlsx | Format::Zip)
    }
}

/// The text of one document and what its file says about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    /// The text. Line ends are `\n`; it holds at least one visible character.
    pub text: String,
    /// The parts of the text in order, without overlap, as ranges of code points. What lies between two
    /// blocks is white space only.
    pub blocks: Vec<Block>,
    /// What the file was read as.
    pub format: Format,
    /// The encoding the bytes were decoded from, where the format left that open (WHATWG name, e.g. `windows-1256`).
    pub encoding: Option<String>,
    /// Number of pages, for formats that have pages.
    pub pages: Option<u32>,
    /// What deserves a second look.
    pub warnings: Vec<Warning>,
    /// Title, author, date and the like, as far as the file states them.
    pub metadata: Metadata,
    /// The other columns of a table's row, in the order of the table.
    pub attributes: Vec<(String, String)>,
}

/// One document that came out of an upload, or the reason why it did not.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The file's name; inside an archive the member's path.
    pub name: String,
    /// The document, or why there is none. Problems of one item leave the others alone.
    pub outcome: Result<Extracted, Problem>,
    /// The member's own bytes for an archive; none where the original is the whole upload.
    pub original: Option<Arc<[u8]>>,
    /// The row of a table, counted from 1 after the header.
    pub row: Option<u32>,
}

impl Item {
    fn whole(name: &str, outcome: Result<Extracted, Problem>) -> Self {
        Self {
            name: name.to_owned(),
            outcome,
            original: None,
            row: None,
        }
    }
}

/// Reads one uploaded file: one item for most formats, one per row or member for tables and archives.
///
/// The file's kind is taken from its content first and its name second. The work is done in the calling
/// thread and without a time limit; see [`isolate::extract`] for the way a server calls it.
///
/// # Errors
/// A [`Problem`] if the file as a whole cannot be read (unknown kind, too large, broken archive or table). What is
/// wrong with one document is told in its [`Item`]; for a file that is one document both ways mean the same.
pub fn extract(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Item>, Problem> {
    limits.check_file(bytes)?;
    match detect::identify(name, bytes)? {
        Format::Zip => {
            let members = bundle::unpack(bytes, limits)?;
            Ok(members
                .into_iter()
                .flat_map(|member| member_items(member, limits))
                .collect())
        }
        format => one_format(name, format, bytes, limits),
    }
}

/// Reads a file of a known format that is no archive.
pub(crate) fn one_format(
    name: &str,
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Vec<Item>, Problem> {
    if matches!(format, Format::Csv | Format::Tsv | Format::Xlsx) {
        let table = table::read(bytes, format, limits)?;
        let columns = table.guess_columns();
        return table.items(name, &columns, limits);
    }
    Ok(vec![Item::whole(name, document(format, bytes, limits))])
}

/// The documents that one member of an archive gives.
fn member_items(member: bundle::Member, limits: &Limits) -> Vec<Item> {
    let name = member.name;
    let bytes = match member.bytes {
        Ok(bytes) => bytes,
        Err(problem) => return vec![Item::whole(&name, Err(problem))],
    };
    let read = detect::identify(&name, &bytes)
        .and_then(|format| one_format(&name, format, &bytes, limits));
    let mut items = read.unwrap_or_else(|problem| vec![Item::whole(&name, Err(problem))]);
    for item in &mut items {
        item.original = Some(Arc::clone(&bytes));
    }
    items
}

/// Reads a file that is one document. A reader that panics has met a damaged file.
pub(crate) fn document(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Extracted, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(ProblemKind::Empty, "the file has no bytes"));
    }
    catch_unwind(AssertUnwindSafe(|| read_document(format, bytes, limits))).unwrap_or_else(|_| {
        Err(Problem::damaged(
            "the reader met something it could not make sense of",
        ))
    })
}

fn read_document(format: Format, bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let mut extracted = match format {
        Format::Txt => plain::read(bytes, limits),
        Format::Md => markdown::read(bytes, limits),
        Format::Html => html::read(bytes, limits),
        Format::Docx => docx::read(bytes, limits),
        Format::Odt => odt::read(bytes, limits),
        Format::Rtf => rtf::read(bytes, limits),
        Format::Pdf => pdf::read(bytes, limits),
        Format::Epub => epub::read(bytes, limits),
        Format::Srt | Format::Vtt => subtitles::read(bytes, format, limits),
        Format::Csv | Format::Tsv | Format::Xlsx | Format::Zip => Err(Problem::new(
            ProblemKind::Unsupported,
            "a container is not one document",
        )),
    }?;
    if text::is_blank_str(&extracted.text) {
        return Err(Problem::new(ProblemKind::NoText, "the file holds no text"));
    }
    extracted
        .metadata
        .complete(&extracted.text, &extracted.blocks);
    Ok(extracted)
}
