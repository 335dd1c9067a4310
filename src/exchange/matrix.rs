//! Units by codes: what statistics packages take. One row per unit and coder, one column per code.
//!
//! 1 says that the coder put the code on at least one code point of the unit, 0 that she read the document and did not.
//! A document that she has not marked done says neither: its cells are empty. Units stand in the order of the text and are numbered from 1 in
//! each document.

use std::io::Write;

use super::csv::{failed, writer};
use crate::error::Result;
use crate::text::Span;

/// The columns before the codes.
pub const COLUMNS: [&str; 6] = ["document_id", "unit", "start", "end", "coder", "text"];

/// One coder's reading of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Her name.
    pub coder: String,
    /// Her codings: column of the code, passage. None where she has not marked the document done.
    pub codings: Option<Vec<(usize, Span)>>,
}

/// A document with its units.
#[derive(Debug)]
pub struct Document<'a> {
    /// Id.
    pub id: i64,
    /// Units with their text, in order and apart from each other.
    pub units: Vec<(Span, &'a str)>,
    /// Each coder's, in the order of the rows of a unit.
    pub readings: Vec<Reading>,
}

/// The header row.
pub fn head(out: impl Write, code_paths: &[String]) -> Result<()> {
    let mut out = writer(out);
    out.write_record(
        COLUMNS
            .into_iter()
            .chain(code_paths.iter().map(String::as_str)),
    )
    .map_err(failed)?;
    Ok(out.flush()?)
}

/// For each unit and column whether the code is there. `units` must be in order and must not overlap.
pub fn cells(units: &[Span], columns: usize, codings: &[(usize, Span)]) -> Vec<bool> {
    let mut cells = vec![false; units.len() * columns];
    for &(column, span) in codings {
        let first = units.partition_point(|unit| unit.end <= span.start);
        for (i, unit) in units.iter().enumerate().skip(first) {
            if unit.start >= span.end {
                break;
            }
            cells[i * columns + column] = true;
        }
    }
    cells
}

/// The rows of one document.
pub fn rows(out: impl Write, document: &Document<'_>, columns: usize) -> Result<()> {
    let mut out = writer(out);
    let units: Vec<Span> = document.units.iter().map(|(span, _)| *span).collect();
    let read: Vec<Option<Vec<bool>>> = document
        .readings
        .iter()
        .map(|reading| {
            reading
                .codings
                .as_deref()
                .map(|codings| cells(&units, columns, codings))
        })
        .collect();
    let id = document.id.to_string();
    for (i, (span, text)) in document.units.iter().enumerate() {
        for (reading, cells) in document.readings.iter().zip(&read) {
            let (number, start, end) = (
                (i + 1).to_string(),
                span.start.to_string(),
                span.end.to_string(),
            );
            for field in [&id, &number, &start, &end, &reading.coder, *text] {
                out.write_field(field).map_err(failed)?;
            }
            for column in 0..columns {
                let cell = match cells {
                    None => "",
                    Some(cells) if cells[i * columns + column] => "1",
                    Some(_) => "0",
                };
                out.write_field(cell).map_err(failed)?;
            }
            out.write_record(None::<&[u8]>).map_err(failed)?;
        }
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span::new(start, end).unwrap()
    }

    #[test]
    fn one_code_point_is_enough_and_touching_is_not() {
        let units = [span(0, 10), span(10, 20), span(25, 30)];
        let codings = [
            (0, span(9, 11)),
            (1, span(20, 25)),
            (2, span(0, 100)),
            (3, span(10, 20)),
        ];
        assert_eq!(
            cells(&units, 4, &codings),
            [
                true, false, true, false, //
                true, false, true, true, //
                false, false, true, false
            ]
        );
    }

    #[test]
    fn a_document_not_done_is_empty_and_not_zero() {
        let document = Document {
            id: 4,
            units: vec![(span(0, 6), "One, 1"), (span(7, 11), "دو\n\"2")],
            readings: vec![
                Reading {
                    coder: "A".to_owned(),
                    codings: Some(vec![(1, span(8, 9))]),
                },
                Reading {
                    coder: "B".to_owned(),
                    codings: None,
                },
            ],
        };
        let mut out = Vec::new();
        head(
            &mut out,
            &["Energy".to_owned(), "Security > A, B".to_owned()],
        )
        .unwrap();
        rows(&mut out, &document, 2).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "document_id,unit,start,end,coder,text,Energy,\"Security > A, B\"\r\n\
             4,1,0,6,A,\"One, 1\",0,0\r\n\
             4,1,0,6,B,\"One, 1\",,\r\n\
             4,2,7,11,A,\"دو\n\"\"2\",0,1\r\n\
             4,2,7,11,B,\"دو\n\"\"2\",,\r\n"
        );
    }
}
