//! All results for codings of documents: which rows there are, for whom, and from which counts.
//!
//! Each code (and "coded with anything") is a series of cells, one per document where it was used; the rows of all
//! coders and of every pair follow from them. Codes are worked on in parallel and come back in their order, so that the
//! same input gives the same bytes.

use std::sync::Arc;

use rayon::prelude::*;

use super::AgreementError;
use super::binary::{Histograms, Moments, PairTable, conger, light};
use super::cells::{Cell, Prepared, cells};
use super::input::CodingsInput;
use super::names::{Marginals, Measure, Reason, Scope, Unit};
use super::output::{Estimate, Output, ResultRow, Table};

/// Two coders and the documents that both have finished.
pub(super) struct Pair {
    pub a: u32,
    pub b: u32,
    /// For each document of the preparation the local numbers of both, if both have finished it.
    pub locals: Vec<Option<(usize, usize)>>,
    pub n_units: u64,
    /// Documents with units that both have finished.
    pub n_documents: u64,
    /// Documents that both have finished, empty ones too.
    finished: usize,
}

/// What stays the same for every code: documents, coders, pairs.
pub(super) struct Frame<'a> {
    pub input: &'a CodingsInput,
    pub prepared: Prepared,
    pub pairs: Vec<Pair>,
    pub n_units: u64,
    pub n_documents: u64,
}

impl<'a> Frame<'a> {
    pub fn new(input: &'a CodingsInput) -> Self {
        let prepared = Prepared::new(input);
        let n = input.coders.len() as u32;
        let pairs = (0..n)
            .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
            .map(|(a, b)| Pair::new(&prepared, a, b));
        Self {
            input,
            pairs: pairs.collect(),
            n_units: prepared.docs.iter().map(|d| d.n_units).sum(),
            n_documents: prepared.docs.iter().filter(|d| d.n_units > 0).count() as u64,
            prepared,
        }
    }

    /// Why nothing can be computed for all coders.
    fn impossible(&self) -> Option<Reason> {
        impossible(
            self.input.coders.len(),
            self.prepared.docs.len(),
            self.n_units,
        )
    }

    fn all_coders(&self) -> Vec<Arc<str>> {
        self.input.coders.clone()
    }

    fn coder(&self, number: u32) -> Arc<str> {
        self.input.coders[number as usize].clone()
    }

    /// An empty row for all coders.
    fn row(&self, measure: Measure, scope: Scope, estimate: &Estimate) -> ResultRow {
        ResultRow {
            n_units: self.n_units,
            n_documents: Some(self.n_documents),
            ..ResultRow::new(measure, scope, self.all_coders(), estimate)
        }
    }

    /// An empty row for two coders.
    fn pair_row(
        &self,
        pair: &Pair,
        measure: Measure,
        scope: Scope,
        estimate: &Estimate,
    ) -> ResultRow {
        let coders = vec![self.coder(pair.a), self.coder(pair.b)];
        ResultRow {
            n_units: pair.n_units,
            n_documents: Some(pair.n_documents),
            ..ResultRow::new(measure, scope, coders, estimate)
        }
    }

    /// Whether a measure that exists for all coders and for pairs needs rows for pairs as well: with two coders the
    /// only pair is all coders.
    fn pair_rows(&self, measure: Measure) -> bool {
        measure.for_pairs() && !(measure.for_all() && self.input.coders.len() == 2)
    }
}

fn impossible(coders: usize, documents: usize, units: u64) -> Option<Reason> {
    match (coders, documents, units) {
        (0 | 1, _, _) => Some(Reason::OneCoder),
        (_, 0, _) => Some(Reason::NoPairableUnits),
        (_, _, 0) => Some(Reason::EmptyText),
        _ => None,
    }
}

impl Pair {
    fn new(prepared: &Prepared, a: u32, b: u32) -> Self {
        let locals: Vec<_> = prepared.docs.iter().map(|doc| doc.locals(a, b)).collect();
        let shared = || {
            prepared
                .docs
                .iter()
                .zip(&locals)
                .filter(|(_, l)| l.is_some())
                .map(|(doc, _)| doc)
        };
        Self {
            a,
            b,
            n_units: shared().map(|d| d.n_units).sum(),
            n_documents: shared().filter(|d| d.n_units > 0).count() as u64,
            finished: shared().count(),
            locals,
        }
    }

    fn impossible(&self) -> Option<Reason> {
        impossible(2, self.finished, self.n_units)
    }

