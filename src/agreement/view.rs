//! How a coefficient is printed and drawn: numbers that do not round across a threshold, the scale, the bars, the file.

use super::{Output, Reliability, ResultRow};
use crate::error::{Error, Result};
use crate::web::Layout;

/// A value as the page shows it, or why there is none.
#[derive(Debug, Clone)]
pub struct Value {
    /// Digits.
    pub text: Option<String>,
    /// The reason in words, when there are no digits.
    pub reason: String,
}

impl Value {
    /// Of a row of the answer.
    pub fn of(l: &Layout, row: Option<&ResultRow>) -> Value {
        let text = row.and_then(|r| r.value).map(two_places);
        let reason = match row.and_then(|r| r.reason) {
            Some(reason) => l.t_of("agreement-reason-", reason.as_str()),
            None if text.is_none() => l.t("agreement-reason-no_pairable_units"),
            None => String::new(),
        };
        Value { text, reason }
    }
}

/// Two decimals, more where fewer would show a value on the other side of a threshold.
pub fn two_places(value: f64) -> String {
    let faithful = |places: &usize| {
        let unit = 10_f64.powi(*places as i32);
        Reliability::of((value * unit).round() / unit) == Reliability::of(value)
    };
    signed(value, (2..6).find(faithful).unwrap_or(6))
}

/// A share as a percentage with one decimal.
pub fn percentage(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

fn signed(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
        Some(digits) => format!("\u{2212}{digits}"),
        None => text,
    }
}

/// Which shade of the ramp a value has: 1 below 0.4 to 6 from 0.9; thresholds of the reading are edges of shades.
pub fn shade(value: f64) -> u8 {
    [0.4, 0.55, 0.667, 0.8, 0.9]
        .iter()
        .fold(1, |shade, edge| shade + u8::from(value >= *edge))
}

/// Where a scale up to 1 begins so that all of these are on it: at 0.3 or lower, on a tenth.
pub fn scale_start(values: impl IntoIterator<Item = f64>) -> f64 {
    let least = values.into_iter().fold(0.3, f64::min);
    ((least * 10.0).floor() / 10.0).max(-1.0)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// The scale of the headline: zones of the reading, the value and its interval.
pub fn scale(l: &Layout, value: f64, ci: Option<[f64; 2]>) -> String {
    const WIDTH: f64 = 900.0;
    let start = scale_start([value].into_iter().chain(ci.map(|c| c[0])));
    let x = |v: f64| 1.0 + (v.clamp(start, 1.0) - start) / (1.0 - start) * (WIDTH - 2.0);
    let label = match ci {
        Some([low, high]) => l.locale.format(
            "agreement-scale-interval",
            &[
                ("value", two_places(value).into()),
                ("low", two_places(low).into()),
                ("high", two_places(high).into()),
            ],
        ),
        None => l.t1("agreement-scale-value", "value", two_places(value)),
    };
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 900 92\" role=\"img\" aria-label=\"{}\">",
        escape(&label)
    );
    for (class, from, to, name) in [
        ("zone", start, 0.667, "agreement-zone-insufficient"),
        ("zone-2", 0.667, 0.8, "agreement-zone-tentative"),
        ("zone-3", 0.8, 1.0, "agreement-zone-reliable"),
    ] {
        svg.push_str(&format!(
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"34\" width=\"{:.1}\" height=\"14\"/>\
             <text class=\"t-mid\" x=\"{:.1}\" y=\"86\">{}</text>",
            x(from),
            x(to) - x(from),
            (x(from) + x(to)) / 2.0,
            escape(&l.t(name)),
        ));
    }
    let at = x(value);
    if let Some([low, high]) = ci {
        let (a, b) = (x(low), x(high));
        svg.push_str(&format!(
            "<path class=\"interval\" d=\"M{a:.1} 41H{b:.1}M{a:.1} 35v12M{b:.1} 35v12\"/>"
        ));
        // Numbers that would run into each other are left to the words beside the scale.
        for (end, v) in [(a, low), (b, high)] {
            if (end - at).abs() > 32.0 {
                svg.push_str(&format!(
                    "<text class=\"t-mid\" x=\"{end:.1}\" y=\"22\">{}</text>",
                    two_places(v)
                ));
            }
        }
    }
    svg.push_str(&format!(
        "<circle class=\"point\" cx=\"{at:.1}\" cy=\"41\" r=\"6\"/><text class=\"t-strong t-mid\" x=\"{at:.1}\" y=\"22\">{}</text>",
        two_places(value)
    ));
    let step = if start < 0.2 { 2_i32 } else { 1 };
    let first = (start * 10.0).round() as i32;
    let mut ticks: Vec<f64> = (first..=10)
        .filter(|t| t % step == 0 || *t == first)
        .map(|t| f64::from(t) / 10.0)
        .filter(|t| (x(*t) - x(0.667)).abs() > 34.0 && (x(*t) - x(0.8)).abs() > 34.0)
        .collect();
    ticks.extend([0.667, 0.8]);
    for tick in ticks {
        let place = if tick <= start {
            ""
        } else if tick >= 1.0 {
            "t-end"
        } else {
            "t-mid"
        };
        let text = format!("{tick}").replace('-', "\u{2212}");
        svg.push_str(&format!(
            "<path class=\"axis\" d=\"M{0:.1} 52v4\"/><text class=\"{place}\" x=\"{0:.1}\" y=\"68\">{text}</text>",
            x(tick)
        ));
    }
    svg.push_str("</svg>");
    svg
}

