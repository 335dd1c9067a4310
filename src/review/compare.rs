//! Two layers on one text: what is shared, what differs in range, what differs in code, what stands alone.
//!
//! Codings are matched one to one. First those that are the same in code and range; then those of the same code that
//! share text, the pairs that share most of it first; then, among what is left, those of different codes whose ranges
//! are at least half the same (intersection over union), which is how a disagreement about the code looks. Whatever
//! finds no partner stands alone.

use crate::text::Span;

/// A coding as the comparison sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its id.
    pub id: i64,
    /// Its code.
    pub code: i64,
    /// Its range.
    pub span: Span,
}

/// How a coding stands to the other layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The other has the same code on the same range.
    Same,
    /// The other has the same code on a range that shares text with it: the id of that coding.
    Range(i64),
    /// The other has another code on about the same range: the id of that coding.
    Code(i64),
    /// The other has nothing that answers to it.
    Alone,
}

impl Standing {
    /// Whether the two layers differ here.
    pub fn differs(self) -> bool {
        self != Standing::Same
    }

    /// Suffix of message keys and value of `data-standing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Same => "same",
            Standing::Range(_) => "range",
            Standing::Code(_) => "code",
            Standing::Alone => "alone",
        }
    }
}

fn shared(a: Span, b: Span) -> u32 {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// How every coding of either layer stands to the other, in the order given.
pub fn compare(left: &[Mark], right: &[Mark]) -> (Vec<Standing>, Vec<Standing>) {
    let mut of_left = vec![None; left.len()];
    let mut of_right = vec![None; right.len()];

    // Candidates of each kind, best first; ties in text order, so that the answer never depends on chance.
    let mut same = Vec::new();
    let mut range = Vec::new();
    let mut code = Vec::new();
    let mut by_start: Vec<usize> = (0..right.len()).collect();
    by_start.sort_by_key(|&j| (right[j].span.start, right[j].span.end, right[j].code));
    let longest = right.iter().map(|m| m.span.len()).max().unwrap_or(0);
    for (i, a) in left.iter().enumerate() {
        let from = by_start
            .partition_point(|&j| right[j].span.start.saturating_add(longest) <= a.span.start);
        for &j in by_start[from..]
            .iter()
            .take_while(|&&j| right[j].span.start < a.span.end)
        {
            let b = &right[j];
            let common = shared(a.span, b.span);
            if common == 0 {
                continue;
            }
            if a.code == b.code {
                if a.span == b.span {
                    same.push((i, j));
                } else {
                    range.push((common, i, j));
                }
            } else {
                let union = a.span.len() + b.span.len() - common;
                if common * 2 >= union {
                    code.push((common, union, i, j));
                }
            }
        }
    }
    for (i, j) in same {
        if of_left[i].is_none() && of_right[j].is_none() {
            of_left[i] = Some(Standing::Same);
            of_right[j] = Some(Standing::Same);
        }
    }
    range.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, i, j) in range {
        if of_left[i].is_none() && of_right[j].is_none() {
            of_left[i] = Some(Standing::Range(right[j].id));
            of_right[j] = Some(Standing::Range(left[i].id));
        }
    }
    // Greater share of the union first: a/b > c/d as a*d > c*b.
    code.sort_by(|a, b| {
        (u64::from(b.0) * u64::from(a.1))
            .cmp(&(u64::from(a.0) * u64::from(b.1)))
            .then((a.2, a.3).cmp(&(b.2, b.3)))
    });
    for (_, _, i, j) in code {
        if of_left[i].is_none() && of_right[j].is_none() {
            of_left[i] = Some(Standing::Code(right[j].id));
            of_right[j] = Some(Standing::Code(left[i].id));
        }
    }
    let rest = |standings: Vec<Option<Standing>>| {
        standings
            .into_iter()
            .map(|s| s.unwrap_or(Standing::Alone))
            .collect()
    };
    (rest(of_left), rest(of_right))
}

/// Disagreements of a comparison: a matched pair that differs counts once, whatever stands alone counts by itself.
pub fn differences(left: &[Standing], right: &[Standing]) -> usize {
    let alone = |s: &&Standing| **s == Standing::Alone;
    let paired = left
        .iter()
        .filter(|s| matches!(s, Standing::Range(_) | Standing::Code(_)))
        .count();
    paired + left.iter().filter(alone).count() + right.iter().filter(alone).count()
}

