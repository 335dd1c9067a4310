//! Lines over time, with what was there to be coded in a strip beneath.
//!
//! Periods stand at equal distances, empty ones too. A value that is not defined (no documents in the period) breaks
//! the line: a gap is not a zero. Each line differs from the others in hue, dash and marker, and bears its name at its
//! end, so that neither colour nor a legend is needed to tell them apart.

use super::pen::{Anchor, Pen, fit, width};
use super::{Frame, nice_ticks};

/// The hue of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// A code's colour, 1 to 12.
    Code(u8),
    /// The first of two cases compared.
    CaseA,
    /// The second of two cases compared.
    CaseB,
    /// No hue.
    Ink,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name, written at its end.
    pub name: String,
    /// Its hue.
    pub hue: Hue,
    /// One point for each period.
    pub points: Vec<Point>,
}

/// One point of a line.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its height, not negative, or nothing where it is not defined.
    pub value: Option<f64>,
    /// The value as the reader writes it; the last one stands beside the line's name.
    pub label: String,
    /// What the mark says, e.g. "Iran 2012: 27% of 146 paragraphs".
    pub says: String,
}

/// One period, and the strip's bar for it.
#[derive(Clone, Debug)]
pub struct Period {
    /// Its name on the axis.
    pub name: String,
    /// What the values are a part of, e.g. the documents of the period.
    pub total: f64,
    /// The total as the reader writes it.
    pub total_label: String,
    /// What the strip's bar says, e.g. "2012: 244 documents".
    pub says: String,
}

/// A chart of lines.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    /// The periods from first to last.
    pub periods: &'a [Period],
    /// The lines.
    pub series: &'a [Series],
    /// What the height measures, e.g. "passages per 1,000 words".
    pub axis: &'a str,
    /// What the strip counts, e.g. "documents".
    pub strip: &'a str,
    /// Whether the values are counts, so that the axis has no fractions.
    pub whole: bool,
    /// How many periods make a year (1, 4, 12), or 1 where they are no time. Where not every period's name fits,
    /// those at the turn of years are kept.
    pub cycle: usize,
    /// The first period's number, counted from the start of some cycle ([`TrendAnswer::first`]), so that the names
    /// kept are round ones: 2000, 2005, 2010.
    ///
    /// [`TrendAnswer::first`]: crate::themes::TrendAnswer::first
    pub first: i64,
}

const TOP: f64 = 30.0;
const PLOT: f64 = 246.0;
const STRIP: f64 = 34.0;
const LABEL_SIZE: f64 = 11.0;
/// Distance between names at the lines' ends.
const LEADING: f64 = 14.0;
const DASHES: [Option<&str>; 6] = [
    None,
    Some("7 4"),
    Some("2 3"),
    Some("10 3 2 3"),
    Some("4 2"),
    Some("14 4"),
];

