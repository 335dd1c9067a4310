//! Rich Text Format: groups in braces, control words behind backslashes, everything else text.
//!
//! Written here because the one published reader loses the space after each escaped letter, which runs Russian and
//! Persian words together. Letters come as `\uN` (with a fallback of `\ucN` characters to skip) or as `\'hh` in the code page of the
//! current font. Groups that are not text (font and style tables, pictures, headers, field codes) are skipped whole.

mod characters;
mod tokens;

use std::collections::HashMap;

use encoding_rs::Encoding;

use self::characters::{character, charset, code_page};
use self::tokens::{Token, Tokens};
use super::builder::Builder;
use super::{Extracted, Format, LimitName, Limits, Metadata, Problem, Warning};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Problem> {
    let bytes = bytes.trim_ascii_start();
    if !bytes.starts_with(b"{\\rtf") {
        return Err(Problem::damaged("does not begin with {\\rtf"));
    }
    let mut reader = Reader::new(limits);
    for token in Tokens::new(bytes) {
        reader.token(token)?;
    }
    reader.end_paragraph()?;
    let mut builder = reader.builder;
    while builder.in_row() {
        builder.close_row()?;
    }
    for (number, note) in reader.notes.iter().enumerate() {
        builder.paragraph(&format!("[{}] {}", number + 1, note.trim()))?;
    }
    let (text, blocks) = builder.finish()?;
    Ok(Extracted {
        text,
        blocks,
        format: Format::Rtf,
        encoding: None,
        pages: None,
        warnings: reader.warnings,
        metadata: reader.metadata,
        attributes: Vec::new(),
    })
}

/// Where the text of a group goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Destination {
    Body,
    Skip,
    Fonts,
    Styles,
    /// `\info`, whose own groups are fields of the metadata.
    Info,
    Title,
    Author,
    Created,
    Note,
}

/// What a group inherits and gives back at its end.
#[derive(Debug, Clone)]
struct State {
    destination: Destination,
    /// Characters to skip after `\uN`.
    skip_after_unicode: usize,
    font: i32,
    hidden: bool,
    deleted: bool,
    in_table: bool,
    outline: Option<u8>,
    style: i32,
    list: Option<u8>,
}

struct Reader {
    builder: Builder,
    nesting: usize,
    stack: Vec<State>,
    state: State,
    /// Set by `\*`: an unknown destination follows, to be skipped if it is not known here.
    starred: bool,
    /// Whether the next token is the first of its group.
    group_start: bool,
    default_encoding: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    headings: HashMap<i32, u8>,
    style_name: String,
    /// Bytes in the code page of the current font, not yet decoded (some letters take two).
    pending: Vec<u8>,
    high_surrogate: Option<u16>,
    to_skip: usize,
    line: String,
    cell_open: bool,
    notes: Vec<String>,
    metadata: Metadata,
    created: [Option<i32>; 3],
    warnings: Vec<Warning>,
}

impl Reader {
    fn new(limits: &Limits) -> Self {
        Self {
            builder: Builder::new(limits),
            nesting: limits.nesting,
            stack: Vec::new(),
            state: State {
                destination: Destination::Body,
                skip_after_unicode: 1,
                font: 0,
                hidden: false,
                deleted: false,
                in_table: false,
                outline: None,
                style: 0,
                list: None,
            },
            starred: false,
            group_start: false,
            default_encoding: encoding_rs::WINDOWS_1252,
            fonts: HashMap::new(),
            headings: HashMap::new(),
            style_name: String::new(),
            pending: Vec::new(),
            high_surrogate: None,
            to_skip: 0,
            line: String::new(),
            cell_open: false,
            notes: Vec::new(),
            metadata: Metadata::default(),
            created: [None; 3],
            warnings: Vec::new(),
        }
    }

    fn token(&mut self, token: Token<'_>) -> Result<(), Problem> {
        let first = std::mem::replace(&mut self.group_start, false);
        if !matches!(token, Token::Byte(_) | Token::Text(_)) {
            self.decode_pending();
        }
        match token {
            Token::Open => {
                self.to_skip = 0;
                if self.stack.len() >= self.nesting {
                    return Err(Problem::too_large(LimitName::Nesting));
                }
                self.stack.push(self.state.clone());
                self.group_start = true;
                self.starred = false;
            }
            Token::Close => {
                self.to_skip = 0;
                self.end_group();
            }
            Token::Word(word, number) => self.word(word, number, first || self.starred)?,
            Token::Symbol(symbol) => self.symbol(symbol)?,
            Token::Byte(byte) | Token::Text(byte) => {
                if self.to_skip > 0 {
                    self.to_skip -= 1;
                } else {
                    self.pending.push(byte);
                }
            }
        }
        if !matches!(token, Token::Symbol(b'*')) {
            self.starred = false;
        }
        Ok(())
    }

