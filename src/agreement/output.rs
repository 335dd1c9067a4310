//! The answer: one row per measure, scope and set of coders, and the two-by-two tables behind the pairs.
//!
//! The command and the API write the same object. Values are doubles at full precision; what is not defined is
//! absent with its reason, never a number that looks like one.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::names::{
    CiMethod, Coverage, Interval, Level, Marginals, Measure, Reason, Scope, Unit, Weights,
};

/// Everything that was computed, with the choices that lead to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Output {
    /// What was counted; absent for a matrix and for sets, whose units are given.
    #[schema(value_type = Option<String>)]
    pub unit: Option<Unit>,
    /// How much of a unit must be coded.
    #[schema(value_type = Option<String>)]
    pub coverage: Option<Coverage>,
    /// Units with values of at least two coders.
    pub n_units: u64,
    /// Documents with such units; absent for a matrix and for sets.
    pub n_documents: Option<u64>,
    /// What divided the text into tokens, sentences or paragraphs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segmenter: Option<String>,
    /// All coders, in the order given.
    #[schema(value_type = Vec<String>)]
    pub coders: Vec<Arc<str>>,
    /// The codes, in the order given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub codes: Option<Vec<Arc<str>>>,
    /// Categories of the scheme of a matrix, in scheme order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub categories: Option<Vec<serde_json::Value>>,
    /// Which units count in the category shares of AC1/AC2, Fleiss and Scott.
    #[schema(value_type = String)]
    pub marginals: Marginals,
    /// Which side of a table of sets was read as the coders: `coders_in_rows` or `units_in_rows`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<&'static str>,
    /// Which interval was asked for.
    #[schema(value_type = String)]
    pub interval: Interval,
    /// Replicates of a bootstrap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicates: Option<u32>,
    /// Where the bootstrap's random numbers start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// One row per measure, scope and set of coders.
    pub results: Vec<ResultRow>,
    /// Who coded what, for each pair of coders.
    pub tables: Vec<Table>,
}

/// One measure for one scope and one set of coders.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResultRow {
    /// What was computed.
    #[schema(value_type = String)]
    pub measure: Measure,
    /// What it is about.
    #[schema(value_type = String)]
    pub scope: Scope,
    /// The code, where the row is about one.
    #[schema(value_type = Option<String>)]
    pub code: Option<Arc<str>>,
    /// The domain, where the row is about one.
    #[schema(value_type = Option<String>)]
    pub domain: Option<Arc<str>>,
    /// Whom it compares.
    #[schema(value_type = Vec<String>)]
    pub coders: Vec<Arc<str>>,
    /// The value; absent where it is not defined.
    pub value: Option<f64>,
    /// Why there is no value.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// Which of several readings of the measure this is.
    pub variant: Option<&'static str>,
    /// Standard error.
    pub se: Option<f64>,
    /// Interval at 95 %: low, high.
    pub ci: Option<[f64; 2]>,
    /// How standard error and interval were computed.
    #[schema(value_type = Option<String>)]
    pub ci_method: Option<CiMethod>,
    /// Units that count; for span measures the spans of both coders.
    pub n_units: u64,
    /// Documents that count; absent for a matrix and for sets.
    pub n_documents: Option<u64>,
    /// Observed agreement, or observed disagreement where `basis` says so.
    pub observed: Option<f64>,
    /// Expected agreement, or expected disagreement where `basis` says so.
    pub expected: Option<f64>,
    /// What `observed` and `expected` are: `agreement` (value = (o − e)/(1 − e)) or `disagreement` (value = 1 − o/e).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<&'static str>,
    /// Metric of a matrix's alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub level: Option<Level>,
    /// Weights of a weighted coefficient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub weights: Option<Weights>,
    /// Number of categories in the scheme, which AC1/AC2 and Brennan-Prediger depend on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<u64>,
    /// Share of all values that say "coded".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coded_share: Option<f64>,
    /// Smallest ratio of intersection to union that matches two spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Matched spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tp: Option<u64>,
    /// Spans of the first coder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n1: Option<u64>,
    /// Spans of the second coder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n2: Option<u64>,
    /// Median distance in characters between the starts of matched spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_start_diff: Option<f64>,
    /// Median distance in characters between the ends of matched spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_end_diff: Option<f64>,
    /// Share of what carries the code that two coders both marked with some code of the domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// Codes (or pairs, for a mean of pairs) where the measure is defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_defined: Option<u64>,
    /// Codes (or pairs) where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_undefined: Option<u64>,
    /// Where one coder's codes overlap inside the domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<Vec<Conflict>>,
    /// Why no interval is given although one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci_reason: Option<&'static str>,
    /// Share of the replicates in which the measure is not defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined_share: Option<f64>,
}

