//! What stays the same for every code: the documents that count, all coders and every pair of them, and how their
//! documents are resampled.

use std::collections::HashMap;
use std::sync::Arc;

use super::binary::{Moments, PairTable};
use super::cells::Prepared;
use super::input::CodingsInput;
use super::names::{Interval, Measure, Reason, Scope};
use super::output::{Estimate, ResultRow};
use super::resample::{Parts, Plan, Replicates, Sums, describe};

/// Coders who are compared with each other: all of them, or two.
pub(super) struct Group {
    pub coders: Vec<Arc<str>>,
    /// For each document of the preparation its number among the documents of this group that hold text.
    pub clusters: Vec<Option<u32>>,
    /// Units to compare, and documents with such units.
    pub n_units: u64,
    pub n_documents: u64,
    /// Characters to compare, and documents with characters.
    pub n_characters: u64,
    pub n_texts: u64,
    /// Why nothing can be computed over units, and over characters.
    pub no_units: Option<Reason>,
    pub no_characters: Option<Reason>,
    pub plan: Option<Arc<Plan>>,
    pub interval: Interval,
}

/// Two coders.
pub(super) struct Pair {
    pub group: Group,
    /// For each document of the preparation the local numbers of both, if both have finished it.
    pub locals: Vec<Option<(usize, usize)>>,
}

/// See the module.
pub(super) struct Frame<'a> {
    pub input: &'a CodingsInput,
    pub prepared: Prepared,
    pub all: Group,
    pub pairs: Vec<Pair>,
}

impl Group {
    /// The documents of `finished`, given as places in the preparation.
    fn new(
        input: &CodingsInput,
        prepared: &Prepared,
        coders: Vec<Arc<str>>,
        finished: &[usize],
        plans: &mut HashMap<usize, Option<Arc<Plan>>>,
    ) -> Self {
        let mut clusters = vec![None; prepared.docs.len()];
        let (mut n_units, mut n_documents, mut n_characters, mut n_texts) = (0, 0, 0, 0u32);
        for &place in finished {
            let doc = &prepared.docs[place];
            n_units += doc.n_units;
            n_characters += u64::from(doc.length);
            n_documents += u64::from(doc.n_units > 0);
            if doc.length > 0 {
                clusters[place] = Some(n_texts);
                n_texts += 1;
            }
        }
        let options = &input.options;
        let plan = plans
            .entry(n_texts as usize)
            .or_insert_with(|| {
                Plan::new(
                    options.interval,
                    n_texts as usize,
                    options.replicates,
                    options.seed,
                )
                .map(Arc::new)
            })
            .clone();
        let why = |n: u64| match (coders.len(), finished.len(), n) {
            (0 | 1, _, _) => Some(Reason::OneCoder),
            (_, 0, _) => Some(Reason::NoPairableUnits),
            (_, _, 0) => Some(Reason::EmptyText),
            _ => None,
        };
        Self {
            no_units: why(n_units),
            no_characters: why(n_characters),
            clusters,
            n_units,
            n_documents,
            n_characters,
            n_texts: u64::from(n_texts),
            plan,
            interval: options.interval,
            coders,
        }
    }

    /// A row over units with its estimate and nothing beside it.
    pub fn row(&self, measure: Measure, scope: Scope, estimate: &Estimate) -> ResultRow {
        ResultRow {
            n_units: self.n_units,
            n_documents: Some(self.n_documents),
            ..ResultRow::new(measure, scope, self.coders.clone(), estimate)
        }
    }

    /// A row over the characters of the text.
    pub fn text_row(&self, measure: Measure, scope: Scope, estimate: &Estimate) -> ResultRow {
        ResultRow {
            n_units: self.n_characters,
            n_documents: Some(self.n_texts),
            ..ResultRow::new(measure, scope, self.coders.clone(), estimate)
        }
    }

    /// Writes standard error and interval into a row.
    pub fn describe(&self, row: &mut ResultRow, replicates: Replicates) {
        describe(row, self.interval, self.plan.as_deref(), replicates);
    }

