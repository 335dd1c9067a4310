//! What holds for all formats together, and for the shared collection of real files where it is at hand.

use proptest::prelude::*;

use super::*;

/// Blocks are in order, inside the text, apart, not blank at their ends, and leave only white space between them.
pub(crate) fn assert_sound(extracted: &Extracted) {
    let chars: Vec<char> = extracted.text.chars().collect();
    let mut last = 0usize;
    for block in &extracted.blocks {
        let (start, end) = (block.span.start as usize, block.span.end as usize);
        assert!(
            last <= start && start < end && end <= chars.len(),
            "{block:?} after {last} of {}",
            chars.len()
        );
        assert!(
            chars[last..start].iter().all(|c| c.is_whitespace()),
            "words between blocks before {block:?}"
        );
        last = end;
    }
    assert!(
        chars[last..].iter().all(|c| c.is_whitespace()),
        "words after the last block"
    );
    assert!(!extracted.text.contains('\r'));
}

#[test]
fn formats_have_one_slug_each() {
    let slugs: std::collections::BTreeSet<_> = Format::ALL.iter().map(|f| f.slug()).collect();
    assert_eq!(slugs.len(), Format::ALL.len());
    for format in Format::ALL {
        assert_eq!(
            serde_json::to_string(&format).unwrap(),
            format!("\"{}\"", format.slug())
        );
    }
}

#[test]
fn an_upload_over_the_limit_is_refused_first() {
    let limits = Limits {
        file_bytes: 3,
        ..Limits::default()
    };
    assert_eq!(
        extract("a.txt", b"four", &limits).unwrap_err().limit,
        Some(LimitName::FileBytes)
    );
    assert!(extract("a.txt", b"abc", &limits).is_ok());
}

#[test]
fn plain_text_is_kept_letter_for_letter() {
    let source = "\u{FEFF}سلام\u{200C}ها\r\n\r\n  e\u{301} 🌍\r";
    let items = extract("a.txt", source.as_bytes(), &Limits::default()).unwrap();
    let read = items[0].outcome.as_ref().unwrap();
    assert_eq!(read.text, "سلام\u{200C}ها\n\n  e\u{301} 🌍\n");
    assert_sound(read);
}

#[test]
fn blank_and_over_long_texts_are_refused() {
    let problem = |bytes: &[u8], limits: &Limits| {
        extract("a.txt", bytes, limits)
            .unwrap()
            .remove(0)
            .outcome
            .unwrap_err()
    };
    assert_eq!(
        problem(b" \n\t ", &Limits::default()).kind,
        ProblemKind::NoText
    );
    let short = Limits {
        code_points: 3,
        ..Limits::default()
    };
    assert_eq!(
        problem("дома".as_bytes(), &short).limit,
        Some(LimitName::CodePoints)
    );
    assert!(
        extract("a.txt", "дом".as_bytes(), &short).unwrap()[0]
            .outcome
            .is_ok()
    );
}

/// What `reasonable_outcome` in the collection's list means for this program: part of the text, or the slug.
const COLLECTION: &[(&str, Result<&str, &[&str]>)] = &[
    ("testHTML_utf8.html", Ok("")),
    ("testWORD_various.docx", Ok("")),
    ("footnotes.docx", Ok("[1]")),
    ("testComment.docx", Ok("")),
    ("testOpenOffice2.odt", Ok("")),
    ("testRTFVarious.rtf", Ok("")),
    ("testEPUB.epub", Ok("")),
    ("wikipedia_mozilla.html", Ok("Mozilla")),
    ("wikipedia_new_zealand.html", Ok("New Zealand")),
    ("broken/testExternalRefs.docx", Ok("")),
    ("broken/testHTMLBadScript.html", Ok("")),
    ("broken/testODTnotaZipFile.odt", Err(&["damaged"])),
    ("broken/testRTFCorruptListOverride.rtf", Ok("")),
    (
        "broken/testWORD_protected_passtika.docx",
        Err(&["encrypted"]),
    ),
    ("broken/testWORD_truncated.docx", Err(&["damaged"])),
    ("BLR_2024_ru.pdf", Ok("Республики")),
    ("IRN_2024_en.pdf", Ok("Iran")),
    ("KWT_2024_ar.pdf", Ok("كلمة")),
    ("LBN_2024_ar.pdf", Ok("لبنان")),
    ("HTI_2024_fr_scanned.pdf", Err(&["no-text"])),
    ("testPDF_rotated.pdf", Ok("")),
    ("tracemonkey_two_column.pdf", Ok("dynamically")),
    ("broken/poppler-85140-0.pdf", Err(&["damaged", "no-text"])),
    ("broken/testPDF_protected.pdf", Ok("")),
];

