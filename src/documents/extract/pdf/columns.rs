//! Columns: which segments of a page are read one after another.
//!
//! A gutter is an upright strip that few segments cross while full lines stand on both sides of it. What crosses it
//! (a title, a figure's caption) parts the page into bands; within a band one column is read after the other, from the side
//! on which the script begins. Columns are looked for again inside columns. Tables do not count: their cells are short, and they are read row by row.

use super::rows::Segment;

/// Rows that a column must have on each side of a gutter.
const ROWS: usize = 4;

/// Share of the fullest strip's rows that may cross a gutter.
const CROSSING: f64 = 0.3;

/// Share of a column's width that its middling line fills.
const FILLED: f64 = 0.55;

/// Ems that a column is wide; narrower ones are the numbers of a table or of a list of contents.
const WIDE: f64 = 8.0;

/// Strips that a page is looked at in.
const STRIPS: usize = 600;

/// Groups of segments in reading order; each group is read from the top down, row by row.
pub(super) fn in_order(
    segments: Vec<Segment>,
    right_to_left: bool,
    depth: usize,
) -> Vec<Vec<Segment>> {
    let Some(gutter) = (depth < 4).then(|| gutter(&segments)).flatten() else {
        return vec![segments];
    };
    let mut groups = Vec::new();
    let mut band = Band::default();
    let mut across: Vec<Segment> = Vec::new();
    for segment in segments {
        let Some(on_left) = gutter.side(&segment) else {
            band.close(right_to_left, depth, &mut groups);
            across.push(segment);
            continue;
        };
        if !across.is_empty() {
            groups.push(std::mem::take(&mut across));
        }
        if on_left {
            &mut band.left
        } else {
            &mut band.right
        }
        .push(segment);
    }
    band.close(right_to_left, depth, &mut groups);
    if !across.is_empty() {
        groups.push(across);
    }
    groups
}

#[derive(Default)]
struct Band {
    left: Vec<Segment>,
    right: Vec<Segment>,
}

impl Band {
    fn close(&mut self, right_to_left: bool, depth: usize, groups: &mut Vec<Vec<Segment>>) {
        let (left, right) = (
            std::mem::take(&mut self.left),
            std::mem::take(&mut self.right),
        );
        let sides = if right_to_left {
            [right, left]
        } else {
            [left, right]
        };
        for side in sides {
            if !side.is_empty() {
                groups.extend(in_order(side, right_to_left, depth + 1));
            }
        }
    }
}

/// An upright strip between columns.
#[derive(Debug, Clone, Copy)]
struct Gutter {
    x0: f64,
    x1: f64,
}

impl Gutter {
    /// Whether a segment stands on the left of it; none if it stands on both sides or between.
    fn side(self, segment: &Segment) -> Option<bool> {
        let left = segment.x0 < self.x0 && segment.x1 <= self.x1;
        let right = segment.x1 > self.x1 && segment.x0 >= self.x0;
        (left || right).then_some(left)
    }
}

fn gutter(segments: &[Segment]) -> Option<Gutter> {
    let left = segments.iter().map(|s| s.x0).fold(f64::INFINITY, f64::min);
    let right = segments
        .iter()
        .map(|s| s.x1)
        .fold(f64::NEG_INFINITY, f64::max);
    let width = right - left;
    if segments.len() < 2 * ROWS || !width.is_finite() || width <= 0.0 {
        return None;
    }
    let size = median(segments.iter().map(|s| s.size).collect());
    let strip = width / STRIPS as f64;
    let mut covered = [0usize; STRIPS];
    let index = |x: f64| (((x - left) / strip) as usize).min(STRIPS - 1);
    for segment in segments {
        for count in &mut covered[index(segment.x0)..=index(segment.x1)] {
            *count += 1;
        }
    }
    let most = covered.iter().copied().max().unwrap_or(0);
    let few = (most as f64 * CROSSING) as usize;
    let mut best: Option<(usize, f64, Gutter)> = None;
    let mut at = 0;
    while at < STRIPS {
        if covered[at] > few {
            at += 1;
            continue;
        }
        let start = at;
        while at < STRIPS && covered[at] <= few {
            at += 1;
        }
        let least = covered[start..at].iter().copied().min().unwrap_or(0);
        let (first, last) = emptiest(&covered[start..at], least + (most / 20).max(1));
        let gutter = Gutter {
            x0: left + (start + first) as f64 * strip,
            x1: left + (start + last) as f64 * strip,
        };
        let wide = gutter.x1 - gutter.x0;
        let better = best.is_none_or(|(crossing, width, _)| (least, -wide) < (crossing, -width));
        if start > 0
            && at < STRIPS
            && wide >= size * 0.7
            && better
            && parts_columns(segments, gutter)
        {
            best = Some((least, wide, gutter));
        }
    }
    best.map(|(_, _, gutter)| gutter)
}

/// The longest stretch that at most so many segments cross: titles hang into the edges of a gutter, and half-filled
/// columns look empty beside full ones.
fn emptiest(covered: &[usize], few: usize) -> (usize, usize) {
    let mut best = (0, 0);
    let mut start = 0;
    for at in 0..=covered.len() {
        if at == covered.len() || covered[at] > few {
            if at - start > best.1 - best.0 {
                best = (start, at);
            }
            start = at + 1;
        }
    }
    best
}

/// Whether full lines stand side by side on both sides.
fn parts_columns(segments: &[Segment], gutter: Gutter) -> bool {
    let on = |left: bool| {
        segments
            .iter()
            .filter(|s| gutter.side(s) == Some(left))
            .collect::<Vec<_>>()
    };
    let (left, right) = (on(true), on(false));
    if left.len() < ROWS || right.len() < ROWS {
        return false;
    }
    let span = |side: &[&Segment]| {
        side.iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| {
                (low.min(s.y), high.max(s.y))
            })
    };
    let ((l0, l1), (r0, r1)) = (span(&left), span(&right));
    let common = l1.min(r1) - l0.max(r0);
    common > 0.4 * (l1 - l0).min(r1 - r0) && is_filled(&left) && is_filled(&right)
}

fn is_filled(side: &[&Segment]) -> bool {
    let x0 = side.iter().map(|s| s.x0).fold(f64::INFINITY, f64::min);
    let x1 = side.iter().map(|s| s.x1).fold(f64::NEG_INFINITY, f64::max);
    // A row may be several segments where its words stand far apart.
    let mut rows: Vec<(usize, f64)> = Vec::new();
    for segment in side {
        match rows.last_mut() {
            Some((row, width)) if *row == segment.row => *width += segment.x1 - segment.x0,
            _ => rows.push((segment.row, segment.x1 - segment.x0)),
        }
    }
    let size = median(side.iter().map(|s| s.size).collect());
    rows.len() >= ROWS
        && x1 - x0 >= WIDE * size
        && median(rows.iter().map(|(_, width)| *width).collect()) >= FILLED * (x1 - x0)
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
