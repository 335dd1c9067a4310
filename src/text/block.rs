//! A text divided into blocks.
//!
//! A block is what a reader sees as one: a paragraph, a heading, an item, a row, the end of a page. Blocks are
//! decided once, when a document comes in, and kept as offsets; the workspace loads them by window and statistics count
//! them as paragraphs. Formats that know their own structure bring their own blocks. Plain text has none, and
//! [`blocks_of_plain`] has to read the author's habit first: some leave a blank line between paragraphs, some put each on
//! a line, and texts cut from print break every line at the same width.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::GraphemeCursor;

use super::{
    Span, TextIndex,
    index::{count, is_blank_str, to_u32},
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

/// One line of a plain text.
#[derive(Clone, Debug)]
struct Line {
    /// Code points, without white space around.
    span: Span,
    /// The same in bytes.
    bytes: Range<usize>,
    /// White space characters in front.
    indent: u32,
    page: u32,
    /// Whether a blank line or the edge of a page stands directly before it.
    gap_before: bool,
}

/// The lines that hold something, and the form feeds between them.
struct Lines {
    lines: Vec<Line>,
    /// Each with the page it ends.
    page_breaks: Vec<(Span, u32)>,
}

fn lines_of(text: &str) -> Lines {
    let mut lines = Vec::new();
    let mut page_breaks = Vec::new();
    let (mut byte, mut position, mut page, mut gap) = (0, 0, 1, true);
    for raw in text.split_inclusive(['\n', '\u{0C}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let trimmed = raw.trim();
        let length = to_u32(count(raw));
        if is_blank_str(trimmed) {
            gap = true;
        } else {
            let lead = raw.len() - raw.trim_start().len();
            let indent = to_u32(count(&raw[..lead]));
            let start = position + indent;
            let end = start + to_u32(count(trimmed));
            if let Some(span) = Span::new(start, end) {
                lines.push(Line {
                    span,
                    bytes: byte + lead..byte + lead + trimmed.len(),
                    indent,
                    page,
                    gap_before: gap,
                });
                gap = false;
            }
        }
        byte += raw.len();
        position += length;
        if raw.ends_with('\u{0C}') {
            if let Some(span) = Span::new(position - 1, position) {
                page_breaks.push((span, page));
            }
            page += 1;
            gap = true;
        }
    }
    Lines { lines, page_breaks }
}

/// How a plain text marks its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// A blank line ends a paragraph.
    BlankLine,
    /// Each line is one.
    EachLine,
    /// Lines are broken at about this many code points; blank lines, indents and short last lines end a paragraph.
    Wrapped(u32),
}

fn habit(text: &str, lines: &[Line]) -> Habit {
    if let Some(width) = wrap_width(text, lines) {
        return Habit::Wrapped(width);
    }
    // The first line always has a gap before it.
    let gaps = lines.iter().skip(1).filter(|l| l.gap_before).count();
    if gaps * 6 < lines.len().saturating_sub(1) {
        Habit::EachLine
    } else {
        Habit::BlankLine
    }
}

/// The width at which lines were broken, if they were: nearly all lines are at most about that long, most are so full that
/// the next line's first word would not have fitted, and most go on in the middle of a sentence. Lists, verse and
/// one-line paragraphs fail one of the three.
fn wrap_width(text: &str, lines: &[Line]) -> Option<u32> {
    if lines.len() < 6 {
        return None;
    }
    let mut lengths: Vec<u32> = lines.iter().map(|l| l.span.len()).collect();
    let at = lengths.len() * 9 / 10;
    let width = *lengths.select_nth_unstable(at).1;
    if !(40..=100).contains(&width) {
        return None;
    }
    let long = lines
        .iter()
        .filter(|l| l.span.len() * 10 > width * 13)
        .count();
    if long * 20 > lines.len() {
        return None;
    }
    let (mut pairs, mut full, mut running) = (0, 0, 0);
    for pair in lines.windows(2).filter(|p| !p[1].gap_before) {
        pairs += 1;
        if would_be(text, &pair[0], &pair[1]) * 100 > width * 85 {
            full += 1;
        }
        if !ends_sentence(&text[pair[0].bytes.clone()]) {
            running += 1;
        }
    }
    (pairs >= 5 && pairs * 4 >= lines.len() && full * 10 >= pairs * 7 && running * 10 >= pairs * 6)
        .then_some(width)
}

/// How long `line` would be with the first word of `next`.
fn would_be(text: &str, line: &Line, next: &Line) -> u32 {
    let word = text[next.bytes.clone()].split_whitespace().next();
    line.span.len() + 1 + word.map_or(0, |w| to_u32(count(w)))
}

/// Whether a line ends as a sentence does, quotation marks and brackets aside.
fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']')
    })
    .ends_with(['.', '!', '?', '…', '؟', '۔', ':', '。'])
}

/// Whether a line begins with something that marks an item of a list.
fn item_mark(line: &str) -> Option<Mark> {
    let (mark, rest) = line.split_at(line.find(char::is_whitespace)?);
    if rest.trim_start().is_empty() {
        return None;
    }
    if matches!(
        mark,
        "•" | "·" | "▪" | "‣" | "●" | "○" | "◦" | "*" | "\u{F0B7}" | "■" | "♦" | "➢"
    ) {
        return Some(Mark::Bullet);
    }
    if matches!(mark, "-" | "–") {
        return Some(Mark::Dash);
    }
    let inner = mark.strip_suffix(['.', ')'])?;
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let digits = !inner.is_empty() && inner.chars().all(char::is_numeric) && count(inner) <= 3;
    // One letter only with a bracket: "a)" is an item, "A." may be somebody's initial.
    let letter = mark.ends_with(')') && count(inner) == 1 && inner.chars().all(char::is_alphabetic);
    (digits || letter).then_some(Mark::Number)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Bullet,
    Dash,
    Number,
}

