//! Writes SVG: escaping, numbers, the direction and rough width of text, mirroring.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use super::Frame;
use crate::text::{Direction, direction};

/// Towards which side a text runs from its point: on (to the right, unless mirrored), both, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    On,
    Middle,
    Back,
}

/// A drawing being written. Coordinates are those of an unmirrored drawing; the pen mirrors them.
pub(super) struct Pen {
    body: String,
    width: f64,
    mirrored: bool,
}

impl Pen {
    pub fn new(width: f64, mirrored: bool) -> Self {
        Self {
            body: String::new(),
            width,
            mirrored,
        }
    }

    /// The whole figure. `height` is known only when everything is drawn.
    pub fn finish(self, frame: &Frame<'_>, height: f64) -> String {
        self.wrap(frame, height, "group")
    }

    /// What has been drawn, without a frame around it.
    pub fn into_body(self) -> String {
        self.body
    }

    fn wrap(self, frame: &Frame<'_>, height: f64, role: &str) -> String {
        let id = escape(frame.id);
        let (width, height) = (number(self.width), number(height));
        // A drawing that cannot be as narrow as was wished keeps its natural size; its box scrolls.
        let (class, size) = if self.width > frame.width {
            let size = format!(" width=\"{width}\" height=\"{height}\"");
            ("chart chart--natural", size)
        } else {
            ("chart", String::new())
        };
        // The direction is set, not inherited: under `dir="rtl"` every text anchor would change sides.
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {width} {height}\"{size} direction=\"ltr\" \
             role=\"{role}\" aria-labelledby=\"{id}-t\" aria-describedby=\"{id}-d\">\
             <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{}</svg>",
            escape(frame.title),
            escape(frame.desc),
            self.body,
        )
    }

    /// A figure with nothing to draw: the axis it would stand on and the caller's words.
    pub fn empty(frame: &Frame<'_>) -> String {
        let height = 120.0;
        let mut pen = Self::new(frame.width, false);
        pen.text(
            "t-ink",
            Anchor::Middle,
            frame.width / 2.0,
            64.0,
            frame.empty,
        );
        pen.line("axis", (0.0, height - 0.5), (frame.width, height - 0.5));
        pen.wrap(frame, height, "img")
    }

    fn x(&self, x: f64) -> f64 {
        if self.mirrored { self.width - x } else { x }
    }

    pub fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        let x = if self.mirrored {
            self.width - x - width
        } else {
            x
        };
        let (x, y, width, height) = (number(x), number(y), number(width), number(height));
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""
        );
        if radius > 0.0 {
            let _ = write!(self.body, " rx=\"{}\"", number(radius));
        }
        self.body.push_str("/>");
    }

    pub fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let (x, y, r) = (number(self.x(x)), number(y), number(radius));
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>"
        );
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.path(class, &[from, to], false, None);
    }

    /// Straight lines through points; `dash` as in `stroke-dasharray`.
    pub fn path(&mut self, class: &str, points: &[(f64, f64)], closed: bool, dash: Option<&str>) {
        let _ = write!(self.body, "<path class=\"{class}\" d=\"");
        for (i, &(x, y)) in points.iter().enumerate() {
            let command = if i == 0 { 'M' } else { 'L' };
            let _ = write!(self.body, "{command}{} {}", number(self.x(x)), number(y));
        }
        self.body.push_str(if closed { "Z\"" } else { "\"" });
        if let Some(dash) = dash {
            let _ = write!(self.body, " stroke-dasharray=\"{dash}\"");
        }
        self.body.push_str("/>");
    }

    pub fn text(&mut self, class: &str, anchor: Anchor, x: f64, y: f64, text: &str) {
        self.runs(class, anchor, x, y, &[text]);
    }

    /// A text of parts that may run in different directions, a space between them; the first sets the direction of
    /// the whole, each is isolated from the others.
    pub fn runs(&mut self, class: &str, anchor: Anchor, x: f64, y: f64, parts: &[&str]) {
        let rtl = parts.first().is_some_and(|first| is_rtl(first));
        // Where the text lies is decided by the drawing, which of its ends that is by its own direction.
        let anchor = match (anchor, self.mirrored == rtl) {
            (Anchor::Middle, _) => " text-anchor=\"middle\"",
            (Anchor::On, true) | (Anchor::Back, false) => "",
            (Anchor::On, false) | (Anchor::Back, true) => " text-anchor=\"end\"",
        };
        let direction = if rtl { " direction=\"rtl\"" } else { "" };
        let (x, y) = (number(self.x(x)), number(y));
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}{direction}>"
        );
        match parts {
            [only] => self.body.push_str(&escape(only)),
            parts => {
                for (i, part) in parts.iter().enumerate() {
                    let direction = if is_rtl(part) { "rtl" } else { "ltr" };
                    let space = if i > 0 { " " } else { "" };
                    let aside = if i > 0 { " class=\"t-aside\"" } else { "" };
                    let part = escape(part);
                    let _ = write!(
                        self.body,
                        "{space}<tspan{aside} direction=\"{direction}\" unicode-bidi=\"isolate\">{part}</tspan>"
                    );
                }
            }
        }
        self.body.push_str("</text>");
    }

    /// Opens a mark: a link that says what it counts, or the same without a link where there is nothing to read.
    /// Close it with [`Pen::close_mark`].
    pub fn open_mark(&mut self, link: Option<&str>, says: &str) {
        let says = escape(says);
        let _ = match link {
            Some(link) => write!(
                self.body,
                "<a href=\"{}\" aria-label=\"{says}\"><title>{says}</title>",
                escape(link)
            ),
            None => write!(
                self.body,
                "<g role=\"img\" aria-label=\"{says}\"><title>{says}</title>"
            ),
        };
    }

    pub fn close_mark(&mut self, link: Option<&str>) {
        self.body
            .push_str(if link.is_some() { "</a>" } else { "</g>" });
    }

    /// Opens a group with one attribute, whose value must need no escaping.
    pub fn open_group(&mut self, attribute: &str, value: &str) {
        let _ = write!(self.body, "<g {attribute}=\"{value}\">");
    }

    pub fn close_group(&mut self) {
        self.body.push_str("</g>");
    }
}

