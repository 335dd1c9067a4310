//! The twelve colours of codes, which people with colour-blindness can tell apart.
//!
//! The database keeps a number from 1 to 12; style sheets know its light and dark shades. Programs and files speak in
//! hex: they are given the light shade, and whatever hex they send becomes the palette's nearest colour.

use serde::Deserialize;

use crate::error::{Error, Result};

/// How many colours there are.
pub const SIZE: u8 = 12;

/// The light shades, as `static/tokens.css` has them (`--code-1` …).
const HEX: [&str; SIZE as usize] = [
    "#566fec", "#c4772a", "#2b765b", "#82127f", "#4f381d", "#024552", "#a57e83", "#4439b8",
    "#4e5801", "#b04d95", "#0a95da", "#866907",
];

/// The hex of a palette colour; the first colour's for a number outside the palette.
pub fn hex(color: u8) -> &'static str {
    let index = usize::from(color.clamp(1, SIZE)) - 1;
    HEX[index]
}

/// A colour as a program may send it.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Color {
    /// 1 to 12.
    Number(i64),
    /// `#82127f`, `82127f`, `#817`, or a number in quotation marks.
    Text(String),
}

impl Color {
    /// Its number in the palette.
    ///
    /// # Errors
    /// [`Error::Invalid`] on the field `color` when it is neither a number of the palette nor hex.
    pub fn number(&self) -> Result<u8> {
        let found = match self {
            Color::Number(n) => u8::try_from(*n).ok().filter(|n| (1..=SIZE).contains(n)),
            Color::Text(text) => parse(text),
        };
        found.ok_or_else(|| Error::invalid("color", "codebook-error-color"))
    }
}

/// Reads a number from 1 to 12 or any hex colour; the latter becomes the palette's nearest.
pub fn parse(text: &str) -> Option<u8> {
    let text = text.trim();
    if text.len() <= 2 {
        return text.parse().ok().filter(|n| (1..=SIZE).contains(n));
    }
    let digits = text.strip_prefix('#').unwrap_or(text);
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let channel = |at: usize, width: usize| {
        let part = digits.get(at..at + width)?;
        let value = u8::from_str_radix(part, 16).ok()?;
        Some(if width == 1 { value * 17 } else { value })
    };
    let rgb = match digits.len() {
        3 | 4 => [channel(0, 1)?, channel(1, 1)?, channel(2, 1)?],
        6 | 8 => [channel(0, 2)?, channel(2, 2)?, channel(4, 2)?],
        _ => return None,
    };
    Some(nearest(rgb))
}

/// The palette's colour at the smallest distance in Oklab, where distance is difference as it is seen.
fn nearest(rgb: [u8; 3]) -> u8 {
    let wanted = oklab(rgb);
    let distance = |color: u8| {
        let there = oklab(channels(hex(color)));
        (0..3).map(|i| (there[i] - wanted[i]).powi(2)).sum::<f64>()
    };
    (1..=SIZE)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
        .unwrap_or(1)
}

fn channels(hex: &str) -> [u8; 3] {
    let value = u32::from_str_radix(hex.trim_start_matches('#'), 16).unwrap_or(0);
    let [_, r, g, b] = value.to_be_bytes();
    [r, g, b]
}

/// sRGB to Oklab: B. Ottosson, "A perceptual color space for image processing" (2020).
fn oklab(rgb: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = rgb.map(|v| {
        let v = f64::from(v) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    });
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// The colour for a new code: the one its siblings use least, the earliest of those.
pub fn least_used(used: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0_usize; SIZE as usize];
    for color in used {
        if let Some(n) = counts.get_mut(usize::from(color).wrapping_sub(1)) {
            *n += 1;
        }
    }
    (1..=SIZE)
        .min_by_key(|c| counts[usize::from(*c) - 1])
        .unwrap_or(1)
}

/// The colour for a new code: its parent's, or at the top the one used least.
pub fn for_new(codes: &[super::Code], parent: Option<i64>) -> u8 {
    codes.iter().find(|c| Some(c.id) == parent).map_or_else(
        || least_used(codes.iter().map(|c| c.color)),
        |above| above.color,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_is_the_one_of_the_style_sheet() {
        let css = include_str!("../../static/tokens.css");
        for color in 1..=SIZE {
            let line = format!("--code-{color}: light-dark({},", hex(color));
            assert!(css.contains(&line), "{line}");
        }
    }

    #[test]
    fn a_colour_comes_back_as_it_went() {
        for color in 1..=SIZE {
            assert_eq!(parse(hex(color)), Some(color));
            assert_eq!(parse(&color.to_string()), Some(color));
            assert_eq!(parse(&hex(color).to_uppercase()), Some(color));
        }
    }

    #[test]
    fn any_hex_becomes_the_nearest_colour() {
        // Worked out by eye against the palette: a strong orange, a sky blue, black (petrol and brown are the darkest).
        assert_eq!(parse("#ff8800"), Some(2));
        assert_eq!(parse("#1e90ff"), Some(11));
        assert!(matches!(parse("#000"), Some(5 | 6)));
        assert_eq!(parse("0a95daff"), Some(11));
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in [
            "", "0", "13", "red", "#12", "#12345", "#gggggg", "éé", "#éab",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(Color::Number(0).number().is_err());
        assert!(Color::Number(256).number().is_err());
        assert_eq!(Color::Number(12).number().unwrap(), 12);
        assert_eq!(Color::Text("12".to_owned()).number().unwrap(), 12);
    }

    #[test]
    fn a_new_code_takes_the_colour_used_least() {
        assert_eq!(least_used([].into_iter()), 1);
        assert_eq!(least_used([1, 2, 3].into_iter()), 4);
        assert_eq!(least_used((1..=12).chain([1])), 2);
    }
}
