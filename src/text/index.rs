//! From code points to bytes and back.
//!
//! Every position in Concord is a code point index, but Rust slices by bytes. A [`TextIndex`] remembers
//! the byte offset of every 64th code point, so that a passage anywhere in a text of twenty million code
//! points is found by one look-up and at most 63 steps, at the price of one eighth of a byte per code point
//! (nothing at all for ASCII, where the two are the same number). Here is also what depends on it directly: cleaning a text
//! when it first comes in, widening a selection to whole characters, and asking whether there is anything to see.

use std::{borrow::Cow, sync::Arc};

use unicode_segmentation::GraphemeCursor;

use super::Span;

/// One remembered byte offset per this many code points.
const STEP: usize = 64;

/// A text that can be sliced by code points. `T` is whatever holds the text: `&str`, `String`, `Arc<str>`.
#[derive(Clone, Debug)]
pub struct TextIndex<T = Arc<str>> {
    text: T,
    /// Length in code points.
    len: u32,
    /// Byte offset of code point `i * STEP`; empty for ASCII.
    checkpoints: Vec<usize>,
}

impl<T: AsRef<str>> TextIndex<T> {
    /// Reads the text once and remembers its checkpoints.
    #[must_use]
    pub fn new(text: T) -> Self {
        let str = text.as_ref();
        if str.is_ascii() {
            let len = to_u32(str.len());
            return Self {
                text,
                len,
                checkpoints: Vec::new(),
            };
        }
        let mut checkpoints = Vec::with_capacity(str.len() / STEP / 2 + 1);
        let mut count = 0;
        for (byte, unit) in str.bytes().enumerate() {
            // A byte that does not continue a code point begins one.
            if !is_continuation(unit) {
                if count % STEP == 0 {
                    checkpoints.push(byte);
                }
                count += 1;
            }
        }
        Self {
            text,
            len: to_u32(count),
            checkpoints,
        }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.as_ref()
    }

    /// Length in code points.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether the text has no code point at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the span lies inside the text.
    #[must_use]
    pub fn holds(&self, span: Span) -> bool {
        span.end <= self.len
    }

    /// The byte offset at which code point `position` begins. A position at or beyond the end gives the
    /// length of the text in bytes.
    #[must_use]
    pub fn byte_of(&self, position: u32) -> usize {
        let str = self.text();
        if position >= self.len {
            return str.len();
        }
        let position = position as usize;
        if self.checkpoints.is_empty() {
            return position;
        }
        let from = self.checkpoints[position / STEP];
        skip(str, from, position % STEP)
    }

    /// The index of the code point that holds byte `byte`. A byte at or beyond the end gives [`len`](Self::len).
    #[must_use]
    pub fn position_of(&self, byte: usize) -> u32 {
        let bytes = self.text().as_bytes();
        if byte >= bytes.len() {
            return self.len;
        }
        if self.checkpoints.is_empty() {
            return to_u32(byte);
        }
        // The first checkpoint is byte 0, so at least one is not beyond `byte`.
        let slot = self.checkpoints.partition_point(|&c| c <= byte) - 1;
        let after = bytes[self.checkpoints[slot] + 1..=byte]
            .iter()
            .filter(|&&b| !is_continuation(b))
            .count();
        to_u32(slot * STEP + after)
    }

    /// The words at `span`; what lies beyond the end of the text is left off.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text()[self.byte_of(span.start)..self.byte_of(span.end)]
    }

    /// The words from `start` up to `end`, empty where that range is.
    #[must_use]
    pub fn range(&self, start: u32, end: u32) -> &str {
        Span::new(start, end).map_or("", |span| self.slice(span))
    }

    /// The span widened to whole grapheme clusters and then trimmed of surrounding white space; `None`
    /// when nothing that can be seen is left or the span lies outside the text.
    #[must_use]
    pub fn snap(&self, span: Span) -> Option<Span> {
        if span.start >= self.len {
            return None;
        }
        let text = self.text();
        let (start, end) = snap_bytes(text, self.byte_of(span.start), self.byte_of(span.end))?;
        Span::new(self.position_of(start), self.position_of(end))
    }

    /// Whether there is nothing to see at `span` (see [`is_blank_str`]).
    #[must_use]
    pub fn is_blank(&self, span: Span) -> bool {
        is_blank_str(self.slice(span))
    }
}

