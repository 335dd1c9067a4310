//! RTF written by hand, and RTF that no program would write.

use super::*;
use crate::text::BlockKind;
use proptest::prelude::*;

fn rtf(source: &str) -> Extracted {
    read(source.as_bytes(), &Limits::default()).expect("reads")
}

#[test]
fn unicode_escapes_keep_the_space_after_a_word() {
    let read = rtf(
        r"{\rtf1\ansi\ansicpg1251\uc1 \u1052?\u1080?\u1088? \u1080? \'ec\'e8\'f0.\par{\uc0\u1575 \u1740 }\u-3? \u55356?\u57101?}",
    );
    assert_eq!(read.text, "Мир и мир.\n\nای\u{fffd} 🌍");
}

#[test]
fn code_pages_follow_the_font() {
    let read = rtf(
        r"{\rtf1\ansi\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset178 Arial;}{\f2\fcharset177 David;}{\f3\fcharset204 T;}}\f1 \'d3\'e1\'c7\'e3 \f2\'f9\'ec\'e5\'ed \f3\'cc\'e8\'f0\f0 caf\'e9}",
    );
    assert_eq!(read.text, "سلام שלום Мирcafé");
}

#[test]
fn what_is_not_text_is_skipped() {
    let read = rtf(
        r"{\rtf1{\info{\title A \{B\}}{\author N. N.}{\creatim\yr2015\mo9\dy30}}{\colortbl;\red0;}{\*\generator X;}{\header head}Text{\pict 0a0b}{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} {\v hidden}{\deleted gone}on\~e\-two{\footnote {\chftn} A note.}{\*\unknown x}\par\bin3 }}}end}",
    );
    assert_eq!(read.text, "Textlink on\u{a0}etwo[1]\n\nend\n\n[1] A note.");
    assert_eq!(read.metadata.title.as_deref(), Some("A {B}"));
    assert_eq!(read.metadata.author.as_deref(), Some("N. N."));
    assert_eq!(read.metadata.date.as_deref(), Some("2015-09-30"));
    assert_eq!(read.warnings, [Warning::TrackedChanges]);
}

#[test]
fn headings_lists_and_tables_become_blocks() {
    let read = rtf(
        r"{\rtf1{\stylesheet{\s0 Normal;}{\s3\outlinelevel1 heading 2;}{\s4 heading 1;}}\pard\s4 One\par\pard\s3 Two\par\pard Words\par\pard\ls1\ilvl1{\listtext 1.}item\par\pard\intbl a\cell b\par c\cell\row\intbl 1\cell 2\cell\row\pard after\par}",
    );
    assert_eq!(
        read.text,
        "One\n\nTwo\n\nWords\n\nitem\n\na\tb\nc\n1\t2\n\nafter"
    );
    assert_eq!(
        read.blocks
            .iter()
            .map(|b| (b.kind, b.level))
            .collect::<Vec<_>>(),
        [
            (BlockKind::Heading, 1),
            (BlockKind::Heading, 2),
            (BlockKind::Paragraph, 0),
            (BlockKind::ListItem, 2),
            (BlockKind::TableRow, 0),
            (BlockKind::TableRow, 0),
            (BlockKind::Paragraph, 0),
        ]
    );
}

#[test]
fn the_unicode_half_is_taken_where_both_are_given() {
    assert_eq!(
        rtf(r"{\rtf1 {\upr{ascii}{\*\ud{\uc0 \u1052\u1080}}} x}").text,
        "Ми x"
    );
}

#[test]
fn deep_groups_are_refused() {
    let deep = format!("{{\\rtf1 {}", "{".repeat(10_000));
    assert_eq!(
        read(deep.as_bytes(), &Limits::default()).unwrap_err().limit,
        Some(LimitName::Nesting)
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = b"{\\rtf1 ".to_vec();
        bytes.extend(tail);
        let _ = read(&bytes, &Limits::default());
    }

    #[test]
    fn no_sequence_of_words_panics(words in proptest::collection::vec(
        prop_oneof![
            Just("{"), Just("}"), Just("\\*"), Just("\\u-5"), Just("\\u99999 "), Just("\\uc0"), Just("\\cell"), Just("\\row"),
            Just("\\intbl"), Just("\\par"), Just("\\footnote"), Just("\\upr"), Just("\\ud"), Just("\\stylesheet"), Just("\\s2147483647"),
            Just("\\bin9999999"), Just("\\'e"), Just("x"), Just("\\info"), Just("\\creatim\\yr-1\\mo0\\dy0"), Just("\\fonttbl\\f1\\fcharset178"),
        ], 0..60)) {
        let source = format!("{{\\rtf1 {}", words.concat());
        let _ = read(source.as_bytes(), &Limits::default());
    }
}
