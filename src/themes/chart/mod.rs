//! Figures as SVG, drawn on the server.
//!
//! A figure is text that the page embeds: it prints, needs no script, and its marks are links to the passages behind
//! them. The functions here know how to place and draw; they know no word of any language. Whatever is written in a
//! figure (names, numbers in the reader's digits, what a mark says to a screen reader) comes from the caller, and so
//! does each link.
//!
//! - Colours are classes and `data-code`, `data-seq`, `data-div` attributes that `static/themes/charts.css` paints
//!   from the tokens, so that light, dark and print need no second drawing and the strict content policy holds: there
//!   is no `style` attribute. [`standalone`] makes the file to download, with the light colours inside.
//! - No meaning hangs on colour alone: bars carry names, lines differ in hue, dash and marker and are named at their
//!   end, cells carry their number.
//! - Every figure has a title and a description. It is a `group`, not an `img`, because an `img` would hide the links
//!   inside it from assistive technology.
//! - Right-to-left names get a direction of their own; in a right-to-left interface bars and matrices are mirrored,
//!   time axes are not.

mod bars;
mod lines;
mod matrix;
mod pen;
mod standalone;
mod ticks;

pub use bars::{Bar, Bars, bars};
pub use lines::{Hue, Lines, Period, Point, Series, lines};
pub use matrix::{Cell, Head, Legend, Matrix, Ramp, Shape, matrix, residual_step, sequential_step};
pub use standalone::{Caption, standalone};
pub use ticks::nice_ticks;

/// What every figure has.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// A name unique in the page, from which the ids of title and description are made: ASCII letters, digits and
    /// hyphens.
    pub id: &'a str,
    /// What the figure shows, in a line.
    pub title: &'a str,
    /// What there is to see in it, in a sentence or two.
    pub desc: &'a str,
    /// What to say where there is nothing to draw.
    pub empty: &'a str,
    /// Width of the drawing in pixels at its natural size; it grows and shrinks with its box. A matrix whose numbers
    /// need more room takes it, and then does not shrink: put figures into a box that scrolls.
    pub width: f64,
    /// Whether the interface runs from right to left.
    pub mirrored: bool,
}

#[cfg(test)]
mod tests;
