//! What a file says about itself: title, author, date and so on, each only as far as it is believable.

use serde::{Deserialize, Serialize};

use crate::text::{self, Block, BlockKind};

/// A title longer than this many code points is a paragraph.
const TITLE_LIMIT: usize = 300;

/// What the file states about its document. Everything is a suggestion that people can correct.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The title, from the file's properties or its first heading.
    pub title: Option<String>,
    /// The author or authors as written.
    pub author: Option<String>,
    /// The publisher or site.
    pub publisher: Option<String>,
    /// The date, as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The language (BCP 47 primary tag), detected in the text or, where that is not sure, declared by the file.
    pub language: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// The document type as a table gives it, not yet matched to the project's types.
    pub kind: Option<String>,
}

impl Metadata {
    /// Fills what the file leaves open from the text itself, and drops what is no title.
    pub(crate) fn complete(&mut self, content: &str, blocks: &[Block]) {
        self.title = self.title.take().and_then(|title| clean_title(&title));
        if self.title.is_none() {
            self.title = first_heading(content, blocks);
        }
        for field in [
            &mut self.author,
            &mut self.publisher,
            &mut self.url,
            &mut self.kind,
        ] {
            *field = field.take().and_then(|value| one_line(&value));
        }
        self.date = self.date.take().and_then(|date| partial_date(&date));
        let declared = self.language.take().and_then(|tag| primary_tag(&tag));
        self.language = text::detect_language(content)
            .map(|tag| tag.to_string())
            .or(declared);
    }
}

/// Trims and joins to one line; none if nothing is left.
pub(crate) fn one_line(value: &str) -> Option<String> {
    let joined = value.split_whitespace().collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// Word processors write file names and placeholders into the title property; those are not titles.
fn clean_title(title: &str) -> Option<String> {
    let title = one_line(title)?;
    let lower = title.to_lowercase();
    let junk = lower.starts_with("microsoft word -")
        || lower.starts_with("untitled")
        || lower.starts_with("powerpoint ")
        || [
            ".doc", ".docx", ".odt", ".rtf", ".pdf", ".indd", ".qxd", ".dvi", ".tex", ".txt",
            ".html",
        ]
        .iter()
        .any(|ending| lower.ends_with(ending))
        || !title.chars().any(char::is_alphanumeric);
    (!junk && title.chars().count() <= TITLE_LIMIT).then_some(title)
}

/// The first heading, if it stands near the start.
fn first_heading(content: &str, blocks: &[Block]) -> Option<String> {
    let block = blocks
        .iter()
        .take(12)
        .find(|block| block.kind == BlockKind::Heading)?;
    let words: String = content
        .chars()
        .skip(block.span.start as usize)
        .take((block.span.end - block.span.start) as usize)
        .collect();
    clean_title(&words)
}

/// `en-GB` and `en_GB` are `en`; anything that is no language tag is none.
fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    let plausible =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    (plausible && primary != "und" && primary != "zxx").then_some(primary)
}

/// Reads a date of any precision: `2015`, `2015-09`, `2015-09-30` (also with `/` or `.`, a time after it, as
/// PDF's `D:20150930…`, as `30.09.2015`, and in Persian or Arabic digits), and answers it as ISO 8601 of the same precision.
///
/// `3/4/2015` is two different days in two countries and therefore none; so are years before 1500, which are
/// more likely Jalali or Hijri than Gregorian.
pub fn partial_date(value: &str) -> Option<String> {
    let ascii: String = value.trim().chars().map(ascii_digit).collect();
    let ascii = ascii.strip_prefix("D:").unwrap_or(&ascii);
    let digits = ascii.bytes().take_while(u8::is_ascii_digit).count();
    if digits >= 8 && ascii.len() > 8 || digits == 8 {
        return date_of(&ascii[..4], Some(&ascii[4..6]), Some(&ascii[6..8]));
    }
    let day_part = ascii.split([' ', 'T']).next().unwrap_or(ascii);
    let parts: Vec<&str> = day_part.split(['-', '/', '.']).collect();
    if parts
        .iter()
        .any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    match parts.as_slice() {
        [year] if year.len() == 4 => date_of(year, None, None),
        [year, month] if year.len() == 4 => date_of(year, Some(month), None),
        [year, month, day] if year.len() == 4 => date_of(year, Some(month), Some(day)),
        [day, month, year] if year.len() == 4 => {
            let certain = day_part.contains('.') || day.parse::<u8>().ok()? > 12;
            if certain {
                date_of(year, Some(month), Some(day))
            } else {
                None
            }
        }
        _ => None,
    }
}

fn ascii_digit(c: char) -> char {
    let value = match c {
        '\u{0660}'..='\u{0669}' => c as u32 - 0x0660,
        '\u{06F0}'..='\u{06F9}' => c as u32 - 0x06F0,
        _ => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}

fn date_of(year: &str, month: Option<&str>, day: Option<&str>) -> Option<String> {
    let year: u32 = year.parse().ok().filter(|y| (1500..=2999).contains(y))?;
    let Some(month) = month else {
        return Some(format!("{year:04}"));
    };
    let month: u32 = month.parse().ok().filter(|m| (1..=12).contains(m))?;
    let Some(day) = day else {
        return Some(format!("{year:04}-{month:02}"));
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day: u32 = day.parse().ok().filter(|d| (1..=last).contains(d))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_any_precision_are_read() {
        for (written, expected) in [
            ("2015", Some("2015")),
            ("2015-9", Some("2015-09")),
            ("2015-09-30", Some("2015-09-30")),
            ("2015-09-30T10:00:00Z", Some("2015-09-30")),
            ("2015/09/30 12:00", Some("2015-09-30")),
            ("D:20150930101500+03'00'", Some("2015-09-30")),
            ("20150930", Some("2015-09-30")),
            ("30.9.2015", Some("2015-09-30")),
            ("30/9/2015", Some("2015-09-30")),
            ("۲۰۱۵-۰۹-۳۰", Some("2015-09-30")),
            ("3/4/2015", None),
            ("1399/07/25", None),
            ("2015-02-29", None),
            ("2016-02-29", Some("2016-02-29")),
            ("2015-13", None),
            ("autumn 2015", None),
            ("", None),
        ] {
            assert_eq!(partial_date(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn placeholders_are_no_titles() {
        assert_eq!(clean_title("Microsoft Word - speech.doc"), None);
        assert_eq!(clean_title("final_v3.docx"), None);
        assert_eq!(clean_title("Untitled-1"), None);
        assert_eq!(clean_title("  "), None);
        assert_eq!(
            clean_title(" Речь\n на Генассамблее "),
            Some("Речь на Генассамблее".to_owned())
        );
    }

    #[test]
    fn language_tags_are_reduced() {
        assert_eq!(primary_tag("fa-IR").as_deref(), Some("fa"));
        assert_eq!(primary_tag("en_US").as_deref(), Some("en"));
        assert_eq!(primary_tag("und"), None);
        assert_eq!(primary_tag("english"), None);
    }
}
