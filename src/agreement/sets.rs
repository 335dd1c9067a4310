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
    /// The bits of all sets, one after another.
    bits: Vec<u64>,
    sizes: Vec<u32>,
    words: usize,
}

/// How two different sets are related.
#[derive(Clone, Copy)]
struct Relation {
    shared: u32,
    union: u32,
    /// One of them contains the other.
    contains: bool,
}

impl Relation {
    /// Distance of Jaccard and of MASI; 1 for disjoint sets.
    fn distances(self) -> [f64; 2] {
        let similarity = f64::from(self.shared) / f64::from(self.union);
        [
            1.0 - similarity,
            1.0 - similarity * if self.contains { 2.0 / 3.0 } else { 1.0 / 3.0 },
        ]
    }
}

impl Seen {
    /// For sets of members below `members`.
    pub fn new(members: usize) -> Self {
        let words = members.div_ceil(64).max(1);
        let empty = vec![0; words];
        Self {
            numbers: HashMap::from([(empty.clone(), 0)]),
            bits: empty,
            sizes: vec![0],
            words,
        }
    }

    fn len(&self) -> usize {
        self.sizes.len()
    }

    /// The number of a set given as bits.
    fn number(&mut self, bits: &[u64]) -> u32 {
        if let Some(number) = self.numbers.get(bits) {
            return *number;
        }
        let number = self.len() as u32;
        self.numbers.insert(bits.to_vec(), number);
        self.bits.extend_from_slice(bits);
        self.sizes
            .push(bits.iter().map(|word| word.count_ones()).sum());
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

    /// How two different sets are related.
    fn relation(&self, a: u32, b: u32) -> Relation {
        let (i, j) = (a as usize, b as usize);
        let words = |k: usize| &self.bits[k * self.words..][..self.words];
        let shared = words(i)
            .iter()
            .zip(words(j))
            .map(|(x, y)| (x & y).count_ones())
            .sum();
        let (first, second) = (self.sizes[i], self.sizes[j]);
        Relation {
            shared,
            union: first + second - shared,
            contains: shared == first.min(second),
        }
    }

    /// Distance of Jaccard and of MASI.
    fn distances(&self, a: u32, b: u32) -> [f64; 2] {
        if a == b {
            [0.0, 0.0]
        } else {
            self.relation(a, b).distances()
        }
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

/// Sums from which alpha follows, for one variant and kind of distance.
#[derive(Clone, Copy, Default)]
struct Totals {
    /// Values: empty sets, and others.
    empty: f64,
    others: f64,
    observed: f64,
}

impl Totals {
    fn add(&mut self, counts: &Counts, kind: usize, times: f64) {
        let empty = counts.values.get(&0).copied().unwrap_or(0);
        let all: u64 = counts.values.values().sum();
        self.empty += times * empty as f64;
        self.others += times * (all - empty) as f64;
        self.observed += times * counts.observed[kind];
    }

    /// Alpha, given `Σ n_a n_b d(a, b)` over pairs of sets that are not empty. The empty set is at distance 1 from every
    /// other, so it needs no table, and the two variants differ in nothing else.
    fn alpha(&self, between_others: f64) -> Estimate {
        let values = self.empty + self.others;
        if values == 0.0 {
            return Estimate::undefined(Reason::NoPairableUnits);
        }
        let expected = between_others + self.empty * self.others;
        Estimate::disagreement(
            2.0 * self.observed / values,
            2.0 * expected / (values * (values - 1.0)),
        )
    }
}

/// `Σ n_a n_b d(a, b)` over pairs of sets that are not empty, for both kinds of distance. Products of counts are summed
/// by how the sets are related; the distances are applied to the sums.
fn between_others(seen: &Seen, clusters: &[Cluster]) -> [f64; 2] {
    let mut totals = vec![0u64; seen.len()];
    for (set, n) in clusters.iter().flat_map(|c| &c.variants[1].values) {
        totals[*set as usize] += n;
    }
    let used: Vec<u32> = (1..totals.len() as u32)
        .filter(|s| totals[*s as usize] > 0)
        .collect();
    let width = seen
        .sizes
        .iter()
        .max()
        .map_or(1, |largest| *largest as usize + 1);
    // By shared members, union, and whether one contains the other. A few stripes of the triangle each, in a fixed
    // division, so that the sums do not depend on the number of processors.
    let stripes: Vec<Vec<f64>> = (0..STRIPES)
        .into_par_iter()
        .map(|stripe| {
            let mut sums = vec![0.0; width * width * 4];
            for i in (stripe..used.len()).step_by(STRIPES) {
                let a = used[i];
                let n = totals[a as usize] as f64;
                for &b in &used[i + 1..] {
                    let Relation {
                        shared,
                        union,
                        contains,
                    } = seen.relation(a, b);
                    let place =
                        (shared as usize * 2 * width + union as usize) * 2 + usize::from(contains);
                    sums[place] += n * totals[b as usize] as f64;
                }
            }
            sums
        })
        .collect();
    let mut distances = [0.0; 2];
    for place in 0..width * width * 4 {
        let sum: f64 = stripes.iter().map(|sums| sums[place]).sum();
        if sum > 0.0 {
            let (pair, contains) = (place / 2, place % 2 == 1);
            let relation = Relation {
                shared: (pair / (2 * width)) as u32,
                union: (pair % (2 * width)) as u32,
                contains,
            };
            distances
                .iter_mut()
                .zip(relation.distances())
                .for_each(|(total, d)| *total += sum * d);
        }
    }
    distances
}

const STRIPES: usize = 32;

/// The largest number of clusters for which an interval is computed by [`Products`].
const MOST_CLUSTERS: usize = 2000;

/// What the expected distance of any selection of clusters follows from: `Σ n_a n_b d(a, b)` between every two
/// clusters, row by row, for both kinds of distance.
struct Products {
    n: usize,
    table: [Vec<f64>; 2],
    /// Sum of each row.
    rows: [Vec<f64>; 2],
}

impl Products {
    fn new(seen: &Seen, clusters: &[Cluster]) -> Self {
        let n = clusters.len();
        let values: Vec<Vec<(u32, f64)>> = clusters
            .iter()
            .map(|c| {
                c.variants[1]
                    .values
                    .iter()
                    .filter(|(s, _)| **s > 0)
                    .map(|(s, n)| (*s, *n as f64))
                    .collect()
            })
            .collect();
        let rows: Vec<Vec<[f64; 2]>> = values
            .par_iter()
            .enumerate()
            .map(|(i, mine)| {
                // Distance of every set to this cluster's values, then one product with each later cluster.
                let mut reach = vec![[0.0; 2]; seen.len()];
                for (s, reach) in (0u32..).zip(&mut reach) {
                    for (t, n) in mine {
                        let d = seen.distances(s, *t);
                        reach[0] += n * d[0];
                        reach[1] += n * d[1];
                    }
                }
                values[i..]
                    .iter()
                    .map(|other| {
                        other.iter().fold([0.0; 2], |sum, (s, n)| {
                            let reach = reach[*s as usize];
                            [sum[0] + n * reach[0], sum[1] + n * reach[1]]
                        })
                    })
                    .collect()
            })
            .collect();
        let mut table = [vec![0.0; n * n], vec![0.0; n * n]];
        for (i, row) in rows.iter().enumerate() {
            for (j, product) in (i..).zip(row) {
                for (table, product) in table.iter_mut().zip(product) {
                    table[i * n + j] = *product;
                    table[j * n + i] = *product;
                }
            }
        }
        let rows = [0, 1].map(|kind| {
            table[kind]
                .chunks(n.max(1))
                .map(|row| row.iter().sum())
                .collect()
        });
        Self { n, table, rows }
    }

    /// The sum over pairs of sets when each cluster counts `times`.
    fn selected(&self, kind: usize, times: &[f64]) -> f64 {
        let rows = self.table[kind]
            .chunks(self.n)
            .zip(times)
            .filter(|(_, t)| **t > 0.0);
        // The table holds each pair of different sets twice.
        rows.map(|(row, t)| t * row.iter().zip(times).map(|(p, t)| p * t).sum::<f64>())
            .sum::<f64>()
            / 2.0
    }

    /// The same when one cluster is left out.
    fn without(&self, kind: usize, cluster: usize) -> f64 {
        let all: f64 = self.rows[kind].iter().sum();
        all / 2.0 - self.rows[kind][cluster] + self.table[kind][cluster * self.n + cluster] / 2.0
    }
}

/// Alpha in every replicate.
fn replicates(
    plan: &Plan,
    products: &Products,
    clusters: &[Cluster],
    variant: usize,
    kind: usize,
) -> Replicates {
    let values: Vec<Option<f64>> = (0..plan.replicates())
        .into_par_iter()
        .map(|b| {
            let times: Vec<f64> = plan.times(b).into_iter().map(f64::from).collect();
            let mut totals = Totals::default();
            for (cluster, times) in clusters.iter().zip(&times) {
                totals.add(&cluster.variants[variant], kind, *times);
            }
            let between = match plan {
                Plan::Bootstrap { .. } => products.selected(kind, &times),
                Plan::Jackknife { .. } => products.without(kind, b),
            };
            totals.alpha(between).finite()
        })
        .collect();
    values.into_iter().collect()
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
    let between = if impossible.is_none() {
        between_others(seen, clusters)
    } else {
        [0.0; 2]
    };
    let few = clusters.len() <= MOST_CLUSTERS;
    let products = resampling
        .plan
        .filter(|_| few && impossible.is_none())
        .map(|_| Products::new(seen, clusters));
    for &measure in measures.iter().filter(|m| m.of_sets()) {
        let kind = usize::from(measure == Measure::AlphaMasi);
        for (variant, name) in [(0, None), (1, Some(VARIANT_CODED))] {
            let units: u64 = clusters.iter().map(|c| c.variants[variant].units).sum();
            let mut totals = Totals::default();
            clusters
                .iter()
                .for_each(|cluster| totals.add(&cluster.variants[variant], kind, 1.0));
            let estimate = match impossible {
                Some(reason) => Estimate::undefined(reason),
                None if units == 0 => Estimate::undefined(Reason::NoSpans),
                None => totals.alpha(between[kind]),
            };
            let mut row = row(measure, Scope::Sets, &estimate);
            row.variant = name;
            row.n_units = units;
            if variant == 1 && row.n_documents.is_some() {
                row.n_documents =
                    Some(clusters.iter().filter(|c| c.variants[1].units > 0).count() as u64);
            }
            if few {
                let found = match (resampling.plan, &products) {
                    (Some(plan), Some(products)) if row.value.is_some() => {
                        replicates(plan, products, clusters, variant, kind)
                    }
                    _ => Replicates::default(),
                };
                describe(&mut row, resampling.interval, resampling.plan, found);
            } else if resampling.interval != Interval::None && row.value.is_some() {
                row.ci_reason = Some("too_many_units");
            }
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
