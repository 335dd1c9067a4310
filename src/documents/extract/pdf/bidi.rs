//! From what is seen, left to right, to what is read.
//!
//! A PDF holds shapes at places; the order in which a right-to-left line is read has to be won back. This is the Unicode
//! bidirectional algorithm (UAX #9) run backwards: a right-to-left line is read from its right end, except that Latin words and numbers
//! in it run left to right. Which signs belong to a number follows the weak rules W2 to W7: in Arabic-script text "12-15" is two numbers, "12/15"
//! is one, and a per cent sign stands apart; in Hebrew all of them are one. Where two readings look the same ("UN 1929"), Latin words and
//! numbers next to each other are taken as one phrase.

use unicode_bidi::{BidiClass, bidi_class};

/// A piece of a line: a letter, a ligature, a space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub text: &'a str,
    /// The text is as the author wrote it; brackets are not to be mirrored.
    pub exact: bool,
}

/// What a piece is to the algorithm.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    /// Latin, Cyrillic and other left-to-right letters.
    Left,
    /// Hebrew and other right-to-left letters.
    Right,
    /// Arabic letters, which change the digits after them.
    Arabic,
    /// European and Persian digits.
    Digit,
    /// Arabic digits.
    ArabicDigit,
    /// `,` `.` `/` `:`
    Separator,
    /// `+` `-`
    Sign,
    /// `%` `$` `#`
    Terminator,
    Neutral,
}

fn class(text: &str) -> Class {
    let mut weak = Class::Neutral;
    for c in text.chars() {
        match bidi_class(c) {
            BidiClass::L => return Class::Left,
            BidiClass::R => return Class::Right,
            BidiClass::AL => return Class::Arabic,
            BidiClass::EN if weak == Class::Neutral => weak = Class::Digit,
            BidiClass::AN if weak == Class::Neutral => weak = Class::ArabicDigit,
            BidiClass::CS if weak == Class::Neutral => weak = Class::Separator,
            BidiClass::ES if weak == Class::Neutral => weak = Class::Sign,
            BidiClass::ET if weak == Class::Neutral => weak = Class::Terminator,
            _ => {}
        }
    }
    weak
}

/// Numbers of right-to-left and of left-to-right letters.
pub(super) fn strong(text: &str) -> (usize, usize) {
    text.chars()
        .fold((0, 0), |(right, left), c| match bidi_class(c) {
            BidiClass::R | BidiClass::AL => (right + 1, left),
            BidiClass::L => (right, left + 1),
            _ => (right, left),
        })
}

