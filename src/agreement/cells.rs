//! From codings to integer histograms: who coded how many units, per code and document.
//!
//! The text is never laid out as an array of characters. For each code and document the boundaries of the coders'
//! spans are sorted and swept once; between two boundaries nothing changes, so a stretch of any length is one addition.
//! Longer units (tokens, sentences, paragraphs, documents) are the same sweep over positions that count units instead
//! of characters. All counts are integers; whoever computes a coefficient divides last.

use crate::text;

use super::input::{CodingsInput, Document};
use super::names::{Coverage, Unit};

/// A run of positions, half-open. Characters or units, as the context says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub start: u32,
    pub end: u32,
}

impl Run {
    pub fn len(self) -> u64 {
        u64::from(self.end - self.start)
    }
}

/// A document that at least two coders have finished.
#[derive(Clone, Debug)]
pub(super) struct Doc {
    /// Its place in the input.
    pub number: u32,
    /// The coders who have finished it, ascending; a coder's place in this list is its local number.
    pub coders: Vec<u32>,
    /// Code points.
    pub length: u32,
    /// Units to count.
    pub n_units: u64,
    /// Where each unit lies in the text, for units that are neither characters nor the whole document.
    units: Vec<Run>,
}

impl Doc {
    /// How many characters or units it has.
    pub fn count(&self, unit: Unit) -> u64 {
        if unit == Unit::Character {
            u64::from(self.length)
        } else {
            self.n_units
        }
    }

    /// Where a run of units lies in the text.
    pub fn in_text(&self, unit: Unit, start: u32, end: u32) -> (u32, u32) {
        match unit {
            Unit::Character => (start, end),
            Unit::Document => (0, self.length),
            _ => (
                self.units[start as usize].start,
                self.units[end as usize - 1].end,
            ),
        }
    }

    /// The local numbers of two coders who have both finished it.
    pub fn locals(&self, a: u32, b: u32) -> Option<(usize, usize)> {
        Some((
            self.coders.binary_search(&a).ok()?,
            self.coders.binary_search(&b).ok()?,
        ))
    }
}

/// A coder's merged span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placed {
    /// Place in [`Prepared::docs`].
    pub doc: u32,
    /// Local number of the coder in that document.
    pub coder: u32,
    pub run: Run,
}

/// The documents that count and the merged spans in them.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub docs: Vec<Doc>,
    /// For each code its spans, by document, coder and position. A coder's overlapping spans of one code are one;
    /// spans that only touch stay two.
    pub spans: Vec<Vec<Placed>>,
    /// The same for the union of the reported codes.
    pub any: Vec<Placed>,
    /// The rule by which a unit counts as coded.
    pub unit: Unit,
    pub coverage: Coverage,
}

impl Prepared {
    /// Takes the documents finished by two coders or more, and merges each coder's overlapping spans.
    pub fn new(input: &CodingsInput) -> Self {
        let options = &input.options;
        let mut place = vec![None; input.documents.len()];
        let mut docs = Vec::new();
        for (number, (document, done)) in (0u32..).zip(input.documents.iter().zip(&input.done)) {
            let mut coders = done.clone();
            coders.sort_unstable();
            coders.dedup();
            if coders.len() < 2 {
                continue;
            }
            place[number as usize] = Some(docs.len() as u32);
            let units = units(document, options.unit);
            let n_units = match options.unit {
                Unit::Character => u64::from(document.length),
                Unit::Document => u64::from(document.length > 0),
                Unit::Token | Unit::Sentence | Unit::Paragraph => units.len() as u64,
            };
            docs.push(Doc {
                number,
                coders,
                length: document.length,
                n_units,
                units,
            });
        }
        let parents = if options.subtree {
            ancestors(input)
        } else {
            vec![Vec::new(); input.codes.len()]
        };
        let mut reported = vec![false; input.codes.len()];
        for code in &input.reported {
            reported[*code as usize] = true;
        }
        let mut spans = vec![Vec::new(); input.codes.len()];
        let mut any = Vec::new();
        for coding in &input.codings {
            let Some(doc) = place[coding.document as usize] else {
                continue;
            };
            let Ok(coder) = docs[doc as usize].coders.binary_search(&coding.coder) else {
                continue;
            };
            let placed = Placed {
                doc,
                coder: coder as u32,
                run: Run {
                    start: coding.start,
                    end: coding.end,
                },
            };
            let code = coding.code as usize;
            spans[code].push(placed);
            for parent in &parents[code] {
                spans[*parent as usize].push(placed);
            }
            if reported[code] || parents[code].iter().any(|p| reported[*p as usize]) {
                any.push(placed);
            }
        }
        spans.iter_mut().for_each(merge);
        merge(&mut any);
        Self {
            docs,
            spans,
            any,
            unit: options.unit,
            coverage: options.coverage,
        }
    }
}

