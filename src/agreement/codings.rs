//! All results for codings of documents: which rows there are, for whom, and from which counts.
//!
//! Codes are worked on in parallel and come back in their order, so that the same input gives the same bytes.

use rayon::prelude::*;

use super::AgreementError;
use super::binary::{Histograms, Moments, PairTable};
use super::cells::{Run, coded_units};
use super::domains;
use super::frame::{Bases, Frame, Group};
use super::input::CodingsInput;
use super::matching::Matches;
use super::names::{Interval, Marginals, Measure, Reason, Scope, Unit};
use super::output::{Estimate, Output, ResultRow};
use super::resample::{Parts, Plan, Replicates, Sums};
use super::series::{PairMatches, Series, extras};
use super::sets::{self, Cluster, Resampling, Seen, sweep_document};

/// Computes every row that was asked for.
///
/// # Errors
/// Names what is wrong with the input.
pub(super) fn compute(input: &CodingsInput) -> Result<Output, AgreementError> {
    input.check()?;
    let frame = Frame::new(input);
    let wanted: Vec<Option<u32>> = std::iter::once(None)
        .chain(input.reported.iter().copied().map(Some))
        .collect();
    let mut any: Vec<Series> = wanted
        .par_iter()
        .map(|code| Series::new(&frame, *code))
        .collect();
    let codes = any.split_off(1);
    let units = Bases::new(&frame, |doc| doc.n_units);
    let characters = Bases::new(&frame, |doc| u64::from(doc.length));

    let mut results = across_codes(&frame, &codes, &units);
    let any_spans = sum_of_matches(&frame, &codes);
    any.iter_mut()
        .for_each(|series| series.matches.clone_from(&any_spans));
    let rows: Vec<Vec<ResultRow>> = any
        .par_iter()
        .chain(codes.par_iter())
        .map(|series| series.rows(&frame, &units, &characters))
        .collect();
    results.extend(rows.into_iter().flatten());
    results.extend(
        input
            .domains
            .par_iter()
            .map(|domain| domains::rows(&frame, domain))
            .collect::<Vec<_>>()
            .concat(),
    );
    results.extend(set_rows(&frame));

    let options = &input.options;
    let bootstrap = options.interval == Interval::Bootstrap;
    Ok(Output {
        unit: Some(options.unit),
        coverage: Some(options.coverage),
        n_units: frame.all.n_units,
        n_documents: Some(frame.all.n_documents),
        segmenter: matches!(options.unit, Unit::Token | Unit::Sentence | Unit::Paragraph)
            .then(|| crate::text::SEGMENTER.to_owned()),
        coders: input.coders.clone(),
        codes: Some(input.reported.iter().map(|c| frame.code(*c)).collect()),
        categories: None,
        marginals: Marginals::Pairable,
        layout: None,
        interval: options.interval,
        replicates: bootstrap.then_some(options.replicates),
        seed: bootstrap.then_some(options.seed),
        results,
        tables: any
            .iter()
            .chain(&codes)
            .flat_map(|series| series.two_by_two(&frame))
            .collect(),
    })
}

/// Span matches over all codes: each code's spans are matched among themselves, then counted together.
fn sum_of_matches(frame: &Frame<'_>, codes: &[Series]) -> Vec<PairMatches> {
    if !frame.wants(Measure::of_spans) {
        return Vec::new();
    }
    let sum = |p: usize| {
        let mut by_document = std::collections::BTreeMap::<u32, Matches>::new();
        let mut distances = Vec::new();
        for found in codes.iter().map(|series| &series.matches[p]) {
            for (doc, matches) in &found.by_document {
                by_document.entry(*doc).or_default().add(matches, 1);
            }
            distances.extend_from_slice(&found.distances);
        }
        PairMatches {
            by_document: by_document.into_iter().collect(),
            distances,
        }
    };
    (0..frame.pairs.len()).map(sum).collect()
}

/// Alpha over several codes at once: coincidences summed (`pooled`) and the mean of what is defined (`mean`).
fn across_codes(frame: &Frame<'_>, codes: &[Series], bases: &Bases) -> Vec<ResultRow> {
    let measure = Measure::KrippendorffAlpha;
    if !frame.wants(|m| m == measure) {
        return Vec::new();
    }
    let mut pooled = Histograms::default();
    codes
        .iter()
        .for_each(|series| pooled.merge(&series.histograms));
    let moments: Vec<Moments> = codes
        .iter()
        .map(|series| series.histograms.moments())
        .collect();
    let parts = || codes.iter().map(|series| series.moments(frame)).collect();
    let mut rows = across_rows(
        &frame.all,
        &moments,
        pooled.moments(),
        parts,
        &bases.all,
        |m| *m,
    );
    if frame.pair_rows(measure) {
        for (p, pair) in frame.pairs.iter().enumerate() {
            let moments: Vec<Moments> = codes
                .iter()
                .map(|series| series.tables[p].moments())
                .collect();
            let mut pooled = Moments::default();
            moments.iter().for_each(|m| pooled.add(m, 1));
            let parts = || codes.iter().map(|series| series.pair_parts(pair)).collect();
            rows.extend(across_rows(
                &pair.group,
                &moments,
                pooled,
                parts,
                &bases.pairs[p],
                PairTable::moments,
            ));
        }
    }
    rows.sort_by_key(|row| row.scope);
    rows
}

