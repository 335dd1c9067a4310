//! Tests of the statistics against published tables, independent packages, a brute-force reading of the definitions,
//! and properties that must hold for any data.

mod brute;
mod continuum;
mod oracle;
mod properties;
mod published;
mod rules;

use serde_json::{Value, json};

use super::run_json;

/// Runs the command's function on an input and reads its answer back.
pub(super) fn run(input: &Value) -> Value {
    let answer = run_json(&input.to_string(), None).unwrap_or_else(|e| panic!("{e}\n{input}"));
    serde_json::from_str(&answer).unwrap()
}

/// The error line of an input that must be refused.
pub(super) fn refused(input: &Value) -> String {
    match run_json(&input.to_string(), None) {
        Ok(answer) => panic!("accepted: {answer}"),
        Err(e) => e.to_string(),
    }
}

/// The row of a measure for a scope, code and coders (all of them when `coders` is empty); the plain variant.
pub(super) fn row<'v>(
    answer: &'v Value,
    measure: &str,
    scope: &str,
    code: Option<&str>,
    coders: &[&str],
) -> &'v Value {
    let coders = if coders.is_empty() {
        answer["coders"].clone()
    } else {
        json!(coders)
    };
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| {
            r["measure"] == measure
                && r["scope"] == scope
                && r["code"] == json!(code)
                && r["coders"] == coders
        })
        .unwrap_or_else(|| panic!("no {measure} {scope} {code:?} {coders} in {answer:#}"))
}

/// The value of such a row.
pub(super) fn value(
    answer: &Value,
    measure: &str,
    scope: &str,
    code: Option<&str>,
    coders: &[&str],
) -> f64 {
    let row = row(answer, measure, scope, code, coders);
    row["value"]
        .as_f64()
        .unwrap_or_else(|| panic!("no value in {row:#}"))
}

/// Asserts that two numbers are equal but for rounding.
#[track_caller]
pub(super) fn close(found: f64, expected: f64, within: f64) {
    assert!(
        (found - expected).abs() <= within,
        "found {found}, expected {expected} ± {within}"
    );
}
