//! Documents: the sources that a team reads and codes.
//!
//! A document's text is extracted once and never changed; its original is kept beside it, byte for byte; what is said
//! about it (title, type, date, language, cases, attributes …) can be corrected at any time. Removing a document sets
//! it aside with everything that was coded in it, so that undo can bring it back.
//!
//! Here are the types and the rules. How bytes become text is in [`extract`], how a file becomes documents in
//! [`import`], the SQL in [`store`].

pub mod api;
pub mod bulk;
pub mod extract;
pub mod import;
pub mod metadata;
pub mod originals;
pub mod pages;
pub mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::error::{Error, FieldError, Result};
use crate::i18n::{Locale, Msg};
use crate::projects::Settings;
use crate::text;

/// The document types every project has, in the order in which they are offered.
pub const TYPES: [&str; 8] = [
    "official_document",
    "statement",
    "research_report",
    "journal_article",
    "news",
    "interview",
    "field_notes",
    "other",
];

/// The type of a document of which nothing is known.
pub const OTHER: &str = "other";

/// Longest title, in code points.
pub const LONGEST_TITLE: usize = 500;

/// Longest value of any other field, in code points.
pub const LONGEST_FIELD: usize = 4_000;

/// Longest name of a case or an attribute, in code points.
pub const LONGEST_NAME: usize = 200;

/// Whether a project has a document type of that slug.
pub fn has_type(settings: &Settings, slug: &str) -> bool {
    TYPES.contains(&slug) || settings.document_types.iter().any(|t| t.slug == slug)
}

/// A type's name in the reader's language; a project's own types are shown as the project named them.
pub fn type_name(locale: &Locale, settings: &Settings, slug: &str) -> String {
    if TYPES.contains(&slug) {
        return locale.text(&format!("document-type-{slug}"));
    }
    settings
        .document_types
        .iter()
        .find(|t| t.slug == slug)
        .map_or_else(|| slug.to_owned(), |t| t.name.clone())
}

/// Slugs and names of all types of a project, built-in ones first.
pub fn types(locale: &Locale, settings: &Settings) -> Vec<(String, String)> {
    TYPES
        .iter()
        .map(|slug| ((*slug).to_owned(), type_name(locale, settings, slug)))
        .chain(
            settings
                .document_types
                .iter()
                .filter(|t| !TYPES.contains(&t.slug.as_str()))
                .map(|t| (t.slug.clone(), t.name.clone())),
        )
        .collect()
}

/// The type that a table or another program means by a word: its slug, or its name in English or as the project
/// named it, in any spelling of case, spaces and hyphens.
pub fn type_of_word(settings: &Settings, word: &str) -> Option<String> {
    let plain = |s: &str| s.trim().to_lowercase().replace([' ', '-', '_'], "");
    let wanted = plain(word);
    let english = Locale::default();
    types(&english, settings)
        .into_iter()
        .find(|(slug, name)| plain(slug) == wanted || plain(name) == wanted)
        .map(|(slug, _)| slug)
}

/// Languages that have a name in the interface; others are shown by their tag.
pub const LANGUAGES: [&str; 22] = [
    "ar", "az", "de", "el", "en", "es", "fa", "fr", "he", "hy", "it", "ka", "ku", "pl", "ps", "pt",
    "ru", "tg", "tr", "uk", "ur", "zh",
];

/// A language's name for the reader; a tag with more than a language keeps the rest beside it.
pub fn language_name(locale: &Locale, tag: &str) -> String {
    let (primary, rest) = tag
        .split_once('-')
        .map_or((tag, None), |(p, r)| (p, Some(r)));
    let name = if LANGUAGES.contains(&primary) {
        locale.text(&format!("language-{primary}"))
    } else {
        primary.to_owned()
    };
    match rest {
        Some(rest) => format!("{name} ({rest})"),
        None => name,
    }
}

/// A date known to the day, the month or the year, as the source gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate(String);

