//! Character maps of PDF fonts: from the codes in a page to Unicode (`ToUnicode`) or to glyph numbers (embedded encodings).
//!
//! The files are PostScript in form but only ever lists of pairs and ranges in practice, so they are read as lists and
//! whatever else stands in them is passed over. Nothing in them can fail: a line that makes no sense is skipped.

use std::collections::HashMap;

/// Pairs that one map may hold; real ones hold a few thousand.
const LIMIT: usize = 300_000;

/// A code: how many bytes it took and their value.
pub(super) type Code = (u8, u32);

/// One map, whatever of it there is.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// Byte lengths of codes with the lowest and highest code of that length.
    spaces: Vec<(u8, u32, u32)>,
    /// What a code reads as.
    unicode: HashMap<Code, String>,
    /// Ranges of codes and the glyph number (CID) of the first.
    cids: Vec<(u32, u32, u32)>,
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Hex(Vec<u8>),
    Number(i64),
    Open,
    Close,
    Word(&'a [u8]),
}

impl CMap {
    pub(super) fn parse(source: &[u8]) -> Self {
        let mut map = Self::default();
        let mut section: &[u8] = b"";
        // What has been read of the current pair or range, and of the array at its end.
        let mut row: Vec<Token<'_>> = Vec::new();
        let mut array: Option<Vec<Vec<u8>>> = None;
        for token in (Tokens { rest: source }) {
            match token {
                Token::Word(word) if word.starts_with(b"begin") => {
                    section = &word[5..];
                    row.clear();
                    array = None;
                }
                Token::Word(word) if word.starts_with(b"end") => section = b"",
                Token::Word(_) => {}
                Token::Open => array = Some(Vec::new()),
                Token::Close => {
                    if let (b"bfrange", [Token::Hex(low), Token::Hex(_)], Some(list)) =
                        (section, &row[..], array.take())
                    {
                        for (offset, text) in list.iter().enumerate() {
                            let (length, code) = code(low);
                            map.put((length, code.saturating_add(offset as u32)), utf16(text));
                        }
                    }
                    row.clear();
                }
                Token::Hex(bytes) if array.is_some() => {
                    if let Some(list) = &mut array {
                        list.push(bytes);
                    }
                }
                token => {
                    row.push(token);
                    if map.row(section, &row) {
                        row.clear();
                    }
                }
            }
        }
        map
    }

    /// Takes in a complete row of a section; false if it is not complete yet.
    fn row(&mut self, section: &[u8], row: &[Token<'_>]) -> bool {
        match (section, row) {
            (b"codespacerange", [Token::Hex(low), Token::Hex(high)]) => {
                let (length, low) = code(low);
                self.spaces.push((length, low, code(high).1));
            }
            (b"bfchar", [Token::Hex(from), Token::Hex(to)]) => self.put(code(from), utf16(to)),
            (b"bfrange", [Token::Hex(low), Token::Hex(high), Token::Hex(to)]) => {
                let (length, low) = code(low);
                let high = code(high).1.min(low.saturating_add(0xFFFF));
                for at in low..=high {
                    if self.unicode.len() >= LIMIT {
                        break;
                    }
                    self.put((length, at), utf16(&advanced(to, at - low)));
                }
            }
            (b"cidchar", [Token::Hex(from), Token::Number(cid)]) => {
                let at = code(from).1;
                self.put_cids(at, at, *cid);
            }
            (b"cidrange", [Token::Hex(low), Token::Hex(high), Token::Number(cid)]) => {
                self.put_cids(code(low).1, code(high).1, *cid);
            }
            (b"codespacerange" | b"bfchar" | b"cidchar", [_, _]) => {}
            (b"bfrange" | b"cidrange", [_, _, _]) => {}
            (b"codespacerange" | b"bfchar" | b"cidchar" | b"bfrange" | b"cidrange", _) => {
                return false;
            }
            _ => {}
        }
        true
    }

    fn put(&mut self, code: Code, text: String) {
        if self.unicode.len() < LIMIT {
            self.unicode.insert(code, text);
        }
    }

    fn put_cids(&mut self, low: u32, high: u32, cid: i64) {
        if let Ok(cid) = u32::try_from(cid)
            && self.cids.len() < LIMIT
        {
            self.cids.push((low, high, cid));
        }
    }

    /// What the code reads as; none if the map does not say.
    pub(super) fn text(&self, code: Code) -> Option<&str> {
        self.unicode.get(&code).map(String::as_str)
    }

    /// The glyph number of a code in an embedded encoding.
    pub(super) fn cid(&self, code: u32) -> Option<u32> {
        let (low, _, cid) = self
            .cids
            .iter()
            .find(|(low, high, _)| (*low..=*high).contains(&code))?;
        cid.checked_add(code - low)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.unicode.is_empty()
    }

    /// Length of the code that these bytes begin with, as the code space ranges define it.
    pub(super) fn length(&self, bytes: &[u8]) -> Option<u8> {
        (1..=4u8).find(|length| {
            let taken = bytes.get(..usize::from(*length));
            taken.is_some_and(|taken| {
                let value = code(taken).1;
                self.spaces
                    .iter()
                    .any(|(l, low, high)| l == length && (*low..=*high).contains(&value))
            })
        })
    }
}

/// A code from its bytes.
fn code(bytes: &[u8]) -> Code {
    let taken = &bytes[..bytes.len().min(4)];
    (
        taken.len() as u8,
        taken
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte)),
    )
}

