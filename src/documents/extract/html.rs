//! HTML: what a reader of the page reads, in blocks.
//!
//! The parser is the one browsers' rules are written down in (html5ever); the walk over its tree keeps text and drops what is not the
//! document: scripts, styles, forms, navigation, hidden parts. If the page marks its main part (`main`, `article`) and that holds
//! most of the text, only that is taken. White space collapses as on screen, `<br>` is a line end, `<pre>` is kept.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use encoding_rs::Encoding;
use scraper::node::Element;
use scraper::{Html, Node, Selector};

use super::builder::Builder;
use super::{Extracted, Format, LimitName, Limits, Metadata, Problem, encoding};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let decoded = encoding::decode_declared(bytes, declared(bytes))?;
    let page = parse(&decoded.text, limits)?;
    let mut builder = Builder::new(limits);
    walk(main_part(&page), &mut builder)?;
    if builder.is_empty() {
        walk(page.tree.root(), &mut builder)?;
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Html,
        encoding: Some(decoded.encoding.to_owned()),
        pages: None,
        warnings: decoded.warnings,
        metadata: metadata(&page),
        attributes: Vec::new(),
    })
}

/// Adds a chapter (of an EPUB) to a document under construction and answers its `<title>`.
pub(crate) fn append(bytes: &[u8], builder: &mut Builder, limits: &Limits) -> Result<(), Problem> {
    let decoded = encoding::decode_declared(bytes, declared(bytes))?;
    // `<title/>` is fine in XHTML but swallows the page in HTML, which is how it is parsed here.
    let text = decoded
        .text
        .replace("<title/>", "")
        .replace("<script/>", "");
    let page = parse(&text, limits)?;
    let body = selected(&page, "body").unwrap_or_else(|| page.tree.root());
    walk(body, builder)
}

fn parse(text: &str, limits: &Limits) -> Result<Html, Problem> {
    let page = Html::parse_document(text);
    // The walk is a loop, so depth cannot exhaust the stack; dropping it is a loop as well. What remains is time.
    if page.tree.values().count() as u64 > limits.code_points {
        return Err(Problem::too_large(LimitName::Nesting));
    }
    Ok(page)
}

/// The encoding named in `<meta charset>` or an XML declaration within the first kilobytes.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let after = head
        .split_once("charset=")
        .or_else(|| head.split_once("encoding="))
        .map(|(_, rest)| rest)?;
    let label: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    Encoding::for_label(label.as_bytes())
}

fn selected<'a>(page: &'a Html, selector: &str) -> Option<NodeRef<'a, Node>> {
    let selector = Selector::parse(selector).ok()?;
    page.select(&selector).next().map(|element| *element)
}

/// The page's own main part if there is exactly one and it holds at least half of what can be read; else the body.
fn main_part(page: &Html) -> NodeRef<'_, Node> {
    let body = selected(page, "body").unwrap_or_else(|| page.tree.root());
    let whole = readable(body);
    for selector in ["main, [role=main]", "article"] {
        let Ok(selector) = Selector::parse(selector) else {
            continue;
        };
        let mut found = page.select(&selector);
        if let (Some(only), None) = (found.next(), found.next())
            && readable(*only) * 2 >= whole
        {
            return *only;
        }
    }
    body
}

/// Number of visible characters under a node.
fn readable(node: NodeRef<'_, Node>) -> usize {
    let mut count = 0;
    let mut skip = None;
    for edge in node.traverse() {
        match edge {
            Edge::Open(at) if skip.is_none() => match at.value() {
                Node::Element(element) if is_dropped(element) => skip = Some(at.id()),
                Node::Text(text) => count += text.chars().filter(|c| !c.is_whitespace()).count(),
                _ => {}
            },
            Edge::Close(at) if skip == Some(at.id()) => skip = None,
            _ => {}
        }
    }
    count
}