impl PartialDate {
    /// Reads `2015`, `2015-09` or `2015-09-30`; a day that the calendar does not have is none.
    pub fn parse(text: &str) -> Option<PartialDate> {
        let digits = |part: &str, n: usize| -> Option<u32> {
            (part.len() == n && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())?
        };
        let parts: Vec<&str> = text.split('-').collect();
        let valid = match parts.as_slice() {
            [y] => digits(y, 4).is_some_and(|y| y > 0),
            [y, m] => {
                digits(y, 4).is_some_and(|y| y > 0)
                    && digits(m, 2).is_some_and(|m| (1..=12).contains(&m))
            }
            [y, m, d] => {
                let date = (|| {
                    chrono::NaiveDate::from_ymd_opt(
                        i32::try_from(digits(y, 4)?).ok()?,
                        digits(m, 2)?,
                        digits(d, 2)?,
                    )
                })();
                date.is_some() && *y != "0000"
            }
            _ => false,
        };
        valid.then(|| PartialDate(text.to_owned()))
    }

    /// As it is stored and exchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first day it can stand for, as `YYYY-MM-DD`.
    pub fn first_day(&self) -> String {
        match self.0.len() {
            4 => format!("{}-01-01", self.0),
            7 => format!("{}-01", self.0),
            _ => self.0.clone(),
        }
    }

    /// The last day it can stand for, as `YYYY-MM-DD`.
    pub fn last_day(&self) -> String {
        match self.0.len() {
            4 => format!("{}-12-31", self.0),
            7 => {
                let day = (28..=31)
                    .rev()
                    .find(|d| PartialDate::parse(&format!("{}-{d}", self.0)).is_some())
                    .unwrap_or(28);
                format!("{}-{day}", self.0)
            }
            _ => self.0.clone(),
        }
    }
}

/// How far a coder is with a document that was given to her. `done` is her word that she has read and coded it, which
/// is something else than having coded nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// Not begun.
    Todo,
    /// Begun.
    InProgress,
    /// Finished.
    Done,
}

impl AssignmentState {
    /// As it is stored, sent and used in message keys (`assignment-in_progress`).
    pub fn as_str(self) -> &'static str {
        match self {
            AssignmentState::Todo => "todo",
            AssignmentState::InProgress => "in_progress",
            AssignmentState::Done => "done",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<AssignmentState> {
        [
            AssignmentState::Todo,
            AssignmentState::InProgress,
            AssignmentState::Done,
        ]
        .into_iter()
        .find(|s| s.as_str() == text)
    }
}

/// What kind of values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// A date of any precision.
    Date,
    /// Yes or no.
    Boolean,
}

impl AttributeKind {
    /// As it is stored, sent and used in message keys (`attribute-kind-number`).
    pub fn as_str(self) -> &'static str {
        match self {
            AttributeKind::Text => "text",
            AttributeKind::Number => "number",
            AttributeKind::Date => "date",
            AttributeKind::Boolean => "boolean",
        }
    }

    /// The kind of that name; text for any other word.
    pub fn parse(text: &str) -> AttributeKind {
        match text {
            "number" => AttributeKind::Number,
            "date" => AttributeKind::Date,
            "boolean" => AttributeKind::Boolean,
            _ => AttributeKind::Text,
        }
    }

    /// The kind that a value sent by a program has by itself.
    pub fn of(value: &Json) -> AttributeKind {
        match value {
            Json::Number(_) => AttributeKind::Number,
            Json::Bool(_) => AttributeKind::Boolean,
            _ => AttributeKind::Text,
        }
    }

    /// The value as it is stored, if it is one of this kind.
    pub fn accept(self, value: &str) -> Option<String> {
        let value = value.trim();
        match self {
            AttributeKind::Text => Some(value.to_owned()),
            AttributeKind::Number => value
                .parse::<f64>()
                .ok()
                .filter(|n| n.is_finite())
                .map(|_| value.to_owned()),
            AttributeKind::Date => PartialDate::parse(value).map(|d| d.0),
            AttributeKind::Boolean => match value.to_lowercase().as_str() {
                "true" | "yes" | "1" => Some("true".to_owned()),
                "false" | "no" | "0" => Some("false".to_owned()),
                _ => None,
            },
        }
    }

    /// A stored value as JSON of its kind; one that does not fit is given as words.
    pub fn json(self, value: &str) -> Json {
        match self {
            AttributeKind::Number => serde_json::from_str::<serde_json::Number>(value).map_or_else(
                |_| {
                    value
                        .parse::<f64>()
                        .map_or_else(|_| Json::from(value), Json::from)
                },
                Json::Number,
            ),
            AttributeKind::Boolean => match value {
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                _ => Json::from(value),
            },
            AttributeKind::Text | AttributeKind::Date => Json::from(value),
        }
    }
}

