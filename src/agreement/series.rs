//! The rows of one code, or of "coded with anything".

use std::sync::Arc;

use super::binary::{Histograms, Moments, PairTable, conger, light};
use super::cells::{Cell, Placed, Run, by_document, cells};
use super::frame::{Bases, Frame, Group, Pair};
use super::matching::{Matches, median};
use super::names::{Measure, Reason, Scope, Unit};
use super::output::{Estimate, ResultRow, Table};
use super::resample::{Parts, Replicates, Sums};
use super::unitizing::OneCode;

/// A code, or the union of all codes, with everything that was counted for it.
pub(super) struct Series {
    pub scope: Scope,
    code: Option<u32>,
    cells: Vec<Cell>,
    pub histograms: Histograms,
    /// One table per pair of coders.
    pub tables: Vec<PairTable>,
    continuum: Option<Continuum>,
    /// For each pair what its spans have in common, by document.
    pub matches: Vec<PairMatches>,
}

/// Counts over characters, whatever the unit, for the unitizing family.
struct Continuum {
    /// Absent where the unit is the character and `Series::cells` are the same.
    cells: Option<Vec<Cell>>,
    /// For each cell and local coder the sum of squared lengths of spans.
    squares: Vec<Vec<f64>>,
}

/// Matched spans of two coders.
#[derive(Clone, Default)]
pub(super) struct PairMatches {
    pub by_document: Vec<(u32, Matches)>,
    /// Distances between the starts and between the ends of overlapping matches.
    pub distances: Vec<(u32, u32)>,
}

/// What the coefficients of Conger and Light need beside the moments.
#[derive(Clone, Default)]
struct Wide {
    /// For each coder the pairable units and how many of them the coder coded.
    margins: Vec<(i64, i64)>,
    /// One table per pair of coders.
    tables: Vec<PairTable>,
}

impl Sums for Wide {
    fn add(&mut self, other: &Self, times: i64) {
        for (mine, theirs) in self.margins.iter_mut().zip(&other.margins) {
            mine.0 += theirs.0 * times;
            mine.1 += theirs.1 * times;
        }
        self.tables
            .iter_mut()
            .zip(&other.tables)
            .for_each(|(mine, theirs)| mine.add(theirs, times));
    }
}

impl Wide {
    fn zero(frame: &Frame<'_>) -> Self {
        Self {
            margins: vec![(0, 0); frame.input.coders.len()],
            tables: vec![PairTable::default(); frame.pairs.len()],
        }
    }

    /// What a document adds: its units if nothing was coded, corrected by a cell.
    fn of(frame: &Frame<'_>, place: u32, cell: Option<&Cell>) -> Self {
        let doc = &frame.prepared.docs[place as usize];
        let mut wide = Self::zero(frame);
        for (local, coder) in doc.coders.iter().enumerate() {
            let ones = cell.map_or(0, |cell| cell.ones[local]);
            wide.margins[*coder as usize] = (doc.n_units as i64, ones as i64);
        }
        for (pair, table) in frame.pairs.iter().zip(&mut wide.tables) {
            if let Some((i, j)) = pair.locals[place as usize] {
                *table = cell.map_or_else(
                    || PairTable::empty(doc.n_units),
                    |cell| PairTable::of_cell(cell, i, j),
                );
            }
        }
        wide
    }
}

impl Series {
    /// Counts a code, or with `None` the union of all.
    pub fn new(frame: &Frame<'_>, code: Option<u32>) -> Self {
        let prepared = &frame.prepared;
        let spans = code.map_or(&prepared.any, |c| &prepared.spans[c as usize]);
        let units = cells(prepared, spans, prepared.unit);
        // The unitizing measures and the matching are about codes one by one.
        let continuum = (code.is_some() && frame.wants(Measure::of_continuum)).then(|| Continuum {
            cells: (prepared.unit != Unit::Character)
                .then(|| cells(prepared, spans, Unit::Character)),
            squares: by_document(spans)
                .map(|(doc, group)| squares(group, prepared.docs[doc as usize].coders.len()))
                .collect(),
        });
        let matches = if code.is_some() && frame.wants(Measure::of_spans) {
            match_spans(frame, spans)
        } else {
            Vec::new()
        };
        Self {
            scope: if code.is_some() {
                Scope::Code
            } else {
                Scope::Any
            },
            code,
            histograms: prepared.histograms(&units, prepared.unit),
            tables: frame
                .pairs
                .iter()
                .map(|pair| pair_table(pair, &units))
                .collect(),
            cells: units,
            continuum,
            matches,
        }
    }

