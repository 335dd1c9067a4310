//! Tables: a document per row.
//!
//! One or more columns are the text, a few are recognised by their names as title, date and so on, and the rest become
//! attributes. [`Table`] is what people are shown to choose from, [`Columns`] is their choice, and [`Table::guess_columns`] is the choice
//! made for them where nobody is asked.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde::{Deserialize, Serialize};

use super::archive::Archive;
use super::metadata::one_line;
use super::{
    Extracted, Format, Item, LimitName, Limits, Metadata, Problem, ProblemKind, Warning, encoding,
    plain,
};
use crate::text;

/// Names by which columns are recognised, in the languages of the interface.
const TEXT: &[&str] = &[
    "text",
    "content",
    "body",
    "full_text",
    "fulltext",
    "article",
    "speech",
    "transcript",
    "statement",
    "текст",
    "содержание",
    "متن",
    "محتوا",
    "النص",
    "نص",
    "טקסט",
    "תוכן",
];
const TITLE: &[&str] = &[
    "title",
    "headline",
    "name",
    "subject",
    "заголовок",
    "название",
    "عنوان",
    "العنوان",
    "כותרת",
];
const DATE: &[&str] = &[
    "date",
    "published",
    "published_at",
    "publication_date",
    "pub_date",
    "year",
    "дата",
    "год",
    "تاریخ",
    "سال",
    "التاريخ",
    "תאריך",
];
const KIND: &[&str] = &[
    "type",
    "document_type",
    "doc_type",
    "kind",
    "genre",
    "тип",
    "نوع",
    "النوع",
    "סוג",
];
const LANGUAGE: &[&str] = &["language", "lang", "язык", "زبان", "اللغة", "שפה"];
const AUTHOR: &[&str] = &[
    "author",
    "authors",
    "speaker",
    "byline",
    "creator",
    "автор",
    "نویسنده",
    "گوینده",
    "المؤلف",
    "الكاتب",
    "מחבר",
];
const PUBLISHER: &[&str] = &[
    "publisher",
    "outlet",
    "newspaper",
    "journal",
    "издание",
    "издатель",
    "ناشر",
    "الناشر",
    "מוציא",
];
const URL: &[&str] = &[
    "url",
    "link",
    "source_url",
    "href",
    "ссылка",
    "پیوند",
    "الرابط",
    "קישור",
];

/// The cells of a table as text, every row as wide as the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it was read as.
    pub format: Format,
    /// The header. Columns without a name are called by their number; a name that comes twice gets a number.
    pub columns: Vec<String>,
    /// The rows under it; rows that are wholly blank are left out.
    pub rows: Vec<Vec<String>>,
    /// The encoding of a CSV file.
    pub encoding: Option<String>,
    /// What deserves a second look.
    pub warnings: Vec<Warning>,
}

/// Which columns play which part, by their place. The columns named here and not in `text` are no attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// The columns that are the text, joined by a blank line.
    pub text: Vec<usize>,
    /// The title.
    pub title: Option<usize>,
    /// The date, of any precision; a value that is no date stays an attribute.
    pub date: Option<usize>,
    /// The document type.
    pub kind: Option<usize>,
    /// The language.
    pub language: Option<usize>,
    /// The author.
    pub author: Option<usize>,
    /// The publisher.
    pub publisher: Option<usize>,
    /// The address it was published at.
    pub url: Option<usize>,
}

/// Reads a CSV, TSV or XLSX file (of a workbook the first sheet with content).
///
/// # Errors
/// A [`Problem`] if the file is not a table, holds no row, or is over a limit.
pub fn read(bytes: &[u8], format: Format, limits: &Limits) -> Result<Table, Problem> {
    limits.check_file(bytes)?;
    let mut table = match format {
        Format::Xlsx => workbook(bytes, limits)?,
        Format::Csv | Format::Tsv => separated(bytes, format, limits)?,
        _ => return Err(Problem::new(ProblemKind::Unsupported, "not a table")),
    };
    table
        .rows
        .retain(|row| row.iter().any(|cell| !text::is_blank_str(cell)));
    if table.rows.is_empty() {
        return Err(Problem::new(
            ProblemKind::Empty,
            "the table has no row under its header",
        ));
    }
    let width = table
        .rows
        .iter()
        .map(Vec::len)
        .max()
        .unwrap_or(0)
        .max(table.columns.len());
    table.columns = header(std::mem::take(&mut table.columns), width);
    for row in &mut table.rows {
        row.resize(width, String::new());
    }
    Ok(table)
}

