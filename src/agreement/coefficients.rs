//! Coefficients of a reliability matrix with any number of categories, weights and missing values.
//!
//! Sources: Krippendorff 2011 (alpha at four levels), Cohen 1960 and 1968, Scott 1955, Fleiss 1971, Conger 1980, Gwet
//! 2008 and 2014 (AC1, AC2, missing values, standard errors), Brennan & Prediger 1981, Fleiss, Cohen & Everitt 1969
//! (standard error of kappa). Units may be given multiplicities, so that a bootstrap replicate needs no copy of the data.

use std::collections::BTreeMap;

use super::input::{Category, MatrixInput};
use super::names::{Level, Marginals, Measure, Reason, Weights};
use super::output::Estimate;

/// What does not depend on the ratings: values of the categories, weights, metric.
pub(super) struct Scheme {
    /// Values of the categories where all are numbers, else their places.
    values: Vec<f64>,
    /// Distance between the largest and the smallest value.
    range: f64,
    level: Level,
    pub weights: Weights,
}

impl Scheme {
    pub fn new(input: &MatrixInput) -> Self {
        let numbers: Option<Vec<f64>> = input
            .categories
            .iter()
            .map(|c| match c {
                Category::Number(n) => Some(*n),
                Category::Name(_) => None,
            })
            .collect();
        let values =
            numbers.unwrap_or_else(|| (1..=input.categories.len()).map(|i| i as f64).collect());
        let (low, high) = values
            .iter()
            .fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
        Self {
            values,
            range: high - low,
            level: input.level,
            weights: input.weights,
        }
    }

    /// Number of categories.
    pub fn q(&self) -> usize {
        self.values.len()
    }

    /// The weights that a measure uses: percent and AC1 are unweighted by definition.
    pub fn weights_of(&self, measure: Measure) -> Weights {
        match measure {
            Measure::Percent | Measure::GwetAc1 => Weights::None,
            _ => self.weights,
        }
    }

    /// Credit for the pair of categories `k`, `l`; 1 on the diagonal. Linear and quadratic weights use the values of
    /// the categories, ordinal ones their places (Gwet 2014, ch. 3).
    pub fn weight(&self, weights: Weights, k: usize, l: usize) -> f64 {
        if k == l {
            return 1.0;
        }
        let apart = || (self.values[k] - self.values[l]).abs() / self.range;
        match weights {
            Weights::None => 0.0,
            Weights::Linear => 1.0 - apart(),
            Weights::Quadratic => 1.0 - apart().powi(2),
            Weights::Ordinal => {
                let (d, q) = (k.abs_diff(l) as f64, self.q() as f64);
                1.0 - d * (d + 1.0) / (q * (q - 1.0))
            }
        }
    }

    /// The sum of `weight × cell` over all pairs of categories. Without weights only the diagonal is looked at, so that
    /// thousands of distinct values cost no more than they must.
    pub fn weighted(&self, weights: Weights, cell: impl Fn(usize, usize) -> f64) -> f64 {
        let q = self.q();
        let diagonal: f64 = (0..q).map(|k| cell(k, k)).sum();
        if weights == Weights::None {
            return diagonal;
        }
        let pairs = (0..q)
            .flat_map(|k| (0..q).map(move |l| (k, l)))
            .filter(|(k, l)| k != l);
        diagonal
            + pairs
                .map(|(k, l)| self.weight(weights, k, l) * cell(k, l))
                .sum::<f64>()
    }

    /// The sum of all weights.
    pub fn total(&self, weights: Weights) -> f64 {
        self.weighted(weights, |_, _| 1.0)
    }
}

/// The ratings of one unit: how many coders gave it each category, for the categories that it was given.
pub(super) struct UnitCounts {
    pub ratings: u32,
    pub counts: Vec<(u32, u32)>,
}

/// The ratings of some of the coders.
pub(super) struct Ratings {
    /// Units with at least one rating, or at least two where only pairable units count.
    pub units: Vec<UnitCounts>,
    /// The ratings themselves, by coder and unit of `units`.
    pub by_coder: Vec<Vec<Option<u32>>>,
}