    /// Rows of every family for this code; `units` and `characters` are the bases of the replicates.
    pub fn rows(&self, frame: &Frame<'_>, units: &Bases, characters: &Bases) -> Vec<ResultRow> {
        let mut rows = Vec::new();
        self.rows_of_all(frame, units, &mut rows);
        for (p, pair) in frame.pairs.iter().enumerate() {
            self.rows_of_pair(frame, p, pair, &units.pairs[p], &mut rows);
        }
        if let Some(continuum) = &self.continuum {
            self.rows_of_continuum(frame, continuum, characters, &mut rows);
        }
        if frame.input.coders.len() < 2 {
            let alone = |m: &Measure| m.of_units() && !m.for_all();
            let estimate = Estimate::undefined(Reason::OneCoder);
            let measures = frame.measures(|m| alone(&m)).into_iter();
            rows.extend(measures.map(|m| frame.all.row(m, self.scope, &estimate)));
        }
        rows.extend(span_rows(frame, self.scope, &self.matches));
        for row in &mut rows {
            row.code = self.code.map(|c| frame.code(c));
        }
        // By measure, all coders before pairs: the order of the documentation, whatever is computed first.
        rows.sort_by_key(|row| (row.measure, row.coders.len() != frame.input.coders.len()));
        rows
    }

    /// Moments that each document adds to what is there when nothing is coded.
    pub fn moments(&self, frame: &Frame<'_>) -> Parts<Moments> {
        frame.all.parts(
            self.cells.iter().map(|cell| (cell.doc, coded(cell))),
            Moments::default(),
        )
    }

    /// The same for a pair.
    pub fn pair_parts(&self, pair: &Pair) -> Parts<PairTable> {
        pair.group
            .parts(differences(pair, &self.cells), PairTable::default())
    }

    fn rows_of_all(&self, frame: &Frame<'_>, bases: &Bases, rows: &mut Vec<ResultRow>) {
        let group = &frame.all;
        let measures = frame.measures(|m| m.of_units() && m.for_all());
        let moments = self.histograms.moments();
        let needs_wide = measures
            .iter()
            .any(|m| matches!(m, Measure::CongerKappa | Measure::LightKappa));
        let place = |p: usize| p as u32;
        let mut wide = Wide::zero(frame);
        if needs_wide {
            (0..frame.prepared.docs.len())
                .map(place)
                .for_each(|p| wide.add(&Wide::of(frame, p, None), 1));
            self.cells
                .iter()
                .for_each(|cell| wide.add(&Self::wide_difference(frame, cell), 1));
        }
        let mut replicates = vec![Replicates::default(); measures.len()];
        if let Some(plan) = group.plan.as_deref().filter(|_| group.no_units.is_none()) {
            let parts = self.moments(frame);
            let wide_parts = needs_wide.then(|| {
                let zero = Wide::zero(frame);
                let base = group
                    .places()
                    .map(|p| (place(p), Wide::of(frame, place(p), None)));
                let own = self
                    .cells
                    .iter()
                    .map(|cell| (cell.doc, Self::wide_difference(frame, cell)));
                (group.parts(base, zero.clone()), group.parts(own, zero))
            });
            for (b, base) in bases.all.iter().enumerate() {
                let mut sum = *base;
                plan.add(b, &parts, &mut sum);
                let mut wide = Wide::default();
                if let Some((base, own)) = &wide_parts {
                    wide = Wide::zero(frame);
                    plan.add(b, base, &mut wide);
                    plan.add(b, own, &mut wide);
                }
                for (measure, values) in measures.iter().zip(&mut replicates) {
                    values.push(estimate_all(*measure, &sum, &wide).finite());
                }
            }
        }
        for (measure, replicates) in measures.into_iter().zip(replicates) {
            let unpaired = || frame.pairs.iter().any(|pair| pair.group.no_units.is_some());
            let estimate = match group.no_units {
                Some(reason) => Estimate::undefined(reason),
                None if measure == Measure::LightKappa && unpaired() => {
                    Estimate::undefined(Reason::UndefinedPair)
                }
                None => estimate_all(measure, &moments, &wide),
            };
            let mut row = extras(group.row(measure, self.scope, &estimate), &moments);
            group.describe(&mut row, replicates);
            rows.push(row);
        }
    }