/// Unique, non-empty names.
fn header(names: Vec<String>, width: usize) -> Vec<String> {
    let mut columns: Vec<String> = Vec::with_capacity(width);
    let named = names
        .into_iter()
        .map(|n| one_line(&n).unwrap_or_default())
        .chain(std::iter::repeat(String::new()));
    for (at, name) in named.take(width).enumerate() {
        let base = if name.is_empty() {
            format!("#{}", at + 1)
        } else {
            name
        };
        let mut unique = base.clone();
        let mut count = 2;
        while columns.contains(&unique) {
            unique = format!("{base} ({count})");
            count += 1;
        }
        columns.push(unique);
    }
    columns
}

fn separated(bytes: &[u8], format: Format, limits: &Limits) -> Result<Table, Problem> {
    let decoded = encoding::decode(bytes)?;
    let content = text::normalize_line_ends(&decoded.text);
    let delimiter = if format == Format::Tsv {
        b'\t'
    } else {
        delimiter(&content)
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(content.as_bytes());
    let mut columns = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| Problem::damaged(format!("not a readable table: {e}")))?;
        let row: Vec<String> = record.iter().map(str::to_owned).collect();
        if columns.is_none() {
            // Lines such as "sep=;" and blank lines before the header are no header.
            if row.iter().all(|cell| cell.trim().is_empty()) || row[0].starts_with("sep=") {
                continue;
            }
            columns = Some(row);
        } else {
            if rows.len() >= limits.rows {
                return Err(Problem::too_large(LimitName::Rows));
            }
            rows.push(row);
        }
    }
    Ok(Table {
        format,
        columns: columns.unwrap_or_default(),
        rows,
        encoding: Some(decoded.encoding.to_owned()),
        warnings: decoded.warnings,
    })
}

/// The character that divides the header into the most columns outside quotes.
fn delimiter(content: &str) -> u8 {
    let first = content.trim_start().lines().next().unwrap_or_default();
    if let Some(named) = first
        .strip_prefix("sep=")
        .and_then(|rest| rest.bytes().next())
    {
        return named;
    }
    let mut quoted = false;
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in content.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            byte => {
                for (candidate, count) in &mut counts {
                    *count += usize::from(*candidate == byte);
                }
            }
        }
    }
    // The first of equals wins, so a header of one column is read with commas.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(byte, _)| *byte)
}

fn workbook(bytes: &[u8], limits: &Limits) -> Result<Table, Problem> {
    // The spreadsheet reader unpacks by itself; this looks at the archive's declared and real sizes before it may.
    let mut archive = Archive::open(bytes, limits)?;
    for index in 0..archive.len() {
        archive.read(index)?;
    }
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e: calamine::XlsxError| {
            Problem::damaged(format!("not a readable workbook: {e}"))
        })?;
    for name in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&name) else {
            continue;
        };
        let mut rows = range
            .rows()
            .map(|row| row.iter().map(cell).collect::<Vec<String>>());
        let Some(columns) = rows.find(|row| row.iter().any(|cell| !cell.trim().is_empty())) else {
            continue;
        };
        let mut kept = Vec::new();
        for row in rows {
            if kept.len() >= limits.rows {
                return Err(Problem::too_large(LimitName::Rows));
            }
            kept.push(row);
        }
        return Ok(Table {
            format: Format::Xlsx,
            columns,
            rows: kept,
            encoding: None,
            warnings: Vec::new(),
        });
    }
    Err(Problem::new(
        ProblemKind::Empty,
        "no sheet of the workbook has content",
    ))
}

/// A cell as people see it: whole numbers without a fraction, dates in ISO form.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(value) => text::normalize_line_ends(value).to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTimeIso(value) | Data::DurationIso(value) => value.clone(),
        Data::DateTime(value) if value.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::DateTime(value) => value.as_f64().to_string(),
    }
}