/// Elements whose text is not part of the document.
fn is_dropped(element: &Element) -> bool {
    let by_name = matches!(
        element.name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "nav"
            | "aside"
            | "head"
            | "title"
            | "form"
            | "button"
            | "select"
            | "textarea"
            | "input"
            | "svg"
            | "iframe"
            | "object"
            | "embed"
            | "audio"
            | "video"
            | "canvas"
            | "map"
            | "dialog"
            | "menu"
            | "rt"
            | "rp"
    );
    // ASP.NET wraps whole pages in one form, and such a form is no form to the reader.
    if element.name() == "form" {
        return element.attr("role").is_some_and(|role| role == "search");
    }
    // What wikis and news sites themselves mark as not for print.
    let unprinted = element.classes().any(|class| {
        matches!(
            class,
            "noprint" | "no-print" | "mw-editsection" | "mw-jump-link" | "catlinks" | "printfooter"
        )
    });
    by_name
        || unprinted
        || element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || matches!(
            element.attr("role"),
            Some("navigation" | "search" | "banner" | "contentinfo" | "dialog" | "alert")
        )
        || element.attr("style").is_some_and(|style| {
            let style: String = style
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
                .to_ascii_lowercase();
            style.contains("display:none") || style.contains("visibility:hidden")
        })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// What the next flush becomes.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Paragraph,
    Heading(u8),
    Item(u8),
}

/// The state of a walk: the words collected since the last block ended.
struct Walk<'b> {
    builder: &'b mut Builder,
    line: String,
    kinds: Vec<Kind>,
    lists: u8,
    preformatted: usize,
    rows: usize,
}

