//! What agreement is computed from: codings of documents, a reliability matrix, or sets per unit.
//!
//! These types hold indexes instead of names, so that a project's fifty thousand codings need no strings; whoever
//! builds them from a database numbers documents, coders and codes as they come. `read.rs` builds them from the JSON of
//! the command. The rules that every source must keep are checked by [`CodingsInput::check`].

use std::sync::Arc;

use super::AgreementError;
use super::names::{Coverage, Interval, Level, Marginals, Measure, Unit, Weights};

/// One of the three kinds of input.
#[derive(Clone, Debug)]
pub enum Input {
    /// Codings of documents by coders.
    Codings(CodingsInput),
    /// A reliability matrix.
    Matrix(MatrixInput),
    /// Sets per unit.
    Sets(SetsInput),
}

/// Codings of documents by coders.
#[derive(Clone, Debug)]
pub struct CodingsInput {
    /// The documents; their order is a matter of taste.
    pub documents: Vec<Document>,
    /// The coders; their order is that of the results.
    pub coders: Vec<Arc<str>>,
    /// Code paths.
    pub codes: Vec<Arc<str>>,
    /// The codes (indexes into `codes`) that get results of their own and make up `any`, `pooled`, `mean` and `sets`.
    pub reported: Vec<u32>,
    /// Sets of codes that exclude each other.
    pub domains: Vec<Domain>,
    /// For each document the coders (indexes into `coders`) who have finished it. Finished without a coding means
    /// "coded nothing"; not finished means that there is no value, whatever codings there may be.
    pub done: Vec<Vec<u32>>,
    /// The codings, in any order.
    pub codings: Vec<Coding>,
    /// What to compute.
    pub options: Options,
}

/// The choices that can be made for codings.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// What to count.
    pub unit: Unit,
    /// How much of a unit must be coded.
    pub coverage: Coverage,
    /// Whether a coding of a code counts for the codes above it as well (by path, `parent > child`).
    pub subtree: bool,
    /// The measures to compute.
    pub measures: Vec<Measure>,
    /// Smallest intersection over union that matches two spans, above 0 and at most 1.
    pub threshold: f64,
    /// Which interval to compute.
    pub interval: Interval,
    /// Replicates of a bootstrap.
    pub replicates: u32,
    /// Where the bootstrap's random numbers start.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            unit: Unit::Character,
            coverage: Coverage::Any,
            subtree: false,
            measures: Measure::for_codings(),
            threshold: 0.5,
            interval: Interval::None,
            replicates: 2000,
            seed: 1,
        }
    }
}

impl Measure {
    /// Everything that applies to codings when no measure is named. AC2 is left out because without weights it is
    /// AC1 under another name.
    #[must_use]
    pub fn for_codings() -> Vec<Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(|m| *m != Self::GwetAc2)
            .collect()
    }
}

/// A document: how long it is, and its text where the unit needs it.
#[derive(Clone, Debug)]
pub struct Document {
    /// What the document is called in results and errors.
    pub id: Arc<str>,
    /// Code points.
    pub length: u32,
    /// Needed for tokens, sentences and paragraphs.
    pub text: Option<Arc<str>>,
    /// BCP 47 tag, for the division into sentences.
    pub language: Option<Arc<str>>,
}

/// A set of codes that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// What the domain is called in results.
    pub name: Arc<str>,
    /// Indexes into `codes`.
    pub codes: Vec<u32>,
}

/// One code on one passage by one coder; indexes into the lists of the input, positions in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coding {
    /// Index of the document.
    pub document: u32,
    /// Index of the code.
    pub code: u32,
    /// Index of the coder.
    pub coder: u32,
    /// First code point.
    pub start: u32,
    /// Code point after the last.
    pub end: u32,
}

