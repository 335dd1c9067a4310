//! Analytic standard errors of the coefficients of a reliability matrix.
//!
//! Gwet (2008; 2014, ch. 5) linearises a coefficient into a contribution per unit, whose variance is that of the
//! coefficient: this covers percent agreement, AC1/AC2, Brennan-Prediger, Fleiss, Scott and Conger, with weights and
//! missing values. For Cohen's kappa it is the formula of Fleiss, Cohen & Everitt (1969). None is given for alpha, on which the
//! published formulas differ, nor for Light's kappa: the bootstrap is there for them.

use super::coefficients::{Ratings, Scheme, UnitCounts, agreeing};
use super::names::{Measure, Weights};

/// The standard error of a value, and the number of units behind it; nothing where there is no formula or only one unit.
pub(super) fn standard_error(
    measure: Measure,
    scheme: &Scheme,
    ratings: &Ratings,
    value: f64,
) -> Option<(f64, f64)> {
    let variance = match measure {
        Measure::KrippendorffAlpha | Measure::LightKappa => return None,
        Measure::CohenKappa => return cohen(scheme, ratings, value),
        Measure::Percent => variance(ratings, scheme, Weights::None, value, 0.0, |_| 0.0),
        Measure::BrennanPrediger => {
            let expected = ratings.expected(measure, scheme, None);
            variance(ratings, scheme, scheme.weights, value, expected, |_| {
                expected
            })
        }
        Measure::CongerKappa => {
            let expected = ratings.expected(measure, scheme, None);
            let of_units = conger(ratings, scheme);
            variance(ratings, scheme, scheme.weights, value, expected, |i| {
                of_units[i]
            })
        }
        _ => {
            let expected = ratings.expected(measure, scheme, None);
            let factors = factors(measure, scheme, ratings);
            let of_unit = |unit: &UnitCounts| {
                let sum: f64 = unit
                    .counts
                    .iter()
                    .map(|(k, n)| factors[*k as usize] * f64::from(*n))
                    .sum();
                sum / f64::from(unit.ratings)
            };
            let weights = scheme.weights_of(measure);
            variance(ratings, scheme, weights, value, expected, |i| {
                of_unit(&ratings.units[i])
            })
        }
    };
    let n = ratings.units.len() as f64;
    (n > 1.0).then(|| (variance.sqrt(), n))
}

/// Variance of a coefficient from the contributions of its units:
/// `x_i = (n/n')(pa_i − pe [r_i ≥ 2])/(1 − pe) − 2 (1 − K)(pe_i − pe)/(1 − pe)`, `Σ (x_i − K)² / (n (n − 1))`.
fn variance(
    ratings: &Ratings,
    scheme: &Scheme,
    weights: Weights,
    value: f64,
    expected: f64,
    expected_of: impl Fn(usize) -> f64,
) -> f64 {
    let n = ratings.units.len() as f64;
    let stretch = n / ratings.pairable() as f64;
    let room = 1.0 - expected;
    let squares: f64 = ratings
        .units
        .iter()
        .enumerate()
        .map(|(i, unit)| {
            let r = f64::from(unit.ratings);
            let agreed = if unit.ratings >= 2 {
                stretch * (agreeing(unit, scheme, weights) / (r * (r - 1.0)) - expected) / room
            } else {
                0.0
            };
            let chance = 2.0 * (1.0 - value) * (expected_of(i) - expected) / room;
            (agreed - chance - value).powi(2)
        })
        .sum();
    squares / (n * (n - 1.0))
}

/// What a rating of each category adds to a unit's part of the expected agreement.
fn factors(measure: Measure, scheme: &Scheme, ratings: &Ratings) -> Vec<f64> {
    let q = scheme.q();
    let weights = scheme.weights_of(measure);
    let shares = ratings.shares(q, None);
    if matches!(measure, Measure::GwetAc1 | Measure::GwetAc2) {
        let scale = scheme.total(weights) / (q * (q - 1)) as f64;
        return shares.iter().map(|p| scale * (1.0 - p)).collect();
    }
    if weights == Weights::None {
        return shares;
    }
    (0..q)
        .map(|k| {
            (0..q)
                .map(|l| scheme.weight(weights, k, l) * shares[l])
                .sum()
        })
        .collect()
}

