//! PDF: glyphs at places, made into paragraphs in the order in which they are read.
//!
//! The object model (cross references, filters, encryption) is `lopdf`'s, by way of `pdf-extract`; what stands here is the part that decides the text,
//! because no extractor that was tried brings right-to-left pages back in reading order:
//!
//! 1. [`content`] runs a page's operators and answers with glyphs; [`font`] and [`cmap`] say what each reads as,
//!    [`fallback`] asks `pdf-extract` where a font says nothing.
//! 2. [`layout`] makes lines of the glyphs, columns of the lines and paragraphs of the columns.
//! 3. [`bidi`] brings the lines into reading order, [`letters`] undoes what fonts did to them.
//!
//! There is no recognition of images: a scan is refused as having no text. A right-to-left PDF is always
//! marked for a second look, for the file holds less than the author wrote.

mod bidi;
mod cmap;
mod columns;
mod content;
mod fallback;
mod font;
mod layout;
mod letters;
mod rows;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use pdf_extract::{Document, Object};

use self::content::Page;
use self::layout::{Kind, Paragraph};
use super::builder::Builder;
use super::{Extracted, Format, LimitName, Limits, Metadata, Problem, ProblemKind, Warning};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let doc = open(bytes)?;
    let pages = doc.get_pages();
    if pages.is_empty() {
        return Err(Problem::damaged("a PDF without pages"));
    }
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if count > limits.pages {
        return Err(Problem::too_large(LimitName::Pages));
    }
    let mut fonts = HashMap::new();
    let mut read = Vec::with_capacity(pages.len());
    let mut points = 0u64;
    for (number, id) in &pages {
        let mut page = content::read_page(&doc, *id, &mut fonts);
        if page.unknown > 0 {
            fallback::fill_in(&doc, *number, &mut page);
        }
        points += page.glyphs.len() as u64;
        if points > limits.code_points {
            return Err(Problem::too_large(LimitName::CodePoints));
        }
        read.push(page);
    }
    assemble(&doc, read, count, limits)
}

/// Opens the file with the empty password, which is what readers do when only changing or printing is locked.
fn open(bytes: &[u8]) -> Result<Document, Problem> {
    let encrypted = || Problem::new(ProblemKind::Encrypted, "the PDF needs a password");
    let mut doc = match Document::load_mem(bytes) {
        Ok(doc) => doc,
        Err(pdf_extract::Error::InvalidPassword | pdf_extract::Error::Decryption(_)) => {
            return Err(encrypted());
        }
        Err(error) => return Err(Problem::damaged(format!("not a readable PDF: {error}"))),
    };
    if doc.is_encrypted() && doc.decrypt("").is_err() {
        return Err(encrypted());
    }
    Ok(doc)
}

fn assemble(
    doc: &Document,
    pages: Vec<Page>,
    count: u32,
    limits: &Limits,
) -> Result<Extracted, Problem> {
    let glyphs: usize = pages.iter().map(|page| page.glyphs.len()).sum();
    let unknown: usize = pages.iter().map(|page| page.unknown).sum();
    let is_blank = |page: &Page| {
        page.glyphs
            .iter()
            .all(|glyph| letters::is_space(&glyph.text))
    };
    if pages.iter().all(is_blank) && pages.iter().any(|page| page.broken) {
        return Err(Problem::damaged("no page of the PDF can be read"));
    }
    if pages.iter().all(is_blank) {
        return Err(Problem::new(
            ProblemKind::NoText,
            "no page has a text layer",
        ));
    }
    if unknown * 2 > glyphs {
        return Err(Problem::new(
            ProblemKind::NoText,
            "the fonts do not say which letters their shapes are",
        ));
    }
    let mut warnings = Vec::new();
    if pages.iter().any(|page| page.images > 0 && is_blank(page)) {
        warnings.push(Warning::PagesWithoutText);
    }
    if pages.iter().any(|page| page.broken) {
        warnings.push(Warning::PagesUnreadable);
    }
    if unknown > 0 {
        warnings.push(Warning::UnknownGlyphs);
    }
    let laid_out = layout::paragraphs(pages);
    if laid_out.right_to_left {
        warnings.push(Warning::CheckTextOrder);
    }
    let mut builder = Builder::new(limits);
    builder.set_page(1);
    for (at, page) in laid_out.pages.iter().enumerate() {
        for Paragraph { kind, text } in page {
            match kind {
                Kind::Heading(level) => builder.heading(*level, text)?,
                Kind::Item => builder.list_item(1, text)?,
                Kind::Running => builder.paragraph(text)?,
            }
        }
        if at + 1 < laid_out.pages.len() {
            builder.page_break()?;
        }
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Pdf,
        encoding: None,
        pages: Some(count),
        warnings,
        metadata: metadata(doc),
        attributes: Vec::new(),
    })
}

/// Title, author and date of the information dictionary, and the language of the catalogue.
fn metadata(doc: &Document) -> Metadata {
    let info = doc
        .trailer
        .get(b"Info")
        .ok()
        .and_then(|object| doc.dereference(object).ok())
        .and_then(|(_, object)| object.as_dict().ok());
    let value = |key: &[u8]| text_of(font::entry(doc, info?, key)?);
    Metadata {
        title: value(b"Title"),
        author: value(b"Author"),
        date: value(b"CreationDate"),
        language: doc
            .catalog()
            .ok()
            .and_then(|catalog| text_of(font::entry(doc, catalog, b"Lang")?)),
        ..Metadata::default()
    }
}

fn text_of(object: &Object) -> Option<String> {
    pdf_extract::decode_text_string(object)
        .ok()
        .map(|text| letters::clean(&text, true))
}