impl Ratings {
    pub fn new(input: &MatrixInput, coders: &[usize]) -> Self {
        let columns = input.ratings.first().map_or(0, Vec::len);
        let least = if input.marginals == Marginals::All {
            1
        } else {
            2
        };
        let mut units = Vec::new();
        let mut by_coder = vec![Vec::new(); coders.len()];
        for u in 0..columns {
            let column: Vec<Option<u32>> = coders.iter().map(|c| input.ratings[*c][u]).collect();
            let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
            column
                .iter()
                .flatten()
                .for_each(|k| *counts.entry(*k).or_default() += 1);
            let ratings = counts.values().sum();
            if ratings >= least {
                units.push(UnitCounts {
                    ratings,
                    counts: counts.into_iter().collect(),
                });
                by_coder
                    .iter_mut()
                    .zip(column)
                    .for_each(|(row, value)| row.push(value));
            }
        }
        Self { units, by_coder }
    }

    pub fn coders(&self) -> usize {
        self.by_coder.len()
    }

    /// Units with at least two ratings.
    pub fn pairable(&self) -> u64 {
        self.units.iter().filter(|u| u.ratings >= 2).count() as u64
    }

    /// Units by the categories that two coders gave them, in the order given.
    pub fn table(&self, q: usize, [a, b]: [usize; 2], times: Option<&[u32]>) -> Vec<Vec<u64>> {
        let mut table = vec![vec![0u64; q]; q];
        for (u, (a, b)) in self.by_coder[a].iter().zip(&self.by_coder[b]).enumerate() {
            if let (Some(a), Some(b)) = (a, b) {
                table[*a as usize][*b as usize] += u64::from(times.map_or(1, |t| t[u]));
            }
        }
        table
    }

