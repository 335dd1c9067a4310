//! Word documents: the body as it prints with all changes accepted.
//!
//! Headings are found by outline level, the paragraph's own or its style's; list items by numbering; tables row by row.
//! Inserted text is in, deleted and moved-away text is out, and a warning says that there were such changes.
//! Footnotes and endnotes follow the body, each behind the number that stands where it is called. Comments, headers,
//! footers and hidden text are left out. Paragraph numbers are made up by Word while printing and stand nowhere in the file.

use std::collections::HashMap;

use super::archive::Archive;
use super::builder::Builder;
use super::xml::{Element, Token, walk};
use super::{Extracted, Format, Limits, Metadata, Problem, Warning};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let mut archive = Archive::open(bytes, limits)?;
    let styles = match archive.member("word/styles.xml")? {
        Some(xml) => Styles::read(&xml, limits)?,
        None => Styles::default(),
    };
    let mut notes = Notes::default();
    for (member, kind) in [
        ("word/footnotes.xml", NoteKind::Foot),
        ("word/endnotes.xml", NoteKind::End),
    ] {
        if let Some(xml) = archive.member(member)? {
            notes.texts.extend(read_notes(&xml, kind, &styles, limits)?);
        }
    }
    let mut body = Body::new(&styles, &mut notes, Builder::new(limits));
    walk(&archive.required("word/document.xml")?, limits, |token| {
        body.token(token)
    })?;
    let changed = body.changed;
    let mut builder = body.builder;
    while builder.in_row() {
        builder.close_row()?;
    }
    for (number, key) in notes.called.iter().enumerate() {
        if let Some(text) = notes.texts.get(key) {
            builder.paragraph(&format!("[{}] {text}", number + 1))?;
        }
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Docx,
        encoding: None,
        pages: None,
        warnings: if changed {
            vec![Warning::TrackedChanges]
        } else {
            Vec::new()
        },
        metadata: match archive.member("docProps/core.xml")? {
            Some(xml) => properties(&xml, limits)?,
            None => Metadata::default(),
        },
        attributes: Vec::new(),
    })
}

/// Word's main namespace, transitional or strict.
fn is_word(namespace: &str) -> bool {
    namespace.ends_with("/wordprocessingml/2006/main")
        || namespace.ends_with("/wordprocessingml/main")
}

/// `w:val` of a switch such as `<w:vanish/>`: on unless it says otherwise.
fn is_on(element: &Element<'_>) -> bool {
    !matches!(
        element.attribute("val").as_deref(),
        Some("0" | "false" | "off" | "none")
    )
}

/// What a paragraph style says about the paragraph's role.
#[derive(Debug, Default, Clone)]
struct Style {
    based_on: Option<String>,
    /// Outline level counted from 0, as in the file.
    outline: Option<u8>,
    numbered: bool,
}

#[derive(Debug, Default)]
struct Styles {
    by_id: HashMap<String, Style>,
}

