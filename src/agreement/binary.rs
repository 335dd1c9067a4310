//! Coefficients of "coded or not", from counts.
//!
//! For one code a unit has two values, so everything nominal follows from how many of its coders said "coded"
//! ([`Moments`]) and, for two coders, from the table of four counts ([`PairTable`]). Formulas: Krippendorff 2011,
//! Cohen 1960, Scott 1955, Fleiss 1971, Conger 1980, Light 1971, Gwet 2008, Brennan & Prediger 1981, Cicchetti &
//! Feinstein 1990 (positive and negative agreement), Byrt, Bishop & Carlin 1993 (prevalence and bias index).

use std::collections::BTreeMap;

use super::cells::{Cell, Prepared, pair_index};
use super::names::{Measure, Reason, Unit};
use super::output::Estimate;
use super::resample::Sums;

/// Sums over units from which every coefficient of all coders follows, except Conger's and Light's.
/// All are linear in the documents, so that documents can be added and taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moments {
    /// Units with at least two values.
    pub units: i64,
    /// Values in them.
    pub values: i64,
    /// Values that say "coded".
    pub ones: i64,
    /// Coincidences o_01: over units, `k (m - k) / (m - 1)`.
    pub o01: f64,
    /// Share of disagreeing pairs, summed over units: `2 k (m - k) / (m (m - 1))`.
    pub dis: f64,
    /// Share of "coded", summed over units: `k / m`.
    pub share: f64,
}

impl Sums for Moments {
    fn add(&mut self, other: &Self, times: i64) {
        self.units += other.units * times;
        self.values += other.values * times;
        self.ones += other.ones * times;
        let factor = times as f64;
        self.o01 += other.o01 * factor;
        self.dis += other.dis * factor;
        self.share += other.share * factor;
    }
}

impl Moments {
    /// Units of `m` values each that nobody coded.
    pub fn empty(units: u64, m: usize) -> Self {
        Self {
            units: units as i64,
            values: (units * m as u64) as i64,
            ..Self::default()
        }
    }

    /// The sums of a histogram of one document.
    pub fn of_hist(hist: &[u64]) -> Self {
        let mut histograms = Histograms::default();
        histograms.add(hist);
        histograms.moments()
    }
}

/// Histograms by number of coders. Integers until the very end, so that a hundred million coincidences lose nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Histograms(BTreeMap<usize, Vec<u64>>);

impl Histograms {
    /// Adds the histogram of a document with `hist.len() - 1` coders.
    pub fn add(&mut self, hist: &[u64]) {
        let sum = self
            .0
            .entry(hist.len() - 1)
            .or_insert_with(|| vec![0; hist.len()]);
        for (total, n) in sum.iter_mut().zip(hist) {
            *total += n;
        }
    }

    /// Adds units that none of `m` coders coded.
    pub fn add_empty(&mut self, units: u64, m: usize) {
        self.0.entry(m).or_insert_with(|| vec![0; m + 1])[0] += units;
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        for hist in other.0.values() {
            self.add(hist);
        }
    }

    /// Units on which the coders differ.
    pub fn disagreed(&self) -> u64 {
        self.0
            .iter()
            .map(|(m, hist)| hist[1..*m].iter().sum::<u64>())
            .sum()
    }

    /// Divides last: one division per number of coders.
    pub fn moments(&self) -> Moments {
        let mut sums = Moments::default();
        for (&m, hist) in &self.0 {
            let (mut units, mut ones, mut crossed) = (0u64, 0u64, 0u128);
            for (k, &n) in hist.iter().enumerate() {
                units += n;
                ones += n * k as u64;
                crossed += u128::from(n) * (k * (m - k)) as u128;
            }
            let (crossed, pairs) = (crossed as f64, (m * (m - 1)) as f64);
            sums.units += units as i64;
            sums.values += (units * m as u64) as i64;
            sums.ones += ones as i64;
            sums.o01 += crossed / (m - 1) as f64;
            sums.dis += 2.0 * crossed / pairs;
            sums.share += ones as f64 / m as f64;
        }
        sums
    }
}