    /// Units with their multiplicities, without those that a replicate did not draw.
    fn drawn<'t>(
        &'t self,
        times: Option<&'t [u32]>,
    ) -> impl Iterator<Item = (&'t UnitCounts, u32)> {
        self.units
            .iter()
            .enumerate()
            .map(move |(i, unit)| (unit, times.map_or(1, |t| t[i])))
            .filter(|(_, n)| *n > 0)
    }

    /// A coefficient of these coders; `times` says how often each unit counts (once when absent).
    pub fn estimate(&self, measure: Measure, scheme: &Scheme, times: Option<&[u32]>) -> Estimate {
        let weights = scheme.weights_of(measure);
        match measure {
            Measure::KrippendorffAlpha => return self.alpha(scheme, times),
            Measure::CohenKappa => return self.cohen(scheme, [0, 1], times),
            Measure::LightKappa => return self.light(scheme, times),
            _ => {}
        }
        let Some(observed) = self.observed(scheme, weights, times) else {
            return Estimate::undefined(Reason::NoPairableUnits);
        };
        if measure == Measure::Percent {
            let basis = Some("agreement");
            return Estimate {
                observed: Some(observed),
                basis,
                ..Estimate::plain(observed)
            };
        }
        corrected(observed, self.expected(measure, scheme, times))
    }

    /// Expected agreement; Gwet's for AC1/AC2, 1/q for Brennan-Prediger, else Scott's and Fleiss's.
    pub fn expected(&self, measure: Measure, scheme: &Scheme, times: Option<&[u32]>) -> f64 {
        let (q, weights) = (scheme.q(), scheme.weights_of(measure));
        let size = q as f64;
        match measure {
            Measure::BrennanPrediger => scheme.total(weights) / (size * size),
            Measure::CongerKappa => self.expected_conger(scheme, times),
            Measure::GwetAc1 | Measure::GwetAc2 if q < 2 => 1.0,
            Measure::GwetAc1 | Measure::GwetAc2 => {
                let spread: f64 = self.shares(q, times).iter().map(|p| p * (1.0 - p)).sum();
                scheme.total(weights) * spread / (size * (size - 1.0))
            }
            _ => {
                let shares = self.shares(q, times);
                scheme.weighted(weights, |k, l| shares[k] * shares[l])
            }
        }
    }

    /// Light's kappa: the mean of Cohen's kappa over the pairs, undefined when one of them is.
    fn light(&self, scheme: &Scheme, times: Option<&[u32]>) -> Estimate {
        let (mut sum, mut pairs) = (0.0, 0.0);
        for a in 0..self.coders() {
            for b in a + 1..self.coders() {
                match self.cohen(scheme, [a, b], times).finite() {
                    Some(kappa) => (sum, pairs) = (sum + kappa, pairs + 1.0),
                    None => return Estimate::undefined(Reason::UndefinedPair),
                }
            }
        }
        Estimate::plain(sum / pairs)
    }

    /// Weighted share of agreeing pairs, mean over pairable units (Gwet 2014).
    fn observed(&self, scheme: &Scheme, weights: Weights, times: Option<&[u32]>) -> Option<f64> {
        // By number of ratings, so that whole numbers are summed first and divided once.
        let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
        let mut units = 0u64;
        for (unit, n) in self.drawn(times).filter(|(u, _)| u.ratings >= 2) {
            units += u64::from(n);
            *sums.entry(unit.ratings).or_default() +=
                f64::from(n) * agreeing(unit, scheme, weights);
        }
        let pairs = |r: u32| f64::from(r) * f64::from(r - 1);
        (units > 0).then(|| sums.iter().map(|(r, sum)| sum / pairs(*r)).sum::<f64>() / units as f64)
    }

    /// Share of each category: the mean over units of the share of their ratings.
    pub fn shares(&self, q: usize, times: Option<&[u32]>) -> Vec<f64> {
        let mut sums: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        let mut units = 0u64;
        for (unit, n) in self.drawn(times) {
            units += u64::from(n);
            let sum = sums.entry(unit.ratings).or_insert_with(|| vec![0; q]);
            unit.counts
                .iter()
                .for_each(|(k, count)| sum[*k as usize] += u64::from(n) * u64::from(*count));
        }
        let share = |k: usize| {
            sums.iter()
                .map(|(r, sum)| sum[k] as f64 / f64::from(*r))
                .sum::<f64>()
                / units as f64
        };
        (0..q).map(share).collect()
    }

    /// For each coder the share of each category among the pairable units that the coder rated, and their number.
    pub fn coder_shares(&self, q: usize, times: Option<&[u32]>) -> Vec<(u64, Vec<f64>)> {
        self.by_coder
            .iter()
            .map(|row| {
                let mut counts = vec![0u64; q];
                for (u, value) in row.iter().enumerate() {
                    if let (Some(k), true) = (value, self.units[u].ratings >= 2) {
                        counts[*k as usize] += u64::from(times.map_or(1, |t| t[u]));
                    }
                }
                let n: u64 = counts.iter().sum();
                (n, counts.iter().map(|c| *c as f64 / n as f64).collect())
            })
            .collect()
    }

    /// Conger's expected agreement: mean over pairs of different coders of the products of their shares, from
    /// pairable units.
    fn expected_conger(&self, scheme: &Scheme, times: Option<&[u32]>) -> f64 {
        let shares: Vec<Vec<f64>> = self
            .coder_shares(scheme.q(), times)
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(_, s)| s)
            .collect();
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (g, a) in shares.iter().enumerate() {
            for b in &shares[g + 1..] {
                pairs += 1.0;
                sum += scheme.weighted(scheme.weights, |k, l| {
                    f64::midpoint(a[k] * b[l], b[k] * a[l])
                });
            }
        }
        sum / pairs
    }

    fn cohen(&self, scheme: &Scheme, pair: [usize; 2], times: Option<&[u32]>) -> Estimate {
        let q = scheme.q();
        let (mut rows, mut columns) = (vec![0u64; q], vec![0u64; q]);
        let (mut n, mut observed) = (0u64, 0.0);
        for (u, (a, b)) in self.by_coder[pair[0]]
            .iter()
            .zip(&self.by_coder[pair[1]])
            .enumerate()
        {
            if let (Some(a), Some(b)) = (a, b) {
                let times = u64::from(times.map_or(1, |t| t[u]));
                let (a, b) = (*a as usize, *b as usize);
                rows[a] += times;
                columns[b] += times;
                n += times;
                observed += times as f64 * scheme.weight(scheme.weights, a, b);
            }
        }
        if n == 0 {
            return Estimate::undefined(Reason::NoPairableUnits);
        }
        let product = |k: usize, l: usize| (u128::from(rows[k]) * u128::from(columns[l])) as f64;
        let n = n as f64;
        corrected(
            observed / n,
            scheme.weighted(scheme.weights, product) / (n * n),
        )
    }

    /// Krippendorff's alpha, with the metric of the scheme.
    fn alpha(&self, scheme: &Scheme, times: Option<&[u32]>) -> Estimate {
        let q = scheme.q();
        let mut totals = vec![0u64; q];
        for (unit, n) in self.drawn(times).filter(|(u, _)| u.ratings >= 2) {
            unit.counts
                .iter()
                .for_each(|(k, count)| totals[*k as usize] += u64::from(n) * u64::from(*count));
        }
        let metric = Metric::new(scheme, &totals);
        let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
        for (unit, n) in self.drawn(times).filter(|(u, _)| u.ratings >= 2) {
            let mut crossed = 0.0;
            for (i, (k, a)) in unit.counts.iter().enumerate() {
                for (l, b) in &unit.counts[i + 1..] {
                    crossed +=
                        f64::from(*a) * f64::from(*b) * metric.squared(*k as usize, *l as usize);
                }
            }
            *sums.entry(unit.ratings).or_default() += f64::from(n) * crossed;
        }
        let n = totals.iter().sum::<u64>() as f64;
        if n == 0.0 {
            return Estimate::undefined(Reason::NoPairableUnits);
        }
        let observed: f64 = sums.iter().map(|(r, sum)| sum / f64::from(r - 1)).sum();
        let used: Vec<usize> = (0..q).filter(|k| totals[*k] > 0).collect();
        let mut expected = 0.0;
        for (i, &k) in used.iter().enumerate() {
            for &l in &used[i + 1..] {
                expected +=
                    (u128::from(totals[k]) * u128::from(totals[l])) as f64 * metric.squared(k, l);
            }
        }
        Estimate::disagreement(2.0 * observed / n, 2.0 * expected / (n * (n - 1.0)))
    }
}

