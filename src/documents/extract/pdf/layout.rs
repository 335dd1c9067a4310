//! From pages of glyphs to paragraphs: rows to columns, columns to lines, lines to paragraphs.
//!
//! A paragraph ends where the lines stand further apart, the size changes, a line is indented, a list item begins, or a line
//! stops although the next word would have fitted. Headers, footers and page numbers stay: they are on the page.

use super::bidi::{self, Piece};
use super::columns::{in_order, median};
use super::content::{Glyph, Page};
use super::letters::{clean, is_space};
use super::rows::{Segment, segments};

/// Gap between two glyphs that is a space, in ems: where the file draws no spaces, and where it does.
const SPACE: f64 = 0.17;
const SPACE_BESIDE_SPACES: f64 = 0.4;

/// How much larger than the running text a heading is.
const HEADING: f64 = 1.15;

/// Code points above which nothing is a heading.
const HEADING_LENGTH: usize = 200;

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Heading(u8),
    Item,
    Running,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paragraph {
    pub kind: Kind,
    pub text: String,
}

/// The paragraphs of each page.
pub(super) struct Layout {
    pub pages: Vec<Vec<Paragraph>>,
    /// Whether some of the text runs from right to left.
    pub right_to_left: bool,
}

/// A line of a column.
struct Line {
    y: f64,
    x0: f64,
    x1: f64,
    size: f64,
    bold: bool,
    right_to_left: bool,
    /// Width of its first word as read.
    first_word: f64,
    /// As read, with the brackets as they are held and turned round.
    as_held: String,
    as_seen: String,
}

/// Lines that belong together.
struct Draft {
    lines: Vec<Line>,
}

/// Lays out all pages.
pub(super) fn paragraphs(pages: Vec<Page>) -> Layout {
    let mut all = (0, 0);
    let mut drafts: Vec<Vec<Draft>> = Vec::with_capacity(pages.len());
    for page in pages {
        let glyphs: Vec<Glyph> = page
            .glyphs
            .into_iter()
            .map(|glyph| Glyph {
                text: clean(&glyph.text, glyph.exact),
                ..glyph
            })
            .filter(|glyph| !glyph.text.is_empty())
            .collect();
        let (right, left) = glyphs
            .iter()
            .map(|g| bidi::strong(&g.text))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        all = (all.0 + right, all.1 + left);
        drafts.push(page_drafts(glyphs, right > left));
    }
    let turned = brackets_are_turned(&drafts);
    let (body, body_is_bold, sizes) = body_style(&drafts);
    let pages = drafts
        .into_iter()
        .map(|page| {
            page.iter()
                .map(|draft| finish(draft, turned, body, body_is_bold, &sizes))
                .collect()
        })
        .collect();
    Layout {
        pages,
        right_to_left: all.0 * 20 > all.0 + all.1,
    }
}

fn page_drafts(glyphs: Vec<Glyph>, right_to_left: bool) -> Vec<Draft> {
    let mut sheets: Vec<Vec<Glyph>> = vec![Vec::new(); 5];
    for glyph in glyphs {
        sheets[usize::from(glyph.turn.min(4))].push(glyph);
    }
    // The way most of the page is written comes first; stamps and labels on the margin after it.
    let slanted = sheets.pop().unwrap_or_default();
    sheets.sort_by_key(|sheet| std::cmp::Reverse(sheet.len()));
    sheets.push(slanted);
    let mut drafts = Vec::new();
    for sheet in sheets.into_iter().filter(|sheet| !sheet.is_empty()) {
        let segments = segments(sheet);
        let from_the_left = is_set_from_the_left(&segments);
        for group in in_order(segments, right_to_left, 0) {
            let lines = lines(group, right_to_left, from_the_left);
            drafts.extend(join(lines));
        }
    }
    drafts
}

/// The lines of a column: its segments row by row.
fn lines(group: Vec<Segment>, right_to_left: bool, from_the_left: bool) -> Vec<Line> {
    let mut rows: Vec<Vec<Segment>> = Vec::new();
    for segment in group {
        match rows.last_mut() {
            Some(row) if row[0].row == segment.row => row.push(segment),
            _ => rows.push(vec![segment]),
        }
    }
    rows.into_iter()
        .map(|row| line(row, right_to_left && !from_the_left, from_the_left))
        .collect()
}

