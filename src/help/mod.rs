//! `/help`: one page to read, for the first day and for questions between. Its words are messages like all others, so
//! that it is translated with them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::accounts::Viewer;
use crate::error::Result;
use crate::projects::access;
use crate::web::{AppState, Layout, page};

/// A key or a combination, and the message that says what it does in the workspace.
const KEYS: [(&[&str], &str); 21] = [
    (&["j", "k"], "help-key-paragraph"),
    (&["s", "Shift+S"], "help-key-sentence"),
    (&["Shift+\u{2190}", "Shift+\u{2192}"], "help-key-adjust"),
    (&["c", "Enter"], "help-key-picker"),
    (&["Shift+Enter"], "help-key-stay"),
    (&["1", "…", "9"], "help-key-pinned"),
    (&["."], "help-key-repeat"),
    (&["i"], "help-key-in-vivo"),
    (&["x"], "help-key-remove"),
    (&["m"], "help-key-memo"),
    (&["r"], "help-key-reply"),
    (&["n", "p"], "help-key-codings"),
    (&["[", "]"], "help-key-documents"),
    (&["d"], "help-key-done"),
    (&["/"], "help-key-search"),
    (&["Ctrl+Z"], "help-key-undo"),
    (&["Ctrl+Shift+Z"], "help-key-redo"),
    (&["g c", "g d"], "help-key-go-codebook"),
    (&["g a", "g t"], "help-key-go-agreement"),
    (&["Esc"], "help-key-escape"),
    (&["?"], "help-key-help"),
];

#[derive(Template)]
#[template(path = "help/help.html")]
struct HelpPage {
    l: Layout,
    keys: &'static [(&'static [&'static str], &'static str)],
}

/// The route.
pub fn router() -> Router<AppState> {
    Router::new().route("/help", get(help))
}

async fn help(State(state): State<AppState>, viewer: Viewer) -> Result<Response> {
    page(&HelpPage {
        l: access::outside(&viewer, &state, "help").await?,
        keys: &KEYS,
    })
}
