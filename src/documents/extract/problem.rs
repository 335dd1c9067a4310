//! Why a file was refused, and what to look at twice in one that was not.
//!
//! Both are closed lists with stable slugs: the slug is the `type` of the API's problem and the key of the
//! sentence in the message files. `detail` is for the log and for a slug that has no sentence yet.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// Not one of the formats that are read.
    Unsupported,
    /// A password is needed.
    Encrypted,
    /// Readable, but without text: a scan, or only images.
    NoText,
    /// Nothing in it at all.
    Empty,
    /// Not readable as what it is.
    Damaged,
    /// Over a limit; [`Problem::limit`] says which.
    TooLarge,
    /// Unpacks to far more than it weighs, or nests archives in archives.
    Bomb,
    /// Declares entities or other constructs that only an attack needs.
    Unsafe,
    /// Took longer than allowed.
    Timeout,
    /// The bytes are text in no known encoding.
    BadEncoding,
    /// A table without a column that could be text.
    NoTextColumn,
    /// The reader itself failed (its process could not be started or ended without an answer).
    ReaderFailed,
}

/// The limits that [`Problem::limit`] can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitName {
    /// Size of the upload.
    FileBytes,
    /// Length of the text.
    CodePoints,
    /// Size once unpacked.
    DecompressedBytes,
    /// Members of an archive.
    Entries,
    /// Rows of a table or documents of an archive.
    Rows,
    /// Pages.
    Pages,
    /// Depth of nesting.
    Nesting,
    /// Memory of the reader's process.
    Memory,
}

impl LimitName {
    /// The stable name, for messages.
    pub fn slug(self) -> &'static str {
        match self {
            LimitName::FileBytes => "file-bytes",
            LimitName::CodePoints => "code-points",
            LimitName::DecompressedBytes => "decompressed-bytes",
            LimitName::Entries => "entries",
            LimitName::Rows => "rows",
            LimitName::Pages => "pages",
            LimitName::Nesting => "nesting",
            LimitName::Memory => "memory",
        }
    }
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The kind.
    pub kind: ProblemKind,
    /// The limit that was passed, for [`ProblemKind::TooLarge`].
    pub limit: Option<LimitName>,
    /// A technical sentence for logs; never the file's text.
    pub detail: String,
}

impl Problem {
    /// A problem of a kind that names no limit.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            limit: None,
            detail: detail.into(),
        }
    }

    /// The refusal of what passes a limit.
    pub fn too_large(limit: LimitName) -> Self {
        Self {
            kind: ProblemKind::TooLarge,
            limit: Some(limit),
            detail: format!("over the limit {}", limit.slug()),
        }
    }

    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Damaged, detail)
    }

    /// The stable name of the kind.
    pub fn slug(&self) -> &'static str {
        match self.kind {
            ProblemKind::Unsupported => "unsupported",
            ProblemKind::Encrypted => "encrypted",
            ProblemKind::NoText => "no-text",
            ProblemKind::Empty => "empty",
            ProblemKind::Damaged => "damaged",
            ProblemKind::TooLarge => "too-large",
            ProblemKind::Bomb => "bomb",
            ProblemKind::Unsafe => "unsafe",
            ProblemKind::Timeout => "timeout",
            ProblemKind::BadEncoding => "bad-encoding",
            ProblemKind::NoTextColumn => "no-text-column",
            ProblemKind::ReaderFailed => "reader-failed",
        }
    }

    /// The name of the limit that was passed.
    pub fn limit_slug(&self) -> Option<&'static str> {
        self.limit.map(LimitName::slug)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.slug(), self.detail)
    }
}

impl std::error::Error for Problem {}

/// What deserves a second look in a document that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// The order or the letters of the text may be wrong: right-to-left PDFs, whose files hold shapes and not text.
    CheckTextOrder,
    /// The encoding was guessed from the letters.
    EncodingGuessed,
    /// Some bytes could not be decoded and stand as U+FFFD.
    UndecodableBytes,
    /// Some glyphs have no known character and stand as U+FFFD.
    UnknownGlyphs,
    /// Some pages hold images only.
    PagesWithoutText,
    /// Some pages could not be read.
    PagesUnreadable,
    /// Deleted text of tracked changes was left out and inserted text kept.
    TrackedChanges,
}

impl Warning {
    /// The stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Warning::CheckTextOrder => "check-text-order",
            Warning::EncodingGuessed => "encoding-guessed",
            Warning::UndecodableBytes => "undecodable-bytes",
            Warning::UnknownGlyphs => "unknown-glyphs",
            Warning::PagesWithoutText => "pages-without-text",
            Warning::PagesUnreadable => "pages-unreadable",
            Warning::TrackedChanges => "tracked-changes",
        }
    }
}