/// Whether right-to-left text was set in left-to-right paragraphs, as editors do that know no better. It shows in the
/// full stops and commas at the ends of lines: they then stand at the right end, where such a line begins.
fn is_set_from_the_left(segments: &[Segment]) -> bool {
    let ends_sentence = |glyph: Option<&Glyph>| {
        glyph.is_some_and(|g| {
            matches!(
                g.text.as_str(),
                "." | "," | "،" | "؛" | ":" | "!" | "؟" | "?"
            )
        })
    };
    let mut from_the_left = 0;
    let mut from_the_right = 0;
    for segment in segments {
        let letters = segment.glyphs.iter().map(|g| bidi::strong(&g.text));
        let (right, left) = letters.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        if right > left {
            from_the_left += usize::from(ends_sentence(segment.glyphs.last()));
            from_the_right += usize::from(ends_sentence(segment.glyphs.first()));
        }
    }
    from_the_left > from_the_right
}

fn line(row: Vec<Segment>, page_is_right_to_left: bool, set_from_the_left: bool) -> Line {
    let y = median(row.iter().map(|s| s.y).collect());
    let glyphs: Vec<Glyph> = row.into_iter().flat_map(|segment| segment.glyphs).collect();
    let letters = glyphs.iter().filter(|g| !is_space(&g.text)).count();
    let spaces = glyphs.len() - letters;
    let threshold = if spaces * 20 >= letters && spaces > 0 {
        SPACE_BESIDE_SPACES
    } else {
        SPACE
    };
    let (right, left) = glyphs
        .iter()
        .map(|g| bidi::strong(&g.text))
        .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let right_to_left = match (right > 0, left > 0) {
        // Without letters, or with letters of both kinds, the paragraph around it decides.
        (false, false) | (true, true) => page_is_right_to_left,
        (false, true) => false,
        (true, false) => page_is_right_to_left || !set_from_the_left,
    };

    // Pieces from left to right with one space between words; a space carries where its word began.
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(glyphs.len() + 8);
    let mut words: Vec<(f64, f64)> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    let mut parted = true;
    for glyph in &glyphs {
        if is_space(&glyph.text) {
            parted = true;
            continue;
        }
        let gap = end > f64::NEG_INFINITY && glyph.x0 - end > threshold * glyph.size;
        // A mark that stands on a space brings its own.
        let brings_space = glyph.text.starts_with(char::is_whitespace);
        if (parted || gap) && !brings_space {
            if !pieces.is_empty() {
                pieces.push(Piece {
                    text: " ",
                    exact: true,
                });
            }
            words.push((glyph.x0, glyph.x1));
        }
        if let Some(word) = words.last_mut() {
            word.1 = word.1.max(glyph.x1);
        }
        parted = false;
        end = end.max(glyph.x1);
        pieces.push(Piece {
            text: &glyph.text,
            exact: glyph.exact,
        });
    }
    let first = if right > left {
        words.last()
    } else {
        words.first()
    };
    let bold = glyphs.iter().filter(|g| g.bold).count() * 2 > glyphs.len();
    Line {
        y,
        x0: glyphs.iter().map(|g| g.x0).fold(f64::INFINITY, f64::min),
        x1: glyphs
            .iter()
            .map(|g| g.x1)
            .fold(f64::NEG_INFINITY, f64::max),
        size: median(glyphs.iter().map(|g| g.size).collect()),
        bold,
        right_to_left,
        first_word: first.map_or(0.0, |(x0, x1)| x1 - x0),
        as_held: bidi::logical(&pieces, right_to_left, false),
        as_seen: bidi::logical(&pieces, right_to_left, true),
    }
}

/// Divides a column's lines into paragraphs.
fn join(lines: Vec<Line>) -> Vec<Draft> {
    let mut steps: Vec<f64> = lines
        .windows(2)
        .map(|pair| (pair[0].y - pair[1].y) / pair[0].size.max(pair[1].size))
        .filter(|step| (0.5..3.0).contains(step))
        .collect();
    steps.sort_by(f64::total_cmp);
    // The pitch of lines within paragraphs is the smaller of the steps that are common.
    let pitch = steps.get(steps.len() / 4).copied().unwrap_or(1.2);
    let x0 = lines.iter().map(|l| l.x0).fold(f64::INFINITY, f64::min);
    let x1 = lines.iter().map(|l| l.x1).fold(f64::NEG_INFINITY, f64::max);
    let mut drafts: Vec<Draft> = Vec::new();
    for line in lines {
        let begins = match drafts.last().and_then(|draft| draft.lines.last()) {
            Some(before) => is_new_paragraph(before, &line, pitch, (x0, x1)),
            None => true,
        };
        match drafts.last_mut() {
            Some(draft) if !begins => draft.lines.push(line),
            _ => drafts.push(Draft { lines: vec![line] }),
        }
    }
    drafts
}

