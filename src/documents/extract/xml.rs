//! Reads the XML of office formats as a stream of elements and text, with the doors of XML closed.
//!
//! Entities that a document defines itself are refused: no office format uses them, and they are how a
//! kilobyte becomes a gigabyte ("billion laughs") or reads a file of the server. Depth is bounded. Nothing external is ever opened.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::{LimitName, Limits, Problem, ProblemKind};

/// One step through a document. Names are local names; the namespace tells `w:p` from `a:p`.
pub(crate) enum Token<'a> {
    Start(Element<'a>),
    /// Namespace and local name of the element that ends.
    End(&'a str, &'a str),
    Text(&'a str),
}

/// A start tag.
pub(crate) struct Element<'a> {
    /// The namespace URI; empty if there is none.
    pub namespace: &'a str,
    /// The name without prefix.
    pub name: &'a str,
    tag: &'a BytesStart<'a>,
}

impl Element<'_> {
    /// The value of the attribute with this local name, whatever its prefix.
    pub(crate) fn attribute(&self, local: &str) -> Option<String> {
        self.tag
            .attributes()
            .with_checks(false)
            .flatten()
            .find_map(|attribute| {
                let matches = attribute.key.local_name().into_inner() == local;
                matches
                    .then(|| attribute.normalized_value(XmlVersion::Implicit1_0).ok())
                    .flatten()
                    .map(std::borrow::Cow::into_owned)
            })
    }
}

/// Walks through a document. `visit` sees every start, end and piece of text in order; empty elements start and end.
///
/// # Errors
/// [`ProblemKind::Damaged`] if it is not well formed, [`ProblemKind::Unsafe`] if it defines entities,
/// [`LimitName::Nesting`] if it nests too deeply, and whatever `visit` answers.
pub(crate) fn walk(
    bytes: &[u8],
    limits: &Limits,
    mut visit: impl FnMut(Token<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    let mut depth = 0usize;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|e| broken(&e))?;
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.into_inner(),
            _ => Default::default(),
        };
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > limits.nesting {
                    return Err(Problem::too_large(LimitName::Nesting));
                }
                visit(Token::Start(Element {
                    namespace,
                    name: tag.local_name().as_ref(),
                    tag: &tag,
                }))?;
            }
            Event::Empty(tag) => {
                let name = tag.local_name();
                visit(Token::Start(Element {
                    namespace,
                    name: name.as_ref(),
                    tag: &tag,
                }))?;
                visit(Token::End(namespace, name.as_ref()))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                visit(Token::End(namespace, tag.local_name().as_ref()))?;
            }
            Event::Text(text) => visit(Token::Text(&text.xml10_content()))?,
            Event::CData(text) => visit(Token::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(c)) => Some(c),
                    Ok(None) => predefined(&reference.xml10_content()),
                    Err(_) => None,
                };
                let Some(c) = resolved else {
                    return Err(Problem::damaged("an unknown entity in XML"));
                };
                visit(Token::Text(c.encode_utf8(&mut [0; 4])))?;
            }
            Event::DocType(declaration) => {
                if declaration
                    .xml10_content()
                    .to_ascii_uppercase()
                    .contains("<!ENTITY")
                {
                    return Err(Problem::new(
                        ProblemKind::Unsafe,
                        "XML that defines entities",
                    ));
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if depth != 0 {
        return Err(Problem::damaged("XML that ends before its elements do"));
    }
    Ok(())
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// XML is UTF-8 unless it carries a byte order mark or names another encoding.
fn decode(bytes: &[u8]) -> Result<String, Problem> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let declared = head
        .split_once("encoding=")
        .and_then(|(_, rest)| rest.get(1..))
        .and_then(|rest| rest.split(['"', '\'']).next())
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    super::encoding::decode_declared(bytes, declared).map(|decoded| decoded.text)
}

fn broken(error: &quick_xml::Error) -> Problem {
    Problem::damaged(format!("XML that is not well formed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(xml: &str) -> Result<String, Problem> {
        let mut out = String::new();
        walk(xml.as_bytes(), &Limits::default(), |token| {
            if let Token::Text(text) = token {
                out.push_str(text);
            }
            Ok(())
        })?;
        Ok(out)
    }

    #[test]
    fn references_are_resolved() {
        assert_eq!(
            text_of("<a>x &amp; &#x41;&#66; <![CDATA[<y>]]></a>").unwrap(),
            "x & AB <y>"
        );
    }

    #[test]
    fn entities_are_refused() {
        let laughs =
            r#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>"#;
        assert_eq!(text_of(laughs).unwrap_err().kind, ProblemKind::Unsafe);
        let external = r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#;
        assert_eq!(text_of(external).unwrap_err().kind, ProblemKind::Unsafe);
        assert_eq!(
            text_of("<a>&nbsp;</a>").unwrap_err().kind,
            ProblemKind::Damaged
        );
    }

    #[test]
    fn depth_and_form_are_checked() {
        let deep = "<a>".repeat(600);
        assert_eq!(text_of(&deep).unwrap_err().limit, Some(LimitName::Nesting));
        assert_eq!(
            text_of("<a><b></a>").unwrap_err().kind,
            ProblemKind::Damaged
        );
        assert_eq!(text_of("<a>").unwrap_err().kind, ProblemKind::Damaged);
    }
}
