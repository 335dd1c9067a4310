//! Puts a document together from its parts: every reader hands over headings, paragraphs, list items and table
//! cells, and gets back one text with the blocks as ranges of code points.
//!
//! Blocks stand a blank line apart; list items and rows of the same list or table follow line by line, and the
//! cells of a row are separated by tabs. A table that is only there for its layout (one filled cell in a row, or
//! cells that hold tables or whole pages) is taken apart into its paragraphs, because a row is one block
//! and people code paragraphs.

use super::{LimitName, Limits, Problem};
use crate::text::{self, Block, BlockKind, Span};

/// More parts than this in one row and it is a layout, not data.
const ROW_PARTS: usize = 24;

/// Code points up to which the only filled cell of a row is taken for data.
const SPARSE_CELL: usize = 60;

/// A heading, paragraph and so on before it is placed.
#[derive(Debug, Clone)]
struct Part {
    kind: BlockKind,
    level: u8,
    text: String,
}

/// The rows and cells that are open at the moment, outermost first.
#[derive(Debug, Default)]
struct Row {
    cells: Vec<Vec<Part>>,
}

/// Collects the parts of one document.
#[derive(Debug)]
pub(crate) struct Builder {
    text: String,
    points: u64,
    limit: u64,
    blocks: Vec<Block>,
    page: Option<u32>,
    rows: Vec<Row>,
}

impl Builder {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            text: String::new(),
            points: 0,
            limit: limits.code_points,
            blocks: Vec::new(),
            page: None,
            rows: Vec::new(),
        }
    }

    /// The page that the following blocks stand on.
    pub(crate) fn set_page(&mut self, page: u32) {
        self.page = Some(page);
    }

    /// Adds one part. White space around it is dropped and a blank one is no block; inside nothing changes.
    pub(crate) fn push(
        &mut self,
        kind: BlockKind,
        level: u8,
        content: &str,
    ) -> Result<(), Problem> {
        if text::is_blank_str(content) {
            return Ok(());
        }
        let content = text::normalize_line_ends(content).trim().to_owned();
        let part = Part {
            kind,
            level,
            text: content,
        };
        match self.rows.last_mut() {
            Some(row) => {
                // A cell that the file forgot to open is opened for it.
                if row.cells.is_empty() {
                    row.cells.push(Vec::new());
                }
                if let Some(cell) = row.cells.last_mut() {
                    cell.push(part);
                }
                Ok(())
            }
            None => self.place(part),
        }
    }

    pub(crate) fn heading(&mut self, level: u8, content: &str) -> Result<(), Problem> {
        self.push(BlockKind::Heading, level.clamp(1, 6), content)
    }

    pub(crate) fn paragraph(&mut self, content: &str) -> Result<(), Problem> {
        self.push(BlockKind::Paragraph, 0, content)
    }

    /// `level` counts from 1 for an item of the outermost list.
    pub(crate) fn list_item(&mut self, level: u8, content: &str) -> Result<(), Problem> {
        self.push(BlockKind::ListItem, level.max(1), content)
    }

    /// Ends a page with a form feed, and goes on with the next one.
    pub(crate) fn page_break(&mut self) -> Result<(), Problem> {
        self.place(Part {
            kind: BlockKind::PageBreak,
            level: 0,
            text: "\u{0C}".to_owned(),
        })?;
        self.page = self.page.map(|page| page + 1);
        Ok(())
    }

    pub(crate) fn open_row(&mut self) {
        self.rows.push(Row::default());
    }

    pub(crate) fn open_cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.cells.push(Vec::new());
        }
    }

    /// Whether a row is open: what is pushed now becomes part of a cell.
    pub(crate) fn in_row(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Closes the innermost row and places it, or hands it to the cell around it.
    pub(crate) fn close_row(&mut self) -> Result<(), Problem> {
        let Some(row) = self.rows.pop() else {
            return Ok(());
        };
        let parts = row_parts(row);
        for part in parts {
            match self
                .rows
                .last_mut()
                .and_then(|outer| outer.cells.last_mut())
            {
                Some(cell) => cell.push(part),
                None => self.place(part)?,
            }
        }
        Ok(())
    }

    fn place(&mut self, part: Part) -> Result<(), Problem> {
        if let Some(last) = self.blocks.last() {
            let joined = last.kind == part.kind
                && matches!(part.kind, BlockKind::ListItem | BlockKind::TableRow)
                || last.kind == BlockKind::PageBreak
                || part.kind == BlockKind::PageBreak;
            let gap = if joined { "\n" } else { "\n\n" };
            self.text.push_str(gap);
            self.points += gap.len() as u64;
        }
        let start = self.points;
        self.points += part.text.chars().count() as u64;
        if self.points > self.limit {
            return Err(Problem::too_large(LimitName::CodePoints));
        }
        self.text.push_str(&part.text);
        // Both fit: the limit on code points is far below 2^32, and a larger one was refused above.
        let Some(span) = Span::new(start as u32, self.points as u32) else {
            return Ok(());
        };
        self.blocks.push(Block {
            kind: part.kind,
            level: part.level,
            span,
            page: self.page,
        });
        Ok(())
    }

    /// Whether anything was placed so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The text and its blocks. Rows still open are closed.
    pub(crate) fn finish(mut self) -> Result<(String, Vec<Block>), Problem> {
        while self.in_row() {
            self.close_row()?;
        }
        let blocks = text::split_long_blocks(&self.text, self.blocks);
        Ok((self.text, blocks))
    }
}

