//! Krippendorff's unitizing alphas: the continuum is partitioned by each coder into valued units and gaps.
//!
//! Krippendorff, Mathet, Bouvry & Widlöcher (2016), On the reliability of unitizing textual continua: further
//! developments, Quality & Quantity 50. Several documents are one continuum whose units and gaps are cut at the ends of
//! documents, each with its own number of coders. With overlap(c, k) = characters where one coder says c and another k:
//! - l_ck = Σ over documents of overlap(c, k)/(m − 1) over ordered pairs of coders; l_c its row sums, l its total
//! - e_ck = l (l_c l_k − [c = k] S_c)/(l² − Σ S), with S_c the sum of squared lengths of units for a value and of plain
//!   lengths for gaps, which have no structure.
//!
//! u compares all cells, |u gaps with everything else, cu the values where both coders marked something, (k)u one value
//! of them. For cu and (k)u the paper leaves S*_c open to two readings with more than two coders; here it is the mean over
//! the other coders of the squared intersection of a unit with their valued units. For two coders both are the same.

use super::binary::Moments;
use super::cells::Run;
use super::names::{Measure, Reason};
use super::output::Estimate;
use super::resample::Sums;

/// The name of the reading of S*_c, shown where it matters.
pub(super) const VARIANT_MANY: &str = "s_star_mean_over_other_coders";

/// One code against gaps. Only two values, so everything follows from the moments over characters and S_c.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OneCode {
    pub moments: Moments,
    /// Sum of squared lengths of units.
    pub squares: f64,
}

impl Sums for OneCode {
    fn add(&mut self, other: &Self, times: i64) {
        self.moments.add(&other.moments, times);
        self.squares += other.squares * times as f64;
    }
}

impl OneCode {
    /// With a single value u and |u are the same number; cu and (k)u have nothing to tell apart.
    pub fn estimate(&self, measure: Measure) -> Estimate {
        if self.moments.ones == 0 {
            return Estimate::undefined(Reason::NoSpans);
        }
        if matches!(measure, Measure::CuAlpha | Measure::KuAlpha) {
            return Estimate::undefined(Reason::NoVariation);
        }
        let l = self.moments.values as f64;
        let coded = self.moments.ones as f64;
        let gaps = (self.moments.values - self.moments.ones) as f64;
        let crossed = l * coded * gaps / (l * l - self.squares - gaps);
        if measure == Measure::BarUAlpha {
            return Estimate::disagreement(self.moments.o01, crossed);
        }
        Estimate::disagreement(2.0 * self.moments.o01 / l, 2.0 * crossed / l)
    }
}

/// Several values that exclude each other, and gaps.
#[derive(Clone, Debug)]
pub(super) struct Values {
    /// Number of values.
    q: usize,
    /// l_ck, row by row; gaps are the last row and column.
    l: Vec<f64>,
    /// S_c of each value.
    squares: Vec<f64>,
    /// S*_c of each value.
    shared_squares: Vec<f64>,
}

impl Sums for Values {
    fn add(&mut self, other: &Self, times: i64) {
        let factor = times as f64;
        for (mine, theirs) in [
            (&mut self.l, &other.l),
            (&mut self.squares, &other.squares),
            (&mut self.shared_squares, &other.shared_squares),
        ] {
            mine.iter_mut()
                .zip(theirs)
                .for_each(|(a, b)| *a += b * factor);
        }
    }
}

impl Values {
    pub fn zero(q: usize) -> Self {
        Self {
            q,
            l: vec![0.0; (q + 1) * (q + 1)],
            squares: vec![0.0; q],
            shared_squares: vec![0.0; q],
        }
    }

    /// A document of `length` characters in which none of `m` coders marked anything.
    pub fn empty(q: usize, length: u32, m: usize) -> Self {
        let mut values = Self::zero(q);
        values.l[(q + 1) * (q + 1) - 1] = f64::from(length) * m as f64;
        values
    }

    /// A document from its coders' units, each with its value, sorted and disjoint for each coder.
    pub fn count(q: usize, length: u32, coders: &[&[(Run, usize)]]) -> Self {
        let mut values = Self::zero(q);
        let others = (coders.len() - 1) as f64;
        for (i, a) in coders.iter().enumerate() {
            for (run, value) in *a {
                values.squares[*value] += square(run.len());
            }
            for (j, b) in coders.iter().enumerate() {
                if i != j {
                    values.compare(length, a, b, others);
                }
            }
        }
        values
    }

    /// Adds what a coder's units share with another's, as an ordered pair.
    fn compare(&mut self, length: u32, a: &[(Run, usize)], b: &[(Run, usize)], others: f64) {
        let gap = self.q;
        let width = self.q + 1;
        let (mut rest_a, mut rest_b, mut both) = (0u64, vec![0u64; self.q], 0u64);
        b.iter()
            .for_each(|(run, value)| rest_b[*value] += run.len());
        let mut first = 0;
        for (run, value) in a {
            while first < b.len() && b[first].0.end <= run.start {
                first += 1;
            }
            let mut shared = 0;
            for (other, other_value) in b[first..]
                .iter()
                .take_while(|(other, _)| other.start < run.end)
            {
                let overlap = u64::from(run.end.min(other.end) - run.start.max(other.start));
                self.l[value * width + other_value] += overlap as f64 / others;
                rest_b[*other_value] -= overlap;
                shared += overlap;
            }
            self.l[value * width + gap] += (run.len() - shared) as f64 / others;
            self.shared_squares[*value] += square(shared) / others;
            rest_a += run.len();
            both += shared;
        }
        for (value, rest) in rest_b.iter().enumerate() {
            self.l[gap * width + value] += *rest as f64 / others;
        }
        let only_b: u64 = rest_b.iter().sum();
        debug_assert!(both <= rest_a);
        self.l[gap * width + gap] += (u64::from(length) - rest_a - only_b) as f64 / others;
    }