/// A scalar that a program sent as the words it is stored as; lists and objects are no attribute values.
pub fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(s) => Some(s.clone()),
        Json::Number(n) => Some(n.to_string()),
        Json::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// What is said about a document, and can be corrected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// Title, one line.
    pub title: String,
    /// Slug of its type.
    pub doc_type: String,
    /// When it was published or said.
    pub date: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Author or authors.
    pub author: Option<String>,
    /// Publisher.
    pub publisher: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// How to cite it.
    pub citation: Option<String>,
    /// Names of its cases, sorted.
    pub cases: Vec<String>,
    /// Its attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Of which kind; for an attribute that is new to the project, of which kind it shall be.
    pub kind: AttributeKind,
    /// The value as stored.
    pub value: String,
}

impl Attribute {
    /// Words.
    pub fn text(value: impl Into<String>) -> Attribute {
        Attribute {
            kind: AttributeKind::Text,
            value: value.into(),
        }
    }

    /// A scalar that a program sent; none for lists and objects.
    pub fn of_json(value: &Json) -> Option<Attribute> {
        Some(Attribute {
            kind: AttributeKind::of(value),
            value: scalar(value)?,
        })
    }

    /// The value as JSON of its kind.
    pub fn json(&self) -> Json {
        self.kind.json(&self.value)
    }
}

impl Description {
    /// Trims every field and says what is wrong with it, field by field.
    pub fn check(mut self, settings: &Settings) -> Result<Description> {
        let mut wrong = Vec::new();
        self.title = one_line(&self.title);
        if self.title.is_empty() {
            wrong.push(FieldError::new("title", "error-title-empty"));
        } else if self.title.chars().count() > LONGEST_TITLE {
            wrong.push(FieldError::new(
                "title",
                Msg::new("error-field-long").arg("most", LONGEST_TITLE),
            ));
        }
        if self.doc_type.is_empty() {
            OTHER.clone_into(&mut self.doc_type);
        }
        if !has_type(settings, &self.doc_type) {
            wrong.push(FieldError::new(
                "type",
                Msg::new("error-document-type").arg("type", &self.doc_type),
            ));
        }
        for (name, field) in [
            ("author", &mut self.author),
            ("publisher", &mut self.publisher),
            ("url", &mut self.url),
            ("citation", &mut self.citation),
            ("date", &mut self.date),
            ("language", &mut self.language),
        ] {
            *field = field.take().map(|v| one_line(&v)).filter(|v| !v.is_empty());
            if field
                .as_ref()
                .is_some_and(|v| v.chars().count() > LONGEST_FIELD)
            {
                wrong.push(FieldError::new(
                    name,
                    Msg::new("error-field-long").arg("most", LONGEST_FIELD),
                ));
            }
        }
        if let Some(date) = &self.date
            && PartialDate::parse(date).is_none()
        {
            wrong.push(FieldError::new("date", "error-date"));
        }
        if let Some(language) = &mut self.language {
            match language_tag(language) {
                Some(tag) => *language = tag,
                None => wrong.push(FieldError::new("language", "error-language")),
            }
        }
        let mut cases = Vec::new();
        for case in &self.cases {
            match check_name(case) {
                Ok(name) => cases.push(name),
                Err(message) => wrong.push(FieldError::new("cases", message)),
            }
        }
        cases.sort();
        cases.dedup();
        self.cases = cases;
        let mut attributes = BTreeMap::new();
        for (name, value) in std::mem::take(&mut self.attributes) {
            let kind = value.kind;
            let value = clean(value.value.trim());
            match check_name(&name) {
                Ok(name) if value.chars().count() > LONGEST_FIELD => {
                    wrong.push(FieldError::new(
                        format!("attributes.{name}"),
                        Msg::new("error-field-long").arg("most", LONGEST_FIELD),
                    ));
                }
                Ok(name) if !value.is_empty() => {
                    attributes.insert(name, Attribute { kind, value });
                }
                Ok(_) => {}
                Err(message) => wrong.push(FieldError::new("attributes", message)),
            }
        }
        self.attributes = attributes;
        if wrong.is_empty() {
            Ok(self)
        } else {
            Err(Error::Invalid(wrong))
        }
    }
}

