//! Plain text: kept letter for letter.

use super::{Extracted, Format, LimitName, Limits, Metadata, Problem, encoding};
use crate::text;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let decoded = encoding::decode(bytes)?;
    let content = text::normalize_line_ends(&decoded.text);
    check_length(&content, limits)?;
    let blocks = text::blocks_of_plain(&content);
    Ok(Extracted {
        text: content.to_string(),
        blocks,
        format: Format::Txt,
        encoding: Some(decoded.encoding.to_owned()),
        pages: None,
        warnings: decoded.warnings,
        metadata: Metadata::default(),
        attributes: Vec::new(),
    })
}

/// Refuses a text over the limit of code points.
pub(crate) fn check_length(content: &str, limits: &Limits) -> Result<(), Problem> {
    // A text has at most as many code points as bytes, so most need not be counted.
    if content.len() as u64 > limits.code_points
        && content.chars().count() as u64 > limits.code_points
    {
        return Err(Problem::too_large(LimitName::CodePoints));
    }
    Ok(())
}
