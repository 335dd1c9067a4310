//! Sentences.
//!
//! Unicode's rules (UAX #29) find the candidates; here they are corrected for what the rules cannot know:
//! abbreviations ("Dr.", "т. е."), initials ("С. В. Лавров"), enumerations ("1. The Council"), the ellipsis as
//! one character, and line breaks. A line break inside a block is a space where the line was broken for width and an end
//! where the author broke it (verse, addresses, "Speaker:"). Sentences never cross a block; they are
//! trimmed of white space and together hold everything that can be seen.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    Span,
    abbreviations::{Abbreviation, lookup, opens_sentence},
    index::{Counter, TextIndex, count, is_blank_str},
    plain::paragraphs,
};

/// Every sentence of a plain text, in order, in the blocks that [`blocks_of_plain`](super::blocks_of_plain) finds.
/// `language` (a BCP-47 tag) chooses the abbreviations; without it all lists are asked.
#[must_use]
pub fn sentences(text: &str, language: Option<&str>) -> Vec<Span> {
    sentences_in(text, &paragraphs(text), language)
}

/// Every sentence inside `blocks`, block by block; what lies outside them is left out.
#[must_use]
pub fn sentences_in(text: &str, blocks: &[Span], language: Option<&str>) -> Vec<Span> {
    let index = TextIndex::new(text);
    let mut found = Vec::with_capacity(text.len() / 100 + 1);
    let mut scratch = String::new();
    for &block in blocks {
        let (from, to) = (index.byte_of(block.start), index.byte_of(block.end));
        prepare(&text[from..to], &mut scratch);
        // What was prepared has as many code points as the block, each as many bytes long.
        let mut counter = Counter::new(&scratch);
        for (start, end) in divide(&scratch, language) {
            let (start, end) = (counter.at(start), counter.at(end));
            found.extend(Span::new(block.start + start, block.start + end));
        }
    }
    found
}

/// Lines shorter than this were broken on purpose, unless the next one begins in lower case.
const SHORTEST_WRAPPED: usize = 40;
/// Lines longer than this are paragraphs of their own.
const LONGEST_WRAPPED: usize = 160;

/// The block as Unicode's rules should read it, byte for byte as long as it is: line breaks for width become
/// spaces, and the ellipsis becomes another character of three bytes that may end a sentence.
fn prepare(block: &str, scratch: &mut String) {
    scratch.clear();
    let mut lines = block.split('\n').peekable();
    while let Some(line) = lines.next() {
        let mut rest = line;
        while let Some(at) = rest.find('…') {
            scratch.push_str(&rest[..at]);
            scratch.push('\u{2024}');
            rest = &rest[at + '…'.len_utf8()..];
        }
        scratch.push_str(rest);
        if let Some(next) = lines.peek() {
            let length = count(line.trim());
            let goes_on = next.trim_start().starts_with(char::is_lowercase)
                || (SHORTEST_WRAPPED..=LONGEST_WRAPPED).contains(&length);
            scratch.push(if goes_on { ' ' } else { '\n' });
        }
    }
}

/// Byte ranges of the sentences of a prepared block.
fn divide(block: &str, language: Option<&str>) -> Vec<(usize, usize)> {
    let mut sentences: Vec<(usize, usize)> = Vec::new();
    // Whether the next piece belongs to the last sentence.
    let mut open = false;
    // Whether the last sentence has a letter or digit yet.
    let mut worded = false;
    for (at, piece) in block.split_sentence_bound_indices() {
        if is_blank_str(piece) {
            // White space alone; a line break in it has done its work.
            open = open && !piece.contains('\n');
            continue;
        }
        let start = at + piece.len() - piece.trim_start().len();
        let end = at + piece.trim_end().len();
        // A piece without any letter or digit ("…", "»", "* * *") is no sentence of its own beside another.
        let bare = !piece.contains(char::is_alphanumeric);
        match sentences.last_mut() {
            Some(last) if open || bare => {
                last.1 = end;
                worded |= !bare;
            }
            _ => {
                sentences.push((start, end));
                worded = !bare;
            }
        }
        let Some(&(first, _)) = sentences.last() else {
            continue;
        };
        open = !piece.ends_with(['\n', '\u{2028}', '\u{2029}', '\u{85}'])
            && (!worded || goes_on(&block[first..end], block[end..].trim_start(), language));
    }
    sentences
}

