//! Fonts of a PDF as far as reading needs them: which codes a string holds, how wide each is and what it reads as.
//!
//! What a code reads as is asked in this order: the font's `ToUnicode` map, its encoding by glyph names, and for
//! fonts that are encoded in Unicode themselves the code. A code for which all are silent has no known character, and that is said.

use pdf_extract::{Dictionary, Document, Object};

use super::cmap::CMap;

/// One character of a shown string.
pub(super) struct Shown {
    /// What it reads as; none if the font does not tell.
    pub text: Option<String>,
    /// Advance in ems.
    pub width: f64,
    /// Whether word spacing applies: a single byte 32.
    pub is_space_code: bool,
}

/// A font, ready to read strings with.
pub(super) struct Font {
    composite: bool,
    to_unicode: CMap,
    /// Embedded encoding of a composite font.
    encoding: CMap,
    /// The codes are UTF-16.
    codes_are_unicode: bool,
    /// Simple fonts: what each byte reads as by the encoding.
    simple: Vec<Option<String>>,
    widths: std::collections::HashMap<u32, f64>,
    default_width: f64,
    /// No widths in the file: one of the standard fonts, whose widths are estimated.
    estimated: bool,
    pub(super) bold: bool,
}

pub(super) fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(value) => Some(*value as f64),
        Object::Real(value) => Some(f64::from(*value)),
        _ => None,
    }
}

/// A dictionary's entry with references followed.
pub(super) fn entry<'a>(doc: &'a Document, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let object = dict.get(key).ok()?;
    doc.dereference(object).ok().map(|(_, object)| object)
}

/// A stream's content, unpacked, or as it is if it is not packed.
pub(super) fn content(object: &Object) -> Option<Vec<u8>> {
    let stream = object.as_stream().ok()?;
    stream.decompressed_content().ok().or_else(|| {
        stream
            .dict
            .get(b"Filter")
            .is_err()
            .then(|| stream.content.clone())
    })
}

fn name_of(object: Option<&Object>) -> String {
    object
        .and_then(|o| o.as_name().ok())
        .map(|n| String::from_utf8_lossy(n).into_owned())
        .unwrap_or_default()
}

impl Font {
    pub(super) fn load(doc: &Document, dict: &Dictionary) -> Self {
        let kind = name_of(entry(doc, dict, b"Subtype"));
        let base = name_of(entry(doc, dict, b"BaseFont"));
        let to_unicode = entry(doc, dict, b"ToUnicode")
            .and_then(content)
            .map_or_else(CMap::default, |s| CMap::parse(&s));
        let mut font = Self {
            composite: kind == "Type0",
            to_unicode,
            encoding: CMap::default(),
            codes_are_unicode: false,
            simple: Vec::new(),
            widths: std::collections::HashMap::new(),
            default_width: 0.5,
            estimated: false,
            bold: ["bold", "black", "heavy", "semibold"]
                .iter()
                .any(|w| base.to_lowercase().contains(w)),
        };
        if font.composite {
            font.load_composite(doc, dict);
        } else {
            font.load_simple(doc, dict, &kind, &base);
        }
        font
    }

    fn load_composite(&mut self, doc: &Document, dict: &Dictionary) {
        match entry(doc, dict, b"Encoding") {
            Some(Object::Name(name)) => {
                let name = String::from_utf8_lossy(name);
                self.codes_are_unicode = name.contains("UCS2") || name.contains("UTF16");
            }
            Some(other) => {
                self.encoding = content(other).map_or_else(CMap::default, |s| CMap::parse(&s))
            }
            None => {}
        }
        self.default_width = 1.0;
        let descendant = entry(doc, dict, b"DescendantFonts")
            .and_then(|o| o.as_array().ok())
            .and_then(|fonts| fonts.first())
            .and_then(|o| doc.dereference(o).ok())
            .and_then(|(_, o)| o.as_dict().ok());
        let Some(descendant) = descendant else { return };
        if let Some(width) = entry(doc, descendant, b"DW").and_then(number) {
            self.default_width = width / 1000.0;
        }
        let Some(list) = entry(doc, descendant, b"W").and_then(|o| o.as_array().ok()) else {
            return;
        };
        let list: Vec<&Object> = list
            .iter()
            .filter_map(|o| doc.dereference(o).ok())
            .map(|(_, o)| o)
            .collect();
        let mut at = 0;
        while let Some(first) = list.get(at).and_then(|o| number(o)) {
            match (list.get(at + 1), list.get(at + 2)) {
                (Some(Object::Array(widths)), _) => {
                    for (offset, width) in widths.iter().enumerate() {
                        if let Some(width) =
                            doc.dereference(width).ok().and_then(|(_, o)| number(o))
                        {
                            self.widths
                                .insert(first as u32 + offset as u32, width / 1000.0);
                        }
                    }
                    at += 2;
                }
                (Some(last), Some(width)) => {
                    if let (Some(last), Some(width)) = (number(last), number(width)) {
                        for cid in first as u32..=(last as u32).min(0xFFFF) {
                            self.widths.insert(cid, width / 1000.0);
                        }
                    }
                    at += 3;
                }
                _ => break,
            }
        }
    }

