//! PDFs made by Writer and by Chromium against the texts they were made from, and PDFs written by hand.

use std::path::PathBuf;

use similar::{Algorithm, DiffTag};
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::documents::extract::tests::assert_sound;
use crate::text::BlockKind;

fn fixture(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "pdf", name]
        .iter()
        .collect();
    std::fs::read(path).expect("the fixture is there")
}

fn extracted(name: &str) -> Extracted {
    let read = read(&fixture(name), &Limits::default()).expect(name);
    assert_sound(&read);
    read
}

/// Letters after NFKC with white space as single spaces.
fn letters_of(text: &str) -> Vec<char> {
    let normal: String = text.nfkc().collect();
    normal
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .collect()
}

/// Twice the letters of the longest common sequence by those of both: how far the order is the same, from 0 to 1.
/// Two texts of the same letters in another order score low.
fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (letters_of(a), letters_of(b));
    let common: usize = similar::capture_diff_slices(Algorithm::Myers, &a, &b)
        .iter()
        .filter(|op| op.tag() == DiffTag::Equal)
        .map(|op| op.old_range().len())
        .sum();
    2.0 * common as f64 / (a.len() + b.len()) as f64
}

#[test]
fn the_measure_punishes_reversal() {
    let line = "the quick brown fox jumps over the lazy dog";
    let reversed: String = line.chars().rev().collect();
    assert!((similarity(line, line) - 1.0).abs() < 1e-12);
    assert!(similarity(line, &reversed) < 0.6);
}

#[test]
fn the_order_of_letters_is_that_of_the_source() {
    for (name, least) in [
        ("en", 0.99),
        ("ru", 0.99),
        ("fa", 0.99),
        ("fa_news", 0.99),
        ("ar", 0.97),
        ("he", 0.99),
    ] {
        let source = String::from_utf8(fixture(&format!("{name}.txt"))).unwrap();
        for maker in ["writer", "chromium"] {
            let read = extracted(&format!("{name}.{maker}.pdf"));
            let score = similarity(&source, &read.text);
            assert!(score >= least, "{name} by {maker}: {score:.3}");
            let right_to_left = !matches!(name, "en" | "ru");
            assert_eq!(
                read.warnings.contains(&Warning::CheckTextOrder),
                right_to_left,
                "{name} by {maker}"
            );
        }
    }
}

#[test]
fn right_to_left_text_in_left_to_right_paragraphs_is_read() {
    let source = String::from_utf8(fixture("fa.txt")).unwrap();
    let score = similarity(&source, &extracted("fa.plain.pdf").text);
    assert!(score >= 0.98, "{score:.3}");
}

#[test]
fn columns_are_read_one_after_the_other() {
    let source = String::from_utf8(fixture("columns.txt")).unwrap();
    let read = extracted("columns.chromium.pdf");
    assert!(similarity(&source, &read.text) >= 0.99);
    assert_eq!(read.blocks.len(), 4, "{:?}", read.blocks);
}

#[test]
fn pages_end_with_a_form_feed_and_blocks_know_their_page() {
    let read = extracted("he.chromium.pdf");
    let pages = read.pages.unwrap();
    assert!(pages >= 2);
    let breaks = read
        .blocks
        .iter()
        .filter(|b| b.kind == BlockKind::PageBreak)
        .count();
    assert_eq!(breaks as u32, pages - 1);
    assert_eq!(read.blocks.first().unwrap().page, Some(1));
    assert_eq!(read.blocks.last().unwrap().page, Some(pages));
    let one = Limits {
        pages: 1,
        ..Limits::default()
    };
    assert_eq!(
        super::read(&fixture("he.chromium.pdf"), &one)
            .unwrap_err()
            .limit,
        Some(LimitName::Pages)
    );
}

#[test]
fn a_password_to_open_is_refused_and_one_to_change_is_not() {
    assert_eq!(
        read(&fixture("locked.pdf"), &Limits::default())
            .unwrap_err()
            .kind,
        ProblemKind::Encrypted
    );
    assert_eq!(extracted("owner.pdf").text, "A locked page.");
}

