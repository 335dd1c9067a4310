//! The words of a passage, kept beside its position.
//!
//! A position alone dies with the first correction of the text. An [`Anchor`] is the quoted text with a little
//! before and after (a text-quote selector in the sense of the W3C Web Annotation model), enough to find the
//! passage again in another revision and to see that it is the same one.

use serde::{Deserialize, Serialize};

use super::{
    Span, TextIndex,
    index::{Counter, count, to_u32},
};

/// Code points kept on either side of the quoted text.
pub const CONTEXT: u32 = 32;

/// A passage in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The passage itself.
    pub quote: String,
    /// What stands directly before it.
    pub before: String,
    /// What stands directly after it.
    pub after: String,
}

/// The anchor of `span`, with up to `context` code points (usually [`CONTEXT`]) on either side; fewer at the ends of the text.
#[must_use]
pub fn anchor<T: AsRef<str>>(index: &TextIndex<T>, span: Span, context: u32) -> Anchor {
    Anchor {
        quote: index.slice(span).to_owned(),
        before: index
            .range(span.start.saturating_sub(context), span.start)
            .to_owned(),
        after: index
            .range(span.end, span.end.saturating_add(context))
            .to_owned(),
    }
}

/// Where the anchor's quote stands in `text`: of all its exact occurrences the one whose surroundings agree
/// longest with the anchor's, counted in code points outward from the quote, and of several such the one that begins nearest to
/// `hint_start`. `None` when the quote does not occur.
#[must_use]
pub fn reanchor(text: &str, anchor: &Anchor, hint_start: u32) -> Option<Span> {
    let first = anchor.quote.chars().next()?;
    let length = to_u32(count(&anchor.quote));
    let mut counter = Counter::new(text);
    let mut best: Option<((u32, std::cmp::Reverse<u32>), u32)> = None;
    let mut from = 0;
    while let Some(at) = text[from..].find(&anchor.quote).map(|i| from + i) {
        let start = counter.at(at);
        let before = same(text[..at].chars().rev(), anchor.before.chars().rev());
        let after = same(
            text[at + anchor.quote.len()..].chars(),
            anchor.after.chars(),
        );
        let score = (
            before + after,
            std::cmp::Reverse(start.abs_diff(hint_start)),
        );
        if best.is_none_or(|(other, _)| score > other) {
            best = Some((score, start));
        }
        // The next occurrence may overlap this one ("aa" in "aaa").
        from = at + first.len_utf8();
    }
    best.and_then(|(_, start)| Span::new(start, start + length))
}

/// How many characters the two share from their beginning.
fn same(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> u32 {
    to_u32(a.zip(b).take_while(|(x, y)| x == y).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn s(start: u32, end: u32) -> Span {
        Span::new(start, end).unwrap()
    }

    #[test]
    fn an_anchor_holds_its_surroundings() {
        let index = TextIndex::new("😀 ab می‌خواهم cd");
        let found = anchor(&index, s(5, 13), 3);
        assert_eq!(found.quote, "می‌خواهم");
        assert_eq!(found.before, "ab ");
        assert_eq!(found.after, " cd");
        assert_eq!(anchor(&index, s(0, 1), 32).before, "");
        assert_eq!(anchor(&index, s(14, 16), 32).after, "");
    }

    #[test]
    fn surroundings_outweigh_nearness() {
        let old = TextIndex::new("Iran said no. Russia said yes.");
        let kept = anchor(&old, s(21, 25), CONTEXT); // the second "said"
        assert_eq!(kept.quote, "said");
        // A sentence was added in front: the hint now points near the first "said".
        let new = "He spoke at length. Iran said no. Russia said yes.";
        assert_eq!(reanchor(new, &kept, 21), Some(s(41, 45)));
    }

    #[test]
    fn the_nearest_wins_among_equals() {
        let plain = Anchor {
            quote: "x".into(),
            ..Anchor::default()
        };
        assert_eq!(reanchor("x..x..x", &plain, 4), Some(s(3, 4)));
        assert_eq!(reanchor("x..x..x", &plain, 99), Some(s(6, 7)));
        let doubled = Anchor {
            quote: "aa".into(),
            ..Anchor::default()
        };
        assert_eq!(reanchor("aaa", &doubled, 1), Some(s(1, 3)));
    }

    #[test]
    fn what_is_gone_is_not_found() {
        let gone = Anchor {
            quote: "sanctions".into(),
            ..Anchor::default()
        };
        assert_eq!(reanchor("no such word", &gone, 0), None);
        assert_eq!(reanchor("", &gone, 0), None);
        assert_eq!(reanchor("text", &Anchor::default(), 0), None);
    }

    proptest! {
        #[test]
        fn an_unchanged_text_gives_the_same_words(text in "[ab é😀\u{200C}]{1,60}", a in 0u32..60, n in 1u32..10) {
            let index = TextIndex::new(text.as_str());
            if let Some(span) = Span::new(a, (a + n).min(index.len())) {
                let kept = anchor(&index, span, CONTEXT);
                let found = reanchor(&text, &kept, span.start).unwrap();
                prop_assert_eq!(index.slice(found), kept.quote.as_str());
                // The place itself agrees with all its surroundings, and the hint is exact.
                prop_assert_eq!(found, span);
            }
        }
    }
}