    fn at(&self, c: usize, k: usize) -> f64 {
        self.l[c * (self.q + 1) + k]
    }

    fn row(&self, c: usize) -> f64 {
        self.l[c * (self.q + 1)..][..=self.q].iter().sum()
    }

    /// Row sum over values alone: what value `c` shares with valued units.
    fn shared_row(&self, c: usize) -> f64 {
        self.l[c * (self.q + 1)..][..self.q].iter().sum()
    }

    /// `l* − Σ S*/l*`, by which e* is divided. With more than two coders a few short intersections can use all of it up
    /// (then nothing can be expected), which must not become a division by what rounding left over.
    fn shared_scale(&self, total: f64) -> Option<f64> {
        let scale = total - self.shared_squares.iter().sum::<f64>() / total;
        (scale > 1e-9 * total).then_some(scale)
    }

    /// Whether anything was marked at all.
    fn nothing(&self) -> bool {
        (0..self.q).all(|c| self.row(c) == 0.0)
    }

    /// u, |u and cu.
    pub fn estimate(&self, measure: Measure) -> Estimate {
        if self.nothing() {
            return Estimate::undefined(Reason::NoSpans);
        }
        let q = self.q;
        if measure == Measure::CuAlpha {
            let rows: Vec<f64> = (0..q).map(|c| self.shared_row(c)).collect();
            let total: f64 = rows.iter().sum();
            if total == 0.0 {
                return Estimate::undefined(Reason::NoPairableUnits);
            }
            let Some(scale) = self.shared_scale(total) else {
                return Estimate::undefined(Reason::NoVariation);
            };
            let observed = crossed(q, |c, k| self.at(c, k));
            let expected = crossed(q, |c, k| rows[c] * rows[k]) / scale;
            return Estimate::disagreement(observed / total, expected / total);
        }
        let rows: Vec<f64> = (0..=q).map(|c| self.row(c)).collect();
        let total: f64 = rows.iter().sum();
        let squares = self.squares.iter().sum::<f64>() + rows[q];
        let scale = total / (total * total - squares);
        if measure == Measure::BarUAlpha {
            let observed: f64 = (0..q).map(|k| self.at(q, k)).sum();
            let expected: f64 = (0..q).map(|k| rows[q] * rows[k]).sum::<f64>() * scale;
            return Estimate::disagreement(observed, expected);
        }
        let observed = crossed(q + 1, |c, k| self.at(c, k));
        let expected = crossed(q + 1, |c, k| rows[c] * rows[k]) * scale;
        Estimate::disagreement(observed / total, expected / total)
    }

    /// (k)u of one value.
    pub fn estimate_value(&self, k: usize) -> Estimate {
        if self.row(k) == 0.0 {
            return Estimate::undefined(Reason::NoSpans);
        }
        let rows: Vec<f64> = (0..self.q).map(|c| self.shared_row(c)).collect();
        if rows[k] == 0.0 {
            return Estimate::undefined(Reason::NoPairableUnits);
        }
        let total: f64 = rows.iter().sum();
        let Some(scale) = self.shared_scale(total) else {
            return Estimate::undefined(Reason::NoVariation);
        };
        let others = |f: &dyn Fn(usize) -> f64| (0..self.q).filter(|c| *c != k).map(f).sum::<f64>();
        let observed = others(&|c| self.at(k, c));
        let crossed = others(&|c| rows[k] * rows[c] / scale);
        let same = (rows[k] * rows[k] - self.shared_squares[k]) / scale;
        // (e*_k / l*_k) (l*_k − l*_kk) / (e*_k − e*_kk), with e*_k the row sum.
        Estimate::disagreement(observed / rows[k], crossed / (same + crossed))
    }

    /// Share of what carries value `k` where another coder marked something too.
    pub fn coverage_of_value(&self, k: usize) -> Option<f64> {
        let row = self.row(k);
        (row > 0.0).then(|| self.shared_row(k) / row)
    }

    /// Share of the continuum where both coders of a pair marked something.
    pub fn coverage(&self) -> Option<f64> {
        let total: f64 = self.l.iter().sum();
        (total > 0.0).then(|| (0..self.q).map(|c| self.shared_row(c)).sum::<f64>() / total)
    }

    /// Share of all values (characters by coders) that are not gaps.
    pub fn coded_share(&self) -> Option<f64> {
        let total: f64 = self.l.iter().sum();
        (total > 0.0).then(|| 1.0 - self.row(self.q) / total)
    }
}

fn square(length: u64) -> f64 {
    (u128::from(length) * u128::from(length)) as f64
}

/// The sum over cells off the diagonal.
fn crossed(q: usize, cell: impl Fn(usize, usize) -> f64) -> f64 {
    (0..q)
        .flat_map(|c| (0..q).map(move |k| (c, k)))
        .filter(|(c, k)| c != k)
        .map(|(c, k)| cell(c, k))
        .sum()
}