    fn wide_difference(frame: &Frame<'_>, cell: &Cell) -> Wide {
        let mut wide = Wide::of(frame, cell.doc, Some(cell));
        wide.add(&Wide::of(frame, cell.doc, None), -1);
        wide
    }

    fn rows_of_pair(
        &self,
        frame: &Frame<'_>,
        p: usize,
        pair: &Pair,
        bases: &[PairTable],
        rows: &mut Vec<ResultRow>,
    ) {
        let group = &pair.group;
        let measures = frame.measures(|m| m.of_units() && frame.pair_rows(m));
        let table = self.tables[p];
        let mut replicates = vec![Replicates::default(); measures.len()];
        if let Some(plan) = group.plan.as_deref().filter(|_| group.no_units.is_none()) {
            let parts = self.pair_parts(pair);
            for (b, base) in bases.iter().enumerate() {
                let mut sum = *base;
                plan.add(b, &parts, &mut sum);
                for (measure, values) in measures.iter().zip(&mut replicates) {
                    values.push(sum.estimate(*measure).finite());
                }
            }
        }
        for (measure, replicates) in measures.into_iter().zip(replicates) {
            let estimate = group
                .no_units
                .map_or_else(|| table.estimate(measure), Estimate::undefined);
            let mut row = extras(group.row(measure, self.scope, &estimate), &table.moments());
            group.describe(&mut row, replicates);
            rows.push(row);
        }
    }

    fn rows_of_continuum(
        &self,
        frame: &Frame<'_>,
        continuum: &Continuum,
        bases: &Bases,
        rows: &mut Vec<ResultRow>,
    ) {
        let cells = continuum.cells.as_ref().unwrap_or(&self.cells);
        let measures = frame.measures(Measure::of_continuum);
        let with_squares = || cells.iter().zip(&continuum.squares);
        let parts = with_squares().map(|(cell, squares)| {
            (
                cell.doc,
                OneCode {
                    moments: coded(cell),
                    squares: squares.iter().sum(),
                },
            )
        });
        let total = if continuum.cells.is_some() {
            frame.prepared.histograms(cells, Unit::Character).moments()
        } else {
            self.histograms.moments()
        };
        let total = OneCode {
            moments: total,
            squares: continuum.squares.iter().flatten().sum(),
        };
        self.one_code(
            &frame.all,
            &measures,
            total,
            parts,
            bases.all.iter().copied(),
            rows,
        );
        let measures: Vec<Measure> = measures
            .into_iter()
            .filter(|m| frame.pair_rows(*m))
            .collect();
        for (pair, bases) in frame.pairs.iter().zip(&bases.pairs) {
            let mut total = OneCode {
                moments: PairTable::empty(pair.group.n_characters).moments(),
                squares: 0.0,
            };
            let parts: Vec<(u32, OneCode)> = differences(pair, cells)
                .zip(with_squares().filter(|(cell, _)| pair.locals[cell.doc as usize].is_some()))
                .map(|((doc, difference), (_, squares))| {
                    let (i, j) = pair.locals[doc as usize].unwrap_or_default();
                    (
                        doc,
                        OneCode {
                            moments: difference.moments(),
                            squares: squares[i] + squares[j],
                        },
                    )
                })
                .collect();
            parts.iter().for_each(|(_, part)| total.add(part, 1));
            let bases = bases.iter().map(PairTable::moments);
            self.one_code(
                &pair.group,
                &measures,
                total,
                parts.into_iter(),
                bases,
                rows,
            );
        }
    }