impl Walk<'_> {
    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.line.push_str(text);
            return;
        }
        for c in text.chars() {
            // NO-BREAK SPACE and the like are letters here: only what HTML collapses is collapsed.
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{0C}') {
                if !self.line.is_empty() && !self.line.ends_with([' ', '\n']) {
                    self.line.push(' ');
                }
            } else {
                self.line.push(c);
            }
        }
    }

    fn line_end(&mut self) {
        while self.line.ends_with(' ') {
            self.line.pop();
        }
        self.line.push('\n');
    }

    fn flush(&mut self) -> Result<(), Problem> {
        let words = std::mem::take(&mut self.line);
        match self.kinds.last().copied().unwrap_or(Kind::Paragraph) {
            Kind::Paragraph => self.builder.paragraph(&words),
            Kind::Heading(level) => self.builder.heading(level, &words),
            Kind::Item(level) => self.builder.list_item(level, &words),
        }
    }

    fn open(&mut self, name: &str) -> Result<(), Problem> {
        match name {
            "br" => self.line_end(),
            // Images speak through their captions only; a cell keeps its words apart from the next even inline.
            _ if is_block(name) => self.flush()?,
            _ => {}
        }
        match name {
            "pre" => self.preformatted += 1,
            "ul" | "ol" => self.lists = self.lists.saturating_add(1),
            "li" => self.kinds.push(Kind::Item(self.lists.max(1))),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.kinds.push(Kind::Heading(name.as_bytes()[1] - b'0'));
            }
            "tr" => {
                self.rows += 1;
                self.builder.open_row();
            }
            "td" | "th" => {
                self.builder.open_cell();
                self.kinds.push(Kind::Paragraph);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Problem> {
        if is_block(name) {
            self.flush()?;
        }
        match name {
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "ul" | "ol" => self.lists = self.lists.saturating_sub(1),
            "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "td" | "th" => {
                self.kinds.pop();
            }
            "tr" if self.rows > 0 => {
                self.rows -= 1;
                self.builder.close_row()?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Hands everything readable under a node to the builder. A loop, not a recursion: pages nest as deep as they like.
fn walk(from: NodeRef<'_, Node>, builder: &mut Builder) -> Result<(), Problem> {
    let mut walk = Walk {
        builder,
        line: String::new(),
        kinds: Vec::new(),
        lists: 0,
        preformatted: 0,
        rows: 0,
    };
    let mut skip = None;
    for edge in from.traverse() {
        match edge {
            Edge::Open(node) if skip.is_none() => match node.value() {
                Node::Element(element) if is_dropped(element) && node.id() != from.id() => {
                    skip = Some(node.id());
                }
                Node::Element(element) => walk.open(element.name())?,
                Node::Text(text) => walk.text(text),
                _ => {}
            },
            Edge::Close(node) => {
                if skip == Some(node.id()) {
                    skip = None;
                } else if skip.is_none()
                    && let Node::Element(element) = node.value()
                {
                    walk.close(element.name())?;
                }
            }
            Edge::Open(_) => {}
        }
    }
    walk.flush()
}

fn metadata(page: &Html) -> Metadata {
    let meta = |names: &[&str]| -> Option<String> {
        let selector = Selector::parse("meta[content]").ok()?;
        names.iter().find_map(|wanted| {
            page.select(&selector).find_map(|element| {
                let name = element
                    .attr("name")
                    .or(element.attr("property"))
                    .or(element.attr("itemprop"))?;
                name.eq_ignore_ascii_case(wanted)
                    .then(|| element.attr("content"))
                    .flatten()
                    .map(str::to_owned)
            })
        })
    };
    let of = |selector: &str| selected(page, selector).and_then(scraper::ElementRef::wrap);
    let title = meta(&["og:title", "citation_title", "dc.title"])
        .or_else(|| of("title").map(|element| element.text().collect::<String>()));
    Metadata {
        title,
        author: meta(&["author", "article:author", "citation_author", "dc.creator"])
            .filter(|author| !author.starts_with("http")),
        publisher: meta(&["og:site_name", "citation_journal_title", "dc.publisher"]),
        date: meta(&[
            "article:published_time",
            "datepublished",
            "citation_publication_date",
            "citation_date",
            "dc.date",
            "dc.date.issued",
            "date",
            "pubdate",
        ])
        .or_else(|| {
            of("article time[datetime]").and_then(|e| e.attr("datetime").map(str::to_owned))
        }),
        language: of("html").and_then(|element| {
            element
                .attr("lang")
                .or(element.attr("xml:lang"))
                .map(str::to_owned)
        }),
        url: of("link[rel=canonical]")
            .and_then(|element| element.attr("href").map(str::to_owned))
            .or_else(|| meta(&["og:url"]))
            .filter(|url| url.starts_with("http://") || url.starts_with("https://")),
        kind: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::BlockKind;

    fn page(html: &str) -> Extracted {
        read(html.as_bytes(), &Limits::default()).expect("reads")
    }

    #[test]
    fn the_page_is_read_as_on_screen() {
        let read = page(
            "<!doctype html><html lang=en><head><title>T &amp; U</title><style>p{}</style></head><body>\
             <nav><a>Home</a></nav><h1>One\n two</h1><p>A <b>bold</b>\n  word.<br>Next&nbsp;line</p>\
             <script>alert(1)</script><ul><li>x<ul><li>y</li></ul></li></ul>\
             <table><tr><th>a<th>b<tr><td>1<td>2</table><pre>  k  \n  l</pre><p hidden>no</p>\
             <p style='display: none'>no</p></body>",
        );
        assert_eq!(
            read.text,
            "One two\n\nA bold word.\nNext\u{a0}line\n\nx\ny\n\na\tb\n1\t2\n\nk  \n  l"
        );
        let kinds: Vec<_> = read.blocks.iter().map(|b| (b.kind, b.level)).collect();
        assert_eq!(
            kinds,
            [
                (BlockKind::Heading, 1),
                (BlockKind::Paragraph, 0),
                (BlockKind::ListItem, 1),
                (BlockKind::ListItem, 2),
                (BlockKind::TableRow, 0),
                (BlockKind::TableRow, 0),
                (BlockKind::Paragraph, 0),
            ]
        );
        assert_eq!(read.metadata.title.as_deref(), Some("T & U"));
    }

    #[test]
    fn the_main_part_is_taken_where_the_page_names_one() {
        let read = page(
            "<body><header>Site</header><div>menu</div><main><h2>Speech</h2><p>Long enough to be most of it.</p></main>\
             <footer>imprint</footer></body>",
        );
        assert_eq!(read.text, "Speech\n\nLong enough to be most of it.");
        let read = page("<body><main>x</main><p>But the words are all out here.</p></body>");
        assert_eq!(read.text, "x\n\nBut the words are all out here.");
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(
            "<html><head><meta http-equiv=Content-Type content='text/html; charset=windows-1251'></head><p>Мир</p></html>",
        );
        let read = read(&bytes, &Limits::default()).unwrap();
        assert_eq!(
            (read.text.as_str(), read.encoding.as_deref()),
            ("Мир", Some("windows-1251"))
        );
        assert!(read.warnings.is_empty());
    }

    #[test]
    fn metadata_is_found() {
        let read = page(
            "<head><meta property=og:title content='Title'><meta name=author content='A. B.'>\
             <meta property=article:published_time content='2015-09-30T10:00:00Z'>\
             <link rel=canonical href='https://example.org/x'></head><body><p>x y z</p>",
        );
        let m = read.metadata;
        assert_eq!(m.title.as_deref(), Some("Title"));
        assert_eq!(m.author.as_deref(), Some("A. B."));
        assert_eq!(m.date.as_deref(), Some("2015-09-30T10:00:00Z"));
        assert_eq!(m.url.as_deref(), Some("https://example.org/x"));
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = format!("{}x{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
        assert_eq!(page(&deep).text, "x");
    }
}
