//! Graphemes and words.
//!
//! Both follow Unicode Standard Annex 29, as the `unicode-segmentation` crate has it: rules, not
//! dictionaries, so that the same text gives the same units on every machine. Scripts written without spaces (Thai, Chinese)
//! are cut finely by these rules. Statistics that count words name what cut them: [`SEGMENTER`].

use unicode_segmentation::UnicodeSegmentation;

use super::{
    Span,
    index::{Counter, to_u32},
};

/// What divided a text into words and sentences, for outputs that count them. The last number goes up
/// whenever the lists in [`abbreviations`](super::abbreviations) or the rules in [`sentence`](super::sentence) change what they answer.
pub const SEGMENTER: &str =
    "UAX #29 (Unicode 17.0, unicode-segmentation 1.13) with Concord's abbreviation lists 1";

/// Every grapheme cluster (what a reader takes for one character), in order; together they are the whole text.
#[must_use]
pub fn graphemes(text: &str) -> Vec<Span> {
    let mut counter = Counter::new(text);
    text.grapheme_indices(true)
        .filter_map(|(at, cluster)| counter.span(at, at + cluster.len()))
        .collect()
}

/// Every word, in order: what holds at least one letter or digit. White space, punctuation and symbols are left out.
/// A zero-width non-joiner does not end a word (می‌خواهم is one), nor does an apostrophe or a decimal point inside one.
#[must_use]
pub fn tokens(text: &str) -> Vec<Span> {
    let mut counter = Counter::new(text);
    text.unicode_word_indices()
        .filter_map(|(at, word)| counter.span(at, at + word.len()))
        .collect()
}

/// How many [`tokens`] there are.
#[must_use]
pub fn word_count(text: &str) -> u32 {
    to_u32(text.unicode_words().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextIndex;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        text.unicode_words().collect()
    }

    fn sliced(text: &str, spans: &[Span]) -> Vec<String> {
        let index = TextIndex::new(text);
        spans.iter().map(|&s| index.slice(s).to_owned()).collect()
    }

    #[test]
    fn the_named_version_is_the_one_in_use() {
        let (major, minor, _) = unicode_segmentation::UNICODE_VERSION;
        assert!(SEGMENTER.contains(&format!("Unicode {major}.{minor},")));
    }

    #[test]
    fn graphemes_are_what_readers_count() {
        assert_eq!(
            sliced("a\u{301}👩‍👩‍👧🇮🇷\r\nשָׁ", &graphemes("a\u{301}👩‍👩‍👧🇮🇷\r\nשָׁ")),
            vec!["a\u{301}", "👩‍👩‍👧", "🇮🇷", "\r\n", "שָׁ"]
        );
    }

    #[test]
    fn words_of_five_languages() {
        let text = "Don't pay 3.5 million, he said!";
        assert_eq!(
            sliced(text, &tokens(text)),
            vec!["Don't", "pay", "3.5", "million", "he", "said"]
        );
        let text = "من نمی‌خواهم، بروم؟ ۳٫۵";
        assert_eq!(
            sliced(text, &tokens(text)),
            vec!["من", "نمی‌خواهم", "بروم", "۳٫۵"]
        );
        let text = "צה\"ל וחז״ל — שָׁלוֹם";
        assert_eq!(sliced(text, &tokens(text)), vec!["צה\"ל", "וחז״ל", "שָׁלוֹם"]);
        let text = "По-прежнему «удалённая» №5";
        assert_eq!(
            sliced(text, &tokens(text)),
            vec!["По", "прежнему", "удалённая", "5"]
        );
        let text = "مَكْتَبَةٌ كبيرة.";
        assert_eq!(sliced(text, &tokens(text)), vec!["مَكْتَبَةٌ", "كبيرة"]);
        assert_eq!(word_count("one, two … three"), 3);
        assert_eq!(word_count(" — … 🎉 "), 0);
    }

    #[test]
    fn positions_are_code_points() {
        assert_eq!(
            tokens("😀 Iran é"),
            vec![Span::new(2, 6).unwrap(), Span::new(7, 8).unwrap()]
        );
    }

    proptest! {
        #[test]
        fn graphemes_are_the_whole_text(text in "\\PC{0,40}") {
            let spans = graphemes(&text);
            prop_assert!(spans.windows(2).all(|w| w[0].end == w[1].start));
            prop_assert_eq!(sliced(&text, &spans).concat(), text);
        }

        #[test]
        fn tokens_are_the_words_in_order(text in "[a-z א-ה\u{200C}م.,'\"٫۱-۹😀\n]{0,60}") {
            let spans = tokens(&text);
            prop_assert!(spans.windows(2).all(|w| w[0].end <= w[1].start));
            prop_assert_eq!(sliced(&text, &spans), words(&text));
            prop_assert_eq!(word_count(&text) as usize, spans.len());
        }
    }
}
