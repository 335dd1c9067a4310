//! Student's t and the normal distribution, for intervals from a standard error and for reading them.
//!
//! Written out here because they are the only pieces of a statistics library that the crate would use.

/// The value that a t-distributed variable with `df` degrees of freedom stays below with probability .975, so that
/// `estimate ± quantile × se` is an interval at 95 %.
#[must_use]
pub(super) fn quantile_975(df: f64) -> f64 {
    // The tail shrinks monotonically; bisection to the last bit is quick enough and cannot diverge.
    let (mut low, mut high) = (1.0, 13.0);
    while low < high {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if upper_tail(middle, df) > 0.025 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// P(T > t) for t > 0: half the regularised incomplete beta function I_x(df/2, 1/2) at x = df/(df + t²).
fn upper_tail(t: f64, df: f64) -> f64 {
    0.5 * incomplete_beta(df / 2.0, 0.5, df / (df + t * t))
}

/// P(Z < z) for a standard normal variable: 1/2 plus the density times `z + z³/3 + z⁵/15 + …` (Abramowitz & Stegun
/// 26.2.11), whose terms are all of one sign.
#[must_use]
pub(super) fn normal_below(z: f64) -> f64 {
    if z.abs() > 12.0 {
        return if z < 0.0 { 0.0 } else { 1.0 };
    }
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    while term.abs() > 1e-17 * sum.abs() {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    0.5 + sum * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// Regularised incomplete beta function by its continued fraction (Abramowitz & Stegun 26.5.8).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    // The fraction converges quickly only on this side; the function's symmetry gives the other.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front =
        (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp() / a;
    let tiny = 1e-300;
    let guard = |v: f64| if v.abs() < tiny { tiny } else { v };
    let (mut c, mut d) = (1.0, 1.0 / guard(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..1000 {
        let m = f64::from(m);
        for term in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / guard(1.0 + term * d);
            c = guard(1.0 + term / c);
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * fraction
}

/// Logarithm of the gamma function for positive arguments: Stirling's series after shifting the argument up.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 15.0 {
        shift += x.ln();
        x += 1.0;
    }
    let i = 1.0 / (x * x);
    let series =
        (1.0 / 12.0 - i * (1.0 / 360.0 - i * (1.0 / 1260.0 - i * (1.0 / 1680.0 - i / 1188.0)))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published tables of the normal distribution.
    #[test]
    fn table_of_z() {
        for (z, p) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746),
            (1.959_963_985, 0.975),
            (-1.959_963_985, 0.025),
            (4.0, 0.999_968_329),
        ] {
            let found = normal_below(z);
            assert!((found - p).abs() < 1e-9, "z {z}: {found} instead of {p}");
        }
    }

    /// Published tables of t (two-sided 5 %).
    #[test]
    fn table_of_t() {
        for (df, t) in [
            (1.0, 12.706_204_736),
            (2.0, 4.302_652_730),
            (5.0, 2.570_581_836),
            (9.0, 2.262_157_163),
            (29.0, 2.045_229_642),
            (100.0, 1.983_971_519),
            (10_000.0, 1.960_201_240),
        ] {
            let found = quantile_975(df);
            assert!((found - t).abs() < 1e-8, "df {df}: {found} instead of {t}");
        }
    }
}