impl Prepared {
    /// All units of a code: the histograms of the documents where it was used, and nothing in the others.
    pub fn histograms(&self, cells: &[Cell], unit: Unit) -> Histograms {
        let mut histograms = Histograms::default();
        let mut cells = cells.iter().peekable();
        for (place, doc) in (0u32..).zip(&self.docs) {
            match cells.next_if(|cell| cell.doc == place) {
                Some(cell) => histograms.add(&cell.hist),
                None => histograms.add_empty(doc.count(unit), doc.coders.len()),
            }
        }
        histograms
    }
}

impl Moments {
    /// A coefficient of all coders; `None` for those that need more than the moments.
    pub fn estimate(&self, measure: Measure) -> Option<Estimate> {
        let (units, values, ones) = (self.units as f64, self.values as f64, self.ones as f64);
        let zeros = (self.values - self.ones) as f64;
        let varied = self.ones > 0 && self.ones < self.values;
        let agreed = (units - self.dis) / units;
        let share = self.share / units;
        Some(match measure {
            Measure::Percent => Estimate {
                observed: Some(agreed),
                basis: Some("agreement"),
                ..Estimate::plain(agreed)
            },
            Measure::KrippendorffAlpha => {
                let observed = 2.0 * self.o01 / values;
                if varied {
                    Estimate {
                        value: Ok(1.0 - (values - 1.0) * self.o01 / (ones * zeros)),
                        observed: Some(observed),
                        expected: Some(2.0 * ones * zeros / (values * (values - 1.0))),
                        basis: Some("disagreement"),
                    }
                } else {
                    Estimate::disagreement(observed, 0.0)
                }
            }
            Measure::FleissKappa | Measure::ScottPi => {
                let spread = 2.0 * share * (1.0 - share);
                let value = if varied {
                    Ok(1.0 - self.dis / units / spread)
                } else {
                    Err(Reason::NoVariation)
                };
                Estimate::agreement(value, agreed, if varied { 1.0 - spread } else { 1.0 })
            }
            Measure::GwetAc1 | Measure::GwetAc2 => {
                let expected = 2.0 * share * (1.0 - share);
                Estimate::agreement(Ok((agreed - expected) / (1.0 - expected)), agreed, expected)
            }
            Measure::BrennanPrediger => Estimate::agreement(Ok(2.0 * agreed - 1.0), agreed, 0.5),
            _ => return None,
        })
    }
}

/// Conger's kappa: expected agreement is the mean over pairs of different coders of the product of their shares.
/// `margins` has, for each coder, the pairable units and how many of them the coder coded.
pub(super) fn conger(moments: &Moments, margins: &[(i64, i64)]) -> Estimate {
    let shares: Vec<f64> = margins
        .iter()
        .filter(|(units, _)| *units > 0)
        .map(|(units, ones)| *ones as f64 / *units as f64)
        .collect();
    let agreed = (moments.units as f64 - moments.dis) / moments.units as f64;
    if moments.ones == 0 || moments.ones == moments.values {
        return Estimate::agreement(Err(Reason::NoVariation), agreed, 1.0);
    }
    // Sum over g != h of p_g (1 - p_h) + (1 - p_g) p_h, the expected disagreement.
    let n = shares.len() as f64;
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|p| p * p).sum();
    let crossed = (2.0 * (n * sum - sum * sum) - 2.0 * (sum - squares)) / (n * (n - 1.0));
    let value = if crossed > 0.0 {
        Ok(1.0 - moments.dis / moments.units as f64 / crossed)
    } else {
        Err(Reason::NoVariation)
    };
    Estimate::agreement(value, agreed, 1.0 - crossed)
}

