//! Text as Concord sees it: pure functions from text to values, knowing no database and no HTTP.
//!
//! Everything that counts, cuts or compares text goes through here, so that a passage means the same
//! in the workspace, the statistics and every export. Positions are Unicode code points, ranges are half-open
//! [`Span`]s; bytes and UTF-16 units stay inside [`index`]. The text itself is never altered after
//! [`normalize_line_ends`]: what folds spelling ([`fold()`]) or divides ([`blocks_of_plain`], [`sentences`]) answers
//! with positions in the text as it stands.

pub mod abbreviations;
pub mod anchor;
pub mod block;
pub mod direction;
pub mod fold;
pub mod index;
pub mod language;
pub mod plain;
pub mod segment;
pub mod sentence;
pub mod span;

pub use anchor::{Anchor, CONTEXT, anchor, reanchor};
pub use block::{Block, BlockKind, LONGEST_BLOCK, split_long_blocks};
pub use direction::{Direction, direction};
pub use fold::{Folded, fold, fold_joined, fold_query, fold_str};
pub use index::{
    TextIndex, code_points_to_utf16, is_blank, is_blank_str, normalize_line_ends, snap,
    utf16_to_code_points,
};
pub use language::detect_language;
pub use plain::{blocks_of_plain, paragraphs};
pub use segment::{SEGMENTER, graphemes, tokens, word_count};
pub use sentence::{sentences, sentences_in};
pub use span::{Span, cover, union};