/// Draws the lines. `tick` writes a number of the axis; `link` gives the address of the passages behind a point, by
/// the positions of its line and period, or nothing where there are none.
pub fn lines(
    frame: &Frame<'_>,
    chart: &Lines<'_>,
    tick: &dyn Fn(f64) -> String,
    link: &dyn Fn(usize, usize) -> Option<String>,
) -> String {
    let points = || chart.series.iter().flat_map(|s| &s.points);
    if chart.periods.is_empty() || points().all(|point| point.value.is_none()) {
        return Pen::empty(frame);
    }
    let max = points().filter_map(|p| p.value).fold(0.0, f64::max);
    let ticks = nice_ticks(max, 4, chart.whole);
    let end = ticks[ticks.len() - 1];
    let tick_labels: Vec<String> = ticks.iter().map(|&value| tick(value)).collect();

    let ends = ends(chart);
    let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0, f64::max);
    let tick_width = widest(&mut tick_labels.iter().map(|l| width(l, LABEL_SIZE)));
    let strip_width = width(chart.strip, LABEL_SIZE);
    let name_width = widest(&mut ends.iter().map(|end| {
        let series = &chart.series[end.series];
        width(&series.name, LABEL_SIZE) + width(&end.label, LABEL_SIZE) + 12.0
    }));
    let margin = name_width.max(strip_width).clamp(24.0, frame.width * 0.28) + 20.0;
    let left = (tick_width + 18.0).round();
    let right = (frame.width - margin).round();
    let base = TOP + PLOT;

    let count = chart.periods.len();
    let spacing = (right - left) / (count.max(2) - 1) as f64;
    let x = |period: usize| {
        if count == 1 {
            (left + right) / 2.0
        } else {
            left + spacing * period as f64
        }
    };
    let y = |value: f64| base - PLOT * (value / end).clamp(0.0, 1.0);

    // Time runs from left to right in every language.
    let mut pen = Pen::new(frame.width, false);
    pen.text("t-note", Anchor::On, 0.0, 12.0, chart.axis);
    for (&value, label) in ticks.iter().zip(&tick_labels) {
        let class = if value == 0.0 { "axis" } else { "rule" };
        pen.line(class, (left, y(value)), (right, y(value)));
        pen.text("t-num", Anchor::Back, left - 8.0, y(value) + 4.0, label);
    }
    strip(&mut pen, chart, base, right, spacing, &x);

    for (s, series) in chart.series.iter().enumerate() {
        open_hue(&mut pen, series.hue);
        let dash = DASHES[s % DASHES.len()];
        for run in runs(&series.points) {
            let places: Vec<_> = run.into_iter().map(|(p, value)| (x(p), y(value))).collect();
            if places.len() > 1 {
                pen.path("line", &places, false, dash);
            }
        }
        pen.close_group();
    }
    for (s, series) in chart.series.iter().enumerate() {
        open_hue(&mut pen, series.hue);
        for (p, point) in series.points.iter().enumerate().take(count) {
            let Some(value) = point.value else { continue };
            let link = link(s, p);
            pen.open_mark(link.as_deref(), &point.says);
            let at = (x(p), y(value));
            pen.circle("hit", at, (spacing / 2.0).clamp(4.0, 12.0));
            marker(&mut pen, s, at, if spacing < 10.0 { 2.5 } else { 4.5 });
            pen.close_mark(link.as_deref());
        }
        pen.close_group();
    }

    let wanted: Vec<f64> = ends.iter().map(|end| y(end.value)).collect();
    let room = margin - 20.0;
    for (end, place) in ends.iter().zip(spread(&wanted, TOP, base, LEADING)) {
        let series = &chart.series[end.series];
        let from = y(end.value);
        open_hue(&mut pen, series.hue);
        if (place - from).abs() > 3.0 {
            pen.line("leader", (x(end.period) + 7.0, from), (right + 16.0, place));
        } else if end.period + 1 < count {
            pen.line("leader", (x(end.period) + 7.0, from), (right + 10.0, place));
        }
        let name = fit(
            &series.name,
            LABEL_SIZE,
            room - width(&end.label, LABEL_SIZE) - 8.0,
        );
        let text = [name.as_str(), end.label.as_str()];
        // A name that runs from right to left still starts its line at the left, beside its line's end.
        pen.runs("t-end-name", Anchor::On, right + 18.0, place + 4.0, &text);
        pen.close_group();
    }
    pen.finish(frame, base + 40.0 + STRIP + 22.0)
}

/// The bars of the denominators, and the names of the periods above them.
fn strip(
    pen: &mut Pen,
    chart: &Lines<'_>,
    base: f64,
    right: f64,
    spacing: f64,
    x: &dyn Fn(usize) -> f64,
) {
    let top = base + 40.0;
    let totals = chart.periods.iter().map(|p| p.total);
    let max = totals.fold(0.0, f64::max);
    let thick = (spacing * 0.36).clamp(1.0, 22.0);
    let every = |widths: &mut dyn Iterator<Item = f64>| {
        let widest = widths.fold(0.0, f64::max) + 8.0;
        round_interval((widest / spacing).ceil().max(1.0) as i64, chart.cycle)
    };
    let names_every = every(&mut chart.periods.iter().map(|p| width(&p.name, LABEL_SIZE)));
    let numbers = &mut chart
        .periods
        .iter()
        .map(|p| width(&p.total_label, LABEL_SIZE));
    let numbers_every = every(numbers);
    for (i, period) in chart.periods.iter().enumerate() {
        let number = chart.first + i as i64;
        if number % names_every == 0 {
            pen.text("t-num", Anchor::Middle, x(i), base + 17.0, &period.name);
        }
        pen.open_mark(None, &period.says);
        let whole_column = spacing.min(thick + 8.0);
        pen.rect(
            "hit",
            x(i) - whole_column / 2.0,
            top,
            whole_column,
            STRIP + 20.0,
            0.0,
        );
        let height = if max > 0.0 {
            STRIP * (period.total / max).clamp(0.0, 1.0)
        } else {
            0.0
        };
        pen.rect(
            "bar-n",
            x(i) - thick / 2.0,
            top + STRIP - height,
            thick,
            height,
            1.0,
        );
        // Where not every number fits, those under a name are kept.
        if numbers_every == 1 || number % numbers_every.max(names_every) == 0 {
            let y = top + STRIP + 16.0;
            pen.text("t-num", Anchor::Middle, x(i), y, &period.total_label);
        }
        pen.close_mark(None);
    }
    pen.line("rule", (x(0), top + STRIP), (right, top + STRIP));
    pen.text("t-note", Anchor::On, right + 18.0, top + STRIP, chart.strip);
}

/// The least interval of at least `least` periods that keeps names round: a divisor of the year, or 1, 2 or 5 times
/// a power of ten years.
fn round_interval(least: i64, cycle: usize) -> i64 {
    let cycle = cycle.max(1) as i64;
    if let Some(part) = (1..cycle).find(|part| *part >= least && cycle % part == 0) {
        return part;
    }
    let mut years = 1;
    loop {
        for factor in [1, 2, 5] {
            if factor * years * cycle >= least {
                return factor * years * cycle;
            }
        }
        years *= 10;
    }
}

