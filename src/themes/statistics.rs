//! The two tests of independence that a crosstab can be given.

use statrs::function::gamma::checked_gamma_ur;

/// The probability that a chi-square variable with `df` degrees of freedom is `statistic` or more.
///
/// This is the regularised upper incomplete gamma function Q(df/2, x/2) (NIST Digital Library of Mathematical
/// Functions, §8.2.4; Abramowitz & Stegun 26.4.19). Nothing where `df` is 0 or the statistic is not a number.
pub fn chi_square_upper(statistic: f64, df: u64) -> Option<f64> {
    if df == 0 || statistic.is_nan() {
        return None;
    }
    if statistic <= 0.0 {
        return Some(1.0);
    }
    if statistic == f64::INFINITY {
        return Some(0.0);
    }
    let p = checked_gamma_ur(df as f64 / 2.0, statistic / 2.0).ok()?;
    Some(p.clamp(0.0, 1.0))
}

/// Fisher's exact test of a 2 × 2 table, two-sided: the probability, margins fixed, of all tables that are no more
/// likely than the one observed.
///
/// Fisher, *Statistical Methods for Research Workers*, 5th ed. 1934, §21.02; this two-sided rule in Agresti,
/// *Categorical Data Analysis*, 3rd ed. 2013, §3.5.1. Tables whose probability equals the observed one up to a
/// relative 1e-7 count as equally likely, as they do in R's `fisher.test`, because the probabilities are rounded.
///
/// The probabilities are built outward from the observed table by their ratio, which is a quotient of four integers,
/// and added on a logarithmic scale: no factorial is ever formed, so large margins lose no digits.
pub fn fisher_exact_two_sided(table: [[u64; 2]; 2]) -> f64 {
    let [[a, b], [c, d]] = table;
    // ln P(x) - ln P(observed) for each possible upper left cell x, in no particular order.
    let mut logs = vec![0.0];
    let mut log = 0.0;
    for step in 0..b.min(c) {
        // From x to x + 1: the diagonal grows by one, the other shrinks by one.
        log += ((b - step) as f64).ln() + ((c - step) as f64).ln();
        log -= ((a + step + 1) as f64).ln() + ((d + step + 1) as f64).ln();
        logs.push(log);
    }
    log = 0.0;
    for step in 0..a.min(d) {
        log += ((a - step) as f64).ln() + ((d - step) as f64).ln();
        log -= ((b + step + 1) as f64).ln() + ((c + step + 1) as f64).ln();
        logs.push(log);
    }
    let highest = logs.iter().copied().fold(0.0, f64::max);
    let sum =
        |logs: &mut dyn Iterator<Item = f64>| -> f64 { logs.map(|l| (l - highest).exp()).sum() };
    let all = sum(&mut logs.iter().copied());
    let as_unlikely = sum(&mut logs.iter().copied().filter(|&l| l <= 1e-7));
    (as_unlikely / all).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance,
            "{value} is not {expected}"
        );
    }

    /// Percentage points as printed in the tables of every textbook (e.g. NIST/SEMATECH e-Handbook of Statistical
    /// Methods, §1.3.6.7.4); a point printed to three decimals gives its probability back to about 1e-4 of itself.
    #[test]
    fn chi_square_agrees_with_printed_tables() {
        for (df, point, p) in [
            (1, 2.706, 0.10),
            (1, 3.841, 0.05),
            (1, 6.635, 0.01),
            (1, 10.828, 0.001),
            (2, 5.991, 0.05),
            (2, 13.816, 0.001),
            (3, 11.345, 0.01),
            (5, 11.070, 0.05),
            (10, 18.307, 0.05),
            (10, 29.588, 0.001),
            (30, 43.773, 0.05),
            (100, 124.342, 0.05),
            (10, 3.940, 0.95),
            (20, 10.851, 0.95),
        ] {
            let value = chi_square_upper(point, df).unwrap();
            close(value, p, p * 4e-4);
        }
    }

    /// With two degrees of freedom the probability is exp(-x/2) exactly, far into the tail too.
    #[test]
    fn chi_square_keeps_its_digits_in_the_tail() {
        for x in [0.1, 1.0, 30.0, 200.0, 1000.0] {
            let exact = (-x / 2.0f64).exp();
            close(chi_square_upper(x, 2).unwrap() / exact, 1.0, 1e-12);
        }
        assert_eq!(chi_square_upper(0.0, 4), Some(1.0));
        assert_eq!(chi_square_upper(1.0, 0), None);
        assert_eq!(chi_square_upper(f64::NAN, 1), None);
    }

    /// Fisher's tea taster: 3 and 1, 1 and 3. Of the 70 ways to choose four of eight cups, 1, 16, 36, 16 and 1 give
    /// 0 to 4 hits; no more likely than 3 hits are 1 + 16 + 16 + 1 = 34, and 34/70 = 0.486 (Agresti, *An Introduction
    /// to Categorical Data Analysis*, 2nd ed. 2007, §2.6.2).
    #[test]
    fn fisher_and_the_lady_tasting_tea() {
        close(fisher_exact_two_sided([[3, 1], [1, 3]]), 34.0 / 70.0, 1e-12);
    }

    /// Margins 10 and 2 by 4 and 8: C(12,4) = 495 tables; upper left cells 2, 3, 4 arise in C(10,2)·C(2,2) = 45,
    /// C(10,3)·C(2,1) = 240, C(10,4) = 210 ways. Observed 2: p = 45/495.
    #[test]
    fn fisher_of_an_uneven_table() {
        close(
            fisher_exact_two_sided([[2, 8], [2, 0]]),
            45.0 / 495.0,
            1e-12,
        );
        assert_eq!(fisher_exact_two_sided([[0, 0], [3, 4]]), 1.0);
    }

    /// A perfect split: of the C(2n, n) tables only the two extremes are as unlikely as the observed one, so that
    /// p = 2 / C(2n, n), and ln C(2n, n) = 2n ln 2 - ln(πn)/2 - 1/(8n) + O(n⁻³) by Stirling. About 1e-240 here.
    #[test]
    fn fisher_survives_large_margins() {
        let n = 400.0f64;
        let p = fisher_exact_two_sided([[400, 0], [0, 400]]);
        let ln_choose =
            2.0 * n * 2.0f64.ln() - (std::f64::consts::PI * n).ln() / 2.0 - 1.0 / (8.0 * n);
        close(p.ln(), 2.0f64.ln() - ln_choose, 1e-8);
    }
}
