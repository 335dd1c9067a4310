//! Which way a stretch of text runs.
//!
//! Browsers decide `dir="auto"` by the first strong letter. That turns a Persian paragraph that opens with
//! "NATO" the wrong way round, and such paragraphs are common in this field. So the majority of
//! strong letters decides here, and the first one only breaks a tie.

use serde::{Deserialize, Serialize};
use unicode_bidi::{BidiClass, bidi_class};

/// How many strong letters are looked at; a majority among so many no longer turns.
const ENOUGH: u32 = 4_000;

/// A writing direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Left to right.
    #[default]
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The value of HTML's `dir` attribute: `ltr` or `rtl`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "ltr" => Some(Self::Ltr),
            "rtl" => Some(Self::Rtl),
            _ => None,
        }
    }
}

/// The direction of `text`: that of most of its strong letters (of the first 4,000), of the first one when
/// there are as many of each, and left to right when there is none.
#[must_use]
pub fn direction(text: &str) -> Direction {
    let (mut left, mut right) = (0, 0);
    let mut first = Direction::Ltr;
    for c in text.chars() {
        let found = if c.is_ascii() {
            if !c.is_ascii_alphabetic() {
                continue;
            }
            Direction::Ltr
        } else {
            match bidi_class(c) {
                BidiClass::L => Direction::Ltr,
                BidiClass::R | BidiClass::AL => Direction::Rtl,
                _ => continue,
            }
        };
        if left + right == 0 {
            first = found;
        }
        match found {
            Direction::Ltr => left += 1,
            Direction::Rtl => right += 1,
        }
        if left + right == ENOUGH {
            break;
        }
    }
    match left.cmp(&right) {
        std::cmp::Ordering::Greater => Direction::Ltr,
        std::cmp::Ordering::Less => Direction::Rtl,
        std::cmp::Ordering::Equal => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_strong_letters_decide() {
        assert_eq!(direction("Russia and Iran"), Direction::Ltr);
        assert_eq!(direction("Россия и Иран"), Direction::Ltr);
        assert_eq!(direction("روسیه و ایران"), Direction::Rtl);
        assert_eq!(direction("רוסיה ואיראן"), Direction::Rtl);
        assert_eq!(direction("NATO در برابر روسیه"), Direction::Rtl);
        assert_eq!(direction("The word سلام is a greeting"), Direction::Ltr);
    }

    #[test]
    fn the_first_letter_breaks_a_tie_and_nothing_is_left_to_right() {
        assert_eq!(direction("ab אב"), Direction::Ltr);
        assert_eq!(direction("אב ab"), Direction::Rtl);
        assert_eq!(direction("12 - 34 ۵۶"), Direction::Ltr);
        assert_eq!(direction(""), Direction::Ltr);
        // A lone direction mark says what was meant.
        assert_eq!(direction("\u{200F}123"), Direction::Rtl);
    }

    #[test]
    fn words_round_trip() {
        for d in [Direction::Ltr, Direction::Rtl] {
            assert_eq!(Direction::parse(d.as_str()), Some(d));
            assert_eq!(
                serde_json::to_string(&d).unwrap(),
                format!("\"{}\"", d.as_str())
            );
        }
        assert_eq!(Direction::parse("auto"), None);
    }
}
