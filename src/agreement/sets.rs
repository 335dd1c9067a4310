//! Alpha over sets: the value of a unit is the set of codes that a coder gave it.
//!
//! Krippendorff's alpha with a distance between sets, used as it is (not squared): Jaccard's, or MASI (Passonneau 2006),
//! which lowers the similarity of sets that are not equal: by 2/3 where one contains the other, 1/3 where they only
//! overlap. On characters nearly every unit is the empty set twice, so the same alpha over the units that somebody coded
//! is given beside it, under a name of its own.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::cells::Run;
use super::input::SetsInput;
use super::names::{Interval, Marginals, Measure, Reason, Scope};
use super::output::{Estimate, Output, ResultRow};
use super::resample::{Plan, Replicates, describe};

/// The variant over the units that at least one coder coded.
pub(super) const VARIANT_CODED: &str = "coded_units_only";

/// Sets seen, by number; number 0 is the empty set.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    numbers: HashMap<Vec<u64>, u32>,
    sets: Vec<Vec<u64>>,
    words: usize,
}

impl Seen {
    /// For sets of members below `members`.
    pub fn new(members: usize) -> Self {
        let words = members.div_ceil(64).max(1);
        let empty = vec![0; words];
        Self {
            numbers: HashMap::from([(empty.clone(), 0)]),
            sets: vec![empty],
            words,
        }
    }

    /// The number of a set given as bits.
    fn number(&mut self, bits: &[u64]) -> u32 {
        if let Some(number) = self.numbers.get(bits) {
            return *number;
        }
        let number = self.sets.len() as u32;
        self.numbers.insert(bits.to_vec(), number);
        self.sets.push(bits.to_vec());
        number
    }

    /// The number of a set given as members.
    fn of_members(&mut self, members: &[u32]) -> u32 {
        let mut bits = vec![0u64; self.words];
        members
            .iter()
            .for_each(|m| bits[*m as usize / 64] |= 1 << (m % 64));
        self.number(&bits)
    }

    /// Distance of Jaccard and of MASI.
    fn distances(&self, a: u32, b: u32) -> [f64; 2] {
        let (a, b) = (&self.sets[a as usize], &self.sets[b as usize]);
        let (mut shared, mut first, mut second) = (0, 0, 0);
        for (x, y) in a.iter().zip(b) {
            shared += (x & y).count_ones();
            first += x.count_ones();
            second += y.count_ones();
        }
        let union = first + second - shared;
        if union == 0 {
            return [0.0, 0.0];
        }
        let jaccard = f64::from(shared) / f64::from(union);
        let monotonic = if first == second && shared == first {
            1.0
        } else if shared == first || shared == second {
            2.0 / 3.0
        } else {
            1.0 / 3.0
        };
        // Disjoint sets have similarity 0 whatever the factor.
        [1.0 - jaccard, 1.0 - jaccard * monotonic]
    }
}

/// Counts of one cluster (a document, or a unit of a table) in one of the two variants.
#[derive(Clone, Debug, Default)]
struct Counts {
    units: u64,
    /// How many values are each set.
    values: BTreeMap<u32, u64>,
    /// Observed distances, over units `Σ pairs / (m − 1)`, Jaccard and MASI.
    observed: [f64; 2],
}

/// A cluster's counts: over all units, and over those that somebody coded.
#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    variants: [Counts; 2],
}

/// Units with the same sets of the same coders, counted together: sorted sets to number of units.
type Units = BTreeMap<Vec<u32>, u64>;

impl Cluster {
    fn new(seen: &Seen, units: &Units) -> Self {
        let mut cluster = Self::default();
        for (sets, &n) in units {
            let coded = sets.iter().any(|s| *s != 0);
            let mut crossed = [0.0; 2];
            for (i, a) in sets.iter().enumerate() {
                for b in &sets[i + 1..] {
                    if a != b {
                        let distances = seen.distances(*a, *b);
                        crossed
                            .iter_mut()
                            .zip(distances)
                            .for_each(|(sum, d)| *sum += d);
                    }
                }
            }
            for counts in &mut cluster.variants[..if coded { 2 } else { 1 }] {
                counts.units += n;
                sets.iter()
                    .for_each(|s| *counts.values.entry(*s).or_default() += n);
                for (sum, d) in counts.observed.iter_mut().zip(crossed) {
                    *sum += d * n as f64 / (sets.len() - 1) as f64;
                }
            }
        }
        cluster
    }
}