impl Styles {
    fn read(xml: &[u8], limits: &Limits) -> Result<Self, Problem> {
        let mut styles = Self::default();
        let mut current: Option<(String, Style)> = None;
        walk(xml, limits, |token| {
            match token {
                Token::Start(e) if is_word(e.namespace) => match e.name {
                    "style" => current = e.attribute("styleId").map(|id| (id, Style::default())),
                    name => {
                        if let Some((_, style)) = &mut current {
                            match name {
                                "basedOn" => style.based_on = e.attribute("val"),
                                "name" => {
                                    let name =
                                        e.attribute("val").unwrap_or_default().to_lowercase();
                                    style.outline = style.outline.or(outline_of_name(&name));
                                }
                                "outlineLvl" => {
                                    style.outline = e.attribute("val").and_then(|v| v.parse().ok());
                                }
                                "numPr" => style.numbered = true,
                                _ => {}
                            }
                        }
                    }
                },
                Token::End(namespace, "style") if is_word(namespace) => {
                    styles.by_id.extend(current.take());
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(styles)
    }

    /// The style's own word or that of the styles it is based on.
    fn find<T>(&self, id: &str, of: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let mut id = id;
        // Styles may be based on each other in a circle; no real chain is this long.
        for _ in 0..32 {
            let style = self.by_id.get(id)?;
            if let Some(found) = of(style) {
                return Some(found);
            }
            id = style.based_on.as_deref()?;
        }
        None
    }
}

/// The built-in names mean their levels even where the file leaves the level out.
fn outline_of_name(name: &str) -> Option<u8> {
    if name == "title" {
        return Some(0);
    }
    let level: u8 = name.strip_prefix("heading ")?.trim().parse().ok()?;
    (1..=9).contains(&level).then(|| level - 1)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum NoteKind {
    Foot,
    End,
}

/// The notes by kind and id, and the order in which the body calls them.
#[derive(Debug, Default)]
struct Notes {
    texts: HashMap<(NoteKind, String), String>,
    called: Vec<(NoteKind, String)>,
}

/// A paragraph that is open.
#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    outline: Option<u8>,
    list_level: Option<u8>,
    /// `numId` 0 takes a paragraph out of the list of its style.
    unlisted: bool,
    mark_deleted: bool,
}

/// The walk through a body, a note or a text box.
struct Body<'s> {
    styles: &'s Styles,
    notes: &'s mut Notes,
    builder: Builder,
    paragraphs: Vec<Paragraph>,
    /// Text of a paragraph whose end was deleted: it runs into the next.
    carried: String,
    /// Elements inside which nothing is read: their depth.
    skipped: usize,
    in_text: bool,
    hidden_run: bool,
    in_run_properties: usize,
    in_paragraph_properties: usize,
    in_run: usize,
    changed: bool,
}

impl<'s> Body<'s> {
    fn new(styles: &'s Styles, notes: &'s mut Notes, builder: Builder) -> Self {
        Self {
            styles,
            notes,
            builder,
            paragraphs: Vec::new(),
            carried: String::new(),
            skipped: 0,
            in_text: false,
            hidden_run: false,
            in_run_properties: 0,
            in_paragraph_properties: 0,
            in_run: 0,
            changed: false,
        }
    }

    fn token(&mut self, token: Token<'_>) -> Result<(), Problem> {
        match token {
            Token::Start(_) if self.skipped > 0 => self.skipped += 1,
            Token::End(..) if self.skipped > 0 => self.skipped -= 1,
            Token::Start(element) if is_word(element.namespace) => self.start(&element)?,
            // The fallback repeats, for old programs, what the choice beside it says.
            Token::Start(element) if element.name == "Fallback" => self.skipped = 1,
            Token::End(namespace, name) if is_word(namespace) => self.end(name)?,
            Token::Text(text) if self.in_text && self.skipped == 0 => self.put(text),
            _ => {}
        }
        Ok(())
    }

    fn put(&mut self, text: &str) {
        if !self.hidden_run
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.text.push_str(text);
        }
    }

    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        match element.name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => {
                self.in_run += 1;
                self.hidden_run = false;
            }
            "pPr" => self.in_paragraph_properties += 1,
            "rPr" => self.in_run_properties += 1,
            "t" => self.in_text = true,
            "del" | "moveFrom" => {
                self.changed = true;
                if self.in_paragraph_properties > 0 {
                    if self.in_run_properties > 0
                        && let Some(paragraph) = self.paragraphs.last_mut()
                    {
                        paragraph.mark_deleted = true;
                    }
                } else {
                    self.skipped = 1;
                }
            }
            "ins" | "moveTo" => self.changed = true,
            // What a paragraph or run looked like before, pronunciation guides, and the codes behind fields.
            "pPrChange" | "rPrChange" | "rt" | "instrText" | "delText" | "delInstrText" => {
                self.skipped = 1
            }
            "tbl" | "tc" | "tr" => match element.name {
                "tr" => self.builder.open_row(),
                "tc" => self.builder.open_cell(),
                _ => {}
            },
            "footnoteReference" => self.call(NoteKind::Foot, element),
            "endnoteReference" => self.call(NoteKind::End, element),
            name if self.in_run > 0 && self.in_run_properties == 0 => match name {
                "tab" | "ptab" => self.put("\t"),
                "br" if matches!(
                    element.attribute("type").as_deref(),
                    Some("page" | "column")
                ) =>
                {
                    self.put(" ");
                }
                "br" | "cr" => self.put("\n"),
                "noBreakHyphen" => self.put("\u{2011}"),
                "sym" => {
                    let code = element
                        .attribute("char")
                        .and_then(|v| u32::from_str_radix(&v, 16).ok());
                    // Symbol fonts live in the private use area and have no letters of their own.
                    let c = code
                        .filter(|c| !(0xE000..=0xF8FF).contains(c))
                        .and_then(char::from_u32);
                    if let Some(c) = c {
                        self.put(c.encode_utf8(&mut [0; 4]));
                    }
                }
                _ => {}
            },
            "vanish" if self.in_run > 0 => self.hidden_run = is_on(element),
            name if self.in_paragraph_properties > 0 => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    match name {
                        "pStyle" => paragraph.style = element.attribute("val"),
                        "outlineLvl" => {
                            paragraph.outline =
                                element.attribute("val").and_then(|v| v.parse().ok())
                        }
                        "ilvl" => {
                            paragraph.list_level =
                                element.attribute("val").and_then(|v| v.parse().ok())
                        }
                        "numId" => {
                            paragraph.unlisted = element.attribute("val").as_deref() == Some("0");
                            paragraph.list_level.get_or_insert(0);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn call(&mut self, kind: NoteKind, element: &Element<'_>) {
        let Some(id) = element.attribute("id") else {
            return;
        };
        let key = (kind, id);
        if self.notes.texts.contains_key(&key) {
            self.notes.called.push(key);
            let number = self.notes.called.len();
            self.put(&format!("[{number}]"));
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Problem> {
        match name {
            "p" => self.close_paragraph()?,
            "r" => {
                self.in_run = self.in_run.saturating_sub(1);
                self.hidden_run = false;
            }
            "pPr" => self.in_paragraph_properties = self.in_paragraph_properties.saturating_sub(1),
            "rPr" => self.in_run_properties = self.in_run_properties.saturating_sub(1),
            "t" => self.in_text = false,
            "tr" => self.builder.close_row()?,
            _ => {}
        }
        Ok(())
    }

    fn close_paragraph(&mut self) -> Result<(), Problem> {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        let text = std::mem::take(&mut self.carried) + &paragraph.text;
        if paragraph.mark_deleted {
            self.carried = text;
            return Ok(());
        }
        let style = paragraph.style.as_deref().unwrap_or_default();
        let outline = paragraph
            .outline
            .or_else(|| self.styles.find(style, |s| s.outline));
        // Level 9 is Word's way to say "body text".
        if let Some(level) = outline.filter(|level| *level < 9) {
            return self.builder.heading(level + 1, &text);
        }
        let in_list = !paragraph.unlisted
            && (paragraph.list_level.is_some()
                || self
                    .styles
                    .find(style, |s| s.numbered.then_some(()))
                    .is_some());
        if in_list {
            return self
                .builder
                .list_item(paragraph.list_level.unwrap_or(0).saturating_add(1), &text);
        }
        self.builder.paragraph(&text)
    }
}

/// The text of every footnote or endnote by its id; separators, which are notes of a special type, are left out.
fn read_notes(
    xml: &[u8],
    kind: NoteKind,
    styles: &Styles,
    limits: &Limits,
) -> Result<HashMap<(NoteKind, String), String>, Problem> {
    let mut texts = HashMap::new();
    let mut none = Notes::default();
    let mut current: Option<(String, Body<'_>)> = None;
    let element_name = match kind {
        NoteKind::Foot => "footnote",
        NoteKind::End => "endnote",
    };
    // A body borrows the notes that it calls; notes call none, so an empty list is lent to each in turn.
    let mut slot = Some(&mut none);
    walk(xml, limits, |token| {
        match token {
            Token::Start(e) if is_word(e.namespace) && e.name == element_name => {
                let special = e.attribute("type").is_some_and(|t| t != "normal");
                if let (Some(id), false) = (e.attribute("id"), special)
                    && let Some(notes) = slot.take()
                {
                    current = Some((id, Body::new(styles, notes, Builder::new(limits))));
                }
            }
            Token::End(namespace, name) if is_word(namespace) && name == element_name => {
                if let Some((id, body)) = current.take() {
                    let (text, _) = body.builder.finish()?;
                    slot = Some(body.notes);
                    texts.insert((kind, id), text.replace("\n\n", "\n"));
                }
            }
            token => {
                if let Some((_, body)) = &mut current {
                    body.token(token)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(texts)
}

/// Title, author, date and language from the package's core properties.
fn properties(xml: &[u8], limits: &Limits) -> Result<Metadata, Problem> {
    let mut metadata = Metadata::default();
    let mut field = String::new();
    walk(xml, limits, |token| {
        match token {
            Token::Start(e) => field = e.name.to_owned(),
            Token::End(..) => field.clear(),
            Token::Text(text) => {
                let slot = match field.as_str() {
                    "title" => &mut metadata.title,
                    "creator" => &mut metadata.author,
                    "created" => &mut metadata.date,
                    "language" => &mut metadata.language,
                    _ => return Ok(()),
                };
                slot.get_or_insert_default().push_str(text);
            }
        }
        Ok(())
    })?;
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::extract::archive::tests::zipped;
    use crate::text::BlockKind;

    const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

    fn docx(body: &str, others: &[(&str, String)]) -> Vec<u8> {
        let document = format!("<w:document {W}><w:body>{body}</w:body></w:document>");
        let mut members = vec![("word/document.xml", document.as_bytes())];
        members.extend(others.iter().map(|(name, xml)| (*name, xml.as_bytes())));
        zipped(&members)
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn headings_lists_and_tables_become_blocks() {
        let styles = format!(
            "<w:styles {W}><w:style w:styleId=\"H\"><w:name w:val=\"heading 2\"/></w:style>\
             <w:style w:styleId=\"Mine\"><w:basedOn w:val=\"H\"/></w:style>\
             <w:style w:styleId=\"L\"><w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr></w:style></w:styles>"
        );
        let body = format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Mine\"/></w:pPr><w:r><w:t>Глава</w:t></w:r></w:p>{}\
             <w:p><w:pPr><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>\
             <w:p><w:pPr><w:pStyle w:val=\"L\"/></w:pPr><w:r><w:t>y</w:t></w:r></w:p>\
             <w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}{}</w:tc></w:tr></w:tbl>",
            p("می‌گوید &amp; "),
            p("a"),
            p("b"),
            p("c"),
        );
        let read = read(
            &docx(&body, &[("word/styles.xml", styles)]),
            &Limits::default(),
        )
        .unwrap();
        assert_eq!(read.text, "Глава\n\nمی‌گوید &\n\nx\ny\n\na\tb\nc");
        assert_eq!(
            read.blocks
                .iter()
                .map(|b| (b.kind, b.level))
                .collect::<Vec<_>>(),
            [
                (BlockKind::Heading, 2),
                (BlockKind::Paragraph, 0),
                (BlockKind::ListItem, 2),
                (BlockKind::ListItem, 1),
                (BlockKind::TableRow, 0),
            ]
        );
    }

    #[test]
    fn changes_are_accepted_and_notes_follow() {
        let notes = format!(
            "<w:footnotes {W}><w:footnote w:type=\"separator\" w:id=\"0\"><w:p/></w:footnote>\
             <w:footnote w:id=\"2\"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space=\"preserve\"> See there.</w:t></w:r></w:p></w:footnote></w:footnotes>"
        );
        let body = "<w:p><w:pPr><w:rPr><w:del w:id=\"9\"/></w:rPr></w:pPr><w:r><w:t xml:space=\"preserve\">One </w:t></w:r>\
            <w:del w:id=\"1\"><w:r><w:delText>gone</w:delText></w:r></w:del>\
            <w:moveFrom w:id=\"3\"><w:r><w:t>moved</w:t></w:r></w:moveFrom>\
            <w:ins w:id=\"2\"><w:r><w:t xml:space=\"preserve\">two </w:t></w:r></w:ins></w:p>\
            <w:p><w:r><w:t>three</w:t><w:footnoteReference w:id=\"2\"/><w:tab/><w:t>four</w:t><w:br/><w:t>five</w:t></w:r>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>";
        let read = read(
            &docx(body, &[("word/footnotes.xml", notes)]),
            &Limits::default(),
        )
        .unwrap();
        assert_eq!(read.text, "One two three[1]\tfour\nfive\n\n[1] See there.");
        assert_eq!(read.warnings, [Warning::TrackedChanges]);
    }

    #[test]
    fn properties_are_read() {
        let core = "<cp:coreProperties xmlns:cp=\"c\" xmlns:dc=\"d\" xmlns:dcterms=\"t\"><dc:title>A &amp; B</dc:title>\
                    <dc:creator>N. N.</dc:creator><dcterms:created>2015-09-30T00:00:00Z</dcterms:created></cp:coreProperties>";
        let bytes = docx(&p("x"), &[("docProps/core.xml", core.to_owned())]);
        let metadata = read(&bytes, &Limits::default()).unwrap().metadata;
        assert_eq!(metadata.title.as_deref(), Some("A & B"));
        assert_eq!(metadata.author.as_deref(), Some("N. N."));
        assert_eq!(metadata.date.as_deref(), Some("2015-09-30T00:00:00Z"));
    }

    #[test]
    fn entities_and_missing_parts_are_refused() {
        let evil = format!(
            "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document {W}><w:body><w:p/></w:body></w:document>"
        );
        let problem = read(
            &zipped(&[("word/document.xml", evil.as_bytes())]),
            &Limits::default(),
        )
        .unwrap_err();
        assert_eq!(problem.slug(), "unsafe");
        let problem =
            read(&zipped(&[("word/styles.xml", b"<a/>")]), &Limits::default()).unwrap_err();
        assert_eq!(problem.slug(), "damaged");
    }
}