/// A coordinate with one decimal at most.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Adding zero turns -0 into 0.
    format!("{}", rounded + 0.0)
}

/// Escapes for XML text and attribute values. Characters that no XML document may hold become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Whether a text runs from right to left, by the rule that holds for documents.
pub(super) fn is_rtl(text: &str) -> bool {
    direction(text) == Direction::Rtl
}

/// About how wide a text is, in pixels at a font size. There are no font metrics on the server, so this errs to the
/// wide side.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let ems = |c: char| match c {
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' => 0.0,
        '\u{64b}'..='\u{65f}' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' => 0.32,
        'f' | 'r' | 't' | '(' | ')' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '—' | '…' => 0.92,
        'A'..='Z' => 0.68,
        '\u{401}'..='\u{42f}' => 0.72,
        '\u{430}'..='\u{45f}' => 0.62,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => 1.0,
        '\u{ff00}'..='\u{ffef}' | '\u{1f000}'..='\u{3ffff}' => 1.0,
        _ => 0.58,
    };
    text.chars().map(ems).sum::<f64>() * size
}

/// The text in lines that fit, broken at spaces; a word that is too long stays whole.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + 0.32 * size <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The text, or as much of it as fits with an ellipsis; never half a grapheme.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut fitted = String::new();
    let mut taken = width("…", size);
    for grapheme in text.graphemes(true) {
        taken += width(grapheme, size);
        if taken > room {
            break;
        }
        fitted.push_str(grapheme);
    }
    fitted.truncate(fitted.trim_end().len());
    fitted.push('…');
    fitted
}
