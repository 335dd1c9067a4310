//! Blocks: the parts into which a document's text is divided.
//!
//! A block is what a reader sees as one: a paragraph, a heading, an item, a row, the end of a page. Blocks are
//! decided once, when a document comes in, and kept as offsets; the workspace loads them by window and
//! statistics count them as paragraphs. Formats that know their own structure bring their own blocks; for plain
//! text see [`plain`](super::plain). Whoever makes them, [`split_long_blocks`] keeps each short enough for a window.

use serde::{Deserialize, Serialize};
use unicode_segmentation::GraphemeCursor;

use super::{
    Span, TextIndex,
    index::{count, to_u32},
    sentence,
};

/// Blocks longer than this many code points are split, so that a window of blocks stays small.
pub const LONGEST_BLOCK: u32 = 20_000;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A title or section heading.
    Heading,
    /// Running text.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// One row of a table, its cells divided by tabs.
    TableRow,
    /// The end of a page; its span is the form feed that stands for it.
    PageBreak,
}

impl BlockKind {
    /// The word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Paragraph => "paragraph",
            Self::ListItem => "list_item",
            Self::TableRow => "table_row",
            Self::PageBreak => "page_break",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Heading,
            Self::Paragraph,
            Self::ListItem,
            Self::TableRow,
            Self::PageBreak,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// A paragraph-like part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Depth: 1 to 6 for a heading, 1 and up for a list item; 0 otherwise.
    pub level: u8,
    /// Where it stands, without white space around it.
    pub span: Span,
    /// The page it begins on, from 1, where the source has pages.
    pub page: Option<u32>,
}

/// The blocks with those longer than [`LONGEST_BLOCK`] split at the ends of sentences, or between words where a sentence
/// itself is longer.
#[must_use]
pub fn split_long_blocks(text: &str, blocks: Vec<Block>) -> Vec<Block> {
    if blocks.iter().all(|b| b.span.len() <= LONGEST_BLOCK) {
        return blocks;
    }
    let index = TextIndex::new(text);
    let mut split = Vec::with_capacity(blocks.len() + 8);
    for block in blocks {
        if block.span.len() <= LONGEST_BLOCK {
            split.push(block);
            continue;
        }
        for span in pieces(&index, block.span) {
            split.push(Block { span, ..block });
        }
    }
    split
}

/// A long span as spans of at most [`LONGEST_BLOCK`] code points.
fn pieces(index: &TextIndex<&str>, span: Span) -> Vec<Span> {
    let mut pieces: Vec<Span> = Vec::new();
    for sentence in sentence::sentences_in(index.text(), &[span], None) {
        for part in chop(index, sentence) {
            match pieces.last_mut() {
                Some(piece) if part.end - piece.start <= LONGEST_BLOCK => piece.end = part.end,
                _ => pieces.push(part),
            }
        }
    }
    pieces
}

/// A span cut at the last white space before each limit, else between grapheme clusters.
fn chop(index: &TextIndex<&str>, span: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut rest = span;
    while rest.len() > LONGEST_BLOCK {
        let from = index.byte_of(rest.start);
        let limit = index.byte_of(rest.start + LONGEST_BLOCK);
        let text = index.text();
        let cut = text[from..limit]
            .char_indices()
            .rev()
            .take(2_000)
            .find(|&(i, c)| i > 0 && c.is_whitespace())
            .map(|(i, _)| from + i)
            .or_else(|| {
                let mut cursor = GraphemeCursor::new(limit, text.len(), true);
                match cursor.is_boundary(text, 0) {
                    Ok(true) => Some(limit),
                    _ => cursor.prev_boundary(text, 0).ok().flatten(),
                }
            })
            .filter(|&cut| cut > from)
            // One cluster longer than the limit: its inside is all there is to cut.
            .unwrap_or(limit);
        let (Some(part), Some(tail)) = (
            Span::new(rest.start, index.position_of(cut)),
            Span::new(index.position_of(cut), rest.end),
        ) else {
            break;
        };
        parts.extend(trimmed(index, part));
        let Some(tail) = trimmed(index, tail) else {
            return parts;
        };
        rest = tail;
    }
    parts.push(rest);
    parts
}

/// The span without white space around it.
fn trimmed(index: &TextIndex<&str>, span: Span) -> Option<Span> {
    let words = index.slice(span);
    let lead = to_u32(count(words) - count(words.trim_start()));
    Span::new(
        span.start + lead,
        span.start + lead + to_u32(count(words.trim())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Vec<Block> {
        vec![Block {
            kind: BlockKind::ListItem,
            level: 2,
            span: Span::new(0, to_u32(count(text))).unwrap(),
            page: Some(3),
        }]
    }

    #[test]
    fn kinds_have_words() {
        for (kind, word) in [
            (BlockKind::Heading, "heading"),
            (BlockKind::Paragraph, "paragraph"),
            (BlockKind::ListItem, "list_item"),
            (BlockKind::TableRow, "table_row"),
            (BlockKind::PageBreak, "page_break"),
        ] {
            assert_eq!(kind.as_str(), word);
            assert_eq!(BlockKind::parse(word), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{word}\""));
        }
        assert_eq!(BlockKind::parse("footer"), None);
    }

    #[test]
    fn short_blocks_are_left_alone() {
        let text = "One. Two.";
        assert_eq!(split_long_blocks(text, whole(text)), whole(text));
    }

    #[test]
    fn a_long_block_is_split_after_sentences() {
        let text = "Ελλάς é 😀 said no more. ".repeat(2_000);
        assert_eq!(count("Ελλάς é 😀 said no more. "), 24);
        let text = text.trim_end();
        let blocks = split_long_blocks(text, whole(text));
        let lengths: Vec<u32> = blocks.iter().map(|b| b.span.len()).collect();
        // 833 sentences of 24, less the space after the last: 19,991; 834 would need 20,015.
        assert_eq!(lengths, vec![19_991, 19_991, 24 * 334 - 1]);
        assert!(
            blocks
                .iter()
                .all(|b| b.kind == BlockKind::ListItem && b.level == 2 && b.page == Some(3))
        );
        assert_eq!(blocks[1].span.start, 19_992);
    }

    #[test]
    fn a_sentence_without_end_is_split_between_words_or_characters() {
        let text = "слово ".repeat(5_000);
        let blocks = split_long_blocks(&text, whole(&text));
        // 3,333 words of 6 make 19,998; the piece ends before the last space.
        assert_eq!(blocks[0].span, Span::new(0, 19_997).unwrap());
        assert_eq!(blocks[1].span, Span::new(19_998, 29_999).unwrap());
        // No space at all: never through a character made of three code points.
        let text = "👩‍👧".repeat(7_000);
        let blocks = split_long_blocks(&text, whole(&text));
        assert_eq!(blocks[0].span, Span::new(0, 19_998).unwrap());
        assert_eq!(blocks[1].span, Span::new(19_998, 21_000).unwrap());
    }
}
