//! Markdown: the text as it reads when rendered, without the marks.
//!
//! CommonMark with tables, footnotes, strike-through and a YAML head (from which title, author and date are taken).
//! A line end inside a paragraph is a space, as when rendered; a hard break is a line end.

use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use super::builder::Builder;
use super::{Extracted, Format, Limits, Metadata, Problem, encoding, plain};
use crate::text;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let decoded = encoding::decode(bytes)?;
    let source = text::normalize_line_ends(&decoded.text);
    plain::check_length(&source, limits)?;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut walk = Walk::new(limits);
    for event in Parser::new_ext(&source, options) {
        walk.event(event)?;
    }
    walk.flush()?;
    let (text, blocks) = walk.builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Md,
        encoding: Some(decoded.encoding.to_owned()),
        pages: None,
        warnings: decoded.warnings,
        metadata: head(&walk.head),
        attributes: Vec::new(),
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Paragraph,
    Heading(u8),
    Item(u8),
}

struct Walk {
    builder: Builder,
    line: String,
    kind: Kind,
    lists: u8,
    items: u32,
    /// The label of a footnote, to stand before its first words.
    label: Option<String>,
    in_head: bool,
    head: String,
}

impl Walk {
    fn new(limits: &Limits) -> Self {
        Self {
            builder: Builder::new(limits),
            line: String::new(),
            kind: Kind::Paragraph,
            lists: 0,
            items: 0,
            label: None,
            in_head: false,
            head: String::new(),
        }
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), Problem> {
        match event {
            Event::Start(tag) => self.start(&tag)?,
            Event::End(tag) => self.end(tag)?,
            Event::Text(words) if self.in_head => self.head.push_str(&words),
            Event::Text(words)
            | Event::Code(words)
            | Event::InlineMath(words)
            | Event::DisplayMath(words) => {
                self.line.push_str(&words);
            }
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak => self.line.push('\n'),
            Event::FootnoteReference(label) => {
                self.line.push('[');
                self.line.push_str(&label);
                self.line.push(']');
            }
            Event::Rule => self.flush()?,
            // Raw HTML is markup; its text, if any, comes as text events where it is inline.
            Event::Html(_) | Event::InlineHtml(_) | Event::TaskListMarker(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>) -> Result<(), Problem> {
        match tag {
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.flush()?
            }
            Tag::Heading { level, .. } => {
                self.flush()?;
                self.kind = Kind::Heading(match level {
                    HeadingLevel::H1 => 1,
                    HeadingLevel::H2 => 2,
                    HeadingLevel::H3 => 3,
                    HeadingLevel::H4 => 4,
                    HeadingLevel::H5 => 5,
                    HeadingLevel::H6 => 6,
                });
            }
            Tag::List(_) => {
                self.flush()?;
                self.lists = self.lists.saturating_add(1);
            }
            Tag::Item => {
                self.flush()?;
                self.items += 1;
            }
            Tag::FootnoteDefinition(label) => {
                self.flush()?;
                self.label = Some(format!("[{label}] "));
            }
            Tag::TableHead | Tag::TableRow => {
                self.flush()?;
                self.builder.open_row();
            }
            Tag::TableCell => self.builder.open_cell(),
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => self.in_head = true,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Problem> {
        match tag {
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::TableCell => {
                self.flush()?
            }
            TagEnd::Heading(_) => {
                self.flush()?;
                self.kind = Kind::Paragraph;
            }
            TagEnd::Item => {
                self.flush()?;
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::List(_) => self.lists = self.lists.saturating_sub(1),
            TagEnd::FootnoteDefinition => self.flush()?,
            TagEnd::TableHead | TagEnd::TableRow => self.builder.close_row()?,
            TagEnd::MetadataBlock(_) => self.in_head = false,
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Problem> {
        let mut words = std::mem::take(&mut self.line);
        if !text::is_blank_str(&words)
            && let Some(label) = self.label.take()
        {
            words.insert_str(0, &label);
        }
        let kind = match self.kind {
            Kind::Paragraph if self.items > 0 => Kind::Item(self.lists),
            kind => kind,
        };
        match kind {
            Kind::Paragraph => self.builder.paragraph(&words),
            Kind::Heading(level) => self.builder.heading(level, &words),
            Kind::Item(level) => self.builder.list_item(level, &words),
        }
    }
}

/// `key: value` lines of a YAML head; lists and nested values are left alone.
fn head(yaml: &str) -> Metadata {
    let value = |keys: &[&str]| {
        yaml.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            let value = value.trim().trim_matches(['"', '\'']);
            let named = keys
                .iter()
                .any(|wanted| key.trim().eq_ignore_ascii_case(wanted));
            (named && !value.is_empty() && !value.starts_with(['[', '{', '|', '>']))
                .then(|| value.to_owned())
        })
    };
    Metadata {
        title: value(&["title"]),
        author: value(&["author"]),
        publisher: value(&["publisher"]),
        date: value(&["date"]),
        language: value(&["language", "lang"]),
        url: value(&["url", "source"]),
        kind: value(&["type"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::BlockKind;

    #[test]
    fn marks_are_gone_and_structure_is_kept() {
        let source = "---\ntitle: \"Доклад\"\ndate: 2015-09\n---\n# One *two*\n\nA **b**\nc [link](http://x) &amp;.[^1]\n\n\
                      - x\n- y\n  - z\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode  here\n```\n\n[^1]: A note.\n";
        let read = read(source.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(
            read.text,
            "One two\n\nA b c link &.[1]\n\nx\ny\nz\n\na\tb\n1\t2\n\ncode  here\n\n[1] A note."
        );
        assert_eq!(
            read.blocks
                .iter()
                .map(|b| (b.kind, b.level))
                .collect::<Vec<_>>(),
            [
                (BlockKind::Heading, 1),
                (BlockKind::Paragraph, 0),
                (BlockKind::ListItem, 1),
                (BlockKind::ListItem, 1),
                (BlockKind::ListItem, 2),
                (BlockKind::TableRow, 0),
                (BlockKind::TableRow, 0),
                (BlockKind::Paragraph, 0),
                (BlockKind::Paragraph, 0),
            ]
        );
        assert_eq!(read.metadata.title.as_deref(), Some("Доклад"));
        assert_eq!(read.metadata.date.as_deref(), Some("2015-09"));
    }

    #[test]
    fn scripts_in_markdown_are_not_text() {
        let read = read(
            b"Words.\n\n<script>\nalert(1)\n</script>\n\nMore.",
            &Limits::default(),
        )
        .unwrap();
        assert_eq!(read.text, "Words.\n\nMore.");
    }
}
