//! The coded data as JSON Lines: the columns of the CSV in the same order, one object a line, each value of its own type.
//!
//! What is missing is `null`; `cases` is an array; an attribute is a number or a boolean where the project says so and
//! its value reads as one, else words.

use std::io::Write;

use serde::Serialize;
use serde::ser::SerializeMap;

use super::{Coding, Header, Kind};
use crate::clock::rfc3339;
use crate::error::Result;

/// An attribute's value in its type.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Typed<'a> {
    /// A number that is one.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Words.
    Text(&'a str),
}

/// Reads a stored value as its attribute's type; what does not read as one stays words.
pub fn typed(kind: Kind, value: &str) -> Typed<'_> {
    match kind {
        Kind::Number => match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Typed::Number(number),
            _ => Typed::Text(value),
        },
        Kind::Boolean => match value {
            "true" => Typed::Boolean(true),
            "false" => Typed::Boolean(false),
            _ => Typed::Text(value),
        },
        Kind::Text | Kind::Date => Typed::Text(value),
    }
}

struct Line<'a>(&'a Header, &'a Coding);

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Line(header, row) = self;
        let document = &row.document;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("coding_id", &row.id)?;
        map.serialize_entry("project", &header.project)?;
        map.serialize_entry("document_id", &document.id)?;
        map.serialize_entry("document_title", &document.title)?;
        map.serialize_entry("document_type", &document.doc_type)?;
        map.serialize_entry("document_date", &document.date)?;
        map.serialize_entry("language", &document.language)?;
        map.serialize_entry("cases", &document.cases)?;
        map.serialize_entry("code_id", &row.code.id)?;
        map.serialize_entry("code_path", &row.code.path)?;
        map.serialize_entry("code_name", &row.code.name)?;
        map.serialize_entry("coder_id", &row.coder_id)?;
        map.serialize_entry("coder", &row.coder)?;
        map.serialize_entry("layer", &row.layer)?;
        map.serialize_entry("round", &row.round)?;
        map.serialize_entry("start", &row.start)?;
        map.serialize_entry("end", &row.end)?;
        map.serialize_entry("length", &(row.end - row.start))?;
        map.serialize_entry("quote", &row.quote)?;
        map.serialize_entry("before", &row.before)?;
        map.serialize_entry("after", &row.after)?;
        map.serialize_entry("memo", &row.memo)?;
        map.serialize_entry("weight", &row.weight)?;
        map.serialize_entry("codebook_version", &row.codebook_version)?;
        map.serialize_entry("created_at", &rfc3339(row.created_at))?;
        map.serialize_entry("updated_at", &rfc3339(row.updated_at))?;
        for (attribute, value) in header.attributes.iter().zip(&document.attributes) {
            let value = value.as_deref().map(|v| typed(attribute.kind, v));
            map.serialize_entry(&attribute.column(), &value)?;
        }
        map.end()
    }
}

/// Some rows; there is no header.
pub fn rows(mut out: impl Write, header: &Header, rows: &[Coding]) -> Result<()> {
    for row in rows {
        serde_json::to_writer(&mut out, &Line(header, row))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn lines_hold_the_columns_in_order_and_typed() {
        let (header, rows) = sample();
        let mut out = Vec::new();
        super::rows(&mut out, &header, &rows).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn a_value_that_does_not_read_as_its_type_stays_words() {
        assert_eq!(typed(Kind::Number, "-3"), Typed::Number(-3.0));
        assert_eq!(typed(Kind::Number, "ca. 3"), Typed::Text("ca. 3"));
        assert_eq!(typed(Kind::Number, "NaN"), Typed::Text("NaN"));
        assert_eq!(typed(Kind::Boolean, "false"), Typed::Boolean(false));
        assert_eq!(typed(Kind::Boolean, "no"), Typed::Text("no"));
        assert_eq!(typed(Kind::Text, "7"), Typed::Text("7"));
    }
}