/// A place where one coder gave two codes of a domain whose codes exclude each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conflict {
    /// Where.
    #[schema(value_type = String)]
    pub document: Arc<str>,
    /// Whose codes overlap.
    #[schema(value_type = String)]
    pub coder: Arc<str>,
    /// The two codes.
    #[schema(value_type = Vec<String>)]
    pub codes: [Arc<str>; 2],
    /// First code point of the overlap.
    pub start: u32,
    /// Code point after its last.
    pub end: u32,
}

/// Units by what two coders said of them: row the first coder, column the second; 0 not coded, 1 coded.
/// For a matrix one row and column per category, in scheme order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Table {
    /// The code; absent for "coded with anything" and for a matrix.
    #[schema(value_type = Option<String>)]
    pub code: Option<Arc<str>>,
    /// The coder of the rows and the coder of the columns.
    #[schema(value_type = Vec<String>)]
    pub coders: [Arc<str>; 2],
    /// Counts of units.
    pub table: Vec<Vec<u64>>,
}

/// A value, or the reason why there is none, with what it was made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub value: Result<f64, Reason>,
    pub observed: Option<f64>,
    pub expected: Option<f64>,
    pub basis: Option<&'static str>,
}

impl Estimate {
    /// A value that does not exist.
    pub fn undefined(reason: Reason) -> Self {
        Self {
            value: Err(reason),
            observed: None,
            expected: None,
            basis: None,
        }
    }

    /// A value with no chance correction.
    pub fn plain(value: f64) -> Self {
        Self {
            value: Ok(value),
            observed: None,
            expected: None,
            basis: None,
        }
    }

    /// `1 - observed/expected` from disagreements; undefined when none is to be expected.
    pub fn disagreement(observed: f64, expected: f64) -> Self {
        let value = if expected > 0.0 && expected.is_finite() {
            Ok(1.0 - observed / expected)
        } else {
            Err(Reason::NoVariation)
        };
        Self {
            value,
            observed: Some(observed),
            expected: Some(expected),
            basis: Some("disagreement"),
        }
    }

    /// A chance-corrected value whose observed and expected agreement are shown beside it.
    pub fn agreement(value: Result<f64, Reason>, observed: f64, expected: f64) -> Self {
        Self {
            value,
            observed: Some(observed),
            expected: Some(expected),
            basis: Some("agreement"),
        }
    }

    /// Whatever is not a finite number is not a value.
    pub fn finite(self) -> Option<f64> {
        self.value.ok().filter(|v| v.is_finite())
    }
}

impl ResultRow {
    /// A row with its estimate and nothing beside it.
    pub(super) fn new(
        measure: Measure,
        scope: Scope,
        coders: Vec<Arc<str>>,
        estimate: &Estimate,
    ) -> Self {
        let value = estimate.finite();
        let reason = match estimate.value {
            Err(reason) => Some(reason),
            Ok(v) if !v.is_finite() => Some(Reason::NoVariation),
            Ok(_) => None,
        };
        Self {
            measure,
            scope,
            code: None,
            domain: None,
            coders,
            value,
            reason,
            variant: None,
            se: None,
            ci: None,
            ci_method: None,
            n_units: 0,
            n_documents: None,
            observed: estimate.observed,
            expected: estimate.expected,
            basis: estimate.basis,
            level: None,
            weights: None,
            q: None,
            coded_share: None,
            threshold: None,
            tp: None,
            n1: None,
            n2: None,
            median_start_diff: None,
            median_end_diff: None,
            coverage: None,
            n_defined: None,
            n_undefined: None,
            conflicts: None,
            ci_reason: None,
            undefined_share: None,
        }
    }
}