    /// Rows of the unitizing family for one group of coders.
    fn one_code(
        &self,
        group: &Group,
        measures: &[Measure],
        total: OneCode,
        parts: impl Iterator<Item = (u32, OneCode)>,
        bases: impl Iterator<Item = Moments>,
        rows: &mut Vec<ResultRow>,
    ) {
        let mut replicates = vec![Replicates::default(); measures.len()];
        if let Some(plan) = group.plan.as_deref() {
            let parts = group.parts(parts, OneCode::default());
            for (b, base) in bases.enumerate() {
                let mut sum = OneCode {
                    moments: base,
                    squares: 0.0,
                };
                plan.add(b, &parts, &mut sum);
                for (measure, values) in measures.iter().zip(&mut replicates) {
                    values.push(sum.estimate(*measure).finite());
                }
            }
        }
        for (measure, replicates) in measures.iter().zip(replicates) {
            let estimate = group
                .no_characters
                .map_or_else(|| total.estimate(*measure), Estimate::undefined);
            let mut row = extras(
                group.text_row(*measure, self.scope, &estimate),
                &total.moments,
            );
            group.describe(&mut row, replicates);
            rows.push(row);
        }
    }

    /// The two-by-two tables of every pair.
    pub fn two_by_two(&self, frame: &Frame<'_>) -> Vec<Table> {
        let code: Option<Arc<str>> = self.code.map(|c| frame.code(c));
        let count = i64::unsigned_abs;
        frame
            .pairs
            .iter()
            .zip(&self.tables)
            .map(|(pair, t)| Table {
                code: code.clone(),
                coders: [pair.group.coders[0].clone(), pair.group.coders[1].clone()],
                table: vec![
                    vec![count(t.n00), count(t.n01)],
                    vec![count(t.n10), count(t.n11)],
                ],
            })
            .collect()
    }
}

/// What a cell adds to a document in which nothing is coded.
fn coded(cell: &Cell) -> Moments {
    let mut moments = Moments::of_hist(&cell.hist);
    moments.add(&Moments::empty(cell.hist.iter().sum(), cell.ones.len()), -1);
    moments
}

/// What cells add to the tables of a pair in which nothing is coded.
fn differences(pair: &Pair, cells: &[Cell]) -> impl Iterator<Item = (u32, PairTable)> {
    cells.iter().filter_map(|cell| {
        let (i, j) = pair.locals[cell.doc as usize]?;
        let mut table = PairTable::of_cell(cell, i, j);
        table.n00 -= table.units();
        Some((cell.doc, table))
    })
}

fn pair_table(pair: &Pair, cells: &[Cell]) -> PairTable {
    let mut table = PairTable::empty(pair.group.n_units);
    differences(pair, cells).for_each(|(_, difference)| table.add(&difference, 1));
    table
}

fn estimate_all(measure: Measure, moments: &Moments, wide: &Wide) -> Estimate {
    match measure {
        Measure::CongerKappa => conger(moments, &wide.margins),
        Measure::LightKappa => light(wide.tables.iter().copied()),
        _ => moments
            .estimate(measure)
            .unwrap_or_else(|| Estimate::undefined(Reason::NoPairableUnits)),
    }
}

/// What belongs beside a coefficient: the number of categories it depends on, and how much was coded.
pub(super) fn extras(mut row: ResultRow, moments: &Moments) -> ResultRow {
    if matches!(
        row.measure,
        Measure::GwetAc1 | Measure::GwetAc2 | Measure::BrennanPrediger
    ) {
        row.q = Some(2);
    }
    if moments.values > 0 {
        row.coded_share = Some(moments.ones as f64 / moments.values as f64);
    }
    row
}

/// For each local coder the sum of squared lengths of spans in one document.
fn squares(group: &[Placed], m: usize) -> Vec<f64> {
    let mut sums = vec![0u128; m];
    for span in group {
        sums[span.coder as usize] += u128::from(span.run.len()).pow(2);
    }
    sums.into_iter().map(|sum| sum as f64).collect()
}

