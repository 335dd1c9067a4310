//! The coded data as CSV (RFC 4180): CRLF, a header row, UTF-8.
//!
//! A cell holds exactly what the data holds. Cells that begin with `=`, `+`, `-` or `@` are written as they are: a
//! prefix against formulas would falsify quotes, which researchers publish, and `-2` is a weight. Whoever opens CSV from
//! people she does not trust in a spreadsheet should take the `xlsx`, where text is text.

use std::io::Write;

use super::{COLUMNS, Coding, Header};
use crate::clock::rfc3339;
use crate::error::{Error, Result};

/// What marks UTF-8 for spreadsheets that would otherwise guess.
pub const BOM: &[u8] = "\u{feff}".as_bytes();

/// A writer of rows with the quoting and line ends of every CSV here.
pub fn writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out)
}

/// What goes wrong while writing goes wrong below: a full disk, a closed connection.
pub(super) fn failed(e: csv::Error) -> Error {
    Error::Internal(anyhow::Error::new(e).context("writing CSV"))
}

/// The header row.
pub fn head(out: impl Write, header: &Header) -> Result<()> {
    let mut out = writer(out);
    for column in COLUMNS {
        out.write_field(column).map_err(failed)?;
    }
    for attribute in &header.attributes {
        out.write_field(attribute.column()).map_err(failed)?;
    }
    out.write_record(None::<&[u8]>).map_err(failed)?;
    Ok(out.flush()?)
}

/// Some rows.
pub fn rows(out: impl Write, header: &Header, rows: &[Coding]) -> Result<()> {
    let mut out = writer(out);
    for row in rows {
        let document = &row.document;
        let number = |n: i64| n.to_string();
        let fields: [&str; 26] = [
            &number(row.id),
            &header.project,
            &number(document.id),
            &document.title,
            &document.doc_type,
            document.date.as_deref().unwrap_or_default(),
            document.language.as_deref().unwrap_or_default(),
            &document.cases_joined(),
            &number(row.code.id),
            &row.code.path,
            &row.code.name,
            &number(row.coder_id),
            &row.coder,
            &row.layer,
            row.round.as_deref().unwrap_or_default(),
            &number(row.start),
            &number(row.end),
            &number(row.end - row.start),
            &row.quote,
            &row.before,
            &row.after,
            row.memo.as_deref().unwrap_or_default(),
            &row.weight.map(|w| w.to_string()).unwrap_or_default(),
            &number(row.codebook_version),
            &rfc3339(row.created_at),
            &rfc3339(row.updated_at),
        ];
        for field in fields {
            out.write_field(field).map_err(failed)?;
        }
        for value in &document.attributes {
            out.write_field(value.as_deref().unwrap_or_default())
                .map_err(failed)?;
        }
        out.write_record(None::<&[u8]>).map_err(failed)?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;

    fn whole() -> Vec<u8> {
        let (header, rows) = sample();
        let mut out = Vec::new();
        super::head(&mut out, &header).unwrap();
        super::rows(&mut out, &header, &rows).unwrap();
        out
    }

    #[test]
    fn the_table_is_that_of_the_contract() {
        insta::assert_snapshot!(String::from_utf8(whole()).unwrap().replace("\r\n", "␍\n"));
    }

    #[test]
    fn every_cell_comes_back_as_it_was() {
        let (_, rows) = sample();
        let text = whole();
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let names = reader.headers().unwrap().clone();
        assert_eq!(names.len(), 29);
        let column = |name: &str| names.iter().position(|n| n == name).unwrap();
        for (record, row) in reader.records().map(Result::unwrap).zip(&rows) {
            assert_eq!(&record[column("quote")], row.quote);
            assert_eq!(
                &record[column("memo")],
                row.memo.clone().unwrap_or_default()
            );
            assert_eq!(&record[column("project")], "Russia, \"Iran\" and Israel");
        }
    }
}
