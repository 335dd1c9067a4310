//! Spelling folded for search.
//!
//! One word is written many ways: كتاب and کتاب, نمی‌خواهم and نمی خواهم, ёлка and елка, שָׁלוֹם and שלום.
//! [`fold()`] brings the ways together and remembers where each folded character came from, so that a
//! hit is reported, and highlighted, in the text as it was written. Both sides of a search must go through the same folding:
//! an indexed column through [`fold_str`], a query through [`fold_query`].
//!
//! What is folded: compatibility forms (presentation forms, ligatures, full width), case, accents and vowel points,
//! tatweel, Arabic and Persian letter variants, digits, kinds of quotation mark and hyphen, white space.
//! What is kept apart, because the difference is one of letters: й and и, ї and і, kana with and without voicing
//! marks, the vowel signs of Indic and Thai script.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

use super::{
    Span,
    index::{is_invisible, to_u32},
};

const ZWNJ: char = '\u{200C}';

/// A folded text and the way back to the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text: a zero-width non-joiner is a space here, and a run of white space is one space.
    pub text: String,
    /// For each character of `text`, the code points of the original that it stands for.
    origin: Vec<Span>,
    /// For each character of `text`, whether it is a space only because of a zero-width non-joiner.
    soft: Vec<bool>,
}

/// What the folding writes to.
trait Sink {
    /// A folded character that came from the original code point at `position`.
    fn push(&mut self, c: char, soft: bool, position: u32);
    /// The last folded character becomes `c`; the code point at `position` had a part in it.
    fn replace_last(&mut self, c: char, soft: bool, position: u32);
    /// The code point at `position` left nothing behind but belongs to the character before it.
    fn absorb(&mut self, position: u32);
}

impl Sink for Folded {
    fn push(&mut self, c: char, soft: bool, position: u32) {
        self.text.push(c);
        self.soft.push(soft);
        self.origin.push(Span {
            start: position,
            end: position + 1,
        });
    }

    fn replace_last(&mut self, c: char, soft: bool, position: u32) {
        self.text.pop();
        self.text.push(c);
        if let Some(last) = self.soft.last_mut() {
            *last = soft;
        }
        self.absorb(position);
    }

    fn absorb(&mut self, position: u32) {
        if let Some(last) = self.origin.last_mut() {
            last.end = position + 1;
        }
    }
}

impl Sink for String {
    fn push(&mut self, c: char, _: bool, _: u32) {
        String::push(self, c);
    }

    fn replace_last(&mut self, c: char, _: bool, _: u32) {
        self.pop();
        String::push(self, c);
    }

    fn absorb(&mut self, _: u32) {}
}

/// What is known of the last folded character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Space { soft: bool },
    Letter(char),
}

fn fold_into(text: &str, joined: bool, sink: &mut impl Sink) {
    let mut last = Last::Nothing;
    let mut position = 0;
    for c in text.chars() {
        if c.is_ascii() {
            step(c, position, &mut last, sink);
        } else if c == ZWNJ {
            if !joined {
                space(true, position, &mut last, sink);
            }
        } else {
            decompose_compatible(c, |part| step(part, position, &mut last, sink));
        }
        position = position.saturating_add(1);
    }
}

fn space(soft: bool, position: u32, last: &mut Last, sink: &mut impl Sink) {
    match *last {
        Last::Space { soft: before } => {
            // White space beside a non-joiner is white space.
            let both = before && soft;
            sink.replace_last(' ', both, position);
            *last = Last::Space { soft: both };
        }
        _ => {
            sink.push(' ', soft, position);
            *last = Last::Space { soft };
        }
    }
}

/// One character, already decomposed.
fn step(c: char, position: u32, last: &mut Last, sink: &mut impl Sink) {
    if c.is_ascii() && !c.is_ascii_whitespace() {
        let c = c.to_ascii_lowercase();
        sink.push(c, false, position);
        *last = Last::Letter(c);
        return;
    }
    if c.is_whitespace() {
        space(false, position, last, sink);
        return;
    }
    if is_dropped_mark(c) {
        let letter = match (*last, c) {
            (Last::Letter('и'), '\u{306}') => Some('й'),
            (Last::Letter('у'), '\u{306}') => Some('ў'),
            (Last::Letter('і'), '\u{308}') => Some('ї'),
            _ => None,
        };
        match letter {
            Some(letter) => {
                sink.replace_last(letter, false, position);
                *last = Last::Letter(letter);
            }
            None if matches!(last, Last::Letter(_)) => sink.absorb(position),
            None => {}
        }
        return;
    }
    if is_invisible(c) {
        return;
    }
    let mut put = |c: char| {
        sink.push(c, false, position);
        *last = Last::Letter(c);
    };
    match c {
        'ß' | 'ẞ' => {
            put('s');
            put('s');
        }
        'ς' => put('σ'),
        _ => {
            for lower in c.to_lowercase() {
                put(variant(lower));
            }
        }
    }
}

