//! Codings: one code applied to one passage by one coder.
//!
//! The rules are here, free of database and HTTP: what a passage must be ([`check_range`]), which codes and weights can be given
//! ([`CodeFacts::check`], [`CodeFacts::check_weight`]), and what becomes of a coder's own passages with the same code when they
//! overlap ([`Plan`]): they are joined, for nobody codes the same words twice; passages that only touch stay two.

pub mod api;
pub mod filter;
pub mod pages;
mod plan;
pub mod span_store;
pub mod store;
pub mod unit_store;

pub use filter::Filter;
pub use plan::{Added, Entry, Outcome, Plan};

use crate::activity::snapshots::CodingSnapshot;
use crate::codebook::Scale;
use crate::error::FieldError;
use crate::i18n::Msg;
use crate::text::{Span, TextIndex};

/// Most codings of one request.
pub const MOST_AT_ONCE: usize = 10_000;

/// Longest memo, in code points.
pub const LONGEST_MEMO: usize = 20_000;

/// The passage that two positions mean in a text, or what is wrong with them, by field.
///
/// # Errors
/// A position that is missing or outside the text, an empty range, and one that holds nothing but white space.
pub fn check_range<T: AsRef<str>>(
    text: &TextIndex<T>,
    start: Option<i64>,
    end: Option<i64>,
) -> Result<Span, FieldError> {
    let length = i64::from(text.len());
    let Some(start) = start else {
        return Err(FieldError::new("start", "coding-error-missing"));
    };
    let Some(end) = end else {
        return Err(FieldError::new("end", "coding-error-missing"));
    };
    let outside = |field| {
        Err(FieldError::new(
            field,
            Msg::new("coding-error-outside").arg("length", length),
        ))
    };
    if start < 0 || start >= length {
        return outside("start");
    }
    if end > length || end < 0 {
        return outside("end");
    }
    let span = u32::try_from(start)
        .ok()
        .zip(u32::try_from(end).ok())
        .and_then(|(start, end)| Span::new(start, end));
    match span {
        None => Err(FieldError::new("end", "coding-error-empty")),
        Some(span) if text.is_blank(span) => Err(FieldError::new("start", "coding-error-blank")),
        Some(span) => Ok(span),
    }
}

/// The span of a coding that is stored, whose positions were checked when it was made.
pub fn span_of(coding: &CodingSnapshot) -> Option<Span> {
    Span::new(
        u32::try_from(coding.start_pos).ok()?,
        u32::try_from(coding.end_pos).ok()?,
    )
}

/// Puts a coding on a passage: positions, the quoted words, and a little before and after.
pub fn place<T: AsRef<str>>(coding: &mut CodingSnapshot, text: &TextIndex<T>, span: Span) {
    let anchor = crate::text::anchor(text, span, crate::text::CONTEXT);
    coding.start_pos = span.start.into();
    coding.end_pos = span.end.into();
    coding.quote = anchor.quote;
    coding.before = anchor.before;
    coding.after = anchor.after;
}

/// What must be known of a code to use it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CodeFacts {
    /// Whether it may be applied, or is a heading only.
    pub is_codable: bool,
    /// Whether it is out of use.
    pub retired: bool,
    /// Its scale, if it has one.
    pub scale: Option<Scale>,
}

impl CodeFacts {
    /// Whether the code can be given to a passage.
    pub fn check(&self) -> Result<(), FieldError> {
        if !self.is_codable {
            return Err(FieldError::new("code", "coding-error-heading"));
        }
        if self.retired {
            return Err(FieldError::new("code", "coding-error-retired"));
        }
        Ok(())
    }

    /// Whether a weight can be given with the code.
    pub fn check_weight(&self, weight: Option<f64>) -> Result<(), FieldError> {
        let Some(weight) = weight else {
            return Ok(());
        };
        match &self.scale {
            None => Err(FieldError::new("weight", "coding-error-no-scale")),
            Some(scale) if scale.holds(weight) => Ok(()),
            Some(scale) => Err(FieldError::new(
                "weight",
                Msg::new("coding-error-weight")
                    .arg("min", scale.min)
                    .arg("max", scale.max),
            )),
        }
    }
}

/// A memo as it is stored: nothing rather than white space.
pub fn check_memo(memo: Option<String>) -> Result<Option<String>, FieldError> {
    let Some(memo) = memo.map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()) else {
        return Ok(None);
    };
    if memo.chars().count() > LONGEST_MEMO {
        return Err(FieldError::new(
            "memo",
            Msg::new("coding-error-memo-long").arg("most", LONGEST_MEMO),
        ));
    }
    Ok(Some(memo))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str, start: Option<i64>, end: Option<i64>) -> (String, &'static str) {
        let error = check_range(&TextIndex::new(text), start, end).unwrap_err();
        (error.field, error.message.key)
    }

    #[test]
    fn a_passage_lies_in_the_text_and_shows_something() {
        // Seven code points: a, family of three joined by ZWJ (5), b.
        let text = "a👩\u{200d}👦\u{200d}👧b";
        assert_eq!(text.chars().count(), 7);
        let span = check_range(&TextIndex::new(text), Some(1), Some(7)).unwrap();
        assert_eq!((span.start, span.end), (1, 7));
        assert_eq!(
            fails(text, Some(1), Some(8)),
            ("end".to_owned(), "coding-error-outside")
        );
        assert_eq!(
            fails(text, Some(7), Some(8)),
            ("start".to_owned(), "coding-error-outside")
        );
        assert_eq!(
            fails(text, Some(-1), Some(2)),
            ("start".to_owned(), "coding-error-outside")
        );
        assert_eq!(
            fails(text, Some(2), Some(2)),
            ("end".to_owned(), "coding-error-empty")
        );
        assert_eq!(
            fails(text, Some(3), Some(2)),
            ("end".to_owned(), "coding-error-empty")
        );
        assert_eq!(
            fails(text, None, Some(2)),
            ("start".to_owned(), "coding-error-missing")
        );
        assert_eq!(
            fails("a \n\u{a0} b", Some(1), Some(5)),
            ("start".to_owned(), "coding-error-blank")
        );
        assert_eq!(
            fails("", Some(0), Some(0)),
            ("start".to_owned(), "coding-error-outside")
        );
        assert_eq!(
            fails("ab", Some(0), Some(i64::MAX)),
            ("end".to_owned(), "coding-error-outside")
        );
    }

    #[test]
    fn weights_lie_on_the_scale() {
        let stance = CodeFacts {
            is_codable: true,
            retired: false,
            scale: Some(Scale::between(-2.0, 2.0)),
        };
        // Between whole ends a scale goes by whole steps.
        for good in [Some(-2.0), Some(1.0), Some(2.0), None] {
            assert!(stance.check_weight(good).is_ok());
        }
        for bad in [-3.0, 0.5, 2.5, f64::NAN, f64::INFINITY] {
            assert_eq!(stance.check_weight(Some(bad)).unwrap_err().field, "weight");
        }
        assert!(CodeFacts::default().check_weight(Some(1.0)).is_err());
    }

    #[test]
    fn memos_of_white_space_are_none() {
        assert_eq!(check_memo(Some("  \n".to_owned())).unwrap(), None);
        assert_eq!(
            check_memo(Some(" x ".to_owned())).unwrap().as_deref(),
            Some("x")
        );
        assert!(check_memo(Some("x".repeat(LONGEST_MEMO + 1))).is_err());
    }
}
