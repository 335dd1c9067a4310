//! Runs the operators of a page that place text, and answers with glyphs: what each reads as and where it stands.
//!
//! Only text is followed: matrices, fonts, spacing, marked content and form objects. `ActualText`, with which Chromium and
//! others say what a shape reads as, takes the place of the font's own word for the glyphs it covers.
//! Positions are turned so that the line of writing runs to the right, whatever way the page is turned.

use std::collections::HashMap;
use std::rc::Rc;

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::font::{Font, content, entry, number};
use super::letters::is_mark;

/// Form objects inside form objects.
const DEPTH: usize = 12;

/// Operators that one page may run; repeated forms multiply.
const OPERATIONS: usize = 4_000_000;

/// A piece of text at a place.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// What it reads as; more than one character for a ligature.
    pub text: String,
    /// Where it begins and ends along the line, in points.
    pub x0: f64,
    pub x1: f64,
    /// Height of the base line; larger is further up.
    pub y: f64,
    /// Size of the font in points.
    pub size: f64,
    pub bold: bool,
    /// The file itself says what it reads as (`ActualText`), so nothing about it needs guessing.
    pub exact: bool,
    /// Quarter turns of its line of writing, or none of these (4).
    pub turn: u8,
}

/// What a page holds.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub glyphs: Vec<Glyph>,
    /// Glyphs that no one says the reading of.
    pub unknown: usize,
    /// Images drawn.
    pub images: usize,
    /// Some of its content could not be unpacked or understood.
    pub broken: bool,
}

/// Matrices as in PDF: row vectors, `[a b c d e f]`.
type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `m` applied first, then `n`.
fn times(m: Matrix, n: Matrix) -> Matrix {
    [
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    ]
}

#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// Marked content that is open: the reading it gives to what it covers, and the first glyph of that.
struct Marked {
    actual: Option<String>,
    first: usize,
}

struct Machine<'a> {
    doc: &'a Document,
    fonts: &'a mut HashMap<ObjectId, Rc<Font>>,
    page: Page,
    state: State,
    stack: Vec<State>,
    /// How much of the stack belongs to the page around the form that is being drawn.
    floor: usize,
    text: Matrix,
    line: Matrix,
    marked: Vec<Marked>,
    operations: usize,
}

/// The glyphs of a page. `fonts` remembers the fonts of pages before.
pub(super) fn read_page(
    doc: &Document,
    page: ObjectId,
    fonts: &mut HashMap<ObjectId, Rc<Font>>,
) -> Page {
    let mut bytes = Vec::new();
    let mut broken = false;
    for id in doc.get_page_contents(page) {
        match doc.get_object(id).ok().and_then(content) {
            Some(part) => {
                bytes.extend(part);
                bytes.push(b'\n');
            }
            None => broken = true,
        }
    }
    let mut machine = Machine {
        doc,
        fonts,
        page: Page {
            broken,
            ..Page::default()
        },
        state: State {
            ctm: IDENTITY,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        },
        stack: Vec::new(),
        floor: 0,
        text: IDENTITY,
        line: IDENTITY,
        marked: Vec::new(),
        operations: 0,
    };
    let resources = inherited(doc, page, b"Resources").and_then(|o| o.as_dict().ok());
    machine.run(&bytes, resources, 0);
    machine.page
}

/// A page's entry, its own or that of a node above it.
fn inherited<'a>(doc: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut node = doc.get_dictionary(page).ok()?;
    for _ in 0..64 {
        if let Some(found) = entry(doc, node, key) {
            return Some(found);
        }
        node = entry(doc, node, b"Parent")?.as_dict().ok()?;
    }
    None
}

impl<'a> Machine<'a> {
    fn run(&mut self, bytes: &[u8], resources: Option<&'a Dictionary>, depth: usize) {
        let Ok(content) = Content::decode(bytes) else {
            self.page.broken = true;
            return;
        };
        for operation in &content.operations {
            self.operations += 1;
            if self.operations > OPERATIONS {
                return;
            }
            self.operation(operation, resources, depth);
        }
    }