fn utf16(bytes: &[u8]) -> String {
    // One byte alone is a character of Latin-1 in files of careless producers.
    if let [byte] = bytes {
        return char::from(*byte).to_string();
    }
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The target of a range, moved on by an offset in its last unit.
fn advanced(to: &[u8], offset: u32) -> Vec<u8> {
    let mut to = to.to_vec();
    let mut carry = offset;
    for byte in to.iter_mut().rev() {
        let sum = u32::from(*byte) + carry;
        *byte = (sum & 0xFF) as u8;
        carry = sum >> 8;
    }
    to
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.rest = self.rest.trim_ascii_start();
            let first = *self.rest.first()?;
            match first {
                b'%' => {
                    let end = self
                        .rest
                        .iter()
                        .position(|b| matches!(b, b'\n' | b'\r'))
                        .unwrap_or(self.rest.len());
                    self.rest = &self.rest[end..];
                }
                b'<' if self.rest.get(1) == Some(&b'<') => self.rest = &self.rest[2..],
                b'<' => {
                    let end = self
                        .rest
                        .iter()
                        .position(|b| *b == b'>')
                        .unwrap_or(self.rest.len());
                    let digits: Vec<u8> = self.rest[1..end]
                        .iter()
                        .filter_map(|b| char::from(*b).to_digit(16))
                        .map(|d| d as u8)
                        .collect();
                    self.rest = self.rest.get(end + 1..).unwrap_or_default();
                    let bytes = digits
                        .chunks(2)
                        .map(|d| d[0] << 4 | d.get(1).copied().unwrap_or(0))
                        .collect();
                    return Some(Token::Hex(bytes));
                }
                b'[' => {
                    self.rest = &self.rest[1..];
                    return Some(Token::Open);
                }
                b']' => {
                    self.rest = &self.rest[1..];
                    return Some(Token::Close);
                }
                b'>' | b'(' | b')' | b'{' | b'}' => self.rest = &self.rest[1..],
                _ => {
                    let end = self.rest[1..]
                        .iter()
                        .position(|b| b.is_ascii_whitespace() || b"<>[](){}/%".contains(b))
                        .map_or(self.rest.len(), |at| at + 1);
                    let (word, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    let number = std::str::from_utf8(word)
                        .ok()
                        .and_then(|word| word.parse().ok());
                    return Some(number.map_or(Token::Word(word), Token::Number));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_ranges_and_arrays_are_read() {
        let map = CMap::parse(
            b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
              2 beginbfchar <01> <0631> <10> <06440627> endbfchar 2 beginbfrange <0020> <0022> <0041>\n\
              <0030> <0031> [<0061> <D83CDF0D>] endbfrange endcmap",
        );
        assert_eq!(map.text((1, 1)), Some("ر"));
        assert_eq!(map.text((1, 0x10)), Some("لا"));
        assert_eq!(map.text((2, 0x22)), Some("C"));
        assert_eq!(map.text((2, 0x31)), Some("🌍"));
        assert_eq!(map.text((2, 1)), None);
        assert_eq!(map.length(b"\x00\x20"), Some(2));
    }

    #[test]
    fn embedded_encodings_are_read() {
        let map = CMap::parse(b"1 begincodespacerange <00> <7F> <8140> <9FFC> endcodespacerange 1 begincidrange <20> <7e> 231 endcidrange");
        assert_eq!(map.cid(0x21), Some(232));
        assert_eq!(map.length(b"\x21\x21"), Some(1));
        assert_eq!(map.length(b"\x81\x41"), Some(2));
        assert_eq!(map.length(b"\xFF\xFF"), None);
    }

    #[test]
    fn a_range_as_wide_as_can_be_ends() {
        let map = CMap::parse(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
        assert_eq!(map.text((4, 0)), Some("A"));
        assert_eq!(map.unicode.len(), 0x1_0000);
    }
}