    fn end_group(&mut self) {
        let ended = self.state.destination;
        let Some(outer) = self.stack.pop() else {
            return;
        };
        if ended == Destination::Styles && outer.destination == Destination::Styles {
            let name = std::mem::take(&mut self.style_name).to_lowercase();
            let name = name.trim().trim_end_matches(';').to_owned();
            let level = if name == "title" {
                Some(1)
            } else {
                name.strip_prefix("heading ")
                    .and_then(|n| n.trim().parse().ok())
            };
            if let Some(level) = self
                .state
                .outline
                .map(|l| l + 1)
                .or(level)
                .filter(|l| (1..=9).contains(l))
            {
                self.headings.insert(self.state.style, level);
            }
        }
        if ended == Destination::Created
            && outer.destination != Destination::Created
            && let [Some(year), Some(month), Some(day)] = self.created
        {
            self.metadata.date = Some(format!("{year:04}-{month:02}-{day:02}"));
        }
        self.state = outer;
    }

    fn word(
        &mut self,
        word: &str,
        number: Option<i32>,
        opens_destination: bool,
    ) -> Result<(), Problem> {
        if opens_destination && self.destination(word) {
            return Ok(());
        }
        let on = number != Some(0);
        match word {
            "u" => {
                self.unicode(number.unwrap_or(0));
                self.to_skip = self.state.skip_after_unicode;
                return Ok(());
            }
            "uc" => {
                self.state.skip_after_unicode = number
                    .and_then(|n| usize::try_from(n).ok())
                    .unwrap_or(1)
                    .min(16)
            }
            "ansicpg" => {
                if let Some(encoding) = number.and_then(code_page) {
                    self.default_encoding = encoding;
                }
            }
            "mac" => self.default_encoding = encoding_rs::MACINTOSH,
            "f" => self.state.font = number.unwrap_or(0),
            "fcharset" if self.state.destination == Destination::Fonts => {
                if let Some(encoding) = number.and_then(charset) {
                    self.fonts.insert(self.state.font, encoding);
                }
            }
            "cpg" if self.state.destination == Destination::Fonts => {
                if let Some(encoding) = number.and_then(code_page) {
                    self.fonts.insert(self.state.font, encoding);
                }
            }
            "yr" | "mo" | "dy" if self.state.destination == Destination::Created => {
                let at = match word {
                    "yr" => 0,
                    "mo" => 1,
                    _ => 2,
                };
                self.created[at] = number;
            }
            "plain" => {
                self.state.hidden = false;
                self.state.deleted = false;
            }
            "v" => self.state.hidden = on,
            "deleted" => {
                self.state.deleted = on;
                self.changed();
            }
            "revised" => self.changed(),
            "pard" => {
                self.state.in_table = false;
                self.state.outline = None;
                self.state.style = 0;
                self.state.list = None;
            }
            "s" => self.state.style = number.unwrap_or(0),
            "outlinelevel" => {
                self.state.outline = number.and_then(|n| u8::try_from(n).ok()).filter(|n| *n < 9)
            }
            "ls" => {
                self.state.list = number
                    .filter(|n| *n > 0)
                    .map(|_| self.state.list.unwrap_or(0))
            }
            "ilvl" => {
                self.state.list = number
                    .and_then(|n| u8::try_from(n).ok())
                    .or(self.state.list)
            }
            "intbl" => self.state.in_table = true,
            "par" | "sect" => self.end_paragraph()?,
            "cell" | "nestcell" => self.end_cell()?,
            "row" | "nestrow" => self.end_row()?,
            _ => {
                if let Some(text) = character(word) {
                    self.put(text);
                }
            }
        }
        Ok(())
    }

