//! The corpus by position instead of by id, and the one sweep that all counts come from.
//!
//! Every measure counts codings into cells (a code, perhaps times a group or a period) and wants for each cell the
//! number of codings, the number of documents and the size of the union of the spans. [`Tally`] takes `(cell,
//! document, span)` entries, sorts them once and reads all three off in one pass: no hashing per coding, no set per
//! cell, and the same definition everywhere.

use std::collections::{BTreeMap, HashMap};

use super::{CodingRow, Corpus, Group, GroupBy, Totals};

/// A coding with its ids replaced by positions in the corpus.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub document: usize,
    pub code: usize,
    pub coder: usize,
    /// Start and end inside the text; equal where the coding lies outside of it.
    pub span: (u32, u32),
    pub weight: Option<f64>,
}

/// A corpus whose codings are known by position.
pub(super) struct Index<'a> {
    pub corpus: &'a Corpus,
    pub rows: Vec<Row>,
    /// Ids of the coders of `rows`, ascending; [`Row::coder`] is a position in it.
    pub coders: Vec<i64>,
}

impl<'a> Index<'a> {
    pub fn new(corpus: &'a Corpus) -> Self {
        let documents = positions(corpus.documents.iter().map(|d| d.id));
        let codes = positions(corpus.codes.iter().map(|c| c.id));
        let known: Vec<(&CodingRow, usize, usize)> = corpus
            .codings
            .iter()
            .filter_map(|row| Some((row, *documents.get(&row.document)?, *codes.get(&row.code)?)))
            .collect();
        let mut coders: Vec<i64> = known.iter().map(|(row, ..)| row.coder).collect();
        coders.sort_unstable();
        coders.dedup();
        let coder_at = positions(coders.iter().copied());
        let rows = known
            .into_iter()
            .map(|(row, document, code)| {
                // What lies outside the text is no text; the coding still counts as a passage.
                let length = corpus.documents[document].length;
                Row {
                    document,
                    code,
                    coder: coder_at[&row.coder],
                    span: (row.start.min(length), row.end.min(length)),
                    weight: row.weight.filter(|w| w.is_finite()),
                }
            })
            .collect();
        Self {
            corpus,
            rows,
            coders,
        }
    }

    pub fn totals(&self) -> Totals {
        let documents = &self.corpus.documents;
        Totals {
            passages: self.rows.len() as u64,
            documents: documents.len() as u64,
            characters: documents.iter().map(|d| u64::from(d.length)).sum(),
            words: documents.iter().map(|d| u64::from(d.words)).sum(),
            coders: self.coders.len() as u64,
        }
    }

    /// Positions of the codes that get a line of their own where nothing is rolled up: those that may be applied,
    /// and headings that carry codings all the same (they were codable once, or an import brought them).
    pub fn shown_codes(&self) -> Vec<usize> {
        let mut shown: Vec<bool> = self.corpus.codes.iter().map(|c| c.is_codable).collect();
        for row in &self.rows {
            shown[row.code] = true;
        }
        (0..shown.len()).filter(|&i| shown[i]).collect()
    }

    /// For each code, itself and the codes above it.
    ///
    /// A parent that the filters left out ends the chain, and so does a circle, which damaged data could hold.
    pub fn with_ancestors(&self) -> Vec<Vec<usize>> {
        let codes = &self.corpus.codes;
        let at = positions(codes.iter().map(|c| c.id));
        (0..codes.len())
            .map(|code| {
                let mut chain = vec![code];
                let mut next = codes[code].parent;
                while let Some(above) = next.and_then(|id| at.get(&id).copied()) {
                    if chain.contains(&above) {
                        break;
                    }
                    chain.push(above);
                    next = codes[above].parent;
                }
                chain
            })
            .collect()
    }

