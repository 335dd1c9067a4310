//! The unitizing family for domains: sets of codes that exclude each other.
//!
//! A coder whose codes overlap inside a domain has no single value there. Nothing is picked silently: the row has no
//! value and lists where the overlaps are.

use super::cells::{Doc, Placed, Run};
use super::frame::{Frame, Group};
use super::input::Domain;
use super::names::{Measure, Reason, Scope};
use super::output::{Conflict, Estimate, ResultRow};
use super::resample::Replicates;
use super::unitizing::{VARIANT_MANY, Values};

/// A coder's units of a domain in one document, with the values (places in the domain), sorted.
type Units = Vec<(Run, usize)>;

/// The rows of one domain.
pub(super) fn rows(frame: &Frame<'_>, domain: &Domain) -> Vec<ResultRow> {
    let measures = frame.measures(Measure::of_continuum);
    if measures.is_empty() {
        return Vec::new();
    }
    let units = units(frame, domain);
    let mut rows = Vec::new();
    let every = |doc: &Doc, _: usize| Some((0..doc.coders.len()).collect());
    group_rows(
        frame, domain, &frame.all, &units, &measures, every, &mut rows,
    );
    let measures: Vec<Measure> = measures
        .into_iter()
        .filter(|m| frame.pair_rows(*m))
        .collect();
    for pair in &frame.pairs {
        let both = |_: &Doc, place: usize| pair.locals[place].map(|(i, j)| vec![i, j]);
        group_rows(
            frame,
            domain,
            &pair.group,
            &units,
            &measures,
            both,
            &mut rows,
        );
    }
    rows.sort_by_key(|row| (row.measure, row.coders.len() != frame.input.coders.len()));
    rows
}

/// For each document and local coder the units of the domain.
fn units(frame: &Frame<'_>, domain: &Domain) -> Vec<Vec<Units>> {
    let mut units: Vec<Vec<Units>> = frame
        .prepared
        .docs
        .iter()
        .map(|doc| vec![Vec::new(); doc.coders.len()])
        .collect();
    for (value, code) in domain.codes.iter().enumerate() {
        for Placed { doc, coder, run } in &frame.prepared.spans[*code as usize] {
            units[*doc as usize][*coder as usize].push((*run, value));
        }
    }
    units
        .iter_mut()
        .flatten()
        .for_each(|list| list.sort_unstable());
    units
}

/// The first overlap of each pair of neighbouring units.
fn conflicts(
    frame: &Frame<'_>,
    domain: &Domain,
    doc: &Doc,
    local: usize,
    units: &Units,
    found: &mut Vec<Conflict>,
) {
    let name = |value: usize| frame.code(domain.codes[value]);
    let mut furthest: Option<(Run, usize)> = None;
    for &(run, value) in units {
        if let Some((last, last_value)) = furthest
            && run.start < last.end
        {
            found.push(Conflict {
                document: frame.input.documents[doc.number as usize].id.clone(),
                coder: frame.input.coders[doc.coders[local] as usize].clone(),
                codes: [name(last_value), name(value)],
                start: run.start,
                end: run.end.min(last.end),
            });
        }
        if furthest.is_none_or(|(last, _)| run.end > last.end) {
            furthest = Some((run, value));
        }
    }
}

/// The rows of one domain for one group of coders; `members` says which local coders of a document belong to it.
fn group_rows(
    frame: &Frame<'_>,
    domain: &Domain,
    group: &Group,
    units: &[Vec<Units>],
    measures: &[Measure],
    members: impl Fn(&Doc, usize) -> Option<Vec<usize>>,
    rows: &mut Vec<ResultRow>,
) {
    let q = domain.codes.len();
    let mut found = Vec::new();
    let mut parts: Vec<(u32, Values)> = Vec::new();
    let mut many = false;
    for place in group.places() {
        let doc = &frame.prepared.docs[place];
        let Some(locals) = members(doc, place) else {
            continue;
        };
        many |= locals.len() > 2;
        for &local in &locals {
            conflicts(frame, domain, doc, local, &units[place][local], &mut found);
        }
        if found.is_empty() {
            let coders: Vec<&[(Run, usize)]> =
                locals.iter().map(|local| &*units[place][*local]).collect();
            let part = if coders.iter().all(|units| units.is_empty()) {
                Values::empty(q, doc.length, coders.len())
            } else {
                Values::count(q, doc.length, &coders)
            };
            parts.push((place as u32, part));
        }
    }
    let impossible = group
        .no_characters
        .or((!found.is_empty()).then_some(Reason::OverlappingCodes));
    let parts = group.parts(parts.into_iter(), Values::zero(q));
    let total = parts.total();
    let replicates = match group.plan.as_deref() {
        Some(plan) if impossible.is_none() => plan.totals(&parts, &Values::zero(q)),
        _ => Vec::new(),
    };
    let describe = |row: &mut ResultRow, estimate: &dyn Fn(&Values) -> Estimate| {
        let values: Replicates = replicates
            .iter()
            .map(|sum| estimate(sum).finite())
            .collect();
        group.describe(row, values);
        row.domain = Some(domain.name.clone());
        if impossible == Some(Reason::OverlappingCodes) {
            row.conflicts = Some(found.clone());
        } else {
            row.coded_share = total.coded_share();
        }
        let starred = matches!(row.measure, Measure::CuAlpha | Measure::KuAlpha);
        row.variant = (many && starred).then_some(VARIANT_MANY);
    };
    for &measure in measures {
        if measure != Measure::KuAlpha {
            let estimate = impossible.map_or_else(|| total.estimate(measure), Estimate::undefined);
            let mut row = group.text_row(measure, Scope::Domain, &estimate);
            describe(&mut row, &|sum| sum.estimate(measure));
            if measure == Measure::CuAlpha && impossible.is_none() {
                row.coverage = total.coverage();
            }
            rows.push(row);
            continue;
        }
        for (k, code) in domain.codes.iter().enumerate() {
            let estimate = impossible.map_or_else(|| total.estimate_value(k), Estimate::undefined);
            let mut row = group.text_row(measure, Scope::Domain, &estimate);
            describe(&mut row, &|sum| sum.estimate_value(k));
            row.code = Some(frame.code(*code));
            if impossible.is_none() {
                row.coverage = total.coverage_of_value(k);
            }
            rows.push(row);
        }
    }
}
