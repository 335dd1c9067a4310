//! What a coefficient may be said to show.
//!
//! Thresholds invite reading too much into a point estimate. Krippendorff's are applied to the lower end of the
//! interval; Landis and Koch's words are given only by Gwet's rule, which asks how sure one can be of the class.

use super::student::normal_below;

/// Krippendorff's reading of alpha (2018, ch. 12), by the lower end of its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reliability {
    /// Below .667: no conclusions.
    Insufficient,
    /// From .667 to below .800: tentative conclusions only.
    Tentative,
    /// From .800: rely on it.
    Reliable,
}

impl Reliability {
    /// The reading of the lower end of an interval (of the value itself only where there is no interval, and then the
    /// reader must be told).
    #[must_use]
    pub fn of(low: f64) -> Self {
        if low >= 0.8 {
            Self::Reliable
        } else if low >= 0.667 {
            Self::Tentative
        } else {
            Self::Insufficient
        }
    }
}

/// The classes of Landis & Koch (1977).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Benchmark {
    /// Below 0.
    Poor,
    /// 0 to .2.
    Slight,
    /// .2 to .4.
    Fair,
    /// .4 to .6.
    Moderate,
    /// .6 to .8.
    Substantial,
    /// .8 to 1.
    AlmostPerfect,
}

impl Benchmark {
    /// Gwet's rule (2014, ch. 6): the best class whose cumulative probability, counted from the top, exceeds .95, with the
    /// coefficient taken as normal around `value` with standard error `se`, cut to [−1, 1].
    #[must_use]
    pub fn of(value: f64, se: f64) -> Self {
        const FROM_THE_TOP: [(Benchmark, f64); 5] = [
            (Benchmark::AlmostPerfect, 0.8),
            (Benchmark::Substantial, 0.6),
            (Benchmark::Moderate, 0.4),
            (Benchmark::Fair, 0.2),
            (Benchmark::Slight, 0.0),
        ];
        let below = |x: f64| {
            if se > 0.0 {
                normal_below((x - value) / se)
            } else {
                f64::from(u8::from(x > value))
            }
        };
        // Without spread everything lies at the value, at 1 too.
        let top = if se > 0.0 { below(1.0) } else { 1.0 };
        let whole = top - below(-1.0);
        FROM_THE_TOP
            .into_iter()
            .find(|(_, from)| (top - below(*from)) / whole > 0.95)
            .map_or(Self::Poor, |(class, _)| class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gwet 2014: AC1 .775 with standard error .143 is "moderate", not the "substantial" of the point estimate.
    #[test]
    fn gwet_benchmark() {
        assert_eq!(Benchmark::of(0.775, 0.143), Benchmark::Moderate);
        assert_eq!(Benchmark::of(0.775, 0.0), Benchmark::Substantial);
        assert_eq!(Benchmark::of(1.0, 0.0), Benchmark::AlmostPerfect);
        assert_eq!(Benchmark::of(0.9, 0.01), Benchmark::AlmostPerfect);
        assert_eq!(Benchmark::of(-0.3, 0.1), Benchmark::Poor);
    }

    #[test]
    fn krippendorff_thresholds() {
        for (low, reading) in [
            (0.8, Reliability::Reliable),
            (0.799, Reliability::Tentative),
            (0.667, Reliability::Tentative),
            (0.666, Reliability::Insufficient),
            (-0.2, Reliability::Insufficient),
        ] {
            assert_eq!(Reliability::of(low), reading);
        }
    }
}