/// For each code the codes above it: those whose path is a prefix of its own.
fn ancestors(input: &CodingsInput) -> Vec<Vec<u32>> {
    let above = |child: &str, parent: &str| {
        child
            .strip_prefix(parent)
            .is_some_and(|rest| rest.starts_with(super::PATH_SEPARATOR))
    };
    input
        .codes
        .iter()
        .map(|child| {
            (0u32..)
                .zip(&input.codes)
                .filter(|(_, parent)| above(child, parent))
                .map(|(i, _)| i)
                .collect()
        })
        .collect()
}

/// Sorts spans and joins those of one coder in one document that overlap.
fn merge(spans: &mut Vec<Placed>) {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let same =
            next.doc == last.doc && next.coder == last.coder && next.run.start < last.run.end;
        if same {
            last.run.end = last.run.end.max(next.run.end);
        }
        same
    });
}

/// The units of a text, in order. White space alone is no token, sentence or paragraph.
fn units(document: &Document, unit: Unit) -> Vec<Run> {
    let (Unit::Token | Unit::Sentence | Unit::Paragraph, Some(text)) = (unit, &document.text)
    else {
        return Vec::new();
    };
    let spans = match unit {
        Unit::Token => text::tokens(text),
        Unit::Sentence => text::sentences(text, document.language.as_deref()),
        _ => text::paragraphs(text),
    };
    let mut characters = text.chars();
    let mut at = 0u32;
    let mut runs = Vec::with_capacity(spans.len());
    for span in spans {
        if span.start < at || span.start >= span.end {
            continue;
        }
        if span.start > at {
            characters.by_ref().nth((span.start - at - 1) as usize);
        }
        let mut visible = false;
        for c in characters.by_ref().take((span.end - span.start) as usize) {
            visible |= !c.is_whitespace();
        }
        at = span.end;
        if visible {
            runs.push(Run {
                start: span.start,
                end: span.end,
            });
        }
    }
    runs
}

/// Spans of one coder and code in one document, as runs of units that count as coded.
pub(super) fn to_units(
    doc: &Doc,
    spans: &[Placed],
    unit: Unit,
    coverage: Coverage,
    runs: &mut Vec<Run>,
) {
    runs.clear();
    let mut push = |start: u32, end: u32| match runs.last_mut() {
        Some(last) if start <= last.end => last.end = last.end.max(end),
        _ => runs.push(Run { start, end }),
    };
    match (unit, coverage) {
        (Unit::Character, _) => spans.iter().for_each(|s| push(s.run.start, s.run.end)),
        (Unit::Document, _) => {
            let covered: u64 = spans.iter().map(|s| s.run.len()).sum();
            let needed = if coverage == Coverage::Any {
                1
            } else {
                u64::from(doc.length).div_ceil(2)
            };
            if covered >= needed.max(1) {
                push(0, 1);
            }
        }
        (_, Coverage::Any) => {
            for span in spans {
                let first = doc.units.partition_point(|u| u.end <= span.run.start) as u32;
                let after = doc.units.partition_point(|u| u.start < span.run.end) as u32;
                if first < after {
                    push(first, after);
                }
            }
        }
        (_, Coverage::Half) => {
            let mut covered = 0u64;
            let mut current = usize::MAX;
            for span in spans {
                let first = doc.units.partition_point(|u| u.end <= span.run.start);
                for (i, u) in doc.units.iter().enumerate().skip(first) {
                    if u.start >= span.run.end {
                        break;
                    }
                    if i != current {
                        (current, covered) = (i, 0);
                    }
                    let before = covered;
                    covered += u64::from(u.end.min(span.run.end) - u.start.max(span.run.start));
                    if 2 * covered >= u.len() && 2 * before < u.len() {
                        push(i as u32, i as u32 + 1);
                    }
                }
            }
        }
    }
}