    fn operation(
        &mut self,
        operation: &Operation,
        resources: Option<&'a Dictionary>,
        depth: usize,
    ) {
        let operands = &operation.operands;
        let n = |at: usize| operands.get(at).and_then(number).unwrap_or(0.0);
        match operation.operator.as_str() {
            "q" if self.stack.len() < 4096 => self.stack.push(self.state.clone()),
            "Q" => {
                // A form must not undo what the page around it has set.
                if self.stack.len() > self.floor
                    && let Some(state) = self.stack.pop()
                {
                    self.state = state;
                }
            }
            "cm" => self.state.ctm = times([n(0), n(1), n(2), n(3), n(4), n(5)], self.state.ctm),
            "BT" => {
                self.text = IDENTITY;
                self.line = IDENTITY;
            }
            "Tf" => {
                self.state.size = n(1);
                self.state.font = operands
                    .first()
                    .and_then(|o| o.as_name().ok())
                    .and_then(|name| self.font(name, resources));
            }
            "Tc" => self.state.character_spacing = n(0),
            "Tw" => self.state.word_spacing = n(0),
            "Tz" => self.state.scale = n(0) / 100.0,
            "TL" => self.state.leading = n(0),
            "Ts" => self.state.rise = n(0),
            "Td" => self.move_line(n(0), n(1)),
            "TD" => {
                self.state.leading = -n(1);
                self.move_line(n(0), n(1));
            }
            "Tm" => {
                self.line = [n(0), n(1), n(2), n(3), n(4), n(5)];
                self.text = self.line;
            }
            "T*" => self.move_line(0.0, -self.state.leading),
            "Tj" => self.show(operands.first()),
            "'" => {
                self.move_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            "\"" => {
                self.state.word_spacing = n(0);
                self.state.character_spacing = n(1);
                self.move_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            "TJ" => {
                for part in operands
                    .first()
                    .and_then(|o| o.as_array().ok())
                    .into_iter()
                    .flatten()
                {
                    match number(part) {
                        Some(back) => {
                            self.advance(-back / 1000.0 * self.state.size * self.state.scale)
                        }
                        None => self.show(Some(part)),
                    }
                }
            }
            "BMC" => self.marked.push(Marked {
                actual: None,
                first: self.page.glyphs.len(),
            }),
            "BDC" => {
                let actual = self.actual_text(operands.get(1), resources);
                self.marked.push(Marked {
                    actual,
                    first: self.page.glyphs.len(),
                });
            }
            "EMC" => self.end_marked(),
            "Do" => self.object(operands.first(), resources, depth),
            "BI" => self.page.images += 1,
            _ => {}
        }
    }

    fn font(&mut self, name: &[u8], resources: Option<&'a Dictionary>) -> Option<Rc<Font>> {
        let fonts = entry(self.doc, resources?, b"Font")?.as_dict().ok()?;
        let object = fonts.get(name).ok()?;
        let id = object.as_reference().ok();
        if let Some(font) = id.and_then(|id| self.fonts.get(&id)) {
            return Some(Rc::clone(font));
        }
        let (_, object) = self.doc.dereference(object).ok()?;
        let font = Rc::new(Font::load(self.doc, object.as_dict().ok()?));
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&font));
        }
        Some(font)
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    fn advance(&mut self, x: f64) {
        self.text = times([1.0, 0.0, 0.0, 1.0, x, 0.0], self.text);
    }

    fn show(&mut self, string: Option<&Object>) {
        let (Some(Object::String(bytes, _)), Some(font)) = (string, self.state.font.clone()) else {
            return;
        };
        for shown in font.read(bytes) {
            let state = &self.state;
            let spacing = state.character_spacing
                + if shown.is_space_code {
                    state.word_spacing
                } else {
                    0.0
                };
            let letter = shown.width * state.size * state.scale;
            let base = times(
                [1.0, 0.0, 0.0, 1.0, 0.0, state.rise],
                times(self.text, state.ctm),
            );
            let glyph = place(base, letter, state.size, font.bold);
            match shown.text {
                Some(text) if !text.contains(char::REPLACEMENT_CHARACTER) => {
                    self.page.glyphs.push(Glyph { text, ..glyph });
                }
                // Some producers write down that they do not know.
                _ => {
                    // Inside ActualText the font's silence does not matter.
                    if !self.marked.iter().any(|m| m.actual.is_some()) {
                        self.page.unknown += 1;
                    }
                    self.page.glyphs.push(Glyph {
                        text: char::REPLACEMENT_CHARACTER.to_string(),
                        ..glyph
                    });
                }
            }
            self.advance(letter + spacing * self.state.scale);
        }
    }

