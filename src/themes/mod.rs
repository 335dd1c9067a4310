//! What is said, how often, when, about whom, and together with what.
//!
//! This room turns codings into the five tables that a study prints (frequencies, trend, crosstab, co-occurrence,
//! saturation) and into their figures ([`chart`]). The measures are pure: they take a [`Corpus`], which somebody
//! else has already reduced to the documents, codes and codings that the caller may see and asked for, and return
//! values that serialise to the answers of the programming interface. They know no database and no HTTP, so that
//! each can be checked by hand against a published definition.
//!
//! Three rules hold for all of them:
//!
//! - **A passage is one coding; a document counts once per code.** Passages therefore count what coders *did*: two
//!   coders who code the same sentence make two passages.
//! - **Characters take the union.** Amounts of text (`characters`, `share_of_text`, co-occurrence) are counted over
//!   the union of the spans of all coders in the layer, so that no character counts twice, whoever coded it and
//!   however often.
//! - **Every number names its denominator.** A quotient whose denominator is zero is `null`, never 0 or NaN.
//!
//! Positions and lengths are Unicode code points, ranges are half-open.

pub mod api;
pub mod chart;
mod cooccurrence;
mod crosstab;
pub mod figure;
mod frequency;
mod index;
pub mod pages;
mod saturation;
mod statistics;
pub mod store;
mod trend;

pub use cooccurrence::{CooccurrenceItem, Within, cooccurrence};
pub use crosstab::{
    CrosstabAnswer, CrosstabItem, Test, TestReason, TestWarning, Ungrouped, crosstab,
};
pub use frequency::{FrequencyItem, frequencies};
pub use saturation::{Order, SaturationItem, saturation};
pub use statistics::{chi_square_upper, fisher_exact_two_sided};
pub use trend::{Step, TooManyCells, TrendAnswer, TrendItem, TrendOptions, trend};

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// A date as precise as the source is: a year, a month or a day.
///
/// The order is the calendar's; a less precise date comes before every more precise one inside it (2015 before
/// 2015-01 before 2015-01-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    /// Year of the common era.
    pub year: i32,
    /// Month, 1 to 12, where known.
    pub month: Option<u8>,
    /// Day of the month, 1 to 31, where known.
    pub day: Option<u8>,
}

/// What the measures need to know of a document.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    /// The document's id.
    pub id: i64,
    /// Length of the text in code points.
    pub length: u32,
    /// Number of words in the text.
    pub words: u32,
    /// Its type, e.g. `statement`.
    pub doc_type: String,
    /// Its language; empty where unknown.
    pub language: String,
    /// Its date, as precise as known.
    pub date: Option<PartialDate>,
    /// The cases it belongs to; a document may belong to several.
    pub cases: Vec<String>,
    /// Its attributes by name; a name may occur more than once.
    pub attributes: Vec<(String, String)>,
}

/// What the measures need to know of a code.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The code's id.
    pub id: i64,
    /// The code above it in the tree.
    pub parent: Option<i64>,
    /// Its names from the root, as written in exports.
    pub path: String,
    /// Its own name.
    pub name: String,
    /// Its colour in the palette, 1 to 12.
    pub color: u8,
    /// Whether it may be applied; a heading may not.
    pub is_codable: bool,
}

/// One coding: a code applied to a passage by a coder.
#[derive(Clone, Copy, Debug)]
pub struct CodingRow {
    /// Id of the document.
    pub document: i64,
    /// Id of the code.
    pub code: i64,
    /// Id of the coder.
    pub coder: i64,
    /// First code point of the passage.
    pub start: u32,
    /// The code point after its last.
    pub end: u32,
    /// The weight on the code's scale, if it was given one.
    pub weight: Option<f64>,
}

/// Everything a measure counts: the documents, codes and codings left after layer, visibility and filters.
///
/// Documents without codings belong in it, since they are part of every denominator. The order of `codes` (normally
/// the codebook's) is the order of the answers. A coding whose document or code is not listed is not counted.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// The documents that the filters left.
    pub documents: Vec<Doc>,
    /// The codes that the filters left, in the order in which they are to be shown.
    pub codes: Vec<Code>,
    /// The codings that the caller may see and the filters left.
    pub codings: Vec<CodingRow>,
}

/// What a caller asked for, repeated in the answer so that a saved table still says what it shows.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Whose codings were counted, e.g. `consensus`.
    pub layer: String,
    /// The filters in force, by name; several values of one filter are alternatives.
    pub filters: BTreeMap<String, Vec<String>>,
}

/// What the cells of an answer count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ThemesUnit)]
pub enum Unit {
    /// A passage: one coding.
    Passage,
    /// A stretch of text that carries both codes.
    Overlap,
    /// A sentence.
    Sentence,
    /// A paragraph.
    Paragraph,
    /// A document.
    Document,
}

/// The sizes of what was counted: the denominators of the whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ThemesTotals)]
pub struct Totals {
    /// Codings counted.
    pub passages: u64,
    /// Documents that the filters left, with or without codings.
    pub documents: u64,
    /// Length of those documents together, in code points.
    pub characters: u64,
    /// Words of those documents together.
    pub words: u64,
    /// Coders who made at least one of the codings counted.
    pub coders: u64,
}

/// The common form of the answers: one item per cell, zero cells included.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ThemesAnswer)]
pub struct Answer<T> {
    /// One item per cell, in the order of the codebook.
    pub items: Vec<T>,
    /// What the cells count.
    pub unit: Unit,
    /// Whose codings were counted.
    pub layer: String,
    /// The filters in force.
    pub filters: BTreeMap<String, Vec<String>>,
    /// The sizes of what was counted.
    pub totals: Totals,
}

impl<T> Answer<T> {
    fn new(items: Vec<T>, unit: Unit, totals: Totals, request: &Request) -> Self {
        Self {
            items,
            unit,
            layer: request.layer.clone(),
            filters: request.filters.clone(),
            totals,
        }
    }
}

/// By what the cells of a code are divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// By who coded.
    Coder,
    /// By the document's type.
    Type,
    /// By case. A document of several cases counts in each of them.
    Case,
    /// By the document's language.
    Language,
    /// By the values of an attribute. A document with several values counts in each of them.
    Attribute(String),
}

impl std::str::FromStr for GroupBy {
    type Err = UnknownGrouping;

    /// Reads the interface's `by=`: `coder`, `type`, `case`, `language` or `attribute:NAME`.
    fn from_str(text: &str) -> Result<Self, UnknownGrouping> {
        match text {
            "coder" => Ok(Self::Coder),
            "type" => Ok(Self::Type),
            "case" => Ok(Self::Case),
            "language" => Ok(Self::Language),
            _ => match text.strip_prefix("attribute:") {
                Some(name) if !name.is_empty() => Ok(Self::Attribute(name.to_owned())),
                _ => Err(UnknownGrouping),
            },
        }
    }
}

/// `by=` names nothing that codings can be divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownGrouping;

impl std::fmt::Display for UnknownGrouping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected coder, type, case, language or attribute:NAME")
    }
}

impl std::error::Error for UnknownGrouping {}

/// The group of a cell: a coder's id, a value, or `null` for documents that have no value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ThemesGroup)]
pub enum Group {
    /// A coder's id.
    Coder(i64),
    /// A type, case, language or attribute value.
    Value(String),
    /// Documents without a value.
    None,
}

/// `part / whole`, or nothing where there is no whole.
fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Occurrences per thousand words, or nothing where there are no words.
fn per_1000(count: u64, words: u64) -> Option<f64> {
    ratio(count as f64 * 1000.0, words as f64)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