/// The pooled and the mean row of one group of coders.
fn across_rows<S: Sums + Sync + Send>(
    group: &Group,
    codes: &[Moments],
    pooled: Moments,
    parts: impl Fn() -> Vec<Parts<S>>,
    bases: &[S],
    moments: impl Fn(&S) -> Moments + Sync,
) -> Vec<ResultRow> {
    let measure = Measure::KrippendorffAlpha;
    let nothing = codes.is_empty().then_some(Reason::NoSpans);
    let impossible = group.no_units.or(nothing);
    let (mut pooled_replicates, mut mean_replicates) =
        (Replicates::default(), Replicates::default());
    if let (Some(plan), None) = (group.plan.as_deref(), impossible) {
        let parts = parts();
        for (pooled, mean) in replicates(plan, &parts, bases, &moments) {
            pooled_replicates.push(pooled);
            mean_replicates.push(mean);
        }
    }
    let (mean, defined) = mean_alpha(codes);
    let estimate = |value: Option<Estimate>| match (impossible, value) {
        (Some(reason), _) => Estimate::undefined(reason),
        (None, Some(value)) => value,
        (None, None) => Estimate::undefined(Reason::NoVariation),
    };
    let row = group.row(measure, Scope::Pooled, &estimate(pooled.estimate(measure)));
    let mut pooled = extras(row, &pooled);
    group.describe(&mut pooled, pooled_replicates);
    let mut mean = ResultRow {
        n_defined: Some(defined),
        n_undefined: Some(codes.len() as u64 - defined),
        ..group.row(measure, Scope::Mean, &estimate(mean.map(Estimate::plain)))
    };
    group.describe(&mut mean, mean_replicates);
    vec![pooled, mean]
}

/// Pooled and mean alpha in every replicate. Each replicate goes through the codes in their order, so the sums do not
/// depend on how many processors share the work.
fn replicates<S: Sums + Sync + Send>(
    plan: &Plan,
    parts: &[Parts<S>],
    bases: &[S],
    moments: &(impl Fn(&S) -> Moments + Sync),
) -> Vec<(Option<f64>, Option<f64>)> {
    bases
        .par_iter()
        .enumerate()
        .map(|(b, base)| {
            let mut pooled = Moments::default();
            let mut codes = Vec::with_capacity(parts.len());
            for part in parts {
                let mut sum = base.clone();
                plan.add(b, part, &mut sum);
                let sum = moments(&sum);
                pooled.add(&sum, 1);
                codes.push(sum);
            }
            let alpha = pooled.estimate(Measure::KrippendorffAlpha);
            (alpha.and_then(Estimate::finite), mean_alpha(&codes).0)
        })
        .collect()
}

/// The mean alpha over the codes where it is defined, and on how many it is.
fn mean_alpha(codes: &[Moments]) -> (Option<f64>, u64) {
    let values: Vec<f64> = codes
        .iter()
        .filter(|m| m.units > 0)
        .filter_map(|m| m.estimate(Measure::KrippendorffAlpha)?.finite())
        .collect();
    let n = values.len();
    (
        (n > 0).then(|| values.iter().sum::<f64>() / n as f64),
        n as u64,
    )
}

/// Alpha over the sets of codes on a unit.
fn set_rows(frame: &Frame<'_>) -> Vec<ResultRow> {
    let measures = frame.measures(Measure::of_sets);
    if measures.is_empty() {
        return Vec::new();
    }
    let reported = &frame.input.reported;
    let runs: Vec<Vec<(u32, u32, Run)>> = reported
        .par_iter()
        .map(|code| coded_units(&frame.prepared, *code))
        .collect();
    let mut by_document: Vec<Vec<(u32, u32, Run)>> = vec![Vec::new(); frame.prepared.docs.len()];
    for (code, runs) in (0u32..).zip(&runs) {
        for (doc, coder, run) in runs {
            by_document[*doc as usize].push((*coder, code, *run));
        }
    }
    let mut seen = Seen::new(reported.len());
    let clusters: Vec<Cluster> = frame
        .all
        .places()
        .map(|place| {
            let doc = &frame.prepared.docs[place];
            sweep_document(
                &mut seen,
                doc.coders.len(),
                doc.n_units,
                by_document[place].iter().copied(),
            )
        })
        .collect();
    let resampling = Resampling {
        interval: frame.all.interval,
        plan: frame.all.plan.as_deref(),
    };
    sets::rows(
        &seen,
        &clusters,
        &measures,
        frame.all.no_units,
        &resampling,
        |measure, scope, estimate| frame.all.row(measure, scope, estimate),
    )
}
