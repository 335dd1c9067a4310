//! Horizontal bars: one number for each code.

use super::pen::{Anchor, Pen, fit, width};
use super::{Frame, nice_ticks};

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The code's name.
    pub name: String,
    /// Its colour in the palette, 1 to 12; none for a bar that is not a code's.
    pub color: Option<u8>,
    /// How deep it stands in the tree; children are indented.
    pub depth: u8,
    /// Its length, not negative. Nothing where the number is not defined: the row then shows its label only.
    pub value: Option<f64>,
    /// The number as the reader writes it, or why there is none.
    pub label: String,
    /// What the bar says, e.g. "Sanctions: 231 passages in 48 documents".
    pub says: String,
}

/// A bar chart.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// The bars from top to bottom.
    pub bars: &'a [Bar],
    /// What the axis counts, e.g. "passages".
    pub axis: &'a str,
    /// Whether the values are counts, so that the axis has no fractions.
    pub whole: bool,
}

const ROW: f64 = 26.0;
const THICK: f64 = 14.0;
const NAME_SIZE: f64 = 12.5;
const INDENT: f64 = 14.0;
/// The swatch and the gaps around it.
const SWATCH: f64 = 18.0;
const TOP: f64 = 6.0;

/// Draws the bars. `tick` writes a number of the axis; `link` gives the address of the passages behind a bar, by its
/// position, or nothing where there are none.
pub fn bars(
    frame: &Frame<'_>,
    chart: &Bars<'_>,
    tick: &dyn Fn(f64) -> String,
    link: &dyn Fn(usize) -> Option<String>,
) -> String {
    if chart.bars.is_empty() {
        return Pen::empty(frame);
    }
    let indent = |bar: &Bar| f64::from(bar.depth) * INDENT;
    let names = chart
        .bars
        .iter()
        .map(|bar| width(&bar.name, NAME_SIZE) + indent(bar) + SWATCH)
        .fold(60.0, f64::max)
        .min(frame.width * 0.36);
    let labels = chart
        .bars
        .iter()
        .map(|bar| width(&bar.label, 11.0))
        .fold(24.0, f64::max);
    let left = (names + 14.0).round();
    let right = (frame.width - labels - 14.0).max(left + 40.0).round();
    let bottom = TOP + ROW * chart.bars.len() as f64;

    let values = chart.bars.iter().filter_map(|bar| bar.value);
    let max = values.fold(0.0, f64::max);
    let ticks = nice_ticks(max, 5, chart.whole);
    let end = ticks[ticks.len() - 1];
    let x = |value: f64| left + (right - left) * (value / end).clamp(0.0, 1.0);

    let mut pen = Pen::new(frame.width, frame.mirrored);
    for &value in &ticks {
        let class = if value == 0.0 { "axis" } else { "rule" };
        pen.line(class, (x(value), TOP), (x(value), bottom));
        pen.text(
            "t-num",
            Anchor::Middle,
            x(value),
            bottom + 16.0,
            &tick(value),
        );
    }
    pen.text("t-note", Anchor::Back, right, bottom + 32.0, chart.axis);

    for (i, bar) in chart.bars.iter().enumerate() {
        let top = TOP + ROW * i as f64;
        let baseline = top + ROW / 2.0 + 4.0;
        let link = link(i);
        let link = link.as_deref();
        match bar.color {
            Some(color) => pen.open_group("data-code", &color.to_string()),
            None => pen.open_group("class", "plain"),
        }
        pen.open_mark(link, &bar.says);
        pen.rect("hit", 0.0, top, frame.width, ROW, 0.0);
        let at = indent(bar);
        if bar.color.is_some() {
            pen.rect("coded", at, top + 8.0, 10.0, 10.0, 2.0);
        }
        let name = fit(&bar.name, NAME_SIZE, names - at - SWATCH);
        pen.text("t-name", Anchor::On, at + SWATCH, baseline, &name);
        let mut label_at = left;
        if let Some(value) = bar.value.filter(|v| *v > 0.0) {
            label_at = x(value);
            // A bar too short to see is still drawn: there is something.
            let long = (label_at - left).max(1.0);
            let inset = (ROW - THICK) / 2.0;
            pen.rect("coded bar", left, top + inset, long, THICK, 1.0);
        }
        pen.text("t-value", Anchor::On, label_at + 6.0, baseline, &bar.label);
        pen.close_mark(link);
        pen.close_group();
    }
    pen.finish(frame, bottom + 38.0)
}