    fn load_simple(&mut self, doc: &Document, dict: &Dictionary, kind: &str, base: &str) {
        // A Type 3 font draws its letters in units of its own.
        let scale = if kind == "Type3" {
            entry(doc, dict, b"FontMatrix")
                .and_then(|o| o.as_array().ok())
                .and_then(|m| m.first())
                .and_then(number)
                .map_or(0.001, f64::abs)
        } else {
            0.001
        };
        let first = entry(doc, dict, b"FirstChar")
            .and_then(number)
            .unwrap_or(0.0) as u32;
        if let Some(widths) = entry(doc, dict, b"Widths").and_then(|o| o.as_array().ok()) {
            for (offset, width) in widths.iter().enumerate().take(256) {
                if let Some(width) = doc.dereference(width).ok().and_then(|(_, o)| number(o)) {
                    self.widths.insert(first + offset as u32, width * scale);
                }
            }
            let missing = entry(doc, dict, b"FontDescriptor")
                .and_then(|o| o.as_dict().ok())
                .and_then(|d| entry(doc, d, b"MissingWidth"))
                .and_then(number);
            self.default_width = missing.unwrap_or(0.0) * 0.001;
        } else {
            self.estimated = !base.contains("Courier");
            self.default_width = if self.estimated { 0.5 } else { 0.6 };
        }
        // The library's tables of names; a font without an encoding of its own that is not symbolic is Latin.
        let mut dict = dict.clone();
        dict.remove(b"ToUnicode");
        if let Ok(encoding) = dict.get_font_encoding(doc) {
            self.simple = (0..=255u8)
                .map(|byte| {
                    encoding
                        .bytes_to_string(&[byte])
                        .ok()
                        .filter(|text| !text.is_empty())
                })
                .collect();
        }
    }

    /// The characters of a shown string.
    pub(super) fn read(&self, bytes: &[u8]) -> Vec<Shown> {
        let mut shown = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = if self.composite {
                let by_map = self
                    .encoding
                    .length(rest)
                    .or_else(|| self.to_unicode.length(rest));
                usize::from(by_map.unwrap_or(2)).min(rest.len())
            } else {
                1
            };
            let (taken, after) = rest.split_at(length);
            rest = after;
            let code = taken
                .iter()
                .fold(0u32, |value, byte| value << 8 | u32::from(*byte));
            let text = self.text(length as u8, code);
            let cid = if self.composite {
                self.encoding.cid(code).unwrap_or(code)
            } else {
                code
            };
            let width = match self.widths.get(&cid) {
                Some(width) => *width,
                None if self.estimated => text.as_deref().map_or(self.default_width, estimate),
                None => self.default_width,
            };
            shown.push(Shown {
                text,
                width,
                is_space_code: length == 1 && code == 32,
            });
        }
        shown
    }

    fn text(&self, length: u8, code: u32) -> Option<String> {
        if let Some(text) = self.to_unicode.text((length, code)) {
            return Some(text.to_owned());
        }
        if !self.composite {
            // Some maps write one-byte codes with two bytes.
            if let Some(text) = self.to_unicode.text((2, code)) {
                return Some(text.to_owned());
            }
            return self.simple.get(code as usize).cloned().flatten();
        }
        if self.codes_are_unicode {
            return char::from_u32(code).map(String::from);
        }
        // A map that exists but leaves a glyph out means that the glyph is no letter.
        (!self.to_unicode.is_empty() && code == 0).then(String::new)
    }
}

/// Advance of a letter in the sans-serif standard font, roughly: only used for the few files without widths.
fn estimate(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'f' | 't' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '!' | '|'
            | '(' | ')' | '[' | ']' => 0.28,
            'm' | 'M' | 'W' | '@' | '%' => 0.86,
            'w' | 'A'..='Z' => 0.69,
            _ => 0.55,
        })
        .sum()
}