/// One run of a block's text with the same codings over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its range.
    pub span: Span,
    /// Which codings lie over it: positions in the list given, shortest coding first.
    pub over: Vec<usize>,
}

/// Cuts a block at every edge of a coding.
pub fn pieces(block: Span, marks: &[Mark]) -> Vec<Piece> {
    let here: Vec<usize> = (0..marks.len())
        .filter(|&i| shared(marks[i].span, block) > 0)
        .collect();
    let mut edges = vec![block.start, block.end];
    for &i in &here {
        edges.push(marks[i].span.start.clamp(block.start, block.end));
        edges.push(marks[i].span.end.clamp(block.start, block.end));
    }
    edges.sort_unstable();
    edges.dedup();
    edges
        .windows(2)
        .filter_map(|w| Span::new(w[0], w[1]))
        .map(|span| {
            let mut over: Vec<usize> = here
                .iter()
                .copied()
                .filter(|&i| shared(marks[i].span, span) > 0)
                .collect();
            over.sort_by_key(|&i| (marks[i].span.len(), marks[i].id));
            Piece { span, over }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: i64, code: i64, start: u32, end: u32) -> Mark {
        Mark {
            id,
            code,
            span: Span::new(start, end).unwrap(),
        }
    }

    #[test]
    fn each_kind_of_difference_is_told_apart() {
        let left = [
            mark(1, 7, 0, 10),
            mark(2, 7, 20, 30),
            mark(3, 7, 40, 50),
            mark(4, 7, 60, 70),
        ];
        let right = [
            mark(11, 7, 0, 10),
            mark(12, 7, 25, 35),
            mark(13, 8, 41, 50),
            mark(14, 9, 80, 90),
        ];
        let (of_left, of_right) = compare(&left, &right);
        assert_eq!(
            of_left,
            [
                Standing::Same,
                Standing::Range(12),
                Standing::Code(13),
                Standing::Alone
            ]
        );
        assert_eq!(
            of_right,
            [
                Standing::Same,
                Standing::Range(2),
                Standing::Code(3),
                Standing::Alone
            ]
        );
        // Range, code, and one alone on each side.
        assert_eq!(differences(&of_left, &of_right), 4);
    }

    #[test]
    fn the_same_code_on_shared_text_is_a_range_even_if_another_code_fits_better() {
        let (of_left, _) = compare(
            &[mark(1, 7, 0, 10)],
            &[mark(11, 8, 0, 10), mark(12, 7, 9, 30)],
        );
        assert_eq!(of_left, [Standing::Range(12)]);
    }

    #[test]
    fn less_than_half_in_common_is_no_other_code() {
        // 0..10 and 4..14: 6 in common of 14, less than half; 0..10 and 3..12: 7 of 12.
        let (of_left, _) = compare(&[mark(1, 7, 0, 10)], &[mark(11, 8, 4, 14)]);
        assert_eq!(of_left, [Standing::Alone]);
        let (of_left, _) = compare(&[mark(1, 7, 0, 10)], &[mark(11, 8, 3, 12)]);
        assert_eq!(of_left, [Standing::Code(11)]);
    }

    #[test]
    fn one_long_coding_answers_only_one_of_two_short_ones() {
        let (of_left, of_right) = compare(
            &[mark(1, 7, 0, 10), mark(2, 7, 10, 30)],
            &[mark(11, 7, 0, 30)],
        );
        assert_eq!(of_left, [Standing::Alone, Standing::Range(11)]);
        assert_eq!(of_right, [Standing::Range(2)]);
    }

    #[test]
    fn a_block_is_cut_at_every_edge() {
        let marks = [mark(1, 7, 0, 12), mark(2, 8, 8, 30)];
        let block = Span::new(5, 20).unwrap();
        let got: Vec<_> = pieces(block, &marks)
            .into_iter()
            .map(|p| (p.span.start, p.span.end, p.over))
            .collect();
        assert_eq!(
            got,
            [(5, 8, vec![0]), (8, 12, vec![0, 1]), (12, 20, vec![1])]
        );
    }
}
