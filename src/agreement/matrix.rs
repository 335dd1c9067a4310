//! Results for a reliability matrix: a row per coder, a column per unit, any number of categories, values may be
//! missing.
//!
//! Here the units are given and taken to be independent of each other, so analytic standard errors make sense, and a
//! bootstrap draws units. The coefficients themselves are in `coefficients.rs`; this file says which rows there are.

use std::sync::Arc;

use rayon::prelude::*;

use super::analytic::standard_error;
use super::coefficients::{Ratings, Scheme};
use super::input::{Category, MatrixInput};
use super::names::{CiMethod, Interval, Measure, Reason, Scope};
use super::output::{Estimate, Output, ResultRow, Table};
use super::resample::{Plan, Replicates, around, describe};

/// With more categories than this the tables of pairs are left out: they would be the size of the square.
const LARGEST_TABLE: usize = 64;

/// Computes every row that was asked for.
#[must_use]
pub(super) fn compute(input: &MatrixInput) -> Output {
    let scheme = Scheme::new(input);
    let n = input.coders.len();
    let every: Vec<usize> = (0..n).collect();
    let all = Ratings::new(input, &every);
    let pairs: Vec<(Vec<usize>, Ratings)> = (0..n)
        .flat_map(|a| (a + 1..n).map(move |b| vec![a, b]))
        .map(|pair| {
            let ratings = Ratings::new(input, &pair);
            (pair, ratings)
        })
        .collect();

    let mut rows: Vec<(Measure, &[usize], &Ratings)> = Vec::new();
    for &measure in &input.measures {
        if measure.for_all() || n < 2 {
            rows.push((measure, &every, &all));
        }
        if measure.for_pairs() && !(measure.for_all() && n == 2) {
            rows.extend(
                pairs
                    .iter()
                    .map(|(pair, ratings)| (measure, pair.as_slice(), ratings)),
            );
        }
    }
    let results = rows
        .into_par_iter()
        .map(|(measure, coders, ratings)| row(input, &scheme, measure, coders, ratings))
        .collect();
    let shown = scheme.q() <= LARGEST_TABLE;
    let tables = pairs.iter().filter(|_| shown).map(|(pair, ratings)| Table {
        code: None,
        coders: [input.coders[pair[0]].clone(), input.coders[pair[1]].clone()],
        table: ratings.table(scheme.q(), [0, 1], None),
    });
    let bootstrap = input.interval == Interval::Bootstrap;
    Output {
        unit: None,
        coverage: None,
        n_units: all.pairable(),
        n_documents: None,
        segmenter: None,
        coders: input.coders.clone(),
        codes: None,
        categories: Some(input.categories.iter().map(json).collect()),
        marginals: input.marginals,
        layout: None,
        interval: input.interval,
        replicates: bootstrap.then_some(input.replicates),
        seed: bootstrap.then_some(input.seed),
        tables: tables.collect(),
        results,
    }
}

/// A category as it was written: whole numbers without a fraction.
fn json(category: &Category) -> serde_json::Value {
    match category {
        Category::Number(n) if n.fract() == 0.0 && n.abs() < 9.0e15 => {
            serde_json::Value::from(*n as i64)
        }
        Category::Number(n) => serde_json::Value::from(*n),
        Category::Name(name) => serde_json::Value::from(&**name),
    }
}

/// A coefficient with its error, or the reason why there is none.
fn row(
    input: &MatrixInput,
    scheme: &Scheme,
    measure: Measure,
    coders: &[usize],
    ratings: &Ratings,
) -> ResultRow {
    let impossible = match (ratings.coders(), ratings.pairable()) {
        (0 | 1, _) => Some(Reason::OneCoder),
        (_, 0) => Some(Reason::NoPairableUnits),
        _ => None,
    };
    let estimate = impossible.map_or_else(
        || ratings.estimate(measure, scheme, None),
        Estimate::undefined,
    );
    let names: Vec<Arc<str>> = coders.iter().map(|c| input.coders[*c].clone()).collect();
    let alpha = measure == Measure::KrippendorffAlpha;
    let unweighted = alpha || matches!(measure, Measure::Percent | Measure::GwetAc1);
    let mut row = ResultRow {
        n_units: ratings.pairable(),
        level: alpha.then_some(input.level),
        weights: (!unweighted).then_some(input.weights),
        q: (!alpha).then_some(input.categories.len() as u64),
        ..ResultRow::new(measure, Scope::Matrix, names, &estimate)
    };
    match (input.interval, row.value) {
        (Interval::Analytic, Some(value)) => {
            match standard_error(measure, scheme, ratings, value) {
                Some((se, n)) => {
                    row.se = Some(se);
                    row.ci = Some(around(value, se, n - 1.0));
                    row.ci_method = Some(CiMethod::Analytic);
                }
                None => row.ci_reason = Some("no_analytic_formula"),
            }
        }
        (Interval::Bootstrap, Some(_)) => {
            let plan = Plan::new(
                input.interval,
                ratings.units.len(),
                input.replicates,
                input.seed,
            );
            let replicates = plan.as_ref().map_or_else(Replicates::default, |plan| {
                (0..plan.replicates())
                    .map(|b| {
                        let times = plan.times(b);
                        let drawn = ratings
                            .units
                            .iter()
                            .zip(&times)
                            .any(|(u, n)| u.ratings >= 2 && *n > 0);
                        ratings
                            .estimate(measure, scheme, Some(&times))
                            .finite()
                            .filter(|_| drawn)
                    })
                    .collect()
            });
            describe(&mut row, input.interval, plan.as_ref(), replicates);
        }
        _ => {}
    }
    row
}