    /// What documents contribute, by cluster; documents of other coders and empty ones are left out.
    pub fn parts<S: Sums>(&self, parts: impl Iterator<Item = (u32, S)>, zero: S) -> Parts<S> {
        let parts = parts.filter_map(|(doc, part)| Some((self.clusters[doc as usize]?, part)));
        Parts::new(parts.collect(), zero)
    }

    /// The documents that count, as places in the preparation.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.clusters
            .iter()
            .enumerate()
            .filter(|(_, cluster)| cluster.is_some())
            .map(|(place, _)| place)
    }
}

impl<'a> Frame<'a> {
    pub fn new(input: &'a CodingsInput) -> Self {
        let prepared = Prepared::new(input);
        let mut plans = HashMap::new();
        let every: Vec<usize> = (0..prepared.docs.len()).collect();
        let all = Group::new(input, &prepared, input.coders.clone(), &every, &mut plans);
        let n = input.coders.len() as u32;
        let pairs = (0..n)
            .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
            .map(|(a, b)| {
                let locals: Vec<_> = prepared.docs.iter().map(|doc| doc.locals(a, b)).collect();
                let finished: Vec<usize> =
                    (0..locals.len()).filter(|d| locals[*d].is_some()).collect();
                let coders = vec![
                    input.coders[a as usize].clone(),
                    input.coders[b as usize].clone(),
                ];
                Pair {
                    group: Group::new(input, &prepared, coders, &finished, &mut plans),
                    locals,
                }
            })
            .collect();
        Self {
            input,
            prepared,
            all,
            pairs,
        }
    }

    /// Whether any of the measures asked for is of a kind.
    pub fn wants(&self, kind: impl Fn(Measure) -> bool) -> bool {
        self.input.options.measures.iter().any(|m| kind(*m))
    }

    /// The measures asked for that are of a kind.
    pub fn measures(&self, kind: impl Fn(Measure) -> bool) -> Vec<Measure> {
        self.input
            .options
            .measures
            .iter()
            .copied()
            .filter(|m| kind(*m))
            .collect()
    }

    /// Whether a measure gets rows for pairs: with two coders the only pair is all coders.
    pub fn pair_rows(&self, measure: Measure) -> bool {
        measure.for_pairs() && !(measure.for_all() && self.input.coders.len() == 2)
    }

    /// The name of a code.
    pub fn code(&self, code: u32) -> Arc<str> {
        self.input.codes[code as usize].clone()
    }
}

/// What the documents contribute to each replicate before anything is coded: units and values, all "not coded".
pub(super) struct Bases {
    pub all: Vec<Moments>,
    pub pairs: Vec<Vec<PairTable>>,
}

impl Bases {
    /// From the number of units of each document.
    pub fn new(frame: &Frame<'_>, units: impl Fn(&super::cells::Doc) -> u64) -> Self {
        let docs = &frame.prepared.docs;
        let each = |group: &Group| -> Vec<(u32, u64, usize)> {
            group
                .places()
                .map(|p| (p as u32, units(&docs[p]), docs[p].coders.len()))
                .collect()
        };
        let all = frame.all.plan.as_deref().map_or_else(Vec::new, |plan| {
            let parts = each(&frame.all)
                .into_iter()
                .map(|(doc, n, m)| (doc, Moments::empty(n, m)));
            plan.totals(
                &frame.all.parts(parts, Moments::default()),
                &Moments::default(),
            )
        });
        let pair = |pair: &Pair| {
            pair.group.plan.as_deref().map_or_else(Vec::new, |plan| {
                let parts = each(&pair.group)
                    .into_iter()
                    .map(|(doc, n, _)| (doc, PairTable::empty(n)));
                plan.totals(
                    &pair.group.parts(parts, PairTable::default()),
                    &PairTable::default(),
                )
            })
        };
        Self {
            all,
            pairs: frame.pairs.iter().map(pair).collect(),
        }
    }
}
