//! The coded data as a workbook: the table of the CSV as sheet `codings`, and sheets that say what it speaks of.
//!
//! Words are always written as words, whatever they begin with: no cell becomes a formula or a link. Rows go to a temporary file as
//! they come, so a workbook of any length takes the same memory. Excel takes 32,767 UTF-16 units a cell and
//! 1,048,576 rows a sheet: a longer cell is cut, and the sheet `about` says how many were; further rows go to a sheet
//! `codings 2`. The moment it names is that of the newest change to the project, not that of the export, so that two
//! exports of the same data are the same file.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::jsonl::{Typed, typed};
use super::{COLUMNS, Coding, Document, Header};
use crate::clock::rfc3339;
use crate::error::{Error, Result};

/// UTF-16 units in a cell.
const LONGEST_CELL: usize = 32_767;

/// Rows of a sheet, its header included.
const MOST_ROWS: u32 = 1_048_576;

/// The columns of sheet `documents` before the attributes.
const DOCUMENTS: [&str; 13] = [
    "document_id",
    "title",
    "type",
    "date",
    "language",
    "author",
    "publisher",
    "url",
    "citation",
    "cases",
    "length",
    "words",
    "text_sha256",
];

fn failed(e: XlsxError) -> Error {
    Error::Internal(anyhow::Error::new(e).context("writing a workbook"))
}

enum Cell<'a> {
    Empty,
    Text(&'a str),
    Number(f64),
    Boolean(bool),
}

impl<'a> Cell<'a> {
    fn text(value: Option<&'a str>) -> Cell<'a> {
        value.map_or(Cell::Empty, Cell::Text)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a workbook knows no other numbers; ids and positions are far below 2^53"
    )]
    fn whole(value: i64) -> Cell<'a> {
        Cell::Number(value as f64)
    }
}

impl<'a> From<Typed<'a>> for Cell<'a> {
    fn from(value: Typed<'a>) -> Self {
        match value {
            Typed::Number(n) => Cell::Number(n),
            Typed::Boolean(b) => Cell::Boolean(b),
            Typed::Text(t) => Cell::Text(t),
        }
    }
}

/// The beginning of a text that fits into a cell, and whether that is not all of it.
fn fitting(text: &str) -> (&str, bool) {
    if text.len() <= LONGEST_CELL {
        return (text, false);
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > LONGEST_CELL {
            return (&text[..at], true);
        }
    }
    (text, false)
}

/// One sheet, filled from the top.
struct Sheet {
    index: usize,
    row: u32,
}

/// A workbook in the making. Sheets are filled in the order of the methods.
pub struct Book {
    workbook: Workbook,
    header: Header,
    codings: Sheet,
    sheets_of_codings: usize,
    codebook: Option<Sheet>,
    documents: Option<Sheet>,
    /// By coder: name, codings, documents.
    coders: BTreeMap<i64, (Arc<str>, i64, std::collections::BTreeSet<i64>)>,
    rows: i64,
    cut: i64,
}

impl Book {
    /// A workbook with the header row of its first sheet.
    pub fn new(header: Header) -> Result<Book> {
        let mut book = Book {
            workbook: Workbook::new(),
            header,
            codings: Sheet { index: 0, row: 0 },
            sheets_of_codings: 1,
            codebook: None,
            documents: None,
            coders: BTreeMap::new(),
            rows: 0,
            cut: 0,
        };
        book.codings = book.begin("codings", &book.columns(&COLUMNS))?;
        Ok(book)
    }

    fn columns(&self, own: &[&str]) -> Vec<String> {
        own.iter()
            .map(|c| (*c).to_owned())
            .chain(self.header.attributes.iter().map(super::Attribute::column))
            .collect()
    }

    fn begin(&mut self, name: &str, columns: &[String]) -> Result<Sheet> {
        let index = self.workbook.worksheets().len();
        let sheet = self
            .workbook
            .add_worksheet_with_constant_memory()
            .map_err(failed)?;
        sheet.set_name(name).map_err(failed)?;
        let mut sheet = Sheet { index, row: 0 };
        let cells: Vec<Cell> = columns.iter().map(|c| Cell::Text(c)).collect();
        self.put(&mut sheet, &cells)?;
        let written = self.sheet(&sheet)?;
        written.set_freeze_panes(1, 0).map_err(failed)?;
        Ok(sheet)
    }

    fn sheet(&mut self, sheet: &Sheet) -> Result<&mut Worksheet> {
        self.workbook
            .worksheet_from_index(sheet.index)
            .map_err(failed)
    }

