//! Our own browser files and those of third parties, embedded in the binary.
//!
//! A file is served under an address that holds the build's hash, so browsers may keep it for ever; relative imports
//! between ES modules work because the hash is a folder. In debug builds files are read from disk at each request.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use super::AppState;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Own;

/// Third-party files, put together by `build.rs` from the lock file's packages.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/vendor/"]
struct Vendor;

/// Hash over every file, made by `build.rs`.
const HASH: &str = env!("CONCORD_ASSETS_HASH");

/// The address of a file.
pub fn url(path: &str) -> String {
    format!("/static/{HASH}/{path}")
}

/// `/static/{hash}/{path}`.
pub fn router() -> Router<AppState> {
    Router::new().route("/static/{hash}/{*path}", get(serve))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

async fn serve(Path((hash, path)): Path<(String, String)>) -> Response {
    let file = match path.strip_prefix("vendor/") {
        Some(rest) => Vendor::get(rest),
        None => Own::get(&path),
    };
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache = if hash == HASH && !cfg!(debug_assertions) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    (
        [
            (header::CONTENT_TYPE, media_type(&path)),
            (header::CACHE_CONTROL, cache),
        ],
        file.data,
    )
        .into_response()
}