/// The bar of one row of the table: value and interval on the scale that all rows share.
pub fn bar(l: &Layout, start: f64, row: &ResultRow, thresholds: bool) -> String {
    let Some(value) = row.value else {
        return String::new();
    };
    let x = |v: f64| 4.0 + (v.clamp(start, 1.0) - start) / (1.0 - start) * 220.0;
    let label = match row.ci {
        Some([low, high]) => l.locale.format(
            "agreement-bar-interval",
            &[
                ("value", two_places(value).into()),
                ("low", two_places(low).into()),
                ("high", two_places(high).into()),
            ],
        ),
        None => two_places(value),
    };
    let mut svg = format!(
        "<svg class=\"chart chart--row\" viewBox=\"0 0 228 20\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">\
         <rect class=\"zone\" x=\"4\" y=\"9\" width=\"220\" height=\"2\"/>",
        escape(&label)
    );
    if thresholds {
        svg.push_str(&format!(
            "<path class=\"threshold\" d=\"M{:.1} 0v20M{:.1} 0v20\" vector-effect=\"non-scaling-stroke\"/>",
            x(0.667),
            x(0.8)
        ));
    }
    if let Some([low, high]) = row.ci {
        svg.push_str(&format!(
            "<path class=\"interval\" d=\"M{:.1} 10H{:.1}\"/>",
            x(low),
            x(high)
        ));
    }
    svg.push_str(&format!(
        "<rect class=\"point\" x=\"{:.1}\" y=\"4.5\" width=\"3.5\" height=\"11\" rx=\"1\"/></svg>",
        x(value) - 1.75
    ));
    svg
}

/// All rows as CSV (RFC 4180), at full precision, each with the choices that it rests on.
pub fn csv(output: &Output) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let broken = |e: csv::Error| Error::Internal(e.into());
    writer
        .write_record([
            "unit",
            "coverage",
            "measure",
            "scope",
            "code",
            "coders",
            "value",
            "reason",
            "se",
            "ci_low",
            "ci_high",
            "ci_method",
            "n_units",
            "n_documents",
            "observed",
            "expected",
            "coded_share",
        ])
        .map_err(broken)?;
    let number = |v: Option<f64>| v.map(|v| v.to_string()).unwrap_or_default();
    for row in &output.results {
        writer
            .write_record([
                output.unit.map_or("", |u| u.as_str()).to_owned(),
                output.coverage.map_or("", |c| c.as_str()).to_owned(),
                row.measure.as_str().to_owned(),
                row.scope.as_str().to_owned(),
                row.code.as_deref().unwrap_or_default().to_owned(),
                row.coders.join("; "),
                number(row.value),
                row.reason.map_or("", |r| r.as_str()).to_owned(),
                number(row.se),
                number(row.ci.map(|c| c[0])),
                number(row.ci.map(|c| c[1])),
                row.ci_method.map_or("", |m| m.as_str()).to_owned(),
                row.n_units.to_string(),
                row.n_documents.map(|n| n.to_string()).unwrap_or_default(),
                number(row.observed),
                number(row.expected),
                number(row.coded_share),
            ])
            .map_err(broken)?;
    }
    writer
        .into_inner()
        .map_err(|e| Error::Internal(anyhow::anyhow!("{e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_never_rounds_across_a_threshold() {
        assert_eq!(two_places(0.7996), "0.7996");
        assert_eq!(two_places(0.798), "0.798");
        assert_eq!(two_places(0.8), "0.80");
        assert_eq!(two_places(0.78), "0.78");
        assert_eq!(two_places(0.666), "0.666");
        assert_eq!(two_places(-0.054), "\u{2212}0.05");
        assert_eq!(two_places(-0.001), "0.00");
    }

    #[test]
    fn shades_change_at_the_thresholds() {
        assert_eq!(
            [-0.2, 0.4, 0.666, 0.667, 0.8, 0.9, 1.0].map(shade),
            [1, 2, 3, 4, 5, 6, 6]
        );
    }

    #[test]
    fn the_scale_begins_low_enough() {
        assert_eq!(scale_start([0.9, 0.5]), 0.3);
        assert_eq!(scale_start([0.9, -0.11]), -0.2);
        assert_eq!(scale_start([-3.0]), -1.0);
    }
}