fn open_hue(pen: &mut Pen, hue: Hue) {
    match hue {
        Hue::Code(color) => pen.open_group("data-code", &color.to_string()),
        Hue::CaseA => pen.open_group("class", "hue-a"),
        Hue::CaseB => pen.open_group("class", "hue-b"),
        Hue::Ink => pen.open_group("class", "plain"),
    }
}

/// The sign of a line, by its position: circle, square, diamond, triangle up and down, cross.
fn marker(pen: &mut Pen, series: usize, (x, y): (f64, f64), r: f64) {
    let around = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let place = |&(dx, dy): &(f64, f64)| (x + dx * r, y + dy * r);
        points.iter().map(place).collect()
    };
    let shape: &[(f64, f64)] = match series % 6 {
        0 => return pen.circle("dot", (x, y), r),
        1 => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        2 => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
        3 => &[(0.0, -1.2), (1.15, 0.9), (-1.15, 0.9)],
        4 => &[(0.0, 1.2), (1.15, -0.9), (-1.15, -0.9)],
        _ => &[
            (-0.4, -1.2),
            (0.4, -1.2),
            (0.4, -0.4),
            (1.2, -0.4),
            (1.2, 0.4),
            (0.4, 0.4),
            (0.4, 1.2),
            (-0.4, 1.2),
            (-0.4, 0.4),
            (-1.2, 0.4),
            (-1.2, -0.4),
            (-0.4, -0.4),
        ],
    };
    pen.path("dot", &around(shape), true, None);
}

/// The stretches of a line without a gap.
fn runs(points: &[Point]) -> Vec<Vec<(usize, f64)>> {
    let mut runs = vec![Vec::new()];
    for (i, point) in points.iter().enumerate() {
        let last = runs.len() - 1;
        match point.value {
            Some(value) => runs[last].push((i, value)),
            None if !runs[last].is_empty() => runs.push(Vec::new()),
            None => {}
        }
    }
    runs
}

/// Where a line ends.
struct End {
    series: usize,
    period: usize,
    value: f64,
    label: String,
}

fn ends(chart: &Lines<'_>) -> Vec<End> {
    let last = |(series, line): (usize, &Series)| {
        let points = line.points.iter().take(chart.periods.len()).enumerate();
        points.rev().find_map(|(period, point)| {
            Some(End {
                series,
                period,
                value: point.value?,
                label: point.label.clone(),
            })
        })
    };
    chart.series.iter().enumerate().filter_map(last).collect()
}

/// Moves places apart until none is nearer than `gap` to the next, each as little as it can, within bounds where
/// there is room. The order is kept.
fn spread(wanted: &[f64], low: f64, high: f64, gap: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    // Neighbours that collide form a block that stands around the mean of what its members want (the pool adjacent
    // violators method, as in isotonic regression).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, &at) in order.iter().enumerate() {
        blocks.push((wanted[at] - gap * rank as f64, 1));
        while let [.., (before, n), (after, m)] = blocks[..] {
            if before <= after {
                break;
            }
            let mean = (before * n as f64 + after * m as f64) / (n + m) as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((mean, n + m));
        }
    }
    let offsets = blocks
        .iter()
        .flat_map(|&(mean, n)| std::iter::repeat_n(mean, n));
    let reach = gap * wanted.len().saturating_sub(1) as f64;
    let highest = (high - reach).max(low);
    let mut places = vec![0.0; wanted.len()];
    for ((rank, &at), offset) in order.iter().enumerate().zip(offsets) {
        places[at] = offset.clamp(low, highest) + gap * rank as f64;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{round_interval, spread};

    #[test]
    fn names_are_kept_at_round_periods() {
        let of_years = [1, 2, 3, 6, 11].map(|least| round_interval(least, 1));
        assert_eq!(of_years, [1, 2, 5, 10, 20]);
        let of_quarters = [1, 2, 3, 5, 9].map(|least| round_interval(least, 4));
        assert_eq!(of_quarters, [1, 2, 4, 8, 20]);
        let of_months = [1, 5, 7, 13, 25].map(|least| round_interval(least, 12));
        assert_eq!(of_months, [1, 6, 12, 24, 60]);
    }

    #[test]
    fn names_keep_their_place_or_share_it_evenly() {
        assert_eq!(spread(&[100.0, 40.0], 0.0, 200.0, 14.0), [100.0, 40.0]);
        // Both want 50: 43 and 57, in the order given.
        assert_eq!(spread(&[50.0, 50.0], 0.0, 200.0, 14.0), [43.0, 57.0]);
        // At the bottom they stack upwards.
        assert_eq!(
            spread(&[200.0, 198.0, 200.0], 0.0, 200.0, 14.0),
            [186.0, 172.0, 200.0]
        );
        assert_eq!(spread(&[0.0, 1.0], 0.0, 200.0, 14.0), [0.0, 14.0]);
    }
}
