//! EPUB: the chapters of the spine, in order, each read like a saved page.
//!
//! `META-INF/container.xml` names the package, the package lists the files and their order. The table of contents page is left out, as navigation is
//! in HTML. Only the obfuscation of fonts is allowed as encryption; anything else is a book under digital rights management.

use std::collections::HashMap;

use super::archive::Archive;
use super::builder::Builder;
use super::xml::{Token, walk};
use super::{Extracted, Format, Limits, Metadata, Problem, ProblemKind, html};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let mut archive = Archive::open(bytes, limits)?;
    if archive.has("META-INF/rights.xml") || has_encrypted_text(&mut archive, limits)? {
        return Err(Problem::new(
            ProblemKind::Encrypted,
            "the book is protected",
        ));
    }
    let package_path = package_path(&archive.required("META-INF/container.xml")?, limits)?;
    let package = Package::read(&archive.required(&package_path)?, limits)?;
    let folder = package_path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let mut builder = Builder::new(limits);
    for id in &package.spine {
        let Some(item) = package.items.get(id) else {
            continue;
        };
        if !item.is_page || item.is_navigation {
            continue;
        }
        let path = resolve(folder, &item.href);
        if let Some(page) = archive.member(&path)? {
            html::append(&page, &mut builder, limits)?;
        }
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Epub,
        encoding: None,
        pages: None,
        warnings: Vec::new(),
        metadata: package.metadata,
        attributes: Vec::new(),
    })
}

fn has_encrypted_text(archive: &mut Archive<'_>, limits: &Limits) -> Result<bool, Problem> {
    let Some(xml) = archive.member("META-INF/encryption.xml")? else {
        return Ok(false);
    };
    let mut found = false;
    walk(&xml, limits, |token| {
        if let Token::Start(e) = token
            && e.name == "EncryptionMethod"
        {
            let algorithm = e.attribute("Algorithm").unwrap_or_default();
            let fonts_only = [
                "http://www.idpf.org/2008/embedding",
                "http://ns.adobe.com/pdf/enc#RC",
            ];
            found |= !fonts_only.contains(&algorithm.as_str());
        }
        Ok(())
    })?;
    Ok(found)
}

fn package_path(xml: &[u8], limits: &Limits) -> Result<String, Problem> {
    let mut path = None;
    walk(xml, limits, |token| {
        if let Token::Start(e) = token
            && e.name == "rootfile"
            && path.is_none()
        {
            path = e.attribute("full-path");
        }
        Ok(())
    })?;
    path.ok_or_else(|| Problem::damaged("the book names no package"))
}

struct Item {
    href: String,
    is_page: bool,
    is_navigation: bool,
}

#[derive(Default)]
struct Package {
    items: HashMap<String, Item>,
    spine: Vec<String>,
    metadata: Metadata,
}

impl Package {
    fn read(xml: &[u8], limits: &Limits) -> Result<Self, Problem> {
        let mut package = Self::default();
        let mut authors: Vec<String> = Vec::new();
        let mut field = String::new();
        walk(xml, limits, |token| {
            match token {
                Token::Start(e) => {
                    match e.name {
                        "item" => {
                            if let (Some(id), Some(href)) = (e.attribute("id"), e.attribute("href"))
                            {
                                let kind = e.attribute("media-type").unwrap_or_default();
                                let properties = e.attribute("properties").unwrap_or_default();
                                package.items.insert(
                                    id,
                                    Item {
                                        href,
                                        is_page: kind.is_empty()
                                            || kind.contains("html")
                                            || kind.contains("xml") && !kind.contains("ncx"),
                                        is_navigation: properties
                                            .split_whitespace()
                                            .any(|p| p == "nav"),
                                    },
                                );
                            }
                        }
                        "itemref" => package.spine.extend(e.attribute("idref")),
                        _ => {}
                    }
                    field = e.name.to_owned();
                    if field == "creator" {
                        authors.push(String::new());
                    }
                }
                Token::End(..) => field.clear(),
                Token::Text(text) => match field.as_str() {
                    "title" => package
                        .metadata
                        .title
                        .get_or_insert_default()
                        .push_str(text),
                    "creator" => {
                        if let Some(author) = authors.last_mut() {
                            author.push_str(text);
                        }
                    }
                    "publisher" => package
                        .metadata
                        .publisher
                        .get_or_insert_default()
                        .push_str(text),
                    "language" => package
                        .metadata
                        .language
                        .get_or_insert_default()
                        .push_str(text),
                    "date" if package.metadata.date.is_none() => {
                        package.metadata.date = Some(text.to_owned())
                    }
                    _ => {}
                },
            }
            Ok(())
        })?;
        authors.retain(|author| !author.trim().is_empty());
        if !authors.is_empty() {
            package.metadata.author = Some(authors.join("; "));
        }
        Ok(package)
    }
}