fn is_new_paragraph(before: &Line, line: &Line, pitch: f64, (x0, x1): (f64, f64)) -> bool {
    let size = before.size.max(line.size);
    let step = (before.y - line.y) / size;
    if step > pitch * 1.3 + 0.05 || step < 0.0 || (before.size - line.size).abs() > 0.1 * size {
        return true;
    }
    if before.bold != line.bold || begins_item(&line.as_held) {
        return true;
    }
    let (room, indent, indent_before) = if line.right_to_left {
        (before.x0 - x0, x1 - line.x1, x1 - before.x1)
    } else {
        (x1 - before.x1, line.x0 - x0, before.x0 - x0)
    };
    let fits = room > line.first_word + 0.8 * size;
    let indented = indent > 0.8 * size && indent_before < 0.3 * size && indent < 0.3 * (x1 - x0);
    fits || indented
}

fn begins_item(text: &str) -> bool {
    text.starts_with(['•', '◦', '▪', '●', '○', '■', '‣', '·', '➢', '❖', '✓'])
}

/// Whether brackets in right-to-left text make more sense when turned round: some producers hold them as written and some as drawn.
fn brackets_are_turned(drafts: &[Vec<Draft>]) -> bool {
    let mut held = Pairs::default();
    let mut seen = Pairs::default();
    let lines = drafts.iter().flatten().flat_map(|draft| &draft.lines);
    for line in lines.filter(|line| line.as_held != line.as_seen) {
        held.count(&line.as_held);
        seen.count(&line.as_seen);
    }
    seen.good > held.good
}

#[derive(Default)]
struct Pairs {
    good: usize,
}

impl Pairs {
    /// Counts closing brackets that have an opening one before them on the same line, and quotes likewise.
    fn count(&mut self, text: &str) {
        let mut open: Vec<char> = Vec::new();
        for c in text.chars() {
            match c {
                '(' | '[' | '{' | '«' | '‹' => open.push(c),
                ')' | ']' | '}' | '»' | '›' if open.pop().is_some() => self.good += 1,
                _ => {}
            }
        }
    }
}

/// Size and weight of most of the text, and the larger sizes that headings are printed in, largest first.
fn body_style(drafts: &[Vec<Draft>]) -> (f64, bool, Vec<f64>) {
    let mut by_size: Vec<(f64, usize)> = Vec::new();
    let (mut bold, mut plain) = (0, 0);
    for line in drafts.iter().flatten().flat_map(|draft| &draft.lines) {
        let length = line.as_held.len();
        if line.bold {
            bold += length
        } else {
            plain += length
        }
        match by_size
            .iter_mut()
            .find(|(size, _)| (size - line.size).abs() < 0.25)
        {
            Some((_, count)) => *count += length,
            None => by_size.push((line.size, length)),
        }
    }
    let body = by_size
        .iter()
        .max_by_key(|(_, count)| *count)
        .map_or(0.0, |(size, _)| *size);
    let mut sizes: Vec<f64> = by_size
        .into_iter()
        .map(|(size, _)| size)
        .filter(|s| *s >= body * HEADING)
        .collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    (body, bold > plain, sizes)
}

fn finish(draft: &Draft, turned: bool, body: f64, body_is_bold: bool, sizes: &[f64]) -> Paragraph {
    let mut text = String::new();
    for line in &draft.lines {
        append(
            &mut text,
            if turned { &line.as_seen } else { &line.as_held },
        );
    }
    let text: String = text.chars().filter(|c| *c != '\u{AD}').collect();
    let size = median(draft.lines.iter().map(|l| l.size).collect());
    let length = text.chars().count();
    let has_letters = text.chars().any(char::is_alphabetic);
    let kind = if begins_item(&text) {
        Kind::Item
    } else if length <= HEADING_LENGTH && has_letters && size >= body * HEADING {
        let rank = sizes.iter().take_while(|s| **s > size + 0.25).count();
        Kind::Heading((rank + 1).min(6) as u8)
    } else if length <= HEADING_LENGTH
        && has_letters
        && !body_is_bold
        && draft.lines.iter().all(|l| l.bold)
        && draft.lines.len() <= 3
        && !text.ends_with(['.', ',', ';', '،'])
    {
        Kind::Heading((sizes.len() + 1).min(6) as u8)
    } else {
        Kind::Running
    };
    Paragraph { kind, text }
}

/// Adds a line to a paragraph. A soft hyphen at the end of a line was never meant to be seen; any other hyphen stays and the word goes on after it.
fn append(text: &mut String, line: &str) {
    if text.is_empty() {
        text.push_str(line);
        return;
    }
    if text.ends_with('\u{AD}') {
        text.pop();
        text.push_str(line);
        return;
    }
    let mut end = text.chars().rev();
    let hyphenated = matches!(end.next(), Some('-' | '\u{2010}'))
        && end.next().is_some_and(char::is_alphabetic)
        && line.starts_with(char::is_alphabetic);
    if !hyphenated {
        text.push(' ');
    }
    text.push_str(line);
}
