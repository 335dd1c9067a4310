//! Plain text divided into blocks.
//!
//! Plain text has no structure but its lines, and authors use those in three ways: some leave a blank line between paragraphs,
//! some put each paragraph on a line, and texts cut from print break every line at the same width. So the habit of
//! the whole text is read first, and then its paragraphs by that habit. Where the signs are weak the text
//! is left whole: a paragraph too long harms less than one cut in the middle of a sentence.

use std::ops::Range;

use super::{
    Block, BlockKind, Span,
    block::split_long_blocks,
    index::{count, is_blank_str, to_u32},
};

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
/// the next line's first word would not have fitted, and most go on in the middle of a sentence, in small letters where
/// the script has them. Lists, verse and one-line paragraphs fail one of these.
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
    let (mut capital, mut small) = (0, 0);
    for pair in lines.windows(2).filter(|p| !p[1].gap_before) {
        pairs += 1;
        if would_be(text, &pair[0], &pair[1]) * 100 > width * 85 {
            full += 1;
        }
        if !ends_sentence(&text[pair[0].bytes.clone()]) {
            running += 1;
            let next = &text[pair[1].bytes.clone()];
            capital += u32::from(next.starts_with(char::is_uppercase));
            small += u32::from(next.starts_with(char::is_lowercase));
        }
    }
    let enough = pairs >= 5 && pairs * 4 >= lines.len();
    // Verse begins every line with a capital, where there are capitals.
    let prose = small * 10 >= (small + capital) * 4;
    (enough && prose && full * 10 >= pairs * 7 && running * 10 >= pairs * 6).then_some(width)
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
/// can be seen; none is longer than [`LONGEST_BLOCK`](super::LONGEST_BLOCK).
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

