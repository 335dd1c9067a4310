//! A figure as a file: the same drawing with its colours inside, readable far from the page it came from.
//!
//! The rules are those of the page (`static/themes/charts.css`), the colours the light values of the page's tokens
//! (`static/tokens.css`), put in place of the `var()` and `light-dark()` that programs for SVG do not know. So a
//! figure in a paper and the figure on the screen cannot drift apart.

use std::sync::LazyLock;

use super::pen::{Anchor, Pen, escape, fit, is_rtl, number, wrap};

const RULES: &str = include_str!("../../../static/themes/charts.css");
const TOKENS: &str = include_str!("../../../static/tokens.css");

/// The style sheet of a file, resolved once.
static SHEET: LazyLock<String> = LazyLock::new(sheet);

/// What is written around a figure in a file, where no page says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption<'a> {
    /// The heading above it; may be empty.
    pub heading: &'a str,
    /// Lines below it: what is counted, layer, filters, totals, program and date.
    pub notes: &'a [&'a str],
}

/// Space around the drawing.
const EDGE: f64 = 20.0;
const HEADING: f64 = 34.0;
const NOTE: f64 = 16.0;

/// Turns a figure of this module into a file of its own: style sheet inside, white paper behind, heading above and
/// notes below, natural size, and without the links, which would lead nowhere.
///
/// Text that is not a figure of this module comes back as it is.
pub fn standalone(svg: &str, caption: &Caption<'_>) -> String {
    let Some((head, body)) = svg.split_once('>') else {
        return svg.to_owned();
    };
    let Some((width, height)) = size(head) else {
        return svg.to_owned();
    };
    let above = if caption.heading.is_empty() {
        EDGE
    } else {
        EDGE + HEADING
    };
    let notes: Vec<(bool, String)> = caption
        .notes
        .iter()
        .flat_map(|note| {
            let lines = wrap(note, 11.0, width).into_iter();
            lines.map(|line| (is_rtl(note), line))
        })
        .collect();
    let below = EDGE + NOTE * notes.len() as f64;
    let (full_width, full_height) = (width + 2.0 * EDGE, above + height + below);

    let mut pen = Pen::new(width, false);
    let mut write = |class: &str, y: f64, rtl: bool, text: &str| {
        if rtl {
            pen.text(class, Anchor::Back, width, y, text);
        } else {
            pen.text(class, Anchor::On, 0.0, y, text);
        }
    };
    if !caption.heading.is_empty() {
        let heading = fit(caption.heading, 16.0, width);
        write("t-heading", -HEADING + 14.0, is_rtl(&heading), &heading);
    }
    for (i, (rtl, line)) in notes.iter().enumerate() {
        write("t-note", height + NOTE * (i + 1) as f64, *rtl, line);
    }

    let (w, h) = (number(width), number(height));
    let natural = format!(" width=\"{w}\" height=\"{h}\"");
    let head = head.replacen(&natural, "", 1).replacen(
        &format!("viewBox=\"0 0 {w} {h}\""),
        &format!(
            "width=\"{w}\" height=\"{h}\" viewBox=\"{} {} {w} {h}\"",
            number(-EDGE),
            number(-above),
            w = number(full_width),
            h = number(full_height),
        ),
        1,
    );
    let head = head.replacen("role=\"group\"", "role=\"img\"", 1);
    let body = without_links(body);
    let body = body.strip_suffix("</svg>").unwrap_or(&body);
    // Title and description come first in the document, as SVG asks.
    let at = body
        .find("</desc>")
        .map_or(0, |found| found + "</desc>".len());
    let (described, drawing) = body.split_at(at);
    let paper = format!(
        "<rect fill=\"#ffffff\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        number(-EDGE),
        number(-above),
        number(full_width),
        number(full_height),
    );
    let style = escape(&SHEET).replace("&quot;", "\"").replace("&#39;", "'");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{head}>{described}<style>{style}</style>{paper}{}{drawing}</svg>\n",
        pen.into_body(),
    )
}

/// Width and height from the drawing's own view box.
fn size(head: &str) -> Option<(f64, f64)> {
    let (_, rest) = head.split_once("viewBox=\"0 0 ")?;
    let (numbers, _) = rest.split_once('"')?;
    let (width, height) = numbers.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// Links become groups. In what [`Pen`] writes no attribute holds a bare `>`, so the next one ends the tag.
fn without_links(body: &str) -> String {
    let mut plain = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("<a ") {
        plain.push_str(&rest[..at]);
        plain.push_str("<g>");
        rest = rest[at..].split_once('>').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain.replace("</a>", "</g>")
}

/// The rules with their colours in place.
fn sheet() -> String {
    let mut sheet = String::new();
    for line in RULES.lines().map(str::trim) {
        // One rule a line; the layer, the comment and what answers to a pointer stay behind.
        if !line.starts_with(".chart") || line.contains(" a:") {
            continue;
        }
        if line.contains("[data-code]") {
            for color in 1..=12 {
                let one = line
                    .replace("[data-code]", &format!("[data-code=\"{color}\"]"))
                    .replace("var(--code", &format!("var(--code-{color}"));
                sheet.push_str(&resolve(&one));
                sheet.push('\n');
            }
        } else {
            sheet.push_str(&resolve(line));
            sheet.push('\n');
        }
    }
    sheet.push_str(&resolve(
        ".chart .t-heading { fill: var(--ink); font-size: 16px; font-weight: 600; }",
    ));
    sheet
}

/// Puts the tokens' light values in place of `var(--name)`.
fn resolve(rule: &str) -> String {
    let mut resolved = rule.to_owned();
    // Tokens may be made of tokens; none nests deeper than this.
    for _ in 0..8 {
        let Some((before, rest)) = resolved.split_once("var(") else {
            break;
        };
        let Some((name, after)) = rest.split_once(')') else {
            break;
        };
        let value = token(name.trim()).unwrap_or("currentColor");
        resolved = format!("{before}{}{after}", light(value));
    }
    resolved.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A token's value as the sheet first gives it, which is for every reader and script.
fn token(name: &str) -> Option<&'static str> {
    let at = TOKENS.find(&format!("{name}:"))?;
    let (_, rest) = TOKENS[at..].split_once(':')?;
    Some(rest.split_once(';')?.0.trim())
}

/// The first of a `light-dark()` pair.
fn light(value: &str) -> &str {
    let Some(pair) = value.strip_prefix("light-dark(") else {
        return value;
    };
    pair.split([',', ')']).next().unwrap_or(pair).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_in_place() {
        assert!(!SHEET.contains("var("), "{}", *SHEET);
        assert!(!SHEET.contains("light-dark"), "{}", *SHEET);
        assert!(!SHEET.contains("currentColor"), "{}", *SHEET);
        assert!(!SHEET.contains("@layer"));
        for rule in [
            ".chart [data-code=\"4\"] .coded { fill: #82127f; }",
            ".chart [data-code=\"12\"] .t-end-name { fill: #755b00; }",
            ".chart .hue-b .line { stroke: #b4500f; }",
            ".chart [data-seq=\"6\"] text { fill: #ffffff; }",
            ".chart [data-div=\"-3\"] .cell { fill: #e29163; }",
            ".chart .t-cell { fill: #1d1c1a; font-size: 13px; }",
        ] {
            assert!(SHEET.contains(rule), "{rule} is not in\n{}", *SHEET);
        }
    }

    #[test]
    fn what_is_no_figure_is_left_alone() {
        let caption = Caption::default();
        assert_eq!(standalone("", &caption), "");
        assert_eq!(standalone("<p>text</p>", &caption), "<p>text</p>");
    }
}
