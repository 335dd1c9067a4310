//! The codebook as CSV, out and back. Pure: codes in, text out; bytes in, rows out.
//!
//! Columns: `code_path, color, description, use_when, do_not_use_when, is_codable, scale_min, scale_max, examples`, RFC 4180,
//! UTF-8. A path joins names with ` > `, a name's own `>` is written `\>`. A colour is the hex of the palette. Examples
//! stand one a line; a line end inside an example is written `\n`, a backslash `\\`.
//!
//! The reader takes what other programs write as well: any of the usual separators, a byte order mark, legacy encodings, columns in
//! any order and under the names that Taguette, spreadsheets and people give them. A column that is missing leaves that
//! field of existing codes as it is.

use std::collections::BTreeMap;

use super::{Code, Scale, palette, tree};
use crate::documents::extract::encoding;
use crate::error::{Error, FieldError, Result};
use crate::i18n::Msg;

/// The columns, in order.
pub const COLUMNS: [&str; 9] = [
    "code_path",
    "color",
    "description",
    "use_when",
    "do_not_use_when",
    "is_codable",
    "scale_min",
    "scale_max",
    "examples",
];

/// Most codes one file may bring.
pub const MOST_ROWS: usize = 10_000;

/// Writes codes as CSV, in the order given (depth-first: parents stand before their children).
///
/// # Errors
/// Only if the CSV writer fails, which memory does not.
pub fn write(codes: &[Code]) -> Result<String> {
    let mut out = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let failed = |e: ::csv::Error| Error::Internal(anyhow::Error::new(e));
    out.write_record(COLUMNS).map_err(failed)?;
    for code in codes {
        let end = |pick: fn(&Scale) -> f64| {
            code.scale
                .as_ref()
                .map(|s| pick(s).to_string())
                .unwrap_or_default()
        };
        out.write_record([
            code.path.as_str(),
            palette::hex(code.color),
            &code.description,
            &code.use_when,
            &code.do_not_use_when,
            if code.is_codable { "true" } else { "false" },
            &end(|s| s.min),
            &end(|s| s.max),
            &join_examples(&code.examples),
        ])
        .map_err(failed)?;
    }
    let bytes = out
        .into_inner()
        .map_err(|e| Error::Internal(anyhow::anyhow!("{e}")))?;
    String::from_utf8(bytes).map_err(|e| Error::Internal(anyhow::Error::new(e)))
}