impl Table {
    /// The columns that their names and contents suggest: by name where a name is known, else the one with the
    /// longest values as text.
    pub fn guess_columns(&self) -> Columns {
        let by_name = |names: &[&str]| {
            names.iter().find_map(|wanted| {
                self.columns.iter().position(|column| {
                    column.trim().to_lowercase().replace([' ', '-'], "_") == *wanted
                })
            })
        };
        let longest = || {
            let length = |at: usize| -> usize {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(at))
                    .map(|cell| cell.len())
                    .sum()
            };
            (0..self.columns.len()).max_by_key(|at| (length(*at), std::cmp::Reverse(*at)))
        };
        let text = by_name(TEXT).or_else(longest);
        let other = |names: &[&str]| by_name(names).filter(|at| Some(*at) != text);
        Columns {
            text: text.into_iter().collect(),
            title: other(TITLE),
            date: other(DATE),
            kind: other(KIND),
            language: other(LANGUAGE),
            author: other(AUTHOR),
            publisher: other(PUBLISHER),
            url: other(URL),
        }
    }

    /// A document per row. A row without text is an item with that problem.
    ///
    /// # Errors
    /// [`ProblemKind::NoTextColumn`] if no column was chosen as text or a chosen one is not in the table.
    pub fn items(
        &self,
        name: &str,
        columns: &Columns,
        limits: &Limits,
    ) -> Result<Vec<Item>, Problem> {
        if columns.text.is_empty() || columns.text.iter().any(|at| *at >= self.columns.len()) {
            return Err(Problem::new(
                ProblemKind::NoTextColumn,
                "no column of the table is chosen as text",
            ));
        }
        let items = self.rows.iter().enumerate().map(|(at, row)| Item {
            name: name.to_owned(),
            outcome: self.document(row, columns, limits),
            original: None,
            row: u32::try_from(at + 1).ok(),
        });
        Ok(items.collect())
    }

    fn document(
        &self,
        row: &[String],
        columns: &Columns,
        limits: &Limits,
    ) -> Result<Extracted, Problem> {
        let at = |column: Option<usize>| {
            let value = column.and_then(|c| row.get(c))?;
            (!text::is_blank_str(value)).then(|| value.clone())
        };
        let parts: Vec<&str> = columns
            .text
            .iter()
            .filter_map(|c| row.get(*c))
            .map(String::as_str)
            .filter(|part| !text::is_blank_str(part))
            .collect();
        if parts.is_empty() {
            return Err(Problem::new(ProblemKind::NoText, "the row has no text"));
        }
        let content = parts.join("\n\n");
        plain::check_length(&content, limits)?;
        let date = at(columns.date);
        let undated = date
            .as_deref()
            .is_some_and(|d| super::partial_date(d).is_none());
        let mut known: Vec<usize> = columns.text.clone();
        known.extend(
            [
                columns.title,
                columns.kind,
                columns.language,
                columns.author,
                columns.publisher,
                columns.url,
            ]
            .into_iter()
            .flatten(),
        );
        known.extend(columns.date.filter(|_| !undated));
        let attributes = self
            .columns
            .iter()
            .zip(row)
            .enumerate()
            .filter(|(c, (_, value))| !known.contains(c) && !text::is_blank_str(value))
            .map(|(_, (column, value))| (column.clone(), value.trim().to_owned()))
            .collect();
        let blocks = text::blocks_of_plain(&content);
        let mut metadata = Metadata {
            title: at(columns.title),
            author: at(columns.author),
            publisher: at(columns.publisher),
            date,
            language: at(columns.language),
            url: at(columns.url),
            kind: at(columns.kind),
        };
        let declared = metadata.language.clone();
        metadata.complete(&content, &blocks);
        // A table's language column was filled in by a person; a title in it is a title whatever it looks like.
        if let Some(tag) =
            declared.filter(|tag| tag.len() <= 3 && tag.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            metadata.language = Some(tag.to_ascii_lowercase());
        }
        metadata.title = at(columns.title)
            .and_then(|title| one_line(&title))
            .or(metadata.title);
        Ok(Extracted {
            text: content,
            blocks,
            format: self.format,
            encoding: self.encoding.clone(),
            pages: None,
            warnings: self.warnings.clone(),
            metadata,
            attributes,
        })
    }
}

#[cfg(test)]
mod tests;
