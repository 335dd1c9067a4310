//! What a shape reads as, put into the letters that people type and search for.
//!
//! Only what the format has added is undone: Arabic presentation forms and Latin ligatures become their letters, marks that steer the direction
//! of writing and soft hyphens go. Nothing else is normalised. In particular ZERO WIDTH NON-JOINER, which Persian spelling needs, stays.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The reading of a glyph; empty if it reads as nothing.
pub(super) fn clean(text: &str, exact: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Isolated Arabic marks decompose to a space and the mark; the space is not in the text.
            '\u{FE70}'..='\u{FE7F}' => out.extend(c.nfkc().filter(|c| is_combining_mark(*c))),
            '\u{FB00}'..='\u{FB06}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE80}'..='\u{FEFC}' => {
                out.extend(c.nfkc())
            }
            '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{061C}'
            | '\u{FEFF}' => {}
            // The bullet of symbol fonts; their other signs have no letters.
            '\u{F0B7}' | '\u{F0A7}' => out.push('\u{2022}'),
            '\u{E000}'..='\u{F8FF}' => {}
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    if exact { out } else { lam_alef(out) }
}

/// One glyph that reads as alef and then lam is the ligature lam-alef with its letters the wrong way round: alef does not join
/// to the letter after it, so the other ligature does not exist.
fn lam_alef(text: String) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (
            Some(alef @ ('\u{0622}' | '\u{0623}' | '\u{0625}' | '\u{0627}')),
            Some('\u{0644}'),
            None,
        ) => ['\u{0644}', alef].iter().collect(),
        _ => text,
    }
}

/// Whether it is nothing but marks that stand on another letter.
pub(super) fn is_mark(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_combining_mark)
}

/// Whether it joins or parts letters without being seen.
pub(super) fn is_joiner(text: &str) -> bool {
    matches!(
        text,
        "\u{200C}" | "\u{200D}" | "\u{200B}" | "\u{2060}" | "\u{00AD}"
    )
}

pub(super) fn is_space(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_become_letters_and_nothing_else_changes() {
        assert_eq!(clean("\u{FEFB}", false), "لا");
        assert_eq!(clean("\u{FE8D}\u{FEDF}", false), "لا");
        assert_eq!(clean("\u{FB01}", false), "fi");
        assert_eq!(clean("\u{FE76}", false), "\u{064E}");
        assert_eq!(clean("ي\u{200C}ك\u{200F}", true), "ي\u{200C}ك");
        assert_eq!(clean("ال", true), "ال");
        assert_eq!(clean("²½", false), "²½");
        assert_eq!(clean("\u{F0B7}", false), "•");
    }
}
