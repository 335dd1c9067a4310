//! Downloads: the coded data in the formats that spreadsheets, programs and statistics read.
//!
//! Here is what a row of coded data is and in which order rows stand; [`csv`], [`jsonl`], [`xlsx`] and [`matrix`] are
//! pure writers of such rows, [`store`] reads them a page at a time, and [`stream`] joins the two, so that an export of any
//! size takes the same memory and keeps nobody waiting. Two exports of the same data are the same bytes, on either
//! database: nothing in them comes from the moment of the export, and everything that is sorted by words is sorted
//! here, by code points, because databases sort words each in their own way.

pub mod api;
pub mod csv;
pub mod jsonl;
pub mod matrix;
pub mod pages;
pub mod store;
pub mod stream;
pub mod xlsx;

use std::sync::Arc;

/// What can be downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One row per coding, for spreadsheets and statistics.
    Csv,
    /// The same table with sheets about it.
    Xlsx,
    /// The same rows as typed objects, one a line.
    Jsonl,
    /// Units by codes.
    Matrix,
    /// The codebook, as its own import reads it.
    Codebook,
}

impl Format {
    /// All of them, in the order of the downloads page.
    pub const ALL: [Format; 5] = [
        Format::Csv,
        Format::Xlsx,
        Format::Jsonl,
        Format::Matrix,
        Format::Codebook,
    ];

    /// As addresses and the command line name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Jsonl => "jsonl",
            Format::Matrix => "matrix-csv",
            Format::Codebook => "codebook-csv",
        }
    }

    /// The format of that name.
    pub fn parse(text: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|f| f.as_str() == text)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv | Format::Matrix | Format::Codebook => {
                "text/csv; charset=utf-8; header=present"
            }
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Jsonl => "application/jsonl; charset=utf-8",
        }
    }

    /// The name of the file: what it holds and how it ends.
    pub fn file_name(self) -> &'static str {
        match self {
            Format::Csv => "codings.csv",
            Format::Xlsx => "codings.xlsx",
            Format::Jsonl => "codings.jsonl",
            Format::Matrix => "matrix.csv",
            Format::Codebook => "codebook.csv",
        }
    }
}

/// What the rows of a matrix are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Sentences, found inside the stored blocks.
    #[default]
    Sentence,
    /// The stored blocks, page breaks left out.
    Paragraph,
    /// Each document whole.
    Document,
}

impl Unit {
    /// As addresses and the command line name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Sentence => "sentence",
            Unit::Paragraph => "paragraph",
            Unit::Document => "document",
        }
    }

    /// The unit of that name.
    pub fn parse(text: &str) -> Option<Unit> {
        [Unit::Sentence, Unit::Paragraph, Unit::Document]
            .into_iter()
            .find(|u| u.as_str() == text)
    }
}

/// The type that a project gives an attribute; decides how `jsonl` and `xlsx` write its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// A date of any precision; written as words.
    Date,
    /// True or false.
    Boolean,
}

/// An attribute of the project's documents: a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
}

impl Attribute {
    /// Its column's name.
    pub fn column(&self) -> String {
        format!("attr_{}", self.name)
    }
}

/// What all rows of an export share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Name of the project.
    pub project: String,
    /// Attributes of documents, by name in code point order.
    pub attributes: Vec<Attribute>,
}

/// A document as rows speak of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Id.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Type.
    pub doc_type: String,
    /// Day, month or year.
    pub date: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Publisher.
    pub publisher: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// Citation.
    pub citation: Option<String>,
    /// Length of its text in code points.
    pub length: i64,
    /// Words in its text.
    pub words: i64,
    /// SHA-256 of its text.
    pub text_sha256: String,
    /// Names of its cases, in code point order.
    pub cases: Vec<String>,
    /// Its value of each attribute of the [`Header`].
    pub attributes: Vec<Option<String>>,
}

impl Document {
    /// The cases in one cell.
    pub fn cases_joined(&self) -> String {
        self.cases.join("; ")
    }
}

/// A code as rows speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Id.
    pub id: i64,
    /// Names from the root, joined by [`tree::join`](crate::codebook::tree::join).
    pub path: String,
    /// Its own name.
    pub name: String,
}

