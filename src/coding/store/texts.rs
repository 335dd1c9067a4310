//! Texts at hand: a document's words by position, kept in memory while they are used.
//!
//! A save must cut the quoted words without asking first which revision of the text is current. The last answer is remembered as
//! a guess, which the write's own transaction checks.

use std::sync::Arc;

use crate::args;
use crate::error::Result;
use crate::text::TextIndex;
use crate::web::AppState;

/// A document's text and its revision.
#[derive(Debug, Clone)]
pub struct Text {
    /// Revision.
    pub revision: i64,
    /// The words, by position.
    pub index: Arc<TextIndex<Arc<str>>>,
}

/// The text that a document has, or had a moment ago: whoever writes must compare its revision. `None` if the project
/// has no such document.
pub async fn recent(state: &AppState, project: i64, document: i64) -> Result<Option<Text>> {
    if let Some(head) = state.cache.get::<(i64, i64)>(&head(document))
        && head.0 == project
    {
        return of_revision(state, document, head.1).await;
    }
    current(state, project, document).await
}

/// The text that a document has now.
pub async fn current(state: &AppState, project: i64, document: i64) -> Result<Option<Text>> {
    let row: Option<(i64,)> = state
        .db
        .optional(
            "SELECT revision FROM documents WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
            args![document, project],
        )
        .await?;
    let Some((revision,)) = row else {
        return Ok(None);
    };
    state
        .cache
        .put(head(document), Arc::new((project, revision)), 64);
    of_revision(state, document, revision).await
}

fn head(document: i64) -> crate::web::cache::Key {
    ("coding-head", document, String::new())
}

async fn of_revision(state: &AppState, document: i64, revision: i64) -> Result<Option<Text>> {
    let index = crate::documents::store::text(state, document, revision).await?;
    Ok(Some(Text { revision, index }))
}
