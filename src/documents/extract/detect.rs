//! Which format a file has: by what is in it first, by its name second.
//!
//! Names lie (a `.doc` that is RTF, an `.odt` that is no zip), but for text formats the name is all there is to
//! tell Markdown from plain text. A name that promises a format whose signature is missing is a damaged file of that format.

use super::{Format, Problem, ProblemKind};

/// How far into a file its beginnings are looked for.
const HEAD: usize = 4096;

/// The format of a file, or none if it is not one that is read.
pub fn detect(name: &str, bytes: &[u8]) -> Option<Format> {
    identify(name, bytes).ok()
}

/// As [`detect`], with the reason.
///
/// # Errors
/// [`ProblemKind::Empty`], [`ProblemKind::Encrypted`] for an encrypted Office file (which hides its format),
/// [`ProblemKind::Damaged`] if the content contradicts the name, [`ProblemKind::Unsupported`] otherwise.
pub fn identify(name: &str, bytes: &[u8]) -> Result<Format, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(ProblemKind::Empty, "the file has no bytes"));
    }
    let named = by_name(name);
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return packed(bytes, named);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(compound(bytes));
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    if head[..head.len().min(1024)]
        .windows(5)
        .any(|w| w == b"%PDF-")
    {
        return Ok(Format::Pdf);
    }
    if head.trim_ascii_start().starts_with(b"{\\rtf") {
        return Ok(Format::Rtf);
    }
    if let Some(
        format @ (Format::Docx
        | Format::Odt
        | Format::Epub
        | Format::Xlsx
        | Format::Zip
        | Format::Pdf
        | Format::Rtf),
    ) = named
    {
        return Err(Problem::damaged(format!(
            "does not begin as the format {} does",
            format.slug()
        )));
    }
    if known_binary(head) {
        return Err(Problem::new(
            ProblemKind::Unsupported,
            "an image, sound, program or packed file",
        ));
    }
    let start = beginning(head);
    if start.starts_with("webvtt") {
        return Ok(Format::Vtt);
    }
    match named {
        Some(format) => Ok(format),
        None if looks_like_html(&start) => Ok(Format::Html),
        None if name_is_open(name) => Ok(Format::Txt),
        None => Err(Problem::new(
            ProblemKind::Unsupported,
            "not a format that is read",
        )),
    }
}

/// The format that an extension promises.
fn by_name(name: &str) -> Option<Format> {
    let extension = extension(name)?;
    Some(match extension.as_str() {
        "txt" | "text" => Format::Txt,
        "md" | "markdown" => Format::Md,
        "html" | "htm" | "xhtml" => Format::Html,
        "docx" | "docm" | "dotx" => Format::Docx,
        "odt" | "ott" => Format::Odt,
        "rtf" => Format::Rtf,
        "pdf" => Format::Pdf,
        "epub" => Format::Epub,
        "csv" => Format::Csv,
        "tsv" | "tab" => Format::Tsv,
        "xlsx" | "xlsm" => Format::Xlsx,
        "srt" => Format::Srt,
        "vtt" => Format::Vtt,
        "zip" => Format::Zip,
        _ => return None,
    })
}

fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// A name without an extension, or with something after the last dot that is no extension ("No. 598"), promises nothing.
fn name_is_open(name: &str) -> bool {
    extension(name).is_none_or(|e| {
        e.len() > 8
            || !e.bytes().all(|b| b.is_ascii_alphanumeric())
            || e.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Tells the zip-based formats apart by the members that each must have.
fn packed(bytes: &[u8], named: Option<Format>) -> Result<Format, Problem> {
    let mut zip = match zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
        Ok(zip) => zip,
        Err(error) => {
            return Err(Problem::damaged(format!(
                "not a readable zip archive: {error}"
            )));
        }
    };
    let has = |name: &str| zip.index_for_name(name).is_some();
    if has("word/document.xml") || has("[Content_Types].xml") && named == Some(Format::Docx) {
        return Ok(Format::Docx);
    }
    if has("xl/workbook.xml") {
        return Ok(Format::Xlsx);
    }
    if has("project.qde") {
        return Err(Problem::new(
            ProblemKind::Unsupported,
            "a REFI-QDA project is not a document",
        ));
    }
    if has("META-INF/container.xml") {
        return Ok(Format::Epub);
    }
    if has("ppt/presentation.xml") {
        return Err(Problem::new(ProblemKind::Unsupported, "a presentation"));
    }
    if let Ok(mut member) = zip.by_name("mimetype") {
        let mut kind = String::new();
        if std::io::Read::read_to_string(&mut std::io::Read::take(&mut member, 200), &mut kind)
            .is_ok()
        {
            match kind.trim() {
                "application/vnd.oasis.opendocument.text"
                | "application/vnd.oasis.opendocument.text-template" => return Ok(Format::Odt),
                "application/epub+zip" => return Ok(Format::Epub),
                other if other.starts_with("application/vnd.oasis.opendocument") => {
                    return Err(Problem::new(
                        ProblemKind::Unsupported,
                        "an OpenDocument file that is no text",
                    ));
                }
                _ => {}
            }
        }
    }
    if zip.index_for_name("content.xml").is_some() {
        return Ok(Format::Odt);
    }
    match named {
        None | Some(Format::Zip) => Ok(Format::Zip),
        Some(format) => Err(Problem::damaged(format!(
            "a zip archive without the parts of {}",
            format.slug()
        ))),
    }
}

/// OLE compound files: Office files encrypted with a password, or the formats of before 2007.
fn compound(bytes: &[u8]) -> Problem {
    let wide: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    if bytes.windows(wide.len()).any(|window| window == wide) {
        return Problem::new(
            ProblemKind::Encrypted,
            "an Office file that needs a password",
        );
    }
    Problem::new(
        ProblemKind::Unsupported,
        "an Office file of the format before 2007",
    )
}

fn known_binary(head: &[u8]) -> bool {
    const SIGNATURES: [&[u8]; 14] = [
        b"\x89PNG",
        b"\xFF\xD8\xFF",
        b"GIF8",
        b"\x1F\x8B",
        b"7z\xBC\xAF",
        b"Rar!",
        b"\x7FELF",
        b"MZ\x90",
        b"ID3",
        b"OggS",
        b"RIFF",
        b"BZh9",
        b"\xFD7zXZ",
        b"SQLite format 3",
    ];
    SIGNATURES
        .iter()
        .any(|signature| head.starts_with(signature))
}

/// The first characters in lower case, without marks, declarations and comments.
fn beginning(head: &[u8]) -> String {
    let text = match encoding_rs::Encoding::for_bom(head) {
        Some((encoding, mark)) => encoding
            .decode_without_bom_handling(&head[mark..])
            .0
            .into_owned(),
        None => String::from_utf8_lossy(head).into_owned(),
    };
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment
            .split_once("-->")
            .map_or("", |(_, after)| after)
            .trim_start();
    }
    if let Some(declaration) = rest.strip_prefix("<?xml") {
        rest = declaration
            .split_once("?>")
            .map_or("", |(_, after)| after)
            .trim_start();
    }
    rest.chars().take(64).collect::<String>().to_lowercase()
}

fn looks_like_html(start: &str) -> bool {
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::extract::archive::tests::zipped;

    #[test]
    fn content_comes_before_the_name() {
        assert_eq!(detect("speech.doc", br"{\rtf1 x}"), Some(Format::Rtf));
        assert_eq!(detect("speech", b"\n%PDF-1.4"), Some(Format::Pdf));
        assert_eq!(detect("a.txt", b"WEBVTT\n\n"), Some(Format::Vtt));
        assert_eq!(
            detect("page", b"<!-- saved --><!DOCTYPE html><p>x"),
            Some(Format::Html)
        );
        assert_eq!(
            detect("a.zip", &zipped(&[("word/document.xml", b"")])),
            Some(Format::Docx)
        );
        assert_eq!(
            detect(
                "a",
                &zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text")])
            ),
            Some(Format::Odt)
        );
        assert_eq!(
            detect("a.zip", &zipped(&[("a.txt", b"x")])),
            Some(Format::Zip)
        );
    }

    #[test]
    fn names_tell_text_formats_apart() {
        for (name, format) in [
            ("a.TXT", Format::Txt),
            ("dir/a.md", Format::Md),
            ("a.htm", Format::Html),
            ("a.csv", Format::Csv),
            ("a.tsv", Format::Tsv),
            ("a.srt", Format::Srt),
            ("README", Format::Txt),
            ("Resolution No. 598", Format::Txt),
        ] {
            assert_eq!(detect(name, b"words, words"), Some(format), "{name}");
        }
    }

    #[test]
    fn what_is_not_read_says_why() {
        let kind = |name: &str, bytes: &[u8]| identify(name, bytes).unwrap_err().kind;
        assert_eq!(kind("a.txt", b""), ProblemKind::Empty);
        assert_eq!(kind("a.odt", b"not a zip"), ProblemKind::Damaged);
        assert_eq!(
            kind("a.docx", &zipped(&[("a.txt", b"x")])),
            ProblemKind::Damaged
        );
        assert_eq!(kind("a.exe", b"words"), ProblemKind::Unsupported);
        assert_eq!(kind("a.txt", b"\x89PNG\r\n"), ProblemKind::Unsupported);
        let mut ole = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        assert_eq!(kind("a.docx", &ole), ProblemKind::Unsupported);
        ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(kind("a.docx", &ole), ProblemKind::Encrypted);
    }
}