/// The line as it is read. `pieces` stand from left to right; `right_to_left` is the direction of the paragraph;
/// `mirror` says whether brackets are held as seen and not as written.
pub(super) fn logical(pieces: &[Piece<'_>], right_to_left: bool, mirror: bool) -> String {
    let classes: Vec<Class> = pieces.iter().map(|piece| class(piece.text)).collect();
    let mut out = String::new();
    if right_to_left {
        from_the_right(pieces, &classes, mirror, &mut out);
        return out;
    }
    let is_right = |at: usize| matches!(classes[at], Class::Right | Class::Arabic);
    let mut at = 0;
    while at < pieces.len() {
        if !is_right(at) {
            out.push_str(pieces[at].text);
            at += 1;
            continue;
        }
        // A quotation from the right-to-left language: up to its last letter before Latin letters go on.
        let mut last = at;
        for (next, class) in classes.iter().enumerate().skip(at + 1) {
            match class {
                Class::Right | Class::Arabic => last = next,
                Class::Left => break,
                _ => {}
            }
        }
        from_the_right(&pieces[at..=last], &classes[at..=last], mirror, &mut out);
        at = last + 1;
    }
    out
}

/// Reads pieces from their right end, with the left-to-right runs in them turned back.
fn from_the_right(pieces: &[Piece<'_>], classes: &[Class], mirror: bool, out: &mut String) {
    let mut before = Class::Right;
    // `end` is one past the piece that is read next.
    let mut end = pieces.len();
    while end > 0 {
        let run = left_run(&classes[..end]).or_else(|| number_run(&classes[..end], before));
        match run {
            Some(start) => {
                for piece in &pieces[start..end] {
                    out.push_str(piece.text);
                }
                if classes[start..end].contains(&Class::Left) {
                    before = Class::Left;
                }
                end = start;
            }
            None => {
                end -= 1;
                let piece = pieces[end];
                match mirrored(piece.text).filter(|_| mirror && !piece.exact) {
                    Some(other) => out.push_str(other),
                    None => out.push_str(piece.text),
                }
                if matches!(classes[end], Class::Right | Class::Arabic) {
                    before = classes[end];
                }
            }
        }
    }
}

/// Where the phrase in left-to-right letters begins that ends with the last piece; none if there is none.
fn left_run(classes: &[Class]) -> Option<usize> {
    let is_core = |c: Class| matches!(c, Class::Left | Class::Digit | Class::ArabicDigit);
    if !classes.last().copied().is_some_and(is_core) {
        return None;
    }
    let mut start = classes.len();
    let mut has_letters = false;
    for (at, class) in classes.iter().enumerate().rev() {
        match class {
            Class::Right | Class::Arabic => break,
            class if is_core(*class) => {
                start = at;
                has_letters |= *class == Class::Left;
            }
            _ => {}
        }
    }
    has_letters.then_some(start)
}

/// Where the number begins that ends with the last piece; none if there is none. `before` is the letter last read.
fn number_run(classes: &[Class], before: Class) -> Option<usize> {
    let is_digit = |at: usize| matches!(classes[at], Class::Digit | Class::ArabicDigit);
    let mut at = classes.len() - 1;
    // W2: digits after an Arabic letter behave like Arabic digits, whose signs stand apart.
    let arabic = |at: usize| before == Class::Arabic || classes[at] == Class::ArabicDigit;
    while classes[at] == Class::Terminator && at > 0 {
        at -= 1;
    }
    if !is_digit(at) || at + 1 < classes.len() && arabic(at) {
        return None;
    }
    let is_arabic = arabic(at);
    while at > 0 {
        let joins = match classes[at - 1] {
            Class::Digit | Class::ArabicDigit => true,
            Class::Separator => at > 1 && is_digit(at - 2),
            Class::Sign => !is_arabic && at > 1 && is_digit(at - 2),
            Class::Terminator => !is_arabic,
            _ => false,
        };
        if !joins {
            break;
        }
        at -= 1;
    }
    Some(at)
}

/// The other bracket of a pair.
fn mirrored(text: &str) -> Option<&'static str> {
    Some(match text {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "{" => "}",
        "}" => "{",
        "<" => ">",
        ">" => "<",
        "«" => "»",
        "»" => "«",
        "‹" => "›",
        "›" => "‹",
        "≤" => "≥",
        "≥" => "≤",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_bidi::{BidiInfo, Level};

    /// What is seen of a line: the forward algorithm, brackets mirrored in right-to-left runs.
    fn seen(line: &str, right_to_left: bool) -> Vec<String> {
        let level = if right_to_left {
            Level::rtl()
        } else {
            Level::ltr()
        };
        let info = BidiInfo::new(line, Some(level));
        let paragraph = &info.paragraphs[0];
        let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
        let mut out = Vec::new();
        for run in runs {
            let letters: Vec<String> = line[run.clone()].chars().map(|c| c.to_string()).collect();
            if levels[run.start].is_rtl() {
                out.extend(
                    letters
                        .into_iter()
                        .rev()
                        .map(|l| mirrored(&l).map_or(l.clone(), str::to_owned)),
                );
            } else {
                out.extend(letters);
            }
        }
        out
    }

    fn read_back(line: &str, right_to_left: bool) -> String {
        let letters = seen(line, right_to_left);
        let pieces: Vec<Piece<'_>> = letters
            .iter()
            .map(|text| Piece { text, exact: false })
            .collect();
        logical(&pieces, right_to_left, true)
    }

    #[test]
    fn lines_come_back_as_written() {
        for line in [
            "سلام دنیا",
            "در سال 2015 و ۱۳۹۴/۷/۸ بود.",
            "بند (۱) قطعنامه 2231 شورای امنیت: «متن»",
            "سازمان NATO و European Union است (EU).",
            "بين 12-15 عاما و 50% من ١٩٤٨/١٢/١٠",
            "המחיר 12-15 ₪ או 50% מ-1,000.5",
            "[א] (ב) 1948",
            "שר החוץ Sergey Lavrov אמר: \"לא\".",
        ] {
            assert_eq!(read_back(line, true), line);
        }
        for line in [
            "Слово سلام دنیا в тексте",
            "the word שלום (peace) 12-15%",
            "plain",
        ] {
            assert_eq!(read_back(line, false), line);
        }
    }

    #[test]
    fn exact_brackets_are_not_turned() {
        let pieces =
            [("ב", false), ("(", true), ("א", false)].map(|(text, exact)| Piece { text, exact });
        assert_eq!(logical(&pieces, true, true), "א(ב");
    }

    proptest! {
        #[test]
        fn letters_and_numbers_between_right_to_left_letters_come_back(
            words in proptest::collection::vec("[א-ת]{1,4}|[ا-ي]{1,4}|[0-9]{1,3}|[0-9]{1,2}[./][0-9]{1,2}", 1..8)
        ) {
            let line = format!("א{}ת", words.join(" "));
            prop_assert_eq!(read_back(&line, true), line);
        }

        #[test]
        fn nothing_is_lost(line in "[a-zא-תا-ي0-9 .,()%-]{0,40}", rtl: bool) {
            let sorted = |text: &str| {
                let mut letters: Vec<char> = text.chars().filter(|c| !"()".contains(*c)).collect();
                letters.sort_unstable();
                letters
            };
            if !line.is_empty() {
                prop_assert_eq!(sorted(&read_back(&line, rtl)), sorted(&line));
            }
        }
    }
}