/// Examples as one cell.
pub fn join_examples(examples: &[String]) -> String {
    examples
        .iter()
        .map(|e| e.replace('\\', "\\\\").replace('\n', "\\n"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The examples of a cell. A backslash before anything but `n` and `\` is itself.
pub fn split_examples(cell: &str) -> Vec<String> {
    let cell = crate::text::normalize_line_ends(cell);
    let mut out = Vec::new();
    for line in cell.split('\n') {
        let mut example = String::new();
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('\\', Some('n')) => {
                    chars.next();
                    example.push('\n');
                }
                ('\\', Some('\\')) => {
                    chars.next();
                    example.push('\\');
                }
                (other, _) => example.push(other),
            }
        }
        let example = example.trim();
        if !example.is_empty() {
            out.push(example.to_owned());
        }
    }
    out
}

/// One row of a file; a field is `None` where the file has no such column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Line of the file it begins on, from 1.
    pub line: u64,
    /// Names from the root.
    pub names: Vec<String>,
    /// Colour, 1 to 12; also `None` where the cell is empty.
    pub color: Option<u8>,
    /// What it means.
    pub description: Option<String>,
    /// When to use it.
    pub use_when: Option<String>,
    /// When not to.
    pub do_not_use_when: Option<String>,
    /// False for a heading; also `None` where the cell is empty.
    pub is_codable: Option<bool>,
    /// Ends of the scale; `Some(None)`: no scale.
    pub scale: Option<Option<(f64, f64)>>,
    /// Examples.
    pub examples: Option<Vec<String>>,
}

/// A file that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Its codes.
    pub rows: Vec<Row>,
    /// Columns that were read, by the name in the file and the name of ours they stand for, where the two differ.
    pub renamed: Vec<(String, &'static str)>,
    /// Columns that mean nothing here and were passed over.
    pub ignored: Vec<String>,
}

/// Our column for a header as somebody else writes it.
fn column(header: &str) -> Option<&'static str> {
    let key: String = header
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    Some(match key.trim_matches('_') {
        "code_path" | "path" | "code" | "tag" | "name" | "code_name" | "theme" | "label" => {
            "code_path"
        }
        "color" | "colour" => "color",
        "description" | "definition" | "desc" | "memo" => "description",
        "use_when" | "when_to_use" | "inclusion" | "inclusion_criteria" => "use_when",
        "do_not_use_when" | "when_not_to_use" | "exclusion" | "exclusion_criteria" => {
            "do_not_use_when"
        }
        "is_codable" | "iscodable" | "codable" => "is_codable",
        "scale_min" => "scale_min",
        "scale_max" => "scale_max",
        "examples" | "example" => "examples",
        _ => return None,
    })
}

/// The separator that the first line uses most.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|s| {
            let count = header.bytes().filter(|b| b == s).count();
            // A tie goes to the comma.
            (count, *s == b',')
        })
        .unwrap_or(b',')
}

fn wrong(line: u64, message: Msg) -> FieldError {
    FieldError::new("file", message.arg("line", line))
}

/// Reads a file of bytes.
///
/// # Errors
/// [`Error::Invalid`] naming each line that is wrong: no column for the code, a path that is empty or stands twice, a
/// colour, truth value or scale that is none.
pub fn read(bytes: &[u8]) -> Result<Sheet> {
    let text = encoding::decode(bytes)
        .map_err(|_| Error::invalid("file", "codebook-error-csv-encoding"))?
        .text;
    read_text(&text)
}

/// Reads a file's text.
///
/// # Errors
/// As [`read`].
pub fn read_text(text: &str) -> Result<Sheet> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if crate::text::is_blank_str(text) {
        return Err(Error::invalid("file", "codebook-error-csv-empty"));
    }
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let broken = |e: ::csv::Error| {
        let line = e.position().map_or(1, ::csv::Position::line);
        Error::Invalid(vec![wrong(line, Msg::new("codebook-error-csv-broken"))])
    };
    let mut sheet = Sheet::default();
    let mut places: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (i, header) in reader.headers().map_err(broken)?.iter().enumerate() {
        match column(header) {
            Some(ours) if !places.contains_key(ours) => {
                places.insert(ours, i);
                if header.trim() != ours {
                    sheet.renamed.push((header.trim().to_owned(), ours));
                }
            }
            _ if header.trim().is_empty() => {}
            _ => sheet.ignored.push(header.trim().to_owned()),
        }
    }
    if !places.contains_key("code_path") {
        return Err(Error::invalid("file", "codebook-error-csv-columns"));
    }
    let mut errors = Vec::new();
    let mut seen: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, ::csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if sheet.rows.len() == MOST_ROWS {
            return Err(Error::TooLarge(
                Msg::new("codebook-error-csv-rows").arg("most", MOST_ROWS),
            ));
        }
        let cell = |name: &str| places.get(name).map(|i| record.get(*i).unwrap_or(""));
        let (row, problems) = row(line, cell);
        errors.extend(problems);
        if !row.names.is_empty() {
            let key = tree::path_key(&row.names);
            if let Some(first) = seen.get(&key) {
                errors.push(wrong(
                    line,
                    Msg::new("codebook-error-csv-twice")
                        .arg("path", tree::join(&row.names))
                        .arg("first", *first),
                ));
            } else {
                seen.insert(key, line);
            }
        }
        sheet.rows.push(row);
    }
    if sheet.rows.is_empty() && errors.is_empty() {
        return Err(Error::invalid("file", "codebook-error-csv-empty"));
    }
    if errors.is_empty() {
        Ok(sheet)
    } else {
        errors.truncate(100);
        Err(Error::Invalid(errors))
    }
}

fn row<'a>(line: u64, cell: impl Fn(&str) -> Option<&'a str>) -> (Row, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut names = Vec::new();
    for name in tree::split(cell("code_path").unwrap_or("")) {
        match super::clean_name(&name) {
            Ok(name) => names.push(name),
            Err(_) => errors.push(wrong(line, Msg::new("codebook-error-csv-name"))),
        }
    }
    if names.is_empty() && errors.is_empty() {
        errors.push(wrong(line, Msg::new("codebook-error-csv-name")));
    }
    if names.len() > super::DEEPEST + 1 {
        errors.push(wrong(line, Msg::new("codebook-error-csv-deep")));
    }
    let text = |name: &str| cell(name).map(super::clean_text);
    let color = match cell("color").map(str::trim) {
        None | Some("") => None,
        Some(word) => {
            let color = palette::parse(word);
            if color.is_none() {
                errors.push(wrong(
                    line,
                    Msg::new("codebook-error-csv-color").arg("value", word),
                ));
            }
            color
        }
    };
    let is_codable = match cell("is_codable")
        .map(|c| c.trim().to_lowercase())
        .as_deref()
    {
        None | Some("") => None,
        Some("true" | "1" | "yes") => Some(true),
        Some("false" | "0" | "no") => Some(false),
        Some(word) => {
            errors.push(wrong(
                line,
                Msg::new("codebook-error-csv-codable").arg("value", word),
            ));
            None
        }
    };
    let mut end = |name: &str| match cell(name).map(str::trim) {
        None | Some("") => None,
        Some(word) => {
            // A minus sign as typographers and Persian keyboards write it.
            let number = word
                .replace(['\u{2212}', '\u{2013}'], "-")
                .replace(',', ".");
            let value = number.parse::<f64>().ok().filter(|v| v.is_finite());
            if value.is_none() {
                errors.push(wrong(
                    line,
                    Msg::new("codebook-error-csv-scale").arg("value", word),
                ));
            }
            value
        }
    };
    let ends = (end("scale_min"), end("scale_max"));
    let scale = match ends {
        (Some(min), Some(max)) => {
            if Scale::between(min, max).check().is_err() {
                errors.push(wrong(
                    line,
                    Msg::new("codebook-error-csv-scale").arg("value", format!("{min} … {max}")),
                ));
            }
            Some(Some((min, max)))
        }
        (None, None) => cell("scale_min").or(cell("scale_max")).map(|_| None),
        _ => {
            if errors.is_empty() {
                errors.push(wrong(line, Msg::new("codebook-error-csv-scale-half")));
            }
            None
        }
    };
    let row = Row {
        line,
        names,
        color,
        description: text("description"),
        use_when: text("use_when"),
        do_not_use_when: text("do_not_use_when"),
        is_codable,
        scale,
        examples: cell("examples").map(split_examples),
    };
    (row, errors)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tree::{arrange, tests::row as code_row};
    use super::*;

    fn line_of(error: Error) -> Vec<String> {
        match error {
            Error::Invalid(errors) => errors
                .into_iter()
                .map(|e| e.message.key.to_owned())
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_file_is_written_to_the_letter() {
        let mut gas = code_row(2, Some(1), 0, "Gas > oil, \"both\"");
        gas.color = 4;
        gas.description = "line one\nline two".to_owned();
        gas.scale = Some(Scale::between(-2.0, 2.5));
        gas.examples = vec!["a\nb".to_owned(), "c\\d".to_owned()];
        let mut energy = code_row(1, None, 0, "انرژی");
        energy.is_codable = false;
        let csv = write(&arrange(vec![energy, gas])).unwrap();
        assert_eq!(
            csv,
            "code_path,color,description,use_when,do_not_use_when,is_codable,scale_min,scale_max,examples\r\n\
             انرژی,#566fec,,,,false,,,\r\n\
             \"انرژی > Gas \\> oil, \"\"both\"\"\",#82127f,\"line one\nline two\",,,true,-2,2.5,\"a\\nb\nc\\\\d\"\r\n"
        );
    }

    #[test]
    fn the_demo_codebook_reads_and_comes_back() {
        let sheet = read(include_bytes!("../demo/data/codebook.csv")).unwrap();
        assert!(sheet.rows.len() >= 20);
        assert_eq!(sheet.renamed, []);
        assert_eq!(sheet.ignored, Vec::<String>::new());
        assert!(sheet.rows.iter().all(|r| r.color.is_some()));
        assert!(
            sheet
                .rows
                .iter()
                .any(|r| r.scale == Some(Some((-2.0, 2.0))))
        );
    }

    #[test]
    fn byte_order_mark_semicolons_and_other_names_are_read() {
        let sheet =
            read("\u{feff}Tag;Definition;Number of highlights\r\nÉnergie;\"a;b\";3\r\n".as_bytes())
                .unwrap();
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.rows[0].names, ["Énergie"]);
        assert_eq!(sheet.rows[0].description.as_deref(), Some("a;b"));
        assert_eq!(sheet.rows[0].examples, None);
        assert_eq!(sheet.rows[0].scale, None);
        assert_eq!(
            sheet.renamed,
            [
                ("Tag".to_owned(), "code_path"),
                ("Definition".to_owned(), "description")
            ]
        );
        assert_eq!(sheet.ignored, ["Number of highlights"]);
    }

    #[test]
    fn a_path_that_stands_twice_is_named_with_its_first_line() {
        let error = read_text("code_path\nA > B\na>b\nA\n").unwrap_err();
        assert_eq!(line_of(error), ["codebook-error-csv-twice"]);
    }

    #[test]
    fn every_wrong_line_is_named() {
        let error = read_text(
            "code_path,color,is_codable,scale_min,scale_max\n\
             A,crimson,,,\nB,,maybe,,\nC,,,1,\nD,,,2,1\n,,true,,\n",
        )
        .unwrap_err();
        assert_eq!(
            line_of(error),
            [
                "codebook-error-csv-color",
                "codebook-error-csv-codable",
                "codebook-error-csv-scale-half",
                "codebook-error-csv-scale",
                "codebook-error-csv-name"
            ]
        );
    }

    #[test]
    fn a_file_without_codes_says_so() {
        assert_eq!(
            line_of(read(b"").unwrap_err()),
            ["codebook-error-csv-empty"]
        );
        assert_eq!(
            line_of(read_text("code_path,color\n").unwrap_err()),
            ["codebook-error-csv-empty"]
        );
        assert_eq!(
            line_of(read_text("a,b\n1,2\n").unwrap_err()),
            ["codebook-error-csv-columns"]
        );
    }

    proptest! {
        #[test]
        fn examples_come_back_as_they_went(
            examples in prop::collection::vec("[a-zא-ת\\\\n\n\",;é]{0,12}", 0..4)
        ) {
            let examples: Vec<String> = examples
                .iter()
                .map(|e| super::super::clean_text(e))
                .filter(|e| !e.is_empty())
                .collect();
            prop_assert_eq!(split_examples(&join_examples(&examples)), examples);
        }

        #[test]
        fn codes_come_back_as_they_went(
            name in "[a-zא-תا-ی>\\\\,;\"'=+@é😀]{1,8}",
            text in "[a-zא-ת\n\",;é= ]{0,20}",
            color in 1_u8..=12,
            codable in any::<bool>(),
            ends in prop::option::of((-100_i32..0, 1_i32..100)),
        ) {
            let mut code = code_row(1, None, 0, &name);
            code.color = color;
            code.description = super::super::clean_text(&text);
            code.is_codable = codable;
            code.scale = ends.map(|(a, b)| Scale::between(f64::from(a) / 4.0, f64::from(b) / 4.0));
            let file = write(&arrange(vec![code.clone()])).unwrap();
            let sheet = read(file.as_bytes()).unwrap();
            prop_assert_eq!(sheet.rows.len(), 1);
            let row = &sheet.rows[0];
            prop_assert_eq!(&row.names, &vec![name]);
            prop_assert_eq!(row.color, Some(color));
            prop_assert_eq!(row.description.as_ref(), Some(&code.description));
            prop_assert_eq!(row.is_codable, Some(codable));
            prop_assert_eq!(row.scale, Some(code.scale.map(|s| (s.min, s.max))));
        }
    }
}