/// One document: for each coder and code its runs of units. Swept once over all boundaries.
pub(super) fn sweep_document(
    seen: &mut Seen,
    m: usize,
    n_units: u64,
    runs: impl Iterator<Item = (u32, u32, Run)>,
) -> Cluster {
    let mut boundaries: Vec<(u32, u32, u32)> = Vec::new();
    for (coder, code, run) in runs {
        boundaries.push((run.start, coder, code));
        boundaries.push((run.end, coder, code));
    }
    boundaries.sort_unstable();
    let mut bits = vec![vec![0u64; seen.words]; m];
    let mut numbers = vec![0u32; m];
    let mut units = Units::new();
    let mut at = 0u32;
    let mut next = 0;
    while next < boundaries.len() {
        let position = boundaries[next].0;
        if position > at {
            count(&mut units, &numbers, u64::from(position - at));
            at = position;
        }
        while next < boundaries.len() && boundaries[next].0 == position {
            let coder = boundaries[next].1 as usize;
            while let Some((_, _, code)) = boundaries
                .get(next)
                .filter(|(p, c, _)| *p == position && *c as usize == coder)
            {
                bits[coder][*code as usize / 64] ^= 1 << (code % 64);
                next += 1;
            }
            numbers[coder] = seen.number(&bits[coder]);
        }
    }
    if n_units > u64::from(at) {
        count(&mut units, &numbers, n_units - u64::from(at));
    }
    Cluster::new(seen, &units)
}

fn count(units: &mut Units, numbers: &[u32], n: u64) {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    *units.entry(sorted).or_default() += n;
}

/// What the expected distance of any selection of clusters follows from.
struct Alpha<'c> {
    clusters: &'c [Cluster],
    variant: usize,
    kind: usize,
    /// Σ over sets of `n_c n_k d` between two clusters, row by row.
    products: Vec<f64>,
}

impl<'c> Alpha<'c> {
    fn new(seen: &Seen, clusters: &'c [Cluster], variant: usize, kind: usize) -> Self {
        let n = clusters.len();
        let values: Vec<Vec<(u32, f64)>> = clusters
            .iter()
            .map(|c| {
                c.variants[variant]
                    .values
                    .iter()
                    .map(|(s, n)| (*s, *n as f64))
                    .collect()
            })
            .collect();
        let rows: Vec<Vec<f64>> = values
            .par_iter()
            .enumerate()
            .map(|(i, mine)| {
                // Distance of every set to this cluster's values, then one product with each later cluster.
                let reach: Vec<f64> = (0..seen.sets.len() as u32)
                    .map(|s| {
                        mine.iter()
                            .map(|(t, n)| n * seen.distances(s, *t)[kind])
                            .sum()
                    })
                    .collect();
                values[i..]
                    .iter()
                    .map(|other| other.iter().map(|(s, n)| n * reach[*s as usize]).sum())
                    .collect()
            })
            .collect();
        let mut products = vec![0.0; n * n];
        for (i, row) in rows.iter().enumerate() {
            for (offset, product) in row.iter().enumerate() {
                products[i * n + i + offset] = *product;
                products[(i + offset) * n + i] = *product;
            }
        }
        Self {
            clusters,
            variant,
            kind,
            products,
        }
    }

    /// Alpha of the clusters, each counted `times`.
    fn estimate(&self, times: &[f64]) -> Estimate {
        let n = self.clusters.len();
        let (mut values, mut observed, mut expected) = (0.0, 0.0, 0.0);
        for (i, cluster) in self
            .clusters
            .iter()
            .enumerate()
            .filter(|(i, _)| times[*i] > 0.0)
        {
            let counts = &cluster.variants[self.variant];
            values += times[i] * counts.values.values().sum::<u64>() as f64;
            observed += times[i] * counts.observed[self.kind];
            let row = &self.products[i * n..][..n];
            expected += times[i] * row.iter().zip(times).map(|(p, t)| p * t).sum::<f64>();
        }
        // Ordered pairs were summed: the products hold each pair of different sets twice.
        from_sums(values, observed, expected / 2.0)
    }
}

fn from_sums(values: f64, observed: f64, expected: f64) -> Estimate {
    if values == 0.0 {
        return Estimate::undefined(Reason::NoPairableUnits);
    }
    Estimate::disagreement(
        2.0 * observed / values,
        2.0 * expected / (values * (values - 1.0)),
    )
}

