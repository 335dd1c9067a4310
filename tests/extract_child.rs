//! The reader of foreign formats as a process of its own: the real program, its limits and its answers.

use std::path::Path;
use std::sync::Arc;

use concord::documents::extract::{Format, LimitName, Limits, ProblemKind, isolate};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_concord"))
}

fn bytes(of: &[u8]) -> Arc<[u8]> {
    Arc::from(of)
}

fn fixture(name: &str) -> Arc<[u8]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/pdf")
        .join(name);
    Arc::from(std::fs::read(path).expect("the fixture is there"))
}

#[tokio::test]
async fn a_document_comes_back_whole() {
    let items = isolate::extract(
        program(),
        "fa.pdf",
        fixture("fa.chromium.pdf"),
        &Limits::default(),
    )
    .await
    .expect("is read");
    let read = items[0].outcome.as_ref().expect("has a text");
    assert_eq!(read.format, Format::Pdf);
    assert!(
        read.text.starts_with("اعلامیه جهانی حقوق بشر"),
        "{}",
        &read.text[..80]
    );
    assert_eq!(read.metadata.language.as_deref(), Some("fa"));
    assert!(!read.blocks.is_empty());

    let html = bytes("<h1>Один</h1><p>два</p>".as_bytes());
    let items = isolate::extract(program(), "a.html", html, &Limits::default())
        .await
        .expect("is read");
    assert_eq!(
        items[0].outcome.as_ref().expect("has a text").text,
        "Один\n\nдва"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told() {
    let locked = isolate::extract(
        program(),
        "l.pdf",
        fixture("locked.pdf"),
        &Limits::default(),
    )
    .await;
    let problem = locked
        .expect("is answered")
        .remove(0)
        .outcome
        .expect_err("is refused");
    assert_eq!(problem.kind, ProblemKind::Encrypted);
}

#[tokio::test]
async fn one_bad_member_of_an_archive_leaves_the_others() {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in [
        ("good.html", &b"<p>good"[..]),
        ("bad.pdf", &b"%PDF-1.4 nothing"[..]),
        ("plain.txt", &b"plain"[..]),
    ] {
        zip.start_file(name, options).expect("starts");
        zip.write_all(content).expect("writes");
    }
    let zip = bytes(&zip.finish().expect("finishes").into_inner());
    let items = isolate::extract(program(), "all.zip", zip, &Limits::default())
        .await
        .expect("is opened");
    let told: Vec<(&str, Result<&str, &str>)> = items
        .iter()
        .map(|item| {
            let outcome = item.outcome.as_ref().map(|read| read.text.as_str());
            (
                item.name.as_str(),
                outcome.map_err(|problem| problem.slug()),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("good.html", Ok("good")),
            ("bad.pdf", Err("damaged")),
            ("plain.txt", Ok("plain"))
        ]
    );
    assert_eq!(items[2].original.as_deref(), Some(&b"plain"[..]));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hungry_reader_is_ended_and_not_the_server() {
    // A page whose tree needs far more memory than the child may have.
    let page = bytes("<i>x</i>".repeat(2_000_000).as_bytes());
    let limits = Limits {
        memory_bytes: 400 * 1024 * 1024,
        ..Limits::default()
    };
    let problem = isolate::extract(program(), "big.html", page, &limits)
        .await
        .expect_err("is refused");
    assert_eq!(problem.limit, Some(LimitName::Memory), "{problem}");
}
