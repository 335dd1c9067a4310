//! Ranges of text.
//!
//! A [`Span`] is the one way Concord says "from here to there" in a text: half-open, in Unicode code
//! points, never empty. That it cannot be empty is checked where a span is made, so that no statistic
//! has to ask what a passage of no length means.

use serde::{Deserialize, Serialize};

/// A non-empty, half-open range `[start, end)` of Unicode code points.
///
/// Make one with [`Span::new`]; reading one from JSON makes the same check. Spans order by start, then end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawSpan")]
pub struct Span {
    /// The first code point inside.
    pub start: u32,
    /// The first code point after; always greater than `start`.
    pub end: u32,
}

/// What a span looks like before it was checked.
#[derive(Deserialize)]
struct RawSpan {
    start: u32,
    end: u32,
}

impl TryFrom<RawSpan> for Span {
    type Error = String;

    fn try_from(raw: RawSpan) -> Result<Self, Self::Error> {
        Span::new(raw.start, raw.end).ok_or_else(|| {
            format!(
                "a range must end after it starts, but got {}..{}",
                raw.start, raw.end
            )
        })
    }
}

#[expect(
    clippy::len_without_is_empty,
    reason = "a span cannot be empty, so asking would mislead"
)]
impl Span {
    /// The span `[start, end)`, or `None` when it would be empty or backwards.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Option<Self> {
        if start < end {
            Some(Self { start, end })
        } else {
            None
        }
    }

    /// How many code points it holds; at least 1.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the two share at least one code point.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether one begins exactly where the other ends: neighbours that share nothing.
    #[must_use]
    pub const fn touches(self, other: Self) -> bool {
        self.end == other.start || other.end == self.start
    }

    /// Whether all of `other` lies inside this span (a span contains itself).
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the code point at `position` lies inside.
    #[must_use]
    pub const fn contains_position(self, position: u32) -> bool {
        self.start <= position && position < self.end
    }

    /// The code points that both hold, or `None` when there are none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// The smallest span that holds both, with whatever lies between them.
    #[must_use]
    pub fn union_hull(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// The spans with overlapping ones merged, in order. Spans that merely touch stay two, because two
/// passages side by side are two passages.
#[must_use]
pub fn union(spans: &[Span]) -> Vec<Span> {
    merge(spans, |last, next| next.start < last.end)
}

/// The stretches of text that the spans cover, in order. Unlike [`union`], spans that touch are joined:
/// what is covered does not depend on where it was cut.
#[must_use]
pub fn cover(spans: &[Span]) -> Vec<Span> {
    merge(spans, |last, next| next.start <= last.end)
}

fn merge(spans: &[Span], joins: impl Fn(Span, Span) -> bool) -> Vec<Span> {
    let mut sorted = spans.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(sorted.len());
    for span in sorted {
        match merged.last_mut() {
            Some(last) if joins(*last, span) => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn s(start: u32, end: u32) -> Span {
        Span::new(start, end).unwrap()
    }

    #[test]
    fn empty_and_backward_ranges_are_not_spans() {
        assert_eq!(Span::new(3, 3), None);
        assert_eq!(Span::new(4, 3), None);
        assert_eq!(s(3, 4).len(), 1);
    }

    #[test]
    fn neighbours_touch_but_do_not_overlap() {
        assert!(s(0, 5).touches(s(5, 9)));
        assert!(s(5, 9).touches(s(0, 5)));
        assert!(!s(0, 5).overlaps(s(5, 9)));
        assert!(s(0, 6).overlaps(s(5, 9)));
        assert!(!s(0, 6).touches(s(5, 9)));
    }

    #[test]
    fn containing_meeting_and_hull() {
        assert!(s(2, 8).contains(s(2, 8)));
        assert!(s(2, 8).contains(s(3, 8)));
        assert!(!s(2, 8).contains(s(1, 3)));
        assert!(s(2, 8).contains_position(2));
        assert!(!s(2, 8).contains_position(8));
        assert_eq!(s(2, 8).intersection(s(5, 20)), Some(s(5, 8)));
        assert_eq!(s(2, 8).intersection(s(8, 20)), None);
        assert_eq!(s(2, 4).union_hull(s(9, 11)), s(2, 11));
    }

    #[test]
    fn union_merges_overlap_only_and_cover_joins_neighbours() {
        let spans = [s(10, 20), s(0, 5), s(5, 8), s(15, 25), s(12, 13)];
        assert_eq!(union(&spans), vec![s(0, 5), s(5, 8), s(10, 25)]);
        assert_eq!(cover(&spans), vec![s(0, 8), s(10, 25)]);
        assert_eq!(union(&[]), vec![]);
        assert_eq!(union(&[s(1, 2), s(1, 2)]), vec![s(1, 2)]);
    }

    #[test]
    fn json_is_checked() {
        assert_eq!(
            serde_json::from_str::<Span>(r#"{"start":1,"end":4}"#).unwrap(),
            s(1, 4)
        );
        assert!(serde_json::from_str::<Span>(r#"{"start":4,"end":4}"#).is_err());
        assert_eq!(
            serde_json::to_string(&s(1, 4)).unwrap(),
            r#"{"start":1,"end":4}"#
        );
    }

    fn any_spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0u32..60, 1u32..15), 0..20)
            .prop_map(|v| v.into_iter().map(|(a, n)| s(a, a + n)).collect())
    }

    proptest! {
        #[test]
        fn union_and_cover_hold_the_same_positions(spans in any_spans()) {
            let positions = |list: &[Span]| -> Vec<bool> {
                (0..80).map(|p| list.iter().any(|x| x.contains_position(p))).collect()
            };
            let (u, c) = (union(&spans), cover(&spans));
            prop_assert_eq!(positions(&spans), positions(&u));
            prop_assert_eq!(positions(&spans), positions(&c));
            prop_assert!(u.windows(2).all(|w| w[0].end <= w[1].start));
            prop_assert!(c.windows(2).all(|w| w[0].end < w[1].start));
        }
    }
}
