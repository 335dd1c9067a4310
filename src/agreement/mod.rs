//! Inter-coder agreement: pure statistics that take values and return values.
//!
//! No database and no HTTP: the page, the API and `concord agreement` all compute here, so that a figure is the same
//! wherever it is read. Input comes in three kinds ([`Input`]): codings of documents, a reliability matrix, and sets
//! per unit. Two rules matter more than any formula. *Missing is not empty*: a coder who has finished a document and
//! marked nothing has said "no" everywhere, one who has not finished it has said nothing at all. *Undefined is a
//! value*: what is 0/0 is reported as such, with its reason, and never as 0 or 1.
//!
//! - `names` — the words of measures, scopes, reasons and choices
//! - `input`, `json`, `read`, `read_matrix` — the typed input, and how it is read from JSON
//! - `output` — the rows and tables of the answer
//! - `cells` — from codings to integer histograms, by sweeping over boundaries
//! - `binary` — coefficients of "coded or not"; `coefficients`, `analytic` — of a matrix, and their standard errors
//! - `unitizing`, `matching`, `sets` — partitions of the continuum, spans matched with spans, sets of codes
//! - `resample`, `student` — jackknife and bootstrap over documents, quantiles of t
//! - `frame`, `series`, `domains`, `codings`, `matrix` — which rows there are for each kind of input
//! - `reading` — what a coefficient may be said to show
//! - `store`, `api` — a project's codings as input, the JSON answer; `pages`, `passages`, `view` — what people see
//! - `disagreements` — the passages behind the figures, and figures per document

mod analytic;
pub mod api;
mod binary;
mod cells;
mod codings;
mod coefficients;
mod disagreements;
mod domains;
mod frame;
mod input;
mod json;
mod matching;
mod matrix;
mod names;
mod output;
pub mod pages;
mod passages;
mod read;
mod read_matrix;
mod reading;
mod resample;
mod series;
mod sets;
pub mod store;
mod student;
#[cfg(test)]
mod tests;
mod unitizing;
mod view;

pub use disagreements::{Disagreement, DocumentFigures, disagreements, per_document};
pub use input::{
    Category, Coding, CodingsInput, Document, Domain, Input, MatrixInput, Options, SetsInput,
};
pub use names::{
    CiMethod, Coverage, Interval, Level, Marginals, Measure, Reason, Scope, Unit, Weights,
};
pub use output::{Conflict, Output, ResultRow, Table};
pub use reading::{Benchmark, Reliability};

/// What joins the names in a code's path.
pub const PATH_SEPARATOR: &str = " > ";

/// What is wrong with an input: the item, and what is the matter with it. One line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{item}: {problem}")]
pub struct AgreementError {
    item: String,
    problem: String,
}

impl AgreementError {
    pub(crate) fn new(item: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            item: item.into(),
            problem: problem.into(),
        }
    }

    /// The same problem, seen from the list that the item stands in.
    fn inside(self, list: &str) -> Self {
        let item = if self.item.is_empty() {
            list.to_owned()
        } else {
            format!("{list}.{}", self.item)
        };
        Self {
            item,
            problem: self.problem,
        }
    }
}

/// Computes everything that an input asks for.
///
/// # Errors
/// Names the item of the input that is wrong.
pub fn compute(input: &Input) -> Result<Output, AgreementError> {
    match input {
        Input::Codings(codings) => codings::compute(codings),
        Input::Matrix(matrix) => Ok(matrix::compute(matrix)),
        Input::Sets(sets) => Ok(sets::compute(sets)),
    }
}

/// What `concord agreement FILE.json` prints: the answer as JSON. `seed` overrides the one in the input.
///
/// # Errors
/// One line that names the item of the input that is wrong.
pub fn run_json(input: &str, seed: Option<u64>) -> Result<String, AgreementError> {
    let mut input = Input::from_json(input)?;
    if let Some(seed) = seed {
        match &mut input {
            Input::Codings(codings) => codings.options.seed = seed,
            Input::Matrix(matrix) => matrix.seed = seed,
            Input::Sets(sets) => sets.seed = seed,
        }
    }
    let output = compute(&input)?;
    serde_json::to_string_pretty(&output).map_err(|e| AgreementError::new("output", e.to_string()))
}