/// Walks over a text once, turning byte offsets that only grow into code point positions.
pub(super) struct Counter<'a> {
    text: &'a str,
    byte: usize,
    position: u32,
}

impl<'a> Counter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            position: 0,
        }
    }

    /// The code point position of `byte`, which must be a character boundary not before the last one asked for.
    pub(super) fn at(&mut self, byte: usize) -> u32 {
        self.position += to_u32(count(&self.text[self.byte..byte]));
        self.byte = byte;
        self.position
    }

    /// The span between two byte offsets.
    pub(super) fn span(&mut self, start: usize, end: usize) -> Option<Span> {
        let start = self.at(start);
        Span::new(start, self.at(end))
    }
}

/// How many code points `text` has.
pub(super) fn count(text: &str) -> usize {
    text.chars().count()
}

/// Lengths are limited far below four thousand million code points; a longer text is cut short, never wrapped round.
pub(super) fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// The byte offset `n` code points after byte `from`, or the end.
fn skip(text: &str, from: usize, n: usize) -> usize {
    text[from..]
        .char_indices()
        .nth(n)
        .map_or(text.len(), |(i, _)| from + i)
}

/// Byte range of `span`, for a single question about a text that has no index.
fn bytes_of(text: &str, span: Span) -> (usize, usize) {
    let start = skip(text, 0, span.start as usize);
    (start, skip(text, start, span.len() as usize))
}

/// [`TextIndex::snap`] for a text that is asked only once.
#[must_use]
pub fn snap(text: &str, span: Span) -> Option<Span> {
    let (start, end) = bytes_of(text, span);
    let (start, end) = snap_bytes(text, start, end)?;
    Counter::new(text).span(start, end)
}

/// [`TextIndex::is_blank`] for a text that is asked only once.
#[must_use]
pub fn is_blank(text: &str, span: Span) -> bool {
    let (start, end) = bytes_of(text, span);
    is_blank_str(&text[start..end])
}

/// Whether nothing of `text` can be seen: only white space and marks that merely steer layout (joiners,
/// direction marks, byte order marks).
#[must_use]
pub fn is_blank_str(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Characters that leave no trace of their own on the page.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{0000}')
}

fn snap_bytes(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let mut start = boundary(text, start, false);
    let mut end = boundary(text, end, true);
    // Only clusters of nothing but white space go: a space that carries an accent is one visible character.
    while start < end {
        let next = boundary(text, next_char(text, start), true);
        if !is_white(&text[start..next]) {
            break;
        }
        start = next;
    }
    while start < end {
        let before = boundary(text, previous_char(text, end), false);
        if !is_white(&text[before..end]) {
            break;
        }
        end = before;
    }
    (start < end && !is_blank_str(&text[start..end])).then_some((start, end))
}

fn is_white(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

fn next_char(text: &str, byte: usize) -> usize {
    text[byte..]
        .chars()
        .next()
        .map_or(text.len(), |c| byte + c.len_utf8())
}

fn previous_char(text: &str, byte: usize) -> usize {
    text[..byte]
        .chars()
        .next_back()
        .map_or(0, |c| byte - c.len_utf8())
}

/// `byte` itself if a grapheme cluster begins or ends there, else the nearest such place after or before it.
fn boundary(text: &str, byte: usize, forward: bool) -> usize {
    let mut cursor = GraphemeCursor::new(byte, text.len(), true);
    // With the whole text as its one chunk the cursor never asks for more of it, so no answer is an error.
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return byte;
    }
    let found = if forward {
        cursor.next_boundary(text, 0)
    } else {
        cursor.prev_boundary(text, 0)
    };
    found
        .ok()
        .flatten()
        .unwrap_or(if forward { text.len() } else { 0 })
}

