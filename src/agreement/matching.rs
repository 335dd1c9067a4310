//! Spans matched with spans: how many of two coders' spans of a code are the same.
//!
//! One span matches at most one other, and as many as possible are matched. In general that needs a bipartite matching
//! algorithm, because taking the best pair first can lose others. Here the spans of each coder are disjoint (overlaps of
//! one's own are merged before), and that makes one pass exact: of all spans not yet settled, of either coder, take the
//! one that ends first. Every span of the other coder that overlaps it must contain its last character, and disjoint
//! spans cannot share a character, so it has at most one neighbour. Matching a vertex of degree one with its neighbour
//! belongs to some maximum matching; a vertex without a neighbour cannot be matched at all. Either way it is settled, and
//! the argument starts again. This holds for any condition that implies overlap: same bounds, one character in common,
//! or intersection over union.

use super::cells::Run;
use super::names::{Measure, Reason};
use super::output::Estimate;
use super::resample::Sums;

/// What two coders' spans have in common, per kind of match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Matches {
    pub exact: i64,
    pub overlap: i64,
    pub iou: i64,
    /// Spans of the first and of the second coder.
    pub n1: i64,
    pub n2: i64,
}

impl Sums for Matches {
    fn add(&mut self, other: &Self, times: i64) {
        self.exact += other.exact * times;
        self.overlap += other.overlap * times;
        self.iou += other.iou * times;
        self.n1 += other.n1 * times;
        self.n2 += other.n2 * times;
    }
}

impl Matches {
    /// Matches two coders' spans of one code in one document, both sorted and disjoint. The distances between starts and
    /// ends of overlapping matches are added to `distances`.
    pub fn count(a: &[Run], b: &[Run], threshold: f64, distances: &mut Vec<(u32, u32)>) -> Self {
        let (mut exact, mut overlap, mut iou) = (0, 0, 0);
        matched(a, b, |x, y| x == y, |_, _| exact += 1);
        matched(
            a,
            b,
            |_, _| true,
            |x, y| {
                overlap += 1;
                distances.push((x.start.abs_diff(y.start), x.end.abs_diff(y.end)));
            },
        );
        matched(a, b, |x, y| ratio(x, y) >= threshold, |_, _| iou += 1);
        Self {
            exact,
            overlap,
            iou,
            n1: a.len() as i64,
            n2: b.len() as i64,
        }
    }

    /// Matched spans by the rule of a measure.
    pub fn tp(&self, measure: Measure) -> i64 {
        match measure {
            Measure::F1Exact => self.exact,
            Measure::F1Overlap => self.overlap,
            _ => self.iou,
        }
    }

    /// F1 = 2 tp / (n1 + n2).
    pub fn estimate(&self, measure: Measure) -> Estimate {
        let spans = self.n1 + self.n2;
        if spans == 0 {
            Estimate::undefined(Reason::NoSpans)
        } else {
            Estimate::plain((2 * self.tp(measure)) as f64 / spans as f64)
        }
    }
}

/// Length of the intersection over that of the union of two overlapping spans.
fn ratio(x: Run, y: Run) -> f64 {
    let shared = x.end.min(y.end) - x.start.max(y.start);
    f64::from(shared) / f64::from(x.end.max(y.end) - x.start.min(y.start))
}

/// Calls `found` for each pair of a largest one-to-one matching of overlapping spans that `fit`.
fn matched(a: &[Run], b: &[Run], fit: impl Fn(Run, Run) -> bool, mut found: impl FnMut(Run, Run)) {
    let (mut i, mut j) = (0, 0);
    while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
        let overlaps = x.start < y.end && y.start < x.end;
        if overlaps && fit(x, y) {
            found(x, y);
            i += 1;
            j += 1;
        } else if x.end <= y.end {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// The median of a list; the mean of the middle two where their number is even.
pub(super) fn median(mut values: Vec<u32>) -> Option<f64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let upper = f64::from(*values.get(middle)?);
    Some(if values.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(f64::from(values[middle - 1]), upper)
    })
}

#[cfg(test)]
mod tests {
    use super::super::resample::below;
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn spans(random: &mut ChaCha8Rng) -> Vec<Run> {
        let mut at = 0;
        (0..below(random, 9))
            .map(|_| {
                let start = at + below(random, 4) as u32;
                at = start + 1 + below(random, 7) as u32;
                Run { start, end: at }
            })
            .collect()
    }

    /// Tries every assignment.
    fn largest(a: &[Run], used: &mut Vec<bool>, b: &[Run], fit: &dyn Fn(Run, Run) -> bool) -> i64 {
        let Some((first, rest)) = a.split_first() else {
            return 0;
        };
        let mut best = largest(rest, used, b, fit);
        for j in 0..b.len() {
            if !used[j] && fit(*first, b[j]) {
                used[j] = true;
                best = best.max(1 + largest(rest, used, b, fit));
                used[j] = false;
            }
        }
        best
    }

    #[test]
    fn one_pass_finds_a_largest_matching() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        for round in 0..2000 {
            let (a, b) = (spans(&mut random), spans(&mut random));
            let threshold = [0.1, 0.3, 0.5, 0.9][round % 4];
            let counted = Matches::count(&a, &b, threshold, &mut Vec::new());
            let overlap = |x: Run, y: Run| x.start < y.end && y.start < x.end;
            let unused = || vec![false; b.len()];
            assert_eq!(
                counted.exact,
                largest(&a, &mut unused(), &b, &|x, y| x == y)
            );
            assert_eq!(counted.overlap, largest(&a, &mut unused(), &b, &overlap));
            let iou = |x: Run, y: Run| overlap(x, y) && ratio(x, y) >= threshold;
            assert_eq!(counted.iou, largest(&a, &mut unused(), &b, &iou));
        }
    }

    /// The best pair by intersection over union is [2, 9) with [3, 14); taking it first leaves no partner for the others.
    #[test]
    fn greedy_would_lose_a_match() {
        let a = [Run { start: 2, end: 9 }, Run { start: 9, end: 14 }];
        let b = [Run { start: 0, end: 3 }, Run { start: 3, end: 14 }];
        assert_eq!(Matches::count(&a, &b, 0.5, &mut Vec::new()).overlap, 2);
    }

    #[test]
    fn median_of_even_and_odd() {
        assert_eq!(median(vec![5, 1, 3]), Some(3.0));
        assert_eq!(median(vec![5, 1, 3, 2]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
