//! Where coders disagree, and how far they agree document by document.
//!
//! A coefficient says how much, not where; a team that wants to do better needs the passages. Both answers come from
//! the same counts as the coefficients, with the same unit and coverage, so that a figure and the passages behind it
//! cannot contradict each other.

use crate::text::Span;

use super::AgreementError;
use super::binary::{Histograms, Moments};
use super::cells::{Cell, Placed, Prepared, by_document, cells, to_units};
use super::input::CodingsInput;
use super::names::{Measure, Reason};
use super::output::Estimate;

/// A run of text that some of the coders who have finished the document gave a code, and some did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Index into the documents of the input.
    pub document: u32,
    /// In code points; for longer units from the start of the first unit to the end of the last.
    pub span: Span,
    /// Indexes into the coders of the input, ascending.
    pub has: Vec<u32>,
    /// Those who have finished the document and did not give it; likewise.
    pub lacks: Vec<u32>,
}

/// Every run of text on which coders who have finished the document differ about a code, or with `None` about whether it
/// is coded with any of the reported codes. By document and position.
///
/// # Errors
/// Names what is wrong with the input.
pub fn disagreements(
    input: &CodingsInput,
    code: Option<u32>,
) -> Result<Vec<Disagreement>, AgreementError> {
    input.check()?;
    let prepared = Prepared::new(input);
    let mut found: Vec<Disagreement> = Vec::new();
    let (mut boundaries, mut runs) = (Vec::new(), Vec::new());
    for (place, group) in by_document(spans(input, &prepared, code)?) {
        let doc = &prepared.docs[place as usize];
        boundaries.clear();
        for coder in group.chunk_by(|a, b| a.coder == b.coder) {
            to_units(doc, coder, prepared.unit, prepared.coverage, &mut runs);
            let of_coder = runs
                .iter()
                .flat_map(|run| [(run.start, coder[0].coder), (run.end, coder[0].coder)]);
            boundaries.extend(of_coder);
        }
        boundaries.sort_unstable();
        let mut coded = vec![false; doc.coders.len()];
        for pair in boundaries.windows(2) {
            let ((start, coder), (end, _)) = (pair[0], pair[1]);
            coded[coder as usize] ^= true;
            let some = coded.iter().any(|c| *c);
            if start == end || !some || coded.iter().all(|c| *c) {
                continue;
            }
            let of = |wanted: bool| {
                doc.coders
                    .iter()
                    .zip(&coded)
                    .filter(|(_, c)| **c == wanted)
                    .map(|(number, _)| *number)
                    .collect()
            };
            let (start, end) = doc.in_text(prepared.unit, start, end);
            found.push(Disagreement {
                document: doc.number,
                span: Span { start, end },
                has: of(true),
                lacks: of(false),
            });
        }
    }
    Ok(found)
}

/// How far the coders agree in one document. Short documents say little: these figures find passages to look at, they
/// are not to be averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentFigures {
    /// Index into the documents of the input.
    pub document: u32,
    /// The coders who have finished it, as indexes into the coders of the input.
    pub coders: Vec<u32>,
    /// Units of the document.
    pub n_units: u64,
    /// Units on which coders differ about the code, or about whether anything is coded.
    pub n_disagreed: u64,
    /// Share of the values that say "coded" (with the code, or with anything).
    pub coded_share: Option<f64>,
    /// Percent agreement about the code, or about whether anything is coded.
    pub percent: Option<f64>,
    /// Krippendorff's alpha of the code, or pooled over the reported codes.
    pub alpha: Option<f64>,
    /// Why there is no alpha.
    pub reason: Option<Reason>,
}

/// Figures for each document that at least two coders have finished, about one code or, with `None`, over all reported
/// codes: percent and shares then are of "coded with anything", alpha is pooled.
///
/// # Errors
/// Names what is wrong with the input.
pub fn per_document(
    input: &CodingsInput,
    code: Option<u32>,
) -> Result<Vec<DocumentFigures>, AgreementError> {
    input.check()?;
    let prepared = Prepared::new(input);
    let shown = dense(
        &prepared,
        &cells(&prepared, spans(input, &prepared, code)?, prepared.unit),
    );
    let mut pooled = shown.clone();
    if code.is_none() {
        pooled = vec![Histograms::default(); prepared.docs.len()];
        for code in &input.reported {
            let own = dense(
                &prepared,
                &cells(&prepared, &prepared.spans[*code as usize], prepared.unit),
            );
            pooled
                .iter_mut()
                .zip(&own)
                .for_each(|(sum, part)| sum.merge(part));
        }
    }
    let figures =
        prepared
            .docs
            .iter()
            .zip(shown.iter().zip(&pooled))
            .map(|(doc, (shown, pooled))| {
                let moments = shown.moments();
                let alpha = match doc.n_units {
                    0 => Estimate::undefined(Reason::EmptyText),
                    _ if pooled.moments().units == 0 => Estimate::undefined(Reason::NoSpans),
                    _ => estimate(&pooled.moments(), Measure::KrippendorffAlpha),
                };
                let some = doc.n_units > 0;
                DocumentFigures {
                    document: doc.number,
                    coders: doc.coders.clone(),
                    n_units: doc.n_units,
                    n_disagreed: shown.disagreed(),
                    coded_share: some.then(|| moments.ones as f64 / moments.values as f64),
                    percent: estimate(&moments, Measure::Percent).finite(),
                    alpha: alpha.finite(),
                    reason: alpha.value.err(),
                }
            });
    Ok(figures.collect())
}

fn estimate(moments: &Moments, measure: Measure) -> Estimate {
    moments
        .estimate(measure)
        .unwrap_or_else(|| Estimate::undefined(Reason::NoPairableUnits))
}

/// The spans of a code, or of all.
fn spans<'p>(
    input: &CodingsInput,
    prepared: &'p Prepared,
    code: Option<u32>,
) -> Result<&'p [Placed], AgreementError> {
    match code {
        None => Ok(&prepared.any),
        Some(code) => prepared
            .spans
            .get(code as usize)
            .map(Vec::as_slice)
            .ok_or_else(|| {
                AgreementError::new("code", format!("unknown: {code} of {}", input.codes.len()))
            }),
    }
}

/// A histogram for each document, from the cells of those where the code was used.
fn dense(prepared: &Prepared, cells: &[Cell]) -> Vec<Histograms> {
    let mut histograms = vec![Histograms::default(); prepared.docs.len()];
    let mut cells = cells.iter().peekable();
    for (place, (doc, histogram)) in (0u32..).zip(prepared.docs.iter().zip(&mut histograms)) {
        match cells.next_if(|cell| cell.doc == place) {
            Some(cell) => histogram.add(&cell.hist),
            None => histogram.add_empty(doc.n_units, doc.coders.len()),
        }
    }
    histograms
}
