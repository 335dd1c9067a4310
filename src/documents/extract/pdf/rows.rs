//! From glyphs to rows, and from rows to segments: stretches of a row without a wide gap.
//!
//! A row is what shares a base line. Superscripts and the marks of Arabic and Hebrew stand off it and are brought back to the letters that
//! they belong to; glyphs without width take the place of their neighbour, and what was printed twice to look bold is kept once.

use super::content::Glyph;
use super::letters::{is_joiner, is_mark, is_space};

/// Share of the size by which base lines of one row may differ.
const SAME_ROW: f64 = 0.2;

/// A gap of more ems than this ends a segment.
const GAP: f64 = 1.1;

/// A stretch of a row.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// The row it is part of, counted from the top of the page.
    pub row: usize,
    pub y: f64,
    pub x0: f64,
    pub x1: f64,
    pub size: f64,
    /// From left to right.
    pub glyphs: Vec<Glyph>,
}

#[derive(Debug)]
struct Row {
    y: f64,
    size: f64,
    glyphs: Vec<Glyph>,
}

/// The segments of a page's glyphs, which come in the order of the file and all run the same way; from the top down.
pub(super) fn segments(mut glyphs: Vec<Glyph>) -> Vec<Segment> {
    place_joiners(&mut glyphs);
    let (marks, letters): (Vec<Glyph>, Vec<Glyph>) =
        glyphs.into_iter().partition(|g| is_mark(&g.text));
    let mut rows = merge_raised(rows(letters));
    attach_marks(&mut rows, marks);
    let mut segments = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        split(at, row, &mut segments);
    }
    segments
}

/// A joiner is drawn without width or taken back after drawing, so its place is only certain from the glyph before it in the file: it is
/// put inside that one's right edge, where sorting by place keeps it between its neighbours.
fn place_joiners(glyphs: &mut [Glyph]) {
    for at in 1..glyphs.len() {
        let (before, after) = glyphs.split_at_mut(at);
        let (Some(previous), Some(joiner)) = (before.last(), after.first_mut()) else {
            continue;
        };
        if !is_joiner(&joiner.text) {
            continue;
        }
        let near = (joiner.y - previous.y).abs() < previous.size
            && (joiner.x0 - previous.x1).abs() < previous.size * 0.5;
        if near {
            joiner.x0 = previous.x0 + (previous.x1 - previous.x0) * 0.75;
        }
        joiner.x1 = joiner.x0;
    }
}

fn rows(mut glyphs: Vec<Glyph>) -> Vec<Row> {
    // Stable: what shares a height stays in the order of the file.
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut rows: Vec<Row> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if row.y - glyph.y <= SAME_ROW * row.size.max(glyph.size) => {
                row.size = row.size.max(glyph.size);
                row.glyphs.push(glyph);
            }
            _ => rows.push(Row {
                y: glyph.y,
                size: glyph.size,
                glyphs: vec![glyph],
            }),
        }
    }
    rows
}

/// Puts rows of small print that stand off a larger row within its length (superscripts, note marks) into it.
fn merge_raised(rows: Vec<Row>) -> Vec<Row> {
    let extent = |row: &Row| {
        row.glyphs
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(x0, x1), g| {
                (x0.min(g.x0), x1.max(g.x1))
            })
    };
    let belongs = |small: &Row, large: &Row| {
        let ((s0, s1), (l0, l1)) = (extent(small), extent(large));
        small.size <= large.size * 0.85
            && small.glyphs.len() < large.glyphs.len()
            && (small.y - large.y).abs() <= large.size * 0.55
            && s0 >= l0 - large.size
            && s1 <= l1 + large.size
    };
    let mut merged: Vec<Row> = Vec::new();
    for row in rows {
        match merged.last_mut() {
            Some(above) if belongs(&row, above) => above.glyphs.extend(row.glyphs),
            Some(above) if belongs(above, &row) => {
                let raised = std::mem::replace(above, row);
                above.glyphs.extend(raised.glyphs);
            }
            _ => merged.push(row),
        }
    }
    merged
}

/// Gives each mark to the letter it stands on: the one whose middle is nearest among those that it stands over.
fn attach_marks(rows: &mut [Row], marks: Vec<Glyph>) {
    for mark in marks {
        let x = mark.x0 + (mark.x1 - mark.x0).min(mark.size * 0.5) / 2.0;
        let mut best: Option<(f64, usize, usize)> = None;
        for (r, row) in rows.iter().enumerate() {
            if (row.y - mark.y).abs() > row.size.max(mark.size) {
                continue;
            }
            for (g, glyph) in row.glyphs.iter().enumerate() {
                let reach = glyph.size * 0.15;
                if is_joiner(&glyph.text) || x < glyph.x0 - reach || x > glyph.x1 + reach {
                    continue;
                }
                // A mark between a letter and a space is the letter's.
                let bare = if is_space(&glyph.text) {
                    glyph.size * 0.2
                } else {
                    0.0
                };
                let distance =
                    (x - (glyph.x0 + glyph.x1) / 2.0).abs() + (glyph.y - mark.y).abs() + bare;
                if best.is_none_or(|(least, _, _)| distance < least) {
                    best = Some((distance, r, g));
                }
            }
        }
        match best {
            Some((_, r, g)) => rows[r].glyphs[g].text.push_str(&mark.text),
            None => {
                // A mark on nothing still is text; it goes to the nearest row.
                let nearest = rows
                    .iter_mut()
                    .min_by(|a, b| (a.y - mark.y).abs().total_cmp(&(b.y - mark.y).abs()));
                if let Some(row) = nearest {
                    row.glyphs.push(mark);
                }
            }
        }
    }
}

fn split(at: usize, row: Row, segments: &mut Vec<Segment>) {
    let mut glyphs = row.glyphs;
    glyphs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    glyphs.dedup_by(|later, earlier| {
        later.text == earlier.text
            && !is_space(&later.text)
            && later.x0 - earlier.x0 < later.size * 0.06
            && later.x1 - later.x0 > later.size * 0.1
    });
    let mut current: Vec<Glyph> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for glyph in glyphs {
        if !is_space(&glyph.text) {
            if !current.is_empty() && glyph.x0 - end > GAP * row.size {
                segments.extend(segment(at, std::mem::take(&mut current)));
            }
            end = end.max(glyph.x1);
        }
        current.push(glyph);
    }
    segments.extend(segment(at, current));
}

fn segment(row: usize, mut glyphs: Vec<Glyph>) -> Option<Segment> {
    let first = glyphs.iter().position(|g| !is_space(&g.text))?;
    let last = glyphs.iter().rposition(|g| !is_space(&g.text))?;
    glyphs.truncate(last + 1);
    glyphs.drain(..first);
    let x0 = glyphs.iter().map(|g| g.x0).fold(f64::INFINITY, f64::min);
    let x1 = glyphs
        .iter()
        .map(|g| g.x1)
        .fold(f64::NEG_INFINITY, f64::max);
    let middle = |of: fn(&Glyph) -> f64| {
        let mut values: Vec<f64> = glyphs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (y, size) = (middle(|g| g.y), middle(|g| g.size));
    Some(Segment {
        row,
        y,
        x0,
        x1,
        size,
        glyphs,
    })
}
