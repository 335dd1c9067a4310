//! Standard errors and intervals from resampling whole documents.
//!
//! The units of a text are not independent, so documents are the clusters: they are drawn with replacement
//! (bootstrap), or left out one at a time (jackknife). Everything that a coefficient is made of is a sum over documents;
//! a replicate therefore only adds sums that are there already, and no text is swept twice.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::names::{CiMethod, Interval};
use super::output::ResultRow;
use super::student::quantile_975;

/// Fewer documents than this give no interval.
pub(super) const FEWEST_CLUSTERS: usize = 10;
/// More undefined replicates than this share give no interval.
const MOST_UNDEFINED: f64 = 0.05;

/// Sums that can be added and taken away.
pub(super) trait Sums: Clone {
    /// Adds another's sums `times` times.
    fn add(&mut self, other: &Self, times: i64);
}

/// The part of each cluster in a total, for the clusters that have one.
#[derive(Clone, Debug)]
pub(super) struct Parts<S> {
    parts: Vec<(u32, S)>,
    total: S,
}

impl<S: Sums> Parts<S> {
    /// From the clusters' parts, ascending by cluster; `zero` is the empty sum.
    pub fn new(parts: Vec<(u32, S)>, zero: S) -> Self {
        let mut total = zero;
        parts.iter().for_each(|(_, part)| total.add(part, 1));
        Self { parts, total }
    }

    /// The sum of all parts.
    pub fn total(&self) -> &S {
        &self.total
    }
}

/// How clusters are resampled.
pub(super) enum Plan {
    /// How often each of `clusters` clusters is drawn in each replicate, replicate by replicate.
    Bootstrap { clusters: usize, times: Vec<u32> },
    /// Each cluster is left out once.
    Jackknife { clusters: usize },
}

impl Plan {
    /// The plan for a number of clusters, or nothing when no interval is to be computed. The draws depend on the seed
    /// and the number of clusters alone.
    pub fn new(interval: Interval, clusters: usize, replicates: u32, seed: u64) -> Option<Self> {
        match interval {
            Interval::Bootstrap if clusters >= FEWEST_CLUSTERS => {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let mut times = vec![0u32; clusters * replicates as usize];
                for replicate in times.chunks_exact_mut(clusters) {
                    for _ in 0..clusters {
                        replicate[below(&mut random, clusters)] += 1;
                    }
                }
                Some(Self::Bootstrap { clusters, times })
            }
            Interval::Jackknife if clusters >= 2 => Some(Self::Jackknife { clusters }),
            _ => None,
        }
    }

    fn clusters(&self) -> usize {
        match self {
            Self::Bootstrap { clusters, .. } | Self::Jackknife { clusters } => *clusters,
        }
    }

    /// Number of replicates.
    pub fn replicates(&self) -> usize {
        match self {
            Self::Bootstrap { clusters, times } => times.len() / clusters,
            Self::Jackknife { clusters } => *clusters,
        }
    }

    /// How often each cluster counts in a replicate.
    pub fn times(&self, replicate: usize) -> Vec<u32> {
        match self {
            Self::Bootstrap { clusters, times } => {
                times[replicate * clusters..][..*clusters].to_vec()
            }
            Self::Jackknife { clusters } => {
                (0..*clusters).map(|c| u32::from(c != replicate)).collect()
            }
        }
    }

    /// The total of the parts in a replicate, added to `sum`.
    pub fn add<S: Sums>(&self, replicate: usize, parts: &Parts<S>, sum: &mut S) {
        match self {
            Self::Bootstrap { clusters, times } => {
                let times = &times[replicate * clusters..][..*clusters];
                for (cluster, part) in &parts.parts {
                    let n = times[*cluster as usize];
                    if n > 0 {
                        sum.add(part, i64::from(n));
                    }
                }
            }
            Self::Jackknife { .. } => {
                sum.add(&parts.total, 1);
                if let Ok(place) = parts
                    .parts
                    .binary_search_by_key(&(replicate as u32), |(c, _)| *c)
                {
                    sum.add(&parts.parts[place].1, -1);
                }
            }
        }
    }