/// The text as Concord keeps it: byte order marks at the start removed, `\r\n` and a lone `\r` turned into `\n`,
/// U+0000 removed, since PostgreSQL cannot store it and no page can show it. Nothing else is changed: no
/// normal form, no trimming, so that what is quoted is what the source said.
#[must_use]
pub fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches(['\u{FEFF}', '\0']);
    if !text.bytes().any(|b| b == b'\r' || b == 0) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\r', '\0']) {
        clean.push_str(&rest[..at]);
        let found = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if found == b'\r' {
            clean.push('\n');
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// The code point position of a UTF-16 offset (as browsers count), or `None` when it lies beyond the
/// end or between the two halves of a surrogate pair.
#[must_use]
pub fn utf16_to_code_points(text: &str, utf16: u32) -> Option<u32> {
    let (mut units, mut position) = (0, 0);
    for c in text.chars() {
        if units >= utf16 {
            break;
        }
        units += to_u32(c.len_utf16());
        position += 1;
    }
    (units == utf16).then_some(position)
}

/// The UTF-16 offset of a code point position, or `None` when it lies beyond the end.
#[must_use]
pub fn code_points_to_utf16(text: &str, position: u32) -> Option<u32> {
    let (mut units, mut seen) = (0, 0);
    for c in text.chars() {
        if seen == position {
            break;
        }
        units += to_u32(c.len_utf16());
        seen += 1;
    }
    (seen == position).then_some(units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn s(start: u32, end: u32) -> Span {
        Span::new(start, end).unwrap()
    }

    /// a, combining acute; thumbs up with skin tone; family of three joined by ZWJ; Persian with ZWNJ.
    const MIXED: &str = "a\u{301} 👍🏽 👩‍👩‍👧 می‌خواهم";

    #[test]
    fn length_and_slices_count_code_points() {
        let index = TextIndex::new(MIXED);
        // 2 + 1 + 2 + 1 + 5 + 1 + 8
        assert_eq!(index.len(), 20);
        assert_eq!(index.slice(s(3, 5)), "👍🏽");
        assert_eq!(index.slice(s(6, 11)), "👩‍👩‍👧");
        assert_eq!(index.slice(s(12, 20)), "می‌خواهم");
        assert_eq!(index.slice(s(18, 99)), "هم");
        assert_eq!(index.range(4, 4), "");
    }

    #[test]
    fn ascii_needs_no_checkpoints() {
        let index = TextIndex::new("plain text");
        assert!(index.checkpoints.is_empty());
        assert_eq!(index.slice(s(6, 10)), "text");
        assert_eq!(index.byte_of(10), 10);
        assert_eq!(index.position_of(10), 10);
    }

    #[test]
    fn empty_text() {
        let index = TextIndex::new("");
        assert!(index.is_empty());
        assert_eq!(index.byte_of(0), 0);
        assert_eq!(index.snap(s(0, 1)), None);
    }

    #[test]
    fn far_positions_are_found_across_checkpoints() {
        let text = "é".repeat(1000) + "x" + &"𐍈".repeat(1000);
        let index = TextIndex::new(text);
        assert_eq!(index.slice(s(999, 1002)), "éx𐍈");
        assert_eq!(index.byte_of(1001), 2001);
        assert_eq!(index.position_of(2001 + 4 * 500), 1501);
        // A byte inside a code point belongs to that code point.
        assert_eq!(index.position_of(2001 + 4 * 500 + 3), 1501);
    }

    #[test]
    fn snapping_takes_whole_characters() {
        // Half of "á" and a piece of the family.
        assert_eq!(snap(MIXED, s(1, 2)), Some(s(0, 2)));
        assert_eq!(snap(MIXED, s(4, 5)), Some(s(3, 5)));
        assert_eq!(snap(MIXED, s(8, 9)), Some(s(6, 11)));
        // ZWNJ belongs to the letter before it.
        assert_eq!(snap(MIXED, s(13, 14)), Some(s(13, 15)));
        // Flags: two regional indicators make one.
        assert_eq!(snap("🇮🇷🇮🇱", s(1, 3)), Some(s(0, 4)));
        // Hebrew point, Arabic vowel sign.
        assert_eq!(snap("שָׁלוֹם", s(0, 1)), Some(s(0, 3)));
        assert_eq!(snap("مَكْتَبَة", s(2, 3)), Some(s(2, 4)));
    }

    #[test]
    fn snapping_trims_white_space() {
        assert_eq!(snap("  word \n next", s(0, 9)), Some(s(2, 6)));
        assert_eq!(snap("  word", s(0, 2)), None);
        assert_eq!(snap("a \u{200F} b", s(1, 4)), None);
        // A space carrying an accent is visible.
        assert_eq!(snap("x \u{301} y", s(1, 4)), Some(s(1, 3)));
        assert_eq!(snap("word", s(9, 12)), None);
        assert_eq!(snap("\r\nword\r\n", s(0, 7)), Some(s(2, 6)));
    }

    #[test]
    fn blank_means_nothing_to_see() {
        assert!(is_blank("a \t\u{200F}\u{FEFF}\n b", s(1, 6)));
        assert!(!is_blank("a \t b", s(1, 5)));
        assert!(is_blank_str(""));
        assert!(!TextIndex::new("نم‌ی").is_blank(s(1, 3)));
    }

    #[test]
    fn line_ends_bom_and_nul() {
        assert_eq!(
            normalize_line_ends("\u{FEFF}a\r\nb\rc\n\r\n\rd"),
            "a\nb\nc\n\n\nd"
        );
        assert_eq!(normalize_line_ends("a\0b\r\0\n"), "ab\n\n");
        assert!(matches!(
            normalize_line_ends("as\nit é was \u{FEFF}\u{2028}"),
            Cow::Borrowed(_)
        ));
        // Canonically equal spellings stay as they were written.
        assert_eq!(normalize_line_ends("e\u{301}\r"), "e\u{301}\n");
    }

    #[test]
    fn utf16_offsets() {
        let text = "a😀é👩‍👧ب";
        // a=1, 😀=2, é=1, 👩=2, ZWJ=1, 👧=2, ب=1
        assert_eq!(utf16_to_code_points(text, 3), Some(2));
        assert_eq!(utf16_to_code_points(text, 2), None);
        assert_eq!(utf16_to_code_points(text, 10), Some(7));
        assert_eq!(utf16_to_code_points(text, 11), None);
        assert_eq!(code_points_to_utf16(text, 2), Some(3));
        assert_eq!(code_points_to_utf16(text, 7), Some(10));
        assert_eq!(code_points_to_utf16(text, 8), None);
    }

    /// Texts full of what goes wrong: marks, joiners, flags, astral letters, line ends.
    fn hard_text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "Z", " ", "\n", "\r\n", "\r", "\u{301}", "\u{200C}", "\u{200D}", "\u{200F}", "👩",
            "🏽", "🇮", "🇷", "م", "ی", "ש", "\u{5B8}", "é", "𐍈", ".", "؟", "\u{FEFF}", "\0", "한",
            "ё", "…",
        ]);
        prop::collection::vec(piece, 0..90).prop_map(|v| v.concat())
    }

    proptest! {
        #[test]
        fn bytes_and_positions_round_trip(text in hard_text(), more in 0usize..3) {
            let text = text.repeat(more + 1);
            let index = TextIndex::new(text.as_str());
            let starts: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
            prop_assert_eq!(index.len() as usize, starts.len());
            for (position, &byte) in starts.iter().enumerate() {
                prop_assert_eq!(index.byte_of(position as u32), byte);
                prop_assert_eq!(index.position_of(byte), position as u32);
                let units = code_points_to_utf16(&text, position as u32).unwrap();
                prop_assert_eq!(utf16_to_code_points(&text, units), Some(position as u32));
                prop_assert_eq!(units as usize, text[..byte].encode_utf16().count());
            }
        }

        #[test]
        fn snapping_twice_changes_nothing(text in hard_text(), start in 0u32..90, len in 1u32..40) {
            let span = s(start, start + len);
            let index = TextIndex::new(text.as_str());
            let snapped = index.snap(span);
            prop_assert_eq!(snapped, snap(&text, span));
            if let Some(snapped) = snapped {
                prop_assert!(index.holds(snapped));
                prop_assert_eq!(index.snap(snapped), Some(snapped));
                prop_assert!(!index.is_blank(snapped));
            } else if span.end <= index.len() {
                // Marks alone may belong to a blank cluster; anything else would have been kept.
                let mark = |c: char| c == '\u{301}' || c == '\u{5B8}';
                let nothing = |c: char| c.is_whitespace() || is_invisible(c) || mark(c);
                prop_assert!(index.slice(span).chars().all(nothing));
            }
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in hard_text()) {
            let once = normalize_line_ends(&text).into_owned();
            prop_assert!(!once.contains(['\r', '\0']));
            let marked = once.starts_with('\u{FEFF}');
            prop_assert!(!marked);
            prop_assert_eq!(normalize_line_ends(&once), once.as_str());
        }
    }
}