    /// The table of a code: nothing coded in any document, corrected where it was used.
    fn table(&self, cells: &[Cell]) -> PairTable {
        let mut table = PairTable::empty(self.n_units);
        for cell in cells {
            if let Some((i, j)) = self.locals[cell.doc as usize] {
                let part = PairTable::of_cell(cell, i, j);
                table.add(&part, 1);
                table.n00 -= part.units();
            }
        }
        table
    }
}

/// A code, or the union of all codes.
struct Series {
    scope: Scope,
    code: Option<u32>,
    cells: Vec<Cell>,
    histograms: Histograms,
    /// One table per pair of coders.
    tables: Vec<PairTable>,
}

impl Series {
    fn new(frame: &Frame<'_>, code: Option<u32>) -> Self {
        let prepared = &frame.prepared;
        let spans = code.map_or(&prepared.any, |c| &prepared.spans[c as usize]);
        let cells = cells(prepared, spans);
        Self {
            scope: if code.is_some() {
                Scope::Code
            } else {
                Scope::Any
            },
            code,
            histograms: Histograms::of_cells(prepared, &cells),
            tables: frame.pairs.iter().map(|pair| pair.table(&cells)).collect(),
            cells,
        }
    }

    /// For each coder the pairable units and how many of them the coder coded.
    fn margins(&self, frame: &Frame<'_>) -> Vec<(i64, i64)> {
        let mut margins = vec![(0i64, 0i64); frame.input.coders.len()];
        for doc in &frame.prepared.docs {
            for coder in &doc.coders {
                margins[*coder as usize].0 += doc.n_units as i64;
            }
        }
        for cell in &self.cells {
            for (coder, ones) in frame.prepared.docs[cell.doc as usize]
                .coders
                .iter()
                .zip(&cell.ones)
            {
                margins[*coder as usize].1 += *ones as i64;
            }
        }
        margins
    }

    fn named(&self, frame: &Frame<'_>, row: ResultRow) -> ResultRow {
        ResultRow {
            code: self.code.map(|c| frame.input.codes[c as usize].clone()),
            ..row
        }
    }

    /// The rows of measures that count units.
    fn unit_rows(&self, frame: &Frame<'_>) -> Vec<ResultRow> {
        let measures = frame
            .input
            .options
            .measures
            .iter()
            .copied()
            .filter(|m| m.of_units());
        let moments = self.histograms.moments();
        let mut rows = Vec::new();
        for measure in measures {
            if measure.for_all() {
                let estimate = match (frame.impossible(), measure) {
                    (Some(reason), _) => Estimate::undefined(reason),
                    (None, Measure::CongerKappa) => conger(&moments, &self.margins(frame)),
                    (None, Measure::LightKappa) => self.light(frame),
                    (None, _) => moments
                        .estimate(measure)
                        .unwrap_or_else(|| Estimate::undefined(Reason::NoPairableUnits)),
                };
                let row = frame.row(measure, self.scope, &estimate);
                rows.push(self.named(frame, extras(row, measure, &moments)));
            }
            if frame.pair_rows(measure) {
                for (pair, table) in frame.pairs.iter().zip(&self.tables) {
                    let estimate = match pair.impossible() {
                        Some(reason) => Estimate::undefined(reason),
                        None => table.estimate(measure),
                    };
                    let row = frame.pair_row(pair, measure, self.scope, &estimate);
                    rows.push(self.named(frame, extras(row, measure, &table.moments())));
                }
            }
        }
        rows
    }

    fn light(&self, frame: &Frame<'_>) -> Estimate {
        if frame.pairs.iter().any(|pair| pair.impossible().is_some()) {
            return Estimate::undefined(Reason::UndefinedPair);
        }
        light(self.tables.iter().copied())
    }

    fn tables(&self, frame: &Frame<'_>) -> Vec<Table> {
        let code = self.code.map(|c| frame.input.codes[c as usize].clone());
        let counts = |t: &PairTable| {
            vec![
                vec![t.n00.unsigned_abs(), t.n01.unsigned_abs()],
                vec![t.n10.unsigned_abs(), t.n11.unsigned_abs()],
            ]
        };
        frame
            .pairs
            .iter()
            .zip(&self.tables)
            .map(|(pair, table)| Table {
                code: code.clone(),
                coders: [frame.coder(pair.a), frame.coder(pair.b)],
                table: counts(table),
            })
            .collect()
    }
}

/// What belongs beside a coefficient: the number of categories it depends on, and how much was coded.
fn extras(mut row: ResultRow, measure: Measure, moments: &Moments) -> ResultRow {
    if matches!(
        measure,
        Measure::GwetAc1 | Measure::GwetAc2 | Measure::BrennanPrediger
    ) {
        row.q = Some(2);
    }
    if moments.values > 0 {
        row.coded_share = Some(moments.ones as f64 / moments.values as f64);
    }
    row
}