    /// Whether the word names a destination; if so, the group's text goes there from now on.
    fn destination(&mut self, word: &str) -> bool {
        let current = self.state.destination;
        let destination = match word {
            "fonttbl" => Destination::Fonts,
            "stylesheet" => Destination::Styles,
            "info" => Destination::Info,
            "title" if current == Destination::Info => Destination::Title,
            "author" if current == Destination::Info => Destination::Author,
            "creatim" if current == Destination::Info => Destination::Created,
            "footnote" if current == Destination::Body => {
                self.notes.push(String::new());
                let number = self.notes.len();
                self.put(&format!("[{number}]"));
                Destination::Note
            }
            // `\ud` is the Unicode half of `\upr`: it goes where the group around them does.
            "ud" => {
                let around = self.stack.iter().rev().map(|s| s.destination);
                around
                    .into_iter()
                    .find(|d| *d != Destination::Skip)
                    .unwrap_or(current)
            }
            // Text boxes and field results are read although they come in starred groups.
            "shptxt" | "fldrslt" | "shpinst" | "shp" => current,
            "colortbl" | "pict" | "object" | "header" | "headerl" | "headerr" | "headerf"
            | "footer" | "footerl" | "footerr" | "footerf" | "fldinst" | "listtext" | "pntext"
            | "pnseclvl" | "filetbl" | "revtbl" | "listtable" | "listoverridetable" | "rsidtbl"
            | "generator" | "themedata" | "colorschememapping" | "datastore" | "latentstyles"
            | "xe" | "tc" | "bkmkstart" | "bkmkend" | "annotation" | "atnid" | "atnauthor"
            | "template" | "upr" | "sp" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep"
            | "aftnsepc" | "aftncn" | "operator" | "company" | "keywords" | "comment"
            | "doccomm" | "subject" | "category" | "manager" | "nonesttables"
            | "nesttableprops" | "revtim" | "printim" | "buptim" | "mmathPr" | "xmlnstbl"
            | "wgrffmtfilter" | "pgptbl" => Destination::Skip,
            // A footnote's own number is made by the word processor.
            "chftn" => return true,
            _ if self.starred => Destination::Skip,
            _ => return false,
        };
        self.state.destination = destination;
        true
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), Problem> {
        match symbol {
            b'*' => self.starred = true,
            b'~' => self.put("\u{a0}"),
            b'_' => self.put("\u{2011}"),
            b'\\' | b'{' | b'}' => {
                if self.to_skip > 0 {
                    self.to_skip -= 1;
                } else {
                    self.put(std::str::from_utf8(&[symbol]).unwrap_or_default());
                }
            }
            b'\n' | b'\r' => self.end_paragraph()?,
            b'\t' => self.put("\t"),
            // `\-` is where a word may break, `\:` an index entry's part.
            _ => {}
        }
        Ok(())
    }

    fn changed(&mut self) {
        if self.state.destination == Destination::Body
            && !self.warnings.contains(&Warning::TrackedChanges)
        {
            self.warnings.push(Warning::TrackedChanges);
        }
    }

    fn unicode(&mut self, number: i32) {
        // Negative numbers are the upper half of 16 bits; a few producers write more than 16.
        let code = if number < 0 {
            number + 0x1_0000
        } else {
            number
        };
        match (
            self.high_surrogate.take(),
            u32::try_from(code).unwrap_or(0xFFFD),
        ) {
            (_, high @ 0xD800..=0xDBFF) => self.high_surrogate = u16::try_from(high).ok(),
            (Some(high), low @ 0xDC00..=0xDFFF) => {
                let pair = [high, u16::try_from(low).unwrap_or(0)];
                self.put(&String::from_utf16_lossy(&pair));
            }
            // Symbol fonts: positions in the private use area, which are no letters.
            (_, 0xE000..=0xF8FF) => {}
            (_, code) => {
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.put(c.encode_utf8(&mut [0; 4]));
            }
        }
    }

    fn decode_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let encoding = self
            .fonts
            .get(&self.state.font)
            .copied()
            .unwrap_or(self.default_encoding);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        self.put(&text);
    }

    fn put(&mut self, text: &str) {
        match self.state.destination {
            Destination::Body | Destination::Note if self.state.hidden || self.state.deleted => {}
            Destination::Body => self.line.push_str(text),
            Destination::Note => {
                if let Some(note) = self.notes.last_mut() {
                    note.push_str(text);
                }
            }
            Destination::Styles => self.style_name.push_str(text),
            Destination::Title => self.metadata.title.get_or_insert_default().push_str(text),
            Destination::Author => self.metadata.author.get_or_insert_default().push_str(text),
            Destination::Skip | Destination::Fonts | Destination::Info | Destination::Created => {}
        }
    }

    fn end_paragraph(&mut self) -> Result<(), Problem> {
        self.decode_pending();
        match self.state.destination {
            Destination::Note => {
                self.put("\n");
                return Ok(());
            }
            Destination::Body => {}
            _ => return Ok(()),
        }
        if self.state.in_table {
            self.open_cell();
        } else if self.builder.in_row() {
            self.end_row()?;
        }
        let text = std::mem::take(&mut self.line);
        let heading = self
            .state
            .outline
            .map(|l| l + 1)
            .or_else(|| self.headings.get(&self.state.style).copied());
        match (heading, self.state.list) {
            (Some(level), _) => self.builder.heading(level, &text),
            (None, Some(level)) => self.builder.list_item(level.saturating_add(1), &text),
            (None, None) => self.builder.paragraph(&text),
        }
    }

    fn open_cell(&mut self) {
        if !self.builder.in_row() {
            self.builder.open_row();
            self.cell_open = false;
        }
        if !self.cell_open {
            self.builder.open_cell();
            self.cell_open = true;
        }
    }

    fn end_cell(&mut self) -> Result<(), Problem> {
        if self.state.destination == Destination::Body {
            self.open_cell();
            let text = std::mem::take(&mut self.line);
            self.builder.paragraph(&text)?;
            self.cell_open = false;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Problem> {
        if self.state.destination == Destination::Body {
            self.cell_open = false;
            self.builder.close_row()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