/// Whether an item begins at `line`. A dash or a number at the beginning of a line may be an accident of
/// where the line was broken, so those count only where something ended before.
fn begins_item(text: &str, line: &Line, before: Option<&Line>) -> bool {
    let Some(mark) = item_mark(&text[line.bytes.clone()]) else {
        return false;
    };
    mark == Mark::Bullet
        || line.gap_before
        || before.is_none_or(|before| {
            let before = &text[before.bytes.clone()];
            ends_sentence(before) || before.ends_with([';', '؛', ',', '،'])
        })
}

/// Whether a new paragraph begins at line `at` of a text broken at `width`.
fn begins_wrapped(text: &str, lines: &[Line], at: usize, width: u32) -> bool {
    let (before, line) = (&lines[at - 1], &lines[at]);
    let ended = ends_sentence(&text[before.bytes.clone()]);
    if line.gap_before {
        // A blank line in the middle of a sentence is where a printed page ended.
        let goes_on = !ended
            && line.page == before.page
            && text[line.bytes.clone()].starts_with(char::is_lowercase);
        return !goes_on;
    }
    if line.indent > before.indent && (ended || line.indent >= before.indent + 2) {
        return true;
    }
    if !ended {
        return false;
    }
    // The last line of a paragraph leaves room that the next word would have filled …
    if would_be(text, before, line) * 10 <= width * 9 {
        return true;
    }
    // … and its first line is short by the indent that was lost on the way.
    lines.get(at + 1).is_some_and(|next| {
        !next.gap_before
            && !ends_sentence(&text[line.bytes.clone()])
            && would_be(text, line, next) * 100 <= width * 92
            && !text[line.bytes.clone()].starts_with(char::is_lowercase)
    })
}

/// Lines that belong together.
struct Group {
    lines: Range<usize>,
    item: bool,
}

fn groups_of(text: &str, lines: &[Line], habit: Habit) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for at in 0..lines.len() {
        let before = at.checked_sub(1).map(|i| &lines[i]);
        let item = begins_item(text, &lines[at], before);
        let begins = item
            || match habit {
                _ if at == 0 => true,
                Habit::EachLine => true,
                Habit::BlankLine => lines[at].gap_before,
                Habit::Wrapped(width) => begins_wrapped(text, lines, at, width),
            };
        match groups.last_mut() {
            Some(group) if !begins => group.lines.end = at + 1,
            _ => groups.push(Group {
                lines: at..at + 1,
                item,
            }),
        }
    }
    groups
}

/// Longest line that may be a heading, in code points.
const LONGEST_HEADING: u32 = 80;

/// Which groups are headings: one short line set apart by blank lines, holding a letter and no closing punctuation, over a
/// paragraph that is clearly longer (or over another such line: a title and its subtitle).
fn headings(text: &str, lines: &[Line], groups: &[Group]) -> Vec<bool> {
    let mut heading = vec![false; groups.len()];
    let length = |g: &Group| lines[g.lines.end - 1].span.end - lines[g.lines.start].span.start;
    for at in (0..groups.len().saturating_sub(1)).rev() {
        let (group, next) = (&groups[at], &groups[at + 1]);
        let line = &lines[group.lines.start];
        let words = &text[line.bytes.clone()];
        let apart = line.gap_before && lines[next.lines.start].gap_before;
        let closed = ends_sentence(words) || words.ends_with([',', ';', '،', '؛', '-', '–', '—']);
        heading[at] = apart
            && group.lines.len() == 1
            && !group.item
            && line.span.len() <= LONGEST_HEADING
            && !closed
            && words.chars().any(char::is_alphabetic)
            && !words.contains('\t')
            && (heading[at + 1]
                || length(next) > LONGEST_HEADING && length(next) > 2 * line.span.len());
    }
    heading
}

/// Divides a plain text into blocks. They never overlap, stand in order, and hold every character that
/// can be seen; none is longer than [`LONGEST_BLOCK`].
#[must_use]
pub fn blocks_of_plain(text: &str) -> Vec<Block> {
    let Lines { lines, page_breaks } = lines_of(text);
    let paged = !page_breaks.is_empty();
    let groups = groups_of(text, &lines, habit(text, &lines));
    let headings = headings(text, &lines, &groups);
    let mut breaks = page_breaks.into_iter().peekable();
    let mut blocks = Vec::with_capacity(groups.len());
    for (group, heading) in groups.iter().zip(headings) {
        let (first, last) = (&lines[group.lines.start], &lines[group.lines.end - 1]);
        while let Some((span, page)) = breaks.next_if(|(span, _)| span.end <= first.span.start) {
            blocks.push(page_break(span, page));
        }
        let (kind, level) = match (heading, group.item) {
            (true, _) if group.lines.start == 0 => (BlockKind::Heading, 1),
            (true, _) => (BlockKind::Heading, 2),
            (_, true) => (BlockKind::ListItem, 1),
            _ => (BlockKind::Paragraph, 0),
        };
        blocks.push(Block {
            kind,
            level,
            span: first.span.union_hull(last.span),
            page: paged.then_some(first.page),
        });
    }
    // A form feed after the last words ends the last page; nothing comes after it that it could part.
    split_long_blocks(text, blocks)
}

fn page_break(span: Span, page: u32) -> Block {
    Block {
        kind: BlockKind::PageBreak,
        level: 0,
        span,
        page: Some(page),
    }
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

/// The paragraphs of a plain text: its blocks, page breaks left out.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Span> {
    blocks_of_plain(text)
        .into_iter()
        .filter(|b| b.kind != BlockKind::PageBreak)
        .map(|b| b.span)
        .collect()
}