    fn actual_text(
        &self,
        properties: Option<&Object>,
        resources: Option<&'a Dictionary>,
    ) -> Option<String> {
        let dict = match properties? {
            Object::Dictionary(dict) => dict,
            Object::Name(name) => {
                let named = entry(self.doc, resources?, b"Properties")?.as_dict().ok()?;
                entry(self.doc, named, name)?.as_dict().ok()?
            }
            _ => return None,
        };
        let (_, value) = self.doc.dereference(dict.get(b"ActualText").ok()?).ok()?;
        pdf_extract::decode_text_string(value).ok()
    }

    /// Gives what the marked content covered its reading, as one piece from the first glyph's place to the last's end.
    fn end_marked(&mut self) {
        let Some(marked) = self.marked.pop() else {
            return;
        };
        // The outermost reading holds, as it covers everything.
        let covered = self.marked.iter().any(|outer| outer.actual.is_some());
        let (Some(actual), false) = (marked.actual, covered) else {
            return;
        };
        let glyphs = self
            .page
            .glyphs
            .split_off(marked.first.min(self.page.glyphs.len()));
        // Marks stand where they like; the letters under them say where the piece is.
        let is_letter = |g: &&Glyph| !is_mark(&g.text) && g.x1 > g.x0;
        let Some(first) = glyphs.iter().find(is_letter).or(glyphs.first()) else {
            return;
        };
        if actual.is_empty() {
            return;
        }
        let line = glyphs
            .iter()
            .filter(|g| g.turn == first.turn && (g.y - first.y).abs() < first.size * 0.1);
        let (x0, x1) = line
            .filter(is_letter)
            .fold((first.x0, first.x1), |(x0, x1), g| {
                (x0.min(g.x0), x1.max(g.x1))
            });
        let piece = Glyph {
            text: actual,
            x0,
            x1,
            exact: true,
            ..first.clone()
        };
        self.page.glyphs.push(piece);
    }

    fn object(&mut self, name: Option<&Object>, resources: Option<&'a Dictionary>, depth: usize) {
        let stream = (|| {
            let objects = entry(self.doc, resources?, b"XObject")?.as_dict().ok()?;
            entry(self.doc, objects, name?.as_name().ok()?)?
                .as_stream()
                .ok()
        })();
        let Some(stream) = stream else { return };
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") => self.page.images += 1,
            Ok(b"Form") if depth < DEPTH => {
                let Ok(bytes) = stream.decompressed_content() else {
                    return;
                };
                let matrix: Vec<f64> = entry(self.doc, &stream.dict, b"Matrix")
                    .and_then(|o| o.as_array().ok())
                    .map(|m| m.iter().filter_map(number).collect())
                    .unwrap_or_default();
                let own =
                    entry(self.doc, &stream.dict, b"Resources").and_then(|o| o.as_dict().ok());
                let (state, text, line) = (self.state.clone(), self.text, self.line);
                let floor = std::mem::replace(&mut self.floor, self.stack.len());
                if let [a, b, c, d, e, f] = matrix[..] {
                    self.state.ctm = times([a, b, c, d, e, f], self.state.ctm);
                }
                self.run(&bytes, own.or(resources), depth + 1);
                self.stack.truncate(self.floor);
                self.floor = floor;
                (self.state, self.text, self.line) = (state, text, line);
            }
            _ => {}
        }
    }
}

/// Where a glyph of this width and size stands under this matrix.
pub(super) fn place(base: Matrix, width: f64, size: f64, bold: bool) -> Glyph {
    let [a, b, c, d, e, f] = base;
    let along = (a * a + b * b).sqrt();
    let across = (c * c + d * d).sqrt();
    // Negative sizes draw backwards and upside down: the same place, half a turn on.
    let angle = b.atan2(a).to_degrees() + if size < 0.0 { 180.0 } else { 0.0 };
    let quarter = (angle / 90.0).round();
    let turn = if (angle - quarter * 90.0).abs() > 10.0 {
        4
    } else {
        quarter.rem_euclid(4.0) as u8
    };
    let (x, y) = match turn {
        1 => (f, -e),
        2 => (-e, -f),
        3 => (-f, e),
        _ => (e, f),
    };
    let length = (width * along).abs();
    Glyph {
        text: String::new(),
        x0: x,
        x1: x + length,
        y,
        size: (size * across).abs().max(0.01),
        bold,
        exact: false,
        turn,
    }
}
