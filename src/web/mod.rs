//! What every page and every answer shares: state, extractors, layout, assets, problems, middleware.
//!
//! Rooms use the parts; only [`router`] knows the rooms.

pub mod assets;
pub mod brief;
pub mod cache;
pub mod extract;
pub mod forms;
pub mod headers;
pub mod idempotency;
pub mod layout;
pub mod metrics;
pub mod presence;
pub mod problems;
pub mod router;
pub mod state;
pub mod undo;
pub mod viewer;

pub use extract::{Json, Path, Query};
pub use layout::Layout;
pub use state::AppState;

use axum::response::{Html, IntoResponse, Response};

use crate::error::Result;

/// Renders a template as a page.
pub fn page(template: &impl askama::Template) -> Result<Response> {
    Ok(Html(template.render()?).into_response())
}