/// Marks that change how a letter sounds or looks but not which letter a reader types: accents, vowel
/// points, cantillation, harakat, tatweel, variation selectors. Marks of other combining classes (Indic and
/// Thai vowels, nukta, kana voicing) are letters' own parts and stay.
fn is_dropped_mark(c: char) -> bool {
    matches!(c, '\u{640}' | '\u{FE00}'..='\u{FE0F}' | '\u{34F}')
        || matches!(canonical_combining_class(c), 1 | 10..=36 | 200..=240)
}

/// Letters and signs that are written one for another.
const fn variant(c: char) -> char {
    match c {
        // yeh: Arabic yeh, alef maksura, high hamza yeh, barree → Farsi yeh
        'ي' | 'ى' | '\u{678}' | '\u{6D2}' => 'ی',
        // kaf: Arabic, swash, ring → keheh
        'ك' | '\u{6AA}' | '\u{6AB}' => 'ک',
        // heh: teh marbuta, doachashmee, goal, teh marbuta goal, ae
        'ة' | '\u{6BE}' | '\u{6C1}' | '\u{6C3}' | '\u{6D5}' => 'ه',
        // alef: wasla, wavy hamza (the others lose their mark by decomposition)
        '\u{671}' | '\u{672}' | '\u{673}' | '\u{675}' => 'ا',
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6F0}'..='\u{6F9}' => digit(c, 0x6F0),
        '‘' | '’' | '‛' | 'ʼ' | 'ʹ' | '′' | '׳' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '״' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '־' => '-',
        _ => c,
    }
}

const fn digit(c: char, zero: u32) -> char {
    (b'0' + (c as u32 - zero) as u8) as char
}

/// Folds `text`, keeping the way back to it.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded {
        text: String::with_capacity(text.len()),
        ..Folded::default()
    };
    fold_into(text, false, &mut folded);
    folded
}

/// Folds `text` for an indexed column; the same string as [`fold()`] makes, without the way back.
#[must_use]
pub fn fold_str(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, false, &mut folded);
    folded
}

/// Like [`fold_str`], but a zero-width non-joiner leaves nothing behind: نمی‌خواهم as نمیخواهم. An index that
/// keeps both forms finds a word that was typed joined.
#[must_use]
pub fn fold_joined(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, true, &mut folded);
    folded
}

/// A query folded like the text it will be compared with, without white space around it.
#[must_use]
pub fn fold_query(query: &str) -> String {
    fold_str(query).trim().to_owned()
}

impl Folded {
    /// Every place where `query` occurs, in order and without overlap, as spans of the original. A zero-width non-joiner,
    /// in the text or the query, matches a space, another non-joiner, or nothing. Time grows with the text, and at
    /// worst (a text and a query of one letter over and over) with the query too: limit the length of queries.
    #[must_use]
    pub fn find(&self, query: &str) -> Vec<Span> {
        let query = fold(query);
        let mut pattern: Vec<(char, bool)> =
            query.text.chars().zip(query.soft.iter().copied()).collect();
        while pattern.last().is_some_and(|p| p.0 == ' ') {
            pattern.pop();
        }
        let lead = pattern.iter().take_while(|p| p.0 == ' ').count();
        let pattern = &pattern[lead..];
        let Some(&(first, _)) = pattern.first() else {
            return Vec::new();
        };
        let mut found: Vec<Span> = Vec::new();
        // Characters before this one belong to the last hit.
        let mut free = 0;
        for (i, (byte, c)) in self.text.char_indices().enumerate() {
            if c != first || i < free {
                continue;
            }
            if let Some(end) = self.matches_at(i, byte, pattern) {
                let span = self.origin[i].union_hull(self.origin[end - 1]);
                // One original character can have folded to several; it is one hit all the same.
                if found.last().is_none_or(|last| !last.overlaps(span)) {
                    found.push(span);
                }
                free = end;
            }
        }
        found
    }