    /// Divides the corpus; without `by`, into one group that has no name.
    pub fn grouping(&self, by: Option<&GroupBy>) -> Grouping {
        let documents = &self.corpus.documents;
        let one = |value: &str| vec![value.to_owned()];
        let values: Vec<Vec<String>> = match by {
            None => {
                return Grouping {
                    names: vec![None],
                    of_document: vec![vec![0]; documents.len()],
                    by_coder: false,
                };
            }
            Some(GroupBy::Coder) => {
                return Grouping {
                    names: self
                        .coders
                        .iter()
                        .map(|&id| Some(Group::Coder(id)))
                        .collect(),
                    of_document: vec![(0..self.coders.len()).collect(); documents.len()],
                    by_coder: true,
                };
            }
            Some(GroupBy::Type) => documents.iter().map(|d| one(&d.doc_type)).collect(),
            Some(GroupBy::Language) => documents.iter().map(|d| one(&d.language)).collect(),
            Some(GroupBy::Case) => documents.iter().map(|d| d.cases.clone()).collect(),
            Some(GroupBy::Attribute(name)) => documents
                .iter()
                .map(|d| {
                    let of_name = d.attributes.iter().filter(|(n, _)| n == name);
                    of_name.map(|(_, value)| value.clone()).collect()
                })
                .collect(),
        };
        let per_document: Vec<Vec<Group>> = values
            .into_iter()
            .map(|values| {
                let mut groups: Vec<Group> = values
                    .into_iter()
                    .filter(|v| !v.is_empty())
                    .map(Group::Value)
                    .collect();
                groups.sort_unstable();
                groups.dedup();
                if groups.is_empty() {
                    groups.push(Group::None);
                }
                groups
            })
            .collect();
        // `Group` orders values by their text and "no value" last.
        let mut at: BTreeMap<&Group, usize> =
            per_document.iter().flatten().map(|g| (g, 0)).collect();
        for (position, slot) in at.values_mut().enumerate() {
            *slot = position;
        }
        Grouping {
            names: at.keys().map(|&g| Some(g.clone())).collect(),
            of_document: per_document
                .iter()
                .map(|groups| groups.iter().map(|g| at[g]).collect())
                .collect(),
            by_coder: false,
        }
    }
}

/// The groups of an answer, and which a coding falls into.
pub(super) struct Grouping {
    /// The groups in order; `None` where the answer is not divided.
    pub names: Vec<Option<Group>>,
    /// For each document, the groups it belongs to.
    pub of_document: Vec<Vec<usize>>,
    by_coder: bool,
}

impl Grouping {
    /// The groups that a coding counts in.
    pub fn of_row<'b>(&'b self, row: &'b Row) -> &'b [usize] {
        if self.by_coder {
            std::slice::from_ref(&row.coder)
        } else {
            &self.of_document[row.document]
        }
    }
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Codings.
    pub passages: u64,
    /// Documents with at least one of them.
    pub documents: u64,
    /// Code points in the union of their spans.
    pub characters: u64,
}

/// Collects entries and counts them by cell.
pub(super) struct Tally {
    /// Cell and document in one number (which sorts twice as fast as a pair), and the span.
    entries: Vec<(u64, u32, u32)>,
}

impl Tally {
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            entries: Vec::with_capacity(capacity),
        }
    }

    /// Adds a coding to a cell. Cells and documents are positions and fit 32 bits: the corpus is in memory.
    pub fn add(&mut self, cell: usize, row: &Row) {
        let key = ((cell as u64) << 32) | (row.document as u64 & 0xffff_ffff);
        self.entries.push((key, row.span.0, row.span.1));
    }

    /// The counts of the cells `0..cells`.
    pub fn count(mut self, cells: usize) -> Vec<Count> {
        self.entries.sort_unstable();
        let mut counts = vec![Count::default(); cells];
        let mut last = None;
        let mut covered_to = 0;
        for (key, start, end) in self.entries {
            let count = &mut counts[(key >> 32) as usize];
            count.passages += 1;
            if last != Some(key) {
                last = Some(key);
                covered_to = 0;
                count.documents += 1;
            }
            let from = start.max(covered_to);
            if end > from {
                count.characters += u64::from(end - from);
                covered_to = end;
            }
        }
        counts
    }
}

/// Where each id stands. Of equal ids the first counts.
fn positions(ids: impl Iterator<Item = i64>) -> HashMap<i64, usize> {
    let mut at = HashMap::new();
    for (position, id) in ids.enumerate() {
        at.entry(id).or_insert(position);
    }
    at
}