/// Light's kappa: the mean of Cohen's kappa over all pairs, undefined when one of them is.
pub(super) fn light(tables: impl Iterator<Item = PairTable>) -> Estimate {
    let (mut sum, mut n) = (0.0, 0u32);
    for table in tables {
        match table.estimate(Measure::CohenKappa).finite() {
            Some(kappa) => {
                sum += kappa;
                n += 1;
            }
            None => return Estimate::undefined(Reason::UndefinedPair),
        }
    }
    if n == 0 {
        Estimate::undefined(Reason::OneCoder)
    } else {
        Estimate::plain(sum / f64::from(n))
    }
}

/// Units by what two coders said of them: `n10` coded by the first alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PairTable {
    pub n00: i64,
    pub n01: i64,
    pub n10: i64,
    pub n11: i64,
}

impl PairTable {
    /// Units that neither coded.
    pub fn empty(units: u64) -> Self {
        Self {
            n00: units as i64,
            ..Self::default()
        }
    }

    /// The table of two local coders in one document, in the order given.
    pub fn of_cell(cell: &Cell, i: usize, j: usize) -> Self {
        let m = cell.ones.len();
        let both = cell.both[pair_index(i.min(j), i.max(j), m)];
        let (first, second) = (cell.ones[i], cell.ones[j]);
        let total: u64 = cell.hist.iter().sum();
        Self {
            n00: (total + both - first - second) as i64,
            n01: (second - both) as i64,
            n10: (first - both) as i64,
            n11: both as i64,
        }
    }

    pub fn units(&self) -> i64 {
        self.n00 + self.n01 + self.n10 + self.n11
    }

    /// The same counts as moments of two coders.
    pub fn moments(&self) -> Moments {
        let crossed = self.n01 + self.n10;
        let ones = 2 * self.n11 + crossed;
        Moments {
            units: self.units(),
            values: 2 * self.units(),
            ones,
            o01: crossed as f64,
            dis: crossed as f64,
            share: ones as f64 / 2.0,
        }
    }

    /// A coefficient of two coders.
    pub fn estimate(&self, measure: Measure) -> Estimate {
        let [a, b, c, d] = [self.n11, self.n10, self.n01, self.n00].map(i128::from);
        let ratio = |top: i128, bottom: i128, reason: Reason| {
            if bottom == 0 {
                Estimate::undefined(reason)
            } else {
                Estimate::plain(top as f64 / bottom as f64)
            }
        };
        match measure {
            Measure::CohenKappa => {
                let n = a + b + c + d;
                // 1 - pe and po - pe, both times n squared / 2: exact, with nothing lost to cancellation.
                let bottom = (a + b) * (b + d) + (a + c) * (c + d);
                let top = 2 * (a * d - b * c);
                let value = if bottom == 0 {
                    Err(Reason::NoVariation)
                } else {
                    Ok(top as f64 / bottom as f64)
                };
                let expected = ((a + b) * (a + c) + (c + d) * (b + d)) as f64 / (n * n) as f64;
                Estimate::agreement(value, (a + d) as f64 / n as f64, expected)
            }
            Measure::PositiveAgreement | Measure::Holsti => {
                ratio(2 * a, 2 * a + b + c, Reason::NoSpans)
            }
            Measure::NegativeAgreement => ratio(2 * d, 2 * d + b + c, Reason::NoVariation),
            Measure::CodedOnlyAgreement => ratio(a, a + b + c, Reason::NoSpans),
            Measure::PrevalenceIndex => ratio(a - d, a + b + c + d, Reason::NoPairableUnits),
            Measure::BiasIndex => ratio(b - c, a + b + c + d, Reason::NoPairableUnits),
            other => self
                .moments()
                .estimate(other)
                .unwrap_or_else(|| Estimate::undefined(Reason::NoPairableUnits)),
        }
    }
}

impl Sums for PairTable {
    fn add(&mut self, other: &Self, times: i64) {
        self.n00 += other.n00 * times;
        self.n01 += other.n01 * times;
        self.n10 += other.n10 * times;
        self.n11 += other.n11 * times;
    }
}