/// Each unit's part of Conger's expected agreement (Gwet 2014, ch. 5).
fn conger(ratings: &Ratings, scheme: &Scheme) -> Vec<f64> {
    let q = scheme.q();
    let n = ratings.pairable() as f64;
    let coders: Vec<(u64, Vec<f64>)> = ratings.coder_shares(q, None);
    let rated: Vec<&(u64, Vec<f64>)> = coders.iter().filter(|(n, _)| *n > 0).collect();
    let r = rated.len() as f64;
    let sums: Vec<f64> = (0..q)
        .map(|k| rated.iter().map(|(_, shares)| shares[k]).sum())
        .collect();
    // For each coder what a rating of a category weighs against the shares of the other coders.
    let credit: Vec<Vec<f64>> = coders
        .iter()
        .map(|(_, shares)| {
            let credit = |l: usize| {
                (0..q)
                    .map(|k| (sums[k] - shares[k]) * scheme.weight(scheme.weights, k, l))
                    .sum::<f64>()
            };
            (0..q).map(credit).collect()
        })
        .collect();
    (0..ratings.units.len())
        .map(|i| {
            if ratings.units[i].ratings < 2 {
                return 0.0;
            }
            let mut sum = 0.0;
            for ((row, (n_g, shares)), credit) in ratings.by_coder.iter().zip(&coders).zip(&credit)
            {
                if *n_g == 0 {
                    continue;
                }
                let mean: f64 = shares.iter().zip(credit).map(|(p, c)| p * c).sum();
                let (own, rated) = row[i].map_or((0.0, 0.0), |k| (credit[k as usize], 1.0));
                sum += n / *n_g as f64 * (own - (rated - *n_g as f64 / n) * mean);
            }
            sum / (r * (r - 1.0))
        })
        .collect()
}

/// Fleiss, Cohen & Everitt 1969: `[Σ p_kl (w_kl − (1 − K)(w̄_k. + w̄_.l))² − (pa − 2 (1 − K) pe)²] / (n (1 − pe)²)`, with
/// `w̄_k. = Σ_l w_kl p_.l`.
fn cohen(scheme: &Scheme, ratings: &Ratings, value: f64) -> Option<(f64, f64)> {
    let q = scheme.q();
    let weight = |k: usize, l: usize| scheme.weight(scheme.weights, k, l);
    let mut cells = std::collections::BTreeMap::<(usize, usize), u64>::new();
    for pair in ratings.by_coder[0].iter().zip(&ratings.by_coder[1]) {
        if let (Some(a), Some(b)) = pair {
            *cells.entry((*a as usize, *b as usize)).or_default() += 1;
        }
    }
    let n = cells.values().sum::<u64>() as f64;
    if n < 2.0 {
        return None;
    }
    let (mut rows, mut columns) = (vec![0.0; q], vec![0.0; q]);
    let mut agreed = 0.0;
    for (&(k, l), &count) in &cells {
        let share = count as f64 / n;
        rows[k] += share;
        columns[l] += share;
        agreed += share * weight(k, l);
    }
    let of_row: Vec<f64> = (0..q)
        .map(|k| (0..q).map(|l| weight(k, l) * columns[l]).sum())
        .collect();
    let of_column: Vec<f64> = (0..q)
        .map(|l| (0..q).map(|k| weight(k, l) * rows[k]).sum())
        .collect();
    let expected: f64 = (0..q).map(|k| rows[k] * of_row[k]).sum();
    let squares: f64 = cells
        .iter()
        .map(|(&(k, l), &count)| {
            count as f64 / n * (weight(k, l) - (1.0 - value) * (of_row[k] + of_column[l])).powi(2)
        })
        .sum();
    let variance = (squares - (agreed - 2.0 * (1.0 - value) * expected).powi(2))
        / (n * (1.0 - expected).powi(2));
    Some((variance.max(0.0).sqrt(), n))
}