/// The name of a case or attribute as it is kept, or what is wrong with it.
pub fn check_name(name: &str) -> Result<String, Msg> {
    let name = one_line(name);
    if name.is_empty() {
        return Err(Msg::new("error-name-empty"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Msg::new("error-name-long"));
    }
    Ok(name)
}

/// One line, without the characters that PostgreSQL cannot keep.
pub fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn clean(text: &str) -> String {
    text.replace('\0', "")
}

/// A language tag in its usual spelling (`pt-br` is `pt-BR`), if it looks like one.
pub fn language_tag(text: &str) -> Option<String> {
    let mut parts = text.trim().split(['-', '_']);
    let primary = parts.next()?.to_lowercase();
    if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let mut tag = primary;
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_uppercase()),
            4 if part.bytes().all(|b| b.is_ascii_alphabetic()) => {
                tag.push_str(&part[..1].to_uppercase());
                tag.push_str(&part[1..].to_lowercase());
            }
            _ => tag.push_str(&part.to_lowercase()),
        }
    }
    (tag.len() <= 35).then_some(tag)
}

/// A text ready to be stored: cleaned, divided and counted. Made outside of any transaction.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The text.
    pub text: String,
    /// Its blocks.
    pub blocks: Vec<text::Block>,
    /// Length in code points.
    pub length: u32,
    /// Words, for rates.
    pub words: u32,
    /// Direction of most of it.
    pub direction: text::Direction,
    /// SHA-256 of its UTF-8 bytes.
    pub sha256: String,
}

impl Prepared {
    /// Prepares plain words that came without structure.
    pub fn plain(words: &str) -> Prepared {
        let clean = text::normalize_line_ends(words).into_owned();
        let blocks = text::blocks_of_plain(&clean);
        Prepared::with_blocks(clean, blocks)
    }

    /// Prepares an extracted text with its blocks.
    pub fn with_blocks(words: String, blocks: Vec<text::Block>) -> Prepared {
        Prepared {
            length: u32::try_from(words.chars().count()).unwrap_or(u32::MAX),
            words: text::word_count(&words),
            direction: text::direction(&words),
            sha256: crate::secrets::hash(&words),
            blocks,
            text: words,
        }
    }
}

/// The upload a document came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// `txt`, `pdf` … or `text` for what was typed or sent as text.
    pub format: String,
    /// The encoding that was detected, where there was a choice.
    pub encoding: Option<String>,
    /// Pages, where the source has pages.
    pub pages: Option<u32>,
    /// Slugs of what deserves a second look.
    pub warnings: Vec<String>,
    /// The original, if there is one.
    pub original: Option<Original>,
}

/// The uploaded bytes, as the file store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// Where the file store has it.
    pub key: String,
}