/// Alpha over several codes at once: coincidences summed (`pooled`) and the mean of what is defined (`mean`).
fn across_codes(frame: &Frame<'_>, codes: &[Series]) -> Vec<ResultRow> {
    let measure = Measure::KrippendorffAlpha;
    if !frame.input.options.measures.contains(&measure) {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let mut per_code: Vec<Moments> = codes
        .iter()
        .map(|series| series.histograms.moments())
        .collect();
    let mut pooled = Histograms::default();
    codes
        .iter()
        .for_each(|series| pooled.merge(&series.histograms));
    let (sum, mean) = (pooled.moments(), mean_alpha(&per_code));
    push_across(
        &mut rows,
        frame.impossible(),
        sum,
        mean,
        |scope, estimate| frame.row(measure, scope, estimate),
    );
    if frame.pair_rows(measure) {
        for (p, pair) in frame.pairs.iter().enumerate() {
            per_code = codes
                .iter()
                .map(|series| series.tables[p].moments())
                .collect();
            let mut sum = Moments::default();
            per_code.iter().for_each(|m| sum.add(m, 1));
            push_across(
                &mut rows,
                pair.impossible(),
                sum,
                mean_alpha(&per_code),
                |scope, estimate| frame.pair_row(pair, measure, scope, estimate),
            );
        }
    }
    rows
}

fn push_across(
    rows: &mut Vec<ResultRow>,
    impossible: Option<Reason>,
    pooled: Moments,
    (mean, defined, undefined): (Option<f64>, u64, u64),
    row: impl Fn(Scope, &Estimate) -> ResultRow,
) {
    let reason = impossible.or((defined + undefined == 0).then_some(Reason::NoSpans));
    let none = reason.unwrap_or(Reason::NoVariation);
    let estimate = match reason {
        Some(reason) => Estimate::undefined(reason),
        None => pooled
            .estimate(Measure::KrippendorffAlpha)
            .unwrap_or_else(|| Estimate::undefined(none)),
    };
    rows.push(extras(
        row(Scope::Pooled, &estimate),
        Measure::KrippendorffAlpha,
        &pooled,
    ));
    let estimate = match mean {
        Some(value) if reason.is_none() => Estimate::plain(value),
        _ => Estimate::undefined(none),
    };
    rows.push(ResultRow {
        n_defined: Some(defined),
        n_undefined: Some(undefined),
        ..row(Scope::Mean, &estimate)
    });
}

/// The mean alpha over the codes where it is defined, and on how many it is and is not.
fn mean_alpha(codes: &[Moments]) -> (Option<f64>, u64, u64) {
    let values: Vec<f64> = codes
        .iter()
        .filter(|m| m.units > 0)
        .filter_map(|m| m.estimate(Measure::KrippendorffAlpha)?.finite())
        .collect();
    let n = values.len();
    let mean = (n > 0).then(|| values.iter().sum::<f64>() / n as f64);
    (mean, n as u64, (codes.len() - n) as u64)
}

/// Computes every row that was asked for.
///
/// # Errors
/// Names what is wrong with the input.
pub fn compute(input: &CodingsInput) -> Result<Output, AgreementError> {
    input.check()?;
    let frame = Frame::new(input);
    let wanted: Vec<Option<u32>> = std::iter::once(None)
        .chain(input.reported.iter().copied().map(Some))
        .collect();
    let mut series: Vec<Series> = wanted
        .par_iter()
        .map(|code| Series::new(&frame, *code))
        .collect();
    let codes = series.split_off(1);
    let mut results = across_codes(&frame, &codes);
    let rows: Vec<Vec<ResultRow>> = series
        .par_iter()
        .chain(codes.par_iter())
        .map(|series| series.unit_rows(&frame))
        .collect();
    results.extend(rows.into_iter().flatten());
    let tables = series
        .iter()
        .chain(&codes)
        .flat_map(|series| series.tables(&frame))
        .collect();
    let options = &input.options;
    Ok(Output {
        unit: Some(options.unit),
        coverage: Some(options.coverage),
        n_units: frame.n_units,
        n_documents: Some(frame.n_documents),
        segmenter: matches!(options.unit, Unit::Token | Unit::Sentence | Unit::Paragraph)
            .then(|| crate::text::SEGMENTER.to_owned()),
        coders: input.coders.clone(),
        codes: Some(
            input
                .reported
                .iter()
                .map(|c| input.codes[*c as usize].clone())
                .collect(),
        ),
        categories: None,
        marginals: Marginals::Pairable,
        layout: None,
        interval: options.interval,
        replicates: None,
        seed: None,
        results,
        tables,
    })
}
