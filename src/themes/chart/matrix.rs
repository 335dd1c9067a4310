//! Cells in rows and columns: a crosstab with its residuals, or which codes meet.

use super::Frame;
use super::pen::{Anchor, Pen, fit, width};

/// The head of a row or column.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// The code's colour, 1 to 12; none where it is not a code.
    pub color: Option<u8>,
    /// A figure beside the name, e.g. the column's total; may be empty.
    pub note: String,
}

/// One cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its number as the reader writes it.
    pub label: String,
    /// A second, smaller figure, e.g. the residual; may be empty.
    pub note: String,
    /// Its place on the ramp: −3 to 3 or 0 to 6 ([`residual_step`], [`sequential_step`]); none where the figure that
    /// the ramp shows is not defined.
    pub step: Option<i8>,
    /// What the cell says, e.g. "Sanctions, Iran: 186 passages, adjusted residual +7.5".
    pub says: String,
}

/// What the colours of the cells mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ramp {
    /// From fewer to more than expected.
    Diverging,
    /// From none to most.
    Sequential,
}

/// How the cells lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A cell for each row and column.
    Full,
    /// Unordered pairs: row i holds a cell for each row before it, and its name heads the row to its left and the
    /// column below it. There are no column heads.
    Triangle,
}

/// The words at the two ends of the ramp.
#[derive(Clone, Copy, Debug)]
pub struct Legend<'a> {
    /// E.g. "fewer than expected", or "0".
    pub low: &'a str,
    /// E.g. "more", or "94 passages".
    pub high: &'a str,
}

/// A matrix.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    /// The rows from top to bottom.
    pub rows: &'a [Head],
    /// The columns; empty in a triangle.
    pub columns: &'a [Head],
    /// The cells of each row.
    pub cells: &'a [Vec<Cell>],
    /// How they lie.
    pub shape: Shape,
    /// What their colours mean.
    pub ramp: Ramp,
    /// The words at the ramp's ends.
    pub legend: Legend<'a>,
}

/// The step of an adjusted residual: 0 below 2 in size, then 1, from 3 on 2, from 5 on 3, with its sign.
///
/// "About 2 or 3" is where Agresti (*Categorical Data Analysis*, 3rd ed. 2013, §3.3.1) sees a lack of fit; the last
/// step keeps large tables from being of one colour.
pub fn residual_step(residual: f64) -> i8 {
    let step = match residual.abs() {
        size if size >= 5.0 => 3,
        size if size >= 3.0 => 2,
        size if size >= 2.0 => 1,
        _ => 0,
    };
    if residual < 0.0 { -step } else { step }
}

/// The step of a count on a ramp that ends at `max`: 0 for none, else the sixth of the way it falls into, 1 to 6.
pub fn sequential_step(value: f64, max: f64) -> i8 {
    if !(value > 0.0 && max > 0.0) {
        return 0;
    }
    (6.0 * value / max).ceil().clamp(1.0, 6.0) as i8
}

const GAP: f64 = 2.0;
const NAME_SIZE: f64 = 12.5;
const CELL_SIZE: f64 = 13.0;
const SWATCH: f64 = 18.0;

/// Draws the matrix. `link` gives the address of the passages behind a cell, by its row and column, or nothing where
/// there are none.
pub fn matrix(
    frame: &Frame<'_>,
    chart: &Matrix<'_>,
    link: &dyn Fn(usize, usize) -> Option<String>,
) -> String {
    if chart.cells.iter().all(Vec::is_empty) {
        return Pen::empty(frame);
    }
    let layout = Layout::of(frame, chart);
    let mut pen = Pen::new(layout.width, frame.mirrored);
    let bottom = match chart.shape {
        Shape::Full => full(&mut pen, &layout, chart, link),
        Shape::Triangle => triangle(&mut pen, &layout, chart, link),
    };
    legend(&mut pen, chart, bottom + 16.0);
    pen.finish(frame, bottom + 34.0)
}