/// A reference from the package, as a path in the archive: relative to the package's folder, percent-decoded.
fn resolve(folder: &str, href: &str) -> String {
    let href = percent_decoded(href.split('#').next().unwrap_or_default());
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(href: &str) -> String {
    let mut bytes = Vec::with_capacity(href.len());
    let mut rest = href.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::extract::archive::tests::zipped;

    const CONTAINER: &[u8] = b"<container xmlns='c'><rootfiles><rootfile full-path='OEBPS/p.opf'/></rootfiles></container>";

    fn book(extra: &[(&str, &[u8])]) -> Vec<u8> {
        let opf = "<package xmlns='o' xmlns:dc='d'><metadata><dc:title>\u{43A}\u{43D}\u{438}\u{433}\u{430}</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator>\
            <dc:language>ru</dc:language><dc:date>2015-09</dc:date></metadata><manifest>\
            <item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
            <item id='b' href='text/b%20b.xhtml' media-type='application/xhtml+xml'/><item id='a' href='text/../a.xhtml' media-type='application/xhtml+xml'/>\
            <item id='i' href='i.png' media-type='image/png'/></manifest><spine><itemref idref='n'/><itemref idref='b'/><itemref idref='a'/><itemref idref='i'/></spine></package>";
        let mut members: Vec<(&str, &[u8])> = vec![
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/p.opf", opf.as_bytes()),
            ("OEBPS/nav.xhtml", b"<html><body><p>contents</p></body></html>"),
            ("OEBPS/a.xhtml", b"<?xml version='1.0'?><html xmlns='h'><head><title/></head><body><p>Second.</p></body></html>"),
            ("OEBPS/text/b b.xhtml", b"<html><head><title>T</title></head><body><h1>First</h1><p>Words.</p></body></html>"),
        ];
        members.extend_from_slice(extra);
        zipped(&members)
    }

    #[test]
    fn chapters_come_in_the_order_of_the_spine() {
        let read = read(&book(&[]), &Limits::default()).unwrap();
        assert_eq!(read.text, "First\n\nWords.\n\nSecond.");
        assert_eq!(read.metadata.title.as_deref(), Some("книга"));
        assert_eq!(read.metadata.author.as_deref(), Some("A; B"));
        assert_eq!(read.metadata.date.as_deref(), Some("2015-09"));
    }

    #[test]
    fn a_protected_book_is_refused() {
        let aes = b"<encryption><EncryptedData><EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/></EncryptedData></encryption>";
        let problem = read(
            &book(&[("META-INF/encryption.xml", aes)]),
            &Limits::default(),
        )
        .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Encrypted);
        let fonts = b"<encryption><EncryptedData><EncryptionMethod Algorithm='http://www.idpf.org/2008/embedding'/></EncryptedData></encryption>";
        assert!(
            read(
                &book(&[("META-INF/encryption.xml", fonts)]),
                &Limits::default()
            )
            .is_ok()
        );
    }
}