/// A row of coded data.
#[derive(Debug, Clone, PartialEq)]
pub struct Coding {
    /// Id.
    pub id: i64,
    /// Where it stands.
    pub document: Arc<Document>,
    /// What it says.
    pub code: Arc<Code>,
    /// Whose it is.
    pub coder_id: i64,
    /// Her name.
    pub coder: Arc<str>,
    /// `coder` or `consensus`.
    pub layer: String,
    /// Name of the round it was made in.
    pub round: Option<Arc<str>>,
    /// First code point.
    pub start: i64,
    /// The code point after the last.
    pub end: i64,
    /// The passage's words.
    pub quote: String,
    /// 32 code points before it.
    pub before: String,
    /// 32 code points after it.
    pub after: String,
    /// Memo.
    pub memo: Option<String>,
    /// Weight on the code's scale.
    pub weight: Option<f64>,
    /// Version of the codebook it was made with; 0 before the first was published.
    pub codebook_version: i64,
    /// Made, in milliseconds since the epoch.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

/// The columns before the attributes.
pub const COLUMNS: [&str; 26] = [
    "coding_id",
    "project",
    "document_id",
    "document_title",
    "document_type",
    "document_date",
    "language",
    "cases",
    "code_id",
    "code_path",
    "code_name",
    "coder_id",
    "coder",
    "layer",
    "round",
    "start",
    "end",
    "length",
    "quote",
    "before",
    "after",
    "memo",
    "weight",
    "codebook_version",
    "created_at",
    "updated_at",
];

/// Puts rows in the order every export has: document, start, end, code path, coder, id.
pub fn sort(rows: &mut [Coding]) {
    rows.sort_by(|a, b| {
        (
            a.document.id,
            a.start,
            a.end,
            &a.code.path,
            &a.coder,
            a.coder_id,
            a.id,
        )
            .cmp(&(
                b.document.id,
                b.start,
                b.end,
                &b.code.path,
                &b.coder,
                b.coder_id,
                b.id,
            ))
    });
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Rows that hold what breaks formats: quotes, commas, line breaks, formulas, emoji, right-to-left, a code with `>`.
    pub(crate) fn sample() -> (Header, Vec<Coding>) {
        let header = Header {
            project: "Russia, \"Iran\" and Israel".to_owned(),
            attributes: vec![
                Attribute {
                    name: "official".to_owned(),
                    kind: Kind::Boolean,
                },
                Attribute {
                    name: "pages, printed".to_owned(),
                    kind: Kind::Number,
                },
                Attribute {
                    name: "speaker".to_owned(),
                    kind: Kind::Text,
                },
            ],
        };
        let persian = Arc::new(Document {
            id: 3,
            title: "بیانیهٔ مشترک".to_owned(),
            doc_type: "statement".to_owned(),
            date: Some("2015-09".to_owned()),
            language: Some("fa".to_owned()),
            cases: vec!["Iran".to_owned(), "Israel".to_owned()],
            attributes: vec![
                Some("true".to_owned()),
                Some("12.5".to_owned()),
                Some("=HYPERLINK(\"x\")".to_owned()),
            ],
            length: 120,
            words: 20,
            text_sha256: "ab".repeat(32),
            ..Document::default()
        });
        let plain = Arc::new(Document {
            id: 12,
            title: "-1+1 \"quoted\"".to_owned(),
            doc_type: "news".to_owned(),
            attributes: vec![None, Some("about ten".to_owned()), None],
            length: 40,
            words: 7,
            text_sha256: "cd".repeat(32),
            ..Document::default()
        });
        let coding = |id, document: &Arc<Document>, path: &str, start, end, quote: &str| Coding {
            id,
            document: document.clone(),
            code: Arc::new(Code {
                id: 40 + id,
                path: path.to_owned(),
                name: "x".to_owned(),
            }),
            coder_id: 2,
            coder: "Ö. Çelik".into(),
            layer: "coder".to_owned(),
            round: None,
            start,
            end,
            quote: quote.to_owned(),
            before: "a\nb".to_owned(),
            after: String::new(),
            memo: None,
            weight: None,
            codebook_version: 0,
            created_at: 1_443_571_200_123,
            updated_at: 1_443_571_200_124,
        };
        let rows = vec![
            Coding {
                memo: Some("=1+1\r\nsecond line".to_owned()),
                weight: Some(-0.5),
                round: Some("Round 1".into()),
                codebook_version: 2,
                ..coding(7, &persian, "Security > A\\>B", 10, 16, "«تحریم‌ها» 🇮🇷")
            },
            coding(9, &plain, "Energy", 0, 5, "=cmd|' /C calc'!A0"),
            Coding {
                layer: "consensus".to_owned(),
                weight: Some(2.0),
                memo: Some(String::new()),
                ..coding(8, &plain, "Energy", 3, 9, "a,\"b\"")
            },
        ];
        (header, rows)
    }

    #[test]
    fn rows_stand_by_document_place_path_coder_and_id() {
        let (_, rows) = sample();
        let at = |id, start, end, path: &str, coder: &str| Coding {
            id,
            start,
            end,
            code: Arc::new(Code {
                id: 1,
                path: path.to_owned(),
                name: String::new(),
            }),
            coder: coder.into(),
            ..rows[0].clone()
        };
        let mut shuffled = vec![
            at(5, 1, 3, "B", "a"),
            at(4, 1, 3, "a", "z"),
            at(3, 1, 3, "B", "Z"),
            at(1, 1, 3, "B", "Z"),
            at(2, 1, 2, "z", "z"),
            at(9, 0, 9, "z", "z"),
        ];
        sort(&mut shuffled);
        // Upper case stands before lower case: code points, not a dictionary.
        assert_eq!(
            shuffled.iter().map(|r| r.id).collect::<Vec<_>>(),
            [9, 2, 1, 3, 5, 4]
        );
    }
}
