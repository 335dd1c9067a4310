//! Asks `pdf-extract` what the glyphs are of which a font says nothing itself.
//!
//! It looks into embedded font programs for names of letters, which the reader beside this file does not. In return it knows
//! no `ActualText`, loses the place of form objects and panics on what it does not expect. So it is asked behind a guard, and only
//! its word on a glyph at the very place of an unknown one is taken.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform};

use super::content::{Page, place};

/// Fills in the unknown glyphs of a page as far as `pdf-extract` knows them.
pub(super) fn fill_in(doc: &Document, number: u32, page: &mut Page) {
    let mut known = Known::default();
    // Whatever it has found before it failed is as good as the rest.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        pdf_extract::output_doc_page(doc, &mut known, number)
    }));
    let unknown = char::REPLACEMENT_CHARACTER.to_string();
    for glyph in page.glyphs.iter_mut().filter(|glyph| glyph.text == unknown) {
        if let Some(text) = known.at.get(&key(glyph.turn, glyph.x0, glyph.y)) {
            glyph.text.clone_from(text);
            page.unknown = page.unknown.saturating_sub(1);
        }
    }
}

/// A place to a fifth of a point.
fn key(turn: u8, x: f64, y: f64) -> (u8, i64, i64) {
    (turn, (x * 5.0).round() as i64, (y * 5.0).round() as i64)
}

#[derive(Default)]
struct Known {
    at: HashMap<(u8, i64, i64), String>,
}

impl OutputDev for Known {
    fn begin_page(
        &mut self,
        _: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        matrix: &Transform,
        width: f64,
        _: f64,
        size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        if !text.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER) {
            let base = [
                matrix.m11, matrix.m12, matrix.m21, matrix.m22, matrix.m31, matrix.m32,
            ];
            let glyph = place(base, width * size, size, false);
            self.at
                .insert(key(glyph.turn, glyph.x0, glyph.y), text.to_owned());
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