#[test]
fn the_collection_is_read_or_refused_with_a_reason() {
    let Some(folder) = collection() else { return };
    for (name, expected) in COLLECTION {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let read = extract(name, &bytes, &Limits::default())
            .map(|mut items| items.remove(0).outcome)
            .and_then(|o| o);
        match (read, expected) {
            (Ok(read), Ok(part)) => {
                assert!(read.text.contains(part), "{name} lacks {part}");
                assert!(!read.text.contains("function("), "{name} holds a script");
                assert_sound(&read);
            }
            (Err(problem), Err(slugs)) => {
                assert!(slugs.contains(&problem.slug()), "{name}: {problem}")
            }
            (Ok(read), Err(slugs)) => panic!(
                "{name} was read ({} bytes) and not {slugs:?}",
                read.text.len()
            ),
            (Err(problem), Ok(_)) => panic!("{name}: {problem}"),
        }
    }
    // Damaged in ways that allow either: what matters is that they end.
    for name in [
        "broken/helloworld-bad.pdf",
        "broken/poppler-395-0-fuzzed.pdf",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        if let Ok(items) = extract(name, &bytes, &Limits::default()) {
            items
                .iter()
                .filter_map(|item| item.outcome.as_ref().ok())
                .for_each(assert_sound);
        }
    }
}

/// The folder of real files, named by `CONCORD_CORPUS` or beside the repository; tests that need it pass without.
fn collection() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("CONCORD_CORPUS").map(std::path::PathBuf::from);
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    named
        .into_iter()
        .chain([beside])
        .map(|root| root.join("files"))
        .find(|folder| folder.is_dir())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_sound(text in "(\\PC|\n|\r){0,300}", markdown: bool) {
        let name = if markdown { "a.md" } else { "a.txt" };
        for item in extract(name, text.as_bytes(), &Limits::default()).unwrap_or_default() {
            if let Ok(read) = &item.outcome {
                assert_sound(read);
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..9) {
        let name = ["a.txt", "a.md", "a.srt", "a.vtt", "a.csv", "a.tsv", "a.html", "a.rtf", "a"][at];
        for item in extract(name, &bytes, &Limits::default()).unwrap_or_default() {
            if let Ok(read) = &item.outcome {
                assert_sound(read);
            }
        }
    }

    #[test]
    fn altered_packed_files_end_in_an_answer(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), which in 0usize..3) {
        let w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let docx = format!("<w:document xmlns:w=\"{w}\"><w:body><w:p><w:r><w:t>Words of a document</w:t></w:r></w:p></w:body></w:document>");
        let text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
        let odt = format!("<o xmlns:text=\"{text}\"><text:p>Words of a document</text:p></o>");
        let (name, mut bytes) = match which {
            0 => ("a.docx", archive::tests::zipped(&[("word/document.xml", docx.as_bytes())])),
            1 => ("a.odt", archive::tests::zipped(&[("content.xml", odt.as_bytes())])),
            _ => ("a.zip", archive::tests::zipped(&[("a.txt", b"Words of a document"), ("b.rtf", br"{\rtf1 x}")])),
        };
        for (index, value) in flips {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        for item in extract(name, &bytes, &Limits::default()).unwrap_or_default() {
            if let Ok(read) = &item.outcome {
                assert_sound(read);
            }
        }
    }
}
