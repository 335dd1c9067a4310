//! Results for a reliability matrix: a row per coder, a column per unit, any number of categories, values may be
//! missing.
//!
//! Here the units are given and taken to be independent of each other, so analytic standard errors make sense. The
//! coefficients themselves are in `coefficients.rs`; this file says which rows there are.

use std::sync::Arc;

use super::coefficients::{Ratings, Scheme};
use super::input::{Category, MatrixInput};
use super::names::{Interval, Measure, Reason, Scope};
use super::output::{Estimate, Output, ResultRow, Table};

/// Computes every row that was asked for.
#[must_use]
pub fn compute(input: &MatrixInput) -> Output {
    let scheme = Scheme::new(input);
    let n = input.coders.len();
    let every: Vec<usize> = (0..n).collect();
    let all = Ratings::new(input, &every);
    let pairs: Vec<([usize; 2], Ratings)> = (0..n)
        .flat_map(|a| (a + 1..n).map(move |b| [a, b]))
        .map(|pair| (pair, Ratings::new(input, &pair)))
        .collect();

    let mut results = Vec::new();
    for &measure in &input.measures {
        if measure.for_all() {
            let estimate = if measure == Measure::LightKappa {
                light(&scheme, n, pairs.iter().map(|(_, ratings)| ratings))
            } else {
                estimate(measure, &scheme, &all)
            };
            results.push(row(input, measure, &every, &all, &estimate));
        }
        if measure.for_pairs() && !(measure.for_all() && n == 2) {
            for (pair, ratings) in &pairs {
                let estimate = estimate(measure, &scheme, ratings);
                results.push(row(input, measure, pair, ratings, &estimate));
            }
        }
    }
    let tables = pairs.iter().map(|(pair, ratings)| Table {
        code: None,
        coders: [input.coders[pair[0]].clone(), input.coders[pair[1]].clone()],
        table: ratings.contingency(scheme.q()),
    });
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
        replicates: (input.interval == Interval::Bootstrap).then_some(input.replicates),
        seed: (input.interval == Interval::Bootstrap).then_some(input.seed),
        tables: tables.collect(),
        results,
    }
}

fn json(category: &Category) -> serde_json::Value {
    match category {
        Category::Number(n) => serde_json::Value::from(*n),
        Category::Name(name) => serde_json::Value::from(&**name),
    }
}

/// A coefficient, or the reason why there is none.
fn estimate(measure: Measure, scheme: &Scheme, ratings: &Ratings) -> Estimate {
    if ratings.coders() < 2 {
        Estimate::undefined(Reason::OneCoder)
    } else if ratings.pairable() == 0 {
        Estimate::undefined(Reason::NoPairableUnits)
    } else {
        ratings.estimate(measure, scheme, None)
    }
}

/// Light's kappa: the mean of Cohen's kappa over the pairs, undefined when one of them is.
fn light<'r>(scheme: &Scheme, coders: usize, pairs: impl Iterator<Item = &'r Ratings>) -> Estimate {
    if coders < 2 {
        return Estimate::undefined(Reason::OneCoder);
    }
    let (mut sum, mut n) = (0.0, 0.0);
    for ratings in pairs {
        match estimate(Measure::CohenKappa, scheme, ratings).finite() {
            Some(kappa) => (sum, n) = (sum + kappa, n + 1.0),
            None => return Estimate::undefined(Reason::UndefinedPair),
        }
    }
    Estimate::plain(sum / n)
}

fn row(
    input: &MatrixInput,
    measure: Measure,
    coders: &[usize],
    ratings: &Ratings,
    estimate: &Estimate,
) -> ResultRow {
    let names: Vec<Arc<str>> = coders.iter().map(|c| input.coders[*c].clone()).collect();
    let alpha = measure == Measure::KrippendorffAlpha;
    let weighted = !matches!(
        measure,
        Measure::Percent | Measure::GwetAc1 | Measure::KrippendorffAlpha
    );
    ResultRow {
        n_units: ratings.pairable(),
        level: alpha.then_some(input.level),
        weights: weighted.then_some(input.weights),
        q: (!alpha).then_some(input.categories.len() as u64),
        ..ResultRow::new(measure, Scope::Matrix, names, estimate)
    }
}