/// One part for a row of data; its paragraphs for a row that only lays out the page.
fn row_parts(row: Row) -> Vec<Part> {
    let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let parts: usize = row.cells.iter().map(Vec::len).sum();
    let nested = row
        .cells
        .iter()
        .flatten()
        .any(|part| part.kind == BlockKind::TableRow);
    let lone = filled <= 1 && !is_sparse_data(&row);
    if lone || nested || parts > ROW_PARTS {
        return row.cells.into_iter().flatten().collect();
    }
    // Empty cells at the end say nothing; those between keep the columns apart.
    let last = row
        .cells
        .iter()
        .rposition(|cell| !cell.is_empty())
        .map_or(0, |at| at + 1);
    let cells: Vec<String> = row.cells[..last]
        .iter()
        .map(|cell| {
            cell.iter()
                .map(|part| part.text.as_str())
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect();
    vec![Part {
        kind: BlockKind::TableRow,
        level: 0,
        text: cells.join("\t").trim().to_owned(),
    }]
}

/// A row of several cells of which only one is filled, and shortly so: a gap in a table rather than a frame.
fn is_sparse_data(row: &Row) -> bool {
    let mut parts = row.cells.iter().flatten();
    match (parts.next(), parts.next()) {
        (Some(only), None) => {
            row.cells.len() > 1
                && only.kind == BlockKind::Paragraph
                && only.text.chars().count() <= SPARSE_CELL
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slices(text: &str, blocks: &[Block]) -> Vec<(BlockKind, String)> {
        let chars: Vec<char> = text.chars().collect();
        let cut = |b: &Block| {
            chars[b.span.start as usize..b.span.end as usize]
                .iter()
                .collect()
        };
        blocks.iter().map(|b| (b.kind, cut(b))).collect()
    }

    #[test]
    fn parts_become_blocks_in_code_points() {
        let mut b = Builder::new(&Limits::default());
        b.heading(1, " Декларация 🌍 ").unwrap();
        b.paragraph("").unwrap();
        b.paragraph("یک\r\nدو").unwrap();
        b.list_item(1, "a").unwrap();
        b.list_item(2, "b").unwrap();
        let (text, blocks) = b.finish().unwrap();
        assert_eq!(text, "Декларация 🌍\n\nیک\nدو\n\na\nb");
        assert_eq!(
            slices(&text, &blocks),
            [
                (BlockKind::Heading, "Декларация 🌍".to_owned()),
                (BlockKind::Paragraph, "یک\nدو".to_owned()),
                (BlockKind::ListItem, "a".to_owned()),
                (BlockKind::ListItem, "b".to_owned()),
            ]
        );
        assert_eq!((blocks[0].span.start, blocks[0].span.end), (0, 12));
        assert_eq!(blocks[1].span.start, 14);
    }

    #[test]
    fn rows_of_data_are_one_block_and_layouts_are_not() {
        let mut b = Builder::new(&Limits::default());
        for cells in [["Year", "Exports"], ["2015", ""], ["2016", "12"]] {
            b.open_row();
            for cell in cells {
                b.open_cell();
                b.paragraph(cell).unwrap();
            }
            b.close_row().unwrap();
        }
        let (text, blocks) = b.finish().unwrap();
        assert_eq!(text, "Year\tExports\n2015\n2016\t12");
        assert_eq!(
            blocks.iter().map(|b| b.kind).collect::<Vec<_>>(),
            [BlockKind::TableRow; 3]
        );
    }

    #[test]
    fn a_table_in_a_cell_keeps_its_rows() {
        let mut b = Builder::new(&Limits::default());
        b.open_row();
        b.open_cell();
        b.paragraph("before").unwrap();
        b.open_row();
        b.open_cell();
        b.paragraph("x").unwrap();
        b.open_cell();
        b.paragraph("y").unwrap();
        b.close_row().unwrap();
        b.open_cell();
        b.paragraph("side").unwrap();
        b.close_row().unwrap();
        b.open_row();
        b.open_cell();
        b.heading(1, "frame").unwrap();
        b.close_row().unwrap();
        let (text, blocks) = b.finish().unwrap();
        assert_eq!(text, "before\n\nx\ty\n\nside\n\nframe");
        assert_eq!(blocks[3].kind, BlockKind::Heading);
    }

    #[test]
    fn the_limit_counts_code_points() {
        let limits = Limits {
            code_points: 4,
            ..Limits::default()
        };
        let mut b = Builder::new(&limits);
        assert!(b.paragraph("🌍🌍🌍🌍").is_ok());
        assert_eq!(
            b.paragraph("x").unwrap_err().limit,
            Some(LimitName::CodePoints)
        );
    }
}