/// A PDF of one page with this content; the standard font is `F`, and `I` is an image of one grey dot.
fn written(content: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /I 6 0 R /X 7 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x7f\nendstream".to_owned(),
        "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X 7 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream".to_owned(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).into_bytes());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    bytes.extend(
        format!(
            "trailer << /Root 1 0 R /Size {} >>\nstartxref\n{start}\n%%EOF",
            objects.len() + 1
        )
        .into_bytes(),
    );
    bytes
}

fn text_of_page(content: &str) -> String {
    let read = read(&written(content), &Limits::default()).expect("reads");
    assert_sound(&read);
    read.text
}

#[test]
fn operators_place_text() {
    // All four ways to show a string and to begin a line; spaces from gaps alone; a raised note number.
    let content = "BT /F 12 Tf 14 TL 50 700 Td (First line of) Tj T* (text goes) ' 0 0 (on and on) \" \
                   [(he) 20 (re) -400 (too)] TJ ET \
                   BT /F 12 Tf 50 600 Td (Note) Tj /F 7 Tf 4 Ts (1) Tj ET";
    let text = text_of_page(content);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("First line of text goes on and onhere too"),
        "{text}"
    );
    assert!(text.contains("Note1"), "{text}");
}

#[test]
fn turned_pages_are_read_along_their_lines() {
    let content = "BT /F 12 Tf 0 1 -1 0 100 100 Tm (One upright line) Tj ET BT /F 12 Tf 0 1 -1 0 115 100 Tm (and a second) Tj ET";
    assert_eq!(text_of_page(content), "One upright line and a second");
}

#[test]
fn actual_text_says_what_a_shape_is() {
    let content = "BT /F 12 Tf 50 700 Td (a ) Tj /Span << /ActualText <FEFF0634> >> BDC (x) Tj EMC ( b) Tj ET";
    assert_eq!(text_of_page(content), "a ش b");
}

#[test]
fn a_soft_hyphen_at_the_end_of_a_line_goes_and_a_hard_one_stays() {
    let content = "BT /F 12 Tf 14 TL 50 700 Td (A quite long line with a parti) Tj /Span << /ActualText <FEFF00AD> >> BDC (-) Tj EMC T* (cular word and a well-) Tj T* (known one.) Tj ET";
    assert_eq!(
        text_of_page(content),
        "A quite long line with a particular word and a well-known one."
    );
}

#[test]
fn images_alone_are_no_text_and_forms_that_hold_themselves_end() {
    let problem = read(&written("q 10 0 0 10 0 0 cm /I Do Q"), &Limits::default()).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NoText);
    let problem = read(&written("/X Do"), &Limits::default()).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NoText);
}

#[test]
fn damaged_files_end_in_a_problem() {
    let whole = fixture("owner.pdf");
    for length in [9, 100, 1000, whole.len() / 2] {
        assert_eq!(
            read(&whole[..length], &Limits::default()).unwrap_err().kind,
            ProblemKind::Damaged,
            "{length}"
        );
    }
}

#[test]
fn a_page_that_cannot_be_unpacked_is_damage_and_not_a_scan() {
    let whole = String::from_utf8_lossy(&written("BT /F 12 Tf (Some words) Tj ET"))
        .replace('\u{FFFD}', "x");
    let packed = whole.replacen(
        "<< /Length 30 >>",
        "<< /Length 30 /Filter /FlateDecode >>",
        1,
    );
    assert_ne!(whole, packed);
    let problem = read(packed.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Damaged);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn altered_files_end_in_an_answer(flips in proptest::collection::vec((0usize..8000, 0u8..=255), 1..40)) {
        let mut bytes = written("BT /F 12 Tf 50 700 Td (Some words) Tj ET q 1 0 0 1 0 0 cm /I Do Q");
        for (at, value) in flips {
            let length = bytes.len();
            bytes[at % length] = value;
        }
        // The library that parses the objects may panic; `document` is where that ends.
        let answer = super::super::document(Format::Pdf, &bytes, &Limits::default());
        if let Ok(read) = answer {
            assert_sound(&read);
        }
    }
}