    fn put(&mut self, sheet: &mut Sheet, cells: &[Cell<'_>]) -> Result<()> {
        let mut cut = 0;
        let row = sheet.row;
        let written = self.sheet(sheet)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty | Cell::Text("") => {}
                Cell::Text(text) => {
                    let (text, shortened) = fitting(text);
                    cut += i64::from(shortened);
                    written.write_string(row, column, text).map_err(failed)?;
                }
                Cell::Number(n) => {
                    written.write_number(row, column, *n).map_err(failed)?;
                }
                Cell::Boolean(b) => {
                    written.write_boolean(row, column, *b).map_err(failed)?;
                }
            }
        }
        sheet.row += 1;
        self.cut += cut;
        Ok(())
    }

    /// More rows of sheet `codings`, in their order.
    pub fn codings(&mut self, rows: &[Coding]) -> Result<()> {
        let header = self.header.clone();
        for row in rows {
            if self.codings.row == MOST_ROWS {
                self.sheets_of_codings += 1;
                let name = format!("codings {}", self.sheets_of_codings);
                self.codings = self.begin(&name, &self.columns(&COLUMNS))?;
            }
            let document = &row.document;
            let (cases, created, updated) = (
                document.cases_joined(),
                rfc3339(row.created_at),
                rfc3339(row.updated_at),
            );
            let mut cells = vec![
                Cell::whole(row.id),
                Cell::Text(&header.project),
                Cell::whole(document.id),
                Cell::Text(&document.title),
                Cell::Text(&document.doc_type),
                Cell::text(document.date.as_deref()),
                Cell::text(document.language.as_deref()),
                Cell::Text(&cases),
                Cell::whole(row.code.id),
                Cell::Text(&row.code.path),
                Cell::Text(&row.code.name),
                Cell::whole(row.coder_id),
                Cell::Text(&row.coder),
                Cell::Text(&row.layer),
                Cell::text(row.round.as_deref()),
                Cell::whole(row.start),
                Cell::whole(row.end),
                Cell::whole(row.end - row.start),
                Cell::Text(&row.quote),
                Cell::Text(&row.before),
                Cell::Text(&row.after),
                Cell::text(row.memo.as_deref()),
                row.weight.map_or(Cell::Empty, Cell::Number),
                Cell::whole(row.codebook_version),
                Cell::Text(&created),
                Cell::Text(&updated),
            ];
            cells.extend(attributes(&header, document));
            let mut sheet = std::mem::replace(&mut self.codings, Sheet { index: 0, row: 0 });
            let written = self.put(&mut sheet, &cells);
            self.codings = sheet;
            written?;
            let coder = self
                .coders
                .entry(row.coder_id)
                .or_insert_with(|| (row.coder.clone(), 0, Default::default()));
            coder.1 += 1;
            coder.2.insert(document.id);
            self.rows += 1;
        }
        Ok(())
    }

    /// The sheet `codebook`: a header row and rows of words.
    pub fn codebook(&mut self, rows: &[Vec<String>]) -> Result<()> {
        let mut rows = rows.iter();
        let columns = rows.next().cloned().unwrap_or_default();
        let mut sheet = self.begin("codebook", &columns)?;
        for row in rows {
            let cells: Vec<Cell> = row.iter().map(|c| Cell::Text(c)).collect();
            self.put(&mut sheet, &cells)?;
        }
        self.codebook = Some(sheet);
        Ok(())
    }

    /// More rows of sheet `documents`.
    pub fn documents(&mut self, documents: &[Document]) -> Result<()> {
        let header = self.header.clone();
        let mut sheet = match self.documents.take() {
            Some(sheet) => sheet,
            None => self.begin("documents", &self.columns(&DOCUMENTS))?,
        };
        for document in documents {
            let cases = document.cases_joined();
            let mut cells = vec![
                Cell::whole(document.id),
                Cell::Text(&document.title),
                Cell::Text(&document.doc_type),
                Cell::text(document.date.as_deref()),
                Cell::text(document.language.as_deref()),
                Cell::text(document.author.as_deref()),
                Cell::text(document.publisher.as_deref()),
                Cell::text(document.url.as_deref()),
                Cell::text(document.citation.as_deref()),
                Cell::Text(&cases),
                Cell::whole(document.length),
                Cell::whole(document.words),
                Cell::Text(&document.text_sha256),
            ];
            cells.extend(attributes(&header, document));
            self.put(&mut sheet, &cells)?;
        }
        self.documents = Some(sheet);
        Ok(())
    }

    /// The sheets `coders` and `about`, then the file. `about` holds what the caller knows: filters, layer, version;
    /// `changed_at` is the moment of the newest change to the data.
    pub fn finish(
        mut self,
        about: &[(String, String)],
        changed_at: i64,
        out: impl Write + Send,
    ) -> Result<()> {
        let columns = ["coder_id", "coder", "codings", "documents"].map(str::to_owned);
        let mut sheet = self.begin("coders", &columns)?;
        for (id, (name, codings, documents)) in std::mem::take(&mut self.coders) {
            let documents = i64::try_from(documents.len()).unwrap_or(i64::MAX);
            self.put(
                &mut sheet,
                &[
                    Cell::whole(id),
                    Cell::Text(&name),
                    Cell::whole(codings),
                    Cell::whole(documents),
                ],
            )?;
        }
        let mut sheet = self.begin("about", &["name", "value"].map(str::to_owned))?;
        for (name, value) in about {
            self.put(&mut sheet, &[Cell::Text(name), Cell::Text(value)])?;
        }
        let numbers = [
            ("rows", self.rows),
            ("cells cut to Excel's 32,767 characters", self.cut),
        ];
        for (name, value) in numbers {
            self.put(&mut sheet, &[Cell::Text(name), Cell::whole(value)])?;
        }
        let time = ExcelDateTime::from_timestamp(changed_at.div_euclid(1000)).map_err(failed)?;
        self.workbook
            .set_properties(&DocProperties::new().set_creation_datetime(&time));
        self.workbook.save_to_writer(out).map_err(failed)
    }
}