/// Matches the spans of every pair of coders in every document.
fn match_spans(frame: &Frame<'_>, spans: &[Placed]) -> Vec<PairMatches> {
    let threshold = frame.input.options.threshold;
    let mut found = vec![PairMatches::default(); frame.pairs.len()];
    for (doc, group) in by_document(spans) {
        let mut runs: Vec<Vec<Run>> =
            vec![Vec::new(); frame.prepared.docs[doc as usize].coders.len()];
        group
            .iter()
            .for_each(|span| runs[span.coder as usize].push(span.run));
        for (pair, found) in frame.pairs.iter().zip(&mut found) {
            if let Some((i, j)) = pair.locals[doc as usize] {
                let counted = Matches::count(&runs[i], &runs[j], threshold, &mut found.distances);
                found.by_document.push((doc, counted));
            }
        }
    }
    found
}

/// F1 rows of every pair, and with more than two coders their mean.
pub(super) fn span_rows(
    frame: &Frame<'_>,
    scope: Scope,
    matches: &[PairMatches],
) -> Vec<ResultRow> {
    let mut rows = Vec::new();
    if frame.input.coders.len() < 2 {
        for measure in frame.measures(Measure::of_spans) {
            rows.push(
                frame
                    .all
                    .row(measure, scope, &Estimate::undefined(Reason::OneCoder)),
            );
        }
        return rows;
    }
    if matches.is_empty() {
        return rows;
    }
    let threshold = |measure| (measure == Measure::F1Iou).then_some(frame.input.options.threshold);
    for measure in frame.measures(Measure::of_spans) {
        let first = rows.len();
        for (pair, found) in frame.pairs.iter().zip(matches) {
            let group = &pair.group;
            let mut total = Matches::default();
            found
                .by_document
                .iter()
                .for_each(|(_, part)| total.add(part, 1));
            let estimate = match group.no_characters {
                Some(reason) => Estimate::undefined(reason),
                None => total.estimate(measure),
            };
            let mut row = group.row(measure, scope, &estimate);
            row.n_units = (total.n1 + total.n2).unsigned_abs();
            row.n_documents = Some(group.n_texts);
            row.threshold = threshold(measure);
            row.tp = Some(total.tp(measure).unsigned_abs());
            row.n1 = Some(total.n1.unsigned_abs());
            row.n2 = Some(total.n2.unsigned_abs());
            if measure == Measure::F1Overlap {
                row.median_start_diff =
                    median(found.distances.iter().map(|(start, _)| *start).collect());
                row.median_end_diff = median(found.distances.iter().map(|(_, end)| *end).collect());
            }
            let replicates = group
                .plan
                .as_deref()
                .map_or_else(Replicates::default, |plan| {
                    let parts = group.parts(found.by_document.iter().copied(), Matches::default());
                    let totals = plan.totals(&parts, &Matches::default());
                    totals
                        .iter()
                        .map(|total| total.estimate(measure).finite())
                        .collect()
                });
            group.describe(&mut row, replicates);
            rows.push(row);
        }
        if frame.pairs.len() > 1 {
            let mean = mean_of_pairs(frame, measure, scope, &rows[first..], threshold(measure));
            rows.push(mean);
        }
    }
    rows
}

fn mean_of_pairs(
    frame: &Frame<'_>,
    measure: Measure,
    scope: Scope,
    pairs: &[ResultRow],
    threshold: Option<f64>,
) -> ResultRow {
    let values: Vec<f64> = pairs.iter().filter_map(|row| row.value).collect();
    let estimate = if values.is_empty() {
        Estimate::undefined(Reason::UndefinedPair)
    } else {
        Estimate::plain(values.iter().sum::<f64>() / values.len() as f64)
    };
    ResultRow {
        variant: Some("mean_of_pairs"),
        n_units: pairs.iter().map(|row| row.n_units).sum(),
        n_documents: Some(frame.all.n_texts),
        threshold,
        n_defined: Some(values.len() as u64),
        n_undefined: Some((pairs.len() - values.len()) as u64),
        ..frame.all.row(measure, scope, &estimate)
    }
}