    /// The total of the parts in every replicate.
    pub fn totals<S: Sums>(&self, parts: &Parts<S>, zero: &S) -> Vec<S> {
        (0..self.replicates())
            .map(|replicate| {
                let mut sum = zero.clone();
                self.add(replicate, parts, &mut sum);
                sum
            })
            .collect()
    }
}

/// A number below `n`, each equally likely (Lemire 2019): what would favour some numbers is drawn again.
pub(super) fn below(random: &mut impl Rng, n: usize) -> usize {
    let n = n as u64;
    loop {
        let product = u128::from(random.next_u64()) * u128::from(n);
        // The low half is below 2^64 mod n exactly for the draws that are too many.
        if product as u64 >= n.wrapping_neg() % n {
            return (product >> 64) as usize;
        }
    }
}

/// The values of one coefficient in the replicates.
#[derive(Clone, Debug, Default)]
pub(super) struct Replicates {
    values: Vec<f64>,
    undefined: usize,
}

impl Replicates {
    pub fn push(&mut self, value: Option<f64>) {
        match value {
            Some(value) => self.values.push(value),
            None => self.undefined += 1,
        }
    }
}

impl FromIterator<Option<f64>> for Replicates {
    fn from_iter<I: IntoIterator<Item = Option<f64>>>(values: I) -> Self {
        let mut replicates = Self::default();
        values.into_iter().for_each(|value| replicates.push(value));
        replicates
    }
}

/// Writes standard error and interval into a row, or why there is none. `plan` is absent where there are too few
/// clusters, and nothing is written where no interval was asked for or there is no value.
pub(super) fn describe(
    row: &mut ResultRow,
    interval: Interval,
    plan: Option<&Plan>,
    replicates: Replicates,
) {
    let Some(value) = row.value else { return };
    if interval == Interval::None {
        return;
    }
    let too_few = if row.n_documents.is_some() {
        "too_few_documents"
    } else {
        "too_few_units"
    };
    let Some(plan) = plan else {
        row.ci_reason = Some(too_few);
        return;
    };
    let total = replicates.values.len() + replicates.undefined;
    let share = replicates.undefined as f64 / total as f64;
    row.undefined_share = Some(share);
    if share > MOST_UNDEFINED {
        row.ci_reason = Some("undefined_replicates");
        return;
    }
    let mut values = replicates.values;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    match plan {
        Plan::Bootstrap { .. } => {
            values.sort_unstable_by(f64::total_cmp);
            row.ci_method = Some(CiMethod::ClusterBootstrap);
            row.se = Some((squares / (n - 1.0)).sqrt());
            row.ci = Some([percentile(&values, 0.025), percentile(&values, 0.975)]);
        }
        Plan::Jackknife { .. } => {
            let se = ((n - 1.0) / n * squares).sqrt();
            row.ci_method = Some(CiMethod::Jackknife);
            row.se = Some(se);
            if plan.clusters() < FEWEST_CLUSTERS {
                row.ci_reason = Some(too_few);
            } else {
                row.ci = Some(around(value, se, n - 1.0));
            }
        }
    }
}

/// The interval at 95 % around a value: t with `df` degrees of freedom, cut at 1, which no coefficient exceeds.
pub(super) fn around(value: f64, se: f64, df: f64) -> [f64; 2] {
    let reach = quantile_975(df) * se;
    [value - reach, (value + reach).min(1.0)]
}

/// A percentile of sorted values, linear between neighbours (type 7 of Hyndman & Fan 1996).
fn percentile(sorted: &[f64], p: f64) -> f64 {
    let place = (sorted.len() - 1) as f64 * p;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    below + (above - below) * place.fract()
}