    /// Where a match that begins at character `at` (at byte `byte`) ends.
    fn matches_at(&self, at: usize, byte: usize, pattern: &[(char, bool)]) -> Option<usize> {
        let mut text = self.text[byte..].chars().zip(&self.soft[at..]).peekable();
        let mut end = at;
        for &(wanted, wanted_soft) in pattern {
            if wanted == ' ' {
                if text.next_if(|&(c, _)| c == ' ').is_some() {
                    end += 1;
                } else if !wanted_soft {
                    return None;
                }
            } else {
                if text.next_if(|&(c, &soft)| c == ' ' && soft).is_some() {
                    end += 1;
                }
                text.next_if(|&(c, _)| c == wanted)?;
                end += 1;
            }
        }
        Some(end)
    }

    /// The original code points behind each character of `text`.
    #[must_use]
    pub fn origin(&self) -> &[Span] {
        &self.origin
    }

    /// Length of the folded text in characters.
    #[must_use]
    pub fn len(&self) -> u32 {
        to_u32(self.origin.len())
    }

    /// Whether the folding left nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.origin.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextIndex;
    use proptest::prelude::*;

    /// The words of `text` that `query` finds.
    fn hits<'a>(text: &'a str, query: &str) -> Vec<&'a str> {
        let index = TextIndex::new(text);
        fold(text)
            .find(query)
            .into_iter()
            .map(|span| {
                let (a, b) = (index.byte_of(span.start), index.byte_of(span.end));
                &text[a..b]
            })
            .collect()
    }

    #[test]
    fn a_word_with_a_non_joiner_is_found_however_it_is_typed() {
        let text = "من نمی‌توانستم بروم";
        for query in ["نمی‌توانستم", "نمی توانستم", "نمیتوانستم"] {
            assert_eq!(hits(text, query), vec!["نمی‌توانستم"], "{query}");
        }
        assert_eq!(hits(text, "توانستم"), vec!["توانستم"]);
        // and the other way round: typed with a non-joiner, written with a space or joined
        assert_eq!(hits("نمی توانستم", "نمی‌توانستم"), vec!["نمی توانستم"]);
        assert_eq!(hits("نمیتوانستم", "نمی‌توانستم"), vec!["نمیتوانستم"]);
        // a real space does not match nothing
        assert_eq!(hits("نمیتوانستم", "نمی توانستم"), Vec::<&str>::new());
        assert_eq!(hits("نمی توانستم", "نمیتوانستم"), Vec::<&str>::new());
        assert_eq!(hits("ساعت‌های کاری", "کار"), vec!["کار"]);
        assert_eq!(hits("ساعت‌های کاری", "ساعتهای کاری"), vec!["ساعت‌های کاری"]);
    }

    #[test]
    fn arabic_and_persian_letters() {
        let text = "كتاب و کتاب";
        for query in ["كتاب", "کتاب"] {
            assert_eq!(hits(text, query), vec!["كتاب", "کتاب"]);
        }
        assert_eq!(hits("علي على علی", "علی"), vec!["علي", "على", "علی"]);
        assert_eq!(hits("مَكْتَبَة كبيرة", "مكتبة"), vec!["مَكْتَبَة"]);
        assert_eq!(hits("مكتبه", "مَكْتَبَة"), vec!["مكتبه"]);
        assert_eq!(
            hits("أحمد إحمد آحمد ٱحمد", "احمد"),
            vec!["أحمد", "إحمد", "آحمد", "ٱحمد"]
        );
        assert_eq!(hits("ســـلام", "سلام"), vec!["ســـلام"]);
        assert_eq!(
            hits("خانهٔ ما، خانۀ ما", "خانه ما"),
            vec!["خانهٔ ما", "خانۀ ما"]
        );
        // presentation forms, as old PDF files hold them
        assert_eq!(hits("ﻛﺘﺎﺏ", "کتاب"), vec!["ﻛﺘﺎﺏ"]);
    }

    #[test]
    fn digits() {
        assert_eq!(hits("سال ۱۳۹۹ و ١٣٩٩", "1399"), vec!["۱۳۹۹", "١٣٩٩"]);
        assert_eq!(hits("in 1399", "۱۳۹۹"), vec!["1399"]);
    }

    #[test]
    fn hebrew_points() {
        let text = "שָׁלוֹם וגם שלום";
        for query in ["שלום", "שָׁלוֹם"] {
            assert_eq!(hits(text, query), vec!["שָׁלוֹם", "שלום"]);
        }
        assert_eq!(hits("צה״ל", "צה\"ל"), vec!["צה״ל"]);
    }

    #[test]
    fn russian() {
        assert_eq!(hits("ёлка Елка", "елка"), vec!["ёлка", "Елка"]);
        assert_eq!(hits("удалённая", "удаленная"), vec!["удалённая"]);
        assert_eq!(hits("УДАЛЕННАЯ", "удалённая"), vec!["УДАЛЕННАЯ"]);
        // й is a letter, composed or not
        assert_eq!(hits("мой мои", "мои"), vec!["мои"]);
        assert_eq!(hits("мои\u{306} мой", "мой"), vec!["мои\u{306}", "мой"]);
        assert_eq!(hits("за\u{301}мок", "замок"), vec!["за\u{301}мок"]);
    }

    #[test]
    fn latin() {
        assert_eq!(hits("Universität café", "universitat"), vec!["Universität"]);
        assert_eq!(hits("Universität café", "cafe"), vec!["café"]);
        assert_eq!(hits("cafe\u{301}s", "café"), vec!["cafe\u{301}"]);
        assert_eq!(hits("STRASSE Straße", "straße"), vec!["STRASSE", "Straße"]);
        assert_eq!(hits("İstanbul", "istanbul"), vec!["İstanbul"]);
        assert_eq!(hits("eﬃcient", "efficient"), vec!["eﬃcient"]);
        assert_eq!(hits("Ｗｉｄｅ", "wide"), vec!["Ｗｉｄｅ"]);
        assert_eq!(
            hits("Russia’s – “own”", "russia's - \"own\""),
            vec!["Russia’s – “own”"]
        );
    }

    #[test]
    fn white_space_and_invisible_marks() {
        assert_eq!(hits("two\n  words", "two words"), vec!["two\n  words"]);
        assert_eq!(hits("a\u{200F}b\u{AD}c", "abc"), vec!["a\u{200F}b\u{AD}c"]);
        // A mark after the hit is not part of it.
        assert_eq!(hits("abc\u{200F} d", " abc "), vec!["abc"]);
        assert_eq!(hits("abc", "  "), Vec::<&str>::new());
        assert_eq!(hits("abc", ""), Vec::<&str>::new());
        assert_eq!(hits("", "a"), Vec::<&str>::new());
    }

    #[test]
    fn hits_do_not_overlap() {
        assert_eq!(hits("aaaa", "aa"), vec!["aa", "aa"]);
        assert_eq!(hits("ßx", "s"), vec!["ß"]);
    }

    #[test]
    fn emoji_before_a_hit_do_not_shift_it() {
        assert_eq!(
            fold("👩‍👩‍👧 Iran").find("iran"),
            vec![Span::new(6, 10).unwrap()]
        );
    }

    #[test]
    fn columns_and_queries() {
        assert_eq!(fold_str("نمی‌خواهم  بروم"), "نمی خواهم بروم");
        assert_eq!(fold_joined("نمی‌خواهم"), "نمیخواهم");
        assert_eq!(fold_query("  Ёлка "), "елка");
    }

    fn words() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "B",
            " ",
            "\n",
            "\u{301}",
            "\u{200C}",
            "\u{200F}",
            "ي",
            "ك",
            "ة",
            "أ",
            "ـ",
            "\u{64E}",
            "ё",
            "й",
            "и",
            "\u{306}",
            "ß",
            "۱",
            "שׁ",
            "𐍈",
            "’",
            "👩‍👧",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|v| v.concat())
    }

    proptest! {
        #[test]
        fn equal_spellings_fold_alike(text in words()) {
            use unicode_normalization::UnicodeNormalization;
            let composed: String = text.nfc().collect();
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(fold_str(&composed), fold_str(&decomposed));
        }

        #[test]
        fn both_foldings_agree_and_stay(text in words()) {
            let folded = fold(&text);
            prop_assert_eq!(&folded.text, &fold_str(&text));
            prop_assert_eq!(folded.text.chars().count(), folded.origin.len());
            prop_assert_eq!(folded.soft.len(), folded.origin.len());
            prop_assert_eq!(fold_str(&folded.text), folded.text.clone());
            let len = text.chars().count() as u32;
            prop_assert!(folded.origin.iter().all(|s| s.start < s.end && s.end <= len));
            prop_assert!(folded.origin.windows(2).all(|w| w[0].start <= w[1].start && w[0].end <= w[1].end));
        }

        #[test]
        fn every_word_finds_itself(text in words()) {
            let index = TextIndex::new(text.as_str());
            for word in text.split_whitespace() {
                if fold_query(word).is_empty() { continue; }
                let found = fold(&text).find(word);
                prop_assert!(!found.is_empty());
                prop_assert!(found.windows(2).all(|w| w[0].end <= w[1].start));
                prop_assert!(found.iter().all(|s| index.holds(*s)));
            }
        }
    }
}
