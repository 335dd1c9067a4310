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
    level: Level,
    weights: Weights,
    marginals: Marginals,
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
        Self {
            values: numbers
                .unwrap_or_else(|| (1..=input.categories.len()).map(|i| i as f64).collect()),
            level: input.level,
            weights: input.weights,
            marginals: input.marginals,
        }
    }

    /// Number of categories.
    pub fn q(&self) -> usize {
        self.values.len()
    }

    /// Credit for the pair of categories `k`, `l`; 1 on the diagonal. Linear and quadratic weights use the values of
    /// the categories, ordinal ones their places (Gwet 2014, ch. 3).
    fn weight(&self, weights: Weights, k: usize, l: usize) -> f64 {
        if k == l {
            return 1.0;
        }
        let span = || {
            let (low, high) = self
                .values
                .iter()
                .fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
            (self.values[k] - self.values[l]).abs() / (high - low)
        };
        match weights {
            Weights::None => 0.0,
            Weights::Linear => 1.0 - span(),
            Weights::Quadratic => 1.0 - span().powi(2),
            Weights::Ordinal => {
                let (d, q) = (k.abs_diff(l) as f64, self.q() as f64);
                1.0 - d * (d + 1.0) / (q * (q - 1.0))
            }
        }
    }

    fn weight_matrix(&self, weights: Weights) -> Vec<Vec<f64>> {
        let q = self.q();
        (0..q)
            .map(|k| (0..q).map(|l| self.weight(weights, k, l)).collect())
            .collect()
    }
}

/// The ratings of one unit: how many coders gave it each category, for the categories that it was given.
struct UnitCounts {
    ratings: u32,
    counts: Vec<(u32, u32)>,
}

/// The ratings of some of the coders.
pub(super) struct Ratings {
    /// Units with at least one rating.
    units: Vec<UnitCounts>,
    /// The ratings themselves, by coder and unit of `units`.
    by_coder: Vec<Vec<Option<u32>>>,
}

impl Ratings {
    pub fn new(input: &MatrixInput, coders: &[usize]) -> Self {
        let columns = input.ratings.first().map_or(0, Vec::len);
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
            if ratings > 0 {
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

    /// Units with at least one rating, which a bootstrap draws from.
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// Units with at least two ratings.
    pub fn pairable(&self) -> u64 {
        self.units.iter().filter(|u| u.ratings >= 2).count() as u64
    }

    /// Units by the categories that the first two coders gave them.
    pub fn contingency(&self, q: usize) -> Vec<Vec<u64>> {
        self.table(q, None)
    }

    fn table(&self, q: usize, times: Option<&[u32]>) -> Vec<Vec<u64>> {
        let mut table = vec![vec![0u64; q]; q];
        for (u, (a, b)) in self.by_coder[0].iter().zip(&self.by_coder[1]).enumerate() {
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
        let weights = match measure {
            Measure::Percent | Measure::GwetAc1 => Weights::None,
            _ => scheme.weights,
        };
        match measure {
            Measure::KrippendorffAlpha => self.alpha(scheme, times),
            Measure::CohenKappa => self.cohen(scheme, weights, times),
            _ => {
                let Some(observed) = self.observed(scheme, weights, times) else {
                    return Estimate::undefined(Reason::NoPairableUnits);
                };
                let expected = match measure {
                    Measure::Percent => {
                        let basis = Some("agreement");
                        return Estimate {
                            observed: Some(observed),
                            basis,
                            ..Estimate::plain(observed)
                        };
                    }
                    Measure::CongerKappa => self.expected_conger(scheme, weights, times),
                    Measure::BrennanPrediger => {
                        total(&scheme.weight_matrix(weights)) / (scheme.q() as f64).powi(2)
                    }
                    _ => {
                        let shares = self.shares(scheme.q(), scheme.marginals, times);
                        expected_from_shares(measure, &shares, &scheme.weight_matrix(weights))
                    }
                };
                corrected(observed, expected)
            }
        }
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
    fn shares(&self, q: usize, marginals: Marginals, times: Option<&[u32]>) -> Vec<f64> {
        let least = if marginals == Marginals::All { 1 } else { 2 };
        let mut sums: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        let mut units = 0u64;
        for (unit, n) in self.drawn(times).filter(|(u, _)| u.ratings >= least) {
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

    /// Conger's expected agreement: mean over pairs of different coders of the products of their shares, from
    /// pairable units.
    fn expected_conger(&self, scheme: &Scheme, weights: Weights, times: Option<&[u32]>) -> f64 {
        let q = scheme.q();
        let mut shares: Vec<Vec<f64>> = Vec::new();
        for row in &self.by_coder {
            let mut counts = vec![0u64; q];
            for (u, value) in row.iter().enumerate() {
                if let (Some(k), true) = (value, self.units[u].ratings >= 2) {
                    counts[*k as usize] += u64::from(times.map_or(1, |t| t[u]));
                }
            }
            let n: u64 = counts.iter().sum();
            if n > 0 {
                shares.push(counts.iter().map(|c| *c as f64 / n as f64).collect());
            }
        }
        let weight = scheme.weight_matrix(weights);
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (g, a) in shares.iter().enumerate() {
            for b in &shares[g + 1..] {
                pairs += 2.0;
                for (k, l) in indexes(q) {
                    sum += weight[k][l] * (a[k] * b[l] + b[k] * a[l]);
                }
            }
        }
        sum / pairs
    }

    fn cohen(&self, scheme: &Scheme, weights: Weights, times: Option<&[u32]>) -> Estimate {
        let q = scheme.q();
        let table = self.table(q, times);
        let n: u64 = table.iter().flatten().sum();
        if n == 0 {
            return Estimate::undefined(Reason::NoPairableUnits);
        }
        let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> = (0..q)
            .map(|l| table.iter().map(|row| row[l]).sum())
            .collect();
        let (mut observed, mut expected) = (0.0, 0.0);
        for (k, l) in indexes(q) {
            let weight = scheme.weight(weights, k, l);
            observed += weight * table[k][l] as f64;
            expected += weight * (u128::from(rows[k]) * u128::from(columns[l])) as f64;
        }
        let n = n as f64;
        corrected(observed / n, expected / (n * n))
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
fn agreeing(unit: &UnitCounts, scheme: &Scheme, weights: Weights) -> f64 {
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

fn indexes(q: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..q).flat_map(move |k| (0..q).map(move |l| (k, l)))
}

fn total(weights: &[Vec<f64>]) -> f64 {
    weights.iter().flatten().sum()
}

/// Expected agreement from the shares of the categories: Gwet's for AC1/AC2, else Scott's and Fleiss's.
fn expected_from_shares(measure: Measure, shares: &[f64], weights: &[Vec<f64>]) -> f64 {
    let q = shares.len();
    if matches!(measure, Measure::GwetAc1 | Measure::GwetAc2) {
        if q < 2 {
            return 1.0;
        }
        let spread: f64 = shares.iter().map(|p| p * (1.0 - p)).sum();
        return total(weights) * spread / (q * (q - 1)) as f64;
    }
    indexes(q)
        .map(|(k, l)| weights[k][l] * shares[k] * shares[l])
        .sum()
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