/// The paragraphs of a plain text: its blocks, page breaks left out.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Span> {
    blocks_of_plain(text)
        .into_iter()
        .filter(|b| b.kind != BlockKind::PageBreak)
        .map(|b| b.span)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{LONGEST_BLOCK, TextIndex};
    use proptest::prelude::*;

    /// Kind, page and words of each block, line breaks shown as "/".
    fn read(text: &str) -> Vec<(BlockKind, Option<u32>, String)> {
        let index = TextIndex::new(text);
        blocks_of_plain(text)
            .into_iter()
            .map(|b| (b.kind, b.page, index.slice(b.span).replace('\n', "/")))
            .collect()
    }

    fn words(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(_, _, words)| words).collect()
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        let text = "First line,\nand second.\n\n \t\nAnother one.\n";
        assert_eq!(words(text), vec!["First line,/and second.", "Another one."]);
        assert_eq!(words(" \n\u{200F}\n"), Vec::<String>::new());
        assert_eq!(words("only"), vec!["only"]);
    }

    #[test]
    fn without_blank_lines_each_line_is_one() {
        let text = "Question?\nAnswer.\nQuestion?\nA longer answer.";
        assert_eq!(words(text).len(), 4);
        assert_eq!(paragraphs(text)[1], Span::new(10, 17).unwrap());
    }

    /// A speech as the UN prints it: no blank lines, broken near column 52, first lines indented in print.
    const WRAPPED: &str = "\
Allow me at the outset to congratulate Mr. Holkeri on
his election to the presidency of the General Assembly
and to assure him of the full cooperation of the
delegation of the Islamic Republic of Iran in the
discharge of his important responsibilities. I wish also
to thank him for his tireless endeavours.
The world is currently undergoing the most
radical changes ever experienced by mankind. In such
a rapidly changing environment, the main challenge
facing the United Nations is to keep pace with events
and try to play a leading role in their course
- and to do so together with us all.";

    #[test]
    fn wrapped_lines_are_joined() {
        let read = words(WRAPPED);
        assert_eq!(read.len(), 2, "{read:#?}");
        assert!(read[1].starts_with("The world is currently"));
        assert!(read[1].ends_with("together with us all."));
    }

    #[test]
    fn an_indent_begins_a_paragraph_and_a_page_end_does_not() {
        let text = WRAPPED
            .replace("The world", "  The world")
            .replace("and try to play", "\nand try to play");
        let read = words(&text);
        assert_eq!(read.len(), 2, "{read:#?}");
        assert!(read[1].starts_with("The world"));
        assert!(read[1].contains("with events//and try"));
    }

    #[test]
    fn verse_is_not_taken_for_wrapped_text() {
        let verse = "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n\
            Rough winds do shake the darling buds of May,\nAnd summer's lease hath all too short a date;\n\
            Sometime too hot the eye of heaven shines,\nAnd often is his gold complexion dimm'd;\n\
            And every fair from fair sometime declines,\nBy chance or nature's changing course untrimm'd";
        assert_eq!(words(verse).len(), 8);
    }

    #[test]
    fn headings_stand_apart_over_something_longer() {
        let body = "All human beings are born free and equal in dignity and rights. They are endowed with reason.";
        let text = format!(
            "Universal Declaration\n\nPreamble\n\n{body}\n\nArticle 1\n\n{body}\n\nThe end"
        );
        let kinds: Vec<(BlockKind, u8)> = blocks_of_plain(&text)
            .iter()
            .map(|b| (b.kind, b.level))
            .collect();
        use BlockKind::{Heading, Paragraph};
        assert_eq!(
            kinds,
            vec![
                (Heading, 1),
                (Heading, 2),
                (Paragraph, 0),
                (Heading, 2),
                (Paragraph, 0),
                (Paragraph, 0)
            ]
        );
        // A short paragraph that ends as one is no heading.
        let text = format!("Thank you.\n\n{body}");
        assert_eq!(read(&text)[0].0, Paragraph);
    }

    #[test]
    fn items_of_lists() {
        use BlockKind::{ListItem, Paragraph};
        let text = "We ask for:\n• peace,\n• bread\n  and butter;\n\n1. first\n2) second\n(a) third\n۴. چهارم\n\nA. Smith spoke.";
        let kinds: Vec<_> = read(text).into_iter().map(|(k, _, w)| (k, w)).collect();
        let item = |w: &str| (ListItem, w.to_owned());
        assert_eq!(
            kinds,
            vec![
                (Paragraph, "We ask for:".to_owned()),
                item("• peace,"),
                item("• bread/  and butter;"),
                item("1. first"),
                // What comes before ended nothing: these may be accidents of line breaking.
                (Paragraph, "A. Smith spoke.".to_owned()),
            ]
            .into_iter()
            .flat_map(|k| if k.1 == "1. first" {
                vec![item("1. first/2) second/(a) third/۴. چهارم")]
            } else {
                vec![k]
            })
            .collect::<Vec<_>>()
        );
        assert_eq!(
            words("1. first;\n2) second;\n(a) third;\n۴. چهارم").len(),
            4
        );
    }

    #[test]
    fn form_feeds_are_pages() {
        use BlockKind::{PageBreak, Paragraph};
        assert_eq!(
            read("one\n\u{0C}two\n\nthree\n\u{0C}\u{0C}four\n\u{0C}"),
            vec![
                (Paragraph, Some(1), "one".to_owned()),
                (PageBreak, Some(1), "\u{0C}".to_owned()),
                (Paragraph, Some(2), "two".to_owned()),
                (Paragraph, Some(2), "three".to_owned()),
                (PageBreak, Some(2), "\u{0C}".to_owned()),
                (PageBreak, Some(3), "\u{0C}".to_owned()),
                (Paragraph, Some(4), "four".to_owned()),
            ]
        );
        assert_eq!(read("no pages")[0].1, None);
    }

    proptest! {
        #[test]
        fn blocks_stand_in_order_and_hold_all_that_is_seen(
            text in "([a-zA-Zא-ת0-9.,:؟ \u{200C}\u{301}😀-]{0,60}[\n\u{0C}\u{2028}]{0,3}){0,12}"
        ) {
            let index = TextIndex::new(text.as_str());
            let blocks = blocks_of_plain(&text);
            let mut end = 0;
            for block in &blocks {
                prop_assert!(block.span.start >= end);
                prop_assert!(block.span.len() <= LONGEST_BLOCK);
                prop_assert!(is_blank_str(index.range(end, block.span.start)));
                let words = index.slice(block.span);
                prop_assert!(block.kind == BlockKind::PageBreak || words == words.trim());
                end = block.span.end;
            }
            prop_assert!(is_blank_str(index.range(end, index.len())));
        }
    }
}
