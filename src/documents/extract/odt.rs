//! OpenDocument texts: `content.xml` in reading order.
//!
//! Headings, paragraphs, lists and tables are elements of their own here. Notes stand in the middle of their paragraph; as in
//! Word documents they are moved behind the text, and their number stays. Deletions that are being tracked are kept by the
//! format in a place of their own, which is skipped; comments are skipped as well.

use super::archive::Archive;
use super::builder::Builder;
use super::xml::{Element, Token, walk};
use super::{Extracted, Format, Limits, Metadata, Problem, ProblemKind, Warning};

/// Spaces that one `text:s` may stand for.
const SPACES: usize = 1000;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let mut archive = Archive::open(bytes, limits)?;
    if let Some(manifest) = archive.member("META-INF/manifest.xml")?
        && String::from_utf8_lossy(&manifest).contains("encryption-data")
    {
        return Err(Problem::new(
            ProblemKind::Encrypted,
            "the document needs a password",
        ));
    }
    let mut body = Body {
        builder: Builder::new(limits),
        paragraphs: Vec::new(),
        notes: Vec::new(),
        lists: 0,
        skipped: 0,
        changed: false,
    };
    walk(&archive.required("content.xml")?, limits, |token| {
        body.token(token)
    })?;
    let mut builder = body.builder;
    while builder.in_row() {
        builder.close_row()?;
    }
    for note in body.notes.iter().filter_map(|note| note.done.as_ref()) {
        builder.paragraph(note)?;
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Odt,
        encoding: None,
        pages: None,
        warnings: if body.changed {
            vec![Warning::TrackedChanges]
        } else {
            Vec::new()
        },
        metadata: match archive.member("meta.xml")? {
            Some(xml) => properties(&xml, limits)?,
            None => Metadata::default(),
        },
        attributes: Vec::new(),
    })
}

fn is(namespace: &str, which: &str) -> bool {
    namespace.starts_with("urn:oasis:names:tc:opendocument:xmlns:")
        && namespace["urn:oasis:names:tc:opendocument:xmlns:".len()..].starts_with(which)
}

#[derive(Debug, Default)]
struct Paragraph {
    /// Heading level, if it is one.
    level: Option<u8>,
    text: String,
}

/// A note while it is read (its paragraphs) and afterwards.
#[derive(Debug, Default)]
struct Note {
    citation: String,
    lines: Vec<String>,
    in_citation: bool,
    done: Option<String>,
}

struct Body {
    builder: Builder,
    paragraphs: Vec<Paragraph>,
    notes: Vec<Note>,
    lists: u8,
    skipped: usize,
    changed: bool,
}

impl Body {
    /// The note that is open; notes do not nest.
    fn note(&mut self) -> Option<&mut Note> {
        self.notes.last_mut().filter(|note| note.done.is_none())
    }

    fn put(&mut self, text: &str) {
        if let Some(note) = self.note()
            && note.in_citation
        {
            note.citation.push_str(text);
            return;
        }
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn token(&mut self, token: Token<'_>) -> Result<(), Problem> {
        match token {
            Token::Start(_) if self.skipped > 0 => self.skipped += 1,
            Token::End(..) if self.skipped > 0 => self.skipped -= 1,
            Token::Start(element) => self.start(&element),
            Token::End(namespace, name) => self.end(namespace, name)?,
            Token::Text(text) if self.skipped == 0 => self.text(text),
            Token::Text(_) => {}
        }
        Ok(())
    }

    /// White space in the file collapses; wanted spaces are elements.
    fn text(&mut self, text: &str) {
        if self.paragraphs.is_empty() && self.note().is_none() {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let open = self
            .paragraphs
            .last()
            .is_some_and(|p| p.text.is_empty() || p.text.ends_with([' ', '\n', '\t']));
        let mut after_space = open;
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r') {
                if !after_space {
                    out.push(' ');
                }
                after_space = true;
            } else {
                out.push(c);
                after_space = false;
            }
        }
        self.put(&out);
    }

    fn start(&mut self, element: &Element<'_>) {
        let ns = element.namespace;
        if is(ns, "text") {
            match element.name {
                "p" => self.paragraphs.push(Paragraph::default()),
                "h" => {
                    let level = element
                        .attribute("outline-level")
                        .and_then(|v| v.parse().ok())
                        .unwrap_or(1);
                    self.paragraphs.push(Paragraph {
                        level: Some(level),
                        text: String::new(),
                    });
                }
                "list" => self.lists = self.lists.saturating_add(1),
                "s" => {
                    let count: usize = element
                        .attribute("c")
                        .and_then(|v| v.parse().ok())
                        .unwrap_or(1);
                    self.put(&" ".repeat(count.min(SPACES)));
                }
                "tab" => self.put("\t"),
                "line-break" => self.put("\n"),
                "note" => self.notes.push(Note::default()),
                "note-citation" => {
                    if let Some(note) = self.note() {
                        note.in_citation = true;
                    }
                }
                "tracked-changes" => {
                    self.changed = true;
                    self.skipped = 1;
                }
                "ruby-text" => self.skipped = 1,
                _ => {}
            }
        } else if is(ns, "table") {
            match element.name {
                "table-row" => self.builder.open_row(),
                "table-cell" | "covered-table-cell" => self.builder.open_cell(),
                "tracked-changes" => self.skipped = 1,
                _ => {}
            }
        } else if is(ns, "office") && matches!(element.name, "annotation" | "forms")
            || is(ns, "svg") && matches!(element.name, "title" | "desc")
        {
            self.skipped = 1;
        }
    }

