//! The sentences and paragraphs of stored documents: the units that figures and agreement count over.
//!
//! A text never changes under its revision, so its units are made once and kept in the cache.

use std::sync::Arc;

use crate::args;
use crate::error::Result;
use crate::text::{Span, sentences_in};
use crate::web::AppState;

/// What a text is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextUnit {
    /// Sentences, as `text::SEGMENTER` finds them.
    Sentence,
    /// The blocks of the document, page breaks left out.
    Paragraph,
}

impl TextUnit {
    /// `sentence` or `paragraph`.
    pub fn as_str(self) -> &'static str {
        match self {
            TextUnit::Sentence => "sentence",
            TextUnit::Paragraph => "paragraph",
        }
    }
}

/// The units of one document, ascending and disjoint.
pub async fn units(
    state: &AppState,
    document: i64,
    revision: i64,
    language: Option<&str>,
    unit: TextUnit,
) -> Result<Arc<Vec<Span>>> {
    let key = (
        unit.as_str(),
        document,
        format!("{revision} {}", language.unwrap_or_default()),
    );
    state
        .cache
        .get_or(key, async {
            let blocks: Vec<(i64, i64)> = state
                .db
                .all(
                    "SELECT start_pos, end_pos FROM blocks
                     WHERE document_id = $1 AND revision = $2 AND kind <> 'page_break' ORDER BY idx",
                    args![document, revision],
                )
                .await?;
            let blocks: Vec<Span> = blocks
                .into_iter()
                .filter_map(|(start, end)| {
                    Span::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?)
                })
                .collect();
            let units = match unit {
                TextUnit::Paragraph => blocks,
                TextUnit::Sentence => {
                    let text: Option<(String,)> = state
                        .db
                        .optional(
                            "SELECT text FROM document_texts WHERE document_id = $1 AND revision = $2",
                            args![document, revision],
                        )
                        .await?;
                    let text = text.map(|(t,)| t).unwrap_or_default();
                    let language = language.map(ToOwned::to_owned);
                    tokio::task::spawn_blocking(move || {
                        sentences_in(&text, &blocks, language.as_deref())
                    })
                    .await?
                }
            };
            let bytes = units.len() * size_of::<Span>() + 64;
            Ok((units, bytes))
        })
        .await
}