/// Counts of one code in one document. `m` is the number of coders who have finished it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Place in [`Prepared::docs`].
    pub doc: u32,
    /// Units that `k` of the `m` coders coded, for `k` in `0..=m`.
    pub hist: Vec<u64>,
    /// Units coded by each coder.
    pub ones: Vec<u64>,
    /// Units coded by both coders of each pair, see [`pair_index`].
    pub both: Vec<u64>,
}

/// Where the pair of local coders `i < j` of `m` stands in a list of pairs.
pub(super) fn pair_index(i: usize, j: usize, m: usize) -> usize {
    i * (2 * m - i - 1) / 2 + (j - i - 1)
}

/// Groups a code's spans by document.
pub(super) fn by_document(spans: &[Placed]) -> impl Iterator<Item = (u32, &[Placed])> {
    spans
        .chunk_by(|a, b| a.doc == b.doc)
        .map(|group| (group[0].doc, group))
}

/// The cells of one code, for the documents where any coder used it, by document; counted over characters or over the
/// units of the preparation.
pub(super) fn cells(prepared: &Prepared, spans: &[Placed], unit: Unit) -> Vec<Cell> {
    let mut boundaries = Vec::new();
    let mut runs = Vec::new();
    by_document(spans)
        .map(|(number, group)| {
            let doc = &prepared.docs[number as usize];
            boundaries.clear();
            for coder in group.chunk_by(|a, b| a.coder == b.coder) {
                to_units(doc, coder, unit, prepared.coverage, &mut runs);
                for run in &runs {
                    boundaries.push((run.start, coder[0].coder));
                    boundaries.push((run.end, coder[0].coder));
                }
            }
            sweep(number, doc.coders.len(), doc.count(unit), &mut boundaries)
        })
        .collect()
}

/// The units of one code that count as coded: document, local coder, run.
pub(super) fn coded_units(prepared: &Prepared, code: u32) -> Vec<(u32, u32, Run)> {
    let mut found = Vec::new();
    let mut runs = Vec::new();
    for group in prepared.spans[code as usize].chunk_by(|a, b| (a.doc, a.coder) == (b.doc, b.coder))
    {
        let Placed { doc, coder, .. } = group[0];
        to_units(
            &prepared.docs[doc as usize],
            group,
            prepared.unit,
            prepared.coverage,
            &mut runs,
        );
        found.extend(runs.iter().map(|run| (doc, coder, *run)));
    }
    found
}

/// Sweeps the boundaries of one code in one document. Each coder's runs are disjoint and do not touch, so that every
/// boundary turns the coder on or off.
fn sweep(doc: u32, m: usize, n_units: u64, boundaries: &mut [(u32, u32)]) -> Cell {
    boundaries.sort_unstable();
    let mut cell = Cell {
        doc,
        hist: vec![0; m + 1],
        ones: vec![0; m],
        both: vec![0; m * (m - 1) / 2],
    };
    let mut active: Vec<u32> = Vec::with_capacity(m);
    let mut at = 0u32;
    for &(position, coder) in boundaries.iter() {
        let width = u64::from(position - at);
        if width > 0 {
            cell.hist[active.len()] += width;
            for (n, &i) in active.iter().enumerate() {
                cell.ones[i as usize] += width;
                for &j in &active[n + 1..] {
                    cell.both[pair_index(i as usize, j as usize, m)] += width;
                }
            }
            at = position;
        }
        match active.binary_search(&coder) {
            Ok(place) => {
                active.remove(place);
            }
            Err(place) => active.insert(place, coder),
        }
    }
    cell.hist[0] = n_units - cell.hist[1..].iter().sum::<u64>();
    cell
}