/// Weighted number of ordered pairs of ratings of a unit that agree.
pub(super) fn agreeing(unit: &UnitCounts, scheme: &Scheme, weights: Weights) -> f64 {
    let mut sum = 0.0;
    for (k, a) in &unit.counts {
        sum += f64::from(*a) * f64::from(a - 1);
        if weights != Weights::None {
            for (l, b) in unit.counts.iter().filter(|(l, _)| l != k) {
                sum += f64::from(*a)
                    * f64::from(*b)
                    * scheme.weight(weights, *k as usize, *l as usize);
            }
        }
    }
    sum
}

/// `(observed - expected) / (1 - expected)`. Rounding must not turn 0/0 into a number.
fn corrected(observed: f64, expected: f64) -> Estimate {
    let room = 1.0 - expected;
    let value = if room.abs() < 1e-12 {
        Err(Reason::NoVariation)
    } else {
        Ok((observed - expected) / room)
    };
    Estimate::agreement(value, observed, expected)
}

/// Squared distances between categories.
struct Metric<'s> {
    scheme: &'s Scheme,
    /// For the ordinal metric: pairable values in the categories before each one.
    before: Vec<f64>,
    totals: Vec<f64>,
}

impl<'s> Metric<'s> {
    fn new(scheme: &'s Scheme, totals: &[u64]) -> Self {
        let totals: Vec<f64> = totals.iter().map(|n| *n as f64).collect();
        let before = totals
            .iter()
            .scan(0.0, |sum, n| {
                let before = *sum;
                *sum += n;
                Some(before)
            })
            .collect();
        Self {
            scheme,
            before,
            totals,
        }
    }

    /// Krippendorff 2011, section on metric differences.
    fn squared(&self, k: usize, l: usize) -> f64 {
        if k == l {
            return 0.0;
        }
        let (a, b) = (self.scheme.values[k], self.scheme.values[l]);
        match self.scheme.level {
            Level::Nominal => 1.0,
            Level::Interval => (a - b).powi(2),
            Level::Ratio => ((a - b) / (a + b)).powi(2),
            Level::Ordinal => {
                let (low, high) = (k.min(l), k.max(l));
                let between = self.before[high] + self.totals[high] - self.before[low];
                (between - (self.totals[low] + self.totals[high]) / 2.0).powi(2)
            }
        }
    }
}