/// Alpha of all clusters at once, from the totals of the sets: no table of clusters by clusters.
fn headline(seen: &Seen, clusters: &[Cluster], variant: usize, kind: usize) -> Estimate {
    let mut totals = vec![0u64; seen.sets.len()];
    let mut observed = 0.0;
    for cluster in clusters {
        let counts = &cluster.variants[variant];
        counts
            .values
            .iter()
            .for_each(|(s, n)| totals[*s as usize] += n);
        observed += counts.observed[kind];
    }
    let used: Vec<u32> = (0..totals.len() as u32)
        .filter(|s| totals[*s as usize] > 0)
        .collect();
    let rows: Vec<f64> = used
        .par_iter()
        .enumerate()
        .map(|(i, &a)| {
            let with = |b: &u32| totals[*b as usize] as f64 * seen.distances(a, *b)[kind];
            totals[a as usize] as f64 * used[i + 1..].iter().map(with).sum::<f64>()
        })
        .collect();
    from_sums(
        totals.iter().sum::<u64>() as f64,
        observed,
        rows.iter().sum(),
    )
}

/// Which of the rows of sets an interval is wanted for.
pub(super) struct Resampling<'p> {
    pub interval: Interval,
    pub plan: Option<&'p Plan>,
}

/// The rows for sets: each measure over all units, then over those that somebody coded. `row` makes an empty row.
pub(super) fn rows(
    seen: &Seen,
    clusters: &[Cluster],
    measures: &[Measure],
    impossible: Option<Reason>,
    resampling: &Resampling<'_>,
    row: impl Fn(Measure, Scope, &Estimate) -> ResultRow,
) -> Vec<ResultRow> {
    let mut rows = Vec::new();
    for &measure in measures.iter().filter(|m| m.of_sets()) {
        let kind = usize::from(measure == Measure::AlphaMasi);
        for (variant, name) in [(0, None), (1, Some(VARIANT_CODED))] {
            let units: u64 = clusters.iter().map(|c| c.variants[variant].units).sum();
            let estimate = match impossible {
                Some(reason) => Estimate::undefined(reason),
                None if units == 0 => Estimate::undefined(Reason::NoSpans),
                None => headline(seen, clusters, variant, kind),
            };
            let mut row = row(measure, Scope::Sets, &estimate);
            row.variant = name;
            row.n_units = units;
            if variant == 1 && row.n_documents.is_some() {
                row.n_documents =
                    Some(clusters.iter().filter(|c| c.variants[1].units > 0).count() as u64);
            }
            let replicates = match resampling.plan {
                Some(plan) if row.value.is_some() => {
                    let alpha = Alpha::new(seen, clusters, variant, kind);
                    let values: Vec<Option<f64>> = (0..plan.replicates())
                        .into_par_iter()
                        .map(|b| {
                            let times: Vec<f64> =
                                plan.times(b).into_iter().map(f64::from).collect();
                            alpha.estimate(&times).finite()
                        })
                        .collect();
                    values.into_iter().collect()
                }
                _ => Replicates::default(),
            };
            describe(&mut row, resampling.interval, resampling.plan, replicates);
            rows.push(row);
        }
    }
    rows
}

/// Computes every row for a table of sets.
#[must_use]
pub(super) fn compute(input: &SetsInput) -> Output {
    let members = input
        .sets
        .iter()
        .flatten()
        .flatten()
        .flatten()
        .max()
        .map_or(0, |m| *m as usize + 1);
    let mut seen = Seen::new(members);
    let columns = input.sets.first().map_or(0, Vec::len);
    let mut clusters = Vec::new();
    for u in 0..columns {
        let numbers: Vec<u32> = input
            .sets
            .iter()
            .filter_map(|row| row[u].as_ref())
            .map(|set| seen.of_members(set))
            .collect();
        if numbers.len() >= 2 {
            let mut units = Units::new();
            count(&mut units, &numbers, 1);
            clusters.push(Cluster::new(&seen, &units));
        }
    }
    let impossible = match (input.coders.len(), clusters.len()) {
        (0 | 1, _) => Some(Reason::OneCoder),
        (_, 0) => Some(Reason::NoPairableUnits),
        _ => None,
    };
    let plan = Plan::new(input.interval, clusters.len(), input.replicates, input.seed);
    let resampling = Resampling {
        interval: input.interval,
        plan: plan.as_ref(),
    };
    let results = rows(
        &seen,
        &clusters,
        &input.measures,
        impossible,
        &resampling,
        |measure, scope, estimate| ResultRow::new(measure, scope, input.coders.clone(), estimate),
    );
    let bootstrap = input.interval == Interval::Bootstrap;
    Output {
        unit: None,
        coverage: None,
        n_units: clusters.len() as u64,
        n_documents: None,
        segmenter: None,
        coders: input.coders.clone(),
        codes: None,
        categories: None,
        marginals: Marginals::Pairable,
        layout: Some(input.layout),
        interval: input.interval,
        replicates: bootstrap.then_some(input.replicates),
        seed: bootstrap.then_some(input.seed),
        results,
        tables: Vec::new(),
    }
}