/// The sizes of a matrix.
struct Layout {
    /// Of the whole drawing.
    width: f64,
    /// Of the names.
    names: f64,
    /// Of a cell.
    cell: f64,
}

impl Layout {
    /// Cells fill the width that is wished for, within bounds, but never so that a number does not fit: half a
    /// number is another number.
    fn of(frame: &Frame<'_>, chart: &Matrix<'_>) -> Self {
        let widths = chart
            .rows
            .iter()
            .map(|h| width(&h.name, NAME_SIZE) + SWATCH);
        let names = widths.fold(60.0, f64::max).min(frame.width * 0.4);
        let (columns, least, most) = match chart.shape {
            Shape::Full => (chart.columns.len(), 52.0, 220.0),
            Shape::Triangle => (chart.rows.len().saturating_sub(1), 24.0, 46.0),
        };
        let columns = columns.max(1) as f64;
        let cells = chart.cells.iter().flatten();
        let numbers = cells.map(|c| width(&c.label, CELL_SIZE).max(width(&c.note, 11.0)) + 8.0);
        let needed = numbers.fold(least, f64::max);
        let room = (frame.width - names - 8.0) / columns - GAP;
        let cell = room.clamp(needed, needed.max(most));
        Self {
            width: frame
                .width
                .max((names + 8.0 + columns * (cell + GAP)).ceil()),
            names,
            cell,
        }
    }
}

fn full(
    pen: &mut Pen,
    layout: &Layout,
    chart: &Matrix<'_>,
    link: &dyn Fn(usize, usize) -> Option<String>,
) -> f64 {
    let (names, cell_width) = (layout.names, layout.cell);
    let stacked = cell_width < 92.0;
    let noted = chart.cells.iter().flatten().any(|c| !c.note.is_empty());
    let cell_height = if stacked && noted { 38.0 } else { 30.0 };
    let x = |column: usize| names + 8.0 + column as f64 * (cell_width + GAP);
    let top = if stacked { 36.0 } else { 22.0 };

    for (c, head) in chart.columns.iter().enumerate() {
        let middle = x(c) + cell_width / 2.0;
        if stacked {
            let name = fit(&head.name, NAME_SIZE, cell_width);
            pen.text("t-name", Anchor::Middle, middle, 12.0, &name);
            pen.text("t-num", Anchor::Middle, middle, 26.0, &head.note);
        } else {
            let room = cell_width - width(&head.note, 11.0) - 10.0;
            let name = fit(&head.name, NAME_SIZE, room);
            let text = [name.as_str(), head.note.as_str()];
            let parts = if head.note.is_empty() { 1 } else { 2 };
            pen.runs("t-name", Anchor::Middle, middle, 14.0, &text[..parts]);
        }
    }
    for (r, (head, cells)) in chart.rows.iter().zip(chart.cells).enumerate() {
        let y = top + r as f64 * (cell_height + GAP);
        row_name(pen, head, 0.0, y + cell_height / 2.0, names);
        for (c, cell) in cells.iter().enumerate() {
            let place = Place {
                x: x(c),
                y,
                width: cell_width,
                height: cell_height,
                stacked,
            };
            draw_cell(pen, chart.ramp, cell, &place, link(r, c).as_deref());
        }
    }
    top + chart.rows.len() as f64 * (cell_height + GAP)
}

fn triangle(
    pen: &mut Pen,
    layout: &Layout,
    chart: &Matrix<'_>,
    link: &dyn Fn(usize, usize) -> Option<String>,
) -> f64 {
    let rows = chart.rows.len();
    let cell_width = layout.cell;
    let cell_height = cell_width.clamp(22.0, 34.0);
    for (r, (head, cells)) in chart.rows.iter().zip(chart.cells).enumerate() {
        let y = r as f64 * (cell_height + GAP);
        for (c, cell) in cells.iter().enumerate() {
            let place = Place {
                x: c as f64 * (cell_width + GAP),
                y,
                width: cell_width,
                height: cell_height,
                stacked: true,
            };
            draw_cell(pen, chart.ramp, cell, &place, link(r, c).as_deref());
        }
        let x = cells.len() as f64 * (cell_width + GAP) + 8.0;
        row_name(pen, head, x, y + cell_height / 2.0, layout.width - x);
    }
    rows as f64 * (cell_height + GAP)
}

struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// The second figure under the first rather than beside it.
    stacked: bool,
}

fn draw_cell(pen: &mut Pen, ramp: Ramp, cell: &Cell, place: &Place, link: Option<&str>) {
    let attribute = match ramp {
        Ramp::Diverging => "data-div",
        Ramp::Sequential => "data-seq",
    };
    match cell.step {
        Some(step) => pen.open_group(attribute, &step.to_string()),
        None => pen.open_group("class", "undefined"),
    }
    pen.open_mark(link, &cell.says);
    pen.rect("cell", place.x, place.y, place.width, place.height, 2.0);
    let middle = place.x + place.width / 2.0;
    let baseline = place.y + place.height / 2.0 + 4.0;
    if cell.note.is_empty() {
        pen.text("t-cell", Anchor::Middle, middle, baseline, &cell.label);
    } else if place.stacked {
        pen.text(
            "t-cell",
            Anchor::Middle,
            middle,
            baseline - 6.0,
            &cell.label,
        );
        pen.text(
            "t-small",
            Anchor::Middle,
            middle,
            baseline + 8.0,
            &cell.note,
        );
    } else {
        let fifth = place.width / 5.0;
        pen.text("t-cell", Anchor::Back, middle - 2.0, baseline, &cell.label);
        pen.text(
            "t-small",
            Anchor::Back,
            middle + 2.0 * fifth,
            baseline,
            &cell.note,
        );
    }
    pen.close_mark(link);
    pen.close_group();
}

fn row_name(pen: &mut Pen, head: &Head, x: f64, middle: f64, room: f64) {
    let mut at = x;
    if let Some(color) = head.color {
        pen.open_group("data-code", &color.to_string());
        pen.rect("coded", x, middle - 5.0, 10.0, 10.0, 2.0);
        pen.close_group();
        at += SWATCH;
    }
    let name = fit(&head.name, NAME_SIZE, room - (at - x));
    pen.text("t-name", Anchor::On, at, middle + 4.0, &name);
}

fn legend(pen: &mut Pen, chart: &Matrix<'_>, y: f64) {
    let (attribute, steps) = match chart.ramp {
        Ramp::Diverging => ("data-div", -3..=3),
        Ramp::Sequential => ("data-seq", 0..=6),
    };
    pen.text("t-note", Anchor::On, 0.0, y + 9.0, chart.legend.low);
    let mut x = width(chart.legend.low, 11.0) + 8.0;
    for step in steps {
        pen.open_group(attribute, &step.to_string());
        pen.rect("cell", x, y, 20.0, 10.0, 1.0);
        pen.close_group();
        x += 22.0;
    }
    pen.text("t-note", Anchor::On, x + 6.0, y + 9.0, chart.legend.high);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_step_at_two_three_and_five() {
        let steps = [-13.7, -5.0, -4.4, -2.4, -1.8, 0.0, 1.99, 2.0, 3.0, 9.9].map(residual_step);
        assert_eq!(steps, [-3, -3, -2, -1, 0, 0, 0, 1, 2, 3]);
    }

    #[test]
    fn counts_step_by_sixths_and_none_stands_apart() {
        let steps =
            [0.0, 1.0, 15.0, 16.0, 47.0, 48.0, 93.0, 94.0].map(|v| sequential_step(v, 94.0));
        assert_eq!(steps, [0, 1, 1, 2, 3, 4, 6, 6]);
        assert_eq!(sequential_step(0.0, 0.0), 0);
    }
}