fn attributes<'a>(header: &Header, document: &'a Document) -> Vec<Cell<'a>> {
    header
        .attributes
        .iter()
        .zip(&document.attributes)
        .map(|(attribute, value)| {
            value
                .as_deref()
                .map_or(Cell::Empty, |v| typed(attribute.kind, v).into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::super::tests::sample;
    use super::*;

    fn book(cut: bool) -> Vec<u8> {
        let (header, mut rows) = sample();
        if cut {
            rows[1].quote = "🇮".repeat(20_000);
        }
        let documents: Vec<Document> = vec![(*rows[0].document).clone()];
        let mut book = Book::new(header).unwrap();
        book.codings(&rows[..1]).unwrap();
        book.codings(&rows[1..]).unwrap();
        book.codebook(&[
            vec!["code_path".to_owned(), "color".to_owned()],
            vec!["=Energy".to_owned(), "#024552".to_owned()],
        ])
        .unwrap();
        book.documents(&documents).unwrap();
        let mut out = Vec::new();
        book.finish(
            &[("layer".to_owned(), "all".to_owned())],
            1_443_571_200_000,
            &mut out,
        )
        .unwrap();
        out
    }

    #[test]
    fn the_sheets_hold_words_as_words_and_numbers_as_numbers() {
        let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(book(false))).unwrap();
        assert_eq!(
            xlsx.sheet_names(),
            ["codings", "codebook", "documents", "coders", "about"]
        );
        let codings = xlsx.worksheet_range("codings").unwrap();
        assert_eq!(codings.get_size(), (4, 29));
        let at = |row: u32, column: &str| {
            let place = COLUMNS.iter().position(|c| *c == column).unwrap();
            codings
                .get_value((row, u32::try_from(place).unwrap()))
                .cloned()
                .unwrap_or(Data::Empty)
        };
        assert_eq!(at(1, "quote"), Data::String("«تحریم‌ها» 🇮🇷".to_owned()));
        assert_eq!(at(1, "start"), Data::Float(10.0));
        assert_eq!(at(1, "weight"), Data::Float(-0.5));
        assert_eq!(
            at(2, "quote"),
            Data::String("=cmd|' /C calc'!A0".to_owned())
        );
        assert_eq!(
            at(2, "document_title"),
            Data::String("-1+1 \"quoted\"".to_owned())
        );
        // Attributes: true, 12.5 and a formula that is words; then a number that is none.
        assert_eq!(codings.get_value((1, 26)), Some(&Data::Bool(true)));
        assert_eq!(codings.get_value((1, 27)), Some(&Data::Float(12.5)));
        assert_eq!(
            codings.get_value((1, 28)),
            Some(&Data::String("=HYPERLINK(\"x\")".to_owned()))
        );
        assert_eq!(
            codings.get_value((2, 27)),
            Some(&Data::String("about ten".to_owned()))
        );
        assert!(xlsx.worksheet_formula("codings").unwrap().is_empty());
        let coders = xlsx.worksheet_range("coders").unwrap();
        assert_eq!(
            coders.rows().nth(1).unwrap(),
            [
                Data::Float(2.0),
                Data::String("Ö. Çelik".to_owned()),
                Data::Float(3.0),
                Data::Float(2.0)
            ]
        );
    }

    #[test]
    fn the_same_data_makes_the_same_file() {
        assert_eq!(book(false), book(false));
    }

    #[test]
    fn a_cell_too_long_for_excel_is_cut_between_characters_and_counted() {
        let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(book(true))).unwrap();
        let codings = xlsx.worksheet_range("codings").unwrap();
        let Some(Data::String(quote)) = codings.get_value((2, 18)) else {
            unreachable!("the quote is words");
        };
        // Each letter takes two UTF-16 units, so the odd last unit stays unused.
        assert_eq!(quote.encode_utf16().count(), 32_766);
        let about = xlsx.worksheet_range("about").unwrap();
        assert_eq!(
            about.rows().next_back().unwrap()[1],
            Data::Float(1.0),
            "{about:?}"
        );
    }
}