/// A reliability matrix.
#[derive(Clone, Debug)]
pub struct MatrixInput {
    /// The coders, one per row.
    pub coders: Vec<Arc<str>>,
    /// Categories of the scheme, in its order.
    pub categories: Vec<Category>,
    /// For each coder and unit the index of a category, or nothing.
    pub ratings: Vec<Vec<Option<u32>>>,
    /// The metric of alpha.
    pub level: Level,
    /// The weights of the coefficients that take them.
    pub weights: Weights,
    /// The measures to compute.
    pub measures: Vec<Measure>,
    /// Which units count in category shares.
    pub marginals: Marginals,
    /// Which interval to compute.
    pub interval: Interval,
    /// Replicates of a bootstrap.
    pub replicates: u32,
    /// Where the bootstrap's random numbers start.
    pub seed: u64,
}

/// A category of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub enum Category {
    /// A value that can be measured.
    Number(f64),
    /// A name; its place in the scheme is all that is known of it.
    Name(Arc<str>),
}

/// Sets per unit and coder.
#[derive(Clone, Debug)]
pub struct SetsInput {
    /// The coders, one per row.
    pub coders: Vec<Arc<str>>,
    /// For each coder and unit a sorted set of members (numbers that stand for names), or nothing.
    pub sets: Vec<Vec<Option<Vec<u32>>>>,
    /// How the table was read: `coders_in_rows` or `units_in_rows`.
    pub layout: &'static str,
    /// The measures to compute.
    pub measures: Vec<Measure>,
    /// Which interval to compute.
    pub interval: Interval,
    /// Replicates of a bootstrap.
    pub replicates: u32,
    /// Where the bootstrap's random numbers start.
    pub seed: u64,
}

impl CodingsInput {
    /// Checks what every source of codings must keep: indexes that exist, ranges inside documents, a threshold that
    /// is a share, texts where the unit needs them.
    ///
    /// # Errors
    /// Names the first item that is wrong.
    pub fn check(&self) -> Result<(), AgreementError> {
        if self.done.len() != self.documents.len() {
            return Err(AgreementError::new(
                "done",
                "must name the coders of every document",
            ));
        }
        for (document, done) in self.documents.iter().zip(&self.done) {
            if done.iter().any(|c| *c as usize >= self.coders.len()) {
                return Err(AgreementError::new(
                    "done",
                    format!("document {:?}: unknown coder", document.id),
                ));
            }
            if matches!(
                self.options.unit,
                Unit::Token | Unit::Sentence | Unit::Paragraph
            ) && document.text.is_none()
            {
                let unit = self.options.unit.as_str();
                return Err(AgreementError::new(
                    format!("document {:?}", document.id),
                    format!("unit {unit} needs its text"),
                ));
            }
        }
        if self
            .reported
            .iter()
            .any(|c| *c as usize >= self.codes.len())
        {
            return Err(AgreementError::new("codes", "unknown code"));
        }
        for domain in &self.domains {
            if domain.codes.iter().any(|c| *c as usize >= self.codes.len()) {
                return Err(AgreementError::new(
                    format!("domain {:?}", domain.name),
                    "unknown code",
                ));
            }
        }
        if !(self.options.threshold > 0.0 && self.options.threshold <= 1.0) {
            return Err(AgreementError::new(
                "threshold",
                "must be above 0 and at most 1",
            ));
        }
        if self.options.interval == Interval::Analytic {
            return Err(AgreementError::new(
                "interval",
                "analytic is for a matrix only: units of a text are not independent",
            ));
        }
        for (i, coding) in self.codings.iter().enumerate() {
            self.check_coding(coding)
                .map_err(|problem| AgreementError::new(format!("codings[{i}]"), problem))?;
        }
        Ok(())
    }

    fn check_coding(&self, coding: &Coding) -> Result<(), String> {
        let document = self
            .documents
            .get(coding.document as usize)
            .ok_or("unknown document")?;
        self.coders
            .get(coding.coder as usize)
            .ok_or("unknown coder")?;
        self.codes.get(coding.code as usize).ok_or("unknown code")?;
        if coding.start >= coding.end {
            return Err(format!(
                "start {} must be below end {}",
                coding.start, coding.end
            ));
        }
        if coding.end > document.length {
            return Err(format!(
                "range {}..{} is outside document {:?} of length {}",
                coding.start, coding.end, document.id, document.length
            ));
        }
        Ok(())
    }
}