/// Whether the sentence that seems to end after `so_far` goes on with `next`.
fn goes_on(so_far: &str, next: &str, language: Option<&str>) -> bool {
    let Some(body) = so_far.strip_suffix('.') else {
        return false;
    };
    let next = next.trim_start_matches(is_opening);
    let Some(first) = next.chars().next() else {
        return false;
    };
    let word = last_word(body);
    if word.is_empty() {
        return false;
    }
    let before = body[..body.len() - word.len()].trim_end_matches(is_opening);
    // "1. The Council", "IV. Sanctions", "Q. What happened?": the number or letter opens the sentence.
    if before.is_empty() && (is_number(word) || is_initial(word)) {
        return true;
    }
    let next_word = next
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .next()
        .unwrap_or("");
    if is_initial(word) && is_initial(next_word) && next[next_word.len()..].starts_with('.') {
        return true;
    }
    let folded = word.to_lowercase();
    let after_number = before
        .trim_end()
        .ends_with(|c: char| c.is_numeric() || matches!(c, 'I' | 'V' | 'X'));
    match lookup(&folded, language) {
        Some(Abbreviation::Opens) if !after_number || count(&folded) > 1 => return true,
        Some(Abbreviation::Numbered) if first.is_numeric() => return true,
        Some(Abbreviation::Either) => {
            return first.is_numeric() || first.is_alphabetic() && !opens_sentence(next_word);
        }
        Some(Abbreviation::Dated) if after_number => {
            // "В 2015 г. Россия …" has barely begun; "… подписано в 2015 г. Документ …" is done.
            return so_far.split_whitespace().take(BARELY + 1).count() <= BARELY;
        }
        // город, река
        Some(Abbreviation::Dated) if matches!(word, "г" | "р") => return first.is_alphabetic(),
        _ => {}
    }
    is_initial(word) && !after_number && first.is_alphabetic() && !opens_sentence(next_word)
}

/// A sentence of at most so many words before its year has barely begun.
const BARELY: usize = 5;

fn is_opening(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '(' | '[' | '"' | '\'' | '«' | '“' | '‘' | '„' | '—' | '–'
        )
}

/// No abbreviation is longer, in characters; looking no further keeps long chains of letters and stops from costing
/// their length at each stop.
const LONGEST_ABBREVIATION: usize = 24;

/// The last word of `body`, with the full stops inside it ("U.S", "т.е"); spaces inside abbreviations are
/// not followed, since each part has its own stop. Empty where the word is too long to be an abbreviation.
fn last_word(body: &str) -> &str {
    let inside = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                '.' | '\'' | '׳' | '"' | '״' | '-' | '\u{200C}' | '\u{640}'
            )
            || unicode_normalization::char::is_combining_mark(c)
    };
    let mut start = body.len();
    for (taken, (at, c)) in body.char_indices().rev().enumerate() {
        if !inside(c) {
            break;
        }
        if taken == LONGEST_ABBREVIATION {
            return "";
        }
        start = at;
    }
    body[start..].trim_start_matches(['"', '\'', '.', '-'])
}

/// Whether a word is what people number with: digits ("12", "2.1") or a Roman numeral.
fn is_number(word: &str) -> bool {
    let roman = word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let digits = word.chars().all(|c| c.is_numeric() || c == '.') && count(word) <= 6;
    roman || digits
}