/// Who is to be given which document so that each has `each` coders and nobody has many more documents than another.
///
/// Documents are gone through in the order given; each goes to the coder with the fewest documents so far, the lower id
/// where two have as many. `present` are the assignments there are, which stay and count.
pub fn spread(
    documents: &[i64],
    coders: &[i64],
    each: usize,
    present: &[(i64, i64)],
) -> Vec<(i64, i64)> {
    let mut load: BTreeMap<i64, usize> = coders.iter().map(|c| (*c, 0)).collect();
    for (_, user) in present {
        if let Some(n) = load.get_mut(user) {
            *n += 1;
        }
    }
    let mut given = Vec::new();
    for document in documents {
        let mut holders: Vec<i64> = present
            .iter()
            .filter(|(d, user)| d == document && load.contains_key(user))
            .map(|(_, user)| *user)
            .collect();
        while holders.len() < each.min(load.len()) {
            let next = load
                .iter()
                .filter(|(user, _)| !holders.contains(user))
                .min_by_key(|(user, n)| (**n, **user))
                .map(|(user, _)| *user);
            let Some(user) = next else { break };
            if let Some(n) = load.get_mut(&user) {
                *n += 1;
            }
            holders.push(user);
            given.push((*document, user));
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projects::OwnType;

    #[test]
    fn dates_have_three_precisions_and_the_calendars_days() {
        for good in ["2015", "2015-09", "2015-09-30", "2024-02-29"] {
            assert_eq!(PartialDate::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "15",
            "2015-9",
            "2015-13",
            "2015-00",
            "2015-02-29",
            "2015-09-31",
            "0000",
            "2015-09-30T00:00",
            "+201",
            "2015-09-",
            "30.9.2015",
            "۲۰۱۵",
        ] {
            assert!(PartialDate::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_partial_date_spans_its_days() {
        let span = |d: &str| {
            let d = PartialDate::parse(d).unwrap();
            (d.first_day(), d.last_day())
        };
        assert_eq!(span("2015"), ("2015-01-01".into(), "2015-12-31".into()));
        assert_eq!(span("2015-02"), ("2015-02-01".into(), "2015-02-28".into()));
        assert_eq!(span("2024-02"), ("2024-02-01".into(), "2024-02-29".into()));
        assert_eq!(
            span("2015-09-30"),
            ("2015-09-30".into(), "2015-09-30".into())
        );
    }

    #[test]
    fn types_are_found_by_slug_and_by_name() {
        let settings = Settings {
            document_types: vec![OwnType {
                slug: "tweet".into(),
                name: "Short message".into(),
            }],
            ..Settings::default()
        };
        assert_eq!(
            type_of_word(&settings, "Field notes").as_deref(),
            Some("field_notes")
        );
        assert_eq!(
            type_of_word(&settings, "short MESSAGE").as_deref(),
            Some("tweet")
        );
        assert_eq!(type_of_word(&settings, "poem"), None);
        assert!(has_type(&settings, "tweet") && !has_type(&Settings::default(), "tweet"));
    }

    #[test]
    fn language_tags_get_their_usual_spelling() {
        assert_eq!(language_tag("FA").as_deref(), Some("fa"));
        assert_eq!(language_tag("pt_br").as_deref(), Some("pt-BR"));
        assert_eq!(language_tag("az-latn").as_deref(), Some("az-Latn"));
        assert_eq!(language_tag("English"), None);
        assert_eq!(language_tag("e"), None);
    }

    #[test]
    fn a_description_is_checked_field_by_field() {
        let bad = Description {
            title: " \n ".into(),
            doc_type: "poem".into(),
            date: Some("2015-02-30".into()),
            language: Some("Persian".into()),
            ..Description::default()
        };
        let Err(Error::Invalid(fields)) = bad.check(&Settings::default()) else {
            panic!("accepted");
        };
        let names: Vec<&str> = fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(names, ["title", "type", "date", "language"]);

        let good = Description {
            title: "  A\n title ".into(),
            cases: vec!["Israel".into(), " Iran ".into(), "Iran".into()],
            attributes: [
                ("a".to_owned(), Attribute::text(" x ")),
                ("b".to_owned(), Attribute::text(" ")),
            ]
            .into(),
            author: Some(" ".into()),
            ..Description::default()
        }
        .check(&Settings::default())
        .unwrap();
        assert_eq!(good.title, "A title");
        assert_eq!(good.doc_type, "other");
        assert_eq!(good.cases, ["Iran", "Israel"]);
        assert_eq!(
            good.attributes,
            [("a".to_owned(), Attribute::text("x"))].into()
        );
        assert_eq!(good.author, None);
    }

    #[test]
    fn attribute_values_fit_their_kind() {
        use AttributeKind as K;
        assert_eq!(K::Number.accept(" 3.5 ").as_deref(), Some("3.5"));
        assert_eq!(K::Number.accept("three"), None);
        assert_eq!(K::Number.accept("NaN"), None);
        assert_eq!(K::Date.accept("2015-9"), None);
        assert_eq!(K::Boolean.accept("Yes").as_deref(), Some("true"));
        assert_eq!(K::Number.json("3"), serde_json::json!(3));
        assert_eq!(K::Boolean.json("false"), serde_json::json!(false));
        assert_eq!(K::Text.json("3"), serde_json::json!("3"));
    }

    #[test]
    fn work_is_spread_to_those_with_least() {
        // 1 has two documents already, 2 none: 2 catches up first.
        assert_eq!(
            spread(&[10, 11, 12], &[1, 2], 1, &[(8, 1), (9, 1)]),
            [(10, 2), (11, 2), (12, 1)]
        );
        // Two each: whoever has a document keeps it and one more is found.
        assert_eq!(
            spread(&[10, 11], &[1, 2, 3], 2, &[(10, 2)]),
            [(10, 1), (11, 3), (11, 1)]
        );
        // Never more than there are, and a member who no longer codes does not count.
        assert_eq!(spread(&[10], &[1], 3, &[(10, 9)]), [(10, 1)]);
        assert!(spread(&[10], &[], 1, &[]).is_empty());
    }
}