    fn end(&mut self, namespace: &str, name: &str) -> Result<(), Problem> {
        if is(namespace, "text") {
            match name {
                "p" | "h" => self.close_paragraph()?,
                "list" => self.lists = self.lists.saturating_sub(1),
                "note-citation" => {
                    let citation = self.note().map(|note| {
                        note.in_citation = false;
                        note.citation.trim().to_owned()
                    });
                    if let Some(citation) = citation {
                        self.put(&format!("[{citation}]"));
                    }
                }
                "note" => {
                    if let Some(note) = self.note() {
                        note.done = Some(format!(
                            "[{}] {}",
                            note.citation.trim(),
                            note.lines.join("\n")
                        ));
                    }
                }
                _ => {}
            }
        } else if is(namespace, "table") && name == "table-row" {
            self.builder.close_row()?;
        }
        Ok(())
    }

    fn close_paragraph(&mut self) -> Result<(), Problem> {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        if let Some(note) = self.note() {
            note.lines.push(paragraph.text.trim().to_owned());
            return Ok(());
        }
        match paragraph.level {
            Some(level) => self.builder.heading(level, &paragraph.text),
            None if self.lists > 0 => self.builder.list_item(self.lists, &paragraph.text),
            None => self.builder.paragraph(&paragraph.text),
        }
    }
}

fn properties(xml: &[u8], limits: &Limits) -> Result<Metadata, Problem> {
    let mut metadata = Metadata::default();
    let mut creator = None::<String>;
    let mut field = String::new();
    walk(xml, limits, |token| {
        match token {
            Token::Start(e) => field = e.name.to_owned(),
            Token::End(..) => field.clear(),
            Token::Text(text) => {
                let slot = match field.as_str() {
                    "title" => &mut metadata.title,
                    "initial-creator" => &mut metadata.author,
                    "creator" => &mut creator,
                    "creation-date" => &mut metadata.date,
                    "language" => &mut metadata.language,
                    _ => return Ok(()),
                };
                slot.get_or_insert_default().push_str(text);
            }
        }
        Ok(())
    })?;
    metadata.author = metadata.author.or(creator);
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::extract::archive::tests::zipped;
    use crate::text::BlockKind;

    const NS: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\"";

    fn odt(body: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content {NS}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
        );
        zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", content.as_bytes()),
        ])
    }

    #[test]
    fn structure_is_kept() {
        let body = "<text:tracked-changes><text:deletion><text:p>gone</text:p></text:deletion></text:tracked-changes>\
            <text:h text:outline-level=\"2\">سر فصل</text:h>\n <text:p>A  b<text:s text:c=\"2\"/>c<text:tab/>d<text:line-break/>e\
            <text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>The note.</text:p></text:note-body></text:note>\
            <office:annotation><text:p>comment</text:p></office:annotation>!</text:p>\
            <text:list><text:list-item><text:p>x</text:p><text:list><text:list-item><text:p>y</text:p></text:list-item></text:list></text:list-item></text:list>\
            <table:table><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>";
        let read = read(&odt(body), &Limits::default()).unwrap();
        assert_eq!(
            read.text,
            "سر فصل\n\nA b  c\td\ne[1]!\n\nx\ny\n\n1\t2\n\n[1] The note."
        );
        assert_eq!(read.warnings, [Warning::TrackedChanges]);
        assert_eq!(
            read.blocks
                .iter()
                .map(|b| (b.kind, b.level))
                .collect::<Vec<_>>(),
            [
                (BlockKind::Heading, 2),
                (BlockKind::Paragraph, 0),
                (BlockKind::ListItem, 1),
                (BlockKind::ListItem, 2),
                (BlockKind::TableRow, 0),
                (BlockKind::Paragraph, 0),
            ]
        );
    }

    #[test]
    fn a_password_is_recognised() {
        let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
        let bytes = zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", b"\x01\x02\x03"),
        ]);
        assert_eq!(
            read(&bytes, &Limits::default()).unwrap_err().kind,
            ProblemKind::Encrypted
        );
    }
}