/// Whether a word is an initial or a chain of them ("С", "В.В", "م.ت"). Scripts without case have no capital to go by, so any
/// single letter will do.
fn is_initial(word: &str) -> bool {
    word.split('.').all(|part| {
        let mut letters = part
            .chars()
            .filter(|&c| !unicode_normalization::char::is_combining_mark(c));
        matches!((letters.next(), letters.next()), (Some(c), None) if c.is_alphabetic() && !c.is_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut<'a>(index: &'a TextIndex<&str>, spans: &[Span]) -> Vec<&'a str> {
        spans.iter().map(|&s| index.slice(s)).collect()
    }

    /// `marked` is a text with "|" where a sentence should end; the space after it belongs to the text.
    #[track_caller]
    fn check(language: Option<&str>, marked: &str) {
        let wanted: Vec<&str> = marked.split('|').map(str::trim).collect();
        let text = marked.replace('|', "");
        let index = TextIndex::new(text.as_str());
        assert_eq!(cut(&index, &sentences(&text, language)), wanted);
    }

    #[test]
    fn english() {
        for marked in [
            "Dr. Smith met Mr. Lavrov in St. Petersburg.| They spoke!| Did they agree?",
            "The U.S. Senate met.| It was in the U.S.| The House did not.",
            "He cited No. 5, Art. 7 and p. 12.| See Fig. 3.",
            "J. R. R. Tolkien and John F. Kennedy never met.| Nobody minds.",
            "Prices rose 3.5 per cent.| \"Too much,\" he said.",
            "1. The Council decides.| 2. It remains seized.",
            "They met at 5 p.m. London time.| It was over by 6 p.m.| The room was empty.",
            "IV. Sanctions were lifted.| Oil rose.",
            "Wait … what?| Yes… No.".replace("… No", "…| No").as_str(),
            "He said: \"No.\"| She left.",
            "Acme Inc. Chairman Lee spoke, i.e. he read, e.g. Homer.| We slept.",
            "Visit www.mid.ru today.| It works.",
        ] {
            check(Some("en"), marked);
        }
    }

    #[test]
    fn russian() {
        for marked in [
            "Министр С. В. Лавров прибыл.| В.В. Путин его принял.",
            "Речь идёт о мире, т. е. о безопасности.| Это важно.",
            "В 2015 г. Россия начала операцию.| Она длилась долго.",
            "Договор между двумя странами был подписан в Москве в 2001 г.| Документ действует.",
            "Он родился в г. Тегеране на ул. Садовой.| Потом уехал.",
            "См. ст. 5 и п. 3 Устава ООН.| Далее без изменений.",
            "Это стоит 5 млн. долл. США.| Дорого!",
            "Как же так?!| Никто не знает…| Все молчат.",
        ] {
            check(Some("ru"), marked);
            check(None, marked);
        }
    }

    #[test]
    fn right_to_left() {
        for (language, marked) in [
            (
                "fa",
                "او نمی‌خواهد برود.| چرا نمی‌رود؟| نمی‌دانیم!| ر.ک. صفحهٔ بعد.",
            ),
            ("fa", "نرخ ۳.۵ درصد بود.| در ص. ۱۲ آمده است."),
            ("ar", "قال د. أحمد إن القرار مهم.| هل هذا صحيح؟| نعم."),
            ("ar", "رحبت م.ت.ف. عام 2015 م. بالقرار.| انتهى."),
            ("ur", "یہ درست ہے۔| وہ چلا گیا۔"),
            (
                "he",
                "פרופ' כהן דיבר.| א. ב. יהושע כתב.| מה קרה?| ראו עמ' 5.",
            ),
        ] {
            check(Some(language), marked);
        }
    }

    #[test]
    fn questions_and_answers() {
        check(Some("en"), "Q. What happened?| A. That did.");
    }

    #[test]
    fn line_breaks() {
        // Broken for width: goes on. Broken on purpose: ends.
        let wrapped =
            "The world is currently undergoing the most\nradical changes ever seen. In such";
        let index = TextIndex::new(wrapped);
        let one = [Span::new(0, index.len()).unwrap()];
        assert_eq!(
            cut(&index, &sentences_in(wrapped, &one, Some("en"))),
            vec![
                "The world is currently undergoing the most\nradical changes ever seen.",
                "In such"
            ]
        );
        let address = "Mr. Lavrov:\nI thank you\nall";
        let index = TextIndex::new(address);
        let one = [Span::new(0, index.len()).unwrap()];
        assert_eq!(
            cut(&index, &sentences_in(address, &one, None)),
            vec!["Mr. Lavrov:", "I thank you\nall"]
        );
    }

    #[test]
    fn blocks_end_sentences_and_what_is_outside_is_left_out() {
        let text = "A title\n\nNo stop here\n\nmore";
        let index = TextIndex::new(text);
        assert_eq!(
            cut(&index, &sentences(text, None)),
            vec!["A title", "No stop here", "more"]
        );
        let some = [Span::new(9, 21).unwrap()];
        assert_eq!(
            cut(&index, &sentences_in(text, &some, None)),
            vec!["No stop here"]
        );
        assert_eq!(sentences("", None), vec![]);
        assert_eq!(sentences(" \n\u{200F} ", None), vec![]);
    }

    #[test]
    fn positions_are_code_points() {
        assert_eq!(
            sentences("😀 é. Да!", None),
            vec![Span::new(0, 4).unwrap(), Span::new(5, 8).unwrap()]
        );
    }

    proptest! {
        #[test]
        fn sentences_part_all_that_is_seen(
            text in "([a-zA-Zа-яא-ת0-9.,:;!?؟۔… \u{200C}\u{200F}\u{301}😀()«»'\"-]{0,50}[\n\u{2028}\t]{0,2}){0,8}"
        ) {
            let index = TextIndex::new(text.as_str());
            let mut end = 0;
            for span in sentences(&text, None) {
                prop_assert!(span.start >= end);
                prop_assert!(is_blank_str(index.range(end, span.start)));
                let words = index.slice(span);
                prop_assert_eq!(words, words.trim());
                prop_assert!(!is_blank_str(words));
                end = span.end;
            }
            prop_assert!(is_blank_str(index.range(end, index.len())));
        }
    }
}
